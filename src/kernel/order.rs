//! In which order the samples of a step come: a pure function of the run's seed and the step.

use crate::lanes::each;
use crate::setup::Update;
use crate::task::MAX_SAMPLES;

/// Up to so many samples, one draw chooses among all orders.
const FEW: usize = 5;

/// The finalizer of SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators",
/// 2014): spreads the bits of a counter.
#[inline(always)]
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// A whole number below `bound` from the top of `digits`, which are then what is left of them.
#[inline(always)]
fn below(digits: &mut u64, bound: usize) -> usize {
    let wide = u128::from(*digits) * bound as u128;
    *digits = wide as u64;
    (wide >> 64) as usize
}

/// What the orders of a run are drawn from: its seed, mixed so that neighbours share nothing.
#[must_use]
pub fn stream(seed: u64) -> u64 {
    mix(seed ^ 0x6A09_E667_F3BC_C908)
}

/// How samples of a known number are put in order: each once ([`Update::Shuffled`]), or drawn with replacement
/// ([`Update::Random`]).
#[derive(Clone, Debug)]
pub struct Orders {
    is_random: bool,
    count: usize,
    /// All orders of up to [`FEW`] samples, of which one is then drawn; as numbers for a register's lanes.
    all: Vec<[f64; FEW]>,
}

impl Orders {
    /// Of at most [`MAX_SAMPLES`] samples.
    #[must_use]
    pub fn new(update: Update, count: usize) -> Self {
        let mut all = Vec::new();
        if update == Update::Shuffled && count <= FEW {
            let mut orders = vec![Vec::new()];
            for sample in 0..count {
                let longer = orders.iter().flat_map(|order: &Vec<usize>| {
                    (0..=sample).map(move |at| {
                        let mut order = order.clone();
                        order.insert(at, sample);
                        order
                    })
                });
                orders = longer.collect();
            }
            all = orders
                .iter()
                .map(|order| each!(at => order.get(at).map_or(0.0, |&sample| sample as f64)))
                .collect();
        }
        Self { is_random: update == Update::Random, count, all }
    }

    /// Tells `put` the sample at each place of a step.
    ///
    /// The counter is the stream plus the step times an odd constant. The bias of a draw is below 2^−50.
    #[inline]
    pub fn draw(&self, stream: u64, step: u64, mut put: impl FnMut(usize, f64)) {
        let key = stream.wrapping_add(step.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut digits = mix(key);
        if !self.all.is_empty() {
            let order = &self.all[below(&mut digits, self.all.len())];
            for (at, &sample) in order.iter().enumerate().take(self.count) {
                put(at, sample);
            }
            return;
        }
        // Digits for more than a few draws come from further counters.
        let refill = |draw: usize, digits: &mut u64| {
            if draw % 2 == 1 {
                *digits = mix(key.wrapping_add((draw as u64) << 56 | 1));
            }
        };
        if self.is_random {
            for draw in 0..self.count {
                refill(draw, &mut digits);
                put(draw, below(&mut digits, self.count) as f64);
            }
            return;
        }
        // Fisher and Yates, from within.
        let mut samples = [0_u8; MAX_SAMPLES];
        for place in 0..self.count {
            refill(place, &mut digits);
            let other = below(&mut digits, place + 1);
            samples[place] = samples[other];
            samples[other] = place as u8;
        }
        for (place, &sample) in samples[..self.count].iter().enumerate() {
            put(place, f64::from(sample));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(orders: &Orders, seed: u64, step: u64) -> Vec<u8> {
        let mut places = Vec::new();
        orders.draw(stream(seed), step, |at, sample| {
            assert_eq!(at, places.len());
            places.push(sample as u8);
        });
        places
    }

    #[test]
    fn every_place_of_an_order_is_as_likely_as_another() {
        for update in [Update::Shuffled, Update::Random] {
            for count in [1, 2, 4, 5, 6, 13, 64] {
                let trials = 4000_u64;
                let mut counts = vec![vec![0_u32; count]; count];
                for trial in 0..trials {
                    let mut places = drawn(&Orders::new(update, count), trial / 10, trial % 10);
                    for (at, &place) in places.iter().enumerate() {
                        counts[at][usize::from(place)] += 1;
                    }
                    if update == Update::Shuffled {
                        places.sort_unstable();
                        assert!(places.iter().enumerate().all(|(at, &place)| at == usize::from(place)));
                    }
                }
                let expected = trials as f64 / count as f64;
                let most = counts
                    .iter()
                    .flatten()
                    .map(|&seen| (f64::from(seen) - expected).abs())
                    .fold(0.0, f64::max);
                assert!(most < 5.0 * expected.sqrt(), "{update}, {count}: {most} off {expected}");
            }
        }
    }

    #[test]
    fn neighbouring_seeds_and_steps_share_no_order() {
        let orders = Orders::new(Update::Shuffled, 32);
        let order = |seed, step| drawn(&orders, seed, step);
        for k in 0..100 {
            assert_ne!(order(k, 5), order(k + 1, 5));
            assert_ne!(order(k, 5), order(k, 6));
            assert_eq!(order(k, 5), order(k, 5));
        }
    }
}
