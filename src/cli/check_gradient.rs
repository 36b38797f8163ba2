//! `xorsweep check-gradient`: is the gradient right?

use std::io::{BufWriter, Write};
use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches, Command};
use xorsweep::kernel::Theta;
use xorsweep::kernel::derivatives::Slope;
use xorsweep::kernel::derivatives::{gradient, gradient_by_differences, gradient_by_dual};
use xorsweep::results::Failure;
use xorsweep::sweep::spec::{SET_UP_KEYS, Sweep};

use super::arguments::{key_flags, spec_of_flags, tell_of_starts};
use super::output::standard_output;
use super::screen::examples;

/// The subcommand's name.
pub const NAME: &str = "check-gradient";

/// The keys that make points.
const KEYS: [&str; 4] = ["init", "seeds", "starts", "starts_layout"];

/// The subcommand.
pub fn command() -> Command {
    Command::new(NAME)
        .about("Compare the gradient with central differences and with dual numbers")
        .long_about(
            "Compare the gradient that the descent uses, which is derived by hand, with two others at every point of \
             the inits and seeds given: central differences of the error (accurate to about 1e-9), and dual numbers, \
             which carry derivatives through the very formula of the error (accurate to rounding). Prints the \
             largest relative error ‖difference‖ / ‖gradient‖ of each.",
        )
        .arg(
            Arg::new("each")
                .long("each")
                .action(ArgAction::SetTrue)
                .help("Show every component at every point; the default for a single point"),
        )
        .args(key_flags(|key| KEYS.contains(&key) || SET_UP_KEYS.contains(&key)))
        .after_help(examples(&[
            ("At a thousand random points", "xorsweep check-gradient"),
            ("At the start in the question, each component", "xorsweep check-gradient --init \"constant(0.1)\""),
        ]))
}

/// The largest relative error seen, and at which point.
#[derive(Default)]
struct Worst {
    relative: f64,
    run: u64,
}

impl Worst {
    fn add(&mut self, run: u64, ours: &Theta, theirs: &Theta) {
        let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        let difference: Theta = ours.iter().zip(theirs).map(|(ours, theirs)| ours - theirs).collect();
        // Where the gradient is zero the difference itself counts; a NaN is as bad as can be.
        let scale = norm(theirs);
        let relative = norm(&difference) / if scale > 0.0 { scale } else { 1.0 };
        if relative > self.relative || relative.is_nan() {
            *self = Self { relative, run };
        }
    }
}

/// Checks the gradient at the points the arguments ask for.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let sweep = spec_of_flags(matches)?.resolve(Path::new(""))?;
    tell_of_starts(&sweep);
    let mut out = BufWriter::new(standard_output());
    let (mut differences, mut duals) = (Worst::default(), Worst::default());
    let show = matches.get_flag("each") || sweep.runs() == 1;
    for number in 0..sweep.runs() {
        let run = sweep.run(number);
        let (set_up, theta) = (sweep.set_up(&run), sweep.start(&run));
        let ours = gradient(set_up, &theta);
        let by_differences = gradient_by_differences(set_up, &theta);
        let by_dual = gradient_by_dual(set_up, &theta);
        differences.add(number, &ours.gradient, &by_differences.gradient);
        duals.add(number, &ours.gradient, &by_dual.gradient);
        if show {
            show_point(&mut out, &sweep, number, &theta, &[ours, by_differences, by_dual])?;
        }
    }
    writeln!(out, "points checked: {}", sweep.runs())?;
    for (name, worst) in [("central differences", differences), ("dual numbers", duals)] {
        writeln!(out, "largest relative error against {name}: {:.3e} (point {})", worst.relative, worst.run)?;
    }
    Ok(out.flush()?)
}

fn show_point(
    out: &mut impl Write,
    sweep: &Sweep,
    number: u64,
    theta: &Theta,
    [ours, by_differences, by_dual]: &[Slope; 3],
) -> Result<(), Failure> {
    let run = sweep.run(number);
    writeln!(out, "point {number}: {}, error {}", sweep.start_in_words(&run), ours.error)?;
    writeln!(
        out,
        "     {:>23}  {:>23}  {:>23}  {:>23}",
        "value", "gradient", "central differences", "dual numbers"
    )?;
    for (i, name) in sweep.set_up(&run).shape().names().iter().enumerate() {
        let numbers = [theta[i], ours.gradient[i], by_differences.gradient[i], by_dual.gradient[i]]
            .map(|x| format!("{x:.16e}"));
        let [value, ours, differences, dual] = numbers;
        writeln!(out, "{name:>4} {value:>23}  {ours:>23}  {differences:>23}  {dual:>23}")?;
    }
    Ok(writeln!(out)?)
}
