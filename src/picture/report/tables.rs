//! The tables of a page: the groups of a summary, and some of the runs.

use super::plain;
use crate::kernel::outcome::Outcome;
use crate::picture::chart::outcomes::column_of;
use crate::picture::color;
use crate::problem::Problem;
use crate::results::reader::{Observer, Row};
use crate::results::{Cell, Kind, Table, convergence, summary};
use crate::sweep::set_ups::{Axis, Finder, varying};
use crate::sweep::spec::Sweep;
use crate::sweep::start::Starts;
use crate::sweep::text::{Count, percent, shortest, with_digits};

/// The most groups that are shown.
const MAX_GROUPS: usize = 2000;
/// The most runs that are shown.
const MAX_RUNS: u64 = 1000;
/// Words of more letters go over several lines.
const LONG: usize = 34;
/// What rows are called.
pub(super) const GROUPS: [&str; 2] = ["group", "groups"];
const RUNS: [&str; 2] = ["run", "runs"];
/// The most words that can be chosen among.
const MAX_CHOICES: usize = 200;

/// A table of the page.
pub(super) struct Listing {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// What a row is, of one and of several.
    pub(super) row_is: [&'static str; 2],
    /// What is shown of how many.
    pub(super) note: String,
    pub(super) columns: Vec<Head>,
    pub(super) rows: Vec<Vec<Shown>>,
    pub(super) choices: Vec<Choice>,
}

/// A column's head.
pub(super) struct Head {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) kind: &'static str,
}

/// A cell as it is shown.
pub(super) struct Shown {
    pub(super) text: String,
    /// All digits, where some are not shown.
    pub(super) full: Option<String>,
    /// Words as `style.css` knows them; none for a number.
    pub(super) class: &'static str,
    pub(super) style: Option<String>,
}

impl Shown {
    fn word(word: &str) -> Self {
        let text = plain(word);
        let class = if text.chars().count() > LONG { "word long" } else { "word" };
        Self { text, full: None, class, style: None }
    }

    fn number(full: String, text: String) -> Self {
        let full = (full != text).then_some(full);
        Self { text, full, class: "", style: None }
    }

    fn of(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Empty => Self::number(String::new(), String::new()),
            Cell::Integer(value) => Self::number(value.to_string(), value.to_string()),
            Cell::Number(value) => Self::number(shortest(value), rounded(value)),
            Cell::Word(word) => Self::word(word),
        }
    }
}

/// What rows can be chosen by.
pub(super) struct Choice {
    pub(super) label: &'static str,
    /// The column whose words are chosen among; none if columns of counts are, of which the chosen one is above 0.
    pub(super) column: Option<&'static str>,
    pub(super) options: Vec<(String, String)>,
}

/// The groups of a summary.
pub(super) struct Groups {
    /// How many there are.
    pub(super) count: u64,
    /// How many runs had each outcome, in the order of [`color::ALL`].
    pub(super) counts: [u64; color::ALL.len()],
    /// How many runs solved the task.
    pub(super) solved: u64,
    /// The first ones as a table.
    pub(super) listing: Listing,
}

/// What a column of the table of groups shows.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    /// The column at this place of those that the summary has.
    Column(usize),
    Outcomes,
}

/// The columns of the table of groups: first what is looked for first, then the others of the summary in their order.
fn of_groups(columns: &[summary::Column], axes: &[Axis], is_solvable: bool) -> Vec<Of> {
    let named = |name| Of::Column(place_among(columns, name));
    let mut all = vec![named("init")];
    all.extend(axes.iter().map(|axis| named(axis.key())));
    all.extend(["momentum", "alpha", "runs"].map(named));
    all.extend([Of::Outcomes, named("converged_share"), named("solved_share")]);
    let others = (0..columns.len()).map(Of::Column).filter(|column| !all.contains(column));
    let others: Vec<Of> = others.collect();
    // What no set-up of the sweep has is not shown.
    let has = |of: &Of| is_solvable || ![named("solved"), named("solved_share")].contains(of);
    all.into_iter().chain(others).filter(has).collect()
}

impl Of {
    fn head(self, columns: &[summary::Column]) -> Head {
        let own = |name, about, kind| Head { name, about, kind };
        match self {
            Self::Column(place) => {
                let summary::Column { name, about, kind, .. } = columns[place];
                head(name, about, kind)
            }
            Self::Outcomes => own("outcomes", "shares of the outcomes", "bar"),
        }
    }
}

impl Groups {
    /// Reads them all.
    pub(super) fn read(table: &Table, sweep: &Sweep) -> Result<Self, Problem> {
        let finder = Finder::new(&sweep.set_ups);
        let axes: Vec<Axis> = finder.axes().collect();
        let columns: Vec<summary::Column> = summary::columns(&axes).collect();
        let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
        let place = |name: &str| place_among(&columns, name);
        let shown = of_groups(&columns, &axes, sweep.is_solvable());
        let of_solved = place("solved");
        let of_outcomes = color::ALL.map(|outcome| place(column_of(outcome)));
        let (mut rows, mut counts, mut solved) = (Vec::new(), [0; color::ALL.len()], 0);
        let count = table.read(&names, |row| {
            let mut of_group = [0; color::ALL.len()];
            for (count, place) in of_group.iter_mut().zip(of_outcomes) {
                *count = row.integer(place)?;
            }
            counts.iter_mut().zip(of_group).for_each(|(all, count)| *all += count);
            solved += row.optional_integer(of_solved)?.unwrap_or_default();
            if rows.len() < MAX_GROUPS {
                let cell = |of: &Of| match *of {
                    Of::Column(place) => Shown::of(row.cell(place)),
                    Of::Outcomes => bar(of_group),
                };
                rows.push(shown.iter().map(cell).collect());
            }
            Ok(())
        })?;
        let choices = [choice("Init", "init", 0, &rows), Some(counted_choice())];
        let listing = Listing {
            name: "groups",
            title: "Groups",
            row_is: GROUPS,
            note: shown_of(rows.len() as u64, count, GROUPS, ["The first ", ""]),
            columns: shown.into_iter().map(|of| of.head(&columns)).collect(),
            rows,
            choices: choices.into_iter().flatten().collect(),
        };
        Ok(Self { count, counts, solved, listing })
    }

    /// How many runs they have.
    pub(super) fn runs(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// The columns of a run that are shown.
const OF_RUNS: [&str; 14] = [
    "run",
    "init",
    "seed",
    "alpha",
    "momentum",
    "outcome",
    "plateau",
    "escaped_at",
    "solved_at",
    "converged_at",
    "steps",
    "error_last",
    "error_peak",
    "solution",
];

/// Those of a sweep: behind the seed the name, where starts have names, and the set-up, where there are several.
fn of_runs(sweep: &Sweep) -> Vec<&'static str> {
    let name = sweep.starts().is_some_and(Starts::has_names).then_some("name");
    let added = name.into_iter().chain(varying(&sweep.set_ups).into_iter().map(Axis::key));
    let behind = 1 + OF_RUNS.iter().position(|name| *name == "seed").expect("it is there");
    let mut all = OF_RUNS.to_vec();
    all.splice(behind..behind, added);
    all
}

/// Some runs, evenly chosen.
pub(super) struct Runs {
    columns: Vec<convergence::Column>,
    /// Of so many runs one is shown.
    every: u64,
    count: u64,
    rows: Vec<Vec<Shown>>,
}

impl Runs {
    /// Those of a sweep, none yet.
    pub(super) fn new(sweep: &Sweep) -> Self {
        let column = |name| convergence::column_named(name).expect("there is such a column");
        let columns = of_runs(sweep).into_iter().map(column).collect();
        Self { columns, every: sweep.runs().div_ceil(MAX_RUNS), count: 0, rows: Vec::new() }
    }

    fn place(&self, name: &str) -> usize {
        self.columns.iter().position(|column| column.name == name).expect("it is there")
    }

    /// The table of those that were seen.
    pub(super) fn listing(self) -> Listing {
        let choices = [("Init", "init"), ("Outcome", "outcome")]
            .map(|(label, name)| choice(label, name, self.place(name), &self.rows));
        Listing {
            name: "runs",
            title: "Runs",
            row_is: RUNS,
            note: shown_of(self.rows.len() as u64, self.count, RUNS, ["", ", evenly chosen"]),
            columns: self.columns.iter().map(|column| head(column.name, column.about, column.kind)).collect(),
            choices: choices.into_iter().flatten().collect(),
            rows: self.rows,
        }
    }
}

impl Observer for Runs {
    fn columns(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.name).collect()
    }

    fn see(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        self.count += 1;
        if !(self.count - 1).is_multiple_of(self.every) {
            return Ok(());
        }
        let outcome = row.outcome(self.place("outcome"), self.place("plateau"))?;
        let mut cells: Vec<Shown> = (0..self.columns.len()).map(|place| Shown::of(row.cell(place))).collect();
        let shown = &mut cells[self.place("outcome")];
        shown.class = "word dot";
        shown.style = Some(format!("--dot:var(--{})", column_of(outcome)));
        self.rows.push(cells);
        Ok(())
    }
}

fn head(name: &'static str, about: &'static str, kind: Kind) -> Head {
    Head { name, about, kind: if kind == Kind::Word { "word" } else { "number" } }
}

/// How many of how many are shown, and which.
fn shown_of(shown: u64, all: u64, [one, several]: [&str; 2], which: [&str; 2]) -> String {
    let what = if all == 1 { one } else { several };
    let [before, behind] = if shown == all { [""; 2] } else { which };
    let shown = if shown == all { String::new() } else { format!("{} of ", Count(shown)) };
    format!("{before}{shown}{} {what}{behind}.", Count(all))
}

/// A choice among the words of a column, if there are at least two and not very many.
fn choice(label: &'static str, column: &'static str, place: usize, rows: &[Vec<Shown>]) -> Option<Choice> {
    let mut words: Vec<&str> = Vec::new();
    for row in rows {
        let word = row[place].text.as_str();
        if words.last() != Some(&word) && !words.contains(&word) {
            words.push(word);
        }
        if words.len() > MAX_CHOICES {
            return None;
        }
    }
    let options = words.iter().map(|word| ((*word).to_owned(), (*word).to_owned())).collect();
    (words.len() > 1).then_some(Choice { label, column: Some(column), options })
}

/// A choice among the outcomes of a group's runs.
fn counted_choice() -> Choice {
    let options =
        color::ALL.map(|outcome| (column_of(outcome).to_owned(), format!("some {}", color::label(outcome))));
    Choice { label: "Outcome", column: None, options: options.into() }
}

/// The summary's column that counts an outcome, and what it says.
pub(super) fn counted(outcome: Outcome) -> (&'static str, &'static str) {
    let column = column_of(outcome);
    let about = summary::COLUMNS[place_among(&summary::COLUMNS, column)].about;
    (column, about)
}

fn place_among(columns: &[summary::Column], name: &str) -> usize {
    columns.iter().position(|column| column.name == name).expect("the summary has this column")
}

/// A bar of the outcomes' shares.
pub(super) fn bar(counts: [u64; color::ALL.len()]) -> Shown {
    let all: u64 = counts.iter().sum();
    let (mut stops, mut words) = (Vec::new(), Vec::new());
    let mut before = 0;
    for (outcome, count) in color::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0) {
        let at = |count: u64| format!("{}%", (1000.0 * count as f64 / all as f64).round() / 10.0);
        stops.push(format!("var(--{}) {} {}", column_of(outcome), at(before), at(before + count)));
        words.push(format!("{} {}", color::label(outcome), percent(count, all, 1)));
        before += count;
    }
    let style = (!stops.is_empty()).then(|| format!("--bar:linear-gradient(90deg,{})", stops.join(",")));
    Shown { text: String::new(), full: Some(words.join(", ")), class: "bar", style }
}

/// A number for the eye, with four digits that count; whole numbers of moderate size have all.
fn rounded(value: f64) -> String {
    let is_whole = value.abs() < 1e7 && value.fract() == 0.0;
    if is_whole { shortest(value) } else { with_digits(value, 4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_for_the_eye() {
        for (value, shown) in [
            (0.1 + 0.2, "0.3"),
            (0.0, "0"),
            (36_485.0, "36485"),
            (-1234.567, "-1235"),
            (0.123_456, "0.1235"),
            (1e-6, "1e-6"),
            (1.234_567e-17, "1.235e-17"),
            (1_708_123_456_789.0, "1.708e12"),
            (1e300, "1e300"),
            (f64::INFINITY, "inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(rounded(value), shown);
        }
    }

    #[test]
    fn what_is_left_out_is_told() {
        let first = |shown, all| shown_of(shown, all, GROUPS, ["The first ", ""]);
        assert_eq!(first(1, 1), "1 group.");
        assert_eq!(first(60, 60), "60 groups.");
        assert_eq!(first(2000, 100_000), "The first 2,000 of 100,000 groups.");
        assert_eq!(
            shown_of(981, 50_010, RUNS, ["", ", evenly chosen"]),
            "981 of 50,010 runs, evenly chosen."
        );
    }
}
