//! The keys of a set-up that can have several values: axes of a sweep, whose product its set-ups are.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::kernel::SetUp;

/// A key of a set-up that takes several values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// What is learnt.
    Task,
    /// How many hidden units there are.
    HiddenUnits,
    /// Their activation.
    Hidden,
    /// The output unit's activation.
    Output,
    /// What is descended.
    Loss,
    /// When parameters are updated.
    Update,
    /// How.
    Optimizer,
}

impl Axis {
    /// All of them, from the slowest to the fastest.
    pub const ALL: [Self; 7] = [
        Self::Task,
        Self::HiddenUnits,
        Self::Hidden,
        Self::Output,
        Self::Loss,
        Self::Update,
        Self::Optimizer,
    ];

    /// The key of the spec, and the name of the column in tables.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::HiddenUnits => "hidden_units",
            Self::Hidden => "hidden",
            Self::Output => "output",
            Self::Loss => "loss",
            Self::Update => "update",
            Self::Optimizer => "optimizer",
        }
    }

    /// What the column says.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Task => "what was to be learnt: the name of a truth table, or of a file",
            Self::HiddenUnits => "how many hidden units the network has, from 1",
            Self::Hidden => "activation of the hidden units",
            Self::Output => "activation of the output unit",
            Self::Loss => "what was descended",
            Self::Update => "when parameters were updated",
            Self::Optimizer => "how a gradient became an update",
        }
    }

    /// The word that a set-up has; none on the axis of numbers.
    #[must_use]
    pub fn word(self, set_up: &SetUp) -> Option<&str> {
        Some(match self {
            Self::Task => set_up.task.name(),
            Self::HiddenUnits => return None,
            Self::Hidden => set_up.hidden.word(),
            Self::Output => set_up.output.word(),
            Self::Loss => set_up.loss.word(),
            Self::Update => set_up.update.word(),
            Self::Optimizer => set_up.optimizer.word(),
        })
    }

    /// The value that a set-up has, as a spec says it.
    #[must_use]
    pub fn text(self, set_up: &SetUp) -> Cow<'_, str> {
        self.word(set_up).map_or_else(|| set_up.hidden_units.0.to_string().into(), Cow::Borrowed)
    }

    /// The values that some set-ups have, in the order in which they first come.
    #[must_use]
    pub fn texts(self, set_ups: &[SetUp]) -> Vec<String> {
        let mut seen = HashSet::new();
        let texts = set_ups.iter().map(|set_up| self.text(set_up).into_owned());
        texts.filter(|text| seen.insert(text.clone())).collect()
    }
}

/// The axes that have several values in a product of set-ups.
#[must_use]
pub fn varying(set_ups: &[SetUp]) -> Vec<Axis> {
    let [Some(first), Some(last)] = [set_ups.first(), set_ups.last()] else { return Vec::new() };
    // The first of a product has the first value of every axis, the last one the last.
    Axis::ALL.into_iter().filter(|axis| axis.text(first) != axis.text(last)).collect()
}

/// A set-up by its values on those axes that vary, such as `relu, adam`; empty if none does.
#[must_use]
pub fn in_words<T: AsRef<str>>(values: &[(Axis, T)]) -> String {
    let varies = |axis| values.iter().any(|(other, _)| *other == axis);
    let word = |(axis, text): &(Axis, T)| {
        let text = text.as_ref();
        match axis {
            Axis::HiddenUnits if text == "1" => "1 unit".to_owned(),
            Axis::HiddenUnits => format!("{text} units"),
            // Hidden units and outputs have words in common.
            Axis::Hidden if varies(Axis::Output) => format!("{text} hidden"),
            Axis::Output => format!("{text} output"),
            Axis::Update => format!("{text} updates"),
            _ => text.to_owned(),
        }
    };
    values.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// What is said of some runs of a set-up: the set-up in words, where there are several, and how the runs start.
#[must_use]
pub fn before(set_up: &str, start: &str) -> String {
    if set_up.is_empty() { start.to_owned() } else { format!("{set_up} · {start}") }
}

/// Finds set-ups of a product by the texts of their values.
#[derive(Clone, Debug)]
pub struct Finder {
    axes: Vec<(Axis, HashMap<String, usize>)>,
}

impl Finder {
    /// For these set-ups.
    #[must_use]
    pub fn new(set_ups: &[SetUp]) -> Self {
        let places = |axis: Axis| (axis, axis.texts(set_ups).into_iter().zip(0..).collect());
        Self { axes: varying(set_ups).into_iter().map(places).collect() }
    }

    /// The axes that vary, in order.
    pub fn axes(&self) -> impl Iterator<Item = Axis> {
        self.axes.iter().map(|(axis, _)| *axis)
    }

    /// Where the set-up stands that has these texts on those axes.
    #[must_use]
    pub fn place(&self, texts: impl IntoIterator<Item: AsRef<str>>) -> Option<usize> {
        let mut pairs = self.axes.iter().zip(texts);
        pairs
            .try_fold(0, |place, ((_, values), text)| Some(place * values.len() + values.get(text.as_ref())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::spec::Spec;

    fn set_ups(text: &str) -> Vec<SetUp> {
        Spec::from_toml(text).and_then(|spec| spec.resolve("".as_ref())).unwrap().set_ups
    }

    #[test]
    fn every_set_up_is_found_by_its_texts_and_has_words_of_its_own() {
        let all = set_ups(
            "task = ['xor', 'parity-3', '0110']\nhidden_units = [1, 3]\nhidden = ['tanh', 'sigmoid']\n\
             output = ['sigmoid', 'tanh']\nupdate = ['batch', 'random']",
        );
        assert_eq!(all.len(), 48);
        let (axes, finder) = (varying(&all), Finder::new(&all));
        assert_eq!(axes, [Axis::Task, Axis::HiddenUnits, Axis::Hidden, Axis::Output, Axis::Update]);
        let mut known = HashSet::new();
        for (place, set_up) in all.iter().enumerate() {
            let values: Vec<(Axis, Cow<'_, str>)> =
                axes.iter().map(|axis| (*axis, axis.text(set_up))).collect();
            assert_eq!(finder.place(values.iter().map(|(_, text)| text.as_ref())), Some(place));
            assert!(known.insert(in_words(&values)));
        }
        assert!(known.contains("parity-3, 1 unit, tanh hidden, sigmoid output, random updates"), "{known:?}");
        assert_eq!(finder.place(["xor", "2", "tanh", "tanh", "batch"]), None);
    }

    #[test]
    fn one_set_up_needs_no_words() {
        let one = set_ups("hidden = ['relu', 'relu']");
        assert_eq!((one.len(), varying(&one)), (1, Vec::new()));
        assert_eq!(Finder::new(&one).place([""; 0]), Some(0));
        assert_eq!(before(&in_words::<&str>(&[]), "normal(1)"), "normal(1)");
        assert_eq!(before("relu", "normal(1)"), "relu · normal(1)");
    }
}
