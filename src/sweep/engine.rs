//! Fans the runs of a sweep across threads and hands them on in order, in bounded memory.
//!
//! Runs are cut into chunks of consecutive runs. Each thread claims the next chunk when it has no more runs to begin,
//! fills its lanes from it, and prepares a chunk whose runs are all over (formats it, say) on its own. The calling
//! thread, which is no worker, puts the prepared chunks in order and accepts them. No thread claims a chunk too far
//! ahead of the last one accepted: that bounds the memory, whatever the number of runs.
//!
//! What the calling thread has to do may be more than one thread can: then it gives [`Errands`], which threads do that
//! would have to wait for it.
//!
//! Whoever wants to go on after an interruption asks now and then for the runs that are over but wait for an earlier
//! one, and gives them back the next time ([`Sink`], [`execute_from`]).

use std::collections::{BTreeMap, VecDeque};
use std::error::Error as _;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use super::spec::Sweep;
use crate::kernel::SetUp;
use crate::kernel::WINDOW;
use crate::kernel::batch::{Feed, Job};
use crate::kernel::isa::{self, Isa};
use crate::kernel::outcome::{Outcome, RunResult, StoppingRule};

/// The most runs in a chunk.
const CHUNK: u64 = 128;
/// The stack of a worker, in bytes; only an unoptimised build, which keeps all of a kernel's values there, needs it.
const STACK: usize = 64 << 20;
/// How long a thread without work waits before it looks whether the sweep was stopped.
const PATIENCE: Duration = Duration::from_millis(50);
/// Why a lock is never poisoned.
const NO_PANIC: &str = "no thread panics with the lock";
/// How many chunks may be begun beyond the last one accepted.
const AHEAD: u64 = 512;

/// How to execute a sweep; without effect on its results.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Worker threads, at least 1.
    pub threads: usize,
    /// The lanes' instruction set.
    pub isa: Isa,
}

impl Default for Options {
    /// A thread for each processor, and the fastest instruction set.
    fn default() -> Self {
        Self { threads: std::thread::available_parallelism().map_or(1, usize::from), isa: Isa::best() }
    }
}

impl Options {
    /// How many threads so many runs are given to: no more than can have a chunk of them at a time.
    #[must_use]
    pub fn threads_for(&self, runs: u64) -> usize {
        self.threads.min(runs.clamp(1, AHEAD) as usize)
    }
}

/// What a sweep has done so far, for others to read while it runs, and a way to stop it.
#[derive(Debug, Default)]
pub struct Progress {
    runs: AtomicU64,
    run_steps: AtomicU64,
    lane_steps: AtomicU64,
    outcomes: [AtomicU64; Outcome::WORDS.len()],
    /// Those of the runs that were over before.
    known: AtomicU64,
    threads: AtomicUsize,
    stop: Arc<AtomicBool>,
}

impl Progress {
    /// Nothing done yet, to be stopped by setting `stop`.
    #[must_use]
    pub fn stopped_by(stop: Arc<AtomicBool>) -> Self {
        Self { stop, ..Self::default() }
    }
    /// Runs that are over.
    pub fn runs(&self) -> u64 {
        self.runs.load(Relaxed)
    }
    /// Steps done by runs.
    pub fn run_steps(&self) -> u64 {
        self.run_steps.load(Relaxed)
    }
    /// Steps done in all lanes; `run_steps / lane_steps` is the share of the lanes that was busy.
    pub fn lane_steps(&self) -> u64 {
        self.lane_steps.load(Relaxed)
    }
    /// Runs that are over, in the order of [`Outcome::WORDS`].
    pub fn outcomes(&self) -> [u64; Outcome::WORDS.len()] {
        std::array::from_fn(|index| self.outcomes[index].load(Relaxed))
    }
    /// The most threads that worked at once: fewer than were asked for where there was not enough to do, or where the
    /// machine let no more start.
    pub fn threads(&self) -> usize {
        self.threads.load(Relaxed)
    }
    /// Counts runs that were over before.
    pub fn add_known(&self, runs: u64) {
        self.known.fetch_add(runs, Relaxed);
        self.runs.fetch_add(runs, Relaxed);
    }
    /// Runs that were over before.
    pub fn known(&self) -> u64 {
        self.known.load(Relaxed)
    }
    /// Asks the sweep to stop; it does within a window of steps a lane.
    pub fn stop(&self) {
        self.stop.store(true, Relaxed);
    }
    /// Whether it was asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Relaxed)
    }
}

/// Runs that can be executed: each is a pure function of its number.
pub trait Runs: Sync {
    /// What the run of this number trains and how, and the number of the first run after it that has another set-up, or
    /// of none.
    fn set_up_from(&self, number: u64) -> (&SetUp, u64);
    /// When one of them ends.
    fn stopping_rule(&self) -> &StoppingRule;
    /// Whether any of them has a momentum other than 0.
    fn have_momentum(&self) -> bool;
    /// The run of this number.
    fn job(&self, number: u64) -> Job;
}

impl Runs for Sweep {
    fn set_up_from(&self, number: u64) -> (&SetUp, u64) {
        Self::set_up_from(self, number)
    }
    fn stopping_rule(&self) -> &StoppingRule {
        &self.stopping_rule
    }
    fn have_momentum(&self) -> bool {
        self.has_momentum()
    }
    fn job(&self, number: u64) -> Job {
        let run = self.run(number);
        Job {
            run: number,
            start: self.start(&run),
            alpha: run.alpha,
            momentum: run.momentum,
            seed: run.seed.unwrap_or(0),
        }
    }
}

/// Work that the thread that accepts chunks shares with those that wait for it.
#[derive(Default)]
pub struct Errands {
    waiting: Mutex<VecDeque<Box<dyn FnOnce() + Send>>>,
    /// What threads wait for: an errand, or that a chunk was accepted.
    changed: Condvar,
}

impl Errands {
    /// Does all of these, with the help of threads that would have to wait; returns what they return, in order.
    ///
    /// # Panics
    /// If one of them does.
    pub fn do_all<T: Send + 'static>(
        &self,
        errands: impl IntoIterator<Item = impl FnOnce() -> T + Send + 'static>,
    ) -> Vec<T> {
        let (sender, receiver) = mpsc::channel();
        let mut results = Vec::new();
        {
            let mut waiting = self.waiting.lock().expect(NO_PANIC);
            for (place, errand) in errands.into_iter().enumerate() {
                let sender = sender.clone();
                // The receiver waits for all.
                waiting.push_back(Box::new(move || drop(sender.send((place, errand())))));
                results.push(None);
            }
        }
        drop(sender);
        self.changed.notify_all();
        while let Some(errand) = self.next() {
            errand();
        }
        for (place, result) in receiver {
            results[place] = Some(result);
        }
        results.into_iter().map(|result| result.expect("a thread panicked in an errand")).collect()
    }

    fn next(&self) -> Option<Box<dyn FnOnce() + Send>> {
        self.waiting.lock().expect(NO_PANIC).pop_front()
    }
}

/// The chunks, shared by all threads.
struct Chunks {
    runs: Range<u64>,
    size: u64,
    next: AtomicU64,
    /// Changed with the lock of the errands only, so that nobody waits who need not.
    accepted: AtomicU64,
    errands: Arc<Errands>,
}

impl Chunks {
    fn new(runs: Range<u64>, threads: usize, errands: Arc<Errands>) -> Self {
        // Few runs make small chunks, so that every thread gets some; not too small, since each wakes the thread that
        // accepts them.
        let size = ((runs.end - runs.start) / (threads as u64 * 16)).clamp(1, CHUNK);
        Self { runs, size, next: AtomicU64::new(0), accepted: AtomicU64::new(0), errands }
    }

    fn count(&self) -> u64 {
        (self.runs.end - self.runs.start).div_ceil(self.size)
    }

    fn runs_of(&self, chunk: u64) -> Range<u64> {
        let start = self.runs.start + chunk * self.size;
        start..(start + self.size).min(self.runs.end)
    }

    /// Claims the next chunk, if there is one that may be begun now.
    fn claim(&self) -> Option<u64> {
        let last = self.count().min(self.accepted.load(Relaxed) + AHEAD);
        self.next.fetch_update(Relaxed, Relaxed, |next| (next < last).then_some(next + 1)).ok()
    }

    /// Waits until a chunk may be begun, and does errands until then; false if there are no more.
    fn wait(&self, progress: &Progress) -> bool {
        let mut errands = self.errands.waiting.lock().expect(NO_PANIC);
        loop {
            let next = self.next.load(Relaxed);
            if next >= self.count() || progress.is_stopped() {
                return false;
            }
            if next < self.accepted.load(Relaxed) + AHEAD {
                return true;
            }
            if let Some(errand) = errands.pop_front() {
                drop(errands);
                errand();
                errands = self.errands.waiting.lock().expect(NO_PANIC);
                continue;
            }
            // The time limit is for the end, and for a sweep that is stopped from outside.
            let waited = self.errands.changed.wait_timeout(errands, PATIENCE);
            errands = waited.expect(NO_PANIC).0;
        }
    }

    fn accept(&self, chunk: u64) {
        let errands = self.errands.waiting.lock().expect(NO_PANIC);
        self.accepted.store(chunk + 1, Relaxed);
        drop(errands);
        // One more chunk may be begun; hundreds of threads that all look for it would take the processors for that.
        self.errands.changed.notify_one();
    }
}

/// Stops the sweep if the thread that holds it panics, so that the others do not wait for it for ever.
struct StopOnPanic<'a>(&'a Progress);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.stop();
        }
    }
}

/// Takes what a sweep brings, on the thread that called [`execute_from`].
pub trait Sink<P> {
    /// Why it takes no more.
    type Error;

    /// Takes what was prepared of the next runs, in order.
    ///
    /// # Errors
    /// If it cannot; that stops the sweep.
    fn accept(&mut self, prepared: P) -> Result<(), Self::Error>;

    /// The errands it gives.
    fn errands(&self) -> Arc<Errands> {
        Arc::default()
    }

    /// The runs that something prepared was made of.
    fn finished<'a>(&self, _prepared: &'a P) -> &'a [RunResult] {
        &[]
    }

    /// Called several times a second. `ahead` gives the runs that are over but not accepted yet, in no order.
    ///
    /// # Errors
    /// As for `accept`.
    fn pause(&mut self, _ahead: &dyn Fn(&Self) -> Vec<RunResult>) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Called last if the sweep was stopped before its end, with the runs that are over but were not accepted.
    ///
    /// # Errors
    /// As for `accept`.
    fn stopped(&mut self, _ahead: Vec<RunResult>) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// A [`Sink`] that accepts, and does nothing else.
struct Accepting<F>(F);

impl<P, E, F: FnMut(P) -> Result<(), E>> Sink<P> for Accepting<F> {
    type Error = E;

    fn accept(&mut self, prepared: P) -> Result<(), E> {
        (self.0)(prepared)
    }
}

/// A chunk in the hands of one thread.
struct Open {
    chunk: u64,
    runs: Range<u64>,
    finished: Vec<Option<RunResult>>,
    left: usize,
}

/// Feeds one thread's lanes.
struct Worker<'a, R, P, F> {
    all: &'a R,
    chunks: &'a Chunks,
    progress: &'a Progress,
    prepare: &'a F,
    prepared: mpsc::Sender<(u64, P)>,
    /// Runs that are over from the start, by rising number.
    known: &'a [RunResult],
    /// The runs of the chunk claimed last that are not begun.
    pending: Range<u64>,
    /// The first run that has another set-up than those in the lanes.
    end: u64,
    /// Only this thread adds and removes; others may look.
    open: &'a Mutex<VecDeque<Open>>,
}

impl<'a, R: Runs, P, F: Fn(Vec<RunResult>) -> P> Worker<'a, R, P, F> {
    /// The set-up of the runs that come next; waits until there may be some. None: there will be none.
    ///
    /// Lanes hold runs of one set-up: before those of another they run empty, once a set-up and thread.
    fn next_set_up(&mut self) -> Option<&'a SetUp> {
        loop {
            if self.progress.is_stopped() {
                return None;
            }
            if let Some(number) = self.peek() {
                let (set_up, end) = self.all.set_up_from(number);
                self.end = end;
                return Some(set_up);
            }
            if !self.chunks.wait(self.progress) {
                return None;
            }
        }
    }

    /// The run that is to be begun next, if one may be begun now.
    fn peek(&mut self) -> Option<u64> {
        loop {
            if self.pending.is_empty() {
                self.claim()?;
                continue;
            }
            let number = self.pending.start;
            let Some(finished) = self.known(number) else { return Some(number) };
            self.put(finished.clone());
            self.pending.start += 1;
        }
    }

    /// Claims the next chunk, if there is one that may be begun now.
    fn claim(&mut self) -> Option<()> {
        let chunk = self.chunks.claim()?;
        self.pending = self.chunks.runs_of(chunk);
        let count = (self.pending.end - self.pending.start) as usize;
        let open = Open { chunk, runs: self.pending.clone(), finished: vec![None; count], left: count };
        self.open.lock().expect(NO_PANIC).push_back(open);
        Some(())
    }

    fn known(&self, run: u64) -> Option<&RunResult> {
        let place = self.known.binary_search_by_key(&run, |finished| finished.run).ok()?;
        Some(&self.known[place])
    }

    /// Puts a run that is over into its chunk, and sends the chunk off if it was the last one.
    fn put(&self, finished: RunResult) {
        let mut open = self.open.lock().expect(NO_PANIC);
        let at = open.iter().position(|open| open.runs.contains(&finished.run)).expect("its chunk is open");
        let chunk = &mut open[at];
        let place = (finished.run - chunk.runs.start) as usize;
        debug_assert!(chunk.finished[place].is_none(), "a run is done once");
        chunk.finished[place] = Some(finished);
        chunk.left -= 1;
        if chunk.left == 0 {
            let chunk = open.remove(at).expect("it was just found");
            drop(open);
            let finished: Vec<RunResult> = chunk.finished.into_iter().flatten().collect();
            // The receiver is gone only if the sweep has failed; then nobody wants the chunk.
            let _ = self.prepared.send((chunk.chunk, (self.prepare)(finished)));
        }
    }
}

impl<R: Runs, P, F: Fn(Vec<RunResult>) -> P> Feed for Worker<'_, R, P, F> {
    fn next(&mut self) -> Option<Job> {
        let number = self.peek().filter(|number| *number < self.end)?;
        self.pending.start += 1;
        Some(self.all.job(number))
    }

    fn wait(&mut self) -> bool {
        // What is pending has another set-up.
        self.pending.is_empty() && self.chunks.wait(self.progress)
    }

    fn done(&mut self, finished: RunResult) {
        self.progress.runs.fetch_add(1, Relaxed);
        // Its last window was counted whole.
        let overshoot = WINDOW as u64 - finished.steps % WINDOW as u64;
        self.progress.run_steps.fetch_sub(overshoot, Relaxed);
        self.progress.outcomes[finished.outcome.index()].fetch_add(1, Relaxed);
        self.put(finished);
    }

    fn advanced(&mut self, run_steps: usize, lane_steps: usize) -> bool {
        self.progress.run_steps.fetch_add(run_steps as u64, Relaxed);
        self.progress.lane_steps.fetch_add(lane_steps as u64, Relaxed);
        !self.progress.is_stopped()
    }
}

/// Executes those of `all` runs, such as a sweep's, with numbers in `runs`.
///
/// `prepare` is called on the workers with consecutive finished runs; `accept` gets what it returns on the calling
/// thread, in the order of the runs. Returns when all is accepted, or when the sweep was stopped: then what has been
/// accepted is a beginning of the runs without a gap.
///
/// # Errors
/// The first error of `accept`, which stops the sweep; an error of the machine if it lets no thread start.
pub fn execute<P: Send, E: Send + From<io::Error>>(
    all: &impl Runs,
    runs: Range<u64>,
    options: &Options,
    progress: &Progress,
    prepare: impl Fn(Vec<RunResult>) -> P + Sync,
    accept: impl FnMut(P) -> Result<(), E>,
) -> Result<(), E> {
    execute_from(all, runs, &[], options, progress, prepare, &mut Accepting(accept))
}

/// As [`execute`], but for runs that are `known` to be over: they are given by rising number, and are not done again.
///
/// # Errors
/// The first error of `sink`, which stops the sweep; an error of the machine if it lets no thread start.
pub fn execute_from<P: Send, S: Sink<P, Error: Send + From<io::Error>>>(
    all: &impl Runs,
    runs: Range<u64>,
    known: &[RunResult],
    options: &Options,
    progress: &Progress,
    prepare: impl Fn(Vec<RunResult>) -> P + Sync,
    sink: &mut S,
) -> Result<(), S::Error> {
    debug_assert!(known.is_sorted_by(|a, b| a.run < b.run), "known runs come by rising number");
    let most = options.threads_for(runs.end.saturating_sub(runs.start));
    let chunks = Chunks::new(runs, most, sink.errands());
    let opens: Vec<Mutex<VecDeque<Open>>> = (0..most).map(|_| Mutex::default()).collect();
    let mut on = |pool: &ThreadPool| {
        let (sender, receiver) = mpsc::channel();
        let count = pool.current_num_threads();
        progress.threads.fetch_max(count, Relaxed);
        pool.in_place_scope(|scope| {
            // The scope waits for the workers, also when the reader panics.
            let _stop = StopOnPanic(progress);
            for (prepared, open) in std::iter::repeat_n(sender, count).zip(&opens) {
                let (chunks, prepare) = (&chunks, &prepare);
                let mut worker =
                    Worker { all, chunks, progress, prepare, prepared, known, pending: 0..0, end: 0, open };
                scope.spawn(move |_| {
                    let _stop = StopOnPanic(progress);
                    while let Some(set_up) = worker.next_set_up() {
                        isa::run(options.isa, set_up, all.have_momentum(), all.stopping_rule(), &mut worker);
                    }
                });
            }
            let order = InOrder { early: BTreeMap::new(), next: 0, opens: &opens };
            let taken = order.take(receiver, &chunks, sink);
            if taken.is_err() {
                progress.stop();
            }
            taken
        })
    };
    let mut count = most;
    loop {
        let pool = ThreadPoolBuilder::new()
            .num_threads(count)
            .stack_size(STACK)
            .thread_name(|index| format!("xorsweep-{index}"));
        match pool.build_scoped(|thread| thread.run(), &mut on) {
            Ok(taken) => return taken,
            Err(error) if count == 1 => return Err(no_thread(&error).into()),
            // Fewer can do the work.
            Err(_) => count /= 2,
        }
    }
}

fn no_thread(error: &ThreadPoolBuildError) -> io::Error {
    let of_machine = error.source().and_then(|error| error.downcast_ref::<io::Error>());
    let kind = of_machine.map_or(io::ErrorKind::Other, io::Error::kind);
    io::Error::new(kind, format!("no thread can be started: {error}"))
}

/// Executes all runs of `sweep` and keeps them, in order: for a sweep that fits in memory, some 300 bytes a run.
///
/// # Panics
/// If the machine lets no thread start.
#[must_use]
pub fn run_all(sweep: &Sweep, options: &Options) -> Vec<RunResult> {
    run_first(sweep, sweep.runs(), options)
}

/// As [`run_all`], for the first `count` of any runs.
///
/// # Panics
/// If the machine lets no thread start.
#[must_use]
pub fn run_first(runs: &impl Runs, count: u64, options: &Options) -> Vec<RunResult> {
    let mut first = Vec::new();
    let keep = |finished| {
        first.extend(finished);
        io::Result::Ok(())
    };
    let executed = execute(runs, 0..count, options, &Progress::default(), Vec::from, keep);
    executed.unwrap_or_else(|error| panic!("{error}"));
    first
}

/// Puts prepared chunks in order.
struct InOrder<'a, P> {
    /// Those that wait for an earlier one.
    early: BTreeMap<u64, P>,
    next: u64,
    opens: &'a [Mutex<VecDeque<Open>>],
}

impl<P> InOrder<'_, P> {
    /// Takes all chunks that there will be.
    fn take<S: Sink<P>>(
        mut self,
        receiver: mpsc::Receiver<(u64, P)>,
        chunks: &Chunks,
        sink: &mut S,
    ) -> Result<(), S::Error> {
        loop {
            match receiver.recv_timeout(PATIENCE) {
                Ok((chunk, prepared)) => {
                    self.early.insert(chunk, prepared);
                    while let Some(prepared) = self.early.remove(&self.next) {
                        sink.accept(prepared)?;
                        chunks.accept(self.next);
                        self.next += 1;
                    }
                }
                Err(RecvTimeoutError::Timeout) => (),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            sink.pause(&|sink| self.ahead(sink))?;
        }
        if self.next == chunks.count() { Ok(()) } else { sink.stopped(self.ahead(sink)) }
    }

    /// The runs that are over and not accepted: those of early chunks, and of chunks that threads have open.
    fn ahead<S: Sink<P>>(&self, sink: &S) -> Vec<RunResult> {
        let mut ahead: Vec<RunResult> =
            self.early.values().flat_map(|prepared| sink.finished(prepared)).cloned().collect();
        for open in self.opens {
            let open = open.lock().expect(NO_PANIC);
            ahead.extend(open.iter().flat_map(|open| open.finished.iter().flatten()).cloned());
        }
        ahead
    }
}
