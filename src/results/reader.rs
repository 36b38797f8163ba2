//! Chosen columns of a table, row by row: of a table in a folder, whatever its kind of file, its split, its delimiter and
//! its decimal mark, or of runs and groups that have just come.
//!
//! An [`Observer`] asks for columns and sees their cells. It cannot tell where these come from: what is drawn of a sweep
//! while it runs is drawn again from its files by the same code.

mod text;

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::cell::{Cell, Kind, text_of};
use super::convergence::{self, outcome_of_words};
use super::layout::{FORMATS, FileFormat, SPEC, TABLE, is_part_of};
use super::list::List;
use super::{parquet, summary};
use crate::kernel::outcome::Outcome;
use crate::problem::Problem;

/// Sees the rows of a table in their order, each with the cells of some columns.
pub trait Observer: Send {
    /// The names of the columns it needs.
    fn columns(&self) -> Vec<&'static str>;

    /// Sees a row, whose cells are those of the columns, in their order.
    ///
    /// # Errors
    /// If the row cannot be one of the table.
    fn see(&mut self, row: &Row<'_>) -> Result<(), Problem>;
}

impl<T: Observer + ?Sized> Observer for Box<T> {
    fn columns(&self) -> Vec<&'static str> {
        (**self).columns()
    }

    fn see(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        (**self).see(row)
    }
}

impl<T: Observer + ?Sized> Observer for &mut T {
    fn columns(&self) -> Vec<&'static str> {
        (**self).columns()
    }

    fn see(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        (**self).see(row)
    }
}

/// Several observers of one table, which is gone through once for all of them.
pub struct Observers<O> {
    /// The columns that any of them needs, each once.
    names: Vec<&'static str>,
    /// Each with the places of its columns among those.
    all: Vec<(O, Vec<usize>)>,
}

impl<O: Observer> Observers<O> {
    /// All of these.
    pub fn of(observers: impl IntoIterator<Item = O>) -> Self {
        let mut names: Vec<&'static str> = Vec::new();
        let mut place = |name: &'static str| {
            names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            })
        };
        let places = |observer: O| {
            let places = observer.columns().into_iter().map(&mut place).collect();
            (observer, places)
        };
        let all = observers.into_iter().map(places).collect();
        Self { names, all }
    }

    /// The columns that any of them needs.
    #[must_use]
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Shows them a row, whose cells are those of [`names`](Self::names).
    ///
    /// # Errors
    /// The first error of one of them.
    pub fn see(&mut self, cells: &[Cell<'_>], place: Place<'_>) -> Result<(), Problem> {
        let names = &self.names;
        self.all
            .iter_mut()
            .try_for_each(|(observer, places)| observer.see(&Row { cells, names, places, place }))
    }

    /// The observers themselves.
    pub fn into_inner(self) -> impl Iterator<Item = O> {
        self.all.into_iter().map(|(observer, _)| observer)
    }
}

/// Observers whose columns a table has, and others, each with what the table lacks for it.
pub type Parted<O> = (Vec<O>, Vec<(O, Problem)>);

/// A table in a folder: its file, or its files in the order of their rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    format: FileFormat,
    files: Vec<PathBuf>,
}

impl Table {
    /// The table `<stem>.csv` of a folder, or `<stem>-0001.csv`, `<stem>-0002.csv`, …, or the same as Parquet.
    ///
    /// # Errors
    /// If there is none, or a part of it is missing.
    pub fn find(folder: &Path, stem: &str) -> Result<Self, Problem> {
        let is_of_stem = |name: &str| FORMATS.iter().any(|format| is_part_of(name, stem, *format));
        if let Some(list) = List::of(folder)
            && list.files.keys().any(|name| is_of_stem(name))
        {
            // What else is there with such a name is none of its own. While files are replaced, former ones are listed too.
            let is_changing = !list.making.is_empty();
            let listed = list.files.into_keys().filter(|name| is_of_stem(name));
            let names = listed.filter(|name| !is_changing || folder.join(name).exists());
            return Self::of(folder, stem, names.collect());
        }
        let entries = fs::read_dir(folder)
            .map_err(|error| Problem::of_file("folder", folder.display(), "it cannot be read", &error))?;
        // A name that is no Unicode is none of ours.
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        Self::of(folder, stem, names.filter(|name| is_of_stem(name)).collect())
    }

    /// The table of these files of a folder. Where there are several kinds of files, it is that of the first.
    fn of(folder: &Path, stem: &str, mut names: Vec<String>) -> Result<Self, Problem> {
        let refused = |remedy: String| Problem::new("folder", folder.display(), remedy);
        let is_of = |format: FileFormat| names.iter().any(|name| is_part_of(name, stem, format));
        let Some(format) = FORMATS.into_iter().find(|format| is_of(*format)) else {
            return Err(refused(missing_table(folder, stem)));
        };
        names.retain(|name| is_part_of(name, stem, format));
        // By length first, since more than 9,999 parts have longer numbers.
        names.sort_by(|one, two| (one.len(), one).cmp(&(two.len(), two)));
        let whole = format!("{stem}.{format}");
        let gap = match names.as_slice() {
            [only] if *only == whole => None,
            [first, second, ..] if *first == whole => {
                return Err(refused(format!("it has {whole} and {second} as well: keep one table")));
            }
            parts => (1..=parts.len())
                .map(|n| format!("{stem}-{n:04}.{format}"))
                .find(|name| !parts.contains(name)),
        };
        if let Some(missing) = gap.or_else(|| names.iter().find(|name| !folder.join(name).exists()).cloned())
        {
            return Err(refused(format!("{missing} is missing, a part of the table: run the sweep again")));
        }
        Ok(Self { format, files: names.iter().map(|name| folder.join(name)).collect() })
    }

    /// The table of one file of text.
    #[must_use]
    pub fn of_file(file: PathBuf) -> Self {
        Self { format: FileFormat::Csv, files: vec![file] }
    }

    /// Its files, in the order of their rows.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The names of its columns.
    ///
    /// # Errors
    /// If its first file cannot be read.
    pub fn names(&self) -> Result<Vec<String>, Problem> {
        let Some(path) = self.files.first() else { return Ok(Vec::new()) };
        match self.format {
            FileFormat::Parquet => parquet::read::names(path),
            FileFormat::Csv | FileFormat::None => text::names(path),
        }
    }

    /// Shows the columns of these names, row by row, to `see`; returns how many rows there are.
    ///
    /// # Errors
    /// If a file cannot be read or is damaged, has no such column, or has a cell that its column cannot have; or the
    /// first error of `see`.
    pub fn read(
        &self,
        names: &[&str],
        mut see: impl FnMut(&Row<'_>) -> Result<(), Problem>,
    ) -> Result<u64, Problem> {
        let places: Vec<usize> = (0..names.len()).collect();
        self.each(names, &mut |cells, place| see(&Row { cells, names, places: &places, place }))
    }

    /// Shows all rows to those observers whose columns are among its `names`; returns them, and the others with what they
    /// lack.
    ///
    /// # Errors
    /// As [`Table::read`].
    pub fn show_able<O: Observer>(
        &self,
        names: &[String],
        observers: impl IntoIterator<Item = O>,
    ) -> Result<Parted<O>, Problem> {
        let file = self.files.first().and_then(|path| path.file_name()).unwrap_or_default().to_string_lossy();
        let (mut able, mut others) = (Vec::new(), Vec::new());
        for observer in observers {
            match observer.columns().into_iter().find(|name| !names.iter().any(|known| known == name)) {
                None => able.push(observer),
                Some(missing) => others.push((observer, lacking(&file, missing))),
            }
        }
        let mut able = Observers::of(able);
        if !able.is_empty() {
            self.show(&mut able)?;
        }
        Ok((able.into_inner().collect(), others))
    }

    /// Shows all rows to observers; returns how many there are.
    ///
    /// # Errors
    /// As [`Table::read`].
    pub fn show<O: Observer>(&self, observers: &mut Observers<O>) -> Result<u64, Problem> {
        let names = observers.names.clone();
        self.each(&names, &mut |cells, place| observers.see(cells, place))
    }

    fn each(&self, names: &[&str], see: &mut See<'_>) -> Result<u64, Problem> {
        let kinds: Vec<Kind> = names.iter().map(|name| kind_of(name)).collect();
        match self.format {
            FileFormat::Parquet => parquet::read::each(&self.files, names, &kinds, see),
            FileFormat::Csv | FileFormat::None => text::each(&self.files, names, &kinds, see),
        }
    }
}

/// What sees the cells of a row, and where it stands.
pub(super) type See<'a> = dyn FnMut(&[Cell<'_>], Place<'_>) -> Result<(), Problem> + 'a;

/// What the cells of a column of our tables are; of any other one words.
fn kind_of(name: &str) -> Kind {
    let of_runs = convergence::column_named(name).map(|column| column.kind);
    of_runs.or_else(|| summary::column_named(name).map(|column| column.kind)).unwrap_or(Kind::Word)
}

/// The problem of a file that cannot be read.
pub(super) fn unread(path: &Path, error: &io::Error) -> Problem {
    Problem::of_file(path.display().to_string(), "", "the file cannot be read", error)
}

/// The problem of a column that a file lacks.
pub(super) fn lacking(file: &str, name: &str) -> Problem {
    Problem::new(format!("{file}, column"), name, "it is missing: run the sweep again with this column")
}

/// Why there is no table, and what to do.
fn missing_table(folder: &Path, stem: &str) -> String {
    if folder.join(SPEC).exists() {
        let keeping = if stem == TABLE { ", and keep its table" } else { "" };
        format!("it has no {stem}.csv: run the sweep again{keeping}")
    } else {
        format!("it has no {stem}.csv: give the folder of a sweep's results")
    }
}

/// Where a row stands.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// In a file of text, in a line from 1.
    Line(&'a str, u64),
    /// In another file, as a row from 0.
    Row(&'a str, u64),
    /// In no file yet.
    Nowhere,
}

impl Place<'_> {
    /// What is wrong there, perhaps with a cell of a column.
    pub(super) fn problem(self, column: Option<&str>, value: &str, remedy: &str) -> Problem {
        let column = column.map_or_else(String::new, |column| format!(", {column}"));
        let key = match self {
            Self::Line(file, line) => format!("{file}, line {line}{column}"),
            Self::Row(file, row) => format!("{file}, row {row}{column}"),
            Self::Nowhere => column.trim_start_matches(", ").to_owned(),
        };
        if value.is_empty() && !column.is_empty() {
            return Problem::new(key, "", format!("the cell is empty: {remedy}"));
        }
        Problem::new(key, value, remedy)
    }
}

/// The wanted cells of a row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    cells: &'a [Cell<'a>],
    names: &'a [&'a str],
    /// The places of the wanted ones among these.
    places: &'a [usize],
    place: Place<'a>,
}

impl<'a> Row<'a> {
    /// The cell of a column, by its place among the wanted ones.
    ///
    /// # Panics
    /// If fewer are wanted.
    #[must_use]
    pub fn cell(&self, index: usize) -> Cell<'a> {
        self.cells[self.places[index]]
    }

    /// The integer in a cell.
    ///
    /// # Errors
    /// If it has none.
    pub fn integer(&self, index: usize) -> Result<u64, Problem> {
        self.optional_integer(index)?.ok_or_else(|| self.problem(index, "give a whole number"))
    }

    /// The integer in a cell, if it has any.
    ///
    /// # Errors
    /// If it has anything else.
    pub fn optional_integer(&self, index: usize) -> Result<Option<u64>, Problem> {
        match self.cell(index) {
            Cell::Integer(value) => Ok(Some(value)),
            Cell::Empty => Ok(None),
            _ => Err(self.problem(index, "give a whole number or nothing")),
        }
    }

    /// The number in a cell, also inf or NaN.
    ///
    /// # Errors
    /// If it has none.
    pub fn number(&self, index: usize) -> Result<f64, Problem> {
        self.optional_number(index)?.ok_or_else(|| self.problem(index, "give a number"))
    }

    /// The number in a cell, if it has any.
    ///
    /// # Errors
    /// If it has anything else.
    pub fn optional_number(&self, index: usize) -> Result<Option<f64>, Problem> {
        match self.cell(index) {
            Cell::Number(value) => Ok(Some(value)),
            Cell::Empty => Ok(None),
            _ => Err(self.problem(index, "give a number or nothing")),
        }
    }

    /// What a cell says, as text; nothing if it is empty.
    #[must_use]
    pub fn text(&self, index: usize) -> Cow<'a, str> {
        match self.cell(index) {
            Cell::Word(word) => Cow::Borrowed(word),
            cell => Cow::Owned(text_of(cell)),
        }
    }

    /// The outcome that the cells of `outcome` and `plateau` say together.
    ///
    /// # Errors
    /// If they say none, or contradict each other.
    pub fn outcome(&self, outcome: usize, plateau: usize) -> Result<Outcome, Problem> {
        outcome_of_words(&self.text(outcome), &self.text(plateau)).ok_or_else(|| {
            self.problem(outcome, "give an outcome, and the name of a plateau only for a run on one")
        })
    }

    /// What is wrong with a cell.
    #[must_use]
    pub fn problem(&self, index: usize, remedy: &str) -> Problem {
        self.place.problem(Some(self.names[self.places[index]]), &self.text(index), remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    pub(super) fn folder_with(files: &[(&str, &str)]) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    /// What the cells of these columns say.
    pub(super) fn words(folder: &Path, names: &[&str]) -> Result<Vec<Vec<String>>, Problem> {
        let mut rows = Vec::new();
        let count = Table::find(folder, "t")?.read(names, |row| {
            rows.push((0..names.len()).map(|index| row.text(index).into_owned()).collect());
            Ok(())
        })?;
        assert_eq!(count, rows.len() as u64);
        Ok(rows)
    }

    #[test]
    fn a_table_of_parts_is_read_in_order() {
        let parts: Vec<(String, String)> =
            (1..=12).map(|part| (format!("t-{part:04}.csv"), format!("a\n{part}\n"))).collect();
        let mut files: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (&**name, &**text)).collect();
        files.extend([("t-notes.csv", "x"), ("t-0001.csv.partial", "x")]);
        let folder = folder_with(&files);
        let rows = words(folder.path(), &["a"]).unwrap().concat();
        assert_eq!(rows, (1..=12).map(|part| part.to_string()).collect::<Vec<_>>());
        fs::remove_file(folder.path().join("t-0007.csv")).unwrap();
        assert!(words(folder.path(), &["a"]).unwrap_err().remedy.contains("t-0007.csv is missing"));
    }

    #[test]
    fn why_there_is_no_table_is_told() {
        let told = |folder: &TempDir| Table::find(folder.path(), "t").unwrap_err().remedy;
        assert!(told(&folder_with(&[])).contains("give the folder of a sweep's results"));
        assert!(told(&folder_with(&[("sweep.toml", "")])).contains("run the sweep again"));
        let folder = folder_with(&[("t.csv", "a\n"), ("t-0001.csv", "a\n")]);
        assert!(told(&folder).contains("keep one table"));
        assert!(Table::find(Path::new("no such folder"), "t").unwrap_err().remedy.contains("cannot be read"));
    }

    #[test]
    fn observers_see_the_columns_they_ask_for_and_the_table_is_read_once() {
        struct Seen(Vec<&'static str>, Vec<String>);
        impl Observer for Seen {
            fn columns(&self) -> Vec<&'static str> {
                self.0.clone()
            }
            fn see(&mut self, row: &Row<'_>) -> Result<(), Problem> {
                self.1.extend((0..self.0.len()).map(|index| row.text(index).into_owned()));
                Ok(())
            }
        }
        let folder = folder_with(&[("t.csv", "a,b,run\nx,y,1\nz,,2\n")]);
        let (mut one, mut two) = (Seen(vec!["run", "a"], Vec::new()), Seen(vec!["b", "run"], Vec::new()));
        let mut observers = Observers::of([&mut one as &mut dyn Observer, &mut two]);
        assert_eq!(observers.names(), ["run", "a", "b"]);
        assert_eq!(Table::find(folder.path(), "t").unwrap().show(&mut observers).unwrap(), 2);
        assert_eq!(one.1, ["1", "x", "2", "z"]);
        assert_eq!(two.1, ["y", "1", "", "2"]);
    }
}
