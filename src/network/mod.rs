//! The mathematics of one network: no threads, files or clocks.

pub mod theta;
pub mod variant;
