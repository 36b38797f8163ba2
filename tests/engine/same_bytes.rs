//! Shows that a table is a function of the request alone: whatever the threads, the instruction set and the company a
//! run is in, its row is the same to the last bit; and that every row agrees with the run's own trace.

use std::convert::Infallible;
use std::io::Write as _;

use xorsweep::kernel::batch::Job;
use xorsweep::kernel::isa::Isa;
use xorsweep::kernel::outcome::{Outcome, Plateau, RunResult, StoppingRule};
use xorsweep::kernel::task::Coding;
use xorsweep::kernel::theta::Theta;
use xorsweep::kernel::trace::{Step, trace};
use xorsweep::kernel::{Hidden, Output, SetUp};
use xorsweep::sweep::engine::Options;
use xorsweep::sweep::spec::Sweep;

use crate::networks::networks;
use crate::sweep::sweep;
use crate::sweeps::{assert_same, bits, finished, instruction_sets, network_keys, point_bits, tables};

/// Around the window's length, and long enough for every outcome.
const BUDGETS: [u64; 7] = [0, 1, 31, 32, 33, 64, 1000];

/// Runs of very different lengths: 768 of them.
fn mixed(network: &SetUp, steps: u64) -> Sweep {
    sweep(&format!(
        "alpha = '0.1:1.2:12'\nmomentum = [0, 0.9]\nseeds = '0..5'\nsteps = {steps}\ntolerance = 0.01\nhold = 20\n\
         init = ['constant(0.1)', 'constant(-3)', 'uniform(0,1)', 'normal(1)', 'normal(100)', 'glorot',\
                 'constant(0.1)+normal(0.01)', 'pytorch']\n{}",
        network_keys(network)
    ))
}

/// The reference: one run at a time, one after another.
const ALONE: Options = Options { threads: 1, isa: Isa::Scalar };

#[test]
fn the_tables_do_not_depend_on_the_number_of_threads() {
    let sweep = mixed(&SetUp::default(), 1000);
    assert!(sweep.runs() >= 600);
    let expected = tables(&sweep, &ALONE);
    assert_eq!(expected.convergence.lines().count() as u64, 1 + sweep.runs());
    assert_eq!(expected.summary.lines().count() as u64, 1 + sweep.groups());
    for threads in [1, 2, 3, 7] {
        let actual = tables(&sweep, &Options { threads, isa: Isa::best() });
        assert_same(&expected, &actual, &format!("{threads} threads"));
    }
}

#[test]
fn the_tables_do_not_depend_on_the_instruction_set_for_any_network_and_budget() {
    let sets = instruction_sets();
    for network in &networks() {
        for steps in BUDGETS {
            let sweep = mixed(network, steps);
            let expected = tables(&sweep, &ALONE);
            for &isa in &sets {
                let actual = tables(&sweep, &Options { threads: 2, isa });
                assert_same(&expected, &actual, &format!("{isa}, {network:?}, {steps} steps"));
            }
        }
    }
}

/// Runs change lanes where some go a slow way and some do not.
#[test]
fn runs_that_are_sorted_into_blocks_are_the_same() {
    let sets = instruction_sets();
    for keys in [
        "alpha = 0.5",
        "alpha = 0.1\nmomentum = 0.8",
        "alpha = 0.1\nhidden = 'tanh'\ncoding = 'plus-minus'",
        "alpha = 0.1\nhidden = 'tanh'\ncoding = 'plus-minus'\noptimizer = 'nesterov'\nmomentum = 0.3",
        "alpha = 0.1\nhidden = 'tanh'\ncoding = 'plus-minus'\nhidden_units = 3\ntask = 'parity-3'",
    ] {
        // So many that there come to be several blocks.
        let sweep = sweep(&format!("init = 'normal(1)'\nseeds = '0..900'\nsteps = 500\n{keys}"));
        let expected = tables(&sweep, &ALONE);
        for &isa in &sets {
            let actual = tables(&sweep, &Options { threads: 1, isa });
            assert_same(&expected, &actual, &format!("{isa}, {keys}"));
        }
    }
}

#[test]
fn a_sweep_of_few_runs_is_the_beginning_of_one_with_more() {
    let of =
        |runs| sweep(&format!("alpha = 0.9\nseeds = '0..{runs}'\nsteps = 300\ntolerance = 0.1\nhold = 3"));
    let whole = tables(&of(129), &ALONE).convergence;
    for runs in [1, 7, 8, 9, 15, 16, 17, 127, 128, 129] {
        let beginning: String = whole.split_inclusive('\n').take(1 + runs).collect();
        for isa in instruction_sets() {
            for threads in [1, 3] {
                let actual = tables(&of(runs), &Options { threads, isa }).convergence;
                assert!(beginning == actual, "{runs} runs, {isa}, {threads} threads");
            }
        }
    }
}

/// Starts that are hard on arithmetic, each number at each place of θ and a few points of their own.
fn hard_starts() -> tempfile::NamedTempFile {
    let numbers = [
        "0",
        "-0",
        "5e-324",
        "-5e-324",
        "2e-308",
        "-1e-310",
        "80",
        "-80",
        "80.00000000000001",
        "81",
        "400",
        "-400",
        "745",
        "-800",
        "1e5",
        "-1e16",
        "1e150",
        "-1e160",
        "1e300",
        "-1e300",
        "1.7976931348623157e308",
        "-1.7976931348623157e308",
    ];
    let mut file = tempfile::Builder::new().prefix("hard").suffix(".csv").tempfile().unwrap();
    writeln!(file, "w1,w2,w3,w4,w5,w6,b1,b2,b3").unwrap();
    for number in numbers {
        writeln!(file, "{}", [number; 9].join(",")).unwrap();
        for place in 0..9 {
            let mut row = ["0.3", "-0.7", "0.5", "1.1", "-0.2", "0.9", "0.1", "-0.4", "0.6"];
            row[place] = number;
            writeln!(file, "{}", row.join(",")).unwrap();
            let mut row = ["-0"; 9];
            row[place] = number;
            writeln!(file, "{}", row.join(",")).unwrap();
        }
    }
    for row in [
        "80,-80,80,-80,1,-1,-80,80,0",
        "400,-400,-400,400,1,1,0,0,-0",
        "1e300,1e300,-1e300,-1e300,1e300,-1e300,0,0,0",
        "0,0,0,0,1e200,-1e200,0,0,0.5",
        "1e308,1e308,1e308,1e308,0,0,1e308,-1e308,0",
        "20,-20,20,-20,1,1,-10,30,-1",
    ] {
        writeln!(file, "{row}").unwrap();
    }
    file.flush().unwrap();
    file
}

fn of_hard_starts(file: &tempfile::NamedTempFile, network: &SetUp, keys: &str) -> Sweep {
    let path = file.path().display();
    sweep(&format!("starts = '{path}'\nalpha = [0.1, 0.9, 1.2]\n{keys}\n{}", network_keys(network)))
}

#[test]
fn hard_starts_end_the_same_in_all_instruction_sets() {
    let file = hard_starts();
    for network in &networks() {
        for keys in ["steps = 200\nmomentum = [0, 0.9]", "steps = 33\nmomentum = [0, 2]\nblow_up = inf"] {
            let sweep = of_hard_starts(&file, network, keys);
            let expected = tables(&sweep, &ALONE);
            for isa in instruction_sets() {
                let actual = tables(&sweep, &Options { threads: 2, isa });
                assert_same(&expected, &actual, &format!("{isa}, {network:?}, {keys}"));
            }
        }
    }
}

#[test]
fn a_run_does_not_depend_on_the_momenta_of_others() {
    let file = hard_starts();
    let options = Options { threads: 2, isa: Isa::best() };
    for network in &networks() {
        for steps in [1, 2, 100] {
            let few = of_hard_starts(&file, network, &format!("steps = {steps}\nmomentum = 0"));
            let many = of_hard_starts(&file, network, &format!("steps = {steps}\nmomentum = [0.9, 0]"));
            let (few, many) = (finished(&few, &options), finished(&many, &options));
            assert_eq!(2 * few.len(), many.len());
            for (alone, among) in few.iter().zip(&many[few.len()..]) {
                assert_row_is_same(alone, among, &format!("{network:?}, run {}", alone.run));
            }
        }
    }
}

/// All of a row but the number of its run.
fn assert_row_is_same(left: &RunResult, right: &RunResult, what: &str) {
    let words = |row: &RunResult| {
        (row.outcome, row.escaped_at, row.solved_at, row.converged_at, row.steps, row.peak_at)
    };
    let numbers = |row: &RunResult| [row.error_first, row.error_last, row.error_peak].map(bits);
    assert_eq!(words(left), words(right), "{what}: {left:?} {right:?}");
    assert_eq!(numbers(left), numbers(right), "{what}: {left:?} {right:?}");
    assert_eq!(point_bits(&left.start), point_bits(&right.start), "{what}: {left:?} {right:?}");
    assert_eq!(point_bits(&left.end), point_bits(&right.end), "{what}: {left:?} {right:?}");
}

// From here on: the oracle of what becomes of a run. It is written for reading, from the definitions in words, and
// shares nothing with the tracker that it checks: it has the whole trace before it and looks back and forth in it.

/// All steps of a run's budget.
fn whole_trace(sweep: &Sweep, number: u64) -> Vec<Step> {
    let run = sweep.run(number);
    let job = Job {
        run: number,
        start: sweep.start(&run),
        alpha: run.alpha,
        momentum: run.momentum,
        seed: run.seed.unwrap_or(0),
    };
    let mut steps = Vec::new();
    let keep = |step: &Step| {
        steps.push(step.clone());
        Ok::<(), Infallible>(())
    };
    trace(&sweep.set_ups[0], &job, sweep.stopping_rule.steps, keep).unwrap();
    steps
}

/// The row that belongs to a trace; its `solved_at` is left out.
fn oracle(run: u64, trace: &[Step], network: &SetUp, stopping_rule: &StoppingRule) -> RunResult {
    let scale = if network.task.coding() == Coding::PlusMinus { 4.0_f64 } else { 1.0 };
    let (constant, one_unit) = (scale / 4.0, scale / 6.0);
    let error = |step: u64| trace[step as usize].error;
    let first = |holds: &dyn Fn(u64) -> bool| (0..=stopping_rule.steps).find(|&step| holds(step));

    // The three ways in which a run can be over.
    let stretch_ends = |step: u64| {
        step + 1 >= stopping_rule.hold
            && (step + 1 - stopping_rule.hold..=step).rev().all(|step| error(step) <= stopping_rule.tolerance)
    };
    let converged = first(&stretch_ends);
    let blown_up = first(&|step| !error(step).is_finite() || error(step) > stopping_rule.blow_up);
    let end = [converged, blown_up].into_iter().flatten().min().unwrap_or(stopping_rule.steps);

    // The first of the largest errors up to there. A NaN is larger than nothing.
    let seen = || (0..=end).filter(|&step| !error(step).is_nan());
    let error_peak = seen().map(error).reduce(f64::max).unwrap_or(f64::NAN);
    let peak_at = seen().find(|&step| error(step) == error_peak).unwrap_or(0);

    let is_in_last_tenth = peak_at > 0 && 10 * (stopping_rule.steps - peak_at) <= stopping_rule.steps;
    let rose = (end.saturating_sub(63).max(1)..=end).any(|step| error(step) > error(step - 1) * (1.0 + 1e-9));
    // A tenth of the budget apart, and each the mean of up to 64 steps.
    let tenth = stopping_rule.steps / 10;
    let mean = |last: u64| {
        let span = tenth.min(64);
        (last + 1 - span..=last).map(error).sum::<f64>() / span as f64
    };
    let is_level = || {
        let (before, after) = (mean(stopping_rule.steps - tenth), mean(stopping_rule.steps));
        (after - before).abs() <= 0.01 * before
    };
    // Parameters of 1e16 and more: the output is nothing but rounding.
    let is_bounded = network.output == Output::Sigmoid;
    let is_huge = |theta: &Theta| {
        theta[4..6].iter().chain(&theta[8..]).map(|value| value.abs()).sum::<f64>()
            >= scale.sqrt() * 2.0_f64.powi(50)
    };
    let is_rounding = |theta: &Theta| !is_bounded && is_huge(theta);
    let outcome = if converged == Some(end) {
        if is_rounding(&trace[end as usize].theta) { Outcome::Diverged } else { Outcome::Converged }
    } else if blown_up == Some(end) || (error(end) > constant && is_in_last_tenth && !is_bounded) {
        Outcome::Diverged
    } else if rose {
        Outcome::Oscillating
    } else if tenth > 0 && is_level() {
        let theta = &trace[end as usize].theta;
        Outcome::Plateau(if is_huge(theta) { Plateau::Other } else { plateau(network, theta) })
    } else {
        Outcome::Unfinished
    };
    RunResult {
        run,
        outcome,
        escaped_at: first(&|step| step <= end && error(step) < one_unit && !is_rounding(&trace[0].theta)),
        solved_at: None,
        converged_at: (outcome == Outcome::Converged).then(|| end + 1 - stopping_rule.hold),
        steps: end,
        error_first: error(0),
        error_last: error(end),
        losses: None,
        error_peak,
        peak_at,
        start: trace[0].theta.clone(),
        end: trace[end as usize].theta.clone(),
    }
}

/// The four outputs for 00, 10, 01 and 11, computed as one would on paper.
fn outputs(network: &SetUp, theta: &Theta) -> [f64; 4] {
    let [w1, w2, w3, w4, w5, w6, b1, b2, b3] = theta[..].try_into().unwrap();
    let low = if network.task.coding() == Coding::PlusMinus { -1.0 } else { 0.0 };
    let logistic = |z: f64| 1.0 / (1.0 + (-z).exp());
    let hidden = |z: f64| if network.hidden == Hidden::Tanh { z.tanh() } else { logistic(z) };
    [(low, low), (1.0, low), (low, 1.0), (1.0, 1.0)].map(|(x1, x2)| {
        let z = hidden(x1 * w1 + x2 * w3 + b1) * w5 + hidden(x1 * w2 + x2 * w4 + b2) * w6 + b3;
        if network.output == Output::Sigmoid { logistic(z) } else { z }
    })
}

/// The plateau's name, by a list of all that its outputs may look like.
fn plateau(network: &SetUp, theta: &Theta) -> Plateau {
    let is_plus_minus = network.task.coding() == Coding::PlusMinus;
    let outputs = outputs(network, theta).map(|y| if is_plus_minus { (y + 1.0) / 2.0 } else { y });
    let is = |shape: [f64; 4]| outputs.iter().zip(shape).all(|(y, shape)| (y - shape).abs() <= 0.1);
    let (half, third, two_thirds) = (0.5, 1.0 / 3.0, 2.0 / 3.0);
    let one_unit = [
        [0.0, two_thirds, two_thirds, two_thirds],
        [third, 1.0, third, third],
        [third, third, 1.0, third],
        [two_thirds, two_thirds, two_thirds, 0.0],
    ];
    let saturated =
        [[0.0, 1.0, half, half], [0.0, half, 1.0, half], [half, 1.0, half, 0.0], [half, half, 1.0, 0.0]];
    let wrong = (1..16_u8).find(|wrong| {
        is(std::array::from_fn(|sample| {
            let target = if sample == 0 || sample == 3 { 0.0 } else { 1.0 };
            if wrong >> sample & 1 == 1 { 1.0 - target } else { target }
        }))
    });
    if is([half; 4]) {
        Plateau::Constant
    } else if one_unit.into_iter().any(is) {
        Plateau::OneUnit
    } else if saturated.into_iter().any(is) {
        Plateau::Saturated
    } else {
        wrong.map_or(Plateau::Other, |wrong| Plateau::Wrong(wrong.count_ones() as u8))
    }
}

/// How far the worst of the outputs is beyond its target towards the other one, and how well that is known.
fn astray(network: &SetUp, theta: &Theta) -> (f64, f64) {
    let low = if network.task.coding() == Coding::PlusMinus { -1.0 } else { 0.0 };
    let outputs = outputs(network, theta);
    let towards = [outputs[0] - low, 1.0 - outputs[1], 1.0 - outputs[2], outputs[3] - low];
    let size = 1.0 + theta[4].abs() + theta[5].abs() + theta[8].abs();
    (towards.into_iter().fold(f64::NEG_INFINITY, f64::max), 1e-9 * size)
}

/// Checks `solved_at` against the outputs themselves; where these are too near a half to tell, anything goes.
fn check_solved_at(network: &SetUp, trace: &[Step], row: &RunResult, what: &str) {
    let half = if network.task.coding() == Coding::PlusMinus { 1.0 } else { 0.5 };
    let until = row.solved_at.unwrap_or(row.steps + 1);
    for step in &trace[..until.min(row.steps + 1) as usize] {
        let (worst, doubt) = astray(network, &step.theta);
        assert!(
            worst >= half - doubt || worst.is_nan() || step.error.is_nan(),
            "{what}: solved before {until}, at {}",
            step.step
        );
    }
    if let Some(at) = row.solved_at {
        assert!(at <= row.steps, "{what}: solved after its end");
        let (worst, doubt) = astray(network, &trace[at as usize].theta);
        assert!(worst <= half + doubt || worst.is_nan(), "{what}: not solved at {at}: {worst}");
    }
}

/// Checks every row of a sweep; returns how often each outcome was seen.
fn check_every_row(sweep: &Sweep) -> [u64; 5] {
    let mut outcomes = [0; 5];
    for row in finished(sweep, &Options { threads: 2, isa: Isa::best() }) {
        let steps = whole_trace(sweep, row.run);
        let run = sweep.run(row.run);
        let what = format!("{:?}, {:?}, {run:?}", sweep.set_ups[0], sweep.stopping_rule);
        let expected = RunResult {
            solved_at: row.solved_at,
            ..oracle(row.run, &steps, &sweep.set_ups[0], &sweep.stopping_rule)
        };
        assert_row_is_same(&expected, &row, &what);
        check_solved_at(&sweep.set_ups[0], &steps, &row, &what);
        outcomes[row.outcome.index()] += 1;
    }
    outcomes
}

#[test]
fn every_row_is_what_the_definitions_make_of_its_trace() {
    for network in &networks() {
        let mut seen = [0; 5];
        for steps in BUDGETS {
            let outcomes = check_every_row(&mixed(network, steps));
            seen = std::array::from_fn(|index| seen[index] + outcomes[index]);
        }
        println!("{network:?}: {:?} {seen:?}", Outcome::WORDS);
        // A sigmoid output is bounded, so nothing diverges there by its size.
        assert!(
            seen[0] > 0 && seen[2..].iter().all(|&count| count > 0),
            "not every outcome was seen: {seen:?}"
        );
    }
}

#[test]
fn every_row_of_a_hard_start_is_what_the_definitions_make_of_its_trace() {
    let file = hard_starts();
    for network in &networks() {
        for keys in [
            "steps = 1",
            "steps = 70\nmomentum = [0, 0.9]",
            "steps = 33\nblow_up = inf",
            "steps = 40\nhold = 1\ntolerance = 0.3\nblow_up = 0.2",
            "steps = 20\nhold = 21\ntolerance = 1e300",
            "steps = 200\nhold = 1000\ntolerance = 0\nmomentum = 1.5",
        ] {
            check_every_row(&of_hard_starts(&file, network, keys));
        }
    }
}
