//! One run, step by step, compiled once: with fused multiply-add where the processor has it.

use std::borrow::Cow;

use crate::batch::Job;
use crate::fused::descent::{self, LaneState, Observer};
use crate::fused::{PARAMETERS, formula};
use crate::general::{self, Plan, State, StepErrors};
use crate::setup::SetUp;
use crate::theta::Theta;

/// A run where it is, and how it moves on.
#[derive(Clone)]
pub enum OneRun<'a> {
    /// By the fused kernel.
    Fused(LaneState<f64>),
    /// By the general kernel.
    General(Cow<'a, Plan>, Box<State<f64>>),
}

/// What a step shows: the numbers at θ, and θ itself if it is wanted.
pub type See<'a> = dyn FnMut(usize, &StepErrors<f64>, &dyn Fn() -> Theta) + 'a;

impl<'a> OneRun<'a> {
    /// At its start.
    #[must_use]
    pub fn new(set_up: &SetUp, job: &Job) -> Self {
        if set_up.is_fused() {
            Self::fused(set_up.loss.factor(4), job)
        } else {
            Self::start(Cow::Owned(Plan::new(set_up, job.momentum != 0.0)), job)
        }
    }

    /// The same for the fused kernel; α times `rate` is [`LaneState::half_rate`].
    pub(crate) fn fused(rate: f64, job: &Job) -> Self {
        let mut state = LaneState::idle(());
        state.enter(0, &job.start, job.alpha * rate, job.momentum);
        Self::Fused(state)
    }

    /// The same for the general kernel, whose plan is there.
    pub(crate) fn start(plan: Cow<'a, Plan>, job: &Job) -> Self {
        let mut state = State::new((), &plan);
        state.enter(&plan, 0, job);
        Self::General(plan, Box::new(state))
    }

    /// A run of the general kernel that is somewhere.
    pub(crate) fn general(plan: &'a Plan, state: State<f64>) -> Self {
        Self::General(Cow::Borrowed(plan), Box::new(state))
    }

    /// Does `steps` steps, at most [`WINDOW`](crate::WINDOW), each shown to `see` before its update.
    pub fn window(&mut self, steps: usize, see: &mut See<'_>) {
        #[cfg(target_arch = "x86_64")]
        if let Some(token) = fearless_simd::Level::new().as_avx2() {
            return fearless_simd::Simd::vectorize(
                token,
                #[inline(always)]
                || self.window_here(steps, see),
            );
        }
        self.window_here(steps, see);
    }

    #[inline(always)]
    fn window_here(&mut self, steps: usize, see: &mut See<'_>) {
        match self {
            Self::Fused(state) => {
                descent::window::<f64, true, _>(state, steps, &mut Shower(see));
            }
            Self::General(plan, state) => general::window(plan, state, steps, |index, state| {
                see(index, &state.seen(plan), &|| state.theta(plan, 0));
            }),
        }
    }
}

/// Shows the fused kernel's steps.
struct Shower<'a, 'b>(&'a mut See<'b>);

impl Observer<f64> for Shower<'_, '_> {
    #[inline(always)]
    fn see(&mut self, index: usize, theta: &[f64; PARAMETERS], residual: &[f64; 4]) {
        let seen = StepErrors {
            error: formula::error(residual),
            astray: formula::farthest_astray(residual),
            residual: residual.iter().fold(0.0, |largest, part| part.abs().max(largest)),
            loss: 0.0,
        };
        (self.0)(index, &seen, &|| Theta::from_slice(theta));
    }
}
