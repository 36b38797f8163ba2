//! Shows the facts about the network that the documentation states, in sizes that run in seconds. Where it states
//! figures they are read from there.

mod common;

use std::convert::Infallible;

use common::{finished, network_keys, sweep};
use xorsweep::facts::{Ended, QUESTION};
use xorsweep::kernel::SetUp;
use xorsweep::kernel::batch::Job;
use xorsweep::kernel::fused::at::{B1, B2, W1, W2, W3, W4, W5, W6};
use xorsweep::kernel::outcome::{Finished, Outcome, Plateau};
use xorsweep::kernel::task::Coding;
use xorsweep::kernel::theta::Theta;
use xorsweep::kernel::trace::{Step, trace};
use xorsweep::sweep::engine::Options;
use xorsweep::table::Quantiles;

fn rows(spec: &str) -> Vec<Finished> {
    finished(&sweep(spec), &Options::default())
}

fn count(rows: &[Finished], wanted: Outcome) -> usize {
    rows.iter().filter(|row| row.outcome == wanted).count()
}

/// All steps of a run.
fn steps_of(network: &SetUp, start: Theta, alpha: f64, steps: u64) -> Vec<Step> {
    let job = Job { run: 0, start, alpha, momentum: 0.0, seed: 0 };
    let mut all = Vec::new();
    let keep = |step: &Step| {
        all.push(step.clone());
        Ok::<(), Infallible>(())
    };
    trace(network, &job, steps, keep).unwrap();
    all
}

fn assert_near(actual: f64, expected: f64, relative: f64) {
    assert!((actual - expected).abs() <= relative * expected.abs(), "{actual} is not {expected}");
}

const STARTS: &str = "init = ['normal(1)', 'uniform(0,1)']\nseeds = '0..150'\n";

#[test]
fn above_a_learning_rate_of_1_every_run_diverges_however_little_above() {
    let rows = rows(&format!("{STARTS}alpha = [1.001, 1.01, 1.1, 1.5]\nsteps = 30000"));
    assert_eq!(count(&rows, Outcome::Diverged), rows.len());
    // And does so like |1 − 2α|^t: the error like its square.
    let steps = steps_of(&SetUp::default(), [0.1; 9].into(), 1.1, 150);
    assert_near(steps[140].error / steps[100].error, 1.2_f64.powi(80), 1e-3);
}

#[test]
fn at_a_learning_rate_of_exactly_1_none_converges_and_the_error_grows_slowly_for_ever() {
    let rows = rows(&format!("{STARTS}alpha = 1\nsteps = 20000"));
    assert_eq!(count(&rows, Outcome::Converged), 0);
    assert!(rows.iter().all(|row| row.steps == 20000 && row.error_peak < 1e6));
    let still_growing =
        rows.iter().filter(|row| row.outcome == Outcome::Diverged && row.peak_at > 19_990).count();
    assert!(still_growing * 10 > rows.len() * 9, "{still_growing} of {}", rows.len());
}

#[test]
fn below_a_learning_rate_of_1_none_diverges() {
    // With a few thousand steps, about one in ten thousand runs that go up and down for ever happens to have its
    // largest error in the last tenth, and is taken for one that grows.
    let rows = rows(&format!("{STARTS}alpha = [0.85, 0.9, 0.95, 0.99]\nsteps = 20000"));
    assert_eq!(count(&rows, Outcome::Diverged), 0);
    assert!(rows.iter().all(|row| row.error_peak < 1000.0 && row.error_last < 100.0));
}

#[test]
fn equal_hidden_units_stay_equal_to_the_last_bit_and_never_escape() {
    let starts = [
        [0.1; 9],
        [0.3, 0.3, -2.0, -2.0, 1.5, 1.5, 0.7, 0.7, -0.2],
        [5.0, 5.0, -5.0, -5.0, 4.0, 4.0, -2.0, -2.0, 0.0],
        [90.0, 90.0, -100.0, -100.0, 0.6, 0.6, 1.0, 1.0, 0.1],
    ];
    for network in &common::networks() {
        let bound = if network.task.coding() == Coding::PlusMinus { 4.0 / 6.0 } else { 1.0 / 6.0 };
        for start in starts {
            for alpha in [0.1, 0.3, 0.9, 1.2] {
                for Step { step, error, theta, .. } in steps_of(network, start.into(), alpha, 3000) {
                    if !error.is_finite() {
                        break;
                    }
                    let what = format!("{network:?}, α = {alpha}, step {step}: {theta:?}");
                    for (one, two) in [(W1, W2), (W3, W4), (W5, W6), (B1, B2)] {
                        assert_eq!(theta[one].to_bits(), theta[two].to_bits(), "{what}");
                    }
                    assert!(error > bound, "{what}: {error}");
                }
            }
        }
    }
}

#[test]
fn constant_starts_never_escape_and_the_slightest_asymmetry_that_grows_does() {
    for network in &common::networks() {
        let keys = network_keys(network);
        let init = "init = ['constant(0.1)', 'constant(-1)', 'constant(2)', 'constant(0)']";
        let rows = rows(&format!("{init}\nalpha = '0.1:0.9:9'\nsteps = 20000\n{keys}"));
        assert!(rows.iter().all(|row| row.escaped_at.is_none()), "{network:?}");
    }
    let rows = rows("init = 'constant(0.1)+normal(1e-8)'\nseeds = '0..20'\nsteps = 60000");
    assert!(rows.iter().filter(|row| row.escaped_at.is_some()).count() >= 18);
    let nearly = self::rows("init = 'constant(0.1)+normal(1e-12)'\nseeds = '0..20'\nsteps = 60000");
    assert!(nearly.iter().all(|row| row.escaped_at.is_none()));
}

#[test]
fn nearly_all_runs_on_a_plateau_are_at_an_eighth() {
    let rows = rows("alpha = [0.1, 0.3, 0.5]\nseeds = '0..400'\nsteps = 30000");
    let stuck: usize = Plateau::KINDS.iter().map(|&plateau| count(&rows, Outcome::Plateau(plateau))).sum();
    let at_an_eighth = count(&rows, Outcome::Plateau(Plateau::Saturated));
    println!("{at_an_eighth} of {stuck} sit at 1/8");
    assert!(stuck > 50 && at_an_eighth * 100 >= stuck * 95, "{at_an_eighth} of {stuck}");
}

#[test]
fn the_runs_of_the_question_end_where_they_ended_in_r() {
    for Ended { alpha, error, theta, digits } in QUESTION {
        let row = &rows(&format!("init = 'constant(0.1)'\nalpha = {alpha}\nsteps = 10000"))[0];
        assert_near(row.error_last, error, digits);
        for (end, expected) in row.end.iter().copied().zip(theta) {
            assert_near(end, expected, digits);
        }
        let outcome = if alpha < 1.0 { Outcome::Plateau(Plateau::Constant) } else { Outcome::Diverged };
        assert_eq!((row.steps, row.outcome), (10_000, outcome));
    }
    // At 0.3 it is still on its way: later it moves on to 1/6, and never beyond.
    let later = &rows("init = 'constant(0.1)'\nalpha = 0.3\nsteps = 60000")[0];
    assert_eq!(later.outcome, Outcome::Plateau(Plateau::OneUnit));
    assert_eq!(later.escaped_at, None);
}

/// The cells of a row of a table in the documentation of a fact.
fn stated(fact: u8, row: &str) -> Vec<&'static str> {
    const FACTS: &str = include_str!("../src/facts.rs");
    let section = FACTS.split("//! # ").find(|section| section.starts_with(&format!("{fact}. "))).unwrap();
    let line = section.lines().find(|line| line.starts_with(&format!("//! | {row} |"))).unwrap();
    line.split('|').skip(2).map(str::trim).collect()
}

#[test]
fn the_larger_the_asymmetry_the_sooner_a_run_escapes() {
    let [sizes, counts, steps] = ["ε", "escaped", "step"].map(|row| stated(8, row));
    assert_eq!(sizes.len(), 9, "eight figures, and what follows the last bar");
    for ((size, count), step) in sizes.into_iter().zip(counts).zip(steps).take(8) {
        let spec =
            format!("init = 'constant(0.1)+normal({size})'\nseeds = '0..400'\nalpha = 0.3\nsteps = 60000");
        let mut escapes = Quantiles::new();
        let escaped: Vec<u64> = rows(&spec).iter().filter_map(|row| row.escaped_at).collect();
        escaped.iter().for_each(|&step| escapes.add(step as f64));
        let median = escapes.percentile(50).map_or(String::new(), |step| format!("{step:.0}"));
        assert_eq!((escaped.len().to_string(), median), (count.to_owned(), step.replace(',', "")), "{size}");
    }
}

#[test]
fn the_shares_that_converge_are_those_stated() {
    let (alphas, shares) = (stated(9, "α"), stated(9, "share"));
    for (alpha, stated) in alphas.into_iter().zip(shares).take(8) {
        let rows = rows(&format!("alpha = {alpha}\nsteps = 50000"));
        let share = match count(&rows, Outcome::Converged) {
            0 => "none".to_owned(),
            some => format!("{:.3}", some as f64 / rows.len() as f64).trim_start_matches('0').to_owned(),
        };
        assert_eq!(share, stated, "α = {alpha}");
    }
}
