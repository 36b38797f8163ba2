//! Our own exponential: the same bits on every machine, with no value of the platform's mathematical library.
//!
//! [`exp`]: e^x = 2^k · e^r with k = x / ln 2 rounded and |r| ≤ ln 2 / 2; e^r is a polynomial. Where the result is a
//! normal number its error stays below 1.0 units in the last place, and that of
//! [`Number::sigmoid`](super::lanes::Number::sigmoid) below 2.5; the worst of 35 million arguments are off by 0.97
//! and 2.47 (where 1 + e^−x passes 2^53). `tests/numerics/exponential.rs` measures both against 50 digits.
//!
//! [`advance`]: e^(a + x) from e^a, for small x, at a third of the cost.

use super::lanes::{Lanes, Mask, Pair, each};

/// 1.5 · 2^52: adding it to a number below 2^51 rounds it to an integer, which then stands in the lowest bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// ln 2 in two parts; the first ends in eleven zero bits, so that its product with k is exact for |k| < 2^11.
const LN_2_HIGH: f64 = f64::from_bits(0x3FE6_2E42_FEFA_3800);
const LN_2_LOW: f64 = f64::from_bits(0x3D2E_F357_93C7_6730);

/// The largest x for which e^x is finite: ln(2^1024) rounded down.
const OVERFLOW: f64 = 709.782_712_893_384;
/// The least x for which e^x is a normal number: ln(2^−1022) rounded up.
const UNDERFLOW: f64 = -708.396_418_532_264_1;

/// q of e^r = 1 + r + r²·q(r) for |r| ≤ ln 2 / 2, from low to high; relative error 2^−60
/// (`tests/oracle/coefficients.py`, A d = 12).
const REDUCED: [f64; 11] = [
    0.5,
    0.166_666_666_666_666_82,
    0.041_666_666_666_666_095,
    0.008_333_333_333_317_048,
    0.001_388_888_888_911_544_9,
    0.000_198_412_698_963_508_7,
    2.480_158_692_685_359_7e-5,
    2.755_723_489_554_820_3e-6,
    2.755_758_174_704_952_5e-7,
    2.511_202_488_858_688_3e-8,
    2.082_663_591_016_439e-9,
];

#[inline(always)]
fn polynomial<L: Lanes>(coefficients: &[f64], x: L) -> L {
    let (last, rest) = coefficients.split_last().expect("a polynomial has a coefficient");
    let mut sum = x.like(*last);
    for &coefficient in rest.iter().rev() {
        sum = sum.mul_add(x, x.like(coefficient));
    }
    sum
}

/// e^x: infinite above ln(2^1024), 0 where the result would be subnormal, NaN for NaN.
#[inline(always)]
pub fn exp<L: Lanes>(x: L) -> L {
    let scaled = plain_exp(x);
    // Written so that a NaN, for which no comparison is true, comes through both selections.
    let bounded = L::select(x.at_most(x.like(OVERFLOW)), scaled, x + x.like(f64::INFINITY));
    L::select(x.less(x.like(UNDERFLOW)), x.like(0.0), bounded)
}

/// e^x for |x| ≤ 708: without the care [`exp`] takes of its ends.
#[inline(always)]
fn plain_exp<L: Lanes>(x: L) -> L {
    let shifted = x.mul_add(x.like(std::f64::consts::LOG2_E), x.like(ROUND));
    let k = shifted - x.like(ROUND);
    let r = k.neg_mul_add(x.like(LN_2_LOW), k.neg_mul_add(x.like(LN_2_HIGH), x));
    let power = (r * r).mul_add(polynomial(&REDUCED, r), r) + x.like(1.0);
    power.add_exponent(shifted)
}

/// The same of B numbers side by side: the compiler leaves what it is given more or less in order, and one number's
/// operations are as many as a processor looks ahead, but each waits for the one before.
#[inline(always)]
fn plain_exps<L: Lanes, const B: usize>(x: &[L; B]) -> [L; B] {
    match B {
        4 => {
            let Pair(Pair(a, b), Pair(c, d)) = plain_exp(Pair(Pair(x[0], x[1]), Pair(x[2], x[3])));
            each!(i => [a, b, c, d][i])
        }
        2 => {
            let Pair(a, b) = plain_exp(Pair(x[0], x[1]));
            each!(i => [a, b][i])
        }
        _ => each!(i => plain_exp(x[i])),
    }
}

/// The largest |x| for which [`advance`] may be used.
pub const SMALL: f64 = 1.0 / 64.0;

/// p of e^x = 1 + x·p(x) for |x| ≤ [`SMALL`], from low to high; relative error 2^−58.7
/// (`tests/oracle/coefficients.py`, B c = 1/64, d = 6).
const NEAR_ZERO: [f64; 6] = [
    1.000_000_000_000_000_2,
    0.499_999_999_999_999_5,
    0.166_666_666_656_341_92,
    0.041_666_666_672_015_78,
    0.008_333_418_037_361_403,
    0.001_388_880_358_124_164,
];

/// `exponential` · e^x for |x| ≤ [`SMALL`]; the result is at most 0.6 units in the last place from the exact
/// product (0.54 is the worst seen).
#[inline(always)]
pub fn advance<L: Lanes>(exponential: L, x: L) -> L {
    (exponential * x).mul_add(polynomial(&NEAR_ZERO, x), exponential)
}

/// The largest |x| for which [`advance_far`] may be used.
pub const FAIR: f64 = 1.0 / 2.0;

/// q of e^x = 1 + x + x²·q(x) for |x| ≤ [`FAIR`], from low to high; relative error 2^−55.9
/// (`tests/oracle/coefficients.py`, C c = 1/2, d = 12).
const FAIRLY_NEAR_ZERO: [f64; 11] = [
    0.500_000_000_000_000_3,
    0.166_666_666_666_673_04,
    0.041_666_666_666_644_48,
    0.008_333_333_333_033_037,
    0.001_388_888_889_311_427_7,
    0.000_198_412_703_322_995_81,
    2.480_158_394_142_547e-5,
    2.755_695_621_934_176e-6,
    2.755_845_068_458_470_7e-7,
    2.517_651_410_140_104_2e-8,
    2.077_311_456_032_025e-9,
];

/// `exponential` · e^x for |x| ≤ [`FAIR`]: half the work of [`exp`]; the result is at most 1.5 units in the last place
/// from the exact product (1.04 is the worst seen).
#[inline(always)]
pub fn advance_far<L: Lanes>(exponential: L, x: L) -> L {
    let above_one = (x * x).mul_add(polynomial(&FAIRLY_NEAR_ZERO, x), x);
    exponential.mul_add(above_one, exponential)
}

/// Products of denominators up to this have a reciprocal that is a normal number.
pub(crate) const LIMIT: f64 = f64::from_bits((1023 + 1000) << 52);
/// Four arguments whose squares add up to at most this one's square have a product of denominators below [`LIMIT`]:
/// Σ|z| ≤ 2·172, and e^344·2^4 < 2^1000.
const MODERATE: f64 = 172.0;

/// One division for B reciprocals, and the product of all; meaningful where that is at most [`LIMIT`].
#[inline(always)]
pub(crate) fn reciprocals<L: Lanes, const B: usize>(d: &[L; B]) -> ([L; B], L) {
    let one = d[0].like(1.0);
    match B {
        4 => {
            let (low, high) = (d[0] * d[1], d[2] * d[3]);
            let product = low * high;
            let all = one / product;
            let (per_low, per_high) = (all * high, all * low);
            (each!(i => if i < 2 { per_low * d[1 - i] } else { per_high * d[5 - i] }), product)
        }
        2 => {
            let product = d[0] * d[1];
            let all = one / product;
            (each!(i => all * d[1 - i]), product)
        }
        _ => (each!(i => one / d[i]), d[0]),
    }
}

#[inline(always)]
pub(crate) fn sum_of_squares<L: Lanes, const B: usize>(x: &[L; B]) -> L {
    let mut sum = x[0] * x[0];
    for x in &x[1..] {
        sum = x.mul_add(*x, sum);
    }
    sum
}

/// The logistic function of B numbers z, seen from both sides.
#[derive(Clone, Copy)]
pub struct Shares<L, const B: usize> {
    /// σ(z)
    pub right: [L; B],
    /// σ(−z), as exact as it is small.
    pub wrong: [L; B],
    /// e^−z, at most about e^700.
    pub exponential: [L; B],
    /// −Σ ln σ(z) of the first `valid` of them.
    pub loss: L,
}

/// See [`Shares`]; `valid` is 0 where no loss is wanted. NaN for NaN.
#[inline(always)]
pub fn shares<L: Lanes, const B: usize>(z: &[L; B], valid: usize) -> Shares<L, B> {
    let one = z[0].like(1.0);
    // Beyond, a share is 0 or 1 to the last bit, and no reciprocal is subnormal.
    let low = one.like(-700.0);
    let bounded: [L; B] = each!(i => L::select(z[i].less(low), low, z[i]));
    let is_moderate = sum_of_squares(&bounded).at_most(one.like(MODERATE * MODERATE));
    let mut e = plain_exps(&each!(i => -bounded[i]));
    let mut d: [L; B] = each!(i => one + e[i]);
    let (mut right, product) = reciprocals(&d);
    if !is_moderate.all() {
        (e, d, right) = one.apart(
            #[inline(always)]
            move || {
                for i in 0..B {
                    e[i] = L::select(is_moderate, e[i], (-bounded[i]).exp());
                    d[i] = one + e[i];
                    right[i] = L::select(is_moderate, right[i], one / d[i]);
                }
                (e, d, right)
            },
        );
    }
    let mut loss = one.like(0.0);
    if valid > 0 {
        // −ln σ(z) = ln(1 + e^−z), and −z beyond the bound.
        for i in 0..valid {
            loss = loss + (bounded[i] - z[i]);
        }
        // One logarithm for all: Σ ln d = ln Π d.
        let mut logarithms = if valid == B { ln(product) } else { one.like(0.0) };
        if valid < B || !is_moderate.all() {
            let mut apart = one.like(0.0);
            for d in &d[..valid] {
                apart = apart + ln(*d);
            }
            logarithms = if valid == B { L::select(is_moderate, logarithms, apart) } else { apart };
        }
        loss = loss + logarithms;
    }
    Shares { right, wrong: each!(i => e[i] * right[i]), exponential: e, loss }
}

/// ln x for a positive normal x; NaN for NaN and infinity: x = m·2^e with √½ ≤ m < √2, and
/// ln m = 2·atanh s = 2·(s + s³/3 + s⁵/5 + …) with s = (m − 1)/(m + 1), |s| ≤ 0.1716. The first term left out is below
/// 2^−60 of the sum.
#[inline(always)]
pub fn ln<L: Lanes>(x: L) -> L {
    let one = x.like(1.0);
    let (exponent, m) = x.split();
    let exponent = exponent - x.like(4_503_599_627_370_496.0 + 1023.0);
    let is_low = m.at_most(x.like(std::f64::consts::SQRT_2));
    let m = L::select(is_low, m, m * x.like(0.5));
    let exponent = L::select(is_low, exponent, exponent + one);
    let s = (m - one) / (m + one);
    let s2 = s * s;
    let mut sum = x.like(1.0 / 23.0);
    for k in (1..11).rev() {
        sum = sum.mul_add(s2, x.like(1.0 / (2 * k + 1) as f64));
    }
    let twice = s + s;
    let ln_m = (twice * s2).mul_add(sum, twice);
    exponent.mul_add(x.like(LN_2_HIGH), exponent.mul_add(x.like(LN_2_LOW), ln_m)) + x * x.like(0.0)
}
