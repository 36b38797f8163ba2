//! Pairs of starts in a plane, at shrinking distances: how often the partner ends otherwise tells how fractal the
//! boundary between outcomes is (C. Grebogi, S. McDonald, E. Ott, J. Yorke, Final state sensitivity, Phys. Lett. A 99,
//! 415 (1983)).
//!
//! A place in a plane is given by its parts of both sides, from 0 at the first point to 1 at the last; distances are
//! measured in these parts.

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::Problem;
use crate::kernel::SetUp;
use crate::kernel::batch::Job;
use crate::kernel::outcome::StoppingRule;
use crate::kernel::theta::Theta;
use crate::sweep::engine::Runs;
use crate::sweep::plane::{Along, Plane, Side};
use crate::sweep::spec::{Run, Sweep};
use crate::sweep::start::unit;

/// The most points.
pub const MAX_POINTS: u64 = 100_000_000;
/// The farthest partner: half a side, so that it lies in the plane to one side or the other.
const FARTHEST: f64 = 0.5;

/// Whether a partner may be so far away, in parts of the plane's sides.
#[must_use]
pub fn is_distance(part: f64) -> bool {
    part > 0.0 && part <= FARTHEST
}

/// What to give as distances of partners.
#[must_use]
pub fn distances_wanted() -> String {
    format!("give numbers above 0 and at most {FARTHEST}: parts of the plane's sides")
}

/// Random points of a plane, and for each of them a partner at every distance, in the same direction.
///
/// Runs 0 to `points` − 1 start at the points; then come the partners at the first distance, and so on.
#[derive(Clone, Debug)]
pub struct Pairs<'a> {
    set_up: &'a SetUp,
    stopping_rule: &'a StoppingRule,
    plane: &'a Plane,
    /// The run at a point of the plane, and where it starts before it is moved there.
    run: Run,
    start: Theta,
    points: u64,
    distances: &'a [f64],
}

impl<'a> Pairs<'a> {
    /// As many random `points` in the first plane of `sweep`, and partners at these `distances`, above 0 and at most ½.
    ///
    /// # Errors
    /// If the sweep has no plane, or a number is not allowed.
    pub fn new(sweep: &'a Sweep, points: u64, distances: &'a [f64]) -> Result<Self, Problem> {
        let Some(plane) = &sweep.plane else {
            return Err(Problem::new(
                "plane",
                "",
                "the sweep has none: give plane_x, plane_y and their ranges",
            ));
        };
        if !(1..=MAX_POINTS).contains(&points) {
            let remedy = format!("give a whole number from 1 to {MAX_POINTS}");
            return Err(Problem::new("pairs", points, remedy));
        }
        if let Some(wrong) = distances.iter().find(|&&distance| !is_distance(distance)) {
            return Err(Problem::new("distances", wrong, distances_wanted()));
        }
        let run = sweep.run(0);
        let start = sweep.start(&Run { point: None, ..run });
        let set_up = sweep.set_up(&run);
        Ok(Self { set_up, stopping_rule: &sweep.stopping_rule, plane, run, start, points, distances })
    }

    /// How many random points there are.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.points
    }

    /// The distances, in order.
    #[must_use]
    pub fn distances(&self) -> &'a [f64] {
        self.distances
    }

    /// How many runs there are: one for each point, and one for its partner at each distance.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.points * (1 + self.distances.len() as u64)
    }

    /// Where the run of this number starts, in parts of the plane's sides.
    #[must_use]
    pub fn place(&self, number: u64) -> [f64; 2] {
        let (point, round) = (number % self.points, number / self.points);
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(point);
        let mut draw = || unit(&mut generator);
        let (place, turn) = ([draw(), draw()], std::f64::consts::TAU * draw());
        let distance = round.checked_sub(1).map_or(0.0, |round| self.distances[round as usize]);
        let step = [distance * libm::cos(turn), distance * libm::sin(turn)];
        // Across an edge of the plane the partner is taken on the other side of its point.
        std::array::from_fn(|side| {
            let beyond = place[side] + step[side];
            if (0.0..=1.0).contains(&beyond) { beyond } else { place[side] - step[side] }
        })
    }
}

impl Runs for Pairs<'_> {
    fn set_up_from(&self, _: u64) -> (&SetUp, u64) {
        (self.set_up, self.runs())
    }
    fn stopping_rule(&self) -> &StoppingRule {
        self.stopping_rule
    }
    fn have_momentum(&self) -> bool {
        self.run.momentum != 0.0 || self.plane.values(&Along::Momentum).is_some()
    }
    fn job(&self, number: u64) -> Job {
        let [x, y] = self.place(number);
        let point = [coordinate(&self.plane.x, x), coordinate(&self.plane.y, y)];
        let alpha = self.plane.value(point, &Along::Alpha).unwrap_or(self.run.alpha);
        let momentum = self.plane.value(point, &Along::Momentum).unwrap_or(self.run.momentum);
        Job {
            run: number,
            start: self.plane.moved(point, self.start.clone()),
            alpha,
            momentum,
            seed: self.run.seed.unwrap_or(0),
        }
    }
}

/// The coordinate at a part of a side, from 0 to 1; straight between two of its points.
fn coordinate(side: &Side, part: f64) -> f64 {
    let values = &side.values;
    let place = part * (values.len() - 1) as f64;
    let before = (place as usize).min(values.len().saturating_sub(2));
    let after = (before + 1).min(values.len() - 1);
    values[before] + (place - before as f64) * (values[after] - values[before])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::engine::{Options, Progress, execute, run_all};
    use crate::sweep::spec::Spec;
    use proptest::prelude::*;
    use std::io;

    fn sweep(sides: &str) -> Sweep {
        let spec = format!("init = 'normal(1)'\nseeds = 3\nsteps = 200\nalpha = 0.2\n[plane]\n{sides}");
        Spec::from_toml(&spec).unwrap().resolve("".as_ref()).unwrap()
    }

    const SIDES: &str = "x = 'w1'\nx_range = '-2:2:5'\ny = 'b3'\ny_range = '0:3:4'";

    proptest! {
        #[test]
        fn a_partner_is_in_the_plane_and_as_far_away_as_was_asked(point in 0..1000u64, distance in 1e-9..0.5f64) {
            let (sweep, distances) = (sweep(SIDES), [0.25, distance]);
            let pairs = Pairs::new(&sweep, 1000, &distances).unwrap();
            let (here, there) = (pairs.place(point), pairs.place(2000 + point));
            prop_assert!(there.iter().all(|part| (0.0..=1.0).contains(part)), "{:?}", there);
            let apart = libm::hypot(there[0] - here[0], there[1] - here[1]);
            prop_assert!((apart - distance).abs() < 1e-15, "{apart} {distance}");
        }

        #[test]
        fn a_coordinate_lies_between_its_points(values in prop::collection::vec(-9.0..9.0f64, 1..9), part in 0.0..=1.0f64) {
            let side = Side { along: Along::Alpha, name: None, values: values.clone() };
            let value = coordinate(&side, part);
            let (low, high) = values.iter().fold((9.0f64, -9.0f64), |(low, high), &v| (low.min(v), high.max(v)));
            prop_assert!(low - 1e-12 <= value && value <= high + 1e-12);
            prop_assert_eq!(coordinate(&side, 0.0), values[0]);
            prop_assert!((coordinate(&side, 1.0) - values[values.len() - 1]).abs() < 1e-12);
        }
    }

    #[test]
    fn a_run_at_a_point_of_the_plane_is_the_plane_s_own() {
        let sweep = sweep(SIDES);
        let pairs = Pairs::new(&sweep, 7, &[0.1]).unwrap();
        for (run, finished) in (0..sweep.runs()).zip(run_all(&sweep, &Options::default())) {
            let [x, y] = [run % 5, run / 5].map(|place| place as f64);
            let point = [coordinate(&pairs.plane.x, x / 4.0), coordinate(&pairs.plane.y, y / 3.0)];
            let start = pairs.plane.moved(point, pairs.start.clone());
            assert!(start.iter().zip(finished.start).all(|(a, b)| (a - b).abs() < 1e-15), "run {run}");
        }
    }

    #[test]
    fn the_learning_rate_is_a_coordinate_where_a_side_says_so() {
        let sides = "x = 'w1'\nx_range = '-2:2:5'\ny = 'alpha'\ny_range = '0.5:0.9:5'";
        let sweep = Spec::from_toml(&format!("init = 'constant(0.1)'\nsteps = 9\n[plane]\n{sides}"))
            .unwrap()
            .resolve("".as_ref())
            .unwrap();
        let pairs = Pairs::new(&sweep, 50, &[0.5]).unwrap();
        for number in 0..pairs.runs() {
            let job = pairs.job(number);
            assert!((0.5..=0.9).contains(&job.alpha));
            assert!((job.alpha - 0.5 - 0.4 * pairs.place(number)[1]).abs() < 1e-12);
        }
        let mut seen = 0;
        let count = |finished: Vec<_>| {
            seen += finished.len() as u64;
            io::Result::Ok(())
        };
        let (options, progress) = (Options::default(), Progress::default());
        execute(&pairs, 0..pairs.runs(), &options, &progress, Vec::from, count).unwrap();
        assert_eq!(seen, 100);
    }

    #[test]
    fn what_makes_no_pairs_is_told() {
        let sweep = sweep(SIDES);
        let key = |points, distances: &[f64]| Pairs::new(&sweep, points, distances).unwrap_err().key;
        assert_eq!(key(0, &[0.1]), "pairs");
        assert_eq!(key(MAX_POINTS + 1, &[0.1]), "pairs");
        for wrong in [0.0, -0.1, 0.6, f64::NAN, f64::INFINITY] {
            assert_eq!(key(5, &[0.1, wrong]), "distances", "{wrong}");
        }
        let without = Spec::default().resolve("".as_ref()).unwrap();
        assert_eq!(Pairs::new(&without, 5, &[0.1]).unwrap_err().key, "plane");
    }
}
