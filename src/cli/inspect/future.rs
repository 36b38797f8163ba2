//! What becomes of a point, found by running on from it, and what would do better, found by trying.

use std::io;
use std::path::Path;

use xorsweep::facts::{
    Course, Hindrance, dead_units, is_at_rest, learns, rate_limit, stays_dead, usual_rate,
};
use xorsweep::kernel::outcome::{Outcome, RunResult};
use xorsweep::kernel::{Hidden, Optimizer, SetUp, Update};
use xorsweep::sweep::engine::Runs as _;
use xorsweep::sweep::spec::{Spec, Sweep};
use xorsweep::sweep::text::shortest;

use super::{Inspected, all_of, only};

/// How much work a moment's is, in steps of a unit for a sample: about a second for one run.
const MOMENT: u64 = 16_000_000;

/// How much work trying other runs may be, which are done side by side.
const TRIALS: u64 = 150_000_000;

/// The most steps that a run is followed whose end its budget leaves open.
const FOLLOWED: u64 = 1_000_000;

/// How far it is followed: the work of a moment.
pub fn followed(set_up: &SetUp) -> u64 {
    let steps = MOMENT / work_of_step(set_up);
    let unit = 10_u64.pow(steps.max(1).ilog10());
    (steps / unit * unit).clamp(*TRIED.start(), FOLLOWED)
}

fn work_of_step(set_up: &SetUp) -> u64 {
    (set_up.hidden_units.0 * set_up.task.samples().len()) as u64
}

/// The budget of a run that is tried, in steps.
const TRIED: std::ops::RangeInclusive<u64> = 10_000..=100_000;

/// How many steps of a run are looked at one by one, at most.
const WATCHED: u64 = 100_000;

/// How other starts are drawn where the point's own init draws none that learn, and how many are tried.
const OTHER_STARTS: (&str, u64) = ("normal(1)", 16);

/// Other learning rates, of which a few next to the one given are tried.
const RATES: [f64; 14] =
    [100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001, 0.00003];
/// How many of them.
const MAX_RATES: usize = 4;

/// What becomes of a run from a point.
pub struct Future {
    /// The run, with its own budget.
    pub run: RunResult,
    /// The same run followed longer, if its budget left open how it ends.
    pub longer: Option<RunResult>,
    /// Whether no step moves the point: the gradient is exactly 0.
    pub is_at_rest: bool,
    /// Why no run from the point ever solves its task, where that is proved.
    pub hindrance: Option<Hindrance>,
    /// Whether the run, with its budget, ends with all outputs on the right side.
    pub learns: bool,
    /// Whether the run that was followed longer does.
    pub learns_later: bool,
    /// Hidden units that are dead at the end of the run, but not at the point.
    pub died: Vec<Death>,
    /// The least and the largest error in the last steps, if these were looked at.
    pub spread: Option<[f64; 2]>,
    /// What learns where the run does not, the best first.
    pub better: Vec<Better>,
    /// How many other runs were tried to find that, or in vain.
    pub tried: usize,
    /// Their budget, in steps.
    pub tried_steps: u64,
    /// How much work they were.
    work: u64,
}

/// A hidden unit that died in the course of a run.
pub struct Death {
    /// Which.
    pub unit: usize,
    /// From which step on it was dead, if that was seen.
    pub from: Option<u64>,
    /// Whether it stays so: nothing but the gradient moves it, or what else did has come to rest.
    pub stays: bool,
}

/// Another start, learning rate or set-up that was tried and learns.
#[derive(Clone)]
pub struct Better {
    /// What is changed, as keys and values; not the start.
    changes: Vec<(&'static str, String)>,
    /// Another start: how it is drawn, and from which seed.
    pub start: Option<(String, u64)>,
    /// How many such starts learn, and of how many.
    pub share: [usize; 2],
    /// The run that learns.
    pub run: RunResult,
    /// Its set-up.
    pub set_up: SetUp,
    /// Its learning rate.
    pub alpha: f64,
}

impl Better {
    /// The flags that ask for it.
    pub fn flags(&self) -> String {
        let changes = self.changes.iter().map(|(key, value)| format!("--{} {value}", key.replace('_', "-")));
        let start = self.start.iter().map(|(init, seed)| format!("--init \"{init}\" --seed {seed}"));
        start.chain(changes).collect::<Vec<_>>().join(" ")
    }

    /// Whether only the start is another.
    pub fn is_start_alone(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether three in four of such starts learn, or more.
    fn is_sure(&self) -> bool {
        4 * self.share[0] >= 3 * self.share[1]
    }

    /// Whether most such starts learn.
    fn is_usual(&self) -> bool {
        2 * self.share[0] > self.share[1]
    }
}

impl Future {
    /// Runs on from a point.
    pub fn of(inspected: &Inspected, prediction: &Sweep) -> io::Result<Self> {
        let set_up = &inspected.set_up;
        let run = only(prediction, 0)?;
        let is_at_rest = is_at_rest(set_up, &run);
        let is_learned = learns(set_up, &run);
        let is_open = matches!(run.outcome, Outcome::Plateau(_) | Outcome::Unfinished);
        let follow = followed(set_up);
        let is_followed = is_open && !is_learned && !is_at_rest && prediction.stopping_rule.steps < follow;
        let longer = if is_followed { Some(only(&with_steps(prediction, follow), 0)?) } else { None };
        let learns_later = longer.as_ref().is_some_and(|run| learns(set_up, run));
        let dead_before = dead_units(set_up, &inspected.theta);
        let died: Vec<usize> =
            dead_units(set_up, &run.end).into_iter().filter(|unit| !dead_before.contains(unit)).collect();
        let is_watched = !is_learned && (run.outcome == Outcome::Oscillating || !died.is_empty());
        let is_short = run.steps <= WATCHED.min(follow);
        let watched = (is_watched && is_short).then(|| Course::of(set_up, &prediction.job(0), run.steps));
        let momentum = prediction.run(0).momentum;
        // Velocities only fade: what no longer moves a parameter never will.
        let is_still = |watched: &Course, unit: usize| {
            let places = set_up.shape().unit(unit);
            places.into_iter().all(|place| watched.still_from[place] + Course::LAST <= run.steps)
        };
        let died = died.into_iter().map(|unit| Death {
            unit,
            from: watched.as_ref().and_then(|watched| watched.dead_from[unit]),
            stays: stays_dead(set_up, momentum)
                || watched.as_ref().is_some_and(|watched| is_still(watched, unit)),
        });
        let died = died.collect();
        let mut future = Self {
            is_at_rest,
            hindrance: Hindrance::at(set_up, &inspected.theta),
            learns: is_learned,
            learns_later,
            died,
            spread: watched.map(|watched| watched.spread),
            run,
            longer,
            better: Vec::new(),
            tried: 0,
            work: 0,
            tried_steps: prediction.stopping_rule.steps.clamp(*TRIED.start(), *TRIED.end()),
        };
        if !is_learned {
            future.find_better(inspected, prediction)?;
        }
        Ok(future)
    }

    /// Tries what might do better, the least change first: the same start, other starts, other set-ups.
    fn find_better(&mut self, inspected: &Inspected, prediction: &Sweep) -> io::Result<()> {
        let set_up = &inspected.set_up;
        let alpha = prediction.run(0).alpha;
        let rates = self.other_rates(set_up, prediction);
        let change = |rate: f64| {
            if rate == alpha { Vec::new() } else { vec![("alpha", shortest(rate))] }
        };
        if self.hindrance.is_none() && !self.is_at_rest {
            for &rate in &rates {
                if let Some(better) = self.attempt(prediction, change(rate), None)? {
                    self.better.push(better);
                    break;
                }
            }
        }
        let limit = rate_limit(set_up, prediction.run(0).momentum).unwrap_or(f64::INFINITY);
        let all_rates = std::iter::once(alpha).chain(rates).filter(|&rate| rate < limit);
        let inits = inspected.own_init.iter().map(String::as_str).chain([OTHER_STARTS.0]);
        let mut best: Option<Better> = None;
        'rates: for rate in all_rates {
            for init in inits.clone() {
                let better = self.attempt(prediction, change(rate), Some(init))?;
                best = better_of(best, better);
                if best.as_ref().is_some_and(Better::is_usual) {
                    break 'rates;
                }
            }
        }
        if best.as_ref().is_some_and(Better::is_usual) {
            self.better.extend(best);
            return Ok(());
        }
        let mut other = None;
        for changes in other_set_ups(set_up, prediction.run(0).momentum) {
            other = better_of(other, self.attempt(prediction, changes, Some(OTHER_STARTS.0))?);
            if other.as_ref().is_some_and(Better::is_sure) {
                break;
            }
        }
        let least = best.as_ref().map_or(0, |best| best.share[0]);
        let other = other.filter(|other| other.share[0] > least);
        // What hardly ever works is told only where nothing else does.
        let is_rare = best.as_ref().is_some_and(|best| 4 * best.share[0] < best.share[1]);
        self.better.extend(best.filter(|_| !is_rare || other.is_none()));
        self.better.extend(other);
        Ok(())
    }

    /// What becomes of the same start, or of other starts, with some keys changed; none if none of them learns, or it
    /// is known beforehand, or cannot be.
    fn attempt(
        &mut self,
        prediction: &Sweep,
        changes: Vec<(&'static str, String)>,
        init: Option<&str>,
    ) -> io::Result<Option<Better>> {
        let mut spec = Spec::default();
        let mut set = |key: &str, value: &str| spec.set(key, &[value]).expect("a key and a value");
        changes.iter().for_each(|(key, value)| set(key, value));
        if let Some(init) = init {
            set("init", init);
            set("seeds", &format!("0..{}", OTHER_STARTS.1));
        }
        let like = with_steps(prediction, self.tried_steps);
        let Ok(sweep) = spec.over(like.to_spec()).resolve(Path::new("")) else { return Ok(None) };
        let set_up = &sweep.set_ups[0];
        let work = sweep.runs() * self.tried_steps * work_of_step(set_up);
        if Hindrance::of_any_start(set_up).is_some() || self.work > TRIALS {
            return Ok(None);
        }
        self.work += work;
        let runs = all_of(&sweep, 0..sweep.runs())?;
        self.tried += runs.len();
        let is_learner = |run: &&RunResult| learns(set_up, run);
        let share = [runs.iter().filter(is_learner).count(), runs.len()];
        let run = runs.iter().find(is_learner).cloned();
        Ok(run.map(|run| Better {
            start: init.map(|init| (init.to_owned(), run.run)),
            changes,
            share,
            run,
            set_up: set_up.clone(),
            alpha: sweep.run(0).alpha,
        }))
    }

    /// Other learning rates that might do better, the nearest first.
    fn other_rates(&self, set_up: &SetUp, prediction: &Sweep) -> Vec<f64> {
        let alpha = prediction.run(0).alpha;
        let limit = rate_limit(set_up, prediction.run(0).momentum).unwrap_or(f64::INFINITY);
        let usual = usual_rate(set_up);
        // Steps that are much too long may also end on a plateau, with units that are saturated or dead.
        let is_too_fast = alpha >= limit
            || alpha > 3.0 * usual
            || matches!(self.run.outcome, Outcome::Diverged | Outcome::Oscillating);
        let mut rates: Vec<f64> = if is_too_fast {
            RATES.into_iter().filter(|&rate| rate < alpha && rate < limit).take(MAX_RATES).collect()
        } else {
            RATES.into_iter().rev().filter(|&rate| rate > alpha && rate < limit).take(MAX_RATES).collect()
        };
        if usual != alpha && usual < limit && !rates.contains(&usual) {
            rates.push(usual);
        }
        rates
    }
}

/// The one of which more starts learn.
fn better_of(one: Option<Better>, two: Option<Better>) -> Option<Better> {
    match (one, two) {
        (Some(one), Some(two)) if two.share[0] > one.share[0] => Some(two),
        (Some(one), _) => Some(one),
        (None, two) => two,
    }
}

/// Other set-ups that people try, each by what is changed.
fn other_set_ups(set_up: &SetUp, momentum: f64) -> Vec<Vec<(&'static str, String)>> {
    let with_rate = |key: &'static str, value: &str, changed: SetUp| {
        vec![(key, value.to_owned()), ("alpha", shortest(usual_rate(&changed)))]
    };
    let mut all = Vec::new();
    for units in [2, 4, 8] {
        if set_up.hidden_units.0 < units {
            all.push(with_rate("hidden_units", &units.to_string(), set_up.clone()));
        }
    }
    for hidden in [Hidden::Tanh, Hidden::Sigmoid] {
        if set_up.hidden != hidden {
            all.push(with_rate("hidden", hidden.word(), SetUp { hidden, ..set_up.clone() }));
        }
    }
    if !set_up.bias.0 {
        all.push(with_rate("bias", "true", set_up.clone()));
    }
    if momentum == 0.0 && set_up.optimizer.has_momentum() {
        all.push(with_rate("momentum", "0.9", set_up.clone()));
    }
    let plain = [Optimizer::Adam, Optimizer::GradientDescent];
    for optimizer in plain.into_iter().filter(|&optimizer| optimizer != set_up.optimizer) {
        all.push(with_rate("optimizer", optimizer.word(), SetUp { optimizer, ..set_up.clone() }));
    }
    if set_up.update != Update::Batch {
        all.push(with_rate("update", "batch", SetUp { update: Update::Batch, ..set_up.clone() }));
    }
    all
}

fn with_steps(sweep: &Sweep, steps: u64) -> Sweep {
    let mut sweep = sweep.clone();
    sweep.stopping_rule.steps = steps;
    sweep
}
