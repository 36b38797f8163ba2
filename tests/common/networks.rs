//! Networks that differ in hidden unit, output unit and coding.

use xorsweep::kernel::task::Coding;
use xorsweep::kernel::{Hidden, Output, SetUp, Task};

/// All of them; ±1 coding has no sigmoid output, which could not reach its targets.
pub fn networks() -> Vec<SetUp> {
    let of = |hidden, output, coding| SetUp {
        task: Task::named("xor", coding, None).expect("it has this name"),
        hidden,
        output,
        ..SetUp::default()
    };
    vec![
        of(Hidden::Sigmoid, Output::Linear, Coding::ZeroOne),
        of(Hidden::Tanh, Output::Linear, Coding::ZeroOne),
        of(Hidden::Sigmoid, Output::Sigmoid, Coding::ZeroOne),
        of(Hidden::Tanh, Output::Sigmoid, Coding::ZeroOne),
        of(Hidden::Sigmoid, Output::Linear, Coding::PlusMinus),
        of(Hidden::Tanh, Output::Linear, Coding::PlusMinus),
    ]
}
