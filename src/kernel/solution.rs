//! What a network computes with its hidden units, in words that do not depend on the network's symmetries.
//!
//! Exchanging the two hidden units changes nothing. Nor does mirroring one: its weights and bias change sign, it
//! computes the opposite, and its output weight and the output bias make up for it. So every unit is taken with a
//! positive output weight, and the two stand in a fixed order: equivalent solutions get the same words.

use std::fmt;

use crate::setup::SetUp;

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

/// For which samples each hidden unit is on: its weighted sum is above 0. That is above the middle of its range; a
/// rectifier is activated there, and has a slope of 0, or a small one, elsewhere.
#[must_use]
pub fn on(set_up: &SetUp, theta: &[f64]) -> Vec<Vec<bool>> {
    let shape = set_up.shape();
    // In the order of the kernel's sum, whose sign it must have.
    let sum = |unit: usize, inputs: &[f64]| {
        let inputs = inputs.iter().enumerate();
        inputs.fold(theta[shape.bias(unit)], |sum, (input, x)| {
            x.mul_add(theta[shape.input_weight(input, unit)], sum)
        })
    };
    let samples = set_up.task.samples();
    let of_unit = |unit| samples.iter().map(|sample| sum(unit, &sample.inputs) > 0.0).collect();
    (0..shape.units).map(of_unit).collect()
}

/// What each hidden unit of a network computes, by the samples for which it is [`on`]. For set-ups with
/// [`SetUp::has_solutions`].
#[must_use]
pub fn logic(set_up: &SetUp, theta: &[f64]) -> [Logic; 2] {
    let on = on(set_up, theta);
    [0, 1].map(|unit| Logic(on[unit].iter().enumerate().map(|(i, &on)| u8::from(on) << i).sum()))
}

/// A way to compute XOR, the same for networks that differ by a symmetry only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Solution([Logic; 2]);

impl Solution {
    /// What a network that solves the problem does.
    #[must_use]
    pub fn of(set_up: &SetUp, theta: &[f64]) -> Self {
        let [one, two] = logic(set_up, theta);
        let positive = |logic: Logic, weight: f64| if weight < 0.0 { logic.mirrored() } else { logic };
        let mut units = [
            positive(one, theta[set_up.shape().output_weight(0)]),
            positive(two, theta[set_up.shape().output_weight(1)]),
        ];
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
    use crate::task::{Coding, Task};
    use proptest::prelude::*;

    /// `or` minus `and`: the textbook's solution.
    const TEXTBOOK: [f64; 9] = [20.0, 20.0, 20.0, 20.0, 1.0, -1.0, -10.0, -30.0, 0.0];

    #[test]
    fn the_textbook_solution_is_or_and_nand() {
        assert_eq!(Solution::of(&SetUp::default(), &TEXTBOOK).to_string(), "or+nand");
        assert_eq!(logic(&SetUp::default(), &TEXTBOOK).map(Logic::word), ["or", "and"]);
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
            let coding = if plus_minus { Coding::PlusMinus } else { Coding::ZeroOne };
            let set_up = SetUp { task: Task::named("xor", coding, None).unwrap(), ..SetUp::default() };
            let [w1, w2, w3, w4, w5, w6, b1, b2, b3] = theta;
            let exchanged = [w2, w1, w4, w3, w6, w5, b2, b1, b3];
            let mirrored = [-w1, w2, -w3, w4, -w5, w6, -b1, b2, b3 + w5];
            let words = Solution::of(&set_up, &theta);
            prop_assert_eq!(Solution::of(&set_up, &exchanged), words);
            prop_assert_eq!(Solution::of(&set_up, &mirrored), words);
        }
    }
}
