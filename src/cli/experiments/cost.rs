//! What runs took.

use std::fmt;
use std::time::Duration;

use indicatif::HumanCount;

/// What runs took.
#[derive(Clone, Copy, Default)]
pub struct Cost {
    /// How many they were.
    pub runs: u64,
    /// Their steps, all together.
    pub run_steps: u64,
    /// The time.
    pub time: Duration,
}

impl Cost {
    /// Adds another one.
    pub fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.run_steps += other.run_steps;
        self.time += other.time;
    }
}

impl<'a> std::iter::Sum<&'a Self> for Cost {
    fn sum<I: Iterator<Item = &'a Self>>(costs: I) -> Self {
        let mut all = Self::default();
        costs.for_each(|cost| all.add(cost));
        all
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.time.as_secs_f64();
        let speed = self.run_steps as f64 / seconds.max(1e-9) / 1e6;
        let (runs, steps) = (HumanCount(self.runs), HumanCount(self.run_steps));
        write!(f, "{runs} runs, {steps} steps in {seconds:.1} s, {speed:.0} million run-steps a second")
    }
}
