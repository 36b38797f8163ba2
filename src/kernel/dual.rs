//! Dual numbers: a value and its derivatives in `D` directions at once.
//!
//! They run through the very formula the descent runs on, and what comes out carries its exact derivatives, up to
//! rounding: no step to choose, nothing derived by hand. That costs `D` times the work of the value, so the descent
//! keeps its analytic gradient. Dual numbers *check* it (the error's own derivatives must be the gradient), and give
//! the Hessian, which is wanted once a run and not once a step (the analytic gradient's derivatives, in nine
//! directions). They nest: over `Dual<f64, D>` they carry second derivatives.
//!
//! A value is computed as if it were alone, so it has the bits the bare number has. Derivatives are plain products
//! and sums: a fused multiply-add would gain them nothing, and is a slow call in a build for any CPU.

use std::array::from_fn;
use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::lanes::{Lanes, Number};
use crate::sigmoid::Shares;

/// A value and its derivatives in `D` directions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual<N, const D: usize> {
    /// The number itself.
    pub value: N,
    /// Its derivative in each direction.
    pub slope: [N; D],
}

impl<N: Number, const D: usize> Dual<N, D> {
    /// A constant: it does not change in any direction.
    #[inline]
    pub fn constant(value: N) -> Self {
        Self { value, slope: [value.like(0.0); D] }
    }

    /// The coordinates of a point, each with the derivative 1 in its own direction.
    #[inline]
    pub fn variables(point: &[N; D]) -> [Self; D] {
        from_fn(|i| {
            let mut variable = Self::constant(point[i]);
            variable.slope[i] = point[i].like(1.0);
            variable
        })
    }

    /// A function's value here, given also its derivative here.
    #[inline]
    fn chain(self, value: N, derivative: N) -> Self {
        Self { value, slope: from_fn(|i| derivative * self.slope[i]) }
    }
}

impl<N: Number, const D: usize> Add for Dual<N, D> {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, slope: from_fn(|i| self.slope[i] + other.slope[i]) }
    }
}

impl<N: Number, const D: usize> Sub for Dual<N, D> {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        Self { value: self.value - other.value, slope: from_fn(|i| self.slope[i] - other.slope[i]) }
    }
}

#[allow(clippy::suspicious_arithmetic_impl, reason = "the rule of differentiation has other signs")]
impl<N: Number, const D: usize> Mul for Dual<N, D> {
    type Output = Self;
    #[inline]
    fn mul(self, other: Self) -> Self {
        Self {
            value: self.value * other.value,
            slope: from_fn(|i| self.slope[i] * other.value + self.value * other.slope[i]),
        }
    }
}

#[allow(clippy::suspicious_arithmetic_impl, reason = "the rule of differentiation has other signs")]
impl<N: Number, const D: usize> Div for Dual<N, D> {
    type Output = Self;
    #[inline]
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        Self { value, slope: from_fn(|i| (self.slope[i] - value * other.slope[i]) / other.value) }
    }
}

impl<N: Number, const D: usize> Neg for Dual<N, D> {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self { value: -self.value, slope: from_fn(|i| -self.slope[i]) }
    }
}

impl<N: Number, const D: usize> Number for Dual<N, D> {
    #[inline]
    fn like(self, value: f64) -> Self {
        Self::constant(self.value.like(value))
    }
    #[inline]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self {
            value: self.value.mul_add(factor.value, addend.value),
            slope: from_fn(|i| {
                (self.slope[i] * factor.value + self.value * factor.slope[i]) + addend.slope[i]
            }),
        }
    }
    #[inline]
    fn neg_mul_add(self, factor: Self, addend: Self) -> Self {
        Self {
            value: self.value.neg_mul_add(factor.value, addend.value),
            slope: from_fn(|i| {
                addend.slope[i] - (self.slope[i] * factor.value + self.value * factor.slope[i])
            }),
        }
    }
    #[inline]
    fn exp(self) -> Self {
        let value = self.value.exp();
        self.chain(value, value)
    }
    /// By its own rule, σ′ = σ(1 − σ): through the exponential, an infinite e^−x would make the derivative NaN
    /// where it is 0.
    #[inline]
    fn sigmoid(self) -> Self {
        let value = self.value.sigmoid();
        self.chain(value, value * (value.like(1.0) - value))
    }
}

/// One point in all directions: comparisons and selections go by the values, as they do without derivatives.
impl<const D: usize> Lanes for Dual<f64, D> {
    type Token = ();
    type Mask = bool;
    const LANES: usize = 1;

    fn splat((): (), value: f64) -> Self {
        Self::constant(value)
    }
    fn lane(&self, _: usize) -> f64 {
        self.value
    }
    fn set_lane(&mut self, _: usize, value: f64) {
        *self = Self::constant(value);
    }
    fn less(self, other: Self) -> bool {
        self.value < other.value
    }
    fn at_most(self, other: Self) -> bool {
        self.value <= other.value
    }
    fn select(mask: bool, yes: Self, no: Self) -> Self {
        if mask { yes } else { no }
    }
    fn minimum(self, other: Self) -> Self {
        if self.value < other.value { self } else { other }
    }
    fn maximum(self, other: Self) -> Self {
        if self.value > other.value { self } else { other }
    }
    fn abs(self) -> Self {
        if self.value < 0.0 { -self } else { self }
    }
    fn sqrt(self) -> Self {
        let value = self.value.sqrt();
        self.chain(value, 0.5 / value)
    }
    fn split(self) -> (Self, Self) {
        let (exponent, mantissa) = self.value.split();
        (Self::constant(exponent), Self::constant(mantissa))
    }
    fn add_exponent(self, shifted: Self) -> Self {
        Self::constant(self.value.add_exponent(shifted.value))
    }
    /// By their own rules: σ′ = σ(z)·σ(−z), and (−ln σ)′ = −σ(−z).
    fn shares<const B: usize>(z: &[Self; B], valid: usize) -> Shares<Self, B> {
        let of = f64::shares(&z.map(|z| z.value), valid);
        let mut loss = Self::constant(of.loss);
        for (z, wrong) in z.iter().zip(of.wrong).take(valid) {
            loss.slope = from_fn(|i| loss.slope[i] - wrong * z.slope[i]);
        }
        Shares {
            right: from_fn(|i| z[i].chain(of.right[i], of.right[i] * of.wrong[i])),
            wrong: from_fn(|i| z[i].chain(of.wrong[i], -(of.right[i] * of.wrong[i]))),
            exponential: from_fn(|i| z[i].chain(of.exponential[i], -of.exponential[i])),
            loss,
        }
    }
}
