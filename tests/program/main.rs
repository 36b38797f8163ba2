//! The program as whoever uses it meets it: what it takes, refuses, writes and says, and what its pages say of it.

#[path = "../common/files.rs"]
mod files;
#[path = "../common/program.rs"]
mod program;
#[path = "../common/small.rs"]
mod small;
#[path = "../common/sweep.rs"]
mod sweep;
#[path = "../common/table.rs"]
mod table;
#[cfg(unix)]
#[path = "../common/waiting.rs"]
mod waiting;
#[path = "../common/words.rs"]
mod words;

mod bad_input;
mod command_line;
mod dependencies;
mod experiments;
mod hostile;
mod inspect;
mod readme;
mod screens;
mod set_ups;
mod terminal;
