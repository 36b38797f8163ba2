//! Shows that the descent is the descent: against 80 digits (`tests/oracle/descent.csv`) and the runs of the original
//! question, and that a run is the same whatever number type it runs on and whatever its neighbours do.

use fearless_simd::{Level, Simd};
use xorsweep_kernel::curvature::gradient;
use xorsweep_kernel::descent::{Observer, WINDOW, Walk, window};
use xorsweep_kernel::formula::{Question, SigmoidOutput, Tanh, TanhPlusMinus, Variant};
use xorsweep_kernel::lanes::{Lanes, Pair};
use xorsweep_kernel::sigmoid::{FAIR, SMALL, advance, exp, leap};
use xorsweep_kernel::theta::Theta;

/// Where a run starts and how it goes.
#[derive(Clone, Copy, Debug)]
struct Run {
    theta: Theta,
    alpha: f64,
    momentum: f64,
}

/// θ and the error before each step, of all lanes.
struct Recorder<L, const RARE: bool>(Vec<([L; 9], L)>);

impl<L: Lanes, const RARE: bool> Observer<L> for Recorder<L, RARE> {
    const RARE: bool = RARE;

    fn see(&mut self, _: usize, theta: &[L; 9], error: L, _: L) {
        self.0.push((*theta, error));
    }
}

/// The bits of θ and of the error; a NaN is a NaN, whatever its sign and payload.
type State = [u64; 10];

fn state_of<L: Lanes>((theta, error): &([L; 9], L), lane: usize) -> State {
    std::array::from_fn(|i| {
        let value = if i < 9 { theta[i].lane(lane) } else { error.lane(lane) };
        if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
    })
}

/// What each lane's run goes through; the lanes beyond the last run stand still.
#[inline(always)]
fn trajectories<V: Variant, L: Lanes, const MOMENTUM: bool, const RARE: bool>(
    token: L::Token,
    runs: &[Run],
    steps: usize,
) -> Vec<Vec<State>> {
    let mut walk = Walk::<L>::idle(token);
    for (lane, run) in runs.iter().enumerate() {
        walk.enter(lane, &run.theta, run.alpha, run.momentum);
    }
    let mut seen = Recorder::<L, RARE>(Vec::new());
    let mut left = steps;
    while left > 0 {
        let length = left.min(WINDOW);
        window::<V, L, MOMENTUM, _>(&mut walk, length, &mut seen);
        left -= length;
    }
    // Where it ends is a state as well; its error is not.
    seen.0.push((walk.theta, L::splat(token, 0.0)));
    (0..runs.len()).map(|lane| seen.0.iter().map(|step| state_of(step, lane)).collect()).collect()
}

fn alone<V: Variant, const MOMENTUM: bool>(run: Run, steps: usize) -> Vec<State> {
    trajectories::<V, f64, MOMENTUM, true>((), &[run], steps).remove(0)
}

fn theta_of(state: &State) -> Theta {
    std::array::from_fn(|i| f64::from_bits(state[i]))
}

/// Ordinary and awkward starts: zeros of both signs, subnormal, huge, at the border between products of exponentials
/// and sigmoids of their own, far beyond it, not finite.
fn starts() -> Vec<Theta> {
    let mut starts = vec![[0.1; 9], [0.0; 9], [-0.0; 9], [5e-324; 9], [-1e-310; 9], [1e300; 9], [-1e300; 9]];
    starts.extend([[f64::MAX; 9], [f64::INFINITY; 9], [f64::NAN; 9]]);
    for size in [69.9, 70.1, 79.9, 80.1, 400.0, 1e5] {
        let signs = |pattern: u32| std::array::from_fn(|i| if pattern >> i & 1 == 0 { size } else { -size });
        // Output weights and bias of an ordinary size, so that the run goes on.
        let tame = |theta: Theta| {
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
fn runs(momentum: impl Fn(usize) -> f64) -> Vec<Run> {
    let starts = starts();
    let count = starts.len() * 4;
    let run = |index: usize| Run {
        theta: starts[index * 7 % starts.len()],
        alpha: [0.1, 1.0, 1.2, 100.0][index / starts.len()],
        momentum: momentum(index),
    };
    assert!(!starts.len().is_multiple_of(7), "every start must be met");
    (0..count).map(run).collect()
}

/// Runs all runs in lanes, each in two places among other neighbours, and expects what each does alone.
#[inline(always)]
fn expect_the_same<V: Variant, L: Lanes, const MOMENTUM: bool>(
    token: L::Token,
    name: &str,
    runs: &[Run],
    expected: &[Vec<State>],
) {
    for shift in [0, 3] {
        for first in (0..runs.len()).step_by(L::LANES) {
            let index = |lane: usize| (first + shift + lane) % runs.len();
            let together: Vec<Run> = (0..L::LANES).map(|lane| runs[index(lane)]).collect();
            let found = trajectories::<V, L, MOMENTUM, false>(token, &together, expected[0].len() - 1);
            for (lane, found) in found.iter().enumerate() {
                let expected = &expected[index(lane)];
                let step = (0..found.len()).find(|&step| found[step] != expected[step]);
                if let Some(step) = step {
                    panic!(
                        "{name}, lane {lane}, step {step}: {:?}, alone {:?}; {:?}",
                        theta_of(&found[step]),
                        theta_of(&expected[step]),
                        together[lane]
                    );
                }
            }
        }
    }
}

#[inline(always)]
fn expect_the_same_detected<V: Variant, S: Simd, const MOMENTUM: bool>(
    token: S,
    name: &str,
    runs: &[Run],
    expected: &[Vec<State>],
) {
    expect_the_same::<V, fearless_simd::f64x8<S>, MOMENTUM>(token, name, runs, expected);
    expect_the_same::<V, Pair<fearless_simd::f64x8<S>>, MOMENTUM>(token, name, runs, expected);
}

fn expect_the_same_everywhere<V: Variant, const MOMENTUM: bool>(runs: &[Run], steps: usize) {
    let expected: Vec<_> = runs.iter().map(|&run| alone::<V, MOMENTUM>(run, steps)).collect();
    #[cfg(target_arch = "x86_64")]
    {
        let level = Level::new();
        match level.as_avx512() {
            Some(token) => token.vectorize(
                #[inline(always)]
                || expect_the_same_detected::<V, _, MOMENTUM>(token, "AVX-512", runs, &expected),
            ),
            None => println!("skipped: this machine has no AVX-512"),
        }
        match level.as_avx2() {
            Some(token) => token.vectorize(
                #[inline(always)]
                || expect_the_same_detected::<V, _, MOMENTUM>(token, "AVX2", runs, &expected),
            ),
            None => println!("skipped: this machine has no AVX2"),
        }
    }
}

/// Runs a test with room for the frames of kernels that are inlined but not optimised.
fn on_a_large_stack(test: impl FnOnce() + Send + 'static) {
    let thread =
        std::thread::Builder::new().stack_size(1 << 28).spawn(test).expect("a thread can be started");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// The steps end within a window, so that the last window is a short one.
const STEPS: usize = 10 * WINDOW + 5;

#[test]
fn a_run_is_the_same_on_every_number_type() {
    on_a_large_stack(|| expect_the_same_everywhere::<Question, false>(&runs(|_| 0.0), STEPS));
}

#[test]
fn a_run_is_the_same_on_every_number_type_with_momentum() {
    on_a_large_stack(|| {
        let runs = runs(|index| [0.9, 0.0, 0.5, 1.5][index % 4]);
        expect_the_same_everywhere::<Question, true>(&runs, 3 * WINDOW + 5);
    });
}

#[test]
fn a_run_is_the_same_on_wide_lanes() {
    on_a_large_stack(|| {
        let runs = runs(|_| 0.0);
        let expected: Vec<_> = runs.iter().map(|&run| alone::<Question, false>(run, STEPS)).collect();
        expect_the_same::<Question, wide::f64x8, false>((), "wide", &runs, &expected);
    });
}

#[test]
fn runs_of_other_networks_are_the_same_on_every_number_type() {
    on_a_large_stack(|| {
        let runs = runs(|index| [0.0, 0.9][index % 2]);
        expect_the_same_everywhere::<TanhPlusMinus, true>(&runs, 2 * WINDOW);
        expect_the_same_everywhere::<SigmoidOutput, true>(&runs, 2 * WINDOW);
    });
}

#[test]
fn a_run_does_not_see_its_neighbours() {
    let run = Run { theta: [0.3, -1.2, 0.8, 0.1, -0.5, 1.7, 0.9, -0.4, 0.2], alpha: 0.7, momentum: 0.9 };
    let expected = alone::<Question, true>(run, 4 * WINDOW);
    for theta in starts() {
        for alpha in [1e-300, 0.3, 100.0] {
            for lane in 0..2 {
                let mut both = [Run { theta, alpha, momentum: 0.9 }; 2];
                both[lane] = run;
                let found = trajectories::<Question, Pair<f64>, true, false>((), &both, 4 * WINDOW);
                assert!(found[lane] == expected, "beside {theta:?}");
            }
        }
    }
}

/// A sweep with and without momentum has lanes of both kinds.
#[test]
fn zero_momentum_is_no_momentum() {
    for run in runs(|_| 0.0) {
        let (without, with) = (alone::<Question, false>(run, STEPS), alone::<Question, true>(run, STEPS));
        let step = (0..without.len()).find(|&step| without[step] != with[step]);
        assert!(step.is_none(), "{run:?}, step {step:?}");
    }
}

fn expect_equal_units<V: Variant, const MOMENTUM: bool>(momentum: f64) {
    for start in starts() {
        let mut theta = start;
        (theta[1], theta[3], theta[5], theta[7]) = (theta[0], theta[2], theta[4], theta[6]);
        for alpha in [0.01, 0.3, 0.7, 1.0, 1.2, 100.0] {
            for state in alone::<V, MOMENTUM>(Run { theta, alpha, momentum }, 5 * WINDOW) {
                let [w1, w2, w3, w4, w5, w6, b1, b2, ..] = state;
                assert_eq!([w1, w3, w5, b1], [w2, w4, w6, b2], "α = {alpha}, from {theta:?}");
            }
        }
    }
}

/// Fact 3 of the design, to the last bit.
#[test]
fn equal_hidden_units_stay_equal() {
    expect_equal_units::<Question, false>(0.0);
    expect_equal_units::<Question, true>(0.9);
    expect_equal_units::<Tanh, false>(0.0);
    expect_equal_units::<SigmoidOutput, true>(0.9);
    expect_equal_units::<TanhPlusMinus, false>(0.0);
}

/// A descent in doubles cannot agree better than rounding, as much as the descent itself amplifies it.
#[test]
fn three_hundred_steps_end_where_80_digits_end() {
    let network = Question::NETWORK;
    let (mut worst, mut rows) = (0.0_f64, 0);
    for line in include_str!("../oracle/descent.csv").lines().skip(1) {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let run = Run { alpha: cells[0], momentum: cells[1], theta: cells[2..11].try_into().unwrap() };
        let (steps, error, end) = (cells[11] as usize, cells[12], &cells[13..22]);
        let amplification = cells[22];
        let states = if run.momentum == 0.0 {
            alone::<Question, false>(run, steps)
        } else {
            alone::<Question, true>(run, steps)
        };
        let found = theta_of(states.last().unwrap());
        let off = found.iter().zip(end).fold(0.0_f64, |off, (a, b)| off.max((a - b).abs()));
        let ratio = off / (amplification * f64::EPSILON / 2.0);
        worst = worst.max(ratio);
        assert!(ratio <= 5.0, "{run:?}: off by {off:e}, {ratio} times what rounding does");
        let error_off = (gradient(&network, &found).0 - error).abs();
        assert!(error_off <= 50.0 * amplification * f64::EPSILON, "{run:?}: error off by {error_off:e}");
        rows += 1;
    }
    println!("{rows} descents end within {worst:.2} times the amplified rounding");
    assert_eq!(rows, 120);
}

/// Fact 7 of the design: what an R program found from θ = 0.1 nine times, after 10,000 steps.
#[test]
fn the_runs_of_the_question_end_where_they_did() {
    let slow = (
        0.3,
        0.249_995_191_611_446_84,
        [0.095_069_674_374_45, 0.095_021_537_631_72, 0.184_604_667_497_98, 0.391_783_307_753_16],
    );
    let climbing = (
        1.0,
        164.076_759_158_3,
        [-4.327_650_477_30, -2.983_054_613_76, -5.636_781_159_13, -12.294_242_372_2],
    );
    for (alpha, error, [hidden, output, bias, last]) in [slow, climbing] {
        let run = Run { theta: [0.1; 9], alpha, momentum: 0.0 };
        let found = theta_of(alone::<Question, false>(run, 10_000).last().unwrap());
        let expected = [hidden, hidden, hidden, hidden, output, output, bias, bias, last];
        assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() <= 1e-10 * b.abs()), "{found:?}");
        let (end, _) = gradient(&Question::NETWORK, &found);
        assert!((end - error).abs() <= 1e-11 * error, "{end}, not {error}");
    }
}

/// The error seen within a window, with advanced exponentials, against the error at the same θ afresh.
#[test]
fn the_error_does_not_drift_within_a_window() {
    let mut worst = 0.0_f64;
    for start in starts().into_iter().filter(|theta| theta.iter().all(|value| value.abs() <= 40.0)) {
        for alpha in [0.003, 0.1, 0.3, 0.7, 0.95] {
            for state in alone::<Question, false>(Run { theta: start, alpha, momentum: 0.0 }, STEPS)
                .split_last()
                .unwrap()
                .1
            {
                let (theta, error) = (theta_of(state), f64::from_bits(state[9]));
                let fresh = gradient(&Question::NETWORK, &theta).0;
                let size = 1.0 + theta[4].abs() + theta[5].abs() + theta[8].abs();
                worst = worst.max((error - fresh).abs() / (fresh + size * fresh.sqrt()));
            }
        }
    }
    println!("the error drifts by at most {worst:.2e} of its terms");
    assert!(worst <= 1e-14);
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
        let worst = drift(size, FAIR, leap);
        println!("leapt from within {size}: {worst:.2e} after {WINDOW} steps");
        assert!(worst <= bound, "from within {size}: {worst:e}");
    }
}
