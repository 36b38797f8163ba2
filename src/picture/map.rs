//! A map of a plane: one pixel a run, x to the right, y upwards, coloured by what became of the run.
//!
//! A map holds two bytes a pixel: its kind, and a level among some thousands, such as the logarithm of the steps.

mod frame;

pub use frame::{Caption, framed};

use std::collections::HashMap;
use std::io::{self, Write};
use std::str::FromStr;
use std::sync::Arc;

use super::color::{self, Rgb};
use crate::kernel::outcome::Outcome;
use crate::problem::Problem;
use crate::results::reader::{Observer, Row};
use crate::sweep::plane::{MAX_POINTS_A_SIDE, Plane, no_plane};
use crate::sweep::spec::Sweep;
use crate::sweep::text::value_of;

/// What the colours of a map tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Coloring {
    /// The outcome, and for runs that converged or diverged how long that took.
    #[default]
    Both,
    /// How many steps a run took, whatever became of it.
    Steps,
    /// The outcome alone.
    Outcome,
    /// Which solution the runs that converged have found.
    Solution,
    /// The smooth measure of a run, by its rank among those on its side.
    Measure,
}

impl Coloring {
    /// All there are, with their words.
    pub const ALL: [(&'static str, Self); 5] = [
        ("both", Self::Both),
        ("steps", Self::Steps),
        ("outcome", Self::Outcome),
        ("solution", Self::Solution),
        ("measure", Self::Measure),
    ];
}

impl FromStr for Coloring {
    type Err = Problem;

    fn from_str(word: &str) -> Result<Self, Problem> {
        value_of("color", word, &Self::ALL)
    }
}

/// The most maps that one sweep makes.
pub const MAX_MAPS: u64 = 64;

/// How many levels a kind has: as many as there is room for, with a kind for what is missing.
const LEVELS: u16 = u16::MAX / (color::ALL.len() as u16 + 1);
/// What a pixel says that no run has reached yet. All other cells have a kind from 1.
const MISSING: u16 = 0;
/// The largest number of steps a level stands for.
const MAX_STEPS: f64 = 1e15;
/// How many colours a shaded outcome has in a map.
const SHADES: u8 = 96;
/// How many solutions have a colour of their own, the most frequent ones.
const MAX_SOLUTIONS: usize = 10;

/// The level of so many steps, by the logarithm: from one level to the next they grow by 0.53 %.
fn level(steps: u64) -> u16 {
    let part = libm::log1p(steps as f64) / libm::log1p(MAX_STEPS);
    (part.min(1.0) * f64::from(LEVELS - 1)).round() as u16
}

/// A line of a legend.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What it stands for.
    pub label: String,
    /// How many runs it stands for.
    pub runs: u64,
    /// Its colour, or its colours from the fastest run to the slowest.
    pub colors: Vec<Rgb>,
    /// What the colours tell.
    pub shades: Shades,
}

/// What the colours of a line of a legend tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shades {
    /// There is one only.
    One,
    /// Steps, from the fewest to the most.
    Steps([u64; 2]),
    /// Ranks, evenly from the first to the last.
    Ranks,
}

/// A map, read.
#[derive(Clone, Debug)]
pub struct Map {
    columns: usize,
    /// The pixels in the order of their runs: the lowest row first.
    cells: Vec<u16>,
    /// The place of each possible cell's colour in the palette.
    lookup: Vec<u8>,
    palette: Vec<Rgb>,
    legend: Vec<Entry>,
    solved: Option<u64>,
}

impl Map {
    /// How many pixels it is wide: the values of x.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How many pixels it is high: the values of y.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.cells.len() / self.columns
    }

    /// How many runs it shows.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.cells.len() as u64
    }

    /// How many of them solved the task at some step, where the colours tell how many converged.
    #[must_use]
    pub fn solved(&self) -> Option<u64> {
        self.solved
    }

    /// What its colours mean.
    #[must_use]
    pub fn legend(&self) -> &[Entry] {
        &self.legend
    }

    /// The colour of the pixel at `column` from the left and `row` from below.
    ///
    /// # Panics
    /// If it is outside of the map.
    #[must_use]
    pub fn color(&self, column: usize, row: usize) -> Rgb {
        assert!(column < self.columns, "column {column} of {}", self.columns);
        let cell = self.cells[row * self.columns + column];
        self.palette[usize::from(self.lookup[usize::from(cell)])]
    }

    /// Writes the pixels as a PNG file, with nothing around them.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write_png(&self, out: impl Write) -> io::Result<()> {
        let rows = self.cells.chunks_exact(self.columns).rev();
        let pixels: Vec<u8> = rows.flatten().map(|&cell| self.lookup[usize::from(cell)]).collect();
        let mut encoder = png::Encoder::new(out, self.columns as u32, self.rows() as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(self.palette.as_flattened());
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        Ok(writer.finish()?)
    }
}

/// The plane of a sweep, if its maps can be drawn.
///
/// # Errors
/// If it has none, or one too large to be drawn, or too many.
pub fn drawable(sweep: &Sweep) -> Result<&Plane, Problem> {
    let plane = sweep.plane.as_ref().ok_or_else(no_plane)?;
    for (key, side) in [("plane_x_range", &plane.x), ("plane_y_range", &plane.y)] {
        if side.values.len() > MAX_POINTS_A_SIDE {
            let remedy = format!("a map has at most {MAX_POINTS_A_SIDE} pixels a side: give fewer values");
            return Err(Problem::new(key, format!("{} values", side.values.len()), remedy));
        }
    }
    let maps = sweep.runs() / plane.points();
    if maps > MAX_MAPS {
        let remedy =
            format!("there would be {maps}, the most are {MAX_MAPS}: give fewer inits, seeds or rates");
        return Err(Problem::new("maps", "", remedy));
    }
    Ok(plane)
}

/// The maps of a sweep over a plane in the making: one for each start, momentum and learning rate. It sees the runs, and
/// needs two bytes for each, or six if colours tell the measure.
pub struct Maps {
    sweep: Arc<Sweep>,
    /// How many pixels a map has, and how many it is wide.
    points: u64,
    columns: usize,
    coloring: Coloring,
    /// The pixels of each map.
    cells: Vec<Vec<u16>>,
    /// The fewest and most steps of each kind.
    steps: [[u64; 2]; color::ALL.len()],
    solutions: Solutions,
    /// How many runs of each map solved the task at some step.
    solved: Vec<u64>,
    /// Those of all runs, if colours tell them.
    measures: Vec<f32>,
    /// How many runs were seen.
    runs: u64,
    /// Between which steps shades go, if not from the fewest to the most of each outcome.
    between: Option<[u64; 2]>,
}

#[derive(Default)]
struct Solutions {
    levels: HashMap<String, u16>,
}

impl Maps {
    /// Those of a sweep, without pixels. Shades go from the fewest to the most steps of each outcome, or else between
    /// those of `between`, which makes several maps comparable.
    ///
    /// # Errors
    /// If the sweep has no plane, or one too large to be drawn, or too many.
    pub fn new(sweep: &Arc<Sweep>, coloring: Coloring, between: Option<[u64; 2]>) -> Result<Self, Problem> {
        let plane = drawable(sweep)?;
        let maps = (sweep.runs() / plane.points()) as usize;
        let has_measures = coloring == Coloring::Measure;
        Ok(Self {
            sweep: Arc::clone(sweep),
            points: plane.points(),
            columns: plane.x.values.len(),
            coloring,
            cells: vec![vec![MISSING; plane.points() as usize]; maps],
            steps: [[u64::MAX, 0]; color::ALL.len()],
            solutions: Solutions::default(),
            solved: vec![0; maps],
            measures: vec![0.0; if has_measures { sweep.runs() as usize } else { 0 }],
            runs: 0,
            between,
        })
    }

    fn add_timed(&mut self, row: &Row<'_>, outcome: Outcome, time: u64) -> Result<(), Problem> {
        let [fewest, most] = &mut self.steps[color::place(outcome)];
        (*fewest, *most) = (time.min(*fewest), time.max(*most));
        self.add(row, outcome, level(time))
    }

    /// Takes over a row, whose first column is the number of the run.
    fn add(&mut self, row: &Row<'_>, outcome: Outcome, level: u16) -> Result<(), Problem> {
        let run = row.integer(0)?;
        let cell = (run < self.sweep.runs()).then(|| {
            let (map, place) = (run / self.points, run % self.points);
            &mut self.cells[map as usize][place as usize]
        });
        let Some(cell) = cell else {
            return Err(row.problem(0, "the sweep has no such run: run it again"));
        };
        if *cell != MISSING {
            return Err(row.problem(0, "the run is there twice: run the sweep again"));
        }
        *cell = kind(outcome) * LEVELS + level;
        self.runs += 1;
        Ok(())
    }

    /// Counts a row that was taken over if its run solved the task, as this column says.
    fn solve(&mut self, row: &Row<'_>, column: usize) -> Result<(), Problem> {
        let map = row.integer(0)? / self.points;
        self.solved[map as usize] += u64::from(row.optional_integer(column)?.is_some());
        Ok(())
    }

    /// The level that stands for a solution.
    fn solution(&mut self, word: &str) -> u16 {
        let levels = &mut self.solutions.levels;
        if let Some(&level) = levels.get(word) {
            return level;
        }
        let level = (levels.len() as u16).min(LEVELS - 1);
        levels.insert(word.to_owned(), level);
        level
    }

    /// Gives every run the level of its rank among the measures on its side: the farther from 0, the higher.
    fn rank(&mut self) {
        let mut sorted: [Vec<f32>; 2] = [Vec::new(), Vec::new()];
        let side = |measure: f32| usize::from(measure >= 0.0);
        for &measure in &self.measures {
            sorted[side(measure)].push(measure.abs());
        }
        for values in &mut sorted {
            values.sort_unstable_by(f32::total_cmp);
        }
        for (cell, &measure) in self.cells.iter_mut().flatten().zip(&self.measures) {
            let values = &sorted[side(measure)];
            let below = values.partition_point(|value| *value < measure.abs());
            let part = below as f64 / (values.len() - 1).max(1) as f64;
            *cell += (part * f64::from(LEVELS - 1)).round() as u16;
        }
    }

    /// The maps, once all runs were seen.
    ///
    /// # Errors
    /// If runs are missing.
    pub fn finish(mut self) -> Result<Vec<Map>, Problem> {
        if self.runs != self.sweep.runs() {
            let (rows, runs) = (self.runs, self.sweep.runs());
            let remedy = format!("it has {rows} rows, the sweep {runs} runs: run the sweep again");
            return Err(Problem::new("table", "", remedy));
        }
        if self.coloring == Coloring::Measure {
            self.rank();
        }
        if let Some(steps) = self.between {
            self.steps = [steps; color::ALL.len()];
        }
        let Self { coloring, steps, solutions, columns, .. } = self;
        let has_solved = self.sweep.is_solvable() && matches!(coloring, Coloring::Both | Coloring::Outcome);
        let maps = self.cells.into_iter().zip(self.solved).map(|(cells, solved)| {
            let mut colors = Colors::of(&cells);
            match coloring {
                Coloring::Both => colors.by_outcome(&steps),
                Coloring::Steps => colors.by_steps(steps[0]),
                Coloring::Outcome => colors.by_outcome(&[[0, 0]; color::ALL.len()]),
                Coloring::Solution => colors.by_solution(&solutions),
                Coloring::Measure => colors.by_measure(),
            }
            let Colors { lookup, palette, legend, .. } = colors;
            Map { columns, cells, lookup, palette, legend, solved: has_solved.then_some(solved) }
        });
        Ok(maps.collect())
    }
}

impl Observer for Maps {
    fn columns(&self) -> Vec<&'static str> {
        match self.coloring {
            Coloring::Both => vec!["run", "outcome", "plateau", "solved_at", "converged_at", "steps"],
            Coloring::Steps => vec!["run", "steps"],
            Coloring::Outcome => vec!["run", "outcome", "plateau", "solved_at"],
            Coloring::Solution => vec!["run", "outcome", "plateau", "solution"],
            Coloring::Measure => vec!["run", "measure"],
        }
    }

    fn see(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        match self.coloring {
            Coloring::Both => {
                let time = row.optional_integer(4)?.map_or_else(|| row.integer(5), Ok)?;
                self.add_timed(row, row.outcome(1, 2)?, time)?;
                self.solve(row, 3)
            }
            Coloring::Steps => self.add_timed(row, Outcome::Converged, row.integer(1)?),
            Coloring::Outcome => {
                self.add(row, row.outcome(1, 2)?, 0)?;
                self.solve(row, 3)
            }
            Coloring::Solution => {
                let level = self.solution(&row.text(3));
                self.add(row, row.outcome(1, 2)?, level)
            }
            Coloring::Measure => {
                let measure = row.number(1)?;
                self.add(row, side_of(measure), 0)?;
                self.measures[row.integer(0)? as usize] = measure as f32;
                Ok(())
            }
        }
    }
}

/// The outcome that stands for the side of 0 a measure is on.
fn side_of(measure: f64) -> Outcome {
    if measure < 0.0 { Outcome::Converged } else { Outcome::Diverged }
}

/// The kind of a cell, from 1.
fn kind(outcome: Outcome) -> u16 {
    color::place(outcome) as u16 + 1
}

/// The cells that stand for an outcome.
fn cells_of(outcome: Outcome) -> std::ops::Range<usize> {
    let first = usize::from(kind(outcome)) * usize::from(LEVELS);
    first..first + usize::from(LEVELS)
}

/// Which colour each cell gets.
struct Colors {
    /// How many runs have each cell.
    runs: Vec<u64>,
    lookup: Vec<u8>,
    palette: Vec<Rgb>,
    legend: Vec<Entry>,
}

impl Colors {
    fn of(cells: &[u16]) -> Self {
        let mut runs = vec![0; 1 << 16];
        for &cell in cells {
            runs[usize::from(cell)] += 1;
        }
        Self { runs, lookup: vec![0; 1 << 16], palette: Vec::new(), legend: Vec::new() }
    }

    /// Every outcome that there is gets its colour; those whose fewest and most steps differ get shades.
    fn by_outcome(&mut self, steps: &[[u64; 2]; color::ALL.len()]) {
        for (outcome, steps) in color::ALL.into_iter().zip(steps) {
            let label = color::label(outcome);
            if color::is_shaded(outcome) && steps[0] < steps[1] {
                let shade = |part| color::shade(outcome, part);
                self.shaded(outcome, label, Shades::Steps(*steps), between(*steps), shade);
            } else {
                self.plain(cells_of(outcome).collect(), label, color::of(outcome));
            }
        }
    }

    fn by_steps(&mut self, steps: [u64; 2]) {
        self.shaded(
            Outcome::Converged,
            "all runs".to_owned(),
            Shades::Steps(steps),
            between(steps),
            color::scale,
        );
    }

    fn by_measure(&mut self) {
        let sides = [
            ("comes down", -1.0, color::shade as fn(Outcome, f64) -> Rgb),
            ("does not", 1.0, color::bad_shade),
        ];
        for (label, measure, shade) in sides {
            let outcome = side_of(measure);
            let place = |level: u16| f64::from(level) / f64::from(LEVELS - 1);
            self.shaded(outcome, label.to_owned(), Shades::Ranks, place, |part| shade(outcome, part));
        }
    }

    fn by_solution(&mut self, solutions: &Solutions) {
        let first = cells_of(Outcome::Converged).start;
        let mut found: Vec<(&str, usize)> = solutions
            .levels
            .iter()
            .map(|(word, level)| (word.as_str(), first + usize::from(*level)))
            .collect();
        found.retain(|(_, cell)| self.runs[*cell] > 0);
        found.sort_by_key(|(word, cell)| (std::cmp::Reverse(self.runs[*cell]), *word));
        let others = found.split_off(found.len().min(MAX_SOLUTIONS));
        for (place, (word, cell)) in found.into_iter().enumerate() {
            self.plain(vec![cell], word.to_owned(), colorous::TABLEAU10[place].into_array());
        }
        let others = others.into_iter().map(|(_, cell)| cell).collect();
        self.plain(others, "another solution".to_owned(), [0xff, 0xff, 0xff]);
        for (place, outcome) in color::ALL.into_iter().skip(1).enumerate() {
            let grey = 20 + 24 * place as u8;
            self.plain(cells_of(outcome).collect(), color::label(outcome), [grey; 3]);
        }
    }

    /// One colour for cells, if any run has one of them.
    fn plain(&mut self, cells: Vec<usize>, label: String, color: Rgb) {
        let runs = cells.iter().map(|&cell| self.runs[cell]).sum();
        if runs == 0 {
            return;
        }
        for cell in cells {
            self.lookup[cell] = self.palette.len() as u8;
        }
        self.palette.push(color);
        self.legend.push(Entry { label, runs, colors: vec![color], shades: Shades::One });
    }

    /// Shades for an outcome, if any run has it, by the part of the scale at which a level stands.
    fn shaded(
        &mut self,
        outcome: Outcome,
        label: String,
        shades: Shades,
        place: impl Fn(u16) -> f64,
        color: impl Fn(f64) -> Rgb,
    ) {
        let cells = cells_of(outcome);
        let runs = self.runs[cells.clone()].iter().sum();
        if runs == 0 {
            return;
        }
        let first = self.palette.len() as u8;
        let last = f64::from(SHADES - 1);
        for (cell, level) in cells.zip(0..LEVELS) {
            self.lookup[cell] = first + (place(level).clamp(0.0, 1.0) * last).round() as u8;
        }
        let colors: Vec<Rgb> = (0..SHADES).map(|shade| color(f64::from(shade) / last)).collect();
        self.palette.extend(&colors);
        self.legend.push(Entry { label, runs, colors, shades });
    }
}

/// Where a level stands between those of the fewest and the most steps.
fn between(steps: [u64; 2]) -> impl Fn(u16) -> f64 {
    let [low, high] = steps.map(level);
    move |level| (f64::from(level) - f64::from(low)) / f64::from((high - low).max(1))
}
