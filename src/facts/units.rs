//! What hidden units are worth from a start on: which of them never add anything, which always do the same (fact 10).

use crate::kernel::solution::on;
use crate::kernel::{Hidden, Optimizer, SetUp, Update};

/// Rectifiers of slope 0 that no sample activates, by their places: their gradient is exactly 0.
///
/// ```
/// use xorsweep::facts::dead_units;
/// use xorsweep::{Hidden, SetUp};
///
/// let relu = SetUp { hidden: Hidden::Relu, ..SetUp::default() };
/// // Unit 1 needs a sum above 3.
/// assert_eq!(dead_units(&relu, &[1.0, 1.0, 1.0, 1.0, 0.5, 0.5, -3.0, 0.0, 0.0]), [0]);
/// ```
#[must_use]
pub fn dead_units(set_up: &SetUp, theta: &[f64]) -> Vec<usize> {
    if set_up.hidden != Hidden::Relu {
        return Vec::new();
    }
    let units = on(set_up, theta).into_iter().enumerate();
    units.filter(|(_, on)| !on.contains(&true)).map(|(unit, _)| unit).collect()
}

/// Samples that activate no hidden unit, by their places; none unless the units are rectifiers of slope 0. They all have
/// the same output, and move nothing but the output's bias.
#[must_use]
pub fn unseen_samples(set_up: &SetUp, theta: &[f64]) -> Vec<usize> {
    if set_up.hidden != Hidden::Relu {
        return Vec::new();
    }
    let on = on(set_up, theta);
    (0..set_up.task.samples().len()).filter(|&place| on.iter().all(|unit| !unit[place])).collect()
}

/// Whether a unit that dies in the course of a run stays dead: nothing but the gradient moves it. A momentum's velocity
/// and Adam's mean of gradients go on for a while, and may wake it. (At a start there are none yet.)
#[must_use]
pub fn stays_dead(set_up: &SetUp, momentum: f64) -> bool {
    set_up.optimizer != Optimizer::Adam && momentum == 0.0
}

/// The hidden units of a network at the start of a run, by what they can add to the output from then on (fact 10).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Units {
    /// Those that are [dead](dead_units).
    pub dead: Vec<usize>,
    /// Others that are mute: their activation is 0 at 0, and so are all their parameters.
    pub mute: Vec<usize>,
    /// Others that add nothing since they are frozen at 0: their output weight, or with such an activation their weights
    /// and bias.
    pub muted: Vec<usize>,
    /// The others, those that are equal and stay so together.
    pub kinds: Vec<Vec<usize>>,
}

impl Units {
    /// Those of a run that starts at θ.
    ///
    /// ```
    /// use xorsweep::{Hidden, SetUp, facts::Units};
    ///
    /// assert_eq!(Units::at(&SetUp::default(), &[0.1; 9]).kinds, [[0, 1]]);
    /// let tanh = SetUp { hidden: Hidden::Tanh, ..SetUp::default() };
    /// assert_eq!(Units::at(&tanh, &[0.0; 9]).mute, [0, 1]);
    /// ```
    #[must_use]
    pub fn at(set_up: &SetUp, theta: &[f64]) -> Self {
        let shape = set_up.shape();
        let fixed = fixed(set_up);
        let dead = dead_units(set_up, theta);
        let is_silent = |unit: usize| {
            let out = shape.output_weight(unit);
            set_up.hidden.is_zero_at_zero()
                && shape.unit(unit).into_iter().all(|place| place == out || theta[place] == 0.0)
        };
        // Compared number by number: a distance of 0 might have been rounded.
        let is_equal = |unit: usize, other: usize| {
            let pairs = shape.unit(unit).into_iter().zip(shape.unit(other));
            pairs.into_iter().all(|(one, two)| theta[one] == theta[two] && fixed[one] == fixed[two])
        };
        // With one update a sample a sigmoid or tanh is rounded along with its neighbour's, so that it is exactly that of
        // another unit, or exactly 0, only if all are.
        let is_rounded_alone = !set_up.hidden.is_logistic() || set_up.update == Update::Batch;
        let are_equal = is_rounded_alone || (1..shape.units).all(|unit| is_equal(unit, 0));
        let is_exact = is_rounded_alone || (0..shape.units).all(is_silent);
        let is_mute = |unit: usize| is_exact && is_silent(unit) && theta[shape.output_weight(unit)] == 0.0;
        let is_muted = |unit: usize| {
            let out = shape.output_weight(unit);
            let are_kept = || shape.unit(unit).into_iter().all(|place| place == out || fixed[place]);
            (theta[out] == 0.0 && fixed[out]) || (is_silent(unit) && are_kept())
        };
        let mut units = Self { dead, ..Self::default() };
        for unit in 0..shape.units {
            if units.dead.contains(&unit) {
                continue;
            }
            if is_mute(unit) {
                units.mute.push(unit);
                continue;
            }
            if is_muted(unit) {
                units.muted.push(unit);
                continue;
            }
            match units.kinds.iter_mut().find(|kind| are_equal && is_equal(unit, kind[0])) {
                Some(kind) => kind.push(unit),
                None => units.kinds.push(vec![unit]),
            }
        }
        units
    }

    /// How many units they are worth, for ever.
    #[must_use]
    pub fn worth(&self) -> usize {
        self.kinds.len()
    }
}

/// Whether tanh units, which are not all equal, are equal or opposite in all their parameters. Since tanh is odd they
/// then add the same to the output, and every step keeps them so but for its rounding, which may part them later.
#[must_use]
pub fn are_opposite(set_up: &SetUp, theta: &[f64]) -> bool {
    let shape = set_up.shape();
    let fixed = fixed(set_up);
    let alike = |unit: usize, sign: f64| {
        let pairs = shape.unit(unit).into_iter().zip(shape.unit(0));
        pairs.into_iter().all(|(one, two)| theta[one] == sign * theta[two] && fixed[one] == fixed[two])
    };
    set_up.hidden == Hidden::Tanh
        && (1..shape.units).any(|unit| !alike(unit, 1.0))
        && (1..shape.units).all(|unit| alike(unit, 1.0) || alike(unit, -1.0))
}

/// Of each parameter whether it never moves.
pub(super) fn fixed(set_up: &SetUp) -> Vec<bool> {
    let mut fixed = vec![false; set_up.parameters()];
    set_up.fixed().for_each(|place| fixed[place] = true);
    fixed
}
