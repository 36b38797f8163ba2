//! The error of chosen runs, step by step.

use super::{Head, LEGEND, Legend, Mark, Panel, Scale, color_among_others, paint_dashes};
use crate::kernel::SetUp;
use crate::kernel::outcome::Levels;
use crate::picture::drawing::{Drawing, FAINT_INK, Sheet};
use crate::sweep::text::{fraction, with_digits};

/// A line is made of this many pieces at most, each with its first, lowest, highest and last error.
const MAX_PIECES: u64 = 800;
/// The least error that is shown: below, there is only rounding.
const LEAST: f64 = 1e-32;
/// Width and least height, in pixels.
const SIZE: (u32, u32) = (960, 540);

/// The error of one run, thinned to what can be seen.
#[derive(Clone, Debug)]
pub struct Curve {
    name: String,
    steps_a_piece: u64,
    points: Vec<(f64, f64)>,
    piece: Piece,
}

/// Consecutive steps.
#[derive(Clone, Debug, Default)]
struct Piece {
    number: u64,
    /// The first, lowest, highest and last point.
    points: Option<[(u64, f64); 4]>,
}

impl Curve {
    /// A curve without points, for a run of at most so many steps.
    #[must_use]
    pub fn new(name: String, steps: u64) -> Self {
        Self { name, steps_a_piece: steps / MAX_PIECES + 1, points: Vec::new(), piece: Piece::default() }
    }

    /// Adds the error after a step; steps must rise. An error that is not finite ends the curve.
    pub fn add(&mut self, step: u64, error: f64) {
        if !error.is_finite() {
            return;
        }
        let number = step / self.steps_a_piece;
        if number != self.piece.number {
            self.close();
            self.piece.number = number;
        }
        let at = (step, error);
        let points = self.piece.points.get_or_insert([at; 4]);
        if error < points[1].1 {
            points[1] = at;
        }
        if error > points[2].1 {
            points[2] = at;
        }
        points[3] = at;
    }

    fn close(&mut self) {
        let Some(mut points) = self.piece.points.take() else { return };
        points.sort_by_key(|(step, _)| *step);
        let mut points = points.to_vec();
        points.dedup();
        self.points.extend(points.into_iter().map(|(step, error)| (step as f64, error.max(LEAST))));
    }

    /// Its points, thinned.
    fn finished(mut self) -> (String, Vec<(f64, f64)>) {
        self.close();
        (self.name, self.points)
    }
}

/// Draws curves of runs of these set-ups; the title is the chart's.
#[must_use]
pub fn draw(title: &str, set_ups: &[&SetUp], curves: Vec<Curve>) -> Drawing {
    let curves: Vec<(String, Vec<(f64, f64)>)> = curves.into_iter().map(Curve::finished).collect();
    let errors = || curves.iter().flat_map(|(_, points)| points.iter().map(|(_, error)| *error));
    let steps =
        curves.iter().flat_map(|(_, points)| points.iter().map(|(step, _)| *step)).fold(1.0, f64::max);
    let (low, high) = (errors().fold(f64::INFINITY, f64::min), errors().fold(0.0, f64::max));
    let (low, high) = if low <= high { (low, high) } else { (LEAST, 1.0) };
    let width = f64::from(SIZE.0);
    let says = "mean squared error after each step".to_owned();
    let told: Vec<String> = curves.iter().map(|(name, points)| told(name, points)).collect();
    let about = format!("{title}: {says}. {}", told.join(" "));
    let head = Head::new(title.to_owned(), &[says], width);
    let (left, top) = (88.0, head.height() + 8.0);
    let y = Scale::logarithmic(low, high, 1.3);
    let levels: Vec<f64> = levels(set_ups).into_iter().filter(|level| y.is_within(*level)).collect();
    let paint_legend = |sheet: &mut Sheet| {
        let mut legend = Legend { sheet, left: width - LEGEND - 4.0, top, width: LEGEND - 4.0 };
        for (place, (name, _)) in curves.iter().enumerate() {
            legend.entry(Mark::Line(color_among_others(place)), name);
        }
        if !levels.is_empty() {
            let names: Vec<String> = levels.iter().copied().map(fraction).collect();
            legend.gap();
            legend.note(&format!("dashed: plateaus, at {}", names.join(", ")), 0.0);
        }
        legend.top
    };
    // A legend of long names makes the chart higher.
    let height = f64::from(SIZE.1).max(paint_legend(&mut Sheet::default()) + 12.0);
    let panel = Panel {
        left,
        top,
        width: width - left - LEGEND - 24.0,
        height: height - top - 60.0,
        x: Scale::even(0.0, steps),
        y,
    };
    Drawing::new((SIZE.0, height as u32), about, |sheet| {
        head.paint(sheet, width);
        panel.paint_grid(sheet, |tick| tick.label.clone());
        for &level in &levels {
            let y = panel.y_of(level);
            paint_dashes(sheet, [(panel.left, y), (panel.right(), y)], FAINT_INK);
        }
        for (place, (_, points)) in curves.iter().enumerate().filter(|(_, (_, points))| !points.is_empty()) {
            sheet.line(panel.points(points), color_among_others(place), 1.75);
        }
        panel.paint_edge(sheet);
        panel.paint_axis_names(sheet, "step", "error E");
        paint_legend(sheet);
    })
}

/// Where a curve begins and ends, in a sentence.
fn told(name: &str, points: &[(f64, f64)]) -> String {
    let at = |(step, error): (f64, f64)| format!("{} at step {step:.0}", with_digits(error, 4));
    match points {
        [] => format!("{name}: no error that is a number."),
        [only] => format!("{name}: {}.", at(*only)),
        [first, .., last] => format!("{name}: from {} to {}.", at(*first), at(*last)),
    }
}

/// The levels of the plateaus of all these set-ups.
fn levels(set_ups: &[&SetUp]) -> Vec<f64> {
    let of = |set_up: &SetUp| -> Vec<f64> {
        let Levels { constant, one_unit, saturated, .. } = Levels::of(set_up);
        [Some(constant), one_unit, saturated].into_iter().flatten().collect()
    };
    let Some((first, others)) = set_ups.split_first() else { return Vec::new() };
    let of_others: Vec<Vec<f64>> = others.iter().map(|set_up| of(set_up)).collect();
    of(first).into_iter().filter(|level| of_others.iter().all(|levels| levels.contains(level))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_thinned_curve_keeps_its_ends_and_extremes(
            errors in prop::collection::vec(1e-9..1e9_f64, 1..5000), more in 0..1000_u64,
        ) {
            let mut curve = Curve::new(String::new(), errors.len() as u64 + more);
            (0..).zip(&errors).for_each(|(step, &error)| curve.add(step, error));
            let (_, points) = curve.finished();
            prop_assert!(points.len() as u64 <= 4 * (MAX_PIECES + 1));
            prop_assert!(points.iter().all(|&(step, error)| errors[step as usize] == error));
            prop_assert!(points.windows(2).all(|two| two[0].0 < two[1].0));
            let least = errors.iter().copied().fold(f64::INFINITY, f64::min);
            let most = errors.iter().copied().fold(0.0, f64::max);
            prop_assert!(points.iter().any(|point| point.1 == least) && points.iter().any(|point| point.1 == most));
            let ends = [points[0].0, points[points.len() - 1].0];
            prop_assert_eq!(ends, [0.0, (errors.len() - 1) as f64]);
        }
    }

    #[test]
    fn what_cannot_be_shown_makes_no_panic() {
        let curve = |errors: &[f64]| {
            let mut curve = Curve::new("<&>\u{1}".to_owned(), 3);
            (0..).zip(errors).for_each(|(step, &error)| curve.add(step, error));
            curve
        };
        for errors in [&[][..], &[0.0], &[0.0, f64::INFINITY, f64::NAN], &[0.25, 0.25], &[f64::MAX]] {
            let drawing = draw("t", &[&SetUp::default()], vec![curve(errors)]);
            assert!(drawing.svg().contains("&lt;&amp;&gt; "), "{errors:?}");
            assert_eq!(drawing.pixels(1).width(), SIZE.0);
        }
        let _ = draw("t", &[], Vec::new());
    }
}
