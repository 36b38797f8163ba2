//! How well or how badly a run did, as one number that changes smoothly from start to start on either side of the
//! boundary between runs that come down and runs that do not.
//!
//! As Sohl-Dickstein (2024) measures it: v is the error at each step divided by the first error, and at most 10⁶. A run
//! comes down if v is below 1 on average over the last 20 steps. Its measure then is minus the sum of v, and otherwise
//! the sum of 1/v: the farther from 0, the slower.

use std::convert::Infallible;

use crate::kernel::SetUp;
use crate::kernel::batch::Job;
use crate::kernel::trace::trace;

/// The largest ratio of errors.
const LARGEST: f64 = 1e6;
/// So many last steps decide whether a run comes down.
const LAST: usize = 20;

/// The measure of a run of so many steps, over the steps 0 to `steps`: below 0 for a run that comes down.
///
/// It takes all steps, whatever becomes of the run, one run at a time.
#[must_use]
pub fn measure(network: &SetUp, job: &Job, steps: u64) -> f64 {
    let mut first = f64::NAN;
    let mut sum = 0.0;
    let mut inverse = 0.0;
    let mut last = [0.0; LAST];
    let traced = trace(network, job, steps, |step| {
        if step.step == 0 {
            first = step.error;
        }
        let ratio = ratio(step.error, first);
        sum += ratio;
        inverse += 1.0 / ratio;
        last[(step.step % LAST as u64) as usize] = ratio;
        Ok::<(), Infallible>(())
    });
    let Ok(()) = traced;
    let known = LAST.min(steps as usize + 1);
    let mean = last[..known].iter().sum::<f64>() / known as f64;
    if mean < 1.0 { -sum } else { inverse }
}

/// How large an error is in comparison with the first one. What is not a number has left all bounds.
fn ratio(error: f64, first: f64) -> f64 {
    if error == 0.0 {
        return 0.0;
    }
    let ratio = error / first;
    if ratio < LARGEST { ratio } else { LARGEST }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(start: f64, alpha: f64, steps: u64) -> f64 {
        let job = Job { run: 0, start: [start; 9].into(), alpha, momentum: 0.0, seed: 0 };
        measure(&SetUp::default(), &job, steps)
    }

    #[test]
    fn the_measure_sums_up_the_ratios_of_errors() {
        assert_eq!(of(0.1, 0.3, 0), 1.0, "one step, a ratio of 1, which is not below 1");
        let errors = |alpha: f64| {
            let mut errors = Vec::new();
            let job = Job { run: 0, start: [0.1; 9].into(), alpha, momentum: 0.0, seed: 0 };
            let Ok(()) = trace(&SetUp::default(), &job, 100, |step| {
                errors.push(step.error);
                Ok::<(), Infallible>(())
            });
            errors
        };
        let down = errors(0.3);
        let sum: f64 = down.iter().map(|error| error / down[0]).sum();
        assert!((of(0.1, 0.3, 100) + sum).abs() < 1e-9);
        let up = errors(1.0);
        let sum: f64 = up.iter().map(|error| up[0] / error).sum();
        assert!((of(0.1, 1.0, 100) - sum).abs() < 1e-9);
    }

    #[test]
    fn a_run_that_leaves_all_bounds_has_a_finite_measure() {
        let lost = of(3.0, 50.0, 5000);
        assert!(lost.is_finite() && lost > 0.0, "{lost}");
    }
}
