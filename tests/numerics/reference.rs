//! Shows that runs of all kinds of set-ups are, bit for bit, those of an independent oracle in Python
//! (`tests/oracle/reference.csv`, made by `tests/oracle/reference`): where they end, their events, and the words for it.

use std::collections::HashMap;
use std::fmt::Debug;
use std::fs;
use std::str::FromStr;

use xorsweep_kernel::outcome::RunResult;
use xorsweep_kernel::setup::{Biases, Constants, HiddenUnits};
use xorsweep_kernel::solution::Solution;
use xorsweep_kernel::task::{Coding, Sample};
use xorsweep_kernel::{
    Criterion, Hidden, Isa, Job, Loss, Optimizer, Outcome, Output, SetUp, StoppingRule, Task, Update,
};

use super::descent::{bits, ends_within};

const POINTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/oracle/points");

/// A run of the oracle: its cells by the names of their columns.
struct Row<'a>(HashMap<&'a str, &'a str>);

impl Row<'_> {
    fn number<T: FromStr<Err: Debug>>(&self, name: &str) -> T {
        self.0[name].parse().unwrap()
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        self.0[name].split_whitespace().map(|number| number.parse().unwrap()).collect()
    }

    fn word<T>(&self, name: &str, of_word: impl Fn(&str) -> Option<T>) -> T {
        of_word(self.0[name]).unwrap()
    }

    fn task(&self) -> Task {
        let name = self.0["task"];
        if name.ends_with(".csv") {
            return points(name);
        }
        let targets = self.numbers("targets");
        let targets = (!targets.is_empty()).then(|| [targets[0], targets[1]]);
        Task::named(name, self.word("coding", Coding::of_word), targets).unwrap()
    }

    fn set_up(&self) -> SetUp {
        let mut set_up = SetUp {
            task: self.task(),
            hidden_units: HiddenUnits(self.number("hidden_units")),
            hidden: self.word("hidden", Hidden::of_word),
            output: self.word("output", Output::of_word),
            bias: Biases(self.number("bias")),
            frozen: Vec::new(),
            loss: self.word("loss", Loss::of_word),
            update: self.word("update", Update::of_word),
            optimizer: self.word("optimizer", Optimizer::of_word),
            constants: Constants {
                beta1: self.number("beta1"),
                beta2: self.number("beta2"),
                rho: self.number("rho"),
                epsilon: self.number("epsilon"),
            },
        };
        let names = set_up.shape().names();
        let place = |name: &str| names.iter().position(|known| known == name).unwrap();
        set_up.frozen = self.0["frozen"].split_whitespace().map(place).collect();
        set_up.frozen.sort_unstable();
        set_up
    }

    fn stopping_rule(&self) -> StoppingRule {
        StoppingRule {
            steps: self.number("budget"),
            criterion: self.word("criterion", Criterion::of_word),
            tolerance: self.number("tolerance"),
            hold: self.number("hold"),
            blow_up: self.number("blow_up"),
        }
    }

    fn job(&self) -> Job {
        Job {
            run: 0,
            start: self.numbers("start").into(),
            alpha: self.number("alpha"),
            momentum: self.number("momentum"),
            seed: self.number("seed"),
        }
    }

    /// The names of the cells in which a run of the kernel differs.
    fn differences(&self, set_up: &SetUp, finished: &RunResult) -> Vec<&'static str> {
        let words = [
            ("outcome", finished.outcome.word().to_owned()),
            ("plateau", finished.outcome.plateau().map_or("", |plateau| plateau.word()).to_owned()),
            ("escaped_at", text(finished.escaped_at)),
            ("solved_at", text(finished.solved_at)),
            ("converged_at", text(finished.converged_at)),
            ("steps", finished.steps.to_string()),
            ("peak_at", finished.peak_at.to_string()),
            ("solution", {
                let is_solution = set_up.has_solutions() && finished.outcome == Outcome::Converged;
                text(is_solution.then(|| Solution::of(set_up, &finished.end)))
            }),
        ];
        let numbers = [
            ("error_first", vec![finished.error_first]),
            ("error_last", vec![finished.error_last]),
            ("error_peak", vec![finished.error_peak]),
            ("asymmetry", set_up.shape().asymmetry(&finished.start).into_iter().collect()),
            ("loss_first", finished.losses.iter().map(|[first, _]| *first).collect()),
            ("loss_last", finished.losses.iter().map(|[_, last]| *last).collect()),
            ("end", finished.end.to_vec()),
        ];
        let words = words.into_iter().filter(|(name, word)| self.0[name] != word).map(|(name, _)| name);
        let numbers =
            numbers.into_iter().filter(|(name, numbers)| bits(&self.numbers(name)) != bits(numbers));
        words.chain(numbers.map(|(name, _)| name)).collect()
    }
}

fn text(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// The samples of a file, whose last column is the target.
fn points(name: &str) -> Task {
    let text = fs::read_to_string(format!("{POINTS}/{name}")).unwrap();
    let samples = text.lines().skip(1).map(|line| {
        let numbers: Vec<f64> = line.split(',').map(|number| number.parse().unwrap()).collect();
        let (target, inputs) = numbers.split_last().unwrap();
        Sample { inputs: inputs.to_vec(), target: *target }
    });
    Task::of_samples(name, samples.collect()).unwrap()
}

#[test]
fn runs_are_those_of_an_independent_oracle() {
    let mut lines = include_str!("../oracle/reference.csv").lines().filter(|line| !line.starts_with('#'));
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut count = 0;
    for line in lines {
        let row = Row(names.iter().copied().zip(line.split(',')).collect());
        let set_up = row.set_up();
        set_up.check(row.number::<f64>("momentum") > 0.0).unwrap();
        for isa in Isa::available() {
            let finished = &ends_within(isa, &set_up, &[row.job()], &row.stopping_rule())[0];
            let differences = row.differences(&set_up, finished);
            assert!(differences.is_empty(), "{isa}, {differences:?} of {line}: {finished:?}");
        }
        count += 1;
    }
    println!("{count} runs");
    assert!(count > 300);
}
