//! The error of chosen runs, step by step.

use super::{Panel, Scale, TITLE, paint_entry, paint_note, paint_title};
use crate::kernel::SetUp;
use crate::kernel::outcome::Levels;
use crate::picture::Rgb;
use crate::picture::drawing::{Drawing, FAINT_INK};
use crate::sweep::text::fraction;

/// A line is made of this many pieces at most, each with its first, lowest, highest and last error.
const MOST_PIECES: u64 = 800;
/// The least error that is shown: below, there is only rounding.
const LEAST: f64 = 1e-32;
/// Width and height, in pixels.
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
        Self { name, steps_a_piece: steps / MOST_PIECES + 1, points: Vec::new(), piece: Piece::default() }
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

/// Draws curves of runs of a network; the title is the chart's.
#[must_use]
pub fn draw(title: &str, network: &SetUp, curves: Vec<Curve>) -> Drawing {
    let curves: Vec<(String, Vec<(f64, f64)>)> = curves.into_iter().map(Curve::finished).collect();
    let errors = || curves.iter().flat_map(|(_, points)| points.iter().map(|(_, error)| *error));
    let steps =
        curves.iter().flat_map(|(_, points)| points.iter().map(|(step, _)| *step)).fold(1.0, f64::max);
    let (low, high) = (errors().fold(f64::INFINITY, f64::min), errors().fold(0.0, f64::max));
    let (low, high) = if low <= high { (low, high) } else { (LEAST, 1.0) };
    Drawing::new(SIZE, |area| {
        paint_title(area, title, "mean squared error after each step", f64::from(SIZE.0))?;
        let scales = [Scale::even(0.0, steps), Scale::logarithmic(low, high, 1.3)];
        let panel = Panel::only(area, SIZE, 88.0, scales);
        panel.paint_grid(|tick| tick.label.clone())?;
        let is_shown = |level: &f64| (0.0..=1.0).contains(&panel.y.part(*level));
        let levels: Vec<f64> = levels(network).into_iter().filter(is_shown).collect();
        for &level in &levels {
            panel.paint_dashes(None, Some(level), FAINT_INK)?;
        }
        for (place, (_, points)) in curves.iter().enumerate().filter(|(_, (_, points))| !points.is_empty()) {
            panel.paint_line(points, color_of(place), 1.75)?;
        }
        panel.paint_edge()?;
        panel.paint_axis_names("step", "error E")?;
        let (left, mut top) = (f64::from(SIZE.0) - super::LEGEND - 4.0, TITLE + 8.0);
        for (place, (name, _)) in curves.iter().enumerate() {
            paint_entry(area, (left, top), color_of(place), true, name)?;
            top += 26.0;
        }
        top += 14.0;
        if !levels.is_empty() {
            let names: Vec<String> = levels.into_iter().map(fraction).collect();
            for (line, note) in (0..).zip(["dashed: where runs", "stay long, at", &names.join(", ")]) {
                paint_note(area, (left, top + 18.0 * f64::from(line)), note)?;
            }
        }
        Ok(())
    })
}

/// The levels where runs stay long.
fn levels(network: &SetUp) -> Vec<f64> {
    let Levels { constant, one_unit, saturated, .. } = Levels::of(network);
    [Some(constant), one_unit, saturated].into_iter().flatten().collect()
}

/// The colour of a curve.
fn color_of(place: usize) -> Rgb {
    colorous::TABLEAU10[place % colorous::TABLEAU10.len()].into_array()
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
            prop_assert!(points.len() as u64 <= 4 * (MOST_PIECES + 1));
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
            let drawing = draw("t", &SetUp::default(), vec![curve(errors)]);
            assert!(drawing.svg().contains("&lt;&amp;&gt; "), "{errors:?}");
            assert_eq!(drawing.pixels(1).width(), SIZE.0);
        }
        let _ = draw("t", &SetUp::default(), Vec::new());
    }
}
