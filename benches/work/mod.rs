//! The work that is measured, in any size. Each piece returns a hash of its result, so that a benchmark cannot be fast
//! by doing something else; `tests/engine/benchmarks.rs` runs small sizes and compares the hashes.

use super::feed::{Starts, hash, starts};
pub use super::feed::{hash_of_ends, steps_of};
pub use super::networks::networks;
use xorsweep::kernel::batch::Job;
use xorsweep::kernel::isa::{self, Isa};
use xorsweep::kernel::outcome::{RunResult, StoppingRule};
use xorsweep::kernel::theta::Theta;
use xorsweep::kernel::trace::trace;
use xorsweep::kernel::{Criterion, SetUp};
use xorsweep::results::Format;
use xorsweep::results::convergence::{DEFAULT_SHAPE, Extras, Row, append_row, columns};
use xorsweep::sweep::spec::{Spec, Sweep};

/// The learning rate of all benchmarks.
pub const ALPHA: f64 = 0.3;

/// `runs` runs of exactly `steps` steps in the lanes of one instruction set, on one thread.
pub fn kernel(isa: Isa, network: &SetUp, momentum: f64, runs: u64, steps: u64) -> u64 {
    let stopping_rule = StoppingRule {
        criterion: Criterion::Error,
        steps,
        tolerance: 0.0,
        hold: u64::MAX,
        blow_up: f64::INFINITY,
    };
    let mut feed = Starts::new(starts(runs, DEFAULT_SHAPE), ALPHA, momentum);
    isa::run(isa, network, momentum != 0.0, &stopping_rule, &mut feed);
    hash_of_ends(&feed.into_finished())
}

/// One run of `steps` steps, step by step.
pub fn single_run(steps: u64) -> u64 {
    let job =
        Job { run: 0, start: starts(1, DEFAULT_SHAPE)[0].clone(), alpha: ALPHA, momentum: 0.0, seed: 0 };
    let mut last = Theta::new();
    let traced: Result<(), ()> = trace(&SetUp::default(), &job, steps, |step| {
        last.clone_from(&step.theta);
        Ok(())
    });
    traced.expect("seeing a step does not fail");
    hash(&last)
}

/// A sweep of this many runs with early stop.
pub fn sweep(runs: u64) -> Sweep {
    let text = format!(
        "init = \"uniform(0,1)\"\nalpha = [0.1, {ALPHA}]\nseeds = \"0..{}\"\nsteps = 10000",
        runs / 2
    );
    let spec = Spec::from_toml(&text).expect("the spec is right");
    spec.resolve(std::path::Path::new("")).expect("the spec is right")
}

/// The rows of finished runs, as the table has them.
pub fn rows(all: &[RunResult]) -> Vec<u8> {
    let (mut text, columns) = (Vec::new(), columns(&[], &[DEFAULT_SHAPE]));
    for finished in all {
        let (init, seed, extras) = ("uniform(0,1)", Some(finished.run), Extras::default());
        let row = Row {
            init,
            seed,
            alpha: ALPHA,
            momentum: 0.0,
            finished,
            weights: 6,
            asymmetry: Some(0.5),
            extras,
        };
        append_row(&mut text, &columns, &row, Format::PLAIN);
    }
    text
}

/// Independent chains of multiply-adds: enough to hide their latency, few enough for the registers.
pub const CHAINS: usize = 16;

/// `rounds` fused multiply-adds in each of [`CHAINS`] registers of eight numbers; their sum, or nothing where the
/// processor has no AVX-512.
#[cfg(target_arch = "x86_64")]
pub fn multiply_adds(rounds: usize) -> Option<f64> {
    use fearless_simd::{Avx512, Simd, f64x8};
    use xorsweep::kernel::lanes::{Lanes, Number};

    let token = fearless_simd::Level::new().as_avx512()?;
    Some(token.vectorize(
        #[inline(always)]
        || {
            let splat = |value| <f64x8<Avx512> as Lanes>::splat(token, value);
            // Different starts, or the compiler would make one chain of them.
            let mut chains = [splat(0.0); CHAINS];
            for (index, chain) in chains.iter_mut().enumerate() {
                *chain = splat(index as f64);
            }
            let (factor, addend) = (splat(0.5), splat(0.25));
            for _ in 0..rounds {
                for chain in &mut chains {
                    *chain = Number::mul_add(*chain, factor, addend);
                }
            }
            chains.iter().map(|chain| chain.lane(0)).sum()
        },
    ))
}
