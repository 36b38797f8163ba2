//! How far a sweep is: a bar on a terminal, a quiet line now and then elsewhere, or lines for a program. All go to
//! standard error.

use std::io::{IsTerminal, stderr};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressStyle};
use serde_json::json;
use xorsweep::kernel::outcome::Outcome;
use xorsweep::sweep::engine::Progress;
use xorsweep::sweep::text::percent;

use super::screen::{width_of_errors, wrapped};
use super::talk::{self, Talk, talk};

/// How often the bar moves.
const BAR_EVERY: Duration = Duration::from_millis(100);
/// How often a line is written where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(30);
/// How often a line for a program is written; the first one is written at once.
const EVENT_EVERY: Duration = Duration::from_secs(1);

/// Shows how far `progress` is of `runs` while `work` works. Where no thread can be started for it, it is not shown.
pub fn shown_while<T>(progress: &Progress, runs: u64, work: impl FnOnce() -> T) -> T {
    let Talk { is_quiet, is_json } = talk();
    if is_quiet {
        return work();
    }
    let is_over = AtomicBool::new(false);
    let so_far = SoFar { progress, runs, started: Instant::now() };
    thread::scope(|scope| {
        let watch = || match is_json {
            true => events(&so_far, &is_over),
            false if stderr().is_terminal() => bar(&so_far, &is_over),
            false => lines(&so_far, &is_over),
        };
        let watcher = thread::Builder::new().spawn_scoped(scope, watch).ok();
        // The scope waits for the watcher, also when the work panics.
        let _end = End { is_over: &is_over, watcher: watcher.as_ref().map(|watcher| watcher.thread()) };
        work()
    })
}

/// Ends the watcher when it is dropped.
struct End<'a> {
    is_over: &'a AtomicBool,
    watcher: Option<&'a Thread>,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.is_over.store(true, Relaxed);
        self.watcher.iter().for_each(|watcher| watcher.unpark());
    }
}

fn bar(so_far: &SoFar<'_>, is_over: &AtomicBool) {
    let style = ProgressStyle::with_template("{bar:16.cyan} {msg}").expect("the template is fixed");
    // The bar and the space after it.
    const BESIDE: usize = 17;
    let bar = ProgressBar::new(so_far.runs).with_style(style);
    while !is_over.load(Relaxed) {
        bar.set_position(so_far.progress.runs());
        // One line: what does not fit is left out, the least important first.
        let width = width_of_errors().map(|width| width.saturating_sub(BESIDE + 1));
        let pieces = so_far.pieces();
        let message = wrapped(pieces.iter().map(String::as_str), width);
        bar.set_message(message.lines().next().unwrap_or_default().trim_end_matches(',').to_owned());
        thread::park_timeout(BAR_EVERY);
    }
    bar.finish_and_clear();
}

/// Calls `tell` every so often until it is over.
fn now_and_then(every: Duration, is_over: &AtomicBool, mut tell: impl FnMut()) {
    let mut due = Instant::now() + every;
    while !is_over.load(Relaxed) {
        thread::park_timeout(due.saturating_duration_since(Instant::now()));
        if Instant::now() >= due && !is_over.load(Relaxed) {
            due += every;
            tell();
        }
    }
}

fn lines(so_far: &SoFar<'_>, is_over: &AtomicBool) {
    now_and_then(LINE_EVERY, is_over, || talk::line(so_far.pieces().join(" ").trim_end_matches(',')));
}

fn events(so_far: &SoFar<'_>, is_over: &AtomicBool) {
    so_far.event();
    now_and_then(EVENT_EVERY, is_over, || so_far.event());
}

/// What there is to tell now.
struct SoFar<'a> {
    progress: &'a Progress,
    runs: u64,
    started: Instant,
}

impl SoFar<'_> {
    /// The share, the runs, the time left, the speed and the outcomes so far, the most important first.
    fn pieces(&self) -> Vec<String> {
        let Self { progress, runs, started } = self;
        let (done, seconds) = (progress.runs(), started.elapsed().as_secs_f64());
        let share = percent(done.min(*runs), *runs, 0);
        let mut pieces =
            vec![format!("{share},"), format!("{} of {} runs,", HumanCount(done), HumanCount(*runs))];
        if let Some(left) =
            time_left(seconds, done.saturating_sub(progress.known()), runs.saturating_sub(done))
        {
            pieces.push(format!("about {} left,", HumanDuration(left)));
        }
        let speed = progress.run_steps() as f64 / seconds.max(1e-3) / 1e6;
        pieces.push(format!("{speed:.0} million run-steps/s,"));
        let counts = Outcome::WORDS.iter().zip(progress.outcomes()).filter(|(_, count)| *count > 0);
        pieces.extend(counts.map(|(word, count)| format!("{} {word},", HumanCount(count))));
        pieces
    }

    fn event(&self) {
        let Self { progress, runs, started } = self;
        let outcomes: serde_json::Map<String, serde_json::Value> = Outcome::WORDS
            .iter()
            .zip(progress.outcomes())
            .map(|(word, count)| ((*word).to_owned(), count.into()))
            .collect();
        talk::event(
            "progress",
            json!({
                "runs": progress.runs(),
                "of": runs,
                "steps": progress.run_steps(),
                "seconds": started.elapsed().as_secs_f64(),
                "outcomes": outcomes,
            }),
        );
    }
}

/// How long the rest takes if it goes on as before; none if nothing is done, or it takes longer than can be told.
fn time_left(seconds: f64, done: u64, left: u64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds * (left as f64 / done as f64)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_told_where_it_can_be() {
        assert_eq!(time_left(10.0, 5, 10), Some(Duration::from_secs(20)));
        assert_eq!(time_left(10.0, 15, 0), Some(Duration::ZERO));
        assert_eq!(time_left(10.0, 0, 15), None);
        assert_eq!(time_left(1e5, 1, 1 << 53), None);
        assert_eq!(time_left(0.0, 0, 0), None);
    }

    #[test]
    fn a_panic_of_the_work_ends_the_watcher() {
        let progress = Progress::default();
        let result = std::panic::catch_unwind(|| shown_while(&progress, 1, || panic!("on purpose")));
        assert!(result.is_err());
    }
}
