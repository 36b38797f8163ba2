//! Set-ups that differ from the default in one thing each, and sweeps of them on one thread: lanes are refilled and runs
//! end at their events, as in any sweep.

use std::time::{Duration, Instant};

use super::feed::{Starts, starts};
pub use super::feed::{hash_of_ends, steps_of};
use xorsweep::kernel::isa::{self, Isa, Registers};
use xorsweep::kernel::outcome::{RunResult, StoppingRule};
use xorsweep::kernel::setup::HiddenUnits;
use xorsweep::kernel::task::Sample;
use xorsweep::kernel::{Criterion, Hidden, Loss, Optimizer, Output, SetUp, Task, Update};

/// What is measured.
pub struct Case {
    pub name: &'static str,
    pub set_up: SetUp,
    pub alpha: f64,
    pub momentum: f64,
    pub kernel: Kernel,
}

/// By which kernel.
#[derive(Clone, Copy, PartialEq)]
pub enum Kernel {
    /// The one that it has in a sweep.
    Usual,
    /// The fused one, in so many registers where that makes a difference.
    Fused(Registers),
    /// The general one in any case.
    General,
}

/// All of them; first the default by its fused kernel, with which the others are compared.
pub fn cases() -> Vec<Case> {
    let usual = SetUp::default;
    let of = |name, alpha, set_up| Case { name, set_up, alpha, momentum: 0.0, kernel: Kernel::General };
    let pushed = |case: Case| Case { momentum: 0.9, ..case };
    let units = |count| SetUp { hidden_units: HiddenUnits(count), ..usual() };
    let hidden = |hidden| SetUp { hidden, ..usual() };
    let update = |update| SetUp { update, ..usual() };
    let optimizer = |optimizer| SetUp { optimizer, ..usual() };
    let task = |task, count| SetUp { task, ..units(count) };
    let parity = Task::named("parity-3", Default::default(), None).expect("it has a name");
    vec![
        Case { kernel: Kernel::Usual, ..of("default, fused", 0.3, usual()) },
        Case { kernel: Kernel::Fused(Registers::One), ..of("default, fused, in one register", 0.3, usual()) },
        Case { kernel: Kernel::Fused(Registers::Two), ..of("default, fused, in two", 0.3, usual()) },
        Case { kernel: Kernel::Usual, ..pushed(of("momentum 0.9, fused", 0.03, usual())) },
        of("default", 0.3, usual()),
        pushed(of("momentum 0.9", 0.03, usual())),
        pushed(of("nesterov", 0.03, optimizer(Optimizer::Nesterov))),
        of("rmsprop", 0.01, optimizer(Optimizer::RmsProp)),
        of("adam", 0.01, optimizer(Optimizer::Adam)),
        of("rprop", 0.01, optimizer(Optimizer::Rprop)),
        of("1 hidden unit", 0.3, units(1)),
        of("3 hidden units", 0.2, units(3)),
        of("4 hidden units", 0.1, units(4)),
        of("8 hidden units", 0.05, units(8)),
        of("16 hidden units", 0.02, units(16)),
        of("relu", 0.05, hidden(Hidden::Relu)),
        of("leaky-relu", 0.05, hidden(Hidden::LeakyRelu)),
        of("tanh", 0.1, hidden(Hidden::Tanh)),
        of("sigmoid output", 0.3, SetUp { output: Output::Sigmoid, ..usual() }),
        of("cross-entropy", 0.3, SetUp { output: Output::Sigmoid, loss: Loss::CrossEntropy, ..usual() }),
        of("in-order", 0.1, update(Update::InOrder)),
        of("shuffled", 0.1, update(Update::Shuffled)),
        of("random", 0.1, update(Update::Random)),
        of("parity-3, 3 hidden units", 0.2, task(parity, 3)),
        of("64 samples of 8 inputs", 0.1, task(wide_task(), 2)),
        of("the same, in-order", 0.01, SetUp { update: Update::InOrder, ..task(wide_task(), 2) }),
    ]
}

/// As many samples and inputs as there may be: 0 and 1 that look drawn, and whether their sum is odd.
fn wide_task() -> Task {
    let samples = (0..64_u64).map(|k| {
        let bits = (k + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56;
        let inputs = (0..8).map(|input| (bits >> input & 1) as f64).collect();
        Sample { inputs, target: f64::from(bits.count_ones() % 2) }
    });
    Task::of_samples("wide", samples.collect()).expect("it is neither too large nor too small")
}

impl Case {
    /// The first `runs` runs, and how long they took.
    pub fn sweep(&self, isa: Isa, runs: u64, steps: u64) -> (Vec<RunResult>, Duration) {
        let stopping_rule =
            StoppingRule { criterion: Criterion::Error, steps, tolerance: 1e-6, hold: 64, blow_up: 1e6 };
        let mut feed = Starts::new(starts(runs, self.set_up.shape()), self.alpha, self.momentum);
        let (set_up, has_momentum) = (&self.set_up, self.momentum != 0.0);
        let begun = Instant::now();
        match self.kernel {
            Kernel::Usual => isa::run(isa, set_up, has_momentum, &stopping_rule, &mut feed),
            Kernel::Fused(registers) => {
                isa::run_in(isa, registers, set_up, has_momentum, &stopping_rule, &mut feed)
            }
            Kernel::General => isa::run_general(isa, set_up, has_momentum, &stopping_rule, &mut feed),
        }
        let took = begun.elapsed();
        (feed.into_finished(), took)
    }
}
