//! What kind of point it is, as far as gradient and Hessian tell.

use crate::derivatives::{Curvature, FLAT};
use crate::setup::{Optimizer, SetUp, Update};

/// What kind of point it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CriticalPoint {
    /// None: the gradient is far from zero.
    Slope,
    /// Level, with directions that clearly bend down.
    Saddle,
    /// Level, and nothing bends down clearly, but something does, or may.
    Flat,
    /// Level, and nothing bends down by more than the rounding of zero.
    Minimum,
}

/// Up to this gradient norm a point is called level. A run that has just converged to 1e-6 is at about 1e-3.
const LEVEL: f64 = 1e-2;
/// An eigenvalue not below minus this, times the largest or 1, may be zero but for rounding.
const ROUNDING: f64 = 1e-12;

/// The eigenvalues of a Hessian, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directions {
    /// How many are clearly below zero.
    pub negative: usize,
    /// How many are zero, to within [`FLAT`].
    pub flat: usize,
    /// What they make of the point.
    pub kind: CriticalPoint,
}

impl Directions {
    /// None where the eigenvalues are not numbers.
    #[must_use]
    pub fn of(curvature: &Curvature) -> Option<Self> {
        let flat = curvature.flat_directions()?;
        let scale = curvature.sharpness().abs().max(curvature.minimum().abs()).max(1.0);
        let negative = curvature.eigenvalues.iter().filter(|value| **value < -FLAT * scale).count();
        let kind = if curvature.gradient_norm > LEVEL {
            CriticalPoint::Slope
        } else if negative > 0 {
            CriticalPoint::Saddle
        } else if curvature.minimum() < -ROUNDING * scale {
            CriticalPoint::Flat
        } else {
            CriticalPoint::Minimum
        };
        Some(Self { negative, flat, kind })
    }
}

/// The learning rate below which steps do not overshoot more and more along the sharpest direction, 2·(1 + μ) / sharpness;
/// none if nothing bends up, or where it is not known: it is of gradient descent by all samples.
#[must_use]
pub fn stability_limit(set_up: &SetUp, curvature: &Curvature, momentum: f64) -> Option<f64> {
    let is_known = set_up.update == Update::Batch && set_up.optimizer == Optimizer::GradientDescent;
    (is_known && curvature.sharpness() > 0.0 && momentum < 1.0)
        .then(|| 2.0 * (1.0 + momentum) / curvature.sharpness())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(eigenvalues: [f64; 9], gradient_norm: f64) -> CriticalPoint {
        let curvature = Curvature { error: 0.1, gradient_norm, eigenvalues: eigenvalues.into() };
        Directions::of(&curvature).unwrap().kind
    }

    #[test]
    fn a_point_with_a_negative_eigenvalue_is_never_a_minimum() {
        let with = |least: f64| [least, 0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 3.0];
        for least in [-3.0, -1e-3, -1e-5, -1e-7, -1e-10] {
            assert_ne!(at(with(least), 0.0), CriticalPoint::Minimum, "{least}");
        }
        assert_eq!(at(with(-1e-16), 0.0), CriticalPoint::Minimum);
        assert_eq!(at(with(0.0), 1.0), CriticalPoint::Slope);
        assert_eq!(at(with(-1e-3), 0.0), CriticalPoint::Saddle);
        assert_eq!(at(with(-1e-8), 0.0), CriticalPoint::Flat);
    }
}
