//! The numbers of a point: samples, error, gradient, curvature, hidden units, and the run from there.

use std::io::{self, Write};

use indicatif::HumanCount;
use xorsweep::facts::{Hindrance, MIN_SHARPNESS, are_opposite, is_separable, solution_limit};
use xorsweep::kernel::Hidden;
use xorsweep::kernel::critical::{CriticalPoint, Directions, stability_limit};
use xorsweep::kernel::derivatives::{Curvature, gradient, right_sides, samples};
use xorsweep::kernel::outcome::{Levels, Outcome, RunResult};
use xorsweep::kernel::solution::{Logic, Solution, logic, on};
use xorsweep::results::findings::outputs_on;
use xorsweep::results::findings::words::{CORNERS, least_error, listed, sample_name};
use xorsweep::sweep::spec::Sweep;
use xorsweep::sweep::text::{fraction, shortest};

use super::future::{Future, followed};
use super::{Inspected, steps};

/// `1 direction`, `2 directions`
fn directions(count: usize) -> String {
    format!("{count} direction{}", if count == 1 { "" } else { "s" })
}

/// For which samples a hidden unit is on, with the name of that function if it has one.
fn is_on(logic: Logic) -> String {
    let on = (0..CORNERS.len()).filter(|i| logic.bits() >> i & 1 == 1);
    let on: Vec<String> = on.map(|i| CORNERS[i].to_owned()).collect();
    match on.len() {
        0 => "for no sample".to_owned(),
        len if len == CORNERS.len() => "for all samples".to_owned(),
        _ => format!("for {} (`{}`)", listed(&on), logic.word()),
    }
}

/// The most hidden units whose activations are shown.
const MAX_UNITS: usize = 3;

/// Of more samples than this it is counted how many activate a unit.
const MAX_NAMED: usize = 4;

impl Inspected {
    /// All sections.
    pub fn numbers(&self, out: &mut impl Write, prediction: &Sweep, future: &Future) -> io::Result<()> {
        let curvature = Curvature::at(&self.set_up, &self.theta);
        self.samples(out)?;
        self.error(out, curvature.error)?;
        self.gradient(out, &curvature, future)?;
        self.curvature(out, &curvature, prediction)?;
        self.units(out, future)?;
        self.run(out, prediction, future)
    }

    fn samples(&self, out: &mut impl Write) -> io::Result<()> {
        let task = &self.set_up.task;
        let seen = samples(&self.set_up, &self.theta);
        let right = right_sides(&self.set_up, &self.theta);
        let units = self.set_up.hidden_units.0.min(MAX_UNITS);
        let inputs = (1..=task.inputs()).map(|input| format!("{:>4}", format!("x{input}")));
        let hidden = (1..=units).map(|unit| format!("{:>9}", format!("h{unit}")));
        writeln!(out, "\nThe samples\n")?;
        writeln!(
            out,
            "{}{}{:>8} {:>10} {:>10}{}",
            inputs.collect::<String>(),
            hidden.collect::<String>(),
            "target",
            "output",
            "residual",
            if right.is_some() { "  right" } else { "" }
        )?;
        for (i, sample) in task.samples().iter().enumerate() {
            let residual = seen.residuals[i];
            let inputs = sample.inputs.iter().map(|input| format!("{:>4}", shortest(*input)));
            let hidden = seen.activations[..units].iter().map(|unit| format!(" {:>8.5}", unit[i]));
            let side = match right.as_ref().map(|right| right[i]) {
                Some(true) => "  yes",
                Some(false) => "  no",
                None => "",
            };
            writeln!(
                out,
                "{}{}{:>8} {:>10.6} {residual:>10.6}{side}",
                inputs.collect::<String>(),
                hidden.collect::<String>(),
                shortest(sample.target),
                sample.target - residual,
            )?;
        }
        writeln!(out, "\nh1, … are what the hidden units compute; the residual is target − output.")?;
        let is_solved = self.right_side(out, right.as_deref())?;
        if !self.set_up.has_solutions() {
            return Ok(());
        }
        let [one, two] = logic(&self.set_up, &self.theta);
        writeln!(
            out,
            "A hidden unit is on where its weighted sum is above 0: unit 1 {}, unit 2 {}.",
            is_on(one),
            is_on(two)
        )?;
        if is_solved {
            writeln!(
                out,
                "Together they solve the task as `{}` (each unit taken so that its output weight is positive).",
                Solution::of(&self.set_up, &self.theta)
            )?;
        }
        Ok(())
    }

    /// How many outputs are right, and whether all are.
    fn right_side(&self, out: &mut impl Write, right: Option<&[bool]>) -> io::Result<bool> {
        let (Some(right), Some([low, high])) = (right, self.set_up.task.two_targets()) else {
            return Ok(false);
        };
        let middle = match low / 2.0 + high / 2.0 {
            0.5 => "½".to_owned(),
            middle => shortest(middle),
        };
        let count = right.iter().filter(|&&is_right| is_right).count();
        writeln!(out, "{count} of {} outputs are on the right side of {middle}.", right.len())?;
        Ok(count == right.len())
    }

    fn error(&self, out: &mut impl Write, error: f64) -> io::Result<()> {
        let levels = Levels::of(&self.set_up);
        writeln!(out, "\nThe error\n\nE = {}\n\nFor comparison:", shortest(error))?;
        let known = [
            (Some(levels.constant), "the least error if all outputs are the same"),
            (levels.one_unit, "no network with one hidden unit, or two equal ones, comes below this"),
            (levels.saturated, "two outputs right, and the other two halfway between the targets"),
        ];
        for (level, meaning) in known.into_iter().filter_map(|(level, meaning)| Some((level?, meaning))) {
            writeln!(out, "{:>9}  {meaning}", fraction(level))?;
        }
        if error > levels.constant {
            return writeln!(out, "The same answer for all samples would have a smaller error.");
        }
        match levels.one_unit {
            Some(level) if error < level => {
                writeln!(
                    out,
                    "No network with two equal hidden units has so small an error: this one uses both."
                )
            }
            Some(level) if error > level => writeln!(out, "One hidden unit alone could have such an error."),
            _ => Ok(()),
        }
    }

    fn gradient(&self, out: &mut impl Write, curvature: &Curvature, future: &Future) -> io::Result<()> {
        let slopes = gradient(&self.set_up, &self.theta).gradient;
        writeln!(out, "\nThe gradient\n\n{:>9} {:>24} {:>24}", "", "value", "gradient")?;
        for (name, (value, slope)) in self.set_up.shape().names().iter().zip(self.theta.iter().zip(&slopes)) {
            writeln!(out, "{name:>9} {:>24} {:>24}", shortest(*value), shortest(*slope))?;
        }
        writeln!(out, "\nIts norm is {}.", shortest(curvature.gradient_norm))?;
        if future.is_at_rest {
            writeln!(out, "The point is at rest.")?;
        }
        Ok(())
    }

    fn curvature(&self, out: &mut impl Write, curvature: &Curvature, prediction: &Sweep) -> io::Result<()> {
        writeln!(out, "\nThe curvature\n")?;
        let Some(Directions { negative, flat, kind }) = Directions::of(curvature) else {
            return writeln!(out, "The numbers are too large to tell.");
        };
        writeln!(
            out,
            "Eigenvalues of the Hessian: {}",
            curvature.eigenvalues.iter().map(|value| format!("{value:.6e}")).collect::<Vec<_>>().join(" ")
        )?;
        writeln!(
            out,
            "Negative: {}. Flat: {}. (Flat is within 1e-6 of zero, or of the largest.)",
            directions(negative),
            directions(flat)
        )?;
        match kind {
            CriticalPoint::Slope => writeln!(
                out,
                "This is far from a critical point: the ground slopes{}.",
                if negative > 0 { ", and bends down in some directions" } else { "" }
            )?,
            CriticalPoint::Saddle => writeln!(
                out,
                "The ground is nearly level and bends down in {}: this is no minimum. Either a saddle is near, or the \
                 ground goes on falling, ever more slowly, as weights grow without end.",
                directions(negative)
            )?,
            CriticalPoint::Flat => writeln!(
                out,
                "The ground is nearly level and flat: its least curvature, {:.3e}, is negative, but hardly. It is not \
                 certain to be a minimum; the error may go on falling, slowly.",
                curvature.minimum()
            )?,
            CriticalPoint::Minimum if flat == 0 => {
                writeln!(
                    out,
                    "The ground is nearly level and bends up in every direction: this is near a minimum."
                )?;
            }
            CriticalPoint::Minimum => writeln!(
                out,
                "The ground is nearly level and bends down nowhere: as far as second order tells this is near a \
                 minimum, with {} it cannot judge.",
                directions(flat)
            )?,
        }
        if Levels::of(&self.set_up).constant * 1e-5 > curvature.error {
            writeln!(out, "The error is almost 0, and none can be less.")?;
        }
        writeln!(out, "Sharpness (the largest eigenvalue): {}", shortest(curvature.sharpness()))?;
        self.stability(out, curvature, prediction)
    }

    /// Which learning rates are stable on this ground, and which at solutions.
    fn stability(&self, out: &mut impl Write, curvature: &Curvature, prediction: &Sweep) -> io::Result<()> {
        let (alpha, momentum) = (prediction.run(0).alpha, prediction.run(0).momentum);
        if momentum < 1.0
            && let Some(limit) = solution_limit(&self.set_up, momentum).filter(|&limit| alpha > limit)
        {
            writeln!(
                out,
                "No exact solution is known with a sharpness of the error below {MIN_SHARPNESS:.5}, so none is known to \
                 be stable above a learning rate of {limit:.5}: a run may come near one, and is thrown out again."
            )?;
        }
        let Some(limit) = stability_limit(&self.set_up, curvature, momentum) else {
            return if curvature.sharpness() <= 0.0 {
                writeln!(out, "Nothing bends up, so there is no stability limit of the learning rate here.")
            } else {
                Ok(())
            };
        };
        let formula = if momentum == 0.0 { "2/sharpness" } else { "2(1 + momentum)/sharpness" };
        writeln!(out, "Stability limit of the learning rate here ({formula}): {}", shortest(limit))?;
        let rate = shortest(alpha);
        if alpha < limit {
            writeln!(out, "A learning rate of {rate} is below: steps do not overshoot more and more here.")
        } else if alpha > limit {
            writeln!(
                out,
                "A learning rate of {rate} is above: along the sharpest direction each step overshoots by more than the last."
            )
        } else {
            writeln!(
                out,
                "A learning rate of {rate} is exactly there: along the sharpest direction steps go to and fro for ever."
            )
        }
    }

    fn units(&self, out: &mut impl Write, future: &Future) -> io::Result<()> {
        writeln!(out, "\nThe hidden units\n")?;
        let set_up = &self.set_up;
        self.activating(out, future)?;
        if let Some(distance) = set_up.shape().asymmetry(&self.theta) {
            writeln!(
                out,
                "Distance to the nearest point with two equal hidden units: {}",
                shortest(distance)
            )?;
            if distance > 0.0 && future.hindrance.is_none() {
                writeln!(out, "The smaller it is, the longer it takes to leave that.")?;
            }
        }
        if are_opposite(set_up, &self.theta) {
            writeln!(
                out,
                "The hidden units are equal or opposite in all their parameters. With tanh they then add the same to the \
                 output, and every step keeps them so, but for its rounding."
            )?;
        }
        match (&future.hindrance, is_separable(&set_up.task)) {
            (Some(known @ Hindrance::OneUnit(units)), _) => {
                if units.kinds[0].len() == set_up.hidden_units.0 && set_up.hidden_units.0 > 1 {
                    writeln!(
                        out,
                        "The hidden units are equal in all their parameters. So they get the same gradient, and every step \
                         changes them alike."
                    )?;
                }
                if !set_up.task.is_xor() {
                    return Ok(());
                }
                writeln!(
                    out,
                    "One unit cannot do XOR: its outputs only rise, or only fall, along its one direction, and the targets \
                     go up and down again. Its error never comes below {}, however long it learns.",
                    least_error(known.least_error(set_up))
                )
            }
            (_, Some(true)) if set_up.bias.0 && set_up.frozen.is_empty() => writeln!(
                out,
                "One hidden unit is enough for this task: a {} parts its samples by their targets.",
                if set_up.task.inputs() == 2 { "line" } else { "hyperplane" }
            ),
            _ => Ok(()),
        }
    }

    /// Which samples activate each rectifier, here and at the end of the run.
    fn activating(&self, out: &mut impl Write, future: &Future) -> io::Result<()> {
        let set_up = &self.set_up;
        if !set_up.hidden.is_rectifier() {
            return Ok(());
        }
        let words = |on: &[bool]| match on.iter().filter(|&&on| on).count() {
            0 if set_up.hidden == Hidden::Relu => "none (dead)".to_owned(),
            0 => "none".to_owned(),
            some if some == on.len() => "all".to_owned(),
            some if on.len() > MAX_NAMED => format!("{some} of {}", on.len()),
            _ => {
                let on = on.iter().enumerate().filter(|(_, on)| **on);
                listed(&on.map(|(place, _)| sample_name(set_up, place)).collect::<Vec<_>>())
            }
        };
        let is_finite = future.run.end.iter().all(|value| value.is_finite());
        let (here, later) = (on(set_up, &self.theta), on(set_up, &future.run.end));
        writeln!(
            out,
            "{:<12}{:>20}{}",
            "activated by",
            "here",
            if is_finite { format!("{:>24}", "at the end of the run") } else { String::new() }
        )?;
        for (unit, (here, later)) in here.iter().zip(&later).enumerate() {
            let later = if is_finite { format!("{:>24}", words(later)) } else { String::new() };
            writeln!(out, "{:<12}{:>20}{later}", format!("unit {}", unit + 1), words(here))?;
        }
        writeln!(out)
    }

    fn run(&self, out: &mut impl Write, prediction: &Sweep, future: &Future) -> io::Result<()> {
        let start = prediction.run(0);
        let momentum = if start.momentum > 0.0 {
            format!(" and a momentum of {}", shortest(start.momentum))
        } else {
            String::new()
        };
        writeln!(out, "\nWhat happens at a learning rate of {}{momentum}\n", shortest(start.alpha))?;
        let is_hindered = future.hindrance.is_some();
        let briefly = format!("It was run, for at most {}", steps(prediction.stopping_rule.steps));
        self.events(out, &future.run, prediction, &briefly, is_hindered)?;
        let Some(longer) = &future.longer else { return Ok(()) };
        writeln!(out)?;
        let long = format!("It was run on, to at most {}", steps(followed(&self.set_up)));
        self.events(out, longer, prediction, &long, is_hindered)
    }

    /// What became of a run, and when.
    fn events(
        &self,
        out: &mut impl Write,
        run: &RunResult,
        prediction: &Sweep,
        which: &str,
        is_hindered: bool,
    ) -> io::Result<()> {
        writeln!(out, "{which}: {}", outcome(run, prediction))?;
        let levels = Levels::of(&self.set_up);
        if let Some(level) = levels.one_unit.map(fraction) {
            match run.escaped_at {
                Some(0) => writeln!(out, "The error was below {level} from the start.")?,
                Some(step) => writeln!(
                    out,
                    "The error was below {level} at step {} for the first time: the units had parted.",
                    HumanCount(step)
                )?,
                None => writeln!(out, "The error was never below {level}.")?,
            }
        }
        let all = self.all_outputs();
        match run.solved_at {
            Some(step) if is_hindered => writeln!(
                out,
                "At step {} {all} were on the right side, but only by rounding.",
                HumanCount(step)
            ),
            Some(step) => {
                writeln!(out, "At step {} {all} were on the right side for the first time.", HumanCount(step))
            }
            None if levels.half.is_some() => writeln!(out, "At no step were {all} on the right side."),
            None => Ok(()),
        }
    }
}

fn outcome(run: &RunResult, prediction: &Sweep) -> String {
    let error = shortest(run.error_last);
    let done = steps(run.steps);
    match run.outcome {
        Outcome::Converged => format!(
            "it converged, to a tolerance of {}, from step {} on. After {done} the error was {error}.",
            shortest(prediction.stopping_rule.tolerance),
            HumanCount(run.converged_at.unwrap_or(run.steps)),
        ),
        Outcome::Diverged => format!(
            "it diverged. After {done} the error was {error}; the largest was {}, at step {}.",
            shortest(run.error_peak),
            HumanCount(run.peak_at)
        ),
        Outcome::Oscillating => {
            format!("it went up and down to the end. After {done} the error was {error}.")
        }
        Outcome::Plateau(plateau) => format!(
            "it was on a plateau{}. After {done} the error was {error}, and hardly changing{}.",
            if plateau.word().is_empty() { String::new() } else { format!(" (`{}`)", plateau.word()) },
            outputs_on(plateau).map_or(String::new(), |outputs| format!(", with {outputs}")),
        ),
        Outcome::Unfinished => format!("it was still on its way. After {done} the error was {error}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xorsweep::kernel::SetUp;

    #[test]
    fn a_hidden_unit_is_on_for_samples() {
        let network = SetUp::default();
        // Unit 1 computes `or`, unit 2 is always on.
        let [one, two] = logic(&network, &[2.0, 0.0, 2.0, 0.0, 1.0, 1.0, -1.0, 1.0, 0.0]);
        assert_eq!(is_on(one), "for 10, 01 and 11 (`or`)");
        assert_eq!(is_on(two), "for all samples");
        let [one, two] = logic(&network, &[2.0, 0.0, 2.0, 0.0, 1.0, 1.0, -3.0, -1.0, 0.0]);
        assert_eq!(is_on(one), "for 11 (`and`)");
        assert_eq!(is_on(two), "for no sample");
    }
}
