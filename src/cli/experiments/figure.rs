//! A figure: what was published, what we get, and whether the two agree.

use std::borrow::Cow;
use std::fmt;

use indicatif::HumanCount;
use xorsweep::results::summary::wilson_interval;
use xorsweep::sweep::text::shortest;

/// How a figure is written.
#[derive(Clone, Copy)]
pub enum Unit {
    /// A share, from 0 to 1.
    Percent,
    /// A count, or a step.
    Count,
    /// A number with so many decimals.
    Decimals(usize),
    /// A number with all its digits.
    Digits,
}

impl Unit {
    fn text(self, value: f64) -> String {
        match self {
            Self::Percent => format!("{:.1} %", 100.0 * value),
            Self::Count if value.is_infinite() => "never".to_owned(),
            Self::Count => HumanCount(value.round() as u64).to_string(),
            Self::Decimals(decimals) => format!("{value:.decimals$}"),
            Self::Digits => shortest(value),
        }
    }

    /// A difference, without its sign.
    fn distance(self, value: f64) -> String {
        match self {
            Self::Percent => format!("{:.1} points", 100.0 * value),
            Self::Digits => format!("{value:.1e}"),
            _ => self.text(value),
        }
    }
}

/// What was published.
pub enum Published {
    /// A number that stands for all within `half` of it.
    Rounded {
        /// The number.
        value: f64,
        /// Half a unit of its last digit, or what chance may add or take.
        half: f64,
    },
    /// So many of so many random trials.
    Trials {
        /// Those that succeeded.
        successes: u64,
        /// All.
        trials: u64,
    },
    /// Something between two numbers, in the words of the source.
    Between {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
        /// The words.
        words: Cow<'static, str>,
    },
    /// Nothing that could be compared, in a few words.
    Words(Cow<'static, str>),
}

impl Published {
    /// A whole number, met exactly.
    pub const fn exactly(value: f64) -> Self {
        Self::Rounded { value, half: 0.0 }
    }

    /// A share in whole percent.
    pub fn percent(value: u8) -> Self {
        Self::Rounded { value: f64::from(value) / 100.0, half: 0.005 }
    }

    /// A number to one part in `1/relative`.
    pub fn near(value: f64, relative: f64) -> Self {
        Self::Rounded { value, half: value.abs() * relative }
    }

    /// A share counted on this many random trials.
    pub fn counted(share: f64, trials: f64) -> Self {
        Self::Rounded { value: share, half: 2.0 * (share * (1.0 - share) / trials).sqrt() }
    }

    /// The values that agree with it, and the value itself.
    fn range(&self) -> Option<(f64, f64, f64)> {
        match *self {
            Self::Rounded { value, half } => Some((value - half, value, value + half)),
            Self::Trials { successes, trials } => {
                let (low, high) = wilson_interval(successes, trials)?;
                Some((low, successes as f64 / trials as f64, high))
            }
            Self::Between { low, high, .. } => Some((low, f64::NAN, high)),
            Self::Words(_) => None,
        }
    }

    fn text(&self, unit: Unit) -> String {
        match self {
            &Self::Rounded { value, .. } if matches!(unit, Unit::Percent) => {
                format!("{} %", shortest((1000.0 * value).round() / 10.0))
            }
            &Self::Rounded { value, .. } => unit.text(value),
            Self::Trials { successes, trials } => format!("{successes} of {trials}"),
            Self::Between { words, .. } | Self::Words(words) => words.clone().into_owned(),
        }
    }
}

/// What we get.
pub struct Ours {
    /// The figure.
    pub value: f64,
    /// What chance may take and add with a probability of 95 %; 0 where there is no chance.
    pub margins: [f64; 2],
    /// The least and the largest of what `value` is the mean of.
    pub between: Option<(f64, f64)>,
}

impl Ours {
    /// A figure without chance.
    pub fn exact(value: f64) -> Self {
        Self { value, margins: [0.0; 2], between: None }
    }

    /// A share of this many random starts.
    pub fn share(share: f64, of: f64) -> Self {
        let margin = 2.0 * (share * (1.0 - share) / of).sqrt();
        Self { value: share, margins: [margin; 2], between: None }
    }
}

/// Between which percentiles the median of so many numbers lies, or beside that of so many others, with 95 %.
///
/// The share of n numbers below the true median is ½ ± 0.98/√n; two medians are as far apart as percentiles that differ by
/// that.
pub fn median_within(counts: impl IntoIterator<Item = u64>) -> [u8; 2] {
    let variance: f64 = counts.into_iter().map(|count| 1.0 / count.max(1) as f64).sum();
    let offset = (98.0 * variance.sqrt()).ceil().min(50.0) as u8;
    [50 - offset, 50 + offset]
}

/// One thing that is compared, of runs of which `S` is kept.
pub struct Figure<S> {
    /// What it is.
    pub what: String,
    /// How it is written.
    pub unit: Unit,
    /// What it is compared with.
    pub published: Published,
    /// Whether that was not published by others, but comes from notes or a program at hand.
    pub is_unpublished: bool,
    /// How ours follows from the runs.
    pub ours: Box<dyn Fn(&S) -> Ours>,
}

/// Whether two figures agree.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Within digits and chance.
    Agrees,
    /// Not; by so much.
    Differs(String),
    /// There is nothing to compare with.
    None,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agrees => f.write_str("agrees"),
            Self::Differs(by) => write!(f, "differs by {by}"),
            Self::None => Ok(()),
        }
    }
}

/// How many figures agree, of those that have a verdict.
#[derive(Clone, Copy, Default)]
pub struct Verdicts {
    /// Those that agree.
    pub agree: usize,
    /// All.
    pub all: usize,
}

impl Verdicts {
    /// Counts another one.
    pub fn add(&mut self, verdict: &Verdict) {
        self.agree += usize::from(*verdict == Verdict::Agrees);
        self.all += usize::from(*verdict != Verdict::None);
    }
}

/// A figure, compared: a line of the table.
pub struct FigureLine {
    /// What it is.
    pub what: String,
    /// What was published.
    pub published: String,
    /// Ours.
    pub ours: String,
    /// Whether they agree.
    pub verdict: Verdict,
    /// Whether it was not published by others.
    pub is_unpublished: bool,
}

impl<S> Figure<S> {
    /// The same figure, of notes or a program at hand.
    pub fn unpublished(self) -> Self {
        Self { is_unpublished: true, ..self }
    }

    /// Compares.
    pub fn line(&self, seen: &S) -> FigureLine {
        let ours = (self.ours)(seen);
        let mut text = self.unit.text(ours.value);
        if let Some((low, high)) = ours.between {
            text.push_str(&format!(" ({} to {})", self.unit.text(low), self.unit.text(high)));
        }
        FigureLine {
            what: self.what.clone(),
            published: self.published.text(self.unit),
            ours: text,
            verdict: self.verdict(&ours),
            is_unpublished: self.is_unpublished,
        }
    }

    fn verdict(&self, ours: &Ours) -> Verdict {
        let Some((low, value, high)) = self.published.range() else { return Verdict::None };
        // A comparison with NaN is false: it differs.
        let [below, above] = ours.margins;
        if low <= ours.value + above && ours.value - below <= high {
            return Verdict::Agrees;
        }
        let nearest = if value.is_nan() { ours.value.clamp(low, high) } else { value };
        Verdict::Differs(self.unit.distance((ours.value - nearest).abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(published: Published, value: f64, margin: f64) -> Verdict {
        let ours = Ours { value, margins: [margin; 2], between: None };
        let figure = Figure::<()> {
            what: String::new(),
            unit: Unit::Percent,
            published,
            is_unpublished: false,
            ours: Box::new(|_| Ours::exact(0.0)),
        };
        figure.verdict(&ours)
    }

    #[test]
    fn a_figure_agrees_within_the_digits_published_and_within_chance() {
        let differs = |by: &str| Verdict::Differs(by.to_owned());
        assert_eq!(verdict(Published::percent(15), 0.1549, 0.0), Verdict::Agrees);
        assert_eq!(verdict(Published::percent(15), 0.156, 0.0), differs("0.6 points"));
        assert_eq!(verdict(Published::percent(15), 0.156, 0.002), Verdict::Agrees);
        assert_eq!(verdict(Published::percent(15), f64::NAN, 0.0), differs("NaN points"));
        assert_eq!(verdict(Published::Trials { successes: 25, trials: 30 }, 0.92, 0.0), Verdict::Agrees);
        assert_eq!(
            verdict(Published::Trials { successes: 25, trials: 30 }, 0.98, 0.0),
            differs("14.7 points")
        );
        let between = || Published::Between { low: 0.05, high: 0.5, words: "some".into() };
        assert_eq!(verdict(between(), 0.3, 0.0), Verdict::Agrees);
        assert_eq!(verdict(between(), 0.6, 0.0), differs("10.0 points"));
        assert_eq!(verdict(Published::Words("hardly any".into()), 0.6, 0.0), Verdict::None);
    }
}
