//! How long runs take to converge, and to solve the task: the share that has, by step, a line for each learning rate.

use std::sync::Arc;

use super::{
    Chart, Head, Mark, Panel, Panels, RunFinder, Scale, Starts, THIN, THIN_DASHES, color_of_line, some_of,
    starts_of, told_of_rates, told_of_starts,
};
use crate::picture::drawing::{Drawing, INK, Sheet};
use crate::problem::Problem;
use crate::results::Quantiles;
use crate::results::reader::{Observer, Row};
use crate::sweep::spec::Sweep;
use crate::sweep::text::{percent, told_apart};

/// The most lines of a panel.
const MAX_LINES: usize = 7;

/// The runs of a line.
#[derive(Default)]
struct Arrivals {
    runs: u64,
    converged_at: Quantiles,
    solved_at: Quantiles,
}

impl Arrivals {
    /// The share of all its runs that has come so far, by step; a logarithmic axis has no step 0.
    fn points(&self, steps: &Quantiles) -> Vec<(f64, f64)> {
        let share = steps.len() as f64 / self.runs as f64;
        let point = |percent| Some((steps.percentile(percent)?.max(1.0), share * f64::from(percent) / 100.0));
        (0..=100).filter_map(point).collect()
    }
}

/// The chart of a sweep.
pub fn begin(sweep: &Arc<Sweep>) -> Option<Box<dyn Chart>> {
    let finder = RunFinder::new(sweep, starts_of(sweep));
    let by_rate = [const { Vec::new() }; 2].map(|_: Vec<bool>| vec![false; finder.alphas.len()]);
    let lines = finder.lines(Arrivals::default);
    Some(Box::new(Convergence { finder, by_rate, lines }))
}

/// The runs that were seen.
struct Convergence {
    finder: RunFinder,
    /// Of each learning rate whether runs converged, and whether some solved the task.
    by_rate: [Vec<bool>; 2],
    /// Of all starts, by the learning rates that are looked at.
    lines: Vec<Vec<Arrivals>>,
}

impl Observer for Convergence {
    fn columns(&self) -> Vec<&'static str> {
        vec!["run", "converged_at", "solved_at"]
    }

    fn see(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        let Some((starts, rate)) = self.finder.find(row)? else { return Ok(()) };
        let steps = [row.optional_integer(1)?, row.optional_integer(2)?];
        for (by_rate, step) in self.by_rate.iter_mut().zip(steps) {
            by_rate[rate] |= step.is_some();
        }
        if let Some(place) = self.finder.looked_at[rate] {
            let line = &mut self.lines[starts][place];
            line.runs += 1;
            for (all, step) in [&mut line.converged_at, &mut line.solved_at].into_iter().zip(steps) {
                step.into_iter().for_each(|step| all.add(step as f64));
            }
        }
        Ok(())
    }
}

impl Chart for Convergence {
    fn drawn(&self) -> Option<Drawing> {
        let choice = self.choice()?;
        let lines: Vec<Vec<&Arrivals>> = choice
            .starts
            .iter()
            .map(|starts| choice.places.iter().map(|&place| &self.lines[starts.place][place]).collect())
            .collect();
        let steps = || lines.iter().flatten().flat_map(|line| [&line.converged_at, &line.solved_at]);
        let end = |percent, first: f64, of: fn(f64, f64) -> f64| {
            steps().filter_map(|steps| steps.percentile(percent)).map(|step| step.max(1.0)).fold(first, of)
        };
        let (fewest, most) = (end(0, f64::INFINITY, f64::min), end(100, 0.0, f64::max));
        (fewest <= most).then(|| drawn(&self.finder.sweep, &choice, &lines, [fewest, most]))
    }
}

/// What is shown of a sweep.
struct Choice {
    alphas: Vec<f64>,
    /// Their places among those that are looked at.
    places: Vec<usize>,
    starts: Vec<Starts>,
    /// What is left out and why, a sentence each.
    left_out: Vec<String>,
}

impl Convergence {
    /// Some learning rates at which runs have converged, or solved the task if none has converged; and the starts that
    /// do so at these. None if no run does.
    fn choice(&self) -> Option<Choice> {
        let RunFinder { sweep, alphas: all, looked_at, starts } = &self.finder;
        let [converged, solved] = &self.by_rate;
        let (able, reason) = if converged.contains(&true) {
            (converged, "no run converged")
        } else {
            (solved, "no run solved the task")
        };
        let chosen = some_of(&self.finder.able(|rate| able[rate]), MAX_LINES);
        if chosen.is_empty() {
            return None;
        }
        let able = able.iter().filter(|able| **able).count();
        let places: Vec<usize> = chosen.iter().filter_map(|&rate| looked_at[rate]).collect();
        let comes = |starts: &Starts| {
            let lines = &self.lines[starts.place];
            places
                .iter()
                .any(|&place| !lines[place].converged_at.is_empty() || !lines[place].solved_at.is_empty())
        };
        let (shown, others): (Vec<_>, Vec<_>) = starts.iter().cloned().partition(comes);
        let others: Vec<String> = others.into_iter().map(|starts| starts.name).collect();
        let or_solved = if sweep.is_solvable() { " or solved the task" } else { "" };
        let from = match &others[..] {
            [] => None,
            names if names.len() <= 3 => Some(names.join(" or ")),
            names => Some(format!("{} other starts", names.len())),
        };
        let at_these = if chosen.len() < all.len() { "at these " } else { "" };
        let of_others = from.map(|from| format!("{at_these}no run converged{or_solved} from {from}"));
        let of_rates = told_of_rates(chosen.len(), able, all.len(), reason);
        Some(Choice {
            alphas: chosen.into_iter().map(|rate| all[rate]).collect(),
            places,
            starts: shown,
            left_out: [told_of_starts(sweep, sweep.set_ups.len()), of_rates, of_others]
                .into_iter()
                .flatten()
                .collect(),
        })
    }
}

fn drawn(sweep: &Sweep, choice: &Choice, lines: &[Vec<&Arrivals>], ends: [f64; 2]) -> Drawing {
    let or_solved = if sweep.is_solvable() { ", or solved the task," } else { "" };
    let says = format!("share of the runs that have converged{or_solved} by a step");
    let sentences: Vec<String> = [says].into_iter().chain(choice.left_out.clone()).collect();
    let panels = Panels::new(choice.starts.len(), false, super::LEGEND)
        .with_names(choice.starts.iter().map(|starts| starts.name.as_str()));
    let head = Head::new(format!("{}: convergence", sweep.title()), &sentences, panels.sheet_width());
    let panels = Panels { head: head.height(), ..panels };
    let size = panels.sheet(26.0 * (choice.alphas.len() as f64 + 4.0));
    let names = told_apart(&choice.alphas);
    let shares: Vec<String> = choice
        .starts
        .iter()
        .zip(lines)
        .map(|(starts, lines)| told(&starts.name, &names, lines, starts.is_solvable))
        .collect();
    let about = format!("{}. {}. {}", head.title, sentences.join("; "), shares.join(" "));
    Drawing::new(size, about, |sheet| {
        head.paint(sheet, f64::from(size.0));
        for (number, (lines, starts)) in lines.iter().zip(&choice.starts).enumerate() {
            let scale = Scale::logarithmic(ends[0], ends[1], 1.0);
            let panel = panels.panel(number, &scale, &Scale::even(0.0, 1.0));
            panel.paint_grid(sheet, |tick| format!("{:.0} %", 100.0 * tick.value));
            paint_lines(sheet, &panel, lines, ends, starts.is_solvable);
            panel.paint_edge(sheet);
            panel.paint_name(sheet, &starts.name, panels.above);
            panels.paint_axis_names(sheet, &panel, number, "step", "share of runs");
        }
        let mut legend = panels.legend(sheet);
        super::paint_rates(&mut legend, &names);
        if sweep.is_solvable() {
            legend.gap();
            legend.entry(Mark::Line(INK), "converged");
            legend.entry(Mark::Thin(INK), "solved the task");
        }
    })
}

fn paint_lines(sheet: &mut Sheet, panel: &Panel, lines: &[&Arrivals], ends: [f64; 2], is_solvable: bool) {
    for (place, line) in lines.iter().enumerate().filter(|_| is_solvable) {
        let points = stairs(&line.points(&line.solved_at), ends);
        sheet.dashes(panel.points(&points), color_of_line(place, lines.len()), THIN, THIN_DASHES);
    }
    for (place, line) in lines.iter().enumerate() {
        let points = stairs(&line.points(&line.converged_at), ends);
        sheet.line(panel.points(&points), color_of_line(place, lines.len()), 2.0);
    }
}

/// The line begins with no run at the first step of all, and goes on to the last one.
fn stairs(points: &[(f64, f64)], [first, last]: [f64; 2]) -> Vec<(f64, f64)> {
    let begin = points.first().map(|&(step, _)| (step, 0.0));
    let end = points.last().map_or(0.0, |&(_, share)| share);
    [(first, 0.0)].into_iter().chain(begin).chain(points.iter().copied()).chain([(last, end)]).collect()
}

/// What a panel shows, in a sentence.
fn told(name: &str, alphas: &[String], lines: &[&Arrivals], is_solvable: bool) -> String {
    let shares = alphas.iter().zip(lines).map(|(alpha, line)| {
        let share = |steps: &Quantiles| percent(steps.len(), line.runs, 0);
        let median = line.converged_at.percentile(50);
        let median = median.map_or(String::new(), |step| format!(", half of these by step {step:.0}"));
        let converged = share(&line.converged_at);
        let solved = if is_solvable {
            format!(", and {} solved the task", share(&line.solved_at))
        } else {
            String::new()
        };
        format!("at α = {alpha} {converged} converged{median}{solved}")
    });
    format!("{name}: {}.", shares.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_rises_to_the_share_that_converges() {
        let mut line = Arrivals { runs: 400, ..Arrivals::default() };
        (1..=100).for_each(|step| line.converged_at.add(f64::from(step) * 10.0));
        let points = line.points(&line.converged_at);
        assert_eq!((points[0], points[50], points[100]), ((10.0, 0.0), (500.0, 0.125), (1000.0, 0.25)));
        assert!(line.points(&line.solved_at).is_empty());
    }

    #[test]
    fn a_line_goes_from_the_first_step_of_all_to_the_last() {
        assert_eq!(stairs(&[], [3.0, 9.0]), [(3.0, 0.0), (9.0, 0.0)], "none is a line as well");
        let points = stairs(&[(4.0, 0.5), (6.0, 0.75)], [3.0, 9.0]);
        assert_eq!(points, [(3.0, 0.0), (4.0, 0.0), (4.0, 0.5), (6.0, 0.75), (9.0, 0.75)]);
    }
}
