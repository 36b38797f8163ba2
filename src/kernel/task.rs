//! The samples a network learns.

use std::fmt;
use std::sync::Arc;

use crate::setup::choice;

/// The most samples of a task.
pub const MAX_SAMPLES: usize = 64;
/// The most inputs of a sample.
pub const MAX_INPUTS: usize = 8;

/// Inputs and target of a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// One or more, at most [`MAX_INPUTS`].
    pub inputs: Vec<f64>,
    /// What the output should be.
    pub target: f64,
}

/// What the samples are, so that facts that hold for some tasks only can be told from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// The targets, true or false, of all combinations of inputs that are false or true: bit k is sample k's, whose
    /// first input is bit 0 of k, the second bit 1, …
    Table(u64),
    /// Samples of any other kind.
    Points,
}

/// 1 to [`MAX_SAMPLES`] samples of 1 to [`MAX_INPUTS`] inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    name: Arc<str>,
    kind: Kind,
    coding: Coding,
    /// What stands for false and true in the targets instead of the coding's numbers.
    other_targets: Option<[f64; 2]>,
    samples: Arc<[Sample]>,
}

choice! {
    /// The numbers that stand for false and true, in inputs and targets.
    Coding {
        /// 0 and 1.
        ZeroOne = "zero-one",
        /// −1 and 1.
        PlusMinus = "plus-minus",
    }
}

impl Coding {
    /// What stands for false, and for true.
    #[must_use]
    pub fn values(self) -> [f64; 2] {
        match self {
            Self::ZeroOne => [0.0, 1.0],
            Self::PlusMinus => [-1.0, 1.0],
        }
    }
}

/// The truth tables of two inputs that have a name, bit k for the sample k of 00, 10, 01, 11.
const NAMED: [(&str, u64); 6] =
    [("xor", 0b0110), ("and", 0b1000), ("or", 0b1110), ("nand", 0b0111), ("nor", 0b0001), ("xnor", 0b1001)];

/// The most inputs of a truth table: 2^6 samples.
const MAX_TABLE_INPUTS: usize = 6;

impl Task {
    /// The names of truth tables, shown to people; `0110` and the like do as well.
    pub const NAMES: [&'static str; 10] =
        ["xor", "and", "or", "nand", "nor", "xnor", "parity-3", "parity-4", "parity-5", "parity-6"];

    /// The truth table of this name: a word, `parity-3` to `parity-6`, or 2 to 64 digits 0 and 1, the target of
    /// sample k at place k. `targets` stand for false and true instead of the coding's.
    #[must_use]
    pub fn named(name: &str, coding: Coding, targets: Option<[f64; 2]>) -> Option<Self> {
        if let Some((_, bits)) = NAMED.into_iter().find(|(known, _)| *known == name) {
            return Some(Self::table(name, 2, bits, coding, targets));
        }
        if let Some(count) = name.strip_prefix("parity-") {
            let inputs = (3..=MAX_TABLE_INPUTS).find(|inputs| inputs.to_string() == count)?;
            let odd = (0..1_u64 << inputs).filter(|sample| sample.count_ones() % 2 == 1);
            return Some(Self::table(
                name,
                inputs,
                odd.fold(0, |bits, sample| bits | 1 << sample),
                coding,
                targets,
            ));
        }
        let inputs = (1..=MAX_TABLE_INPUTS).find(|inputs| name.len() == 1 << inputs)?;
        let mut bits = 0;
        for (sample, digit) in name.bytes().enumerate() {
            match digit {
                b'0' => (),
                b'1' => bits |= 1 << sample,
                _ => return None,
            }
        }
        Some(Self::table(name, inputs, bits, coding, targets))
    }

    fn table(name: &str, inputs: usize, bits: u64, coding: Coding, targets: Option<[f64; 2]>) -> Self {
        let of_inputs = coding.values();
        let of_targets = targets.unwrap_or(of_inputs);
        let samples = (0..1_usize << inputs).map(|sample| Sample {
            inputs: (0..inputs).map(|input| of_inputs[sample >> input & 1]).collect(),
            target: of_targets[(bits >> sample & 1) as usize],
        });
        Self {
            name: name.into(),
            kind: Kind::Table(bits),
            coding,
            other_targets: targets,
            samples: samples.collect(),
        }
    }

    /// Samples of any kind; none if there are too few or too many, or their inputs differ in number, or a value is not
    /// finite.
    #[must_use]
    pub fn of_samples(name: &str, samples: Vec<Sample>) -> Option<Self> {
        let inputs = samples.first()?.inputs.len();
        let is_sound = |sample: &Sample| {
            sample.inputs.len() == inputs
                && sample.inputs.iter().chain([&sample.target]).all(|value| value.is_finite())
        };
        let is_allowed = (1..=MAX_INPUTS).contains(&inputs)
            && samples.len() <= MAX_SAMPLES
            && samples.iter().all(is_sound);
        is_allowed.then(|| Self {
            name: name.into(),
            kind: Kind::Points,
            coding: Coding::ZeroOne,
            other_targets: None,
            samples: samples.into(),
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands for false and true in a truth table's inputs.
    #[must_use]
    pub fn coding(&self) -> Coding {
        self.coding
    }

    /// What stands for false and true in its targets, if not the coding's numbers.
    #[must_use]
    pub fn other_targets(&self) -> Option<[f64; 2]> {
        self.other_targets
    }

    /// The samples, in order.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// The targets, in the samples' order.
    #[must_use]
    pub fn targets(&self) -> Vec<f64> {
        self.samples.iter().map(|sample| sample.target).collect()
    }

    /// How many inputs a sample has.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.samples[0].inputs.len()
    }

    /// The least and the largest target.
    #[must_use]
    pub fn target_range(&self) -> [f64; 2] {
        self.samples.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], sample| {
            [low.min(sample.target), high.max(sample.target)]
        })
    }

    /// The two targets, low and high, if there are just two.
    #[must_use]
    pub fn two_targets(&self) -> Option<[f64; 2]> {
        let [low, high] = self.target_range();
        let is_one = |sample: &Sample| sample.target == low || sample.target == high;
        (low < high && self.samples.iter().all(is_one)).then_some([low, high])
    }

    /// The error of the best constant answer, the mean of the targets: their variance.
    #[must_use]
    pub fn constant_error(&self) -> f64 {
        self.error_of_equal_outputs(&(0..self.samples.len()).collect::<Vec<_>>())
    }

    /// What the samples at these places add to the error at least if they all have the same output.
    ///
    /// # Panics
    /// If there is no such place.
    #[must_use]
    pub fn error_of_equal_outputs(&self, places: &[usize]) -> f64 {
        let targets = || places.iter().map(|&place| self.samples[place].target);
        let mean = targets().sum::<f64>() / places.len() as f64;
        targets().map(|target| (target - mean) * (target - mean)).sum::<f64>() / self.samples.len() as f64
    }

    /// The error that no network with one monotone hidden unit comes below, for XOR and its opposite: 1/6 of the squared
    /// distance of the targets.
    #[must_use]
    pub fn one_unit_error(&self) -> Option<f64> {
        let [low, high] = self.two_targets().filter(|_| self.is_xor() || self.is_xnor())?;
        Some((high - low) * (high - low) / 6.0)
    }

    /// Whether its samples are points of a file, not a truth table.
    #[must_use]
    pub fn is_of_points(&self) -> bool {
        self.kind == Kind::Points
    }

    /// Whether it is XOR of two inputs, in any coding.
    #[must_use]
    pub fn is_xor(&self) -> bool {
        self.inputs() == 2 && self.kind == Kind::Table(0b0110)
    }

    /// Whether it is its opposite: XOR with both targets exchanged.
    #[must_use]
    pub fn is_xnor(&self) -> bool {
        self.inputs() == 2 && self.kind == Kind::Table(0b1001)
    }

    /// Whether it is a truth table of two inputs, whose samples 00, 10, 01, 11 are the corners of a square.
    #[must_use]
    pub fn is_square(&self) -> bool {
        self.inputs() == 2 && matches!(self.kind, Kind::Table(_))
    }

    /// Whether it is the question's: XOR with inputs and targets 0 and 1.
    #[must_use]
    pub fn is_question(&self) -> bool {
        self.is_xor()
            && self.samples[0].inputs == [0.0; 2]
            && self.samples[3].inputs == [1.0; 2]
            && self.samples[0].target == 0.0
            && self.samples[1].target == 1.0
    }
}

impl Default for Task {
    /// XOR.
    fn default() -> Self {
        Self::named("xor", Coding::default(), None).expect("it has a name")
    }
}
