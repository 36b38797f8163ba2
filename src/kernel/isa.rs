//! Which instructions the lanes use: detected when the program runs, chosen by name, and without effect on any result.

use std::borrow::Cow;
use std::fmt;

use crate::batch::{Alone, Feed, Fused, General, Job, work};
use crate::general::Plan;
#[cfg(target_arch = "x86_64")]
use crate::lanes::Pair;
use crate::one::OneRun;
use crate::outcome::{Judge, StoppingRule};
use crate::setup::SetUp;

/// An instruction set, from fast to slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Isa {
    /// One or two registers of eight runs; x86-64 with AVX-512, as in Ice Lake and Zen 4 and later.
    Avx512,
    /// Eight runs in two registers; x86-64 with AVX2 and FMA.
    Avx2,
    /// Eight runs by the `wide` crate, with the instructions the program was compiled for: on ARM, in WebAssembly, and
    /// where a build for x86-64 may take a fused multiply-add for granted.
    Wide,
    /// One run at a time: the reference.
    Scalar,
}

impl Isa {
    /// All instruction sets, from fast to slow.
    pub const ALL: [Self; 4] = [Self::Avx512, Self::Avx2, Self::Wide, Self::Scalar];

    /// Its name, as `--isa` takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Avx512 => "avx512",
            Self::Avx2 => "avx2",
            Self::Wide => "wide",
            Self::Scalar => "scalar",
        }
    }

    /// Whether this machine has it.
    #[must_use]
    pub fn is_available(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => fearless_simd::Level::new().as_avx512().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => fearless_simd::Level::new().as_avx2().is_some(),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx512 | Self::Avx2 => false,
            Self::Wide => cfg!(any(not(target_arch = "x86_64"), target_feature = "fma")),
            Self::Scalar => true,
        }
    }

    /// The instruction sets this machine has, from fast to slow.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|isa| isa.is_available())
    }

    /// The fastest one this machine has.
    #[must_use]
    pub fn best() -> Self {
        Self::available().next().unwrap_or(Self::Scalar)
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The instructions this program was compiled for that the processor does not have.
///
/// The standard library's own detection takes for granted what the compiler was told, so the processor is asked.
#[must_use]
pub fn missing_from_processor() -> Vec<&'static str> {
    #[cfg(target_arch = "x86_64")]
    {
        let cpuid = raw_cpuid::CpuId::new();
        let basic = cpuid.get_feature_info();
        let extended = cpuid.get_extended_feature_info();
        let has = |yes: fn(&raw_cpuid::FeatureInfo) -> bool| basic.as_ref().is_some_and(yes);
        let has_extended = |yes: fn(&raw_cpuid::ExtendedFeatures) -> bool| extended.as_ref().is_some_and(yes);
        let needed = [
            ("avx", cfg!(target_feature = "avx"), has(raw_cpuid::FeatureInfo::has_avx)),
            ("fma", cfg!(target_feature = "fma"), has(raw_cpuid::FeatureInfo::has_fma)),
            ("avx2", cfg!(target_feature = "avx2"), has_extended(raw_cpuid::ExtendedFeatures::has_avx2)),
            ("bmi2", cfg!(target_feature = "bmi2"), has_extended(raw_cpuid::ExtendedFeatures::has_bmi2)),
            (
                "avx512f",
                cfg!(target_feature = "avx512f"),
                has_extended(raw_cpuid::ExtendedFeatures::has_avx512f),
            ),
            (
                "avx512dq",
                cfg!(target_feature = "avx512dq"),
                has_extended(raw_cpuid::ExtendedFeatures::has_avx512dq),
            ),
            (
                "avx512vl",
                cfg!(target_feature = "avx512vl"),
                has_extended(raw_cpuid::ExtendedFeatures::has_avx512vl),
            ),
        ];
        needed.into_iter().filter(|(_, needed, has)| *needed && !has).map(|(name, ..)| name).collect()
    }
    #[cfg(not(target_arch = "x86_64"))]
    Vec::new()
}

/// In how many registers the fused kernel keeps the runs that it advances together, where AVX-512 is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registers {
    /// One for a number of eight runs: nearly all of a step's numbers fit into the processor.
    One,
    /// Two: one's latency hides behind the other's work, but much is kept in memory meanwhile.
    Two,
}

impl Registers {
    /// What is fast on this processor. One that does a register of eight numbers in two halves, as Zen 4 does, has enough
    /// to do with one: there the default set-up ran at 152 million run-steps a second with one, and at 117 to 143 with
    /// two, as the compiler happened to place the rest (`cargo bench --bench set_ups`, one thread, nothing else busy).
    /// On Intel two were chosen by measurement.
    fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let cpuid = raw_cpuid::CpuId::new();
            let is_amd = cpuid.get_vendor_info().is_some_and(|vendor| vendor.as_str() == "AuthenticAMD");
            let family = cpuid.get_feature_info().map(|features| features.family_id());
            if is_amd && family == Some(0x19) {
                return Self::One;
            }
        }
        Self::Two
    }
}

/// Runs all that `feed` has, which are runs of one set-up, in lanes of this instruction set. `has_momentum` tells whether
/// any of them has a momentum above 0.
///
/// # Panics
/// If this machine lacks the instruction set.
pub fn run(isa: Isa, set_up: &SetUp, has_momentum: bool, stopping_rule: &StoppingRule, feed: &mut dyn Feed) {
    run_in(isa, Registers::best(), set_up, has_momentum, stopping_rule, feed);
}

/// The same with so many registers where that makes a difference: to compare the two.
///
/// # Panics
/// If this machine lacks the instruction set.
pub fn run_in(
    isa: Isa,
    registers: Registers,
    set_up: &SetUp,
    has_momentum: bool,
    stopping_rule: &StoppingRule,
    feed: &mut dyn Feed,
) {
    if !set_up.is_fused() {
        return run_general(isa, set_up, has_momentum, stopping_rule, feed);
    }
    let judge = &Judge::new(set_up, stopping_rule);
    let work = Work { isa, judge, feed };
    let rate = set_up.loss.factor(4);
    // A momentum of 0 gives the same bits.
    if has_momentum { work.fused::<true>(registers, rate) } else { work.fused::<false>(registers, rate) }
}

/// The same by the general kernel, even where the fused one is faster and rounds otherwise: to compare the two.
///
/// # Panics
/// If this machine lacks the instruction set.
pub fn run_general(
    isa: Isa,
    set_up: &SetUp,
    has_momentum: bool,
    stopping_rule: &StoppingRule,
    feed: &mut dyn Feed,
) {
    let judge = &Judge::new(set_up, stopping_rule);
    Work { isa, judge, feed }.general(&Plan::new(set_up, has_momentum));
}

struct Work<'a> {
    isa: Isa,
    judge: &'a Judge<'a>,
    feed: &'a mut dyn Feed,
}

#[cfg(target_arch = "x86_64")]
fn avx512() -> fearless_simd::Avx512 {
    fearless_simd::Level::new().as_avx512().expect("the instruction set was checked")
}

/// A register by itself; see [`Pair`].
#[cfg(target_arch = "x86_64")]
type Single<L> = L;

/// `work` in lanes of an instruction set, each compiled for its own; with AVX-512 in pairs of registers or single ones.
macro_rules! in_lanes {
    ($isa:expr, $avx512:ident, |$lanes:ident, $token:ident| $work:expr, $alone:expr) => {
        match $isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => {
                type $lanes = $avx512<fearless_simd::f64x8<fearless_simd::Avx512>>;
                let $token = avx512();
                fearless_simd::Simd::vectorize(
                    $token,
                    #[inline(always)]
                    || $work,
                );
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => {
                use fearless_simd::{Avx2, Simd, f64x8};
                type $lanes = f64x8<Avx2>;
                let $token = fearless_simd::Level::new().as_avx2().expect("the instruction set was checked");
                $token.vectorize(
                    #[inline(always)]
                    || $work,
                );
            }
            #[cfg(not(target_arch = "x86_64"))]
            Isa::Avx512 | Isa::Avx2 => panic!("this machine has no {}", $isa),
            #[cfg(any(not(target_arch = "x86_64"), target_feature = "fma"))]
            Isa::Wide => {
                type $lanes = wide::f64x8;
                let $token = ();
                $work
            }
            #[cfg(not(any(not(target_arch = "x86_64"), target_feature = "fma")))]
            Isa::Wide => panic!("this build has no {}", $isa),
            Isa::Scalar => $alone,
        }
    };
}

impl Work<'_> {
    fn fused<const MOMENTUM: bool>(self, registers: Registers, rate: f64) {
        let Self { isa, judge, feed } = self;
        #[cfg(target_arch = "x86_64")]
        if isa == Isa::Avx512 && registers == Registers::Two {
            type L = Pair<fearless_simd::f64x8<fearless_simd::Avx512>>;
            let token = avx512();
            return fearless_simd::Simd::vectorize(
                token,
                #[inline(always)]
                || work::<L>(token, Fused::<L, MOMENTUM>::new(token, rate), judge, feed),
            );
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = registers;
        in_lanes!(
            isa,
            Single,
            |L, token| work::<L>(token, Fused::<L, MOMENTUM>::new(token, rate), judge, feed),
            alone(&|job| OneRun::fused(rate, job), judge, feed)
        );
    }

    fn general(self, plan: &Plan) {
        let Self { isa, judge, feed } = self;
        in_lanes!(
            isa,
            Pair,
            |L, token| work::<L>(token, General::<L>::new(token, plan), judge, feed),
            alone(&|job| OneRun::start(Cow::Borrowed(plan), job), judge, feed)
        );
    }
}

/// Compiled once for both kernels.
fn alone<'a>(make: &'a dyn Fn(&Job) -> OneRun<'a>, judge: &Judge<'_>, feed: &mut dyn Feed) {
    work::<f64>((), Alone::new(make), judge, feed);
}
