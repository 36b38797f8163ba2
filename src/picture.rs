//! Pictures of a sweep's results: a map of a plane, charts, and a page with all of them.
//!
//! They see runs and groups as a sweep writes them, or the tables in a folder, so that they can be drawn again. The same
//! tables give the same bytes.

mod axis;
pub mod chart;
pub mod color;
pub mod drawing;
pub mod files;
pub mod map;
mod names;
pub mod report;

pub use color::Rgb;
pub use map::{Coloring, Map};
