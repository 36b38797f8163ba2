//! What people call things elsewhere, by what they are called here: the words of other programs and of papers, so that
//! a message says what would do. Asked only about words that the program does not know itself.
//!
//! A list each for keys, values and terms of inits. What the program learns to do is moved from "said" to "named".

use super::text::{nearest, plain, similarity};

/// What the program has for a word of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    /// The same under this name.
    Named(&'static str),
    /// Something else, told by a phrase.
    Said(&'static str),
}

use Here::{Named, Said};

/// Words for the keys of a spec. Capitals, dashes and underscores make no difference.
pub const KEYS: &[(Here, &[&str])] = &[
    (
        Named("alpha"),
        &["lr", "learning_rate", "learning_rates", "rate", "rates", "eta", "step_size", "initial_lr", "lrs"],
    ),
    (Named("momentum"), &["momenta", "mu", "inertia"]),
    (
        Named("init"),
        &[
            "inits",
            "initializer",
            "initialiser",
            "initialization",
            "initialisation",
            "weight_init",
            "init_weights",
            "init_method",
            "kernel_initializer",
            "distribution",
        ],
    ),
    (
        Named("seeds"),
        &[
            "seed",
            "random_seed",
            "random_state",
            "rng",
            "runs",
            "n_runs",
            "num_runs",
            "repeats",
            "restarts",
            "trials",
            "n_trials",
        ],
    ),
    (
        Named("starts"),
        &[
            "start",
            "weights",
            "weight",
            "initial_weights",
            "theta",
            "theta0",
            "params",
            "parameters",
            "points",
            "w0",
            "x0",
        ],
    ),
    (
        Named("steps"),
        &[
            "step",
            "epochs",
            "epoch",
            "n_epochs",
            "num_epochs",
            "max_epochs",
            "iterations",
            "iteration",
            "iters",
            "iter",
            "n_iter",
            "max_iter",
            "max_iterations",
            "max_steps",
            "num_steps",
            "updates",
            "budget",
        ],
    ),
    (
        Named("tolerance"),
        &["tol", "threshold", "goal", "error", "target_error", "max_error", "min_error", "precision"],
    ),
    (Named("hold"), &["patience"]),
    (Named("blow_up"), &["max_loss", "divergence", "explode", "limit"]),
    (
        Named("hidden"),
        &[
            "activation",
            "activations",
            "hidden_activation",
            "activation_function",
            "nonlinearity",
            "transfer",
        ],
    ),
    (Named("output"), &["output_activation", "out_activation", "final_activation", "last_activation"]),
    (Named("coding"), &["encoding", "labels", "bipolar"]),
    (Named("name"), &["experiment", "run_name"]),
    (Named("spectrum"), &["hessian", "eigenvalues", "curvature", "sharpness"]),
    (Named("task"), &["problem", "dataset", "data", "truth_table", "function", "gate"]),
    (
        Named("hidden_units"),
        &[
            "n_hidden",
            "num_hidden",
            "hidden_size",
            "hidden_neurons",
            "hidden_layer_sizes",
            "units",
            "neurons",
            "width",
        ],
    ),
    (
        Said("there is one hidden layer; `hidden_units` says how many units it has"),
        &["layers", "n_layers", "hidden_layers", "depth"],
    ),
    (Named("loss"), &["loss_function", "cost", "cost_function", "objective"]),
    (
        Said("a step goes over all samples; `update` says whether with one update or one a sample"),
        &["batch", "batch_size", "minibatch", "shuffle", "online"],
    ),
    (Named("optimizer"), &["optimiser", "optim", "solver", "method", "algorithm"]),
    (Said("it is a value of `optimizer`"), &["adam", "rmsprop", "rprop", "nesterov"]),
    (Said("they are `beta1` and `beta2`"), &["betas"]),
    (Named("bias"), &["biases", "use_bias"]),
    (Named("frozen"), &["freeze", "fixed", "trainable", "requires_grad"]),
    (Named("criterion"), &["stop", "stopping", "stop_criterion", "early_stopping"]),
    (
        Said("the error has no other terms than the samples'"),
        &["weight_decay", "l2", "l1", "regularization", "regularisation", "dropout"],
    ),
    (
        Said("`alpha` is the same at every step of a run"),
        &["scheduler", "lr_scheduler", "schedule", "decay", "lr_decay", "warmup"],
    ),
];

/// Words for the values of keys, by the value's key.
pub const VALUES: &[(&str, &str, &[&str])] = &[
    ("hidden", "sigmoid", &["logistic", "logsig", "expit"]),
    ("hidden", "tanh", &["tansig", "hyperbolic"]),
    ("hidden", "relu", &["rectifier", "poslin"]),
    ("hidden", "leaky-relu", &["leaky_relu", "leakyrelu", "lrelu"]),
    ("output", "linear", &["identity", "none", "purelin"]),
    ("output", "sigmoid", &["logistic", "logsig", "expit"]),
    ("output", "tanh", &["tansig", "hyperbolic"]),
    ("coding", "zero-one", &["01", "0/1", "0,1", "binary", "unipolar"]),
    ("coding", "plus-minus", &["-1,1", "-1/1", "1,-1", "+-1", "±1", "bipolar", "minus-plus"]),
    ("loss", "mse", &["mean_squared_error", "mseloss", "squared", "quadratic"]),
    (
        "loss",
        "cross-entropy",
        &[
            "cross_entropy",
            "crossentropy",
            "bce",
            "bceloss",
            "binary_crossentropy",
            "binary_cross_entropy",
            "log_loss",
        ],
    ),
    ("update", "batch", &["full", "full-batch", "full_batch"]),
    ("update", "in-order", &["online", "sequential", "cyclic"]),
    ("update", "shuffled", &["shuffle"]),
    ("update", "random", &["stochastic"]),
    ("optimizer", "gradient-descent", &["gd", "sgd", "gradient_descent", "vanilla"]),
    ("optimizer", "nesterov", &["nag"]),
];

/// Words for the truth values of any key.
const TRUTHS: &[(&str, &[&str])] =
    &[("true", &["yes", "y", "on", "1", "t"]), ("false", &["no", "n", "off", "0", "f", "none"])];

/// Words for the terms of an init.
pub const TERMS: &[(Here, &[&str])] = &[
    (Named("constant(0)"), &["zeros", "zero"]),
    (Named("constant(1)"), &["ones", "one"]),
    (Named("constant(0.1)"), &["const", "full", "fill"]),
    (Named("normal(1)"), &["randn", "gaussian", "gauss", "random_normal", "standard_normal", "rnorm"]),
    (Named("uniform(0,1)"), &["rand", "random", "random_uniform", "runif", "unif"]),
    (Named("glorot"), &["xavier", "xavier_uniform", "glorot_uniform", "keras", "tensorflow"]),
    (Named("pytorch"), &["torch", "nn.linear", "default"]),
    (Named("glorot-normal"), &["glorot_normal", "xavier_normal"]),
    (Named("he"), &["he_normal", "kaiming", "kaiming_normal", "msra"]),
    (
        Said("the nearest is `he`, of the same variance; `pytorch` draws as nn.Linear does"),
        &["he_uniform", "kaiming_uniform"],
    ),
    (Said("for a unit with two inputs it is `normal(0.7071)@weights`"), &["lecun", "lecun_normal"]),
];

/// What a word probably means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant<'a> {
    /// This word of ours, misspelt.
    Near(&'a str),
    /// What others call so.
    Elsewhere(Here),
}

impl Meant<'_> {
    /// As a phrase, in which `shown` makes a name of ours to what is typed.
    #[must_use]
    pub fn told(&self, shown: impl Fn(&str) -> String) -> String {
        match self {
            Self::Near(name) => format!("did you mean `{}`?", shown(name)),
            Self::Elsewhere(Named(name)) => format!("here it is called `{}`", shown(name)),
            Self::Elsewhere(Said(phrase)) => (*phrase).to_owned(),
        }
    }
}

/// What is meant by a `word` that is none of those `known`: what others call so, or the nearest of either.
#[must_use]
pub fn meant<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    list: &[(Here, &[&str])],
) -> Option<Meant<'a>> {
    /// Of a word that is not even ours nearly every letter must be right.
    const NEAR: f64 = 0.75;
    let typed = plain(word);
    let words = list.iter().flat_map(|(here, words)| words.iter().map(move |known| (*here, plain(known))));
    let scored = words.map(|(here, known)| (here, similarity(&typed, &known)));
    let (here, score) = scored.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let others = (score > NEAR).then_some(Meant::Elsewhere(here));
    let own = nearest(word, known).map(Meant::Near);
    if score == 1.0 { others } else { own.or(others) }
}

/// The phrase that tells what an unknown `word` could have been, of those `known` or of the `list`.
#[must_use]
pub fn suggestion(word: &str, known: &[&str], list: &[(Here, &[&str])]) -> String {
    match meant(word, known.iter().copied(), list) {
        Some(meant) => meant.told(str::to_owned),
        None => format!("there is {}", known.join(", ")),
    }
}

/// What a value of `key` that others write so is called here.
#[must_use]
pub fn value(key: &str, word: &str) -> Option<&'static str> {
    let values = VALUES.iter().filter(|(known, ..)| *known == key).map(|(_, value, words)| (*value, *words));
    called(word, values)
}

/// What a truth value that others write so is called here.
#[must_use]
pub fn truth(word: &str) -> Option<&'static str> {
    called(word, TRUTHS.iter().copied())
}

fn called(
    word: &str,
    values: impl Iterator<Item = (&'static str, &'static [&'static str])>,
) -> Option<&'static str> {
    let word = word.trim().to_lowercase();
    values
        .into_iter()
        .find(|(value, words)| *value == word || words.contains(&word.as_str()))
        .map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::spec;

    fn names() -> Vec<&'static str> {
        spec::KEYS.iter().map(|key| key.name).collect()
    }

    fn key(word: &str) -> String {
        suggestion(word, &names(), KEYS)
    }

    #[test]
    fn keys_are_told_by_what_others_call_them() {
        for (word, name) in [
            ("lr", "alpha"),
            ("learning_rate", "alpha"),
            ("learning-rate", "alpha"),
            ("learningRate", "alpha"),
            ("Epochs", "steps"),
            ("max_iter", "steps"),
            ("weights", "starts"),
            ("seed", "seeds"),
            ("tol", "tolerance"),
            ("activation", "hidden"),
            ("n_hidden", "hidden_units"),
            ("solver", "optimizer"),
        ] {
            assert_eq!(key(word), format!("here it is called `{name}`"), "{word}");
        }
        assert!(key("batch_size").contains("`update` says"), "{}", key("batch_size"));
        assert!(key("layers").contains("one hidden layer"), "{}", key("layers"));
    }

    #[test]
    fn a_word_that_is_misspelt_is_found_in_either_list() {
        assert_eq!(key("alhpa"), "did you mean `alpha`?");
        assert_eq!(key("blow-ip"), "did you mean `blow_up`?");
        assert_eq!(key("learnig_rate"), "here it is called `alpha`");
        assert_eq!(key("zzzzzz"), format!("there is {}", names().join(", ")));
    }

    #[test]
    fn no_word_of_others_is_ours_and_what_it_is_called_here_is_there() {
        let names = names();
        let named = |here: &Here, word| match here {
            Named(name) => assert!(names.contains(name), "{name}"),
            Said(_) => assert!(!names.contains(&word), "{word} is a key now: it is not to be excused"),
        };
        for (here, words) in KEYS {
            words.iter().for_each(|word| named(here, *word));
            assert!(!words.iter().any(|word| names.contains(word)), "{words:?}");
        }
        for (here, words) in TERMS {
            for word in *words {
                assert!(word.parse::<crate::sweep::start::Init>().is_err(), "{word} is a term now");
            }
            if let Named(name) = here {
                name.parse::<crate::sweep::start::Init>().unwrap();
            }
        }
        for (key, value, words) in VALUES {
            let known = spec::KEYS.iter().find(|known| known.name == *key).unwrap();
            let known = (known.words)();
            assert!(
                known.contains(value) && !words.iter().any(|word| known.contains(word)),
                "{key} = {value}"
            );
        }
    }
}
