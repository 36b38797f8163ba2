//! Runs for a kernel that differ in their starts, and what becomes of them.

use std::hash::{DefaultHasher, Hasher};

use xorsweep::kernel::batch::{Feed, Job};
use xorsweep::kernel::outcome::RunResult;
use xorsweep::kernel::theta::{Shape, Theta};
use xorsweep::sweep::start::Init;

/// So many starts of a network, each of its own seed.
pub fn starts(count: u64, shape: Shape) -> Vec<Theta> {
    let init: Init = "uniform(0,1)".parse().expect("it is an init");
    (0..count).map(|seed| init.start(seed, shape)).collect()
}

/// Feeds runs, and keeps those that are over.
pub struct Starts {
    starts: Vec<Theta>,
    next: usize,
    alpha: f64,
    momentum: f64,
    finished: Vec<RunResult>,
}

impl Starts {
    pub fn new(starts: Vec<Theta>, alpha: f64, momentum: f64) -> Self {
        let finished = Vec::with_capacity(starts.len());
        Self { starts, next: 0, alpha, momentum, finished }
    }

    /// Those that are over, in order.
    pub fn into_finished(mut self) -> Vec<RunResult> {
        self.finished.sort_unstable_by_key(|finished| finished.run);
        self.finished
    }
}

impl Feed for Starts {
    fn next(&mut self) -> Option<Job> {
        let start = self.starts.get(self.next)?.clone();
        let run = self.next as u64;
        self.next += 1;
        Some(Job { run, start, alpha: self.alpha, momentum: self.momentum, seed: run })
    }
    fn wait(&mut self) -> bool {
        false
    }
    fn done(&mut self, finished: RunResult) {
        self.finished.push(finished);
    }
    fn advanced(&mut self, _: usize, _: usize) -> bool {
        true
    }
}

/// The hash of any numbers, bit by bit.
pub fn hash<'a>(numbers: impl IntoIterator<Item = &'a f64>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for number in numbers {
        hasher.write_u64(number.to_bits());
    }
    hasher.finish()
}

/// The hash of all ends of a sweep.
pub fn hash_of_ends(all: &[RunResult]) -> u64 {
    hash(all.iter().flat_map(|finished| &finished.end))
}

/// The steps of all runs.
pub fn steps_of(all: &[RunResult]) -> u64 {
    all.iter().map(|finished| finished.steps).sum()
}
