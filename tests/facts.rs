//! Shows the facts about the network that the documentation states, in sizes that run in seconds.

mod common;

use std::convert::Infallible;

use common::{finished, network_keys, sweep};
use xorsweep::kernel::SetUp;
use xorsweep::kernel::batch::Job;
use xorsweep::kernel::fused::at::{B1, B2, B3, W1, W2, W3, W4, W5, W6};
use xorsweep::kernel::outcome::{Finished, Outcome, Plateau};
use xorsweep::kernel::task::Coding;
use xorsweep::kernel::theta::Theta;
use xorsweep::kernel::trace::{Step, trace};
use xorsweep::sweep::engine::Options;

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

/// What a double-precision R program printed after 10,000 steps from 0.1 nine times, at α = 0.3.
#[test]
fn the_run_of_the_question_at_0_3_ends_where_it_ended_in_r() {
    let row = &rows("init = 'constant(0.1)'\nalpha = 0.3\nsteps = 10000")[0];
    assert_near(row.error_last, 0.249_995_191_611_446_84, 1e-12);
    for place in [W1, W2, W3, W4] {
        assert_near(row.end[place], 0.095_069_674_374_45, 1e-12);
    }
    for (place, value) in [
        (W5, 0.095_021_537_631_72),
        (W6, 0.095_021_537_631_72),
        (B1, 0.184_604_667_497_98),
        (B2, 0.184_604_667_497_98),
        (B3, 0.391_783_307_753_16),
    ] {
        assert_near(row.end[place], value, 1e-12);
    }
    assert_eq!((row.steps, row.outcome), (10_000, Outcome::Plateau(Plateau::Constant)));
    // It is still on its way: later it moves on to 1/6, and never beyond.
    let later = &rows("init = 'constant(0.1)'\nalpha = 0.3\nsteps = 60000")[0];
    assert_eq!(later.outcome, Outcome::Plateau(Plateau::OneUnit));
    assert_eq!(later.escaped_at, None);
}

/// The same at α = 1.
#[test]
fn the_run_of_the_question_at_1_ends_where_it_ended_in_r() {
    let row = &rows("init = 'constant(0.1)'\nalpha = 1\nsteps = 10000")[0];
    assert_near(row.error_last, 164.076_759_158_3, 1e-9);
    for (places, value) in [
        ([W1, W2, W3, W4].as_slice(), -4.327_650_477_30),
        (&[W5, W6], -2.983_054_613_76),
        (&[B1, B2], -5.636_781_159_13),
        (&[B3], -12.294_242_372_2),
    ] {
        for &place in places {
            assert_near(row.end[place], value, 1e-9);
        }
    }
    assert_eq!((row.steps, row.outcome), (10_000, Outcome::Diverged));
}

#[test]
fn the_larger_the_asymmetry_the_sooner_a_run_escapes() {
    for (size, expected) in [(1e-2, 7981.0), (0.1, 3232.0), (1.0, 455.0)] {
        let spec =
            format!("init = 'constant(0.1)+normal({size})'\nseeds = '0..200'\nalpha = 0.3\nsteps = 60000");
        let mut escapes: Vec<u64> =
            rows(&spec).iter().map(|row| row.escaped_at.unwrap_or(u64::MAX)).collect();
        escapes.sort_unstable();
        println!("{size}: {} of the 400 starts: {expected}", escapes[100]);
        assert_near(escapes[100] as f64, expected, 0.2);
    }
}

#[test]
fn the_shares_that_converge_are_those_stated() {
    for (alpha, expected) in [(0.3, 0.923), (0.8, 0.153)] {
        let rows = rows(&format!("seeds = '0..400'\nalpha = {alpha}\nsteps = 50000"));
        let share = count(&rows, Outcome::Converged) as f64 / rows.len() as f64;
        // Both shares were counted on some 400 starts or more: three standard deviations of their difference.
        let deviation = (2.0 * expected * (1.0 - expected) / 400.0_f64).sqrt();
        println!("α = {alpha}: {share}, stated {expected}");
        assert!((share - expected).abs() < 3.0 * deviation, "α = {alpha}: {share}");
    }
}
