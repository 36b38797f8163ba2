//! Where an axis has its ticks, and what they say.

use crate::sweep::axes::{Spacing, spacing};
use crate::sweep::text::{shortest, told_apart};

/// A mark at an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where it stands, 0 at the axis' first value, 1 at its last.
    pub part: f64,
    /// The value there.
    pub value: f64,
    /// What it says.
    pub label: String,
}

/// The most ticks of an axis that has room for more.
const MAX_TICKS: usize = 12;
/// The most values that each have a tick.
const MAX_EACH: usize = 20;
/// Room between the labels of two ticks, in pixels …
const APART: f64 = 14.0;
/// … and what will do where each value has one.
const CLOSE: f64 = 5.0;

/// The most ticks that fit an axis of so many pixels, of those that `make` makes if it is asked for about so many;
/// `size` is the room that a label takes along the axis.
#[must_use]
pub fn fitting(room: f64, size: impl Fn(&str) -> f64, make: impl Fn(usize) -> Vec<Tick>) -> Vec<Tick> {
    let all = (2..=MAX_TICKS).rev().map(make);
    all.into_iter().find(|ticks| fit(ticks, room, &size, APART)).unwrap_or_default()
}

fn fit(ticks: &[Tick], room: f64, size: impl Fn(&str) -> f64, apart: f64) -> bool {
    ticks.windows(2).all(|two| {
        let [before, after] = [&two[0], &two[1]].map(|tick| size(&tick.label) / 2.0);
        (two[1].part - two[0].part) * room >= before + apart + after
    })
}

/// Ticks for cells of one size side by side, one for each value: at every value if that fits an axis of so many pixels,
/// or else at round numbers, or at some of the values. An axis begins in the middle of its first cell.
#[must_use]
pub fn ticks_of_cells(values: &[f64], room: f64, size: impl Fn(&str) -> f64) -> Vec<Tick> {
    let [Some(&first), Some(&last)] = [values.first(), values.last()] else { return Vec::new() };
    let at_each = || some_of(values, values.len());
    if values.len() <= MAX_EACH && fit(&at_each(), room, &size, CLOSE) {
        return at_each();
    }
    let spacing = if first < last { spacing(values) } else { Spacing::Uneven };
    let round = fitting(room, &size, |most| match spacing {
        Spacing::Even => even(first, last, most),
        Spacing::Logarithmic => logarithmic(libm::log10(first), libm::log10(last), most),
        Spacing::Uneven => some_of(values, most),
    });
    if round.len() >= 3 {
        return round;
    }
    // A short stretch may hold two round numbers alone, of which nobody can read how the axis runs.
    let some = fitting(room, &size, |most| some_of(values, most));
    if some.len() > round.len() { some } else { round }
}

/// Ticks at every so many values, from the first one on; at most `most`.
fn some_of(values: &[f64], most: usize) -> Vec<Tick> {
    let every = values.len().div_ceil(most.max(1)).max(1);
    let chosen: Vec<f64> = values.iter().copied().step_by(every).collect();
    let last = (values.len() - 1).max(1);
    let ticks = chosen.iter().zip(told_apart(&chosen)).enumerate();
    let tick = |(place, (&value, label))| Tick {
        part: (place * every) as f64 / last as f64,
        value,
        label: signed(label),
    };
    ticks.map(tick).collect()
}

/// Ticks at round numbers between two ends, by equal steps; at most about `most`. None if there are no such numbers:
/// if the ends do not rise, or are too far apart or too close for doubles.
#[must_use]
pub fn even(first: f64, last: f64, most: usize) -> Vec<Tick> {
    let rough = (last - first) / most.max(1) as f64;
    if !rough.is_normal() || rough < 0.0 {
        return Vec::new();
    }
    let mut exponent = libm::floor(libm::log10(rough)) as i32;
    let scale = libm::exp10(f64::from(exponent));
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * scale >= rough * 0.999);
    let factor = factor.unwrap_or_else(|| {
        exponent += 1;
        1.0
    }) as i64;
    // A number of steps, written in decimal and read back, so that 3 tenths are 0.3.
    let value = |step: i64| parsed(&format!("{}e{exponent}", step * factor));
    let unit = value(1);
    // In steps, since the last end may be the largest double.
    let slack = (last - first) / unit * 1e-9;
    let from = libm::ceil(first / unit - slack) as i64;
    let to = libm::floor(last / unit + slack) as i64;
    let tick = |step: i64| Tick {
        part: (value(step) - first) / (last - first),
        value: value(step),
        label: signed(shortest(value(step))),
    };
    on_axis((from..=to).map(tick))
}

/// Those that stand on the axis, each place once: where an axis is as short as a few doubles, several steps are the
/// same one, or one beyond the end.
fn on_axis(ticks: impl Iterator<Item = Tick>) -> Vec<Tick> {
    let mut ticks: Vec<Tick> = ticks.filter(|tick| (-1e-6..=1.000_001).contains(&tick.part)).collect();
    ticks.dedup_by(|one, before| one.part <= before.part);
    ticks
}

/// Ticks at round numbers by equal ratios, between two ends that are given by their decimal logarithms; at most about
/// `most`. None if the ends do not rise, or are too close for doubles.
#[must_use]
pub fn logarithmic(low: f64, high: f64, most: usize) -> Vec<Tick> {
    if !(low < high && (high - low).is_finite()) {
        return Vec::new();
    }
    let slack = (high - low) * 1e-9;
    // An axis may go beyond what doubles hold.
    let decades = || (libm::floor(low) as i32).max(-324)..=(libm::ceil(high) as i32).min(308);
    let among = |factors: &[u32], every: i32| {
        let mut ticks = Vec::new();
        for exponent in decades().filter(|exponent| exponent.rem_euclid(every) == 0) {
            for &factor in factors {
                let at = f64::from(exponent) + libm::log10(f64::from(factor));
                let value = parsed(&format!("{factor}e{exponent}"));
                if at >= low - slack && at <= high + slack && value > 0.0 && value.is_finite() {
                    let label = decimal(factor, exponent);
                    ticks.push(Tick { part: (at - low) / (high - low), value, label });
                }
            }
        }
        on_axis(ticks.into_iter())
    };
    if high - low < 1.0 && among(&[1, 2, 5], 1).len() < 3 {
        // Less than a decade: as if it were even, but where it belongs.
        let ticks = even(libm::exp10(low), libm::exp10(high), most).into_iter();
        return on_axis(
            ticks.map(|tick| Tick { part: (libm::log10(tick.value) - low) / (high - low), ..tick }),
        );
    }
    let dense = [&[1_u32, 2, 5][..], &[1, 3], &[1]].map(|factors| among(factors, 1));
    let sparse = [2, 3, 5, 10, 20, 50, 100, 200, 500, 1000].map(|every| among(&[1], every));
    dense.into_iter().chain(sparse).find(|ticks| ticks.len() <= most.max(2)).unwrap_or_default()
}

fn parsed(number: &str) -> f64 {
    number.parse().expect("it is written as a number")
}

/// `factor`·10^`exponent`, as people write it.
fn decimal(factor: u32, exponent: i32) -> String {
    if (-3..=3).contains(&exponent) {
        return shortest(parsed(&format!("{factor}e{exponent}")));
    }
    let power = power_of_ten(exponent);
    if factor == 1 { power } else { format!("{factor}·{power}") }
}

/// 10^`exponent` with a raised exponent.
fn power_of_ten(exponent: i32) -> String {
    let exponent = exponent.to_string();
    let raised = exponent.chars().map(|letter| match letter {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        _ => '⁰',
    });
    "10".chars().chain(raised).collect()
}

/// A number with a minus sign in place of a hyphen.
fn signed(number: String) -> String {
    number.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn even_ticks_stand_at_round_numbers() {
        assert_eq!(labels(&even(-3.0, 3.0, 7)), ["−3", "−2", "−1", "0", "1", "2", "3"]);
        assert_eq!(labels(&even(0.1, 1.2, 6)), ["0.2", "0.4", "0.6", "0.8", "1", "1.2"]);
        assert_eq!(labels(&even(0.0, 1e-9, 2)), ["0", "5e−10", "1e−9"]);
        let ticks = even(0.0, 8.0, 4);
        assert_eq!(ticks[1], Tick { part: 0.25, value: 2.0, label: "2".to_owned() });
        assert!(even(0.0, 1.0, 3).len() >= 2 && even(0.0, f64::MAX, 3).len() >= 2);
    }

    /// Ticks by equal ratios between two numbers.
    fn by_ratios(first: f64, last: f64, most: usize) -> Vec<Tick> {
        logarithmic(libm::log10(first), libm::log10(last), most)
    }

    #[test]
    fn logarithmic_ticks_stand_at_round_numbers() {
        assert_eq!(labels(&by_ratios(0.001, 10.0, 6)), ["0.001", "0.01", "0.1", "1", "10"]);
        assert_eq!(labels(&by_ratios(1.0, 1e8, 5)), ["1", "100", "10⁴", "10⁶", "10⁸"]);
        assert_eq!(labels(&by_ratios(1e4, 1e5, 5)), ["10⁴", "2·10⁴", "5·10⁴", "10⁵"]);
        assert_eq!(labels(&by_ratios(300.0, 400.0, 3)), ["300", "350", "400"]);
        assert_eq!(labels(&by_ratios(5e-324, f64::MAX, 4)), ["10⁻²⁰⁰", "1", "10²⁰⁰"]);
    }

    #[test]
    fn values_are_known_by_their_spacing() {
        assert_eq!(spacing(&[0.1, 0.2, 0.30000000000000004]), Spacing::Even);
        assert_eq!(spacing(&[0.001, 0.01, 0.1, 1.0]), Spacing::Logarithmic);
        assert_eq!(spacing(&[0.1, 0.2, 0.7]), Spacing::Uneven);
        assert_eq!(spacing(&[5.0]), Spacing::Even);
    }

    /// Every letter takes seven pixels.
    fn wide(label: &str) -> f64 {
        7.0 * label.chars().count() as f64
    }

    #[test]
    fn cells_have_ticks_at_each_value_that_there_is_room_for() {
        let of = |values: &[f64], room| {
            ticks_of_cells(values, room, wide).into_iter().map(|tick| tick.label).collect::<Vec<_>>()
        };
        assert_eq!(of(&[0.1, 0.2, 0.7], 300.0), ["0.1", "0.2", "0.7"]);
        assert_eq!(of(&[0.1, 0.2, 0.7], 50.0), ["0.1", "0.7"]);
        let uneven: Vec<f64> = (0..=30).map(|step| f64::from(step * step)).collect();
        assert_eq!(of(&uneven, 300.0), ["0", "16", "64", "144", "256", "400", "576", "784"]);
        assert_eq!(of(&[3.0], 300.0), ["3"]);
        assert_eq!(of(&[2.0, 1.0], 300.0), ["2", "1"]);
        assert_eq!(of(&[], 300.0), [""; 0]);
        assert_eq!(of(&[1e-307, 1.0, f64::MAX], 300.0), ["1e−307", "1", "1.798e308"]);
        let many: Vec<f64> = (0..=1000).map(|step| 0.25 + 0.3 * f64::from(step) / 1000.0).collect();
        assert_eq!(of(&many, 512.0), ["0.25", "0.3", "0.35", "0.4", "0.45", "0.5", "0.55"]);
    }

    proptest! {
        #[test]
        fn ticks_stand_on_the_axis_and_are_not_too_many(
            first in -1e3..1e3_f64, length in -12.0..4.0_f64, most in 1..20_usize,
        ) {
            let length = libm::exp10(length);
            for ticks in [
                even(first, first + length, most),
                by_ratios(length, length * (1.0 + first.abs().max(1e-3)), most),
            ] {
                prop_assert!(ticks.len() <= 2 * most.max(2) + 2, "{:?}", ticks);
                assert_on_axis(&ticks);
            }
        }

        #[test]
        fn an_axis_of_a_map_has_more_than_two_ticks(
            first in -10.0..10.0_f64, length in -3.0..2.0_f64, cells in 13..2000_usize, is_logarithmic: bool,
        ) {
            let length = libm::exp10(length);
            let value = |cell: usize| {
                let part = cell as f64 / (cells - 1) as f64;
                if is_logarithmic { libm::exp10((first + length * part) / 3.0) } else { first + length * part }
            };
            let values: Vec<f64> = (0..cells).map(value).collect();
            let ticks = ticks_of_cells(&values, 512.0, wide);
            prop_assert!(ticks.len() >= 3, "{:?}", labels(&ticks));
        }

        #[test]
        fn an_axis_of_any_values_has_ticks_at_its_cells(
            bits in prop::collection::vec(any::<u64>(), 1..9), hostile in prop::collection::vec(0..HOSTILE.len(), 0..4),
            room in 0.0..2000.0_f64, most in 0..20_usize,
        ) {
            let of_bits = bits.into_iter().map(f64::from_bits).filter(|value| value.is_finite());
            let mut values: Vec<f64> = of_bits.chain(hostile.into_iter().map(|place| HOSTILE[place])).collect();
            for is_sorted in [false, true] {
                if is_sorted {
                    values.sort_by(f64::total_cmp);
                    values.dedup();
                }
                let ticks = ticks_of_cells(&values, room, wide);
                assert_on_axis(&ticks);
                prop_assert!(ticks.iter().all(|tick| !tick.label.is_empty() && tick.label != "inf"));
                for two in values.windows(2) {
                    assert_on_axis(&even(two[0], two[1], most));
                    assert_on_axis(&logarithmic(two[0], two[1], most));
                    assert_on_axis(&by_ratios(two[0], two[1], most));
                }
            }
        }
    }

    /// Where doubles end, and numbers close to each other.
    const HOSTILE: [f64; 12] = [
        0.0,
        5e-324,
        1e-323,
        f64::MIN_POSITIVE,
        1.0,
        1.0 + f64::EPSILON,
        1e-307,
        1e308,
        f64::MAX,
        -f64::MAX,
        -5e-324,
        9_007_199_254_740_993.0,
    ];

    fn assert_on_axis(ticks: &[Tick]) {
        assert!(ticks.iter().all(|tick| (-1e-6..=1.000_001).contains(&tick.part)), "{ticks:?}");
        assert!(ticks.windows(2).all(|two| two[0].part < two[1].part), "{ticks:?}");
        assert!(ticks.iter().all(|tick| tick.value.is_finite()), "{ticks:?}");
    }
}
