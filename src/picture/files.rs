//! The pictures of a sweep: their names, and drawing them, while it runs or from the tables in a folder.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::chart;
use super::drawing::Drawing;
use super::map::{Caption, Coloring, MAX_MAPS, Map, Maps, framed};
use super::names;
use crate::problem::Problem;
use crate::results::convergence::{self, Column};
use crate::results::files::finish_all;
use crate::results::layout::{SUMMARY, TABLE};
use crate::results::reader::{Observer, Observers, Place, Row};
use crate::results::{Failure, Group, Left, OutputFolder, Resumed, Table, Watcher, summary};
use crate::sweep::plane::Along;
use crate::sweep::spec::{Run, Sweep};
use crate::sweep::text::shortest;

/// The file of the page with all pictures, unless it has another name.
pub const REPORT: &str = "report.html";

/// How maps look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MapStyle {
    /// What their colours tell.
    pub coloring: Coloring,
    /// Whether they have nothing around them: one pixel a run.
    pub is_bare: bool,
    /// Between which steps shades go, so that several maps can be compared; if none, from the fewest to the most.
    pub steps: Option<[u64; 2]>,
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

/// What stands around each map of a sweep over a plane, of which there are so many.
pub fn captions(sweep: &Sweep, maps: usize) -> impl Iterator<Item = Caption> {
    let points = sweep.runs() / maps.max(1) as u64;
    (0..maps as u64).map(move |number| caption(sweep, &sweep.run(number * points)))
}

/// A picture that is drawn: the name its file is to have, and its bytes.
pub struct Drawn {
    /// The name that its file is to have.
    pub name: String,
    /// What it is to hold.
    pub bytes: Vec<u8>,
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

fn draw_maps(sweep: &Sweep, maps: &[Map], style: MapStyle) -> Vec<Drawn> {
    let draw = |((number, map), caption): ((u64, &Map), Caption)| {
        let mut bytes = Vec::new();
        let written = if style.is_bare {
            map.write_png(&mut bytes)
        } else {
            framed(map, &caption).write_png(&mut bytes)
        };
        written.expect("a vector takes every write");
        Drawn { name: style.file_name((maps.len() > 1).then_some(number)), bytes }
    };
    (1..).zip(maps).zip(captions(sweep, maps.len())).map(draw).collect()
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
    begin: fn(&Arc<Sweep>) -> Option<Box<dyn chart::Chart>>,
}

impl Chart {
    /// The chart in the making; nothing if it would show nothing, and nothing of a plane with the momentum as a side: its
    /// momenta are too many for a panel each, and one panel would mix them.
    #[must_use]
    pub fn begin(&self, sweep: &Arc<Sweep>) -> Option<Box<dyn chart::Chart>> {
        let is_mixed = sweep.plane.as_ref().is_some_and(|plane| plane.values(&Along::Momentum).is_some());
        if is_mixed { None } else { (self.begin)(sweep) }
    }
}

/// All charts, those of the summary first.
pub const CHARTS: &[Chart] = &[
    Chart {
        name: "chart-outcomes",
        title: "Outcomes",
        about: "What became of the runs at each learning rate α: the height of a colour is the share of the runs \
                with that outcome. The black line is the share that solved the task at some step. Dashed lines stand \
                where facts about the network say that something ends.",
        is_of_runs: false,
        begin: chart::outcomes::begin,
    },
    Chart {
        name: "chart-solved",
        title: "Solved",
        about: "Where set-ups differ: the share of the runs that solved the task at some step, by learning rate or by \
                another axis of the sweep, with a line or a colour for each value of the others.",
        is_of_runs: false,
        begin: chart::solved::begin,
    },
    Chart {
        name: "chart-convergence",
        title: "Convergence",
        about: "The share of the runs that has converged (lines), or has solved the task (dashes), by step. A colour \
                for each of some learning rates, from violet for the lowest to green for the highest.",
        is_of_runs: true,
        begin: chart::convergence::begin,
    },
    Chart {
        name: "chart-escape",
        title: "Escape from the saddle",
        about: "The first step with an error below the level of equal hidden units, by the distance of the start \
                from them, for some learning rates. Lines are medians, bands reach from 10 to 90 % of the runs; a \
                colour for each set-up, init and momentum.",
        is_of_runs: true,
        begin: chart::escape::begin,
    },
];

/// The endings of a chart's files.
pub const CHART_ENDINGS: [&str; 2] = ["svg", "png"];
/// A chart's PNG has this many pixels to each of the SVG, for screens that are fine.
const CHART_SCALE: u32 = 2;

fn as_file(chart: &Chart, drawing: &Drawing, ending: &str) -> Drawn {
    let mut bytes = Vec::new();
    write_drawing(drawing, ending, &mut bytes).expect("a vector takes every write");
    Drawn { name: format!("{}.{ending}", chart.name), bytes }
}

/// Which pictures of a sweep are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Pictures {
    /// How maps look, if there are to be any.
    pub maps: Option<MapStyle>,
    /// Whether there are to be charts.
    pub charts: bool,
}

impl Pictures {
    /// The names that their files can have.
    pub fn names(self) -> impl Iterator<Item = String> {
        let charts = CHARTS.iter().filter(move |_| self.charts);
        let charts =
            charts.flat_map(|Chart { name, .. }| CHART_ENDINGS.map(|ending| format!("{name}.{ending}")));
        let maps =
            self.maps.into_iter().flat_map(|style| numbers().map(move |number| style.file_name(number)));
        charts.chain(maps)
    }
}

/// A picture in the making.
enum Making {
    Chart(&'static Chart, Box<dyn chart::Chart>),
    Maps(MapStyle, Box<Maps>),
}

impl Making {
    fn name(&self) -> String {
        match self {
            Self::Chart(chart, _) => chart.name.to_owned(),
            Self::Maps(style, _) => style.file_name(None),
        }
    }

    fn draw(self, sweep: &Sweep) -> Result<Vec<Drawn>, Problem> {
        Ok(match self {
            Self::Chart(chart, made) => made.drawn().map_or_else(Vec::new, |drawing| {
                CHART_ENDINGS.map(|ending| as_file(chart, &drawing, ending)).into()
            }),
            Self::Maps(style, maps) => draw_maps(sweep, &maps.finish()?, style),
        })
    }
}

impl Observer for Making {
    fn columns(&self) -> Vec<&'static str> {
        match self {
            Self::Chart(_, chart) => chart.columns(),
            Self::Maps(_, maps) => maps.columns(),
        }
    }

    fn see(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        match self {
            Self::Chart(_, chart) => chart.see(row),
            Self::Maps(_, maps) => maps.see(row),
        }
    }
}

/// A picture that a table lacks something for.
#[derive(Debug)]
pub struct Missing {
    /// The name of its file, without the ending of a chart.
    pub name: String,
    /// What is missing.
    pub problem: Problem,
}

/// Pictures of a sweep in the making: they see its groups and its runs, and are drawn from those.
pub struct Gallery {
    sweep: Arc<Sweep>,
    pictures: Pictures,
    of_groups: Observers<Making>,
    of_runs: Observers<Making>,
    /// The columns of groups and of runs that they need.
    columns_of_groups: Vec<&'static summary::Column>,
    columns_of_runs: Vec<Column>,
    /// What went wrong first.
    seen: Result<(), Problem>,
    has_missed_some: bool,
}

impl Gallery {
    /// The pictures of a sweep that has not begun.
    ///
    /// # Errors
    /// If there are to be maps, and the sweep has no plane, or one too large to be drawn, or too many.
    pub fn new(sweep: &Arc<Sweep>, pictures: Pictures) -> Result<Self, Problem> {
        let maps = pictures
            .maps
            .map(|style| Ok((style, Box::new(Maps::new(sweep, style.coloring, style.steps)?))))
            .transpose()?;
        let charts = CHARTS.iter().filter(|_| pictures.charts);
        let begun = charts.filter_map(|chart| Some((chart, chart.begin(sweep)?)));
        let (of_runs, of_groups): (Vec<_>, Vec<_>) = begun.partition(|(chart, _)| chart.is_of_runs);
        let making = |(chart, begun)| Making::Chart(chart, begun);
        let of_runs =
            of_runs.into_iter().map(making).chain(maps.map(|(style, maps)| Making::Maps(style, maps)));
        Ok(Self::of(sweep, pictures, of_groups.into_iter().map(making).collect(), of_runs.collect()))
    }

    fn of(sweep: &Arc<Sweep>, pictures: Pictures, of_groups: Vec<Making>, of_runs: Vec<Making>) -> Self {
        let (of_groups, of_runs) = (Observers::of(of_groups), Observers::of(of_runs));
        let known = "our pictures ask for columns that there are";
        Self {
            sweep: Arc::clone(sweep),
            pictures,
            columns_of_groups: of_groups
                .names()
                .iter()
                .map(|name| summary::column_named(name).expect(known))
                .collect(),
            columns_of_runs: of_runs
                .names()
                .iter()
                .map(|name| convergence::column_named(name).expect(known))
                .collect(),
            of_groups,
            of_runs,
            seen: Ok(()),
            has_missed_some: false,
        }
    }

    /// Whether runs were over before it saw any.
    #[must_use]
    pub fn has_missed_some(&self) -> bool {
        self.has_missed_some
    }

    /// The sweep, and which pictures of it these are.
    #[must_use]
    pub fn of_what(&self) -> (Arc<Sweep>, Pictures) {
        (Arc::clone(&self.sweep), self.pictures)
    }

    /// The pictures of the tables in a folder; and those that these lack something for, which are given up.
    ///
    /// # Errors
    /// As [`Gallery::new`]; if the summary cannot be read; if the table of runs is damaged.
    pub fn of_results(
        sweep: &Arc<Sweep>,
        pictures: Pictures,
        results: &Path,
    ) -> Result<(Self, Vec<Missing>), Problem> {
        let Self { mut of_groups, of_runs, .. } = Self::new(sweep, pictures)?;
        if !of_groups.is_empty() {
            Table::find(results, SUMMARY.trim_end_matches(".csv"))?.show(&mut of_groups)?;
        }
        let table = Table::find(results, TABLE).and_then(|table| Ok((table.names()?, table)));
        let (able, others) = match table {
            _ if of_runs.is_empty() => (Vec::new(), Vec::new()),
            Ok((names, table)) => table.show_able(&names, of_runs.into_inner())?,
            // What the disk does not give may well be there.
            Err(problem) if problem.fault.is_some() => return Err(problem),
            Err(problem) => {
                (Vec::new(), of_runs.into_inner().map(|making| (making, problem.clone())).collect())
            }
        };
        let missing = others.into_iter().map(|(making, problem)| Missing { name: making.name(), problem });
        Ok((Self::of(sweep, pictures, of_groups.into_inner().collect(), able), missing.collect()))
    }

    /// Draws those that show something.
    ///
    /// # Errors
    /// If what was seen cannot be of the sweep.
    pub fn draw(self) -> Result<Vec<Drawn>, Problem> {
        let Self { sweep, of_groups, of_runs, seen, .. } = self;
        seen?;
        let mut all = Vec::new();
        for making in of_groups.into_inner().chain(of_runs.into_inner()) {
            all.extend(making.draw(&sweep)?);
        }
        Ok(all)
    }
}

impl Watcher for Gallery {
    fn columns(&self) -> &[Column] {
        &self.columns_of_runs
    }

    fn run(&mut self, row: &convergence::Row<'_>) {
        let Self { of_runs, columns_of_runs, seen, .. } = self;
        if seen.is_ok() {
            let cells: Vec<_> = columns_of_runs.iter().map(|column| column.cell(row)).collect();
            *seen = of_runs.see(&cells, Place::Nowhere);
        }
    }

    fn group(&mut self, group: &Group) {
        let Self { of_groups, columns_of_groups, seen, .. } = self;
        if seen.is_ok() {
            let cells: Vec<_> = columns_of_groups.iter().map(|column| (column.cell)(group)).collect();
            *seen = of_groups.see(&cells, Place::Nowhere);
        }
    }

    fn resumed(&mut self, resumed: &Resumed) {
        self.has_missed_some |= resumed.done > 0;
    }
}

/// How maps can be numbered.
fn numbers() -> impl Iterator<Item = Option<u64>> {
    [None].into_iter().chain((1..=MAX_MAPS).map(Some))
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
    facts.push(format!("at most {} steps", sweep.stopping_rule.steps));
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
        .flat_map(|(_, coloring)| [false, true].map(|is_bare| MapStyle { coloring, is_bare, steps: None }));
    let all = styles.flat_map(|style| Pictures { maps: Some(style), charts: true }.names());
    all.chain([REPORT.to_owned()]).collect()
}
