//! A map with what explains it: title, axes with ticks, and a legend.

use std::error::Error;

use plotters::element::{PathElement, Rectangle, Text};
use plotters::style::text_anchor::{HPos, VPos};
use plotters::style::{Color as _, TextStyle};

use super::{Entry, Map, Shades, level};
use crate::picture::axis::{self, Tick};
use crate::picture::drawing::{
    Area, Drawing, FAINT_INK, INK, Pixels, anchored, bold, fitted, ink, point, text, units, upwards, width_of,
};
use crate::sweep::text::percent;

/// What stands around a map.
#[derive(Clone, Debug)]
pub struct Caption {
    /// In large letters above it.
    pub title: String,
    /// In small letters below the title.
    pub subtitle: String,
    /// What x means.
    pub x_name: String,
    /// What y means.
    pub y_name: String,
    /// The values of x, one a column.
    pub x: Vec<f64>,
    /// The values of y, one a row.
    pub y: Vec<f64>,
}

/// A map of fewer pixels a side shows each run as a square of several.
const SMALLEST_SIDE: usize = 512;
/// Letters grow with maps that are larger than this.
const PLAIN_SIDE: f64 = 900.0;
/// Pixels between two labels of an axis.
const TICK_EVERY: f64 = 90.0;

/// The map with what explains it.
#[must_use]
pub fn framed(map: &Map, caption: &Caption) -> Pixels {
    let layout = Layout::of(map, caption);
    let drawing = Drawing::new(layout.sheet, |area| layout.paint(area, map, caption));
    let mut pixels = drawing.pixels(1);
    let zoom = layout.zoom;
    for row in 0..map.rows() {
        let colors: Vec<_> =
            (0..map.columns()).flat_map(|column| std::iter::repeat_n(map.color(column, row), zoom)).collect();
        let bottom = layout.top + (map.rows() - row) * zoom;
        for line in bottom - zoom..bottom {
            pixels.row_mut(line as u32, layout.left as u32, colors.len() as u32).copy_from_slice(&colors);
        }
    }
    pixels
}

/// Where everything is, in pixels.
struct Layout {
    /// How large letters are, where 1 is plain.
    scale: f64,
    /// The side of the square that shows a run.
    zoom: usize,
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    sheet: (u32, u32),
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
}

impl Layout {
    fn of(map: &Map, caption: &Caption) -> Self {
        let longer = map.columns().max(map.rows());
        let zoom = SMALLEST_SIDE.div_ceil(longer);
        let (width, height) = (map.columns() * zoom, map.rows() * zoom);
        let scale = ((longer * zoom) as f64 / PLAIN_SIDE).max(1.0);
        let most = |pixels: usize| (pixels as f64 / (TICK_EVERY * scale)) as usize;
        let x_ticks = axis::ticks_of_values(&caption.x, most(width));
        let y_ticks = axis::ticks_of_values(&caption.y, most(height));
        let y_labels = y_ticks.iter().map(|tick| width_of(&tick.label, &text(13.0 * scale, INK)));
        let pixels = |plain: f64| (plain * scale).ceil() as usize;
        let left = pixels(46.0) + y_labels.fold(0.0, f64::max).ceil() as usize;
        let top = pixels(76.0);
        let below = (top + height + pixels(66.0)).max(top + pixels(legend_height(map.legend()) + 16.0));
        let sheet = ((left + width + pixels(274.0)) as u32, below as u32);
        Self { scale, zoom, left, top, width, height, sheet, x_ticks, y_ticks }
    }

    /// Text of a plain size.
    fn text(&self, size: f64) -> TextStyle<'static> {
        text(size * self.scale, INK)
    }

    fn paint(&self, area: &Area<'_>, map: &Map, caption: &Caption) -> Result<(), Box<dyn Error>> {
        let scale = self.scale;
        let margin = 16.0 * scale;
        let room = f64::from(self.sheet.0) - 2.0 * margin;
        let title = bold(self.text(19.0));
        area.draw(&Text::new(fitted(&caption.title, &title, room), point(margin, 16.0 * scale), title))?;
        let subtitle = text(13.0 * scale, FAINT_INK);
        area.draw(&Text::new(
            fitted(&caption.subtitle, &subtitle, room),
            point(margin, 44.0 * scale),
            subtitle,
        ))?;
        self.paint_axes(area, caption)?;
        self.paint_legend(area, map)
    }

    fn paint_axes(&self, area: &Area<'_>, caption: &Caption) -> Result<(), Box<dyn Error>> {
        let scale = self.scale;
        let [left, top, width, height] =
            [self.left, self.top, self.width, self.height].map(|pixels| pixels as f64);
        let (right, bottom) = (left + width, top + height);
        let line = |from: (f64, f64), to: (f64, f64)| {
            let style = ink(INK).stroke_width(units(scale).unsigned_abs());
            PathElement::new([point(from.0, from.1), point(to.0, to.1)], style)
        };
        // Around the map, just outside of its pixels.
        let edge = 0.5 * scale;
        let corners = [
            point(left - edge, top - edge),
            point(right + edge, top - edge),
            point(right + edge, bottom + edge),
            point(left - edge, bottom + edge),
            point(left - edge, top - edge),
        ];
        area.draw(&PathElement::new(corners, ink(INK).stroke_width(units(scale).unsigned_abs())))?;
        let half = self.zoom as f64 / 2.0;
        for tick in &self.x_ticks {
            let x = left + half + tick.part * (width - 2.0 * half);
            area.draw(&line((x, bottom + edge), (x, bottom + 6.0 * scale)))?;
            let style = anchored(self.text(13.0), HPos::Center, VPos::Top);
            area.draw(&Text::new(tick.label.clone(), point(x, bottom + 10.0 * scale), style))?;
        }
        for tick in &self.y_ticks {
            let y = bottom - half - tick.part * (height - 2.0 * half);
            area.draw(&line((left - edge, y), (left - 6.0 * scale, y)))?;
            let style = anchored(self.text(13.0), HPos::Right, VPos::Center);
            area.draw(&Text::new(tick.label.clone(), point(left - 9.0 * scale, y), style))?;
        }
        let style = anchored(self.text(14.0), HPos::Center, VPos::Top);
        let name = fitted(&caption.x_name, &style, f64::from(self.sheet.0));
        area.draw(&Text::new(name, point(left + width / 2.0, bottom + 34.0 * scale), style))?;
        let style = upwards(anchored(self.text(14.0), HPos::Center, VPos::Top));
        let name = fitted(&caption.y_name, &style, f64::from(self.sheet.1));
        area.draw(&Text::new(name, point(8.0 * scale, top + height / 2.0), style))?;
        Ok(())
    }

    fn paint_legend(&self, area: &Area<'_>, map: &Map) -> Result<(), Box<dyn Error>> {
        let scale = self.scale;
        let left = (self.left + self.width) as f64 + 24.0 * scale;
        let mut top = self.top as f64;
        let runs: u64 = map.legend().iter().map(|entry| entry.runs).sum();
        for entry in map.legend() {
            self.paint_entry(area, entry, runs, (left, top))?;
            top += entry_height(entry) * scale;
        }
        Ok(())
    }

    fn paint_entry(
        &self,
        area: &Area<'_>,
        entry: &Entry,
        runs: u64,
        (left, top): (f64, f64),
    ) -> Result<(), Box<dyn Error>> {
        let scale = self.scale;
        let right = left + LEGEND_WIDTH * scale;
        let share = percent(entry.runs, runs, 1);
        let style = self.text(14.0);
        let begin = if entry.shades == Shades::One { left + 26.0 * scale } else { left };
        let room = right - begin - width_of(&share, &style) - 8.0 * scale;
        area.draw(&Text::new(fitted(&entry.label, &style, room), point(begin, top), style.clone()))?;
        area.draw(&Text::new(share, point(right, top), anchored(style, HPos::Right, VPos::Top)))?;
        if entry.shades == Shades::One {
            let corners = [point(left, top - 1.0 * scale), point(left + 16.0 * scale, top + 15.0 * scale)];
            area.draw(&Rectangle::new(corners, ink(entry.colors[0]).filled()))?;
            area.draw(&Rectangle::new(
                corners,
                ink(FAINT_INK).stroke_width(units(0.5 * scale).unsigned_abs()),
            ))?;
            return Ok(());
        }
        let bar = top + 22.0 * scale;
        let width = LEGEND_WIDTH * scale;
        let step = width / entry.colors.len() as f64;
        for (index, color) in entry.colors.iter().enumerate() {
            let x = left + step * index as f64;
            let corners = [point(x, bar), point((x + 1.5 * step).min(right), bar + 16.0 * scale)];
            area.draw(&Rectangle::new(corners, ink(*color).filled()))?;
        }
        let (ticks, name) = scale_of(entry.shades);
        for tick in ticks {
            let x = left + tick.part * width;
            let mark = [point(x, bar + 16.0 * scale), point(x, bar + 20.0 * scale)];
            area.draw(&PathElement::new(mark, ink(INK).stroke_width(units(scale).unsigned_abs())))?;
            let style = anchored(self.text(12.0), HPos::Center, VPos::Top);
            area.draw(&Text::new(tick.label, point(x, bar + 24.0 * scale), style))?;
        }
        let style = anchored(text(12.0 * scale, FAINT_INK), HPos::Center, VPos::Top);
        area.draw(&Text::new(name, point(left + width / 2.0, bar + 41.0 * scale), style))?;
        Ok(())
    }
}

/// The ticks below a bar of colours, and what they mean.
fn scale_of(shades: Shades) -> (Vec<Tick>, String) {
    match shades {
        Shades::One => (Vec::new(), String::new()),
        Shades::Steps([fewest, most]) => {
            let [low, high] = [fewest, most].map(|steps| f64::from(level(steps)));
            let mut ticks = axis::logarithmic(fewest.max(1) as f64, most.max(fewest + 2) as f64, 4);
            for tick in &mut ticks {
                tick.part = (f64::from(level(tick.value.round() as u64)) - low) / (high - low).max(1.0);
            }
            ticks.retain(|tick| (0.0..=1.0).contains(&tick.part));
            (ticks, format!("steps, from {fewest} to {most}"))
        }
        Shades::Ranks => {
            let mut ticks = axis::even(0.0, 1.0, 2);
            ticks.iter_mut().for_each(|tick| tick.label = format!("{:.0} %", 100.0 * tick.value));
            (ticks, "rank, from the fastest to the slowest".to_owned())
        }
    }
}

/// How wide a legend is, in plain pixels.
const LEGEND_WIDTH: f64 = 220.0;

/// How high a line of a legend is, in plain pixels.
fn entry_height(entry: &Entry) -> f64 {
    if entry.shades == Shades::One { 28.0 } else { 92.0 }
}

fn legend_height(legend: &[Entry]) -> f64 {
    legend.iter().map(entry_height).sum()
}
