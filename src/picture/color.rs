//! The colours of outcomes, the same in every picture.
//!
//! Runs that converged are blue, brighter the longer they took, on a scale whose lightness rises evenly; runs that
//! diverged are grey in the same way. The other outcomes have colours of the palette of Okabe and Ito, which people
//! with any colour vision can tell apart; none of them is blue or grey.

use crate::kernel::outcome::{Outcome, Plateau};

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// All outcomes, one of each kind, in the order of legends.
pub const ALL: [Outcome; 9] = [
    Outcome::Converged,
    Outcome::Plateau(Plateau::Saturated),
    Outcome::Plateau(Plateau::OneUnit),
    Outcome::Plateau(Plateau::Constant),
    Outcome::Plateau(Plateau::Wrong(1)),
    Outcome::Plateau(Plateau::Other),
    Outcome::Oscillating,
    Outcome::Unfinished,
    Outcome::Diverged,
];

/// Where an outcome stands in [`ALL`].
#[must_use]
pub fn place(outcome: Outcome) -> usize {
    let kind = |outcome: Outcome| (outcome.index(), outcome.plateau().map(Plateau::index));
    ALL.iter().position(|&known| kind(known) == kind(outcome)).expect("all outcomes are there")
}

/// The colour of an outcome.
#[must_use]
pub fn of(outcome: Outcome) -> Rgb {
    match outcome {
        Outcome::Converged => [0x21, 0x71, 0xb5],
        Outcome::Diverged => [0x40, 0x40, 0x40],
        Outcome::Plateau(Plateau::Constant) => [0xd5, 0x5e, 0x00],
        Outcome::Plateau(Plateau::OneUnit) => [0xcc, 0x79, 0xa7],
        Outcome::Plateau(Plateau::Saturated) => [0xe6, 0x9f, 0x00],
        Outcome::Plateau(Plateau::Wrong(_)) => [0x8c, 0x51, 0x0a],
        Outcome::Plateau(Plateau::Other) => [0xf6, 0xc1, 0xd5],
        Outcome::Oscillating => [0x00, 0x9e, 0x73],
        Outcome::Unfinished => [0xf0, 0xe4, 0x42],
    }
}

/// The colour of an outcome on dark ground, where the darkest ones could not be seen.
#[must_use]
pub fn on_dark(outcome: Outcome) -> Rgb {
    match outcome {
        Outcome::Diverged => [0x90; 3],
        Outcome::Plateau(Plateau::Wrong(_)) => [0xb3, 0x6a, 0x1f],
        _ => of(outcome),
    }
}

/// Whether an outcome's colour tells how long a run took.
#[must_use]
pub fn is_shaded(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Converged | Outcome::Diverged)
}

/// The colour of an outcome that a run had after a part of the longest time, 0 to 1, by the logarithm.
#[must_use]
pub fn shade(outcome: Outcome, part: f64) -> Rgb {
    match outcome {
        Outcome::Converged => colorous::BLUES.eval_continuous(1.0 - 0.92 * part).into_array(),
        Outcome::Diverged => {
            let grey = (16.0 + 134.0 * part).round() as u8;
            [grey; 3]
        }
        _ => of(outcome),
    }
}

/// The colour of a run that does not come down, after a part of the longest time, 0 to 1.
#[must_use]
pub fn bad_shade(_: Outcome, part: f64) -> Rgb {
    colorous::ORANGES.eval_continuous(1.0 - 0.92 * part).into_array()
}

/// The colour of a place on a scale of its own, 0 to 1.
#[must_use]
pub fn scale(part: f64) -> Rgb {
    colorous::VIRIDIS.eval_continuous(part).into_array()
}

/// How a legend calls an outcome.
#[must_use]
pub fn label(outcome: Outcome) -> String {
    outcome
        .plateau()
        .map_or_else(|| outcome.word().to_owned(), |plateau| format!("plateau: {}", plateau.kind()))
}
