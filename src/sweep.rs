//! Which runs there are, and running them.

pub mod axes;
pub mod dimension;
pub mod elsewhere;
pub mod engine;
pub mod input;
pub mod isa;
pub mod measure;
pub mod plane;
pub mod set_ups;
pub mod shard;
pub mod spec;
pub mod start;
mod task;
pub mod text;
pub mod zoom;
