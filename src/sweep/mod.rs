//! Which runs there are, and running them.
