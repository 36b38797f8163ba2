//! A sweep that has been checked: which runs it has, in which order.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;

use super::{BUILT_IN, Spec};
use crate::Problem;
pub use crate::kernel::outcome::StoppingRule;
use crate::kernel::theta::Theta;
use crate::kernel::{SetUp, Shape, Task};
use crate::sweep::axes::{MAX_RUNS, Seeds};
use crate::sweep::input::{Found, Input, InputFile};
use crate::sweep::plane::{Along, Plane, Varied};
use crate::sweep::set_ups::{Axis, before, in_words, varying};
use crate::sweep::start::{Init, Starts};
use crate::sweep::text::shortest;

/// A whole request, checked: what [`Spec::resolve`] makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// The name of the sweep and of its results' folder.
    pub name: String,
    /// What stands above its pictures, in place of the name.
    pub title: Option<String>,
    /// What is trained and how: the product of the values of [`Axis::ALL`], the last one fastest; at least one.
    pub set_ups: Vec<SetUp>,
    /// The files that tasks come from, each with another [name](InputFile::name).
    pub task_files: Vec<InputFile>,
    /// What is varied.
    pub axes: Axes,
    /// When a run ends.
    pub stopping_rule: StoppingRule,
    /// Whether the table describes the curvature at the end of each run.
    pub spectrum: bool,
    /// Whether the table has a smooth measure of each run.
    pub measure: bool,
    /// Two more axes below all others, for pictures.
    pub plane: Option<Plane>,
}

/// Where the starts come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origins {
    /// Drawn: every init with every seed, or once if it draws nothing.
    Inits {
        /// How to draw, in order.
        inits: Vec<Init>,
        /// What to draw from.
        seeds: Seeds,
    },
    /// Read from a file.
    Starts(Starts),
}

/// What is varied: the product of set-ups, origins, momenta and learning rates, at most [`MAX_RUNS`] runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Axes {
    alphas: Vec<f64>,
    momenta: Vec<f64>,
    origins: Origins,
    names: Vec<String>,
    /// The runs of a set-up that does not draw the orders of its samples, and of one that does.
    blocks: [Block; 2],
    /// Each set-up by its first run, and whether it draws orders.
    set_ups: Vec<(u64, bool)>,
    runs: u64,
}

/// The runs of a set-up, counted from 0.
#[derive(Clone, Debug, PartialEq)]
struct Block {
    /// Whether orders of samples are drawn from the seed, so that it matters to every init.
    orders_are_drawn: bool,
    /// The first run of each init.
    first_runs: Vec<u64>,
    runs: u64,
}

impl Block {
    /// For each init so many starts as it has, with so many rates each; not too many in all.
    fn new(orders_are_drawn: bool, inits: usize, origins: &Origins, cells: u64) -> Self {
        let mut block = Self { orders_are_drawn, first_runs: Vec::with_capacity(inits), runs: 0 };
        for init_index in 0..inits {
            block.first_runs.push(block.runs);
            block.runs += cells * origins.starts_of(init_index, orders_are_drawn);
        }
        block
    }
}

/// One run of a sweep: everything that, with its set-up and the budget, decides its course.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    /// The number of the run, from 0.
    pub number: u64,
    /// The number of its [`GroupKey`], from 0.
    pub group: u64,
    /// Which of [`Sweep::set_ups`].
    pub set_up_index: usize,
    /// Which init; 0 for a file of starts.
    pub init_index: usize,
    /// The learning rate.
    pub alpha: f64,
    /// The momentum.
    pub momentum: f64,
    /// The seed, none if neither the init nor the set-up draws anything; for starts of a file, the row from 0.
    pub seed: Option<u64>,
    /// The coordinates x and y, if the sweep has a plane.
    pub point: Option<[f64; 2]>,
}

/// The runs that share set-up, init, momentum and learning rate.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupKey {
    /// Which of [`Sweep::set_ups`].
    pub set_up_index: usize,
    /// Which init; 0 for a file of starts.
    pub init_index: usize,
    /// Its name.
    pub init_name: String,
    /// The momentum.
    pub momentum: f64,
    /// The learning rate.
    pub alpha: f64,
    /// How many runs there are.
    pub runs: u64,
}

impl Axes {
    /// The product of these lists, none of which may be empty; `draws` tells for each set-up whether it draws orders.
    pub(super) fn new(
        alphas: Vec<f64>,
        momenta: Vec<f64>,
        origins: Origins,
        draws: impl IntoIterator<Item = bool>,
    ) -> Result<Self, Problem> {
        let names: Vec<String> = match &origins {
            Origins::Inits { inits, .. } => inits.iter().map(Init::to_string).collect(),
            Origins::Starts(starts) => vec![starts.init.clone()],
        };
        let draws: Vec<bool> = draws.into_iter().collect();
        let cells = count(alphas.len()) * count(momenta.len());
        let runs_of = |orders_are_drawn: bool| -> u128 {
            let starts = (0..names.len()).map(|init| u128::from(origins.starts_of(init, orders_are_drawn)));
            u128::from(cells) * starts.sum::<u128>()
        };
        let of_set_up = [runs_of(false), runs_of(true)];
        checked_runs(draws.iter().map(|&draws| of_set_up[usize::from(draws)]).sum())?;
        let is_there = |block: bool| if draws.contains(&block) { names.len() } else { 0 };
        let blocks = [false, true].map(|block| Block::new(block, is_there(block), &origins, cells));
        let mut runs = 0;
        let set_ups = draws.into_iter().map(|draws| {
            let first = runs;
            runs += blocks[usize::from(draws)].runs;
            (first, draws)
        });
        let set_ups = set_ups.collect();
        Ok(Self { alphas, momenta, origins, names, blocks, set_ups, runs })
    }

    /// The learning rates, in order.
    #[must_use]
    pub fn alphas(&self) -> &[f64] {
        &self.alphas
    }

    /// The momenta, in order.
    #[must_use]
    pub fn momenta(&self) -> &[f64] {
        &self.momenta
    }

    /// Where the starts come from.
    #[must_use]
    pub fn origins(&self) -> &Origins {
        &self.origins
    }

    /// The names of the inits in order, or of the file of starts.
    #[must_use]
    pub fn init_names(&self) -> &[String] {
        &self.names
    }

    /// How many runs there are without a plane.
    fn runs(&self) -> u64 {
        self.runs
    }

    /// Which set-up a run has, without a plane.
    fn set_up_of(&self, number: u64) -> usize {
        self.set_ups.partition_point(|(first, _)| *first <= number) - 1
    }

    /// The first run of the set-up after this one, without a plane; the number of runs if it is the last one.
    fn end_of(&self, set_up_index: usize) -> u64 {
        self.set_ups.get(set_up_index + 1).map_or(self.runs, |(first, _)| *first)
    }

    /// The run of this number, without a plane.
    fn run(&self, number: u64) -> Run {
        let set_up_index = self.set_up_of(number);
        let (first, draws) = self.set_ups[set_up_index];
        let block = &self.blocks[usize::from(draws)];
        let within = number - first;
        let init_index = block.first_runs.partition_point(|first| *first <= within) - 1;
        let within = within - block.first_runs[init_index];
        let starts = self.origins.starts_of(init_index, draws);
        let cell = within / starts;
        let (alpha, momentum) = self.rates(cell);
        let seed = self.origins.seed(init_index, within % starts, draws);
        let group = (count(set_up_index) * count(self.names.len()) + count(init_index)) * self.cells() + cell;
        Run { number, group, set_up_index, init_index, alpha, momentum, seed, point: None }
    }

    /// Learning rate and momentum of the group at `cell` among those of one init.
    fn rates(&self, cell: u64) -> (f64, f64) {
        let alphas = count(self.alphas.len());
        (self.alphas[index(cell % alphas)], self.momenta[index(cell / alphas)])
    }

    /// How many groups an init has.
    fn cells(&self) -> u64 {
        count(self.alphas.len()) * count(self.momenta.len())
    }
}

impl Origins {
    /// The largest size of a parameter at a start.
    pub(in crate::sweep) fn bound(&self) -> f64 {
        match self {
            Self::Inits { inits, .. } => inits.iter().map(Init::bound).fold(0.0, f64::max),
            Self::Starts(starts) => starts.values().iter().fold(0.0, |most, value| value.abs().max(most)),
        }
    }

    /// How many starts an init has; `orders_are_drawn` tells whether each needs seeds even so.
    fn starts_of(&self, init_index: usize, orders_are_drawn: bool) -> u64 {
        match self {
            Self::Inits { inits, seeds } if orders_are_drawn || inits[init_index].draws() => seeds.len(),
            Self::Inits { .. } => 1,
            Self::Starts(starts) => count(starts.len()),
        }
    }

    /// The seed, or the row, of the start at `place` among those of an init.
    fn seed(&self, init_index: usize, place: u64, orders_are_drawn: bool) -> Option<u64> {
        match self {
            Self::Inits { inits, seeds } => {
                (orders_are_drawn || inits[init_index].draws()).then(|| seeds.get(place))
            }
            Self::Starts(_) => Some(place),
        }
    }
}

impl Sweep {
    /// The sweep that runs if none is asked for, [`BUILT_IN`].
    #[must_use]
    pub fn built_in() -> Self {
        let spec = Spec::from_toml(BUILT_IN).and_then(|spec| spec.resolve(Path::new("")));
        spec.expect("a test resolves the built-in spec")
    }

    /// The sweep of the one run from a point, with the set-up, the budget and the seed of a run of this one, and these
    /// rates.
    ///
    /// # Errors
    /// If the set-up can have no momentum and there is one.
    pub fn from_point(&self, run: &Run, theta: &Theta, alpha: f64, momentum: f64) -> Result<Self, Problem> {
        let set_up = self.set_up(run).clone();
        set_up
            .check(momentum != 0.0)
            .map_err(|refusal| Problem::new(refusal.key, refusal.value, refusal.remedy))?;
        let inits = vec![Init::point(theta.clone())];
        // The seed matters where the order of the samples is drawn.
        let origins = Origins::Inits { inits, seeds: Seeds::one(run.seed.unwrap_or(0)) };
        let axes = Axes::new(vec![alpha], vec![momentum], origins, [set_up.update.draws()])?;
        Ok(Self { set_ups: vec![set_up], axes, plane: None, ..self.clone() })
    }

    /// The same sweep with a plane under every start.
    pub(super) fn with_plane(mut self, plane: Option<Plane>) -> Result<Self, Problem> {
        let Some(plane) = plane else { return Ok(self) };
        if let Some(name) = plane.origin_name.as_ref().filter(|_| self.axes.names.len() > 1) {
            return Err(Problem::new("plane_origin_name", name, "there are several inits; give one"));
        }
        let axes =
            [("alpha", Along::Alpha, &self.axes.alphas), ("momentum", Along::Momentum, &self.axes.momenta)];
        for (key, along, values) in axes {
            if plane.values(&along).is_some() && values.len() > 1 {
                let remedy = format!("a side of the plane is {key}; give one value or none");
                return Err(Problem::new(key, values.len(), remedy));
            }
        }
        checked_runs(u128::from(self.axes.runs()) * u128::from(plane.points()))?;
        self.plane = Some(plane);
        Ok(self)
    }

    /// How many runs there are; at least one.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.axes.runs() * self.points()
    }

    /// How many runs each start has: the points of the plane, or one.
    fn points(&self) -> u64 {
        self.plane.as_ref().map_or(1, Plane::points)
    }

    /// The run of this number.
    ///
    /// # Panics
    ///
    /// If `number` is not below [`Sweep::runs`].
    #[must_use]
    pub fn run(&self, number: u64) -> Run {
        assert!(number < self.runs(), "run {number} of {}", self.runs());
        let mut run = self.axes.run(number / self.points());
        run.number = number;
        let Some(plane) = &self.plane else { return run };
        let point = number % self.points();
        run.point = Some(plane.at(point));
        let group = plane.group(point);
        let [alpha, momentum] = plane.rates(group);
        run.alpha = alpha.unwrap_or(run.alpha);
        run.momentum = momentum.unwrap_or(run.momentum);
        run.group = run.group * plane.groups() + group;
        run
    }

    /// Whether a task can be solved: whether one has two targets, so that outputs are on the right side or not.
    #[must_use]
    pub fn is_solvable(&self) -> bool {
        self.set_ups.iter().any(is_solvable)
    }

    /// The shapes of its networks, each once.
    #[must_use]
    pub fn shapes(&self) -> Vec<Shape> {
        let mut seen = HashSet::new();
        let shapes = self.set_ups.iter().map(SetUp::shape);
        shapes.filter(|shape| seen.insert(*shape)).collect()
    }

    /// What a run trains, and how.
    #[must_use]
    pub fn set_up(&self, run: &Run) -> &SetUp {
        &self.set_ups[run.set_up_index]
    }

    /// What the run of this number trains, and how; and the number of the first run after it that has another set-up, or
    /// else the number of runs.
    ///
    /// # Panics
    ///
    /// If `number` is not below [`Sweep::runs`].
    #[must_use]
    pub fn set_up_from(&self, number: u64) -> (&SetUp, u64) {
        let set_up_index = self.axes.set_up_of(number / self.points());
        (&self.set_ups[set_up_index], self.axes.end_of(set_up_index) * self.points())
    }

    /// What tells one of the set-ups from the others: its values on the axes that vary.
    #[must_use]
    pub fn set_up_values(&self, set_up_index: usize) -> Vec<(Axis, Cow<'_, str>)> {
        let set_up = &self.set_ups[set_up_index];
        varying(&self.set_ups).into_iter().map(|axis| (axis, axis.text(set_up))).collect()
    }

    /// The same in words, such as `relu, adam`; empty if there is one set-up.
    #[must_use]
    pub fn set_up_in_words(&self, set_up_index: usize) -> String {
        in_words(&self.set_up_values(set_up_index))
    }

    /// All set-ups, in words.
    #[must_use]
    pub fn set_ups_in_words(&self) -> Vec<String> {
        (0..self.set_ups.len()).map(|index| self.set_up_in_words(index)).collect()
    }

    /// What it is called above pictures: its title, or else its name.
    #[must_use]
    pub fn title(&self) -> &str {
        self.title.as_ref().unwrap_or(&self.name)
    }

    /// Where `run` starts.
    #[must_use]
    pub fn start(&self, run: &Run) -> Theta {
        // An init that draws nothing starts at the same point whatever the seed.
        let seed = run.seed.unwrap_or(0);
        let (set_up, shape) = (self.set_up(run), self.set_up(run).shape());
        let start = match &self.axes.origins {
            Origins::Inits { inits, .. } => inits[run.init_index].start(seed, shape),
            Origins::Starts(starts) => starts.start(index(seed)),
        };
        let mut start = match (&self.plane, run.point) {
            (Some(plane), Some(point)) => plane.moved(point, start),
            _ => start,
        };
        if !set_up.bias.0 {
            start[shape.biases()].fill(0.0);
        }
        start
    }

    /// The name of an init: its canonical text, or the name of the file of starts.
    #[must_use]
    pub fn init_name(&self, init_index: usize) -> &str {
        &self.axes.names[init_index]
    }

    /// The file of starts, if the starts are not drawn.
    #[must_use]
    pub fn starts(&self) -> Option<&Starts> {
        match &self.axes.origins {
            Origins::Inits { .. } => None,
            Origins::Starts(starts) => Some(starts),
        }
    }

    /// The name that the file of starts gives to the start of `run`, if it has names; it may be empty.
    #[must_use]
    pub fn start_name(&self, run: &Run) -> Option<&str> {
        self.starts()?.name(index(run.seed?))
    }

    /// Which of its init's starts `run` has, in words: the seed, or the row of the file with the name there.
    #[must_use]
    pub fn seed_in_words(&self, run: &Run) -> Option<String> {
        let seed = run.seed?;
        if self.starts().is_none() {
            return Some(format!("seed {seed}"));
        }
        let name = self.start_name(run).filter(|name| !name.is_empty());
        Some(format!("row {seed}{}", name.map_or_else(String::new, |name| format!(" ({name})"))))
    }

    /// Where `run` starts, in words: its set-up if there are several, its init, and which of its starts.
    #[must_use]
    pub fn start_in_words(&self, run: &Run) -> String {
        let seed = self.seed_in_words(run).map_or_else(String::new, |seed| format!(", {seed}"));
        let start = format!("{}{seed}", self.init_name(run.init_index));
        before(&self.set_up_in_words(run.set_up_index), &start)
    }

    /// What a plane varies of every start.
    #[must_use]
    pub fn varied(&self) -> Varied {
        self.plane.as_ref().map(|plane| plane.varied(self.set_ups[0].shape())).unwrap_or_default()
    }

    /// How many groups of runs there are; at least one.
    #[must_use]
    pub fn groups(&self) -> u64 {
        let inits = count(self.set_ups.len()) * count(self.axes.names.len());
        inits * self.axes.cells() * self.plane.as_ref().map_or(1, Plane::groups)
    }

    /// Whether a run has momentum.
    #[must_use]
    pub fn has_momentum(&self) -> bool {
        let of_plane = self.plane.as_ref().and_then(|plane| plane.values(&Along::Momentum));
        of_plane.unwrap_or(&self.axes.momenta).iter().any(|&momentum| momentum != 0.0)
    }

    /// The group of this number; groups begin in the order of their numbers.
    ///
    /// # Panics
    ///
    /// If `number` is not below [`Sweep::groups`].
    #[must_use]
    pub fn group(&self, number: u64) -> GroupKey {
        assert!(number < self.groups(), "group {number} of {}", self.groups());
        let rates = self.plane.as_ref().map_or(1, Plane::groups);
        let (cell, rate) = (number / rates, number % rates);
        let [of_alpha, of_momentum] = self.plane.as_ref().map_or([None; 2], |plane| plane.rates(rate));
        let (inits, init) = (count(self.axes.names.len()), cell / self.axes.cells());
        let (set_up_index, init_index) = (index(init / inits), index(init % inits));
        let draws = self.axes.set_ups[set_up_index].1;
        let (alpha, momentum) = self.axes.rates(cell % self.axes.cells());
        GroupKey {
            set_up_index,
            init_index,
            init_name: self.init_name(init_index).to_owned(),
            momentum: of_momentum.unwrap_or(momentum),
            alpha: of_alpha.unwrap_or(alpha),
            runs: self.axes.origins.starts_of(init_index, draws) * self.points() / rates,
        }
    }

    /// The whole request as a spec: every key, ranges of numbers written out.
    #[must_use]
    pub fn to_spec(&self) -> Spec {
        let numbers = |values: &[f64]| values.iter().copied().map(shortest).collect();
        let mut spec = Spec::default();
        let mut give = |key: &str, texts: Vec<String>| *spec.slot(key) = Some(texts);
        give("name", vec![self.name.clone()]);
        self.title.iter().for_each(|title| give("title", vec![title.clone()]));
        give("alpha", numbers(&self.axes.alphas));
        give("momentum", numbers(&self.axes.momenta));
        match &self.axes.origins {
            Origins::Inits { seeds, .. } => {
                give("init", self.axes.names.clone());
                give("seeds", seeds.items());
            }
            Origins::Starts(starts) => {
                give("starts", vec![starts.file.path.to_string_lossy().into_owned()]);
                if let Some(layout) = starts.layout {
                    give("starts_layout", vec![layout.word().to_owned()]);
                }
            }
        }
        give("steps", vec![self.stopping_rule.steps.to_string()]);
        give("tolerance", vec![shortest(self.stopping_rule.tolerance)]);
        give("hold", vec![self.stopping_rule.hold.to_string()]);
        give("blow_up", vec![shortest(self.stopping_rule.blow_up)]);
        let set_up = &self.set_ups[0];
        give("criterion", vec![self.stopping_rule.criterion.to_string()]);
        for axis in Axis::ALL {
            let path = |text: String| {
                let file = self.task_files.iter().find(|file| axis == Axis::Task && file.name() == text);
                file.map(|file| file.path.to_string_lossy().into_owned()).unwrap_or(text)
            };
            give(axis.key(), axis.texts(&self.set_ups).into_iter().map(path).collect());
        }
        let tables = || self.set_ups.iter().map(|set_up| &set_up.task).filter(|task| !task.is_of_points());
        if let Some(task) = tables().next() {
            give("coding", vec![task.coding().to_string()]);
        }
        if let Some(targets) = tables().find_map(Task::other_targets) {
            give("targets", numbers(&targets));
        }
        give("bias", vec![set_up.bias.0.to_string()]);
        if !set_up.frozen.is_empty() {
            give("frozen", set_up.frozen.iter().map(|&place| set_up.shape().name(place)).collect());
        }
        give("beta1", vec![shortest(set_up.constants.beta1)]);
        give("beta2", vec![shortest(set_up.constants.beta2)]);
        give("rho", vec![shortest(set_up.constants.rho)]);
        give("epsilon", vec![shortest(set_up.constants.epsilon)]);
        give("spectrum", vec![self.spectrum.to_string()]);
        give("measure", vec![self.measure.to_string()]);
        if let Some(Plane { x, y, origin_name }) = &self.plane {
            give("plane_x", x.along.texts(set_up.shape()));
            give("plane_x_range", numbers(&x.values));
            give("plane_y", y.along.texts(set_up.shape()));
            give("plane_y_range", numbers(&y.values));
            let names =
                [("plane_x_name", &x.name), ("plane_y_name", &y.name), ("plane_origin_name", origin_name)];
            for (key, name) in names {
                name.iter().for_each(|name| give(key, vec![name.clone()]));
            }
        }
        spec
    }

    /// The files that it was read from, and what was found.
    #[must_use]
    pub fn inputs(&self) -> Vec<Input<'_>> {
        let starts = self.starts().map(|starts| {
            let found = Found::Starts(starts, self.set_ups[0].shape());
            Input { file: &starts.file, found }
        });
        let tasks = self.task_files.iter().filter_map(|file| {
            let set_up = self.set_ups.iter().find(|set_up| set_up.task.name() == file.name())?;
            Some(Input { file, found: Found::Task(&set_up.task) })
        });
        starts.into_iter().chain(tasks).collect()
    }

    /// The whole request as a spec for the folder of its results, which keeps what was read of its
    /// [inputs](Self::inputs).
    #[must_use]
    pub fn to_kept_spec(&self) -> Spec {
        let mut spec = self.to_spec();
        for file in self.inputs().into_iter().map(|input| input.file) {
            let path = file.path.to_string_lossy();
            let texts = spec.slot(file.key).iter_mut().flatten();
            texts.filter(|text| **text == path).for_each(|text| *text = file.kept_name());
        }
        // Its columns have names.
        spec.clear("starts_layout");
        spec
    }

    /// The whole request as a spec file that resolves to an equal sweep.
    ///
    /// Files are named by their whole paths, so that the spec file can be moved.
    #[must_use]
    pub fn to_toml(&self) -> String {
        self.to_spec().to_toml()
    }
}

/// Whether a set-up's task has two targets, so that outputs are on the right side or not.
#[must_use]
pub fn is_solvable(set_up: &SetUp) -> bool {
    set_up.task.two_targets().is_some()
}

/// Refuses too many runs.
fn checked_runs(runs: u128) -> Result<(), Problem> {
    if runs > u128::from(MAX_RUNS) {
        let remedy = format!("a sweep may have at most {MAX_RUNS}; give fewer values or seeds");
        return Err(Problem::new("runs", runs, remedy));
    }
    Ok(())
}

/// A length as a number of runs.
fn count(length: usize) -> u64 {
    length as u64
}

/// A number below the length of a list in memory.
fn index(number: u64) -> usize {
    usize::try_from(number).expect("the list is in memory")
}
