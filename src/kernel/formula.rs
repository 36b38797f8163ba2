//! The formula of the network, written once, over an abstract number type.
//!
//! The four inputs are the corners of a square, so a hidden unit's pre-activations are
//! `base`, `base + first`, `base + second` and `base + first + second`, in the samples' order 00, 10, 01, 11; and the
//! sums over the samples in the gradient are sums over fixed corners. The variants differ in small parts of it:
//!
//! - `plus-minus` inputs move and double the square: base = b − w − w′, first = 2w, second = 2w′;
//! - tanh z = 2σ(2z) − 1, so tanh units double the square and map the sigmoid's values;
//! - a sigmoid output unit scales each residual by ŷ(1 − ŷ) on its way back.
//!
//! The descent needs only `rate` · Σ residual · ∂ŷ/∂θ over the samples, which is −2 · `rate` · ∇E: see [`change`].

use super::lanes::{Lanes, Number, each};
use super::theta::at::{B1, B2, B3, W1, W2, W3, W4, W5, W6};
use super::theta::{PARAMETERS, Theta};
use super::variant::{Coding, Hidden, Network, Output};

/// Which network, as a type, so that the code for each is compiled on its own.
pub trait Variant: Copy + Send + Sync + 'static {
    /// The choice as a value.
    const NETWORK: Network;
    /// Hidden units are tanh, else logistic.
    const TANH: bool = matches!(Self::NETWORK.hidden, Hidden::Tanh);
    /// The output unit is logistic, else linear.
    const SIGMOID_OUTPUT: bool = matches!(Self::NETWORK.output, Output::Sigmoid);
    /// Inputs and targets are −1 and +1, else 0 and 1.
    const PLUS_MINUS: bool = matches!(Self::NETWORK.coding, Coding::PlusMinus);
}

macro_rules! variants {
    ($($(#[$doc:meta])* $name:ident: $hidden:ident, $output:ident, $coding:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name;
            impl Variant for $name {
                const NETWORK: Network =
                    Network { hidden: Hidden::$hidden, output: Output::$output, coding: Coding::$coding };
            }
        )*

        impl Network {
            /// The networks there are; ±1 coding has no sigmoid output, which could not reach its targets.
            pub const ALL: &[Self] = &[$($name::NETWORK),*];

            /// Goes from the choice as a value to the choice as a type.
            ///
            /// # Panics
            /// For a network that is not in [`Network::ALL`].
            pub fn visit<V: Visitor>(&self, visitor: V) -> V::Out {
                match *self {
                    $(network if network == $name::NETWORK => visitor.visit::<$name>(),)*
                    _ => panic!("no such network: {self:?}"),
                }
            }
        }
    };
}

variants! {
    /// The network of the original question.
    Question: Sigmoid, Linear, ZeroOne;
    /// Tanh hidden units.
    Tanh: Tanh, Linear, ZeroOne;
    /// A sigmoid output unit.
    SigmoidOutput: Sigmoid, Sigmoid, ZeroOne;
    /// Tanh hidden units and a sigmoid output unit.
    TanhSigmoidOutput: Tanh, Sigmoid, ZeroOne;
    /// Inputs and targets −1 and +1.
    PlusMinus: Sigmoid, Linear, PlusMinus;
    /// Tanh hidden units; inputs and targets −1 and +1.
    TanhPlusMinus: Tanh, Linear, PlusMinus;
}

/// Something to do for a network that is known as a value, in code compiled for it as a type.
pub trait Visitor {
    /// What it results in.
    type Out;
    /// Does it.
    fn visit<V: Variant>(self) -> Self::Out;
}

/// For each hidden unit, where its two input weights, its bias and its output weight stand in θ.
const UNITS: [[usize; 4]; 2] = [[W1, W3, B1, W5], [W2, W4, B2, W6]];

/// For each hidden unit `[base, first, second]`, which are linear in θ: a change of θ has a change of these.
#[inline(always)]
pub fn squares<V: Variant, N: Number>(theta: &[N; PARAMETERS]) -> [[N; 3]; 2] {
    each!(unit => {
        let [first, second, bias, _] = UNITS[unit];
        let (first, second, bias) = (theta[first], theta[second], theta[bias]);
        let square = if V::PLUS_MINUS {
            [bias - first - second, first + first, second + second]
        } else {
            [bias, first, second]
        };
        if V::TANH { each!(part => square[part] + square[part]) } else { square }
    })
}

#[inline(always)]
fn from_sigmoids<V: Variant, N: Number>(sigmoids: [N; 4]) -> [N; 4] {
    let one = sigmoids[0].like(1.0);
    if V::TANH { each!(i => (sigmoids[i] + sigmoids[i]) - one) } else { sigmoids }
}

/// The activations of a hidden unit in the four samples, good for every finite θ.
#[inline(always)]
pub fn activations<V: Variant, N: Number>([base, first, second]: [N; 3]) -> [N; 4] {
    let along = base + first;
    let z = [base, along, base + second, along + second];
    from_sigmoids::<V, N>(each!(i => z[i].sigmoid()))
}

/// The same from e^−base, e^−first and e^−second: products instead of exponentials, and one division,
/// 1 / (d₀·d₁·d₂·d₃), for the four 1 / dᵢ. The caller sees to it that the product cannot overflow.
#[inline(always)]
pub fn activations_from_exponentials<V: Variant, N: Number>([base, first, second]: [N; 3]) -> [N; 4] {
    let one = base.like(1.0);
    let along = base * first;
    let d = [one + base, one + along, one + base * second, one + along * second];
    let (low, high) = (d[0] * d[1], d[2] * d[3]);
    let all = one / (low * high);
    let (per_low, per_high) = (all * high, all * low);
    from_sigmoids::<V, N>([per_low * d[1], per_low * d[0], per_high * d[3], per_high * d[2]])
}

/// What a sample's output is off by, and what of it reaches the layer below.
#[derive(Clone, Copy)]
pub struct Residuals<N> {
    /// Target − output.
    pub residual: [N; 4],
    /// The same times the derivative of the output unit.
    pub delta: [N; 4],
}

/// `from` − h₁·w5 − h₂·w6 in the four samples.
#[inline(always)]
fn less_sum<N: Number>(theta: &[N; PARAMETERS], h: &[[N; 4]; 2], from: [N; 4]) -> [N; 4] {
    each!(i => h[1][i].neg_mul_add(theta[W6], h[0][i].neg_mul_add(theta[W5], from[i])))
}

/// The residuals of the four samples, from the activations of both hidden units.
#[inline(always)]
pub fn residuals<V: Variant, N: Number>(theta: &[N; PARAMETERS], h: &[[N; 4]; 2]) -> Residuals<N> {
    let bias = theta[B3];
    let one = bias.like(1.0);
    if V::SIGMOID_OUTPUT {
        let less = less_sum(theta, h, [-bias; 4]);
        // Two signs that cancel, rather than the sigmoid written out: dual numbers have a rule for it.
        let output: [N; 4] = each!(i => (-less[i]).sigmoid());
        let residual = [-output[0], one - output[1], one - output[2], -output[3]];
        let delta = each!(i => residual[i] * output[i].neg_mul_add(output[i], output[i]));
        return Residuals { residual, delta };
    }
    let low = if V::PLUS_MINUS { -one - bias } else { -bias };
    let high = one - bias;
    let residual = less_sum(theta, h, [low, high, high, low]);
    Residuals { residual, delta: residual }
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

/// `rate` · Σ over the samples of delta · ∂(output unit's input)/∂θ, that is −2 · `rate` · ∇E.
#[inline(always)]
pub fn change<V: Variant, N: Number>(
    theta: &[N; PARAMETERS],
    h: &[[N; 4]; 2],
    delta: &[N; 4],
    rate: N,
) -> [N; PARAMETERS] {
    let mut change = [rate; PARAMETERS];
    for unit in 0..2 {
        let ([first, second, bias, weight], h) = (UNITS[unit], &h[unit]);
        let g: [N; 4] = each!(i => delta[i] * h[i]);
        // σ′ = h − h², tanh′ = 1 − h²
        let s: [N; 4] = each!(i => g[i].neg_mul_add(h[i], if V::TANH { delta[i] } else { g[i] }));
        let rate_below = rate * theta[weight];
        let (low, high, right) = (s[0] + s[1], s[2] + s[3], s[1] + s[3]);
        change[weight] = rate * ((g[0] + g[1]) + (g[2] + g[3]));
        change[bias] = rate_below * (low + high);
        change[first] = rate_below * if V::PLUS_MINUS { right - (s[0] + s[2]) } else { right };
        change[second] = rate_below * if V::PLUS_MINUS { high - low } else { high };
    }
    change[B3] = rate * ((delta[0] + delta[1]) + (delta[2] + delta[3]));
    change
}

/// The error E(θ) and its gradient ∇E(θ), in θ's order.
///
/// With dual numbers for `N` the error carries its own derivatives, which check the gradient.
#[inline(always)]
pub fn error_and_gradient<V: Variant, N: Number>(theta: &[N; PARAMETERS]) -> (N, [N; PARAMETERS]) {
    let squares = squares::<V, N>(theta);
    let h = each!(unit => activations::<V, N>(squares[unit]));
    let Residuals { residual, delta } = residuals::<V, N>(theta, &h);
    (error(&residual), change::<V, N>(theta, &h, &delta, theta[B3].like(-0.5)))
}

/// What the network makes of the four samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Samples {
    /// Of each hidden unit, in the samples' order 00, 10, 01, 11.
    pub activations: [[f64; 4]; 2],
    /// Target − output.
    pub residuals: [f64; 4],
}

struct OfSamples<'a>(&'a Theta);

impl Visitor for OfSamples<'_> {
    type Out = Samples;

    fn visit<V: Variant>(self) -> Samples {
        let activations = squares::<V, f64>(self.0).map(activations::<V, f64>);
        let Residuals { residual, .. } = residuals::<V, f64>(self.0, &activations);
        Samples { activations, residuals: residual }
    }
}

/// Activations and residuals at θ.
#[must_use]
pub fn samples(network: &Network, theta: &Theta) -> Samples {
    network.visit(OfSamples(theta))
}

/// The targets of the samples 00, 10, 01, 11.
#[must_use]
pub fn targets(network: &Network) -> [f64; 4] {
    let low = if network.coding == Coding::PlusMinus { -1.0 } else { 0.0 };
    [low, 1.0, 1.0, low]
}
