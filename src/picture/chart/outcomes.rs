//! What became of the runs at each learning rate: stacked shares, a panel for each set-up, init and momentum.

use std::sync::Arc;

use super::{
    GroupFinder, Head, Legend, Mark, Panel, Panels, Scale, ShownGroup, Starts, paint_dashes, some_of,
    starts_of, told_of_rates, told_of_starts,
};
use crate::facts::{rate_limit, small_start_limit, solution_limit};
use crate::kernel::SetUp;
use crate::kernel::outcome::Outcome;
use crate::picture::color;
use crate::picture::drawing::{Across, Down, Drawing, FAINT_INK, INK, Sheet, Style, WHITE};
use crate::problem::Problem;
use crate::results::reader::{Observer, Row};
use crate::results::summary;
use crate::sweep::spec::Sweep;
use crate::sweep::text::{percent, shortest, with_digits};

/// The most learning rates that are shown, evenly chosen, so that each has a pixel.
const MAX_RATES: usize = 290;
/// Bars of fewer pixels touch each other.
const MIN_APART: f64 = 8.0;

/// The chart of a sweep; none if there is one learning rate only.
pub fn begin(sweep: &Arc<Sweep>) -> Option<Box<dyn super::Chart>> {
    let finder = GroupFinder::new(sweep, starts_of(sweep));
    let shown = some_of(&finder.alphas, MAX_RATES);
    let bars = finder.starts.iter().map(|_| Vec::new()).collect();
    (finder.alphas.len() > 1).then(|| Box::new(Outcomes { finder, shown, bars }) as Box<_>)
}

/// The groups that were seen.
struct Outcomes {
    finder: GroupFinder,
    /// The learning rates that are shown.
    shown: Vec<f64>,
    /// Those of each of the starts.
    bars: Vec<Vec<Bar>>,
}

impl Observer for Outcomes {
    fn columns(&self) -> Vec<&'static str> {
        self.finder.columns()
    }

    fn see(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        if let Some(group) = self.finder.group(row)? {
            let alpha = self.finder.alphas[group.rate];
            if super::place_of(&self.shown, alpha).is_some() {
                self.bars[group.starts].push(Bar { alpha, group });
            }
        }
        Ok(())
    }
}

impl super::Chart for Outcomes {
    fn drawn(&self) -> Option<Drawing> {
        let GroupFinder { sweep, starts, alphas, .. } = &self.finder;
        let mut bars = self.bars.clone();
        for bars in &mut bars {
            bars.sort_by(|one, two| one.alpha.total_cmp(&two.alpha));
        }
        let chart = Chart {
            shown: color::ALL
                .into_iter()
                .filter(|outcome| {
                    bars.iter().flatten().any(|bar| bar.group.counts[color::place(*outcome)] > 0)
                })
                .collect(),
            facts: starts.iter().map(|of| facts(&sweep.set_ups[of.set_up], of.momentum)).collect(),
            scale: Scale::cells(self.shown.clone()),
            starts: starts.clone(),
            bars,
        };
        Some(chart.drawn(sweep, alphas.len()))
    }
}

/// The runs at one learning rate.
#[derive(Clone)]
struct Bar {
    alpha: f64,
    group: ShownGroup,
}

struct Chart {
    /// The outcomes that there are.
    shown: Vec<Outcome>,
    /// Those of each of the starts.
    facts: Vec<Vec<Fact>>,
    /// The learning rates that are shown.
    scale: Scale,
    starts: Vec<Starts>,
    /// Those of each of the starts, by rising learning rate.
    bars: Vec<Vec<Bar>>,
}

impl Chart {
    fn drawn(&self, sweep: &Sweep, all: usize) -> Drawing {
        let Scale::Cells { values, .. } = &self.scale else { unreachable!("it was made of cells") };
        let rates = told_of_rates(values.len(), all, all, "");
        let sentences: Vec<String> = [Some("share of the runs at each learning rate α".to_owned()), rates]
            .into_iter()
            .chain([told_of_starts(sweep, sweep.set_ups.len())])
            .flatten()
            .collect();
        let panels = Panels::new(self.starts.len(), self.all_facts().next().is_some(), super::LEGEND)
            .with_cells(values.len())
            .with_names(self.starts.iter().map(|starts| starts.name.as_str()));
        let head = Head::new(format!("{}: outcomes", sweep.title()), &sentences, panels.sheet_width());
        let panels = Panels { head: head.height(), ..panels };
        let size = panels.sheet_for(|legend| self.paint_legend(legend));
        let shares: Vec<String> =
            self.starts.iter().zip(&self.bars).map(|(starts, bars)| told(starts, bars)).collect();
        let about = format!("{}. {}. {}", head.title, sentences.join("; "), shares.join(" "));
        Drawing::new(size, about, |sheet| {
            head.paint(sheet, f64::from(size.0));
            let all = self.bars.iter().zip(&self.starts).zip(&self.facts);
            for (number, ((bars, starts), facts)) in all.enumerate() {
                let panel = panels.panel(number, &self.scale, &Scale::even(0.0, 1.0));
                let width = panels.width / values.len() as f64;
                paint_bars(sheet, &panel, bars, width, starts.is_solvable);
                panel.paint_name(sheet, &starts.name, panels.above);
                paint_facts(sheet, &panel, facts);
                panels.paint_axis_names(sheet, &panel, number, "learning rate α", "share of runs");
            }
            self.paint_legend(&mut panels.legend(sheet));
        })
    }

    fn paint_legend(&self, legend: &mut Legend<'_>) {
        // From above as in the bars.
        for &outcome in self.shown.iter().rev() {
            legend.entry(Mark::Square(color::of(outcome)), &color::label(outcome));
        }
        legend.gap();
        if self.starts.iter().any(|starts| starts.is_solvable) {
            let solved = "at some step all outputs were right, whatever became of the run";
            legend.explained(Mark::Line(INK), "solved", solved);
        }
        for fact in self.all_facts() {
            legend.explained(Mark::Dashes(INK), &format!("α = {}", fact.name), &fact.says);
        }
    }

    /// The facts of all panels, each once.
    fn all_facts(&self) -> impl Iterator<Item = &Fact> {
        let mut known: Vec<&str> = Vec::new();
        self.facts.iter().flatten().filter(move |fact| {
            let is_new = !known.contains(&fact.says.as_str());
            known.push(&fact.says);
            is_new
        })
    }
}

/// What a panel shows, in a sentence: the shares at the ends and where most runs converged.
fn told(Starts { name, is_solvable, .. }: &Starts, bars: &[Bar]) -> String {
    let [Some(first), Some(last)] = [bars.first(), bars.last()] else {
        return format!("{name}: no runs.");
    };
    let at = |bar: &Bar| {
        let share = |of: u64| percent(of, bar.group.runs, 0);
        let solved =
            if *is_solvable { format!(" and {} solved", share(bar.group.solved)) } else { String::new() };
        format!("{} converged{solved} at α = {}", share(bar.group.converged()), with_digits(bar.alpha, 4))
    };
    let of = |bar: &Bar| bar.group.converged() as f64 / bar.group.runs as f64;
    // The first of equal ones.
    let best = bars.iter().rev().max_by(|one, two| of(one).total_cmp(&of(two))).unwrap_or(first);
    format!("{name}: {}; {}; at best {}.", at(first), at(last), at(best))
}

/// The summary's column that counts an outcome.
#[must_use]
pub fn column_of(outcome: Outcome) -> &'static str {
    let name = outcome.plateau().map_or_else(
        || outcome.word().to_owned(),
        |plateau| format!("{}_{}", outcome.word(), plateau.kind().replace('-', "_")),
    );
    summary::column_named(&name).expect("every outcome is counted").name
}

fn paint_bars(sheet: &mut Sheet, panel: &Panel, bars: &[Bar], width: f64, is_solvable: bool) {
    panel.paint_grid(sheet, |tick| format!("{:.0} %", 100.0 * tick.value));
    let gap = if width < MIN_APART { 0.0 } else { (width / 16.0).round().clamp(1.0, 4.0) };
    let mut solved: Vec<[(f64, f64); 2]> = Vec::new();
    for bar in bars {
        let middle = panel.x_of(bar.alpha);
        // Cells are whole pixels, so no seam shows where bars meet.
        let left = (middle - width / 2.0).round();
        let (left, right) = (left + (gap / 2.0).floor(), left + width - (gap / 2.0).ceil());
        let share = |count: u64| panel.y_of(count as f64 / bar.group.runs as f64);
        let mut below = 0;
        for (outcome, &count) in
            color::ALL.into_iter().zip(&bar.group.counts).filter(|(_, count)| **count > 0)
        {
            let corners = [(left, share(below + count)), (right, share(below))];
            sheet.rectangle(corners, color::of(outcome));
            below += count;
        }
        if gap > 0.0 {
            sheet.line([(middle, panel.bottom()), (middle, panel.bottom() + 4.0)], FAINT_INK, 1.0);
        }
        if is_solvable {
            solved.push([(left, share(bar.group.solved)), (right, share(bar.group.solved))]);
        }
    }
    // Bars that touch have one line, of stairs.
    let lines = if gap > 0.0 {
        solved.into_iter().map(|line| line.to_vec()).collect()
    } else {
        vec![solved.concat()]
    };
    for (color, thick) in [(WHITE, 4.0), (INK, 2.0)] {
        lines.iter().filter(|line| !line.is_empty()).for_each(|line| sheet.line(line.clone(), color, thick));
    }
    panel.paint_edge(sheet);
}

/// A learning rate that a fact is about.
struct Fact {
    alpha: f64,
    name: String,
    says: String,
    /// Whether its name stands to the left of its line.
    is_left: bool,
}

/// The facts that hold for a set-up without momentum.
fn facts(set_up: &SetUp, momentum: f64) -> Vec<Fact> {
    if momentum != 0.0 {
        return Vec::new();
    }
    [
        (small_start_limit(set_up, 0.0), "starts near zero are unstable above", true),
        (solution_limit(set_up, 0.0), "no exact solution that was found is stable above", true),
        (rate_limit(set_up, 0.0), "no point of rest is stable above", false),
    ]
    .into_iter()
    .filter_map(|(alpha, says, is_left)| {
        let alpha = alpha?;
        let name = shortest((1000.0 * alpha).round() / 1000.0);
        Some(Fact { alpha, says: format!("{says} {name}"), name, is_left })
    })
    .collect()
}

/// The width that a fact's name takes, in pixels.
const NAME_WIDTH: f64 = 42.0;

fn paint_facts(sheet: &mut Sheet, panel: &Panel, facts: &[Fact]) {
    let mut former = f64::NEG_INFINITY;
    for fact in facts.iter().filter(|fact| panel.x.is_within(fact.alpha)) {
        let x = panel.x_of(fact.alpha);
        paint_dashes(sheet, [(x, panel.top), (x, panel.bottom())], INK);
        // A name that would stand upon another is in the legend alone.
        let left = x - if fact.is_left { NAME_WIDTH } else { 0.0 };
        if left < former {
            continue;
        }
        former = x;
        let (side, shift) = if fact.is_left { (Across::End, 1.0) } else { (Across::Begin, -1.0) };
        let style = Style::new(12.0, INK).at(side, Down::Base);
        sheet.text(&fact.name, (x + shift, panel.top - 6.0), style);
    }
}
