//! The general kernel: any set-up, chosen by values that are the same for all lanes, so that branches on them are
//! predicted.
//!
//! θ, its moments, the gradient and the activations lie in slices of registers, in the first-level cache. An update is
//! five passes: pre-activations, activations, outputs and residuals, gradient, optimizer; each is a loop with one
//! `match` outside it. Full batches go over (unit, block of four samples); updates from single samples go over blocks
//! of two units, with inputs and targets as registers, since lanes see different samples. Never compile two choices
//! together: their product is what makes a program slow to build. One size of network is compiled for itself, see
//! `SMALL`.
//!
//! For sigmoid and tanh units in full batches the exponentials are advanced within a window, as the fused kernel does:
//! per unit and sample, or, where the samples are the corners of a square, three for each unit. At a window's start all
//! are computed afresh, so the state of a run there is θ, the moments and the number of updates alone. A lane whose
//! step is large, or whose products could overflow, is computed afresh by itself, and selected.

use crate::batch::Job;
use crate::lanes::{Lanes, Mask, each};
use crate::order::{self, Orders};
use crate::setup::{Constants, Hidden, Loss, Optimizer, Output, SetUp, Update};
use crate::sigmoid::{self, LIMIT, reciprocals, sum_of_squares};
use crate::task::MAX_INPUTS;
use crate::theta::Theta;

/// Four samples, padded with repetitions of the last one.
#[derive(Clone, Copy, Debug)]
struct Block {
    inputs: [[f64; 4]; MAX_INPUTS],
    targets: [f64; 4],
    /// 1 for targets above the middle, −1 for others.
    side: [f64; 4],
    /// The same for the middle of the least and the largest target: where an output is right.
    right: [f64; 4],
    /// For a sigmoid output: 1 − target on side 1, the target on side −1.
    edge: [f64; 4],
    valid: usize,
}

/// How sigmoids of a full batch get their exponentials.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Exponentials {
    /// Computed for each unit and sample at each step.
    Fresh,
    /// The same, advanced within a window.
    Advanced,
    /// Products of three for each unit, which are advanced: for the corners of a square.
    Square,
}

/// A set-up made ready for the kernel.
#[derive(Clone, Debug)]
pub struct Plan {
    hidden: Hidden,
    output: Output,
    is_cross_entropy: bool,
    update: Update,
    optimizer: Optimizer,
    constants: Constants,
    /// Whether a run may have a momentum above 0; of no effect on the bits of one that has none.
    has_momentum: bool,
    /// Whether it is plain descent of all parameters, which needs no pass of its own.
    descends: bool,
    exponentials: Exponentials,
    inputs: usize,
    units: usize,
    blocks: Vec<Block>,
    /// Inputs and target of each sample.
    rows: Vec<[f64; MAX_INPUTS + 1]>,
    orders: Orders,
    /// Where targets above it are on side 1.
    middle: f64,
    /// Where the kernel's parameter i (a unit's bias, output weight and input weights, then the next unit's; last the
    /// output bias) stands in θ.
    places: Vec<usize>,
    /// The kernel's parameters that never move.
    fixed: Vec<usize>,
    /// The corner of a square, and its sides, in pre-activations times two for tanh: of the first and second input.
    corner: [f64; 2],
    sides: [f64; 2],
    /// −∇ is this times the sum of δ·∂(output unit's sum)/∂θ.
    factor: f64,
    /// One divided by the number of samples.
    share: f64,
}

impl Plan {
    /// For a set-up that makes sense, and for runs of which some may have a momentum above 0.
    #[must_use]
    pub fn new(set_up: &SetUp, has_momentum: bool) -> Self {
        let shape = set_up.shape();
        let task = &set_up.task;
        let samples = task.samples();
        // In a sigmoid's outputs ½ is the middle, whatever the targets.
        let [low, high] = task.target_range();
        let between = low / 2.0 + high / 2.0;
        let middle = if set_up.output == Output::Sigmoid { 0.5 } else { between };
        let blocks = samples.chunks(4).map(|chunk| {
            let of = |place: usize| &chunk[place.min(chunk.len() - 1)];
            let mut inputs = [[0.0; 4]; MAX_INPUTS];
            for (input, values) in inputs[..shape.inputs].iter_mut().enumerate() {
                *values = std::array::from_fn(|place| of(place).inputs[input]);
            }
            let targets: [f64; 4] = std::array::from_fn(|place| of(place).target);
            let side = targets.map(|target| if target > middle { 1.0 } else { -1.0 });
            let edge = targets.map(|target| if target > middle { 1.0 - target } else { target });
            let right = targets.map(|target| if target > between { 1.0 } else { -1.0 });
            Block { inputs, targets, side, right, edge, valid: chunk.len() }
        });
        let rows = samples.iter().map(|sample| {
            let mut row = [0.0; MAX_INPUTS + 1];
            row[..shape.inputs].copy_from_slice(&sample.inputs);
            row[shape.inputs] = sample.target;
            row
        });
        let places: Vec<usize> = (0..shape.units)
            .flat_map(|unit| {
                let weights = (0..shape.inputs).map(move |input| shape.input_weight(input, unit));
                [shape.bias(unit), shape.output_weight(unit)].into_iter().chain(weights)
            })
            .chain([shape.output_bias()])
            .collect();
        let mut fixed: Vec<usize> =
            set_up.fixed().filter_map(|place| places.iter().position(|&known| known == place)).collect();
        fixed.sort_unstable();
        fixed.dedup();
        let is_smooth = set_up.hidden.is_logistic();
        // The steps of the others are seldom small.
        let is_calm = matches!(set_up.optimizer, Optimizer::GradientDescent | Optimizer::Nesterov);
        let exponentials = match set_up.update {
            Update::Batch if is_smooth && is_calm && task.is_square() => Exponentials::Square,
            Update::Batch if is_smooth && is_calm => Exponentials::Advanced,
            _ => Exponentials::Fresh,
        };
        let double = if set_up.hidden == Hidden::Tanh { 2.0 } else { 1.0 };
        let (corner, sides) = if task.is_square() {
            let corner = [samples[0].inputs[0], samples[0].inputs[1]];
            let sides = [samples[1].inputs[0] - corner[0], samples[2].inputs[1] - corner[1]];
            (corner.map(|value| double * value), sides.map(|value| double * value))
        } else {
            ([0.0; 2], [0.0; 2])
        };
        let updated_from = if set_up.update == Update::Batch { samples.len() } else { 1 };
        Self {
            hidden: set_up.hidden,
            output: set_up.output,
            is_cross_entropy: set_up.loss == Loss::CrossEntropy,
            update: set_up.update,
            optimizer: set_up.optimizer,
            constants: set_up.constants,
            has_momentum,
            descends: set_up.optimizer == Optimizer::GradientDescent && !has_momentum && fixed.is_empty(),
            exponentials,
            inputs: shape.inputs,
            units: shape.units,
            blocks: blocks.collect(),
            rows: rows.collect(),
            orders: Orders::new(set_up.update, samples.len()),
            middle,
            places,
            fixed,
            corner,
            sides,
            factor: set_up.loss.factor(updated_from),
            share: 1.0 / samples.len() as f64,
        }
    }

    /// Whether the loss is something of its own, and not a multiple of the error.
    pub(crate) fn is_cross_entropy(&self) -> bool {
        self.is_cross_entropy
    }

    /// How large the network is.
    #[inline(always)]
    fn size(&self) -> Size {
        Size { inputs: self.inputs, units: self.units }
    }

    /// The pre-activation of a square's corner, and what its sides add; doubled for tanh.
    #[inline(always)]
    fn parts<L: Lanes>(&self, unit: &[L; 4]) -> [L; 3] {
        let k = |value: f64| unit[0].like(value);
        let bias = if self.hidden == Hidden::Tanh { unit[0] + unit[0] } else { unit[0] };
        let corner = unit[3].mul_add(k(self.corner[1]), unit[2].mul_add(k(self.corner[0]), bias));
        [corner, unit[2] * k(self.sides[0]), unit[3] * k(self.sides[1])]
    }

    #[inline(always)]
    fn units<'a, L>(&self, all: &'a [L]) -> Chunks<'a, L> {
        self.size().units(all)
    }

    #[inline(always)]
    fn units_mut<'a, L>(&self, all: &'a mut [L]) -> ChunksMut<'a, L> {
        self.size().units_mut(all)
    }
}

/// How large a network is: a constant where code is to be compiled for one size.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Size {
    inputs: usize,
    units: usize,
}

impl Size {
    /// How many registers of a unit are neighbours in the kernel's θ.
    #[inline(always)]
    fn stride(self) -> usize {
        self.inputs + 2
    }

    /// Unit by unit, what is in the kernel's order.
    #[inline(always)]
    fn units<L>(self, all: &[L]) -> Chunks<'_, L> {
        Chunks { rest: all, size: self.stride() }
    }

    #[inline(always)]
    fn units_mut<L>(self, all: &mut [L]) -> ChunksMut<'_, L> {
        ChunksMut { rest: all, size: self.stride() }
    }
}

/// The size of the question's network. Its updates from single samples by plain descent are compiled a second time, for
/// this size: each waits for the one before, and that wait is shorter if θ need not go through memory between passes.
const SMALL: Size = Size { inputs: 2, units: 2 };
const SMALL_PARAMETERS: usize = 9;
const _: () = assert!(SMALL_PARAMETERS == SMALL.units * (SMALL.inputs + 2) + 1);

/// As `chunks_exact`, but without the division that it begins with, which would cost more than a short pass.
struct Chunks<'a, T> {
    rest: &'a [T],
    size: usize,
}

impl<'a, T> Iterator for Chunks<'a, T> {
    type Item = &'a [T];

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let (chunk, rest) = self.rest.split_at_checked(self.size)?;
        self.rest = rest;
        Some(chunk)
    }
}

/// The same to be changed.
struct ChunksMut<'a, T> {
    rest: &'a mut [T],
    size: usize,
}

impl<'a, T> Iterator for ChunksMut<'a, T> {
    type Item = &'a mut [T];

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let (chunk, rest) = std::mem::take(&mut self.rest).split_at_mut_checked(self.size)?;
        self.rest = rest;
        Some(chunk)
    }
}

const SIGMOID: u8 = 0;
const TANH: u8 = 1;
const RECTIFIER: u8 = 2;

/// What an exponential was computed for, and what it is.
#[derive(Clone, Copy)]
struct Memory<L, const B: usize> {
    z: [L; B],
    e: [L; B],
}

/// Runs in registers, and what a pass leaves for the next.
#[derive(Clone)]
pub struct State<L> {
    /// In the kernel's order; see [`Plan::places`].
    theta: Vec<L>,
    /// The velocity, or the mean of gradients, or the last gradient.
    first: Vec<L>,
    /// The mean of squared gradients, or Rprop's steps.
    second: Vec<L>,
    /// Σ δ·∂(output unit's sum)/∂θ.
    gradient: Vec<L>,
    activations: Vec<[L; 4]>,
    preactivations: Vec<[L; 4]>,
    memory: Vec<Memory<L, 4>>,
    squares: Vec<Memory<L, 3>>,
    /// Of a linear output δ is the residual, and these are not kept.
    residuals: Vec<[L; 4]>,
    delta: Vec<[L; 4]>,
    alpha: L,
    momentum: L,
    /// β₁^t and β₂^t of Adam.
    decays: [L; 2],
    /// What orders of samples are drawn from.
    streams: Vec<u64>,
    /// The step each lane is at.
    steps: Vec<u64>,
    /// Each lane's order of samples in this step, as numbers.
    order: Vec<L>,
    /// E at θ.
    error: L,
    /// The largest residual towards the other target.
    astray: L,
    /// The mean cross-entropy, where that is descended.
    loss: L,
    /// Bit `i` is set if exponentials could not be advanced in lane `i` in this window.
    rough: u64,
}

/// What a step shows before its update.
#[derive(Clone, Copy)]
pub struct StepErrors<L> {
    /// E at θ.
    pub error: L,
    /// The largest residual towards the other target.
    pub astray: L,
    /// The largest absolute residual.
    pub residual: L,
    /// The mean cross-entropy; 0 where another loss is descended.
    pub loss: L,
}

impl<L: Lanes> State<L> {
    /// Lanes that stand still.
    #[inline(always)]
    pub fn new(token: L::Token, plan: &Plan) -> Self {
        let zero = L::splat(token, 0.0);
        let (units, blocks, parameters) = (plan.units, plan.blocks.len(), plan.places.len());
        let many = units * blocks;
        Self {
            theta: vec![zero; parameters],
            first: vec![zero; parameters],
            second: vec![zero; parameters],
            gradient: vec![zero; parameters],
            activations: vec![[zero; 4]; many],
            preactivations: vec![[zero; 4]; many],
            memory: vec![Memory { z: [zero; 4], e: [zero; 4] }; many],
            squares: vec![Memory { z: [zero; 3], e: [zero; 3] }; units],
            residuals: vec![[zero; 4]; blocks],
            delta: vec![[zero; 4]; blocks],
            alpha: zero,
            momentum: zero,
            decays: [L::splat(token, 1.0); 2],
            streams: vec![0; L::LANES],
            steps: vec![0; L::LANES],
            order: vec![zero; plan.rows.len()],
            error: zero,
            astray: zero,
            loss: zero,
            rough: 0,
        }
    }

    /// Lanes that stand still and never move: without what only passes need.
    #[inline(always)]
    pub fn parked(token: L::Token, plan: &Plan) -> Self {
        let mut state = Self::new(token, plan);
        (state.gradient, state.memory, state.squares) = (Vec::new(), Vec::new(), Vec::new());
        (state.activations, state.preactivations) = (Vec::new(), Vec::new());
        (state.residuals, state.delta, state.order) = (Vec::new(), Vec::new(), Vec::new());
        state
    }

    /// Puts a run into a lane, at its start.
    #[inline(always)]
    pub fn enter(&mut self, plan: &Plan, lane: usize, job: &Job) {
        for (register, &place) in self.theta.iter_mut().zip(&plan.places) {
            register.set_lane(lane, job.start[place]);
        }
        for register in &mut self.first {
            register.set_lane(lane, 0.0);
        }
        // Rprop's steps begin with α.
        let second = if plan.optimizer == Optimizer::Rprop { job.alpha } else { 0.0 };
        for register in &mut self.second {
            register.set_lane(lane, second);
        }
        self.decays[0].set_lane(lane, 1.0);
        self.decays[1].set_lane(lane, 1.0);
        self.alpha.set_lane(lane, job.alpha);
        self.momentum.set_lane(lane, job.momentum);
        self.streams[lane] = order::stream(job.seed);
        self.steps[lane] = 0;
    }

    /// Makes a lane stand still.
    #[inline(always)]
    pub fn leave(&mut self, lane: usize) {
        for register in self.theta.iter_mut().chain(&mut self.first).chain(&mut self.second) {
            register.set_lane(lane, 0.0);
        }
        self.alpha.set_lane(lane, 0.0);
        self.momentum.set_lane(lane, 0.0);
    }

    /// Takes over the runs of another state where it was at a window's start.
    #[inline(always)]
    pub fn take(&mut self, begun: &Self) {
        self.theta.copy_from_slice(&begun.theta);
        self.first.copy_from_slice(&begun.first);
        self.second.copy_from_slice(&begun.second);
        self.alpha = begun.alpha;
        self.momentum = begun.momentum;
        self.decays = begun.decays;
        self.streams.copy_from_slice(&begun.streams);
        self.steps.copy_from_slice(&begun.steps);
    }

    /// Swaps the runs with those of another state, both between windows.
    #[inline(always)]
    pub fn swap(&mut self, other: &mut Self) {
        std::mem::swap(&mut self.theta, &mut other.theta);
        std::mem::swap(&mut self.first, &mut other.first);
        std::mem::swap(&mut self.second, &mut other.second);
        std::mem::swap(&mut self.alpha, &mut other.alpha);
        std::mem::swap(&mut self.momentum, &mut other.momentum);
        std::mem::swap(&mut self.decays, &mut other.decays);
        std::mem::swap(&mut self.streams, &mut other.streams);
        std::mem::swap(&mut self.steps, &mut other.steps);
    }

    /// Puts a run of another state into a lane, as it was at a window's start.
    #[inline(always)]
    pub fn take_lane(&mut self, lane: usize, from: &Self, there: usize) {
        let copy = |to: &mut [L], from: &[L]| {
            for (to, from) in to.iter_mut().zip(from) {
                to.set_lane(lane, from.lane(there));
            }
        };
        copy(&mut self.theta, &from.theta);
        copy(&mut self.first, &from.first);
        copy(&mut self.second, &from.second);
        copy(&mut self.decays, &from.decays);
        self.alpha.set_lane(lane, from.alpha.lane(there));
        self.momentum.set_lane(lane, from.momentum.lane(there));
        self.streams[lane] = from.streams[there];
        self.steps[lane] = from.steps[there];
    }

    /// Bit `i` is set if lane `i` made its block go the slow way in the last window.
    #[inline(always)]
    pub fn rough(&self) -> u64 {
        self.rough
    }

    /// θ in a lane.
    #[inline(always)]
    pub fn theta(&self, plan: &Plan, lane: usize) -> Theta {
        let mut theta: Theta = smallvec::smallvec![0.0; plan.places.len()];
        for (register, &place) in self.theta.iter().zip(&plan.places) {
            theta[place] = register.lane(lane);
        }
        theta
    }

    /// Puts a point into all lanes, given in θ's order.
    #[inline(always)]
    pub fn put(&mut self, plan: &Plan, theta: &[L]) {
        for (register, &place) in self.theta.iter_mut().zip(&plan.places) {
            *register = theta[place];
        }
    }

    /// −∇ of the loss in θ's order, after [`State::evaluate`].
    #[inline(always)]
    pub fn descent(&mut self, plan: &Plan) -> Vec<L> {
        self.gradient_of_batch::<false>(plan);
        let factor = self.alpha.like(plan.factor);
        let mut all = vec![factor.like(0.0); plan.places.len()];
        for (register, &place) in self.gradient.iter().zip(&plan.places) {
            all[place] = *register * factor;
        }
        all
    }

    /// Target − output of each sample; after [`State::evaluate`].
    #[inline(always)]
    pub fn residuals(&self, plan: &Plan) -> Vec<L> {
        self.kept_residuals(plan).to_vec()
    }

    #[inline(always)]
    fn kept_residuals(&self, plan: &Plan) -> &[L] {
        let kept = if plan.output == Output::Linear { &self.delta } else { &self.residuals };
        &kept.as_flattened()[..plan.rows.len()]
    }

    /// The run in one lane, by itself.
    #[inline(always)]
    pub fn alone(&self, plan: &Plan, lane: usize) -> State<f64> {
        let mut alone = State::<f64>::new((), plan);
        let copy = |to: &mut [f64], from: &[L]| {
            for (to, from) in to.iter_mut().zip(from) {
                *to = from.lane(lane);
            }
        };
        copy(&mut alone.theta, &self.theta);
        copy(&mut alone.first, &self.first);
        copy(&mut alone.second, &self.second);
        alone.alpha = self.alpha.lane(lane);
        alone.momentum = self.momentum.lane(lane);
        alone.decays = [self.decays[0].lane(lane), self.decays[1].lane(lane)];
        alone.streams[0] = self.streams[lane];
        alone.steps[0] = self.steps[lane];
        alone
    }

    /// What is to be seen; after [`State::evaluate`].
    #[inline(always)]
    pub fn seen(&self, plan: &Plan) -> StepErrors<L> {
        // Those who do not ask for the largest residual do not wait for it.
        let zero = self.error.like(0.0);
        let residuals = self.kept_residuals(plan).iter();
        let residual = residuals.fold(zero, |most, part| most.maximum(part.abs()));
        StepErrors { error: self.error, astray: self.astray, residual, loss: self.loss }
    }

    /// Activations of unit by unit in all samples, in order; after [`State::evaluate`].
    #[inline(always)]
    pub fn activations(&self, plan: &Plan, unit: usize) -> Vec<L> {
        let blocks = plan.blocks.len();
        let all = self.activations[unit * blocks..(unit + 1) * blocks].as_flattened();
        all[..plan.rows.len()].to_vec()
    }

    /// Passes over all samples up to the errors, with exponentials computed afresh.
    #[inline(always)]
    pub fn evaluate(&mut self, plan: &Plan) {
        self.preactivate(plan);
        self.activate(plan, true, false);
        self.judge(plan);
    }

    /// z of each unit and sample, doubled for tanh.
    #[inline(always)]
    fn preactivate(&mut self, plan: &Plan) {
        let mut all = ChunksMut { rest: &mut self.preactivations, size: plan.blocks.len() };
        for (unit, zs) in plan.units(&self.theta).zip(&mut all) {
            let bias = unit[0];
            for (block, z) in plan.blocks.iter().zip(zs) {
                let mut sum = [bias; 4];
                for (weight, inputs) in unit[2..].iter().zip(&block.inputs) {
                    sum = each!(s => weight.mul_add(bias.like(inputs[s]), sum[s]));
                }
                *z = sum;
            }
        }
        if plan.hidden == Hidden::Tanh {
            for z in &mut self.preactivations {
                *z = each!(s => z[s] + z[s]);
            }
        }
    }

    /// Activations of all units and samples. `afresh`: nothing is advanced; `keep`: exponentials are kept, to be.
    #[inline(always)]
    fn activate(&mut self, plan: &Plan, afresh: bool, keep: bool) {
        let leak = plan.hidden.leak();
        if plan.hidden.is_rectifier() {
            for (z, h) in self.preactivations.iter().zip(&mut self.activations) {
                *h = each!(s => rectified(z[s], leak));
            }
            return;
        }
        let all = self.preactivations.iter().zip(&mut self.activations).zip(&mut self.memory);
        if afresh {
            for ((z, h), memory) in all {
                let fresh = L::shares(z, 0);
                *h = fresh.right;
                if keep {
                    *memory = Memory { z: *z, e: fresh.exponential };
                }
            }
        } else {
            for ((z, h), memory) in all {
                *h = advanced(z, memory, &mut self.rough);
            }
        }
        self.bend(plan);
    }

    /// From σ(2z) to tanh z.
    #[inline(always)]
    fn bend(&mut self, plan: &Plan) {
        if plan.hidden == Hidden::Tanh {
            for h in &mut self.activations {
                *h = each!(s => (h[s] + h[s]) - h[s].like(1.0));
            }
        }
    }

    /// Activations from three exponentials for each unit.
    #[inline(always)]
    fn activate_square(&mut self, plan: &Plan, afresh: bool) {
        let units = self.theta.as_chunks::<4>().0;
        if afresh {
            for (unit, memory) in units.iter().zip(&mut self.squares) {
                let z = plan.parts(unit);
                *memory = Memory { z, e: each!(i => (-z[i]).exp()) };
            }
        }
        for ((unit, h), memory) in units.iter().zip(&mut self.activations).zip(&mut self.squares) {
            *h = from_square(&plan.parts(unit), memory, &mut self.rough);
        }
        self.bend(plan);
    }

    /// Outputs, residuals, error and loss of all samples; what goes back to the layer below.
    #[inline(always)]
    fn judge(&mut self, plan: &Plan) {
        let bias = self.theta[self.theta.len() - 1];
        let zero = bias.like(0.0);
        let (mut error, mut loss) = (zero, zero);
        let mut astray = bias.like(f64::NEG_INFINITY);
        let blocks = plan.blocks.len();
        let all = plan.blocks.iter().zip(&mut self.residuals).zip(&mut self.delta);
        for (b, ((block, kept), delta)) in all.enumerate() {
            let mut sum = [bias; 4];
            let activations = Chunks { rest: &self.activations, size: blocks };
            for (unit, h) in plan.units(&self.theta).zip(activations) {
                let h = &h[b];
                sum = each!(s => h[s].mul_add(unit[1], sum[s]));
            }
            let k = |values: &[f64; 4]| -> [L; 4] { each!(s => zero.like(values[s])) };
            let judged = judge(
                plan,
                &sum,
                &k(&block.targets),
                #[inline(always)]
                || (k(&block.side), k(&block.edge)),
                block.valid,
            );
            let Judged { residual, .. } = judged;
            let mut squares: [L; 4] = each!(s => residual[s] * residual[s]);
            if plan.output != Output::Linear {
                *kept = residual;
            }
            *delta = judged.delta;
            for s in block.valid..4 {
                squares[s] = zero;
                delta[s] = zero;
            }
            error = error + ((squares[0] + squares[1]) + (squares[2] + squares[3]));
            loss = loss + judged.loss;
            let off: [L; 4] = each!(s => residual[s] * zero.like(block.right[s]));
            astray = astray.maximum(off[0].maximum(off[1]).maximum(off[2].maximum(off[3])));
        }
        let share = zero.like(plan.share);
        self.error = error * share;
        self.loss = loss * share;
        self.astray = astray;
    }

    #[inline(always)]
    fn gradient_of_batch<const DESCENDS: bool>(&mut self, plan: &Plan) {
        match plan.hidden {
            Hidden::Sigmoid => self.gradient::<SIGMOID, DESCENDS>(plan),
            Hidden::Tanh => self.gradient::<TANH, DESCENDS>(plan),
            Hidden::Relu | Hidden::LeakyRelu => self.gradient::<RECTIFIER, DESCENDS>(plan),
        }
        self.hold(plan);
    }

    /// Σ δ·∂(output unit's sum)/∂θ over the samples; it `DESCENDS` at once where nothing else is to be done with it.
    #[inline(always)]
    fn gradient<const A: u8, const DESCENDS: bool>(&mut self, plan: &Plan) {
        let leak = plan.hidden.leak();
        let zero = self.alpha.like(0.0);
        let rate = self.rate(plan);
        let blocks = plan.blocks.len();
        let units = plan.units_mut(&mut self.theta).zip(plan.units_mut(&mut self.gradient));
        let activations = Chunks { rest: &self.activations, size: blocks };
        for ((theta, gradient), activations) in units.zip(activations) {
            let weight = theta[1];
            let (mut of_weight, mut of_bias) = (zero, zero);
            for (b, ((block, delta), h)) in plan.blocks.iter().zip(&self.delta).zip(activations).enumerate() {
                let g: [L; 4] = each!(s => delta[s] * h[s]);
                let d: [L; 4] = each!(s => below::<L, A>(h[s], delta[s], g[s], leak));
                of_weight = of_weight + ((g[0] + g[1]) + (g[2] + g[3]));
                of_bias = of_bias + ((d[0] + d[1]) + (d[2] + d[3]));
                let inputs = theta[2..].iter_mut().zip(&mut gradient[2..]).zip(&block.inputs);
                for ((theta, gradient), x) in inputs {
                    let mut sum = if b == 0 { zero } else { *gradient };
                    for s in 0..4 {
                        sum = d[s].mul_add(zero.like(x[s]), sum);
                    }
                    if b + 1 == blocks {
                        put::<L, DESCENDS>(theta, gradient, weight * sum, rate);
                    } else {
                        *gradient = sum;
                    }
                }
            }
            put::<L, DESCENDS>(&mut theta[0], &mut gradient[0], weight * of_bias, rate);
            put::<L, DESCENDS>(&mut theta[1], &mut gradient[1], of_weight, rate);
        }
        let mut sum = zero;
        for delta in &self.delta {
            sum = sum + ((delta[0] + delta[1]) + (delta[2] + delta[3]));
        }
        let last = self.gradient.len() - 1;
        put::<L, DESCENDS>(&mut self.theta[last], &mut self.gradient[last], sum, rate);
    }

    /// What plain descent multiplies a sum of gradients by.
    #[inline(always)]
    fn rate(&self, plan: &Plan) -> L {
        self.alpha * self.alpha.like(plan.factor)
    }

    /// Parameters that never move have no gradient.
    #[inline(always)]
    fn hold(&mut self, plan: &Plan) {
        for &place in &plan.fixed {
            self.gradient[place] = self.alpha.like(0.0);
        }
    }

    /// Draws each lane's order of this step.
    #[inline(always)]
    fn draw(&mut self, plan: &Plan) {
        for lane in 0..L::LANES {
            plan.orders.draw(self.streams[lane], self.steps[lane], |at, sample| {
                self.order[at].set_lane(lane, sample);
            });
        }
    }

    /// Inputs and target of update `k` of a step, for each lane, into `sample`.
    #[inline(always)]
    fn fetch(&self, plan: &Plan, k: usize, sample: &mut [L]) {
        let zero = self.alpha.like(0.0);
        let count = plan.rows.len();
        if plan.update == Update::InOrder {
            for (x, &value) in sample.iter_mut().zip(&plan.rows[k]) {
                *x = zero.like(value);
            }
        } else if count <= 8 {
            let place = self.order[k];
            // Column by column, so that the number being selected stays in its register.
            for (i, x) in sample.iter_mut().enumerate() {
                let mut chosen = zero.like(plan.rows[count - 1][i]);
                for (at, row) in plan.rows[..count - 1].iter().enumerate().rev() {
                    chosen = L::select(place.less(zero.like(at as f64 + 0.5)), zero.like(row[i]), chosen);
                }
                *x = chosen;
            }
        } else {
            for lane in 0..L::LANES {
                let row = &plan.rows[self.order[k].lane(lane) as usize];
                for (x, &value) in sample.iter_mut().zip(row) {
                    x.set_lane(lane, value);
                }
            }
        }
    }

    /// Updates from single samples.
    #[inline(always)]
    fn descend_one_by_one(&mut self, plan: &Plan) {
        let rate = self.rate(plan);
        let mut sample = [rate; MAX_INPUTS + 1];
        let sample = &mut sample[..=plan.inputs];
        for k in 0..plan.rows.len() {
            self.fetch(plan, k, sample);
            let one = One { plan, size: plan.size(), sample };
            let h = self.activations.as_flattened_mut();
            if plan.descends {
                one.descend::<true>(&mut self.theta, h, &mut self.gradient, rate);
            } else {
                one.descend::<false>(&mut self.theta, h, &mut self.gradient, rate);
                self.hold(plan);
                self.update(plan);
            }
        }
    }

    /// Updates from single samples, of a network of the size `SMALL` by plain descent.
    #[inline(always)]
    fn descend_small(&mut self, plan: &Plan) {
        let rate = self.rate(plan);
        let mut theta: [L; SMALL_PARAMETERS] = each!(i => self.theta[i]);
        let mut sample = [rate; SMALL.inputs + 1];
        for k in 0..plan.rows.len() {
            self.fetch(plan, k, &mut sample);
            let (mut h, mut unused) = ([rate; SMALL.units], theta);
            One { plan, size: SMALL, sample: &sample }.descend::<true>(&mut theta, &mut h, &mut unused, rate);
        }
        self.theta.copy_from_slice(&theta);
    }

    /// θ from the gradient.
    #[inline(always)]
    fn update(&mut self, plan: &Plan) {
        let (alpha, momentum) = (self.alpha, self.momentum);
        let k = |value: f64| alpha.like(value);
        let rate = self.rate(plan);
        let zero = k(0.0);
        let Constants { beta1, beta2, rho, epsilon } = plan.constants;
        match plan.optimizer {
            Optimizer::GradientDescent if !plan.has_momentum => {
                for (theta, g) in self.theta.iter_mut().zip(&mut self.gradient) {
                    put::<L, true>(theta, g, *g, rate);
                }
            }
            Optimizer::GradientDescent => {
                // Without momentum v must not matter: adding 0 · v would make a 0 of −0, and a NaN where v is infinite.
                let is_pushed = zero.less(momentum);
                for ((theta, g), v) in self.theta.iter_mut().zip(&self.gradient).zip(&mut self.first) {
                    let push = *g * rate;
                    *v = L::select(is_pushed, v.mul_add(momentum, push), push);
                    *theta = *theta + *v;
                }
            }
            Optimizer::Nesterov => {
                for ((theta, g), v) in self.theta.iter_mut().zip(&self.gradient).zip(&mut self.first) {
                    let push = *g * rate;
                    *v = v.mul_add(momentum, push);
                    *theta = *theta + v.mul_add(momentum, push);
                }
            }
            Optimizer::RmsProp => {
                let scale = k(plan.factor);
                let moments = self.first.iter_mut().zip(&mut self.second);
                for ((theta, g), (v, s)) in self.theta.iter_mut().zip(&self.gradient).zip(moments) {
                    let g = *g * scale;
                    *s = (g * g).mul_add(k(1.0 - rho), *s * k(rho));
                    *v = v.mul_add(momentum, g / (s.sqrt() + k(epsilon)));
                    *theta = v.mul_add(alpha, *theta);
                }
            }
            Optimizer::Adam => {
                let scale = k(plan.factor);
                self.decays = [self.decays[0] * k(beta1), self.decays[1] * k(beta2)];
                let root = (k(1.0) - self.decays[1]).sqrt();
                // α / (1 − β₁^t) · m / (√s / root + ε), with root brought to the other side.
                let rate = alpha * root / (k(1.0) - self.decays[0]);
                let epsilon = root * k(epsilon);
                let moments = self.first.iter_mut().zip(&mut self.second);
                for ((theta, g), (m, s)) in self.theta.iter_mut().zip(&self.gradient).zip(moments) {
                    let g = *g * scale;
                    *m = g.mul_add(k(1.0 - beta1), *m * k(beta1));
                    *s = (g * g).mul_add(k(1.0 - beta2), *s * k(beta2));
                    *theta = (rate * *m / (s.sqrt() + epsilon)) + *theta;
                }
            }
            Optimizer::Rprop => {
                let moments = self.first.iter_mut().zip(&mut self.second);
                for ((theta, g), (last, step)) in self.theta.iter_mut().zip(&self.gradient).zip(moments) {
                    let sign = *g * *last;
                    let turned = sign.less(zero);
                    let larger = (*step * k(RPROP_GROWTH)).minimum(k(RPROP_MOST));
                    let smaller = (*step * k(RPROP_SHRINKAGE)).maximum(k(RPROP_LEAST));
                    *step = L::select(zero.less(sign), larger, L::select(turned, smaller, *step));
                    let g = L::select(turned, zero, *g);
                    // Not a number stays one.
                    let still = g * zero;
                    let moved = L::select(zero.less(g), *step, L::select(g.less(zero), -*step, still));
                    *theta = *theta + moved;
                    *last = g;
                }
            }
        }
    }

    /// A step: an update from all samples, or one from each.
    #[inline(always)]
    fn step(&mut self, plan: &Plan, is_first: bool) {
        if plan.exponentials == Exponentials::Square {
            self.activate_square(plan, is_first);
        } else {
            self.preactivate(plan);
            let keep = plan.exponentials == Exponentials::Advanced;
            self.activate(plan, is_first || !keep, keep);
        }
        self.judge(plan);
    }

    /// After [`State::step`] and whoever looks at it: the updates.
    #[inline(always)]
    fn move_on(&mut self, plan: &Plan) {
        if plan.update == Update::Batch {
            if plan.descends {
                self.gradient_of_batch::<true>(plan);
            } else {
                self.gradient_of_batch::<false>(plan);
                self.update(plan);
            }
        } else {
            if plan.update.draws() {
                self.draw(plan);
            }
            if plan.descends && plan.size() == SMALL {
                self.descend_small(plan);
            } else {
                self.descend_one_by_one(plan);
            }
        }
        for step in &mut self.steps {
            *step += 1;
        }
    }
}

/// An update from one sample, in each lane its own.
struct One<'a, L> {
    plan: &'a Plan,
    /// As the plan's; see `SMALL`.
    size: Size,
    /// Inputs and target.
    sample: &'a [L],
}

impl<L: Lanes> One<'_, L> {
    /// Activations and gradient; it `DESCENDS` at once where nothing else is to be done with the gradient, which is then
    /// not kept.
    #[inline(always)]
    fn descend<const DESCENDS: bool>(&self, theta: &mut [L], h: &mut [L], gradient: &mut [L], rate: L) {
        self.activate(theta, h);
        let delta = self.judge(theta, h);
        match self.plan.hidden {
            Hidden::Sigmoid => self.gradient::<SIGMOID, DESCENDS>(theta, h, gradient, delta, rate),
            Hidden::Tanh => self.gradient::<TANH, DESCENDS>(theta, h, gradient, delta, rate),
            Hidden::Relu | Hidden::LeakyRelu => {
                self.gradient::<RECTIFIER, DESCENDS>(theta, h, gradient, delta, rate);
            }
        }
    }

    /// Activations of all units, two units at a time.
    #[inline(always)]
    fn activate(&self, theta: &[L], h: &mut [L]) {
        let leak = self.plan.hidden.leak();
        let mut units = self.size.units(theta);
        for h in h.as_chunks_mut::<2>().0 {
            let Some(one) = units.next() else { break };
            // The last pair may have its unit twice.
            let two = units.next().unwrap_or(one);
            let mut z = [one[0], two[0]];
            for ((w, v), x) in one[2..].iter().zip(&two[2..]).zip(self.sample) {
                z = [w.mul_add(*x, z[0]), v.mul_add(*x, z[1])];
            }
            if self.plan.hidden.is_rectifier() {
                *h = each!(i => rectified(z[i], leak));
                continue;
            }
            // From σ(2z) to tanh z.
            let is_tanh = self.plan.hidden == Hidden::Tanh;
            if is_tanh {
                z = each!(i => z[i] + z[i]);
            }
            *h = L::shares(&z, 0).right;
            if is_tanh {
                *h = each!(i => (h[i] + h[i]) - h[i].like(1.0));
            }
        }
    }

    /// δ.
    #[inline(always)]
    fn judge(&self, theta: &[L], h: &[L]) -> L {
        let mut sum = theta[theta.len() - 1];
        for (unit, h) in self.size.units(theta).zip(h) {
            sum = h.mul_add(unit[1], sum);
        }
        let target = self.sample[self.size.inputs];
        let one = target.like(1.0);
        let judged = judge(
            self.plan,
            &[sum],
            &[target],
            #[inline(always)]
            || {
                let is_high = target.like(self.plan.middle).less(target);
                ([L::select(is_high, one, -one)], [L::select(is_high, one - target, target)])
            },
            0,
        );
        judged.delta[0]
    }

    /// See [`State::gradient`].
    #[inline(always)]
    fn gradient<const A: u8, const DESCENDS: bool>(
        &self,
        theta: &mut [L],
        h: &[L],
        gradient: &mut [L],
        delta: L,
        rate: L,
    ) {
        let leak = self.plan.hidden.leak();
        let inputs = &self.sample[..self.size.inputs];
        let last = theta.len() - 1;
        let units = self.size.units_mut(theta).zip(self.size.units_mut(gradient));
        for ((theta, gradient), h) in units.zip(h) {
            let g = delta * *h;
            let d = theta[1] * below::<L, A>(*h, delta, g, leak);
            put::<L, DESCENDS>(&mut theta[0], &mut gradient[0], d, rate);
            put::<L, DESCENDS>(&mut theta[1], &mut gradient[1], g, rate);
            for ((theta, gradient), x) in theta[2..].iter_mut().zip(&mut gradient[2..]).zip(inputs) {
                put::<L, DESCENDS>(theta, gradient, d * *x, rate);
            }
        }
        put::<L, DESCENDS>(&mut theta[last], &mut gradient[last], delta, rate);
    }
}

/// What Rprop's steps are multiplied by, and their bounds, as in PyTorch.
const RPROP_GROWTH: f64 = 1.2;
const RPROP_SHRINKAGE: f64 = 0.5;
const RPROP_LEAST: f64 = 1e-6;
const RPROP_MOST: f64 = 50.0;

/// Does `steps` steps (at most [`WINDOW`](crate::WINDOW)), each shown to `see` before its update.
#[inline(always)]
pub fn window<L: Lanes>(
    plan: &Plan,
    state: &mut State<L>,
    steps: usize,
    mut see: impl FnMut(usize, &State<L>),
) {
    state.rough = 0;
    for index in 0..steps {
        state.step(plan, index == 0);
        see(index, state);
        state.move_on(plan);
    }
}

/// Keeps a gradient for [`State::update`], or does plain descent at once, which needs no other pass.
#[inline(always)]
fn put<L: Lanes, const DESCENDS: bool>(theta: &mut L, gradient: &mut L, value: L, rate: L) {
    if DESCENDS {
        *theta = *theta + value * rate;
    } else {
        *gradient = value;
    }
}

#[inline(always)]
fn rectified<L: Lanes>(z: L, leak: f64) -> L {
    let zero = z.like(0.0);
    L::select(z.less(zero), if leak == 0.0 { zero } else { z * zero.like(leak) }, z)
}

/// Sigmoids with exponentials that are advanced from where they were.
#[inline(always)]
fn advanced<L: Lanes>(z: &[L; 4], memory: &mut Memory<L, 4>, rough: &mut u64) -> [L; 4] {
    let one = z[0].like(1.0);
    let moved: [L; 4] = each!(i => memory.z[i] - z[i]);
    let small = sum_of_squares(&moved).at_most(one.like(sigmoid::SMALL * sigmoid::SMALL));
    let mut e: [L; 4] = each!(i => sigmoid::advance(memory.e[i], moved[i]));
    let d: [L; 4] = each!(i => one + e[i]);
    let (mut h, product) = reciprocals(&d);
    let good = small & product.at_most(one.like(LIMIT));
    if !good.all() {
        *rough |= !good.bits();
        let z = *z;
        (e, h) = one.apart(
            #[inline(always)]
            move || {
                for i in 0..4 {
                    e[i] = L::select(good, e[i], (-z[i]).exp());
                    h[i] = L::select(good, h[i], one / (one + e[i]));
                }
                (e, h)
            },
        );
    }
    *memory = Memory { z: *z, e };
    h
}

/// Sigmoids of the corners of a square from e^−base, e^−first and e^−second, which are advanced from where they were.
#[inline(always)]
fn from_square<L: Lanes>(parts: &[L; 3], memory: &mut Memory<L, 3>, rough: &mut u64) -> [L; 4] {
    let one = parts[0].like(1.0);
    let moved: [L; 3] = each!(i => memory.z[i] - parts[i]);
    let small = sum_of_squares(&moved).at_most(one.like(sigmoid::SMALL * sigmoid::SMALL));
    let mut e: [L; 3] = each!(i => sigmoid::advance(memory.e[i], moved[i]));
    let along = e[0] * e[1];
    let d = [one + e[0], one + along, one + e[0] * e[2], one + along * e[2]];
    let (mut h, product) = reciprocals(&d);
    // What is multiplied by a factor that has underflowed is lost.
    let least = e[0].minimum(e[2]).minimum(along);
    let good = small & product.at_most(one.like(LIMIT)) & one.like(f64::MIN_POSITIVE).at_most(least);
    if !good.all() {
        *rough |= !good.bits();
        let parts = *parts;
        (e, h) = one.apart(
            #[inline(always)]
            move || {
                let along = parts[0] + parts[1];
                let z = [parts[0], along, parts[0] + parts[2], along + parts[2]];
                for i in 0..3 {
                    e[i] = L::select(good, e[i], (-parts[i]).exp());
                }
                for i in 0..4 {
                    h[i] = L::select(good, h[i], one / (one + (-z[i]).exp()));
                }
                (e, h)
            },
        );
    }
    *memory = Memory { z: *parts, e };
    h
}

/// From the output unit's sum to residuals, and to what goes back.
#[derive(Clone, Copy)]
struct Judged<L, const B: usize> {
    residual: [L; B],
    delta: [L; B],
    /// With cross-entropy: the sum of the losses of the first `valid` samples.
    loss: L,
}

#[inline(always)]
fn judge<L: Lanes, const B: usize>(
    plan: &Plan,
    sum: &[L; B],
    target: &[L; B],
    sides: impl Fn() -> ([L; B], [L; B]),
    valid: usize,
) -> Judged<L, B> {
    let zero = sum[0].like(0.0);
    if plan.output == Output::Linear {
        let residual = each!(i => target[i] - sum[i]);
        return Judged { residual, delta: residual, loss: zero };
    }
    if plan.output == Output::Tanh {
        // tanh y = p − q with the shares p and q of 2y; its derivative is 4pq.
        let doubled: [L; B] = each!(i => sum[i] + sum[i]);
        let shares = L::shares(&doubled, 0);
        let (p, q) = (shares.right, shares.wrong);
        let residual: [L; B] = each!(i => target[i] - (p[i] - q[i]));
        let delta = each!(i => residual[i] * (p[i] * q[i] * zero.like(4.0)));
        return Judged { residual, delta, loss: zero };
    }
    // Seen from the target's side, the residual is what the other side has, less what it should have.
    let (side, edge) = sides();
    let z: [L; B] = each!(i => sum[i] * side[i]);
    let shares = L::shares(&z, if plan.is_cross_entropy { valid } else { 0 });
    let (p, q) = (shares.right, shares.wrong);
    let residual: [L; B] = each!(i => (q[i] - edge[i]) * side[i]);
    if !plan.is_cross_entropy {
        return Judged { residual, delta: each!(i => residual[i] * (q[i] * p[i])), loss: zero };
    }
    // −(1 − edge)·ln p − edge·ln q = −ln p + edge·z
    let mut loss = shares.loss;
    for i in 0..valid {
        loss = z[i].mul_add(edge[i], loss);
    }
    Judged { residual, delta: residual, loss }
}

/// δ·∂activation/∂z from the activation h, with g = δ·h.
#[inline(always)]
fn below<L: Lanes, const A: u8>(h: L, delta: L, g: L, leak: f64) -> L {
    match A {
        SIGMOID => g.neg_mul_add(h, g),
        TANH => g.neg_mul_add(h, delta),
        _ => {
            let zero = h.like(0.0);
            L::select(zero.less(h), delta, if leak == 0.0 { zero } else { delta * zero.like(leak) })
        }
    }
}
