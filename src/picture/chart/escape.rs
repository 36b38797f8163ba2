//! How long runs take to leave the subspace of equal hidden units, by the distance at which they start: a panel for each
//! learning rate, a line for each set-up, init and momentum.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    Chart, Head, Legend, Mark, Panel, Panels, RunFinder, Scale, Starts, color_among_others, first_starts_of,
    some_of, told_of_rates, told_of_starts,
};
use crate::kernel::SetUp;
use crate::picture::Rgb;
use crate::picture::drawing::{Drawing, Sheet};
use crate::problem::Problem;
use crate::results::Quantiles;
use crate::results::reader::{Observer, Row};
use crate::sweep::spec::Sweep;
use crate::sweep::text::{told_apart, with_digits};

/// The most panels.
const MAX_RATES: usize = 9;
/// Distances are gathered in so many bins to a factor of ten.
const BINS: f64 = 5.0;
/// The fewest runs a bin needs to be shown.
const FEWEST: u64 = 10;
/// The fewest bins that make a line.
const MIN_BINS: usize = 3;
/// The width of the legend, in pixels.
const LEGEND: f64 = 250.0;

/// The steps of some runs by bin of their distance. Those who do not escape count as escaping later than all others.
type Bins = BTreeMap<i32, Quantiles>;

/// Where a line goes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    /// The bin's number.
    bin: i32,
    /// Its middle.
    distance: f64,
    /// The 10th percentile of the steps, the median and the 90th percentile, as far as so many escape.
    steps: [Option<f64>; 3],
}

/// The chart of a sweep; none without XOR with two hidden units.
pub fn begin(sweep: &Arc<Sweep>) -> Option<Box<dyn Chart>> {
    let finder = RunFinder::new(sweep, first_starts_of(sweep, SetUp::is_xor_of_two));
    let (escaped, lines) = (vec![0; finder.alphas.len()], finder.lines(Bins::new));
    (!finder.starts.is_empty()).then(|| Box::new(Escape { finder, escaped, lines }) as Box<_>)
}

/// The runs that were seen.
struct Escape {
    finder: RunFinder,
    /// How many escaped, by learning rate.
    escaped: Vec<u64>,
    /// Of all starts, by the learning rates that are looked at.
    lines: Vec<Vec<Bins>>,
}

impl Observer for Escape {
    fn columns(&self) -> Vec<&'static str> {
        vec!["run", "escaped_at", "asymmetry"]
    }

    fn see(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        let Some((starts, rate)) = self.finder.find(row)? else { return Ok(()) };
        let (step, distance) = (row.optional_integer(1)?, row.number(2)?);
        self.escaped[rate] += u64::from(step.is_some());
        // From nowhere but equal units the distance is above 0; those never escape.
        if let Some(place) = self.finder.looked_at[rate].filter(|_| distance > 0.0 && distance.is_finite()) {
            let step = step.map_or(f64::INFINITY, |step| (step as f64).max(1.0));
            let bin = libm::floor(libm::log10(distance) * BINS) as i32;
            self.lines[starts][place].entry(bin).or_default().add(step);
        }
        Ok(())
    }
}

impl Chart for Escape {
    fn drawn(&self) -> Option<Drawing> {
        let RunFinder { sweep, alphas: all, looked_at, starts } = &self.finder;
        let is_able = |rate: usize| self.escaped[rate] >= FEWEST * MIN_BINS as u64;
        let able = (0..all.len()).filter(|&rate| is_able(rate)).count();
        let chosen = some_of(&self.finder.able(is_able), MAX_RATES);
        let panel = |rate: usize| -> Vec<Vec<Point>> {
            let place = looked_at[rate].expect("it was chosen among those");
            self.lines.iter().map(|lines| points(&lines[place])).collect()
        };
        // Where half of the runs stay at every distance there is no median to be seen.
        let is_seen = |lines: &[Vec<Point>]| lines.iter().flatten().any(|point| median(point).is_some());
        let (alphas, panels): (Vec<f64>, Vec<Vec<Vec<Point>>>) =
            chosen.iter().map(|&rate| (all[rate], panel(rate))).filter(|(_, lines)| is_seen(lines)).unzip();
        let medians = |line: &Vec<Point>| line.iter().filter(|point| point.steps[1].is_some()).count();
        if panels.iter().flatten().map(medians).max().is_none_or(|bins| bins < MIN_BINS) {
            return None;
        }
        let able = able - (chosen.len() - alphas.len());
        let of_rates = told_of_rates(alphas.len(), able, all.len(), "too few runs escape");
        Some(drawn(sweep, starts.clone(), &alphas, &panels, of_rates))
    }
}

fn points(bins: &Bins) -> Vec<Point> {
    let enough = bins.iter().filter(|(_, steps)| steps.len() >= FEWEST);
    let of = |steps: &Quantiles, percent| steps.percentile(percent).filter(|step| step.is_finite());
    enough
        .map(|(&bin, steps)| Point {
            bin,
            distance: libm::exp10((f64::from(bin) + 0.5) / BINS).min(f64::MAX),
            steps: [10, 50, 90].map(|percent| of(steps, percent)),
        })
        .collect()
}

/// The stretches of neighbouring bins in which `what` is known.
fn stretches<T>(line: &[Point], what: impl Fn(&Point) -> Option<T>) -> Vec<Vec<T>> {
    let mut found: Vec<Vec<T>> = Vec::new();
    let mut before = None;
    for point in line {
        let Some(known) = what(point) else { continue };
        if before.is_none_or(|before: i32| before + 1 != point.bin) {
            found.push(Vec::new());
        }
        before = Some(point.bin);
        found.last_mut().expect("one was begun").push(known);
    }
    found
}

/// The distance and the median.
fn median(point: &Point) -> Option<(f64, f64)> {
    Some((point.distance, point.steps[1]?))
}

/// The distance, the 10th and the 90th percentile.
fn spread(point: &Point) -> Option<(f64, f64, f64)> {
    Some((point.distance, point.steps[0]?, point.steps[2]?))
}

fn drawn(
    sweep: &Sweep,
    starts: Vec<Starts>,
    alphas: &[f64],
    all: &[Vec<Vec<Point>>],
    of_rates: Option<String>,
) -> Drawing {
    let says = "first step with an error below the level of equal units, by the start's distance from them";
    let able = sweep.set_ups.iter().filter(|set_up| set_up.is_xor_of_two()).count();
    let of_set_ups = (able < sweep.set_ups.len()).then(|| "of XOR with two hidden units alone".to_owned());
    let sentences = [Some(says.to_owned()), of_rates, of_set_ups, told_of_starts(sweep, able)];
    let sentences: Vec<String> = sentences.into_iter().flatten().collect();
    let panels = Panels::new(alphas.len(), false, LEGEND);
    let head =
        Head::new(format!("{}: escape from the saddle", sweep.title()), &sentences, panels.sheet_width());
    let panels = Panels { head: head.height(), ..panels };
    // Those of which there is anything to see.
    let is_seen =
        |starts: usize| all.iter().any(|lines| lines[starts].iter().any(|point| median(point).is_some()));
    let starts: Vec<Starts> = starts.into_iter().filter(|starts| is_seen(starts.place)).collect();
    let size = panels.sheet_for(|legend| paint_legend(legend, &starts));
    let names = told_apart(alphas);
    let scales = scales(all);
    let told: Vec<String> = names.iter().zip(all).map(|(alpha, lines)| told(alpha, &starts, lines)).collect();
    let about = format!("{}. {}. {}", head.title, sentences.join("; "), told.join(" "));
    Drawing::new(size, about, |sheet| {
        head.paint(sheet, f64::from(size.0));
        for (number, (lines, name)) in all.iter().zip(&names).enumerate() {
            let panel = panels.panel(number, &scales[0], &scales[1]);
            panel.paint_grid(sheet, |tick| tick.label.clone());
            let lines =
                || starts.iter().enumerate().map(|(place, of)| (&lines[of.place], color_among_others(place)));
            lines().for_each(|(line, color)| paint_spread(sheet, &panel, line, color));
            lines().for_each(|(line, color)| paint_medians(sheet, &panel, line, color));
            panel.paint_edge(sheet);
            panel.paint_name(sheet, &format!("α = {name}"), panels.above);
            let x = "distance from equal units (asymmetry)";
            panels.paint_axis_names(sheet, &panel, number, x, "escape step");
        }
        paint_legend(&mut panels.legend(sheet), &starts);
    })
}

fn paint_legend(legend: &mut Legend<'_>, starts: &[Starts]) {
    for (place, starts) in starts.iter().enumerate() {
        legend.entry(Mark::Line(color_among_others(place)), &starts.name);
    }
    legend.gap();
    let note = format!(
        "lines: medians of all runs, also of those that stay; bands: from 10 to 90 %, where so many escape; dots: at \
         least {FEWEST} runs each"
    );
    legend.note(&note, 0.0);
}

/// What all panels have at their axes: the distances, and the steps.
fn scales(all: &[Vec<Vec<Point>>]) -> [Scale; 2] {
    let points = || all.iter().flatten().flatten().filter(|point| point.steps[1].is_some());
    let scale = |values: &mut dyn Iterator<Item = f64>, margin| {
        let ends = values
            .fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), value| (low.min(value), high.max(value)));
        Scale::logarithmic(ends.0, ends.1, margin)
    };
    let distances = scale(&mut points().map(|point| point.distance), 1.2);
    let steps = scale(&mut points().flat_map(|point| point.steps.into_iter().flatten()), 1.2);
    [distances, steps]
}

fn paint_spread(sheet: &mut Sheet, panel: &Panel, line: &[Point], color: Rgb) {
    for stretch in stretches(line, spread).into_iter().filter(|stretch| stretch.len() > 1) {
        panel.paint_band(sheet, &stretch, color);
    }
}

fn paint_medians(sheet: &mut Sheet, panel: &Panel, line: &[Point], color: Rgb) {
    for stretch in stretches(line, median) {
        let points = panel.points(&stretch);
        sheet.line(points.clone(), color, 2.25);
        points.into_iter().for_each(|point| sheet.dot(point, 3.0, color));
    }
}

/// What a panel shows, in a sentence.
fn told(alpha: &str, starts: &[Starts], lines: &[Vec<Point>]) -> String {
    let ends = starts.iter().filter_map(|starts| {
        let medians: Vec<(f64, f64)> = lines[starts.place].iter().filter_map(median).collect();
        let at = |(distance, step): (f64, f64)| {
            format!("step {step:.0} at a distance of {}", with_digits(distance, 2))
        };
        let (first, last) = (*medians.first()?, *medians.last()?);
        let to = if medians.len() > 1 { format!(" to {}", at(last)) } else { String::new() };
        Some(format!("{} from {}{to}", starts.name, at(first)))
    });
    let ends: Vec<String> = ends.collect();
    let ends = if ends.is_empty() {
        "in no group so many that there is a median".to_owned()
    } else {
        ends.join("; ")
    };
    format!("At α = {alpha} half of the runs escape: {ends}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_stay_count_as_later_than_all_others() {
        let mut steps = Quantiles::new();
        (1..=60).for_each(|step| steps.add(f64::from(step)));
        (0..40).for_each(|_| steps.add(f64::INFINITY));
        let mut few = Quantiles::new();
        (1..FEWEST).for_each(|step| few.add(step as f64));
        let points = points(&BTreeMap::from([(-5, steps), (0, few)]));
        assert_eq!(points.len(), 1, "a bin of few runs is not shown");
        assert_eq!(points[0].steps, [Some(10.0), Some(50.0), None]);
        let middle = 0.1 * libm::exp10(0.1);
        assert!((points[0].distance - middle).abs() < 1e-12, "the middle of the bin from 0.1");
    }

    #[test]
    fn a_line_is_broken_where_there_are_no_runs_or_half_of_them_stay() {
        let point = |bin, median| Point { bin, distance: f64::from(bin), steps: [Some(1.0), median, None] };
        let line = [(1, Some(9.0)), (2, Some(8.0)), (4, Some(7.0)), (5, None), (6, Some(6.0))];
        let line = line.map(|(bin, median)| point(bin, median));
        let expected: [&[(f64, f64)]; 3] = [&[(1.0, 9.0), (2.0, 8.0)], &[(4.0, 7.0)], &[(6.0, 6.0)]];
        assert_eq!(stretches(&line, median), expected);
        assert!(stretches(&line, spread).is_empty());
    }
}
