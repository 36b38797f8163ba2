//! Where runs start: drawn from a seed by an [`Init`], or read from a file as [`Starts`].
//!
//! # From a seed to a start
//!
//! Seed s makes its own generator, Xoshiro256++ filled by SplitMix64 from s. The terms of an init draw from it in
//! the order written. A term that draws takes a value for each parameter in θ's order, whether or not it uses it:
//!
//! - a *uniform draw* is u = k·2^−53 with k the upper 53 bits of the next 64; a term uses lo + u·(hi − lo), and if
//!   that rounds up to hi the double below hi;
//! - a *normal draw* is Marsaglia's polar method: x = 2u − 1 and y = 2u − 1 from two uniform draws,
//!   s = x·x + y·y, repeated until 0 < s < 1; then x·f and y·f with f = √(−2·ln s / s) are the next two values.
//!   Nine values so take five pairs, and the tenth value is thrown away.
//!
//! A term with a part, such as `uniform(-1,1)@weights`, draws all its values and uses those of the part.
//!
//! The terms are added in the order written. So two inits with the same draws, such as `constant(0.1)+normal(1e-4)`
//! and `constant(0.1)+normal(0.01)`, differ in size alone: c + sd·z with the same z. The logarithm is libm's and
//! the square root correctly rounded, so a start is the same on every platform.

use std::fmt;
use std::str::FromStr;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use super::elsewhere::{self, Here, Meant};
use super::text::{finite_number, shortest, split_outside_parentheses};
use crate::Problem;
use crate::kernel::{Shape, Theta};

mod file;
mod layout;

pub use file::{MAX_ROWS, Starts};
pub use layout::StartsLayout;

/// The most terms an init may have.
pub const MAX_TERMS: usize = 16;

/// No normal draw is this large: s is at least 2^−104, so |z| ≤ √(2·104·ln 2) < 12.1.
const NORMAL_BOUND: f64 = 13.0;

/// One summand of an [`Init`].
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What it adds …
    pub kind: Kind,
    /// … and to which parameters; to all if none is named.
    pub part: Option<Part>,
}

/// What a term adds.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// The same number to each parameter; draws nothing.
    Constant(f64),
    /// These numbers, one for each parameter; draws nothing.
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
    /// Weights normal with variance 2/(fan_in + fan_out), biases 0.
    GlorotNormal,
    /// Weights normal with variance 2/fan_in, biases 0.
    He,
    /// Weights and biases uniform within ±1/√fan_in.
    Pytorch,
}

/// Some of the parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All weights.
    Weights,
    /// All biases.
    Biases,
    /// Weights and biases of the hidden units.
    Hidden,
    /// Weights and bias of the output unit.
    Output,
}

impl Part {
    const ALL: [(&'static str, Self); 4] = [
        ("weights", Self::Weights),
        ("biases", Self::Biases),
        ("hidden", Self::Hidden),
        ("output", Self::Output),
    ];

    /// Its name.
    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, part)| *part == self).map_or("", |(word, _)| word)
    }

    /// Whether the parameter at a place is in it.
    fn holds(self, shape: Shape, place: usize) -> bool {
        let is_bias = shape.biases().contains(&place);
        match self {
            Self::Weights => !is_bias,
            Self::Biases => is_bias,
            Self::Hidden => !is_of_output(shape, place),
            Self::Output => is_of_output(shape, place),
        }
    }
}

fn is_of_output(shape: Shape, place: usize) -> bool {
    shape.output_weights().contains(&place) || place == shape.output_bias()
}

/// How to draw a start from a seed: a sum of terms, such as `constant(0.1)+normal(0.01)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Init {
    terms: Vec<Term>,
}

impl Init {
    /// A point: the same start whatever the seed.
    #[must_use]
    pub fn point(theta: Theta) -> Self {
        Self { terms: vec![Term { kind: Kind::Point(theta), part: None }] }
    }

    /// Whether the start depends on the seed.
    #[must_use]
    pub fn draws(&self) -> bool {
        self.terms.iter().any(|term| !matches!(term.kind, Kind::Constant(_) | Kind::Point(_)))
    }

    /// The start of a network of this shape that belongs to `seed`; always finite.
    #[must_use]
    pub fn start(&self, seed: u64, shape: Shape) -> Theta {
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut theta: Theta = std::iter::repeat_n(0.0, shape.parameters()).collect();
        for Term { kind, part } in &self.terms {
            for (place, value) in kind.draw(&mut generator, shape).into_iter().enumerate() {
                if part.is_none_or(|part| part.holds(shape, place)) {
                    theta[place] += value;
                }
            }
        }
        theta
    }

    /// Refuses a point of another number of parameters than this shape has.
    ///
    /// # Errors
    /// If there is one.
    pub(super) fn check(&self, shape: Shape) -> Result<(), Problem> {
        let wanted = shape.parameters();
        for term in &self.terms {
            if let Kind::Point(values) = &term.kind
                && values.len() != wanted
            {
                let names = shape.names().join(",");
                let remedy =
                    format!("its point has {} numbers, the network {wanted}: give {names}", values.len());
                return Err(Problem::new("init", self, remedy));
            }
        }
        Ok(())
    }

    /// An upper bound of every partial sum: rounding is monotonic, so the sum of the bounds bounds the sums.
    pub(super) fn bound(&self) -> f64 {
        self.terms.iter().map(|term| term.kind.bound()).sum()
    }
}

impl FromStr for Init {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let problem = |remedy: String| Problem::new("init", text.trim(), remedy);
        let pieces = split_outside_parentheses(text, '+');
        if pieces.len() > MAX_TERMS {
            return Err(problem(format!("give at most {MAX_TERMS} terms")));
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
        match &self.kind {
            Kind::Constant(value) => write!(f, "constant({})", shortest(*value)),
            Kind::Point(values) => {
                let texts: Vec<String> = values.iter().copied().map(shortest).collect();
                write!(f, "point({})", texts.join(","))
            }
            Kind::Uniform { lo, hi } => write!(f, "uniform({},{})", shortest(*lo), shortest(*hi)),
            Kind::Normal { sd } => write!(f, "normal({})", shortest(*sd)),
            Kind::Glorot => f.write_str("glorot"),
            Kind::GlorotNormal => f.write_str("glorot-normal"),
            Kind::He => f.write_str("he"),
            Kind::Pytorch => f.write_str("pytorch"),
        }?;
        self.part.map_or(Ok(()), |part| write!(f, "@{}", part.word()))
    }
}

impl Term {
    /// Reads one term; the error is a remedy.
    fn parse(text: &str) -> Result<Self, String> {
        let (text, part) = match text.split_once('@') {
            None => (text, None),
            Some((text, word)) => {
                let word = word.trim();
                let part = Part::ALL.into_iter().find(|(known, _)| *known == word).map(|(_, part)| part);
                let words = Part::ALL.map(|(word, _)| word).join(", ");
                (
                    text.trim_end(),
                    Some(part.ok_or_else(|| format!("`{word}` is no part; give one of {words}"))?),
                )
            }
        };
        Ok(Self { kind: Kind::parse(text)?, part })
    }
}

impl Kind {
    /// Reads what a term adds; the error is a remedy.
    fn parse(text: &str) -> Result<Self, String> {
        const NAMES: [&str; 8] =
            ["constant", "point", "uniform", "normal", "glorot", "glorot-normal", "he", "pytorch"];
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
                let values = finite_numbers(numbers);
                values
                    .map(Self::Point)
                    .ok_or_else(|| "write point(w1,w2,…), a finite number for each parameter".to_owned())
            }
            "uniform" => Self::uniform(
                arguments(numbers, "uniform(0,1)").map_err(|e| Self::one_end(numbers).unwrap_or(e))?,
            ),
            "normal" => Self::normal(
                arguments(numbers, "normal(0.01)")
                    .map_err(|e| Self::mean_and_deviation(numbers).unwrap_or(e))?,
            ),
            "glorot" => no_arguments(numbers, name, Self::Glorot),
            "glorot-normal" => no_arguments(numbers, name, Self::GlorotNormal),
            "he" => no_arguments(numbers, name, Self::He),
            "pytorch" => no_arguments(numbers, name, Self::Pytorch),
            "" => Err("a term is missing; write terms such as constant(0.1)+normal(0.01)".to_owned()),
            _ => Err(Self::unknown(name, numbers, &NAMES)),
        }
    }

    /// What would do instead of a term that there is not.
    fn unknown(name: &str, numbers: Option<&str>, known: &[&str]) -> String {
        if finite_number(name).is_some() {
            return format!(
                "write constant({name}) for one number everywhere, point({name},…) for a number for each parameter"
            );
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

    /// The largest size of what it adds, for any shape.
    fn bound(&self) -> f64 {
        match self {
            Self::Constant(value) => value.abs(),
            Self::Point(values) => values.iter().fold(0.0, |most, value| value.abs().max(most)),
            Self::Uniform { lo, hi } => lo.abs().max(hi.abs()),
            Self::Normal { sd } => sd * NORMAL_BOUND,
            // A fan is at least 1.
            Self::Glorot => 3.0_f64.sqrt(),
            Self::GlorotNormal => NORMAL_BOUND,
            Self::He => 2.0_f64.sqrt() * NORMAL_BOUND,
            Self::Pytorch => 1.0,
        }
    }

    fn draw(&self, generator: &mut Xoshiro256PlusPlus, shape: Shape) -> Theta {
        let uniform = |generator: &mut _, size: fn(Fans) -> f64| -> Theta {
            let draws = uniform_draws(generator, shape).into_iter().enumerate();
            draws
                .map(|(place, u)| {
                    let size = size(Fans::of(shape, place));
                    scaled(u, -size, size)
                })
                .collect()
        };
        let normal = |generator: &mut _, variance: fn(Fans) -> f64| -> Theta {
            let draws = normal_draws(generator, shape).into_iter().enumerate();
            draws.map(|(place, z)| variance(Fans::of(shape, place)).sqrt() * z).collect()
        };
        let mut values = match self {
            Self::Constant(value) => return std::iter::repeat_n(*value, shape.parameters()).collect(),
            Self::Point(values) => return values.clone(),
            Self::Uniform { lo, hi } => {
                return uniform_draws(generator, shape).into_iter().map(|u| scaled(u, *lo, *hi)).collect();
            }
            Self::Normal { sd } => {
                return normal_draws(generator, shape).into_iter().map(|z| sd * z).collect();
            }
            Self::Pytorch => return uniform(generator, |fans| (1.0 / fans.into).sqrt()),
            Self::Glorot => uniform(generator, |fans| (6.0 / (fans.into + fans.out)).sqrt()),
            Self::GlorotNormal => normal(generator, |fans| 2.0 / (fans.into + fans.out)),
            Self::He => normal(generator, |fans| 2.0 / fans.into),
        };
        values[shape.biases()].fill(0.0);
        values
    }
}

/// How many numbers go into the layer of a parameter, and out of it.
#[derive(Clone, Copy)]
struct Fans {
    into: f64,
    out: f64,
}

impl Fans {
    fn of(shape: Shape, place: usize) -> Self {
        let (into, out) =
            if is_of_output(shape, place) { (shape.units, 1) } else { (shape.inputs, shape.units) };
        Self { into: into as f64, out: out as f64 }
    }
}

/// Reads exactly `COUNT` finite numbers; the error is a remedy that shows an `example`.
fn arguments<const COUNT: usize>(text: Option<&str>, example: &str) -> Result<[f64; COUNT], String> {
    finite_numbers(text)
        .and_then(|numbers| numbers.as_slice().try_into().ok())
        .ok_or_else(|| format!("write {example}, with finite numbers"))
}

/// Finite numbers between commas, at least one.
fn finite_numbers(text: Option<&str>) -> Option<Theta> {
    // Adding 0 makes -0 to 0, so that equal inits have one text.
    text?.split(',').map(|part| Some(finite_number(part.trim())? + 0.0)).collect()
}

fn no_arguments(text: Option<&str>, name: &str, kind: Kind) -> Result<Kind, String> {
    if text.is_none() { Ok(kind) } else { Err(format!("write {name} without parentheses")) }
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

fn uniform_draws(generator: &mut Xoshiro256PlusPlus, shape: Shape) -> Theta {
    (0..shape.parameters()).map(|_| unit(generator)).collect()
}

fn normal_draws(generator: &mut Xoshiro256PlusPlus, shape: Shape) -> Theta {
    let mut values: Theta = std::iter::repeat_n(0.0, shape.parameters()).collect();
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
