//! What a sweep is asked to be: the keys as they were typed ([`Spec`]), and the whole request, checked ([`Sweep`]).

use std::collections::HashSet;
use std::path::Path;

use super::axes::{MOST_RUNS, MOST_SEED_ITEMS, MOST_VALUES, Seeds, numbers, whole_number};
use super::elsewhere;
use super::input::{InputFile, not_unicode};
use super::set_ups::{Axis, varying};
use super::start::{Init, MOST_TERMS, Starts, StartsLayout};
use super::task;
use super::text::{decimal_comma_hint, finite_number, shortest, split_outside_parentheses, value_of};
use crate::Problem;
use crate::kernel::setup::{Biases, Constants, HiddenUnits};
use crate::kernel::task::Coding;
use crate::kernel::{Criterion, Hidden, Loss, Optimizer, Output, SetUp, Shape, Task, Update};

mod of_plane;
mod resolved;

pub use resolved::{Axes, Budget, Group, Origins, Run, Sweep, is_solvable};

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
    .words(|| super::plane::words().collect()),
    Key::list("plane_x_range", "NUMBERS", &[], "The plane's coordinates x, in the notation of alpha."),
    Key::list("plane_y", "SIDE", &[], "What y means, likewise; the runs go through x for each y.")
        .words(|| super::plane::words().collect()),
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

/// The sweep that runs if none is asked for: which starts around the question's own point (all nine parameters 0.1)
/// and at random escape, and what every learning rate up to and past 1 does.
pub const BUILT_IN: &str = r#"
name = "first-look"
alpha = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0, 1.05, 1.2]
init = [
    "constant(0.1)",
    "constant(0.1)+normal(1e-4)",
    "constant(0.1)+normal(0.01)",
    "constant(0.1)+normal(0.1)",
    "uniform(0,1)",
    "normal(1)",
]
seeds = "0..1000"
steps = 25000
"#;

/// The most steps a run may have.
const MOST_STEPS: u64 = 1_000_000_000_000_000;

/// The most commas in the text of a spec: as many as values in all its lists, and within its inits.
const MOST_COMMAS: usize = 4 * MOST_VALUES as usize + MOST_SEED_ITEMS + 10 * MOST_TERMS * MOST_INITS;

/// The most equals signs and opening brackets in the text of a spec: one a key or list, and some in comments.
const MOST_SIGNS: usize = 100_000;

/// The most letters of a title, or of another name for pictures.
pub const LONGEST_LABEL: usize = 100;

/// The most set-ups.
const MOST_SET_UPS: usize = 10_000;

/// The most inits.
const MOST_INITS: usize = 10_000;

/// The keys as they were typed, unchecked: what a file or the flags of a command say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    given: [Option<Vec<String>>; KEYS.len()],
}

impl Default for Spec {
    /// A spec that says nothing.
    fn default() -> Self {
        Self { given: [const { None }; KEYS.len()] }
    }
}

/// A table with the keys of `[plane]` as keys of their own: `x` is `plane_x`. Its `origin`, an init or nine numbers,
/// and `seed` are the spec's `init` and `seeds`.
fn flattened(table: toml::Table) -> impl Iterator<Item = (String, toml::Value)> {
    table.into_iter().flat_map(|(name, value)| match value {
        toml::Value::Table(plane) if name == "plane" => plane.into_iter().map(of_plane).collect(),
        value => vec![(name, value)],
    })
}

fn of_plane((name, value): (String, toml::Value)) -> (String, toml::Value) {
    match (name.as_str(), value) {
        ("origin", toml::Value::Array(numbers)) => {
            let texts: Vec<String> =
                numbers.iter().map(|number| scalar_text(number).unwrap_or_default()).collect();
            ("init".to_owned(), toml::Value::String(format!("point({})", texts.join(","))))
        }
        ("origin", value) => ("init".to_owned(), value),
        ("seed", value) => ("seeds".to_owned(), value),
        (_, value) => (format!("plane_{name}"), value),
    }
}

/// Where `key` stands in [`KEYS`].
fn place(key: &str) -> Option<usize> {
    KEYS.iter().position(|known| known.name == key)
}

/// As [`place`], with the error for a key that a person typed.
fn place_of_typed(key: &str) -> Result<usize, Problem> {
    place(key).ok_or_else(|| {
        let names: Vec<&str> = KEYS.iter().map(|known| known.name).collect();
        let remedy = elsewhere::suggestion(key, &names, elsewhere::KEYS);
        Problem::new(key, "", format!("there is no such key; {remedy}"))
    })
}

impl Spec {
    /// Reads a TOML file's text.
    ///
    /// # Errors
    ///
    /// If it is no TOML, or a key is unknown or holds anything but text, numbers and, where several values make
    /// sense, lists of these.
    pub fn from_toml(text: &str) -> Result<Self, Problem> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        check_size(text)?;
        let table: toml::Table = text.parse().map_err(|error| syntax_problem(text, &error))?;
        let mut spec = Self::default();
        for (name, value) in flattened(table) {
            let place = place_of_typed(&name)?;
            let problem = |remedy: &str| Problem::new(&name, one_line(&value.to_string()), remedy);
            let texts = match &value {
                toml::Value::Array(values) if KEYS[place].list => values.iter().map(scalar_text).collect(),
                toml::Value::Array(_) => return Err(problem("give one value, not a list")),
                value => scalar_text(value).map(|text| vec![text]),
            };
            let texts: Vec<String> = texts.ok_or_else(|| problem("give text or numbers"))?;
            if texts.is_empty() {
                return Err(problem("give at least one value"));
            }
            spec.given[place] = Some(texts);
        }
        Ok(spec)
    }

    /// Adds what a flag gave: values of lists are split at commas outside parentheses, and add to those before.
    ///
    /// # Errors
    ///
    /// If there is no such key, or a key that takes one value has got another.
    pub fn set(&mut self, key: &str, values: &[&str]) -> Result<(), Problem> {
        let place = place_of_typed(key)?;
        let texts = self.given[place].get_or_insert_default();
        for value in values {
            if KEYS[place].list {
                texts.extend(split_outside_parentheses(value, ',').into_iter().map(str::to_owned));
            } else if texts.is_empty() {
                texts.push((*value).to_owned());
            } else {
                return Err(Problem::new(key, *value, format!("it is already {}; give one value", texts[0])));
            }
        }
        if texts.is_empty() { Err(Problem::new(key, "", "give a value")) } else { Ok(()) }
    }

    /// This spec where it says something, and `below` elsewhere.
    ///
    /// Starts of one exclude an init and seeds of the other.
    #[must_use]
    pub fn over(self, mut below: Self) -> Self {
        let drawn = ["init", "seeds"];
        let of_file = ["starts", "starts_layout"];
        if self.has("starts") {
            drawn.iter().chain(&["starts_layout"]).for_each(|key| below.clear(key));
        }
        if drawn.iter().any(|key| self.has(key)) {
            of_file.iter().for_each(|key| below.clear(key));
        }
        let pairs = self.given.into_iter().zip(below.given);
        let mut given = pairs.map(|(above, below)| above.or(below));
        Self { given: std::array::from_fn(|_| given.next().expect("both have every key")) }
    }

    /// The same spec with its file of starts looked for in `folder`, unless its path is absolute.
    ///
    /// A file's paths start at the file's own folder, those of flags at the working folder.
    ///
    /// # Errors
    ///
    /// If the folder's name is not Unicode, so that no spec could hold it.
    pub fn anchored(mut self, folder: &Path) -> Result<Self, Problem> {
        for text in self.slot("starts").iter_mut().flatten() {
            let joined = folder.join(&text);
            joined.to_str().ok_or_else(|| not_unicode("starts", &joined))?.clone_into(text);
        }
        for text in self.slot("task").iter_mut().flatten() {
            if Task::named(text.trim(), Coding::ZeroOne, None).is_none() {
                let joined = folder.join(&text);
                joined.to_str().ok_or_else(|| not_unicode("task", &joined))?.clone_into(text);
            }
        }
        Ok(self)
    }

    /// The whole request, checked and with defaults; a relative path of starts begins at `base_dir`.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn resolve(&self, base_dir: &Path) -> Result<Sweep, Problem> {
        let above_nought = |value| value > 0.0;
        let from_nought = |value| value >= 0.0;
        let alphas = numbers("alpha", &self.texts("alpha"), above_nought, "give finite numbers above 0")?;
        let momenta =
            numbers("momentum", &self.texts("momentum"), from_nought, "give finite numbers from 0")?;
        let (task_files, tasks) = self.tasks(base_dir)?;
        let set_ups = self.set_ups(&tasks, &momenta)?;
        let origins = self.origins(base_dir, &set_ups)?;
        let plane = self.plane(origins.bound(), &set_ups)?;
        let draws = set_ups.iter().map(|set_up| set_up.update.draws());
        let sweep = Sweep {
            name: self.folder_name()?,
            title: self.label("title")?,
            axes: Axes::new(alphas, momenta, origins, draws)?,
            set_ups,
            task_files,
            budget: Budget {
                criterion: self.criterion()?,
                steps: self.whole("steps", 0, MOST_STEPS)?,
                tolerance: self.number("tolerance", from_nought, "give a finite number from 0")?,
                hold: self.whole("hold", 1, MOST_RUNS)?,
                blow_up: self.number_or_infinity("blow_up", above_nought, "give a number above 0, or inf")?,
            },
            spectrum: self.truth("spectrum")?,
            measure: self.truth("measure")?,
            plane: None,
        };
        sweep.with_plane(plane)
    }

    /// The spec as a TOML file: every key that is given, in the order of [`KEYS`].
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut lines = String::new();
        for (key, texts) in KEYS.iter().zip(&self.given) {
            let Some(texts) = texts else { continue };
            let values: Vec<String> = texts.iter().map(|text| toml_text(text)).collect();
            let value = if key.list { format!("[{}]", values.join(", ")) } else { values.concat() };
            lines.push_str(&format!("{} = {value}\n", key.name));
        }
        lines
    }

    /// The keys that are given, in the order of [`KEYS`], with their texts.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        KEYS.iter().zip(&self.given).filter_map(|(key, texts)| Some((key.name, texts.as_deref()?)))
    }

    /// The texts of a key that the program itself names.
    fn slot(&mut self, key: &str) -> &mut Option<Vec<String>> {
        &mut self.given[place(key).expect("a key of KEYS")]
    }

    fn clear(&mut self, key: &str) {
        *self.slot(key) = None;
    }

    /// Whether `key` is given.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        place(key).is_some_and(|place| self.given[place].is_some())
    }

    /// The texts of `key`, or else its default.
    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        let place = place(key).expect("a key of KEYS");
        let default = || KEYS[place].default.iter().map(|text| (*text).to_owned()).collect();
        self.given[place].clone().unwrap_or_else(default)
    }

    /// The only text of `key`, or else its default.
    fn text(&self, key: &str) -> String {
        self.texts(key).concat().trim().to_owned()
    }

    fn whole(&self, key: &str, lowest: u64, highest: u64) -> Result<u64, Problem> {
        self.whole_of(key, &self.text(key), lowest, highest)
    }

    fn whole_of(&self, key: &str, text: &str, lowest: u64, highest: u64) -> Result<u64, Problem> {
        whole_number(text).filter(|value| (lowest..=highest).contains(value)).ok_or_else(|| {
            let digits = text.replace([',', '_', '\'', ' '], "");
            let is_grouped = digits != text && whole_number(&digits).is_some();
            let hint = if is_grouped { format!("; digits stand together: {digits}") } else { String::new() };
            Problem::new(key, text, format!("give a whole number from {lowest} to {highest}{hint}"))
        })
    }

    fn number(&self, key: &str, allowed: fn(f64) -> bool, remedy: &str) -> Result<f64, Problem> {
        let text = self.text(key);
        // Adding 0 makes -0 to 0.
        let value = finite_number(&text).map(|value| value + 0.0).filter(|value| allowed(*value));
        value.ok_or_else(|| Problem::new(key, &text, format!("{remedy}{}", decimal_comma_hint(&text))))
    }

    fn number_or_infinity(&self, key: &str, allowed: fn(f64) -> bool, remedy: &str) -> Result<f64, Problem> {
        if self.text(key) == shortest(f64::INFINITY) {
            return Ok(f64::INFINITY);
        }
        self.number(key, allowed, remedy)
    }

    fn folder_name(&self) -> Result<String, Problem> {
        const LONGEST: usize = 100;
        let name = self.text("name");
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        let problem = |remedy: &str| Err(Problem::new("name", &name, remedy));
        if name.is_empty() || !plain || name.starts_with(['.', '-']) || name.ends_with('.') {
            problem("give letters, digits, - _ and . alone, not a . or - first nor a . last")
        } else if name.len() > LONGEST {
            problem(&format!("give at most {LONGEST} letters"))
        } else if is_reserved(&name) {
            problem("Windows keeps this name for a device; give another")
        } else {
            Ok(name)
        }
    }

    /// What a person called something, if anything: a line of text for pictures.
    pub(super) fn label(&self, key: &str) -> Result<Option<String>, Problem> {
        if !self.has(key) {
            return Ok(None);
        }
        let label = self.text(key);
        let letters = label.chars().count();
        if (1..=LONGEST_LABEL).contains(&letters) && !label.contains(char::is_control) {
            Ok(Some(label))
        } else {
            Err(Problem::new(key, one_line(&label), format!("give 1 to {LONGEST_LABEL} letters on one line")))
        }
    }

    /// What is trained and how, one set-up after another.
    fn set_ups(&self, tasks: &[Task], momenta: &[f64]) -> Result<Vec<SetUp>, Problem> {
        let below_one = |value| (0.0..1.0).contains(&value);
        let constant = |key| self.number(key, below_one, "give a number from 0, below 1");
        let units = self.each("hidden_units", |text| {
            let units = self.whole_of("hidden_units", text, 1, SetUp::MAX_HIDDEN_UNITS as u64)?;
            Ok(HiddenUnits(units as usize))
        })?;
        let hidden = self.words("hidden", Hidden::ALL, Hidden::of_word)?;
        let outputs = self.words("output", Output::ALL, Output::of_word)?;
        let bias = Biases(self.truth("bias")?);
        let losses = self.words("loss", Loss::ALL, Loss::of_word)?;
        let updates = self.words("update", Update::ALL, Update::of_word)?;
        let optimizers = self.words("optimizer", Optimizer::ALL, Optimizer::of_word)?;
        let constants = Constants {
            beta1: constant("beta1")?,
            beta2: constant("beta2")?,
            rho: constant("rho")?,
            epsilon: self.number("epsilon", |value| value > 0.0, "give a finite number above 0")?,
        };
        let lengths = [
            tasks.len(),
            units.len(),
            hidden.len(),
            outputs.len(),
            losses.len(),
            updates.len(),
            optimizers.len(),
        ];
        check_set_ups(lengths)?;
        let usual = SetUp { bias, constants, ..SetUp::default() };
        let mut all = vec![usual];
        all = product(all, tasks, |set_up, task| SetUp { task: task.clone(), ..set_up });
        all = product(all, &units, |set_up, &hidden_units| SetUp { hidden_units, ..set_up });
        all = product(all, &hidden, |set_up, &hidden| SetUp { hidden, ..set_up });
        all = product(all, &outputs, |set_up, &output| SetUp { output, ..set_up });
        all = product(all, &losses, |set_up, &loss| SetUp { loss, ..set_up });
        all = product(all, &updates, |set_up, &update| SetUp { update, ..set_up });
        all = product(all, &optimizers, |set_up, &optimizer| SetUp { optimizer, ..set_up });
        let axes = varying(&all);
        let frozen = self.texts("frozen");
        let has_momentum = momenta.iter().any(|&momentum| momentum != 0.0);
        for set_up in &mut all {
            let refused = |set_up: &SetUp, problem: Problem| of_combination(problem, set_up, &axes);
            set_up.frozen = places(&frozen, set_up.shape()).map_err(|problem| refused(set_up, problem))?;
            set_up.check(has_momentum).map_err(|refusal| {
                refused(set_up, Problem::new(refusal.key, refusal.value, refusal.remedy))
            })?;
        }
        Ok(all)
    }

    /// What each text of a key says, once, in the order in which it first comes.
    fn each<T: PartialEq>(
        &self,
        key: &str,
        read: impl Fn(&str) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        let mut seen = HashSet::new();
        let mut all = Vec::new();
        for text in self.texts(key) {
            let text = text.trim();
            if !seen.insert(text.to_owned()) {
                continue;
            }
            let value = read(text)?;
            // Another text may say the same.
            if !all.contains(&value) {
                all.push(value);
            }
            if all.len() > MOST_SET_UPS {
                let value = format!("more than {MOST_SET_UPS} items");
                return Err(Problem::new(key, value, format!("give at most {MOST_SET_UPS}")));
            }
        }
        Ok(all)
    }

    /// The tasks, and the files that some come from; a relative path begins at `base_dir`.
    fn tasks(&self, base_dir: &Path) -> Result<(Vec<InputFile>, Vec<Task>), Problem> {
        let coding = self.word("coding", Coding::ALL, Coding::of_word)?;
        let texts = self.texts("targets");
        let numbers: Option<Vec<f64>> = texts.iter().map(|text| finite_number(text.trim())).collect();
        let targets = match numbers.as_deref() {
            Some([]) => None,
            Some(&[low, high]) if low != high => Some([low + 0.0, high + 0.0]),
            _ => {
                let remedy = "give two different finite numbers, for false and for true, such as 0.1,0.9";
                return Err(Problem::new("targets", texts.join(","), remedy));
            }
        };
        let read = self.each("task", |text| self.task(text, base_dir, coding, targets))?;
        let (files, tasks): (Vec<_>, Vec<_>) = read.into_iter().unzip();
        let files: Vec<InputFile> = files.into_iter().flatten().collect();
        for (place, file) in files.iter().enumerate() {
            // Tables tell tasks by their names.
            let is_taken = Task::named(file.name(), coding, None).is_some();
            if is_taken || files[..place].iter().any(|other| other.name() == file.name()) {
                let remedy =
                    format!("there is another task of the name {}: give its file another one", file.name());
                return Err(Problem::new("task", file.path.display(), remedy));
            }
        }
        Ok((files, tasks))
    }

    fn task(
        &self,
        text: &str,
        base_dir: &Path,
        coding: Coding,
        targets: Option<[f64; 2]>,
    ) -> Result<(Option<InputFile>, Task), Problem> {
        if let Some(task) = Task::named(text, coding, targets) {
            return Ok((None, task));
        }
        let path = base_dir.join(text);
        let looks_like_a_file = text.contains(['.', '/', '\\']) || path.exists();
        if !looks_like_a_file {
            let remedy = format!(
                "give one of {}, a truth table of 2 to 64 digits 0 and 1, or a CSV file",
                Task::NAMES.join(", ")
            );
            return Err(Problem::new("task", text, remedy));
        }
        for key in ["coding", "targets"] {
            if self.has(key) && self.texts(key) != [Coding::default().word()] {
                let remedy = "a file says its inputs and targets itself; leave it out";
                return Err(Problem::new(key, self.texts(key).join(","), remedy));
            }
        }
        let (file, task) = task::read(&path)?;
        Ok((Some(file), task))
    }

    fn criterion(&self) -> Result<Criterion, Problem> {
        let criterion = self.word("criterion", Criterion::ALL, Criterion::of_word)?;
        Ok(criterion)
    }

    fn truth(&self, key: &str) -> Result<bool, Problem> {
        let text = self.text(key);
        text.parse().map_err(|_| {
            let called =
                elsewhere::truth(&text).map_or(String::new(), |word| format!("; here it is `{word}`"));
            Problem::new(key, &text, format!("give true or false{called}"))
        })
    }

    /// Reads one of the words that a choice has.
    fn word<T: Copy + std::fmt::Display>(
        &self,
        key: &str,
        all: &[T],
        of_word: fn(&str) -> Option<T>,
    ) -> Result<T, Problem> {
        word_of(key, &self.text(key), all, of_word)
    }

    /// Reads the words of a key that takes several.
    fn words<T: Copy + PartialEq + std::fmt::Display>(
        &self,
        key: &str,
        all: &[T],
        of_word: fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, Problem> {
        self.each(key, |text| word_of(key, text, all, of_word))
    }

    fn origins(&self, base_dir: &Path, set_ups: &[SetUp]) -> Result<Origins, Problem> {
        let axes = varying(set_ups);
        // One of each shape.
        let mut shapes = HashSet::new();
        let shaped: Vec<&SetUp> = set_ups.iter().filter(|set_up| shapes.insert(set_up.shape())).collect();
        let shape = shaped[0].shape();
        if self.has("starts") {
            if let Some(key) = ["init", "seeds"].into_iter().find(|key| self.has(key)) {
                let remedy = "starts come from a file or are drawn; give starts alone, or init and seeds";
                return Err(Problem::new(key, self.texts(key).join(","), remedy));
            }
            if shaped.len() > 1 {
                let of_shapes = axes.iter().filter(|axis| matches!(axis, Axis::Task | Axis::HiddenUnits));
                let keys: Vec<&str> = of_shapes.map(|axis| axis.key()).collect();
                let remedy = format!(
                    "a file holds starts of one shape of network, and there are {}: give one value for {}, or init",
                    shaped.len(),
                    keys.join(" and ")
                );
                return Err(Problem::new("starts", self.text("starts"), remedy));
            }
            let word = self.has("starts_layout").then(|| self.text("starts_layout"));
            let layout =
                word.map(|word| value_of("starts_layout", &word, &StartsLayout::WORDS)).transpose()?;
            let path = base_dir.join(self.text("starts"));
            return Ok(Origins::Starts(Starts::read(&path, shape, layout)?));
        }
        if self.has("starts_layout") {
            let remedy = "there is no file of starts that it could be about; give starts, or leave it out";
            return Err(Problem::new("starts_layout", self.text("starts_layout"), remedy));
        }
        let texts = self.texts("init");
        if texts.len() > MOST_INITS {
            return Err(Problem::new(
                "init",
                format!("{} items", texts.len()),
                format!("give at most {MOST_INITS}"),
            ));
        }
        let mut inits: Vec<Init> = Vec::new();
        for text in texts {
            let init: Init = text.parse()?;
            for set_up in &shaped {
                init.check(set_up.shape()).map_err(|problem| of_combination(problem, set_up, &axes))?;
            }
            if !inits.contains(&init) {
                inits.push(init);
            }
        }
        Ok(Origins::Inits { inits, seeds: Seeds::parse(&self.texts("seeds"))? })
    }
}

/// The word of a choice that a text is.
fn word_of<T: Copy + std::fmt::Display>(
    key: &str,
    text: &str,
    all: &[T],
    of_word: fn(&str) -> Option<T>,
) -> Result<T, Problem> {
    of_word(text).ok_or_else(|| {
        let words: Vec<String> = all.iter().map(T::to_string).collect();
        let called = elsewhere::value(key, text);
        let called = called.map_or(String::new(), |word| format!("; here it is called `{word}`"));
        Problem::new(key, text, format!("give one of {}{called}", words.join(", ")))
    })
}

/// Refuses too many set-ups, of axes with so many values.
fn check_set_ups(lengths: [usize; Axis::ALL.len()]) -> Result<(), Problem> {
    let set_ups: u128 = lengths.iter().map(|&length| length as u128).product();
    if set_ups <= MOST_SET_UPS as u128 {
        return Ok(());
    }
    let several = Axis::ALL.iter().zip(lengths).filter(|(_, length)| *length > 1);
    let keys: Vec<&str> = several.map(|(axis, _)| axis.key()).collect();
    let remedy = format!("a sweep may have at most {MOST_SET_UPS}; give fewer values of {}", keys.join(", "));
    Err(Problem::new("set-ups", set_ups, remedy))
}

/// Each set-up with each of some values, the values fastest.
fn product<T>(set_ups: Vec<SetUp>, values: &[T], with: impl Fn(SetUp, &T) -> SetUp) -> Vec<SetUp> {
    set_ups.iter().flat_map(|set_up| values.iter().map(|value| with(set_up.clone(), value))).collect()
}

/// Where the parameters of these names stand in a network of this shape, rising.
fn places(names: &[String], shape: Shape) -> Result<Vec<usize>, Problem> {
    let known = shape.names();
    let place = |text: &String| {
        known.iter().position(|name| name == text).ok_or_else(|| {
            Problem::new("frozen", text, format!("give names of parameters: {}", known.join(", ")))
        })
    };
    let mut places: Vec<usize> = names.iter().map(place).collect::<Result<_, _>>()?;
    places.sort_unstable();
    places.dedup();
    Ok(places)
}

/// A problem of one set-up, which is told from others by its values of `axes`.
fn of_combination(problem: Problem, set_up: &SetUp, axes: &[Axis]) -> Problem {
    if axes.is_empty() {
        return problem;
    }
    let values: Vec<String> =
        axes.iter().map(|axis| format!("{} = {}", axis.key(), axis.text(set_up))).collect();
    Problem { remedy: format!("{} (in the combination {})", problem.remedy, values.join(", ")), ..problem }
}

/// Whether Windows keeps `name` for a device.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let numbered =
        |prefix: &str| stem.strip_prefix(prefix).is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']));
    ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
}

/// A TOML number, word or truth value as a flag would give it.
fn scalar_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(shortest(*number)),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// `text` as a TOML value that [`scalar_text`] makes to the same text: a number if it is one, a string otherwise.
fn toml_text(text: &str) -> String {
    match finite_number(text) {
        // TOML has no negative zero among its integers.
        Some(number) if shortest(number) == text && text != "-0" => text.to_owned(),
        _ => toml::Value::String(text.to_owned()).to_string(),
    }
}

/// Refuses a text with more values or keys than a spec can have, before they are made and need a hundred times its
/// room.
fn check_size(text: &str) -> Result<(), Problem> {
    let refused = |what: &str, count: usize, most: usize| {
        let value = format!("{count} {what}");
        Err(Problem::new("spec", value, format!("give at most {most}; ranges and the defaults need fewer")))
    };
    let mut commas = 0;
    let mut signs = 0;
    for byte in text.bytes() {
        commas += usize::from(byte == b',');
        signs += usize::from(matches!(byte, b'=' | b'['));
    }
    if commas > MOST_COMMAS {
        refused("commas", commas, MOST_COMMAS)
    } else if signs > MOST_SIGNS {
        refused("equals signs and brackets", signs, MOST_SIGNS)
    } else {
        Ok(())
    }
}

/// A TOML syntax error in one line.
fn syntax_problem(text: &str, error: &toml::de::Error) -> Problem {
    let offset = error.span().map_or(0, |span| span.start.min(text.len()));
    let line = 1 + text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count();
    Problem::new(format!("line {line} of the spec"), "", one_line(error.message()))
}

/// The text in one line of moderate length.
fn one_line(text: &str) -> String {
    const LONGEST: usize = 200;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST { line } else { line.chars().take(LONGEST).chain(['…']).collect() }
}

#[cfg(test)]
mod tests;
