//! A sweep's results as one page of HTML that needs nothing else: what was found, the pictures, the tables, the spec.
//!
//! The page is made from the files in a folder of results and says what they say; the same files make the same bytes.
//! How it looks and what can be done with its tables stands beside this file, in `report/`: `page.rs`, which escapes
//! all that is put into it, `style.css` and `script.js`.

mod page;
mod tables;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::drawing::Drawing;
use super::drawing::hex;
use super::files::{CHARTS, Chart, captions};
use super::map::{Caption, Coloring, Map, Maps, framed};
use super::{chart, color};
use crate::kernel::outcome::Outcome;
use crate::problem::Problem;
use crate::results::layout::{SPEC, SUMMARY, TABLE};
use crate::results::reader::{Observer, Observers, Row};
use crate::results::{Failure, Finding, Findings, Table};
use crate::sweep::spec::{KEYS, Sweep};
use crate::sweep::text::{Count, percent};
use tables::{Groups, Listing, Runs, Shown};

pub use super::files::REPORT;

/// The most runs whose maps a page shows.
const MAX_MAPPED: u64 = 1 << 22;
/// The most that is shown of a spec, in bytes.
const MAX_SPEC: u64 = 1 << 16;
/// The most values of a key that are shown one by one.
const MAX_VALUES: usize = 6;
/// The most letters that are shown of a text from a file.
const MAX_LETTERS: usize = 200;
/// The most letters that tell what is to be seen on a map.
const MAX_ALT: usize = 2000;

/// A page, and what it lacks.
#[derive(Clone, Debug)]
pub struct Page {
    /// The whole file.
    pub html: String,
    /// What could not be shown and why, a sentence each. The page says so, too.
    pub missing: Vec<String>,
}

/// What is put into the page.
struct Contents {
    title: String,
    name: String,
    runs: String,
    groups: String,
    /// "group" or "groups".
    group_is: &'static str,
    findings: Vec<Finding>,
    /// The outcomes of all runs, as a bar.
    total: Shown,
    outcomes: Vec<Share>,
    solved: Option<Share>,
    pictures: Vec<Picture>,
    listings: Vec<Listing>,
    keys: Vec<KeyLine>,
    spec: String,
    spec_is_cut: bool,
    missing: Vec<String>,
}

/// How many runs had an outcome, or solved the task, of all.
struct Share {
    /// The summary's column that counts it, which is also the name of its colour.
    column: String,
    color: String,
    /// Its colour on a dark page.
    dark_color: String,
    label: String,
    about: &'static str,
    runs: String,
    percent: String,
}

/// A picture, as SVG or as the data of a PNG.
struct Picture {
    name: String,
    title: String,
    about: String,
    /// What is to be seen, for those who do not see it; an SVG has it itself.
    alt: String,
    svg: Option<String>,
    png: Option<String>,
    /// In pixels.
    width: u32,
    height: u32,
}

/// A key of the spec.
struct KeyLine {
    name: &'static str,
    value: String,
    about: &'static str,
}

/// Makes the page of a sweep from the files in the folder of its results.
///
/// It needs `summary.csv` and `sweep.toml`; what is drawn from the table of runs is left out where that is missing, or
/// lacks a column for it.
///
/// # Errors
/// If the summary cannot be read or lacks a column; if the spec's file cannot be read.
pub fn page(sweep: &Arc<Sweep>, results: &Path) -> Result<Page, Failure> {
    let summary = Table::find(results, SUMMARY.trim_end_matches(".csv"))?;
    let groups = Groups::read(&summary, sweep)?;
    let (spec, spec_is_cut) = spec(results)?;
    let Drawings { pictures, runs, missing } = drawings(sweep, &summary, results)?;
    let contents = Contents {
        title: plain(sweep.title()),
        name: plain(&sweep.name),
        runs: Count(groups.runs()).to_string(),
        groups: Count(groups.count).to_string(),
        group_is: tables::GROUPS[usize::from(groups.count != 1)],
        findings: findings(&Findings::of_summary(sweep, &summary)?),
        total: tables::bar(groups.counts),
        outcomes: shares(&groups),
        solved: sweep.is_solvable().then(|| solved(&groups)),
        pictures,
        listings: [groups.listing].into_iter().chain(runs).collect(),
        keys: keys(sweep),
        spec,
        spec_is_cut,
        missing: missing.clone(),
    };
    Ok(Page { html: page::rendered(&contents), missing })
}

/// What a page shows besides the groups.
struct Drawings {
    /// The pictures that there are, maps first.
    pictures: Vec<Picture>,
    /// A table of some runs.
    runs: Option<Listing>,
    /// What of these is missing, a sentence each.
    missing: Vec<String>,
}

/// What is shown of the table of runs, in the making.
enum OfRuns {
    Chart(&'static Chart, Box<dyn chart::Chart>),
    Maps(Box<Maps>),
    Runs(Runs),
}

impl OfRuns {
    /// What it is called where it is missing.
    fn name(&self) -> String {
        match self {
            Self::Chart(chart, _) => format!("The picture {}", chart.name),
            Self::Maps(_) => "The map".to_owned(),
            Self::Runs(_) => "The table of some runs".to_owned(),
        }
    }
}

impl Observer for OfRuns {
    fn columns(&self) -> Vec<&'static str> {
        match self {
            Self::Chart(_, chart) => chart.columns(),
            Self::Maps(maps) => maps.columns(),
            Self::Runs(runs) => runs.columns(),
        }
    }

    fn see(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        match self {
            Self::Chart(_, chart) => chart.see(row),
            Self::Maps(maps) => maps.see(row),
            Self::Runs(runs) => runs.see(row),
        }
    }
}

/// Goes once through each table for all that is shown of it.
fn drawings(sweep: &Arc<Sweep>, summary: &Table, results: &Path) -> Result<Drawings, Problem> {
    let begun = |of_runs: bool| {
        let charts = CHARTS.iter().filter(move |chart| chart.is_of_runs == of_runs);
        charts.filter_map(|chart| Some((chart, chart.begin(sweep)?)))
    };
    let mut of_groups: Vec<_> = begun(false).collect();
    summary.show(&mut Observers::of(of_groups.iter_mut().map(|(_, chart)| &mut **chart)))?;
    let mut missing = Vec::new();
    let mut of_runs = Vec::new();
    if sweep.plane.is_some() {
        match maps_of(sweep) {
            Ok(maps) => of_runs.push(OfRuns::Maps(maps)),
            Err(reason) => missing.push(format!("The map is not here: {reason}.")),
        }
    }
    of_runs.extend(begun(true).map(|(chart, making)| OfRuns::Chart(chart, making)));
    of_runs.push(OfRuns::Runs(Runs::new(sweep)));
    let table = Table::find(results, TABLE).and_then(|table| table.show_able(&table.names()?, of_runs));
    let (able, others) = table.unwrap_or_else(|problem| {
        missing.push(format!("What is drawn from the table of runs is not here: {}.", reason_of(&problem)));
        (Vec::new(), Vec::new())
    });
    let mut is_missing = |what: &str, problem: &Problem| {
        missing.push(format!("{what} is not here: {}.", reason_of(problem)));
    };
    others.iter().for_each(|(of_runs, problem)| is_missing(&of_runs.name(), problem));
    let (mut pictures, mut charts, mut runs) = (Vec::new(), Vec::new(), None);
    for of_runs in able {
        match of_runs {
            OfRuns::Chart(chart, making) => charts.push((chart, making)),
            OfRuns::Runs(listing) => runs = Some(listing.listing()),
            OfRuns::Maps(maps) => match maps.finish() {
                Ok(maps) => pictures = pictures_of(sweep, &maps),
                Err(problem) => is_missing("The map", &problem),
            },
        }
    }
    let charts = of_groups.iter().chain(&charts);
    pictures.extend(charts.filter_map(|(chart, making)| Some(picture_of(chart, &making.drawn()?))));
    Ok(Drawings { pictures, runs, missing })
}

/// The maps of a sweep over a plane, or why there are none.
fn maps_of(sweep: &Arc<Sweep>) -> Result<Box<Maps>, String> {
    if sweep.runs() > MAX_MAPPED {
        return Err(format!("a page shows maps of at most {} runs", Count(MAX_MAPPED)));
    }
    let maps = Maps::new(sweep, Coloring::default(), None);
    maps.map(Box::new).map_err(|problem| reason_of(&problem))
}

/// A problem in words that do not name the folder, which the page may leave.
fn reason_of(problem: &Problem) -> String {
    if problem.key == "folder" { problem.remedy.clone() } else { problem.to_string() }
}

fn picture_of(chart: &Chart, drawing: &Drawing) -> Picture {
    Picture {
        name: chart.name.to_owned(),
        title: chart.title.to_owned(),
        about: chart.about.to_owned(),
        alt: String::new(),
        svg: Some(drawing.svg()),
        png: None,
        width: drawing.size().0,
        height: drawing.size().1,
    }
}

fn pictures_of(sweep: &Sweep, maps: &[Map]) -> Vec<Picture> {
    let number = |number: u64| if maps.len() == 1 { String::new() } else { format!(" {number}") };
    let all = maps.iter().zip(captions(sweep, maps.len()));
    (1..).zip(all).map(|(place, (map, caption))| map_of(map, &caption, number(place))).collect()
}

fn map_of(map: &Map, caption: &Caption, number: String) -> Picture {
    let pixels = framed(map, caption);
    let alt = plain_of(pixels.about(), MAX_ALT);
    let mut png = Vec::new();
    pixels.write_png(&mut png).expect("a vector takes every write");
    Picture {
        name: format!("map{}", number.replace(' ', "-")),
        title: format!("Map{number}"),
        about: format!(
            "A pixel for each run: {}, x to the right, y upwards. Blue runs converged, the brighter the later; grey \
             ones diverged, likewise. The other colours are those of the outcomes, as the legend says.",
            plain(&caption.subtitle)
        ),
        alt,
        svg: None,
        png: Some(BASE64_STANDARD.encode(&png)),
        width: pixels.width(),
        height: pixels.height(),
    }
}

/// What was found, in texts that can be shown.
fn findings(findings: &Findings) -> Vec<Finding> {
    let mut told = findings.told();
    for (of, _) in told.iter_mut().flat_map(|finding| &mut finding.items) {
        *of = plain(of);
    }
    told
}

fn shares(groups: &Groups) -> Vec<Share> {
    let of = |outcome: Outcome| {
        let (column, about) = tables::counted(outcome);
        let [color, dark_color] = [color::of(outcome), color::on_dark(outcome)].map(hex);
        let runs = groups.counts[color::place(outcome)];
        Share {
            column: column.to_owned(),
            color,
            dark_color,
            ..share(groups, runs, color::label(outcome), about)
        }
    };
    color::ALL.into_iter().map(of).collect()
}

/// How many solved the task at some step, whatever their outcome.
fn solved(groups: &Groups) -> Share {
    share(
        groups,
        groups.solved,
        "solved".to_owned(),
        "runs of any outcome whose outputs were all right at some step",
    )
}

fn share(groups: &Groups, runs: u64, label: String, about: &'static str) -> Share {
    let percent = percent(runs, groups.runs(), 1);
    let [column, color, dark_color] = [const { String::new() }; 3];
    Share {
        column: column.to_owned(),
        color,
        dark_color,
        label,
        about,
        runs: Count(runs).to_string(),
        percent,
    }
}

fn keys(sweep: &Sweep) -> Vec<KeyLine> {
    let spec = sweep.to_kept_spec();
    let line = |(name, values): (&'static str, &[String])| {
        let about = KEYS.iter().find(|key| key.name == name).map_or("", |key| key.help);
        let mut value =
            values.iter().take(MAX_VALUES).map(|value| plain(value)).collect::<Vec<_>>().join(", ");
        if let Some(last) = values.last().filter(|_| values.len() > MAX_VALUES) {
            value += &format!(", … {} ({} values)", plain(last), Count(values.len() as u64));
        }
        KeyLine { name, value, about }
    };
    spec.given().map(line).collect()
}

/// The text of the spec's file, and whether it was cut.
fn spec(results: &Path) -> io::Result<(String, bool)> {
    let mut bytes = Vec::new();
    let path = results.join(SPEC);
    File::open(&path)
        .and_then(|file| file.take(MAX_SPEC + 1).read_to_end(&mut bytes))
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    let is_cut = bytes.len() as u64 > MAX_SPEC;
    bytes.truncate(MAX_SPEC as usize);
    let text = String::from_utf8_lossy(&bytes);
    let text = text.chars().map(|letter| if letter == '\n' { letter } else { printable(letter) });
    Ok((text.collect(), is_cut))
}

/// A text from a file, of moderate length and without what no page may hold.
fn plain(text: &str) -> String {
    plain_of(text, MAX_LETTERS)
}

fn plain_of(text: &str, most: usize) -> String {
    let mut letters = text.chars();
    let mut shown: String = letters.by_ref().take(most).map(printable).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}

fn printable(letter: char) -> char {
    // The last two of each plane are no characters, nor are these 32.
    let is_none = matches!(letter, '\u{fdd0}'..='\u{fdef}') || u32::from(letter) & 0xfffe == 0xfffe;
    if letter.is_control() || is_none { ' ' } else { letter }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_and_cleaned() {
        assert_eq!(plain("normal(1)"), "normal(1)");
        assert_eq!(plain("a\u{0}b\u{ffff}c\n"), "a b c ");
        assert_eq!(plain(&"é".repeat(300)), "é".repeat(200) + "…");
    }
}
