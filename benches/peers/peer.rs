//! xorsweep beside its peers: reads the starts, then does tasks asked for on standard input, as `peer.py` describes
//! them. Only carrying the runs out is timed, with the starting of the threads and the bringing of the finished runs
//! into order, but without tables.
//!
//! Usage: peer STARTS RUNS THREADS SPEC
//!
//! SPEC is a file: the keys of a spec that say what is trained, and how.

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::time::Instant;

use xorsweep::kernel::{Criterion, SetUp, Theta};
use xorsweep::sweep::engine::{Runs, run_first};
use xorsweep::{Job, Options, Outcome, RunResult, Spec, StoppingRule};

struct Starts {
    set_up: SetUp,
    stopping_rule: StoppingRule,
    alpha: f64,
    starts: Vec<Theta>,
}

impl Runs for Starts {
    fn set_up_from(&self, _: u64) -> (&SetUp, u64) {
        (&self.set_up, u64::MAX)
    }
    fn stopping_rule(&self) -> &StoppingRule {
        &self.stopping_rule
    }
    fn have_momentum(&self) -> bool {
        false
    }
    fn job(&self, number: u64) -> Job {
        Job {
            run: number,
            start: self.starts[number as usize].clone(),
            alpha: self.alpha,
            momentum: 0.0,
            seed: 0,
        }
    }
}

fn mean(all: &[RunResult], number: impl Fn(&RunResult) -> f64) -> f64 {
    all.iter().map(number).sum::<f64>() / all.len() as f64
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, count, threads, spec] = arguments.as_slice() else {
        return Err("usage: peer STARTS RUNS THREADS SPEC".into());
    };
    let sweep = Spec::from_toml(&std::fs::read_to_string(spec)?)?.resolve(Path::new(""))?;
    let set_up = sweep.set_up_from(0).0.clone();
    let bytes = std::fs::read(path)?;
    let (numbers, _) = bytes.as_chunks();
    let starts = numbers.chunks_exact(set_up.parameters());
    let starts: Vec<Theta> = starts
        .take(count.parse()?)
        .map(|start| start.iter().map(|&number| f64::from_le_bytes(number)).collect())
        .collect();
    let options = Options { threads: threads.parse()?, ..Options::default() };
    let stopping_rule = StoppingRule {
        criterion: Criterion::Error,
        steps: 0,
        tolerance: 0.0,
        hold: 1,
        blow_up: f64::INFINITY,
    };
    let mut runs = Starts { set_up, stopping_rule, alpha: 0.0, starts };

    let mut out = io::stdout().lock();
    writeln!(
        out,
        r#"{{"ready": true, "version": "xorsweep {} {}"}}"#,
        env!("CARGO_PKG_VERSION"),
        options.isa
    )?;
    out.flush()?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let [task, steps, alpha, tolerance] = words.as_slice() else {
            return Err(format!("not a task: {line}").into());
        };
        let stops = *task == "stop";
        runs.stopping_rule.steps = steps.parse()?;
        runs.alpha = alpha.parse()?;
        runs.stopping_rule.tolerance = tolerance.parse()?;
        // An error of 0 is within any tolerance, and would end a run.
        runs.stopping_rule.hold = if stops { 1 } else { u64::MAX };
        let begin = Instant::now();
        let all = run_first(&runs, runs.starts.len() as u64, &options);
        let seconds = begin.elapsed().as_secs_f64();
        if stops {
            let converged = all.iter().filter(|finished| finished.outcome == Outcome::Converged).count();
            let steps = mean(&all, |finished| finished.steps as f64);
            writeln!(out, r#"{{"seconds": {seconds}, "converged": {converged}, "mean_steps": {steps}}}"#)?;
        } else {
            let error = mean(&all, |finished| finished.error_last);
            writeln!(out, r#"{{"seconds": {seconds}, "mean_error": {error:?}}}"#)?;
        }
        out.flush()?;
    }
    Ok(())
}
