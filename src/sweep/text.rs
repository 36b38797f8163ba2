//! Small things about text that specs, axes and starts share: shortest numbers, nearest words, lists.

use std::fmt;

use std::collections::HashSet;

use crate::Problem;

/// The shortest decimal text that reads back to the same double: `0.3`, `1`, `1e-7`, `1e+16`, `inf`; that of a table, but
/// for the `.0` of whole numbers and `NaN`.
#[must_use]
pub fn shortest(value: f64) -> String {
    let mut buffer = zmij::Buffer::new();
    let text = match value {
        _ if value.is_nan() => "nan",
        f64::INFINITY => "inf",
        f64::NEG_INFINITY => "-inf",
        _ => buffer.format_finite(value),
    };
    text.strip_suffix(".0").unwrap_or(text).to_owned()
}

/// A number for the eye, with at most so many digits that count.
#[must_use]
pub fn with_digits(value: f64, digits: usize) -> String {
    let size = value.abs();
    if size == 0.0 || !size.is_finite() {
        return shortest(value);
    }
    let text = format!("{value:.*e}", digits.max(1) - 1);
    if (1e-3..1e7).contains(&size) {
        return shortest(text.parse().expect("it is a number"));
    }
    // Not read back, for it may be above the largest number.
    let (digits, exponent) = text.split_once('e').expect("it has an exponent");
    let digits =
        if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    format!("{digits}e{exponent}")
}

/// Numbers for the eye, with as few digits as tell them all apart, but four at least if they have them.
#[must_use]
pub fn told_apart(values: &[f64]) -> Vec<String> {
    let with = |digits| values.iter().map(|&value| with_digits(value, digits)).collect::<Vec<_>>();
    let differ = |texts: &[String]| texts.iter().collect::<HashSet<_>>().len() == texts.len();
    (4..17)
        .map(with)
        .find(|texts| differ(texts))
        .unwrap_or_else(|| values.iter().copied().map(shortest).collect())
}

/// A number as a fraction of small whole numbers.
#[must_use]
pub fn fraction(value: f64) -> String {
    let below = (1..=12).find(|&below| (value * f64::from(below)).fract() < 1e-9).unwrap_or(1);
    let above = value * f64::from(below);
    if below == 1 { format!("{above}") } else { format!("{above}/{below}") }
}

/// The finite number that `text` spells in plain decimal notation; `nan`, `inf` and words are none.
#[must_use]
pub fn finite_number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    if !plain {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// What would do instead of a number with a decimal comma; nothing for other texts.
#[must_use]
pub fn decimal_comma_hint(text: &str) -> String {
    let pointed = text.trim().replacen(',', ".", 1);
    let is_one = text.contains(',') && finite_number(&pointed).is_some();
    if is_one { format!("; decimals have a point: {pointed}") } else { String::new() }
}

/// Whether a spreadsheet might take what begins with `letter` for a formula. Some read the wide signs of East Asian
/// keyboards as the usual ones.
#[must_use]
pub fn starts_a_formula(letter: char) -> bool {
    matches!(letter, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
}

/// A word without what people write in several ways: capitals, dashes, underscores, spaces.
#[must_use]
pub fn plain(word: &str) -> String {
    word.chars().filter(|letter| !matches!(letter, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

/// How much alike two words are, from 0 to 1.
#[must_use]
pub fn similarity(one: &str, other: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(one, other)
}

/// The candidate that `word` was probably meant to be, if any is near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Half of the letters right: `alhpa`, `momentun` and `blow-up` are near, `colour` is not.
    const NEAR: f64 = 0.5;
    let word = plain(word);
    let mut best = None;
    let mut best_score = NEAR;
    for candidate in candidates {
        let score = similarity(&word, &plain(candidate));
        if score > best_score {
            best = Some(candidate);
            best_score = score;
        }
    }
    best
}

/// The phrase that tells what an unknown `word` could have been.
pub fn suggestion(word: &str, candidates: &[&str]) -> String {
    match nearest(word, candidates.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there is {}", candidates.join(", ")),
    }
}

/// What a word stands for among `all`, which are the values that `key` may have.
///
/// # Errors
/// If it stands for none of them.
pub fn value_of<T: Copy>(key: &str, word: &str, all: &[(&str, T)]) -> Result<T, Problem> {
    let found = all.iter().find(|(known, _)| *known == word).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let words: Vec<&str> = all.iter().map(|(word, _)| *word).collect();
        Problem::new(key, word, suggestion(word, &words))
    })
}

/// A share in percent, with so many decimals, that never shows some as none or not all as all.
#[must_use]
pub fn percent(some: u64, all: u64, decimals: usize) -> String {
    let least = 0.1_f64.powi(decimals as i32);
    let percent = 100.0 * some as f64 / all as f64;
    match some {
        0 => "0 %".to_owned(),
        _ if some == all => "100 %".to_owned(),
        _ if percent < least => format!("<{least} %"),
        _ => format!("{:.decimals$} %", percent.min(100.0 - least)),
    }
}

/// The pieces of `text` between separators that stand outside parentheses, without surrounding spaces.
#[must_use]
pub fn split_outside_parentheses(text: &str, separator: char) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(|letter| {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && letter == separator
    })
    .map(str::trim)
    .collect()
}

/// A count for people: with a comma before every three digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count(pub u64);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let first = (digits.len() - 1) % 3 + 1;
        let (begin, rest) = digits.split_at(first);
        let groups = rest.as_bytes().chunks(3).map(|group| group.iter().map(|&digit| char::from(digit)));
        let text = groups.fold(begin.to_owned(), |mut text, group| {
            text.push(',');
            text.extend(group);
            text
        });
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shortest_text_has_no_needless_digits() {
        let cases = [
            (0.3, "0.3"),
            (1.0, "1"),
            (-2.5, "-2.5"),
            (1e-7, "1e-7"),
            (1e12, "1000000000000"),
            (1e300, "1e+300"),
            (5e-324, "5e-324"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ];
        for (value, text) in cases {
            assert_eq!(shortest(value), text);
        }
    }

    #[test]
    fn numbers_for_the_eye_have_few_digits() {
        for (value, shown) in [
            (0.1 + 0.2, "0.3"),
            (-0.0, "-0"),
            (-1234.567, "-1235"),
            (0.123_456, "0.1235"),
            (12_345_678.9, "1.235e7"),
            (1e-6, "1e-6"),
            (1.234_567e-17, "1.235e-17"),
            (1e300, "1e300"),
            (f64::MAX, "1.798e308"),
            (f64::INFINITY, "inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(with_digits(value, 4), shown);
        }
        assert_eq!(with_digits(1e20, 1), "1e20");
        assert_eq!(told_apart(&[0.1 + 0.2, 1.0]), ["0.3", "1"]);
        assert_eq!(told_apart(&[0.99999, 1.0]), ["0.99999", "1"]);
        assert_eq!(told_apart(&[0.3, 0.1 + 0.2]), ["0.3", "0.30000000000000004"]);
    }

    #[test]
    fn a_list_is_split_outside_parentheses_only() {
        assert_eq!(split_outside_parentheses("uniform(0,1), normal(1)", ','), ["uniform(0,1)", "normal(1)"]);
        assert_eq!(split_outside_parentheses("", ','), [""]);
        assert_eq!(split_outside_parentheses("a),b", ','), ["a)", "b"]);
    }

    #[test]
    fn a_misspelt_word_finds_its_neighbour_and_a_foreign_word_finds_none() {
        let words = ["alpha", "momentum", "blow_up"];
        assert_eq!(nearest("alhpa", words), Some("alpha"));
        assert_eq!(nearest("Momentun", words), Some("momentum"));
        assert_eq!(nearest("blow-up", words), Some("blow_up"));
        assert_eq!(nearest("colour", words), None);
    }

    #[test]
    fn a_word_is_one_of_those_known_or_named_with_its_neighbour() {
        let all = [("alpha", 1), ("momentum", 2)];
        assert_eq!(value_of("key", "momentum", &all), Ok(2));
        let problem = value_of("key", "alhpa", &all).unwrap_err();
        assert_eq!((problem.key.as_str(), problem.remedy.as_str()), ("key", "did you mean `alpha`?"));
    }

    #[test]
    fn shares_never_show_some_as_none_or_not_all_as_all() {
        for (count, all, whole, shown) in [
            (0, 9, "0 %", "0 %"),
            (9, 9, "100 %", "100 %"),
            (1, 1_000_000, "<1 %", "<0.1 %"),
            (999_999, 1_000_000, "99 %", "99.9 %"),
            (1, 3, "33 %", "33.3 %"),
        ] {
            assert_eq!(percent(count, all, 0), whole);
            assert_eq!(percent(count, all, 1), shown);
        }
    }

    proptest! {
        #[test]
        fn shortest_text_reads_back(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(shortest(value).parse::<f64>().unwrap().to_bits(), bits);
            prop_assert_eq!(finite_number(&shortest(value)).map(f64::to_bits), Some(bits));
        }
    }

    #[test]
    fn counts_have_a_comma_before_every_three_digits() {
        for (count, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (123_456_789, "123,456,789")] {
            assert_eq!(Count(count).to_string(), text);
        }
        assert_eq!(Count(u64::MAX).to_string(), "18,446,744,073,709,551,615");
    }
}
