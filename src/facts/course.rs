//! What is seen of a run step by step, and of its end.

use std::convert::Infallible;

use super::dead_units;
use crate::kernel::batch::Job;
use crate::kernel::derivatives::{gradient, right_sides};
use crate::kernel::outcome::{Outcome, RunResult};
use crate::kernel::trace::{Step, trace};
use crate::kernel::{SetUp, Update};

/// A run seen step by step.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// Of each hidden unit the first step of those up to the end at which it is [dead](dead_units).
    pub dead_from: Vec<Option<u64>>,
    /// The least and the largest error of the last steps, as many as [`Course::LAST`].
    pub spread: [f64; 2],
    /// Since when each parameter has been what it is at the end.
    pub still_from: Vec<u64>,
}

impl Course {
    /// How many steps at a run's end tell between which errors it goes up and down.
    pub const LAST: u64 = 64;

    /// That of a run of so many steps.
    #[must_use]
    pub fn of(set_up: &SetUp, job: &Job, steps: u64) -> Self {
        let mut before = job.start.clone();
        let mut course = Self {
            dead_from: vec![None; set_up.hidden_units.0],
            spread: [f64::INFINITY, f64::NEG_INFINITY],
            still_from: vec![0; before.len()],
        };
        let see = |step: &Step| -> Result<(), Infallible> {
            let dead = dead_units(set_up, &step.theta);
            for (unit, from) in course.dead_from.iter_mut().enumerate() {
                *from = if dead.contains(&unit) { from.or(Some(step.step)) } else { None };
            }
            for (place, from) in course.still_from.iter_mut().enumerate() {
                if step.theta[place].to_bits() != before[place].to_bits() {
                    *from = step.step;
                }
            }
            before.clone_from(&step.theta);
            if step.step + Self::LAST > steps {
                let [least, most] = course.spread;
                course.spread = [least.min(step.error), most.max(step.error)];
            }
            Ok(())
        };
        let Ok(()) = trace(set_up, job, steps, see);
        course
    }
}

/// Whether no step moves a run. The gradient alone would not tell: the descent may round it in another way, and samples one
/// by one may have another.
#[must_use]
pub fn is_at_rest(set_up: &SetUp, run: &RunResult) -> bool {
    let bits = |theta: &[f64]| theta.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    let is_level = || gradient(set_up, &run.start).gradient.iter().all(|&slope| slope == 0.0);
    set_up.update == Update::Batch && bits(&run.end) == bits(&run.start) && is_level()
}

/// Whether a run ends with all outputs on the right side, and may stay there.
#[must_use]
pub fn learns(set_up: &SetUp, run: &RunResult) -> bool {
    match right_sides(set_up, &run.end) {
        None => run.outcome == Outcome::Converged,
        Some(sides) => {
            let is_calm = !matches!(run.outcome, Outcome::Diverged | Outcome::Oscillating);
            is_calm && sides.into_iter().all(|is_right| is_right)
        }
    }
}
