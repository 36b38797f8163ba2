//! A map with what explains it: title, axes with ticks, and a legend.

use super::{Entry, Map, Shades, level};
use crate::picture::axis::{self, Tick};
use crate::picture::drawing::{
    Across, Down, Drawing, FAINT_INK, INK, Pixels, Sheet, Style, fitted, width_of, wrapped,
};
use crate::sweep::text::{percent, with_digits};

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

/// The map with what explains it.
#[must_use]
pub fn framed(map: &Map, caption: &Caption) -> Pixels {
    let layout = Layout::of(map, caption);
    let about = caption.about(map);
    let drawing = Drawing::new(layout.sheet, about, |sheet| layout.paint(sheet, map, caption));
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
    /// The subtitle.
    lines: Vec<String>,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
}

impl Layout {
    fn of(map: &Map, caption: &Caption) -> Self {
        let longer = map.columns().max(map.rows());
        let zoom = SMALLEST_SIDE.div_ceil(longer);
        let (width, height) = (map.columns() * zoom, map.rows() * zoom);
        let scale = ((longer * zoom) as f64 / PLAIN_SIDE).max(1.0);
        let style = Style::new(13.0 * scale, INK);
        let label = |label: &str| width_of(label, &style);
        // An axis begins in the middle of its first cell.
        let room = |pixels: usize| (pixels - zoom) as f64;
        let x_ticks = axis::ticks_of_cells(&caption.x, room(width) / scale, |text| label(text) / scale);
        let y_ticks = axis::ticks_of_cells(&caption.y, room(height) / scale, |_| 22.0);
        let y_labels = y_ticks.iter().map(|tick| label(&tick.label)).fold(0.0, f64::max);
        let pixels = |plain: f64| (plain * scale).ceil() as usize;
        let left = pixels(46.0) + y_labels.ceil() as usize;
        let whole = left + width + pixels(274.0);
        let subtitle = Style::new(13.0 * scale, FAINT_INK);
        let lines = wrapped(&caption.subtitle, &subtitle, whole as f64 - 2.0 * MARGIN * scale);
        let top = pixels(58.0 + 18.0 * lines.len() as f64);
        let below = (top + height + pixels(66.0)).max(top + pixels(legend_height(map) + 16.0));
        let sheet = (whole as u32, below as u32);
        Self { scale, zoom, left, top, width, height, sheet, lines, x_ticks, y_ticks }
    }

    /// Text of a plain size.
    fn text(&self, size: f64) -> Style {
        Style::new(size * self.scale, INK)
    }

    fn faint(&self, size: f64) -> Style {
        Style::new(size * self.scale, FAINT_INK)
    }

    fn paint(&self, sheet: &mut Sheet, map: &Map, caption: &Caption) {
        let scale = self.scale;
        let margin = MARGIN * scale;
        let room = f64::from(self.sheet.0) - 2.0 * margin;
        let title = self.text(19.0).bold();
        sheet.text(fitted(&caption.title, &title, room), (margin, 16.0 * scale), title);
        for (place, line) in self.lines.iter().enumerate() {
            sheet.text(line, (margin, (44.0 + 18.0 * place as f64) * scale), self.faint(13.0));
        }
        self.paint_axes(sheet, caption);
        self.paint_legend(sheet, map);
    }

    fn paint_axes(&self, sheet: &mut Sheet, caption: &Caption) {
        let scale = self.scale;
        let [left, top, width, height] =
            [self.left, self.top, self.width, self.height].map(|pixels| pixels as f64);
        let (right, bottom) = (left + width, top + height);
        // Around the map, just outside of its pixels.
        let edge = 0.5 * scale;
        sheet.frame([(left - edge, top - edge), (right + edge, bottom + edge)], INK, scale);
        let half = self.zoom as f64 / 2.0;
        let below = self.text(13.0).at(Across::Middle, Down::Top);
        for tick in &self.x_ticks {
            let x = left + half + tick.part * (width - 2.0 * half);
            sheet.line([(x, bottom + edge), (x, bottom + 6.0 * scale)], INK, scale);
            sheet.text(&tick.label, (x, bottom + 10.0 * scale), below);
        }
        let beside = self.text(13.0).at(Across::End, Down::Middle);
        for tick in &self.y_ticks {
            let y = bottom - half - tick.part * (height - 2.0 * half);
            sheet.line([(left - edge, y), (left - 6.0 * scale, y)], INK, scale);
            sheet.text(&tick.label, (left - 9.0 * scale, y), beside);
        }
        let style = self.text(14.0).at(Across::Middle, Down::Top);
        // Not beyond the sheet, with its middle below that of the map.
        let name = fitted(&caption.x_name, &style, 2.0 * (left + width / 2.0));
        sheet.text(name, (left + width / 2.0, bottom + 34.0 * scale), style);
        let middle = top + height / 2.0;
        let room = 2.0 * middle.min(f64::from(self.sheet.1) - middle);
        let name = fitted(&caption.y_name, &style, room);
        sheet.text(name, (8.0 * scale, middle), style.upwards());
    }

    fn paint_legend(&self, sheet: &mut Sheet, map: &Map) {
        let scale = self.scale;
        let left = (self.left + self.width) as f64 + 24.0 * scale;
        let mut top = self.top as f64;
        for entry in map.legend() {
            self.paint_entry(sheet, entry, map.runs(), (left, top));
            top += entry_height(entry) * scale;
        }
        if let Some(solved) = map.solved() {
            top += 10.0 * scale;
            self.paint_share(sheet, "solved", percent(solved, map.runs(), 1), (left, left, top));
            for line in ["at some step all outputs were right,", "whatever became of the run"] {
                top += 18.0 * scale;
                sheet.text(line, (left, top), self.faint(12.0));
            }
        }
    }

    /// A name that begins there, and a share at the right of the legend that begins at `left`.
    fn paint_share(&self, sheet: &mut Sheet, name: &str, share: String, (left, begin, top): (f64, f64, f64)) {
        let right = left + LEGEND_WIDTH * self.scale;
        let style = self.text(14.0);
        let room = right - begin - width_of(&share, &style) - 8.0 * self.scale;
        sheet.text(fitted(name, &style, room), (begin, top), style);
        sheet.text(share, (right, top), style.at(Across::End, Down::Top));
    }

    fn paint_entry(&self, sheet: &mut Sheet, entry: &Entry, runs: u64, (left, top): (f64, f64)) {
        let scale = self.scale;
        let right = left + LEGEND_WIDTH * scale;
        let begin = if entry.shades == Shades::One { left + 26.0 * scale } else { left };
        self.paint_share(sheet, &entry.label, percent(entry.runs, runs, 1), (left, begin, top));
        if entry.shades == Shades::One {
            let corners = [(left, top - 1.0 * scale), (left + 16.0 * scale, top + 15.0 * scale)];
            sheet.rectangle(corners, entry.colors[0]);
            sheet.frame(corners, FAINT_INK, 0.5 * scale);
            return;
        }
        let bar = top + 22.0 * scale;
        let width = LEGEND_WIDTH * scale;
        let step = width / entry.colors.len() as f64;
        for (index, color) in entry.colors.iter().enumerate() {
            let x = left + step * index as f64;
            sheet.rectangle([(x, bar), ((x + 1.5 * step).min(right), bar + 16.0 * scale)], *color);
        }
        let (ticks, name) = scale_of(entry.shades);
        let below = self.text(12.0).at(Across::Middle, Down::Top);
        for tick in ticks {
            let x = left + tick.part * width;
            sheet.line([(x, bar + 16.0 * scale), (x, bar + 20.0 * scale)], INK, scale);
            sheet.text(tick.label, (x, bar + 24.0 * scale), below);
        }
        let style = self.faint(12.0).at(Across::Middle, Down::Top);
        sheet.text(name, (left + width / 2.0, bar + 41.0 * scale), style);
    }
}

impl Caption {
    /// What is to be seen on a map, in words.
    #[must_use]
    pub fn about(&self, map: &Map) -> String {
        let share = |entry: &Entry| format!("{} {}", entry.label, percent(entry.runs, map.runs(), 1));
        let mut shares: Vec<String> = map.legend().iter().map(share).collect();
        shares.extend(
            map.solved().map(|solved| format!("solved at some step {}", percent(solved, map.runs(), 1))),
        );
        format!(
            "{}: {}. A pixel for each run, to the right {}, upwards {}. {}.",
            self.title,
            self.subtitle,
            axis_told(&self.x_name, &self.x),
            axis_told(&self.y_name, &self.y),
            shares.join(", ")
        )
    }
}

/// What an axis means, and its ends.
fn axis_told(name: &str, values: &[f64]) -> String {
    let [first, .., last] = values else { return name.to_owned() };
    format!("{name} from {} to {}", with_digits(*first, 4), with_digits(*last, 4))
}

/// The ticks below a bar of colours, and what they mean.
fn scale_of(shades: Shades) -> (Vec<Tick>, String) {
    match shades {
        Shades::One => (Vec::new(), String::new()),
        Shades::Steps([fewest, most]) => {
            let [low, high] = [fewest, most].map(|steps| f64::from(level(steps)));
            let ends = [fewest.max(1), most.max(fewest + 2)].map(|steps| libm::log10(steps as f64));
            let mut ticks = axis::logarithmic(ends[0], ends[1], 4);
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

/// The margin of titles, in plain pixels.
const MARGIN: f64 = 16.0;
/// How wide a legend is, in plain pixels.
const LEGEND_WIDTH: f64 = 220.0;

/// How high a line of a legend is, in plain pixels.
fn entry_height(entry: &Entry) -> f64 {
    if entry.shades == Shades::One { 28.0 } else { 92.0 }
}

fn legend_height(map: &Map) -> f64 {
    let solved = if map.solved().is_some() { 64.0 } else { 0.0 };
    map.legend().iter().map(entry_height).sum::<f64>() + solved
}
