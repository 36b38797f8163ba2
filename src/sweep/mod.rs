//! Which runs there are, and running them.

pub mod axes;
pub mod outcome;
pub mod spec;
pub mod start;
pub mod text;
