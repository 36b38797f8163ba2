//! Which network: the hidden unit, the output unit and the coding of the samples.

use serde::{Deserialize, Serialize};

/// The function of the two hidden units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hidden {
    /// 1 / (1 + e^−z)
    #[default]
    Sigmoid,
    /// (e^z − e^−z) / (e^z + e^−z)
    Tanh,
}

/// The function of the output unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Output {
    /// The weighted sum itself.
    #[default]
    Linear,
    /// 1 / (1 + e^−z) of the weighted sum.
    Sigmoid,
}

/// The numbers that stand for false and true, in inputs and targets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coding {
    /// 0 and 1.
    #[default]
    ZeroOne,
    /// −1 and +1.
    PlusMinus,
}

/// A choice of hidden unit, output unit and coding; the default is the network of the original question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Network {
    /// The function of the two hidden units.
    pub hidden: Hidden,
    /// The function of the output unit.
    pub output: Output,
    /// The numbers that stand for false and true.
    pub coding: Coding,
}
