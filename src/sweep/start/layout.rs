//! The orders in which programs write a network's parameters down.

use crate::kernel::Shape;

/// How a file of starts is to be read where it could be read in several ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartsLayout {
    /// Numbers in θ's order.
    Numbered,
    /// Layer by layer, weights and then biases, a matrix of weights being inputs × units.
    Keras,
    /// Layer by layer, weights and then biases, a matrix of weights being units × inputs.
    Pytorch,
    /// The columns of a table of results that say where runs started.
    Start,
    /// The columns of a table of results that say where runs ended.
    End,
}

impl StartsLayout {
    /// All there are, by their words; first the orders of numbers that have no names.
    pub const WORDS: [(&str, Self); 5] = [
        ("numbered", Self::Numbered),
        ("keras", Self::Keras),
        ("pytorch", Self::Pytorch),
        ("start", Self::Start),
        ("end", Self::End),
    ];

    /// Its word in a spec.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, layout)| *layout == self).expect("every layout has a word").0
    }

    /// Whether it is an order of numbers that have no names.
    pub(super) fn is_order(self) -> bool {
        !matches!(self, Self::Start | Self::End)
    }

    /// For each parameter in θ's order, its place among the numbers of a network in a row.
    pub(super) fn places(self, shape: Shape) -> Vec<usize> {
        if !matches!(self, Self::Keras | Self::Pytorch) {
            return (0..shape.parameters()).collect();
        }
        let Shape { inputs, units } = shape;
        let weights = shape.input_weights().len();
        let hidden = (0..weights).map(|number| {
            let (input, unit) = (number / units, number % units);
            if self == Self::Pytorch { unit * inputs + input } else { number }
        });
        let (biases, output) = (weights..weights + units, weights + units..weights + 2 * units);
        hidden.chain(output).chain(biases).chain([shape.output_bias()]).collect()
    }

    /// The parameters' names in the order in which the numbers of a network stand in a row; many are cut short.
    pub(super) fn order(self, shape: Shape) -> String {
        const MAX_SHOWN: usize = 16;
        let mut names = vec![String::new(); shape.parameters()];
        for (name, place) in shape.names().into_iter().zip(self.places(shape)) {
            names[place] = name;
        }
        if names.len() > MAX_SHOWN {
            names.splice(3..names.len() - 1, ["…".to_owned()]);
        }
        names.join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_name_every_parameter_once() {
        let (xor, other) = (Shape { inputs: 2, units: 2 }, Shape { inputs: 3, units: 2 });
        for (layout, shape, order) in [
            (StartsLayout::Numbered, xor, "w1,w2,w3,w4,w5,w6,b1,b2,b3"),
            (StartsLayout::Keras, xor, "w1,w2,w3,w4,b1,b2,w5,w6,b3"),
            (StartsLayout::Pytorch, xor, "w1,w3,w2,w4,b1,b2,w5,w6,b3"),
            (StartsLayout::Keras, other, "w1,w2,w3,w4,w5,w6,b1,b2,w7,w8,b3"),
            (StartsLayout::Pytorch, other, "w1,w3,w5,w2,w4,w6,b1,b2,w7,w8,b3"),
            (StartsLayout::Pytorch, Shape { inputs: 2, units: 8 }, "w1,w9,w2,…,b9"),
        ] {
            assert_eq!(layout.order(shape), order);
        }
    }
}
