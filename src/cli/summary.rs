//! What a sweep found, for a person at a terminal: a table of groups, and a sentence for each question.

use std::io::{self, Write};

use indicatif::HumanCount;
use xorsweep::kernel::outcome::{Outcome, Plateau};
use xorsweep::results::{Finding, Findings, Group};
use xorsweep::sweep::spec::Sweep;
use xorsweep::sweep::text::percent;

use super::screen::{FAINT, GOOD, HEADING, wrapped};

/// The most groups that are shown; the sentences are about all.
const MAX_GROUPS: usize = 400;

/// Collects the groups of a sweep.
pub struct Report {
    groups: Vec<Group>,
    left_out: u64,
    findings: Findings,
    /// How many runs the groups have, and how many of them ended in each way, in the order of [`Outcome::WORDS`].
    runs: u64,
    outcomes: [u64; Outcome::WORDS.len()],
    solved: u64,
    /// Whether there were groups before those that were added.
    pub groups_before: bool,
}

impl Report {
    /// No groups yet of this sweep.
    pub fn new(sweep: &Sweep) -> Self {
        Self {
            groups: Vec::new(),
            left_out: 0,
            findings: Findings::new(sweep),
            runs: 0,
            outcomes: Default::default(),
            solved: 0,
            groups_before: false,
        }
    }

    /// Adds a group that is complete.
    pub fn add(&mut self, group: &Group) {
        self.findings.add(&group.into());
        self.runs += group.tally.runs();
        self.solved += group.tally.solved();
        for outcome in outcomes() {
            self.outcomes[outcome.index()] += group.tally.count(outcome);
        }
        if self.groups.len() < MAX_GROUPS {
            self.groups.push(group.clone());
        } else {
            self.left_out += 1;
        }
    }

    /// What became of all runs, for a program; null if some were over before.
    pub fn counts(&self) -> serde_json::Value {
        if self.groups_before {
            return serde_json::Value::Null;
        }
        let counts =
            Outcome::WORDS.iter().zip(self.outcomes).map(|(word, count)| ((*word).to_owned(), count.into()));
        serde_json::Value::Object(counts.chain([("solved".to_owned(), self.solved.into())]).collect())
    }

    /// Prints the table and the sentences for a terminal of this width; none is endless.
    pub fn print(&self, out: &mut dyn Write, width: Option<usize>) -> io::Result<()> {
        let with_momentum = self.groups.iter().any(|group| group.momentum != 0.0);
        if self.groups_before {
            writeln!(out, "\nGroups that were complete before are in summary.csv.")?;
        }
        let table = Table::fitting(&self.groups, width);
        let mut before = None;
        for (group, cells) in self.groups.iter().zip(&table.rows) {
            let key = (group.set_up_index, &group.init, group.momentum.to_bits());
            if before != Some(key) {
                let momentum =
                    if with_momentum { format!(", momentum {}", group.momentum) } else { String::new() };
                let start = self.findings.start(group.set_up_index, &group.init);
                writeln!(out, "\n{HEADING}{start}{momentum}{HEADING:#}")?;
                table.write_header(out)?;
                before = Some(key);
            }
            table.write_row(cells, out)?;
        }
        if self.left_out > 0 {
            writeln!(out, "\n… and {} more groups: see summary.csv.", HumanCount(self.left_out))?;
        }
        if table.shortness >= Shortness::Merged {
            let note = "The terminal is too narrow for all columns: summary.csv has them.";
            writeln!(out, "\n{}", wrapped(note.split(' '), width))?;
        }
        writeln!(out)?;
        for finding in self.findings.told() {
            writeln!(out, "{}", told(&finding, width))?;
        }
        Ok(())
    }
}

/// A finding in lines that fit; what belongs together stays together.
fn told(finding: &Finding, width: Option<usize>) -> String {
    let line = Finding { items: Vec::new(), ..finding.clone() }.to_string();
    let says = line.strip_suffix('.').unwrap_or(&line);
    let mut pieces: Vec<String> = says.split(' ').map(str::to_owned).collect();
    if let (Some(last), false) = (pieces.last_mut(), finding.items.is_empty()) {
        last.push(':');
    }
    pieces.extend(finding.items.iter().map(|(of, share)| format!("{of} {share};")));
    if let Some(last) = pieces.last_mut() {
        *last = format!("{}.", last.trim_end_matches(';'));
    }
    wrapped(pieces.iter().map(String::as_str), width)
}

/// All that can become of a run.
fn outcomes() -> impl Iterator<Item = Outcome> {
    let others = [Outcome::Converged, Outcome::Oscillating, Outcome::Diverged, Outcome::Unfinished];
    others.into_iter().chain(Plateau::KINDS.map(Outcome::Plateau))
}

/// A column: its heading, in which a soft hyphen is where it may be broken, as at a space; and its cells.
struct Column {
    heading: String,
    cell: Box<dyn Fn(&Group) -> String>,
    kind: Kind,
}

/// What a column shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Name,
    /// Runs that did what they should.
    Good,
    /// A kind of plateau.
    Plateau,
    Other,
}

/// What stands in a cell that does not apply.
const NONE: &str = "-";

impl Column {
    fn new(heading: &str, kind: Kind, cell: impl Fn(&Group) -> String + 'static) -> Self {
        Self { heading: heading.to_owned(), cell: Box::new(cell), kind }
    }

    /// The share of the runs that `count` counts.
    fn share(heading: &str, kind: Kind, count: impl Fn(&Group) -> u64 + 'static) -> Self {
        Self::new(heading, kind, move |group| match count(group) {
            0 => NONE.to_owned(),
            some => percent(some, group.tally.runs(), 0),
        })
    }

    fn outcome(heading: &str, kind: Kind, outcome: Outcome) -> Self {
        Self::share(heading, kind, move |group| group.tally.count(outcome))
    }

    fn median(heading: &str, value: impl Fn(&Group) -> Option<f64> + 'static) -> Self {
        Self::new(heading, Kind::Other, move |group| {
            value(group).map_or_else(|| NONE.into(), |value| format!("{value:.0}"))
        })
    }

    /// The heading in one line.
    fn whole(&self) -> String {
        self.heading.replace(SOFT, "")
    }

    /// The heading in two lines, as narrow as can be.
    fn broken(&self) -> [String; 2] {
        let breaks = self.heading.char_indices().filter(|(_, letter)| [SOFT, ' ', '-'].contains(letter));
        let halves = breaks.map(|(at, letter)| {
            let (first, rest) = self.heading.split_at(at);
            let hyphen = if letter == ' ' { "" } else { "-" };
            let first = format!("{}{hyphen}", first.replace(SOFT, ""));
            (letter != ' ', [first, rest[letter.len_utf8()..].replace(SOFT, "")])
        });
        let width = |halves: &[String; 2]| halves.iter().map(|half| half.chars().count()).max();
        // Between words if that is as narrow.
        let narrowest = halves.min_by_key(|(is_word, halves)| (width(halves), *is_word));
        narrowest.map_or_else(|| [String::new(), self.whole()], |(_, halves)| halves)
    }
}

/// Where a heading may be broken.
const SOFT: char = '\u{ad}';

/// The columns of the table.
fn columns(shortness: Shortness) -> Vec<Column> {
    let mut columns = vec![
        Column::new("alpha", Kind::Name, |group| group.alpha.to_string()),
        Column::new("runs", Kind::Name, |group| group.tally.runs().to_string()),
        Column::share("solved", Kind::Good, |group| group.tally.solved()),
        Column::outcome("con\u{ad}verged", Kind::Good, Outcome::Converged),
    ];
    if shortness >= Shortness::Merged {
        columns.push(Column::share("plateau", Kind::Other, |group| {
            Plateau::KINDS.iter().map(|kind| group.tally.count(Outcome::Plateau(*kind))).sum()
        }));
    } else {
        let headings = ["con\u{ad}stant", "one-unit", "satu\u{ad}rated", "wrong", "other"];
        columns.extend(headings.into_iter().zip(Plateau::KINDS).map(|(heading, plateau)| {
            debug_assert_eq!(heading.replace(SOFT, ""), plateau.kind());
            Column::outcome(heading, Kind::Plateau, Outcome::Plateau(plateau))
        }));
    }
    let outcome = |heading, outcome| Column::outcome(heading, Kind::Other, outcome);
    if shortness < Shortness::Bare {
        columns.push(outcome("oscil\u{ad}lating", Outcome::Oscillating));
    }
    columns.push(outcome("di\u{ad}verged", Outcome::Diverged));
    if shortness < Shortness::Bare {
        columns.push(outcome("unfin\u{ad}ished", Outcome::Unfinished));
    }
    if shortness < Shortness::WithoutEscape {
        columns.push(Column::median("escaped at", |group| group.tally.escaped_at().percentile(50)));
    }
    columns.push(Column::median("con\u{ad}verged at", |group| group.tally.converged_at().percentile(50)));
    columns
}

/// The columns as they are written, and the cells of all groups.
struct Table {
    columns: Vec<Column>,
    /// Lines of the header, each with a cell for each column.
    header: Vec<Vec<String>>,
    rows: Vec<Vec<String>>,
    widths: Vec<usize>,
    gap: usize,
    shortness: Shortness,
}

/// How a table is made narrower, each way with those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shortness {
    None,
    /// Headings in two lines.
    Broken,
    /// Without columns that have no value.
    WithoutEmpty,
    /// All kinds of plateaus in one column.
    Merged,
    /// Without the steps of the escape.
    WithoutEscape,
    /// Only what is good and what is bad.
    Bare,
}

impl Shortness {
    const ALL: [Self; 6] =
        [Self::None, Self::Broken, Self::WithoutEmpty, Self::Merged, Self::WithoutEscape, Self::Bare];
}

impl Table {
    /// The table with most in it that fits.
    fn fitting(groups: &[Group], width: Option<usize>) -> Self {
        let width = width.unwrap_or(usize::MAX);
        let mut tables = Shortness::ALL.map(|shortness| Self::new(groups, shortness)).into_iter();
        let shortest = tables.next_back().expect("there are some");
        let mut table = tables.find(|table| table.width() <= width).unwrap_or(shortest);
        if table.width() + table.columns.len() <= width {
            table.gap += 1;
        }
        table
    }

    fn new(groups: &[Group], shortness: Shortness) -> Self {
        let has_values = |column: &Column| groups.iter().any(|group| (column.cell)(group) != NONE);
        let mut columns = columns(shortness);
        columns.retain(|column| shortness < Shortness::WithoutEmpty || has_values(column));
        let header: Vec<Vec<String>> = if shortness < Shortness::Broken {
            vec![columns.iter().map(Column::whole).collect()]
        } else {
            let broken: Vec<[String; 2]> = columns.iter().map(Column::broken).collect();
            [0, 1].map(|line| broken.iter().map(|halves| halves[line].clone()).collect()).into()
        };
        let row = |group: &Group| columns.iter().map(|column| (column.cell)(group)).collect();
        let rows: Vec<Vec<String>> = groups.iter().map(row).collect();
        let width =
            |column: usize| header.iter().chain(&rows).map(|cells| cells[column].chars().count()).max();
        let widths = (0..columns.len()).map(|column| width(column).unwrap_or(0)).collect();
        Self { widths, columns, header, rows, gap: 1, shortness }
    }

    fn width(&self) -> usize {
        self.widths.iter().sum::<usize>() + self.gap * self.columns.len().saturating_sub(1)
    }

    /// Writes the headings, with a line above those of plateaus that says what they are.
    fn write_header(&self, out: &mut dyn Write) -> io::Result<()> {
        const TITLE: &str = " plateau ";
        let starts: Vec<usize> = (0..self.columns.len())
            .map(|column| self.widths[..column].iter().sum::<usize>() + self.gap * column)
            .collect();
        let plateaus =
            || (0..self.columns.len()).filter(|&column| self.columns[column].kind == Kind::Plateau);
        if let (Some(first), Some(last)) = (plateaus().next(), plateaus().next_back()) {
            let length = starts[last] + self.widths[last] - starts[first];
            writeln!(out, "{:indent$}{TITLE:─^length$}", "", indent = starts[first])?;
        }
        for line in &self.header {
            let cells = line.iter().zip(&self.widths).map(|(cell, width)| format!("{cell:>width$}"));
            writeln!(out, "{}", cells.collect::<Vec<_>>().join(&" ".repeat(self.gap)))?;
        }
        Ok(())
    }

    fn write_row(&self, cells: &[String], out: &mut dyn Write) -> io::Result<()> {
        for (place, (cell, column)) in cells.iter().zip(&self.columns).enumerate() {
            let style = match column.kind {
                _ if cell == NONE => FAINT,
                Kind::Good => GOOD,
                _ => anstyle::Style::new(),
            };
            let (width, gap) = (self.widths[place], if place == 0 { 0 } else { self.gap });
            write!(out, "{:gap$}{style}{cell:>width$}{style:#}", "")?;
        }
        writeln!(out)
    }
}
