//! Speed, by `cargo bench`: the kernel by instruction set and network, one run alone, a whole sweep, the writer.
//!
//! Throughput is in run-steps a second (`item/s`; rows a second for the writer). 4,097 runs: one more than fills the
//! lanes evenly.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use xorsweep::{Isa, Options, SetUp, run_all};

#[path = "work/feed.rs"]
mod feed;
#[path = "../tests/common/networks.rs"]
mod networks;
mod work;

fn main() {
    divan::main();
}

const RUNS: u64 = 4097;
const STEPS: u64 = 2000;

fn bench_kernel(bencher: Bencher<'_, '_>, isa: Isa, network: &SetUp, momentum: f64, runs: u64) {
    bencher
        .counter(ItemsCount::new(runs * STEPS))
        .bench(|| work::kernel(isa, network, momentum, runs, STEPS));
}

/// How many fused multiply-adds of eight numbers one core does in a second: the ceiling of every kernel.
#[cfg(target_arch = "x86_64")]
#[divan::bench(sample_count = 20)]
fn ceiling(bencher: Bencher<'_, '_>) {
    const ROUNDS: usize = 100_000;
    bencher.counter(ItemsCount::new(ROUNDS * work::CHAINS)).bench(|| work::multiply_adds(black_box(ROUNDS)));
}

/// Full lanes of each instruction set, on one thread.
#[divan::bench(args = Isa::available(), sample_count = 7)]
fn kernel(bencher: Bencher<'_, '_>, isa: Isa) {
    // The slow ones get fewer runs.
    let runs = if matches!(isa, Isa::Avx512 | Isa::Avx2) { RUNS } else { RUNS / 64 };
    bench_kernel(bencher, isa, &SetUp::default(), 0.0, runs);
}

/// Networks, with and without momentum, on one thread.
#[divan::bench(args = 0..work::networks().len(), consts = [false, true], sample_count = 5)]
fn network<const MOMENTUM: bool>(bencher: Bencher<'_, '_>, network: usize) {
    bench_kernel(
        bencher,
        Isa::best(),
        &work::networks()[network],
        if MOMENTUM { 0.5 } else { 0.0 },
        RUNS / 4,
    );
}

/// How many runs are in the lanes: below a full register the rest is idle.
#[divan::bench(args = [1, 8, 15, 16, 17], sample_count = 20)]
fn live_lanes(bencher: Bencher<'_, '_>, runs: u64) {
    bench_kernel(bencher, Isa::best(), &SetUp::default(), 0.0, runs);
}

/// One run, step by step, as `trace` does it.
#[divan::bench]
fn single_run(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(STEPS)).bench(|| work::single_run(STEPS));
}

/// A sweep with early stop: threads, refill, order, but no files.
#[divan::bench(args = [1, 2], sample_count = 7)]
fn whole_sweep(bencher: Bencher<'_, '_>, threads: usize) {
    let sweep = work::sweep(2 * RUNS);
    let options = Options { threads, ..Options::default() };
    let steps = work::steps_of(&run_all(&sweep, &options));
    bencher.counter(ItemsCount::new(steps)).bench(|| work::hash_of_ends(&run_all(&sweep, &options)));
}

/// Rows of the table.
#[divan::bench]
fn writer(bencher: Bencher<'_, '_>) {
    let all = run_all(&work::sweep(2000), &Options::default());
    bencher.counter(ItemsCount::new(all.len())).bench(|| work::rows(&all));
}
