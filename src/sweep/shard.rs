//! A part of a sweep, for one machine of several.

use std::fmt;
use std::num::NonZeroU64;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Problem;

/// The most shards of a sweep.
pub const MAX_SHARDS: u64 = 1_000_000;

/// One of several parts of a sweep, each of consecutive runs: 3/8 is the third of eight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Shard {
    number: u64,
    of: NonZeroU64,
}

impl Shard {
    /// Which one, from 1 to [`of`](Self::of).
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Of how many, from 1 to [`MAX_SHARDS`].
    #[must_use]
    pub fn of(&self) -> u64 {
        self.of.get()
    }

    /// All shards of as many.
    pub fn all(of: NonZeroU64) -> impl Iterator<Item = Self> {
        (1..=of.get()).map(move |number| Self { number, of })
    }

    /// Its runs among `runs`. All shards together have each run once, in order; their lengths differ by one at most,
    /// and some have none if there are more shards than runs.
    #[must_use]
    pub fn range(&self, runs: u64) -> Range<u64> {
        // In 128 bits, for the product may not fit into 64.
        let cut = |number: u64| (u128::from(runs) * u128::from(number) / u128::from(self.of.get())) as u64;
        cut(self.number - 1)..cut(self.number)
    }

    /// The name of the folder of its results.
    #[must_use]
    pub fn folder(&self) -> String {
        format!("shard-{}-of-{}", self.number, self.of)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let problem = |remedy: String| Problem::new("shard", text, remedy);
        let numbers = text.split_once('/').and_then(|(number, of)| {
            Some((number.trim().parse::<u64>().ok()?, of.trim().parse::<NonZeroU64>().ok()?))
        });
        let (number, of) =
            numbers.ok_or_else(|| problem("give K/N, such as 3/8, the third of eight".into()))?;
        if of.get() > MAX_SHARDS {
            return Err(problem(format!("give at most {MAX_SHARDS} shards")));
        }
        if !(1..=of.get()).contains(&number) {
            return Err(problem(format!("shards are counted from 1: give 1/{of} to {of}/{of}")));
        }
        Ok(Self { number, of })
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

impl TryFrom<String> for Shard {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shards_have_each_run_once_and_equally_many(
            runs in prop_oneof![0u64..300, Just(u64::MAX), any::<u64>()],
            of in 1u64..200,
        ) {
            let mut end = 0;
            for shard in Shard::all(NonZeroU64::new(of).unwrap()) {
                let range = shard.range(runs);
                prop_assert_eq!(range.start, end);
                prop_assert!(range.end - range.start - runs / of <= 1);
                end = range.end;
                prop_assert_eq!(shard.to_string().parse::<Shard>().unwrap(), shard);
            }
            prop_assert_eq!(end, runs);
        }
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        for wrong in
            ["", "3", "/", "3/", "/8", "0/8", "9/8", "1/0", "-1/8", "1/8/2", "1.0/8", "1/1000001", "a/b"]
        {
            assert_eq!(wrong.parse::<Shard>().unwrap_err().key, "shard", "{wrong}");
        }
    }
}
