//! How far a sweep is: a bar on a terminal, a quiet line now and then elsewhere. Both go to standard error.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressStyle};
use xorsweep::kernel::outcome::Outcome;
use xorsweep::sweep::engine::Progress;

/// How often the bar moves.
const BAR_EVERY: Duration = Duration::from_millis(100);
/// How often a line is written where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// Shows how far `progress` is of `runs` while `work` works.
pub fn shown_while<T>(progress: &Progress, runs: u64, work: impl FnOnce() -> T) -> T {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            if stderr().is_terminal() {
                bar(progress, runs, &is_over)
            } else {
                lines(progress, runs, &is_over)
            }
        });
        let result = work();
        is_over.store(true, Relaxed);
        watcher.thread().unpark();
        result
    })
}

fn bar(progress: &Progress, runs: u64, is_over: &AtomicBool) {
    let style = "{bar:32} {percent:>3} %  {human_pos} of {human_len} runs, {eta} left  {msg}";
    let bar = ProgressBar::new(runs)
        .with_style(ProgressStyle::with_template(style).expect("the template is fixed"));
    let started = Instant::now();
    while !is_over.load(Relaxed) {
        bar.set_position(progress.runs());
        bar.set_message(message(progress, started));
        thread::park_timeout(BAR_EVERY);
    }
    bar.finish_and_clear();
}

fn lines(progress: &Progress, runs: u64, is_over: &AtomicBool) {
    let started = Instant::now();
    let mut due = started + LINE_EVERY;
    while !is_over.load(Relaxed) {
        thread::park_timeout(due.saturating_duration_since(Instant::now()));
        if Instant::now() >= due && !is_over.load(Relaxed) {
            due += LINE_EVERY;
            let (done, elapsed) = (progress.runs(), started.elapsed());
            let left = if done == 0 {
                String::new()
            } else {
                let share = (runs - done) as f64 / done as f64;
                format!(", about {} left", HumanDuration(elapsed.mul_f64(share)))
            };
            say(format_args!(
                "{} of {} runs{left}  {}",
                HumanCount(done),
                HumanCount(runs),
                message(progress, started)
            ));
        }
    }
}

/// The speed and the outcomes so far.
fn message(progress: &Progress, started: Instant) -> String {
    let speed = progress.run_steps() as f64 / started.elapsed().as_secs_f64().max(1e-3) / 1e6;
    let counts = Outcome::WORDS.iter().zip(progress.outcomes()).filter(|(_, count)| *count > 0);
    let counts: Vec<String> = counts.map(|(word, count)| format!("{} {word}", HumanCount(count))).collect();
    format!("{speed:.0} million run-steps/s  {}", counts.join(", "))
}

/// Tells a person something besides, on standard error. A message that cannot be written changes nothing.
pub fn say(text: impl Display) {
    let _ = writeln!(stderr(), "{text}");
}
