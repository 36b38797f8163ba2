//! The table `convergence.csv`: one row a run, written and read back to the same bits.
//!
//! [`COLUMNS`] is the only list of columns. Each says what it is, which cell a row has there, and how the reader puts
//! it back; writing takes any part of the list, in any order.

use std::fmt::Display;
use std::io::{self, Read};
use std::sync::{LazyLock, Mutex};

use csv::ByteRecord;

use super::Format;
use super::cell::{self, Cell, Kind, Text, append_line};
use crate::kernel::derivatives::Curvature;
use crate::kernel::outcome::{Finished, Outcome, Plateau};
use crate::kernel::task::MAX_INPUTS;
use crate::kernel::{SetUp, Shape, Theta};
use crate::problem::Problem;
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
    pub finished: &'a Finished,
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
    pub fn of(sweep: &'a Sweep, finished: &'a Finished) -> Self {
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

/// A row that was read: a [`Row`] that owns what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// How the run started.
    pub init: String,
    /// The seed of its start, unless the start draws nothing.
    pub seed: Option<u64>,
    /// Its learning rate.
    pub alpha: f64,
    /// Its momentum.
    pub momentum: f64,
    /// What became of it.
    pub finished: Finished,
    /// How many of its parameters are weights.
    pub weights: usize,
}

impl Record {
    /// The row, to be written again without what not all tables say.
    #[must_use]
    pub fn row(&self) -> Row<'_> {
        let Self { ref init, seed, alpha, momentum, ref finished, weights } = *self;
        let units = finished.start.len() - weights - 1;
        let asymmetry = Shape { inputs: weights / units - 1, units }.asymmetry(&finished.start);
        Row { init, seed, alpha, momentum, finished, weights, asymmetry, extras: Extras::default() }
    }
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
    pub part: Part,
    source: Source,
}

/// Where a column's cells come from, and where they go when they are read.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// What a row says, and what a draft takes over; nothing if it says no such thing.
    Row { cell: for<'a> fn(&'a Row<'a>) -> Cell<'a>, read: fn(&mut Draft, Text<'_>) -> Option<()> },
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
            Source::Row { cell, .. } => cell(row),
            Source::Start(parameter) => of(&row.finished.start, parameter),
            Source::End(parameter) => of(&row.finished.end, parameter),
        }
    }

    /// Takes over what a cell says; nothing if it says no such thing.
    fn read(&self, draft: &mut Draft, text: Text<'_>) -> Option<()> {
        match self.source {
            Source::Row { read, .. } => read(draft, text),
            Source::Start(parameter) => draft.start.take(parameter, text),
            Source::End(parameter) => draft.end.take(parameter, text),
        }
    }
}

/// The parameters of a θ that is being read: its weights, and its biases.
#[derive(Default)]
struct Parameters {
    weights: Vec<f64>,
    biases: Vec<f64>,
}

impl Parameters {
    /// Takes a cell over, which is empty for a parameter that the network lacks.
    fn take(&mut self, parameter: Parameter, text: Text<'_>) -> Option<()> {
        let Some(value) = text.optional_number()? else { return Some(()) };
        let (list, number) = match parameter {
            Parameter::Weight(number) => (&mut self.weights, number),
            Parameter::Bias(number) => (&mut self.biases, number),
        };
        if list.len() < number {
            list.resize(number, f64::NAN);
        }
        list[number - 1] = value;
        Some(())
    }

    fn theta(self) -> Theta {
        self.weights.into_iter().chain(self.biases).collect()
    }
}

/// Which tables have a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
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

impl Part {
    /// All but [`Part::Always`].
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

/// The columns of the table of networks of these shapes that has these parts besides [`Part::Always`]. A parameter has a
/// column if any network has it.
#[must_use]
pub fn columns(also: &[Part], shapes: &[Shape]) -> Vec<Column> {
    let has = |column: &Column| column.part == Part::Always || also.contains(&column.part);
    let before = FIXED.iter().take_while(|column| column.name != AFTER_PARAMETERS);
    let after = FIXED.iter().skip_while(|column| column.name != AFTER_PARAMETERS);
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
pub static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| columns(&Part::OTHERS, &[DEFAULT_SHAPE]));

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
                part: Part::Always,
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

/// The first column after those of the parameters.
const AFTER_PARAMETERS: &str = "solution";

/// All columns but those of the parameters, in order.
const FIXED: &[Column] = &{
    use Kind::{Integer, Number, Seed, Word};
    use Part::{Measure, Names, Plane, Spectrum};
    [
        Column {
            name: "run",
            kind: Integer,
            about: "number of the run in the sweep, from 0",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::Integer(row.finished.run),
                read: |draft, text| text.integer().map(|value| draft.finished().run = value),
            },
        },
        Column {
            name: "init",
            kind: Word,
            about: "how the run started: a sum of terms, or the name of the file of starts",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::Word(row.init),
                read: |draft, text| text.word().map(|value| draft.record.init = value.to_owned()),
            },
        },
        Column {
            name: "seed",
            kind: Seed,
            about: "seed of the start, 0 to 2⁶⁴ − 1, or its row in the file of starts, from 0; empty if nothing is drawn",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::integer(row.seed),
                read: |draft, text| text.optional_integer().map(|value| draft.record.seed = value),
            },
        },
        beyond(Names, "name", Word, "name of the start in the file of starts", |row| {
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
        Column {
            name: "alpha",
            kind: Number,
            about: "learning rate α, above 0",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::Number(row.alpha),
                read: |draft, text| text.number().map(|value| draft.record.alpha = value),
            },
        },
        Column {
            name: "momentum",
            kind: Number,
            about: "momentum μ, from 0",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::Number(row.momentum),
                read: |draft, text| text.number().map(|value| draft.record.momentum = value),
            },
        },
        Column {
            name: "outcome",
            kind: Word,
            about: "what became of the run: converged, diverged, oscillating, plateau or unfinished",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::Word(row.finished.outcome.word()),
                read: |draft, text| outcome_of(text.word()?).map(|value| draft.outcome = Some(value)),
            },
        },
        Column {
            name: "plateau",
            kind: Word,
            about: "the outputs of a run on a plateau: constant, one-unit, saturated, wrong-1 and so on; empty if none of these",
            part: Part::Always,
            source: Source::Row {
                cell: |row| {
                    Cell::word(
                        row.finished.outcome.plateau().map(Plateau::word).filter(|word| !word.is_empty()),
                    )
                },
                read: |draft, text| plateau_of(text.word()?).map(|value| draft.plateau = value),
            },
        },
        Column {
            name: "escaped_at",
            kind: Integer,
            about: "first step with an error below 1/6; empty if there was none",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::integer(row.finished.escaped_at),
                read: |draft, text| text.optional_integer().map(|value| draft.finished().escaped_at = value),
            },
        },
        Column {
            name: "solved_at",
            kind: Integer,
            about: "first step with all outputs on the right side; empty if there was none",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::integer(row.finished.solved_at),
                read: |draft, text| text.optional_integer().map(|value| draft.finished().solved_at = value),
            },
        },
        Column {
            name: "converged_at",
            kind: Integer,
            about: "first step of the stretch within the tolerance that ended the run; empty if there was none",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::integer(row.finished.converged_at),
                read: |draft, text| {
                    text.optional_integer().map(|value| draft.finished().converged_at = value)
                },
            },
        },
        Column {
            name: "steps",
            kind: Integer,
            about: "how many steps were done, from 0",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::Integer(row.finished.steps),
                read: |draft, text| text.integer().map(|value| draft.finished().steps = value),
            },
        },
        Column {
            name: "error_first",
            kind: Number,
            about: "mean squared error at the start, from 0",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::Number(row.finished.error_first),
                read: |draft, text| text.number().map(|value| draft.finished().error_first = value),
            },
        },
        Column {
            name: "error_last",
            kind: Number,
            about: "mean squared error at the end, from 0, also inf or NaN",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::Number(row.finished.error_last),
                read: |draft, text| text.number().map(|value| draft.finished().error_last = value),
            },
        },
        Column {
            name: "error_peak",
            kind: Number,
            about: "largest mean squared error of the run, from 0, also inf",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::Number(row.finished.error_peak),
                read: |draft, text| text.number().map(|value| draft.finished().error_peak = value),
            },
        },
        Column {
            name: "peak_at",
            kind: Integer,
            about: "the first step with the largest error, from 0",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::Integer(row.finished.peak_at),
                read: |draft, text| text.integer().map(|value| draft.finished().peak_at = value),
            },
        },
        Column {
            name: "asymmetry",
            kind: Number,
            about: "distance of the start to the nearest point with two equal hidden units, from 0; at 0 they stay equal",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::number(row.asymmetry),
                // It follows from the start, which has more to say.
                read: |_, text| text.optional_number().map(drop),
            },
        },
        Column {
            name: "solution",
            kind: Word,
            about: "what the hidden units of a converged run compute, up to symmetries, such as or+nand",
            part: Part::Always,
            source: Source::Row {
                cell: |row| Cell::word(row.extras.solution),
                read: |_, text| text.word().map(drop),
            },
        },
        Column {
            name: "loss_first",
            kind: Number,
            about: "mean cross-entropy at the start, from 0",
            part: Part::Loss,
            source: Source::Row {
                cell: |row| Cell::number(row.finished.losses.map(|[first, _]| first)),
                read: |draft, text| text.optional_number().map(|value| draft.losses[0] = value),
            },
        },
        Column {
            name: "loss_last",
            kind: Number,
            about: "mean cross-entropy at the end, from 0, also inf or NaN",
            part: Part::Loss,
            source: Source::Row {
                cell: |row| Cell::number(row.finished.losses.map(|[_, last]| last)),
                read: |draft, text| text.optional_number().map(|value| draft.losses[1] = value),
            },
        },
        beyond(Spectrum, "gradient_norm", Number, "norm of the gradient ∇E at the end, from 0", |row| {
            of_curvature(row, |curvature| curvature.gradient_norm)
        }),
        beyond(Spectrum, "sharpness", Number, "largest eigenvalue of the Hessian at the end", |row| {
            of_curvature(row, Curvature::sharpness)
        }),
        beyond(
            Spectrum,
            "curvature_min",
            Number,
            "least eigenvalue of the Hessian at the end; below 0 it is no minimum",
            |row| of_curvature(row, Curvature::minimum),
        ),
        beyond(
            Spectrum,
            "flat_directions",
            Integer,
            "how many eigenvalues are zero to within 1e-6 of the largest, 0 to 9",
            |row| {
                let flat = row.extras.curvature.as_ref().and_then(Curvature::flat_directions);
                Cell::integer(flat.map(|count| count as u64))
            },
        ),
        beyond(Plane, "x", Number, "coordinate x of the start in the plane", |row| {
            Cell::number(row.extras.point.map(|[x, _]| x))
        }),
        beyond(Plane, "y", Number, "coordinate y of the start in the plane", |row| {
            Cell::number(row.extras.point.map(|[_, y]| y))
        }),
        beyond(
            Measure,
            "measure",
            Number,
            "below 0 for a run that comes down, above 0 for others; the farther from 0, the slower",
            |row| Cell::number(row.extras.measure),
        ),
    ]
};

/// A column that not all tables have. Reading passes over it: it follows from the end, or from the run's number.
const fn beyond(
    part: Part,
    name: &'static str,
    kind: Kind,
    about: &'static str,
    cell: for<'a> fn(&'a Row<'a>) -> Cell<'a>,
) -> Column {
    Column { name, kind, about, part, source: Source::Row { cell, read: |_, _| Some(()) } }
}

/// The column of an axis with several values.
const fn varied(axis: Axis, kind: Kind, cell: for<'a> fn(&'a Row<'a>) -> Cell<'a>) -> Column {
    beyond(Part::Axis(axis), axis.key(), kind, axis.about(), cell)
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

/// A record of which some cells have been read.
struct Draft {
    record: Record,
    /// `outcome` and `plateau` are two columns of one value, and may come in any order.
    outcome: Option<Outcome>,
    plateau: Option<Plateau>,
    losses: [Option<f64>; 2],
    start: Parameters,
    end: Parameters,
}

impl Draft {
    fn new() -> Self {
        let finished = Finished {
            run: 0,
            outcome: Outcome::Unfinished,
            escaped_at: None,
            solved_at: None,
            converged_at: None,
            steps: 0,
            error_first: f64::NAN,
            error_last: f64::NAN,
            error_peak: f64::NAN,
            peak_at: 0,
            losses: None,
            start: Theta::new(),
            end: Theta::new(),
        };
        let record = Record {
            init: String::new(),
            seed: None,
            alpha: f64::NAN,
            momentum: f64::NAN,
            finished,
            weights: 0,
        };
        let (start, end) = (Parameters::default(), Parameters::default());
        Self { record, outcome: None, plateau: None, losses: [None; 2], start, end }
    }

    fn finished(&mut self) -> &mut Finished {
        &mut self.record.finished
    }

    /// The whole record; nothing if `outcome` and `plateau` contradict each other, or parameters are missing.
    fn finish(mut self) -> Option<Record> {
        let finished = &mut self.record.finished;
        finished.outcome = together(self.outcome, self.plateau)?;
        if let [Some(first), Some(last)] = self.losses {
            finished.losses = Some([first, last]);
        }
        let (weights, biases) = (self.start.weights.len(), self.start.biases.len());
        let is_network = biases > 1 && weights % (biases - 1) == 0 && weights / (biases - 1) > 1;
        if !is_network || (self.end.weights.len(), self.end.biases.len()) != (weights, biases) {
            return None;
        }
        self.record.weights = weights;
        (finished.start, finished.end) = (self.start.theta(), self.end.theta());
        Some(self.record)
    }
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

/// Reads a table's rows, one at a time. `file` is what problems call the table.
///
/// Columns may stand in any order, but all of [`Part::Always`] must be there, and none that is not in [`COLUMNS`]. A last line without its line
/// end is a problem too, since it may have been cut short within a number. Every number comes back bit for bit, but
/// for NaN, of which there is one.
///
/// # Errors
/// If the header cannot be read, or is not one of such a table.
pub fn read_rows<R: Read>(source: R, file: &str, format: Format) -> Result<Rows<R>, Problem> {
    let source = Watched { source, bytes: 0, last: b'\n' };
    let mut reader = csv::ReaderBuilder::new().delimiter(format.delimiter()).from_reader(source);
    let header = reader.byte_headers().map_err(|error| unreadable(file, &error))?.clone();
    let columns = columns_of(&header, file, format)?;
    Ok(Rows { reader, columns, fields: ByteRecord::new(), file: file.to_owned(), format, over: false })
}

/// The columns that a header names.
fn columns_of(header: &ByteRecord, file: &str, format: Format) -> Result<Vec<Column>, Problem> {
    let find = |name: &[u8]| column_named(str::from_utf8(name).ok()?);
    let mut columns = Vec::with_capacity(header.len());
    for name in header {
        let shown = String::from_utf8_lossy(name);
        let column = find(name).ok_or_else(|| {
            let delimiter = char::from(format.delimiter());
            let remedy = format!("this table has no such column (cells are separated by {delimiter:?})");
            Problem::new(format!("{file}, column"), format!("{shown:?}"), remedy)
        })?;
        if columns.iter().any(|earlier: &Column| earlier.name == column.name) {
            return Err(Problem::new(format!("{file}, column"), shown, "the column is there twice"));
        }
        columns.push(column);
    }
    let mut needed = FIXED.iter().filter(|column| column.part == Part::Always);
    let missing = needed.find(|column| !header.iter().any(|name| name == column.name.as_bytes()));
    match missing {
        Some(column) => Err(Problem::new(file, "", format!("the column {} is missing", column.name))),
        None => Ok(columns),
    }
}

fn unreadable(file: &str, error: &dyn Display) -> Problem {
    Problem::new(file, "", format!("cannot be read: {error}"))
}

/// The rows of a table that is being read, from [`read_rows`]. After the first problem there are no more.
pub struct Rows<R> {
    reader: csv::Reader<Watched<R>>,
    columns: Vec<Column>,
    fields: ByteRecord,
    file: String,
    format: Format,
    over: bool,
}

impl<R: Read> Rows<R> {
    fn read(&mut self) -> Result<Option<Record>, Problem> {
        let line = self.reader.position().line();
        if !self.reader.read_byte_record(&mut self.fields).map_err(|error| unreadable(&self.file, &error))? {
            return Ok(None);
        }
        let line = self.fields.position().map_or(line, csv::Position::line);
        let watched = self.reader.get_ref();
        let all_used = self.reader.position().byte() == watched.bytes;
        if all_used && !matches!(watched.last, b'\n' | b'\r') {
            let remedy = "the last line does not end, so it may have been cut short: delete it";
            return Err(Problem::new(format!("{}, line {line}", self.file), "", remedy));
        }
        self.record(line).map(Some)
    }

    fn record(&self, line: u64) -> Result<Record, Problem> {
        let mut draft = Draft::new();
        for (bytes, column) in self.fields.iter().zip(&self.columns) {
            let text = Text { bytes, format: self.format };
            if column.read(&mut draft, text).is_none() {
                let key = format!("{}, line {line}, {}", self.file, column.name);
                let shown = format!("{:?}", String::from_utf8_lossy(bytes));
                return Err(Problem::new(key, shown, format!("not a cell of this column: {}", column.about)));
            }
        }
        draft.finish().ok_or_else(|| {
            let remedy =
                "outcome and plateau contradict each other (only runs on a plateau have a name of it), or a parameter is missing";
            Problem::new(format!("{}, line {line}", self.file), "", remedy)
        })
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Record, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let next = self.read().transpose();
        self.over = !matches!(next, Some(Ok(_)));
        next
    }
}

/// A source of which is known how far it was read and what came last.
struct Watched<R> {
    source: R,
    bytes: u64,
    last: u8,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        if let Some(&last) = buffer[..count].last() {
            self.last = last;
        }
        self.bytes += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::kernel::fused::{NAMES, PARAMETERS};
    use proptest::prelude::*;

    fn any_number() -> impl Strategy<Value = f64> {
        let special = [
            0.0,
            -0.0,
            1.0,
            0.1,
            f64::MIN_POSITIVE,
            5e-324,
            -5e-324,
            f64::MAX,
            f64::MIN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            f64::EPSILON,
            9_007_199_254_740_993.0,
            1e16,
            1e-5,
            1e23,
        ];
        prop_oneof![
            any::<u64>().prop_map(f64::from_bits),
            prop::sample::select(special.to_vec()),
            (0u64..1 << 52).prop_map(f64::from_bits),
            -10.0..10.0,
        ]
    }

    fn any_theta() -> impl Strategy<Value = [f64; PARAMETERS]> {
        // On the heap: the trees of 18 numbers would fill a test's stack.
        prop::array::uniform9(any_number().boxed()).boxed()
    }

    fn any_integer() -> impl Strategy<Value = u64> {
        prop_oneof![any::<u64>(), 0u64..100_000, Just(u64::MAX), Just(0)]
    }

    fn any_outcome() -> impl Strategy<Value = Outcome> {
        let mut all = vec![Outcome::Converged, Outcome::Diverged, Outcome::Oscillating, Outcome::Unfinished];
        all.extend(Plateau::KINDS.map(Outcome::Plateau));
        all.extend([2, 64, 255].map(|outputs| Outcome::Plateau(Plateau::Wrong(outputs))));
        prop::sample::select(all)
    }

    pub(in crate::table) fn any_finished() -> impl Strategy<Value = Finished> {
        let step = || prop::option::of(any_integer());
        (
            (any_integer(), any_outcome(), step(), step(), step(), any_integer()),
            (any_number(), any_number(), any_number(), any_integer(), any_theta(), any_theta()),
        )
            .prop_map(|((run, outcome, escaped_at, solved_at, converged_at, steps), rest)| {
                let (error_first, error_last, error_peak, peak_at, start, end) = rest;
                Finished {
                    run,
                    outcome,
                    escaped_at,
                    solved_at,
                    converged_at,
                    steps,
                    error_first,
                    error_last,
                    losses: None,
                    error_peak,
                    peak_at,
                    start: start.into(),
                    end: end.into(),
                }
            })
    }

    pub(in crate::table) fn any_record() -> impl Strategy<Value = Record> {
        let init =
            prop_oneof![any::<String>(), "[-=+@\t\r'\",;\n][-=+@\t\r'\",;\na]*", Just("uniform(0,1)".into())];
        (init, prop::option::of(any_integer()), any_number(), any_number(), any_finished()).prop_map(
            |(init, seed, alpha, momentum, finished)| Record {
                init,
                seed,
                alpha,
                momentum,
                finished,
                weights: 6,
            },
        )
    }

    fn any_format() -> impl Strategy<Value = Format> {
        let given = [(",", false), (";", false), (";", true), ("tab", true), ("|", false)];
        prop::sample::select(given.to_vec())
            .prop_map(|(delimiter, comma)| Format::new(delimiter, comma).unwrap())
    }

    /// The bits of all numbers, with one NaN.
    fn bits(record: &Record) -> Vec<u64> {
        let run = &record.finished;
        let mut numbers =
            vec![record.alpha, record.momentum, run.error_first, run.error_last, run.error_peak];
        numbers.extend(&run.start);
        numbers.extend(&run.end);
        numbers
            .iter()
            .map(|value| if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() })
            .collect()
    }

    /// What is left of a record without its numbers.
    fn words(record: &Record) -> String {
        let mut record = record.clone();
        (record.alpha, record.momentum) = (0.0, 0.0);
        let run = &mut record.finished;
        (run.error_first, run.error_last, run.error_peak) = (0.0, 0.0, 0.0);
        (run.start, run.end) = (Theta::new(), Theta::new());
        format!("{record:?}")
    }

    fn table(records: &[Record], columns: &[Column], format: Format) -> Vec<u8> {
        let mut out = Vec::new();
        append_header(&mut out, columns, format);
        records.iter().for_each(|record| append_row(&mut out, columns, &record.row(), format));
        out
    }

    fn parameters(value: f64) -> Parameters {
        Parameters { weights: vec![value; 6], biases: vec![value; 3] }
    }

    fn sample() -> Record {
        let mut draft = Draft::new();
        draft.record.init = "uniform(0,1)".into();
        (draft.start, draft.end) = (parameters(0.1), parameters(f64::INFINITY));
        (draft.record.alpha, draft.record.momentum) = (0.3, 0.0);
        draft.outcome = Some(Outcome::Converged);
        let run = draft.finished();
        (run.error_first, run.error_last, run.error_peak) = (0.25, 1e-7, 0.25);
        draft.finish().unwrap()
    }

    fn problem_of(text: &[u8]) -> Problem {
        let rows = read_rows(text, "t.csv", Format::PLAIN);
        rows.and_then(|rows| rows.collect::<Result<Vec<_>, _>>()).unwrap_err()
    }

    #[test]
    fn the_columns_are_the_designs() {
        let mut out = Vec::new();
        append_header(&mut out, &COLUMNS, Format::PLAIN);
        let mut expected =
            "run,\"init\",seed,\"name\",\"task\",hidden_units,\"hidden\",\"output\",\"loss\",\"update\",\"optimizer\",\
                            alpha,momentum,\"outcome\",\"plateau\",escaped_at,solved_at,converged_at,steps,\
                            error_first,error_last,error_peak,peak_at,asymmetry"
                .to_owned();
        for end in ["start", "end"] {
            NAMES.iter().for_each(|name| expected += &format!(",{end}_{name}"));
        }
        let ends = ",\"solution\",loss_first,loss_last,gradient_norm,sharpness,curvature_min,flat_directions,x,y,measure\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected + ends);
        for part in Part::OTHERS {
            let count = match part {
                Part::Spectrum => 4,
                Part::Plane | Part::Loss => 2,
                _ => 1,
            };
            let always = columns(&[], &[DEFAULT_SHAPE]).len();
            assert_eq!(columns(&[part], &[DEFAULT_SHAPE]).len(), always + count, "{part:?}");
        }
    }

    #[test]
    fn every_start_and_end_column_holds_its_own_parameter() {
        let mut record = sample();
        record.finished.start = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0].into();
        record.finished.end = record.finished.start.iter().map(|value| value + 100.0).collect();
        for (place, name) in NAMES.iter().enumerate() {
            for (end, offset) in [("start", 0.0), ("end", 100.0)] {
                let name = format!("{end}_{name}");
                let column = COLUMNS.iter().find(|column| column.name == name).unwrap();
                assert_eq!(column.cell(&record.row()), Cell::Number(place as f64 + offset), "{name}");
                assert!(column.about.contains(NAMES[place]), "{name}");
            }
        }
    }

    #[test]
    fn every_cell_is_of_its_columns_kind() {
        let mut record = sample();
        record.seed = Some(1);
        record.finished.outcome = Outcome::Plateau(Plateau::OneUnit);
        let run = &mut record.finished;
        (run.escaped_at, run.solved_at, run.converged_at) = (Some(1), Some(2), Some(3));
        run.losses = Some([0.7, 0.1]);
        let curvature = Curvature { error: 0.0, gradient_norm: 0.0, eigenvalues: vec![0.0; PARAMETERS] };
        let set_up = SetUp::default();
        let extras = Extras {
            set_up: Some(&set_up),
            name: Some("near"),
            solution: Some("or+nand"),
            curvature: Some(curvature),
            point: Some([1.0, 2.0]),
            measure: Some(3.0),
        };
        let row = Row { extras, ..record.row() };
        for column in COLUMNS.iter() {
            let kind = match column.cell(&row) {
                Cell::Empty => None,
                Cell::Integer(_) if column.name == "seed" => Some(Kind::Seed),
                Cell::Integer(_) => Some(Kind::Integer),
                Cell::Number(_) => Some(Kind::Number),
                Cell::Word(_) => Some(Kind::Word),
            };
            assert_eq!(kind, Some(column.kind), "{}", column.name);
        }
    }

    #[test]
    fn a_row_reads_well() {
        let text =
            String::from_utf8(table(&[sample()], &columns(&[], &[DEFAULT_SHAPE]), Format::PLAIN)).unwrap();
        assert_eq!(
            text.lines().nth(1).unwrap(),
            "0,\"uniform(0,1)\",,0.3,0.0,converged,,,,,0,0.25,1e-7,0.25,0,0.0,\
             0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,inf,inf,inf,inf,inf,inf,inf,inf,inf,"
        );
    }

    #[test]
    fn columns_can_be_chosen() {
        let chosen = [COLUMNS[13], COLUMNS[0]];
        assert_eq!(table(&[sample()], &chosen, Format::PLAIN), b"\"outcome\",run\nconverged,0\n");
    }

    #[test]
    fn a_problem_names_the_line_and_the_column() {
        let whole = String::from_utf8(table(&[sample(), sample()], &COLUMNS, Format::PLAIN)).unwrap();
        let wrong = whole.replacen("0.3", "0,3", 2);
        assert!(problem_of(wrong.as_bytes()).to_string().contains("cannot be read"), "too many cells");
        let wrong = whole.replacen("converged,,", "lost,,", 1);
        assert_eq!(problem_of(wrong.as_bytes()).key, "t.csv, line 2, outcome");
        let wrong = whole.replacen("converged,,", "converged,constant,", 1);
        assert_eq!(problem_of(wrong.as_bytes()).key, "t.csv, line 2");
        let wrong = whole.replacen("converged,,", "converged,constant,", 1);
        assert_eq!(problem_of(wrong.as_bytes()).key, "t.csv, line 2");
        let wrong = whole.replacen(",seed", ",sede", 1);
        assert_eq!(problem_of(wrong.as_bytes()).key, "t.csv, column");
        let wrong = whole.replacen(",seed", ",run", 1);
        assert!(problem_of(wrong.as_bytes()).remedy.contains("twice"));
        assert!(problem_of(b"run,init\n").remedy.contains("missing"));
        assert!(problem_of(b"").remedy.contains("missing"));
    }

    #[test]
    fn a_table_cut_anywhere_never_yields_a_changed_row() {
        let format = Format::PLAIN;
        let mut second = sample();
        second.finished.run = 1;
        let records = [sample(), second];
        let whole = table(&records, &COLUMNS, format);
        for cut in 0..whole.len() {
            if let Ok(rows) = read_rows(&whole[..cut], "t.csv", format) {
                let read: Vec<Record> = rows.map_while(Result::ok).collect();
                assert_eq!(read, records[..read.len()], "cut at {cut}");
            }
        }
    }

    #[test]
    fn line_ends_of_other_systems_are_read() {
        let whole = String::from_utf8(table(&[sample()], &COLUMNS, Format::PLAIN)).unwrap();
        let text = format!("\u{feff}{}", whole.replace('\n', "\r\n"));
        let rows: Result<Vec<_>, _> = read_rows(text.as_bytes(), "t.csv", Format::PLAIN).unwrap().collect();
        assert_eq!(rows.unwrap(), [sample()]);
    }

    #[test]
    #[ignore = "a measurement: run it with --release --ignored --nocapture"]
    fn measure_writing_and_reading() {
        let mut record = sample();
        (record.seed, record.finished.escaped_at) = (Some(123_456), Some(17_737));
        let mut text = Vec::new();
        let (blocks, rows) = (1_000, 200);
        let (mut writing, mut reading) = (std::time::Duration::ZERO, std::time::Duration::ZERO);
        for block in 0..blocks {
            let begin = std::time::Instant::now();
            text.clear();
            append_header(&mut text, &COLUMNS, Format::PLAIN);
            for row in 0..rows {
                // Numbers with all their digits, as nearly all of a sweep are.
                let run = block * rows + row;
                let finished = &mut record.finished;
                finished.run = run;
                finished.start = (0..PARAMETERS).map(|place| unit(run, place) - 0.5).collect();
                finished.end = (0..PARAMETERS).map(|place| 3.0 + unit(run, place + PARAMETERS)).collect();
                append_row(&mut text, &COLUMNS, &record.row(), Format::PLAIN);
            }
            writing += begin.elapsed();
            let begin = std::time::Instant::now();
            let read = read_rows(&text[..], "t.csv", Format::PLAIN).unwrap().map(Result::unwrap).count();
            reading += begin.elapsed();
            assert_eq!(read as u64, rows);
        }
        let per_row = |time: std::time::Duration| time.as_nanos() as f64 / (blocks * rows) as f64;
        println!("{} bytes a row", text.len() / rows as usize);
        println!("writing {:.0} ns, reading {:.0} ns a row", per_row(writing), per_row(reading));
    }

    /// A number from 0 to 1 with all its digits, another one for each run and place.
    fn unit(run: u64, place: usize) -> f64 {
        let mixed = (run * 31 + place as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 11) as f64 / (1u64 << 53) as f64
    }

    proptest! {
        #[test]
        fn rows_come_back_bit_for_bit(
            records in prop::collection::vec(any_record(), 0..4),
            format in any_format(),
            columns in Just(columns(&[], &[DEFAULT_SHAPE])).prop_shuffle(),
        ) {
            let text = table(&records, &columns, format);
            let read: Result<Vec<Record>, _> = read_rows(&text[..], "t.csv", format).unwrap().collect();
            let read = read.unwrap();
            prop_assert_eq!(read.len(), records.len());
            for (read, written) in read.iter().zip(&records) {
                prop_assert_eq!(bits(read), bits(written));
                prop_assert_eq!(words(read), words(written));
            }
        }

        #[test]
        fn no_bytes_make_the_reader_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..400),
            with_header: bool,
            format in any_format(),
        ) {
            let mut text = if with_header { table(&[], &COLUMNS, format) } else { Vec::new() };
            text.extend(bytes);
            if let Ok(rows) = read_rows(&text[..], "t.csv", format) {
                rows.for_each(drop);
            }
        }

        #[test]
        fn a_damaged_table_makes_no_panic(
            record in any_record(),
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        ) {
            let mut text = table(&[record], &COLUMNS, Format::PLAIN);
            for (index, byte) in damage {
                let index = index.index(text.len());
                text[index] = byte;
            }
            if let Ok(rows) = read_rows(&text[..], "t.csv", Format::PLAIN) {
                rows.for_each(drop);
            }
        }
    }
}
