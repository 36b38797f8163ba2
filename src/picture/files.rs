//! The pictures in a folder of results: their names, and drawing them from the tables beside them.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::chart;
use super::drawing::Drawing;
use super::map::{self, Caption, Coloring, MOST_MAPS, framed};
use crate::network::theta::NAMES;
use crate::problem::Problem;
use crate::sweep::plane::{Along, Side};
use crate::sweep::spec::{Run, Sweep};
use crate::sweep::text::shortest;
use crate::table::layout::{SUMMARY, TABLE};
use crate::table::{Failure, OutputFolder, Table};

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

/// Draws the maps of a sweep over a plane from the table in `results` into `folder`; returns their files.
///
/// # Errors
/// If the sweep has no plane, or one too large or too many to be drawn; if the table cannot be read, or is not the
/// sweep's; if a file cannot be written.
pub fn draw_maps(
    sweep: &Sweep,
    results: &Path,
    style: MapStyle,
    folder: &OutputFolder,
) -> Result<Vec<PathBuf>, Failure> {
    let table = Table::find(results, TABLE)?;
    let maps = map::read(sweep, &table, style.coloring, None)?;
    let points = sweep.runs() / maps.len() as u64;
    let mut paths = Vec::new();
    for (number, map) in (0..).zip(&maps) {
        let mut file = folder.file(&style.file_name((maps.len() > 1).then_some(number + 1)))?;
        if style.is_bare {
            map.write_png(&mut file)?;
        } else {
            framed(map, &caption(sweep, &sweep.run(number * points))).write_png(&mut file)?;
        }
        paths.push(file.path().to_owned());
        file.finish()?;
    }
    Ok(paths)
}

/// The charts there are: their names, and how they are drawn.
const CHARTS: [(&str, DrawChart); 3] = [
    ("chart-outcomes", |sweep, results| {
        chart::outcomes::draw(sweep, &Table::find(results, SUMMARY.trim_end_matches(".csv"))?)
    }),
    ("chart-convergence", |sweep, results| chart::convergence::draw(sweep, &Table::find(results, TABLE)?)),
    ("chart-escape", |sweep, results| chart::escape::draw(sweep, &Table::find(results, TABLE)?)),
];

/// Draws a chart of a sweep from the tables in a folder; nothing if it would show nothing.
type DrawChart = fn(&Sweep, &Path) -> Result<Option<Drawing>, Problem>;

/// The endings of a chart's files.
pub const CHART_ENDINGS: [&str; 2] = ["svg", "png"];
/// A chart's PNG has this many pixels to each of the SVG, for screens that are fine.
const CHART_SCALE: u32 = 2;

/// Draws those charts of a sweep that show something, from the tables in `results` into `folder`, as SVG and as PNG;
/// returns their files. Without the whole table of runs only the charts of the summary are drawn.
///
/// # Errors
/// If a table cannot be read or lacks a column; if a file cannot be written.
pub fn draw_charts(
    sweep: &Sweep,
    results: &Path,
    has_table: bool,
    folder: &OutputFolder,
) -> Result<Vec<PathBuf>, Failure> {
    let charts = &CHARTS[..if has_table { CHARTS.len() } else { 1 }];
    // At once, since each goes through the table.
    let drawn: Vec<_> =
        charts.par_iter().map(|(name, draw)| write_chart(name, draw(sweep, results)?, folder)).collect();
    let written: Vec<Vec<PathBuf>> = drawn.into_iter().collect::<Result<_, Failure>>()?;
    Ok(written.concat())
}

/// Writes a chart, if there is any, with all endings; returns its files.
fn write_chart(name: &str, drawing: Option<Drawing>, folder: &OutputFolder) -> Result<Vec<PathBuf>, Failure> {
    let Some(drawing) = drawing else { return Ok(Vec::new()) };
    let mut paths = Vec::new();
    for ending in CHART_ENDINGS {
        let mut file = folder.file(&format!("{name}.{ending}"))?;
        write_drawing(&drawing, ending, &mut file)?;
        paths.push(file.path().to_owned());
        file.finish()?;
    }
    Ok(paths)
}

/// Takes the pictures of a former sweep out of `folder`, and draws into it the charts and, where it has a style, the
/// maps of this sweep from the tables in `results`.
///
/// # Errors
/// As [`draw_charts`], [`draw_maps`] and [`remove_former`].
pub fn draw_all(
    sweep: &Sweep,
    results: &Path,
    maps: Option<MapStyle>,
    has_table: bool,
    folder: &OutputFolder,
) -> Result<(), Failure> {
    remove_former(folder)?;
    let (charts, maps) = rayon::join(
        || draw_charts(sweep, results, has_table, folder),
        || maps.map_or(Ok(Vec::new()), |style| draw_maps(sweep, results, style, folder)),
    );
    charts.and(maps).map(drop)
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
    let mut facts = vec![format!("{} × {} runs", x.values.len(), y.values.len())];
    if plane.values(Along::Alpha).is_none() {
        facts.push(format!("α = {}", shortest(run.alpha)));
    }
    if run.momentum != 0.0 && plane.values(Along::Momentum).is_none() {
        facts.push(format!("μ = {}", shortest(run.momentum)));
    }
    facts.push(format!("at most {} steps", sweep.budget.steps));
    facts.extend(run.seed.map(|seed| format!("seed {seed}")));
    // Last, since it may be long.
    facts.push(sweep.init_name(run.init_index).to_owned());
    Caption {
        title: sweep.name.clone(),
        subtitle: facts.join(", "),
        x_name: name_of(x, "x"),
        y_name: name_of(y, "y"),
        x: x.values.clone(),
        y: y.values.clone(),
    }
}

/// What an axis says a side means.
fn name_of(side: &Side, name: &str) -> String {
    match side.along {
        Along::Parameter(place) => format!("{} at the start", NAMES[place]),
        Along::Alpha => "learning rate α".to_owned(),
        Along::Momentum => "momentum μ".to_owned(),
        Along::Direction(_) => format!("{name}: the start is moved by {name} times a direction"),
    }
}

/// Removes the pictures of a former sweep, which the tables in the folder no longer say.
///
/// # Errors
/// If one cannot be removed.
pub fn remove_former(folder: &OutputFolder) -> Result<(), Failure> {
    let known = names();
    for entry in fs::read_dir(folder.path())? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|name| known.contains(name)) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// All names that pictures can have.
fn names() -> BTreeSet<String> {
    let styles = Coloring::ALL
        .into_iter()
        .flat_map(|(_, coloring)| [false, true].map(|is_bare| MapStyle { coloring, is_bare }));
    let numbers = || [None].into_iter().chain((1..=MOST_MAPS).map(Some));
    let maps = styles.flat_map(|style| numbers().map(move |number| style.file_name(number)));
    let charts = CHARTS.iter().flat_map(|(name, _)| CHART_ENDINGS.map(|ending| format!("{name}.{ending}")));
    maps.chain(charts).collect()
}
