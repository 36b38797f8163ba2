//! Shows that a sweep's memory does not grow with the number of its runs: the program's peak, as Linux counts it.

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use crate::program::{command, folder};

/// The largest resident memory that a sweep of so many short runs has had, in bytes.
fn peak_of(runs: u64) -> u64 {
    let folder = folder();
    let mut child =
        command(folder.path(), &["--steps", "2", "--threads", "2", "--seeds", &format!("0..{runs}")])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
    // The system keeps the peak itself; the last look before the end is near enough to it.
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let mut looks = 0;
    let ended = loop {
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        if let Some(kilobytes) = fs::read_to_string(&status).ok().as_deref().and_then(high_water) {
            peak = peak.max(kilobytes * 1024);
            looks += 1;
        }
        thread::sleep(Duration::from_millis(2));
    };
    assert!(ended.success());
    assert!(looks > 20, "only {looks} looks at the memory of {runs} runs");
    let table = fs::metadata(folder.path().join("results/sweep/convergence.csv")).unwrap().len();
    println!("{runs} runs: {} kB at the peak, table of {} kB, {looks} looks", peak / 1024, table / 1024);
    peak
}

/// The line `VmHWM:   1234 kB`.
fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[test]
fn three_times_the_runs_need_the_same_memory() {
    // How far the workers are ahead of the file is a matter of chance. To keep the rows would take 250 bytes a run:
    // 50 MB more.
    const CHANCE: f64 = 15e6;
    let (fewer, more) = (peak_of(100_000), peak_of(300_000));
    assert!(more < 100_000_000, "{more} bytes");
    assert!(more as f64 <= 1.2 * fewer as f64 + CHANCE, "{fewer} bytes for 100,000 runs, {more} for 300,000");
}
