//! One run step by step, with the very numbers of its row in a sweep.

use crate::WINDOW;
use crate::batch::Job;
use crate::one::OneRun;
use crate::setup::{Loss, SetUp};
use crate::theta::Theta;

/// A step of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// After how many passes over the samples.
    pub step: u64,
    /// The error there.
    pub error: f64,
    /// The mean cross-entropy there, where that is descended.
    pub loss: Option<f64>,
    /// The parameters there.
    pub theta: Theta,
}

/// Shows the steps 0, 1, …, `steps` of a run to `see`, whatever becomes of it.
///
/// # Errors
/// The first error of `see`, which ends the trace.
pub fn trace<E>(
    set_up: &SetUp,
    job: &Job,
    steps: u64,
    mut see: impl FnMut(&Step) -> Result<(), E>,
) -> Result<(), E> {
    let mut run = OneRun::new(set_up, job);
    let has_loss = set_up.loss == Loss::CrossEntropy;
    let mut kept = Vec::with_capacity(WINDOW);
    for at in (0..=steps).step_by(WINDOW) {
        kept.clear();
        run.window(WINDOW, &mut |index, seen, theta| {
            let step = at + index as u64;
            kept.push(Step { step, error: seen.error, loss: has_loss.then_some(seen.loss), theta: theta() });
        });
        for step in kept.iter().take_while(|step| step.step <= steps) {
            see(step)?;
        }
    }
    Ok(())
}
