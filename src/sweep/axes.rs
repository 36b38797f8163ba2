//! The lists that axes are made of: numbers, ranges of numbers, and seeds.

use std::collections::HashSet;

use super::text::{decimal_comma_hint, finite_number, shortest};
use crate::Problem;

mod seeds;

pub use seeds::{MAX_RUNS, MAX_SEED_ITEMS, Seeds};

/// The most values one key may hold.
pub const MAX_VALUES: u64 = 1_000_000;

/// The numbers that `items` name, in order of first appearance, each once (−0 is 0).
///
/// An item is a number (`0.3`), `from:to:count` (both ends, equal steps, computed in decimal) or
/// `log:from:to:count` (both ends, equal ratios).
///
/// # Errors
///
/// If an item is none of these, a number is not `allowed` (then `remedy` says what would do), or there are more
/// than [`MAX_VALUES`].
pub fn numbers(
    key: &str,
    items: &[String],
    allowed: fn(f64) -> bool,
    remedy: &str,
) -> Result<Vec<f64>, Problem> {
    if items.is_empty() {
        return Err(Problem::new(key, "[]", remedy));
    }
    let ranges = ranges(key, items, remedy)?;
    let mut values = Values { list: Vec::new(), seen: HashSet::new(), allowed };
    for (place, (item, range)) in items.iter().zip(&ranges).enumerate() {
        if !range.values().all(|value| values.add(value)) {
            // A flag's decimal comma has made two items of one.
            let next = items.get(place + 1).map_or("", |next| next.trim());
            let hint = if item.trim() == "0" && is_digits(next) {
                decimal_comma_hint(&format!("0,{next}"))
            } else {
                String::new()
            };
            return Err(Problem::new(key, item, format!("{remedy}{hint}")));
        }
    }
    Ok(values.list)
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

/// So many numbers from one end to the other, as a range in a spec with these ends has them; none if the ends are equal,
/// the spacing is uneven, or a logarithm would have to be taken of a number that is not above 0.
#[must_use]
pub fn between(low: f64, high: f64, count: u64, spacing: Spacing) -> Option<Vec<f64>> {
    let range = match spacing {
        Spacing::Even => Range::linear(&shortest(low), &shortest(high), count),
        Spacing::Logarithmic => Range::logarithmic(low, high, count),
        Spacing::Uneven => return None,
    };
    Some(range.ok()?.values().collect())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What would do instead of something that is no number, of which `remedy` says which numbers do.
fn instead(text: &str, remedy: &str) -> String {
    let ends = text.split_once("..").map(|(from, to)| (from.trim(), to.trim_start_matches('=').trim()));
    if let Some((from, to)) =
        ends.filter(|(from, to)| [from, to].iter().all(|end| finite_number(end).is_some()))
    {
        return format!("a range of numbers is from:to:count, such as {from}:{to}:11");
    }
    match decimal_comma_hint(text).as_str() {
        "" => format!("{remedy}, one by one, or as from:to:count or log:from:to:count"),
        hint => format!("{remedy}{hint}"),
    }
}

/// Reads every item before a single value is made, so that too long a list is refused at once.
fn ranges(key: &str, items: &[String], remedy: &str) -> Result<Vec<Range>, Problem> {
    let mut total = 0_u64;
    let read = |item: &String| {
        let range = Range::parse(item, remedy).map_err(|reason| Problem::new(key, item, reason))?;
        total = total.saturating_add(range.count);
        if total > MAX_VALUES {
            return Err(Problem::new(key, item, format!("give at most {MAX_VALUES} values in all")));
        }
        Ok(range)
    };
    items.iter().map(read).collect()
}

/// A list without duplicates of numbers that are allowed.
struct Values {
    list: Vec<f64>,
    seen: HashSet<u64>,
    allowed: fn(f64) -> bool,
}

impl Values {
    /// Adds `value` unless it is there already; whether it is allowed.
    fn add(&mut self, value: f64) -> bool {
        // Makes -0 to 0, for the bits are compared.
        let value = value + 0.0;
        if !(self.allowed)(value) {
            return false;
        }
        if self.seen.insert(value.to_bits()) {
            self.list.push(value);
        }
        true
    }
}

/// What one item stands for: a single number is a range of one.
struct Range {
    kind: Kind,
    count: u64,
}

enum Kind {
    Single(f64),
    Linear(Fractions),
    Logarithmic { from: f64, to: f64 },
}

impl Range {
    /// Reads an item; the error is a remedy, which begins with `remedy` for a word that is no number.
    fn parse(item: &str, remedy: &str) -> Result<Self, String> {
        let number = |text: &str| finite_number(text).ok_or_else(|| instead(text, remedy));
        let parts: Vec<&str> = item.split(':').map(str::trim).collect();
        match parts[..] {
            [single] => Ok(Self { kind: Kind::Single(number(single)?), count: 1 }),
            ["log", from, to, count] => Self::logarithmic(number(from)?, number(to)?, length(count)?),
            [from, to, count] if from != "log" => {
                number(from)?;
                number(to)?;
                Self::linear(from, to, length(count)?)
            }
            [from, to] if from != "log" => {
                number(from)?;
                number(to)?;
                Err(format!("say how many values there are: from:to:count, such as {from}:{to}:11"))
            }
            _ => Err("give a number, from:to:count or log:from:to:count".to_owned()),
        }
    }

    fn linear(from: &str, to: &str, count: u64) -> Result<Self, String> {
        let fractions = Fractions::between(from, to, count)?;
        check_ends(fractions.first.cmp(&fractions.last), count)?;
        Ok(Self { kind: Kind::Linear(fractions), count })
    }

    fn logarithmic(from: f64, to: f64, count: u64) -> Result<Self, String> {
        if from <= 0.0 || to <= 0.0 {
            return Err("a log range needs both ends above 0".to_owned());
        }
        check_ends(from.total_cmp(&to), count)?;
        Ok(Self { kind: Kind::Logarithmic { from, to }, count })
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        (0..self.count).map(|index| match &self.kind {
            Kind::Single(value) => *value,
            Kind::Linear(fractions) => fractions.get(index),
            Kind::Logarithmic { from, to } => log_spaced(*from, *to, index, self.count),
        })
    }
}

/// Reads the count of a range.
fn length(text: &str) -> Result<u64, String> {
    if !is_digits(text) {
        return Err(format!(
            "the count `{text}` must be a whole number from 1: how many values there are, not a step"
        ));
    }
    match text.parse() {
        Ok(0) => Err("the range is empty; give a count from 1".to_owned()),
        Ok(count) if count <= MAX_VALUES => Ok(count),
        _ => Err(format!("give a count of at most {MAX_VALUES}")),
    }
}

/// Whether a range of `count` values may have ends in this `order`.
fn check_ends(order: std::cmp::Ordering, count: u64) -> Result<(), String> {
    match (order.is_lt(), order.is_gt(), count) {
        (_, true, _) => Err("the range is reversed; give the lower end first".to_owned()),
        (true, _, 1) => Err("a range of one value needs equal ends; give a count from 2".to_owned()),
        (false, _, 2..) => Err("the ends are equal; give a count of 1 or different ends".to_owned()),
        _ => Ok(()),
    }
}

/// The value at `index` of `count`, log-spaced, by a logarithm and a power that are the same on every platform.
#[expect(clippy::cast_precision_loss, reason = "a count is far below 2^53")]
fn log_spaced(from: f64, to: f64, index: u64, count: u64) -> f64 {
    let last = count - 1;
    if index == 0 {
        return from;
    }
    if index == last {
        return to;
    }
    // Decades, so that log:0.001:1:4 holds 0.01 and 0.1.
    let decades = libm::log10(from) * (last - index) as f64 + libm::log10(to) * index as f64;
    libm::exp10(decades / last as f64).clamp(from, to)
}

/// A decimal number, exactly: `units` / 10^`places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Decimal {
    units: i128,
    places: u32,
}

impl Decimal {
    /// The most decimal places, and the bound of `units`; [`Fractions::get`] relies on both.
    const MAX_PLACES: u32 = 30;
    const MAX_UNITS: i128 = 10_i128.pow(27);

    /// Reads a number that [`finite_number`] accepts; none if it has too many digits.
    fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let (mantissa, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let fraction = fraction.trim_end_matches('0');
        let digits = whole.chars().chain(fraction.chars()).filter(char::is_ascii_digit);
        let mut units = 0_i128;
        for digit in digits {
            units = units.checked_mul(10)?.checked_add(i128::from(digit.to_digit(10)?))?;
        }
        if units == 0 {
            return Some(Self { units, places: 0 });
        }
        let mut places = i64::try_from(fraction.len()).ok()?.checked_sub(exponent.parse().ok()?)?;
        while places > 0 && units % 10 == 0 {
            units /= 10;
            places -= 1;
        }
        if places < 0 {
            units = 10_i128.checked_pow(u32::try_from(-places).ok()?)?.checked_mul(units)?;
            places = 0;
        }
        let units = if whole.starts_with('-') { -units } else { units };
        Self { units, places: u32::try_from(places).ok()? }.within_limits()
    }

    fn within_limits(self) -> Option<Self> {
        (self.places <= Self::MAX_PLACES && self.units.abs() <= Self::MAX_UNITS).then_some(self)
    }

    /// The same number with more places.
    fn with_places(self, places: u32) -> Option<Self> {
        let units = 10_i128.checked_pow(places - self.places)?.checked_mul(self.units)?;
        Self { units, places }.within_limits()
    }
}

/// The whole number that `text` spells (`10000`, `1e6`), however it spells it.
#[must_use]
pub fn whole_number(text: &str) -> Option<u64> {
    finite_number(text)?;
    let decimal = Decimal::parse(text)?;
    if decimal.places == 0 { u64::try_from(decimal.units).ok() } else { None }
}

/// Equal steps between two decimal numbers, exactly: every value is a fraction of whole numbers.
struct Fractions {
    first: i128,
    last: i128,
    places: u32,
    steps: u64,
}

impl Fractions {
    fn between(from: &str, to: &str, count: u64) -> Result<Self, String> {
        let ends = || {
            let (from, to) = (Decimal::parse(from)?, Decimal::parse(to)?);
            let places = from.places.max(to.places);
            Some((from.with_places(places)?, to.with_places(places)?, places))
        };
        let (from, to, places) =
            ends().ok_or("the ends have too many digits for exact steps; use log:from:to:count or a list")?;
        Ok(Self { first: from.units, last: to.units, places, steps: count.saturating_sub(1).max(1) })
    }

    /// The double nearest the value at `index`.
    ///
    /// The decimal expansion is cut after 108 + `places` places and a digit 1 stands for what is cut off. That
    /// rounds as the whole expansion would: the value is at least 10^−37 > 2^−123, so the borders where rounding
    /// changes are multiples of 2^−176, and a fraction with a denominator up to 10^7·10^30 that is not on a border
    /// is 10^−90 or more away from it.
    fn get(&self, index: u64) -> f64 {
        const DIGITS_A_STEP: usize = 9;
        const STEPS: usize = 12;
        let numerator = self.first * i128::from(self.steps) + (self.last - self.first) * i128::from(index);
        let denominator = u128::from(self.steps);
        let size = numerator.unsigned_abs();
        let mut text = format!("{}.", size / denominator);
        let mut rest = size % denominator;
        for _ in 0..STEPS {
            if rest == 0 {
                break;
            }
            rest *= 10_u128.pow(9);
            text.push_str(&format!("{:0DIGITS_A_STEP$}", rest / denominator));
            rest %= denominator;
        }
        let sticky = if rest == 0 { "0" } else { "1" };
        let value: f64 = format!("{text}{sticky}e-{}", self.places).parse().expect("digits are a number");
        if numerator < 0 { -value } else { value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    fn list(items: &[&str]) -> Result<Vec<f64>, Problem> {
        numbers("alpha", &texts(items), |value| value > 0.0, "give finite numbers above 0")
    }

    fn any_list(item: &str) -> Vec<f64> {
        numbers("alpha", &texts(&[item]), |_| true, "").unwrap()
    }

    #[test]
    fn a_linear_range_holds_the_decimals_it_shows() {
        let tenths = ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1", "1.1", "1.2"];
        assert_eq!(list(&["0.1:1.2:12"]).unwrap(), tenths.map(|text| text.parse::<f64>().unwrap()));
        assert_eq!(any_list("-0.5:0.5:3"), [-0.5, 0.0, 0.5]);
        assert_eq!(any_list("1e3:2E3:3"), [1000.0, 1500.0, 2000.0]);
        assert_eq!(any_list("0:1:4"), [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0]);
        assert_eq!(any_list("1e-30:3e-30:3"), [1e-30, 2e-30, 3e-30]);
        assert_eq!(any_list("0.10:0.1:1"), [0.1]);
    }

    #[test]
    fn a_log_range_holds_its_ends_and_round_decades() {
        assert_eq!(list(&["log:0.001:1:4"]).unwrap(), [0.001, 0.01, 0.1, 1.0]);
        let values = list(&["log:0.3:0.7:5"]).unwrap();
        assert_eq!((values[0], values[4]), (0.3, 0.7));
        assert!((values[2] - (0.3_f64 * 0.7).sqrt()).abs() < 1e-15);
        assert_eq!(list(&["log:0.3:0.3:1"]).unwrap(), [0.3]);
        assert_eq!(list(&["log:5e-324:1.7976931348623157e308:3"]).unwrap().len(), 3);
    }

    #[test]
    fn a_value_counts_once_where_it_first_appears() {
        assert_eq!(list(&["0.3", "0.1:0.5:5", "3e-1"]).unwrap(), [0.3, 0.1, 0.2, 0.4, 0.5]);
        let zero = numbers("momentum", &texts(&["-0", "0"]), |value| value >= 0.0, "").unwrap();
        assert_eq!(zero.len(), 1);
        assert!(zero[0].is_sign_positive());
    }

    #[test]
    fn a_bad_number_is_named() {
        let cases = [
            ("nan", "above 0"),
            ("inf", "above 0"),
            ("1e999", "above 0"),
            ("text", "above 0"),
            ("", "above 0"),
            ("0", "above 0"),
            ("-1", "above 0"),
            ("0:1:3", "above 0"),
            ("0.1:1.2", "from:to:count, such as 0.1:1.2:11"),
            ("0..1", "from:to:count, such as 0:1:11"),
            ("0.1..=1.2", "from:to:count, such as 0.1:1.2:11"),
            ("0..x", "log:from:to:count"),
            ("0,3", "decimals have a point: 0.3"),
            ("0,1:1,2:12", "decimals have a point: 0.1"),
            ("1,2,3", "log:from:to:count"),
            ("0.1:1.2:0.1", "not a step"),
            ("log:1:2", "from:to:count"),
            ("1:2:3:4", "from:to:count"),
            ("1.2:0.1:12", "reversed"),
            ("log:1:0.1:12", "reversed"),
            ("log:0:1:12", "above 0"),
            ("0.1:1.2:0", "empty"),
            ("0.1:1.2:1", "equal ends"),
            ("0.1:0.1:2", "equal"),
            ("0.1:1.2:2.5", "whole number"),
            ("0.1:1.2:-2", "whole number"),
            ("0:1:1000000000000000000", "at most 1000000"),
            ("0:1:99999999999999999999999999", "at most 1000000"),
            ("1e-300:1e300:3", "too many digits"),
            ("a:1:3", "above 0"),
        ];
        for (item, part) in cases {
            let problem = list(&[item]).unwrap_err();
            assert_eq!((problem.key.as_str(), problem.value.as_str()), ("alpha", item));
            assert!(problem.remedy.contains(part), "{problem}");
        }
        assert!(list(&[]).is_err());
        assert!(list(&["0", "3"]).unwrap_err().remedy.ends_with("decimals have a point: 0.3"));
        assert!(!list(&["0", "0.3"]).unwrap_err().remedy.contains("point"));
        let many = list(&["1:2:999999", "3:4:999999"]).unwrap_err();
        assert_eq!((many.value.as_str(), many.remedy.contains("at most")), ("3:4:999999", true));
    }

    #[test]
    fn whole_numbers_may_be_written_with_an_exponent() {
        for (text, value) in [
            ("10000", Some(10_000)),
            ("1e6", Some(1_000_000)),
            ("1.5e1", Some(15)),
            ("0", Some(0)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("0.5", None),
            ("-1", None),
            ("", None),
            ("1e", None),
        ] {
            assert_eq!(whole_number(text), value, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parsers_panic(item in "\\PC*", near in "(log:)?[-0-9.e:]{0,12}") {
            for item in [item, near] {
                let _ = list(&[&item]);
                let _ = whole_number(&item);
            }
        }

        /// In a range of thousandths every value must be the double that its decimal text names.
        #[test]
        fn linear_ranges_are_exact(from in -5000_i32..5000, step in 1_i32..100, count in 2_u32..50) {
            let text = |thousandths: i32| format!("{thousandths}e-3");
            let last = from + step * i32::try_from(count - 1).unwrap();
            let values = any_list(&format!("{}:{}:{count}", text(from), text(last)));
            let expected: Vec<f64> = (0..i32::try_from(count).unwrap())
                .map(|index| text(from + step * index).parse::<f64>().unwrap() + 0.0)
                .collect();
            prop_assert_eq!(values, expected);
        }
    }
}
