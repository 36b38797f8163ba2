//! The run that all of this began with: the set-up of the question as it was asked in 2021, and where its runs end.
//! Their numbers stand in `xorsweep::facts::QUESTION` alone, which the program compares as well
//! (`xorsweep published the-question`).

use std::convert::Infallible;

use xorsweep::facts::{Ended, QUESTION};
use xorsweep::kernel::batch::Job;
use xorsweep::kernel::derivatives::gradient;
use xorsweep::kernel::outcome::{Outcome, Plateau};
use xorsweep::kernel::theta::Theta;
use xorsweep::kernel::trace::trace;
use xorsweep::kernel::{Hidden, Output, SetUp};
use xorsweep::sweep::engine::Options;

use crate::sweep::sweep;
use crate::sweeps::{finished, instruction_sets};

const STEPS: u64 = 10_000;

fn assert_ends(ended: &Ended, error: f64, theta: &Theta) {
    let is_near = |actual: f64, expected: f64| (actual - expected).abs() <= ended.digits * expected.abs();
    assert!(is_near(error, ended.error), "{error} is not {}", ended.error);
    for (actual, expected) in theta.iter().zip(ended.theta) {
        assert!(is_near(*actual, expected), "{actual} is not {expected}");
    }
}

/// Whoever gives nothing but start and learning rate asks the question.
#[test]
fn what_is_left_out_is_as_in_the_question() {
    let sweep = sweep("init = 'constant(0.1)'\nalpha = 0.3");
    assert_eq!((sweep.runs(), sweep.stopping_rule.steps, sweep.set_ups.len()), (1, STEPS, 1));
    assert_eq!(sweep.set_ups[0], SetUp::default());
    let (hidden, output) = (sweep.set_ups[0].hidden, sweep.set_ups[0].output);
    assert_eq!((hidden, output, sweep.run(0).momentum), (Hidden::Sigmoid, Output::Linear, 0.0));
    assert_eq!(sweep.start(&sweep.run(0)), Theta::from([0.1; 9]));
}

#[test]
fn its_runs_end_where_they_ended_in_r() {
    for ended in &QUESTION {
        for isa in instruction_sets() {
            let sweep = sweep(&format!("init = 'constant(0.1)'\nalpha = {}\nsteps = {STEPS}", ended.alpha));
            let row = &finished(&sweep, &Options { threads: 1, isa })[0];
            assert_ends(ended, row.error_last, &row.end);
            let plateau = Outcome::Plateau(Plateau::Constant);
            let outcome = if ended.alpha < 1.0 { plateau } else { Outcome::Diverged };
            assert_eq!((row.steps, row.outcome), (STEPS, outcome), "{isa}");
        }
    }
}

#[test]
fn its_traces_end_where_they_ended_in_r() {
    for ended in &QUESTION {
        let job = Job { run: 0, start: [0.1; 9].into(), alpha: ended.alpha, momentum: 0.0, seed: 0 };
        let mut last = None;
        let Ok(()) = trace(&SetUp::default(), &job, STEPS, |step| {
            last = Some(step.clone());
            Ok::<(), Infallible>(())
        });
        let last = last.unwrap();
        assert_ends(ended, last.error, &last.theta);
        // Within a window the error is that of advanced exponentials.
        assert_ends(ended, gradient(&SetUp::default(), &last.theta).error, &last.theta);
    }
}

/// At 0.3 it is still on its way: later it moves on to 1/6, and never beyond.
#[test]
fn it_never_escapes() {
    let later =
        &finished(&sweep("init = 'constant(0.1)'\nalpha = 0.3\nsteps = 60000"), &Options::default())[0];
    assert_eq!(later.outcome, Outcome::Plateau(Plateau::OneUnit));
    assert_eq!(later.escaped_at, None);
}
