//! What is drawn and measured of results: maps, charts, films, the page of a report, dimensions of boundaries.

#[path = "../common/files.rs"]
mod files;
#[path = "../common/plane.rs"]
mod plane;
#[path = "../common/program.rs"]
mod program;
#[path = "../common/sweep.rs"]
mod sweep;
#[path = "../common/table.rs"]
mod table;
#[cfg(unix)]
#[path = "../common/waiting.rs"]
mod waiting;

mod dimension;
mod drawing;
mod drawn;
mod maps;
mod report;
