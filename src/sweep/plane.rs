//! A plane through the space of starts and learning rates: two axes, y and then x, under every start of a sweep.

use super::text::{finite_number, shortest, suggestion};
use crate::Problem;
use crate::kernel::{Shape, Theta};

/// What a coordinate of a plane means.
#[derive(Clone, Debug, PartialEq)]
pub enum Along {
    /// The value of this parameter of the start, by its place in θ.
    Parameter(usize),
    /// How far the start is moved along this direction.
    Direction(Theta),
    /// The learning rate.
    Alpha,
    /// The momentum.
    Momentum,
}

/// One side of a plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// What its coordinate means.
    pub along: Along,
    /// What pictures call it, if it has a name.
    pub name: Option<String>,
    /// The coordinates, in order.
    pub values: Vec<f64>,
}

/// The most points a side of a plane that is held in memory, as a picture or to be measured.
pub const MAX_POINTS_A_SIDE: usize = 16_384;

/// The problem of a sweep without a plane.
#[must_use]
pub fn no_plane() -> Problem {
    Problem::new("plane", "", "the sweep has none: give plane_x, plane_y and their ranges")
}

/// Two sides; the runs of a plane go through x for each y.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    /// The fast side.
    pub x: Side,
    /// The slow side.
    pub y: Side,
    /// What pictures call the start below it, if it has a name.
    pub origin_name: Option<String>,
}

/// The names of what is no start's, as sides.
const RATES: [(&str, Along); 2] = [("alpha", Along::Alpha), ("momentum", Along::Momentum)];

/// Words for a side of a plane, with the names of the default network's parameters.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    crate::kernel::fused::NAMES.into_iter().chain(RATES.map(|(name, _)| name))
}

impl Along {
    /// Reads a parameter's name, `alpha`, `momentum`, or the numbers of a direction, one for each parameter.
    pub(super) fn parse(key: &str, texts: &[String], shape: Shape) -> Result<Self, Problem> {
        let problem = |remedy: String| Problem::new(key, texts.join(","), remedy);
        if let [name] = texts {
            let names = shape.names();
            let parameters = (0..).zip(&names).map(|(place, name)| (name.as_str(), Self::Parameter(place)));
            let known: Vec<(&str, Self)> = parameters.chain(RATES).collect();
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            let found = known.iter().find(|(known, _)| known == name).map(|(_, along)| along.clone());
            return found.ok_or_else(|| {
                problem(format!(
                    "give a parameter, alpha, momentum or {} numbers; {}",
                    shape.parameters(),
                    suggestion(name, &names)
                ))
            });
        }
        let numbers: Option<Vec<f64>> = texts.iter().map(|text| finite_number(text)).collect();
        numbers
            .filter(|numbers| numbers.len() == shape.parameters())
            .map(Theta::from)
            .filter(|direction| direction.iter().any(|&part| part != 0.0))
            .map(Self::Direction)
            .ok_or_else(|| {
                problem(format!(
                    "give a parameter's name, alpha, momentum, or {} finite numbers, not all 0",
                    shape.parameters()
                ))
            })
    }

    /// As it is read.
    pub(super) fn texts(&self, shape: Shape) -> Vec<String> {
        match self {
            Self::Parameter(place) => vec![shape.name(*place)],
            Self::Direction(direction) => direction.iter().map(|&part| shortest(part)).collect(),
            Self::Alpha | Self::Momentum => {
                let name = RATES.iter().find(|(_, along)| along == self).map(|(name, _)| (*name).to_owned());
                name.into_iter().collect()
            }
        }
    }
}

impl Side {
    /// Which coordinates it can have, and what to say of others.
    pub(super) fn allowed(along: &Along) -> (fn(f64) -> bool, &'static str) {
        match along {
            Along::Alpha => (|value| value > 0.0, "give finite numbers above 0"),
            Along::Momentum => (|value| value >= 0.0, "give finite numbers from 0"),
            Along::Parameter(_) | Along::Direction(_) => (f64::is_finite, "give finite numbers"),
        }
    }

    fn apply(&self, value: f64, theta: &mut Theta) {
        match &self.along {
            Along::Parameter(place) => theta[*place] = value,
            Along::Direction(direction) => {
                for (parameter, part) in theta.iter_mut().zip(direction) {
                    *parameter += value * part;
                }
            }
            Along::Alpha | Along::Momentum => {}
        }
    }

    /// The largest size a parameter can get from one of this size.
    fn bound(&self, size: f64) -> f64 {
        let largest = self.values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        match &self.along {
            Along::Parameter(_) => size.max(largest),
            Along::Direction(direction) => {
                size + largest * direction.iter().fold(0.0_f64, |m, d| m.max(d.abs()))
            }
            Along::Alpha | Along::Momentum => size,
        }
    }
}

/// What a plane varies of every start, in words such as `w1 and w2 varied`; nothing if its sides are rates, or if there
/// is no plane.
#[derive(Clone, Debug, Default)]
pub struct Varied(String);

impl Varied {
    /// How runs start, for people: the name of their init, and what is varied of it.
    #[must_use]
    pub fn start(&self, init: &str) -> String {
        if self.0.is_empty() { init.to_owned() } else { format!("{init} with {}", self.0) }
    }
}

impl Plane {
    /// Whether starts that have parameters of at most `size` stay finite.
    pub(super) fn is_finite(&self, size: f64) -> bool {
        self.x.bound(self.y.bound(size)).is_finite()
    }

    /// How many points it has.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.x.values.len() as u64 * self.y.values.len() as u64
    }

    /// Its coordinates (x, y) at a point, by number.
    #[must_use]
    pub fn at(&self, point: u64) -> [f64; 2] {
        let columns = self.x.values.len() as u64;
        [self.x.values[(point % columns) as usize], self.y.values[(point / columns) as usize]]
    }

    /// What of every start the plane varies.
    pub(super) fn varied(&self, shape: Shape) -> Varied {
        let sides = [&self.x.along, &self.y.along];
        let names = sides.iter().filter_map(|along| match along {
            Along::Parameter(place) => Some(shape.name(*place)),
            _ => None,
        });
        let names = names.collect::<Vec<_>>().join(" and ");
        let moves = match sides.iter().filter(|along| matches!(along, Along::Direction(_))).count() {
            0 => "",
            1 => "a move in one direction",
            _ => "moves in two directions",
        };
        let varied = if names.is_empty() { names } else { format!("{names} varied") };
        let words: Vec<&str> =
            [varied.as_str(), moves].into_iter().filter(|words| !words.is_empty()).collect();
        Varied(words.join(" and "))
    }

    /// What is of this kind among the coordinates (x, y) of a point, if a side is.
    #[must_use]
    pub fn value(&self, [x, y]: [f64; 2], along: &Along) -> Option<f64> {
        let sides = [(&self.x, x), (&self.y, y)];
        sides.into_iter().find(|(side, _)| side.along == *along).map(|(_, value)| value)
    }

    /// Moves a start to a point.
    #[must_use]
    pub fn moved(&self, [x, y]: [f64; 2], mut start: Theta) -> Theta {
        self.x.apply(x, &mut start);
        self.y.apply(y, &mut start);
        start
    }

    /// The values of this kind, if a side has them.
    #[must_use]
    pub fn values(&self, along: &Along) -> Option<&[f64]> {
        [&self.x, &self.y].into_iter().find(|side| side.along == *along).map(|side| side.values.as_slice())
    }

    /// How many groups of runs the points of the plane make: one for each learning rate and momentum of its sides.
    pub(super) fn groups(&self) -> u64 {
        self.y.rates() * self.x.rates()
    }

    /// The number of the group of a point; groups begin in the order of their numbers.
    pub(super) fn group(&self, point: u64) -> u64 {
        let columns = self.x.values.len() as u64;
        (point / columns % self.y.rates()) * self.x.rates() + point % columns % self.x.rates()
    }

    /// Learning rate and momentum of a group, where a side has them.
    pub(super) fn rates(&self, group: u64) -> [Option<f64>; 2] {
        // Of a side that is about starts it is the first coordinate, which plays no part.
        let [x, y] = [(&self.x, group % self.x.rates()), (&self.y, group / self.x.rates())]
            .map(|(side, place)| side.values[place as usize]);
        [Along::Alpha, Along::Momentum].map(|along| self.value([x, y], &along))
    }
}

impl Side {
    /// How many learning rates or momenta it has; 1 if it is about starts.
    fn rates(&self) -> u64 {
        if matches!(self.along, Along::Alpha | Along::Momentum) { self.values.len() as u64 } else { 1 }
    }
}
