//! The number types the network's formula runs on: one number, or a register of them, a run in each lane.
//!
//! [`Number`] is what the formula needs (so that dual numbers fit as well); [`Lanes`] adds what descent needs to
//! take decisions lane by lane. Every operation is one IEEE 754 binary64 operation in each lane, so all
//! implementations agree bit for bit and a lane never sees its neighbours:
//!
//! - `f64`: one run, the readable reference;
//! - `wide::f64x8`: eight runs with the instructions the crate was compiled for, where the next does not serve;
//! - [`fearless_simd::f64x8`]: eight runs with an instruction set detected at run time;
//! - [`Pair`]: two registers side by side, so that one's latency hides behind the other's work.
//!
//! `minimum` and `maximum` may drop a NaN: use them only where NaN is found by other means.

use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

use fearless_simd::{Select, Simd, SimdBase, SimdFloat, SimdMask};

use super::sigmoid::{self, Shares};

/// A real number as the network's formula sees it.
pub trait Number:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// The constant `value`, in the shape of `self`.
    fn like(self, value: f64) -> Self;
    /// `self · factor + addend`, rounded once.
    fn mul_add(self, factor: Self, addend: Self) -> Self;
    /// e^self
    fn exp(self) -> Self;

    /// `addend − self · factor`, rounded once.
    #[inline(always)]
    fn neg_mul_add(self, factor: Self, addend: Self) -> Self {
        (-self).mul_add(factor, addend)
    }
    /// The logistic function, 1 / (1 + e^−self).
    #[inline(always)]
    fn sigmoid(self) -> Self {
        self.like(1.0) / (self.like(1.0) + (-self).exp())
    }
}

/// `each!(i => expression)` is the array of the expression's values for i = 0, 1, …, always inlined.
///
/// `std::array::from_fn` and `map` may stay calls, and what they call is then compiled without the instruction set
/// the kernel around them was compiled for.
macro_rules! each {
    ($index:pat => $value:expr) => {
        $crate::lanes::each_of(
            #[inline(always)]
            |$index| $value,
        )
    };
}
pub(crate) use each;

#[inline(always)]
pub(crate) fn each_of<T: Copy, const N: usize>(f: impl Fn(usize) -> T) -> [T; N] {
    let mut all = [f(0); N];
    for (index, place) in all.iter_mut().enumerate().skip(1) {
        *place = f(index);
    }
    all
}

/// A truth value for each lane.
pub trait Mask: Copy + BitAnd<Output = Self> + BitOr<Output = Self> + Not<Output = Self> {
    /// How many truth values it holds.
    const LANES: usize;
    /// Whether it is true in every lane.
    fn all(self) -> bool;
    /// Bit `i` is lane `i`.
    fn bits(self) -> u64;
}

/// A register of numbers, a run in each lane.
pub trait Lanes: Number {
    /// What proves that the instructions may be used; `()` where nothing needs to be proved.
    type Token: Copy + Send + Sync;
    /// The result of a comparison.
    type Mask: Mask;
    /// How many runs it holds.
    const LANES: usize;

    /// `value` in every lane.
    fn splat(token: Self::Token, value: f64) -> Self;
    /// The number in one lane.
    fn lane(&self, lane: usize) -> f64;
    /// Puts `value` into one lane.
    fn set_lane(&mut self, lane: usize, value: f64);
    /// `self < other`; false for NaN.
    fn less(self, other: Self) -> Self::Mask;
    /// `self ≤ other`; false for NaN.
    fn at_most(self, other: Self) -> Self::Mask;
    /// In each lane `yes` where `mask` is true and `no` elsewhere.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// The smaller of the two; either where one is NaN.
    fn minimum(self, other: Self) -> Self;
    /// The larger of the two; either where one is NaN.
    fn maximum(self, other: Self) -> Self;
    /// The absolute value.
    fn abs(self) -> Self;
    /// The square root, rounded once.
    fn sqrt(self) -> Self;
    /// For a positive normal number m·2^e with 1 ≤ m < 2: e + 1023 + 2^52, and m. Anything for others.
    fn split(self) -> (Self, Self);
    /// Multiplies by 2^k, where the lowest bits of `shifted` hold the integer k in two's complement and the result
    /// is a normal number: k is added to the exponent field.
    fn add_exponent(self, shifted: Self) -> Self;
    /// Does something that is seldom needed, compiled apart: so it takes no registers from what is done often.
    #[inline(always)]
    fn apart<R>(self, work: impl FnOnce() -> R) -> R {
        work()
    }
    /// The logistic function of B numbers and what comes with it; see [`sigmoid::shares`].
    #[inline(always)]
    fn shares<const B: usize>(z: &[Self; B], valid: usize) -> Shares<Self, B> {
        sigmoid::shares(z, valid)
    }
}

#[inline(always)]
fn split_bits(value: f64) -> (f64, f64) {
    let bits = value.to_bits();
    (f64::from_bits(bits >> 52 | EXPONENT_OF_2_52), f64::from_bits(bits & MANTISSA | EXPONENT_OF_1))
}

/// The bits of 2^52: a whole number below 2^52 in the lowest bits is added to it.
const EXPONENT_OF_2_52: u64 = 0x4330_0000_0000_0000;
const EXPONENT_OF_1: u64 = 0x3FF0_0000_0000_0000;
const MANTISSA: u64 = 0x000F_FFFF_FFFF_FFFF;

#[inline(always)]
fn add_exponent_bits(value: f64, shifted: f64) -> f64 {
    f64::from_bits(value.to_bits().wrapping_add(shifted.to_bits() << 52))
}

impl Mask for bool {
    const LANES: usize = 1;

    #[inline(always)]
    fn all(self) -> bool {
        self
    }
    #[inline(always)]
    fn bits(self) -> u64 {
        u64::from(self)
    }
}

impl Number for f64 {
    #[inline(always)]
    fn like(self, value: f64) -> Self {
        value
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        f64::mul_add(self, factor, addend)
    }
    #[inline(always)]
    fn exp(self) -> Self {
        sigmoid::exp(self)
    }
}

impl Lanes for f64 {
    type Token = ();
    type Mask = bool;
    const LANES: usize = 1;

    #[inline(always)]
    fn splat((): (), value: f64) -> Self {
        value
    }
    #[inline(always)]
    fn lane(&self, _: usize) -> f64 {
        *self
    }
    #[inline(always)]
    fn set_lane(&mut self, _: usize, value: f64) {
        *self = value;
    }
    #[inline(always)]
    fn less(self, other: Self) -> bool {
        self < other
    }
    #[inline(always)]
    fn at_most(self, other: Self) -> bool {
        self <= other
    }
    #[inline(always)]
    fn select(mask: bool, yes: Self, no: Self) -> Self {
        if mask { yes } else { no }
    }
    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        if self < other { self } else { other }
    }
    #[inline(always)]
    fn maximum(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
    #[inline(always)]
    fn abs(self) -> Self {
        f64::abs(self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        f64::sqrt(self)
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        split_bits(self)
    }
    #[inline(always)]
    fn add_exponent(self, shifted: Self) -> Self {
        add_exponent_bits(self, shifted)
    }
}

macro_rules! forward_mask_operators {
    ($([$($generics:tt)*] $mask:ty, $make:path);* $(;)?) => {$(
        impl<$($generics)*> BitAnd for $mask {
            type Output = Self;
            #[inline(always)]
            fn bitand(self, other: Self) -> Self {
                $make(self.0 & other.0)
            }
        }
        impl<$($generics)*> BitOr for $mask {
            type Output = Self;
            #[inline(always)]
            fn bitor(self, other: Self) -> Self {
                $make(self.0 | other.0)
            }
        }
        impl<$($generics)*> Not for $mask {
            type Output = Self;
            #[inline(always)]
            fn not(self) -> Self {
                $make(!self.0)
            }
        }
    )*};
}

forward_mask_operators! {
    [S: Simd] DetectedMask<S>, DetectedMask;
}

#[cfg(any(not(target_arch = "x86_64"), target_feature = "fma"))]
mod by_wide;

/// The comparison result of [`fearless_simd::f64x8`].
#[derive(Clone, Copy)]
pub struct DetectedMask<S: Simd>(fearless_simd::mask64x8<S>);

impl<S: Simd> Mask for DetectedMask<S> {
    const LANES: usize = 8;

    #[inline(always)]
    fn all(self) -> bool {
        self.0.all_true()
    }
    #[inline(always)]
    fn bits(self) -> u64 {
        self.0.to_bitmask()
    }
}

impl<S: Simd> Number for fearless_simd::f64x8<S> {
    #[inline(always)]
    fn like(self, value: f64) -> Self {
        <Self as SimdBase<S>>::splat(self.simd, value)
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        self.mul_add_precise(factor, addend)
    }
    #[inline(always)]
    fn exp(self) -> Self {
        sigmoid::exp(self)
    }
}

#[cold]
#[inline(never)]
fn apart<S: Simd, R>(token: S, work: impl FnOnce() -> R) -> R {
    token.vectorize(work)
}

impl<S: Simd> Lanes for fearless_simd::f64x8<S> {
    type Token = S;
    type Mask = DetectedMask<S>;
    const LANES: usize = 8;

    #[inline(always)]
    fn splat(token: S, value: f64) -> Self {
        <Self as SimdBase<S>>::splat(token, value)
    }
    #[inline(always)]
    fn lane(&self, lane: usize) -> f64 {
        self[lane]
    }
    #[inline(always)]
    fn set_lane(&mut self, lane: usize, value: f64) {
        self[lane] = value;
    }
    #[inline(always)]
    fn less(self, other: Self) -> Self::Mask {
        DetectedMask(self.simd_lt(other))
    }
    #[inline(always)]
    fn at_most(self, other: Self) -> Self::Mask {
        DetectedMask(self.simd_le(other))
    }
    #[inline(always)]
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        mask.0.select(yes, no)
    }
    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        self.min(other)
    }
    #[inline(always)]
    fn maximum(self, other: Self) -> Self {
        self.max(other)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        <Self as SimdBase<S>>::abs(self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        SimdFloat::sqrt(self)
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let bits: fearless_simd::u64x8<S> = fearless_simd::Bytes::bitcast(self);
        let k = |value: u64| <fearless_simd::u64x8<S> as SimdBase<S>>::splat(self.simd, value);
        (
            fearless_simd::Bytes::bitcast((bits >> 52) | k(EXPONENT_OF_2_52)),
            fearless_simd::Bytes::bitcast((bits & k(MANTISSA)) | k(EXPONENT_OF_1)),
        )
    }
    #[inline(always)]
    fn add_exponent(self, shifted: Self) -> Self {
        let bits: fearless_simd::i64x8<S> = fearless_simd::Bytes::bitcast(self);
        let exponent: fearless_simd::i64x8<S> = fearless_simd::Bytes::bitcast(shifted);
        fearless_simd::Bytes::bitcast(bits + (exponent << 52))
    }
    #[inline(always)]
    fn apart<R>(self, work: impl FnOnce() -> R) -> R {
        apart(self.simd, work)
    }
}

/// Two registers that advance together.
#[derive(Clone, Copy)]
pub struct Pair<T>(pub(crate) T, pub(crate) T);

macro_rules! pairwise {
    ($($trait:ident $method:ident [$($bound:tt)*]),*) => {$(
        impl<T: $($bound)*<Output = T>> $trait for Pair<T> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Pair(self.0.$method(other.0), self.1.$method(other.1))
            }
        }
    )*};
}
pairwise!(Add add [Add], Sub sub [Sub], Mul mul [Mul], Div div [Div], BitAnd bitand [BitAnd], BitOr bitor [BitOr]);

impl<T: Neg<Output = T>> Neg for Pair<T> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Pair(-self.0, -self.1)
    }
}

impl<T: Not<Output = T>> Not for Pair<T> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Pair(!self.0, !self.1)
    }
}

impl<T: Mask> Mask for Pair<T> {
    const LANES: usize = 2 * T::LANES;

    #[inline(always)]
    fn all(self) -> bool {
        // One test for both: lanes decide together whether the rare path is taken.
        self.0.all() & self.1.all()
    }
    #[inline(always)]
    fn bits(self) -> u64 {
        self.0.bits() | self.1.bits() << T::LANES
    }
}

impl<T: Number> Number for Pair<T> {
    #[inline(always)]
    fn like(self, value: f64) -> Self {
        Pair(self.0.like(value), self.1.like(value))
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        Pair(self.0.mul_add(factor.0, addend.0), self.1.mul_add(factor.1, addend.1))
    }
    #[inline(always)]
    fn exp(self) -> Self {
        Pair(self.0.exp(), self.1.exp())
    }
}

impl<T: Lanes> Lanes for Pair<T> {
    type Token = T::Token;
    type Mask = Pair<T::Mask>;
    const LANES: usize = 2 * T::LANES;

    #[inline(always)]
    fn splat(token: T::Token, value: f64) -> Self {
        Pair(T::splat(token, value), T::splat(token, value))
    }
    #[inline(always)]
    fn lane(&self, lane: usize) -> f64 {
        if lane < T::LANES { self.0.lane(lane) } else { self.1.lane(lane - T::LANES) }
    }
    #[inline(always)]
    fn set_lane(&mut self, lane: usize, value: f64) {
        if lane < T::LANES {
            self.0.set_lane(lane, value);
        } else {
            self.1.set_lane(lane - T::LANES, value);
        }
    }
    #[inline(always)]
    fn less(self, other: Self) -> Self::Mask {
        Pair(self.0.less(other.0), self.1.less(other.1))
    }
    #[inline(always)]
    fn at_most(self, other: Self) -> Self::Mask {
        Pair(self.0.at_most(other.0), self.1.at_most(other.1))
    }
    #[inline(always)]
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        Pair(T::select(mask.0, yes.0, no.0), T::select(mask.1, yes.1, no.1))
    }
    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        Pair(self.0.minimum(other.0), self.1.minimum(other.1))
    }
    #[inline(always)]
    fn maximum(self, other: Self) -> Self {
        Pair(self.0.maximum(other.0), self.1.maximum(other.1))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Pair(self.0.abs(), self.1.abs())
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Pair(self.0.sqrt(), self.1.sqrt())
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let ((one, m), (two, n)) = (self.0.split(), self.1.split());
        (Pair(one, two), Pair(m, n))
    }
    #[inline(always)]
    fn apart<R>(self, work: impl FnOnce() -> R) -> R {
        self.0.apart(work)
    }
    #[inline(always)]
    fn add_exponent(self, shifted: Self) -> Self {
        Pair(self.0.add_exponent(shifted.0), self.1.add_exponent(shifted.1))
    }
}
