//! The seeds of a sweep, as ranges: a thousand million take no more room than one.

use std::collections::BTreeMap;
use std::fmt;

use crate::Problem;

/// The most items a list of seeds may have.
pub const MAX_SEED_ITEMS: usize = 1_000_000;

/// The most seeds, and the most runs: above, the number of a run would not be exact in a double.
pub const MAX_RUNS: u64 = 1 << 53;

/// The seeds of a sweep, in order, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeds {
    ranges: Vec<SeedRange>,
    len: u64,
}

/// `count` seeds from `first`, with `before` seeds before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SeedRange {
    first: u64,
    count: u64,
    before: u64,
}

/// What a seed item may be.
const SEED_REMEDY: &str = "give whole numbers from 0 to 18446744073709551615, or ranges such as 0..1000 \
                           whose second number is above the first and itself left out";

impl Seeds {
    /// One seed.
    #[must_use]
    pub fn one(seed: u64) -> Self {
        Self { ranges: vec![SeedRange { first: seed, count: 1, before: 0 }], len: 1 }
    }

    /// Reads items such as `7` and `0..1000` (without 1000).
    ///
    /// # Errors
    ///
    /// If an item is neither, a range holds nothing, there are more than [`MAX_SEED_ITEMS`] items or more than
    /// [`MAX_RUNS`] seeds.
    pub fn parse(items: &[String]) -> Result<Self, Problem> {
        if items.is_empty() {
            return Err(Problem::new("seeds", "[]", SEED_REMEDY));
        }
        if items.len() > MAX_SEED_ITEMS {
            let remedy = format!("give at most {MAX_SEED_ITEMS} items; ranges such as 0..1000 need fewer");
            return Err(Problem::new("seeds", format!("{} items", items.len()), remedy));
        }
        let mut seeds = Self { ranges: Vec::new(), len: 0 };
        let mut covered = Covered::default();
        for item in items {
            let (start, end) =
                seed_range(item).map_err(|remedy| Problem::new("seeds", item.trim(), remedy))?;
            for (start, end) in covered.add(start, end) {
                seeds.append(start, end).ok_or_else(|| {
                    Problem::new("seeds", item, format!("give at most {MAX_RUNS} seeds in all"))
                })?;
            }
        }
        Ok(seeds)
    }

    /// Adds a range that overlaps none; none if there are too many seeds then.
    fn append(&mut self, start: u128, end: u128) -> Option<()> {
        let first = u64::try_from(start).ok()?;
        let count = u64::try_from(end - start).ok()?;
        let len = self.len.checked_add(count).filter(|len| *len <= MAX_RUNS)?;
        match self.ranges.last_mut() {
            Some(last) if u128::from(last.first) + u128::from(last.count) == start => last.count += count,
            _ => self.ranges.push(SeedRange { first, count, before: self.len }),
        }
        self.len = len;
        Some(())
    }

    /// How many seeds there are; at least one.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "there is always a seed")]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// The seed at `index`.
    ///
    /// # Panics
    ///
    /// If `index` is not below [`Seeds::len`].
    #[must_use]
    pub fn get(&self, index: u64) -> u64 {
        assert!(index < self.len, "seed {index} of {}", self.len);
        let range = self.ranges[self.ranges.partition_point(|range| range.before <= index) - 1];
        range.first + (index - range.before)
    }

    /// The items that name these seeds: `0..1000`, `7`.
    #[must_use]
    pub fn items(&self) -> Vec<String> {
        let item = |range: &SeedRange| match range.count {
            1 => range.first.to_string(),
            count => format!("{}..{}", range.first, u128::from(range.first) + u128::from(count)),
        };
        self.ranges.iter().map(item).collect()
    }
}

impl fmt::Display for Seeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.items().join(","))
    }
}

/// Reads `7` or `0..1000`, half-open; the error is a remedy.
fn seed_range(item: &str) -> Result<(u128, u128), String> {
    /// One above the greatest seed, so that a half-open range can hold it.
    const END: u128 = 1 << 64;
    let number = |text: &str| {
        let text = text.trim();
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u128>().ok().filter(|_| digits).ok_or_else(|| range_meant(item))
    };
    let (start, end) = match item.split_once("..") {
        None => (number(item)?, number(item)?.saturating_add(1)),
        Some((start, end)) => (number(start)?, number(end)?),
    };
    if start > end {
        return Err("the range is reversed; give the lower seed first".to_owned());
    }
    if start == end {
        return Err(format!("the range is empty, for its end is left out; for one seed give {start}"));
    }
    if end > END { Err(SEED_REMEDY.to_owned()) } else { Ok((start, end)) }
}

/// What would do instead of a range that is written in another way; for all else [`SEED_REMEDY`].
fn range_meant(item: &str) -> String {
    let whole = |text: &str| text.trim().parse::<u64>().ok();
    let ends = |separator, beyond: u64| {
        let (first, last) = item.split_once(separator)?;
        Some((whole(first)?, whole(last)?.checked_add(beyond)?))
    };
    // Of what has its last seed in it the end is one more.
    let meant = [("..=", 1), ("...", 1), ("-", 1), ("–", 1), (":", 0)]
        .into_iter()
        .find_map(|(sign, one)| ends(sign, one));
    meant.filter(|(first, end)| first < end).map_or_else(
        || SEED_REMEDY.to_owned(),
        |(first, end)| format!("a range of seeds ends before its second number: write {first}..{end}"),
    )
}

/// The numbers that have appeared so far, as disjoint half-open stretches from start to end.
#[derive(Default)]
struct Covered(BTreeMap<u128, u128>);

impl Covered {
    /// Adds a stretch; the parts of it that are new, in order.
    fn add(&mut self, start: u128, end: u128) -> Vec<(u128, u128)> {
        let touching: Vec<(u128, u128)> = self
            .0
            .range(..=end)
            .rev()
            .map(|(from, to)| (*from, *to))
            .take_while(|(_, to)| *to >= start)
            .collect();
        let mut parts = Vec::new();
        let (mut reached, mut merged_start) = (start, start);
        for (from, to) in touching.into_iter().rev() {
            if from > reached {
                parts.push((reached, from));
            }
            reached = reached.max(to);
            merged_start = merged_start.min(from);
            self.0.remove(&from);
        }
        if reached < end {
            parts.push((reached, end));
        }
        self.0.insert(merged_start, reached.max(end));
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    #[test]
    fn seeds_are_ranges_without_repetition() {
        let seeds = Seeds::parse(&texts(&["5..10", "7", "0..20", "19", "100"])).unwrap();
        assert_eq!(seeds.to_string(), "5..10,0..5,10..20,100");
        let all: Vec<u64> = (0..seeds.len()).map(|index| seeds.get(index)).collect();
        let expected: Vec<u64> = (5..10).chain(0..5).chain(10..20).chain([100]).collect();
        assert_eq!(all, expected);
        assert_eq!(Seeds::parse(&texts(&["0", "1", "2"])).unwrap().to_string(), "0..3");
    }

    #[test]
    fn the_greatest_seed_can_be_reached() {
        for item in ["18446744073709551615", "18446744073709551615..18446744073709551616"] {
            assert_eq!(Seeds::parse(&texts(&[item])).unwrap().get(0), u64::MAX);
        }
    }

    #[test]
    fn a_bad_seed_is_named() {
        let cases = [
            ("10..5", "reversed"),
            ("5..5", "for one seed give 5"),
            ("-1", "whole numbers"),
            ("-1..5", "whole numbers"),
            ("0..", "whole numbers"),
            ("1.5", "whole numbers"),
            ("+7", "whole numbers"),
            ("many", "whole numbers"),
            ("", "whole numbers"),
            ("0...5", "write 0..6"),
            ("0..=5", "write 0..6"),
            ("0-5", "write 0..6"),
            ("0:5", "write 0..5"),
            ("5:0", "whole numbers"),
            ("18446744073709551616", "whole numbers"),
            ("0..18446744073709551617", "whole numbers"),
            ("0..18446744073709551616", "at most 9007199254740992"),
            ("99999999999999999999999999999999999999999999999", "whole numbers"),
        ];
        for (item, part) in cases {
            let problem = Seeds::parse(&texts(&[item])).unwrap_err();
            assert_eq!((problem.key.as_str(), problem.value.as_str()), ("seeds", item));
            assert!(problem.remedy.contains(part), "{problem}");
        }
        assert!(Seeds::parse(&[]).is_err());
        assert!(Seeds::parse(&vec!["1".to_owned(); MAX_SEED_ITEMS + 1]).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(item in "\\PC*", near in "[-0-9.]{0,44}") {
            let _ = Seeds::parse(&[item, near.clone()]);
            let _ = Seeds::parse(&[near]);
        }

        /// The oracle is a plain list of every seed.
        #[test]
        fn seeds_agree_with_a_plain_list(ranges in prop::collection::vec((0_u64..60, 1_u64..20), 1..12)) {
            let items: Vec<String> =
                ranges.iter().map(|(start, count)| format!("{start}..{}", start + count)).collect();
            let mut expected = Vec::new();
            for seed in ranges.iter().flat_map(|(start, count)| *start..start + count) {
                if !expected.contains(&seed) {
                    expected.push(seed);
                }
            }
            let seeds = Seeds::parse(&items).unwrap();
            let all: Vec<u64> = (0..seeds.len()).map(|index| seeds.get(index)).collect();
            prop_assert_eq!(all, expected);
            prop_assert_eq!(Seeds::parse(&seeds.items()).unwrap(), seeds);
        }
    }
}
