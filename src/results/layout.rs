//! What the table of runs looks like as files: the kind of file, the columns, how cells are written, how rows are split.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Format;
use super::convergence::{self, Column, DEFAULT_SHAPE, Presence, column_named};
use crate::kernel::Loss;
use crate::problem::Problem;
use crate::sweep::set_ups::varying;
use crate::sweep::spec::Sweep;
use crate::sweep::start::Starts;
use crate::sweep::text::suggestion;

/// The table's file, without its number and ending.
pub const TABLE: &str = "convergence";
/// The summary's file.
pub const SUMMARY: &str = "summary.csv";
/// The summary's workbook.
pub const WORKBOOK: &str = "summary.xlsx";
/// The spec's file.
pub const SPEC: &str = "sweep.toml";

/// The kind of files that the table is written to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// Text, a line a row, for spreadsheets and everything else.
    #[default]
    Csv,
    /// Typed, compressed columns in groups of rows, for data frames.
    Parquet,
    /// No table, only the summary.
    None,
}

impl fmt::Display for FileFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::None => "none",
        })
    }
}

impl FileFormat {
    /// The words for files that a table can be written to.
    pub const WORDS: [&str; 2] = ["csv", "parquet"];
}

impl FromStr for FileFormat {
    type Err = Problem;

    fn from_str(word: &str) -> Result<Self, Problem> {
        match word {
            "csv" => Ok(Self::Csv),
            "parquet" => Ok(Self::Parquet),
            _ => Err(Problem::new("format", word, format!("give {}", Self::WORDS.join(" or ")))),
        }
    }
}

/// What the table of runs looks like as files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The kind of its files.
    pub file_format: FileFormat,
    /// How cells are separated and numbers are pointed in text, in the summary too.
    pub format: Format,
    /// The columns by name, in order; none for all that the sweep has.
    pub columns: Option<Vec<String>>,
    /// The most rows in a file; one file if none.
    pub rows_per_file: Option<NonZeroU64>,
    /// Whether there is a workbook of the summary as well, if it has no more than
    /// [`MAX_GROUPS`](super::workbook::MAX_GROUPS).
    pub workbook: bool,
}

impl Default for Layout {
    fn default() -> Self {
        let (file_format, format) = (FileFormat::default(), Format::default());
        Self { file_format, format, columns: None, rows_per_file: None, workbook: true }
    }
}

impl Layout {
    /// The same layout with the names of the columns that a sweep's table has.
    ///
    /// # Errors
    /// If a name is unknown or given twice, or the sweep has no such column.
    pub fn for_sweep(&self, sweep: &Sweep) -> Result<Self, Problem> {
        let names = self.columns_of(sweep)?.iter().map(|column| column.name.to_owned()).collect();
        Ok(Self { columns: Some(names), ..self.clone() })
    }

    /// The columns that are named, of those that there are; all that every table has if none is named.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        let Some(names) = &self.columns else { return convergence::columns(&[], &[DEFAULT_SHAPE]) };
        names.iter().filter_map(|name| column_named(name)).collect()
    }

    fn columns_of(&self, sweep: &Sweep) -> Result<Vec<Column>, Problem> {
        let all = convergence::columns(&parts_of(sweep), &sweep.shapes());
        let Some(names) = &self.columns else { return Ok(all) };
        let mut columns: Vec<Column> = Vec::new();
        for name in names {
            let problem = |remedy: String| Problem::new("columns", name, remedy);
            let known = convergence::columns(&Presence::OTHERS, &sweep.shapes());
            let Some(column) = known.iter().find(|column| column.name == name) else {
                let known: Vec<&str> = known.iter().map(|column| column.name).collect();
                return Err(problem(format!("there is no such column; {}", suggestion(name, &known))));
            };
            if columns.iter().any(|earlier| earlier.name == column.name) {
                return Err(problem("give each column once".into()));
            }
            let needed = match column.presence {
                part if part == Presence::Always || parts_of(sweep).contains(&part) => {
                    columns.push(*column);
                    continue;
                }
                Presence::Names => "a file of starts that names them".to_owned(),
                Presence::Axis(axis) => format!("several values of {}", axis.key()),
                Presence::Plane => "a plane".to_owned(),
                Presence::Measure => "measure = true".to_owned(),
                Presence::Loss => "loss = cross-entropy".to_owned(),
                Presence::Always | Presence::Spectrum => "spectrum = true".to_owned(),
            };
            return Err(problem(format!("only a sweep with {needed} has it; leave it out or ask for that")));
        }
        if columns.is_empty() {
            return Err(Problem::new("columns", "", "give at least one column"));
        }
        Ok(columns)
    }

    /// The names of the files of a table of so many rows.
    pub(super) fn file_names(&self, rows: u64) -> impl Iterator<Item = String> {
        let most = self.rows_per_file.map_or(u64::MAX, NonZeroU64::get);
        let files = if self.file_format == FileFormat::None { 0 } else { rows.div_ceil(most).max(1) };
        (0..files).map(|index| self.file_name(index as usize))
    }

    /// The name of the table's file at `index`, from 0.
    #[must_use]
    pub fn file_name(&self, index: usize) -> String {
        let number = self.rows_per_file.map_or_else(String::new, |_| format!("-{:04}", index + 1));
        format!("{TABLE}{number}.{}", self.file_format)
    }
}

/// The parts of a sweep's table besides what every table has.
pub(super) fn parts_of(sweep: &Sweep) -> Vec<Presence> {
    let has = [
        (Presence::Names, sweep.starts().is_some_and(Starts::has_names)),
        (Presence::Spectrum, sweep.spectrum),
        (Presence::Plane, sweep.plane.is_some()),
        (Presence::Measure, sweep.measure),
        (Presence::Loss, sweep.set_ups.iter().any(|set_up| set_up.loss == Loss::CrossEntropy)),
    ];
    let axes = varying(&sweep.set_ups).into_iter().map(Presence::Axis);
    has.into_iter().filter(|(_, has)| *has).map(|(part, _)| part).chain(axes).collect()
}

/// The formats of the table's files, by which their names end.
pub(super) const FORMATS: [FileFormat; 2] = [FileFormat::Csv, FileFormat::Parquet];

/// Whether a file is one of the table's, of any format and split.
#[must_use]
pub fn is_of_table(name: &str) -> bool {
    FORMATS.into_iter().any(|format| is_part_of(name, TABLE, format))
}

/// Whether a file is one of those that a table of this name and format is split over, or its only one.
#[must_use]
pub fn is_part_of(name: &str, stem: &str, format: FileFormat) -> bool {
    let rest = name.strip_suffix(&format.to_string()).and_then(|name| name.strip_suffix('.'));
    let Some(rest) = rest.and_then(|name| name.strip_prefix(stem)) else { return false };
    let numbered = |digits: &str| digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    rest.is_empty() || rest.strip_prefix('-').is_some_and(numbered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::spec::Spec;
    use std::path::Path;

    #[test]
    fn only_the_tables_own_files_are_known_as_such() {
        for name in
            ["convergence.csv", "convergence-0001.csv", "convergence-12345.csv", "convergence-0002.parquet"]
        {
            assert!(is_of_table(name), "{name}");
        }
        for rest in
            ["-1.csv", "-old.csv", "-0001-old.csv", "2.csv", "-0001.csv.bak", ".csv.csv", "-.csv", "", "csv"]
        {
            assert!(!is_of_table(&format!("{TABLE}{rest}")), "{rest}");
        }
    }

    #[test]
    fn columns_are_those_asked_for_in_their_order() {
        let sweep = Spec::default().resolve(Path::new("")).unwrap();
        let of = |names: &[&str]| {
            let columns = Some(names.iter().map(|name| (*name).to_owned()).collect());
            Layout { columns, ..Layout::default() }.columns_of(&sweep)
        };
        let names = |columns: Vec<Column>| columns.iter().map(|column| column.name).collect::<Vec<_>>();
        assert_eq!(names(of(&["outcome", "run"]).unwrap()), ["outcome", "run"]);
        assert_eq!(
            names(Layout::default().columns_of(&sweep).unwrap()),
            names(convergence::columns(&[], &[DEFAULT_SHAPE]))
        );
        for (wrong, told) in [
            (vec!["runn"], "run"),
            (vec!["run", "run"], "once"),
            (vec!["sharpness"], "spectrum"),
            (vec!["x"], "plane"),
            (vec![], "at least one"),
            (vec!["Run"], "no such column"),
        ] {
            let problem = of(&wrong).unwrap_err();
            assert!(problem.key == "columns" && problem.remedy.contains(told), "{problem}");
        }
    }
}
