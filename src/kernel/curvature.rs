//! Gradient and curvature at a point: what the ground is like where a run ended.
//!
//! The gradient is the one the descent steps along. The Hessian comes from dual numbers that run through it, nine
//! directions at once: exact up to rounding, and cheap enough (some microseconds) for every row of a table.
//!
//! The eigenvalues stand in tables, whose bytes must not depend on the machine or on a library's version. So they
//! come from a cyclic Jacobi iteration of our own, which for a 9×9 matrix is short, quick and as accurate as any,
//! and uses nothing but +, −, ×, ÷ and √, each correctly rounded everywhere; a test compares it with a library.

use std::array::from_fn;

use super::dual::Dual;
use super::formula::{self, Variant, Visitor};
use super::lanes::Number;
use super::theta::{PARAMETERS, Theta};
use super::variant::Network;

/// A matrix over the parameters, by rows, in θ's order.
pub type Matrix = [[f64; PARAMETERS]; PARAMETERS];

/// An eigenvalue up to this times the largest absolute one (or 1, if that is larger) counts as zero.
///
/// The Hessian's rounding errors are about 1e-15 of its largest entry. Directions a saturated unit leaves to
/// themselves have a curvature far below the tolerance, without being exactly flat.
pub const FLAT: f64 = 1e-6;

struct ErrorAndGradient<'a, N>(&'a [N; PARAMETERS]);

impl<N: Number> Visitor for ErrorAndGradient<'_, N> {
    type Out = (N, [N; PARAMETERS]);
    fn visit<V: Variant>(self) -> Self::Out {
        formula::error_and_gradient::<V, N>(self.0)
    }
}

/// The error E(θ) and its gradient, by the formula the descent uses.
#[must_use]
pub fn gradient(network: &Network, theta: &Theta) -> (f64, Theta) {
    network.visit(ErrorAndGradient(theta))
}

/// The error E(θ) and its gradient, by dual numbers through the error alone: checks [`gradient`].
#[must_use]
pub fn gradient_by_dual(network: &Network, theta: &Theta) -> (f64, Theta) {
    let (error, _) = network.visit(ErrorAndGradient(&Dual::variables(theta)));
    (error.value, error.slope)
}

/// The error E(θ) and its gradient, by central differences: checks [`gradient`] without any rule of differentiation.
///
/// The step is 2^−17, near ε^⅓ (times the parameter, where that is above 1), which balances the bend of the error,
/// ∝ step², against the rounding of E, ∝ ε / step: some 1e-10 of the error's scale remains.
#[must_use]
pub fn gradient_by_differences(network: &Network, theta: &Theta) -> (f64, Theta) {
    let error = |theta: &Theta| gradient(network, theta).0;
    let slopes = from_fn(|i| {
        let step = theta[i].abs().max(1.0) / 131_072.0;
        let (mut ahead, mut behind) = (*theta, *theta);
        ahead[i] += step;
        behind[i] -= step;
        // Divided by the distance really gone, after rounding.
        (error(&ahead) - error(&behind)) / (ahead[i] - behind[i])
    });
    (error(theta), slopes)
}

/// The error, the gradient and the Hessian ∂²E/∂θᵢ∂θⱼ.
///
/// Each off-diagonal entry is found twice, with different rounding; their mean makes the matrix exactly symmetric.
fn derivatives(network: &Network, theta: &Theta) -> (f64, Theta, Matrix) {
    let (error, gradient) = network.visit(ErrorAndGradient(&Dual::variables(theta)));
    let matrix = from_fn(|i| from_fn(|j| (gradient[i].slope[j] + gradient[j].slope[i]) / 2.0));
    (error.value, gradient.map(|part| part.value), matrix)
}

/// The Hessian ∂²E/∂θᵢ∂θⱼ, exact up to rounding and exactly symmetric.
#[must_use]
pub fn hessian(network: &Network, theta: &Theta) -> Matrix {
    derivatives(network, theta).2
}

/// The power of two that brings the largest absolute value into 1 … 2, so that no square overflows.
fn scale_of(values: impl Iterator<Item = f64>) -> f64 {
    let largest = values.fold(0.0, |a: f64, b| a.max(b.abs()));
    let exponent = largest.to_bits() >> 52;
    // Below the normal numbers there is nothing worth saving; infinity has no power of two.
    if exponent == 0 || largest.is_infinite() { 1.0 } else { f64::from_bits(exponent << 52) }
}

fn norm(vector: &Theta) -> f64 {
    let scale = scale_of(vector.iter().copied());
    vector.iter().fold(0.0, |sum, x| sum + (x / scale) * (x / scale)).sqrt() * scale
}

/// Turns coordinates p < q of the symmetric matrix so that the entry (p, q) becomes 0.
#[inline]
#[allow(clippy::needless_range_loop, reason = "i runs along rows and columns at once")]
fn turn<const N: usize>(a: &mut [[f64; N]; N], p: usize, q: usize) {
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
    for i in 0..N {
        if i != p && i != q {
            let (x, y) = (a[p][i], a[q][i]);
            (a[p][i], a[q][i]) = (cosine * x - sine * y, sine * x + cosine * y);
            (a[i][p], a[i][q]) = (a[p][i], a[q][i]);
        }
    }
}

/// The sum of the squares of what is not on the diagonal.
fn beside_diagonal<const N: usize>(a: &[[f64; N]; N]) -> f64 {
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
pub fn eigenvalues<const N: usize>(matrix: &[[f64; N]; N]) -> [f64; N] {
    if !matrix.as_flattened().iter().all(|entry| entry.is_finite()) {
        return [f64::NAN; N];
    }
    let scale = scale_of(matrix.as_flattened().iter().copied());
    let mut a = matrix.map(|row| row.map(|entry| entry / scale));
    for _ in 0..SWEEPS {
        if beside_diagonal(&a) <= ENOUGH {
            break;
        }
        for p in 0..N {
            for q in p + 1..N {
                turn(&mut a, p, q);
            }
        }
    }
    let mut values = from_fn(|i| a[i][i] * scale);
    values.sort_by(f64::total_cmp);
    values
}

/// What the ground is like at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curvature {
    /// E
    pub error: f64,
    /// ‖∇E‖
    pub gradient_norm: f64,
    /// Of the Hessian, ascending; all NaN where an entry of it is not finite.
    pub eigenvalues: Theta,
}

impl Curvature {
    /// At θ. All values are NaN where θ is not finite.
    #[must_use]
    pub fn at(network: &Network, theta: &Theta) -> Self {
        if !theta.iter().all(|value| value.is_finite()) {
            return Self { error: f64::NAN, gradient_norm: f64::NAN, eigenvalues: [f64::NAN; PARAMETERS] };
        }
        let (error, gradient, matrix) = derivatives(network, theta);
        Self { error, gradient_norm: norm(&gradient), eigenvalues: eigenvalues(&matrix) }
    }

    /// The largest eigenvalue: descent is stable here only for α ≤ 2 / sharpness (without momentum).
    #[must_use]
    pub fn sharpness(&self) -> f64 {
        self.eigenvalues[PARAMETERS - 1]
    }

    /// The least eigenvalue: below zero there is a way down that the gradient may not show.
    #[must_use]
    pub fn minimum(&self) -> f64 {
        self.eigenvalues[0]
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
