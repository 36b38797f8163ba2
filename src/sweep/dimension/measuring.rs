//! The boundary of a sweep's plane measured: boxes, level by level closer, and pairs.

use std::io;

use super::pairs::Pairs;
use super::{
    Boundary, Cells, Circle, Count, Dimension, MIN_COUNTS, Method, labels, pairs_of_circle, pairs_of_runs,
};
use crate::problem::Problem;
use crate::sweep::engine::{Options, Progress};
use crate::sweep::plane::{MAX_POINTS_A_SIDE, Plane, no_plane};
use crate::sweep::spec::Sweep;
use crate::sweep::text;
use crate::sweep::zoom::Zoom;

/// The fewest points a side: they make boxes of three sizes to be fitted.
pub const MIN_POINTS: usize = 65;

/// What is to be measured of a sweep with a plane.
#[derive(Clone, Debug)]
pub struct Request {
    /// The sweep, of one plane.
    pub sweep: Sweep,
    /// Which runs the boundary separates.
    pub boundary: Boundary,
    /// The sides of the boxes that are fitted, in cells, if not the usual ones.
    pub boxes: Option<[usize; 2]>,
    /// Whether boxes are made of points beside the boundary instead of cells across it.
    pub of_points: bool,
    /// How many times boxes are counted, each time closer.
    pub levels: u32,
    /// How many times closer each level is, above 1.
    pub factor: f64,
    /// How the runs are executed.
    pub options: Options,
}

/// Why there is no measurement.
#[derive(Debug)]
pub enum Unmeasured {
    /// There is nothing to be measured.
    Refused(Problem),
    /// The machine lets no thread start.
    Failed(io::Error),
    /// It was stopped.
    Stopped,
}

impl From<Problem> for Unmeasured {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<io::Error> for Unmeasured {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// What a boundary is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The runs.
    Runs,
    /// A circle in their place, to show what a smooth boundary gives.
    Circle,
}

/// What was measured in one way.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The way.
    pub method: Method,
    /// What was measured.
    pub subject: Subject,
    /// Which level, from 0.
    pub level: u32,
    /// The ends of the plane's sides.
    pub ends: [[f64; 2]; 2],
    /// The counts, by scale.
    pub counts: Vec<Count>,
    /// How many of the method's units a side of the plane has: a scale by it is a part of the side.
    pub side: f64,
    /// The dimension, if the counts tell one.
    pub dimension: Option<Dimension>,
}

impl Measured {
    fn new(
        method: Method,
        subject: Subject,
        (level, sweep): (u32, &Sweep),
        counts: Vec<Count>,
        side: f64,
    ) -> Self {
        let plane = sweep.plane.as_ref().expect("it was checked");
        let ends = [&plane.x, &plane.y].map(|side| [side.values[0], side.values[side.values.len() - 1]]);
        let dimension = method.dimension(&counts);
        Self { method, subject, level, ends, counts, side, dimension }
    }
}

/// The plane of a sweep that has one map, large enough to be measured.
///
/// # Errors
/// If it has none such.
pub fn measurable(sweep: &Sweep) -> Result<&Plane, Problem> {
    let plane = sweep.plane.as_ref().ok_or_else(no_plane)?;
    let maps = sweep.runs() / plane.points();
    if maps != 1 {
        let remedy = "one plane is measured: give one init, seed, momentum and learning rate";
        return Err(Problem::new("maps", maps, remedy));
    }
    for (key, side) in [("plane_x_range", &plane.x), ("plane_y_range", &plane.y)] {
        let count = side.values.len();
        if count < MIN_POINTS {
            let remedy = format!(
                "give at least {MIN_POINTS} values, for boxes of {MIN_COUNTS} sizes; most exact is a power of 2, \
                 and 1, such as 1025"
            );
            return Err(Problem::new(key, format!("{count} values"), remedy));
        }
        if count > MAX_POINTS_A_SIDE {
            let remedy = format!("a plane that is measured has at most {MAX_POINTS_A_SIDE} values a side");
            return Err(Problem::new(key, format!("{count} values"), remedy));
        }
    }
    Ok(plane)
}

impl Request {
    /// The cells of labels, on the boundary or not.
    fn cells<L: PartialEq>(&self, labels: &[L], columns: usize) -> Cells {
        if self.of_points { Cells::beside(labels, columns) } else { Cells::between(labels, columns) }
    }

    /// Measures boxes, then pairs. Beside what was measured: why there are fewer levels than asked for.
    ///
    /// # Errors
    /// If the plane has no boundary, no thread can be started, or it is stopped.
    pub fn measure(
        &self,
        pairs: Option<&Pairs<'_>>,
        progress: &Progress,
    ) -> Result<(Vec<Measured>, Option<Problem>), Unmeasured> {
        let (mut all, ended) = self.measure_boxes(progress)?;
        if let Some(pairs) = pairs {
            let counts = pairs_of_runs(pairs, self.boundary, &self.options, progress)?;
            let measured =
                |subject, counts| Measured::new(Method::Pairs, subject, (0, &self.sweep), counts, 1.0);
            all.push(measured(Subject::Runs, counts.ok_or(Unmeasured::Stopped)?));
            all.push(measured(Subject::Circle, pairs_of_circle(pairs)));
        }
        Ok((all, ended))
    }

    /// Counts boxes level by level.
    fn measure_boxes(&self, progress: &Progress) -> Result<(Vec<Measured>, Option<Problem>), Unmeasured> {
        let mut all = Vec::new();
        let mut sweep = self.sweep.clone();
        for level in 0..self.levels {
            let [columns, rows] = sides(&sweep);
            let labels = labels(&sweep, sweep.runs(), self.boundary, &self.options, progress)?;
            let cells = self.cells(&labels.ok_or(Unmeasured::Stopped)?, columns);
            let boxes = |subject, cells: &Cells| {
                let method = Method::Boxes(self.boxes.unwrap_or(cells.usual_sizes()));
                // Boxes of points are as far apart as those of cells.
                Measured::new(method, subject, (level, &sweep), cells.boxes(), (columns - 1) as f64)
            };
            all.push(boxes(Subject::Runs, &cells));
            if level == 0 {
                if cells.count() == 0 {
                    return Err(self.no_boundary().into());
                }
                all.push(boxes(Subject::Circle, &self.cells(&Circle::labels(columns, rows), columns)));
            }
            if level + 1 < self.levels {
                match self.closer(&sweep, &cells) {
                    Ok(next) => sweep = next,
                    Err(problem) => return Ok((all, Some(problem))),
                }
            }
        }
        Ok((all, None))
    }

    fn no_boundary(&self) -> Problem {
        let word = Boundary::ALL.iter().find(|(_, boundary)| *boundary == self.boundary);
        let runs = text::Count(self.sweep.runs());
        let remedy = format!(
            "all {runs} runs of the plane are on one side, so there is no boundary: give another plane or boundary"
        );
        Problem::new("boundary", word.map_or("", |(word, _)| word), remedy)
    }

    /// The plane around the densest part of the boundary.
    fn closer(&self, sweep: &Sweep, cells: &Cells) -> Result<Sweep, Problem> {
        let plane = measurable(sweep)?;
        let reach = (cells.columns().min(cells.rows()) as f64 / self.factor / 2.0) as usize;
        let Some([column, row]) = cells.densest(reach) else {
            let remedy = "the boundary does not reach the middle of the plane, so there is nowhere to zoom: give another plane";
            return Err(Problem::new("levels", self.levels, remedy));
        };
        let middle = |values: &[f64], cell: usize| {
            // A cell lies between its point and the next.
            if self.of_points { values[cell] } else { (values[cell] + values[cell + 1]) / 2.0 }
        };
        let middle = [middle(&plane.x.values, column), middle(&plane.y.values, row)];
        Zoom { middle, factor: self.factor }.apply(sweep, &sweep.name)
    }
}

/// How many points the sides of a plane have.
fn sides(sweep: &Sweep) -> [usize; 2] {
    let plane = sweep.plane.as_ref().expect("it was checked");
    [plane.x.values.len(), plane.y.values.len()]
}
