//! How long runs take to converge: the share that has, by step, a line for each learning rate.

use super::{
    Painted, Panels, Scale, chosen_alphas, color_of_line, of_all, paint_entry, paint_note, paint_title,
    panels_of,
};
use crate::picture::drawing::Drawing;
use crate::problem::Problem;
use crate::sweep::spec::Sweep;
use crate::sweep::text::shortest;
use crate::table::{Quantiles, Table};

/// The most lines of a panel.
const MOST_LINES: usize = 7;

/// The runs of a line.
#[derive(Default)]
struct Line {
    runs: u64,
    converged_at: Quantiles,
}

impl Line {
    /// The share of all its runs that has converged, by step.
    fn points(&self) -> Vec<(f64, f64)> {
        let share = self.converged_at.len() as f64 / self.runs as f64;
        (0..=100)
            .filter_map(|percent| {
                let step = self.converged_at.percentile(percent)?;
                // A logarithmic axis has no step 0.
                Some((step.max(1.0), share * f64::from(percent) / 100.0))
            })
            .collect()
    }
}

/// Draws the chart from a table; nothing if no run of those that would be shown has converged.
///
/// # Errors
/// If the table cannot be read or lacks a column.
pub fn draw(sweep: &Sweep, table: &Table) -> Result<Option<Drawing>, Problem> {
    let alphas = chosen_alphas(sweep, MOST_LINES);
    let names = panels_of(sweep);
    let lines = read(sweep, table, &alphas)?;
    let points: Vec<Vec<Vec<(f64, f64)>>> =
        lines.iter().map(|panel| panel.iter().map(Line::points).collect()).collect();
    let steps = || points.iter().flatten().flatten().map(|(step, _)| *step);
    let (fewest, most) = (steps().fold(f64::INFINITY, f64::min), steps().fold(0.0, f64::max));
    if most == 0.0 {
        return Ok(None);
    }
    let panels = Panels::new(names.len(), false);
    let size = panels.sheet(26.0 * (alphas.len() as f64 + 2.0));
    Ok(Some(Drawing::new(size, |area| {
        let subtitle = format!("share of the runs that have converged by a step{}", of_all(sweep));
        paint_title(area, &format!("{}: convergence", sweep.name), &subtitle, f64::from(size.0))?;
        for (number, (lines, (_, _, name))) in points.iter().zip(&names).enumerate() {
            let panel =
                panels.panel(area, number, Scale::logarithmic(fewest, most, 1.0), Scale::even(0.0, 1.0));
            panel.paint_grid(|tick| format!("{:.0} %", 100.0 * tick.value))?;
            for (place, points) in lines.iter().enumerate().filter(|(_, points)| !points.is_empty()) {
                panel.paint_line(&stairs(points, most), color_of_line(place, alphas.len()), 2.0)?;
            }
            panel.paint_edge()?;
            panel.paint_name(name, panels.above)?;
            panel
                .paint_axis_names("step", if number % panels.columns == 0 { "share of runs" } else { "" })?;
        }
        paint_legend(area, panels.legend(), &alphas)
    })))
}

/// The line begins at no run, and goes on to the last step of all.
fn stairs(points: &[(f64, f64)], most: f64) -> Vec<(f64, f64)> {
    let first = points.first().map(|&(step, _)| (step, 0.0));
    let last = points.last().map(|&(_, share)| (most, share));
    first.into_iter().chain(points.iter().copied()).chain(last).collect()
}

fn read(sweep: &Sweep, table: &Table, alphas: &[f64]) -> Result<Vec<Vec<Line>>, Problem> {
    let panels = panels_of(sweep);
    let mut lines: Vec<Vec<Line>> =
        panels.iter().map(|_| alphas.iter().map(|_| Line::default()).collect()).collect();
    table.read(["run", "converged_at"], |row| {
        let number = row.integer(0)?;
        if number >= sweep.runs() {
            return Err(row.problem(0, "the sweep has no such run: run it again"));
        }
        let run = sweep.run(number);
        let Ok(place) = alphas.binary_search_by(|alpha| alpha.total_cmp(&run.alpha)) else { return Ok(()) };
        let is_of =
            |(init, momentum, _): &(usize, f64, String)| (*init, *momentum) == (run.init_index, run.momentum);
        let Some(panel) = panels.iter().position(is_of) else { return Ok(()) };
        let line = &mut lines[panel][place];
        line.runs += 1;
        if let Some(step) = row.optional_integer(1)? {
            line.converged_at.add(step as f64);
        }
        Ok(())
    })?;
    Ok(lines)
}

/// The learning rates and their colours.
pub(super) fn paint_legend(
    area: &crate::picture::drawing::Area<'_>,
    (left, top): (f64, f64),
    alphas: &[f64],
) -> Painted {
    paint_note(area, (left, top), "learning rate α")?;
    for (place, &alpha) in alphas.iter().enumerate() {
        let top = top + 26.0 * (place + 1) as f64;
        paint_entry(area, (left, top), color_of_line(place, alphas.len()), true, &short(alpha))?;
    }
    Ok(())
}

/// A number with four digits at most.
fn short(value: f64) -> String {
    shortest(format!("{value:.3e}").parse().unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_rises_to_the_share_that_converges() {
        let mut line = Line { runs: 400, converged_at: Quantiles::new() };
        (1..=100).for_each(|step| line.converged_at.add(f64::from(step) * 10.0));
        let points = line.points();
        assert_eq!((points[0], points[50], points[100]), ((10.0, 0.0), (500.0, 0.125), (1000.0, 0.25)));
        assert!(Line { runs: 7, converged_at: Quantiles::new() }.points().is_empty());
    }
}
