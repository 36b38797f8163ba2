//! The mathematics of one network: no threads, files or clocks.

pub mod curvature;
pub mod descent;
pub mod dual;
pub mod formula;
pub mod lanes;
pub mod sigmoid;
pub mod solution;
pub mod theta;
pub mod variant;
