//! Runs that come in order, sorted into groups.

use std::collections::BTreeMap;

use super::checkpoint::Begun;
use super::summary::Group;
use crate::kernel::outcome::RunResult;
use crate::sweep::spec::Sweep;

/// Sorts runs, which come in order, into groups. Only those begun and not complete are kept: one, or with learning
/// rates on a side of a plane one for each.
pub(super) struct Groups<'a> {
    pub(super) sweep: &'a Sweep,
    /// Those that are begun, by number.
    pub(super) begun: BTreeMap<u64, Begun>,
    /// How many were complete.
    pub(super) complete: u64,
}

impl Groups<'_> {
    /// Adds a run; returns its group if that is now complete.
    pub(super) fn add(&mut self, finished: &RunResult) -> Option<Group> {
        let number = self.sweep.run(finished.run).group;
        let begun = self.begun.entry(number).or_insert_with(|| {
            let group = self.sweep.group(number);
            Begun { number, of: group.runs, after: 0, last: 0, group: Group::of(self.sweep, &group) }
        });
        begun.group.tally.add(finished);
        (begun.after, begun.last) = (self.complete, finished.run);
        if begun.group.tally.runs() < begun.of {
            return None;
        }
        self.complete += 1;
        self.begun.remove(&number).map(|begun| begun.group)
    }

    /// Whether no run has been added.
    pub(super) fn is_untouched(&self) -> bool {
        self.complete == 0 && self.begun.is_empty()
    }

    /// Those that are begun, in the order in which their last runs came.
    pub(super) fn begun(&self) -> Vec<Begun> {
        let mut begun: Vec<Begun> = self.begun.values().cloned().collect();
        begun.sort_by_key(|begun| begun.last);
        begun
    }
}
