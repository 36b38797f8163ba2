//! Outputs, gradient and curvature at a point: what the ground is like where a run ended.
//!
//! The gradient is the one the descent steps along. The Hessian comes from dual numbers that run through it, some
//! directions at once: exact up to rounding, and cheap enough (some microseconds) for every row of a table. Both are
//! of the loss that is descended; the error is E, whatever the loss.
//!
//! The eigenvalues stand in tables, whose bytes must not depend on the machine or on a library's version. So they
//! come from a cyclic Jacobi iteration of our own, which for matrices as small as these is short, quick and as accurate
//! as any, and uses nothing but +, −, ×, ÷ and √, each correctly rounded everywhere; a test compares it with a library.

use crate::dual::Dual;
use crate::fused::{PARAMETERS, formula};
use crate::general::{Plan, State};
use crate::outcome::Levels;
use crate::setup::{SetUp, Update};
use crate::theta::{Theta, power_of_two_near};

/// A symmetric matrix over the parameters, by rows, in θ's order.
pub type Matrix = Vec<Vec<f64>>;

/// An eigenvalue up to this times the largest absolute one (or 1, if that is larger) counts as zero.
///
/// The Hessian's rounding errors are about 1e-15 of its largest entry. Directions a saturated unit leaves to
/// themselves have a curvature far below the tolerance, without being exactly flat.
pub const FLAT: f64 = 1e-6;

/// Directions a dual number carries at once through the general kernel.
const DIRECTIONS: usize = 4;

/// What a network makes of its samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// Of each hidden unit, in the samples' order.
    pub activations: Vec<Vec<f64>>,
    /// Target − output of each sample.
    pub residuals: Vec<f64>,
}

/// Activations and residuals at θ.
#[must_use]
pub fn samples(set_up: &SetUp, theta: &[f64]) -> Samples {
    let plan = Plan::new(set_up, false);
    let mut state = State::<f64>::new((), &plan);
    state.put(&plan, theta);
    state.evaluate(&plan);
    let activations = (0..set_up.hidden_units.0).map(|unit| state.activations(&plan, unit)).collect();
    Samples { activations, residuals: state.residuals(&plan) }
}

/// The output of each sample at θ.
#[must_use]
pub fn outputs(set_up: &SetUp, theta: &[f64]) -> Vec<f64> {
    let residuals = samples(set_up, theta).residuals;
    set_up.task.samples().iter().zip(residuals).map(|(sample, residual)| sample.target - residual).collect()
}

/// By how much of the way an output must be beyond the middle to be on the right side: more than rounding makes.
const BEYOND: f64 = 1e-12;

/// Which outputs at θ are on the right side of the middle between the targets; none where there are not two targets.
#[must_use]
pub fn right_sides(set_up: &SetUp, theta: &[f64]) -> Option<Vec<bool>> {
    let half = Levels::of(set_up).half? * (1.0 - BEYOND);
    let [_, high] = set_up.task.two_targets()?;
    let residuals = samples(set_up, theta).residuals;
    let is_right =
        |(target, residual): (f64, f64)| if target == high { residual < half } else { -residual < half };
    Some(set_up.task.targets().into_iter().zip(residuals).map(is_right).collect())
}

/// The error, the loss that is descended, and its gradient, at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Slope {
    /// E, the mean of the squared residuals.
    pub error: f64,
    /// The loss that is descended.
    pub loss: f64,
    /// Its gradient, in θ's order; 0 for parameters that never move.
    pub gradient: Theta,
}

/// The loss as a multiple of E; none for cross-entropy.
fn loss_scale(set_up: &SetUp) -> Option<f64> {
    set_up.loss.scale(set_up.task.samples().len())
}

/// The set-up, but with updates from all samples: its gradient is that of the whole loss.
fn whole(set_up: &SetUp) -> Plan {
    Plan::new(&SetUp { update: Update::Batch, ..set_up.clone() }, false)
}

fn fused_point<N: Copy>(theta: &[N]) -> &[N; PARAMETERS] {
    theta.try_into().expect("a set-up of the fused kernel has nine parameters")
}

/// Error, loss and gradient, by the formula the descent uses.
#[must_use]
pub fn gradient(set_up: &SetUp, theta: &[f64]) -> Slope {
    if set_up.is_fused() {
        let scale = loss_scale(set_up).expect("not cross-entropy");
        let (error, gradient) = formula::error_and_gradient(fused_point(theta));
        let gradient = gradient.iter().map(|part| part * scale).collect();
        return Slope { error, loss: error * scale, gradient };
    }
    let plan = whole(set_up);
    let mut state = State::<f64>::new((), &plan);
    state.put(&plan, theta);
    state.evaluate(&plan);
    let seen = state.seen(&plan);
    let loss = loss_scale(set_up).map_or(seen.loss, |scale| seen.error * scale);
    let gradient = state.descent(&plan).into_iter().map(|part| -part).collect();
    Slope { error: seen.error, loss, gradient }
}

/// The point with the derivative 1 in the directions from `first` on.
fn variables(theta: &[f64], first: usize) -> Vec<Dual<f64, DIRECTIONS>> {
    let variable = |(place, &value): (usize, &f64)| {
        let mut variable = Dual::constant(value);
        if let Some(slope) = place.checked_sub(first).and_then(|direction| variable.slope.get_mut(direction))
        {
            *slope = 1.0;
        }
        variable
    };
    theta.iter().enumerate().map(variable).collect()
}

/// The same by dual numbers through the loss alone: checks [`gradient`]. Parameters that never move have 0.
#[must_use]
pub fn gradient_by_dual(set_up: &SetUp, theta: &[f64]) -> Slope {
    let mut slope = Slope { error: f64::NAN, loss: f64::NAN, gradient: Theta::new() };
    if set_up.is_fused() {
        let scale = loss_scale(set_up).expect("not cross-entropy");
        let (error, _) = formula::error_and_gradient(&Dual::variables(fused_point(theta)));
        (slope.error, slope.loss) = (error.value, error.value * scale);
        slope.gradient = error.slope.iter().map(|part| part * scale).collect();
        return slope;
    }
    let plan = whole(set_up);
    let mut state = State::<Dual<f64, DIRECTIONS>>::new((), &plan);
    for first in (0..theta.len()).step_by(DIRECTIONS) {
        state.put(&plan, &variables(theta, first));
        state.evaluate(&plan);
        let seen = state.seen(&plan);
        let scale = loss_scale(set_up);
        let loss = scale.map_or(seen.loss.value, |scale| seen.error.value * scale);
        let slopes = scale.map_or(seen.loss.slope, |scale| seen.error.slope.map(|part| part * scale));
        (slope.error, slope.loss) = (seen.error.value, loss);
        slope.gradient.extend(slopes.into_iter().take(theta.len() - first));
    }
    set_up.fixed().for_each(|place| slope.gradient[place] = 0.0);
    slope
}

/// The same by central differences: checks [`gradient`] without any rule of differentiation.
///
/// The step is 2^−17, near ε^⅓ (times the parameter, where that is above 1), which balances the bend of the loss,
/// ∝ step², against its rounding, ∝ ε / step: some 1e-10 of the loss's scale remains. At a rectifier's kink the mean of
/// both sides is found.
#[must_use]
pub fn gradient_by_differences(set_up: &SetUp, theta: &[f64]) -> Slope {
    let loss = |theta: &[f64]| gradient(set_up, theta).loss;
    let mut slope = gradient(set_up, theta);
    slope.gradient = (0..theta.len())
        .map(|i| {
            let step = theta[i].abs().max(1.0) / 131_072.0;
            let (mut ahead, mut behind) = (Theta::from(theta), Theta::from(theta));
            ahead[i] += step;
            behind[i] -= step;
            // Divided by the distance really gone, after rounding.
            (loss(&ahead) - loss(&behind)) / (ahead[i] - behind[i])
        })
        .collect();
    set_up.fixed().for_each(|place| slope.gradient[place] = 0.0);
    slope
}

/// Error, loss, gradient and the Hessian of the loss.
///
/// Each off-diagonal entry is found twice, with different rounding; their mean makes the matrix exactly symmetric.
fn derivatives(set_up: &SetUp, theta: &[f64]) -> (Slope, Matrix) {
    let count = theta.len();
    let (slope, rows): (Slope, Matrix) = if set_up.is_fused() {
        let scale = loss_scale(set_up).expect("not cross-entropy");
        let (error, gradient) = formula::error_and_gradient(&Dual::variables(fused_point(theta)));
        let rows = gradient.iter().map(|part| part.slope.iter().map(|slope| slope * scale).collect());
        let values = gradient.iter().map(|part| part.value * scale).collect();
        (Slope { error: error.value, loss: error.value * scale, gradient: values }, rows.collect())
    } else {
        let plan = whole(set_up);
        let mut state = State::<Dual<f64, DIRECTIONS>>::new((), &plan);
        let mut rows = vec![vec![0.0; count]; count];
        for first in (0..count).step_by(DIRECTIONS) {
            state.put(&plan, &variables(theta, first));
            state.evaluate(&plan);
            for (row, part) in rows.iter_mut().zip(state.descent(&plan)) {
                for (entry, slope) in row[first..].iter_mut().zip(part.slope) {
                    *entry = -slope;
                }
            }
        }
        // What never moves has no curvature either.
        for place in set_up.fixed() {
            rows.iter_mut().for_each(|row| row[place] = 0.0);
        }
        (gradient(set_up, theta), rows)
    };
    let matrix = (0..count).map(|i| (0..count).map(|j| (rows[i][j] + rows[j][i]) / 2.0).collect()).collect();
    (slope, matrix)
}

/// The Hessian ∂²/∂θᵢ∂θⱼ of the loss, exact up to rounding and exactly symmetric; 0 for parameters that never move.
#[must_use]
pub fn hessian(set_up: &SetUp, theta: &[f64]) -> Matrix {
    derivatives(set_up, theta).1
}

fn norm(vector: &[f64]) -> f64 {
    let scale = power_of_two_near(vector.iter().copied());
    vector.iter().fold(0.0, |sum, x| sum + (x / scale) * (x / scale)).sqrt() * scale
}

/// Turns coordinates p < q of the symmetric matrix so that the entry (p, q) becomes 0.
#[inline]
#[allow(clippy::needless_range_loop, reason = "i runs along rows and columns at once")]
fn turn(a: &mut Matrix, p: usize, q: usize) {
    if a[p][q] == 0.0 {
        return;
    }
    // The smaller root t of t² + 2ht − 1 = 0 is the tangent of the angle. A huge h makes it 0, rightly.
    let h = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = 1.0_f64.copysign(h) / (h.abs() + (h * h + 1.0).sqrt());
    let cosine = 1.0 / (t * t + 1.0).sqrt();
    let sine = t * cosine;
    let moved = t * a[p][q];
    (a[p][p], a[q][q]) = (a[p][p] - moved, a[q][q] + moved);
    (a[p][q], a[q][p]) = (0.0, 0.0);
    for i in 0..a.len() {
        if i != p && i != q {
            let (x, y) = (a[p][i], a[q][i]);
            (a[p][i], a[q][i]) = (cosine * x - sine * y, sine * x + cosine * y);
            (a[i][p], a[i][q]) = (a[p][i], a[q][i]);
        }
    }
}

/// The sum of the squares of what is not on the diagonal.
fn beside_diagonal(a: &Matrix) -> f64 {
    let below = a.iter().enumerate().flat_map(|(i, row)| &row[..i]);
    2.0 * below.fold(0.0, |sum, entry| sum + entry * entry)
}

/// No eigenvalue is off by more than the root of what is left beside the diagonal; this is (ε / 4)², for a matrix
/// whose largest entry is between 1 and 2.
const ENOUGH: f64 = f64::EPSILON * f64::EPSILON / 16.0;

/// Far more sweeps than Jacobi's iteration, whose convergence is quadratic in the end, has ever been seen to need.
const SWEEPS: usize = 30;

/// The eigenvalues of a symmetric matrix, ascending, to a few ε of the largest; all NaN unless it is finite.
#[must_use]
pub fn eigenvalues(matrix: &Matrix) -> Vec<f64> {
    let count = matrix.len();
    let entries = || matrix.iter().flatten().copied();
    if !entries().all(f64::is_finite) {
        return vec![f64::NAN; count];
    }
    let scale = power_of_two_near(entries());
    let mut a = matrix.clone();
    a.iter_mut().flatten().for_each(|entry| *entry /= scale);
    for _ in 0..SWEEPS {
        if beside_diagonal(&a) <= ENOUGH {
            break;
        }
        for p in 0..count {
            for q in p + 1..count {
                turn(&mut a, p, q);
            }
        }
    }
    let mut values: Vec<f64> = (0..count).map(|i| a[i][i] * scale).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// What the ground is like at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Curvature {
    /// E
    pub error: f64,
    /// The length of the gradient of the loss.
    pub gradient_norm: f64,
    /// Of the Hessian of the loss over the parameters that move, ascending; all NaN where an entry of it is not finite.
    pub eigenvalues: Vec<f64>,
}

impl Curvature {
    /// At θ. All values are NaN where θ is not finite.
    #[must_use]
    pub fn at(set_up: &SetUp, theta: &[f64]) -> Self {
        let mut moves = vec![true; theta.len()];
        set_up.fixed().for_each(|place| moves[place] = false);
        if !theta.iter().all(|value| value.is_finite()) {
            let count = moves.iter().filter(|moves| **moves).count();
            return Self { error: f64::NAN, gradient_norm: f64::NAN, eigenvalues: vec![f64::NAN; count] };
        }
        let (slope, mut matrix) = derivatives(set_up, theta);
        let kept = |row: Vec<f64>| {
            row.into_iter().zip(&moves).filter(|(_, moves)| **moves).map(|(entry, _)| entry).collect()
        };
        matrix =
            matrix.into_iter().zip(&moves).filter(|(_, moves)| **moves).map(|(row, _)| kept(row)).collect();
        Self { error: slope.error, gradient_norm: norm(&slope.gradient), eigenvalues: eigenvalues(&matrix) }
    }

    /// The largest eigenvalue: full-batch gradient descent is stable here only for α ≤ 2 / sharpness (without momentum).
    #[must_use]
    pub fn sharpness(&self) -> f64 {
        self.eigenvalues.last().copied().unwrap_or(0.0)
    }

    /// The least eigenvalue: below zero there is a way down that the gradient may not show.
    #[must_use]
    pub fn minimum(&self) -> f64 {
        self.eigenvalues.first().copied().unwrap_or(0.0)
    }

    /// How many eigenvalues λ are zero to within [`FLAT`]: |λ| ≤ 1e-6 · max(1, the largest |λ|). None where they
    /// are NaN.
    #[must_use]
    pub fn flat_directions(&self) -> Option<usize> {
        let limit = FLAT * self.sharpness().abs().max(self.minimum().abs()).max(1.0);
        let flat = self.eigenvalues.iter().filter(|value| value.abs() <= limit).count();
        (!self.sharpness().is_nan()).then_some(flat)
    }
}
