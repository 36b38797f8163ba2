//! The mathematics of the kernels, held against many digits, libraries and published numbers.

use xorsweep_kernel::task::Coding;
use xorsweep_kernel::{Hidden, Output, SetUp, Task};

mod curvature;
mod descent;
mod exponential;
mod gradient;
mod lanes;
mod reference;
mod saturated;
mod set_ups;

/// The network that an oracle's file calls `name`, such as `tanh-linear-zero-one`.
fn network_named(name: &str) -> SetUp {
    let [hidden, output, coding] = name.splitn(3, '-').collect::<Vec<_>>().try_into().unwrap();
    let coding = Coding::of_word(coding).unwrap();
    SetUp {
        task: Task::named("xor", coding, None).unwrap(),
        hidden: Hidden::of_word(hidden).unwrap(),
        output: Output::of_word(output).unwrap(),
        ..SetUp::default()
    }
}

/// The networks of the oracles.
fn networks() -> Vec<SetUp> {
    [
        "sigmoid-linear-zero-one",
        "tanh-linear-zero-one",
        "sigmoid-sigmoid-zero-one",
        "tanh-sigmoid-zero-one",
        "sigmoid-linear-plus-minus",
        "tanh-linear-plus-minus",
    ]
    .map(network_named)
    .into()
}
