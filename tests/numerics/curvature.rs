//! Shows that the Hessian and its eigenvalues are right: against 80 digits (`tests/oracle/hessian.csv`), against
//! differences of the gradient, against a library, and where the answer is known.

#![allow(clippy::needless_range_loop, reason = "matrices are written with their indices")]

use nalgebra::{SMatrix, SymmetricEigen};
use xorsweep_kernel::derivatives::{Curvature, Matrix, eigenvalues, gradient, hessian};
use xorsweep_kernel::dual::Dual;
use xorsweep_kernel::fused::formula::error_and_gradient;
use xorsweep_kernel::{Hidden, Output, SetUp, Theta};

use super::{network_named, networks};

/// Points of every network with their exact Hessians.
fn oracle() -> Vec<(SetUp, Theta, Matrix)> {
    let lines = include_str!("../oracle/hessian.csv").lines().skip(1);
    let rows = lines.map(|line| {
        let (name, numbers) = line.split_once(',').unwrap();
        let numbers: Vec<f64> = numbers.split(',').map(|cell| cell.parse().unwrap()).collect();
        let (theta, mut upper) = (numbers[..9].into(), numbers[9..].iter());
        let mut matrix = vec![vec![0.0; 9]; 9];
        for i in 0..9 {
            for j in i..9 {
                matrix[i][j] = *upper.next().unwrap();
                matrix[j][i] = matrix[i][j];
            }
        }
        assert!(upper.next().is_none());
        (network_named(name), theta, matrix)
    });
    rows.collect()
}

/// Nine rows and columns.
fn matrix(entry: impl Fn(usize, usize) -> f64) -> Matrix {
    (0..9).map(|i| (0..9).map(|j| entry(i, j)).collect()).collect()
}

fn norm(matrix: &Matrix) -> f64 {
    matrix.iter().flatten().map(|x| x * x).sum::<f64>().sqrt()
}

fn distance(a: &Matrix, b: &Matrix) -> f64 {
    norm(&matrix(|i, j| a[i][j] - b[i][j]))
}

/// A saturated tanh unit or logistic output is a number near 1, and its distance to 1, on which everything then
/// depends, knows only as many digits as that rounding leaves; hence a wider bound for these.
#[test]
fn the_hessian_is_exact_to_rounding_and_symmetric() {
    for network in &networks() {
        let saturates = network.hidden == Hidden::Tanh || network.output == Output::Sigmoid;
        let mut worst = 0.0_f64;
        for (_, theta, exact) in oracle().into_iter().filter(|row| row.0 == *network) {
            let found = hessian(network, &theta);
            worst = worst.max(distance(&found, &exact) / norm(&exact));
            assert!((0..9).all(|i| (0..9).all(|j| found[i][j].to_bits() == found[j][i].to_bits())));
        }
        println!("{network:?}: off by at most {worst:.2e} of its norm");
        assert!(worst <= if saturates { 5e-14 } else { 2e-15 });
    }
}

#[test]
fn differences_of_the_gradient_agree() {
    let mut worst = 0.0_f64;
    for (network, theta, _) in oracle() {
        let step = 1.0 / 131_072.0;
        let column = |i: usize| -> Vec<f64> {
            let (mut ahead, mut behind) = (theta.clone(), theta.clone());
            ahead[i] += step;
            behind[i] -= step;
            let (more, less) = (gradient(&network, &ahead).gradient, gradient(&network, &behind).gradient);
            (0..9).map(|j| (more[j] - less[j]) / (ahead[i] - behind[i])).collect()
        };
        let columns: Matrix = (0..9).map(column).collect();
        let found = hessian(&network, &theta);
        let off = distance(&found, &columns) / norm(&found);
        assert!(off <= 1e-7, "{network:?} at {theta:?}: {off:e}");
        worst = worst.max(off);
    }
    println!("differences of the gradient: off by at most {worst:.2e} of the norm");
}

/// Dual numbers over dual numbers take the error alone to its second derivatives.
#[test]
fn nested_dual_numbers_agree() {
    for (network, theta, _) in oracle().into_iter().filter(|row| row.0 == SetUp::default()) {
        let point: [f64; 9] = theta[..].try_into().unwrap();
        let variables = Dual::variables(&Dual::variables(&point));
        let (error, _) = error_and_gradient::<Dual<Dual<f64, 9>, 9>>(&variables);
        let (value, slopes) = (gradient(&network, &theta).error, gradient(&network, &theta).gradient);
        assert_eq!(error.value.value.to_bits(), value.to_bits());
        for i in 0..9 {
            assert!((error.slope[i].value - slopes[i]).abs() <= 1e-14 * (1.0 + value));
            assert_eq!(error.slope[i].value.to_bits(), error.value.slope[i].to_bits());
        }
        let nested = matrix(|i, j| error.slope[i].slope[j]);
        let found = hessian(&network, &theta);
        assert!(distance(&nested, &found) <= 1e-14 * norm(&found), "at {theta:?}");
    }
}

#[test]
fn a_library_finds_the_same_eigenvalues() {
    let mut worst = 0.0_f64;
    for (network, theta, _) in oracle() {
        let matrix = hessian(&network, &theta);
        let library = SymmetricEigen::new(SMatrix::<f64, 9, 9>::from_fn(|i, j| matrix[i][j]));
        let mut expected = library.eigenvalues.as_slice().to_vec();
        expected.sort_by(f64::total_cmp);
        for (ours, theirs) in eigenvalues(&matrix).iter().zip(&expected) {
            worst = worst.max((ours - theirs).abs() / norm(&matrix));
        }
    }
    println!("eigenvalues: at most {worst:.2e} of the norm from the library's");
    assert!(worst <= 2e-15);
}

#[test]
fn known_matrices_have_their_eigenvalues() {
    let close = |matrix: &Matrix, expected: &[f64]| {
        let found = eigenvalues(matrix);
        let size = expected.iter().fold(0.0_f64, |a, b| a.max(b.abs()));
        assert!(
            found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= 4e-15 * size),
            "{found:?}, not {expected:?}"
        );
    };
    assert_eq!(eigenvalues(&matrix(|_, _| 0.0)), [0.0; 9]);
    let mixed = [3.0, -2.0, 0.0, 1e100, 1e-100, -1e100, 7.0, 0.5, -1e-100];
    let diagonal = matrix(|i, j| if i == j { mixed[i] } else { 0.0 });
    assert_eq!(eigenvalues(&diagonal), [-1e100, -2.0, -1e-100, 0.0, 1e-100, 0.5, 3.0, 7.0, 1e100]);
    // All ones: one eigenvalue 9.
    close(&matrix(|_, _| 1.0), &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 9.0]);
    for scale in [1.0, 1e-200, 1e200] {
        // 2 on the diagonal, −1 beside it: 2 − 2 cos(kπ/10).
        let angle = |k: usize| (k + 1) as f64 * std::f64::consts::PI / 10.0;
        let expected: Vec<f64> = (0..9).map(|k| scale * (2.0 - 2.0 * angle(k).cos())).collect();
        close(&matrix(|i, j| scale * [2.0, -1.0, 0.0][i.abs_diff(j).min(2)]), &expected);
        // Reflections of a diagonal: I − 2uuᵀ/uᵀu on both sides keeps the eigenvalues.
        let values: Vec<f64> = (0..9).map(|i| scale * (f64::from(i) - 4.0).powi(3)).collect();
        let u: Vec<f64> = (0..9).map(|i| 1.0 + f64::from(i * i)).collect();
        let length: f64 = u.iter().map(|x| x * x).sum();
        let mirror = matrix(|i, j| f64::from(u8::from(i == j)) - 2.0 * u[i] * u[j] / length);
        let sum = |i: usize, j: usize| (0..9).map(|k| mirror[i][k] * values[k] * mirror[j][k]).sum::<f64>();
        close(&matrix(|i, j| sum(i.max(j), i.min(j))), &values);
    }
    assert_eq!(eigenvalues(&vec![vec![2.0, 1.0], vec![1.0, 2.0]]), [1.0, 3.0]);
}

/// Fact 6: on the plateau at E = 1/4, where the hidden weights are zero, one direction has the curvature 3 and the
/// rest are all but flat.
#[test]
fn the_plateau_has_the_eigenvalue_three() {
    let point = |weight: f64| [0.0, 0.0, 0.0, 0.0, weight, weight, 0.0, 0.0, 0.5 - weight];
    let network = SetUp::default();
    let exactly = Curvature::at(&network, &point(0.0));
    assert_eq!((exactly.error, exactly.gradient_norm), (0.25, 0.0));
    assert!((exactly.sharpness() - 3.0).abs() <= 1e-14 && exactly.minimum().abs() <= 1e-14);
    assert_eq!(exactly.flat_directions(), Some(8));
    let near = Curvature::at(&network, &point(0.01));
    assert!((near.sharpness() - 3.0).abs() <= 1e-3 && near.gradient_norm <= 1e-15, "{near:?}");
    assert!(near.eigenvalues[..8].iter().all(|value| value.abs() <= 1e-2), "{near:?}");
}

/// Fact 1: ∂²E/∂b3² = 2, so the sharpness is never under 2.
#[test]
fn the_sharpness_is_never_under_two() {
    for (network, theta, _) in oracle().into_iter().filter(|row| row.0.output == Output::Linear) {
        assert!((hessian(&network, &theta)[8][8] - 2.0).abs() <= 1e-15);
        assert!(Curvature::at(&network, &theta).sharpness() >= 2.0 - 1e-14);
    }
}

#[test]
fn a_point_that_is_not_finite_has_no_curvature() {
    for network in &networks() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for place in 0..9 {
                let mut theta = [0.1; 9];
                theta[place] = value;
                let found = Curvature::at(network, &theta);
                assert!(found.error.is_nan() && found.gradient_norm.is_nan());
                assert!(found.eigenvalues.iter().all(|value| value.is_nan()));
                assert!(found.sharpness().is_nan() && found.minimum().is_nan());
                assert_eq!(found.flat_directions(), None);
            }
        }
    }
}

/// Saturated units and outputs leave no NaN behind while the numbers themselves stay within range.
#[test]
fn huge_weights_have_a_curvature() {
    for network in &networks() {
        for size in [50.0, 400.0, 800.0, 1e4, 1e50, 1e75] {
            for signs in 0..512_u32 {
                let theta: [f64; 9] = std::array::from_fn(|i| if signs >> i & 1 == 0 { size } else { -size });
                let found = Curvature::at(network, &theta);
                assert!(found.eigenvalues.is_sorted(), "{network:?} at {theta:?}: {found:?}");
                assert!(found.gradient_norm.is_finite() && found.error.is_finite());
            }
        }
        let beyond = Curvature::at(network, &[1e300; 9]);
        assert!(beyond.sharpness().is_nan() == beyond.minimum().is_nan());
    }
}
