//! How long runs take to leave the subspace of equal hidden units, by the distance at which they start.

use std::collections::BTreeMap;

use super::{Panel, Scale, TITLE, chosen_alphas, color_of_line, paint_note, paint_title};
use crate::picture::drawing::Drawing;
use crate::problem::Problem;
use crate::sweep::spec::Sweep;
use crate::sweep::text::shortest;
use crate::table::{Quantiles, Table};

/// The most lines.
const MOST_LINES: usize = 5;
/// Distances are gathered in so many bins to a factor of ten.
const BINS: f64 = 5.0;
/// The fewest runs a bin needs to be shown.
const FEWEST: u64 = 10;
/// The fewest bins that make a line.
const FEWEST_BINS: usize = 3;
/// Width and height, in pixels.
const SIZE: (u32, u32) = (900, 540);

/// Where a line goes: distance, and the 10th percentile, the median and the 90th percentile of the step. Those who
/// do not escape count as escaping later than all others.
type Point = (f64, [Option<f64>; 3]);

/// Draws the chart from a table; nothing if too few distances are there.
///
/// # Errors
/// If the table cannot be read or lacks a column.
pub fn draw(sweep: &Sweep, table: &Table) -> Result<Option<Drawing>, Problem> {
    let alphas = chosen_alphas(sweep, MOST_LINES);
    let lines: Vec<Vec<Point>> = read(sweep, table, &alphas)?.iter().map(points).collect();
    let medians =
        || lines.iter().flatten().filter_map(|(distance, [_, median, _])| Some((*distance, (*median)?)));
    let longest =
        lines.iter().map(|line| line.iter().filter(|(_, [_, median, _])| median.is_some()).count()).max();
    if longest.is_none_or(|bins| bins < FEWEST_BINS) {
        return Ok(None);
    }
    let fold = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), value| (low.min(value), high.max(value)))
    };
    let (near, far) = fold(&mut medians().map(|(distance, _)| distance));
    let all_steps = || lines.iter().flatten().flat_map(|(_, steps)| steps.iter().flatten().copied());
    let (fewest, most) = fold(&mut all_steps());
    Ok(Some(Drawing::new(SIZE, |area| {
        let momentum = sweep.axes.momenta()[0];
        let with = if momentum == 0.0 { String::new() } else { format!(", momentum {}", shortest(momentum)) };
        let subtitle = format!(
            "first step with an error below the level of equal units, by the start's distance from them{with}"
        );
        paint_title(area, &format!("{}: escape from the saddle", sweep.name), &subtitle, f64::from(SIZE.0))?;
        let scales = [Scale::logarithmic(near, far, 1.2), Scale::logarithmic(fewest, most, 1.2)];
        let panel = Panel::only(area, SIZE, 84.0, scales);
        panel.paint_grid(|tick| tick.label.clone())?;
        for (place, line) in lines.iter().enumerate() {
            let color = color_of_line(place, alphas.len());
            for part in unbroken(line) {
                panel.paint_band(&part, color)?;
            }
        }
        for (place, line) in lines.iter().enumerate() {
            let color = color_of_line(place, alphas.len());
            // Broken where half of the runs or more stay.
            for part in line.split(|(_, [_, median, _])| median.is_none()).filter(|part| !part.is_empty()) {
                let medians: Vec<(f64, f64)> = part
                    .iter()
                    .filter_map(|(distance, [_, median, _])| Some((*distance, (*median)?)))
                    .collect();
                panel.paint_line(&medians, color, 2.25)?;
                panel.paint_dots(&medians, color)?;
            }
        }
        panel.paint_edge()?;
        panel.paint_axis_names("distance of the start from equal hidden units (asymmetry)", "escape step")?;
        let (left, top) = (f64::from(SIZE.0) - super::LEGEND - 4.0, TITLE + 8.0);
        super::convergence::paint_legend(area, (left, top), &alphas)?;
        let notes = [
            "lines: medians of all runs,",
            "also of those that stay;",
            "bands: from 10 to 90 %,",
            "where so many escape",
        ];
        let below = top + 26.0 * (alphas.len() as f64 + 1.0) + 14.0;
        for (line, note) in (0..).zip(notes) {
            paint_note(area, (left, below + 18.0 * f64::from(line)), note)?;
        }
        Ok(())
    })))
}

/// The steps of each learning rate, by bin of distance.
fn read(sweep: &Sweep, table: &Table, alphas: &[f64]) -> Result<Vec<BTreeMap<i32, Quantiles>>, Problem> {
    let momentum = sweep.axes.momenta()[0];
    let mut lines = vec![BTreeMap::new(); alphas.len()];
    table.read(["alpha", "momentum", "escaped_at", "asymmetry"], |row| {
        let (alpha, distance) = (row.number(0)?, row.number(3)?);
        let Ok(place) = alphas.binary_search_by(|known| known.total_cmp(&alpha)) else { return Ok(()) };
        // From nowhere but equal units the distance is above 0; those never escape.
        if row.number(1)? == momentum && distance > 0.0 && distance.is_finite() {
            let step = row.optional_integer(2)?.map_or(f64::INFINITY, |step| (step as f64).max(1.0));
            let bins: &mut BTreeMap<i32, Quantiles> = &mut lines[place];
            bins.entry(libm::floor(libm::log10(distance) * BINS) as i32).or_default().add(step);
        }
        Ok(())
    })?;
    Ok(lines)
}

fn points(bins: &BTreeMap<i32, Quantiles>) -> Vec<Point> {
    let enough = bins.iter().filter(|(_, steps)| steps.len() >= FEWEST);
    let of = |steps: &Quantiles, percent| steps.percentile(percent).filter(|step| step.is_finite());
    enough
        .map(|(&bin, steps)| {
            let distance = libm::exp10((f64::from(bin) + 0.5) / BINS);
            (distance, [10, 50, 90].map(|percent| of(steps, percent)))
        })
        .collect()
}

/// The stretches of a line in which nearly all escape, with the 10th and the 90th percentile.
fn unbroken(line: &[Point]) -> Vec<Vec<(f64, f64, f64)>> {
    let known = |(distance, [low, _, high]): &Point| Some((*distance, (*low)?, (*high)?));
    let stretches = line.split(|at| known(at).is_none());
    stretches
        .map(|part| part.iter().filter_map(known).collect::<Vec<_>>())
        .filter(|part| part.len() > 1)
        .collect()
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
        let bins = BTreeMap::from([(-5, steps), (0, few)]);
        let points = points(&bins);
        assert_eq!(points.len(), 1, "a bin of few runs is not shown");
        assert_eq!(points[0].1, [Some(10.0), Some(50.0), None]);
        assert!((points[0].0 - 0.1 * libm::exp10(0.1)).abs() < 1e-12, "the middle of the bin from 0.1");
    }
}
