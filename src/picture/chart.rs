//! Charts of a sweep's results, and what they have in common: panels with two scales, lines, bars and legends.

pub mod convergence;
pub mod errors;
pub mod escape;
pub mod outcomes;

use std::error::Error;

use plotters::element::{Circle, DashedPathElement, PathElement, Polygon, Rectangle, Text};
use plotters::style::Color as _;
use plotters::style::text_anchor::{HPos, VPos};

use super::Rgb;
use super::axis::{self, Tick};
use super::color;
use super::drawing::{
    Area, FAINT_INK, GRID, INK, anchored, bold, fitted, ink, point, text, tint, units, upwards,
};
use crate::sweep::plane::Along;
use crate::sweep::spec::Sweep;
use crate::sweep::text::shortest;

/// What painting returns.
type Painted = Result<(), Box<dyn Error>>;

/// The most panels of a chart, one for each init and momentum.
const MOST_PANELS: usize = 12;
/// The width of a chart's legend, in pixels.
const LEGEND: f64 = 190.0;
/// The height of a chart's title, in pixels.
const TITLE: f64 = 66.0;

/// Where values stand on an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Scale {
    low: f64,
    high: f64,
    is_logarithmic: bool,
}

impl Scale {
    fn even(low: f64, high: f64) -> Self {
        Self { low, high, is_logarithmic: false }
    }

    /// A scale by the logarithm, with a margin beyond the ends, which are above 0: so many times.
    fn logarithmic(low: f64, high: f64, margin: f64) -> Self {
        let margin = if low < high { margin } else { 2.0 };
        Self { low: low / margin, high: (high * margin).min(f64::MAX), is_logarithmic: true }
    }

    /// Where a value stands, 0 to 1 between the ends.
    fn part(&self, value: f64) -> f64 {
        let of = if self.is_logarithmic { libm::log10 } else { |value| value };
        (of(value) - of(self.low)) / (of(self.high) - of(self.low))
    }

    fn ticks(&self, most: usize) -> Vec<Tick> {
        if self.is_logarithmic {
            axis::logarithmic(self.low, self.high, most)
        } else {
            axis::even(self.low, self.high, most)
        }
    }
}

/// A rectangle with two scales, in pixels.
struct Panel<'a, 'b> {
    area: &'a Area<'b>,
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    x: Scale,
    y: Scale,
}

impl<'a, 'b> Panel<'a, 'b> {
    /// The only panel of a chart of this size, so far from its left edge, with a legend to the right.
    fn only(area: &'a Area<'b>, size: (u32, u32), left: f64, [x, y]: [Scale; 2]) -> Self {
        let top = TITLE + 8.0;
        let width = f64::from(size.0) - left - LEGEND - 24.0;
        Self { area, left, top, width, height: f64::from(size.1) - top - 60.0, x, y }
    }
}

impl Panel<'_, '_> {
    fn x_of(&self, value: f64) -> f64 {
        self.left + self.x.part(value) * self.width
    }

    fn y_of(&self, value: f64) -> f64 {
        self.top + (1.0 - self.y.part(value)) * self.height
    }

    fn at(&self, (x, y): (f64, f64)) -> (i32, i32) {
        point(self.x_of(x), self.y_of(y))
    }

    /// Grid lines and the labels of both axes.
    fn paint_grid(&self, y_label: impl Fn(&Tick) -> String) -> Painted {
        let (right, bottom) = (self.left + self.width, self.top + self.height);
        let line = |from: (f64, f64), to: (f64, f64)| {
            PathElement::new([point(from.0, from.1), point(to.0, to.1)], ink(GRID).stroke_width(thick(1.0)))
        };
        let apart = if self.x.is_logarithmic { 70.0 } else { 36.0 };
        for tick in self.x.ticks((self.width / apart) as usize) {
            let x = self.left + tick.part * self.width;
            self.area.draw(&line((x, self.top), (x, bottom)))?;
            let style = anchored(text(12.0, INK), HPos::Center, VPos::Top);
            self.area.draw(&Text::new(tick.label, point(x, bottom + 6.0), style))?;
        }
        for tick in self.y.ticks((self.height / 36.0) as usize) {
            let y = self.top + (1.0 - tick.part) * self.height;
            self.area.draw(&line((self.left, y), (right, y)))?;
            let style = anchored(text(12.0, INK), HPos::Right, VPos::Center);
            self.area.draw(&Text::new(y_label(&tick), point(self.left - 6.0, y), style))?;
        }
        Ok(())
    }

    /// The lines around it.
    fn paint_edge(&self) -> Painted {
        let corners = [point(self.left, self.top), point(self.left + self.width, self.top + self.height)];
        Ok(self.area.draw(&Rectangle::new(corners, ink(FAINT_INK).stroke_width(thick(1.0))))?)
    }

    /// What stands above it.
    fn paint_name(&self, name: &str, above: f64) -> Painted {
        let style = bold(text(13.0, INK));
        let name = fitted(name, &style, self.width);
        Ok(self.area.draw(&Text::new(name, point(self.left, self.top + 6.0 - above), style))?)
    }

    /// What the axes mean.
    fn paint_axis_names(&self, x: &str, y: &str) -> Painted {
        let style = anchored(text(13.0, INK), HPos::Center, VPos::Top);
        let below = point(self.left + self.width / 2.0, self.top + self.height + 26.0);
        self.area.draw(&Text::new(x.to_owned(), below, style.clone()))?;
        let beside = point(self.left - 62.0, self.top + self.height / 2.0);
        Ok(self.area.draw(&Text::new(y.to_owned(), beside, upwards(style)))?)
    }

    fn paint_line(&self, points: &[(f64, f64)], color: Rgb, width: f64) -> Painted {
        let points: Vec<_> = points.iter().map(|&at| self.at(at)).collect();
        Ok(self.area.draw(&PathElement::new(points, ink(color).stroke_width(thick(width))))?)
    }

    fn paint_dots(&self, points: &[(f64, f64)], color: Rgb) -> Painted {
        for &at in points {
            self.area.draw(&Circle::new(self.at(at), units(3.0), ink(color).filled()))?;
        }
        Ok(())
    }

    /// The area between two lines over the same values of x.
    fn paint_band(&self, points: &[(f64, f64, f64)], color: Rgb) -> Painted {
        let lower = points.iter().map(|&(x, low, _)| self.at((x, low)));
        let upper = points.iter().rev().map(|&(x, _, high)| self.at((x, high)));
        let corners: Vec<_> = lower.chain(upper).collect();
        Ok(self.area.draw(&Polygon::new(corners, tint(color, 0.18)))?)
    }

    /// A dashed line across, at a value of x or of y.
    fn paint_dashes(&self, x: Option<f64>, y: Option<f64>, color: Rgb) -> Painted {
        let from = point(x.map_or(self.left, |x| self.x_of(x)), y.map_or(self.top, |y| self.y_of(y)));
        let (right, bottom) = (self.left + self.width, self.top + self.height);
        let to = point(x.map_or(right, |x| self.x_of(x)), y.map_or(bottom, |y| self.y_of(y)));
        // With a light seam, to be seen on dark ground too.
        self.area.draw(&PathElement::new([from, to], tint([0xff; 3], 0.6).stroke_width(thick(3.0))))?;
        paint_dashes(self.area, from, to, color)
    }
}

fn paint_dashes(area: &Area<'_>, from: (i32, i32), to: (i32, i32), color: Rgb) -> Painted {
    let style = ink(color).stroke_width(thick(1.25));
    Ok(area.draw(&DashedPathElement::new([from, to], units(5.0), units(3.5), style))?)
}

/// The width of a line in units.
fn thick(pixels: f64) -> u32 {
    units(pixels).unsigned_abs()
}

/// A chart's title, and what it shows in a sentence.
fn paint_title(area: &Area<'_>, title: &str, subtitle: &str, width: f64) -> Painted {
    let style = bold(text(18.0, INK));
    area.draw(&Text::new(fitted(title, &style, width - 32.0), point(16.0, 14.0), style))?;
    let style = text(13.0, FAINT_INK);
    Ok(area.draw(&Text::new(fitted(subtitle, &style, width - 32.0), point(16.0, 40.0), style))?)
}

/// A line of a legend: a colour, as a square or a line, and what it stands for.
fn paint_entry(area: &Area<'_>, (left, top): (f64, f64), color: Rgb, is_line: bool, label: &str) -> Painted {
    let style = anchored(text(13.0, INK), HPos::Left, VPos::Center);
    let middle = top + 9.0;
    if is_line {
        let line = [point(left, middle), point(left + 20.0, middle)];
        area.draw(&PathElement::new(line, ink(color).stroke_width(thick(2.5))))?;
    } else {
        let corners = [point(left, middle - 7.0), point(left + 14.0, middle + 7.0)];
        area.draw(&Rectangle::new(corners, ink(color).filled()))?;
    }
    let label = fitted(label, &style, LEGEND - 30.0);
    Ok(area.draw(&Text::new(label, point(left + 26.0, middle), style))?)
}

/// A line of text in a legend.
fn paint_note(area: &Area<'_>, (left, top): (f64, f64), note: &str) -> Painted {
    let style = anchored(text(13.0, FAINT_INK), HPos::Left, VPos::Center);
    Ok(area.draw(&Text::new(note.to_owned(), point(left, top + 9.0), style))?)
}

/// Panels of one size side by side, filling rows.
struct Panels {
    count: usize,
    columns: usize,
    width: f64,
    height: f64,
    /// Room above each, in pixels.
    above: f64,
}

impl Panels {
    /// Room for labels, in pixels.
    const LEFT: f64 = 70.0;
    const BELOW: f64 = 52.0;

    /// So many panels, with names above them and perhaps `marks` between these and them.
    fn new(count: usize, marks: bool) -> Self {
        let columns = match count {
            1 => 1,
            2..=4 => 2,
            _ => 3,
        };
        let (width, height) = match columns {
            1 => (620.0, 380.0),
            2 => (360.0, 250.0),
            _ => (290.0, 210.0),
        };
        Self { count, columns, width, height, above: if marks { 44.0 } else { 28.0 } }
    }

    fn rows(&self) -> usize {
        self.count.div_ceil(self.columns)
    }

    /// The size of the whole chart with title and legend, in pixels, where the legend needs this height.
    fn sheet(&self, legend: f64) -> (u32, u32) {
        let width = self.columns as f64 * (Self::LEFT + self.width + 14.0) + 10.0 + LEGEND;
        let height = self.rows() as f64 * (self.above + self.height + Self::BELOW);
        (width as u32, (TITLE + height.max(self.above + legend) + 12.0) as u32)
    }

    /// Where the legend begins.
    fn legend(&self) -> (f64, f64) {
        (self.columns as f64 * (Self::LEFT + self.width + 14.0) + 12.0, TITLE + self.above)
    }

    fn panel<'a, 'b>(&self, area: &'a Area<'b>, number: usize, x: Scale, y: Scale) -> Panel<'a, 'b> {
        let (column, row) = ((number % self.columns) as f64, (number / self.columns) as f64);
        Panel {
            area,
            left: Self::LEFT + column * (Self::LEFT + self.width + 14.0),
            top: TITLE + self.above + row * (self.above + self.height + Self::BELOW),
            width: self.width,
            height: self.height,
            x,
            y,
        }
    }
}

/// The learning rates of a sweep in rising order: those of its plane, or of its axes.
fn alphas(sweep: &Sweep) -> Vec<f64> {
    let of_plane = sweep.plane.as_ref().and_then(|plane| plane.values(&Along::Alpha));
    let mut alphas = of_plane.unwrap_or(sweep.axes.alphas()).to_vec();
    alphas.sort_by(f64::total_cmp);
    alphas
}

/// At most so many of the values, evenly chosen, with the first and the last.
fn some_of(values: &[f64], most: usize) -> Vec<f64> {
    if values.len() <= most {
        return values.to_vec();
    }
    (0..most).map(|place| values[place * (values.len() - 1) / (most - 1)]).collect()
}

/// The learning rates that get a line of their own: some of those below 1, or of all if there are none.
fn chosen_alphas(sweep: &Sweep, most: usize) -> Vec<f64> {
    let all = alphas(sweep);
    let limit = crate::facts::rate_limit(&sweep.network, 0.0).unwrap_or(f64::INFINITY);
    let below: Vec<f64> = all.iter().copied().filter(|&alpha| alpha < limit).collect();
    some_of(if below.is_empty() { &all } else { &below }, most)
}

/// The colour of a learning rate's line.
fn color_of_line(place: usize, count: usize) -> Rgb {
    // The brightest colours of the scale are too faint for lines on white.
    color::scale(0.88 * place as f64 / (count - 1).max(1) as f64)
}

/// The inits and momenta of a sweep that get a panel each, by their places, and what the panels are called.
fn panels_of(sweep: &Sweep) -> Vec<(usize, f64, String)> {
    let momenta = sweep.axes.momenta();
    let cells = sweep.axes.init_names().iter().enumerate().flat_map(|(init, name)| {
        momenta.iter().map(move |&momentum| {
            let suffix = if momenta.len() > 1 || momentum != 0.0 {
                format!(", μ = {}", shortest(momentum))
            } else {
                String::new()
            };
            (init, momentum, format!("{name}{suffix}"))
        })
    });
    cells.take(MOST_PANELS).collect()
}

/// What a subtitle says if there are more inits and momenta than panels.
fn of_all(sweep: &Sweep) -> String {
    let all = sweep.axes.init_names().len() * sweep.axes.momenta().len();
    if all > MOST_PANELS {
        format!(" (the first {MOST_PANELS} of {all} inits and momenta)")
    } else {
        String::new()
    }
}
