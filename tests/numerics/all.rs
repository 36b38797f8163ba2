//! The mathematics of the kernels, held against many digits, libraries and published numbers.

use xorsweep_kernel::variant::{Coding, Hidden, Network, Output};

mod curvature;
mod descent;
mod exponential;
mod gradient;
mod lanes;

/// The network that an oracle's file calls `name`, such as `tanh-linear-zero-one`.
fn network_named(name: &str) -> Network {
    let [hidden, output, coding] = name.splitn(3, '-').collect::<Vec<_>>().try_into().unwrap();
    Network {
        hidden: if hidden == "tanh" { Hidden::Tanh } else { Hidden::Sigmoid },
        output: if output == "sigmoid" { Output::Sigmoid } else { Output::Linear },
        coding: if coding == "plus-minus" { Coding::PlusMinus } else { Coding::ZeroOne },
    }
}
