//! Shows that the gradient the descent steps along is the error's gradient: against 80 digits
//! (`tests/oracle/gradient.csv`), against dual numbers, and against differences of the error.

use xorsweep_kernel::derivatives::{Slope, gradient, gradient_by_differences, gradient_by_dual};
use xorsweep_kernel::task::Coding;
use xorsweep_kernel::{Hidden, Output, SetUp, Theta};

use super::{network_named, networks};

/// A point with its exact error and gradient.
struct Row {
    network: SetUp,
    theta: Theta,
    error: f64,
    gradient: Theta,
}

fn oracle() -> Vec<Row> {
    let lines = include_str!("../oracle/gradient.csv").lines().skip(1);
    let rows = lines.map(|line| {
        let (name, numbers) = line.split_once(',').unwrap();
        let numbers: Vec<f64> = numbers.split(',').map(|cell| cell.parse().unwrap()).collect();
        Row {
            network: network_named(name),
            theta: numbers[..9].into(),
            error: numbers[9],
            gradient: numbers[10..].into(),
        }
    });
    rows.collect()
}

fn norm(vector: &Theta) -> f64 {
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn distance(a: &Theta, b: &Theta) -> f64 {
    norm(&a.iter().zip(b).map(|(a, b)| a - b).collect())
}

/// The kinds of points, in the oracle's order, and how many of a thousand they are.
const GROUPS: [(&str, usize); 7] = [
    ("normal(1)", 400),
    ("uniform(0,1)", 200),
    ("normal(5)", 200),
    ("beside a solution", 50),
    ("hidden normal(30)", 50),
    ("normal(1e-8)", 50),
    ("hidden within 400", 50),
];

/// The rows of one network by group.
fn grouped(network: &SetUp) -> Vec<(&'static str, Vec<Row>)> {
    let mut rows = oracle().into_iter().filter(|row| row.network == *network).collect::<Vec<_>>().into_iter();
    let share = 1000 / rows.len();
    let groups = GROUPS.map(|(name, count)| (name, rows.by_ref().take(count / share).collect()));
    assert!(rows.next().is_none());
    groups.into()
}

/// The largest of a group's values.
fn largest(rows: &[Row], value: impl Fn(&Row) -> f64) -> f64 {
    rows.iter().map(value).fold(0.0, |a, b| if b <= a { a } else { b })
}

/// Rounding leaves an error of at most 2e-16 of the [`magnitude`] at every point of the question's network, and, where four
/// sigmoids share a division, of 5e-16 at every point of the others. Where a gradient
/// is what remains after terms fifty times its size have cancelled, that is more than 1e-14 of its own norm.
#[test]
fn the_gradient_is_exact_to_rounding() {
    for network in &networks() {
        println!("{network:?}");
        for (name, rows) in grouped(network) {
            let off = |row: &Row| distance(&gradient(network, &row.theta).gradient, &row.gradient);
            let of_norm = largest(&rows, |row| off(row) / norm(&row.gradient));
            let of_magnitude = largest(&rows, |row| off(row) / magnitude(network, &row.theta));
            println!("  {name}: off by {of_norm:.1e} of its norm, {of_magnitude:.1e} of the magnitude");
            assert!(of_magnitude <= if network.is_fused() { 2.5e-16 } else { 6e-16 }, "{name}");
            let cancelled = |row: &Row| magnitude(network, &row.theta) > 40.0 * norm(&row.gradient);
            assert!(
                rows.iter().all(|row| off(row) <= 1e-14 * norm(&row.gradient) || cancelled(row)),
                "{name}"
            );
        }
    }
}

/// The default network's random points: not those beside solutions, where the gradient all but vanishes.
#[test]
fn the_gradient_is_within_1e_14_of_its_norm_at_random_points() {
    let network = SetUp::default();
    let (mut points, mut beyond) = (0, 0);
    for (name, rows) in grouped(&network) {
        for row in rows.iter().filter(|_| name != "beside a solution") {
            let off = distance(&gradient(&network, &row.theta).gradient, &row.gradient) / norm(&row.gradient);
            points += 1;
            if off > 1e-14 {
                beyond += 1;
                let ratio = magnitude(&network, &row.theta) / norm(&row.gradient);
                println!(
                    "{name}: {off:.2e}, where terms {ratio:.0} times the gradient cancel: {:?}",
                    row.theta
                );
                assert!(off < 2e-14);
            }
        }
    }
    println!("{beyond} of {points} points are beyond 1e-14");
    assert!(points == 950 && beyond <= 1);
}

#[test]
fn the_error_is_exact_to_rounding() {
    for network in &networks() {
        for (name, rows) in grouped(network) {
            let ratio = largest(&rows, |row| {
                let off = (gradient(network, &row.theta).error - row.error).abs();
                off / (row.error + row.error.sqrt() * magnitude(network, &row.theta))
            });
            assert!(ratio <= 5e-16, "{network:?}, {name}: {ratio:e}");
        }
    }
}

#[test]
fn dual_numbers_agree() {
    for network in &networks() {
        for (name, rows) in grouped(network) {
            let ratio = largest(&rows, |row| {
                let Slope { error, gradient: ours, .. } = gradient(network, &row.theta);
                let Slope { error: same, gradient: dual, .. } = gradient_by_dual(network, &row.theta);
                assert_eq!(error.to_bits(), same.to_bits());
                distance(&ours, &dual) / (norm(&ours) + magnitude(network, &row.theta))
            });
            assert!(ratio <= 5e-16, "{network:?}, {name}: {ratio:e}");
        }
    }
}

#[test]
fn differences_of_the_error_agree() {
    for network in &networks() {
        for (name, rows) in grouped(network) {
            let ratio = largest(&rows, |row| {
                let ours = gradient(network, &row.theta).gradient;
                let other = gradient_by_differences(network, &row.theta).gradient;
                distance(&ours, &other) / magnitude(network, &row.theta)
            });
            println!("{network:?}, {name}: {ratio:.1e}");
            assert!(ratio <= 1e-7, "{network:?}, {name}: {ratio:e}");
        }
    }
}

/// What rounding is relative to: about what the gradient's norm would be if nothing in it cancelled.
///
/// In place of each residual stands the sum of the sizes of its terms, what moves it through the pre-activations
/// included; and the units' slopes, which are differences of numbers near 1, add what such rounding does.
fn magnitude(network: &SetUp, theta: &Theta) -> f64 {
    let [w1, w2, w3, w4, w5, w6, b1, b2, b3] = theta[..].try_into().unwrap();
    let plus_minus = network.task.coding() == Coding::PlusMinus;
    let low = if plus_minus { -1.0 } else { 0.0 };
    let slope_of_sigmoid = |z: f64| 1.0 / (2.0 + z.exp() + (-z).exp());
    // The value, the slope and the sum of the sizes of the pre-activation's terms.
    let hidden = |a: f64, b: f64, c: f64| {
        let (z, size) = (a + b + c, a.abs() + b.abs() + c.abs());
        match network.hidden {
            Hidden::Sigmoid => (1.0 / (1.0 + (-z).exp()), slope_of_sigmoid(z), size),
            _ => (z.tanh(), 1.0 / (z.cosh() * z.cosh()), size),
        }
    };
    let mut sum = 0.0;
    for (x1, x2, target) in [(low, low, low), (1.0, low, 1.0), (low, 1.0, 1.0), (1.0, 1.0, low)] {
        let (h1, s1, reach1) = hidden(x1 * w1, x2 * w3, b1);
        let (h2, s2, reach2) = hidden(x1 * w2, x2 * w4, b2);
        let z = w5 * h1 + w6 * h2 + b3;
        let moved = (w5 * s1 * reach1).abs() + (w6 * s2 * reach2).abs();
        let size = 1.0 + (w5 * h1).abs() + (w6 * h2).abs() + b3.abs() + moved;
        let (size, delta) = match network.output {
            Output::Linear => (size, (target - z).abs()),
            // A saturated output is rounded as 1 is.
            _ => (1.0 + size * slope_of_sigmoid(z), slope_of_sigmoid(z)),
        };
        let inputs = 1.0 + x1 * x1 + x2 * x2;
        let (back1, back2) = (w5 * s1, w6 * s2);
        let steepness = (1.0 + h1 * h1 + h2 * h2 + (back1 * back1 + back2 * back2) * inputs).sqrt();
        sum += (size * steepness + delta * (w5.abs() + w6.abs()) * inputs.sqrt()) / 2.0;
    }
    sum
}
