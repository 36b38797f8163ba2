//! A report's file: what somebody reported, the sweeps that say it in our keys, and the answer with what it claims.

use std::path::Path;

use serde::Deserialize;
use xorsweep::Problem;
use xorsweep::results::summary::wilson_interval;
use xorsweep::sweep::spec::{Spec, Sweep};
use xorsweep::sweep::text::finite_number;

use super::claim::{Asked, Claim};
use super::quantity::Ran;
use crate::cli::experiments::figure::{Figure, FigureLine, Published, Unit};

/// A file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    report: Said,
    /// A spec.
    sweep: toml::Table,
    /// What is changed in it for further sweeps, each with a name; an empty list takes a key away.
    #[serde(default)]
    instead: Vec<toml::Table>,
    #[serde(default)]
    figure: Vec<FigureWritten>,
}

/// What is said in words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Where the report is.
    pub source: String,
    /// What people said there.
    pub reported: String,
    /// The answer.
    pub answer: String,
    /// What in the sweeps is not as reported, or not said there.
    pub differs: Option<String>,
    /// What the answer claims.
    expect: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FigureWritten {
    /// What it is.
    what: String,
    /// What ours is: a quantity, behind a sweep's name and a dot if it is not the first.
    of: String,
    /// What was published: `25 of 30`, `96 %`, `730`, `about 10 %`, `2 to 20`.
    published: String,
    /// On how many runs it was counted, if that is known. A number of a single run is compared with those of ours.
    runs: Option<u64>,
    /// Whether it was not published by others, but comes from notes or a program at hand.
    #[serde(default)]
    noted: bool,
}

/// A report, ready to be run.
pub struct Report {
    /// What is said in words.
    pub said: Said,
    /// Its sweeps; the first has no name.
    pub sweeps: Vec<(Option<String>, Sweep)>,
    /// What the answer claims.
    pub claims: Vec<Claim>,
    figures: Vec<(Asked, Figure<Ran>)>,
}

/// For a look of seconds: one seed of so many …
const QUICK_PART: u64 = 20;
/// … but so many at least.
const QUICK_LEAST: u64 = 12;

impl Report {
    /// Reads a file.
    pub fn from_toml(text: &str, quick: bool) -> Result<Self, Problem> {
        let written: Written =
            toml::from_str(text).map_err(|error| Problem::new("report", "", error.to_string()))?;
        let resolved = |changes: &toml::Table| {
            let spec = changed(written.sweep.clone(), changes);
            let spec = if quick { quickened(spec) } else { spec };
            Spec::from_toml(&spec.to_string())?.resolve(Path::new(""))
        };
        let mut sweeps = vec![(None, resolved(&toml::Table::new())?)];
        for changes in &written.instead {
            let sweep = resolved(changes)?;
            sweeps.push((Some(sweep.name.clone()), sweep));
        }
        let claims = written.report.expect.iter().map(|text| Claim::of_text(text));
        let report = Self {
            claims: claims.collect::<Result<_, _>>()?,
            figures: written.figure.into_iter().map(FigureWritten::read).collect::<Result<_, _>>()?,
            said: written.report,
            sweeps,
        };
        report.checked()
    }

    /// Refuses what is about no sweep of its own.
    fn checked(self) -> Result<Self, Problem> {
        let asked = self.claims.iter().flat_map(Claim::asked);
        for asked in asked.chain(self.figures.iter().map(|(asked, _)| asked)) {
            if self.place(asked).is_none() {
                let name = asked.sweep.clone().unwrap_or_default();
                return Err(Problem::new("expect", name, "there is no such sweep in this file"));
            }
        }
        Ok(self)
    }

    fn place(&self, asked: &Asked) -> Option<usize> {
        self.sweeps.iter().position(|(name, _)| *name == asked.sweep)
    }

    /// The runs something is asked of.
    pub fn ran<'a>(&self, all: &'a [Ran], asked: &Asked) -> &'a Ran {
        &all[self.place(asked).expect("it was checked")]
    }

    /// Its figures, compared.
    pub fn lines(&self, all: &[Ran]) -> Vec<FigureLine> {
        self.figures.iter().map(|(asked, figure)| figure.line(self.ran(all, asked))).collect()
    }
}

/// A spec with some of its keys changed, or taken away.
fn changed(mut spec: toml::Table, changes: &toml::Table) -> toml::Table {
    for (key, value) in changes {
        if value.as_array().is_some_and(Vec::is_empty) {
            spec.remove(key);
        } else {
            spec.insert(key.clone(), value.clone());
        }
    }
    spec
}

/// The spec with the first of its seeds alone, where these are a range from 0.
fn quickened(mut spec: toml::Table) -> toml::Table {
    let count = spec.get("seeds").and_then(|seeds| seeds.as_str()?.strip_prefix("0..")?.parse::<u64>().ok());
    if let Some(count) = count {
        let few = (count / QUICK_PART).max(QUICK_LEAST).min(count);
        spec.insert("seeds".to_owned(), format!("0..{few}").into());
    }
    spec
}

impl FigureWritten {
    fn read(self) -> Result<(Asked, Figure<Ran>), Problem> {
        let asked = Asked::of_text(&self.of)
            .ok_or_else(|| Problem::new("of", &self.of, "give a quantity, perhaps behind a sweep's name"))?;
        let quantity = asked.quantity.clone();
        let (published, decimals) = published(&self.published, self.runs).ok_or_else(|| {
            Problem::new("published", &self.published, "give 25 of 30, 96 %, 730, about 10 % or 2 to 20")
        })?;
        let unit = match &quantity {
            quantity if quantity.is_share() => Unit::Percent,
            quantity if quantity.is_step() => Unit::Count,
            _ => Unit::Decimals(decimals),
        };
        let runs = self.runs;
        let ours = Box::new(move |ran: &Ran| quantity.ours(ran, runs));
        Ok((asked, Figure { what: self.what, unit, published, is_unpublished: self.noted, ours }))
    }
}

/// By which factor what is about something may be off.
const ABOUT: f64 = 1.5;

/// What a text says was published, and with how many decimals.
fn published(text: &str, runs: Option<u64>) -> Option<(Published, usize)> {
    let (bare, unit) = text.strip_suffix(" %").map_or((text, 1.0), |bare| (bare, 100.0));
    let number = |text: &str| finite_number(text).map(|value| value / unit);
    let words = text.to_owned().into();
    if let Some((successes, trials)) = bare.split_once(" of ") {
        let (successes, trials) = (successes.parse().ok()?, trials.parse().ok()?);
        return (successes <= trials && trials > 0).then_some((Published::Trials { successes, trials }, 1));
    }
    if let Some(value) = bare.strip_prefix("about ") {
        let value = number(value)?;
        return Some((Published::Between { low: value / ABOUT, high: value * ABOUT, words }, decimals(bare)));
    }
    if let Some((low, high)) = bare.split_once(" to ") {
        let (low, high) = (number(low)?, number(high)?);
        return Some((Published::Between { low, high, words }, decimals(bare)));
    }
    let value = number(bare)?;
    let half = 0.5 * 0.1_f64.powi(decimals(bare) as i32) / unit;
    let half = match runs.filter(|_| unit > 1.0) {
        // What chance may have done to a share of so many.
        Some(runs) => {
            let (low, high) = wilson_interval((value * runs as f64).round() as u64, runs)?;
            half.max(value - low).max(high - value)
        }
        None => half,
    };
    Some((Published::Rounded { value, half }, decimals(bare)))
}

/// How many digits stand behind the point.
fn decimals(text: &str) -> usize {
    text.rsplit_once('.').map_or(0, |(_, digits)| digits.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_published_is_read() {
        for right in [
            "25 of 30",
            "96 %",
            "83.5 %",
            "730",
            "-0.25",
            "about 10 %",
            "about 10000",
            "2 to 20",
            "5 to 50 %",
        ] {
            assert!(published(right, None).is_some(), "{right}");
        }
        for wrong in ["", "many", "30 of 25", "0 of 0", "about many", "96%%", "1 to"] {
            assert!(published(wrong, None).is_none(), "{wrong}");
        }
    }

    #[test]
    fn an_empty_list_takes_a_key_away() {
        let base: toml::Table = "alpha = 1\nfrozen = ['w1']".parse().unwrap();
        let changes: toml::Table = "alpha = 2\nfrozen = []\nsteps = 3".parse().unwrap();
        assert_eq!(changed(base, &changes), "alpha = 2\nsteps = 3".parse().unwrap());
    }

    #[test]
    fn a_quick_look_takes_a_part_of_the_seeds() {
        for (seeds, few) in [("0..1000", "0..50"), ("0..30", "0..12"), ("0..5", "0..5"), ("5..900", "5..900")]
        {
            let spec: toml::Table = format!("seeds = '{seeds}'").parse().unwrap();
            assert_eq!(quickened(spec)["seeds"].as_str(), Some(few));
        }
    }

    #[test]
    fn a_file_that_claims_something_of_no_sweep_is_refused() {
        let file = |expect: &str, instead: &str| {
            let said = "[report]\nsource = 'a'\nreported = 'b'\nanswer = 'c'";
            format!("{said}\nexpect = ['{expect}']\n[sweep]\nsteps = 3\n{instead}")
        };
        assert!(Report::from_toml(&file("solved >= 0", ""), false).is_ok());
        assert!(Report::from_toml(&file("more.solved >= 0", ""), false).is_err());
        assert!(Report::from_toml(&file("more.solved >= 0", "[[instead]]\nname = 'more'"), true).is_ok());
        assert!(Report::from_toml(&file("solved >= 0", "[[instead]]\nunits = 3"), false).is_err());
        assert!(Report::from_toml(&file("solved >= 0", "[other]"), false).is_err());
    }
}
