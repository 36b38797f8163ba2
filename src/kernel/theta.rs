//! The parameters of a network: their order, their names, and which are alike.

use std::ops::Range;

use smallvec::SmallVec;

/// A point of the parameter space, in the order of [`Shape::names`]; short ones need no memory of their own.
pub type Theta = SmallVec<[f64; 9]>;

/// How many inputs and hidden units a network has.
///
/// θ has the hidden units' input weights input by input (for two inputs and two units w1, w2 from the first input, w3,
/// w4 from the second), then the output weights, then the hidden biases, then the output bias.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// From 1.
    pub inputs: usize,
    /// From 1.
    pub units: usize,
}

impl Shape {
    /// How many parameters there are.
    #[must_use]
    pub fn parameters(self) -> usize {
        self.units * (self.inputs + 2) + 1
    }

    /// Where the weight from an input to a hidden unit stands, both counted from 0.
    #[must_use]
    pub fn input_weight(self, input: usize, unit: usize) -> usize {
        input * self.units + unit
    }

    /// Where a hidden unit's output weight stands.
    #[must_use]
    pub fn output_weight(self, unit: usize) -> usize {
        self.inputs * self.units + unit
    }

    /// Where a hidden unit's bias stands.
    #[must_use]
    pub fn bias(self, unit: usize) -> usize {
        (self.inputs + 1) * self.units + unit
    }

    /// Where the output bias stands.
    #[must_use]
    pub fn output_bias(self) -> usize {
        self.parameters() - 1
    }

    /// The hidden input weights.
    #[must_use]
    pub fn input_weights(self) -> Range<usize> {
        0..self.inputs * self.units
    }

    /// The output weights.
    #[must_use]
    pub fn output_weights(self) -> Range<usize> {
        self.output_weight(0)..self.bias(0)
    }

    /// All biases.
    #[must_use]
    pub fn biases(self) -> Range<usize> {
        self.bias(0)..self.parameters()
    }

    /// The name of the parameter at a place: `w1`, …, `b1`, ….
    #[must_use]
    pub fn name(self, place: usize) -> String {
        let weights = self.biases().start;
        if place < weights { format!("w{}", place + 1) } else { format!("b{}", place + 1 - weights) }
    }

    /// All names, in order.
    #[must_use]
    pub fn names(self) -> Vec<String> {
        (0..self.parameters()).map(|place| self.name(place)).collect()
    }

    /// A hidden unit's parameters: its weights from each input, its bias, its output weight.
    #[must_use]
    pub fn unit(self, unit: usize) -> Vec<usize> {
        (0..self.inputs)
            .map(|input| self.input_weight(input, unit))
            .chain([self.bias(unit), self.output_weight(unit)])
            .collect()
    }

    /// The distance of θ to the nearest point at which two hidden units are equal: the least over pairs of units of
    /// ‖their differences‖ / √2. None for one unit.
    ///
    /// Zero means that two units stay equal for ever. It neither overflows nor vanishes where the parameters do not.
    #[must_use]
    pub fn asymmetry(self, theta: &[f64]) -> Option<f64> {
        let units: Vec<Vec<usize>> = (0..self.units).map(|unit| self.unit(unit)).collect();
        let pairs = (0..self.units).flat_map(|one| (0..one).map(move |two| (two, one)));
        let distances = pairs.map(|(one, two)| distance(theta, &units[one], &units[two]));
        // A NaN must not hide behind other pairs.
        distances.reduce(|least, next| if next.is_nan() || next < least { next } else { least })
    }
}

/// ‖difference‖ / √2 of two units.
fn distance(theta: &[f64], one: &[usize], two: &[usize]) -> f64 {
    let differences = |part: f64| -> SmallVec<[f64; 10]> {
        one.iter().zip(two).map(|(&i, &j)| theta[i] * part - theta[j] * part).collect()
    };
    let (mut part, mut parts) = (1.0, differences(1.0));
    if parts.iter().any(|part| part.is_infinite()) {
        // Halves of the least numbers are not exact, but do not matter beside those.
        part = 0.5;
        parts = differences(part);
    }
    let scale = power_of_two_near(parts.iter().copied());
    let sum = parts.iter().fold(0.0, |sum, part| sum + (part / scale) * (part / scale));
    scale * ((sum / 2.0).sqrt() / part)
}

/// The power of two that brings the largest absolute value into 1 … 2, so that no square overflows or vanishes: a
/// subnormal one into 2⁻⁵² … 1; 1 where it is infinite.
pub(crate) fn power_of_two_near(values: impl Iterator<Item = f64>) -> f64 {
    let largest = values.fold(0.0, |a: f64, b| a.max(b.abs()));
    if largest.is_infinite() {
        return 1.0;
    }
    f64::from_bits((largest.to_bits() >> 52).max(1) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { inputs: 2, units: 2 };

    #[test]
    fn the_distance_to_equal_units_is_the_plain_formula_at_every_size() {
        let theta = [0.3, -0.7, 0.5, 1.25, -0.25, 0.875, 0.125, -0.5, 0.6];
        let plain = {
            let squares = [(0, 1), (2, 3), (6, 7), (4, 5)].map(|(i, j): (usize, usize)| {
                let difference: f64 = theta[i] - theta[j];
                difference * difference
            });
            ((squares[0] + squares[1] + squares[2] + squares[3]) / 2.0).sqrt()
        };
        assert_eq!(SHAPE.asymmetry(&theta), Some(plain));
        for exponent in -960..=1023 {
            let factor = 2.0_f64.powi(exponent);
            let scaled = theta.map(|value: f64| value * factor);
            assert_eq!(SHAPE.asymmetry(&scaled), Some(plain * factor), "{exponent}");
        }
    }

    #[test]
    fn the_distance_to_equal_units_is_0_for_equal_ones_alone() {
        let with = |at: &[(usize, f64)]| {
            let mut theta = [0.25; 9];
            for &(place, value) in at {
                theta[place] = value;
            }
            SHAPE.asymmetry(&theta).unwrap()
        };
        assert_eq!(with(&[]), 0.0);
        assert_eq!(with(&[(8, 7.0)]), 0.0);
        for place in 0..8 {
            for tiny in [5e-324, -1e-310, f64::MIN_POSITIVE, 1e-170] {
                let mut theta = [0.0; 9];
                theta[place] = tiny;
                let distance = SHAPE.asymmetry(&theta).unwrap();
                assert!(distance > 0.0 && distance <= tiny.abs(), "{tiny} at {place}: {distance}");
            }
        }
        assert_eq!(with(&[(0, 1.2e308), (1, -1.2e308)]), 1.2e308 * 2.0_f64.sqrt());
        assert_eq!(with(&[(0, f64::MAX), (1, -f64::MAX)]), f64::INFINITY);
        assert_eq!(with(&[(0, f64::MAX), (1, f64::MAX)]), 0.0);
        assert!(with(&[(0, f64::NAN)]).is_nan());
    }

    #[test]
    fn the_distance_is_that_of_the_nearest_two_units() {
        let shape = Shape { inputs: 1, units: 3 };
        // Weights 0, 3, 10; all else equal.
        let theta = [0.0, 3.0, 10.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.0];
        assert_eq!(shape.asymmetry(&theta), Some(4.5_f64.sqrt()));
        assert_eq!(Shape { inputs: 1, units: 1 }.asymmetry(&[1.0; 4]), None);
    }
}
