//! How long an update is with optimizers that divide by the size of the gradient (fact 14).

use crate::kernel::setup::Constants;
use crate::kernel::{Optimizer, SetUp};

/// How far an update moves a parameter at most, in multiples of the learning rate, whatever its gradient is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UpdateLength {
    /// The first update; nearly so far unless the gradient is as small as the optimizer's ε.
    pub first: f64,
    /// Any update; none where there is no bound.
    pub most: Option<f64>,
}

impl UpdateLength {
    /// That of Adam and RMSprop.
    ///
    /// ```
    /// use xorsweep::SetUp;
    /// use xorsweep::facts::UpdateLength;
    /// use xorsweep::kernel::Optimizer;
    ///
    /// let adam = UpdateLength::of(&SetUp { optimizer: Optimizer::Adam, ..SetUp::default() }, 0.0).unwrap();
    /// assert!(adam.first == 1.0 && (adam.most.unwrap() - 7.27).abs() < 0.01);
    /// assert_eq!(UpdateLength::of(&SetUp::default(), 0.0), None);
    /// ```
    #[must_use]
    pub fn of(set_up: &SetUp, momentum: f64) -> Option<Self> {
        let Constants { beta1, beta2, rho, .. } = set_up.constants;
        match set_up.optimizer {
            Optimizer::Adam => {
                let ratio = beta1 * beta1 / beta2;
                let most = (1.0 - beta1) / ((1.0 - beta2) * (1.0 - ratio)).sqrt();
                Some(Self { first: 1.0, most: (ratio < 1.0).then_some(most) })
            }
            Optimizer::RmsProp => {
                let first = 1.0 / (1.0 - rho).sqrt();
                Some(Self { first, most: (momentum < 1.0).then_some(first / (1.0 - momentum)) })
            }
            Optimizer::GradientDescent | Optimizer::Nesterov | Optimizer::Rprop => None,
        }
    }
}
