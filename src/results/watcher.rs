//! Who sees a sweep being written.

use super::convergence::{Column, Row};
use super::summary::Group;

/// Sees a sweep being written.
pub trait Watcher {
    /// The columns of the runs that it needs besides those of the table.
    fn columns(&self) -> &[Column] {
        &[]
    }

    /// A run is in the table; they come in their order, but for those that were there before.
    fn run(&mut self, _row: &Row<'_>) {}

    /// A group is complete.
    fn group(&mut self, _group: &Group) {}

    /// An unfinished sweep is resumed.
    fn resumed(&mut self, _resumed: &Resumed) {}
}

impl<F: FnMut(&Group)> Watcher for F {
    fn group(&mut self, group: &Group) {
        self(group);
    }
}

/// What was found of an unfinished sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// How many of the runs wanted are in the files.
    pub done: u64,
    /// How many more are over.
    pub ahead: u64,
    /// Whether files were damaged, so that some of what they had has to be done again.
    pub damaged: bool,
}
