//! `xorsweep dimension`: how fractal a boundary between outcomes is.

use std::fmt;
use std::io::{BufWriter, Write};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use indicatif::HumanCount;
use xorsweep::Problem;
use xorsweep::results::cell::number_text;
use xorsweep::results::{Failure, Left};
use xorsweep::sweep::axes::numbers;
use xorsweep::sweep::dimension::measuring::{Measured, Request, Subject, Unmeasured, measurable};
use xorsweep::sweep::dimension::pairs::{Pairs, distances_wanted, is_distance};
use xorsweep::sweep::dimension::{Boundary, Dimension, MIN_COUNTS, MIN_DIFFERENT, Method};
use xorsweep::sweep::engine::Progress;
use xorsweep::sweep::spec::Sweep;
use xorsweep::sweep::text::{finite_number, shortest};
use xorsweep::sweep::zoom::Zoom;

use super::arguments::{key_flags, sweep_of, tell_of_starts, whole};
use super::interruption::interruption;
use super::output::standard_output;
use super::progress::shown_while;
use super::screen::examples;
use super::sweep;
use super::talk::{self, talk};

/// The subcommand's name.
pub const NAME: &str = "dimension";

/// The keys without effect on a boundary.
const WITHOUT_EFFECT: [&str; 3] = ["name", "spectrum", "measure"];
/// The most zooms in a row.
const MAX_LEVELS: u64 = 64;

/// The subcommand.
pub fn command() -> Command {
    Command::new(NAME)
        .about("Measure the dimension of the boundary between outcomes in a plane of starts")
        .long_about(
            "Run the plane of a sweep and measure the boundary between outcomes in two ways: by boxes (N boxes of side \
             ε touch it; the dimension is the slope of log N against log 1/ε) and by pairs of random starts (a share f \
             of them, ε apart, ends differently; the dimension is 2 minus the slope of log f against log ε). A smooth \
             curve has the dimension 1, and a circle is measured likewise, to show it.\n\nCounts and dimensions go to \
             standard output as CSV: a row for each scale ε, as a part of the plane's sides. Standard errors come from \
             how far the counts lie off a power law; they know nothing of a law that changes with the scale. Tables are \
             not written.",
        )
        .args(sweep::arguments().into_iter().filter(|argument| {
            ["spec", "threads", "isa", "quiet"].contains(&argument.get_id().as_str())
        }))
        .arg(
            Arg::new("boundary")
                .long("boundary")
                .value_name("WHICH")
                .value_parser(PossibleValuesParser::new(Boundary::ALL.map(|(word, _)| word)))
                .default_value(Boundary::ALL[0].0)
                .help(
                    "What the boundary separates: converged runs from others, diverged runs from others, outcomes, or \
                     diverged runs, converged runs by their solution (or by what each of their units computes) and \
                     others",
                ),
        )
        .arg(
            Arg::new("boxes")
                .long("boxes")
                .value_name("FROM:TO")
                .help("Sides of the boxes that are fitted, in points [default: 1 to a sixteenth of the shorter side]"),
        )
        .arg(
            Arg::new("of")
                .long("of")
                .value_name("WHAT")
                .value_parser([CELLS, POINTS])
                .default_value(CELLS)
                .help(
                    "What boxes are made of: cells between points, or points, of which those with a neighbour across \
                     the boundary count, which makes it two points thick",
                ),
        )
        .arg(
            Arg::new("zoom")
                .long("zoom")
                .value_name("X,Y,FACTOR")
                .allow_hyphen_values(true)
                .help("Measure the same plane so many times closer, around a point of it"),
        )
        .arg(
            Arg::new("levels")
                .long("levels")
                .value_name("N")
                .default_value("1")
                .value_parser(whole(1..=MAX_LEVELS))
                .help("Count boxes in N planes, each a zoom into the one before, where its boundary is densest"),
        )
        .arg(
            Arg::new("factor")
                .long("factor")
                .value_name("FACTOR")
                .default_value("6")
                .help("How many times closer each of these is; above 1"),
        )
        .arg(
            Arg::new("pairs")
                .long("pairs")
                .value_name("N")
                .default_value("20000")
                .value_parser(whole(0..=u64::MAX))
                .help("How many random starts get partners; 0 leaves pairs out"),
        )
        .arg(
            Arg::new("distances")
                .long("distances")
                .value_name("NUMBERS")
                .action(ArgAction::Append)
                .value_delimiter(',')
                .allow_hyphen_values(true)
                .default_value("log:1e-10:0.1:19")
                .help("Distances of pairs, as parts of the plane's sides, in the notation of alpha"),
        )
        .args(key_flags(|key| !WITHOUT_EFFECT.contains(&key)))
        .after_help(examples(&[
            ("The boundary in a plane, by boxes and by pairs", "xorsweep dimension plane.toml"),
            ("Between all outcomes, in three planes, each closer",
                "xorsweep dimension plane.toml --boundary outcome --levels 3",
            ),
        ]))
}

/// Boxes are made of cells.
const CELLS: &str = "cells";
/// Boxes are made of points.
const POINTS: &str = "points";

/// What the arguments ask for, and the distances of the pairs, of so many points.
struct Typed {
    request: Request,
    points: u64,
    distances: Vec<f64>,
}

impl Typed {
    fn parse(matches: &ArgMatches) -> Result<Self, Problem> {
        let text = |flag: &str| matches.get_one::<String>(flag).map(String::as_str);
        let whole = sweep_of(matches)?;
        measurable(&whole)?;
        let sweep = match text("zoom") {
            Some(zoom) => Zoom::parse(zoom)?.apply(&whole, &whole.name)?,
            None => whole,
        };
        let factor = text("factor").expect("it has a default");
        let is_allowed = |factor: &f64| *factor > 1.0;
        let factor = finite_number(factor)
            .filter(is_allowed)
            .ok_or_else(|| Problem::new("factor", factor, "give a finite number above 1"))?;
        let distances: Vec<String> = matches.get_many("distances").into_iter().flatten().cloned().collect();
        let request = Request {
            boundary: text("boundary").expect("it has a default").parse()?,
            boxes: text("boxes").map(|text| box_sizes(text, &sweep)).transpose()?,
            of_points: text("of") == Some(POINTS),
            levels: *matches.get_one::<u64>("levels").expect("it has a default") as u32,
            factor,
            options: sweep::options(matches)?,
            sweep,
        };
        Ok(Self {
            request,
            points: *matches.get_one("pairs").expect("it has a default"),
            distances: numbers("distances", &distances, is_distance, &distances_wanted())?,
        })
    }

    /// The pairs wanted, if any.
    fn pairs(&self) -> Result<Option<Pairs<'_>>, Problem> {
        (self.points > 0).then(|| Pairs::new(&self.request.sweep, self.points, &self.distances)).transpose()
    }
}

/// Reads the sides of boxes, `FROM:TO`.
fn box_sizes(text: &str, sweep: &Sweep) -> Result<[usize; 2], Problem> {
    let plane = measurable(sweep)?;
    let most = plane.x.values.len().min(plane.y.values.len()).saturating_sub(1) / 8;
    let sizes = text.split_once(':').and_then(|(from, to)| Some([from.parse().ok()?, to.parse().ok()?]));
    // Three powers of two at the least, from the first one that is not below `from`.
    let holds = |[from, to]: &[usize; 2]| {
        (1..=most).contains(from) && *to <= most && from.next_power_of_two() <= to / 4
    };
    sizes.filter(holds).ok_or_else(|| {
        let remedy = format!(
            "give FROM:TO from 1 to {most}, with at least {MIN_COUNTS} powers of 2 among them, as 1:4"
        );
        Problem::new("boxes", text, remedy)
    })
}

/// Writes a row for each count.
fn write_rows(measured: &Measured, out: &mut impl Write) -> Result<(), Failure> {
    let Measured { method, subject, level, ends, counts, side, dimension } = measured;
    let way = if *method == Method::Pairs { "pairs" } else { "boxes" };
    let [[left, right], [low, high]] = ends.map(|ends| ends.map(number_text));
    let number = |value: Option<f64>| value.map(number_text).unwrap_or_default();
    let value = number(dimension.map(|dimension| dimension.value));
    let standard_error = number(dimension.map(|dimension| dimension.standard_error));
    for count in counts {
        let is_fitted = dimension.is_some() && method.uses(count);
        writeln!(
            out,
            "{},{way},{level},{left},{right},{low},{high},{},{},{},{is_fitted},{value},{standard_error}",
            word(*subject),
            number_text(count.scale / side),
            count.count,
            count.of,
        )?;
    }
    Ok(())
}

fn word(subject: Subject) -> &'static str {
    match subject {
        Subject::Runs => "runs",
        Subject::Circle => "circle",
    }
}

const HEADER: &str =
    "boundary_of,method,level,x_from,x_to,y_from,y_to,scale,count,of,fitted,dimension,standard_error";

/// What was measured, in a sentence.
struct InWords<'a>(&'a Measured);

impl fmt::Display for InWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Measured { method, subject, ends, counts, dimension, .. } = self.0;
        let [[left, right], [low, high]] = ends.map(|ends| ends.map(shortest));
        match subject {
            Subject::Runs => write!(f, "x {left} to {right}, y {low} to {high}")?,
            Subject::Circle => write!(f, "a {} in their place", word(*subject))?,
        }
        let used = || counts.iter().filter(|count| method.uses(count)).map(|count| count.scale);
        let ends = [used().fold(f64::INFINITY, f64::min), used().fold(0.0, f64::max)].map(rounded);
        match (method, dimension) {
            (Method::Boxes(_), Some(Dimension { value, standard_error })) => write!(
                f,
                ": box-counting dimension {value:.3} ± {standard_error:.3} (boxes of {} to {} points)",
                ends[0], ends[1]
            ),
            (Method::Pairs, Some(Dimension { value, standard_error })) => write!(
                f,
                ": uncertainty exponent {:.3} ± {standard_error:.3}, dimension {value:.3} (pairs {} to {} apart)",
                2.0 - value,
                ends[0],
                ends[1]
            ),
            (Method::Boxes(_), None) => {
                write!(f, ": no dimension, since boxes of fewer than {MIN_COUNTS} sizes touch the boundary")
            }
            (Method::Pairs, None) => write!(
                f,
                ": no uncertainty exponent, since at fewer than {MIN_COUNTS} distances {MIN_DIFFERENT} pairs or \
                 more end differently"
            ),
        }
    }
}

/// A number in a sentence: three digits of it.
fn rounded(value: f64) -> String {
    shortest(format!("{value:.2e}").parse().unwrap_or(value))
}

/// Measures what the arguments ask for.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let typed = Typed::parse(matches)?;
    let pairs = typed.pairs()?;
    let request = &typed.request;
    tell_of_starts(&request.sweep);
    let progress = Progress::stopped_by(interruption());
    let runs = request.sweep.runs() * u64::from(request.levels) + pairs.as_ref().map_or(0, Pairs::runs);
    let measured = shown_while(&progress, runs, || request.measure(pairs.as_ref(), &progress));
    let (measured, ended) = measured.map_err(|unmeasured| match unmeasured {
        Unmeasured::Refused(problem) => problem.into(),
        Unmeasured::Failed(error) => Failure::from(error),
        Unmeasured::Stopped => Failure::Stopped(Left::Unsaid),
    })?;
    let mut out = BufWriter::new(standard_output());
    writeln!(out, "{HEADER}")?;
    measured.iter().try_for_each(|measured| write_rows(measured, &mut out))?;
    out.flush()?;
    tell(&measured, ended.as_ref(), &progress);
    Ok(())
}

/// Tells what came out, and what it took.
fn tell(measured: &[Measured], ended: Option<&Problem>, progress: &Progress) {
    if talk().is_quiet {
        return;
    }
    for measured in measured {
        talk::line(format_args!("{}.", InWords(measured)));
    }
    if let Some(problem) = ended {
        talk::note(format_args!("there are no more levels: {problem}"));
    }
    let (runs, steps) = (HumanCount(progress.runs()), HumanCount(progress.run_steps()));
    talk::line(format_args!("{runs} runs, {steps} steps."));
}
