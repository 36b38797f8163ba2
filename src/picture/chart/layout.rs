//! What charts are laid out with: scales, panels, heads and legends.

use crate::picture::Rgb;
use crate::picture::axis::{self, Tick};
use crate::picture::drawing::{
    Across, Down, FAINT_INK, GRID, INK, Point, Sheet, Style, fitted, width_of, wrapped,
};
use crate::sweep::axes::{Spacing, spacing};

/// The width of a chart's legend, in pixels.
pub(super) const LEGEND: f64 = 190.0;
/// From one line of a label to the next, in pixels.
pub(super) const LINE: f64 = 18.0;
/// The margin at the left of titles, in pixels.
pub(super) const MARGIN: f64 = 16.0;

/// Where values stand on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scale {
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
    pub(super) fn even(low: f64, high: f64) -> Self {
        Self::Even { low, high: if low < high { high } else { low + 1.0 } }
    }

    /// A scale by the logarithm, with a margin beyond the ends, which are above 0: so many times.
    pub(super) fn logarithmic(low: f64, high: f64, margin: f64) -> Self {
        let margin = libm::log10(if low < high { margin } else { 2.0 });
        Self::Logarithmic { low: libm::log10(low) - margin, high: libm::log10(high) + margin }
    }

    pub(super) fn cells(values: Vec<f64>) -> Self {
        let is_logarithmic = spacing(&values) == Spacing::Logarithmic;
        Self::Cells { values, is_logarithmic }
    }

    /// Where a value stands, 0 to 1 between the ends, and not far beyond them.
    pub(super) fn part(&self, value: f64) -> f64 {
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

    pub(super) fn is_within(&self, value: f64) -> bool {
        (0.0..=1.0).contains(&self.part(value))
    }

    /// Ticks for an axis of so many pixels on which a label takes so much room.
    pub(super) fn ticks(&self, room: f64, size: impl Fn(&str) -> f64) -> Vec<Tick> {
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
pub(super) struct Panel {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) x: Scale,
    pub(super) y: Scale,
}

impl Panel {
    pub(super) fn x_of(&self, value: f64) -> f64 {
        self.left + self.x.part(value) * self.width
    }

    pub(super) fn y_of(&self, value: f64) -> f64 {
        self.top + (1.0 - self.y.part(value)) * self.height
    }

    pub(super) fn at(&self, (x, y): (f64, f64)) -> Point {
        (self.x_of(x), self.y_of(y))
    }

    pub(super) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(super) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Grid lines and the labels of both axes.
    pub(super) fn paint_grid(&self, sheet: &mut Sheet, y_label: impl Fn(&Tick) -> String) {
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
    pub(super) fn paint_edge(&self, sheet: &mut Sheet) {
        sheet.frame([(self.left, self.top), (self.right(), self.bottom())], FAINT_INK, 1.0);
    }

    pub(super) fn style_of_name() -> Style {
        Style::new(13.0, INK).bold()
    }

    /// What stands so far above it.
    pub(super) fn paint_name(&self, sheet: &mut Sheet, name: &str, above: f64) {
        let style = Self::style_of_name();
        for (place, line) in wrapped(name, &style, self.width).into_iter().enumerate() {
            sheet.text(line, (self.left, self.top + 6.0 - above + LINE * place as f64), style);
        }
    }

    /// What the axes mean.
    pub(super) fn paint_axis_names(&self, sheet: &mut Sheet, x: &str, y: &str) {
        let style = Style::new(13.0, INK).at(Across::Middle, Down::Top);
        sheet.text(x, (self.left + self.width / 2.0, self.bottom() + 27.0), style);
        sheet.text(y, (self.left - 62.0, self.top + self.height / 2.0), style.upwards());
    }

    pub(super) fn points(&self, points: &[(f64, f64)]) -> Vec<Point> {
        points.iter().map(|&at| self.at(at)).collect()
    }

    /// The area between two lines over the same values of x.
    pub(super) fn paint_band(&self, sheet: &mut Sheet, points: &[(f64, f64, f64)], color: Rgb) {
        let lower = points.iter().map(|&(x, low, _)| self.at((x, low)));
        let upper = points.iter().rev().map(|&(x, _, high)| self.at((x, high)));
        sheet.tint(lower.chain(upper).collect::<Vec<_>>(), color, 0.18);
    }
}

/// Dashes, to be seen on dark ground too.
pub(super) fn paint_dashes(sheet: &mut Sheet, line: [Point; 2], color: Rgb) {
    sheet.seam(line, 3.0);
    sheet.dashes(line, color, 1.25, [5.0, 3.5]);
}

/// A chart's title, and what it shows in a few sentences.
pub(super) struct Head {
    pub(super) title: String,
    pub(super) lines: Vec<String>,
}

impl Head {
    /// Above a chart of this width.
    pub(super) fn new(title: String, sentences: &[String], width: f64) -> Self {
        let lines = wrapped(&sentences.join("; "), &Self::style(), width - 2.0 * MARGIN);
        Self { title, lines }
    }

    pub(super) fn style() -> Style {
        Style::new(13.0, FAINT_INK)
    }

    pub(super) fn height(&self) -> f64 {
        48.0 + 18.0 * self.lines.len() as f64
    }

    pub(super) fn paint(&self, sheet: &mut Sheet, width: f64) {
        let style = Style::new(18.0, INK).bold();
        sheet.text(fitted(&self.title, &style, width - 2.0 * MARGIN), (MARGIN, 14.0), style);
        for (place, line) in self.lines.iter().enumerate() {
            sheet.text(line, (MARGIN, 40.0 + 18.0 * place as f64), Self::style());
        }
    }
}

/// What a line of a legend shows beside its words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mark {
    Square(Rgb),
    Line(Rgb),
    Thin(Rgb),
    Dashes(Rgb),
}

/// A legend while it is written, line by line.
pub(super) struct Legend<'a> {
    pub(super) sheet: &'a mut Sheet,
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
}

impl Legend<'_> {
    /// A mark and what it stands for.
    pub(super) fn entry(&mut self, mark: Mark, label: &str) {
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
    pub(super) fn explained(&mut self, mark: Mark, label: &str, note: &str) {
        self.entry(mark, label);
        self.top -= 6.0;
        self.note(note, 26.0);
        self.top += 8.0;
    }

    /// Lines of small print, that far from the left.
    pub(super) fn note(&mut self, note: &str, from_left: f64) {
        let style = Style::new(13.0, FAINT_INK).at(Across::Begin, Down::Middle);
        for line in wrapped(note, &style, self.width - from_left) {
            self.sheet.text(line, (self.left + from_left, self.top + 9.0), style);
            self.top += 18.0;
        }
    }

    pub(super) fn gap(&mut self) {
        self.top += 14.0;
    }
}

/// A line that stands beside a thicker one.
pub(super) const THIN: f64 = 1.5;
pub(super) const THIN_DASHES: [f64; 2] = [4.0, 2.5];

/// Panels of one size side by side, filling rows, below a head and beside a legend.
pub(super) struct Panels {
    pub(super) count: usize,
    pub(super) columns: usize,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Room above each.
    pub(super) above: f64,
    /// How wide the legend is.
    pub(super) legend: f64,
    /// How high the head is.
    pub(super) head: f64,
}

impl Panels {
    /// Room for labels.
    pub(super) const LEFT: f64 = 70.0;
    pub(super) const BELOW: f64 = 52.0;

    /// So many panels, with names above them and perhaps `marks` between these and them.
    pub(super) fn new(count: usize, marks: bool, legend: f64) -> Self {
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
    pub(super) fn with_names<'a>(self, names: impl Iterator<Item = &'a str>) -> Self {
        let lines = names.map(|name| wrapped(name, &Panel::style_of_name(), self.width).len()).max();
        Self { above: self.above + LINE * lines.unwrap_or(1).saturating_sub(1) as f64, ..self }
    }

    /// The same with panels as wide as whole pixels are for so many cells.
    pub(super) fn with_cells(self, cells: usize) -> Self {
        let cells = cells as f64;
        Self { width: cells * (self.width / cells).floor().max(1.0), ..self }
    }

    pub(super) fn rows(&self) -> usize {
        self.count.div_ceil(self.columns)
    }

    /// How wide the whole chart is.
    pub(super) fn sheet_width(&self) -> f64 {
        self.columns as f64 * (Self::LEFT + self.width + 14.0) + 10.0 + self.legend
    }

    /// The size of the whole chart, where the legend needs this height.
    pub(super) fn sheet(&self, legend: f64) -> (u32, u32) {
        let height = self.rows() as f64 * (self.above + self.height + Self::BELOW);
        (self.sheet_width() as u32, (self.head + height.max(self.above + legend) + 12.0) as u32)
    }

    /// The same for a legend that is written, to see how high it is.
    pub(super) fn sheet_for(&self, paint: impl FnOnce(&mut Legend<'_>)) -> (u32, u32) {
        let mut draft = Sheet::default();
        let mut legend = self.legend(&mut draft);
        let from = legend.top;
        paint(&mut legend);
        let height = legend.top - from;
        self.sheet(height)
    }

    pub(super) fn legend<'a>(&self, sheet: &'a mut Sheet) -> Legend<'a> {
        let left = self.columns as f64 * (Self::LEFT + self.width + 14.0) + 2.0;
        Legend { sheet, left, top: self.head + self.above, width: self.legend - 10.0 }
    }

    pub(super) fn panel(&self, number: usize, x: &Scale, y: &Scale) -> Panel {
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
    pub(super) fn paint_axis_names(&self, sheet: &mut Sheet, panel: &Panel, number: usize, x: &str, y: &str) {
        panel.paint_axis_names(sheet, x, if number.is_multiple_of(self.columns) { y } else { "" });
    }
}
