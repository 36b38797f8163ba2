//! The keys of a spec.

use crate::kernel::task::Coding;
use crate::kernel::{Criterion, Hidden, Loss, Optimizer, Output, Task, Update};
use crate::sweep::plane;

/// A key of a spec file, and the flag of the same name.
#[derive(Debug)]
pub struct Key {
    /// The key, and the flag without its dashes.
    pub name: &'static str,
    /// Whether it takes several values.
    pub list: bool,
    /// What stands for a value in a usage text.
    pub value_name: &'static str,
    /// The values it has if it is not given; none if it then plays no part.
    pub default: &'static [&'static str],
    /// Words that it can be, for a shell to complete: all of them, or examples where there are endlessly many.
    pub words: fn() -> Vec<&'static str>,
    /// What it means and which values it takes, in a sentence or two without the default.
    pub help: &'static str,
}

impl Key {
    const fn one(
        name: &'static str,
        value_name: &'static str,
        default: &'static [&'static str],
        help: &'static str,
    ) -> Self {
        Self { name, list: false, value_name, default, words: Vec::new, help }
    }

    const fn list(
        name: &'static str,
        value_name: &'static str,
        default: &'static [&'static str],
        help: &'static str,
    ) -> Self {
        Self { name, list: true, value_name, default, words: Vec::new, help }
    }

    const fn words(self, words: fn() -> Vec<&'static str>) -> Self {
        Self { words, ..self }
    }

    /// The help with the default.
    #[must_use]
    pub fn help_with_default(&self) -> String {
        if self.default.is_empty() {
            self.help.to_owned()
        } else {
            format!("{} [default: {}]", self.help, self.default.join(","))
        }
    }
}

/// Every key there is, with its default.
pub const KEYS: &[Key] = &[
    Key::one("name", "NAME", &["sweep"], "Name of the sweep and of the folder of its results."),
    Key::list(
        "alpha",
        "NUMBERS",
        &["0.3"],
        "Learning rates above 0: numbers, from:to:count, or log:from:to:count.",
    ),
    Key::list("momentum", "NUMBERS", &["0"], "Momenta from 0, in the same notation; 0 is plain descent."),
    Key::list(
        "init",
        "SUMS",
        &["normal(1)"],
        "How starts are drawn: sums of constant(c), point(…), uniform(lo,hi), normal(sd), glorot, glorot-normal, he and \
         pytorch; @weights, @biases, @hidden or @output behind a term keeps it to that part.",
    )
    .words(|| vec!["constant(0.1)", "uniform(-1,1)", "normal(1)", "glorot", "glorot-normal", "he", "pytorch"]),
    Key::list(
        "seeds",
        "RANGES",
        &["0..1000"],
        "Seeds to draw from: whole numbers, or ranges such as 0..1000, which ends with 999.",
    ),
    Key::one(
        "starts",
        "FILE",
        &[],
        "Instead of init and seeds: a file of starts, as a table of text (columns w1,w2,w3,w4,w5,w6,b1,b2,b3 and perhaps \
         name, or a row of nine numbers a start), an array of NumPy (.npy), or a network's matrices in JSON.",
    ),
    Key::one(
        "starts_layout",
        "LAYOUT",
        &[],
        "How to read that file if it does not tell, or tells two things: numbered, keras or pytorch for the order of \
         numbers without names and of matrices; start or end for the columns of a table of results.",
    ),
    Key::one("steps", "STEPS", &["10000"], "The most steps a run may take, from 0."),
    Key::one(
        "tolerance",
        "ERROR",
        &["1e-6"],
        "A run has converged once its error stays at or below this; from 0.",
    ),
    Key::one("hold", "STEPS", &["64"], "For how many consecutive steps it must stay there; from 1."),
    Key::one(
        "blow_up",
        "ERROR",
        &["1e12"],
        "A run has diverged once its error is above this; above 0, or inf.",
    ),
    Key::one(
        "criterion",
        "WHAT",
        &["error"],
        "What must come down to the tolerance: error, loss, residual (the largest), or solved (all outputs on the right side).",
    )
    .words(|| Criterion::ALL.iter().map(|criterion| criterion.word()).collect()),
    Key::list(
        "task",
        "TASKS",
        &["xor"],
        "What is learnt: xor, and, or, nand, nor, xnor, a truth table such as 0110, parity-3 to parity-6, or a CSV file with \
         columns x1, x2, … and y.",
    )
    .words(|| Task::NAMES.to_vec()),
    Key::one(
        "coding",
        "CODING",
        &["zero-one"],
        "What stands for false and true in a truth table: zero-one or plus-minus (-1 and 1).",
    )
    .words(|| Coding::ALL.iter().map(|coding| coding.word()).collect()),
    Key::list("targets", "LOW,HIGH", &[], "Other targets for false and true, such as 0.1,0.9."),
    Key::list("hidden_units", "COUNTS", &["2"], "How many hidden units there are, from 1 to 16."),
    Key::list("hidden", "UNITS", &["sigmoid"], "The hidden units: sigmoid, tanh, relu or leaky-relu (slope 0.01).")
        .words(|| Hidden::ALL.iter().map(|unit| unit.word()).collect()),
    Key::list("output", "UNITS", &["linear"], "The output unit: linear, sigmoid or tanh.")
        .words(|| Output::ALL.iter().map(|unit| unit.word()).collect()),
    Key::one("bias", "YES", &["true"], "Whether there are biases; if not they are 0 and stay 0: true or false.")
        .words(|| vec!["true", "false"]),
    Key::list("frozen", "PARAMETERS", &[], "Parameters that keep their start, by name, such as w5,w6,b3."),
    Key::list(
        "loss",
        "LOSSES",
        &["mse"],
        "What is descended: mse, half-mse, sse, half-sse, or cross-entropy for a sigmoid output.",
    )
    .words(|| Loss::ALL.iter().map(|loss| loss.word()).collect()),
    Key::list(
        "update",
        "WHEN",
        &["batch"],
        "When parameters are updated: batch (once a step), or once a sample: in-order, shuffled or random.",
    )
    .words(|| Update::ALL.iter().map(|update| update.word()).collect()),
    Key::list(
        "optimizer",
        "HOW",
        &["gradient-descent"],
        "How: gradient-descent, nesterov, rmsprop, adam or rprop, with PyTorch's formulas.",
    )
    .words(|| Optimizer::ALL.iter().map(|optimizer| optimizer.word()).collect()),
    Key::one("beta1", "NUMBER", &["0.9"], "Adam's decay of the mean gradient, from 0, below 1."),
    Key::one("beta2", "NUMBER", &["0.999"], "Adam's decay of the mean squared gradient, from 0, below 1."),
    Key::one("rho", "NUMBER", &["0.99"], "RMSprop's decay of the mean squared gradient, from 0, below 1."),
    Key::one("epsilon", "NUMBER", &["1e-8"], "What Adam and RMSprop add to the root, above 0."),
    Key::one(
        "spectrum",
        "YES",
        &["false"],
        "Whether the table describes gradient and curvature at the end of each run: true or false.",
    )
    .words(|| vec!["true", "false"]),
    Key::one(
        "measure",
        "YES",
        &["false"],
        "Whether the table has a smooth measure of each run, for maps of it; takes all steps anew: true or false.",
    )
    .words(|| vec!["true", "false"]),
    Key::one("title", "TEXT", &[], "What stands above pictures and reports, in place of the name."),
    Key::list(
        "plane_x",
        "SIDE",
        &[],
        "A plane under every start: what x means, a parameter's name, alpha, momentum, or a direction of nine numbers.",
    )
    .words(|| plane::words().collect()),
    Key::list("plane_x_range", "NUMBERS", &[], "The plane's coordinates x, in the notation of alpha."),
    Key::list("plane_y", "SIDE", &[], "What y means, likewise; the runs go through x for each y.")
        .words(|| plane::words().collect()),
    Key::list("plane_y_range", "NUMBERS", &[], "The plane's coordinates y."),
    Key::one("plane_x_name", "TEXT", &[], "What pictures call x, such as `size of the start`."),
    Key::one("plane_y_name", "TEXT", &[], "What pictures call y."),
    Key::one("plane_origin_name", "TEXT", &[], "What pictures call the start that the plane is under."),
];

/// The keys that say what is trained and how.
pub const SET_UP_KEYS: [&str; 15] = [
    "task",
    "coding",
    "targets",
    "hidden_units",
    "hidden",
    "output",
    "bias",
    "frozen",
    "loss",
    "update",
    "optimizer",
    "beta1",
    "beta2",
    "rho",
    "epsilon",
];
