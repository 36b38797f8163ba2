//! In which order the samples of a step come: a pure function of the run's seed and the step.

use std::sync::OnceLock;

use crate::setup::Update;

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

/// All orders of up to [`FEW`] samples.
fn orders(count: usize) -> &'static [Vec<u8>] {
    static ALL: OnceLock<Vec<Vec<Vec<u8>>>> = OnceLock::new();
    &ALL.get_or_init(|| {
        let mut all = vec![vec![Vec::new()]];
        for count in 1..=FEW {
            let longer = all[count - 1].iter().flat_map(|order: &Vec<u8>| {
                (0..count).map(move |at| {
                    let mut order = order.clone();
                    order.insert(at, count as u8 - 1);
                    order
                })
            });
            let longer = longer.collect();
            all.push(longer);
        }
        all
    })[count]
}

/// Fills `places` with the samples of a step, in order: each once ([`Update::Shuffled`]), or drawn with replacement
/// ([`Update::Random`]).
///
/// The counter is the seed, itself mixed so that neighbours share nothing, plus the step times an odd constant. The
/// bias of a draw is below 2^−50.
#[inline]
pub fn draw(update: Update, seed: u64, step: u64, places: &mut [u8]) {
    let count = places.len();
    let key = mix(seed ^ 0x6A09_E667_F3BC_C908).wrapping_add(step.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut digits = mix(key);
    // Digits for more than a few draws come from further counters.
    let refill = |draw: usize, digits: &mut u64| {
        if draw % 2 == 1 {
            *digits = mix(key.wrapping_add((draw as u64) << 56 | 1));
        }
    };
    match update {
        Update::Random => {
            for (draw, place) in places.iter_mut().enumerate() {
                refill(draw, &mut digits);
                *place = below(&mut digits, count) as u8;
            }
        }
        _ if count <= FEW => {
            let all = orders(count);
            places.copy_from_slice(&all[below(&mut digits, all.len())]);
        }
        _ => {
            // Fisher and Yates, from within.
            for place in 0..count {
                refill(place, &mut digits);
                let other = below(&mut digits, place + 1);
                places[place] = places[other];
                places[other] = place as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_an_order_is_as_likely_as_another() {
        for update in [Update::Shuffled, Update::Random] {
            for count in [1, 2, 4, 5, 6, 13, 64] {
                let trials = 4000_u64;
                let mut counts = vec![vec![0_u32; count]; count];
                for trial in 0..trials {
                    let mut places = vec![0; count];
                    draw(update, trial / 10, trial % 10, &mut places);
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
        let order = |seed, step| {
            let mut places = [0; 32];
            draw(Update::Shuffled, seed, step, &mut places);
            places
        };
        for k in 0..100 {
            assert_ne!(order(k, 5), order(k + 1, 5));
            assert_ne!(order(k, 5), order(k, 6));
            assert_eq!(order(k, 5), order(k, 5));
        }
    }
}
