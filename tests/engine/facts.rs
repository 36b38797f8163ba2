//! Shows the facts about the network that the documentation states, in sizes that run in seconds. Where it states
//! figures they are read from there.

use std::convert::Infallible;

use xorsweep::facts::{Hindrance, Units, UpdateLength, are_opposite, has_targets_in_the_limit};
use xorsweep::kernel::batch::Job;
use xorsweep::kernel::derivatives::gradient;
use xorsweep::kernel::fused::at::{B1, B2, W1, W2, W3, W4, W5, W6};
use xorsweep::kernel::outcome::{Outcome, Plateau, RunResult};
use xorsweep::kernel::setup::{Biases, HiddenUnits};
use xorsweep::kernel::task::Coding;
use xorsweep::kernel::theta::Theta;
use xorsweep::kernel::trace::{Step, trace};
use xorsweep::kernel::{Hidden, Loss, Optimizer, Output, SetUp, Task, Update};
use xorsweep::results::Quantiles;
use xorsweep::sweep::engine::Options;

use crate::networks::networks;
use crate::sweep::sweep;
use crate::sweeps::{finished, network_keys};

fn rows(spec: &str) -> Vec<RunResult> {
    finished(&sweep(spec), &Options::default())
}

fn count(rows: &[RunResult], wanted: Outcome) -> usize {
    rows.iter().filter(|row| row.outcome == wanted).count()
}

/// All steps of a run.
fn steps_of(network: &SetUp, start: Theta, alpha: f64, steps: u64) -> Vec<Step> {
    steps_with(network, start, alpha, 0.0, steps)
}

fn steps_with(network: &SetUp, start: Theta, alpha: f64, momentum: f64, steps: u64) -> Vec<Step> {
    let job = Job { run: 0, start, alpha, momentum, seed: 0 };
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
    for network in &networks() {
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
    for network in &networks() {
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

/// The cells of a row of a table in the documentation of a fact.
fn stated(fact: u8, row: &str) -> Vec<&'static str> {
    const FACTS: &str = include_str!("../../src/facts.rs");
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

/// Every way to train a network: activations, losses, orders and optimizers, each with all others.
fn trainings(task: &Task) -> Vec<SetUp> {
    let mut all = Vec::new();
    for &hidden in Hidden::ALL {
        for &output in Output::ALL {
            for &update in Update::ALL {
                for &optimizer in Optimizer::ALL {
                    for loss in [Loss::Mse, Loss::CrossEntropy] {
                        let set_up = SetUp {
                            task: task.clone(),
                            hidden,
                            output,
                            update,
                            optimizer,
                            loss,
                            ..SetUp::default()
                        };
                        all.extend(set_up.check(false).is_ok().then_some(set_up));
                    }
                }
            }
        }
    }
    all
}

fn momentum_of(set_up: &SetUp) -> f64 {
    if set_up.optimizer.has_momentum() { 0.5 } else { 0.0 }
}

#[test]
fn equal_units_stay_equal_to_the_last_bit_however_they_are_trained() {
    let start = [0.3, 0.3, -0.7, -0.7, 0.8, 0.8, 0.4, 0.4, -0.2];
    let all = trainings(&Task::default());
    for mut set_up in all.iter().cloned() {
        // Frozen alike they stay equal as well.
        for frozen in [vec![], vec![W1, W2, 8]] {
            set_up.frozen = frozen;
            assert_eq!(Units::at(&set_up, &start).kinds, [[0, 1]]);
            for Step { step, theta, .. } in steps_with(&set_up, start.into(), 0.3, momentum_of(&set_up), 100)
            {
                for (one, two) in [(W1, W2), (W3, W4), (W5, W6), (B1, B2)] {
                    assert_eq!(theta[one].to_bits(), theta[two].to_bits(), "{set_up:?}, step {step}");
                }
            }
        }
    }
    assert!(all.len() > 200, "{}", all.len());
}

#[test]
fn dead_and_mute_units_never_move_however_they_are_trained() {
    let dead = [1.0, 0.5, -1.0, 0.5, 2.0, 0.7, -2.0, 0.1, 0.0];
    let zero = [0.0, 0.5, 0.0, 0.5, 0.0, 0.7, 0.0, 0.1, 0.0];
    let zeros = [0.0; 9];
    let mut some = 0;
    for set_up in trainings(&Task::default()) {
        for start in [dead, zero, zeros] {
            let units = Units::at(&set_up, &start);
            let still: Vec<usize> = [&units.dead[..], &units.mute].concat();
            some += still.len();
            let places: Vec<usize> = still.iter().flat_map(|&unit| set_up.shape().unit(unit)).collect();
            let slopes = gradient(&set_up, &start).gradient;
            assert!(places.iter().all(|&place| slopes[place] == 0.0), "{set_up:?}");
            for Step { step, theta, .. } in steps_with(&set_up, start.into(), 0.3, momentum_of(&set_up), 100)
            {
                for &place in &places {
                    assert_eq!(theta[place], start[place], "{set_up:?}, step {step}");
                }
            }
        }
    }
    assert!(some > 500, "{some}");
}

/// Starts and set-ups from which a task is never solved, of all kinds.
fn hindered() -> Vec<(SetUp, Theta)> {
    let points = [
        [0.4, 0.4, -0.3, -0.3, 0.9, 0.9, 0.2, 0.2, 0.1],
        [1.0, 0.5, -1.0, 0.5, 2.0, 0.7, -2.0, 0.1, 0.0],
        [0.0, 1.5, 0.0, -0.5, 0.0, 0.7, 0.0, 0.1, 0.0],
        [0.0; 9],
        [0.3, -0.8, 1.1, 0.9, -0.7, 0.6, 0.0, 0.0, 0.0],
    ];
    let mut all = Vec::new();
    for (name, coding) in [
        ("xor", Coding::ZeroOne),
        ("xnor", Coding::ZeroOne),
        ("xor", Coding::PlusMinus),
        ("nand", Coding::ZeroOne),
    ] {
        for set_up in trainings(&Task::named(name, coding, None).unwrap()) {
            for bias in [true, false] {
                for point in points {
                    let set_up = SetUp { bias: Biases(bias), ..set_up.clone() };
                    let mut start = Theta::from(point);
                    set_up.fixed().for_each(|place| start[place] = 0.0);
                    all.push((set_up, start));
                }
                // Whether it is hindered depends on what its hidden units compute.
                for frozen in [
                    [1.0, 0.2, -0.3, 0.9, 0.5, 0.6, 0.3, -0.4, 0.0],
                    [0.7, -0.6, 0.8, 0.9, 0.5, 0.6, 0.1, 0.4, 0.0],
                ] {
                    let layer = SetUp { frozen: vec![W1, W2, W3, W4, B1, B2], ..set_up.clone() };
                    all.push((layer, frozen.into()));
                }
                let one = SetUp { bias: Biases(bias), hidden_units: HiddenUnits(1), ..set_up.clone() };
                let bias = if bias { 0.3 } else { 0.0 };
                all.push((one, Theta::from_slice(&[0.8, -0.6, 0.9, bias, bias])));
            }
        }
    }
    all.retain(|(set_up, start)| Hindrance::at(set_up, start).is_some());
    all
}

#[test]
fn no_hindered_run_solves_its_task_or_comes_below_its_error() {
    let all = hindered();
    let mut kinds = [0; 6];
    for (set_up, start) in &all {
        let hindrance = Hindrance::at(set_up, start).unwrap();
        kinds[match hindrance {
            Hindrance::SameInputs => 0,
            Hindrance::FixedOutput { .. } => 1,
            Hindrance::Mirrored => 2,
            Hindrance::Constant(_) => 3,
            Hindrance::OneUnit(_) => 4,
            Hindrance::FrozenLayer => 5,
        }] += 1;
        let least = hindrance.least_error(set_up);
        let [low, high] = set_up.task.two_targets().unwrap();
        let half = (high - low) / 2.0;
        for Step { step, error, theta, .. } in
            steps_with(set_up, start.clone(), 0.2, momentum_of(set_up), 300).into_iter().step_by(10)
        {
            if !error.is_finite() {
                break;
            }
            let what = format!("{hindrance:?}: {set_up:?}, {start:?}, step {step}: {error}");
            assert!(error >= least * (1.0 - 1e-12), "{what}");
            let residuals = xorsweep::kernel::derivatives::samples(set_up, &theta).residuals;
            let mut sides = residuals.iter().zip(set_up.task.targets());
            // By more than rounding.
            let is_right = |(residual, target): (&f64, f64)| {
                let towards = if target == high { *residual } else { -residual };
                towards < half * (1.0 - 1e-9)
            };
            assert!(!sides.all(is_right), "{what}");
        }
    }
    println!("{kinds:?}");
    assert!(kinds[1..].iter().all(|&count| count > 50), "{kinds:?}");
}

#[test]
fn rounding_parts_some_units_that_are_opposite_and_others_not() {
    let tanh = SetUp { hidden: Hidden::Tanh, ..SetUp::default() };
    let parts = |start: [f64; 9]| {
        assert!(are_opposite(&tanh, &start));
        steps_of(&tanh, start.into(), 0.1, 20_000).last().unwrap().error < 1.0 / 6.0
    };
    assert!(parts([0.3, -0.3, -0.9, 0.9, 1.7, -1.7, 0.4, -0.4, 0.1]));
    assert!(!parts([1.0, -1.0, 0.5, -0.5, 0.7, -0.7, 0.2, -0.2, 0.1]));
}

#[test]
fn larger_output_weights_bring_a_solution_as_near_as_one_likes_to_targets_at_the_ends() {
    for (output, coding) in [(Output::Sigmoid, Coding::ZeroOne), (Output::Tanh, Coding::PlusMinus)] {
        let set_up = SetUp { task: Task::named("xor", coding, None).unwrap(), output, ..SetUp::default() };
        assert!(has_targets_in_the_limit(&set_up));
        // `or` and `and`, and all outputs on the right side, but hardly.
        let [weight, or, and] =
            if coding == Coding::ZeroOne { [10.0, -5.0, -15.0] } else { [5.0, 5.0, -5.0] };
        let theta = |scale: f64| [weight, weight, weight, weight, 2.0 * scale, -2.0 * scale, or, and, -scale];
        let error = |scale: f64| gradient(&set_up, &theta(scale)).error;
        let errors: Vec<f64> = [1.0, 2.0, 4.0, 8.0, 16.0].map(error).into();
        assert!(errors.windows(2).all(|pair| pair[1] < pair[0]), "{output}: {errors:?}");
        assert!(errors[4] > 0.0 && errors[4] < 1e-9, "{output}: {errors:?}");
    }
}

#[test]
fn no_update_is_longer_than_its_bound() {
    for (optimizer, constants) in
        [(Optimizer::Adam, None), (Optimizer::Adam, Some((0.5, 0.9))), (Optimizer::RmsProp, None)]
    {
        for momentum in [0.0, 0.9] {
            let mut set_up = SetUp { optimizer, ..SetUp::default() };
            if set_up.check(momentum > 0.0).is_err() {
                continue;
            }
            if let Some((beta1, beta2)) = constants {
                (set_up.constants.beta1, set_up.constants.beta2) = (beta1, beta2);
            }
            let UpdateLength { first, most } = UpdateLength::of(&set_up, momentum).unwrap();
            for alpha in [0.01, 0.3, 3.0] {
                for start in [[0.1; 9], [1.0, -2.0, 0.5, 3.0, -1.0, 0.7, 0.2, -0.4, 9.0]] {
                    let steps = steps_with(&set_up, start.into(), alpha, momentum, 500);
                    let longest = |steps: &[Step]| {
                        let moves = steps.windows(2).flat_map(|pair| {
                            let ends = pair[0].theta.iter().zip(&pair[1].theta);
                            ends.map(|(one, two)| (one - two).abs()).collect::<Vec<_>>()
                        });
                        moves.fold(0.0, f64::max) / alpha
                    };
                    let rounded = 1.0 + 1e-9;
                    assert!(longest(&steps[..2]) <= first * rounded, "{set_up:?} {alpha}");
                    assert!(longest(&steps[..2]) > 0.999 * first, "{set_up:?} {alpha}");
                    assert!(longest(&steps) <= most.unwrap() * rounded, "{set_up:?} {alpha}");
                }
            }
        }
    }
}
