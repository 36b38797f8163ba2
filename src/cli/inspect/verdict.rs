//! The verdict on a point: what becomes of it, what is wrong, and what works, in sentences for somebody new to it.
//!
//! A sentence is about what was seen when the run was carried out, or about a fact ([`xorsweep::facts`]) that is known
//! for the set-up at hand. Where nothing is known nothing is said.

use indicatif::HumanCount;
use xorsweep::facts::{
    Course, Hindrance, Units, UpdateLength, are_opposite, dead_units, has_targets_in_the_limit,
    holds_at_rate_limit, is_separable, needs_steps_by_rate, rate_limit, unseen_samples,
};
use xorsweep::kernel::critical::stability_limit;
use xorsweep::kernel::derivatives::{Curvature, outputs, right_sides};
use xorsweep::kernel::outcome::{Criterion, Outcome, Plateau, RunResult, StoppingRule};
use xorsweep::kernel::solution::on;
use xorsweep::kernel::{Hidden, Loss, Optimizer, Output, SetUp, Update};
use xorsweep::results::findings::outputs_on;
use xorsweep::results::findings::words::{
    capitalized, dead_in_words, hindrance_in_words, least_error, listed, named_units, sample_name,
    worth_in_words,
};
use xorsweep::sweep::spec::Sweep;
use xorsweep::sweep::text::{shortest, with_digits};

use super::future::{Better, Future};
use super::{Inspected, steps};

/// A number of a verdict, short: the numbers have all its digits.
fn short(value: f64) -> String {
    with_digits(value, 4)
}

impl Inspected {
    /// What becomes of the point, what is wrong with it or with the learning rate, and what works.
    pub fn verdict(&self, prediction: &Sweep, future: &Future) -> Vec<String> {
        let mut told = Vec::new();
        if future.is_at_rest {
            told.push(self.at_rest(future));
            told.extend(self.at_rest_because());
        } else {
            told.extend(self.too_large(prediction));
            told.extend(future.hindrance.as_ref().map(|known| self.cannot_learn(known, !told.is_empty())));
            match (future.learns, told.is_empty()) {
                (true, true) => told.extend(self.learns(prediction, &future.run)),
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
        let error = short(future.run.error_last);
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

    /// Why hidden units have no gradient at a point that is at rest, where that is known.
    fn at_rest_because(&self) -> Option<String> {
        let units = Units::at(&self.set_up, &self.theta);
        let told = worth_in_words(&self.set_up, &Units { kinds: Vec::new(), ..units });
        (!told.is_empty()).then(|| format!("{}.", capitalized(&told)))
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

    /// Why no run from here learns.
    fn cannot_learn(&self, hindrance: &Hindrance, is_second: bool) -> String {
        let (task, why) = (self.task(), hindrance_in_words(&self.set_up, hindrance));
        let and = |what: &str| if is_second { format!("And {what}") } else { capitalized(what) };
        let is_of_all = Hindrance::of_any_start(&self.set_up).as_ref() == Some(hindrance);
        match hindrance {
            Hindrance::SameInputs => format!("{} can learn this task: {why}.", and("no network")),
            Hindrance::FixedOutput { .. } | Hindrance::Mirrored if is_of_all => {
                format!("{} of this network can learn {task}: {why}.", and("no start"))
            }
            _ => format!("{} cannot learn {task} at any learning rate: {why}.", and("this start")),
        }
    }

    /// That a run learns, and when.
    fn learns(&self, prediction: &Sweep, run: &RunResult) -> Vec<String> {
        let alpha = shortest(prediction.run(0).alpha);
        let task = self.task();
        let which = if run.solved_at == Some(0) {
            format!("This point solves {task} already, and keeps doing so")
        } else {
            format!("This start learns {task}")
        };
        let learned = self.learned(&self.set_up, &prediction.stopping_rule, run);
        let mut told = vec![format!("{which} at a learning rate of {alpha}: {learned}.")];
        if run.outcome != Outcome::Converged {
            told.push(format!(
                "Its error is {} after {}{}.{}",
                short(run.error_last),
                steps(run.steps),
                if has_targets_in_the_limit(&self.set_up) {
                    format!(
                        ": no finite weights bring a {} output to its targets, so a small error comes late; what counts \
                         is the right side",
                        self.set_up.output
                    )
                } else {
                    String::new()
                },
                self.outputs_at_end(run)
            ));
        }
        if are_opposite(&self.set_up, &self.theta) {
            told.push(
                "Its hidden units are equal or opposite, so with tanh they do the work of one: nothing but rounding has \
                 parted them."
                    .to_owned(),
            );
        }
        told
    }

    /// The outputs at the end of a run, in a sentence after a space, if they are few and tell something.
    fn outputs_at_end(&self, run: &RunResult) -> String {
        let all = outputs(&self.set_up, &run.end);
        if !self.set_up.task.is_square() || !all.iter().all(|output| output.abs() < 1e3) {
            return String::new();
        }
        let names: Vec<String> = (0..all.len()).map(|place| sample_name(&self.set_up, place)).collect();
        let all: Vec<String> = all.iter().map(|output| format!("{:.3}", output + 0.0)).collect();
        format!(" Its outputs for {} are {}.", names.join(", "), all.join(", "))
    }

    /// When a run learned, in words that follow a colon.
    fn learned(&self, set_up: &SetUp, stopping_rule: &StoppingRule, run: &RunResult) -> String {
        let all = self.all_outputs();
        let is_told = right_sides(set_up, &run.end).is_some();
        let solved = match run.solved_at {
            Some(0) => Some(format!("{all} are on the right side from the start")),
            Some(step) => {
                Some(format!("{all} are on the right side at step {} for the first time", HumanCount(step)))
            }
            // Outputs that are told apart at the end only.
            None => is_told.then(|| format!("{all} are on the right side at the end")),
        };
        let tolerance = shortest(stopping_rule.tolerance);
        let what = match stopping_rule.criterion {
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
        let (set_up, run) = (&self.set_up, &future.run);
        let done = steps(run.steps);
        let error = short(run.error_last);
        let mut told = match run.outcome {
            Outcome::Converged => vec![format!(
                "This run converges, to a tolerance of {}, but does not solve {}: not {} are on the right side.",
                shortest(prediction.stopping_rule.tolerance),
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
                    short(run.error_first)
                )]
            }
            Outcome::Diverged => {
                vec![format!("This run diverges: its error left all numbers after {done}.")]
            }
            Outcome::Oscillating => self.oscillates(prediction, future),
            Outcome::Plateau(_) | Outcome::Unfinished => self.is_slow(prediction, future),
        };
        if run.outcome != Outcome::Diverged && !future.learns_later {
            let (why, is_proof) = self.units_at_end(future);
            if is_proof {
                // Why it fails comes first, and what it did later says no more.
                told.truncate(1);
                told.splice(0..0, why);
            } else {
                let behind =
                    told.iter().position(|said| said.starts_with("It was run on")).unwrap_or(told.len());
                told.splice(behind..behind, why);
            }
        }
        told.extend(self.is_too_small(prediction, future));
        // Where the learning rate may be too large, or too small.
        let is_restless = matches!(run.outcome, Outcome::Diverged | Outcome::Oscillating);
        let is_large = future.better.iter().any(|better| {
            better.set_up.optimizer == set_up.optimizer && better.alpha < prediction.run(0).alpha
        });
        let is_of_rate = is_restless || is_large || !future.died.is_empty() || future.learns_later;
        if future.hindrance.is_none() && is_of_rate {
            told.extend(self.length_of_updates(prediction));
        }
        if set_up.hidden_units.0 == 1 && self.is_easy() {
            told.push("One hidden unit is enough for this task, since a line parts its samples.".to_owned());
        }
        told
    }

    /// That small steps have not gone as far as larger ones that learn, by how far both have gone: for gradient descent a
    /// small rate makes as many more steps necessary as it is smaller.
    fn is_too_small(&self, prediction: &Sweep, future: &Future) -> Option<String> {
        let alpha = prediction.run(0).alpha;
        let is_plain = matches!(self.set_up.optimizer, Optimizer::GradientDescent | Optimizer::Nesterov);
        let better = future.better.first().filter(|better| better.start.is_none() && better.alpha > alpha)?;
        let as_far_as = (future.run.steps as f64 * (alpha / better.alpha)).floor();
        let is_short = as_far_as >= 1.0 && better.run.solved_at.is_some_and(|step| as_far_as < step as f64);
        let is_open = matches!(future.run.outcome, Outcome::Plateau(_) | Outcome::Unfinished);
        (is_plain && is_short && is_open && !future.learns_later).then(|| {
            format!(
                "The learning rate is too small for {}, which go about as far as {} at a rate of {}.",
                steps(future.run.steps),
                HumanCount(as_far_as as u64),
                shortest(better.alpha)
            )
        })
    }

    /// Whether one hidden unit could do the task (fact 11).
    fn is_easy(&self) -> bool {
        let set_up = &self.set_up;
        set_up.task.inputs() == 2
            && set_up.bias.0
            && set_up.frozen.is_empty()
            && is_separable(&set_up.task) == Some(true)
    }

    /// What the hidden units were like at the end of a run that does not learn, and whether that proves that it never
    /// will.
    fn units_at_end(&self, future: &Future) -> (Vec<String>, bool) {
        let (set_up, run) = (&self.set_up, &future.run);
        let count = set_up.hidden_units.0;
        let mut told = Vec::new();
        let mut is_proof = false;
        let dead = dead_units(set_up, &run.end);
        let died: Vec<usize> = future.died.iter().map(|death| death.unit).collect();
        let before: Vec<usize> = dead.iter().copied().filter(|unit| !died.contains(unit)).collect();
        if !before.is_empty() {
            told.push(format!("{}.", capitalized(&dead_in_words(&before, count))));
        }
        let stay = future.died.iter().all(|death| death.stays);
        if !died.is_empty() {
            let from: Option<Vec<u64>> = future.died.iter().map(|death| death.from).collect();
            let when = from.map_or("on the way".to_owned(), |from| {
                let steps: Vec<String> = from.iter().map(|step| HumanCount(*step).to_string()).collect();
                format!("at step{} {}", if steps.len() == 1 { "" } else { "s" }, listed(&steps))
            });
            let (name, are_several) = named_units(&died, count);
            let (them, their) =
                if are_several { ("them", "their gradients are") } else { ("it", "its gradient is") };
            let what = match set_up.optimizer {
                _ if stay => format!("and no step moves {them} any more"),
                Optimizer::Adam => {
                    format!("and nothing but adam's mean of earlier gradients moves {them}")
                }
                _ => format!("and nothing but the momentum moves {them}"),
            };
            told.push(format!(
                "{} died {when}: no sample activates {them} any more, so {their} exactly 0, {what}.",
                capitalized(&name)
            ));
        }
        let left = count - dead.len();
        let is_fixed = set_up.task.two_targets().is_some() && stay;
        if !dead.is_empty() && left == 0 && is_fixed {
            is_proof = true;
            told.push(format!(
                "No unit is left, so all outputs are the same, and the error never comes below {}.",
                least_error(set_up.task.constant_error())
            ));
        } else if !dead.is_empty() && left == 1 && is_fixed && is_separable(&set_up.task) == Some(false) {
            is_proof = true;
            told.push(match set_up.task.one_unit_error() {
                Some(least) => format!(
                    "One unit is left, and the error of one unit never comes below {}.",
                    least_error(least)
                ),
                None => "One unit is left, and one unit cannot do this task.".to_owned(),
            });
        } else if !dead.is_empty() && left > 0 {
            told.push(format!("{left} of {count} units {} left.", if left == 1 { "is" } else { "are" }));
        }
        told.extend(self.unseen_samples(run));
        told.extend(self.saturated_output(run));
        (told, is_proof)
    }

    /// That the output unit is saturated where it is wrong, so that a squared error has hardly a gradient.
    fn saturated_output(&self, run: &RunResult) -> Option<String> {
        let set_up = &self.set_up;
        let is_wrong = matches!(run.outcome, Outcome::Plateau(Plateau::Wrong(_)));
        if !is_wrong || set_up.loss == Loss::CrossEntropy || set_up.output == Output::Linear {
            return None;
        }
        let sides = right_sides(set_up, &run.end)?;
        let wrong = outputs(set_up, &run.end).into_iter().zip(sides).filter(|(_, is_right)| !is_right);
        let most = wrong.map(|(output, _)| set_up.output.slope(output)).fold(0.0, f64::max);
        Some(format!(
            "The output unit is saturated: where it is wrong its slope, a factor of the gradient, is at most {}.",
            with_digits(most, 2)
        ))
    }

    /// Of rectifiers: which samples activate none, and that different targets are asked of them; or that there are none
    /// that part the samples.
    fn unseen_samples(&self, run: &RunResult) -> Option<String> {
        let set_up = &self.set_up;
        set_up.task.two_targets()?;
        let unseen = unseen_samples(set_up, &run.end);
        if !unseen.is_empty() && unseen.len() < set_up.task.samples().len() {
            let least = set_up.task.error_of_equal_outputs(&unseen);
            if least > 0.0 {
                let names: Vec<String> = unseen.iter().map(|&place| sample_name(set_up, place)).collect();
                return Some(format!(
                    "Samples {} activate no hidden unit at the end: they have the same output, though their targets \
                     differ, and move {}. While that is so the error is not below {}.",
                    listed(&names),
                    if set_up.fixed().any(|place| place == set_up.shape().output_bias()) {
                        "no parameter"
                    } else {
                        "the output's bias alone"
                    },
                    least_error(least)
                ));
            }
        }
        let on = on(set_up, &run.end);
        let of_one_unit = set_up.task.one_unit_error()?;
        let is_straight = |unit: &Vec<bool>| unit.iter().all(|&on| on) || unit.iter().all(|&on| !on);
        let is_some_on = on.iter().any(|unit| unit[0]) || set_up.hidden == Hidden::LeakyRelu;
        (set_up.hidden.is_rectifier() && is_some_on && on.iter().all(is_straight)).then(|| {
            format!(
                "At the end no hidden unit bends between the samples: each is active for all or for none, so the output \
                 unit's sum is linear in the inputs. While that is so the error is not below {}.",
                least_error(if set_up.output == Output::Linear {
                    set_up.task.constant_error()
                } else {
                    of_one_unit
                })
            )
        })
    }

    /// What a learning rate means with an optimizer that divides by the size of the gradient.
    fn length_of_updates(&self, prediction: &Sweep) -> Option<String> {
        let run = prediction.run(0);
        let optimizer = self.set_up.optimizer;
        if optimizer == Optimizer::Rprop {
            return Some(
                "With rprop the learning rate is the length of the first update alone; from there each parameter's \
                 steps have a course of their own."
                    .to_owned(),
            );
        }
        let UpdateLength { first, most } = UpdateLength::of(&self.set_up, run.momentum)?;
        let most = most.filter(|&most| most > first).map_or(String::new(), |most| {
            format!(", and none by more than {}", with_digits(most * run.alpha, 3))
        });
        Some(format!(
            "With {optimizer} a learning rate is a length, however large or small the gradient: the first update moves no \
             parameter by more than {}{most}.",
            with_digits(first * run.alpha, 3)
        ))
    }

    fn oscillates(&self, prediction: &Sweep, future: &Future) -> Vec<String> {
        let run = &future.run;
        let between = future.spread.map_or(String::new(), |[least, most]| {
            format!(
                "; in the last {} steps it was between {} and {}",
                Course::LAST,
                short(least),
                short(most)
            )
        });
        let mut told = vec![format!(
            "This run goes up and down to the end: after {} its error is {}{between}.",
            steps(run.steps),
            short(run.error_last)
        )];
        if right_sides(&self.set_up, &run.end).is_some_and(|sides| sides.into_iter().all(|is_right| is_right))
        {
            told.push(format!(
                "At the end {} are on the right side, but may not stay there.",
                self.all_outputs()
            ));
        }
        if self.set_up.update != Update::Batch {
            told.push("Each update follows one sample alone.".to_owned());
        }
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
        let (done, error, task) = (steps(run.steps), short(run.error_last), self.task());
        let outputs = self.outputs_at_end(run);
        let mut told = vec![match run.outcome {
            Outcome::Plateau(plateau) => format!(
                "After {done} this run has not learned {task} and is on a plateau, where the error hardly falls any more: \
                 it is {error}{}.{outputs}",
                outputs_on(plateau).map_or(String::new(), |outputs| format!(", with {outputs}"))
            ),
            _ => format!(
                "After {done} this run has not learned {task}, and its error, {error}, is still on its way.{outputs}"
            ),
        }];
        if are_opposite(&self.set_up, &self.theta) {
            let all: Vec<usize> = (0..self.set_up.hidden_units.0).collect();
            let (name, _) = named_units(&all, all.len());
            told.insert(
                0,
                format!(
                    "{} are equal or opposite, so with tanh they do the work of one, and stay so but for rounding, \
                     which may part them late or never.",
                    capitalized(&name)
                ),
            );
        }
        let Some(longer) = longer else { return told };
        if future.learns_later {
            let alpha = prediction.run(0).alpha;
            let is_rate = future.better.first().is_some_and(|better| better.start.is_none());
            told.push(format!(
                "It is slow, not stuck{}: run on, {}. Give it --steps {}{}.",
                if is_rate {
                    format!(", for a learning rate of {} is small for {done}", shortest(alpha))
                } else {
                    String::new()
                },
                self.learned(&self.set_up, &prediction.stopping_rule, longer),
                enough(&self.set_up, longer),
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
    fn later(&self, run: &RunResult) -> String {
        let (done, error) = (steps(run.steps), short(run.error_last));
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
    fn what_works(&self, prediction: &Sweep, future: &Future) -> Vec<String> {
        let Future { better, tried, tried_steps, learns, learns_later, .. } = future;
        if *learns || *tried == 0 {
            return Vec::new();
        }
        if better.is_empty() && !learns_later {
            return vec![format!(
                "None of {tried} other runs tried here, for at most {}, learns {}.",
                steps(*tried_steps),
                self.task()
            )];
        }
        let told = better.iter().enumerate().map(|(place, better)| {
            let Better { start, share: [some, all], run, set_up, .. } = better;
            let what = match start {
                None => format!("the same start with {}", better.flags()),
                Some(_) if better.is_start_alone() => {
                    format!("{} at the same learning rate ({some} of {all} such starts)", better.flags())
                }
                Some(_) => format!("{} ({some} of {all} such starts)", better.flags()),
            };
            if place == 0 {
                let learned = self.learned(set_up, &prediction.stopping_rule, run);
                format!("What works: {what}. It was tried: {learned}.")
            } else {
                format!("This works, too: {what}.")
            }
        });
        told.collect()
    }
}

/// A budget with which the run learns, in steps.
fn enough(set_up: &SetUp, run: &RunResult) -> u64 {
    match (run.converged_at, run.solved_at) {
        (None, Some(step)) => rounded_up(step),
        (_, Some(step)) if has_targets_in_the_limit(set_up) => rounded_up(step),
        _ => run.steps,
    }
}

/// A number of steps above this one, with two digits that count.
fn rounded_up(step: u64) -> u64 {
    let unit = 10_u64.pow(step.max(1).ilog10().saturating_sub(1));
    (step / unit + 1) * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_has_two_digits() {
        assert_eq!([1, 9, 26_419, 94_342, 995_000].map(rounded_up), [2, 10, 27_000, 95_000, 1_000_000]);
    }
}
