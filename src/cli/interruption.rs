//! Signals that ask the program to end: the work is told to stop, so that what is done can be kept.
//!
//! A signal that was ignored when the program began stays ignored: this is how `nohup`, and a shell for what it runs in
//! the background, see to it that work goes on.

use std::ffi::c_int;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::{consts, flag};

use super::STOPPED;

/// Ctrl-C, `kill`, and a terminal that is closed.
#[cfg(unix)]
const SIGNALS: [c_int; 3] = [consts::SIGINT, consts::SIGTERM, consts::SIGHUP];
#[cfg(not(unix))]
const SIGNALS: [c_int; 2] = [consts::SIGINT, consts::SIGTERM];

/// A flag that is set when the program is asked to end; at the second time it ends at once.
pub fn interruption() -> Arc<AtomicBool> {
    let is_asked = Arc::new(AtomicBool::new(false));
    let ignored = ignored();
    for signal in SIGNALS.into_iter().filter(|signal| !ignored.contains(signal)) {
        // In this order, so that the first time does not look like the second. Where a signal cannot be waited for it
        // ends the program at once, which loses what came after the last checkpoint.
        let _ = flag::register_conditional_shutdown(signal, STOPPED.into(), Arc::clone(&is_asked))
            .and_then(|_| flag::register(signal, Arc::clone(&is_asked)));
    }
    is_asked
}

/// Those of the signals that were ignored when the program began.
#[cfg(unix)]
fn ignored() -> Vec<c_int> {
    let mask = std::fs::read_to_string("/proc/self/status").ok().and_then(|status| {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    });
    match mask {
        Some(mask) => SIGNALS.into_iter().filter(|signal| mask >> (signal - 1) & 1 == 1).collect(),
        None => ignored_by_shell(std::process::Command::new("sh").args(["-c", ASK])),
    }
}

/// What was ignored when a shell began it cannot trap: it names the others. By the standard (POSIX, `trap`).
#[cfg(unix)]
const ASK: &str = "for s in INT TERM HUP; do trap \"echo $s\" $s; kill -s $s $$; done";

/// The same where the system does not tell: a shell does.
#[cfg(unix)]
fn ignored_by_shell(shell: &mut std::process::Command) -> Vec<c_int> {
    let Ok(output) = shell.output() else { return Vec::new() };
    let told = String::from_utf8_lossy(&output.stdout);
    let is_told = |name: &str| told.lines().any(|line| line == name);
    let named = SIGNALS.into_iter().zip(["INT", "TERM", "HUP"]);
    named.filter(|(_, name)| !is_told(name)).map(|(signal, _)| signal).collect()
}

#[cfg(not(unix))]
fn ignored() -> Vec<c_int> {
    Vec::new()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_shell_knows_which_signals_are_ignored() {
        let of = |ignoring: &str| {
            let script = format!("{ignoring} exec sh -c '{ASK}'");
            ignored_by_shell(Command::new("sh").args(["-c", &script]))
        };
        assert_eq!(of("trap '' HUP;"), [consts::SIGHUP]);
        assert_eq!(of("trap '' INT TERM;"), [consts::SIGINT, consts::SIGTERM]);
        assert_eq!(of(""), ignored());
    }
}
