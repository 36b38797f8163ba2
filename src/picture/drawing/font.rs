//! The font that drawings have in pixels, DejaVu Sans, and what text in it measures.

use std::sync::LazyLock;

use ttf_parser::{Face, GlyphId, OutlineBuilder};

use super::Style;

static REGULAR: LazyLock<Face<'static>> = LazyLock::new(|| read(dejavu::sans::regular()));
static BOLD: LazyLock<Face<'static>> = LazyLock::new(|| read(dejavu::sans::bold()));

fn read(font: &'static [u8]) -> Face<'static> {
    Face::parse(font, 0).expect("the font that comes with the program can be read")
}

/// How wide a text is.
#[must_use]
pub fn width_of(text: &str, style: &Style) -> f64 {
    let line = Line::of(text, style);
    line.end * line.scale
}

/// A line of text as its letters stand, in the font's own units.
pub(super) struct Line {
    /// The letters, and where each begins.
    letters: Vec<(GlyphId, f64)>,
    /// Where the last one ends.
    pub end: f64,
    /// How many pixels a unit is.
    pub scale: f64,
    face: &'static Face<'static>,
}

impl Line {
    pub fn of(text: &str, style: &Style) -> Self {
        let face: &Face<'_> = if style.is_bold { &BOLD } else { &REGULAR };
        let mut letters: Vec<(GlyphId, f64)> = Vec::new();
        let mut end = 0.0;
        for letter in text.chars() {
            let letter = face.glyph_index(letter).unwrap_or_default();
            end += letters.last().map_or(0.0, |&(before, _)| f64::from(kerning(face, before, letter)));
            letters.push((letter, end));
            end += f64::from(face.glyph_hor_advance(letter).unwrap_or(0));
        }
        Self { letters, end, scale: style.size / f64::from(face.units_per_em()), face }
    }

    /// Draws the letters' outlines, y upwards, each where it begins.
    pub fn outline<Path: OutlineBuilder>(&self, path: &mut Path, go_to: impl Fn(&mut Path, f64)) {
        for &(letter, begin) in &self.letters {
            go_to(path, begin);
            // A blank has none.
            let _ = self.face.outline_glyph(letter, path);
        }
    }
}

/// How much farther apart two neighbours stand than their widths say.
fn kerning(face: &Face<'_>, one: GlyphId, other: GlyphId) -> i16 {
    let tables = face.tables().kern.into_iter().flat_map(|table| table.subtables);
    let mut horizontal = tables.filter(|table| table.horizontal && !table.has_cross_stream);
    horizontal.find_map(|table| table.glyphs_kerning(one, other)).unwrap_or(0)
}
