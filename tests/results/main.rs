//! Folders of results: what is in them when all goes well, when a sweep is interrupted or cut into shards, when
//! something fails, and when there are files of somebody else's.

#[path = "../common/files.rs"]
mod files;
#[path = "../common/plane.rs"]
mod plane;
#[path = "../common/program.rs"]
mod program;
#[path = "../common/small.rs"]
mod small;
#[path = "../common/sweep.rs"]
mod sweep;
#[cfg(unix)]
#[path = "../common/waiting.rs"]
mod waiting;

#[cfg(unix)]
mod failures;
mod interruptions;
#[cfg(target_os = "linux")]
mod memory;
mod own_files;
