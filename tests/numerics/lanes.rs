//! Shows that every number type does the same arithmetic in every lane: each operation with special values in every
//! combination, against one number alone.

#![allow(clippy::neg_cmp_op_on_partial_ord, reason = "NaN is neither below nor above")]

use fearless_simd::{Level, Simd};
use xorsweep_kernel::lanes::{Lanes, Mask, Pair};

/// Zeros, subnormal, borders, huge, not finite; and some ordinary ones.
const VALUES: [f64; 23] = [
    0.0,
    -0.0,
    5e-324,
    -5e-324,
    1e-310,
    f64::MIN_POSITIVE,
    -f64::MIN_POSITIVE,
    f64::EPSILON,
    0.1,
    -0.1,
    0.5,
    1.0,
    -1.0,
    1.000_000_000_000_000_2,
    std::f64::consts::PI,
    -80.0,
    6_755_399_441_055_744.0,
    1e154,
    -1e300,
    f64::MAX,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// What an operation gives for one number of each register.
type Reference = fn(f64, f64, f64) -> f64;

/// A NaN is a NaN, whatever its sign and payload.
fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

/// A register whose lane i holds `value(i)`.
#[inline(always)]
fn register<L: Lanes>(token: L::Token, value: impl Fn(usize) -> f64) -> L {
    let mut register = L::splat(token, 0.0);
    for lane in 0..L::LANES {
        register.set_lane(lane, value(lane));
    }
    register
}

#[inline(always)]
fn expect_the_same_arithmetic<L: Lanes>(token: L::Token, name: &str) {
    assert_eq!(L::LANES, <L::Mask as Mask>::LANES);
    let count = VALUES.len();
    // A step of 7 brings far apart values together; every pair meets in every lane.
    for (first, second) in (0..count).flat_map(|first| (0..count).map(move |second| (first, second))) {
        let a = |lane: usize| VALUES[(first + lane) % count];
        let b = |lane: usize| VALUES[(second + 7 * lane) % count];
        let c = |lane: usize| VALUES[(first + second + 3 * lane) % count];
        let (x, y, z) = (register::<L>(token, a), register::<L>(token, b), register::<L>(token, c));
        let (less, at_most) = (x.less(y), x.at_most(y));
        let numbers: [(&str, L, Reference); 11] = [
            ("+", x + y, |a, b, _| a + b),
            ("−", x - y, |a, b, _| a - b),
            ("·", x * y, |a, b, _| a * b),
            ("/", x / y, |a, b, _| a / b),
            ("negation", -x, |a, _, _| -a),
            ("abs", x.abs(), |a, _, _| a.abs()),
            ("like", x.like(0.3), |_, _, _| 0.3),
            ("mul_add", x.mul_add(y, z), f64::mul_add),
            ("neg_mul_add", x.neg_mul_add(y, z), |a, b, c| f64::mul_add(-a, b, c)),
            ("select <", L::select(less, y, z), |a, b, c| if a < b { b } else { c }),
            ("select ≤", L::select(at_most & !less, y, z), |a, b, c| if a <= b && !(a < b) { b } else { c }),
        ];
        for lane in 0..L::LANES {
            let (a, b, c) = (a(lane), b(lane), c(lane));
            for (operation, found, expected) in &numbers {
                let (found, expected) = (found.lane(lane), expected(a, b, c));
                assert!(
                    same(found, expected),
                    "{name}: {operation} of {a:e}, {b:e}, {c:e} in lane {lane}: {found:e}"
                );
            }
            // Of equal numbers and beside a NaN either may come out.
            let (smaller, larger) = (x.minimum(y).lane(lane), x.maximum(y).lane(lane));
            assert!(smaller == a.min(b) || a.is_nan() || b.is_nan(), "{name}: minimum of {a:e}, {b:e}");
            assert!(larger == a.max(b) || a.is_nan() || b.is_nan(), "{name}: maximum of {a:e}, {b:e}");
            let bit = |mask: L::Mask| mask.bits() >> lane & 1 == 1;
            assert_eq!((bit(less), bit(at_most)), (a < b, a <= b), "{name}: {a:e}, {b:e} in lane {lane}");
            assert_eq!(bit(less | !at_most), a < b || !(a <= b), "{name}: {a:e}, {b:e} in lane {lane}");
        }
        let every = (0..L::LANES).all(|lane| a(lane) <= b(lane));
        assert_eq!(at_most.all(), every, "{name}");
        let beyond = if L::LANES < 64 { less.bits() >> L::LANES } else { 0 };
        assert_eq!(beyond, 0, "{name}: a bit without a lane");
    }
    // One lane that differs is seen, wherever it is.
    for odd in 0..L::LANES {
        let x = register::<L>(token, |lane| if lane == odd { 1.0 } else { 0.0 });
        let half = x.like(0.5);
        assert!(!x.less(half).all() && half.less(x).all() == (L::LANES == 1), "{name}, lane {odd}");
        assert_eq!(half.less(x).bits(), 1 << odd, "{name}");
    }
    for k in [-1021_i32, -500, -1, 0, 1, 2, 700, 1023] {
        let shifted = 6_755_399_441_055_744.0 + f64::from(k);
        let power = f64::from_bits(((1023 + k) as u64) << 52);
        let found =
            register::<L>(token, |lane| 1.0 + lane as f64 / 64.0).add_exponent(L::splat(token, shifted));
        for lane in 0..L::LANES {
            assert_eq!(found.lane(lane), (1.0 + lane as f64 / 64.0) * power, "{name}: 2^{k}");
        }
    }
}

#[test]
fn compiled_lanes_do_the_arithmetic_of_one_number() {
    expect_the_same_arithmetic::<f64>((), "one");
    #[cfg(any(not(target_arch = "x86_64"), target_feature = "fma"))]
    expect_the_same_arithmetic::<wide::f64x8>((), "wide");
    expect_the_same_arithmetic::<Pair<f64>>((), "pair of one");
    #[cfg(any(not(target_arch = "x86_64"), target_feature = "fma"))]
    expect_the_same_arithmetic::<Pair<wide::f64x8>>((), "pair of wide");
    expect_the_same_arithmetic::<Pair<Pair<f64>>>((), "pair of pairs");
}

#[inline(always)]
fn detected<S: Simd>(token: S, name: &str) {
    expect_the_same_arithmetic::<fearless_simd::f64x8<S>>(token, name);
    expect_the_same_arithmetic::<Pair<fearless_simd::f64x8<S>>>(token, name);
}

#[test]
fn detected_lanes_do_the_arithmetic_of_one_number() {
    #[cfg(target_arch = "x86_64")]
    {
        match Level::new().as_avx512() {
            Some(token) => token.vectorize(
                #[inline(always)]
                || detected(token, "AVX-512"),
            ),
            None => println!("skipped: this machine has no AVX-512"),
        }
        match Level::new().as_avx2() {
            Some(token) => token.vectorize(
                #[inline(always)]
                || detected(token, "AVX2"),
            ),
            None => println!("skipped: this machine has no AVX2"),
        }
    }
}
