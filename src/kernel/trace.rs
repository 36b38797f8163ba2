//! One run step by step, with the very numbers of its row in a sweep.

use super::batch::Job;
use crate::descent::{WINDOW, Walk, window_of_one};
use crate::formula::{Variant, Visitor};
use crate::theta::Theta;
use crate::variant::Network;

/// A step of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// After how many updates.
    pub step: u64,
    /// The error there.
    pub error: f64,
    /// The parameters there.
    pub theta: Theta,
}

/// Shows the steps 0, 1, …, `steps` of a run to `see`, whatever becomes of it.
///
/// # Errors
/// The first error of `see`, which ends the trace.
pub fn trace<E>(
    network: &Network,
    job: &Job,
    steps: u64,
    see: impl FnMut(&Step) -> Result<(), E>,
) -> Result<(), E> {
    network.visit(Tracing { job, steps, see })
}

struct Tracing<'a, F> {
    job: &'a Job,
    steps: u64,
    see: F,
}

impl<E, F: FnMut(&Step) -> Result<(), E>> Visitor for Tracing<'_, F> {
    type Out = Result<(), E>;

    fn visit<V: Variant>(mut self) -> Self::Out {
        let mut walk = Walk::<f64>::idle(());
        walk.enter(0, &self.job.start, self.job.alpha, self.job.momentum);
        let mut kept = Vec::with_capacity(WINDOW);
        for step in (0..=self.steps).step_by(WINDOW) {
            kept.clear();
            window_of_one::<V>(&mut walk, WINDOW, Some(&mut kept));
            for (step, (error, theta)) in (step..=self.steps).zip(&kept) {
                (self.see)(&Step { step, error: *error, theta: *theta })?;
            }
        }
        Ok(())
    }
}
