//! What a sweep found, as an answer to each question it can answer: how many runs learn, who leaves the symmetric
//! subspace, on which plateaus runs are, and what happens at learning rates at which nothing is stable.
//!
//! The answers come from groups, those of a sweep that has just been run or the rows of its summary, and are the same.
//! They are counts, with no more than the facts that hold for the network at hand.

pub mod words;

use std::fmt;

use self::words::{hindrance_in_words, task_name};
use super::Group;
use super::reader::Table;
use crate::facts::{Hindrance, has_targets_in_the_limit, needs_steps_by_rate, rate_limit};
use crate::kernel::outcome::{Criterion, Levels, Outcome, Plateau, StoppingRule};
use crate::kernel::{Hidden, Output, SetUp};
use crate::problem::Problem;
use crate::sweep::plane::Varied;
use crate::sweep::set_ups::{Axis, Finder, before};
use crate::sweep::spec::{Sweep, is_solvable};
use crate::sweep::text::{Count, fraction, shortest};

/// The most inits that an answer names; the others are added up.
const MAX_INITS: usize = 100;

/// What the answers need to know of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Found<'a> {
    /// Which of the sweep's set-ups they have.
    pub set_up: usize,
    /// How its runs started.
    pub init: &'a str,
    /// Their learning rate.
    pub alpha: f64,
    /// Their momentum.
    pub momentum: f64,
    /// How many there are.
    pub runs: u64,
    /// How many had all outputs on the right side at some step.
    pub solved: u64,
    /// How many had an error below 1/6.
    pub escaped: u64,
    /// How many converged.
    pub converged: u64,
    /// How many diverged.
    pub diverged: u64,
    /// How many were on a plateau of each kind, in the order of [`Plateau::KINDS`].
    pub plateaus: [u64; Plateau::KINDS.len()],
    /// The median of their largest errors.
    pub error_peak: Option<f64>,
}

impl<'a> From<&'a Group> for Found<'a> {
    fn from(group: &'a Group) -> Self {
        let Group { set_up_index, init, alpha, momentum, tally, .. } = group;
        Self {
            set_up: *set_up_index,
            init,
            alpha: *alpha,
            momentum: *momentum,
            runs: tally.runs(),
            solved: tally.solved(),
            escaped: tally.escaped_at().len(),
            converged: tally.count(Outcome::Converged),
            diverged: tally.count(Outcome::Diverged),
            plateaus: Plateau::KINDS.map(|kind| tally.count(Outcome::Plateau(kind))),
            error_peak: tally.error_peak().percentile(50),
        }
    }
}

/// What the outputs of a run on a plateau look like; nothing of one without a name.
#[must_use]
pub fn outputs_on(plateau: Plateau) -> Option<String> {
    Some(match plateau {
        Plateau::Constant => "all outputs near the mean of the targets".to_owned(),
        Plateau::OneUnit => "one output right and the others near the mean of their targets".to_owned(),
        Plateau::Saturated => "two outputs right and the others halfway between the targets".to_owned(),
        Plateau::Wrong(1) => "one output near the opposite of its target and the others right".to_owned(),
        Plateau::Wrong(outputs) => {
            format!("{outputs} outputs near the opposite of their targets and no others wrong")
        }
        Plateau::Other => return None,
    })
}

/// What the plateaus of a kind have in common, by its place in [`Plateau::KINDS`].
fn kind(place: usize) -> String {
    match Plateau::KINDS[place] {
        Plateau::Wrong(_) => {
            "some outputs near the opposite of their targets and the others right".to_owned()
        }
        kind => outputs_on(kind).unwrap_or_else(|| "none of these".to_owned()),
    }
}

/// So many of so many runs.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    some: u64,
    all: u64,
}

impl Share {
    fn add(&mut self, some: u64, all: u64) {
        self.some += some;
        self.all += all;
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", Count(self.some), Count(self.all))
    }
}

/// What became of the runs at some learning rates.
#[derive(Clone, Copy, Debug, Default)]
struct Rates {
    runs: u64,
    converged: u64,
    diverged: u64,
    /// The largest of the groups' medians.
    error_peak: f64,
}

impl Rates {
    fn add(&mut self, found: &Found<'_>) {
        self.runs += found.runs;
        self.converged += found.converged;
        self.diverged += found.diverged;
        self.error_peak = self.error_peak.max(found.error_peak.unwrap_or(0.0));
    }

    fn told(&self, which: &str) -> Option<Finding> {
        let Self { runs, converged, diverged, error_peak } = *self;
        let says = format!(
            "{which}, {} of {} runs converged and {} diverged (their largest error, as the median of a group: up to \
             {error_peak:.3e})",
            Count(converged),
            Count(runs),
            Count(diverged),
        );
        (runs > 0).then(|| Finding { says, items: Vec::new() })
    }
}

/// Collects what the groups of a sweep say.
#[derive(Clone, Debug)]
pub struct Findings {
    set_ups: Vec<SetUp>,
    /// What tells them apart; empty if there is one.
    words: Vec<String>,
    stopping_rule: StoppingRule,
    varied: Varied,
    /// Those of each set-up.
    all: Vec<Found<'static>>,
    /// The error below which a run has escaped: one for all set-ups that know it, whose targets are the same.
    level: Option<f64>,
    /// Who escapes at learning rates not known to be unstable, by init, of the first ones.
    inits: Vec<(String, Share)>,
    /// How many inits follow these, the last one's name, and who escapes of them all.
    others: (u64, String, Share),
    /// How many runs of set-ups that know the level are left out there.
    left_out: u64,
    limits: Vec<Limit>,
    /// Which of the limits each set-up has.
    limit_of: Vec<usize>,
    has_momentum: bool,
}

/// What became of runs at learning rates at which nothing is stable: those of all set-ups with the same limit.
#[derive(Clone, Debug)]
struct Limit {
    /// The limit of fact 1 without momentum, and with a momentum of 1, where there are any.
    limits: [Option<f64>; 2],
    set_ups: Vec<usize>,
    at_limit: Rates,
    above: Rates,
}

impl Limit {
    /// The learning rate above which nothing is stable, in words.
    fn in_words(&self, has_momentum: bool) -> Option<String> {
        let limit = shortest(self.limits[0]?);
        Some(match (has_momentum, limit.as_str()) {
            (false, _) => limit,
            (true, "1") => "1 + momentum".to_owned(),
            (true, _) => format!("{limit}·(1 + momentum)"),
        })
    }
}

/// The most set-ups that a sentence names.
const MAX_NAMED: usize = 3;

impl Findings {
    /// No groups yet of this sweep.
    #[must_use]
    pub fn new(sweep: &Sweep) -> Self {
        let mut limits: Vec<Limit> = Vec::new();
        let mut limit_of = Vec::new();
        for (index, set_up) in sweep.set_ups.iter().enumerate() {
            let of_set_up = [0.0, 1.0].map(|momentum| rate_limit(set_up, momentum));
            let place = limits.iter().position(|limit| limit.limits == of_set_up).unwrap_or_else(|| {
                let (at_limit, above) = Default::default();
                limits.push(Limit { limits: of_set_up, set_ups: Vec::new(), at_limit, above });
                limits.len() - 1
            });
            limits[place].set_ups.push(index);
            limit_of.push(place);
        }
        Self {
            words: sweep.set_ups_in_words(),
            stopping_rule: sweep.stopping_rule,
            varied: sweep.varied(),
            all: vec![Found::default(); sweep.set_ups.len()],
            level: sweep.set_ups.iter().find_map(|set_up| Levels::of(set_up).one_unit),
            inits: Vec::new(),
            others: Default::default(),
            left_out: 0,
            limits,
            limit_of,
            has_momentum: sweep.has_momentum(),
            set_ups: sweep.set_ups.clone(),
        }
    }

    /// Of the groups of a summary.
    ///
    /// # Errors
    /// If it cannot be read or lacks a column.
    pub fn of_summary(sweep: &Sweep, summary: &Table) -> Result<Self, Problem> {
        const OWN: [&str; 14] = [
            "init",
            "alpha",
            "momentum",
            "runs",
            "solved",
            "escaped",
            "converged",
            "diverged",
            "error_peak_median",
            "plateau_constant",
            "plateau_one_unit",
            "plateau_saturated",
            "plateau_wrong",
            "plateau_other",
        ];
        let finder = Finder::new(&sweep.set_ups);
        let names: Vec<&str> = OWN.into_iter().chain(finder.axes().map(Axis::key)).collect();
        let mut findings = Self::new(sweep);
        summary.read(&names, |row| {
            let set_up = finder.place((OWN.len()..names.len()).map(|place| row.text(place)));
            let set_up = set_up.ok_or_else(|| row.problem(OWN.len(), "the sweep has no such set-up"))?;
            let mut plateaus = [0; Plateau::KINDS.len()];
            for (place, count) in plateaus.iter_mut().enumerate() {
                *count = row.integer(9 + place)?;
            }
            findings.add(&Found {
                set_up,
                init: &row.text(0),
                alpha: row.number(1)?,
                momentum: row.number(2)?,
                runs: row.integer(3)?,
                solved: row.optional_integer(4)?.unwrap_or_default(),
                escaped: row.optional_integer(5)?.unwrap_or_default(),
                converged: row.integer(6)?,
                diverged: row.integer(7)?,
                plateaus,
                error_peak: row.optional_number(8)?,
            });
            Ok(())
        })?;
        Ok(findings)
    }

    /// Adds a group; those of an init follow each other.
    pub fn add(&mut self, found: &Found<'_>) {
        let all = &mut self.all[found.set_up];
        all.runs += found.runs;
        all.solved += found.solved;
        all.converged += found.converged;
        for (all, of_group) in all.plateaus.iter_mut().zip(found.plateaus) {
            *all += of_group;
        }
        let set_up = &self.set_ups[found.set_up];
        let knows_level = set_up.is_xor_of_two();
        let limit = rate_limit(set_up, found.momentum).unwrap_or(f64::INFINITY);
        if found.alpha >= limit {
            let rates = &mut self.limits[self.limit_of[found.set_up]];
            if found.alpha == limit { &mut rates.at_limit } else { &mut rates.above }.add(found);
            self.left_out += if knows_level { found.runs } else { 0 };
        } else if knows_level {
            let name = before(&self.words[found.set_up], found.init);
            self.share_of(&name).add(found.escaped, found.runs);
        }
    }

    /// How the runs of a set-up and an init start, for people.
    #[must_use]
    pub fn start(&self, set_up_index: usize, init: &str) -> String {
        before(&self.words[set_up_index], &self.varied.start(init))
    }

    fn share_of(&mut self, init: &str) -> &mut Share {
        let is_last = self.inits.last().is_some_and(|(name, _)| name == init);
        if self.others.0 == 0 && !is_last && self.inits.len() < MAX_INITS {
            self.inits.push((init.to_owned(), Share::default()));
        } else if !is_last && (self.others.0 == 0 || self.others.1 != init) {
            self.others.0 += 1;
            self.others.1 = init.to_owned();
        }
        match self.inits.last_mut() {
            Some((_, share)) if self.others.0 == 0 => share,
            _ => &mut self.others.2,
        }
    }

    /// An answer for each of the questions that the sweep can answer.
    #[must_use]
    pub fn told(&self) -> Vec<Finding> {
        let hindered: Vec<Option<Hindrance>> = self.set_ups.iter().map(Hindrance::of_any_start).collect();
        let learned = self.learned().into_iter().chain(self.hindered(&hindered));
        let learned = learned.chain(self.bounded(&hindered)).chain(self.escapes());
        learned.chain(self.plateaus().into_iter().flatten()).chain(self.too_large()).collect()
    }

    /// How many runs did what they should.
    fn learned(&self) -> Option<Finding> {
        let sum = |of: fn(&Found<'_>) -> u64| self.all.iter().map(of).sum::<u64>();
        let [runs, solved, converged] =
            [sum(|all| all.runs), sum(|all| all.solved), sum(|all| all.converged)];
        let tolerance = shortest(self.stopping_rule.tolerance);
        let what = match self.stopping_rule.criterion {
            Criterion::Error => format!("their error stayed within {tolerance}"),
            Criterion::Loss => format!("their loss stayed within {tolerance}"),
            Criterion::Residual => format!("all outputs stayed within {tolerance} of their targets"),
            Criterion::Solved => "all outputs stayed on the right side".to_owned(),
        };
        let hold = Count(self.stopping_rule.hold);
        let converged = format!("{} converged: {what} for {hold} steps", Count(converged));
        let [runs_in_all, solved] = [runs, solved].map(Count);
        // Only a task with two targets has a right side.
        let able = self.set_ups.iter().zip(&self.all).filter(|(set_up, _)| is_solvable(set_up));
        let (sides, able): (u64, u64) =
            able.fold((0, 0), |(count, sum), (_, all)| (count + 1, sum + all.runs));
        let says = if sides == 0 {
            format!("Of {runs_in_all} runs {converged}")
        } else if sides == self.set_ups.len() as u64 {
            let is_xor = self.set_ups.iter().all(|set_up| set_up.task.is_xor());
            let task = if is_xor { "XOR" } else { "their task" };
            format!(
                "{solved} of {runs_in_all} runs solved {task}, with all outputs on the right side at some step, and {converged}"
            )
        } else {
            format!(
                "{solved} of {} runs whose task has two targets solved it, with all outputs on the right side at some \
                 step; of all {runs_in_all} runs {converged}",
                Count(able)
            )
        };
        (runs > 0).then(|| Finding { says, items: Vec::new() })
    }

    /// Which set-ups solve their task from no start, and why, where that is known.
    fn hindered(&self, known: &[Option<Hindrance>]) -> Vec<Finding> {
        /// The set-ups with one reason, and whether any run of theirs counts as solved.
        #[derive(Default)]
        struct Hindered {
            set_ups: Vec<usize>,
            counts: bool,
        }
        let mut reasons: Vec<(String, Hindered)> = Vec::new();
        for (index, (set_up, all)) in self.set_ups.iter().zip(&self.all).enumerate() {
            let Some(hindrance) = known[index].as_ref().filter(|_| all.runs > 0) else { continue };
            let why = hindrance_in_words(set_up, hindrance);
            let place = reasons.iter().position(|(reason, _)| *reason == why).unwrap_or_else(|| {
                reasons.push((why, Hindered::default()));
                reasons.len() - 1
            });
            let hindered = &mut reasons[place].1;
            hindered.set_ups.push(index);
            hindered.counts |= all.solved > 0;
        }
        let told = reasons.into_iter().map(|(why, Hindered { set_ups, counts })| {
            let task = task_name(&self.set_ups[set_ups[0]].task);
            let which = self.named(&set_ups).map_or(String::new(), |named| format!(" ({named})"));
            let rounded = if counts { ". What is counted as solved there is rounding" } else { "" };
            Finding { says: format!("No start can solve {task}{which}: {why}{rounded}"), items: Vec::new() }
        });
        told.collect()
    }

    /// Why few of the runs that solve their task converge, for each output unit of which that is so.
    fn bounded(&self, hindered: &[Option<Hindrance>]) -> Vec<Finding> {
        let says = |&output: &Output| {
            let of_output = || {
                let able = self.set_ups.iter().zip(&self.all).zip(hindered);
                let able = able.filter(|(_, hindrance)| hindrance.is_none()).map(|(all, _)| all);
                able.filter(|(one, _)| one.output == output)
            };
            let (in_limit, others): (Vec<_>, Vec<_>) =
                of_output().partition(|(set_up, _)| has_targets_in_the_limit(set_up));
            let sum = |of: fn(&Found<'_>) -> u64| in_limit.iter().map(|(_, all)| of(all)).sum::<u64>();
            let targets = if others.is_empty() { "its targets" } else { "targets at the ends of its range" };
            let says = format!(
                "No finite weights bring a {output} output to {targets}, so a small error comes late, or never: what counts is \
                 whether a run solves its task"
            );
            (sum(|all| all.solved) > sum(|all| all.converged)).then(|| Finding { says, items: Vec::new() })
        };
        Output::ALL.iter().filter_map(says).collect()
    }

    fn escapes(&self) -> Option<Finding> {
        let level = self.level?;
        let at_rates = match &self.limits[..] {
            _ if self.left_out == 0 => String::new(),
            [only] => match only.in_words(self.has_momentum).filter(|_| !self.has_momentum) {
                Some(limit) => format!(" at learning rates below {limit}"),
                None => " where a resting point can be stable".to_owned(),
            },
            _ => " where a resting point can be stable, as far as is known".to_owned(),
        };
        let says = format!(
            "Who escapes the symmetric saddle{at_rates} (an error below {}, which takes two different hidden units)",
            fraction(level)
        );
        let mut items: Vec<(String, String)> =
            self.inits.iter().map(|(start, share)| (self.varied.start(start), share.to_string())).collect();
        let (others, _, share) = &self.others;
        if *others > 0 {
            let what = if self.set_ups.len() > 1 { "set-ups with inits" } else { "inits" };
            items.push((format!("{} more {what}", Count(*others)), share.to_string()));
        }
        (!items.is_empty()).then_some(Finding { says, items })
    }

    /// What happens at learning rates that are known to be too large, or with such a momentum.
    fn too_large(&self) -> Vec<Finding> {
        let told = |limit: &Limit| {
            let of = self.named(&limit.set_ups);
            let in_words = limit.in_words(self.has_momentum);
            let above = match (&in_words, self.has_momentum) {
                (Some(limit), false) => format!("above a learning rate of {limit}"),
                (Some(limit), true) => format!("a learning rate above {limit}, or a momentum of 1 or more"),
                (None, _) => "a momentum of 1 or more".to_owned(),
            };
            let [at, above] = match of {
                None => [String::new(), above],
                Some(of) => [format!(" ({of})"), format!("{above}; {of}")],
            };
            let at = format!("At a learning rate of exactly {}{at}", in_words.unwrap_or_default());
            let above = format!("Where no resting point is stable ({above})");
            [limit.at_limit.told(&at), limit.above.told(&above)].into_iter().flatten()
        };
        self.limits.iter().flat_map(told).collect()
    }

    /// Some of the set-ups, in words; nothing if they are all.
    fn named(&self, set_ups: &[usize]) -> Option<String> {
        match set_ups.len() {
            all if all == self.set_ups.len() => None,
            1..=MAX_NAMED => {
                let words: Vec<&str> = set_ups.iter().map(|&index| self.words[index].as_str()).collect();
                Some(words.join("; "))
            }
            some => Some(format!("{} of {} set-ups", Count(some as u64), Count(self.words.len() as u64))),
        }
    }

    /// How many runs stay where, and what that means.
    fn plateaus(&self) -> [Option<Finding>; 2] {
        let runs = self.all.iter().map(|all| all.runs).sum();
        let plateaus: [u64; Plateau::KINDS.len()] =
            std::array::from_fn(|place| self.all.iter().map(|all| all.plateaus[place]).sum());
        let some: u64 = plateaus.iter().sum();
        if some == 0 {
            return [None, None];
        }
        let says = format!(
            "{} were on a plateau at the end, where the error hardly falls any more",
            Share { some, all: runs }
        );
        let counts = plateaus.iter().enumerate().filter(|(_, count)| **count > 0);
        let items = counts.map(|(place, &count)| {
            let name = Plateau::KINDS[place].kind();
            (format!("{name} ({})", kind(place)), Count(count).to_string())
        });
        let by_rate = if self.set_ups.iter().all(needs_steps_by_rate) {
            ", and a learning rate ten times smaller needs about ten times the steps"
        } else {
            ""
        };
        let meaning = format!(
            "A plateau need not be the end: with more steps a run may move on{by_rate}. `xorsweep inspect` runs one on, \
             and tells{}",
            if self.set_ups.iter().any(|set_up| set_up.hidden == Hidden::Relu) {
                ", also which hidden units are dead"
            } else {
                ""
            }
        );
        [Some(Finding { says, items: items.collect() }), Some(Finding { says: meaning, items: Vec::new() })]
    }
}

/// An answer: a sentence, and perhaps the items it lists. Shown in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The sentence, without the stop or colon at its end.
    pub says: String,
    /// What follows the colon: of whom, and how many of how many.
    pub items: Vec<(String, String)>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.items.is_empty() { "" } else { ": " };
        let items: Vec<String> = self.items.iter().map(|(of, share)| format!("{of} {share}")).collect();
        write!(f, "{}{colon}{}.", self.says, items.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::spec::Spec;

    fn found(init: &str, alpha: f64) -> Found<'_> {
        Found {
            set_up: 0,
            init,
            alpha,
            momentum: 0.0,
            runs: 1000,
            solved: 6,
            escaped: 7,
            converged: 5,
            diverged: 2,
            plateaus: Default::default(),
            error_peak: Some(2.5),
        }
    }

    fn told(spec: &str, all: &[Found<'_>]) -> Vec<String> {
        let sweep = Spec::from_toml(spec).and_then(|spec| spec.resolve("".as_ref())).unwrap();
        let mut findings = Findings::new(&sweep);
        all.iter().for_each(|found| findings.add(found));
        findings.told().iter().map(Finding::to_string).collect()
    }

    #[test]
    fn each_question_that_can_be_answered_is() {
        let all = [found("a", 0.1), found("a", 1.0), found("a", 0.2), found("b", 0.1), found("b", 1.5)];
        assert_eq!(
            told("", &all),
            [
                "30 of 5,000 runs solved XOR, with all outputs on the right side at some step, and 25 converged: \
                 their error stayed within 1e-6 for 64 steps.",
                "Who escapes the symmetric saddle at learning rates below 1 (an error below 1/6, which takes two \
                 different hidden units): a 14 of 2,000; b 7 of 1,000.",
                "At a learning rate of exactly 1, 5 of 1,000 runs converged and 2 diverged (their largest error, as the \
                 median of a group: up to 2.500e0).",
                "Where no resting point is stable (above a learning rate of 1), 5 of 1,000 runs converged and 2 \
                 diverged (their largest error, as the median of a group: up to 2.500e0).",
            ]
        );
        assert!(told("", &[]).is_empty());
        assert!(told("coding = 'plus-minus'", &all)[1].contains("below 2/3"));
    }

    #[test]
    fn set_ups_that_solve_their_task_from_no_start_are_told() {
        let told = |spec: &str| told(spec, &[Found { solved: 0, ..found("a", 0.1) }])[1..].join(" ");
        assert_eq!(
            told("hidden_units = 1"),
            "No start can solve XOR: the network has one hidden unit only. The error of one unit never comes below 1/6."
        );
        assert!(
            told("hidden_units = [1, 2]").starts_with("No start can solve XOR (1 unit): the network has one")
        );
        let mirrored = "hidden = 'tanh'\nbias = false\ncoding = 'plus-minus'";
        assert!(told(mirrored).starts_with("No start can solve XOR: without hidden biases the outputs"));
        assert!(told("").starts_with("Who escapes"));
        assert!(!told("hidden_units = 1\ntask = 'and'").contains("No start"));
    }

    #[test]
    fn a_learning_rate_is_too_large_only_where_that_is_known() {
        let all = [found("a", 0.1), found("a", 1.0), found("a", 1.5)];
        let bounded = told("output = 'sigmoid'", &all);
        assert_eq!(bounded.len(), 3, "{bounded:?}");
        assert!(
            bounded[1].starts_with("No finite weights bring a sigmoid output to its targets"),
            "{bounded:?}"
        );
        assert!(bounded[2].starts_with("Who escapes the symmetric saddle (an error below"), "{bounded:?}");
        assert!(bounded[2].ends_with("a 21 of 3,000."), "{bounded:?}");
        let moving = all.map(|found| Found { momentum: 0.5, ..found });
        let moving = told("momentum = 0.5", &moving);
        assert!(moving[1].contains("where a resting point can be stable"), "{moving:?}");
        assert!(moving[1].ends_with("a 14 of 2,000."), "{moving:?}");
        assert!(
            moving[2].starts_with("At a learning rate of exactly 1 + momentum, 5 of 1,000"),
            "{moving:?}"
        );
    }

    #[test]
    fn plateaus_are_named_and_explained() {
        let told = told("", &[Found { plateaus: [3, 0, 0, 2, 1], ..found("a", 0.1) }]);
        assert_eq!(
            told[2],
            "6 of 1,000 were on a plateau at the end, where the error hardly falls any more: constant (all outputs \
             near the mean of the targets) 3; wrong (some outputs near the opposite of their targets and the others \
             right) 2; other (none of these) 1."
        );
        assert!(told[3].starts_with("A plateau need not be the end"), "{told:?}");
    }

    #[test]
    fn what_holds_for_some_set_ups_is_said_of_these_alone() {
        let spec = "task = ['xor', 'and']\nhidden_units = [1, 2]\noptimizer = ['gradient-descent', 'adam']";
        let all: Vec<Found<'_>> = (0..8)
            .flat_map(|set_up| [0.1, 1.0, 1.5].map(|alpha| Found { set_up, ..found("a", alpha) }))
            .collect();
        assert_eq!(
            told(spec, &all),
            [
                "144 of 24,000 runs solved their task, with all outputs on the right side at some step, and 120 \
                 converged: their error stayed within 1e-6 for 64 steps.",
                // XOR with two units alone, and with Adam at every rate.
                "No start can solve XOR (xor, 1 unit, gradient-descent; xor, 1 unit, adam): the network has one hidden unit \
                 only. The error of one unit never comes below 1/6. What is counted as solved there is rounding.",
                "Who escapes the symmetric saddle where a resting point can be stable, as far as is known (an error \
                 below 1/6, which takes two different hidden units): xor, 2 units, gradient-descent · a 7 of 1,000; \
                 xor, 2 units, adam · a 21 of 3,000.",
                "At a learning rate of exactly 1 (4 of 8 set-ups), 20 of 4,000 runs converged and 8 diverged (their \
                 largest error, as the median of a group: up to 2.500e0).",
                "Where no resting point is stable (above a learning rate of 1; 4 of 8 set-ups), 20 of 4,000 runs \
                 converged and 8 diverged (their largest error, as the median of a group: up to 2.500e0).",
            ]
        );
        let some = "output = ['linear', 'sigmoid']\nloss = ['mse', 'sse']";
        let all: Vec<Found<'_>> = (0..4).map(|set_up| Found { set_up, ..found("a", 0.9) }).collect();
        let some = told(some, &all);
        assert!(some[1].starts_with("No finite weights bring a sigmoid output to its targets"), "{some:?}");
        assert!(
            some[3].starts_with(
                "Where no resting point is stable (above a learning rate of 0.25; linear output, sse), 5"
            ),
            "{some:?}"
        );
        let rprop = told(
            "optimizer = ['gradient-descent', 'rprop']",
            &[Found { plateaus: [3, 0, 0, 0, 0], ..found("a", 0.1) }],
        );
        assert!(rprop[3].contains("a run may move on. `xorsweep"), "{rprop:?}");
    }

    #[test]
    fn a_summary_says_which_set_ups_its_groups_have() {
        let text = "hidden_units = [2, 3]\nhidden = ['tanh', 'relu']\ninit = 'glorot'";
        let sweep = Spec::from_toml(text).and_then(|spec| spec.resolve("".as_ref())).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut lines = Vec::new();
        let format = crate::results::Format::PLAIN;
        crate::results::summary::append_header(&mut lines, &[Axis::HiddenUnits, Axis::Hidden], format);
        // In another order than the sweep's.
        for number in (0..sweep.groups()).rev() {
            let group = Group::of(&sweep, &sweep.group(number));
            crate::results::summary::append_group(&mut lines, &group, format);
        }
        std::fs::write(folder.path().join("summary.csv"), &lines).unwrap();
        let table = Table::find(folder.path(), "summary").unwrap();
        let findings = Findings::of_summary(&sweep, &table).unwrap();
        let names: Vec<&str> = findings.inits.iter().map(|(name, _)| name.as_str()).collect();
        // Three units know no level.
        assert_eq!(names, ["2 units, relu · glorot", "2 units, tanh · glorot"]);
        let wrong = String::from_utf8(lines).unwrap().replacen(",relu,", ",sigmoid,", 1);
        std::fs::write(folder.path().join("summary.csv"), wrong).unwrap();
        let problem = Findings::of_summary(&sweep, &table).unwrap_err();
        assert!(problem.to_string().contains("the sweep has no such set-up"), "{problem}");
    }

    #[test]
    fn a_plane_says_what_was_varied() {
        let spec =
            "init = 'constant(0.1)'\n[plane]\nx = 'w1'\nx_range = '0:1:2'\ny = 'w2'\ny_range = '0:1:2'";
        let told = told(spec, &[found("constant(0.1)", 0.1)]);
        assert!(told[1].ends_with(": constant(0.1) with w1 and w2 varied 7 of 1,000."), "{told:?}");
    }

    #[test]
    fn very_many_inits_are_added_up() {
        let names: Vec<String> = (0..MAX_INITS + 2).map(|number| format!("init {number}")).collect();
        let all: Vec<Found<'_>> =
            names.iter().flat_map(|name| [found(name, 0.1), found(name, 0.2)]).collect();
        let told = told("", &all);
        assert!(told[1].ends_with("; init 99 14 of 2,000; 2 more inits 28 of 4,000."), "{told:?}");
    }
}
