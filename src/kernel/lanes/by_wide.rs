//! Lanes of the `wide` crate.

use std::ops::{BitAnd, BitOr, Not};

use super::{Lanes, Mask, Number, add_exponent_bits, split_bits};
use crate::sigmoid;

/// The comparison result of [`wide::f64x8`]: all bits of a lane set, or none.
#[derive(Clone, Copy)]
pub struct WideMask(wide::f64x8);

forward_mask_operators! {
    [] WideMask, WideMask;
}

impl Mask for WideMask {
    const LANES: usize = 8;

    #[inline(always)]
    fn all(self) -> bool {
        self.0.all()
    }
    #[inline(always)]
    fn bits(self) -> u64 {
        u64::from(self.0.to_bitmask())
    }
}

/// Kept out of line: eight calls in each of hundreds of places would only swell the program.
#[inline(never)]
fn fused_one_by_one(a: wide::f64x8, b: wide::f64x8, c: wide::f64x8) -> wide::f64x8 {
    let (a, b, c) = (a.to_array(), b.to_array(), c.to_array());
    wide::f64x8::new(std::array::from_fn(|lane| f64::mul_add(a[lane], b[lane], c[lane])))
}

impl Number for wide::f64x8 {
    #[inline(always)]
    fn like(self, value: f64) -> Self {
        wide::f64x8::splat(value)
    }
    // `wide` rounds twice where it was compiled without fused multiply-add; a fused one is exact there, if slow.
    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        if cfg!(any(target_feature = "fma", target_arch = "aarch64")) {
            wide::f64x8::mul_add(self, factor, addend)
        } else {
            fused_one_by_one(self, factor, addend)
        }
    }
    #[inline(always)]
    fn exp(self) -> Self {
        sigmoid::exp(self)
    }
}

impl Lanes for wide::f64x8 {
    type Token = ();
    type Mask = WideMask;
    const LANES: usize = 8;

    #[inline(always)]
    fn splat((): (), value: f64) -> Self {
        wide::f64x8::splat(value)
    }
    #[inline(always)]
    fn lane(&self, lane: usize) -> f64 {
        self.as_array()[lane]
    }
    #[inline(always)]
    fn set_lane(&mut self, lane: usize, value: f64) {
        self.as_mut_array()[lane] = value;
    }
    #[inline(always)]
    fn less(self, other: Self) -> WideMask {
        WideMask(self.simd_lt(other))
    }
    #[inline(always)]
    fn at_most(self, other: Self) -> WideMask {
        WideMask(self.simd_le(other))
    }
    #[inline(always)]
    fn select(mask: WideMask, yes: Self, no: Self) -> Self {
        mask.0.bitselect(yes, no)
    }
    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        self.fast_min(other)
    }
    #[inline(always)]
    fn maximum(self, other: Self) -> Self {
        self.fast_max(other)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        wide::f64x8::abs(self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        wide::f64x8::sqrt(self)
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let parts = self.to_array().map(split_bits);
        (Self::new(parts.map(|part| part.0)), Self::new(parts.map(|part| part.1)))
    }
    #[inline(always)]
    fn add_exponent(self, shifted: Self) -> Self {
        let (a, b) = (self.to_array(), shifted.to_array());
        Self::new(std::array::from_fn(|lane| add_exponent_bits(a[lane], b[lane])))
    }
}
