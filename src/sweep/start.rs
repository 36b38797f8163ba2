//! Where runs start: drawn from a seed by an [`Init`], or read from a file as [`Starts`].
//!
//! # From a seed to nine numbers
//!
//! Seed s makes its own generator, Xoshiro256++ filled by SplitMix64 from s. The terms of an init draw from it in
//! the order written. A term that draws takes nine values in θ's order, whether or not it uses all of them:
//!
//! - a *uniform draw* is u = k·2^−53 with k the upper 53 bits of the next 64; a term uses lo + u·(hi − lo), and if
//!   that rounds up to hi the double below hi;
//! - a *normal draw* is Marsaglia's polar method: x = 2u − 1 and y = 2u − 1 from two uniform draws,
//!   s = x·x + y·y, repeated until 0 < s < 1; then x·f and y·f with f = √(−2·ln s / s) are the next two values.
//!   Nine values so take five pairs, and the tenth value is thrown away.
//!
//! The terms are added in the order written. So two inits with the same draws, such as `constant(0.1)+normal(1e-4)`
//! and `constant(0.1)+normal(0.01)`, differ in size alone: c + sd·z with the same z. The logarithm is libm's and
//! the square root correctly rounded, so a start is the same on every platform.

use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};
use std::fmt;
use std::str::FromStr;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use super::elsewhere::{self, Here, Meant};
use super::text::{finite_number, shortest, split_outside_parentheses};
use crate::Problem;
use crate::kernel::Theta;
use crate::kernel::fused::{PARAMETERS, at};

mod file;

pub(super) use file::not_unicode;
pub use file::{MOST_ROWS, Starts};

/// The most terms an init may have.
pub const MOST_TERMS: usize = 16;

/// No normal draw is this large: s is at least 2^−104, so |z| ≤ √(2·104·ln 2) < 12.1.
const NORMAL_BOUND: f64 = 13.0;

/// One summand of an [`Init`].
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// The same number for each parameter; draws nothing.
    Constant(f64),
    /// These nine numbers; draws nothing.
    Point(Theta),
    /// Uniform from `lo`, included, to `hi`, left out.
    Uniform {
        /// The lower end.
        lo: f64,
        /// The upper end.
        hi: f64,
    },
    /// Normal about 0.
    Normal {
        /// The standard deviation.
        sd: f64,
    },
    /// Weights uniform within ±√(6/(fan_in + fan_out)), biases 0 (their draws are thrown away).
    Glorot,
    /// Weights and biases uniform within ±1/√fan_in.
    Pytorch,
}

/// How to draw a start from a seed: a sum of terms, such as `constant(0.1)+normal(0.01)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Init {
    terms: Vec<Term>,
}

impl Init {
    /// Whether the start depends on the seed.
    #[must_use]
    pub fn draws(&self) -> bool {
        self.terms.iter().any(|term| !matches!(term, Term::Constant(_) | Term::Point(_)))
    }

    /// The start that belongs to `seed`; always finite.
    #[must_use]
    pub fn start(&self, seed: u64) -> Theta {
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut theta = Theta::from([0.0; PARAMETERS]);
        for term in &self.terms {
            for (sum, value) in theta.iter_mut().zip(term.draw(&mut generator)) {
                *sum += value;
            }
        }
        theta
    }

    /// An upper bound of every partial sum: rounding is monotonic, so the sum of the bounds bounds the sums.
    pub(super) fn bound(&self) -> f64 {
        self.terms.iter().map(Term::bound).sum()
    }
}

impl FromStr for Init {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let problem = |remedy: String| Problem::new("init", text.trim(), remedy);
        let pieces = split_outside_parentheses(text, '+');
        if pieces.len() > MOST_TERMS {
            return Err(problem(format!("give at most {MOST_TERMS} terms")));
        }
        let terms: Vec<Term> =
            pieces.into_iter().map(Term::parse).collect::<Result<_, _>>().map_err(problem)?;
        let init = Self { terms };
        if init.bound().is_finite() {
            Ok(init)
        } else {
            Err(problem("its starts could be infinite; give smaller numbers".to_owned()))
        }
    }
}

/// The canonical text, which reads back to the same init.
impl fmt::Display for Init {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.terms.iter().enumerate() {
            write!(f, "{}{term}", if index == 0 { "" } else { "+" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => write!(f, "constant({})", shortest(*value)),
            Self::Point(values) => {
                let texts: Vec<String> = values.iter().copied().map(shortest).collect();
                write!(f, "point({})", texts.join(","))
            }
            Self::Uniform { lo, hi } => write!(f, "uniform({},{})", shortest(*lo), shortest(*hi)),
            Self::Normal { sd } => write!(f, "normal({})", shortest(*sd)),
            Self::Glorot => f.write_str("glorot"),
            Self::Pytorch => f.write_str("pytorch"),
        }
    }
}

impl Term {
    /// Reads one term; the error is a remedy.
    fn parse(text: &str) -> Result<Self, String> {
        const NAMES: [&str; 6] = ["constant", "point", "uniform", "normal", "glorot", "pytorch"];
        let (name, numbers) = match text.split_once('(') {
            None => (text, None),
            Some((name, rest)) => {
                let inner = rest.strip_suffix(')').ok_or("close the parenthesis at the end of each term")?;
                (name.trim_end(), Some(inner))
            }
        };
        match name {
            "constant" => Ok(Self::Constant(arguments::<1>(numbers, "constant(0.1)")?[0])),
            "point" => {
                Ok(Self::Point(arguments::<PARAMETERS>(numbers, "point(w1,w2,w3,w4,w5,w6,b1,b2,b3)")?.into()))
            }
            "uniform" => Self::uniform(
                arguments(numbers, "uniform(0,1)").map_err(|e| Self::one_end(numbers).unwrap_or(e))?,
            ),
            "normal" => Self::normal(
                arguments(numbers, "normal(0.01)")
                    .map_err(|e| Self::mean_and_deviation(numbers).unwrap_or(e))?,
            ),
            "glorot" => no_arguments(numbers, Self::Glorot),
            "pytorch" => no_arguments(numbers, Self::Pytorch),
            "" => Err("a term is missing; write terms such as constant(0.1)+normal(0.01)".to_owned()),
            _ => Err(Self::unknown(name, numbers, &NAMES)),
        }
    }

    /// What would do instead of a term that there is not.
    fn unknown(name: &str, numbers: Option<&str>, known: &[&str]) -> String {
        if finite_number(name).is_some() {
            return format!("for one number everywhere write constant({name}), for nine point({name},…)");
        }
        let meant = elsewhere::meant(name, known.iter().copied(), elsewhere::TERMS);
        // With the numbers that were given, if these are what ours takes.
        if let (Some(Meant::Elsewhere(Here::Named(example))), Some(numbers)) =
            (meant, numbers.filter(|numbers| !numbers.trim().is_empty()))
            && let Some((ours, _)) = example.split_once('(')
        {
            let called = format!("{ours}({numbers})");
            let remedy =
                Self::parse(&called).map_or_else(|remedy| remedy, |_| format!("here it is called {called}"));
            return format!("`{name}` is no term; {remedy}");
        }
        format!("`{name}` is no term; {}", elsewhere::suggestion(name, known, elsewhere::TERMS))
    }

    /// What would do instead of two numbers for a normal draw, which others give its mean and its deviation.
    fn mean_and_deviation(text: Option<&str>) -> Option<String> {
        let [mean, sd] = arguments::<2>(text, "").ok().filter(|[_, sd]| *sd > 0.0)?;
        let normal = format!("normal({})", shortest(sd));
        let written = if mean == 0.0 { normal } else { format!("constant({})+{normal}", shortest(mean)) };
        Some(format!("normal takes the standard deviation alone, its mean is 0: write {written}"))
    }

    /// What would do instead of one number for a uniform draw.
    fn one_end(text: Option<&str>) -> Option<String> {
        let [end] = arguments::<1>(text, "").ok().filter(|[end]| *end != 0.0)?;
        let end = shortest(end.abs());
        Some(format!("uniform takes both ends: write uniform(-{end},{end}) or uniform(0,{end})"))
    }

    fn uniform([lo, hi]: [f64; 2]) -> Result<Self, String> {
        if lo >= hi {
            Err("uniform needs its lower end first and below the upper one".to_owned())
        } else if !(hi - lo).is_finite() {
            Err("uniform's ends are too far apart".to_owned())
        } else {
            Ok(Self::Uniform { lo, hi })
        }
    }

    fn normal([sd]: [f64; 1]) -> Result<Self, String> {
        if sd > 0.0 { Ok(Self::Normal { sd }) } else { Err("normal needs a number above 0".to_owned()) }
    }

    fn bound(&self) -> f64 {
        match self {
            Self::Constant(value) => value.abs(),
            Self::Point(values) => values.iter().fold(0.0, |most, value| value.abs().max(most)),
            Self::Uniform { lo, hi } => lo.abs().max(hi.abs()),
            Self::Normal { sd } => sd * NORMAL_BOUND,
            Self::Glorot | Self::Pytorch => SQRT_2,
        }
    }

    fn draw(&self, generator: &mut Xoshiro256PlusPlus) -> Theta {
        match self {
            Self::Constant(value) => [*value; PARAMETERS].into(),
            Self::Point(values) => values.clone(),
            Self::Uniform { lo, hi } => {
                uniform_draws(generator).into_iter().map(|u| scaled(u, *lo, *hi)).collect()
            }
            Self::Normal { sd } => normal_draws(generator).into_iter().map(|z| sd * z).collect(),
            Self::Glorot => {
                // Hidden layer: fan_in 2, fan_out 2. Output layer: fan_in 2, fan_out 1.
                let mut values = within_layers(generator, 1.5_f64.sqrt(), SQRT_2);
                values[at::B1..].fill(0.0);
                values
            }
            // Both layers have fan_in 2.
            Self::Pytorch => within_layers(generator, FRAC_1_SQRT_2, FRAC_1_SQRT_2),
        }
    }
}

/// Reads exactly `COUNT` finite numbers; the error is a remedy that shows an `example`.
fn arguments<const COUNT: usize>(text: Option<&str>, example: &str) -> Result<[f64; COUNT], String> {
    let numbers: Option<Vec<f64>> =
        // Adding 0 makes -0 to 0, so that equal inits have one text.
        text.and_then(|text| text.split(',').map(|part| Some(finite_number(part.trim())? + 0.0)).collect());
    numbers
        .and_then(|numbers| numbers.try_into().ok())
        .ok_or_else(|| format!("write {example}, with finite numbers"))
}

fn no_arguments(text: Option<&str>, term: Term) -> Result<Term, String> {
    if text.is_none() { Ok(term) } else { Err(format!("write {term} without parentheses")) }
}

/// A uniform draw from 0, included, to 1, left out.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
pub(super) fn unit(generator: &mut Xoshiro256PlusPlus) -> f64 {
    const UNIT: f64 = 1.0 / (1_u64 << 53) as f64;
    (generator.next_u64() >> 11) as f64 * UNIT
}

/// `u` of [0, 1) moved to [lo, hi).
fn scaled(u: f64, lo: f64, hi: f64) -> f64 {
    let value = lo + u * (hi - lo);
    if value < hi { value } else { hi.next_down() }
}

fn uniform_draws(generator: &mut Xoshiro256PlusPlus) -> Theta {
    (0..PARAMETERS).map(|_| unit(generator)).collect()
}

/// Uniform within ±`hidden` for the parameters of the hidden layer and ±`output` for those of the output.
fn within_layers(generator: &mut Xoshiro256PlusPlus, hidden: f64, output: f64) -> Theta {
    let mut values = uniform_draws(generator);
    for (parameter, value) in values.iter_mut().enumerate() {
        let of_output = matches!(parameter, at::W5 | at::W6 | at::B3);
        let size = if of_output { output } else { hidden };
        *value = scaled(*value, -size, size);
    }
    values
}

fn normal_draws(generator: &mut Xoshiro256PlusPlus) -> Theta {
    let mut values = Theta::from([0.0; PARAMETERS]);
    for pair in values.chunks_mut(2) {
        let (first, second) = normal_pair(generator);
        pair[0] = first;
        if let Some(value) = pair.get_mut(1) {
            *value = second;
        }
    }
    values
}

/// Two independent standard normal numbers, by Marsaglia's polar method.
fn normal_pair(generator: &mut Xoshiro256PlusPlus) -> (f64, f64) {
    loop {
        let x = 2.0 * unit(generator) - 1.0;
        let y = 2.0 * unit(generator) - 1.0;
        let square = x * x + y * y;
        if square > 0.0 && square < 1.0 {
            let factor = (-2.0 * libm::log(square) / square).sqrt();
            return (x * factor, y * factor);
        }
    }
}

#[cfg(test)]
mod tests;
