//! `xorsweep dimension`: how crooked a boundary between outcomes is.

use std::fmt;
use std::io::{BufWriter, Write};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use indicatif::HumanCount;
use xorsweep::Problem;
use xorsweep::picture::Zoom;
use xorsweep::picture::dimension::{
    Boundary, Cells, Circle, Count, Dimension, LEAST_COUNTS, LEAST_DIFFERENT, Method, labels,
    pairs_of_circle, pairs_of_runs,
};
use xorsweep::picture::map::drawable;
use xorsweep::results::cell::number_text;
use xorsweep::results::{Failure, Left};
use xorsweep::sweep::axes::numbers;
use xorsweep::sweep::engine::{Options, Progress};
use xorsweep::sweep::pairs::{Pairs, distances_wanted, is_distance};
use xorsweep::sweep::plane::Plane;
use xorsweep::sweep::spec::Sweep;
use xorsweep::sweep::text::{finite_number, shortest};

use super::arguments::{key_flags, sweep_of, tell_of_starts, whole};
use super::interruption::interruption;
use super::output::standard_output;
use super::progress::shown_while;
use super::screen::examples;
use super::sweep;
use super::talk::{self, talk};

/// The subcommand's name.
pub const NAME: &str = "dimension";

/// The keys without effect on a boundary.
const WITHOUT_EFFECT: [&str; 3] = ["name", "spectrum", "measure"];
/// The fewest points a side: they make boxes of three sizes to be fitted.
const FEWEST_POINTS: usize = 65;
/// The most zooms in a row.
const MOST_LEVELS: u64 = 64;

/// The subcommand.
pub fn command() -> Command {
    Command::new(NAME)
        .about("Measure the dimension of the boundary between outcomes in a plane of starts")
        .long_about(
            "Run the plane of a sweep and measure the boundary between outcomes in two ways: by boxes (N boxes of side \
             ε touch it; the dimension is the slope of log N against log 1/ε) and by pairs of random starts (a share f \
             of them, ε apart, ends differently; the dimension is 2 minus the slope of log f against log ε). A smooth \
             curve has the dimension 1, and a circle is measured likewise, to show it.\n\nCounts and dimensions go to \
             standard output as CSV: a row for each scale ε, as a part of the plane's sides. Standard errors come from \
             how far the counts lie off a power law; they know nothing of a law that changes with the scale. Tables are \
             not written.",
        )
        .args(sweep::arguments().into_iter().filter(|argument| {
            ["spec", "threads", "isa", "quiet"].contains(&argument.get_id().as_str())
        }))
        .arg(
            Arg::new("boundary")
                .long("boundary")
                .value_name("WHICH")
                .value_parser(PossibleValuesParser::new(Boundary::ALL.map(|(word, _)| word)))
                .default_value(Boundary::ALL[0].0)
                .help(
                    "What the boundary separates: converged runs from others, diverged runs from others, outcomes, or \
                     diverged runs, converged runs by their solution (or by what each of their units computes) and \
                     others",
                ),
        )
        .arg(
            Arg::new("boxes")
                .long("boxes")
                .value_name("FROM:TO")
                .help("Sides of the boxes that are fitted, in points [default: 1 to a sixteenth of the shorter side]"),
        )
        .arg(
            Arg::new("of")
                .long("of")
                .value_name("WHAT")
                .value_parser([CELLS, POINTS])
                .default_value(CELLS)
                .help(
                    "What boxes are made of: cells between points, or points, of which those with a neighbour across \
                     the boundary count, which makes it two points thick",
                ),
        )
        .arg(
            Arg::new("zoom")
                .long("zoom")
                .value_name("X,Y,FACTOR")
                .allow_hyphen_values(true)
                .help("Measure the same plane so many times closer, around a point of it"),
        )
        .arg(
            Arg::new("levels")
                .long("levels")
                .value_name("N")
                .default_value("1")
                .value_parser(whole(1..=MOST_LEVELS))
                .help("Count boxes in N planes, each a zoom into the one before, where its boundary is densest"),
        )
        .arg(
            Arg::new("factor")
                .long("factor")
                .value_name("FACTOR")
                .default_value("6")
                .help("How many times closer each of these is; above 1"),
        )
        .arg(
            Arg::new("pairs")
                .long("pairs")
                .value_name("N")
                .default_value("20000")
                .value_parser(whole(0..=u64::MAX))
                .help("How many random starts get partners; 0 leaves pairs out"),
        )
        .arg(
            Arg::new("distances")
                .long("distances")
                .value_name("NUMBERS")
                .action(ArgAction::Append)
                .value_delimiter(',')
                .allow_hyphen_values(true)
                .default_value("log:1e-10:0.1:19")
                .help("Distances of pairs, as parts of the plane's sides, in the notation of alpha"),
        )
        .args(key_flags(|key| !WITHOUT_EFFECT.contains(&key)))
        .after_help(examples(&[
            ("The boundary in a plane, by boxes and by pairs", "xorsweep dimension plane.toml"),
            ("Between all outcomes, in three planes, each closer",
                "xorsweep dimension plane.toml --boundary outcome --levels 3",
            ),
        ]))
}

/// Boxes are made of cells.
const CELLS: &str = "cells";
/// Boxes are made of points.
const POINTS: &str = "points";

/// What is to be measured.
struct Request {
    sweep: Sweep,
    boundary: Boundary,
    boxes: Option<[usize; 2]>,
    of_points: bool,
    levels: u32,
    factor: f64,
    points: u64,
    distances: Vec<f64>,
    options: Options,
}

impl Request {
    fn parse(matches: &ArgMatches) -> Result<Self, Problem> {
        let text = |flag: &str| matches.get_one::<String>(flag).map(String::as_str);
        let whole = sweep_of(matches)?;
        measurable(&whole)?;
        let sweep = match text("zoom") {
            Some(zoom) => Zoom::parse(zoom)?.apply(&whole, &whole.name)?,
            None => whole,
        };
        let factor = text("factor").expect("it has a default");
        let is_allowed = |factor: &f64| *factor > 1.0;
        let factor = finite_number(factor)
            .filter(is_allowed)
            .ok_or_else(|| Problem::new("factor", factor, "give a finite number above 1"))?;
        let distances: Vec<String> = matches.get_many("distances").into_iter().flatten().cloned().collect();
        Ok(Self {
            boundary: text("boundary").expect("it has a default").parse()?,
            boxes: text("boxes").map(|text| box_sizes(text, &sweep)).transpose()?,
            of_points: text("of") == Some(POINTS),
            levels: *matches.get_one::<u64>("levels").expect("it has a default") as u32,
            factor,
            points: *matches.get_one("pairs").expect("it has a default"),
            distances: numbers("distances", &distances, is_distance, &distances_wanted())?,
            options: sweep::options(matches)?,
            sweep,
        })
    }

    /// The cells of labels, on the boundary or not.
    fn cells<L: PartialEq>(&self, labels: &[L], columns: usize) -> Cells {
        if self.of_points { Cells::beside(labels, columns) } else { Cells::between(labels, columns) }
    }

    /// The pairs wanted, if any.
    fn pairs(&self) -> Result<Option<Pairs<'_>>, Problem> {
        (self.points > 0).then(|| Pairs::new(&self.sweep, self.points, &self.distances)).transpose()
    }
}

/// The plane of a sweep that has one map, large enough to be measured.
fn measurable(sweep: &Sweep) -> Result<&Plane, Problem> {
    let plane = drawable(sweep)?;
    let maps = sweep.runs() / plane.points();
    if maps != 1 {
        let remedy = "one plane is measured: give one init, seed, momentum and learning rate";
        return Err(Problem::new("maps", maps, remedy));
    }
    for (key, side) in [("plane_x_range", &plane.x), ("plane_y_range", &plane.y)] {
        if side.values.len() < FEWEST_POINTS {
            let remedy = format!(
                "give at least {FEWEST_POINTS} values, for boxes of {LEAST_COUNTS} sizes; most exact is a power of 2, \
                 and 1, such as 1025"
            );
            return Err(Problem::new(key, format!("{} values", side.values.len()), remedy));
        }
    }
    Ok(plane)
}

/// Reads the sides of boxes, `FROM:TO`.
fn box_sizes(text: &str, sweep: &Sweep) -> Result<[usize; 2], Problem> {
    let plane = measurable(sweep)?;
    let most = plane.x.values.len().min(plane.y.values.len()).saturating_sub(1) / 8;
    let sizes = text.split_once(':').and_then(|(from, to)| Some([from.parse().ok()?, to.parse().ok()?]));
    // Three powers of two at the least, from the first one that is not below `from`.
    let holds = |[from, to]: &[usize; 2]| {
        (1..=most).contains(from) && *to <= most && from.next_power_of_two() <= to / 4
    };
    sizes.filter(holds).ok_or_else(|| {
        let remedy = format!(
            "give FROM:TO from 1 to {most}, with at least {LEAST_COUNTS} powers of 2 among them, as 1:4"
        );
        Problem::new("boxes", text, remedy)
    })
}

/// What was measured in one way.
struct Measured {
    method: Method,
    /// What was measured: the runs, or the circle.
    what: &'static str,
    /// Which zoom, from 0.
    level: u32,
    /// The ends of the plane's sides.
    ends: [[f64; 2]; 2],
    /// The counts; scales as parts of the plane's sides.
    counts: Vec<Count>,
    /// How many of the method's units a side of the plane has.
    side: f64,
    dimension: Option<Dimension>,
}

impl Measured {
    fn new(
        method: Method,
        what: &'static str,
        (level, sweep): (u32, &Sweep),
        counts: Vec<Count>,
        side: f64,
    ) -> Self {
        let plane = sweep.plane.as_ref().expect("it was checked");
        let ends = [&plane.x, &plane.y].map(|side| [side.values[0], side.values[side.values.len() - 1]]);
        let dimension = method.dimension(&counts);
        Self { method, what, level, ends, counts, side, dimension }
    }

    fn rows(&self, out: &mut impl Write) -> Result<(), Failure> {
        let method = if self.method == Method::Pairs { "pairs" } else { "boxes" };
        let [[left, right], [low, high]] = self.ends.map(|ends| ends.map(number_text));
        let number = |value: Option<f64>| value.map(number_text).unwrap_or_default();
        let dimension = number(self.dimension.map(|dimension| dimension.value));
        let standard_error = number(self.dimension.map(|dimension| dimension.standard_error));
        for count in &self.counts {
            let is_fitted = self.dimension.is_some() && self.method.uses(count);
            writeln!(
                out,
                "{},{method},{},{left},{right},{low},{high},{},{},{},{is_fitted},{dimension},{standard_error}",
                self.what,
                self.level,
                number_text(count.scale / self.side),
                count.count,
                count.of,
            )?;
        }
        Ok(())
    }
}

const HEADER: &str =
    "boundary_of,method,level,x_from,x_to,y_from,y_to,scale,count,of,fitted,dimension,standard_error";

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [[left, right], [low, high]] = self.ends.map(|ends| ends.map(shortest));
        match self.what {
            RUNS => write!(f, "x {left} to {right}, y {low} to {high}")?,
            what => write!(f, "a {what} in their place")?,
        }
        let used = || self.counts.iter().filter(|count| self.method.uses(count)).map(|count| count.scale);
        let ends = [used().fold(f64::INFINITY, f64::min), used().fold(0.0, f64::max)].map(rounded);
        match (self.method, self.dimension) {
            (Method::Boxes(_), Some(Dimension { value, standard_error })) => write!(
                f,
                ": box-counting dimension {value:.3} ± {standard_error:.3} (boxes of {} to {} points)",
                ends[0], ends[1]
            ),
            (Method::Pairs, Some(Dimension { value, standard_error })) => write!(
                f,
                ": uncertainty exponent {:.3} ± {standard_error:.3}, dimension {value:.3} (pairs {} to {} apart)",
                2.0 - value,
                ends[0],
                ends[1]
            ),
            (Method::Boxes(_), None) => {
                write!(f, ": no dimension, since boxes of fewer than {LEAST_COUNTS} sizes touch the boundary")
            }
            (Method::Pairs, None) => write!(
                f,
                ": no uncertainty exponent, since at fewer than {LEAST_COUNTS} distances {LEAST_DIFFERENT} pairs or \
                 more end differently"
            ),
        }
    }
}

/// A number in a sentence: three digits of it.
fn rounded(value: f64) -> String {
    shortest(format!("{value:.2e}").parse().unwrap_or(value))
}

/// What is measured.
const RUNS: &str = "runs";
/// What is measured to show what a smooth boundary gives.
const CIRCLE: &str = "circle";

/// Measures what the arguments ask for.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let request = Request::parse(matches)?;
    let pairs = request.pairs()?;
    tell_of_starts(&request.sweep);
    let progress = Progress::stopped_by(interruption());
    let runs = request.sweep.runs() * u64::from(request.levels) + pairs.as_ref().map_or(0, Pairs::runs);
    let (measured, ended) = shown_while(&progress, runs, || measure(&request, pairs.as_ref(), &progress))?;
    let mut out = BufWriter::new(standard_output());
    writeln!(out, "{HEADER}")?;
    measured.iter().try_for_each(|measured| measured.rows(&mut out))?;
    out.flush()?;
    tell(&measured, ended.as_ref(), &progress);
    Ok(())
}

/// Tells what came out, and what it took.
fn tell(measured: &[Measured], ended: Option<&Problem>, progress: &Progress) {
    if talk().is_quiet {
        return;
    }
    for measured in measured {
        talk::line(format_args!("{measured}."));
    }
    if let Some(problem) = ended {
        talk::note(format_args!("there are no more levels: {problem}"));
    }
    let (runs, steps) = (HumanCount(progress.runs()), HumanCount(progress.run_steps()));
    talk::line(format_args!("{runs} runs, {steps} steps."));
}

/// Measures boxes, then pairs. Beside what was measured: why there are fewer levels than asked for.
fn measure(
    request: &Request,
    pairs: Option<&Pairs>,
    progress: &Progress,
) -> Result<(Vec<Measured>, Option<Problem>), Failure> {
    let (mut all, ended) = measure_boxes(request, progress)?;
    if let Some(pairs) = pairs {
        let counts = pairs_of_runs(pairs, request.boundary, &request.options, progress)?;
        let measured = |what, counts| Measured::new(Method::Pairs, what, (0, &request.sweep), counts, 1.0);
        all.push(measured(RUNS, counts.ok_or(Failure::Stopped(Left::Unsaid))?));
        all.push(measured(CIRCLE, pairs_of_circle(pairs)));
    }
    Ok((all, ended))
}

/// Counts boxes level by level.
fn measure_boxes(
    request: &Request,
    progress: &Progress,
) -> Result<(Vec<Measured>, Option<Problem>), Failure> {
    let mut all = Vec::new();
    let mut sweep = request.sweep.clone();
    for level in 0..request.levels {
        let cells = cells_of(request, &sweep, progress)?;
        let boxes = |what, cells: &Cells| {
            let method = Method::Boxes(request.boxes.unwrap_or(cells.usual_sizes()));
            // Boxes of points are as far apart as those of cells.
            let side = sides(&sweep)[0] - 1;
            Measured::new(method, what, (level, &sweep), cells.boxes(), side as f64)
        };
        all.push(boxes(RUNS, &cells));
        if level == 0 {
            if cells.count() == 0 {
                return Err(no_boundary(request).into());
            }
            let [columns, rows] = sides(&sweep);
            all.push(boxes(CIRCLE, &request.cells(&Circle::labels(columns, rows), columns)));
        }
        if level + 1 < request.levels {
            match closer(request, &sweep, &cells) {
                Ok(next) => sweep = next,
                Err(problem) => return Ok((all, Some(problem))),
            }
        }
    }
    Ok((all, None))
}

/// How many points the sides of a plane have.
fn sides(sweep: &Sweep) -> [usize; 2] {
    let plane = sweep.plane.as_ref().expect("it was checked");
    [plane.x.values.len(), plane.y.values.len()]
}

/// The cells of a plane, on the boundary or not.
fn cells_of(request: &Request, sweep: &Sweep, progress: &Progress) -> Result<Cells, Failure> {
    let labels = labels(sweep, sweep.runs(), request.boundary, &request.options, progress)?;
    Ok(request.cells(&labels.ok_or(Failure::Stopped(Left::Unsaid))?, sides(sweep)[0]))
}

fn no_boundary(request: &Request) -> Problem {
    let word = Boundary::ALL.iter().find(|(_, boundary)| *boundary == request.boundary);
    let runs = HumanCount(request.sweep.runs());
    let remedy = format!(
        "all {runs} runs of the plane are on one side, so there is no boundary: give another plane or boundary"
    );
    Problem::new("boundary", word.map_or("", |(word, _)| word), remedy)
}

/// The plane around the densest part of the boundary.
fn closer(request: &Request, sweep: &Sweep, cells: &Cells) -> Result<Sweep, Problem> {
    let plane = measurable(sweep)?;
    let reach = (cells.columns().min(cells.rows()) as f64 / request.factor / 2.0) as usize;
    let Some([column, row]) = cells.densest(reach) else {
        let remedy = "the boundary does not reach the middle of the plane, so there is nowhere to zoom: give another plane";
        return Err(Problem::new("levels", request.levels, remedy));
    };
    let middle = |values: &[f64], cell: usize| {
        // A cell lies between its point and the next.
        if request.of_points { values[cell] } else { (values[cell] + values[cell + 1]) / 2.0 }
    };
    let zoom = Zoom {
        middle: [middle(&plane.x.values, column), middle(&plane.y.values, row)],
        factor: request.factor,
    };
    zoom.apply(sweep, &sweep.name)
}
