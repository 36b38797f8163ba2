//! Charts of a sweep's results, and what they have in common: panels with two scales, lines, bars and legends.

pub mod convergence;
pub mod errors;
pub mod escape;
pub mod outcomes;
pub mod solved;

use std::sync::Arc;

use super::Rgb;
use super::axis::{self, Tick};
use super::color;
use super::drawing::{
    Across, Down, Drawing, FAINT_INK, GRID, INK, Point, Sheet, Style, fitted, width_of, wrapped,
};
use super::names;
use crate::kernel::SetUp;
use crate::kernel::outcome::Outcome;
use crate::problem::Problem;
use crate::results::reader::{Observer, Row};
use crate::sweep::axes::{Spacing, spacing};
use crate::sweep::plane::Along;
use crate::sweep::set_ups::{Axis, Finder, before};
use crate::sweep::spec::{Sweep, is_solvable};
use crate::sweep::text::shortest;

/// A chart in the making: it sees a table, and is drawn from what it has seen.
pub trait Chart: Observer {
    /// The chart; nothing if it would show nothing.
    fn drawn(&self) -> Option<Drawing>;
}

/// The most set-ups, inits and momenta that a chart shows.
const MOST_STARTS: usize = 12;
/// The width of a chart's legend, in pixels.
const LEGEND: f64 = 190.0;
/// From one line of a label to the next, in pixels.
const LINE: f64 = 18.0;
/// The margin at the left of titles, in pixels.
const MARGIN: f64 = 16.0;

/// Where values stand on an axis.
#[derive(Clone, Debug, PartialEq)]
enum Scale {
    /// Evenly between two ends.
    Even { low: f64, high: f64 },
    /// By their logarithms, between two ends that are given by their decimal logarithms.
    Logarithmic { low: f64, high: f64 },
    /// Each of these, which rise, in the middle of a cell; all cells are of one size.
    Cells { values: Vec<f64>, is_logarithmic: bool },
    /// Words, each in the middle of a cell: 0, 1, … stand there.
    Names(Vec<String>),
}

impl Scale {
    fn even(low: f64, high: f64) -> Self {
        Self::Even { low, high: if low < high { high } else { low + 1.0 } }
    }

    /// A scale by the logarithm, with a margin beyond the ends, which are above 0: so many times.
    fn logarithmic(low: f64, high: f64, margin: f64) -> Self {
        let margin = libm::log10(if low < high { margin } else { 2.0 });
        Self::Logarithmic { low: libm::log10(low) - margin, high: libm::log10(high) + margin }
    }

    fn cells(values: Vec<f64>) -> Self {
        let is_logarithmic = spacing(&values) == Spacing::Logarithmic;
        Self::Cells { values, is_logarithmic }
    }

    /// Where a value stands, 0 to 1 between the ends, and not far beyond them.
    fn part(&self, value: f64) -> f64 {
        let between = |low: f64, at: f64, high: f64| (at - low) / (high - low);
        let part = match self {
            Self::Even { low, high } => between(*low, value, *high),
            Self::Logarithmic { low, high } => between(*low, libm::log10(value), *high),
            Self::Cells { values, is_logarithmic } => {
                let of = if *is_logarithmic { libm::log10 } else { |value| value };
                let after = values.partition_point(|&known| known < value);
                let place = match (after.checked_sub(1), values.get(after)) {
                    (_, Some(&next)) if next == value => after as f64,
                    (None, _) => -1.0,
                    (_, None) => values.len() as f64,
                    (Some(before), Some(&next)) => {
                        before as f64 + between(of(values[before]), of(value), of(next))
                    }
                };
                (place + 0.5) / values.len() as f64
            }
            Self::Names(names) => (value + 0.5) / names.len() as f64,
        };
        part.clamp(-1.0, 2.0)
    }

    fn is_within(&self, value: f64) -> bool {
        (0.0..=1.0).contains(&self.part(value))
    }

    /// Ticks for an axis of so many pixels on which a label takes so much room.
    fn ticks(&self, room: f64, size: impl Fn(&str) -> f64) -> Vec<Tick> {
        match self {
            Self::Even { low, high } => axis::fitting(room, size, |most| axis::even(*low, *high, most)),
            Self::Logarithmic { low, high } => {
                axis::fitting(room, size, |most| axis::logarithmic(*low, *high, most))
            }
            Self::Cells { values, .. } => {
                let cell = 1.0 / values.len() as f64;
                let within =
                    |tick: Tick| Tick { part: (0.5 + tick.part * (1.0 / cell - 1.0)) * cell, ..tick };
                let ticks = axis::ticks_of_cells(values, room * (1.0 - cell), size);
                ticks.into_iter().map(within).collect()
            }
            Self::Names(names) => {
                // Where not all have room, every other one, or every third, …
                let cell = room / names.len() as f64;
                let fit = |every: &usize| {
                    names.iter().step_by(*every).all(|name| size(name) + 5.0 <= cell * *every as f64)
                };
                let every = (1..=names.len()).find(fit).unwrap_or(1);
                let tick = |(place, name): (usize, &String)| Tick {
                    part: self.part(place as f64),
                    value: place as f64,
                    label: name.clone(),
                };
                names.iter().enumerate().step_by(every).map(tick).collect()
            }
        }
    }
}

/// A rectangle with two scales.
struct Panel {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    x: Scale,
    y: Scale,
}

impl Panel {
    fn x_of(&self, value: f64) -> f64 {
        self.left + self.x.part(value) * self.width
    }

    fn y_of(&self, value: f64) -> f64 {
        self.top + (1.0 - self.y.part(value)) * self.height
    }

    fn at(&self, (x, y): (f64, f64)) -> Point {
        (self.x_of(x), self.y_of(y))
    }

    fn right(&self) -> f64 {
        self.left + self.width
    }

    fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Grid lines and the labels of both axes.
    fn paint_grid(&self, sheet: &mut Sheet, y_label: impl Fn(&Tick) -> String) {
        let style = Style::new(12.0, INK);
        let below = style.at(Across::Middle, Down::Top);
        for tick in self.x.ticks(self.width, |label| width_of(label, &style)) {
            let x = self.left + tick.part * self.width;
            sheet.line([(x, self.top), (x, self.bottom())], GRID, 1.0);
            sheet.text(tick.label, (x, self.bottom() + 8.0), below);
        }
        let beside = style.at(Across::End, Down::Middle);
        for tick in self.y.ticks(self.height, |_| 14.0) {
            let y = self.top + (1.0 - tick.part) * self.height;
            sheet.line([(self.left, y), (self.right(), y)], GRID, 1.0);
            sheet.text(y_label(&tick), (self.left - 6.0, y), beside);
        }
    }

    /// The lines around it.
    fn paint_edge(&self, sheet: &mut Sheet) {
        sheet.frame([(self.left, self.top), (self.right(), self.bottom())], FAINT_INK, 1.0);
    }

    fn style_of_name() -> Style {
        Style::new(13.0, INK).bold()
    }

    /// What stands so far above it.
    fn paint_name(&self, sheet: &mut Sheet, name: &str, above: f64) {
        let style = Self::style_of_name();
        for (place, line) in wrapped(name, &style, self.width).into_iter().enumerate() {
            sheet.text(line, (self.left, self.top + 6.0 - above + LINE * place as f64), style);
        }
    }

    /// What the axes mean.
    fn paint_axis_names(&self, sheet: &mut Sheet, x: &str, y: &str) {
        let style = Style::new(13.0, INK).at(Across::Middle, Down::Top);
        sheet.text(x, (self.left + self.width / 2.0, self.bottom() + 27.0), style);
        sheet.text(y, (self.left - 62.0, self.top + self.height / 2.0), style.upwards());
    }

    fn points(&self, points: &[(f64, f64)]) -> Vec<Point> {
        points.iter().map(|&at| self.at(at)).collect()
    }

    /// The area between two lines over the same values of x.
    fn paint_band(&self, sheet: &mut Sheet, points: &[(f64, f64, f64)], color: Rgb) {
        let lower = points.iter().map(|&(x, low, _)| self.at((x, low)));
        let upper = points.iter().rev().map(|&(x, _, high)| self.at((x, high)));
        sheet.tint(lower.chain(upper).collect::<Vec<_>>(), color, 0.18);
    }
}

/// Dashes, to be seen on dark ground too.
fn paint_dashes(sheet: &mut Sheet, line: [Point; 2], color: Rgb) {
    sheet.seam(line, 3.0);
    sheet.dashes(line, color, 1.25, [5.0, 3.5]);
}

/// A chart's title, and what it shows in a few sentences.
struct Head {
    title: String,
    lines: Vec<String>,
}

impl Head {
    /// Above a chart of this width.
    fn new(title: String, sentences: &[String], width: f64) -> Self {
        let lines = wrapped(&sentences.join("; "), &Self::style(), width - 2.0 * MARGIN);
        Self { title, lines }
    }

    fn style() -> Style {
        Style::new(13.0, FAINT_INK)
    }

    fn height(&self) -> f64 {
        48.0 + 18.0 * self.lines.len() as f64
    }

    fn paint(&self, sheet: &mut Sheet, width: f64) {
        let style = Style::new(18.0, INK).bold();
        sheet.text(fitted(&self.title, &style, width - 2.0 * MARGIN), (MARGIN, 14.0), style);
        for (place, line) in self.lines.iter().enumerate() {
            sheet.text(line, (MARGIN, 40.0 + 18.0 * place as f64), Self::style());
        }
    }
}

/// What a line of a legend shows beside its words.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mark {
    Square(Rgb),
    Line(Rgb),
    Thin(Rgb),
    Dashes(Rgb),
}

/// A legend while it is written, line by line.
struct Legend<'a> {
    sheet: &'a mut Sheet,
    left: f64,
    top: f64,
    width: f64,
}

impl Legend<'_> {
    /// A mark and what it stands for.
    fn entry(&mut self, mark: Mark, label: &str) {
        let (left, middle) = (self.left, self.top + 9.0);
        let line = [(left, middle), (left + 20.0, middle)];
        match mark {
            Mark::Square(color) => {
                let corners = [(left, middle - 7.0), (left + 14.0, middle + 7.0)];
                self.sheet.rectangle(corners, color);
            }
            Mark::Line(color) => self.sheet.line(line, color, 2.5),
            Mark::Thin(color) => self.sheet.dashes(line, color, THIN, THIN_DASHES),
            Mark::Dashes(color) => {
                paint_dashes(self.sheet, [(left + 7.0, self.top), (left + 7.0, self.top + 18.0)], color);
            }
        }
        let style = Style::new(13.0, INK).at(Across::Begin, Down::Middle);
        // Labels that differ at their ends alone must not be cut.
        let lines = wrapped(label, &style, self.width - 30.0);
        for (place, line) in lines.iter().enumerate() {
            self.sheet.text(line, (left + 26.0, middle + LINE * place as f64), style);
        }
        self.top += 26.0 + LINE * lines.len().saturating_sub(1) as f64;
    }

    /// A mark, what it stands for, and more about it in small print.
    fn explained(&mut self, mark: Mark, label: &str, note: &str) {
        self.entry(mark, label);
        self.top -= 6.0;
        self.note(note, 26.0);
        self.top += 8.0;
    }

    /// Lines of small print, that far from the left.
    fn note(&mut self, note: &str, from_left: f64) {
        let style = Style::new(13.0, FAINT_INK).at(Across::Begin, Down::Middle);
        for line in wrapped(note, &style, self.width - from_left) {
            self.sheet.text(line, (self.left + from_left, self.top + 9.0), style);
            self.top += 18.0;
        }
    }

    fn gap(&mut self) {
        self.top += 14.0;
    }
}

/// A line that stands beside a thicker one.
const THIN: f64 = 1.5;
const THIN_DASHES: [f64; 2] = [4.0, 2.5];

/// Panels of one size side by side, filling rows, below a head and beside a legend.
struct Panels {
    count: usize,
    columns: usize,
    width: f64,
    height: f64,
    /// Room above each.
    above: f64,
    /// How wide the legend is.
    legend: f64,
    /// How high the head is.
    head: f64,
}

impl Panels {
    /// Room for labels.
    const LEFT: f64 = 70.0;
    const BELOW: f64 = 52.0;

    /// So many panels, with names above them and perhaps `marks` between these and them.
    fn new(count: usize, marks: bool, legend: f64) -> Self {
        let columns = match count {
            1 => 1,
            2..=6 => 2,
            _ => 3,
        };
        let (width, height) = match columns {
            1 => (620.0, 380.0),
            2 => (360.0, 250.0),
            _ => (290.0, 210.0),
        };
        Self { count, columns, width, height, above: if marks { 44.0 } else { 28.0 }, legend, head: 0.0 }
    }

    /// The same with room for names that take several lines.
    fn with_names<'a>(self, names: impl Iterator<Item = &'a str>) -> Self {
        let lines = names.map(|name| wrapped(name, &Panel::style_of_name(), self.width).len()).max();
        Self { above: self.above + LINE * lines.unwrap_or(1).saturating_sub(1) as f64, ..self }
    }

    /// The same with panels as wide as whole pixels are for so many cells.
    fn with_cells(self, cells: usize) -> Self {
        let cells = cells as f64;
        Self { width: cells * (self.width / cells).floor().max(1.0), ..self }
    }

    fn rows(&self) -> usize {
        self.count.div_ceil(self.columns)
    }

    /// How wide the whole chart is.
    fn sheet_width(&self) -> f64 {
        self.columns as f64 * (Self::LEFT + self.width + 14.0) + 10.0 + self.legend
    }

    /// The size of the whole chart, where the legend needs this height.
    fn sheet(&self, legend: f64) -> (u32, u32) {
        let height = self.rows() as f64 * (self.above + self.height + Self::BELOW);
        (self.sheet_width() as u32, (self.head + height.max(self.above + legend) + 12.0) as u32)
    }

    /// The same for a legend that is written, to see how high it is.
    fn sheet_for(&self, paint: impl FnOnce(&mut Legend<'_>)) -> (u32, u32) {
        let mut draft = Sheet::default();
        let mut legend = self.legend(&mut draft);
        let from = legend.top;
        paint(&mut legend);
        let height = legend.top - from;
        self.sheet(height)
    }

    fn legend<'a>(&self, sheet: &'a mut Sheet) -> Legend<'a> {
        let left = self.columns as f64 * (Self::LEFT + self.width + 14.0) + 2.0;
        Legend { sheet, left, top: self.head + self.above, width: self.legend - 10.0 }
    }

    fn panel(&self, number: usize, x: &Scale, y: &Scale) -> Panel {
        let (column, row) = ((number % self.columns) as f64, (number / self.columns) as f64);
        Panel {
            left: Self::LEFT + column * (Self::LEFT + self.width + 14.0),
            top: self.head + self.above + row * (self.above + self.height + Self::BELOW),
            width: self.width,
            height: self.height,
            x: x.clone(),
            y: y.clone(),
        }
    }

    /// What the axes of a panel mean; y is told at the left alone.
    fn paint_axis_names(&self, sheet: &mut Sheet, panel: &Panel, number: usize, x: &str, y: &str) {
        panel.paint_axis_names(sheet, x, if number.is_multiple_of(self.columns) { y } else { "" });
    }
}

/// The learning rates of a sweep in rising order: those of its plane, or of its axes.
fn alphas(sweep: &Sweep) -> Vec<f64> {
    let of_plane = sweep.plane.as_ref().and_then(|plane| plane.values(&Along::Alpha));
    let mut alphas = of_plane.unwrap_or(sweep.axes.alphas()).to_vec();
    alphas.sort_by(f64::total_cmp);
    alphas
}

/// The place of a learning rate among those of [`alphas`].
fn place_of(alphas: &[f64], alpha: f64) -> Option<usize> {
    alphas.binary_search_by(|known| known.total_cmp(&alpha)).ok()
}

/// At most so many of some things, evenly chosen, with the first and the last.
fn some_of<T: Copy>(all: &[T], most: usize) -> Vec<T> {
    if all.len() <= most {
        return all.to_vec();
    }
    (0..most).map(|place| all[place * (all.len() - 1) / (most - 1)]).collect()
}

/// Which of `all` learning rates are shown, if not all: `shown` of those `able` to be, which the others are not because
/// of a reason.
fn told_of_rates(shown: usize, able: usize, all: usize, reason: &str) -> Option<String> {
    let others = match all - able {
        0 => String::new(),
        others if shown == able => format!(", {reason} at the other{}", if others == 1 { "" } else { "s" }),
        others => format!(", {reason} at {others} others"),
    };
    (shown < all).then(|| format!("{shown} of {all} learning rates{others}"))
}

/// The colour of a line among others of no order.
fn color_among_others(place: usize) -> Rgb {
    // Okabe and Ito have fewer than there may be lines.
    colorous::TABLEAU10[place % colorous::TABLEAU10.len()].into_array()
}

/// The colour of a learning rate's line.
fn color_of_line(place: usize, count: usize) -> Rgb {
    // The brightest colours of the scale are too faint for lines on white.
    color::scale(0.88 * place as f64 / (count - 1).max(1) as f64)
}

/// Writes the learning rates and the colours of their lines.
fn paint_rates(legend: &mut Legend<'_>, names: &[String]) {
    legend.note("learning rate α", 0.0);
    legend.top += 8.0;
    for (place, name) in names.iter().enumerate() {
        legend.entry(Mark::Line(color_of_line(place, names.len())), name);
    }
}

/// A set-up, an init and a momentum of a sweep.
#[derive(Clone, Debug)]
struct Starts {
    /// Its place among all that are shown.
    place: usize,
    set_up: usize,
    /// Whether its task can be solved.
    is_solvable: bool,
    init: usize,
    momentum: f64,
    /// What pictures call it.
    name: String,
}

/// The set-ups, inits and momenta of a sweep, the first ones.
fn starts_of(sweep: &Sweep) -> Vec<Starts> {
    first_starts_of(sweep, |_| true)
}

/// The first ones that have a set-up of some.
fn first_starts_of(sweep: &Sweep, is_wanted: impl Fn(&SetUp) -> bool) -> Vec<Starts> {
    all_starts_of(sweep, is_wanted).take(MOST_STARTS).collect()
}

/// All that have a set-up of some.
fn all_starts_of(sweep: &Sweep, is_wanted: impl Fn(&SetUp) -> bool) -> impl Iterator<Item = Starts> {
    let momenta = sweep.axes.momenta();
    let inits = sweep.axes.init_names().len();
    let set_ups = (0..sweep.set_ups.len()).filter(move |&set_up| is_wanted(&sweep.set_ups[set_up]));
    let all = set_ups.flat_map(move |set_up| (0..inits).map(move |init| (set_up, init)));
    let all = all.flat_map(|(set_up, init)| momenta.iter().map(move |&momentum| (set_up, init, momentum)));
    let starts = move |(place, (set_up, init, momentum))| {
        let has_several = momenta.len() > 1 || momentum != 0.0;
        let suffix = if has_several { format!(", μ = {}", shortest(momentum)) } else { String::new() };
        let name = before(&sweep.set_up_in_words(set_up), &names::of_init(sweep, init)) + &suffix;
        Starts { place, set_up, is_solvable: is_solvable(&sweep.set_ups[set_up]), init, momentum, name }
    };
    all.enumerate().map(starts)
}

/// What is said if there are more set-ups, inits and momenta than a chart shows; `set_ups` of them can be shown.
fn told_of_starts(sweep: &Sweep, set_ups: usize) -> Option<String> {
    let all = set_ups * sweep.axes.init_names().len() * sweep.axes.momenta().len();
    let what = if sweep.set_ups.len() > 1 { "set-ups, inits and momenta" } else { "inits and momenta" };
    (all > MOST_STARTS).then(|| format!("the first {MOST_STARTS} of {all} {what}"))
}

/// What the summary says of the runs with some of the first set-ups, inits and momenta, and one learning rate.
#[derive(Clone)]
struct Group {
    /// Its place among those.
    starts: usize,
    /// Its place among [`alphas`].
    rate: usize,
    runs: u64,
    /// How many runs had each outcome, in the order of [`color::ALL`].
    counts: [u64; color::ALL.len()],
    solved: u64,
}

impl Group {
    fn converged(&self) -> u64 {
        self.counts[color::place(Outcome::Converged)]
    }
}

/// Finds the groups of a summary that have one of some starts.
struct GroupFinder {
    sweep: Arc<Sweep>,
    starts: Vec<Starts>,
    alphas: Vec<f64>,
    set_ups: Finder,
}

impl GroupFinder {
    /// The columns of every summary that it needs.
    const OWN: [&'static str; 6] = ["init", "momentum", "alpha", "runs", "solved", "escaped"];

    fn new(sweep: &Arc<Sweep>, starts: Vec<Starts>) -> Self {
        Self { sweep: Arc::clone(sweep), starts, alphas: alphas(sweep), set_ups: Finder::new(&sweep.set_ups) }
    }

    fn columns(&self) -> Vec<&'static str> {
        let counts = color::ALL.map(outcomes::column_of);
        let axes = self.set_ups.axes().map(Axis::key);
        Self::OWN.into_iter().chain(counts).chain(axes).collect()
    }

    /// The group that a row says, if it has one of the starts.
    fn group(&self, row: &Row<'_>) -> Result<Option<Group>, Problem> {
        let (init, momentum, alpha) = (row.text(0), row.number(1)?, row.number(2)?);
        let of_set_up = Self::OWN.len() + color::ALL.len();
        let set_up =
            self.set_ups.place((of_set_up..).zip(self.set_ups.axes()).map(|(place, _)| row.text(place)));
        let names = self.sweep.axes.init_names();
        let is_of =
            |of: &Starts| Some(of.set_up) == set_up && names[of.init] == *init && of.momentum == momentum;
        let starts = self.starts.iter().position(is_of);
        let (Some(starts), Some(rate)) = (starts, place_of(&self.alphas, alpha)) else { return Ok(None) };
        let mut counts = [0; color::ALL.len()];
        for (place, count) in counts.iter_mut().enumerate() {
            *count = row.integer(Self::OWN.len() + place)?;
        }
        let solved = row.optional_integer(4)?.unwrap_or_default();
        Ok(Some(Group { starts, rate, runs: row.integer(3)?, counts, solved }))
    }
}

/// Finds the runs that have one of some starts, and at which of some learning rates.
struct RunFinder {
    sweep: Arc<Sweep>,
    starts: Vec<Starts>,
    /// All learning rates.
    alphas: Vec<f64>,
    /// The place of each among those that are looked at, if it is.
    looked_at: Vec<Option<usize>>,
}

impl RunFinder {
    /// The most lines that are drawn up, from which those that are shown are chosen once all runs have come.
    const MOST_LINES: usize = 1024;

    fn new(sweep: &Arc<Sweep>, starts: Vec<Starts>) -> Self {
        let alphas = alphas(sweep);
        let all: Vec<usize> = (0..alphas.len()).collect();
        let mut looked_at = vec![None; alphas.len()];
        for (place, rate) in some_of(&all, Self::MOST_LINES / starts.len().max(1)).into_iter().enumerate() {
            looked_at[rate] = Some(place);
        }
        Self { sweep: Arc::clone(sweep), starts, alphas, looked_at }
    }

    /// For all starts and learning rates that are looked at, what `of` makes.
    fn lines<T>(&self, of: impl Fn() -> T) -> Vec<Vec<T>> {
        let rates = || (0..self.looked_at.iter().flatten().count()).map(|_| of()).collect();
        self.starts.iter().map(|_| rates()).collect()
    }

    /// The places of `wanted` learning rates that are looked at.
    fn able(&self, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
        (0..self.alphas.len()).filter(|&rate| self.looked_at[rate].is_some() && wanted(rate)).collect()
    }

    /// The places of the starts and of the learning rate of a row whose first cell is the number of the run.
    fn find(&self, row: &Row<'_>) -> Result<Option<(usize, usize)>, Problem> {
        let number = row.integer(0)?;
        if number >= self.sweep.runs() {
            return Err(row.problem(0, "the sweep has no such run: run it again"));
        }
        let run = self.sweep.run(number);
        let is_of = |of: &Starts| {
            (of.set_up, of.init, of.momentum) == (run.set_up_index, run.init_index, run.momentum)
        };
        let Some(starts) = self.starts.iter().position(is_of) else { return Ok(None) };
        Ok(place_of(&self.alphas, run.alpha).map(|rate| (starts, rate)))
    }
}
