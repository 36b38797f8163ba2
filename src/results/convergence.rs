//! The table `convergence.csv`: one row a run.
//!
//! [`COLUMNS`] is the only list of columns. Each says what it is and which cell a row has there; writing takes any part of
//! the list, in any order.

use std::sync::{LazyLock, Mutex};

use super::Format;
use super::cell::{self, Cell, Kind, append_line};
use crate::kernel::derivatives::Curvature;
use crate::kernel::outcome::{Outcome, Plateau, RunResult};
use crate::kernel::task::MAX_INPUTS;
use crate::kernel::{SetUp, Shape};
use crate::sweep::set_ups::Axis;
use crate::sweep::spec::Sweep;

/// A run with the words of its axes: what a row says.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// How it started.
    pub init: &'a str,
    /// The seed of its start, unless the start draws nothing; for starts of a file the row.
    pub seed: Option<u64>,
    /// Its learning rate.
    pub alpha: f64,
    /// Its momentum.
    pub momentum: f64,
    /// What became of it.
    pub finished: &'a RunResult,
    /// How many of its parameters are weights.
    pub weights: usize,
    /// The distance of its start to the nearest point with two equal hidden units, if there are two.
    pub asymmetry: Option<f64>,
    /// What some tables say besides.
    pub extras: Extras<'a>,
}

impl<'a> Row<'a> {
    fn word(&self, axis: Axis) -> Cell<'_> {
        Cell::word(self.extras.set_up.and_then(|set_up| axis.word(set_up)))
    }

    /// The row of a sweep's finished run, with no more besides than its place in a plane.
    #[must_use]
    pub fn of(sweep: &'a Sweep, finished: &'a RunResult) -> Self {
        let run = sweep.run(finished.run);
        let set_up = sweep.set_up(&run);
        let shape = set_up.shape();
        Self {
            init: sweep.init_name(run.init_index),
            seed: run.seed,
            alpha: run.alpha,
            momentum: run.momentum,
            finished,
            weights: shape.biases().start,
            asymmetry: shape.asymmetry(&finished.start),
            extras: Extras {
                set_up: Some(set_up),
                name: sweep.start_name(&run),
                point: run.point,
                ..Extras::default()
            },
        }
    }
}

/// What some tables say besides.
#[derive(Clone, Debug, Default)]
pub struct Extras<'a> {
    /// What was trained and how, with several values of a key of it.
    pub set_up: Option<&'a SetUp>,
    /// The name of the start, with a file of starts that names them.
    pub name: Option<&'a str>,
    /// How a converged run solves the problem.
    pub solution: Option<&'a str>,
    /// What the ground is like there, with `spectrum`.
    pub curvature: Option<Curvature>,
    /// The coordinates x and y, with a plane.
    pub point: Option<[f64; 2]>,
    /// The smooth measure, with `measure`.
    pub measure: Option<f64>,
}

/// A column: its name, what its cells hold, and where they come from.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// What its cells hold.
    pub kind: Kind,
    /// What it says, with unit and range, in one line.
    pub about: &'static str,
    /// Which tables have it.
    pub presence: Presence,
    source: Source,
}

/// Where a column's cells come from.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// What a row says.
    Row(for<'a> fn(&'a Row<'a>) -> Cell<'a>),
    /// A parameter at the start.
    Start(Parameter),
    /// A parameter at the end.
    End(Parameter),
}

/// A parameter by its name, which networks of other shapes have elsewhere, or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parameter {
    /// w1, w2, … by number.
    Weight(usize),
    /// b1, b2, …
    Bias(usize),
}

impl Parameter {
    /// Where it stands in a θ with so many weights, if it is there.
    fn place(self, weights: usize, parameters: usize) -> Option<usize> {
        match self {
            Self::Weight(number) => (number <= weights).then(|| number - 1),
            Self::Bias(number) => Some(weights + number - 1).filter(|place| *place < parameters),
        }
    }

    /// Of a name such as `w12`, in the largest network there is.
    fn named(name: &str) -> Option<Self> {
        let (letter, number) = name.split_at_checked(1)?;
        let number = number.parse().ok().filter(|&value: &usize| value > 0 && value.to_string() == number)?;
        let largest = Shape { inputs: MAX_INPUTS, units: SetUp::MAX_HIDDEN_UNITS };
        match letter {
            "w" if number <= largest.biases().start => Some(Self::Weight(number)),
            "b" if number <= largest.units + 1 => Some(Self::Bias(number)),
            _ => None,
        }
    }
}

impl Column {
    /// The cell of a row.
    #[must_use]
    pub fn cell<'a>(&self, row: &'a Row<'a>) -> Cell<'a> {
        let of = |theta: &[f64], parameter: Parameter| {
            Cell::number(parameter.place(row.weights, theta.len()).map(|place| theta[place]))
        };
        match self.source {
            Source::Row(cell) => cell(row),
            Source::Start(parameter) => of(&row.finished.start, parameter),
            Source::End(parameter) => of(&row.finished.end, parameter),
        }
    }
}

/// Which tables have a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// All.
    Always,
    /// Those of sweeps with a file of starts that has names.
    Names,
    /// Those of sweeps with several values on this axis.
    Axis(Axis),
    /// Those of sweeps with `spectrum`.
    Spectrum,
    /// Those of sweeps with a plane.
    Plane,
    /// Those of sweeps with `measure`.
    Measure,
    /// Those of sweeps that descend the cross-entropy.
    Loss,
}

impl Presence {
    /// All but [`Presence::Always`].
    pub const OTHERS: [Self; 5 + Axis::ALL.len()] = [
        Self::Names,
        Self::Axis(Axis::ALL[0]),
        Self::Axis(Axis::ALL[1]),
        Self::Axis(Axis::ALL[2]),
        Self::Axis(Axis::ALL[3]),
        Self::Axis(Axis::ALL[4]),
        Self::Axis(Axis::ALL[5]),
        Self::Axis(Axis::ALL[6]),
        Self::Spectrum,
        Self::Plane,
        Self::Measure,
        Self::Loss,
    ];
}

/// The columns of the table of networks of these shapes that has these parts besides [`Presence::Always`]. A parameter has a
/// column if any network has it.
#[must_use]
pub fn columns(also: &[Presence], shapes: &[Shape]) -> Vec<Column> {
    let has = |column: &Column| column.presence == Presence::Always || also.contains(&column.presence);
    let before = FIXED.iter().take_while(|column| column.name != SOLUTION);
    let after = FIXED.iter().skip_while(|column| column.name != SOLUTION);
    before.copied().chain(parameter_columns(shapes)).chain(after.copied()).filter(has).collect()
}

/// The column of this name, of a network of any shape.
#[must_use]
pub fn column_named(name: &str) -> Option<Column> {
    let fixed = FIXED.iter().find(|column| column.name == name).copied();
    fixed.or_else(|| {
        let parameter = name.strip_prefix("start_").or_else(|| name.strip_prefix("end_"))?;
        Parameter::named(parameter)?;
        let largest = Shape { inputs: MAX_INPUTS, units: SetUp::MAX_HIDDEN_UNITS };
        parameter_columns(&[largest]).into_iter().find(|column| column.name == name)
    })
}

/// The shape of the default network.
pub const DEFAULT_SHAPE: Shape = Shape { inputs: 2, units: 2 };

/// All columns of the default network's table.
pub static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| columns(&Presence::OTHERS, &[DEFAULT_SHAPE]));

/// Which parameters networks have.
#[derive(Clone, Copy, PartialEq)]
struct Named {
    /// The shape of all of them, if they have one.
    shape: Option<Shape>,
    /// The most weights and biases of one.
    weights: usize,
    biases: usize,
}

impl Named {
    fn of(shapes: &[Shape]) -> Self {
        let most = |of: fn(&Shape) -> usize| shapes.iter().map(of).max().unwrap_or(0);
        Self {
            shape: shapes.first().copied().filter(|first| shapes.iter().all(|shape| shape == first)),
            weights: most(|shape| shape.biases().start),
            biases: most(|shape| shape.biases().len()),
        }
    }

    /// All names, in the order of θ, each with what it is.
    fn names(self) -> impl Iterator<Item = (String, String)> {
        let weights = (1..=self.weights).map(|number| ("w", "weight", number));
        let all = weights.chain((1..=self.biases).map(|number| ("b", "bias", number)));
        all.enumerate().map(move |(place, (letter, word, number))| {
            let name = format!("{letter}{number}");
            // In networks of different shapes it is a parameter of different units.
            let what = self.shape.map(|shape| what_it_is(shape, place, &name));
            let what = what.unwrap_or_else(|| format!("{word} {name}, if the network has it,"));
            (name, what)
        })
    }
}

/// The columns of the start's and of the end's parameters, whose texts are made once.
fn parameter_columns(shapes: &[Shape]) -> Vec<Column> {
    static MADE: Mutex<Vec<(Named, Vec<Column>)>> = Mutex::new(Vec::new());
    let named = Named::of(shapes);
    let mut made = MADE.lock().expect("no thread panics with the lock");
    if let Some((_, columns)) = made.iter().find(|(known, _)| *known == named) {
        return columns.clone();
    }
    let mut columns = Vec::new();
    for (end, ending) in [("start", ""), ("end", ", also inf, -inf or NaN")] {
        for (name, what) in named.names() {
            let parameter = Parameter::named(&name).expect("it is a name");
            let about = format!("{what} at the {end}{ending}");
            columns.push(Column {
                name: format!("{end}_{name}").leak(),
                kind: Kind::Number,
                about: about.leak(),
                presence: Presence::Always,
                source: if end == "start" { Source::Start(parameter) } else { Source::End(parameter) },
            });
        }
    }
    made.push((named, columns.clone()));
    columns
}

/// A parameter in words.
fn what_it_is(shape: Shape, place: usize, name: &str) -> String {
    if shape.input_weights().contains(&place) {
        let (input, unit) = (place / shape.units + 1, place % shape.units + 1);
        format!("weight {name} (x{input} to hidden unit {unit})")
    } else if shape.output_weights().contains(&place) {
        format!("weight {name} (hidden unit {} to the output)", place - shape.output_weights().start + 1)
    } else if place == shape.output_bias() {
        format!("bias {name} of the output")
    } else {
        format!("bias {name} of hidden unit {}", place - shape.biases().start + 1)
    }
}

/// The column that says how a run solves its task; the first after those of the parameters.
pub(super) const SOLUTION: &str = "solution";

/// All columns but those of the parameters, in order.
const FIXED: &[Column] = &{
    use Kind::{Integer, Number, Seed, Word};
    use Presence::{Always, Loss, Measure, Names, Plane, Spectrum};
    [
        column(Always, "run", Integer, "number of the run in the sweep, from 0", |row| {
            Cell::Integer(row.finished.run)
        }),
        column(
            Always,
            "init",
            Word,
            "how the run started: a sum of terms, or the name of the file of starts",
            |row| Cell::Word(row.init),
        ),
        column(
            Always,
            "seed",
            Seed,
            "seed of the start, 0 to 2⁶⁴ − 1, or its row in the file of starts, from 0; empty if nothing is drawn",
            |row| Cell::integer(row.seed),
        ),
        column(Names, "name", Word, "name of the start in the file of starts", |row| {
            Cell::word(row.extras.name)
        }),
        varied(Axis::Task, Word, |row| row.word(Axis::Task)),
        varied(Axis::HiddenUnits, Integer, |row| {
            Cell::integer(row.extras.set_up.map(|set_up| set_up.hidden_units.0 as u64))
        }),
        varied(Axis::Hidden, Word, |row| row.word(Axis::Hidden)),
        varied(Axis::Output, Word, |row| row.word(Axis::Output)),
        varied(Axis::Loss, Word, |row| row.word(Axis::Loss)),
        varied(Axis::Update, Word, |row| row.word(Axis::Update)),
        varied(Axis::Optimizer, Word, |row| row.word(Axis::Optimizer)),
        column(Always, "alpha", Number, "learning rate α, above 0", |row| Cell::Number(row.alpha)),
        column(Always, "momentum", Number, "momentum μ, from 0", |row| Cell::Number(row.momentum)),
        column(
            Always,
            "outcome",
            Word,
            "what became of the run: converged, diverged, oscillating, plateau or unfinished",
            |row| Cell::Word(row.finished.outcome.word()),
        ),
        column(
            Always,
            "plateau",
            Word,
            "the outputs of a run on a plateau: constant, one-unit, saturated, wrong-1 and so on; empty if none of these",
            |row| {
                Cell::word(row.finished.outcome.plateau().map(Plateau::word).filter(|word| !word.is_empty()))
            },
        ),
        column(
            Always,
            "escaped_at",
            Integer,
            "first step with an error below 1/6; empty if there was none",
            |row| Cell::integer(row.finished.escaped_at),
        ),
        column(
            Always,
            "solved_at",
            Integer,
            "first step with all outputs on the right side; empty if there was none",
            |row| Cell::integer(row.finished.solved_at),
        ),
        column(
            Always,
            "converged_at",
            Integer,
            "first step of the stretch within the tolerance that ended the run; empty if there was none",
            |row| Cell::integer(row.finished.converged_at),
        ),
        column(Always, "steps", Integer, "how many steps were done, from 0", |row| {
            Cell::Integer(row.finished.steps)
        }),
        column(Always, "error_first", Number, "mean squared error at the start, from 0", |row| {
            Cell::Number(row.finished.error_first)
        }),
        column(
            Always,
            "error_last",
            Number,
            "mean squared error at the end, from 0, also inf or NaN",
            |row| Cell::Number(row.finished.error_last),
        ),
        column(
            Always,
            "error_peak",
            Number,
            "largest mean squared error of the run, from 0, also inf",
            |row| Cell::Number(row.finished.error_peak),
        ),
        column(Always, "peak_at", Integer, "the first step with the largest error, from 0", |row| {
            Cell::Integer(row.finished.peak_at)
        }),
        column(
            Always,
            "asymmetry",
            Number,
            "distance of the start to the nearest point with two equal hidden units, from 0; at 0 they stay equal",
            |row| Cell::number(row.asymmetry),
        ),
        column(
            Always,
            SOLUTION,
            Word,
            "what the hidden units of a converged run compute, up to symmetries, such as or+nand",
            |row| Cell::word(row.extras.solution),
        ),
        column(Loss, "loss_first", Number, "mean cross-entropy at the start, from 0", |row| {
            Cell::number(row.finished.losses.map(|[first, _]| first))
        }),
        column(Loss, "loss_last", Number, "mean cross-entropy at the end, from 0, also inf or NaN", |row| {
            Cell::number(row.finished.losses.map(|[_, last]| last))
        }),
        column(Spectrum, "gradient_norm", Number, "norm of the gradient ∇E at the end, from 0", |row| {
            of_curvature(row, |curvature| curvature.gradient_norm)
        }),
        column(Spectrum, "sharpness", Number, "largest eigenvalue of the Hessian at the end", |row| {
            of_curvature(row, Curvature::sharpness)
        }),
        column(
            Spectrum,
            "curvature_min",
            Number,
            "least eigenvalue of the Hessian at the end; below 0 it is no minimum",
            |row| of_curvature(row, Curvature::minimum),
        ),
        column(
            Spectrum,
            "flat_directions",
            Integer,
            "how many eigenvalues are zero to within 1e-6 of the largest, 0 to 9",
            |row| {
                let flat = row.extras.curvature.as_ref().and_then(Curvature::flat_directions);
                Cell::integer(flat.map(|count| count as u64))
            },
        ),
        column(Plane, "x", Number, "coordinate x of the start in the plane", |row| {
            Cell::number(row.extras.point.map(|[x, _]| x))
        }),
        column(Plane, "y", Number, "coordinate y of the start in the plane", |row| {
            Cell::number(row.extras.point.map(|[_, y]| y))
        }),
        column(
            Measure,
            "measure",
            Number,
            "below 0 for a run that comes down, above 0 for others; the farther from 0, the slower",
            |row| Cell::number(row.extras.measure),
        ),
    ]
};

/// A column whose cells a row says.
const fn column(
    presence: Presence,
    name: &'static str,
    kind: Kind,
    about: &'static str,
    cell: for<'a> fn(&'a Row<'a>) -> Cell<'a>,
) -> Column {
    Column { name, kind, about, presence, source: Source::Row(cell) }
}

/// The column of an axis with several values.
const fn varied(axis: Axis, kind: Kind, cell: for<'a> fn(&'a Row<'a>) -> Cell<'a>) -> Column {
    column(Presence::Axis(axis), axis.key(), kind, axis.about(), cell)
}

fn of_curvature<'a>(row: &Row<'_>, value: fn(&Curvature) -> f64) -> Cell<'a> {
    Cell::number(row.extras.curvature.as_ref().map(value))
}

/// Appends the line of the columns' names.
pub fn append_header(out: &mut Vec<u8>, columns: &[Column], format: Format) {
    cell::append_header(out, columns.iter().map(|column| (column.name, column.kind)), format);
}

/// Appends the line of a run.
pub fn append_row(out: &mut Vec<u8>, columns: &[Column], row: &Row<'_>, format: Format) {
    append_line(out, columns.iter().map(|column| column.cell(row)), format);
}

/// The outcome that two cells make; nothing if they contradict each other.
fn together(outcome: Option<Outcome>, plateau: Option<Plateau>) -> Option<Outcome> {
    match (outcome?, plateau) {
        (Outcome::Plateau(_), plateau) => Some(Outcome::Plateau(plateau.unwrap_or(Plateau::Other))),
        (outcome, None) => Some(outcome),
        _ => None,
    }
}

/// The outcome that the words of `outcome` and `plateau` make; nothing if they make none.
pub(super) fn outcome_of_words(outcome: &str, plateau: &str) -> Option<Outcome> {
    together(outcome_of(outcome), plateau_of(plateau)?)
}

/// The outcome a word stands for, of a plateau any one.
fn outcome_of(word: &str) -> Option<Outcome> {
    let plateau = Outcome::Plateau(Plateau::Other);
    [Outcome::Converged, Outcome::Diverged, Outcome::Oscillating, plateau, Outcome::Unfinished]
        .into_iter()
        .find(|outcome| outcome.word() == word)
}

/// The plateau a word stands for, if there is a word.
fn plateau_of(word: &str) -> Option<Option<Plateau>> {
    if word.is_empty() { Some(None) } else { Plateau::of_word(word).map(Some) }
}

#[cfg(test)]
pub(super) mod tests;
