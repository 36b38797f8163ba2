//! Sweeps executed in memory or into a folder, for a set-up and every instruction set.

use std::fs;
use std::io;

use xorsweep::execution::{Destination, save};
use xorsweep::kernel::SetUp;
use xorsweep::kernel::isa::Isa;
use xorsweep::kernel::outcome::RunResult;
use xorsweep::kernel::theta::Theta;
use xorsweep::results::Group;
use xorsweep::sweep::engine::{Options, Progress, execute};
use xorsweep::sweep::spec::Sweep;

/// The lines of a spec that choose `network`.
pub fn network_keys(network: &SetUp) -> String {
    let (hidden, output) = (network.hidden, network.output);
    let coding = network.task.coding();
    format!("hidden = \"{hidden}\"\noutput = \"{output}\"\ncoding = \"{coding}\"\n")
}

/// The instruction sets of this machine; those it lacks are reported.
pub fn instruction_sets() -> Vec<Isa> {
    for isa in Isa::ALL.into_iter().filter(|isa| !isa.is_available()) {
        println!("skipped: this machine has no {isa}");
    }
    Isa::available().collect()
}

/// All rows of a sweep.
pub fn finished(sweep: &Sweep, options: &Options) -> Vec<RunResult> {
    let mut rows = Vec::new();
    let accept = |piece: Vec<RunResult>| {
        rows.extend(piece);
        io::Result::Ok(())
    };
    execute(sweep, 0..sweep.runs(), options, &Progress::default(), |piece| piece, accept).unwrap();
    rows
}

/// The two tables of a sweep, as they stand on the disk.
#[derive(PartialEq, Eq)]
pub struct Tables {
    pub convergence: String,
    pub summary: String,
}

/// Executes a sweep into a folder of its own and reads the tables.
pub fn tables(sweep: &Sweep, options: &Options) -> Tables {
    let folder = tempfile::tempdir().unwrap();
    let destination = Destination::new(folder.path());
    save(sweep, &destination, options, &Progress::default(), &mut |_: &Group| ()).unwrap();
    let read = |name| fs::read_to_string(folder.path().join(name)).unwrap();
    Tables { convergence: read("convergence.csv"), summary: read("summary.csv") }
}

/// Panics at the first line in which two tables differ.
pub fn assert_same(expected: &Tables, actual: &Tables, what: &str) {
    for (expected, actual) in
        [(&expected.convergence, &actual.convergence), (&expected.summary, &actual.summary)]
    {
        for (line, (expected, actual)) in expected.lines().zip(actual.lines()).enumerate() {
            assert_eq!(expected, actual, "{what}: line {}", line + 1);
        }
        assert!(expected == actual, "{what}: {} and {} bytes", expected.len(), actual.len());
    }
}

/// The bits of a number; all NaNs are one, as they are in a table.
pub fn bits(number: f64) -> u64 {
    if number.is_nan() { f64::NAN.to_bits() } else { number.to_bits() }
}

/// The bits of a point.
pub fn point_bits(theta: &Theta) -> Vec<u64> {
    theta.iter().copied().map(bits).collect()
}
