//! Shows that our exponential and logistic function are as exact as they say, everywhere, and that every number type
//! computes the same bits in every lane. The exact values are those of `tests/oracle/exp.csv`.

use fearless_simd::{Level, Simd};
use xorsweep_kernel::lanes::{Lanes, Number, Pair};
use xorsweep_kernel::sigmoid::{FAIR, SMALL, advance, advance_far, exp};

/// An argument with the exact values, each rounded and with the tail that rounding dropped.
struct Row {
    x: f64,
    exp: [f64; 2],
    sigmoid: [f64; 2],
}

fn oracle() -> Vec<Row> {
    let lines = include_str!("../oracle/exp.csv").lines().skip(1);
    let rows = lines.map(|line| {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        Row { x: cells[0], exp: [cells[1], cells[2]], sigmoid: [cells[3], cells[4]] }
    });
    rows.collect()
}

/// The distance from a normal number to the next one away from zero.
fn unit_in_the_last_place(value: f64) -> f64 {
    let exponent = f64::from_bits(value.to_bits() & f64::INFINITY.to_bits());
    exponent * f64::EPSILON
}

/// How far `found` is from the exact value, in units in the last place of that value.
fn ulps(found: f64, [value, tail]: [f64; 2]) -> f64 {
    ((found - value) - tail).abs() / unit_in_the_last_place(value)
}

/// The worst error and where it is, over all arguments whose value is a normal number, and not so small that its
/// tail is none.
fn worst(f: impl Fn(f64) -> f64, value: impl Fn(&Row) -> [f64; 2]) -> (f64, f64) {
    let rows = oracle();
    let normal = rows.iter().filter(|row| value(row)[0].is_finite() && value(row)[0] > 1e-300);
    let errors = normal.map(|row| (ulps(f(row.x), value(row)), row.x));
    errors.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
}

#[test]
fn the_exponential_is_within_its_bound() {
    let (error, x) = worst(exp::<f64>, |row| row.exp);
    println!("exp: at most {error:.4} ulp, at x = {x:?}");
    assert!(error < 1.0, "{error} ulp at {x:?}");
}

#[test]
fn the_sigmoid_is_within_its_bound() {
    let (error, x) = worst(f64::sigmoid, |row| row.sigmoid);
    println!("sigmoid: at most {error:.4} ulp, at x = {x:?}");
    assert!(error < 2.0, "{error} ulp at {x:?}");
}

#[test]
fn values_that_are_barely_normal_are_neighbours_of_the_exact_ones() {
    for Row { x, exp: [exact, _], sigmoid: [logistic, _] } in oracle() {
        for (found, exact) in [(exp(x), exact), (x.sigmoid(), logistic)] {
            if exact.is_normal() && exact <= 1e-300 {
                assert!(found.to_bits().abs_diff(exact.to_bits()) <= 1, "{found:e}, not {exact:e}, at {x:?}");
            }
        }
    }
}

/// The worst of 35 million random arguments, found by a search in twice the precision of doubles; the exact values
/// are from mpmath, with 400 bits.
#[test]
fn the_worst_arguments_known_are_within_the_bounds() {
    let exponentials = [
        (41.967_381_598_670_73, [1.683_457_854_372_585_7e18, 7.795_404_634_291_59]),
        (3.836_925_609_288_300_6, [46.382_656_604_718_3, -2.500_969_800_266_012e-16]),
    ];
    for (x, exact) in exponentials {
        let error = ulps(exp(x), exact);
        println!("exp: {error:.4} ulp at x = {x:?}");
        assert!(error < 1.0, "{error} ulp at {x:?}");
    }
    let sigmoids = [
        (-36.739_416_953_216_74, [1.107_322_052_061_506_9e-16, -5.745_442_646_748_132_4e-33]),
        (-1.950_671_295_815_425_3, [0.124_480_178_659_711_16, -4.637_393_154_286_494e-19]),
        (-0.001_110_979_974_085_702_5, [0.499_722_255_035_046_4, -1.867_263_180_734_363_1e-19]),
    ];
    for (x, exact) in sigmoids {
        let error = ulps(x.sigmoid(), exact);
        println!("sigmoid: {error:.4} ulp at x = {x:?}");
        assert!(error < 2.5, "{error} ulp at {x:?}");
    }
}

#[test]
fn values_that_are_not_normal_are_what_is_documented() {
    let mut seen = 0;
    for Row { x, exp: [exact, _], sigmoid: [logistic, _] } in oracle() {
        if x.is_nan() {
            assert!(exp(x).is_nan() && x.sigmoid().is_nan());
        } else if !exact.is_normal() {
            let expected = if exact.is_infinite() { f64::INFINITY } else { 0.0 };
            assert_eq!(exp(x).to_bits(), expected.to_bits(), "exp({x:?})");
            seen += 1;
        }
        if !logistic.is_normal() && !x.is_nan() {
            let found = x.sigmoid();
            assert!(
                found.is_sign_positive() && (found - logistic).abs() < f64::MIN_POSITIVE,
                "sigmoid({x:?})"
            );
        }
    }
    assert!(seen > 100);
    assert_eq!([exp(f64::INFINITY), exp(f64::NEG_INFINITY)], [f64::INFINITY, 0.0]);
    assert_eq!([f64::INFINITY.sigmoid(), f64::NEG_INFINITY.sigmoid()], [1.0, 0.0]);
    assert_eq!([exp(0.0), exp(-0.0), 0.0.sigmoid(), (-0.0).sigmoid()], [1.0, 1.0, 0.5, 0.5]);
    assert_eq!([exp(-f64::MAX), exp(f64::MAX), exp(5e-324), exp(-5e-324)], [0.0, f64::INFINITY, 1.0, 1.0]);
}

/// The worst error of `further` against e^a times the exact e^x, in twice the precision of doubles.
fn worst_step(further: fn(f64, f64) -> f64, longest: f64) -> (f64, (f64, f64)) {
    let near: Vec<Row> = oracle().into_iter().filter(|row| row.x.abs() <= longest).collect();
    assert!(near.len() > 200 && near.iter().any(|row| row.x.abs() == longest));
    let (mut worst, mut place) = (0.0, (0.0, 0.0));
    for base in (0..2000).map(|i| exp(f64::from(i - 1000) * 0.083)) {
        for Row { x, exp: [head, tail], .. } in &near {
            let product = base * head;
            let exact = [product, f64::mul_add(base, *head, -product) + base * tail];
            let error = ulps(further(base, *x), exact);
            if error > worst {
                (worst, place) = (error, (base, *x));
            }
        }
    }
    (worst, place)
}

#[test]
fn an_advanced_exponential_is_within_its_bound() {
    let (error, place) = worst_step(advance, SMALL);
    println!("advance: at most {error:.4} ulp, at {place:?}");
    assert!(error < 0.6, "{error} ulp at {place:?}");
}

#[test]
fn an_exponential_after_a_leap_is_within_its_bound() {
    let (error, place) = worst_step(advance_far, FAIR);
    println!("leap: at most {error:.4} ulp, at {place:?}");
    assert!(error < 1.5, "{error} ulp at {place:?}");
}

/// Puts every argument into every lane, with other arguments beside it, and expects the bits of one number alone.
#[inline(always)]
fn expect_the_same_bits<L: Lanes>(token: L::Token, name: &str) {
    let arguments: Vec<f64> = oracle().iter().map(|row| row.x).collect();
    // A NaN is a NaN, whatever its sign and payload.
    let same = |a: f64, b: f64| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
    for shift in 0..L::LANES {
        for first in (0..arguments.len()).step_by(L::LANES) {
            let at = |lane: usize| arguments[(first + shift + lane) % arguments.len()];
            let mut x = L::splat(token, 0.0);
            for lane in 0..L::LANES {
                x.set_lane(lane, at(lane));
            }
            let (power, logistic, further) = (x.exp(), x.sigmoid(), advance(x, x));
            for lane in 0..L::LANES {
                let x = at(lane);
                assert!(same(power.lane(lane), exp(x)), "{name}: exp({x:?}) in lane {lane}");
                assert!(same(logistic.lane(lane), x.sigmoid()), "{name}: sigmoid({x:?}) in lane {lane}");
                assert!(same(further.lane(lane), advance(x, x)), "{name}: advance({x:?}) in lane {lane}");
            }
        }
    }
}

#[test]
fn compiled_lanes_compute_the_bits_of_one_number() {
    #[cfg(any(not(target_arch = "x86_64"), target_feature = "fma"))]
    expect_the_same_bits::<wide::f64x8>((), "wide");
    expect_the_same_bits::<Pair<f64>>((), "pair of one");
    #[cfg(any(not(target_arch = "x86_64"), target_feature = "fma"))]
    expect_the_same_bits::<Pair<wide::f64x8>>((), "pair of wide");
}

#[inline(always)]
fn detected<S: Simd>(token: S, name: &str) {
    expect_the_same_bits::<fearless_simd::f64x8<S>>(token, name);
    expect_the_same_bits::<Pair<fearless_simd::f64x8<S>>>(token, name);
}

#[test]
fn detected_lanes_compute_the_bits_of_one_number() {
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
