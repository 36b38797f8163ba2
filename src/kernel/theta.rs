//! The nine parameters, their order and their names.

/// How many parameters the network has.
pub const PARAMETERS: usize = 9;

/// The parameters' names, in the order θ always has: a unit's two weights are not neighbours.
pub const NAMES: [&str; PARAMETERS] = ["w1", "w2", "w3", "w4", "w5", "w6", "b1", "b2", "b3"];

/// Where each parameter stands in θ.
#[allow(missing_docs)]
pub mod at {
    pub const W1: usize = 0;
    pub const W2: usize = 1;
    pub const W3: usize = 2;
    pub const W4: usize = 3;
    pub const W5: usize = 4;
    pub const W6: usize = 5;
    pub const B1: usize = 6;
    pub const B2: usize = 7;
    pub const B3: usize = 8;
}

/// A point of the parameter space, in the order of [`NAMES`].
pub type Theta = [f64; PARAMETERS];

/// The distance of θ to the subspace in which both hidden units are equal:
/// ‖(w1 − w2, w3 − w4, b1 − b2, w5 − w6)‖ / √2.
///
/// Zero means that the units stay equal for ever.
#[must_use]
pub fn asymmetry(theta: &Theta) -> f64 {
    use at::{B1, B2, W1, W2, W3, W4, W5, W6};
    let squares = [(W1, W2), (W3, W4), (B1, B2), (W5, W6)].map(|(i, j)| {
        let difference = theta[i] - theta[j];
        difference * difference
    });
    ((squares[0] + squares[1] + squares[2] + squares[3]) / 2.0).sqrt()
}
