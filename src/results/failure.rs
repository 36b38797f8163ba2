//! Why work did not come to its end, and what is there then.
//!
//! Only what is known is said: an error that comes from anywhere says nothing of what is left, until those who know
//! what they had done by then add it ([`Failure::leaving`]).

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::problem::Problem;

/// Why work did not come to its end.
#[derive(Debug)]
pub enum Failure {
    /// The request was wrong; nothing was begun, and nothing has changed.
    Refused(Problem),
    /// Somebody else is at work in the folder; nothing was begun, and nothing has changed.
    Busy(Problem),
    /// Something failed, such as the disk. The error names the file.
    Failed(io::Error, Left),
    /// It was stopped.
    Stopped(Left),
}

/// What is there when work has not come to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Left {
    /// Nothing is said.
    #[default]
    Unsaid,
    /// All results are as they were before.
    Before,
    /// All results are as they were before, but an unfinished sweep that was to be discarded is gone.
    Discarded,
    /// What is done is kept, to be resumed, and all results are as they were before.
    Unfinished,
    /// The folder is no longer where it was, and what was in it is where it is, if anywhere.
    Gone,
    /// Files could not be replaced, and undoing that failed too.
    Torn {
        /// Files of the new results that have their names already.
        new: Vec<PathBuf>,
        /// The names that files of the former results have now.
        former: Vec<PathBuf>,
        /// Whether what is done is kept, to be resumed.
        is_kept: bool,
    },
    /// Something of the work is done, as this sentence says.
    Done(String),
}

impl Failure {
    /// The same; if it does not say yet what is left, it says this.
    #[must_use]
    pub fn leaving(self, all: Left) -> Self {
        match self {
            Self::Failed(error, left) => Self::Failed(error, left.or(all)),
            Self::Stopped(left) => Self::Stopped(left.or(all)),
            unchanged => unchanged,
        }
    }

    /// The same, of work that came after results were complete, so that it is no refusal any more.
    #[must_use]
    pub fn after(self, left: Left) -> Self {
        match self {
            Self::Failed(error, _) => Self::Failed(error, left),
            Self::Stopped(_) => Self::Stopped(left),
            Self::Refused(problem) | Self::Busy(problem) => {
                Self::Failed(io::Error::other(problem.to_string()), left)
            }
        }
    }

    /// The same, for those who pass on errors alone; what is left is for others to say.
    pub(super) fn into_error(self) -> io::Error {
        match self {
            Self::Failed(error, _) => error,
            Self::Refused(_) | Self::Busy(_) | Self::Stopped(_) => io::Error::other(self.to_string()),
        }
    }

    /// Whether what is done is kept, to be resumed.
    #[must_use]
    pub fn can_be_resumed(&self) -> bool {
        let (Self::Failed(_, left) | Self::Stopped(left)) = self else { return false };
        matches!(left, Left::Unfinished | Left::Torn { is_kept: true, .. })
    }
}

impl Left {
    fn or(self, other: Self) -> Self {
        match self {
            Self::Unsaid => other,
            Self::Torn { new, former, is_kept } => {
                Self::Torn { new, former, is_kept: is_kept || other == Self::Unfinished }
            }
            said => said,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = match self {
            Self::Refused(problem) | Self::Busy(problem) => return problem.fmt(f),
            Self::Failed(error, left) => {
                error.fmt(f)?;
                left
            }
            Self::Stopped(left) => {
                f.write_str("stopped before the end")?;
                left
            }
        };
        if *left == Left::Unsaid { Ok(()) } else { write!(f, "; {left}") }
    }
}

/// What is done is not lost.
const KEPT: &str = "what is done is kept";

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsaid => Ok(()),
            Self::Before => f.write_str("results that were there before are as they were"),
            Self::Discarded => f.write_str(
                "the unfinished sweep that was there is gone, other results that were there before are as they were",
            ),
            Self::Unfinished => write!(f, "{KEPT}, results that were there before are as they were"),
            Self::Gone => f.write_str("what was in it went with it"),
            Self::Torn { new, former, is_kept } => {
                f.write_str("undoing what was done before failed, too")?;
                for (what, paths) in [("new now", new), ("what was there before is now in", former)] {
                    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
                    if !paths.is_empty() {
                        write!(f, "; {what}: {}", paths.join(", "))?;
                    }
                }
                if *is_kept { write!(f, "; {KEPT}") } else { Ok(()) }
            }
            Self::Done(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        match problem.fault {
            None => Self::Refused(problem),
            Some(kind) => io::Error::new(kind, problem.to_string()).into(),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Failed(error, Left::Unsaid)
    }
}
