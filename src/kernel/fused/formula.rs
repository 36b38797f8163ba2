//! The formula of the question's network, written once, over an abstract number type.
//!
//! The four inputs are the corners of a square, so a hidden unit's pre-activations are
//! `base`, `base + first`, `base + second` and `base + first + second`, in the samples' order 00, 10, 01, 11; and the
//! sums over the samples in the gradient are sums over fixed corners.
//!
//! The descent needs only `rate` · Σ residual · ∂ŷ/∂θ over the samples, which is −2 · `rate` · ∇E: see [`change`].

use super::{
    PARAMETERS,
    at::{B1, B2, B3, W1, W2, W3, W4, W5, W6},
};
use crate::lanes::{Lanes, Number, each};
use crate::sigmoid::reciprocals;

/// For each hidden unit, where its two input weights, its bias and its output weight stand in θ.
const UNITS: [[usize; 4]; 2] = [[W1, W3, B1, W5], [W2, W4, B2, W6]];

/// For each hidden unit `[base, first, second]`, which are linear in θ: a change of θ has a change of these.
#[inline(always)]
pub fn preactivations<N: Number>(theta: &[N; PARAMETERS]) -> [[N; 3]; 2] {
    each!(unit => {
        let [first, second, bias, _] = UNITS[unit];
        [theta[bias], theta[first], theta[second]]
    })
}

/// The activations of a hidden unit in the four samples, good for every finite θ.
#[inline(always)]
pub fn activations<N: Number>([base, first, second]: [N; 3]) -> [N; 4] {
    let along = base + first;
    let z = [base, along, base + second, along + second];
    each!(i => z[i].sigmoid())
}

/// The same from e^−base, e^−first and e^−second: products instead of exponentials, and one division. The caller sees to it that the product cannot overflow.
#[inline(always)]
pub fn activations_from_exponentials<L: Lanes>([base, first, second]: [L; 3]) -> [L; 4] {
    let one = base.like(1.0);
    let along = base * first;
    reciprocals(&[one + base, one + along, one + base * second, one + along * second]).0
}

/// Target − output in the four samples, from the activations of both hidden units.
#[inline(always)]
pub fn residuals<N: Number>(theta: &[N; PARAMETERS], h: &[[N; 4]; 2]) -> [N; 4] {
    let bias = theta[B3];
    let (low, high) = (-bias, bias.like(1.0) - bias);
    let from = [low, high, high, low];
    each!(i => h[1][i].neg_mul_add(theta[W6], h[0][i].neg_mul_add(theta[W5], from[i])))
}

/// The mean of the squares.
#[inline(always)]
pub fn error<N: Number>(residual: &[N; 4]) -> N {
    let s: [N; 4] = each!(i => residual[i] * residual[i]);
    ((s[0] + s[1]) + (s[2] + s[3])) * s[0].like(0.25)
}

/// The largest residual towards the other target: below half the distance of the targets, all outputs are on the right
/// side of their middle. It may hide a NaN.
#[inline(always)]
pub fn farthest_astray<L: Lanes>(residual: &[L; 4]) -> L {
    residual[1].maximum(residual[2]).maximum(-residual[0].minimum(residual[3]))
}

/// `rate` · Σ over the samples of residual · ∂(output unit's input)/∂θ, that is −2 · `rate` · ∇E.
#[inline(always)]
pub fn change<N: Number>(
    theta: &[N; PARAMETERS],
    h: &[[N; 4]; 2],
    residual: &[N; 4],
    rate: N,
) -> [N; PARAMETERS] {
    let mut change = [rate; PARAMETERS];
    for unit in 0..2 {
        let ([first, second, bias, weight], h) = (UNITS[unit], &h[unit]);
        let g: [N; 4] = each!(i => residual[i] * h[i]);
        // σ′ = h − h²
        let s: [N; 4] = each!(i => g[i].neg_mul_add(h[i], g[i]));
        let rate_below = rate * theta[weight];
        let (low, high, right) = (s[0] + s[1], s[2] + s[3], s[1] + s[3]);
        change[weight] = rate * ((g[0] + g[1]) + (g[2] + g[3]));
        change[bias] = rate_below * (low + high);
        change[first] = rate_below * right;
        change[second] = rate_below * high;
    }
    change[B3] = rate * ((residual[0] + residual[1]) + (residual[2] + residual[3]));
    change
}

/// The error E(θ) and its gradient ∇E(θ), in θ's order.
///
/// With dual numbers for `N` the error carries its own derivatives, which check the gradient.
#[inline(always)]
pub fn error_and_gradient<N: Number>(theta: &[N; PARAMETERS]) -> (N, [N; PARAMETERS]) {
    let preactivations = preactivations(theta);
    let h = each!(unit => activations(preactivations[unit]));
    let residual = residuals(theta, &h);
    (error(&residual), change(theta, &h, &residual, theta[B3].like(-0.5)))
}
