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
    // Halves, whose difference is finite.
    let differences: SmallVec<[f64; 10]> =
        one.iter().zip(two).map(|(&i, &j)| theta[i] / 2.0 - theta[j] / 2.0).collect();
    let scale = power_of_two_near(differences.iter().copied());
    let sum =
        differences.iter().map(|part| (part / scale) * (part / scale)).fold(0.0, |sum, part| sum + part);
    scale * (2.0 * (sum / 2.0).sqrt())
}

/// The power of two that brings the largest absolute value into 1 … 2, so that no square overflows or vanishes; 1
/// where there is none.
pub(crate) fn power_of_two_near(values: impl Iterator<Item = f64>) -> f64 {
    let largest = values.fold(0.0, |a: f64, b| a.max(b.abs()));
    let exponent = largest.to_bits() >> 52;
    if exponent == 0 || largest.is_infinite() { 1.0 } else { f64::from_bits(exponent << 52) }
}
