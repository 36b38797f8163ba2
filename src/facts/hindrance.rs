//! Why no run from a start ever solves its task, as far as that is proved (facts 3 and 10 to 12).

use super::separation::is_separable;
use super::units::{Units, fixed};
use crate::kernel::derivatives::samples;
use crate::kernel::{Output, SetUp};

/// A reason that holds for every learning rate, update and optimizer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// Two samples have the same inputs and different targets: no network tells them apart.
    SameInputs,
    /// The output for this sample, whose inputs are all 0, never changes, and is not on its side (fact 12).
    FixedOutput {
        /// Its place.
        sample: usize,
    },
    /// Without biases the outputs for opposite samples lie on both sides of one that is the same for all (fact 12).
    Mirrored,
    /// The hidden layer is frozen, and no line parts what two hidden units make of the samples of XOR (fact 11).
    FrozenLayer,
    /// The hidden units add nothing, so all outputs are the same (fact 10).
    Constant(Units),
    /// The hidden units are worth one, and no line parts the samples (facts 3, 10 and 11).
    OneUnit(Units),
}

impl Hindrance {
    /// That of a run that starts at θ, if one is known, of a task with two targets.
    ///
    /// ```
    /// use xorsweep::SetUp;
    /// use xorsweep::facts::Hindrance;
    ///
    /// let equal = Hindrance::at(&SetUp::default(), &[0.1; 9]).unwrap();
    /// assert!(matches!(&equal, Hindrance::OneUnit(units) if units.kinds == [[0, 1]]));
    /// assert_eq!(equal.least_error(&SetUp::default()), 1.0 / 6.0);
    /// ```
    #[must_use]
    pub fn at(set_up: &SetUp, theta: &[f64]) -> Option<Self> {
        set_up.task.two_targets()?;
        let fixed = fixed(set_up);
        let of_biases = Self::of_biases(set_up, |place| fixed[place] && theta[place] == 0.0);
        let of_units = || {
            let units = Units::at(set_up, theta);
            match units.worth() {
                0 => Some(Self::Constant(units)),
                1 => (is_separable(&set_up.task) == Some(false)).then_some(Self::OneUnit(units)),
                _ => None,
            }
        };
        let is_frozen = is_layer_frozen(set_up, &fixed) && cross(set_up, theta);
        of_biases.or_else(of_units).or_else(|| is_frozen.then_some(Self::FrozenLayer))
    }

    /// That of every start of a set-up.
    #[must_use]
    pub fn of_any_start(set_up: &SetUp) -> Option<Self> {
        set_up.task.two_targets()?;
        let only = || Units { kinds: vec![vec![0]], ..Units::default() };
        let is_one = || set_up.hidden_units.0 == 1 && is_separable(&set_up.task) == Some(false);
        Self::of_biases(set_up, |place| !set_up.bias.0 && set_up.shape().biases().contains(&place))
            .or_else(|| is_one().then(|| Self::OneUnit(only())))
    }

    /// What comes from samples, and from biases that are 0 for ever.
    fn of_biases(set_up: &SetUp, is_without: impl Fn(usize) -> bool) -> Option<Self> {
        let shape = set_up.shape();
        let samples = set_up.task.samples();
        let [low, high] = set_up.task.two_targets()?;
        let middle = low / 2.0 + high / 2.0;
        let is_high = |place: usize| samples[place].target == high;
        let pairs = || (0..samples.len()).flat_map(|one| (0..samples.len()).map(move |two| (one, two)));
        let is_same = |one: usize, two: usize| samples[one].inputs == samples[two].inputs;
        if pairs().any(|(one, two)| is_high(one) && !is_high(two) && is_same(one, two)) {
            return Some(Self::SameInputs);
        }
        if !(0..shape.units).all(|unit| is_without(shape.bias(unit))) {
            return None;
        }
        let is_wrong = |place: &usize| {
            let output = output_of_zero(set_up);
            let is_right = if is_high(*place) { output > middle } else { output < middle };
            samples[*place].inputs.iter().all(|&x| x == 0.0) && !is_right
        };
        if set_up.hidden.is_zero_at_zero()
            && is_without(shape.output_bias())
            && let Some(sample) = (0..samples.len()).find(is_wrong)
        {
            return Some(Self::FixedOutput { sample });
        }
        let is_opposite = |one: usize, two: usize| {
            samples[one].inputs.iter().zip(&samples[two].inputs).all(|(a, b)| *a == -b)
        };
        let has_pair = |side: bool| {
            pairs().any(|(one, two)| is_high(one) == side && is_high(two) == side && is_opposite(one, two))
        };
        let is_odd = set_up.hidden.is_odd_but_for_a_constant();
        (is_odd && has_pair(true) && has_pair(false)).then_some(Self::Mirrored)
    }

    /// The error that no network it holds for comes below.
    #[must_use]
    pub fn least_error(&self, set_up: &SetUp) -> f64 {
        let task = &set_up.task;
        let [low, high] = task.target_range();
        let distance = high - low;
        let count = task.samples().len() as f64;
        // One output at least is not on its side.
        let one_is_wrong = distance * distance / (4.0 * count);
        match self {
            Self::Constant(_) => task.constant_error(),
            Self::FixedOutput { sample } => {
                let residual = task.samples()[*sample].target - output_of_zero(set_up);
                residual * residual / count
            }
            Self::SameInputs => distance * distance / (2.0 * count),
            Self::OneUnit(_) => task.one_unit_error().unwrap_or(one_is_wrong),
            Self::Mirrored | Self::FrozenLayer => one_is_wrong,
        }
    }
}

/// Whether two hidden units of a network for XOR or its opposite never change.
fn is_layer_frozen(set_up: &SetUp, fixed: &[bool]) -> bool {
    let shape = set_up.shape();
    let hidden = (0..shape.units).flat_map(|unit| {
        let out = shape.output_weight(unit);
        shape.unit(unit).into_iter().filter(move |&place| place != out)
    });
    shape.units == 2
        && (set_up.task.is_xor() || set_up.task.is_xnor())
        && hidden.into_iter().all(|place| fixed[place])
}

/// Whether, in the plane of what two hidden units compute, the segment from 00 to 11 crosses that from 10 to 01: then no
/// line has the ends of one on one side and those of the other on the other. By more than rounding.
fn cross(set_up: &SetUp, theta: &[f64]) -> bool {
    let activations = samples(set_up, theta).activations;
    let point = |sample: usize| [activations[0][sample], activations[1][sample]];
    let [one, up, down, two] = [0, 1, 2, 3].map(point);
    // Twice the area of a triangle, with its sign; 0 if rounding might have made it.
    let side = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| {
        let [left, right] = [(b[0] - a[0]) * (c[1] - a[1]), (b[1] - a[1]) * (c[0] - a[0])];
        let area = left - right;
        if area.abs() > 1e-9 * (left.abs() + right.abs()) { area.signum() } else { 0.0 }
    };
    side(one, two, up) * side(one, two, down) < 0.0 && side(up, down, one) * side(up, down, two) < 0.0
}

/// The output of a network whose output unit's sum is 0.
#[must_use]
pub fn output_of_zero(set_up: &SetUp) -> f64 {
    if set_up.output == Output::Sigmoid { 0.5 } else { 0.0 }
}
