//! `xorsweep inspect`: a point explained in words and numbers.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command};
use indicatif::HumanCount;
use xorsweep::Problem;
use xorsweep::kernel::Theta;
use xorsweep::kernel::derivatives::{Curvature, FLAT, Samples, gradient, samples};
use xorsweep::kernel::fused::at::{B1, B2, W1, W2, W3, W4, W5, W6};
use xorsweep::kernel::fused::{NAMES, PARAMETERS};
use xorsweep::kernel::outcome::{Finished, Levels, Outcome, Plateau};
use xorsweep::kernel::solution::{Solution, logic};
use xorsweep::kernel::task::Coding;
use xorsweep::kernel::{Hidden, Output, SetUp};
use xorsweep::sweep::engine::{Options, Progress, execute};
use xorsweep::sweep::spec::{Run, Spec, Sweep};
use xorsweep::sweep::text::{finite_number, shortest};
use xorsweep::table::Failure;

use super::arguments::{key_flags, one_run, run_or_sweep_of, spec_of_flags, tell_of_starts};
use super::output::standard_output;
use super::screen::examples;

/// The subcommand's name.
pub const NAME: &str = "inspect";

/// The keys that make a point, or say how long the run from it may take. Learning rate and momentum are not among
/// them: here they choose no run, only what is predicted.
const KEYS: [&str; 10] = [
    "init",
    "starts",
    "starts_layout",
    "steps",
    "tolerance",
    "hold",
    "blow_up",
    "hidden",
    "output",
    "coding",
];

/// The subcommand.
pub fn command() -> Command {
    let prediction = |id: &'static str, flag: &'static str, help: &'static str| {
        Arg::new(id).long(flag).value_name("NUMBER").allow_hyphen_values(true).help(help)
    };
    Command::new(NAME)
        .about("Explain a point: its outputs, its slope and curvature, and what will become of it")
        .long_about(
            "Explain one point in words and numbers: the four samples, the error, the gradient, the curvature, \
             whether the hidden units are equal, what they compute, and what a run from there does.\n\n\
             The point is a start (--init and --seed), nine numbers (--theta), or a run of a sweep: inspect \
             results/<name>/sweep.toml --run 123, with --end for the point where that run ended.",
        )
        .args(one_run())
        .arg(
            Arg::new("theta")
                .long("theta")
                .value_name("NUMBERS")
                .allow_hyphen_values(true)
                .conflicts_with_all(["spec", "run", "seeds", "init", "starts", "starts_layout"])
                .help("The point itself: w1,w2,w3,w4,w5,w6,b1,b2,b3"),
        )
        .arg(
            Arg::new("end")
                .long("end")
                .action(ArgAction::SetTrue)
                .help("The point where the run ended, not its start; the run is done again to find it"),
        )
        .arg(prediction("rate", "alpha", "The learning rate of the prediction [default: the run's, or 0.3]"))
        .arg(prediction("inertia", "momentum", "The momentum of the prediction [default: the run's, or 0]"))
        .args(key_flags(|key| KEYS.contains(&key)))
        .after_help(examples(&[
            ("The start in the question", "xorsweep inspect --init \"constant(0.1)\" --alpha 0.3"),
            ("Where a run of a sweep ended", "xorsweep inspect results/first-look --run 123 --end"),
            ("Nine numbers", "xorsweep inspect --theta 1,-1,1,-1,2,2,-0.5,1.5,-1"),
        ]))
}

/// Explains the point the arguments ask for.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let inspected = Inspected::of(matches)?;
    let mut out = BufWriter::new(standard_output());
    inspected.explain(&mut out)?;
    Ok(out.flush()?)
}

/// What is to be explained, checked.
struct Inspected {
    /// What the point is called.
    name: String,
    theta: Theta,
    network: SetUp,
    /// The sweep of the one run from the point; none if the point is not finite.
    prediction: Option<Sweep>,
}

impl Inspected {
    fn of(matches: &ArgMatches) -> Result<Self, Failure> {
        // Both are read first: nothing is run for a request that is refused later.
        let rate = number(matches, "rate", "alpha", "give a finite number above 0", |value| value > 0.0)?;
        let inertia =
            number(matches, "inertia", "momentum", "give a finite number from 0", |value| value >= 0.0)?;
        let sweep = sweep(matches)?;
        let only = (sweep.runs() == 1).then_some(0);
        let Some(number) = matches.get_one::<u64>("run").copied().or(only) else {
            let remedy =
                format!("there are {} runs: give the number of one, or one value for each key", sweep.runs());
            return Err(Problem::new("run", "", remedy).into());
        };
        if number >= sweep.runs() {
            let remedy =
                format!("the sweep has {} runs: give a number from 0 to {}", sweep.runs(), sweep.runs() - 1);
            return Err(Problem::new("run", number, remedy).into());
        }
        let run = sweep.run(number);
        let mut name = name_of(matches, &sweep, &run);
        tell_of_starts(&sweep);
        let theta = if matches.get_flag("end") {
            // A spec's run has its own learning rate; one made of keys has that of the prediction.
            let replayed = if matches.contains_id("spec") {
                done_again(&sweep, number)?
            } else {
                let start = sweep.start(&run);
                done_again(
                    &sweep_from(&sweep, &start, rate.unwrap_or(run.alpha), inertia.unwrap_or(run.momentum))?,
                    0,
                )?
            };
            name = format!("the end of {name}, after {} steps", HumanCount(replayed.steps));
            replayed.end
        } else {
            sweep.start(&run)
        };
        let prediction = if theta.iter().all(|value| value.is_finite()) {
            Some(sweep_from(&sweep, &theta, rate.unwrap_or(run.alpha), inertia.unwrap_or(run.momentum))?)
        } else {
            None
        };
        Ok(Self { name, theta, network: sweep.network.clone(), prediction })
    }
}

/// The number that a flag was given.
fn number(
    matches: &ArgMatches,
    id: &str,
    flag: &str,
    remedy: &str,
    allowed: fn(f64) -> bool,
) -> Result<Option<f64>, Problem> {
    let Some(text) = matches.get_one::<String>(id) else { return Ok(None) };
    let value = finite_number(text.trim()).filter(|value| allowed(*value));
    value.map(Some).ok_or_else(|| Problem::new(flag, text, remedy))
}

/// The sweep in which the point is a start or an end.
fn sweep(matches: &ArgMatches) -> Result<Sweep, Problem> {
    if let Some(text) = matches.get_one::<String>("theta") {
        let mut spec = spec_of_flags(matches)?;
        spec.set("init", &[&point(&nine_numbers(text)?)])?;
        return spec.resolve(Path::new(""));
    }
    if !["spec", "init", "starts", "seeds"].iter().any(|id| matches.contains_id(id)) {
        return Err(Problem::new(
            NAME,
            "",
            "give a point: --theta, --init with --seed, or a SPEC with --run",
        ));
    }
    run_or_sweep_of(matches)
}

fn nine_numbers(text: &str) -> Result<Theta, Problem> {
    let pieces: Vec<&str> = text.split(',').map(str::trim).collect();
    let problem = |what: String| {
        let remedy = format!("{what}; give nine finite numbers separated by commas, {}", NAMES.join(","));
        Problem::new("theta", if text.is_empty() { "\"\"" } else { text }, remedy)
    };
    if let Some(wrong) = pieces.iter().find(|piece| finite_number(piece).is_none()) {
        return Err(problem(format!("`{wrong}` is no finite number")));
    }
    let numbers: Vec<f64> = pieces.iter().filter_map(|piece| finite_number(piece)).collect();
    if numbers.len() == PARAMETERS {
        Ok(numbers.into())
    } else {
        Err(problem(format!("there are {} numbers", numbers.len())))
    }
}

/// A point as an init.
fn point(theta: &Theta) -> String {
    format!("point({})", theta.iter().copied().map(shortest).collect::<Vec<_>>().join(","))
}

/// The sweep of the one run from `theta`, with the network and the budget of `like`.
fn sweep_from(like: &Sweep, theta: &Theta, alpha: f64, momentum: f64) -> Result<Sweep, Problem> {
    let mut spec = Spec::default();
    spec.set("init", &[&point(theta)])?;
    spec.set("alpha", &[&shortest(alpha)])?;
    spec.set("momentum", &[&shortest(momentum)])?;
    let mut plain = like.clone();
    plain.plane = None;
    spec.over(plain.to_spec()).resolve(Path::new(""))
}

/// What became of one run of a sweep.
fn done_again(sweep: &Sweep, number: u64) -> io::Result<Finished> {
    let mut all = Vec::new();
    let keep = |finished| {
        all.extend(finished);
        io::Result::Ok(())
    };
    execute(sweep, number..number + 1, &Options::default(), &Progress::default(), Vec::from, keep)?;
    Ok(all.pop().expect("every run ends"))
}

fn name_of(matches: &ArgMatches, sweep: &Sweep, run: &Run) -> String {
    let start = sweep.start_in_words(run);
    match matches.get_one::<PathBuf>("spec") {
        None => start,
        Some(path) => {
            let momentum = if run.momentum > 0.0 {
                format!(", momentum {}", shortest(run.momentum))
            } else {
                String::new()
            };
            format!(
                "run {} of {} ({start}, learning rate {}{momentum})",
                run.number,
                path.display(),
                shortest(run.alpha)
            )
        }
    }
}

/// Why two hidden units do the work of one, and will for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OneUnit {
    /// All their parameters are equal.
    Equal,
    /// With tanh, which is odd: all their parameters are opposite.
    Opposite,
    /// With tanh: all parameters of this unit are zero, and so is their gradient.
    Idle(usize),
}

impl OneUnit {
    fn at(network: &SetUp, theta: &[f64]) -> Option<Self> {
        const UNITS: [[usize; 4]; 2] = [[W1, W3, B1, W5], [W2, W4, B2, W6]];
        let pairs = || (0..4).map(|place| (theta[UNITS[0][place]], theta[UNITS[1][place]]));
        let is_idle = |unit: &[usize; 4]| unit.iter().all(|&place| theta[place] == 0.0);
        // Compared number by number: a distance of 0 might have been rounded.
        if pairs().all(|(one, two)| one == two) {
            Some(Self::Equal)
        } else if network.hidden != Hidden::Tanh {
            None
        } else if pairs().all(|(one, two)| one == -two) {
            Some(Self::Opposite)
        } else {
            UNITS.iter().position(is_idle).map(Self::Idle)
        }
    }
}

/// What kind of point it is, as far as slope and curvature tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ground {
    /// The gradient is far from zero.
    Slope,
    /// Level, with directions that clearly bend down.
    Saddle,
    /// Level, and nothing bends down clearly, but something does, or may.
    Flat,
    /// Level, and nothing bends down by more than the rounding of zero.
    Minimum,
}

/// Up to this gradient norm the ground is called level. A run that has just converged to 1e-6 is at about 1e-3.
const LEVEL: f64 = 1e-2;
/// An eigenvalue not below minus this, times the largest or 1, may be zero but for rounding.
const ROUNDING: f64 = 1e-12;

/// The Hessian's eigenvalues, counted.
struct Directions {
    negative: usize,
    flat: usize,
    ground: Ground,
}

impl Directions {
    /// None where the eigenvalues are not numbers.
    fn of(curvature: &Curvature) -> Option<Self> {
        let flat = curvature.flat_directions()?;
        let scale = curvature.sharpness().abs().max(curvature.minimum().abs()).max(1.0);
        let negative = curvature.eigenvalues.iter().filter(|value| **value < -FLAT * scale).count();
        let ground = if curvature.gradient_norm > LEVEL {
            Ground::Slope
        } else if negative > 0 {
            Ground::Saddle
        } else if curvature.minimum() < -ROUNDING * scale {
            Ground::Flat
        } else {
            Ground::Minimum
        };
        Some(Self { negative, flat, ground })
    }
}

/// A level as a fraction.
fn fraction(network: &SetUp, below: u32) -> String {
    match (network.task.coding(), below) {
        (Coding::ZeroOne, _) => format!("1/{below}"),
        (Coding::PlusMinus, 4) => "1".to_owned(),
        (Coding::PlusMinus, 6) => "2/3".to_owned(),
        (Coding::PlusMinus, _) => "1/2".to_owned(),
    }
}

/// `1 direction`, `2 directions`
fn directions(count: usize) -> String {
    format!("{count} direction{}", if count == 1 { "" } else { "s" })
}

fn steps(count: u64) -> String {
    format!("{} step{}", HumanCount(count), if count == 1 { "" } else { "s" })
}

impl Inspected {
    fn explain(&self, out: &mut impl Write) -> io::Result<()> {
        let word = |text: &str| text.to_lowercase();
        let SetUp { hidden, output, task, .. } = &self.network;
        let coding = task.coding();
        writeln!(out, "The point is {}.", self.name)?;
        writeln!(
            out,
            "The network has {} hidden units, a {} output and {coding} coding.",
            word(&format!("{hidden:?}")),
            word(&format!("{output:?}")),
        )?;
        let Some(prediction) = &self.prediction else {
            for (name, value) in NAMES.iter().zip(&self.theta) {
                writeln!(out, "{name:>9} {}", shortest(*value))?;
            }
            writeln!(out, "\nIt is not finite: the run diverged. There is no ground to describe.")?;
            return Ok(());
        };
        let samples = samples(&self.network, &self.theta);
        let curvature = Curvature::at(&self.network, &self.theta);
        self.samples(out, &samples)?;
        self.error(out, curvature.error)?;
        self.gradient(out, &curvature)?;
        self.curvature(out, &curvature, prediction)?;
        self.symmetry(out)?;
        self.future(out, prediction)
    }

    fn samples(&self, out: &mut impl Write, samples: &Samples) -> io::Result<()> {
        let levels = Levels::of(&self.network);
        let (low, high) =
            if self.network.task.coding() == Coding::PlusMinus { (-1.0, 1.0) } else { (0.0, 1.0) };
        let inputs = [(low, low), (high, low), (low, high), (high, high)];
        let targets = [low, high, high, low];
        writeln!(out, "\nThe four samples\n")?;
        writeln!(
            out,
            "   x1   x2  {:>12} {:>12}  {:>6} {:>12} {:>12}  right side",
            "hidden 1", "hidden 2", "target", "output", "residual"
        )?;
        let mut right = 0;
        for (i, (x1, x2)) in inputs.into_iter().enumerate() {
            let residual = samples.residuals[i];
            let half = levels.half.unwrap_or(f64::NAN);
            let is_right = if targets[i] > 0.5 { residual < half } else { -residual < half };
            right += usize::from(is_right);
            writeln!(
                out,
                "{x1:>5} {x2:>4}  {:>12.6} {:>12.6}  {:>6} {:>12.6} {residual:>12.6}  {}",
                samples.activations[0][i],
                samples.activations[1][i],
                targets[i],
                targets[i] - residual,
                if is_right { "yes" } else { "no" },
            )?;
        }
        let middle = if self.network.task.coding() == Coding::PlusMinus { "0" } else { "½" };
        writeln!(
            out,
            "\n{right} of 4 outputs are on the right side of {middle}. The residual is target − output."
        )?;
        let [one, two] = logic(&self.network, &self.theta).map(|unit| unit.word());
        writeln!(
            out,
            "Where they are above the middle of their range, hidden unit 1 computes `{one}` and hidden unit 2 `{two}`."
        )?;
        if right == 4 {
            writeln!(
                out,
                "Together they solve XOR as `{}` (each unit taken so that its output weight is positive).",
                Solution::of(&self.network, &self.theta)
            )?;
        }
        Ok(())
    }

    fn error(&self, out: &mut impl Write, error: f64) -> io::Result<()> {
        let levels = Levels::of(&self.network);
        writeln!(out, "\nThe error\n\nE = {}", shortest(error))?;
        for (level, below, meaning) in [
            (levels.constant, 4, "the same answer for all four samples, at best (`constant`)"),
            (
                levels.one_unit.unwrap_or(f64::NAN),
                6,
                "what one hidden unit alone can come close to, but not reach (`one-unit`)",
            ),
            (
                levels.saturated.unwrap_or(f64::NAN),
                8,
                "two samples answered right, and the other two taken for the same (`saturated`)",
            ),
        ] {
            let side = if error > level {
                "above"
            } else if error < level {
                "below"
            } else {
                "exactly"
            };
            writeln!(out, "{side:>9} {}: {meaning}", fraction(&self.network, below))?;
        }
        let words = if levels.one_unit.is_some_and(|level| error < level) {
            "No network with two equal hidden units gets so low: this one uses both."
        } else if error > levels.constant {
            "One constant answer would do better."
        } else {
            "It could be the error of a single hidden unit."
        };
        writeln!(out, "{words}")
    }

    fn gradient(&self, out: &mut impl Write, curvature: &Curvature) -> io::Result<()> {
        let slopes = gradient(&self.network, &self.theta).gradient;
        writeln!(out, "\nThe gradient\n\n{:>9} {:>24} {:>24}", "", "value", "gradient")?;
        for i in 0..PARAMETERS {
            writeln!(out, "{:>9} {:>24} {:>24}", NAMES[i], shortest(self.theta[i]), shortest(slopes[i]))?;
        }
        writeln!(out, "\nIts norm is {}.", shortest(curvature.gradient_norm))
    }

    fn curvature(&self, out: &mut impl Write, curvature: &Curvature, prediction: &Sweep) -> io::Result<()> {
        let run = prediction.run(0);
        writeln!(out, "\nThe curvature\n")?;
        let Some(Directions { negative, flat, ground }) = Directions::of(curvature) else {
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
        match ground {
            Ground::Slope => writeln!(
                out,
                "This is far from a critical point: the ground slopes{}.",
                if negative > 0 { ", and bends down in some directions" } else { "" }
            )?,
            Ground::Saddle => writeln!(
                out,
                "The ground is nearly level and bends down in {}: this is no minimum. Either a saddle is near, or the ground \
                 goes on falling, ever more slowly, as weights grow without end.",
                directions(negative)
            )?,
            Ground::Flat => writeln!(
                out,
                "The ground is nearly level and flat: its least curvature, {:.3e}, is negative, but hardly. It is not certain to be a minimum; \
                 the error may go on falling, slowly.",
                curvature.minimum()
            )?,
            Ground::Minimum if flat == 0 => {
                writeln!(
                    out,
                    "The ground is nearly level and bends up in every direction: this is near a minimum."
                )?;
            }
            Ground::Minimum => writeln!(
                out,
                "The ground is nearly level and bends down nowhere: as far as second order tells this is near a minimum, with {} it cannot \
                 judge.",
                directions(flat)
            )?,
        }
        if Levels::of(&self.network).constant * 1e-5 > curvature.error {
            writeln!(out, "The error is almost 0, and none can be less.")?;
        }
        writeln!(out, "Sharpness (the largest eigenvalue): {}", shortest(curvature.sharpness()))?;
        if curvature.sharpness() <= 0.0 {
            return writeln!(
                out,
                "Nothing bends up, so there is no stability limit of the learning rate here."
            );
        }
        let (limit, formula) = if run.momentum == 0.0 {
            (2.0 / curvature.sharpness(), "2/sharpness".to_owned())
        } else {
            (2.0 * (1.0 + run.momentum) / curvature.sharpness(), "2(1 + momentum)/sharpness".to_owned())
        };
        writeln!(out, "Stability limit of the learning rate here ({formula}): {}", shortest(limit))?;
        let alpha = shortest(run.alpha);
        if run.momentum >= 1.0 {
            writeln!(out, "With a momentum of 1 or more nothing settles.")
        } else if run.alpha < limit {
            writeln!(out, "A learning rate of {alpha} is below: steps do not overshoot more and more here.")
        } else if run.alpha > limit {
            writeln!(
                out,
                "A learning rate of {alpha} is above: along the sharpest direction each step overshoots by more than the last."
            )
        } else {
            writeln!(
                out,
                "A learning rate of {alpha} is exactly there: along the sharpest direction steps go to and fro for ever."
            )
        }
    }

    fn symmetry(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "\nThe two hidden units\n")?;
        let sixth = fraction(&self.network, 6);
        let distance = shortest(self.network.shape().asymmetry(&self.theta).unwrap_or(f64::NAN));
        writeln!(out, "Distance to the subspace where both are equal: {distance}")?;
        let Some(one_unit) = OneUnit::at(&self.network, &self.theta) else {
            return writeln!(
                out,
                "The units differ, so nothing keeps them equal. The smaller the distance, the longer it takes to leave."
            );
        };
        let why = match one_unit {
            OneUnit::Equal => {
                "Both hidden units are equal: w1 = w2, w3 = w4, w5 = w6, b1 = b2. So they compute the same and get the \
                 same gradient, and every step changes both alike: they stay equal for ever, at any learning rate. Two \
                 equal units are one unit."
            }
            OneUnit::Opposite => {
                "The hidden units are opposite in all their parameters. With tanh they then add the same to the output, \
                 and every step keeps them opposite: they stay so for ever. Two opposite units are one unit."
            }
            OneUnit::Idle(0) => {
                "All parameters of hidden unit 1 are zero. With tanh so is their gradient: it stays idle for ever, and \
                 there is only one unit."
            }
            OneUnit::Idle(_) => {
                "All parameters of hidden unit 2 are zero. With tanh so is their gradient: it stays idle for ever, and \
                 there is only one unit."
            }
        };
        writeln!(
            out,
            "{why}\nOne unit cannot do XOR: its outputs only rise, or only fall, along its one direction, and the targets \
             go up and down again. Its error is always above {sixth}, however long it learns.\n\
             Start with units that differ: --init \"normal(1)\", for instance."
        )
    }

    fn future(&self, out: &mut impl Write, prediction: &Sweep) -> io::Result<()> {
        let run = prediction.run(0);
        let alpha = shortest(run.alpha);
        let momentum = if run.momentum > 0.0 {
            format!(" and a momentum of {}", shortest(run.momentum))
        } else {
            String::new()
        };
        writeln!(out, "\nWhat happens at a learning rate of {alpha}{momentum}\n")?;
        for reason in self.reasons(run.alpha, run.momentum) {
            writeln!(out, "{reason}")?;
        }
        let finished = done_again(prediction, 0)?;
        writeln!(
            out,
            "It was run, for at most {}: {}",
            steps(prediction.budget.steps),
            self.outcome(&finished, prediction)
        )?;
        let sixth = fraction(&self.network, 6);
        let is_one_unit = OneUnit::at(&self.network, &self.theta).is_some();
        if is_one_unit && finished.outcome == Outcome::Plateau(Plateau::Constant) {
            writeln!(out, "With more steps it may still come down to {sixth}, but never below.")?;
        }
        match finished.escaped_at {
            Some(0) => writeln!(out, "The error was below {sixth} from the start.")?,
            Some(step) => writeln!(
                out,
                "The error was below {sixth} at step {} for the first time: the units had parted.",
                HumanCount(step)
            )?,
            None => writeln!(out, "The error was never below {sixth}.")?,
        }
        match finished.solved_at {
            Some(step) => writeln!(
                out,
                "All four outputs were on the right side at step {} for the first time.",
                HumanCount(step)
            ),
            None => writeln!(out, "The four outputs were never all on the right side."),
        }
    }

    /// What is certain before a step is taken.
    fn reasons(&self, alpha: f64, momentum: f64) -> Vec<String> {
        /// No exact solution of the default network has a lower sharpness.
        const LEAST_SHARPNESS: f64 = 2.169_60;
        let mut reasons = Vec::new();
        let is_default = self.network == SetUp::default();
        if self.network.output == Output::Linear && momentum == 0.0 && alpha >= 1.0 {
            let twice = shortest(2.0 * alpha);
            let lands = if alpha > 1.0 { "farther away" } else { "just as far away" };
            reasons.push(format!(
                "The learning rate is too large for any start. As a function of b3 the error is a parabola with \
                 ∂²E/∂b3² = 2, everywhere. A step moves b3 by {twice} times its distance to the bottom, so it lands {lands} \
                 on the other side."
            ));
            if is_default && alpha > 1.0 {
                reasons.push(
                    "So the error explodes: this network diverges above 1 from every start tried.".to_owned(),
                );
            } else if is_default {
                reasons
                    .push("So the error does not settle: at exactly 1 it grows for ever, slowly.".to_owned());
            }
        } else if is_default && momentum == 0.0 && alpha > 2.0 / LEAST_SHARPNESS {
            reasons.push(
                "No exact solution is known with a sharpness below 2.16960, so none is known to be stable above a \
                 learning rate of 0.92183: a run may come near one, and is thrown out again."
                    .to_owned(),
            );
        }
        if OneUnit::at(&self.network, &self.theta).is_some() {
            reasons.push(format!(
                "The two hidden units are one, so no learning rate brings the error below {}.",
                fraction(&self.network, 6)
            ));
        }
        reasons
    }

    fn outcome(&self, finished: &Finished, prediction: &Sweep) -> String {
        let error = shortest(finished.error_last);
        let done = steps(finished.steps);
        match finished.outcome {
            Outcome::Converged => format!(
                "it converged. The error was at most {} from step {} on, and {error} after {done}.",
                shortest(prediction.budget.tolerance),
                HumanCount(finished.converged_at.unwrap_or(finished.steps)),
            ),
            Outcome::Diverged if finished.steps < prediction.budget.steps => {
                format!("it diverged. After {done} the error was {error}.")
            }
            Outcome::Diverged => {
                format!("it diverged. After {done} the error was {error}, and still growing.")
            }
            Outcome::Oscillating => {
                format!("it went up and down to the end. After {done} the error was {error}.")
            }
            Outcome::Plateau(plateau) => {
                let name = match plateau.word() {
                    "" => String::new(),
                    word => format!(" (`{word}`)"),
                };
                format!("it was on a plateau{name}. After {done} the error was {error}, and hardly changing.")
            }
            Outcome::Unfinished => format!("it was still on its way. After {done} the error was {error}."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(eigenvalues: Vec<f64>, gradient_norm: f64) -> Ground {
        Directions::of(&Curvature { error: 0.1, gradient_norm, eigenvalues }).unwrap().ground
    }

    #[test]
    fn a_point_with_a_negative_eigenvalue_is_never_a_minimum() {
        let with = |least: f64| [least, 0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 3.0];
        for least in [-3.0, -1e-3, -1e-5, -1e-7, -1e-10] {
            assert_ne!(at(with(least).into(), 0.0), Ground::Minimum, "{least}");
        }
        assert_eq!(at(with(-1e-16).into(), 0.0), Ground::Minimum);
        assert_eq!(at(with(0.0).into(), 1.0), Ground::Slope);
        assert_eq!(at(with(-1e-3).into(), 0.0), Ground::Saddle);
        assert_eq!(at(with(-1e-8).into(), 0.0), Ground::Flat);
    }

    #[test]
    fn units_are_one_if_equal_and_with_tanh_if_opposite_or_idle() {
        let sigmoid = SetUp::default();
        let tanh = SetUp { hidden: Hidden::Tanh, ..SetUp::default() };
        let opposite = [1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 4.0, -4.0, 5.0];
        let idle = [1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0, 0.0, 5.0];
        assert_eq!(OneUnit::at(&sigmoid, &[0.1; 9]), Some(OneUnit::Equal));
        assert_eq!(OneUnit::at(&sigmoid, &opposite), None);
        assert_eq!(OneUnit::at(&sigmoid, &idle), None);
        assert_eq!(OneUnit::at(&tanh, &opposite), Some(OneUnit::Opposite));
        assert_eq!(OneUnit::at(&tanh, &idle), Some(OneUnit::Idle(1)));
        // Their distance, 1e-200, is rounded to 0.
        assert_eq!(OneUnit::at(&sigmoid, &[1e-200, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]), None);
    }
}
