//! Drawings of lines and text: SVG, and PNG made from it with a font of our own.
//!
//! A drawing is measured in quarters of a pixel, since plotters places everything at whole numbers.

use std::error::Error;
use std::io::{self, Write};
use std::sync::{Arc, LazyLock};

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, FontFamily, FontStyle, IntoDrawingArea, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color as _, FontTransform, IntoFont as _, RGBAColor, RGBColor, TextStyle, register_font,
};
use resvg::{tiny_skia, usvg};

use super::Rgb;

/// So many units make a pixel.
const FINE: u32 = 4;

/// The fonts, the embedded one first; viewers of SVG without it take one of the same width.
const FONTS: &str = "DejaVu Sans, Verdana, sans-serif";
/// The ink of text and axes.
pub const INK: Rgb = [0x22, 0x22, 0x22];
/// The ink of what is less important.
pub const FAINT_INK: Rgb = [0x66, 0x66, 0x66];
/// The lines of a grid.
pub const GRID: Rgb = [0xe4, 0xe4, 0xe4];

/// What is drawn on, in units.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Units for so many pixels.
#[must_use]
pub fn units(pixels: f64) -> i32 {
    (pixels * f64::from(FINE)).round() as i32
}

/// A point, given in pixels.
#[must_use]
pub fn point(x: f64, y: f64) -> (i32, i32) {
    (units(x), units(y))
}

/// A colour for plotters.
#[must_use]
pub fn ink([red, green, blue]: Rgb) -> RGBColor {
    RGBColor(red, green, blue)
}

/// A colour that lets so much through of what is below it, 0 to 1.
#[must_use]
pub fn tint(color: Rgb, opacity: f64) -> RGBAColor {
    ink(color).mix(opacity)
}

/// plotters divides the sizes of fonts by this before it writes them …
const OF_PLOTTERS: f64 = 1.24;
/// … but measures text as if they were the height from the font's top to its bottom, which is so many sizes.
const HEIGHT: f64 = 1.164;

/// Text of a size in pixels.
#[must_use]
pub fn text(size: f64, color: Rgb) -> TextStyle<'static> {
    // A font is looked up as soon as it is named.
    embed_fonts();
    let size = size * f64::from(FINE) * OF_PLOTTERS;
    (FontFamily::Name(FONTS), size).into_font().color(&ink(color))
}

/// The same text in bold.
#[must_use]
pub fn bold(style: TextStyle<'static>) -> TextStyle<'static> {
    TextStyle { font: style.font.style(FontStyle::Bold), ..style }
}

/// The same text, placed so that its point is there of it.
#[must_use]
pub fn anchored(style: TextStyle<'static>, horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    style.pos(Pos::new(horizontal, vertical))
}

/// The same text, upwards.
#[must_use]
pub fn upwards(style: TextStyle<'static>) -> TextStyle<'static> {
    style.transform(FontTransform::Rotate270)
}

/// How wide a text is, in pixels.
#[must_use]
pub fn width_of(text: &str, style: &TextStyle<'_>) -> f64 {
    embed_fonts();
    style
        .font
        .box_size(text)
        .map_or(0.0, |(width, _)| f64::from(width) / f64::from(FINE) * HEIGHT / OF_PLOTTERS)
}

/// A text that fits into a width in pixels, with an ellipsis where it is cut, and without what no file may hold.
#[must_use]
pub fn fitted(text: &str, style: &TextStyle<'_>, width: f64) -> String {
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

/// A finished drawing.
#[derive(Clone, Debug)]
pub struct Drawing {
    svg: String,
    /// In pixels.
    size: (u32, u32),
}

impl Drawing {
    /// Draws on a white sheet of so many pixels.
    ///
    /// # Panics
    /// If `paint` fails, which drawing into memory never does.
    #[must_use]
    pub fn new(size: (u32, u32), paint: impl FnOnce(&Area<'_>) -> Result<(), Box<dyn Error>>) -> Self {
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, (size.0 * FINE, size.1 * FINE)).into_drawing_area();
            let painted = area
                .fill(&ink([0xff; 3]))
                .map_err(Into::into)
                .and_then(|()| paint(&area))
                .and_then(|()| area.present().map_err(Into::into));
            painted.expect("drawing into memory does not fail");
        }
        let units = format!("width=\"{}\" height=\"{}\"", size.0 * FINE, size.1 * FINE);
        let pixels = format!("width=\"{}\" height=\"{}\"", size.0, size.1);
        // The first of these is the sheet's own.
        Self { svg: svg.replacen(&units, &pixels, 1), size }
    }

    /// Width and height, in pixels.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// The drawing as an SVG file.
    #[must_use]
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// The drawing in pixels, `scale` times as many as it has a side.
    ///
    /// # Panics
    /// If there is no memory for so many pixels.
    #[must_use]
    pub fn pixels(&self, scale: u32) -> Pixels {
        static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
            let mut fonts = usvg::fontdb::Database::new();
            fonts.load_font_data(dejavu::sans::regular().to_vec());
            fonts.load_font_data(dejavu::sans::bold().to_vec());
            Arc::new(fonts)
        });
        let options = usvg::Options { fontdb: Arc::clone(&FONTS), ..usvg::Options::default() };
        let tree = usvg::Tree::from_str(&self.svg, &options).expect("the drawing is an SVG file");
        let (width, height) = (self.size.0 * scale, self.size.1 * scale);
        let mut pixmap = tiny_skia::Pixmap::new(width, height).expect("the picture fits into memory");
        let scale = tiny_skia::Transform::from_scale(scale as f32, scale as f32);
        resvg::render(&tree, scale, &mut pixmap.as_mut());
        // The sheet is white, so no pixel is transparent.
        let colors = pixmap.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        Pixels { width, colors }
    }
}

/// A picture in pixels.
#[derive(Clone, Debug)]
pub struct Pixels {
    width: u32,
    /// Red, green and blue of each, from the top left on.
    colors: Vec<u8>,
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
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.colors)?;
        Ok(writer.finish()?)
    }
}

/// Tells plotters what the font measures.
fn embed_fonts() {
    static DONE: LazyLock<()> = LazyLock::new(|| {
        for (style, font) in
            [(FontStyle::Normal, dejavu::sans::regular()), (FontStyle::Bold, dejavu::sans::bold())]
        {
            // A font that is refused is met by every drawing.
            let _ = register_font(FONTS, style, font);
        }
    });
    LazyLock::force(&DONE);
}
