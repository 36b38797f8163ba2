//! Waiting for a program that runs, and signals to it.

use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

/// Waits until something is so, and fails if that takes longer than a minute. It is for what nobody tells: a file that
/// another process makes, or the state of that process.
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "not within a minute: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until a program has said what becomes of it when it is interrupted.
pub fn wait_until_interruptible(child: &Child) {
    let status = format!("/proc/{}/status", child.id());
    if cfg!(target_os = "linux") {
        wait_until("it catches SIGINT", || {
            let status = std::fs::read_to_string(&status).unwrap();
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
            u64::from_str_radix(caught.trim(), 16).unwrap() & 0b10 != 0
        });
    } else {
        // Other systems do not tell.
        thread::sleep(Duration::from_secs(1));
    }
}

pub fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}
