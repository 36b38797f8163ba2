//! The kernels of `xorsweep`: many runs of a small network at once, a run in each SIMD lane.
//!
//! A package of its own, so that what takes long to compile is compiled once. It knows no files, threads, clocks or
//! flags: a [`SetUp`] says what is trained and how, runs come from a [`Feed`] and go back to it, and [`run`] is the way
//! in. [`trace()`] follows one run, [`derivatives`] tells gradient and curvature at a point. Nothing generic has to be
//! compiled again by whoever uses it.
//!
//! Two kernels do the work: the [`general`] one any set-up, the [`fused`] one the question's own network faster.
#![forbid(unsafe_code)]

pub mod batch;
pub mod critical;
pub mod derivatives;
pub mod dual;
pub mod fused;
pub mod general;
pub mod isa;
pub mod lanes;
pub mod one;
pub mod order;
pub mod outcome;
pub mod setup;
pub mod sigmoid;
pub mod solution;
pub mod task;
pub mod theta;
pub mod trace;

pub use batch::{Feed, Job};
pub use isa::{Isa, run};
pub use outcome::{Criterion, Outcome, Plateau, RunResult, StoppingRule};
pub use setup::{Hidden, Loss, Optimizer, Output, SetUp, Update};
pub use task::Task;
pub use theta::{Shape, Theta};
pub use trace::{Step, trace};

/// Steps from one fresh computation of the exponentials to the next. Runs enter and leave lanes between windows.
pub const WINDOW: usize = 32;
