//! Drawings in pixels, and pictures in pixels as PNG files.

use std::io::{self, Write};

use tiny_skia::{
    Color, FillRule, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform,
};
use ttf_parser::OutlineBuilder;

use super::{Across, Drawing, Point, Shape, Style, font};
use crate::picture::Rgb;

/// A picture in pixels.
#[derive(Clone, Debug)]
pub struct Pixels {
    width: u32,
    /// Red, green and blue of each, from the top left on.
    colors: Vec<u8>,
    /// What is to be seen, in words.
    about: String,
}

impl Pixels {
    /// How many pixels it is wide.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// How many pixels it is high.
    #[must_use]
    pub fn height(&self) -> u32 {
        (self.colors.len() / 3 / self.width as usize) as u32
    }

    /// What is to be seen, in words.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.about
    }

    /// The colours of a row of pixels from `column` on, `count` of them.
    pub fn row_mut(&mut self, row: u32, column: u32, count: u32) -> &mut [[u8; 3]] {
        let first = row as usize * self.width as usize + column as usize;
        &mut self.colors.as_chunks_mut::<3>().0[first..first + count as usize]
    }

    /// Writes it as a PNG file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_png(&self, out: impl Write) -> io::Result<()> {
        let mut encoder = png::Encoder::new(out, self.width, self.height());
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.add_itxt_chunk("Description".to_owned(), self.about.clone())?;
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.colors)?;
        Ok(writer.finish()?)
    }
}

/// A drawing in pixels, `scale` times as many as it has a side.
pub(super) fn rendered(drawing: &Drawing, scale: u32) -> Pixels {
    let (width, height) = (drawing.size.0 * scale, drawing.size.1 * scale);
    let mut pixmap = Pixmap::new(width, height).expect("the picture fits into memory");
    let transform = Transform::from_scale(scale as f32, scale as f32);
    for shape in &drawing.sheet.shapes {
        render(shape, &mut pixmap, transform);
    }
    // The sheet is white, so no pixel is transparent.
    let colors = pixmap.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Pixels { width, colors, about: drawing.about.clone() }
}

fn render(shape: &Shape, pixmap: &mut Pixmap, transform: Transform) {
    match shape {
        Shape::Line { points, color, opacity, width, dashes } => {
            let stroke = Stroke {
                width: *width as f32,
                line_join: LineJoin::Round,
                dash: dashes.and_then(|[dash, gap]| StrokeDash::new(vec![dash as f32, gap as f32], 0.0)),
                ..Stroke::default()
            };
            if let Some(path) = through(points, false) {
                pixmap.stroke_path(&path, &paint(*color, *opacity), &stroke, transform, None);
            }
        }
        Shape::Rectangle { corner, size, color } => {
            let [x, y, width, height] = [corner.0, corner.1, size.0, size.1].map(|value| value as f32);
            if let Some(rectangle) = Rect::from_xywh(x, y, width, height) {
                pixmap.fill_rect(rectangle, &paint(*color, 1.0), transform, None);
            }
        }
        Shape::Polygon { points, color, opacity } => {
            fill(through(points, true), paint(*color, *opacity), pixmap, transform);
        }
        Shape::Dot { middle, radius, color } => {
            let circle = PathBuilder::from_circle(middle.0 as f32, middle.1 as f32, *radius as f32);
            fill(circle, paint(*color, 1.0), pixmap, transform);
        }
        Shape::Text { at, text, style } => {
            let line = font::Line::of(text, style);
            let mut outline = Outline::default();
            line.outline(&mut outline, |outline, begin| outline.begin = begin as f32);
            let transform = transform.pre_concat(place(*at, style, &line));
            fill(outline.path.finish(), paint(style.color, 1.0), pixmap, transform);
        }
    }
}

/// From the font's units, y upwards, to where a line of text is put.
fn place((x, y): Point, style: &Style, line: &font::Line) -> Transform {
    let before = match style.across {
        Across::Begin => 0.0,
        Across::Middle => line.end / 2.0,
        Across::End => line.end,
    };
    let turn = if style.is_upwards { -90.0 } else { 0.0 };
    Transform::from_translate(x as f32, y as f32)
        .pre_rotate(turn)
        .pre_translate((-before * line.scale) as f32, style.base() as f32)
        .pre_scale(line.scale as f32, -line.scale as f32)
}

fn fill(path: Option<Path>, paint: Paint<'_>, pixmap: &mut Pixmap, transform: Transform) {
    if let Some(path) = path {
        pixmap.fill_path(&path, &paint, FillRule::Winding, transform, None);
    }
}

fn paint(color: Rgb, opacity: f64) -> Paint<'static> {
    let [red, green, blue] = color;
    let mut color = Color::from_rgba8(red, green, blue, 0xff);
    color.set_alpha(opacity as f32);
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(color);
    paint
}

/// The path through points; none if it has no length.
fn through(points: &[Point], is_closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    let mut points = points.iter().map(|&(x, y)| (x as f32, y as f32));
    let (x, y) = points.next()?;
    path.move_to(x, y);
    points.for_each(|(x, y)| path.line_to(x, y));
    if is_closed {
        path.close();
    }
    path.finish()
}

/// A path of letters, each moved to where it begins.
#[derive(Default)]
struct Outline {
    path: PathBuilder,
    begin: f32,
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.begin + x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.begin + x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.path.quad_to(self.begin + x1, y1, self.begin + x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.path.cubic_to(self.begin + x1, y1, self.begin + x2, y2, self.begin + x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
