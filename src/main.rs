//! The command line of xorsweep.
fn main() {}
