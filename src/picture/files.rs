//! The pictures in a folder of results: their names, and drawing them from the tables beside them.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::chart;
use super::drawing::Drawing;
use super::map::{self, Caption, Coloring, MOST_MAPS, Map, framed};
use super::names;
use super::report::REPORT;
use super::together::{both, each};
use crate::problem::Problem;
use crate::sweep::plane::Along;
use crate::sweep::spec::{Run, Sweep};
use crate::sweep::text::shortest;
use crate::table::files::finish_all;
use crate::table::layout::TABLE;
use crate::table::{Failure, Left, OutputFolder, Table};

/// How maps look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MapStyle {
    /// What their colours tell.
    pub coloring: Coloring,
    /// Whether they have nothing around them: one pixel a run.
    pub is_bare: bool,
}

impl MapStyle {
    /// The name of a map's file; where there are several, they are numbered.
    fn file_name(self, number: Option<u64>) -> String {
        let mut name = "map".to_owned();
        if self.coloring != Coloring::default() {
            let word = Coloring::ALL.iter().find(|(_, coloring)| *coloring == self.coloring);
            name += &format!("-{}", word.map_or("", |(word, _)| word));
        }
        if self.is_bare {
            name += "-bare";
        }
        if let Some(number) = number {
            name += &format!("-{number:02}");
        }
        name + ".png"
    }
}

/// The maps of a sweep over a plane, from the table in `results`, each with what stands around it.
///
/// # Errors
/// If the sweep has no plane, or one too large or too many to be drawn; if the table cannot be read, or is not the
/// sweep's.
pub fn maps(sweep: &Sweep, results: &Path, coloring: Coloring) -> Result<Vec<(Map, Caption)>, Problem> {
    let maps = map::read(sweep, &Table::find(results, TABLE)?, coloring, None)?;
    let points = sweep.runs() / maps.len() as u64;
    let captions = (0..).map(|number: u64| caption(sweep, &sweep.run(number * points)));
    Ok(maps.into_iter().zip(captions).collect())
}

/// A picture that is drawn: the name its file is to have, and its bytes.
pub struct Drawn {
    name: String,
    bytes: Vec<u8>,
}

/// Writes pictures to `folder`, in place of those of the same names; returns their files.
///
/// # Errors
/// If a file cannot be written.
pub fn write_all(pictures: &[Drawn], folder: &OutputFolder) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for Drawn { name, bytes } in pictures {
        let mut file = folder.file(name)?;
        file.write_all(bytes).map_err(|error| Failure::Failed(error, Left::Before))?;
        files.push(file);
    }
    let paths = files.iter().map(|file| file.path().to_owned()).collect();
    finish_all(files)?;
    Ok(paths)
}

/// Draws the maps of a sweep over a plane from the table in `results`.
///
/// # Errors
/// As [`maps`].
///
/// # Panics
/// If a map has too many pixels for a picture.
pub fn draw_maps(sweep: &Sweep, results: &Path, style: MapStyle) -> Result<Vec<Drawn>, Problem> {
    let maps = maps(sweep, results, style.coloring)?;
    let draw = |(number, (map, caption)): (u64, &(Map, Caption))| {
        let mut bytes = Vec::new();
        let written = if style.is_bare {
            map.write_png(&mut bytes)
        } else {
            framed(map, caption).write_png(&mut bytes)
        };
        written.expect("a vector takes every write");
        Drawn { name: style.file_name((maps.len() > 1).then_some(number)), bytes }
    };
    Ok((1..).zip(&maps).map(draw).collect())
}

/// A chart that there is.
pub struct Chart {
    /// The name of its files, without their endings.
    pub name: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it shows and what its colours mean, in a few sentences.
    pub about: &'static str,
    /// Whether it is drawn from the table of runs, not from the summary.
    pub is_of_runs: bool,
    draw: DrawChart,
}

impl Chart {
    /// Draws it from the tables in a folder; nothing if it would show nothing, and nothing of a plane with the momentum
    /// as a side: its momenta are too many for a panel each, and one panel would mix them.
    ///
    /// # Errors
    /// If a table cannot be read or lacks a column.
    pub fn draw(&self, sweep: &Sweep, results: &Path) -> Result<Option<Drawing>, Problem> {
        if sweep.plane.as_ref().is_some_and(|plane| plane.values(&Along::Momentum).is_some()) {
            return Ok(None);
        }
        (self.draw)(sweep, results)
    }
}

/// Draws a chart of a sweep from the tables in a folder; nothing if it would show nothing.
type DrawChart = fn(&Sweep, &Path) -> Result<Option<Drawing>, Problem>;

/// All charts, those of the summary first.
pub const CHARTS: [Chart; 4] = [
    Chart {
        name: "chart-outcomes",
        title: "Outcomes",
        about: "What became of the runs at each learning rate α: the height of a colour is the share of the runs \
                with that outcome. The black line is the share that solved the task at some step. Dashed lines stand \
                where facts about the network say that something ends.",
        is_of_runs: false,
        draw: chart::outcomes::draw,
    },
    Chart {
        name: "chart-solved",
        title: "Solved",
        about: "Where set-ups differ: the share of the runs that solved the task at some step, by learning rate or by \
                another axis of the sweep, with a line or a colour for each value of the others.",
        is_of_runs: false,
        draw: chart::solved::draw,
    },
    Chart {
        name: "chart-convergence",
        title: "Convergence",
        about: "The share of the runs that has converged (lines), or has solved the task (dashes), by step. A colour \
                for each of some learning rates, from violet for the lowest to green for the highest.",
        is_of_runs: true,
        draw: chart::convergence::draw,
    },
    Chart {
        name: "chart-escape",
        title: "Escape from the saddle",
        about: "The first step with an error below the level of equal hidden units, by the distance of the start \
                from them, for some learning rates. Lines are medians, bands reach from 10 to 90 % of the runs; a \
                colour for each set-up, init and momentum.",
        is_of_runs: true,
        draw: chart::escape::draw,
    },
];

/// The endings of a chart's files.
pub const CHART_ENDINGS: [&str; 2] = ["svg", "png"];
/// A chart's PNG has this many pixels to each of the SVG, for screens that are fine.
const CHART_SCALE: u32 = 2;

/// Draws those charts of a sweep that show something, from the tables in `results`, as SVG and as PNG. Without the
/// whole table of runs only the charts of the summary are drawn.
///
/// # Errors
/// If a table cannot be read or lacks a column.
pub fn draw_charts(sweep: &Sweep, results: &Path, has_table: bool) -> Result<Vec<Drawn>, Problem> {
    // At once, since each goes through the table.
    let charts: Vec<&Chart> = CHARTS.iter().filter(|chart| has_table || !chart.is_of_runs).collect();
    let drawn = each(&charts, &|chart| {
        let drawing = chart.draw(sweep, results)?;
        Ok(drawing.map_or_else(Vec::new, |drawing| {
            CHART_ENDINGS.map(|ending| as_file(chart, &drawing, ending)).into()
        }))
    });
    Ok(drawn.into_iter().collect::<Result<Vec<Vec<Drawn>>, Problem>>()?.into_iter().flatten().collect())
}

fn as_file(chart: &Chart, drawing: &Drawing, ending: &str) -> Drawn {
    let mut bytes = Vec::new();
    write_drawing(drawing, ending, &mut bytes).expect("a vector takes every write");
    Drawn { name: format!("{}.{ending}", chart.name), bytes }
}

/// The pictures that come with a sweep's results: its charts and, where these have a style, its maps.
#[derive(Clone, Copy, Debug)]
pub struct Pictures {
    /// How maps look, if there are any.
    pub maps: Option<MapStyle>,
    /// Whether there is the whole table of runs as text.
    pub has_table: bool,
}

impl Pictures {
    /// Draws them from the tables in `results`.
    ///
    /// # Errors
    /// As [`draw_charts`] and [`draw_maps`].
    pub fn draw(self, sweep: &Sweep, results: &Path) -> Result<Vec<Drawn>, Problem> {
        let (charts, maps) = both(
            || draw_charts(sweep, results, self.has_table),
            || self.maps.map_or(Ok(Vec::new()), |style| draw_maps(sweep, results, style)),
        );
        let (mut all, maps) = (charts?, maps?);
        all.extend(maps);
        Ok(all)
    }

    /// The names that their files can have.
    pub fn names(self) -> impl Iterator<Item = String> {
        let charts = CHARTS.iter().filter(move |chart| self.has_table || !chart.is_of_runs);
        let charts =
            charts.flat_map(|Chart { name, .. }| CHART_ENDINGS.map(|ending| format!("{name}.{ending}")));
        let maps =
            self.maps.into_iter().flat_map(|style| numbers().map(move |number| style.file_name(number)));
        charts.chain(maps)
    }
}

/// How maps can be numbered.
fn numbers() -> impl Iterator<Item = Option<u64>> {
    [None].into_iter().chain((1..=MOST_MAPS).map(Some))
}

/// Writes a drawing as a file with this ending, `svg` or `png`.
///
/// # Errors
/// If it cannot be written.
pub fn write_drawing(drawing: &Drawing, ending: &str, out: &mut impl Write) -> io::Result<()> {
    if ending == CHART_ENDINGS[0] {
        out.write_all(drawing.svg().as_bytes())
    } else {
        drawing.pixels(CHART_SCALE).write_png(out)
    }
}

/// What stands around the map whose first run this is.
fn caption(sweep: &Sweep, run: &Run) -> Caption {
    let plane = sweep.plane.as_ref().expect("the sweep has a map");
    let [x, y] = [&plane.x, &plane.y];
    let shape = sweep.set_up(run).shape();
    let mut facts = vec![format!("{} × {} runs", x.values.len(), y.values.len())];
    if plane.values(&Along::Alpha).is_none() {
        facts.push(format!("α = {}", shortest(run.alpha)));
    }
    if run.momentum != 0.0 && plane.values(&Along::Momentum).is_none() {
        facts.push(format!("μ = {}", shortest(run.momentum)));
    }
    facts.push(format!("at most {} steps", sweep.budget.steps));
    facts.extend(sweep.seed_in_words(run));
    // Last, since it may be long.
    facts.push(names::of_init(sweep, run.init_index));
    Caption {
        title: sweep.title().to_owned(),
        subtitle: facts.join(", "),
        x_name: names::of_side(x, "x", shape),
        y_name: names::of_side(y, "y", shape),
        x: x.values.clone(),
        y: y.values.clone(),
    }
}

/// Removes the pictures of a former sweep, which the tables in the folder no longer say.
///
/// # Errors
/// If one cannot be removed. The error names it.
pub fn remove_former(folder: &OutputFolder) -> io::Result<()> {
    let names = names();
    folder.remove_own(|name| names.contains(name))
}

/// All names that pictures can have.
fn names() -> BTreeSet<String> {
    let styles = Coloring::ALL
        .into_iter()
        .flat_map(|(_, coloring)| [false, true].map(|is_bare| MapStyle { coloring, is_bare }));
    let all = styles.flat_map(|style| Pictures { maps: Some(style), has_table: true }.names());
    all.chain([REPORT.to_owned()]).collect()
}
