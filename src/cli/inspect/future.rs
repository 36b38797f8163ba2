//! What becomes of a point, found by running on from it, and what would do better, found by trying.

use std::io;
use std::path::Path;

use xorsweep::facts::rate_limit;
use xorsweep::kernel::derivatives::gradient;
use xorsweep::kernel::outcome::{Finished, Outcome};
use xorsweep::kernel::{SetUp, Update};
use xorsweep::sweep::spec::{Spec, Sweep};
use xorsweep::sweep::text::shortest;

use super::{Inspected, all_of, only, right_sides};

/// How far a run is followed whose end its budget leaves open, in steps: the work of a moment.
pub const FOLLOWED: u64 = 1_000_000;

/// The least budget of a run that is tried, in steps.
const LEAST_TRIED: u64 = 10_000;

/// How other starts are drawn, and from which seeds.
const OTHER_STARTS: (&str, u64) = ("normal(1)", 16);

/// A learning rate at which most such starts of the default network learn.
const USUAL_RATE: f64 = 0.3;

/// Other learning rates, of which a few next to the one given are tried.
const RATES: [f64; 14] =
    [100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001, 0.00003];
/// How many of them.
const MOST_RATES: usize = 4;

/// What becomes of a run from a point.
pub struct Future {
    /// The run, with its own budget.
    pub run: Finished,
    /// The same run followed longer, if its budget left open how it ends.
    pub longer: Option<Finished>,
    /// Whether no step moves the point: the gradient is exactly 0.
    pub is_at_rest: bool,
    /// Whether the run, with its budget, ends with all outputs on the right side.
    pub learns: bool,
    /// Whether the run that was followed longer does.
    pub learns_later: bool,
    /// What learns where the run does not.
    pub better: Option<Better>,
    /// How many other runs were tried to find that, or in vain.
    pub tried: usize,
    /// Their budget, in steps.
    pub tried_steps: u64,
}

/// Another start or learning rate, or both, that was tried and learns.
pub struct Better {
    /// The seed of the other start, if it is another.
    pub seed: Option<u64>,
    /// The other learning rate, if it is another.
    pub alpha: Option<f64>,
    /// The run that learns.
    pub run: Finished,
}

impl Better {
    /// The flags that ask for it.
    pub fn flags(&self) -> String {
        let start = self.seed.map(|seed| format!("--init \"{}\" --seed {seed}", OTHER_STARTS.0));
        let alpha = self.alpha.map(|alpha| format!("--alpha {}", shortest(alpha)));
        start.into_iter().chain(alpha).collect::<Vec<_>>().join(" ")
    }
}

/// What is tried: other starts, or the same; another learning rate, or the same.
struct Try {
    other_starts: bool,
    alpha: f64,
}

impl Future {
    /// Runs on from a point.
    pub fn of(inspected: &Inspected, prediction: &Sweep) -> io::Result<Self> {
        let run = only(prediction, 0)?;
        let is_at_rest = is_at_rest(inspected, &run);
        let learns = is_learner(&inspected.set_up, &run);
        let is_open = matches!(run.outcome, Outcome::Plateau(_) | Outcome::Unfinished);
        let is_followed = is_open && !learns && !is_at_rest && prediction.budget.steps < FOLLOWED;
        let longer = if is_followed { Some(only(&with_steps(prediction, FOLLOWED), 0)?) } else { None };
        let learns_later = longer.as_ref().is_some_and(|run| is_learner(&inspected.set_up, run));
        let mut future = Self {
            run,
            longer,
            is_at_rest,
            learns,
            learns_later,
            better: None,
            tried: 0,
            tried_steps: prediction.budget.steps.clamp(LEAST_TRIED, FOLLOWED),
        };
        if !learns {
            future.find_better(inspected, prediction)?;
        }
        Ok(future)
    }

    fn find_better(&mut self, inspected: &Inspected, prediction: &Sweep) -> io::Result<()> {
        let like = with_steps(prediction, self.tried_steps);
        for Try { other_starts, alpha } in self.tries(inspected, prediction) {
            let mut spec = Spec::default();
            let mut set = |key: &str, value: &str| spec.set(key, &[value]).expect("a key and a value");
            set("alpha", &shortest(alpha));
            if other_starts {
                set("init", OTHER_STARTS.0);
                set("seeds", &format!("0..{}", OTHER_STARTS.1));
            }
            let Ok(sweep) = spec.over(like.to_spec()).resolve(Path::new("")) else { continue };
            let runs = all_of(&sweep, 0..sweep.runs())?;
            self.tried += runs.len();
            if let Some(run) = runs.into_iter().find(|run| is_learner(&inspected.set_up, run)) {
                let seed = other_starts.then_some(run.run);
                let alpha = (alpha != prediction.run(0).alpha).then_some(alpha);
                self.better = Some(Better { seed, alpha, run });
                return Ok(());
            }
        }
        Ok(())
    }

    /// What might do better, the least change first.
    fn tries(&self, inspected: &Inspected, prediction: &Sweep) -> Vec<Try> {
        let alpha = prediction.run(0).alpha;
        let limit = rate_limit(&inspected.set_up, prediction.run(0).momentum).unwrap_or(f64::INFINITY);
        let is_too_fast =
            alpha >= limit || matches!(self.run.outcome, Outcome::Diverged | Outcome::Oscillating);
        let others: Vec<f64> = if is_too_fast {
            RATES.into_iter().filter(|&rate| rate < alpha && rate < limit).take(MOST_RATES).collect()
        } else {
            RATES.into_iter().rev().filter(|&rate| rate > alpha && rate < limit).take(MOST_RATES).collect()
        };
        let same = |alpha: f64| Try { other_starts: false, alpha };
        let other = |alpha: f64| Try { other_starts: true, alpha };
        let mut tries = Vec::new();
        if inspected.one_unit().is_none() && !self.is_at_rest {
            tries.extend(others.iter().copied().map(same));
        }
        if alpha < limit {
            tries.push(other(alpha));
        }
        tries.extend(others.into_iter().map(other));
        if USUAL_RATE != alpha && USUAL_RATE < limit {
            tries.push(other(USUAL_RATE));
        }
        tries
    }
}

fn with_steps(sweep: &Sweep, steps: u64) -> Sweep {
    let mut sweep = sweep.clone();
    sweep.budget.steps = steps;
    sweep
}

/// Whether no step moves the point. The gradient alone would not tell: the descent may round it in another way, and
/// samples one by one may have another.
fn is_at_rest(inspected: &Inspected, run: &Finished) -> bool {
    let bits = |theta: &[f64]| theta.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    let is_level =
        || gradient(&inspected.set_up, &inspected.theta).gradient.iter().all(|&slope| slope == 0.0);
    inspected.set_up.update == Update::Batch && bits(&run.end) == bits(&inspected.theta) && is_level()
}

/// Whether a run ends with all outputs on the right side, and may stay there.
fn is_learner(set_up: &SetUp, run: &Finished) -> bool {
    match right_sides(set_up, &run.end) {
        None => run.outcome == Outcome::Converged,
        Some(sides) => {
            let is_calm = !matches!(run.outcome, Outcome::Diverged | Outcome::Oscillating);
            is_calm && sides.into_iter().all(|is_right| is_right)
        }
    }
}
