//! The network's formula and one step of its descent, over any number type.

use super::lanes::{Lanes, Mask, Number};
use super::sigmoid;
use super::theta::at::{B1, B2, B3, W1, W2, W3, W4, W5, W6};
use super::theta::PARAMETERS;

/// Steps between two recomputations of the exponentials; runs start and end their turn in a lane at these.
pub const WINDOW: usize = 32;

/// Which network, as a type, so that each is compiled on its own.
pub trait Variant: Copy + Send + Sync + 'static {
    /// Hidden units are tanh, else logistic.
    const TANH: bool;
    /// The output unit is logistic, else linear.
    const SIGMOID_OUTPUT: bool;
    /// Inputs and targets are −1 and +1, else 0 and 1.
    const PLUS_MINUS: bool;
}

/// The variant with these properties.
#[derive(Clone, Copy)]
pub struct Kind<const TANH: bool, const SIGMOID_OUTPUT: bool, const PLUS_MINUS: bool>;

impl<const T: bool, const S: bool, const P: bool> Variant for Kind<T, S, P> {
    const TANH: bool = T;
    const SIGMOID_OUTPUT: bool = S;
    const PLUS_MINUS: bool = P;
}

/// For each hidden unit the places in θ of its two input weights, its bias and its output weight.
const UNITS: [[usize; 4]; 2] = [[W1, W3, B1, W5], [W2, W4, B2, W6]];

/// The four pre-activations of a unit are `[base, base + first, base + second, base + first + second]`.
#[inline(always)]
fn corner<V: Variant, N: Number>(theta: &[N; PARAMETERS], unit: usize) -> [N; 3] {
    let [first, second, bias, _] = UNITS[unit];
    let (first, second, bias) = (theta[first], theta[second], theta[bias]);
    let mut corner = [bias, first, second];
    if V::PLUS_MINUS {
        corner = [bias - first - second, first + first, second + second];
    }
    if V::TANH {
        corner = corner.map(|part| part + part);
    }
    corner
}

#[inline(always)]
fn hidden<V: Variant, N: Number>(sigmoids: [N; 4]) -> [N; 4] {
    if V::TANH { sigmoids.map(|s| (s + s) - s.like(1.0)) } else { sigmoids }
}

/// The four activations of a unit by four sigmoids, for every θ.
#[inline(always)]
pub fn activations<V: Variant, N: Number>(theta: &[N; PARAMETERS], unit: usize) -> [N; 4] {
    let [base, first, second] = corner::<V, N>(theta, unit);
    let along = base + first;
    hidden::<V, N>([base, along, base + second, along + second].map(N::sigmoid))
}

/// The four activations from e^−base, e^−first, e^−second, with one division for all.
#[inline(always)]
fn shared_activations<V: Variant, N: Number>([base, first, second]: [N; 3]) -> [N; 4] {
    let one = base.like(1.0);
    let along = base * first;
    let d = [one + base, one + along, one + base * second, one + along * second];
    let low = d[0] * d[1];
    let high = d[2] * d[3];
    let reciprocal = one / (low * high);
    let per_low = reciprocal * high;
    let per_high = reciprocal * low;
    hidden::<V, N>([per_low * d[1], per_low * d[0], per_high * d[3], per_high * d[2]])
}

/// target − output for the four samples, and the same times the output unit's derivative.
#[inline(always)]
fn residuals<V: Variant, N: Number>(theta: &[N; PARAMETERS], h: &[[N; 4]; 2]) -> ([N; 4], [N; 4]) {
    let b3 = theta[B3];
    let (low, high) = if V::PLUS_MINUS { (-1.0, 1.0) } else { (0.0, 1.0) };
    let low_base = if V::PLUS_MINUS { b3.like(low) - b3 } else { -b3 };
    let high_base = b3.like(high) - b3;
    let bases = if V::SIGMOID_OUTPUT { [-b3; 4] } else { [low_base, high_base, high_base, low_base] };
    let mut r: [N; 4] = std::array::from_fn(|i| h[1][i].neg_mul_add(theta[W6], h[0][i].neg_mul_add(theta[W5], bases[i])));
    let mut delta = r;
    if V::SIGMOID_OUTPUT {
        let one = b3.like(1.0);
        let y = r.map(|negative| one / (one + negative.exp()));
        r = [-y[0], one - y[1], one - y[2], -y[3]];
        delta = std::array::from_fn(|i| r[i] * y[i].neg_mul_add(y[i], y[i]));
    }
    (r, delta)
}

/// rate · Σ over the samples of residual · ∂output/∂θ, which is −2 · rate · ∇E.
#[inline(always)]
fn change<V: Variant, N: Number>(theta: &[N; PARAMETERS], h: &[[N; 4]; 2], delta: &[N; 4], rate: N) -> [N; PARAMETERS] {
    let mut change = [rate; PARAMETERS];
    for unit in 0..2 {
        let [first, second, bias, weight] = UNITS[unit];
        let h = &h[unit];
        let g: [N; 4] = std::array::from_fn(|i| delta[i] * h[i]);
        let slope: [N; 4] = std::array::from_fn(|i| {
            let top = if V::TANH { delta[i] } else { g[i] };
            g[i].neg_mul_add(h[i], top)
        });
        let scale = rate * theta[weight];
        let low = slope[0] + slope[1];
        let high = slope[2] + slope[3];
        let right = slope[1] + slope[3];
        change[weight] = rate * ((g[0] + g[1]) + (g[2] + g[3]));
        change[bias] = scale * (low + high);
        change[first] = scale * if V::PLUS_MINUS { right - (slope[0] + slope[2]) } else { right };
        change[second] = scale * if V::PLUS_MINUS { high - low } else { high };
    }
    change[B3] = rate * ((delta[0] + delta[1]) + (delta[2] + delta[3]));
    change
}

/// A run in each lane: where it is, and how fast it moves.
#[derive(Clone, Copy)]
pub struct Walk<L> {
    /// The parameters.
    pub theta: [L; PARAMETERS],
    /// The last change of the parameters; used with momentum only.
    pub velocity: [L; PARAMETERS],
    /// α/2
    pub half_rate: L,
    /// μ
    pub momentum: L,
}

/// What a window of steps saw.
pub struct Record<L> {
    /// The error at each step, before its update.
    pub errors: [L; WINDOW],
    /// The largest squared residual at each step.
    pub worst: [L; WINDOW],
    /// The smallest and largest error, the smallest of the worst.
    pub low: L,
    /// .
    pub high: L,
    /// .
    pub best: L,
}

/// The weights beyond which one division for four sigmoids could overflow.
const LARGE: f64 = 80.0;

/// Advances `steps` updates.
#[inline(always)]
pub fn window<V: Variant, L: Lanes, const MOMENTUM: bool>(walk: &mut Walk<L>, record: &mut Record<L>, steps: usize) {
    let mut theta = walk.theta;
    let mut velocity = walk.velocity;
    let rate = walk.half_rate;
    let small = rate.like(sigmoid::SMALL * sigmoid::SMALL);
    let mut corners = [corner::<V, L>(&theta, 0), corner::<V, L>(&theta, 1)];
    let mut exponentials = corners.map(|c| c.map(|part| (-part).exp()));
    let mut plain = is_plain(&corners);
    let mut low = rate.like(f64::INFINITY);
    let mut high = rate.like(f64::NEG_INFINITY);
    let mut best = low;
    let mut t = 0;
    while t < steps {
        let mut h = exponentials.map(|e| shared_activations::<V, L>(e));
        if !plain.all() {
            for unit in 0..2 {
                let direct = activations::<V, L>(&theta, unit);
                h[unit] = std::array::from_fn(|i| L::select(plain, h[unit][i], direct[i]));
            }
        }
        let (r, delta) = residuals::<V, L>(&theta, &h);
        let squares = r.map(|r| r * r);
        let error = ((squares[0] + squares[1]) + (squares[2] + squares[3])) * rate.like(0.25);
        let worst = squares[0].maximum(squares[1]).maximum(squares[2].maximum(squares[3]));
        record.errors[t] = error;
        record.worst[t] = worst;
        low = low.minimum(error);
        high = high.maximum(error);
        best = best.minimum(worst);
        let mut step = change::<V, L>(&theta, &h, &delta, rate);
        if MOMENTUM {
            for i in 0..PARAMETERS {
                step[i] = walk.momentum.mul_add(velocity[i], step[i]);
            }
            velocity = step;
        }
        for i in 0..PARAMETERS {
            theta[i] = theta[i] + step[i];
        }
        let moved = [corner::<V, L>(&step, 0), corner::<V, L>(&step, 1)];
        let length = moved[0][0] * moved[0][0];
        let length = moved[0][1].mul_add(moved[0][1], length);
        let length = moved[0][2].mul_add(moved[0][2], length);
        let other = moved[1][0] * moved[1][0];
        let other = moved[1][1].mul_add(moved[1][1], other);
        let other = moved[1][2].mul_add(moved[1][2], other);
        let is_small = (length + other).at_most(small);
        for u in 0..2 {
            for p in 0..3 {
                exponentials[u][p] = sigmoid::advance(exponentials[u][p], -moved[u][p]);
            }
        }
        if !is_small.all() {
            corners = [corner::<V, L>(&theta, 0), corner::<V, L>(&theta, 1)];
            let fresh = corners.map(|c| c.map(|part| (-part).exp()));
            for u in 0..2 {
                for p in 0..3 {
                    exponentials[u][p] = L::select(is_small, exponentials[u][p], fresh[u][p]);
                }
            }
            plain = (plain & is_small) | (is_plain(&corners) & !is_small);
        }
        t += 1;
    }
    walk.theta = theta;
    walk.velocity = velocity;
    record.low = low;
    record.high = high;
    record.best = best;
}

#[inline(always)]
fn is_plain<L: Lanes>(corners: &[[L; 3]; 2]) -> L::Mask {
    let limit = corners[0][0].like(LARGE);
    let ok = |c: &[L; 3]| c[0].abs().at_most(limit) & c[1].abs().at_most(limit) & c[2].abs().at_most(limit);
    ok(&corners[0]) & ok(&corners[1])
}
