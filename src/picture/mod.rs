//! Pictures of a sweep's results: a map of a plane, charts, and a page with all of them.
//!
//! They are drawn from the tables in a folder, so they show what the tables say and can be drawn again. The same
//! tables give the same bytes. [`dimension`] measures how crooked the boundaries in such a picture are.

pub mod axis;
pub mod chart;
pub mod color;
pub mod dimension;
pub mod drawing;
pub mod files;
pub mod map;
mod names;
pub mod report;
pub mod zoom;

pub use color::Rgb;
pub use map::{Coloring, Map};
pub use zoom::Zoom;
