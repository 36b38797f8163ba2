//! Charts of a sweep's results, and what they have in common: panels with two scales, lines, bars and legends.

pub mod convergence;
pub mod errors;
pub mod escape;
mod finders;
mod layout;
pub mod outcomes;
pub mod solved;

use self::finders::{GroupFinder, RunFinder};
use self::layout::{Head, LEGEND, Legend, Mark, Panel, Panels, Scale, THIN, THIN_DASHES, paint_dashes};
use super::Rgb;
use super::color;
use super::drawing::Drawing;
use super::names;
use crate::kernel::SetUp;
use crate::kernel::outcome::Outcome;
use crate::results::Observer;
use crate::sweep::plane::Along;
use crate::sweep::set_ups::before;
use crate::sweep::spec::{Sweep, is_solvable};
use crate::sweep::text::shortest;

/// A chart in the making: it sees a table, and is drawn from what it has seen.
pub trait Chart: Observer {
    /// The chart; nothing if it would show nothing.
    fn drawn(&self) -> Option<Drawing>;
}

/// The most set-ups, inits and momenta that a chart shows.
const MAX_STARTS: usize = 12;
/// The learning rates of a sweep in rising order: those of its plane, or of its axes.
fn alphas(sweep: &Sweep) -> Vec<f64> {
    let of_plane = sweep.plane.as_ref().and_then(|plane| plane.values(&Along::Alpha));
    let mut alphas = of_plane.unwrap_or(sweep.axes.alphas()).to_vec();
    alphas.sort_by(f64::total_cmp);
    alphas
}

/// The place of a learning rate among those of [`alphas`].
fn place_of(alphas: &[f64], alpha: f64) -> Option<usize> {
    alphas.binary_search_by(|known| known.total_cmp(&alpha)).ok()
}

/// At most so many of some things, evenly chosen, with the first and the last.
fn some_of<T: Copy>(all: &[T], most: usize) -> Vec<T> {
    if all.len() <= most {
        return all.to_vec();
    }
    (0..most).map(|place| all[place * (all.len() - 1) / (most - 1)]).collect()
}

/// Which of `all` learning rates are shown, if not all: `shown` of those `able` to be, which the others are not because
/// of a reason.
fn told_of_rates(shown: usize, able: usize, all: usize, reason: &str) -> Option<String> {
    let others = match all - able {
        0 => String::new(),
        others if shown == able => format!(", {reason} at the other{}", if others == 1 { "" } else { "s" }),
        others => format!(", {reason} at {others} others"),
    };
    (shown < all).then(|| format!("{shown} of {all} learning rates{others}"))
}

/// The colour of a line among others of no order.
fn color_among_others(place: usize) -> Rgb {
    // Okabe and Ito have fewer than there may be lines.
    colorous::TABLEAU10[place % colorous::TABLEAU10.len()].into_array()
}

/// The colour of a learning rate's line.
fn color_of_line(place: usize, count: usize) -> Rgb {
    // The brightest colours of the scale are too faint for lines on white.
    color::scale(0.88 * place as f64 / (count - 1).max(1) as f64)
}

/// A set-up, an init and a momentum of a sweep.
#[derive(Clone, Debug)]
struct Starts {
    /// Its place among all that are shown.
    place: usize,
    set_up: usize,
    /// Whether its task can be solved.
    is_solvable: bool,
    init: usize,
    momentum: f64,
    /// What pictures call it.
    name: String,
}

/// The set-ups, inits and momenta of a sweep, the first ones.
fn starts_of(sweep: &Sweep) -> Vec<Starts> {
    first_starts_of(sweep, |_| true)
}

/// The first ones that have a set-up of some.
fn first_starts_of(sweep: &Sweep, is_wanted: impl Fn(&SetUp) -> bool) -> Vec<Starts> {
    all_starts_of(sweep, is_wanted).take(MAX_STARTS).collect()
}

/// All that have a set-up of some.
fn all_starts_of(sweep: &Sweep, is_wanted: impl Fn(&SetUp) -> bool) -> impl Iterator<Item = Starts> {
    let momenta = sweep.axes.momenta();
    let inits = sweep.axes.init_names().len();
    let set_ups = (0..sweep.set_ups.len()).filter(move |&set_up| is_wanted(&sweep.set_ups[set_up]));
    let all = set_ups.flat_map(move |set_up| (0..inits).map(move |init| (set_up, init)));
    let all = all.flat_map(|(set_up, init)| momenta.iter().map(move |&momentum| (set_up, init, momentum)));
    let starts = move |(place, (set_up, init, momentum))| {
        let has_several = momenta.len() > 1 || momentum != 0.0;
        let suffix = if has_several { format!(", μ = {}", shortest(momentum)) } else { String::new() };
        let name = before(&sweep.set_up_in_words(set_up), &names::of_init(sweep, init)) + &suffix;
        Starts { place, set_up, is_solvable: is_solvable(&sweep.set_ups[set_up]), init, momentum, name }
    };
    all.enumerate().map(starts)
}

/// What is said if there are more set-ups, inits and momenta than a chart shows; `set_ups` of them can be shown.
fn told_of_starts(sweep: &Sweep, set_ups: usize) -> Option<String> {
    let all = set_ups * sweep.axes.init_names().len() * sweep.axes.momenta().len();
    let what = if sweep.set_ups.len() > 1 { "set-ups, inits and momenta" } else { "inits and momenta" };
    (all > MAX_STARTS).then(|| format!("the first {MAX_STARTS} of {all} {what}"))
}

/// What the summary says of the runs with some of the first set-ups, inits and momenta, and one learning rate.
#[derive(Clone)]
struct ShownGroup {
    /// Its place among those.
    starts: usize,
    /// Its place among [`alphas`].
    rate: usize,
    runs: u64,
    /// How many runs had each outcome, in the order of [`color::ALL`].
    counts: [u64; color::ALL.len()],
    solved: u64,
}

impl ShownGroup {
    fn converged(&self) -> u64 {
        self.counts[color::place(Outcome::Converged)]
    }
}

/// Writes the learning rates and the colours of their lines.
fn paint_rates(legend: &mut Legend<'_>, names: &[String]) {
    legend.note("learning rate α", 0.0);
    legend.top += 8.0;
    for (place, name) in names.iter().enumerate() {
        legend.entry(Mark::Line(color_of_line(place, names.len())), name);
    }
}
