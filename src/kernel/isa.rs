//! Which instructions the lanes use: detected when the program runs, chosen by name, and without effect on any result.

use std::fmt;

use super::batch::{Feed, work};
use super::outcome::Budget;
use crate::formula::{Variant, Visitor};
use crate::variant::Network;

/// An instruction set, from fast to slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Isa {
    /// Two registers of eight runs; x86-64 with AVX-512, as in Ice Lake and Zen 4 and later.
    Avx512,
    /// Eight runs in two registers; x86-64 with AVX2 and FMA.
    Avx2,
    /// Eight runs by the `wide` crate, with the instructions the program was compiled for (NEON on ARM). Where these
    /// have no fused multiply-add the results are the same, but slow.
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
            Self::Wide | Self::Scalar => true,
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

/// Runs all that `feed` has, in lanes of this instruction set.
pub fn run(isa: Isa, network: &Network, with_momentum: bool, budget: &Budget, feed: &mut dyn Feed) {
    network.visit(Runner { isa, with_momentum, budget, feed });
}

struct Runner<'a> {
    isa: Isa,
    with_momentum: bool,
    budget: &'a Budget,
    feed: &'a mut dyn Feed,
}

impl Visitor for Runner<'_> {
    type Out = ();

    fn visit<V: Variant>(self) {
        // A momentum of 0 gives the same bits; only the network most in use has code of its own without it, since
        // every copy of the kernel makes the program longer to build.
        if self.with_momentum || V::NETWORK != Network::default() {
            self.in_lanes::<V, true>();
        } else {
            self.in_lanes::<V, false>();
        }
    }
}

impl Runner<'_> {
    fn in_lanes<V: Variant, const MOMENTUM: bool>(self) {
        let Runner { isa, budget, feed, .. } = self;
        match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => {
                use crate::lanes::Pair;
                use fearless_simd::{Avx512, Simd, f64x8};
                let token = fearless_simd::Level::new().as_avx512().expect("the instruction set was checked");
                token.vectorize(
                    #[inline(always)]
                    || work::<V, Pair<f64x8<Avx512>>, MOMENTUM>(token, budget, feed),
                );
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => {
                use fearless_simd::{Avx2, Simd, f64x8};
                let token = fearless_simd::Level::new().as_avx2().expect("the instruction set was checked");
                token.vectorize(
                    #[inline(always)]
                    || work::<V, f64x8<Avx2>, MOMENTUM>(token, budget, feed),
                );
            }
            #[cfg(not(target_arch = "x86_64"))]
            Isa::Avx512 | Isa::Avx2 => unreachable!("the instruction set was checked"),
            Isa::Wide => work::<V, wide::f64x8, MOMENTUM>((), budget, feed),
            Isa::Scalar => work::<V, f64, MOMENTUM>((), budget, feed),
        }
    }
}
