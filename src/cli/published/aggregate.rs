//! What is kept of the runs of a comparison: counts for each group of runs, in memory that does not grow with them.

use std::collections::HashSet;
use std::io;

use xorsweep::kernel::derivatives::Curvature;
use xorsweep::kernel::outcome::{Outcome, RunResult};
use xorsweep::kernel::solution::{Logic, Solution, logic};
use xorsweep::results::{Group, Quantiles};
use xorsweep::sweep::engine::{Options, Progress, execute};
use xorsweep::sweep::spec::Sweep;

/// A parameter beyond this means divergence to some.
const FAR: f64 = 1e4;

/// All groups of a sweep, in order.
pub struct Aggregate {
    pub groups: Vec<Cell>,
}

/// A group of runs: what the summary tells of it, and more.
pub struct Cell {
    /// What the summary tells.
    pub group: Group,
    /// The steps at which runs escaped, infinite for those that did not.
    pub escaped_at: Quantiles,
    /// The steps at which runs were solved.
    pub solved_at: Quantiles,
    /// The steps of all runs.
    pub steps: u64,
    /// Runs that ended with a parameter beyond ±1e4, or none at all.
    pub far: u64,
    /// Runs that converged, and not that far away.
    pub converged: u64,
    /// What the hidden units of these runs compute.
    pub logic: HashSet<[Logic; 2]>,
    /// The same but for exchanged and mirrored units, whatever the sign of the output weight.
    pub folded: HashSet<[Logic; 2]>,
    /// The same in the words of our table.
    pub solutions: HashSet<Solution>,
    /// The largest sharpness at the end of these runs; only if the sweep asks for the spectrum.
    pub sharpest: f64,
    /// How many of these runs ended where the sharpness is above 2/α.
    pub unstable: u64,
    /// The last run.
    pub last: Option<RunResult>,
}

/// A run, with what its worker found out.
struct Observed {
    finished: RunResult,
    solution: Option<([Logic; 2], Solution)>,
    sharpness: Option<f64>,
}

impl Aggregate {
    /// The group with this learning rate, the first if there are several.
    pub fn at(&self, alpha: f64) -> &Cell {
        let found = self.groups.iter().find(|cell| cell.group.alpha == alpha);
        found.expect("a test looks every figure up")
    }

    /// The groups that start like this.
    pub fn with_init(&self, init: &str) -> Vec<&Cell> {
        self.groups.iter().filter(|cell| cell.group.init == init).collect()
    }

    /// A count of all groups together.
    pub fn sum(&self, count: impl Fn(&Cell) -> u64) -> f64 {
        self.groups.iter().map(count).sum::<u64>() as f64
    }
}

impl Cell {
    fn new(group: Group) -> Self {
        Self {
            group,
            escaped_at: Quantiles::new(),
            solved_at: Quantiles::new(),
            steps: 0,
            far: 0,
            converged: 0,
            logic: HashSet::new(),
            folded: HashSet::new(),
            solutions: HashSet::new(),
            sharpest: f64::NEG_INFINITY,
            unstable: 0,
            last: None,
        }
    }

    /// How many runs there are.
    pub fn runs(&self) -> f64 {
        self.group.tally.runs() as f64
    }

    /// The share of the runs that were not solved at any step.
    pub fn unsolved_share(&self) -> f64 {
        1.0 - self.group.tally.solved() as f64 / self.runs()
    }

    fn add(&mut self, observed: Observed) {
        let Observed { finished, solution, sharpness } = observed;
        self.group.tally.add(&finished);
        self.escaped_at.add(finished.escaped_at.map_or(f64::INFINITY, |step| step as f64));
        if let Some(step) = finished.solved_at {
            self.solved_at.add(step as f64);
        }
        self.steps += finished.steps;
        self.far += u64::from(is_far(&finished));
        if let Some((units, solution)) = solution {
            self.converged += 1;
            self.logic.insert(units);
            let mut folded = units.map(|unit| unit.min(unit.mirrored()));
            folded.sort_unstable();
            self.folded.insert(folded);
            self.solutions.insert(solution);
        }
        if let Some(sharpness) = sharpness {
            self.sharpest = self.sharpest.max(sharpness);
            self.unstable += u64::from(sharpness > 2.0 / self.group.alpha);
        }
        self.last = Some(finished);
    }
}

/// Whether it ended with a parameter beyond ±1e4, or that is no number.
fn is_far(finished: &RunResult) -> bool {
    !finished.end.iter().all(|parameter| parameter.abs() <= FAR)
}

/// Runs a sweep.
pub fn see(sweep: &Sweep, options: &Options, progress: &Progress) -> io::Result<Aggregate> {
    let groups = (0..sweep.groups()).map(|number| {
        let group = sweep.group(number);
        Cell::new(Group::of(sweep, &group))
    });
    let mut seen = Aggregate { groups: groups.collect() };
    let observe = |finished: Vec<RunResult>| -> Vec<Observed> {
        finished.into_iter().map(|finished| observed(sweep, finished)).collect()
    };
    execute(sweep, 0..sweep.runs(), options, progress, observe, |piece: Vec<Observed>| {
        for observed in piece {
            let group = sweep.run(observed.finished.run).group;
            seen.groups[usize::try_from(group).expect("it is in memory")].add(observed);
        }
        io::Result::Ok(())
    })?;
    Ok(seen)
}

fn observed(sweep: &Sweep, finished: RunResult) -> Observed {
    let is_settled = finished.outcome == Outcome::Converged && !is_far(&finished);
    let (set_up, _) = sweep.set_up_from(finished.run);
    let solution = is_settled.then(|| (logic(set_up, &finished.end), Solution::of(set_up, &finished.end)));
    let sharpness = (is_settled && sweep.spectrum).then(|| Curvature::at(set_up, &finished.end).sharpness());
    Observed { finished, solution, sharpness }
}
