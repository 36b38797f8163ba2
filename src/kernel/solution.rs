//! What a network computes with its hidden units, in words that do not depend on the network's symmetries.
//!
//! Exchanging the two hidden units changes nothing. Nor does mirroring one: its weights and bias change sign, it
//! computes the opposite, and its output weight and the output bias make up for it. So every unit is taken with a
//! positive output weight, and the two stand in a fixed order: equivalent solutions get the same words.

use std::fmt;

use super::formula::{Variant, Visitor, squares};
use super::theta::Theta;
use super::theta::at::{W5, W6};
use super::variant::Network;

/// A logical function of the two inputs, by its values for the samples 00, 10, 01, 11 (bit 0 is 00).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Logic(u8);

/// The names of the sixteen functions, by their bits. No hidden unit computes `xor` or `xnor`.
const WORDS: [&str; 16] = [
    "never",
    "nor",
    "x1-not-x2",
    "not-x2",
    "x2-not-x1",
    "not-x1",
    "xor",
    "nand",
    "and",
    "xnor",
    "x1",
    "x1-or-not-x2",
    "x2",
    "x2-or-not-x1",
    "or",
    "always",
];

/// The order in which two units are named: `or` before `nand`, `x1-not-x2` before `x2-not-x1`.
const ORDER: [u8; 16] = [15, 14, 2, 9, 4, 8, 12, 7, 6, 13, 0, 10, 1, 11, 3, 5];

impl Logic {
    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        WORDS[usize::from(self.0)]
    }

    /// Its values for the samples 00, 10, 01, 11 as bits, bit 0 for 00: below 16.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }

    /// The opposite.
    #[must_use]
    pub fn mirrored(self) -> Self {
        Self(!self.0 & 0b1111)
    }
}

/// What each hidden unit of a network computes: for which samples it is above the middle of its range.
#[must_use]
pub fn logic(network: &Network, theta: &Theta) -> [Logic; 2] {
    network.visit(HiddenLogic(theta))
}

struct HiddenLogic<'a>(&'a Theta);

impl Visitor for HiddenLogic<'_> {
    type Out = [Logic; 2];

    fn visit<V: Variant>(self) -> [Logic; 2] {
        squares::<V, f64>(self.0).map(|[base, first, second]| {
            let pre = [base, base + first, base + second, base + first + second];
            let bits = pre.iter().enumerate().map(|(i, &z)| u8::from(z > 0.0) << i);
            Logic(bits.sum())
        })
    }
}

/// A way to compute XOR, the same for networks that differ by a symmetry only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Solution([Logic; 2]);

impl Solution {
    /// What a network that solves the problem does.
    #[must_use]
    pub fn of(network: &Network, theta: &Theta) -> Self {
        let [one, two] = logic(network, theta);
        let positive = |logic: Logic, weight: f64| if weight < 0.0 { logic.mirrored() } else { logic };
        let mut units = [positive(one, theta[W5]), positive(two, theta[W6])];
        units.sort_by_key(|unit| ORDER[usize::from(unit.0)]);
        Self(units)
    }

    /// What the two units compute, in their fixed order.
    #[must_use]
    pub fn units(self) -> [Logic; 2] {
        self.0
    }
}

impl fmt::Display for Solution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, two] = self.0.map(Logic::word);
        write!(f, "{one}+{two}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `or` minus `and`: the textbook's solution.
    const TEXTBOOK: Theta = [20.0, 20.0, 20.0, 20.0, 1.0, -1.0, -10.0, -30.0, 0.0];

    #[test]
    fn the_textbook_solution_is_or_and_nand() {
        assert_eq!(Solution::of(&Network::default(), &TEXTBOOK).to_string(), "or+nand");
        assert_eq!(logic(&Network::default(), &TEXTBOOK).map(Logic::word), ["or", "and"]);
    }

    #[test]
    fn every_order_is_given_once() {
        let mut order = ORDER;
        order.sort_unstable();
        assert_eq!(order, std::array::from_fn(|i| i as u8));
    }

    proptest! {
        #[test]
        fn symmetries_do_not_change_the_words(theta in prop::array::uniform9(-5.0..5.0f64), plus_minus: bool) {
            let network = Network::ALL[if plus_minus { 4 } else { 0 }];
            let [w1, w2, w3, w4, w5, w6, b1, b2, b3] = theta;
            let exchanged = [w2, w1, w4, w3, w6, w5, b2, b1, b3];
            let mirrored = [-w1, w2, -w3, w4, -w5, w6, -b1, b2, b3 + w5];
            let words = Solution::of(&network, &theta);
            prop_assert_eq!(Solution::of(&network, &exchanged), words);
            prop_assert_eq!(Solution::of(&network, &mirrored), words);
        }
    }
}
