//! Full-batch gradient descent, a window of steps at a time.
//!
//! v ← μ·v − α·∇E(θ), θ ← θ + v, in each lane. Within a window the exponentials of the hidden units are advanced with
//! θ instead of recomputed: e^−(a + x) = e^−a · e^−x, and e^−x needs only a short polynomial while x is small. That
//! takes half of the time. It is kept exact enough (to 3e-15 for weights up to 4, 8e-14 up to 80, see
//! `tests/numerics/descent.rs`), and the same for every lane whatever its neighbours do, by three rules:
//!
//! 1. At the start of a window all exponentials are computed afresh. So the state of a run at a window's start is
//!    (θ, v) alone, and rounding adds up over [`WINDOW`] steps at most.
//! 2. In a lane whose step is not small they are advanced by a longer polynomial, and where it is not even fair they
//!    are computed afresh.
//! 3. In a lane with large weights, where a product of exponentials could overflow, the activations come from
//!    sigmoids of their own ([`formula::activations`]).
//!
//! Rules 2 and 3 are for a lane alone, by selection; the branch around them only skips work no lane needs.

use super::{PARAMETERS, formula};
use crate::lanes::{Lanes, Mask, each};
use crate::{WINDOW, sigmoid};

/// A hidden unit's parameters beyond this (as the square's parts) may overflow a product:
/// four denominators multiply to at most (1 + e^(4·base + 2·first + 2·second)), which must stay below 2^1024.
const LARGE: f64 = 70.0;
const _: () = assert!(8.0 * (LARGE + WINDOW as f64 * sigmoid::FAIR) < 708.0);

/// A run in each lane: where it is and how it moves.
#[derive(Clone, Copy)]
pub struct LaneState<L> {
    /// θ
    pub theta: [L; PARAMETERS],
    /// v; not used without momentum.
    pub velocity: [L; PARAMETERS],
    /// Half of α in terms of the mean of squares: the step is −α·∇E = (α/2)·Σ…, see [`formula::change`].
    pub half_rate: L,
    /// μ
    pub momentum: L,
}

impl<L: Lanes> LaneState<L> {
    /// Lanes that stand still: all zero, with a learning rate of zero.
    #[inline(always)]
    pub fn idle(token: L::Token) -> Self {
        let zero = L::splat(token, 0.0);
        Self { theta: [zero; PARAMETERS], velocity: [zero; PARAMETERS], half_rate: zero, momentum: zero }
    }

    /// The run in one lane, by itself.
    #[inline(always)]
    pub fn alone(&self, lane: usize) -> LaneState<f64> {
        LaneState {
            theta: each!(i => self.theta[i].lane(lane)),
            velocity: each!(i => self.velocity[i].lane(lane)),
            half_rate: self.half_rate.lane(lane),
            momentum: self.momentum.lane(lane),
        }
    }

    /// Puts a run that starts at `theta` into a lane.
    #[inline(always)]
    pub fn enter(&mut self, lane: usize, theta: &[f64], half_rate: f64, momentum: f64) {
        for (register, &value) in self.theta.iter_mut().zip(theta) {
            register.set_lane(lane, value);
        }
        for register in &mut self.velocity {
            register.set_lane(lane, 0.0);
        }
        self.half_rate.set_lane(lane, half_rate);
        self.momentum.set_lane(lane, momentum);
    }

    /// Puts a run of other lanes into a lane.
    #[inline(always)]
    pub fn take_lane(&mut self, lane: usize, from: &Self, there: usize) {
        for (register, from) in self.theta.iter_mut().zip(&from.theta) {
            register.set_lane(lane, from.lane(there));
        }
        for (register, from) in self.velocity.iter_mut().zip(&from.velocity) {
            register.set_lane(lane, from.lane(there));
        }
        self.half_rate.set_lane(lane, from.half_rate.lane(there));
        self.momentum.set_lane(lane, from.momentum.lane(there));
    }
}

/// Is shown each step of a window before its update.
pub trait Observer<L> {
    /// Step `index` of the window, with the residuals at θ.
    fn see(&mut self, index: usize, theta: &[L; PARAMETERS], residual: &[L; 4]);
    /// The first step from `from` on at which θ is to be kept.
    #[inline(always)]
    fn next_kept(&self, _from: usize) -> usize {
        usize::MAX
    }
    /// Keeps θ. In [`Observer::see`] that would cost all steps: what may be kept there cannot stay in registers.
    #[inline(always)]
    fn keep(&mut self, _index: usize, _theta: &[L; PARAMETERS]) {}
}

/// Whether the products of the exponentials are safe.
#[inline(always)]
fn moderate<L: Lanes>(preactivations: &[[L; 3]; 2]) -> L::Mask {
    let limit = preactivations[0][0].like(LARGE);
    let unit = |[base, first, second]: [L; 3]| {
        base.abs().at_most(limit) & first.abs().at_most(limit) & second.abs().at_most(limit)
    };
    unit(preactivations[0]) & unit(preactivations[1])
}

/// Σ of the squares: up to a bound's square every part is within the bound.
#[inline(always)]
fn squared_length<L: Lanes>([one, two]: &[[L; 3]; 2]) -> L {
    let unit = |[base, first, second]: &[L; 3]| second.mul_add(*second, first.mul_add(*first, *base * *base));
    unit(one) + unit(two)
}

/// A walk inside a window.
struct Window<L: Lanes> {
    walk: LaneState<L>,
    /// e^−base, e^−first and e^−second of both units.
    exponentials: [[L; 3]; 2],
    /// Where these belong to θ; elsewhere they must be computed afresh (rule 2).
    is_current: L::Mask,
    /// Where no weight is large (rule 3).
    is_moderate: L::Mask,
    /// Bit `i` is set if lane `i` has needed more than plain steps; written only where the hot loop is left.
    rough: u64,
}

impl<L: Lanes> Window<L> {
    /// Rule 1.
    #[inline(always)]
    fn begin(walk: LaneState<L>) -> Self {
        let preactivations = formula::preactivations(&walk.theta);
        let zero = walk.half_rate.like(0.0);
        Self {
            walk,
            exponentials: afresh(&preactivations),
            is_current: zero.at_most(zero),
            is_moderate: moderate(&preactivations),
            rough: 0,
        }
    }

    /// Whether rules 2 and 3 ask for nothing at the next step.
    #[inline(always)]
    fn is_plain(&self) -> bool {
        (self.is_current & self.is_moderate).all()
    }

    /// One update; true if it was small in all lanes. `PLAIN` leaves out what no lane needs if
    /// [`is_plain`](Self::is_plain).
    #[inline(always)]
    fn step<const MOMENTUM: bool, const PLAIN: bool>(
        &mut self,
        index: usize,
        observer: &mut impl Observer<L>,
    ) -> bool {
        let Self { walk, exponentials, is_current, is_moderate, rough } = self;
        let LaneState { theta, velocity, half_rate, momentum } = walk;
        if !PLAIN && !is_current.all() {
            let preactivations = formula::preactivations(theta);
            let fresh = afresh(&preactivations);
            *exponentials = each!(unit => each!(part => L::select(*is_current, exponentials[unit][part], fresh[unit][part])));
            *is_moderate = (*is_current & *is_moderate) | (!*is_current & moderate(&preactivations));
        }
        let mut h: [[L; 4]; 2] = each!(unit => formula::activations_from_exponentials(exponentials[unit]));
        if !PLAIN && !is_moderate.all() {
            *rough |= !is_moderate.bits();
            let preactivations = formula::preactivations(theta);
            let direct: [[L; 4]; 2] = each!(unit => formula::activations(preactivations[unit]));
            h = each!(unit => each!(i => L::select(*is_moderate, h[unit][i], direct[unit][i])));
        }
        let residual = formula::residuals(theta, &h);
        observer.see(index, theta, &residual);

        let mut step = formula::change(theta, &h, &residual, *half_rate);
        if MOMENTUM {
            // Without momentum v must not matter: adding 0 · v would make a 0 of −0, and a NaN where v is infinite.
            let is_pushed = half_rate.like(0.0).less(*momentum);
            let pushed: [L; PARAMETERS] = each!(i => momentum.mul_add(velocity[i], step[i]));
            step = each!(i => L::select(is_pushed, pushed[i], step[i]));
            *velocity = step;
        }
        *theta = each!(i => theta[i] + step[i]);

        let moved = formula::preactivations(&step);
        let length = squared_length(&moved);
        let is_small = length.at_most(half_rate.like(sigmoid::SMALL * sigmoid::SMALL));
        let advanced: [[L; 3]; 2] =
            each!(unit => each!(part => sigmoid::advance(exponentials[unit][part], -moved[unit][part])));
        if is_small.all() {
            *exponentials = advanced;
            *is_current = is_small;
            return true;
        }
        let leapt: [[L; 3]; 2] =
            each!(unit => each!(part => sigmoid::advance_far(exponentials[unit][part], -moved[unit][part])));
        *exponentials =
            each!(unit => each!(part => L::select(is_small, advanced[unit][part], leapt[unit][part])));
        *is_current = length.at_most(half_rate.like(sigmoid::FAIR * sigmoid::FAIR));
        *rough |= !is_small.bits();
        false
    }
}

/// The six exponentials.
#[inline(always)]
fn afresh<L: Lanes>(preactivations: &[[L; 3]; 2]) -> [[L; 3]; 2] {
    each!(unit => each!(part => (-preactivations[unit][part]).exp()))
}

/// Does `steps` updates (at most [`WINDOW`]), each shown to the observer first. Bit `i` of what it returns is set if lane
/// `i` needed more than plain steps.
///
/// Nearly all are done by the inner loop. It has but one way out, so that the compiler need not bring its values to
/// places where other code expects them.
#[inline(always)]
pub fn window<L: Lanes, const MOMENTUM: bool, O: Observer<L>>(
    walk: &mut LaneState<L>,
    steps: usize,
    observer: &mut O,
) -> u64 {
    let mut stride = Window::begin(*walk);
    let mut index = 0;
    while index < steps {
        if observer.next_kept(index) == index {
            let theta = stride.walk.theta;
            observer.keep(index, &theta);
        }
        let until = observer.next_kept(index + 1).min(steps);
        if !stride.is_plain() {
            stride.step::<MOMENTUM, false>(index, observer);
            index += 1;
            continue;
        }
        let mut is_small = true;
        while is_small && index < until {
            is_small = stride.step::<MOMENTUM, true>(index, observer);
            index += 1;
        }
    }
    *walk = stride.walk;
    stride.rough
}
