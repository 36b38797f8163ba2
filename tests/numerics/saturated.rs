//! Shows that activations are right however large the pre-activations are: some of their exponentials are 0, infinite or
//! subnormal there, and products of those would be wrong.

use std::convert::Infallible;

use xorsweep_kernel::batch::Job;
use xorsweep_kernel::task::Coding;
use xorsweep_kernel::trace::trace;
use xorsweep_kernel::{Hidden, SetUp, Task};

/// What a unit's pre-activations are summed up from.
const PARTS: [f64; 20] = [
    -1500.0, -756.0, -709.0, -705.0, -690.0, -600.0, -213.0, -105.0, -20.0, -1.0, 0.0, 5.0, 20.0, 110.0,
    414.0, 555.0, 600.0, 690.0, 708.5, 1500.0,
];

#[test]
fn activations_are_right_however_large_the_pre_activations_are() {
    for (hidden, coding) in [Hidden::Sigmoid, Hidden::Tanh]
        .into_iter()
        .flat_map(|hidden| [Coding::ZeroOne, Coding::PlusMinus].map(|coding| (hidden, coding)))
    {
        let task = Task::named("xor", coding, None).unwrap();
        let set_up = SetUp { task, hidden, ..SetUp::default() };
        for base in PARTS {
            for first in PARTS {
                for second in PARTS {
                    check(&set_up, coding, base, first, second);
                }
            }
        }
    }
}

/// Of a unit with these pre-activations at the corners: base, base + first, base + second, and the sum of all.
fn check(set_up: &SetUp, coding: Coding, base: f64, first: f64, second: f64) {
    let [low, w1, w3, b1] = match coding {
        Coding::ZeroOne => [0.0, first, second, base],
        Coding::PlusMinus => [-1.0, first / 2.0, second / 2.0, base + first / 2.0 + second / 2.0],
    };
    let activation = |z: f64| match set_up.hidden {
        Hidden::Tanh => z.tanh(),
        _ => 1.0 / (1.0 + (-z).exp()),
    };
    let corners = [(base, low), (base + first, 1.0), (base + second, 1.0), (base + first + second, low)];
    let expected = corners.iter().map(|(z, target)| (target - activation(*z)).powi(2)).sum::<f64>() / 4.0;
    let start = [w1, 0.0, w3, 0.0, 1.0, 0.0, b1, 0.0, 0.0].into_iter().collect();
    let job = Job { run: 0, start, alpha: 0.1, momentum: 0.0, seed: 0 };
    let compare = |error: f64| {
        assert!(
            (error - expected).abs() < 1e-11,
            "{set_up:?}, {base}, {first}, {second}: {error}, not {expected}"
        );
        Ok::<(), Infallible>(())
    };
    let Ok(()) = trace(set_up, &job, 0, |step| compare(step.error));
}
