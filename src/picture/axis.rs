//! Where an axis has its ticks, and what they say.

use crate::sweep::text::shortest;

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

/// How the values of an axis are spaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// By equal steps.
    Even,
    /// By equal ratios.
    Logarithmic,
    /// In some other way.
    Uneven,
}

/// How the values, in their order, are spaced. One or two values are evenly spaced.
#[must_use]
pub fn spacing(values: &[f64]) -> Spacing {
    let (Some(&first), Some(&last)) = (values.first(), values.last()) else { return Spacing::Even };
    // A hundredth of a step cannot be seen.
    const OFF: f64 = 0.01;
    let steps = (values.len() - 1) as f64;
    let fits = |first: f64, last: f64, value: fn(f64) -> f64| {
        let step = (last - first) / steps;
        values
            .iter()
            .enumerate()
            .all(|(index, &at)| (value(at) - (first + step * index as f64)).abs() <= OFF * step.abs())
    };
    if values.len() <= 2 || fits(first, last, |value| value) {
        Spacing::Even
    } else if values.iter().all(|&value| value > 0.0) && fits(libm::log(first), libm::log(last), libm::log) {
        Spacing::Logarithmic
    } else {
        Spacing::Uneven
    }
}

/// Ticks for an axis with these values, evenly apart on it; about as many as `most`.
#[must_use]
pub fn ticks_of_values(values: &[f64], most: usize) -> Vec<Tick> {
    let (Some(&first), Some(&last)) = (values.first(), values.last()) else { return Vec::new() };
    match spacing(values) {
        Spacing::Even if last > first && (last - first).is_finite() => even(first, last, most),
        Spacing::Logarithmic if last > first => logarithmic(first, last, most),
        _ => some_of(values, most),
    }
}

/// Ticks at some of the values, where they stand.
fn some_of(values: &[f64], most: usize) -> Vec<Tick> {
    let last = values.len() - 1;
    let count = values.len().min(most.max(1));
    let mut places: Vec<usize> = (0..count).map(|tick| tick * last / (count - 1).max(1)).collect();
    places.dedup();
    let tick = |place: usize| Tick {
        part: place as f64 / last.max(1) as f64,
        value: values[place],
        label: signed(shortest(values[place])),
    };
    places.into_iter().map(tick).collect()
}

/// Ticks at round numbers between two ends, by equal steps; at most about `most`.
///
/// # Panics
/// If the ends do not rise, or are too far apart for a double.
#[must_use]
pub fn even(first: f64, last: f64, most: usize) -> Vec<Tick> {
    assert!(first < last && (last - first).is_finite(), "the ends must rise: {first}, {last}");
    let rough = (last - first) / most.max(1) as f64;
    let mut exponent = libm::floor(libm::log10(rough)) as i32;
    let scale = libm::exp10(f64::from(exponent));
    let factor =
        [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * scale >= rough * 0.999).unwrap_or(10.0);
    let mut factor = factor as i64;
    if factor == 10 {
        (factor, exponent) = (1, exponent + 1);
    }
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
    let mut ticks: Vec<Tick> = (from..=to).map(tick).collect();
    // Where an axis is as short as a few doubles, several steps are the same one, or one beyond the end.
    ticks.retain(|tick| (-1e-6..=1.000_001).contains(&tick.part));
    ticks.dedup_by(|one, other| one.value == other.value);
    ticks
}

/// Ticks at round numbers between two ends above 0, by equal ratios; at most about `most`.
///
/// # Panics
/// If the ends do not rise, or are not finite and above 0.
#[must_use]
pub fn logarithmic(first: f64, last: f64, most: usize) -> Vec<Tick> {
    assert!(
        0.0 < first && first < last && last.is_finite(),
        "the ends must rise from above 0: {first}, {last}"
    );
    let (low, high) = (libm::log10(first), libm::log10(last));
    let slack = (high - low) * 1e-9;
    let decades = || libm::floor(low) as i32..=libm::ceil(high) as i32;
    let among = |factors: &[u32], every: i32| {
        let mut ticks = Vec::new();
        for exponent in decades().filter(|exponent| exponent.rem_euclid(every) == 0) {
            for &factor in factors {
                let at = f64::from(exponent) + libm::log10(f64::from(factor));
                if at >= low - slack && at <= high + slack {
                    let value = parsed(&format!("{factor}e{exponent}"));
                    ticks.push(Tick {
                        part: (at - low) / (high - low),
                        value,
                        label: decimal(factor, exponent),
                    });
                }
            }
        }
        ticks
    };
    if high - low < 1.0 && among(&[1, 2, 5], 1).len() < 3 {
        // Less than a decade: as if it were even, but where it belongs.
        let mut ticks = even(first, last, most);
        for tick in &mut ticks {
            tick.part = (libm::log10(tick.value) - low) / (high - low);
        }
        return ticks;
    }
    let dense = [&[1_u32, 2, 5][..], &[1, 3], &[1]].map(|factors| among(factors, 1));
    let sparse = (2..).map(|every| among(&[1], every));
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
    }

    #[test]
    fn logarithmic_ticks_stand_at_round_numbers() {
        assert_eq!(labels(&logarithmic(0.001, 10.0, 6)), ["0.001", "0.01", "0.1", "1", "10"]);
        assert_eq!(labels(&logarithmic(1.0, 1e8, 5)), ["1", "100", "10⁴", "10⁶", "10⁸"]);
        assert_eq!(labels(&logarithmic(1e4, 1e5, 5)), ["10⁴", "2·10⁴", "5·10⁴", "10⁵"]);
        assert_eq!(labels(&logarithmic(300.0, 400.0, 3)), ["300", "350", "400"]);
    }

    #[test]
    fn values_are_known_by_their_spacing() {
        assert_eq!(spacing(&[0.1, 0.2, 0.30000000000000004]), Spacing::Even);
        assert_eq!(spacing(&[0.001, 0.01, 0.1, 1.0]), Spacing::Logarithmic);
        assert_eq!(spacing(&[0.1, 0.2, 0.7]), Spacing::Uneven);
        assert_eq!(spacing(&[5.0]), Spacing::Even);
        assert_eq!(labels(&ticks_of_values(&[0.1, 0.2, 0.7], 9)), ["0.1", "0.2", "0.7"]);
        assert_eq!(labels(&ticks_of_values(&[3.0], 9)), ["3"]);
        assert_eq!(labels(&ticks_of_values(&[2.0, 1.0], 9)), ["2", "1"]);
    }

    proptest! {
        #[test]
        fn ticks_stand_on_the_axis_and_are_not_too_many(
            first in -1e3..1e3_f64, length in -12.0..4.0_f64, most in 1..20_usize,
        ) {
            let length = libm::exp10(length);
            for ticks in [
                even(first, first + length, most),
                logarithmic(length, length * (1.0 + first.abs().max(1e-3)), most),
            ] {
                prop_assert!(ticks.len() <= 2 * most.max(2) + 2, "{:?}", ticks);
                prop_assert!(ticks.iter().all(|tick| (-1e-6..=1.000_001).contains(&tick.part)), "{:?}", ticks);
                prop_assert!(ticks.windows(2).all(|two| two[0].part < two[1].part), "{:?}", ticks);
            }
        }
    }
}
