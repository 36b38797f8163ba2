//! Shows that the descent is the descent: against 80 digits (`tests/oracle/descent.csv`; `tests/engine/question.rs` has
//! the runs of the original question), and that a run is the same whatever lanes it runs in and whatever its neighbours
//! do.

use std::convert::Infallible;

use xorsweep_kernel::derivatives::gradient;
use xorsweep_kernel::outcome::RunResult;
use xorsweep_kernel::sigmoid::{FAIR, SMALL, advance, advance_far, exp};
use xorsweep_kernel::{Criterion, Feed, Isa, Job, Outcome, SetUp, Step, StoppingRule, WINDOW, run, trace};

use super::networks;

/// The bits of numbers; a NaN is a NaN, whatever its sign and payload.
pub fn bits(numbers: &[f64]) -> Vec<u64> {
    numbers.iter().map(|value| if value.is_nan() { f64::NAN } else { *value }.to_bits()).collect()
}

/// All steps of a run.
pub fn steps_of(set_up: &SetUp, job: &Job, steps: u64) -> Vec<Step> {
    let mut all = Vec::new();
    let Ok(()) = trace(set_up, job, steps, |step| {
        all.push(step.clone());
        Ok::<(), Infallible>(())
    });
    all
}

/// Feeds runs to lanes and keeps their ends, by number.
struct Jobs<'a> {
    jobs: &'a [Job],
    next: usize,
    ends: Vec<Option<RunResult>>,
}

impl Feed for Jobs<'_> {
    fn next(&mut self) -> Option<Job> {
        self.next += 1;
        self.jobs.get(self.next - 1).cloned()
    }
    fn wait(&mut self) -> bool {
        false
    }
    fn done(&mut self, finished: RunResult) {
        let place = self.jobs.iter().position(|job| job.run == finished.run).unwrap();
        assert!(self.ends[place].is_none(), "a run is done once");
        self.ends[place] = Some(finished);
    }
    fn advanced(&mut self, _: usize, _: usize) -> bool {
        true
    }
}

/// How runs end within a budget in lanes of an instruction set.
pub fn ends_within(isa: Isa, set_up: &SetUp, jobs: &[Job], stopping_rule: &StoppingRule) -> Vec<RunResult> {
    let mut feed = Jobs { jobs, next: 0, ends: vec![None; jobs.len()] };
    run(isa, set_up, jobs.iter().any(|job| job.momentum != 0.0), stopping_rule, &mut feed);
    feed.ends.into_iter().map(Option::unwrap).collect()
}

/// How runs end after exactly so many steps, unless they blow up before.
pub fn ends(isa: Isa, set_up: &SetUp, jobs: &[Job], steps: u64) -> Vec<RunResult> {
    let (criterion, tolerance, hold) = (Criterion::Error, 0.0, u64::MAX);
    let stopping_rule = StoppingRule { steps, criterion, tolerance, hold, blow_up: f64::INFINITY };
    ends_within(isa, set_up, jobs, &stopping_rule)
}

/// Two orders of runs: how many of the first come last.
pub const ORDERS: [usize; 2] = [0, 3];

/// Runs all runs in the lanes of every instruction set, in these orders, and expects of each what it does alone.
pub fn expect_the_same_everywhere(set_up: &SetUp, jobs: &[Job], steps: &[u64], orders: &[usize]) {
    let longest = steps.iter().copied().max().unwrap();
    let alone: Vec<Vec<Step>> = jobs.iter().map(|job| steps_of(set_up, job, longest)).collect();
    for isa in Isa::ALL {
        if !isa.is_available() {
            println!("skipped: this machine, or build, has no {isa}");
            continue;
        }
        for &order in orders {
            let jobs = &[&jobs[order..], &jobs[..order]].concat();
            for &steps in steps {
                for (job, end) in jobs.iter().zip(ends(isa, set_up, jobs, steps)) {
                    let expected = &alone[job.run as usize][end.steps as usize];
                    let what = format!("{isa}, step {} of {steps}, {job:?}, {set_up:?}", end.steps);
                    assert_eq!(bits(&end.end), bits(&expected.theta), "{what}");
                    assert_eq!(bits(&[end.error_last]), bits(&[expected.error]), "{what}");
                    let losses = end.losses.map(|[_, last]| bits(&[last]));
                    assert_eq!(losses, expected.loss.map(|loss| bits(&[loss])), "{what}");
                    assert!(end.steps == steps || end.outcome == Outcome::Diverged, "{what}");
                }
            }
        }
    }
}

/// Ordinary and awkward starts: zeros of both signs, subnormal, huge, at the border between products of exponentials
/// and sigmoids of their own, far beyond it, not finite.
pub fn starts() -> Vec<[f64; 9]> {
    let mut starts = vec![[0.1; 9], [0.0; 9], [-0.0; 9], [5e-324; 9], [-1e-310; 9], [1e300; 9], [-1e300; 9]];
    starts.extend([[f64::MAX; 9], [f64::INFINITY; 9], [f64::NAN; 9]]);
    for size in [69.9, 70.1, 79.9, 80.1, 400.0, 1e5] {
        let signs = |pattern: u32| std::array::from_fn(|i| if pattern >> i & 1 == 0 { size } else { -size });
        // Output weights and bias of an ordinary size, so that the run goes on.
        let tame = |theta: [f64; 9]| {
            let mut tame = theta;
            (tame[4], tame[5], tame[8]) = (1.5, -0.7, 0.2);
            tame
        };
        for pattern in [0, 0b1_1111_1111, 0b0_1010_0101] {
            starts.extend([signs(pattern), tame(signs(pattern))]);
        }
    }
    let mut bits = 88_172_645_463_325_252_u64;
    let mut uniform = || {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        (bits >> 11) as f64 / 9_007_199_254_740_992.0
    };
    for size in [1.0, 1.0, 1.0, 4.0, 4.0, 40.0] {
        starts.push(std::array::from_fn(|_| size * (2.0 * uniform() - 1.0)));
    }
    // One awkward value among ordinary ones.
    for (place, value) in
        [(0, -0.0), (4, 0.0), (5, 1e300), (2, 81.0), (7, -400.0), (8, f64::NAN), (6, 1e-320)]
    {
        let mut theta = std::array::from_fn(|_| 2.0 * uniform() - 1.0);
        theta[place] = value;
        starts.push(theta);
    }
    starts
}

/// Every start with every learning rate; runs of different kinds are neighbours.
fn jobs(momentum: impl Fn(usize) -> f64) -> Vec<Job> {
    let starts = starts();
    let count = starts.len() * 4;
    assert!(!starts.len().is_multiple_of(7), "every start must be met");
    let job = |index: usize| Job {
        run: index as u64,
        start: starts[index * 7 % starts.len()].into(),
        alpha: [0.1, 1.0, 1.2, 100.0][index / starts.len()],
        momentum: momentum(index),
        seed: 0,
    };
    (0..count).map(job).collect()
}

/// Around the ends of windows, and a short last window.
const STEPS: [u64; 6] = [0, 1, WINDOW as u64 - 1, WINDOW as u64, WINDOW as u64 + 1, 10 * WINDOW as u64 + 5];

#[test]
fn a_run_is_the_same_in_all_lanes() {
    expect_the_same_everywhere(&SetUp::default(), &jobs(|_| 0.0), &STEPS, &ORDERS);
}

#[test]
fn a_run_is_the_same_in_all_lanes_with_momentum() {
    expect_the_same_everywhere(
        &SetUp::default(),
        &jobs(|index| [0.9, 0.0, 0.5, 1.5][index % 4]),
        &STEPS,
        &ORDERS,
    );
}

#[test]
fn runs_of_other_networks_are_the_same_in_all_lanes() {
    for network in networks() {
        expect_the_same_everywhere(
            &network,
            &jobs(|index| [0.0, 0.9][index % 2]),
            &[2 * WINDOW as u64],
            &ORDERS,
        );
    }
}

/// A sweep with and without momentum has lanes of both kinds.
#[test]
fn zero_momentum_is_no_momentum() {
    let without = jobs(|_| 0.0);
    let mut with = without.clone();
    with.push(Job { run: u64::MAX, momentum: 0.9, ..without[0].clone() });
    let steps = STEPS[5];
    let set_up = SetUp::default();
    for isa in Isa::available() {
        let ends = (ends(isa, &set_up, &without, steps), ends(isa, &set_up, &with, steps));
        for (one, two) in ends.0.iter().zip(&ends.1) {
            assert_eq!(bits(&one.end), bits(&two.end), "{isa}, {one:?}");
        }
    }
}

/// Fact 3, to the last bit.
#[test]
fn equal_hidden_units_stay_equal() {
    for network in networks() {
        for start in starts() {
            let mut theta = start;
            (theta[1], theta[3], theta[5], theta[7]) = (theta[0], theta[2], theta[4], theta[6]);
            for (alpha, momentum) in
                [(0.01, 0.0), (0.3, 0.9), (0.7, 0.0), (1.0, 0.0), (1.2, 0.9), (100.0, 0.0)]
            {
                let job = Job { run: 0, start: theta.into(), alpha, momentum, seed: 0 };
                for step in steps_of(&network, &job, 5 * WINDOW as u64) {
                    let [w1, w2, w3, w4, w5, w6, b1, b2, ..] = bits(&step.theta)[..] else { panic!() };
                    assert_eq!([w1, w3, w5, b1], [w2, w4, w6, b2], "α = {alpha}, from {theta:?}");
                }
            }
        }
    }
}

/// A descent in doubles cannot agree better than rounding, as much as the descent itself amplifies it.
#[test]
fn three_hundred_steps_end_where_80_digits_end() {
    let set_up = SetUp::default();
    let (mut worst, mut rows) = (0.0_f64, 0);
    for line in include_str!("../oracle/descent.csv").lines().skip(1) {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let job = Job { run: 0, alpha: cells[0], momentum: cells[1], start: cells[2..11].into(), seed: 0 };
        let (steps, error, end) = (cells[11] as u64, cells[12], &cells[13..22]);
        let amplification = cells[22];
        let found = steps_of(&set_up, &job, steps).pop().unwrap().theta;
        let off = found.iter().zip(end).fold(0.0_f64, |off, (a, b)| off.max((a - b).abs()));
        let ratio = off / (amplification * f64::EPSILON / 2.0);
        worst = worst.max(ratio);
        assert!(ratio <= 5.0, "{job:?}: off by {off:e}, {ratio} times what rounding does");
        let error_off = (gradient(&set_up, &found).error - error).abs();
        assert!(error_off <= 50.0 * amplification * f64::EPSILON, "{job:?}: error off by {error_off:e}");
        rows += 1;
    }
    println!("{rows} descents end within {worst:.2} times the amplified rounding");
    assert_eq!(rows, 120);
}

/// The error seen within a window, with advanced exponentials, against the error at the same θ afresh.
#[test]
fn the_error_does_not_drift_within_a_window() {
    for set_up in networks() {
        let mut worst = 0.0_f64;
        for start in starts().into_iter().filter(|theta| theta.iter().all(|value| value.abs() <= 40.0)) {
            for alpha in [0.003, 0.1, 0.2] {
                let job = Job { run: 0, start: start.into(), alpha, momentum: 0.0, seed: 0 };
                for Step { theta, error, .. } in steps_of(&set_up, &job, STEPS[5]) {
                    let fresh = gradient(&set_up, &theta).error;
                    let size = 1.0 + theta[4].abs() + theta[5].abs() + theta[8].abs();
                    worst = worst.max((error - fresh).abs() / (fresh + size * fresh.sqrt()));
                }
            }
        }
        println!("{set_up:?}: the error drifts by at most {worst:.2e} of its terms");
        assert!(worst <= 1e-14);
    }
}

/// As many advances or leaps as a window has, each as long as may be, against the exponential afresh.
///
/// The parameter itself is rounded at each step, which the fresh exponential sees and the advanced one does not: for
/// large parameters that is most of the difference.
#[test]
fn advanced_exponentials_stay_near_fresh_ones() {
    let mut bits = 2_463_534_242_u64;
    let mut uniform = || {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        (bits >> 11) as f64 / 9_007_199_254_740_992.0
    };
    let mut drift = |size: f64, longest: f64, further: fn(f64, f64) -> f64| {
        let mut worst = 0.0_f64;
        for _ in 0..5000 {
            let (mut x, direction) = (size * (2.0 * uniform() - 1.0), 2.0 * uniform() - 1.0);
            let mut advanced = exp(-x);
            for _ in 0..WINDOW {
                let step = longest * (direction + uniform() - 0.5).clamp(-1.0, 1.0);
                x += step;
                advanced = further(advanced, -step);
            }
            worst = worst.max((advanced / exp(-x) - 1.0).abs());
        }
        worst
    };
    for (size, bound) in [(1.0, 3e-15), (4.0, 5e-15), (80.0, 1e-13)] {
        let worst = drift(size, SMALL, advance);
        println!("advanced from within {size}: {worst:.2e} after {WINDOW} steps");
        assert!(worst <= bound, "from within {size}: {worst:e}");
    }
    // Leaps take the parameter itself up to 16 further.
    for (size, bound) in [(1.0, 2e-14), (80.0, 1e-13)] {
        let worst = drift(size, FAIR, advance_far);
        println!("leapt from within {size}: {worst:.2e} after {WINDOW} steps");
        assert!(worst <= bound, "from within {size}: {worst:e}");
    }
}
