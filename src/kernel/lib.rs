//! The kernels of `xorsweep`: many runs of a small network at once, a run in each SIMD lane.
//!
//! A package of its own, so that what takes long to compile is compiled once. It knows no files, threads, clocks or
//! flags: runs come from a [`batch::Feed`] and go back to it, and [`isa::run`] is the way in.
#![forbid(unsafe_code)]

pub mod batch;
pub mod curvature;
pub mod descent;
pub mod dual;
pub mod formula;
pub mod isa;
pub mod lanes;
pub mod outcome;
pub mod sigmoid;
pub mod solution;
pub mod theta;
pub mod trace;
pub mod variant;
