//! `xorsweep map`: a picture of a plane, one pixel a run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use xorsweep::Problem;
use xorsweep::picture::files::{Gallery, MapStyle, Pictures, write_all};
use xorsweep::picture::map::{Coloring, drawable};
use xorsweep::results::{Failure, OutputFolder};
use xorsweep::sweep::spec::{Spec, Sweep};
use xorsweep::sweep::zoom::Zoom;

mod film;

use super::arguments::{spec_of_flags, sweep_as_recorded, sweep_of, tell_changed_tables, whole};
use super::interruption::interruption;
use super::pictures::drawn;
use super::screen::examples;
use super::sweep;
use super::talk::done_files;

/// The subcommand's name.
pub const NAME: &str = "map";

/// The most frames of a film.
const MAX_FRAMES: u64 = 9999;

/// The subcommand.
pub fn command() -> Command {
    Command::new(NAME)
        .about("Draw a map of a plane of starts, one pixel a run, as PNG")
        .long_about(
            "Run a sweep whose spec has a plane, and draw a map of it beside its tables: one pixel a run, x to the \
             right, y upwards. If SPEC is a folder with results and no key is given, nothing is run: the map is drawn \
             from the table there.\n\nmap.png has a title, axes and a legend; --bare leaves the pixels alone. Several \
             starts, momenta or learning rates make several maps.",
        )
        .args(sweep::arguments().into_iter().filter(|argument| argument.get_id() != "no-pictures"))
        .arg(
            Arg::new("color")
                .long("color")
                .value_name("WHAT")
                .value_parser(PossibleValuesParser::new(Coloring::ALL.map(|(word, _)| word)))
                .default_value(Coloring::ALL[0].0)
                .help(
                    "What colours tell: the outcome and the steps until a run converged or diverged (both), all \
                     steps of a run, the outcome alone, which solution was found, or the smooth measure",
                ),
        )
        .arg(
            Arg::new("bare")
                .long("bare")
                .action(ArgAction::SetTrue)
                .help("Only the pixels, one a run, without axes and legend"),
        )
        .arg(
            Arg::new("zoom")
                .long("zoom")
                .value_name("X,Y,FACTOR")
                .allow_hyphen_values(true)
                .help("Run the same plane again, so many times closer, around a point of it"),
        )
        .arg(
            Arg::new("frames")
                .long("frames")
                .value_name("N")
                .requires("zoom")
                .value_parser(whole(2..=MAX_FRAMES))
                .help("Come closer in N frames: frame-0001.png and so on, and a film if ffmpeg is installed"),
        )
        .after_help(examples(&[
            ("Run the plane of a spec and draw its map", "xorsweep map plane.toml"),
            ("Draw the map of results again, in other colours", "xorsweep map results/plane --color solution"),
            ("The same plane, eight times closer around a point", "xorsweep map plane.toml --zoom 1,0.5,8"),
        ]))
}

/// What the arguments ask for.
enum Plan {
    /// To draw the maps of results that are there.
    DrawAgain { sweep: Box<Sweep>, results: PathBuf, out: PathBuf, style: MapStyle },
    /// To run a sweep and draw its maps.
    Run(Box<sweep::Plan>),
    /// To run a zoom in several frames.
    Film(Box<film::Plan>),
}

impl Plan {
    fn of(matches: &ArgMatches) -> Result<Self, Problem> {
        let coloring = matches.get_one::<String>("color").expect("it has a default").parse()?;
        let style = MapStyle { coloring, is_bare: matches.get_flag("bare"), steps: None };
        let flags = spec_of_flags(matches)?;
        let zoom = matches.get_one::<String>("zoom").map(|text| Zoom::parse(text)).transpose()?;
        let results = matches.get_one::<PathBuf>("spec").filter(|path| path.is_dir());
        // Without keys nothing is run.
        if let Some(results) = results.filter(|_| flags == Spec::default() && zoom.is_none()) {
            let sweep = Box::new(sweep_as_recorded(matches)?);
            drawable(&sweep)?;
            let out = matches.get_one::<PathBuf>("out").unwrap_or(results).clone();
            return Ok(Self::DrawAgain { sweep, results: results.clone(), out, style });
        }
        let mut sweep = sweep_of(matches)?;
        drawable(&sweep)?;
        // A sweep that is run for this map has the measure that it shows.
        sweep.measure |= style.coloring == Coloring::Measure;
        if let Some(shard) = matches.get_one::<String>("shard") {
            let remedy =
                "a shard has no map: run the shards with sweep, merge them, and draw the map of the whole";
            return Err(Problem::new("shard", shard, remedy));
        }
        let pictures = Some(Pictures { maps: Some(style), charts: true });
        let Some(zoom) = zoom else {
            return Ok(Self::Run(Box::new(sweep::Plan::with(matches, sweep, pictures)?)));
        };
        let name = if flags.has("name") { sweep.name.clone() } else { zoom.name(&sweep.name) };
        let zoomed = sweep::Plan::with(matches, zoom.apply(&sweep, &name)?, pictures)?;
        Ok(match matches.get_one::<u64>("frames") {
            None => Self::Run(Box::new(zoomed)),
            Some(&count) => Self::Film(Box::new(film::Plan::new(sweep, zoomed, zoom, count, style)?)),
        })
    }
}

/// Draws the map the arguments ask for.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    match Plan::of(matches)? {
        Plan::DrawAgain { sweep, results, out, style } => draw_again(*sweep, results, &out, style),
        Plan::Run(plan) => sweep::execute(*plan),
        Plan::Film(plan) => film::run(*plan),
    }
}

/// Draws the maps of results that are there.
fn draw_again(sweep: Sweep, results: PathBuf, out: &Path, style: MapStyle) -> Result<(), Failure> {
    let is_asked_to_end = interruption();
    let folder = OutputFolder::create(out)?;
    tell_changed_tables(&results);
    let pictures = Pictures { maps: Some(style), charts: false };
    let maps = drawn(&is_asked_to_end, move || {
        let (gallery, missing) = Gallery::of_results(&Arc::new(sweep), pictures, &results)?;
        // Without its map there is nothing to draw.
        missing.into_iter().next().map_or_else(|| gallery.draw(), |missing| Err(missing.problem))
    })?;
    done_files(&write_all(&maps, &folder)?)
}
