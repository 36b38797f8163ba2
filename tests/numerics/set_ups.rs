//! Every combination of activation, output, loss, update and optimizer that makes sense, over many shapes: the gradient,
//! and the same bits in all lanes, with hostile numbers among the starts.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use xorsweep_kernel::derivatives::{gradient, gradient_by_differences, gradient_by_dual, hessian};
use xorsweep_kernel::setup::{Biases, HiddenUnits};
use xorsweep_kernel::task::{Coding, Sample};
use xorsweep_kernel::{Hidden, Job, Loss, Optimizer, Output, SetUp, Task, Theta, Update};

use super::descent::{ORDERS, expect_the_same_everywhere};

/// Numbers from 0 to 1, the same each time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / 9_007_199_254_740_992.0
    }

    fn within(&mut self, size: f64) -> f64 {
        size * (2.0 * self.next() - 1.0)
    }
}

/// Points with targets at 0.1, 0.9, and at 0.4 if there are many.
fn points(count: usize, inputs: usize) -> Task {
    let mut numbers = Numbers(88_172_645_463_325_252);
    let samples = (0..count).map(|sample| Sample {
        inputs: (0..inputs).map(|_| numbers.within(1.5)).collect(),
        target: if sample == 7 { 0.4 } else { [0.1, 0.9][sample % 2] },
    });
    Task::of_samples("points", samples.collect()).unwrap()
}

/// Networks of many shapes, from 1 to 16 units and 1 to 64 samples of 1 to 8 inputs.
fn shapes() -> Vec<SetUp> {
    let of = |task: Task, units: usize| SetUp { task, hidden_units: HiddenUnits(units), ..SetUp::default() };
    let named = |name: &str| Task::named(name, Coding::ZeroOne, None).unwrap();
    let frozen = SetUp { frozen: vec![0, 4, 8], ..SetUp::default() };
    vec![
        SetUp::default(),
        SetUp { bias: Biases(false), ..of(named("xor"), 1) },
        frozen,
        of(named("nand"), 4),
        of(named("parity-3"), 3),
        of(named("01"), 2),
        of(points(1, 1), 1),
        of(points(6, 2), 5),
        of(points(13, 8), 16),
        of(points(64, 3), 2),
    ]
}

/// All combinations that make sense, over all shapes.
fn all() -> Vec<SetUp> {
    let mut all = Vec::new();
    for shape in shapes() {
        for &hidden in Hidden::ALL {
            for &output in Output::ALL {
                for &loss in Loss::ALL {
                    for &update in Update::ALL {
                        for &optimizer in Optimizer::ALL {
                            let set_up = SetUp { hidden, output, loss, update, optimizer, ..shape.clone() };
                            // The other losses only scale the learning rate: they are tried with one shape.
                            let is_scaled = !matches!(loss, Loss::Mse | Loss::CrossEntropy);
                            if is_scaled && shape != SetUp::default() {
                                continue;
                            }
                            if set_up.check(optimizer.has_momentum()).is_ok() {
                                all.push(set_up);
                            }
                        }
                    }
                }
            }
        }
    }
    all
}

/// Starts, hostile ones among them.
fn jobs(set_up: &SetUp, count: u64) -> Vec<Job> {
    const ODD: [f64; 12] = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        1e300,
        -1e300,
        5e-324,
        -0.0,
        1e-310,
        800.0,
        -800.0,
        200.0,
        -180.0,
    ];
    let mut numbers = Numbers(2_463_534_242);
    let job = |run: u64| {
        let size = if run % 7 == 3 { 200.0 } else { 2.0 };
        let mut start: Theta = (0..set_up.parameters()).map(|_| numbers.within(size)).collect();
        if run % 2 == 1 {
            let place = (numbers.next() * start.len() as f64) as usize;
            start[place] = ODD[(run / 2) as usize % ODD.len()];
        }
        let alpha = if run % 11 == 1 { 1e300 } else { [0.01, 0.3, 0.9][run as usize % 3] };
        let momentum = if set_up.optimizer.has_momentum() { [0.0, 0.5, 0.9][run as usize % 3] } else { 0.0 };
        Job { run, start, alpha, momentum, seed: run * run }
    };
    (0..count).map(job).collect()
}

#[test]
fn all_lanes_give_the_same_bits() {
    let all = all();
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let (set_ups, next) = (&all, &AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Relaxed);
                    let Some(set_up) = set_ups.get(number) else { break };
                    // The largest networks would take three quarters of the time: in turn they have one order each.
                    let is_large = set_up.task.samples().len() > 8;
                    let orders = if is_large { &ORDERS[number % 2..][..1] } else { &ORDERS };
                    // More runs than lanes, so that lanes are filled again.
                    expect_the_same_everywhere(set_up, &jobs(set_up, 21), &[37], orders);
                }
            });
        }
    });
    println!("{} set-ups", all.len());
    assert!(all.len() > 1500, "{}", all.len());
}

fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    norm(&a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>())
}

/// The least |z| of a hidden unit in any sample.
fn nearest_kink(set_up: &SetUp, theta: &[f64]) -> f64 {
    let shape = set_up.shape();
    let sums = (0..shape.units).flat_map(|unit| {
        set_up.task.samples().iter().map(move |sample| {
            let inputs = sample.inputs.iter().enumerate();
            let sum: f64 = inputs.map(|(input, x)| x * theta[shape.input_weight(input, unit)]).sum();
            (sum + theta[shape.bias(unit)]).abs()
        })
    });
    sums.fold(f64::INFINITY, f64::min)
}

/// Points of ordinary size, with biases of 0 where there are none.
fn ordinary(set_up: &SetUp, count: usize) -> Vec<Theta> {
    let mut numbers = Numbers(521_288_629_546_311);
    let point = |_| {
        let mut theta: Theta = (0..set_up.parameters()).map(|_| numbers.within(1.5)).collect();
        if !set_up.bias.0 {
            theta[set_up.shape().biases()].fill(0.0);
        }
        theta
    };
    (0..count).map(point).collect()
}

#[test]
fn the_gradient_is_that_of_the_loss() {
    let (mut by_dual, mut by_differences, mut checked) = (0.0_f64, 0.0_f64, 0);
    let is_plain =
        |set_up: &&SetUp| set_up.update == Update::Batch && set_up.optimizer == Optimizer::GradientDescent;
    for set_up in all().iter().filter(is_plain) {
        for theta in ordinary(set_up, 5) {
            let ours = gradient(set_up, &theta);
            let dual = gradient_by_dual(set_up, &theta);
            assert_eq!(ours.error.to_bits(), dual.error.to_bits());
            assert_eq!(ours.loss.to_bits(), dual.loss.to_bits());
            let off = distance(&ours.gradient, &dual.gradient) / norm(&dual.gradient).max(1e-3);
            assert!(off <= 1e-13, "{off:e} {set_up:?} at {theta:?}");
            by_dual = by_dual.max(off);
            // Differences across a kink are those of neither side.
            if !set_up.hidden.is_rectifier() || nearest_kink(set_up, &theta) > 1e-3 {
                let differences = gradient_by_differences(set_up, &theta);
                let off = distance(&ours.gradient, &differences.gradient) / (1.0 + norm(&ours.gradient));
                assert!(off <= 1e-8, "{off:e} {set_up:?} at {theta:?}");
                by_differences = by_differences.max(off);
            }
            checked += 1;
        }
    }
    println!(
        "{checked} gradients: off by {by_dual:.1e} of dual numbers', {by_differences:.1e} of differences"
    );
}

#[test]
fn the_hessian_is_the_gradients_slope() {
    let is_plain =
        |set_up: &&SetUp| set_up.update == Update::Batch && set_up.optimizer == Optimizer::GradientDescent;
    let mut worst = 0.0_f64;
    for set_up in all().iter().filter(is_plain) {
        let theta = &ordinary(set_up, 1)[0];
        if set_up.hidden.is_rectifier() && nearest_kink(set_up, theta) < 1e-3 {
            continue;
        }
        let found = hessian(set_up, theta);
        let fixed: Vec<usize> = set_up.fixed().collect();
        for i in (0..theta.len()).filter(|place| !fixed.contains(place)).take(12) {
            let step = 1.0 / 131_072.0;
            let (mut ahead, mut behind) = (theta.clone(), theta.clone());
            ahead[i] += step;
            behind[i] -= step;
            let (more, less) = (gradient(set_up, &ahead).gradient, gradient(set_up, &behind).gradient);
            let column: Vec<f64> =
                (0..theta.len()).map(|j| (more[j] - less[j]) / (ahead[i] - behind[i])).collect();
            let off = distance(&column, &found[i]) / (1.0 + norm(&found[i]));
            assert!(off <= 1e-7, "{off:e}, {set_up:?} at {theta:?}");
            worst = worst.max(off);
        }
        assert!(
            found
                .iter()
                .enumerate()
                .all(|(i, row)| (0..i).all(|j| row[j].to_bits() == found[j][i].to_bits()))
        );
    }
    println!("Hessians: off by at most {worst:.1e}");
}
