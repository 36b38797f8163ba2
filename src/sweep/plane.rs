//! A plane through the space of starts and learning rates: two axes, y and then x, under every start of a sweep.

use super::spec::Spec;
use super::text::{finite_number, shortest, suggestion};
use crate::Problem;
use crate::network::theta::{NAMES, Theta};

/// What a coordinate of a plane means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Along {
    /// The value of this parameter of the start, by its place in θ.
    Parameter(usize),
    /// How far the start is moved along this direction.
    Direction(Theta),
    /// The learning rate.
    Alpha,
}

/// One side of a plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// What its coordinate means.
    pub along: Along,
    /// The coordinates, in order.
    pub values: Vec<f64>,
}

/// Two sides; the runs of a plane go through x for each y.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    /// The fast side.
    pub x: Side,
    /// The slow side.
    pub y: Side,
}

/// The learning rate's name as a side.
const ALPHA: &str = "alpha";

impl Along {
    /// Reads a parameter's name, `alpha`, or the nine numbers of a direction.
    fn parse(key: &str, texts: &[String]) -> Result<Self, Problem> {
        let problem = |remedy: String| Problem::new(key, texts.join(","), remedy);
        if let [name] = texts {
            let names: Vec<&str> = NAMES.into_iter().chain([ALPHA]).collect();
            return match NAMES.iter().position(|known| known == name) {
                Some(place) => Ok(Self::Parameter(place)),
                None if name == ALPHA => Ok(Self::Alpha),
                None => Err(problem(format!(
                    "give {ALPHA}, nine numbers or a parameter; {}",
                    suggestion(name, &names)
                ))),
            };
        }
        let numbers: Option<Vec<f64>> = texts.iter().map(|text| finite_number(text)).collect();
        numbers
            .and_then(|numbers| Theta::try_from(numbers).ok())
            .filter(|direction| direction.iter().any(|&part| part != 0.0))
            .map(Self::Direction)
            .ok_or_else(|| {
                problem(format!("give a parameter's name, {ALPHA}, or nine finite numbers, not all 0"))
            })
    }

    /// As it is read.
    pub(super) fn texts(&self) -> Vec<String> {
        match self {
            Self::Parameter(place) => vec![NAMES[*place].to_owned()],
            Self::Direction(direction) => direction.iter().map(|&part| shortest(part)).collect(),
            Self::Alpha => vec![ALPHA.to_owned()],
        }
    }
}

impl Side {
    fn parse(spec: &Spec, key: &str, range_key: &str) -> Result<Self, Problem> {
        let along = Along::parse(key, &spec.texts(key))?;
        let (allowed, remedy): (fn(f64) -> bool, _) = match along {
            Along::Alpha => (|value| value > 0.0, "give finite numbers above 0"),
            _ => (|_| true, "give finite numbers"),
        };
        if !spec.has(range_key) {
            return Err(Problem::new(range_key, "", "give the coordinates, such as -3:3:256"));
        }
        Ok(Self { along, values: super::axes::numbers(range_key, &spec.texts(range_key), allowed, remedy)? })
    }

    fn apply(&self, value: f64, theta: &mut Theta) {
        match self.along {
            Along::Parameter(place) => theta[place] = value,
            Along::Direction(direction) => {
                for (parameter, part) in theta.iter_mut().zip(direction) {
                    *parameter += value * part;
                }
            }
            Along::Alpha => {}
        }
    }

    /// The largest size a parameter can get from one of this size.
    fn bound(&self, size: f64) -> f64 {
        let largest = self.values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        match self.along {
            Along::Parameter(_) => size.max(largest),
            Along::Direction(direction) => {
                size + largest * direction.iter().fold(0.0_f64, |m, d| m.max(d.abs()))
            }
            Along::Alpha => size,
        }
    }
}

impl Plane {
    /// The plane that a spec asks for, if it does; its starts have parameters of at most `size`.
    pub(super) fn parse(spec: &Spec, size: f64) -> Result<Option<Self>, Problem> {
        let keys = ["plane_x", "plane_x_range", "plane_y", "plane_y_range"];
        if !keys.iter().any(|key| spec.has(key)) {
            return Ok(None);
        }
        if let Some(missing) = ["plane_x", "plane_y"].iter().find(|key| !spec.has(key)) {
            return Err(Problem::new(
                *missing,
                "",
                "a plane needs both x and y: a parameter, alpha or nine numbers",
            ));
        }
        let x = Side::parse(spec, keys[0], keys[1])?;
        let y = Side::parse(spec, keys[2], keys[3])?;
        if x.along == y.along {
            return Err(Problem::new(
                keys[2],
                spec.texts(keys[2]).join(","),
                "x is the same; give another side",
            ));
        }
        if !x.bound(y.bound(size)).is_finite() {
            return Err(Problem::new(
                keys[1],
                spec.texts(keys[1]).join(","),
                "starts could be infinite; give smaller numbers",
            ));
        }
        Ok(Some(Self { x, y }))
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

    /// Moves a start to a point.
    #[must_use]
    pub fn moved(&self, [x, y]: [f64; 2], mut start: Theta) -> Theta {
        self.x.apply(x, &mut start);
        self.y.apply(y, &mut start);
        start
    }

    /// The learning rates, if a side has them, and for a point the place of its own among them.
    pub(super) fn alphas(&self) -> Option<(&[f64], impl Fn(u64) -> u64)> {
        let columns = self.x.values.len() as u64;
        let (side, is_x) = if self.x.along == Along::Alpha {
            (&self.x, true)
        } else if self.y.along == Along::Alpha {
            (&self.y, false)
        } else {
            return None;
        };
        Some((&side.values, move |point| if is_x { point % columns } else { point / columns }))
    }
}
