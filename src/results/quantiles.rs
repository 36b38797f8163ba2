//! Percentiles of any number of values in bounded memory, whatever the order in which they come.
//!
//! Values are counted by their 13 leading significant bits, to which they are rounded: integers up to 8192 stay exact,
//! every other normal double keeps a relative error of at most 2⁻¹³ (1.2e-4; a subnormal one an absolute error of at
//! most 2⁻¹⁰³⁵, and what would round up to infinity rounds down). So there are at most 8,384,513 different counts of
//! values that are not negative; steps up to a million have 36,485.
//!
//! Counts, not a sketch: the result depends on what was added alone, so it is the same for every number of threads.

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many low bits of a double are rounded away: of 53 significant ones 13 stay.
const DROPPED_BITS: u32 = 40;
/// The largest key of a finite value, just below that of infinity.
const LARGEST_FINITE: u64 = (f64::INFINITY.to_bits() >> DROPPED_BITS) - 1;
/// The fewest waiting values worth sorting.
const WAITING_AT_LEAST: usize = 256;

/// Counts of rounded values, from which percentiles can be told.
#[derive(Clone, Debug, Default)]
pub struct Quantiles {
    /// How often each key was added, by rising key, which is the order of the values.
    counts: Vec<(i32, u64)>,
    /// Keys that still have to be counted. Sorting many at once makes adding one cheap.
    waiting: Vec<i32>,
    total: u64,
}

impl Quantiles {
    /// No values yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value; NaN is left out.
    pub fn add(&mut self, value: f64) {
        if value.is_nan() {
            return;
        }
        self.waiting.push(key(value));
        self.total += 1;
        // As many as there are counts, so that merging costs each value no more than a few comparisons.
        if self.waiting.len() >= WAITING_AT_LEAST.max(self.counts.len()) {
            self.settle();
        }
    }

    /// Adds all values of another one.
    pub fn merge(&mut self, other: &Self) {
        self.settle();
        self.counts = merged(&self.counts, &other.settled());
        self.total += other.total;
    }

    /// How many values were added.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.total
    }

    /// Whether there are no values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The `percent`-th percentile by the nearest rank: of n values the ⌈n·percent/100⌉-th smallest, or the smallest
    /// for 0; nothing if there are no values. The median of two values is the lower one.
    ///
    /// # Panics
    /// If `percent` is above 100.
    #[must_use]
    pub fn percentile(&self, percent: u8) -> Option<f64> {
        assert!(percent <= 100, "there is no {percent}th percentile");
        // In 128 bits, for n·100 may not fit into 64.
        let rank = (u128::from(self.total) * u128::from(percent)).div_ceil(100).max(1);
        let mut passed = 0;
        for &(key, count) in &*self.settled() {
            passed += u128::from(count);
            if passed >= rank {
                return Some(value(key));
            }
        }
        None
    }

    /// The counts with nothing waiting.
    fn settled(&self) -> Cow<'_, [(i32, u64)]> {
        if self.waiting.is_empty() {
            return Cow::Borrowed(&self.counts);
        }
        Cow::Owned(merged(&self.counts, &counted(&mut self.waiting.clone())))
    }

    fn settle(&mut self) {
        self.counts = merged(&self.counts, &counted(&mut self.waiting));
        self.waiting.clear();
    }
}

/// As a list of keys and counts.
impl Serialize for Quantiles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.settled().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Quantiles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let counts = Vec::<(i32, u64)>::deserialize(deserializer)?;
        let total = counts.iter().try_fold(0, |total: u64, &(_, count)| total.checked_add(count));
        match total {
            Some(total) if counts.is_sorted_by(|a, b| a.0 < b.0) => {
                Ok(Self { counts, waiting: Vec::new(), total })
            }
            _ => Err(D::Error::custom("counts are not by rising key")),
        }
    }
}

/// Equal if they hold the same rounded values.
impl PartialEq for Quantiles {
    fn eq(&self, other: &Self) -> bool {
        self.settled() == other.settled()
    }
}

/// The 13 leading bits of a value that is not NaN, as a number that rises with it.
fn key(value: f64) -> i32 {
    let magnitude = value.abs().to_bits();
    let rounded = (magnitude + (1 << (DROPPED_BITS - 1))) >> DROPPED_BITS;
    let rounded = if value.is_finite() { rounded.min(LARGEST_FINITE) } else { rounded };
    let rounded = i32::try_from(rounded).expect("24 bits of 64 are left");
    if value < 0.0 { -rounded } else { rounded }
}

/// The value a key stands for.
fn value(key: i32) -> f64 {
    let magnitude = f64::from_bits(u64::from(key.unsigned_abs()) << DROPPED_BITS);
    if key < 0 { -magnitude } else { magnitude }
}

/// How often each key occurs, by rising key.
fn counted(keys: &mut [i32]) -> Vec<(i32, u64)> {
    keys.sort_unstable();
    keys.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect()
}

/// The counts of both, by rising key.
fn merged(ours: &[(i32, u64)], theirs: &[(i32, u64)]) -> Vec<(i32, u64)> {
    let mut all = Vec::with_capacity(ours.len() + theirs.len());
    let (mut i, mut j) = (0, 0);
    while i < ours.len() && j < theirs.len() {
        let ((ours_key, ours_count), (theirs_key, theirs_count)) = (ours[i], theirs[j]);
        let least = ours_key.min(theirs_key);
        let count = if ours_key == least { ours_count } else { 0 }
            + if theirs_key == least { theirs_count } else { 0 };
        all.push((least, count));
        i += usize::from(ours_key == least);
        j += usize::from(theirs_key == least);
    }
    all.extend_from_slice(&ours[i..]);
    all.extend_from_slice(&theirs[j..]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The oracle: keep all values, sort them, take the nearest rank.
    fn percentile_of_sorted(values: &[f64], percent: u8) -> Option<f64> {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        sorted.sort_by(f64::total_cmp);
        let rank = (sorted.len() * usize::from(percent)).div_ceil(100).max(1);
        sorted.get(rank - 1).copied()
    }

    fn of(values: &[f64]) -> Quantiles {
        let mut quantiles = Quantiles::new();
        values.iter().for_each(|&value| quantiles.add(value));
        quantiles
    }

    fn close(told: f64, exact: f64) -> bool {
        let allowed = (exact.abs() * 2f64.powi(-13)).max(f64::from_bits(1 << 39));
        told == exact || (told - exact).abs() <= allowed
    }

    fn any_value() -> impl Strategy<Value = f64> {
        prop_oneof![
            any::<f64>(),
            (0u32..10_000).prop_map(f64::from),
            prop::sample::select(vec![0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 5e-324]),
        ]
    }

    proptest! {
        #[test]
        fn percentiles_are_the_oracles_within_the_stated_error(
            values in prop::collection::vec(any_value(), 0..700),
            percent in 0u8..=100,
        ) {
            let told = of(&values).percentile(percent);
            match percentile_of_sorted(&values, percent) {
                None => prop_assert_eq!(told, None),
                // The last 2⁻¹³ below the largest double round down, twice as far.
                Some(exact) if exact.is_finite() && exact.abs() > f64::MAX * (1.0 - 2f64.powi(-13)) => {
                    prop_assert!(told.unwrap().is_finite());
                }
                Some(exact) => prop_assert!(close(told.unwrap(), exact), "{:?} {}", told, exact),
            }
        }

        #[test]
        fn neither_order_nor_partition_matters(
            mut values in prop::collection::vec(any_value(), 0..700),
            cut in 0.0..1.0,
        ) {
            let whole = of(&values);
            values.reverse();
            let (left, right) = values.split_at((values.len() as f64 * cut) as usize);
            let mut one_way = of(left);
            one_way.merge(&of(right));
            let mut other_way = of(right);
            other_way.merge(&of(left));
            prop_assert!(one_way == whole && other_way == whole);
            prop_assert_eq!(one_way.len(), whole.len());
        }
    }

    #[test]
    fn integers_up_to_8192_are_exact() {
        for integer in 0..=8192 {
            let exact = f64::from(integer);
            assert_eq!(of(&[exact]).percentile(50), Some(exact));
        }
    }

    #[test]
    fn infinity_is_the_largest_value_and_no_finite_one_becomes_it() {
        let quantiles = of(&[f64::INFINITY, 1.0, f64::MAX]);
        assert_eq!(quantiles.percentile(100), Some(f64::INFINITY));
        assert!(quantiles.percentile(60).unwrap().is_finite());
        assert_eq!(quantiles.percentile(0), Some(1.0));
    }

    #[test]
    fn memory_does_not_grow_with_the_number_of_values() {
        let mut quantiles = Quantiles::new();
        for value in 0..3_000_000u32 {
            quantiles.add(f64::from(value % 1_000_000));
        }
        assert_eq!(quantiles.settled().len(), 36_485);
        assert!(quantiles.waiting.capacity() <= 2 * quantiles.counts.len().max(WAITING_AT_LEAST));
    }

    #[test]
    #[ignore = "a measurement: run it with --release --ignored --nocapture"]
    fn measure_adding() {
        let adds = 20_000_000u64;
        for (name, spread) in [("steps", 100_000u64), ("peaks", u64::MAX)] {
            let mut quantiles = Quantiles::new();
            let begin = std::time::Instant::now();
            for index in 0..adds {
                let random = index.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(31);
                let value = if spread == u64::MAX {
                    0.2 + 200.0 * (random as f64 / 1.9e19)
                } else {
                    (random % spread) as f64
                };
                quantiles.add(value);
            }
            let each = begin.elapsed().as_nanos() as f64 / adds as f64;
            println!(
                "{name}: {each} ns an add, {} counts, median {:?}",
                quantiles.settled().len(),
                quantiles.percentile(50)
            );
        }
    }
}
