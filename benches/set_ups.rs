//! What a set-up costs, by `cargo bench --bench set_ups [-- WORDS]`: the general kernel beside the fused one of the default.
//!
//! All on one thread, with refilling and events. Rounds do a set-up and the fused default in turn, so that what else the
//! machine does hits both; the ratio is the median of the rounds' ratios. A step is an epoch, of as many updates as there
//! are samples if they come one by one. WORDS pick the set-ups that have any of them in their names.

use std::time::Duration;

use xorsweep::Isa;

#[path = "work/feed.rs"]
mod feed;
#[path = "work/set_ups.rs"]
mod work;

use work::Case;

/// How long a measurement is to be.
const LONG: Duration = Duration::from_millis(150);
const ROUNDS: usize = 9;
const STEPS: u64 = 2000;
/// So many that lanes without a run at the end hardly count.
const FEWEST: u64 = 512;

struct Measured {
    /// Run-steps a second.
    speed: f64,
    /// Steps a run.
    length: f64,
    /// Of where the runs end.
    hash: u64,
}

fn measure(case: &Case, runs: u64) -> Measured {
    let (all, took) = case.sweep(Isa::best(), runs, STEPS);
    let steps = work::steps_of(&all) as f64;
    let hash = work::hash_of_ends(&all);
    Measured { speed: steps / took.as_secs_f64(), length: steps / runs as f64, hash }
}

/// How many runs take about that long.
fn runs_for(case: &Case, long: Duration) -> u64 {
    // The most of three: a measurement that is shorter than others is disturbed less often.
    let runs = |_| {
        let Measured { speed, length, .. } = measure(case, FEWEST);
        (speed * long.as_secs_f64() / length) as u64
    };
    (0..3).map(runs).max().unwrap_or(0).max(FEWEST)
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // As a test, which cargo runs without this flag, it only has to work.
    let (rounds, long) =
        if arguments.iter().any(|word| word == "--bench") { (ROUNDS, LONG) } else { (1, Duration::ZERO) };
    let words: Vec<&String> = arguments.iter().filter(|word| !word.starts_with('-')).collect();
    let cases = work::cases();
    let fused = &cases[0];
    let runs_of_fused = runs_for(fused, long);
    println!("{}, one thread, {rounds} rounds, up to {STEPS} steps a run", Isa::best());
    println!("{:32} {:>24} {:>14} {:>12}", "set-up", "million run-steps a s", "of the fused", "steps a run");
    for case in &cases {
        if !words.is_empty() && !words.iter().any(|word| case.name.contains(word.as_str())) {
            continue;
        }
        let runs = runs_for(case, long);
        let Measured { length, hash, .. } = measure(case, runs);
        let (mut speeds, mut ratios) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let of_fused = measure(fused, runs_of_fused);
            let measured = measure(case, runs);
            assert_eq!(measured.hash, hash, "{} did something else", case.name);
            speeds.push(measured.speed / 1e6);
            ratios.push(measured.speed / of_fused.speed);
        }
        println!("{:32} {:24.2} {:14.3} {length:12.0}", case.name, median(speeds), median(ratios));
    }
}
