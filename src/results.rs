//! What is written: a row for each run, a row for each group of runs, and files that are whole or are not there.
//!
//! The columns of a table stand in one list, [`convergence::COLUMNS`] or [`summary::COLUMNS`]; headers, rows,
//! documentation and the reader come from it. A column says which [`Cell`] a row has; how a cell looks is [`cell`]'s
//! business alone, so that the same cells can go into another kind of file.

pub(crate) mod begun;
pub mod cell;
pub(crate) mod checkpoint;
pub(crate) mod commit;
pub mod convergence;
pub(crate) mod details;
mod disk;
#[cfg(test)]
mod failing_disk;
mod failure;
pub mod files;
pub mod findings;
pub mod folder;
mod format;
mod groups;
pub mod layout;
pub mod list;
mod merge;
pub mod parquet;
mod place;
mod quantiles;
pub mod reader;
pub(crate) mod recorder;
pub mod summary;
mod watcher;
pub mod workbook;
mod writer;

pub use cell::{Cell, Kind};
pub use convergence::Row;
pub use failure::{Failure, Left};
pub use files::PartialFile;
pub use findings::{Finding, Findings};
pub use folder::OutputFolder;
pub use format::{DELIMITERS, Format};
pub use layout::Layout;
pub use merge::{Merged, merge};
pub use quantiles::Quantiles;
pub use reader::{Observer, Observers, Table};
pub use summary::Group;
pub use watcher::{Resumed, Watcher};
pub use writer::SPREADSHEET_ROWS;
