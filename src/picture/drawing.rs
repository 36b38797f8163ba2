//! Drawings of lines, areas and text: as SVG, and in pixels with a font of our own.
//!
//! All places and sizes are in pixels, x to the right and y downwards from the top left corner of the sheet.

mod font;
mod pixels;

pub use font::width_of;
pub use pixels::Pixels;

use std::fmt::Write as _;

use super::Rgb;

/// The fonts, the embedded one first; viewers of SVG without it take one of the same width.
const FONTS: &str = "DejaVu Sans, Verdana, sans-serif";
/// The ink of text and axes.
pub const INK: Rgb = [0x22, 0x22, 0x22];
/// The ink of what is less important.
pub const FAINT_INK: Rgb = [0x66, 0x66, 0x66];
/// The lines of a grid.
pub const GRID: Rgb = [0xe4, 0xe4, 0xe4];
/// The sheet.
pub const WHITE: Rgb = [0xff, 0xff, 0xff];

/// A point: x and y.
pub type Point = (f64, f64);

/// How text looks, and which of its points is put where it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    size: f64,
    color: Rgb,
    is_bold: bool,
    is_upwards: bool,
    across: Across,
    down: Down,
}

/// A point of a line of text, along it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Across {
    /// Where it begins.
    Begin,
    /// Its middle.
    Middle,
    /// Where it ends.
    End,
}

/// A point of a line of text, across it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Down {
    /// The top of its letters.
    Top,
    /// Their middle.
    Middle,
    /// The line on which they stand.
    Base,
}

impl Style {
    /// Text of this size, placed by its top left corner.
    #[must_use]
    pub fn new(size: f64, color: Rgb) -> Self {
        Self { size, color, is_bold: false, is_upwards: false, across: Across::Begin, down: Down::Top }
    }

    /// The same in bold.
    #[must_use]
    pub fn bold(self) -> Self {
        Self { is_bold: true, ..self }
    }

    /// The same, read from below.
    #[must_use]
    pub fn upwards(self) -> Self {
        Self { is_upwards: true, ..self }
    }

    /// The same, placed by another point.
    #[must_use]
    pub fn at(self, across: Across, down: Down) -> Self {
        Self { across, down, ..self }
    }

    /// How far below its point the line is on which the letters stand.
    fn base(&self) -> f64 {
        // The font's capital letters and digits are 0.729 of its size high.
        self.size
            * match self.down {
                Down::Top => 0.76,
                Down::Middle => 0.3645,
                Down::Base => 0.0,
            }
    }
}

/// A text that fits into a width, with an ellipsis where it is cut, and without what no file may hold.
#[must_use]
pub fn fitted(text: &str, style: &Style, width: f64) -> String {
    let mut shown: String =
        text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    while width_of(&shown, style) > width {
        let kept = shown.chars().count().saturating_sub(2);
        if kept == 0 {
            break;
        }
        shown = shown.chars().take(kept).chain(['…']).collect();
    }
    shown
}

/// A text in lines of this width, broken between words; a word that is too long is cut.
#[must_use]
pub fn wrapped(text: &str, style: &Style, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match longer.filter(|line| width_of(line, style) <= width) {
            Some(line) => *lines.last_mut().expect("it is longer than the last line") = line,
            None => lines.push(fitted(word, style, width)),
        }
    }
    lines
}

/// What is drawn on.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    shapes: Vec<Shape>,
}

#[derive(Clone, Debug)]
enum Shape {
    Line { points: Vec<Point>, color: Rgb, opacity: f64, width: f64, dashes: Option<[f64; 2]> },
    Rectangle { corner: Point, size: Point, color: Rgb },
    Polygon { points: Vec<Point>, color: Rgb, opacity: f64 },
    Dot { middle: Point, radius: f64, color: Rgb },
    Text { at: Point, text: String, style: Style },
}

impl Sheet {
    /// A line through points.
    pub fn line(&mut self, points: impl Into<Vec<Point>>, color: Rgb, width: f64) {
        let points = points.into();
        self.shapes.push(Shape::Line { points, color, opacity: 1.0, width, dashes: None });
    }

    /// A dashed line through points: so long the dashes, so long the gaps.
    pub fn dashes(&mut self, points: impl Into<Vec<Point>>, color: Rgb, width: f64, dashes: [f64; 2]) {
        let points = points.into();
        self.shapes.push(Shape::Line { points, color, opacity: 1.0, width, dashes: Some(dashes) });
    }

    /// A line that is seen on dark ground as on a light one, below one of another colour.
    pub fn seam(&mut self, points: impl Into<Vec<Point>>, width: f64) {
        let points = points.into();
        self.shapes.push(Shape::Line { points, color: WHITE, opacity: 0.6, width, dashes: None });
    }

    /// A filled rectangle between two corners, the one at the top left first.
    pub fn rectangle(&mut self, [from, to]: [Point; 2], color: Rgb) {
        self.shapes.push(Shape::Rectangle { corner: from, size: (to.0 - from.0, to.1 - from.1), color });
    }

    /// The lines around a rectangle.
    pub fn frame(&mut self, [from, to]: [Point; 2], color: Rgb, width: f64) {
        self.line([from, (to.0, from.1), to, (from.0, to.1), from, (to.0, from.1)], color, width);
    }

    /// An area that lets what is below it through, but for this part of its colour, 0 to 1.
    pub fn tint(&mut self, points: impl Into<Vec<Point>>, color: Rgb, opacity: f64) {
        self.shapes.push(Shape::Polygon { points: points.into(), color, opacity });
    }

    /// A filled circle.
    pub fn dot(&mut self, middle: Point, radius: f64, color: Rgb) {
        self.shapes.push(Shape::Dot { middle, radius, color });
    }

    /// A line of text.
    pub fn text(&mut self, text: impl Into<String>, at: Point, style: Style) {
        self.shapes.push(Shape::Text { at, text: text.into(), style });
    }
}

/// A finished drawing.
#[derive(Clone, Debug)]
pub struct Drawing {
    size: (u32, u32),
    about: String,
    sheet: Sheet,
}

impl Drawing {
    /// Draws on a white sheet of this width and height. What is to be seen is told in words as well, for those who
    /// do not see it.
    #[must_use]
    pub fn new(size: (u32, u32), about: String, paint: impl FnOnce(&mut Sheet)) -> Self {
        let mut sheet = Sheet::default();
        sheet.rectangle([(0.0, 0.0), (f64::from(size.0), f64::from(size.1))], WHITE);
        paint(&mut sheet);
        Self { size, about, sheet }
    }

    /// Width and height.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// What is to be seen, in words.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.about
    }

    /// The drawing as an SVG file.
    #[must_use]
    pub fn svg(&self) -> String {
        let (width, height) = self.size;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"{FONTS}\" role=\"img\" aria-label=\"{}\">\n",
            escaped(&self.about)
        );
        for shape in &self.sheet.shapes {
            shape.append_svg(&mut svg);
            svg.push('\n');
        }
        svg + "</svg>\n"
    }

    /// The drawing in pixels, `scale` times as many as it has a side.
    ///
    /// # Panics
    /// If there is no memory for so many pixels.
    #[must_use]
    pub fn pixels(&self, scale: u32) -> Pixels {
        pixels::rendered(self, scale)
    }
}

impl Shape {
    fn append_svg(&self, svg: &mut String) {
        let written = match self {
            Self::Line { points, color, opacity, width, dashes } => {
                let dashes =
                    dashes.map_or(String::new(), |[dash, gap]| format!(" stroke-dasharray=\"{dash} {gap}\""));
                write!(
                    svg,
                    "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" \
                     stroke-linejoin=\"round\"{dashes}{}/>",
                    of_points(points),
                    hex(*color),
                    number(*width),
                    of_opacity("stroke", *opacity),
                )
            }
            Self::Rectangle { corner, size, color } => write!(
                svg,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>",
                number(corner.0),
                number(corner.1),
                number(size.0),
                number(size.1),
                hex(*color),
            ),
            Self::Polygon { points, color, opacity } => write!(
                svg,
                "<polygon points=\"{}\" fill=\"{}\"{}/>",
                of_points(points),
                hex(*color),
                of_opacity("fill", *opacity),
            ),
            Self::Dot { middle, radius, color } => write!(
                svg,
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\"/>",
                number(middle.0),
                number(middle.1),
                number(*radius),
                hex(*color),
            ),
            Self::Text { at: (x, y), text, style } => {
                let place = if style.is_upwards {
                    let turn = format!("translate({} {}) rotate(-90)", number(*x), number(*y));
                    format!("transform=\"{turn}\" y=\"{}\"", number(style.base()))
                } else {
                    format!("x=\"{}\" y=\"{}\"", number(*x), number(y + style.base()))
                };
                let anchor = match style.across {
                    Across::Begin => "",
                    Across::Middle => " text-anchor=\"middle\"",
                    Across::End => " text-anchor=\"end\"",
                };
                let weight = if style.is_bold { " font-weight=\"bold\"" } else { "" };
                write!(
                    svg,
                    "<text {place} font-size=\"{}\" fill=\"{}\"{anchor}{weight}>{}</text>",
                    number(style.size),
                    hex(style.color),
                    escaped(text)
                )
            }
        };
        written.expect("a string takes every write");
    }
}

fn of_points(points: &[Point]) -> String {
    let points: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", number(*x), number(*y))).collect();
    points.join(" ")
}

fn of_opacity(of: &str, opacity: f64) -> String {
    if opacity < 1.0 { format!(" {of}-opacity=\"{opacity}\"") } else { String::new() }
}

/// A length: a hundredth of a pixel is not seen.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A colour as SVG and CSS write it.
#[must_use]
pub fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// A text as XML writes it, without what it may not hold.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => written.push(' '),
            letter if letter.is_control() => written.push(' '),
            letter => written.push(letter),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn() -> Drawing {
        Drawing::new((40, 20), "A \"box\" & <more>".to_owned(), |sheet| {
            sheet.rectangle([(4.0, 2.0), (10.0, 8.0)], [0x21, 0x71, 0xb5]);
            sheet.tint([(20.0, 0.0), (40.0, 0.0), (40.0, 20.0), (20.0, 20.0)], [0, 0, 0], 0.5);
            sheet.line([(0.0, 15.0), (20.0, 15.0)], INK, 2.0);
            sheet.text("a<b\u{1}", (11.0, 2.0), Style::new(4.0, INK));
        })
    }

    #[test]
    fn a_drawing_is_written_as_svg() {
        let svg = drawn().svg();
        for part in [
            "width=\"40\" height=\"20\" viewBox=\"0 0 40 20\"",
            "aria-label=\"A &quot;box&quot; &amp; &lt;more&gt;\"",
            "<rect x=\"4\" y=\"2\" width=\"6\" height=\"6\" fill=\"#2171b5\"/>",
            "points=\"0,15 20,15\"",
            "fill-opacity=\"0.5\"",
            ">a&lt;b </text>",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
    }

    #[test]
    fn its_pixels_are_those_of_the_svg() {
        for scale in [1, 3] {
            let mut pixels = drawn().pixels(scale);
            assert_eq!((pixels.width(), pixels.height()), (40 * scale, 20 * scale));
            let mut at = |x: u32, y: u32| pixels.row_mut(y * scale, x * scale, 1)[0];
            assert_eq!([at(4, 2), at(9, 7)], [[0x21, 0x71, 0xb5]; 2], "inside of the rectangle");
            assert_eq!([at(3, 2), at(10, 7), at(9, 8)], [WHITE; 3], "just outside of it");
            assert!(at(30, 10).iter().all(|value| (0x7e..=0x81).contains(value)), "half of black on white");
            assert_eq!([at(5, 13), at(5, 14), at(5, 15), at(5, 16)], [WHITE, INK, INK, WHITE]);
        }
    }

    #[test]
    fn text_is_as_wide_as_it_is_told() {
        let style = Style::new(40.0, INK);
        for (style, text) in [(style, "α = 0.3 ⁴"), (style.bold(), "WAV, Teil"), (style, "iiii")] {
            let width = width_of(text, &style);
            let mut pixels = Drawing::new((400, 60), String::new(), |sheet| {
                sheet.text(text, (10.0, 10.0), style);
            })
            .pixels(1);
            let mut dark = (0..60_u32).flat_map(|row| {
                let row = pixels.row_mut(row, 0, 400).to_vec();
                row.into_iter().enumerate().filter(|(_, color)| color[0] < 0x80).map(|(column, _)| column)
            });
            let first = dark.next().expect("there are letters");
            let (first, last) = dark.fold((first, first), |(low, high), at| (low.min(at), high.max(at)));
            // The first and the last letter have a little room beside them.
            assert!((10..16).contains(&first), "{text}: {first}");
            assert!((last as f64 - (10.0 + width)).abs() < 8.0, "{text}: {last} for {width}");
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_cut() {
        let style = Style::new(13.0, INK);
        assert_eq!(fitted("short", &style, 100.0), "short");
        let cut = fitted("constant(0.1)+normal(0.01)", &style, 100.0);
        assert!(cut.ends_with('…') && width_of(&cut, &style) <= 100.0, "{cut}");
        assert_eq!(fitted("a\u{7}b", &style, 100.0), "a b");
        assert_eq!(wrapped("from 10 to 90 %", &style, 60.0), ["from 10", "to 90 %"]);
        assert!(wrapped("no constant(0.1)+normal(0.01) there", &style, 100.0)[1].ends_with('…'));
        assert!(wrapped("", &style, 100.0).is_empty());
    }
}
