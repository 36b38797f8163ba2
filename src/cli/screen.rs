//! The terminal: how wide it is, which colours mean what, and words put into lines that fit.
//!
//! The streams of `anstream` leave colours out where they go nowhere: no terminal, `NO_COLOR`, and `TERM=dumb` unless
//! `CI` or `CLICOLOR` ask for them.

use std::io::{stderr, stdout};

use anstyle::{AnsiColor, Style};
use terminal_size::{Width, terminal_size_of};

/// A heading.
pub const HEADING: Style = Style::new().bold();
/// What went wrong.
pub const ERROR: Style = AnsiColor::Red.on_default().bold();
/// A run that did what it should.
pub const GOOD: Style = AnsiColor::Cyan.on_default();
/// What is there for completeness.
pub const FAINT: Style = Style::new().dimmed();

/// How wide the terminal is that standard output goes to, in characters, if it is one.
pub fn width() -> Option<usize> {
    terminal_size_of(stdout()).map(columns)
}

/// The same for standard error.
pub fn width_of_errors() -> Option<usize> {
    terminal_size_of(stderr()).map(columns)
}

fn columns((Width(columns), _): (Width, terminal_size::Height)) -> usize {
    columns.into()
}

/// Examples as help shows them: what each does, and the command.
pub fn examples(all: &[(&str, &str)]) -> String {
    let each = all.iter().map(|(what, command)| format!("\n  {what}:\n    {command}"));
    format!("Examples:{}", each.collect::<String>())
}

/// Puts pieces into lines that are no wider than they must be, with a space between two; further lines are indented.
pub fn wrapped<'a>(pieces: impl IntoIterator<Item = &'a str>, width: Option<usize>) -> String {
    const INDENT: &str = "  ";
    let width = width.unwrap_or(usize::MAX);
    let mut lines = String::new();
    let mut used = 0;
    // What does not fit a line is broken at its spaces.
    let is_long = |piece: &str| INDENT.len() + piece.chars().count() > width;
    let pieces = pieces
        .into_iter()
        .flat_map(|piece| if is_long(piece) { piece.split(' ').collect() } else { vec![piece] });
    for piece in pieces {
        let length = piece.chars().count();
        if used > 0 && used + 1 + length > width {
            lines.push('\n');
            lines.push_str(INDENT);
            used = INDENT.len();
        } else if used > 0 {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(piece);
        used += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_are_as_long_as_they_may_be() {
        let words = ["one", "two", "three", "four"];
        assert_eq!(wrapped(words, None), "one two three four");
        assert_eq!(wrapped(words, Some(13)), "one two three\n  four");
        assert_eq!(wrapped(words, Some(7)), "one two\n  three\n  four");
        assert_eq!(wrapped(words, Some(1)), "one\n  two\n  three\n  four");
        assert_eq!(wrapped(["⅔ is", "½"], Some(6)), "⅔ is ½");
        assert_eq!(wrapped([], Some(80)), "");
    }
}
