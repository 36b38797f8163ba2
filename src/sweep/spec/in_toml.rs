//! Specs as TOML.

use super::keys::KEYS;
use super::{MAX_INITS, Spec, place_of_typed};
use crate::problem::Problem;
use crate::sweep::axes::{MAX_SEED_ITEMS, MAX_VALUES};
use crate::sweep::start::MAX_TERMS;
use crate::sweep::text::{finite_number, shortest};

/// The most commas in the text of a spec: as many as values in all its lists, and within its inits.
pub(super) const MAX_COMMAS: usize = 4 * MAX_VALUES as usize + MAX_SEED_ITEMS + 10 * MAX_TERMS * MAX_INITS;

/// The most equals signs and opening brackets in the text of a spec: one a key or list, and some in comments.
pub(super) const MAX_SIGNS: usize = 100_000;

impl Spec {
    /// Reads a TOML file's text.
    ///
    /// # Errors
    ///
    /// If it is no TOML, or a key is unknown or holds anything but text, numbers and, where several values make
    /// sense, lists of these.
    pub fn from_toml(text: &str) -> Result<Self, Problem> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        check_size(text)?;
        let table: toml::Table = text.parse().map_err(|error| syntax_problem(text, &error))?;
        let mut spec = Self::default();
        for (name, value) in flattened(table) {
            let place = place_of_typed(&name)?;
            let problem = |remedy: &str| Problem::new(&name, one_line(&value.to_string()), remedy);
            let texts = match &value {
                toml::Value::Array(values) if KEYS[place].list => values.iter().map(scalar_text).collect(),
                toml::Value::Array(_) => return Err(problem("give one value, not a list")),
                value => scalar_text(value).map(|text| vec![text]),
            };
            let texts: Vec<String> = texts.ok_or_else(|| problem("give text or numbers"))?;
            if texts.is_empty() {
                return Err(problem("give at least one value"));
            }
            spec.given[place] = Some(texts);
        }
        Ok(spec)
    }

    /// The spec as a TOML file: every key that is given, in the order of [`KEYS`].
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut lines = String::new();
        for (key, texts) in KEYS.iter().zip(&self.given) {
            let Some(texts) = texts else { continue };
            let values: Vec<String> = texts.iter().map(|text| toml_text(text)).collect();
            let value = if key.list { format!("[{}]", values.join(", ")) } else { values.concat() };
            lines.push_str(&format!("{} = {value}\n", key.name));
        }
        lines
    }
}

/// A table with the keys of `[plane]` as keys of their own: `x` is `plane_x`. Its `origin`, an init or nine numbers,
/// and `seed` are the spec's `init` and `seeds`.
fn flattened(table: toml::Table) -> impl Iterator<Item = (String, toml::Value)> {
    table.into_iter().flat_map(|(name, value)| match value {
        toml::Value::Table(plane) if name == "plane" => plane.into_iter().map(of_plane).collect(),
        value => vec![(name, value)],
    })
}

fn of_plane((name, value): (String, toml::Value)) -> (String, toml::Value) {
    match (name.as_str(), value) {
        ("origin", toml::Value::Array(numbers)) => {
            let texts: Vec<String> =
                numbers.iter().map(|number| scalar_text(number).unwrap_or_default()).collect();
            ("init".to_owned(), toml::Value::String(format!("point({})", texts.join(","))))
        }
        ("origin", value) => ("init".to_owned(), value),
        ("seed", value) => ("seeds".to_owned(), value),
        (_, value) => (format!("plane_{name}"), value),
    }
}

/// A TOML number, word or truth value as a flag would give it.
fn scalar_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(shortest(*number)),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// `text` as a TOML value that [`scalar_text`] makes to the same text: a number if it is one, a string otherwise.
fn toml_text(text: &str) -> String {
    match finite_number(text) {
        // TOML has no negative zero among its integers.
        Some(number) if shortest(number) == text && text != "-0" => text.to_owned(),
        _ => toml::Value::String(text.to_owned()).to_string(),
    }
}

/// Refuses a text with more values or keys than a spec can have, before they are made and need a hundred times its
/// room.
fn check_size(text: &str) -> Result<(), Problem> {
    let refused = |what: &str, count: usize, most: usize| {
        let value = format!("{count} {what}");
        Err(Problem::new("spec", value, format!("give at most {most}; ranges and the defaults need fewer")))
    };
    let mut commas = 0;
    let mut signs = 0;
    for byte in text.bytes() {
        commas += usize::from(byte == b',');
        signs += usize::from(matches!(byte, b'=' | b'['));
    }
    if commas > MAX_COMMAS {
        refused("commas", commas, MAX_COMMAS)
    } else if signs > MAX_SIGNS {
        refused("equals signs and brackets", signs, MAX_SIGNS)
    } else {
        Ok(())
    }
}

/// A TOML syntax error in one line.
fn syntax_problem(text: &str, error: &toml::de::Error) -> Problem {
    let offset = error.span().map_or(0, |span| span.start.min(text.len()));
    let line = 1 + text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count();
    Problem::new(format!("line {line} of the spec"), "", one_line(error.message()))
}

/// The text in one line of moderate length.
pub(super) fn one_line(text: &str) -> String {
    const LONGEST: usize = 200;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST { line } else { line.chars().take(LONGEST).chain(['…']).collect() }
}
