//! Facts about a set-up or a start, in words: the same wherever they are told.

use crate::facts::{Hindrance, Units, output_of_zero};
use crate::kernel::{SetUp, Task};
use crate::sweep::text::{fraction, with_digits};

/// With a capital at its beginning.
#[must_use]
pub fn capitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `a`, `a and b`, `a, b and c`
#[must_use]
pub fn listed(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// The samples of a truth table of two inputs.
pub const CORNERS: [&str; 4] = ["00", "10", "01", "11"];

/// What a sample is called: `10` in a truth table of two inputs, else by its number, from 1.
#[must_use]
pub fn sample_name(set_up: &SetUp, place: usize) -> String {
    if set_up.task.is_square() { CORNERS[place].to_owned() } else { (place + 1).to_string() }
}

/// What a task is called in a sentence, if it has a name of its own.
#[must_use]
pub fn task_name(task: &Task) -> String {
    let name = task.name();
    if task.is_of_points() || !Task::NAMES.contains(&name) {
        "its task".to_owned()
    } else if task.is_square() {
        name.to_uppercase()
    } else {
        name.to_owned()
    }
}

/// An error that none comes below: as a fraction, or rounded down.
#[must_use]
pub fn least_error(value: f64) -> String {
    let exact = fraction(value);
    if exact.len() <= 7 {
        return exact;
    }
    let digits = (3.0 - value.log10().floor()).clamp(0.0, 15.0) as i32;
    let unit = 10.0_f64.powi(digits);
    with_digits((value * unit).floor() / unit, 4)
}

/// Some hidden units by their numbers, or as all that there are; and whether they are several.
#[must_use]
pub fn named_units(units: &[usize], of: usize) -> (String, bool) {
    let name = match units {
        _ if units.len() == of => match of {
            1 => "the hidden unit".to_owned(),
            2 => "both hidden units".to_owned(),
            _ => "all hidden units".to_owned(),
        },
        [unit] => format!("hidden unit {}", unit + 1),
        _ => {
            let numbers: Vec<String> = units.iter().map(|unit| (unit + 1).to_string()).collect();
            format!("hidden units {}", listed(&numbers))
        }
    };
    (name, units.len() > 1)
}

/// That units are dead for ever.
#[must_use]
pub fn dead_in_words(units: &[usize], of: usize) -> String {
    let (name, are_several) = named_units(units, of);
    if are_several {
        format!(
            "{name} are dead: no sample activates them, so their gradients are exactly 0, and no step ever moves them"
        )
    } else {
        format!(
            "{name} is dead: no sample activates it, so its gradient is exactly 0, and no step ever moves it"
        )
    }
}

/// Why hidden units are worth fewer than there are; nothing of those that are not.
#[must_use]
pub fn worth_in_words(set_up: &SetUp, units: &Units) -> String {
    let Units { dead, mute, muted, kinds } = units;
    let count = set_up.hidden_units.0;
    let mut told = Vec::new();
    if count == 1 && !kinds.is_empty() {
        told.push("the network has one hidden unit only".to_owned());
    }
    if !dead.is_empty() {
        told.push(dead_in_words(dead, count));
    }
    if !mute.is_empty() {
        let (name, are_several) = named_units(mute, count);
        let hidden = set_up.hidden;
        told.push(if are_several {
            format!(
                "all parameters of {name} are 0, so they compute 0, and with {hidden} their gradients are exactly 0, for \
                 ever"
            )
        } else {
            format!(
                "all parameters of {name} are 0, so it computes 0, and with {hidden} its gradient is exactly 0, for ever"
            )
        });
    }
    if !muted.is_empty() {
        let (name, are_several) = named_units(muted, count);
        told.push(format!("{name} add{} nothing, frozen at 0", if are_several { "" } else { "s" }));
    }
    for kind in kinds.iter().filter(|kind| kind.len() > 1) {
        let (name, _) = named_units(kind, count);
        told.push(format!(
            "{name} are equal, so they compute the same, get the same gradient, and stay equal for ever"
        ));
    }
    told.join("; ")
}

/// Why a task is never solved, as a clause.
#[must_use]
pub fn hindrance_in_words(set_up: &SetUp, hindrance: &Hindrance) -> String {
    let task = &set_up.task;
    let least = || least_error(hindrance.least_error(set_up));
    match hindrance {
        Hindrance::SameInputs => "two samples have the same inputs and different targets".to_owned(),
        Hindrance::FixedOutput { sample } => format!(
            "{}, and with {} units, which are 0 at 0, the output for sample {}, whose inputs are all 0, is {} whatever the \
             weights",
            if set_up.bias.0 { "with biases frozen at 0" } else { "without biases" },
            set_up.hidden,
            sample_name(set_up, *sample),
            if output_of_zero(set_up) == 0.0 { "0" } else { "½" }
        ),
        Hindrance::Mirrored => format!(
            "{} the outputs for opposite samples, x and −x, lie on both sides of a level, which is the same for all; but \
             two such samples should be above it, and two below{}",
            if set_up.bias.0 { "with hidden biases frozen at 0" } else { "without hidden biases" },
            if task.is_xor() { ": 10 and 01, and 00 and 11" } else { "" }
        ),
        Hindrance::FrozenLayer => "the hidden layer is frozen, so the output unit alone must part the samples by a line, and \
                                   in what the hidden units compute the line from 00 to 11 crosses that from 10 to 01"
            .to_owned(),
        Hindrance::Constant(units) => format!(
            "{}. So all outputs are the same, for ever, and the error never comes below {}",
            worth_in_words(set_up, units),
            least()
        ),
        Hindrance::OneUnit(units) => {
            let work = match (set_up.hidden_units.0, units.kinds[0].len() == set_up.hidden_units.0) {
                (1, _) => "",
                (_, true) => "equal units do the work of one, and ",
                (_, false) => "what is left does the work of one, and ",
            };
            let meaning = if task.one_unit_error().is_some() {
                format!("the error of one unit never comes below {}", least())
            } else {
                let line = if task.inputs() == 2 { "line" } else { "hyperplane" };
                format!("one unit parts samples by a {line}, and no {line} parts these by their targets")
            };
            let why = worth_in_words(set_up, units);
            format!("{why}. {}", capitalized(&format!("{work}{meaning}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_that_none_comes_below_is_rounded_down() {
        assert_eq!(
            [0.25, 1.0 / 6.0, 0.64 / 6.0, 0.03125, 2.0 / 3.0].map(least_error),
            ["1/4", "1/6", "0.1066", "0.03125", "2/3"]
        );
    }

    #[test]
    fn units_are_named() {
        assert_eq!(named_units(&[1], 2), ("hidden unit 2".to_owned(), false));
        assert_eq!(named_units(&[0, 1], 2).0, "both hidden units");
        assert_eq!(named_units(&[0, 2, 3], 5).0, "hidden units 1, 3 and 4");
    }
}
