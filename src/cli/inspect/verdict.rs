//! The verdict on a point: what becomes of it, what is wrong, and what works, in sentences for somebody new to it.
//!
//! A sentence is about what was seen when the run was carried out, or about a fact ([`xorsweep::facts`]) that is known
//! for the set-up at hand. Where nothing is known nothing is said.

use indicatif::HumanCount;
use xorsweep::facts::{
    OneUnit, has_targets_in_the_limit, holds_at_rate_limit, needs_steps_by_rate, rate_limit,
};
use xorsweep::kernel::Loss;
use xorsweep::kernel::derivatives::Curvature;
use xorsweep::kernel::outcome::{Budget, Criterion, Finished, Outcome};
use xorsweep::sweep::spec::Sweep;
use xorsweep::sweep::text::{fraction, shortest};
use xorsweep::table::findings::outputs_on;

use super::future::{Better, Future};
use super::numbers::stability_limit;
use super::{Inspected, right_sides, steps};

impl Inspected {
    /// What becomes of the point, what is wrong with it or with the learning rate, and what works.
    pub fn verdict(&self, prediction: &Sweep, future: &Future) -> Vec<String> {
        let mut told = Vec::new();
        if future.is_at_rest {
            told.push(self.at_rest(future));
        } else {
            told.extend(self.too_large(prediction));
            told.extend(self.one_unit().map(|one_unit| self.cannot_learn(one_unit, !told.is_empty())));
            match (future.learns, told.is_empty()) {
                (true, true) => told.push(self.learns(prediction, &future.run)),
                (true, false) => told.push(format!(
                    "At the end of the run {} are on the right side, but nothing holds it there.",
                    self.all_outputs()
                )),
                (false, is_known) if is_known || future.run.outcome == Outcome::Diverged => {
                    told.extend(self.fails(prediction, future));
                }
                (false, _) => {}
            }
        }
        told.extend(self.what_works(prediction, future));
        told
    }

    fn at_rest(&self, future: &Future) -> String {
        let rest = "its gradient is exactly 0, so no step ever moves it, whatever the learning rate";
        let error = shortest(future.run.error_last);
        let Some(sides) = right_sides(&self.set_up, &self.theta) else {
            return format!("This point is at rest: {rest}. Its error stays {error}.");
        };
        let right = sides.iter().filter(|&&is_right| is_right).count();
        if right == sides.len() {
            format!("This point solves {} and is at rest: {rest}. Its error stays {error}.", self.task())
        } else {
            format!(
                "This point is at rest: {rest}. It does not solve {}: {right} of {} outputs are on the right side, and \
                 the error stays {error}.",
                self.task(),
                sides.len()
            )
        }
    }

    /// Why the learning rate is too large, if it is known to be for any start.
    fn too_large(&self, prediction: &Sweep) -> Option<String> {
        let run = prediction.run(0);
        let limit = rate_limit(&self.set_up, run.momentum).filter(|&limit| run.alpha >= limit)?;
        if limit == 0.0 {
            let too_large = "The momentum is too large for any start: at 1 or more no resting point is stable. Take \
                             less, such as 0.9.";
            return Some(too_large.to_owned());
        }
        let is_at_limit = run.alpha == limit;
        let bias = self.set_up.shape().name(self.set_up.shape().output_bias());
        let of_momentum = if run.momentum > 0.0 {
            format!(" with a momentum of {}", shortest(run.momentum))
        } else {
            String::new()
        };
        let (from, which) = match (holds_at_rate_limit(&self.set_up), is_at_limit) {
            (true, _) => (format!("at {} or more", shortest(limit)), String::new()),
            (false, false) => (format!("above {}", shortest(limit)), String::new()),
            (false, true) => (
                format!("at {}", shortest(limit)),
                format!(" that bends more in another direction than along {bias}"),
            ),
        };
        let so = format!(
            "The learning rate is too large for any start: {from}{of_momentum} no resting point is stable{which}."
        );
        if run.momentum > 0.0 {
            return Some(so);
        }
        let (what, symbol) = if self.set_up.loss == Loss::Mse { ("error", "E") } else { ("loss", "L") };
        Some(format!(
            "{so} As a function of the output's bias {bias} the {what} is a parabola, the same everywhere \
             (∂²{symbol}/∂{bias}² = {}), and a step across its bottom lands {} on the other side.",
            shortest(2.0 / limit),
            if is_at_limit { "as far away" } else { "farther away" },
        ))
    }

    /// Why a network whose units are one cannot learn.
    fn cannot_learn(&self, one_unit: OneUnit, is_second: bool) -> String {
        let both = if self.set_up.hidden_units.0 == 2 { "both" } else { "all" };
        let hidden = self.set_up.hidden;
        let why = match one_unit {
            OneUnit::Only => "the network has one hidden unit only".to_owned(),
            OneUnit::Equal => format!(
                "{both} hidden units are equal, so they compute the same, get the same gradient, and stay equal for ever"
            ),
            OneUnit::Opposite => format!(
                "{both} hidden units are equal or opposite, so with tanh they add the same to the output, and stay so for \
                 ever"
            ),
            OneUnit::Idle => format!(
                "all parameters of all hidden units but one are 0, and with {hidden} so is their gradient for ever"
            ),
        };
        let one = match one_unit {
            OneUnit::Only | OneUnit::Idle => "The",
            OneUnit::Equal => "Equal units do the work of one, and the",
            OneUnit::Opposite => "Such units do the work of one, and the",
        };
        format!(
            "{} cannot learn XOR at any learning rate: {why}. {one} error of one unit never comes below {}.",
            if is_second { "And this start" } else { "This start" },
            fraction(OneUnit::least_error(&self.set_up))
        )
    }

    /// That a run learns, and when.
    fn learns(&self, prediction: &Sweep, run: &Finished) -> String {
        let alpha = shortest(prediction.run(0).alpha);
        let task = self.task();
        let which = if run.solved_at == Some(0) {
            format!("This point solves {task} already, and keeps doing so")
        } else {
            format!("This start learns {task}")
        };
        let mut told =
            format!("{which} at a learning rate of {alpha}: {}.", self.learned(&prediction.budget, run));
        if run.outcome != Outcome::Converged {
            told.push_str(&format!(
                " Its error is {} after {}{}.",
                shortest(run.error_last),
                steps(run.steps),
                if has_targets_in_the_limit(&self.set_up) {
                    format!(
                        ": a {} output comes to its targets only in the limit, so the error falls ever more slowly",
                        self.set_up.output
                    )
                } else {
                    String::new()
                }
            ));
        }
        told
    }

    /// When a run learned, in words that follow a colon.
    fn learned(&self, budget: &Budget, run: &Finished) -> String {
        let all = self.all_outputs();
        let is_told = right_sides(&self.set_up, &run.end).is_some();
        let solved = match run.solved_at {
            Some(0) => Some(format!("{all} are on the right side from the start")),
            Some(step) => {
                Some(format!("{all} are on the right side at step {} for the first time", HumanCount(step)))
            }
            // Outputs that are told apart at the end only.
            None => is_told.then(|| format!("{all} are on the right side at the end")),
        };
        let tolerance = shortest(budget.tolerance);
        let what = match budget.criterion {
            Criterion::Error => format!("the error stays within {tolerance}"),
            Criterion::Loss => format!("the loss stays within {tolerance}"),
            Criterion::Residual => format!("every output stays within {tolerance} of its target"),
            Criterion::Solved => "they stay there".to_owned(),
        };
        let kept = run.converged_at.map(|step| format!("{what} from step {} on", HumanCount(step)));
        let end = (kept.is_none() && run.solved_at.is_some()).then(|| "at the end".to_owned());
        solved.into_iter().chain(kept).chain(end).collect::<Vec<_>>().join(", and ")
    }

    /// How a run fails, as was seen.
    fn fails(&self, prediction: &Sweep, future: &Future) -> Vec<String> {
        let run = &future.run;
        let done = steps(run.steps);
        let error = shortest(run.error_last);
        match run.outcome {
            Outcome::Converged => vec![format!(
                "This run converges, to a tolerance of {}, but does not solve {}: not {} are on the right side.",
                shortest(prediction.budget.tolerance),
                self.task(),
                self.all_outputs()
            )],
            Outcome::Diverged if run.error_last <= run.error_first => vec![format!(
                "This run diverges: after {done} its parameters are so large that rounding alone decides what the \
                 outputs are."
            )],
            Outcome::Diverged if run.error_last.is_finite() => {
                vec![format!(
                    "This run diverges: its error has gone from {} to {error} after {done}.",
                    shortest(run.error_first)
                )]
            }
            Outcome::Diverged => {
                vec![format!("This run diverges: its error left all numbers after {done}.")]
            }
            Outcome::Oscillating => self.oscillates(prediction, run),
            Outcome::Plateau(_) | Outcome::Unfinished => self.is_slow(prediction, future),
        }
    }

    fn oscillates(&self, prediction: &Sweep, run: &Finished) -> Vec<String> {
        let mut told = vec![format!(
            "This run goes up and down to the end: after {} its error is {}, and it has not settled.",
            steps(run.steps),
            shortest(run.error_last)
        )];
        let start = prediction.run(0);
        let limit = stability_limit(&self.set_up, &Curvature::at(&self.set_up, &run.end), start.momentum);
        if let Some(limit) = limit.filter(|&limit| start.alpha > limit) {
            told.push(format!(
                "The learning rate is too large for the ground it has come to, where only rates below {limit:.3} are \
                 stable."
            ));
        }
        told
    }

    /// Of a run that was still on its way: what it looks like, and what became of it later.
    fn is_slow(&self, prediction: &Sweep, future: &Future) -> Vec<String> {
        let Future { run, longer, .. } = future;
        let (done, error, task) = (steps(run.steps), shortest(run.error_last), self.task());
        let mut told = vec![match run.outcome {
            Outcome::Plateau(plateau) => format!(
                "After {done} this run has not learned {task} and is on a plateau, where the error hardly falls any more: \
                 it is {error}{}.",
                outputs_on(plateau).map_or(String::new(), |outputs| format!(", with {outputs}"))
            ),
            _ => format!(
                "After {done} this run has not learned {task}, and its error, {error}, is still on its way."
            ),
        }];
        let Some(longer) = longer else { return told };
        if future.learns_later {
            told.push(format!(
                "It is slow, not stuck: run on, {}. Give it --steps {}{}.",
                self.learned(&prediction.budget, longer),
                enough(longer),
                if needs_steps_by_rate(&self.set_up) {
                    "; a learning rate ten times smaller would need about ten times as many"
                } else {
                    ""
                }
            ));
        } else {
            told.push(format!("It was run on: {}.", self.later(longer)));
        }
        told
    }

    /// What became of a run that was followed longer and did not learn.
    fn later(&self, run: &Finished) -> String {
        let (done, error) = (steps(run.steps), shortest(run.error_last));
        match run.outcome {
            Outcome::Plateau(plateau) => format!(
                "after {done} it is on a plateau{}, at an error of {error}",
                outputs_on(plateau).map_or(String::new(), |outputs| format!(" with {outputs}"))
            ),
            Outcome::Unfinished => format!("after {done} its error is {error}, and still on its way"),
            Outcome::Oscillating => format!("after {done} its error is {error}, and goes up and down"),
            Outcome::Diverged => format!("after {done} it has diverged, with an error of {error}"),
            Outcome::Converged => {
                format!("after {done} it has converged, but not {} are on the right side", self.all_outputs())
            }
        }
    }

    /// What learns instead, or that nothing was found.
    fn what_works(&self, prediction: &Sweep, future: &Future) -> Option<String> {
        let Future { better, tried, tried_steps, learns, learns_later, .. } = future;
        if *learns || *tried == 0 {
            return None;
        }
        let Some(better) = better else {
            return (!learns_later).then(|| {
                format!(
                    "None of {tried} runs with other starts or learning rates, tried here for at most {}, learns {}.",
                    steps(*tried_steps),
                    self.task()
                )
            });
        };
        let Better { seed, alpha, run } = better;
        let what = match (seed, alpha) {
            (None, _) => format!("the same start with {}", better.flags()),
            (Some(_), Some(_)) => better.flags(),
            (Some(_), None) => format!("{} at the same learning rate", better.flags()),
        };
        Some(format!("What works: {what}. It was tried: {}.", self.learned(&prediction.budget, run)))
    }
}

/// A budget with which the run learns, in steps.
fn enough(run: &Finished) -> u64 {
    match (run.converged_at, run.solved_at) {
        (None, Some(step)) => step,
        _ => run.steps,
    }
}
