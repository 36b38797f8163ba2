//! Which runs there are, and running them.
pub mod outcome;
