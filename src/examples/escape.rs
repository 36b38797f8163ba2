//! Which starts leave the saddle of equal hidden units: a sweep held in memory.
//!
//! `cargo run --release --example escape`

use xorsweep::{Options, Outcome, Problem, Spec, run_all};

fn main() -> Result<(), Problem> {
    // Every key of a spec file may stand here.
    let spec = Spec::from_toml(
        r#"
        init = ["constant(0.1)", "constant(0.1)+normal(1e-6)", "constant(0.1)+normal(0.01)"]
        seeds = "0..200"
        alpha = 0.3
        steps = 20000
        "#,
    )?;
    let sweep = spec.resolve("".as_ref())?;
    let finished = run_all(&sweep, &Options::default());
    for (index, init) in sweep.axes.init_names().iter().enumerate() {
        let runs: Vec<_> =
            finished.iter().filter(|finished| sweep.run(finished.run).init_index == index).collect();
        let escaped = runs.iter().filter(|run| run.escaped_at.is_some()).count();
        let converged = runs.iter().filter(|run| run.outcome == Outcome::Converged).count();
        let mut steps: Vec<u64> = runs.iter().filter_map(|run| run.escaped_at).collect();
        steps.sort_unstable();
        let median = steps.get(steps.len() / 2).map_or("never".to_owned(), u64::to_string);
        println!("{init}: {escaped} of {} escape, half by step {median}; {converged} converge", runs.len());
    }
    Ok(())
}
