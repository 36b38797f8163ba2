//! A sweep executed into a folder, and its table read again by an observer of our own.
//!
//! `cargo run --release --example own_table`

use std::error::Error;

use xorsweep::execution::{Destination, save};
use xorsweep::results::reader::Row;
use xorsweep::results::{Group, Observer, Observers, Table};
use xorsweep::{Options, Problem, Progress, Spec};

/// The largest error that any run that converged went through on its way.
#[derive(Default)]
struct LargestPeak(f64);

impl Observer for LargestPeak {
    fn columns(&self) -> Vec<&'static str> {
        vec!["outcome", "error_peak"]
    }

    fn see(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        if row.text(0) == "converged" {
            self.0 = self.0.max(row.number(1)?);
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let spec =
        Spec::from_toml("name = \"peaks\"\ninit = \"normal(1)\"\nseeds = \"0..500\"\nalpha = [0.3, 0.6]")?;
    let sweep = spec.resolve("".as_ref())?;
    let folder = std::env::temp_dir().join(format!("xorsweep-example-{}", std::process::id()));
    let show = |group: &Group| println!("α = {}: {} runs", group.alpha, group.tally.runs());
    save(&sweep, &Destination::new(&folder), &Options::default(), &Progress::default(), &mut { show })?;
    let mut peak = LargestPeak::default();
    let runs = Table::find(&folder, "convergence")?.show(&mut Observers::of([&mut peak]))?;
    println!("{runs} runs; the largest error on the way of one that converged: {}", peak.0);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}
