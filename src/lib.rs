//! Trains the smallest interesting neural network, millions of times, to see what becomes of each start.
//!
//! The network has two inputs, two hidden units, one output and nine parameters, and learns XOR by full-batch
//! gradient descent. A [`Spec`] names learning rates, momenta and starts; resolved to a [`Sweep`] it is a numbered
//! list of runs. [`run_all`] carries them out and returns a [`RunResult`] for each: whether it converged, where it was
//! stuck, how far the error went up, and the exact steps of these events.
//!
//! ```
//! use xorsweep::{Options, Outcome, Spec, run_all};
//!
//! let spec = Spec::from_toml(r#"
//!     alpha = [0.3, 1.0]
//!     init = ["constant(0.1)", "normal(1)"]
//!     seeds = "0..20"
//!     steps = 5000
//! "#)?;
//! let sweep = spec.resolve("".as_ref())?;
//! for finished in run_all(&sweep, &Options::default()) {
//!     let run = sweep.run(finished.run);
//!     println!("{} {:?} {}: {:?}", sweep.init_name(run.init_index), run.seed, run.alpha, finished.outcome);
//!     assert!(run.alpha < 1.0 || finished.outcome != Outcome::Converged);
//! }
//! # Ok::<(), xorsweep::Problem>(())
//! ```
//!
//! A run depends on its network, start, learning rate, momentum and budget alone: the same sweep gives the same bits
//! with any number of threads, any instruction set and any build.
//!
//! # Where things are
//!
//! - [`kernel`]: many runs of one network at once, without threads, files or clocks.
//! - [`sweep`](mod@sweep): which runs there are, and running them. [`execute`] hands on finished runs in order and in
//!   bounded memory, for sweeps too large for [`run_all`]; [`trace`] follows one run step by step.
//! - [`results`]: a sweep's results as files, which [`columns`] explains.
//! - [`execution`]: a sweep executed into a folder, as the program does it.
//! - [`why`]: reasons why a network does not learn XOR, each with its sweep.
//! - [`picture`]: maps and charts of the tables, and a page with all of them.
#![forbid(unsafe_code)]
// They panic where nothing can be written.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

#[doc = include_str!("clusters.md")]
pub mod clusters {}
#[doc = include_str!("columns.md")]
pub mod columns {}
pub mod execution;
pub mod facts;
pub mod picture;
pub mod problem;
#[doc = include_str!("readers.md")]
pub mod readers {}
pub mod results;
pub mod sweep;
pub mod why;
#[doc = include_str!("your_program.md")]
pub mod your_program {}

pub use xorsweep_kernel as kernel;

pub use kernel::batch::Job;
pub use kernel::isa::Isa;
pub use kernel::outcome::{Outcome, Plateau, RunResult, StoppingRule};
pub use kernel::setup::{Hidden, Output, SetUp};
pub use kernel::task::Coding;
pub use kernel::theta::Theta;
pub use kernel::trace::{Step, trace};
pub use problem::Problem;
pub use sweep::engine::{Options, Progress, execute, run_all};
pub use sweep::spec::{Run, Spec, Sweep};
pub use sweep::start::Init;

/// The README's Rust code, tested as documentation is.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
