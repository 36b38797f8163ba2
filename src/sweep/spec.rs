//! What a sweep is asked to be: the keys as they were typed ([`Spec`]), and the whole request, checked ([`Sweep`]).

use std::collections::HashSet;
use std::path::Path;

use self::in_toml::one_line;
use self::of_set_ups::of_combination;
use super::axes::{MAX_RUNS, Seeds, numbers, whole_number};
use super::elsewhere;
use super::input::not_unicode;
use super::set_ups::{Axis, varying};
use super::start::{Init, Starts, StartsLayout};
use super::text::{decimal_comma_hint, finite_number, shortest, split_outside_parentheses, value_of};
use crate::Problem;
use crate::kernel::task::Coding;
use crate::kernel::{Criterion, SetUp, Task};

mod in_toml;
mod keys;
mod of_plane;
mod of_set_ups;
mod resolved;

pub use keys::{KEYS, Key, SET_UP_KEYS};
pub use resolved::{Axes, GroupKey, Origins, Run, StoppingRule, Sweep, is_solvable};

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
const MAX_STEPS: u64 = 1_000_000_000_000_000;

/// The most letters of a title, or of another name for pictures.
pub const LONGEST_LABEL: usize = 100;

/// The most inits.
const MAX_INITS: usize = 10_000;

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
            stopping_rule: StoppingRule {
                criterion: self.criterion()?,
                steps: self.whole("steps", 0, MAX_STEPS)?,
                tolerance: self.number("tolerance", from_nought, "give a finite number from 0")?,
                hold: self.whole("hold", 1, MAX_RUNS)?,
                blow_up: self.number_or_infinity("blow_up", above_nought, "give a number above 0, or inf")?,
            },
            spectrum: self.truth("spectrum")?,
            measure: self.truth("measure")?,
            plane: None,
        };
        sweep.with_plane(plane)
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
        if texts.len() > MAX_INITS {
            return Err(Problem::new(
                "init",
                format!("{} items", texts.len()),
                format!("give at most {MAX_INITS}"),
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

/// Whether Windows keeps `name` for a device.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let numbered =
        |prefix: &str| stem.strip_prefix(prefix).is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']));
    ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests;
