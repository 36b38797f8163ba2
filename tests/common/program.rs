//! Running the program, in a folder of its own, where no other program is found: a film, say, is made only for a test
//! that brings what makes one.

use std::path::Path;
use std::process::{Command, ExitStatus, Output, Stdio};

use tempfile::TempDir;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_xorsweep");

pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder).env("PATH", "nowhere").args(arguments).stdin(Stdio::null());
    command
}

/// What a command left: its exit code, or the signal that ended it below 0, and all it said.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: code(output.status), out: text(output.stdout), err: text(output.stderr) }
    }
}

fn code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal = None;
    status.code().or(signal.map(|signal: i32| -signal)).unwrap()
}

impl Ran {
    /// Asserts the exit code, and that one line on standard error says all this.
    pub fn says(&self, code: i32, told: &[&str]) {
        assert_eq!((self.code, self.err.lines().count()), (code, 1), "{self:?}");
        for told in told {
            assert!(self.err.contains(told), "{told}: {self:?}");
        }
    }
}

pub fn run(folder: &Path, arguments: &[&str]) -> Ran {
    command(folder, arguments).output().unwrap().into()
}

/// The same, which must succeed without a word on standard error; returns standard output.
pub fn succeed(folder: &Path, arguments: &[&str]) -> String {
    let ran = run(folder, arguments);
    // How far it is, it tells after half a minute, which may pass on a machine that is busy.
    let told: Vec<&str> = ran.err.lines().filter(|line| !line.contains(" million run-steps/s")).collect();
    assert!(ran.code == 0 && told.is_empty(), "{arguments:?}: {ran:?}");
    ran.out
}
