//! The set-ups that a spec asks for, and their tasks.

use std::collections::HashSet;
use std::path::Path;

use super::Spec;
use crate::kernel::setup::{Biases, Constants, HiddenUnits};
use crate::kernel::task::Coding;
use crate::kernel::{Hidden, Loss, Optimizer, Output, SetUp, Shape, Task, Update};
use crate::problem::Problem;
use crate::sweep::input::InputFile;
use crate::sweep::set_ups::{Axis, varying};
use crate::sweep::task;
use crate::sweep::text::finite_number;

/// The most set-ups.
const MAX_SET_UPS: usize = 10_000;

impl Spec {
    /// What is trained and how, one set-up after another.
    pub(super) fn set_ups(&self, tasks: &[Task], momenta: &[f64]) -> Result<Vec<SetUp>, Problem> {
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
    pub(super) fn each<T: PartialEq>(
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
            if all.len() > MAX_SET_UPS {
                let value = format!("more than {MAX_SET_UPS} items");
                return Err(Problem::new(key, value, format!("give at most {MAX_SET_UPS}")));
            }
        }
        Ok(all)
    }

    /// The tasks, and the files that some come from; a relative path begins at `base_dir`.
    pub(super) fn tasks(&self, base_dir: &Path) -> Result<(Vec<InputFile>, Vec<Task>), Problem> {
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
}

/// Refuses too many set-ups, of axes with so many values.
fn check_set_ups(lengths: [usize; Axis::ALL.len()]) -> Result<(), Problem> {
    let set_ups: u128 = lengths.iter().map(|&length| length as u128).product();
    if set_ups <= MAX_SET_UPS as u128 {
        return Ok(());
    }
    let several = Axis::ALL.iter().zip(lengths).filter(|(_, length)| *length > 1);
    let keys: Vec<&str> = several.map(|(axis, _)| axis.key()).collect();
    let remedy = format!("a sweep may have at most {MAX_SET_UPS}; give fewer values of {}", keys.join(", "));
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
pub(super) fn of_combination(problem: Problem, set_up: &SetUp, axes: &[Axis]) -> Problem {
    if axes.is_empty() {
        return problem;
    }
    let values: Vec<String> =
        axes.iter().map(|axis| format!("{} = {}", axis.key(), axis.text(set_up))).collect();
    Problem { remedy: format!("{} (in the combination {})", problem.remedy, values.join(", ")), ..problem }
}
