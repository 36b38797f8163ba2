//! Trains the smallest interesting neural network, millions of times, to see what becomes of each start.
#![forbid(unsafe_code)]

pub mod network;
pub mod problem;
pub mod sweep;
pub mod table;

pub use problem::Problem;
