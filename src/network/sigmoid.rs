//! Our own exponential, the same bits on every machine.
//!
//! e^x = 2^k · e^r with k = round(x / ln 2) and |r| ≤ ln 2 / 2; e^r is a polynomial.

use super::lanes::{Lanes, Mask};

const ROUND: f64 = 6755399441055744.0; // 1.5 · 2^52: adding it rounds to an integer, kept in the lowest bits

// ln 2 in two parts: the first has 11 trailing zero bits, so that k · LN_2_HIGH is exact for |k| < 2^11.
const LN_2_HIGH: f64 = f64::from_bits(0x3FE62E42FEFA3800);
const LN_2_LOW: f64 = f64::from_bits(0x3D2EF35793C76730);

/// Above this e^x is over the largest finite number.
const OVERFLOW: f64 = 709.782712893384;
/// Below this e^x is under the smallest normal number.
const UNDERFLOW: f64 = -708.3964185322641;

const E: [f64; 12] = [
    0.5, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0, 1.0 / 5040.0, 1.0 / 40320.0, 1.0 / 362880.0, 1.0 / 3628800.0,
    1.0 / 39916800.0, 1.0 / 479001600.0, 1.0 / 6227020800.0,
];

/// e^x
#[inline(always)]
pub fn exp<L: Lanes>(x: L) -> L {
    let shifted = x.mul_add(x.like(std::f64::consts::LOG2_E), x.like(ROUND));
    let k = shifted - x.like(ROUND);
    let r = k.neg_mul_add(x.like(LN_2_LOW), k.neg_mul_add(x.like(LN_2_HIGH), x));
    let mut q = x.like(E[11]);
    for c in E[..11].iter().rev() {
        q = q.mul_add(r, x.like(*c));
    }
    let p = (r * r).mul_add(q, r) + x.like(1.0);
    let y = p.add_exponent(shifted);
    let y = L::select(x.at_most(x.like(OVERFLOW)), y, x + x.like(f64::INFINITY));
    L::select(x.less(x.like(UNDERFLOW)), x.like(0.0), y)
}

/// The largest |x| for which [`advance`] may be used.
pub const SMALL: f64 = 1.0 / 64.0;

/// exponential · e^x, for |x| ≤ SMALL.
#[inline(always)]
pub fn advance<L: Lanes>(exponential: L, x: L) -> L {
    let mut q = x.like(1.0/720.0);
    for c in [1.0/120.0, 1.0/24.0, 1.0/6.0, 0.5] {
        q = q.mul_add(x, x.like(c));
    }
    let q = q.mul_add(x, x.like(1.0));
    (exponential * x).mul_add(q, exponential)
}

/// Whether every lane is true: keeps the trait's name out of the kernel.
#[inline(always)]
pub fn all<M: Mask>(mask: M) -> bool {
    mask.all()
}
