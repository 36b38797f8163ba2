//! A training set-up: which task, network, loss, update and optimizer, as a value.
//!
//! Words, defaults and combinations that make no sense are written here once; a spec, the kernels and the tables ask.

use std::fmt;

use crate::task::Task;
use crate::theta::Shape;

/// Words for the values of a choice, in the order they are shown.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$value_doc])* $value,)*
        }

        impl $name {
            /// All values; the first is the default.
            pub const ALL: &[Self] = &[$(Self::$value),*];

            /// Its word in specs and tables.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$value => $word,)* }
            }

            /// The value of a word.
            #[must_use]
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::ALL[0]
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }
    };
}

pub(crate) use choice;

choice! {
    /// The activation of the hidden units.
    Hidden {
        /// 1 / (1 + e^−z)
        Sigmoid = "sigmoid",
        /// (e^z − e^−z) / (e^z + e^−z)
        Tanh = "tanh",
        /// max(z, 0); its derivative at 0 is 0.
        Relu = "relu",
        /// z for z > 0, else z / 100.
        LeakyRelu = "leaky-relu",
    }
}

impl Hidden {
    /// Its slope below 0, of a rectifier.
    #[must_use]
    pub fn leak(self) -> f64 {
        match self {
            Self::LeakyRelu => 0.01,
            Self::Sigmoid | Self::Tanh | Self::Relu => 0.0,
        }
    }

    /// Whether it is a rectifier.
    #[must_use]
    pub fn is_rectifier(self) -> bool {
        match self {
            Self::Relu | Self::LeakyRelu => true,
            Self::Sigmoid | Self::Tanh => false,
        }
    }

    /// Whether it is made of the logistic function, whose exponential can be advanced and whose division be shared.
    #[must_use]
    pub fn is_logistic(self) -> bool {
        match self {
            Self::Sigmoid | Self::Tanh => true,
            Self::Relu | Self::LeakyRelu => false,
        }
    }

    /// The bound of its absolute value, if there is one.
    #[must_use]
    pub fn bound(self) -> Option<f64> {
        match self {
            Self::Sigmoid | Self::Tanh => Some(1.0),
            Self::Relu | Self::LeakyRelu => None,
        }
    }

    /// Whether it is 0 at 0.
    #[must_use]
    pub fn is_zero_at_zero(self) -> bool {
        match self {
            Self::Tanh | Self::Relu | Self::LeakyRelu => true,
            Self::Sigmoid => false,
        }
    }

    /// Whether it is an odd function but for a constant: h(z) + h(−z) is the same for every z.
    #[must_use]
    pub fn is_odd_but_for_a_constant(self) -> bool {
        match self {
            Self::Sigmoid | Self::Tanh => true,
            Self::Relu | Self::LeakyRelu => false,
        }
    }
}

choice! {
    /// The activation of the output unit.
    Output {
        /// The weighted sum itself.
        Linear = "linear",
        /// 1 / (1 + e^−z) of the weighted sum.
        Sigmoid = "sigmoid",
        /// tanh of the weighted sum.
        Tanh = "tanh",
    }
}

impl Output {
    /// The least and the largest output there can be, as limits.
    #[must_use]
    pub fn range(self) -> [f64; 2] {
        match self {
            Self::Linear => [f64::NEG_INFINITY, f64::INFINITY],
            Self::Sigmoid => [0.0, 1.0],
            Self::Tanh => [-1.0, 1.0],
        }
    }

    /// Its slope where the output is this.
    #[must_use]
    pub fn slope(self, output: f64) -> f64 {
        match self {
            Self::Linear => 1.0,
            Self::Sigmoid => output * (1.0 - output),
            Self::Tanh => (1.0 - output) * (1.0 + output),
        }
    }
}

choice! {
    /// What is descended. The first four differ in the scale of the learning rate alone.
    Loss {
        /// The mean of the squared residuals.
        Mse = "mse",
        /// Half of it.
        HalfMse = "half-mse",
        /// The sum of the squared residuals.
        Sse = "sse",
        /// Half of it.
        HalfSse = "half-sse",
        /// The mean of −t·ln ŷ − (1 − t)·ln(1 − ŷ).
        CrossEntropy = "cross-entropy",
    }
}

impl Loss {
    /// The loss as a multiple of the mean of the squared residuals of so many samples; none for cross-entropy.
    #[must_use]
    pub fn scale(self, samples: usize) -> Option<f64> {
        match self {
            Self::Mse => Some(1.0),
            Self::HalfMse => Some(0.5),
            Self::Sse => Some(samples as f64),
            Self::HalfSse => Some(samples as f64 / 2.0),
            Self::CrossEntropy => None,
        }
    }

    /// −∇ is this times the sum over the samples of δ·∂(output unit's sum)/∂θ.
    pub(crate) fn factor(self, samples: usize) -> f64 {
        match self {
            Self::CrossEntropy => 1.0 / samples as f64,
            Self::Mse => 2.0 / samples as f64,
            Self::HalfMse => 1.0 / samples as f64,
            Self::Sse => 2.0,
            Self::HalfSse => 1.0,
        }
    }
}

choice! {
    /// When the parameters are updated.
    Update {
        /// Once a step, from all samples.
        Batch = "batch",
        /// Once a sample, in the samples' order.
        InOrder = "in-order",
        /// Once a sample, in a new order each step.
        Shuffled = "shuffled",
        /// As often as there are samples, each drawn with replacement.
        Random = "random",
    }
}

impl Update {
    /// Whether it draws random numbers.
    #[must_use]
    pub fn draws(self) -> bool {
        matches!(self, Self::Shuffled | Self::Random)
    }
}

choice! {
    /// How a gradient becomes an update. Formulas and defaults are those of PyTorch.
    Optimizer {
        /// v ← μ·v − α·∇, θ ← θ + v.
        GradientDescent = "gradient-descent",
        /// v ← μ·v − α·∇, θ ← θ + μ·v − α·∇.
        Nesterov = "nesterov",
        /// s ← ρ·s + (1 − ρ)·∇², v ← μ·v + ∇ / (√s + ε), θ ← θ − α·v.
        RmsProp = "rmsprop",
        /// m ← β₁·m + (1 − β₁)·∇, s ← β₂·s + (1 − β₂)·∇², θ ← θ − α / (1 − β₁^t) · m / (√(s / (1 − β₂^t)) + ε).
        Adam = "adam",
        /// A step of its own for each parameter, at first α: 1.2 times as large (at most 50) while the gradient keeps
        /// its sign, and half (at least 1e-6), without an update, where the sign changes.
        Rprop = "rprop",
    }
}

impl Optimizer {
    /// Whether it takes a momentum.
    #[must_use]
    pub fn has_momentum(self) -> bool {
        matches!(self, Self::GradientDescent | Self::Nesterov | Self::RmsProp)
    }
}

/// The constants of optimizers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constants {
    /// β₁ of Adam, from 0, below 1.
    pub beta1: f64,
    /// β₂ of Adam, from 0, below 1.
    pub beta2: f64,
    /// ρ of RMSprop, from 0, below 1. (PyTorch calls it alpha.)
    pub rho: f64,
    /// ε of Adam and RMSprop, above 0.
    pub epsilon: f64,
}

impl Default for Constants {
    /// As in PyTorch.
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, rho: 0.99, epsilon: 1e-8 }
    }
}

/// What is trained and how; the default is the question's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SetUp {
    /// The samples.
    pub task: Task,
    /// How many hidden units, from 1 to [`SetUp::MAX_HIDDEN_UNITS`].
    pub hidden_units: HiddenUnits,
    /// Their activation.
    pub hidden: Hidden,
    /// The output unit's activation.
    pub output: Output,
    /// Without: all biases are 0 and stay 0.
    pub bias: Biases,
    /// Which parameters keep their start, by their places in θ, rising.
    pub frozen: Vec<usize>,
    /// What is descended.
    pub loss: Loss,
    /// When.
    pub update: Update,
    /// How.
    pub optimizer: Optimizer,
    /// The optimizer's constants.
    pub constants: Constants,
}

/// A number of hidden units; 2 unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HiddenUnits(pub usize);

impl Default for HiddenUnits {
    fn default() -> Self {
        Self(2)
    }
}

/// Whether there are biases; there are unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Biases(pub bool);

impl Default for Biases {
    fn default() -> Self {
        Self(true)
    }
}

/// Why a set-up makes no sense: the key at fault, its value, and what would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The key.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// What would do, as a phrase.
    pub remedy: String,
}

impl SetUp {
    /// The most hidden units.
    pub const MAX_HIDDEN_UNITS: usize = 16;

    /// The shape of the network.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape { inputs: self.task.inputs(), units: self.hidden_units.0 }
    }

    /// How many parameters it has.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.shape().parameters()
    }

    /// Which parameters never move, by their places in θ: frozen ones, and biases that are left out.
    pub fn fixed(&self) -> impl Iterator<Item = usize> + '_ {
        let shape = self.shape();
        let biases = if self.bias.0 { 0..0 } else { shape.biases() };
        biases.chain(self.frozen.iter().copied())
    }

    /// Whether the fused kernel runs it: the question's network, by full-batch gradient descent. A loss that only
    /// scales the learning rate changes nothing.
    #[must_use]
    pub fn is_fused(&self) -> bool {
        self.task.is_question()
            && self.hidden_units.0 == 2
            && self.hidden == Hidden::Sigmoid
            && self.output == Output::Linear
            && self.bias.0
            && self.frozen.is_empty()
            && self.loss != Loss::CrossEntropy
            && self.update == Update::Batch
            && self.optimizer == Optimizer::GradientDescent
    }

    /// Whether it is XOR on two inputs with two hidden units, the one for which `escaped_at` has a meaning.
    #[must_use]
    pub fn is_xor_of_two(&self) -> bool {
        self.task.is_xor() && self.hidden_units.0 == 2
    }

    /// Whether the hidden units are told apart by what they compute: two inputs, two units, a truth table.
    #[must_use]
    pub fn has_solutions(&self) -> bool {
        self.task.is_square() && self.hidden_units.0 == 2
    }

    /// Refuses combinations that make no sense; `has_momentum` tells whether a run has a momentum above 0.
    ///
    /// # Errors
    /// The first reason.
    pub fn check(&self, has_momentum: bool) -> Result<(), Refusal> {
        let refuse = |key, value: &dyn fmt::Display, remedy: String| {
            Err(Refusal { key, value: value.to_string(), remedy })
        };
        let [low, high] = self.task.target_range();
        let [least, most] = self.output.range();
        if self.loss == Loss::CrossEntropy && self.output != Output::Sigmoid {
            return refuse("loss", &self.loss, format!("it needs output = sigmoid, not {}", self.output));
        }
        if low < least || high > most {
            let remedy = format!(
                "its outputs lie between {least} and {most}, the targets between {low} and {high}: give targets = \
                 low,high within, or another output"
            );
            return refuse("output", &self.output, remedy);
        }
        if self.optimizer == Optimizer::Rprop && self.update != Update::Batch {
            let remedy =
                format!("it compares gradients of all samples: give update = batch, not {}", self.update);
            return refuse("optimizer", &self.optimizer, remedy);
        }
        if has_momentum && !self.optimizer.has_momentum() {
            let remedy =
                "it has no momentum: give momentum = 0, or gradient-descent, nesterov or rmsprop".to_owned();
            return refuse("optimizer", &self.optimizer, remedy);
        }
        let parameters = self.parameters();
        if let Some(place) = self.frozen.iter().find(|&&place| place >= parameters) {
            return refuse("frozen", place, format!("the network has {parameters} parameters"));
        }
        Ok(())
    }
}
