//! What became of the runs at each learning rate: stacked shares, a panel for each init and momentum.

use plotters::element::{Rectangle, Text};
use plotters::style::Color as _;
use plotters::style::text_anchor::{HPos, VPos};

use super::{
    Painted, Panel, Panels, Scale, of_all, paint_dashes, paint_entry, paint_note, paint_title, panels_of,
};
use crate::facts::{rate_limit, small_start_limit, solution_limit};
use crate::kernel::SetUp;
use crate::kernel::outcome::Outcome;
use crate::picture::axis::{self, Spacing};
use crate::picture::color;
use crate::picture::drawing::{Area, Drawing, INK, anchored, ink, point, text};
use crate::problem::Problem;
use crate::sweep::spec::Sweep;
use crate::sweep::text::shortest;
use crate::table::Table;

/// The most learning rates that are shown, evenly chosen.
const MOST_RATES: usize = 1000;

/// The shares at one learning rate.
struct Bar {
    alpha: f64,
    runs: u64,
    /// How many runs had each outcome, in the order of [`color::ALL`].
    counts: [u64; color::ALL.len()],
}

/// Draws the chart from a summary; nothing if there is one learning rate only.
///
/// # Errors
/// If the summary cannot be read or lacks a column.
pub fn draw(sweep: &Sweep, summary: &Table) -> Result<Option<Drawing>, Problem> {
    let alphas = super::alphas(sweep);
    if alphas.len() < 2 {
        return Ok(None);
    }
    let names = panels_of(sweep);
    let bars = read(sweep, summary, &alphas)?;
    let is_logarithmic = axis::spacing(&alphas) == Spacing::Logarithmic;
    let x = edges(&super::some_of(&alphas, MOST_RATES), is_logarithmic);
    let shown: Vec<Outcome> = color::ALL
        .into_iter()
        .filter(|outcome| bars.iter().flatten().any(|bar| bar.counts[color::place(*outcome)] > 0))
        .collect();
    let facts = facts(&sweep.network, sweep.axes.momenta());
    let panels = Panels::new(names.len(), !facts.is_empty());
    let legend = 26.0 * (shown.len() as f64 + 1.0) + 70.0 * facts.len() as f64;
    let size = panels.sheet(legend);
    Ok(Some(Drawing::new(size, |area| {
        let subtitle = format!("share of the runs at each learning rate α{}", of_all(sweep));
        paint_title(area, &format!("{}: outcomes", sweep.name), &subtitle, f64::from(size.0))?;
        let scale = Scale { low: x[0], high: x[x.len() - 1], is_logarithmic };
        for (number, (bars, (_, momentum, name))) in bars.iter().zip(&names).enumerate() {
            let panel = panels.panel(area, number, scale, Scale::even(0.0, 1.0));
            paint_panel(&panel, bars, &x)?;
            panel.paint_name(name, panels.above)?;
            if *momentum == 0.0 {
                paint_facts(&panel, &facts)?;
            }
            if number % panels.columns == 0 {
                panel.paint_axis_names("learning rate α", "share of runs")?;
            } else {
                panel.paint_axis_names("learning rate α", "")?;
            }
        }
        paint_legend(area, panels.legend(), &shown, &facts)
    })))
}

/// The bars of each panel, by rising learning rate.
fn read(sweep: &Sweep, summary: &Table, alphas: &[f64]) -> Result<Vec<Vec<Bar>>, Problem> {
    let panels = panels_of(sweep);
    let names = sweep.axes.init_names();
    let shown = super::some_of(alphas, MOST_RATES);
    let mut bars: Vec<Vec<Bar>> = panels.iter().map(|_| Vec::new()).collect();
    let columns = color::ALL.map(column_of);
    let [a, b, c, d, e, f, g, h, i] = columns.each_ref().map(String::as_str);
    summary.read(["init", "momentum", "alpha", "runs", a, b, c, d, e, f, g, h, i], |row| {
        let (init, momentum, alpha) = (row.word(0)?, row.number(1)?, row.number(2)?);
        let is_of = |(place, of, _): &(usize, f64, String)| names[*place] == init && *of == momentum;
        let Some(panel) = panels.iter().position(is_of) else { return Ok(()) };
        if shown.binary_search_by(|known| known.total_cmp(&alpha)).is_ok() {
            let mut counts = [0; color::ALL.len()];
            for (place, count) in counts.iter_mut().enumerate() {
                *count = row.integer(4 + place)?;
            }
            bars[panel].push(Bar { alpha, runs: row.integer(3)?, counts });
        }
        Ok(())
    })?;
    for bars in &mut bars {
        bars.sort_by(|one, two| one.alpha.total_cmp(&two.alpha));
    }
    Ok(bars)
}

/// The summary's column that counts an outcome.
#[must_use]
pub fn column_of(outcome: Outcome) -> String {
    outcome.plateau().map_or_else(
        || outcome.word().to_owned(),
        |plateau| format!("{}_{}", outcome.word(), plateau.kind().replace('-', "_")),
    )
}

/// Where bars meet: halfway between learning rates, and as far beyond the first and the last.
fn edges(alphas: &[f64], is_logarithmic: bool) -> Vec<f64> {
    let to = |value: f64| if is_logarithmic { libm::log(value) } else { value };
    let from = |value: f64| if is_logarithmic { libm::exp(value) } else { value };
    let at: Vec<f64> = alphas.iter().map(|&alpha| to(alpha)).collect();
    let last = at.len() - 1;
    let first = at[0] - (at[1] - at[0]) / 2.0;
    let middles = at.windows(2).map(|two| (two[0] + two[1]) / 2.0);
    let end = at[last] + (at[last] - at[last - 1]) / 2.0;
    let first = if is_logarithmic { first } else { first.max(0.0) };
    [first].into_iter().chain(middles).chain([end]).map(from).collect()
}

fn paint_panel(panel: &Panel<'_, '_>, bars: &[Bar], edges: &[f64]) -> Painted {
    panel.paint_grid(|tick| format!("{:.0} %", 100.0 * tick.value))?;
    for bar in bars {
        let place = edges.partition_point(|&edge| edge <= bar.alpha).clamp(1, edges.len() - 1);
        let (left, right) = (edges[place - 1], edges[place]);
        let mut below = 0;
        for (outcome, count) in color::ALL.into_iter().zip(bar.counts).filter(|(_, count)| *count > 0) {
            let share = |count: u64| count as f64 / bar.runs as f64;
            // At whole pixels, so that no seam shows between bars.
            let [left, right] = [left, right].map(|alpha| panel.x_of(alpha).round());
            let [top, bottom] = [below + count, below].map(|count| panel.y_of(share(count)));
            let corners = [point(left, top), point(right, bottom)];
            panel.area.draw(&Rectangle::new(corners, ink(color::of(outcome)).filled()))?;
            below += count;
        }
    }
    panel.paint_edge()
}

/// A learning rate that a fact is about.
struct Fact {
    alpha: f64,
    name: String,
    /// What it says, in short lines.
    says: [&'static str; 2],
    /// Whether its name stands to the left of its line.
    is_left: bool,
}

/// The facts that hold for a network without momentum.
fn facts(network: &SetUp, momenta: &[f64]) -> Vec<Fact> {
    if !momenta.contains(&0.0) {
        return Vec::new();
    }
    [
        (small_start_limit(network, 0.0), ["small starts are", "unstable above"], true),
        (solution_limit(network, 0.0), ["no known solution", "is stable above"], true),
        (rate_limit(network, 0.0), ["no resting point", "is stable above"], false),
    ]
    .into_iter()
    .filter_map(|(alpha, says, is_left)| {
        let alpha = alpha?;
        let name = shortest((1000.0 * alpha).round() / 1000.0);
        Some(Fact { alpha, name, says, is_left })
    })
    .collect()
}

/// The width that a fact's name takes, in pixels.
const NAME_WIDTH: f64 = 42.0;

fn paint_facts(panel: &Panel<'_, '_>, facts: &[Fact]) -> Painted {
    let mut former = f64::NEG_INFINITY;
    for fact in facts.iter().filter(|fact| (0.0..=1.0).contains(&panel.x.part(fact.alpha))) {
        panel.paint_dashes(Some(fact.alpha), None, INK)?;
        // A name that would stand upon another is in the legend alone.
        let left = panel.x_of(fact.alpha) - if fact.is_left { NAME_WIDTH } else { 0.0 };
        if left < former {
            continue;
        }
        former = panel.x_of(fact.alpha);
        let (side, shift) = if fact.is_left { (HPos::Right, 1.0) } else { (HPos::Left, -1.0) };
        let above = point(panel.x_of(fact.alpha) + shift, panel.top - 4.0);
        let style = anchored(text(12.0, INK), side, VPos::Bottom);
        panel.area.draw(&Text::new(fact.name.clone(), above, style))?;
    }
    Ok(())
}

fn paint_legend(area: &Area<'_>, (left, top): (f64, f64), shown: &[Outcome], facts: &[Fact]) -> Painted {
    let mut top = top;
    // From above as in the bars.
    for &outcome in shown.iter().rev() {
        paint_entry(area, (left, top), color::of(outcome), false, &color::label(outcome))?;
        top += 26.0;
    }
    top += 14.0;
    for fact in facts {
        paint_dashes(area, point(left + 7.0, top), point(left + 7.0, top + 38.0), INK)?;
        let style = anchored(text(13.0, INK), HPos::Left, VPos::Center);
        area.draw(&Text::new(format!("α = {}", fact.name), point(left + 26.0, top + 2.0), style))?;
        for (line, said) in (1..).zip(fact.says) {
            paint_note(area, (left + 26.0, top - 7.0 + 18.0 * f64::from(line)), said)?;
        }
        top += 66.0;
    }
    Ok(())
}
