//! How many runs solve their task where set-ups differ: their share by the values of one axis of the sweep, a line for each
//! combination of the others.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    Chart, GroupFinder, Head, Legend, Mark, Panel, Panels, Scale, Starts, all_starts_of, color_among_others,
    color_of_line, some_of,
};
use crate::picture::Rgb;
use crate::picture::drawing::{Drawing, Sheet};
use crate::picture::names;
use crate::problem::Problem;
use crate::results::reader::{Observer, Row};
use crate::sweep::set_ups::{Axis, in_words, varying};
use crate::sweep::spec::{Sweep, is_solvable};
use crate::sweep::text::{percent, told_apart};

/// The most lines of a panel.
const MAX_LINES: usize = 12;
/// The most panels.
const MAX_PANELS: usize = 9;
/// The fewest numbers that make a better axis than words.
const MIN_NUMBERS: usize = 4;
/// The most values of an axis that are shown, so that points stay apart.
const MAX_VALUES: usize = 60;
/// The width of the legend, in pixels.
const LEGEND: f64 = 230.0;

/// What runs of a sweep differ in, beside their seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    SetUp(Axis),
    Init,
    Momentum,
    Alpha,
}

/// A way and its values.
#[derive(Clone, Debug)]
struct Values {
    way: Way,
    /// What they are called on an axis.
    names: Vec<String>,
    /// Where they are numbers, these, rising.
    numbers: Option<Vec<f64>>,
}

impl Values {
    fn of(sweep: &Sweep, way: Way) -> Self {
        let of_numbers = |mut numbers: Vec<f64>| {
            numbers.sort_by(f64::total_cmp);
            Self { way, names: told_apart(&numbers), numbers: Some(numbers) }
        };
        match way {
            Way::SetUp(Axis::HiddenUnits) => {
                let units = Axis::HiddenUnits.texts(&sweep.set_ups);
                of_numbers(units.iter().filter_map(|units| units.parse().ok()).collect())
            }
            Way::SetUp(axis) => Self { way, names: axis.texts(&sweep.set_ups), numbers: None },
            Way::Init => {
                let inits = sweep.axes.init_names().len();
                Self {
                    way,
                    names: (0..inits).map(|init| names::of_init(sweep, init)).collect(),
                    numbers: None,
                }
            }
            Way::Momentum => of_numbers(sweep.axes.momenta().to_vec()),
            Way::Alpha => of_numbers(super::alphas(sweep)),
        }
    }

    fn len(&self) -> usize {
        self.names.len()
    }

    fn has_numbers(&self) -> bool {
        self.numbers.as_ref().is_some_and(|numbers| numbers.len() >= MIN_NUMBERS)
    }

    /// Which of them a group of runs has.
    fn place(&self, sweep: &Sweep, starts: &Starts, rate: usize) -> Option<usize> {
        let of_number = |number: f64| self.numbers.as_ref()?.iter().position(|&known| known == number);
        match self.way {
            Way::SetUp(Axis::HiddenUnits) => {
                of_number(f64::from(u32::try_from(sweep.set_ups[starts.set_up].hidden_units.0).ok()?))
            }
            Way::SetUp(axis) => {
                let text = axis.text(&sweep.set_ups[starts.set_up]);
                self.names.iter().position(|name| *name == text)
            }
            Way::Init => Some(starts.init),
            Way::Momentum => of_number(starts.momentum),
            Way::Alpha => Some(rate),
        }
    }

    /// What an axis of them is called.
    fn title(&self) -> &'static str {
        match self.way {
            Way::SetUp(Axis::Task) => "task",
            Way::SetUp(Axis::HiddenUnits) => "hidden units",
            Way::SetUp(Axis::Hidden) => "activation of the hidden units",
            Way::SetUp(Axis::Output) => "output unit",
            Way::SetUp(Axis::Loss) => "loss",
            Way::SetUp(Axis::Update) => "updates",
            Way::SetUp(Axis::Optimizer) => "optimizer",
            Way::Init => "start",
            Way::Momentum => "momentum μ",
            Way::Alpha => "learning rate α",
        }
    }
}

/// Which values stand where.
struct Layout {
    x: Values,
    /// A panel for each of these, if one would not do.
    panels: Option<Values>,
    lines: Vec<Values>,
}

impl Layout {
    /// Of a sweep with several set-ups.
    fn of(sweep: &Sweep) -> Option<Self> {
        let axes = varying(&sweep.set_ups);
        if axes.is_empty() {
            return None;
        }
        let ways = axes.into_iter().map(Way::SetUp).chain([Way::Init, Way::Momentum, Way::Alpha]);
        let mut all: Vec<Values> = ways.map(|way| Values::of(sweep, way)).filter(|of| of.len() > 1).collect();
        // Learning rates if there are many, or other numbers, or else what has the most values.
        let rank = |of: &Values| (of.has_numbers(), of.has_numbers() && of.way == Way::Alpha, of.len());
        let best = (0..all.len()).rev().max_by_key(|&place| rank(&all[place]))?;
        let x = all.remove(best);
        let lines: usize = all.iter().map(Values::len).product();
        let is_enough = |of: &Values| of.len() <= MAX_PANELS && lines / of.len() <= MAX_LINES;
        let panels =
            (lines > MAX_LINES).then(|| all.remove(all.iter().position(is_enough).unwrap_or_default()));
        Some(Self { x, panels, lines: all })
    }

    fn count_of_lines(&self) -> usize {
        self.lines.iter().map(Values::len).product()
    }

    /// What a line is called.
    fn name(&self, line: usize) -> String {
        let mut rest = line;
        let mut places = vec![0; self.lines.len()];
        for (place, of) in places.iter_mut().zip(&self.lines).rev() {
            *place = rest % of.len();
            rest /= of.len();
        }
        let mut of_set_up = Vec::new();
        let mut others = Vec::new();
        for (of, place) in self.lines.iter().zip(places) {
            let name = of.names[place].clone();
            match of.way {
                Way::SetUp(axis) => of_set_up.push((axis, name)),
                Way::Init => others.push(name),
                Way::Momentum => others.push(format!("μ = {name}")),
                Way::Alpha => others.push(format!("α = {name}")),
            }
        }
        let set_up = Some(in_words(&of_set_up)).filter(|words| !words.is_empty());
        set_up.into_iter().chain(others).collect::<Vec<_>>().join(", ")
    }
}

/// Runs of a point, and how many of them solved their task.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    solved: u64,
    runs: u64,
}

impl Share {
    fn part(self) -> f64 {
        self.solved as f64 / self.runs.max(1) as f64
    }
}

/// The points of each line, by the place of their value.
type Lines = Vec<BTreeMap<usize, Share>>;

/// The chart of a sweep; none if there is one set-up, or no task that can be solved.
pub fn begin(sweep: &Arc<Sweep>) -> Option<Box<dyn Chart>> {
    let layout = Layout::of(sweep)?;
    let finder = GroupFinder::new(sweep, all_starts_of(sweep, is_solvable).collect());
    let panels = layout.panels.as_ref().map_or(1, Values::len);
    let all = vec![vec![BTreeMap::new(); layout.count_of_lines()]; panels];
    Some(Box::new(Solved { finder, layout, all }))
}

/// The groups that were seen.
struct Solved {
    finder: GroupFinder,
    layout: Layout,
    /// The lines of each panel.
    all: Vec<Lines>,
}

impl Observer for Solved {
    fn columns(&self) -> Vec<&'static str> {
        self.finder.columns()
    }

    fn see(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        let Self { finder, layout, all } = self;
        let Some(group) = finder.group(row)? else { return Ok(()) };
        let place = |of: &Values| of.place(&finder.sweep, &finder.starts[group.starts], group.rate);
        let panel = layout.panels.as_ref().map_or(Some(0), place);
        let line = layout.lines.iter().try_fold(0, |line, of| Some(line * of.len() + place(of)?));
        if let (Some(panel), Some(line), Some(x)) = (panel, line, place(&layout.x)) {
            let share = all[panel][line].entry(x).or_default();
            share.runs += group.runs;
            share.solved += group.solved;
        }
        Ok(())
    }
}

impl Chart for Solved {
    fn drawn(&self) -> Option<Drawing> {
        let is_seen = self.all.iter().flatten().any(|line| !line.is_empty());
        is_seen.then(|| drawn(&self.finder.sweep, &self.layout, &self.all))
    }
}

fn drawn(sweep: &Sweep, layout: &Layout, all: &[Lines]) -> Drawing {
    let lines = all[0].len();
    let shown_lines = lines.min(MAX_LINES);
    let all = &all[..all.len().min(MAX_PANELS)];
    let names: Vec<String> = (0..shown_lines).map(|line| layout.name(line)).collect();
    let places = some_of(&(0..layout.x.len()).collect::<Vec<_>>(), MAX_VALUES);
    let sentences = sentences(sweep, layout, all, lines);
    let of_panels = layout.panels.as_ref().map_or(&[][..], |of| &of.names);
    let panels = Panels::new(all.len(), false, LEGEND).with_names(of_panels.iter().map(String::as_str));
    let head = Head::new(format!("{}: solved", sweep.title()), &sentences, panels.sheet_width());
    let panels = Panels { head: head.height(), ..panels };
    let color = |line| color_of(layout, line, shown_lines);
    let size = panels.sheet_for(|legend| paint_legend(legend, layout, &names, color));
    let told: Vec<String> = all
        .iter()
        .enumerate()
        .flat_map(|(panel, lines)| {
            let of_panel = of_panels.get(panel);
            lines.iter().zip(&names).filter_map(move |(line, name)| told(layout, of_panel, name, line))
        })
        .collect();
    let about = format!("{}. {}. {}", head.title, sentences.join("; "), told.join(" "));
    let scale = match &layout.x.numbers {
        Some(numbers) if layout.x.has_numbers() => {
            Scale::cells(places.iter().map(|&place| numbers[place]).collect())
        }
        _ => Scale::Names(places.iter().map(|&place| layout.x.names[place].clone()).collect()),
    };
    Drawing::new(size, about, |sheet| {
        head.paint(sheet, f64::from(size.0));
        for (number, of_panel) in all.iter().enumerate() {
            let panel = panels.panel(number, &scale, &Scale::even(0.0, 1.0));
            panel.paint_grid(sheet, |tick| format!("{:.0} %", 100.0 * tick.value));
            for (line, points) in of_panel.iter().enumerate().take(shown_lines) {
                paint_line(sheet, &panel, points, &places, color(line), (line, shown_lines));
            }
            panel.paint_edge(sheet);
            if let Some(name) = of_panels.get(number) {
                panel.paint_name(sheet, name, panels.above);
            }
            panels.paint_axis_names(sheet, &panel, number, layout.x.title(), "share that solved the task");
        }
        paint_legend(&mut panels.legend(sheet), layout, &names, color);
    })
}

/// What it shows, and what it leaves out.
fn sentences(sweep: &Sweep, layout: &Layout, all: &[Lines], lines: usize) -> Vec<String> {
    let runs = all.iter().flatten().flat_map(BTreeMap::values).map(|share| share.runs);
    let [fewest, most] = [runs.clone().min(), runs.max()].map(Option::unwrap_or_default);
    let each = if fewest == most { most.to_string() } else { format!("{fewest} to {most}") };
    let mut sentences = vec![format!(
        "share of the runs that had all outputs on the right side at some step, of {each} each"
    )];
    let left_out = |shown: usize, all: usize, what: &str| {
        (shown < all).then(|| format!("the first {shown} of {all} {what}"))
    };
    let panels = layout.panels.as_ref().map_or(1, Values::len);
    sentences.extend(left_out(all.len(), panels, "panels"));
    sentences.extend(left_out(lines.min(MAX_LINES), lines, "lines"));
    let able = sweep.set_ups.iter().filter(|set_up| is_solvable(set_up)).count();
    if able < sweep.set_ups.len() {
        sentences.push("of tasks with two targets alone".to_owned());
    }
    sentences
}

/// Values of one kind that follow each other have colours that do so, too.
fn color_of(layout: &Layout, line: usize, lines: usize) -> Rgb {
    let is_series = |of: &Values| of.numbers.is_some() || of.way == Way::Init && of.len() > 4;
    match &layout.lines[..] {
        [only] if is_series(only) => color_of_line(line, lines),
        _ => color_among_others(line),
    }
}

fn paint_legend(legend: &mut Legend<'_>, layout: &Layout, names: &[String], color: impl Fn(usize) -> Rgb) {
    if let [only] = &layout.lines[..] {
        legend.note(only.title(), 0.0);
        legend.top += 8.0;
    }
    for (line, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        legend.entry(Mark::Line(color(line)), name);
    }
}

/// Numbers are joined by a line; words have their points side by side.
fn paint_line(
    sheet: &mut Sheet,
    panel: &Panel,
    points: &BTreeMap<usize, Share>,
    places: &[usize],
    color: Rgb,
    (line, lines): (usize, usize),
) {
    let seen = places.iter().enumerate().filter_map(|(at, place)| Some((at, points.get(place)?.part())));
    match &panel.x {
        Scale::Names(names) => {
            let cell = panel.width / names.len() as f64;
            let aside = cell * 0.7 * ((line as f64 + 0.5) / lines as f64 - 0.5);
            for (at, part) in seen {
                let (x, y) = panel.at((at as f64, part));
                sheet.dot((x + aside, y), 3.5, color);
            }
        }
        Scale::Cells { values, .. } => {
            let points: Vec<(f64, f64)> = seen.map(|(at, part)| (values[at], part)).collect();
            let points = panel.points(&points);
            sheet.line(points.clone(), color, 2.25);
            points.into_iter().for_each(|point| sheet.dot(point, 3.0, color));
        }
        _ => {}
    }
}

/// What a line shows, in a sentence.
fn told(
    layout: &Layout,
    panel: Option<&String>,
    name: &str,
    line: &BTreeMap<usize, Share>,
) -> Option<String> {
    let at = |(place, share): (&usize, &Share)| {
        format!("{} at {}", percent(share.solved, share.runs, 0), layout.x.names[*place])
    };
    let (first, last) = (line.first_key_value()?, line.last_key_value()?);
    let most = line.iter().max_by(|one, two| one.1.part().total_cmp(&two.1.part()))?;
    let is_between = most.1.part() > first.1.part().max(last.1.part());
    let ends = [Some(first), Some(last).filter(|last| last.0 != first.0), Some(most).filter(|_| is_between)];
    let points = ends.into_iter().flatten().enumerate();
    let points =
        points.map(|(place, point)| if place == 2 { format!("most, {}", at(point)) } else { at(point) });
    let who: Vec<&str> =
        panel.map(String::as_str).into_iter().chain([name]).filter(|name| !name.is_empty()).collect();
    let who = if who.is_empty() { "solved".to_owned() } else { who.join(", ") };
    Some(format!("{who}: {}.", points.collect::<Vec<_>>().join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::spec::Spec;

    fn layout(text: &str) -> Option<Layout> {
        Layout::of(&Spec::from_toml(text).and_then(|spec| spec.resolve("".as_ref())).unwrap())
    }

    #[test]
    fn one_set_up_has_no_such_chart() {
        assert!(layout("alpha = [0.1, 0.2, 0.3, 0.4, 0.5]").is_none());
    }

    #[test]
    fn many_rates_make_the_axis_or_other_numbers_or_what_has_the_most_values() {
        let axis = |text| layout(text).unwrap().x.way;
        assert_eq!(
            axis("hidden = ['tanh', 'relu']\nalpha = '0.1:0.4:4'\nhidden_units = [1, 2, 3, 4, 5, 6]"),
            Way::Alpha
        );
        let units = Way::SetUp(Axis::HiddenUnits);
        assert_eq!(axis("hidden_units = [1, 2, 3, 4]\nalpha = [0.1, 0.2]\ntask = ['xor', 'and']"), units);
        assert_eq!(axis("hidden_units = [1, 2]\ntask = ['xor', 'and', 'or']"), Way::SetUp(Axis::Task));
    }

    #[test]
    fn what_is_too_much_for_one_panel_gets_several() {
        let all = layout(
            "task = ['xor', 'and', 'or']\nhidden = ['tanh', 'relu']\noutput = ['linear', 'tanh', 'sigmoid']\n\
             alpha = '0.1:0.4:4'",
        );
        let all = all.unwrap();
        assert_eq!(all.panels.as_ref().map(|of| of.way), Some(Way::SetUp(Axis::Task)));
        let names: Vec<String> = (0..all.count_of_lines()).map(|line| all.name(line)).collect();
        assert_eq!(names.len(), 6);
        assert_eq!(
            [&names[0][..], &names[5][..]],
            ["tanh hidden, linear output", "relu hidden, sigmoid output"]
        );
    }
}
