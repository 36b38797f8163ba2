//! Whether a hyperplane parts the samples of a task by their targets: what one hidden unit can do, and no more (fact 11).

use crate::kernel::Task;

/// Passes over the samples after which the perceptron gives up. The truth tables of up to six inputs that can be parted
/// need a few hundred.
const PASSES: usize = 10_000;

/// Whether a hyperplane parts the inputs of both targets; none if that is not known, or there are not two targets.
///
/// Both answers have a certificate. Yes: the weights of a perceptron, tried on each sample. No: two samples of one target
/// and two of the other with the same middle, which would lie on both sides.
///
/// ```
/// use xorsweep::{Coding, facts::is_separable, kernel::Task};
///
/// let of = |name| is_separable(&Task::named(name, Coding::ZeroOne, None).unwrap());
/// assert_eq!((of("xor"), of("and"), of("parity-3")), (Some(false), Some(true), Some(false)));
/// ```
#[must_use]
pub fn is_separable(task: &Task) -> Option<bool> {
    let [_, high] = task.two_targets()?;
    let (ups, downs): (Vec<_>, Vec<_>) = task.samples().iter().partition(|sample| sample.target == high);
    let points = |samples: Vec<&crate::kernel::task::Sample>| -> Vec<Vec<f64>> {
        samples.into_iter().map(|sample| sample.inputs.clone()).collect()
    };
    let (ups, downs) = (points(ups), points(downs));
    if shares_a_middle(&ups, &downs) {
        return Some(false);
    }
    is_parted_by_perceptron(&ups, &downs).then_some(true)
}

/// Whether two points of one side, or one of them twice, have the same sum as two of the other.
fn shares_a_middle(ups: &[Vec<f64>], downs: &[Vec<f64>]) -> bool {
    let sums = |points: &[Vec<f64>]| -> Vec<Vec<(u64, u64)>> {
        let pairs = (0..points.len()).flat_map(|one| (one..points.len()).map(move |two| (one, two)));
        let sum = |(one, two): (usize, usize)| {
            points[one].iter().zip(&points[two]).map(|(a, b)| exact_sum(*a, *b)).collect()
        };
        pairs.map(sum).collect()
    };
    let below: std::collections::HashSet<_> = sums(downs).into_iter().collect();
    sums(ups).iter().any(|sum| below.contains(sum))
}

/// The bits of a + b and of what rounding took from it, so that they are equal for equal sums alone.
fn exact_sum(a: f64, b: f64) -> (u64, u64) {
    let sum = a + b;
    let part = sum - a;
    let rest = (a - (sum - part)) + (b - part);
    // Of both zeros one.
    ((sum + 0.0).to_bits(), (rest + 0.0).to_bits())
}

fn is_parted_by_perceptron(ups: &[Vec<f64>], downs: &[Vec<f64>]) -> bool {
    let inputs = ups[0].len();
    let sided: Vec<(&[f64], f64)> = ups
        .iter()
        .map(|point| (point.as_slice(), 1.0))
        .chain(downs.iter().map(|point| (point.as_slice(), -1.0)))
        .collect();
    let mut weights = vec![0.0; inputs + 1];
    for _ in 0..PASSES {
        let mut is_parted = true;
        for &(point, side) in &sided {
            let parts = || point.iter().zip(&weights).map(|(x, w)| x * w).chain([weights[inputs]]);
            let (sum, size) = parts().fold((0.0, 0.0), |(sum, size), part| (sum + part, size + part.abs()));
            // More than rounding could make.
            if side * sum <= 1e-12 * size {
                is_parted = false;
                weights.iter_mut().zip(point.iter().chain(&[1.0])).for_each(|(w, x)| *w += side * x);
            }
        }
        if is_parted {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::task::{Coding, Sample};

    /// How many truth tables of one, two and three inputs a hyperplane parts, constant ones aside: 2, 12 and 102.
    #[test]
    fn as_many_truth_tables_can_be_parted_as_is_known() {
        for (inputs, known) in [(1, 2), (2, 12), (3, 102)] {
            for coding in [Coding::ZeroOne, Coding::PlusMinus] {
                let samples = 1_u32 << inputs;
                let answers = (1..(1_u64 << samples) - 1).map(|bits| {
                    let name: String =
                        (0..samples).map(|k| if bits >> k & 1 == 1 { '1' } else { '0' }).collect();
                    is_separable(&Task::named(&name, coding, None).unwrap()).expect("one or the other")
                });
                assert_eq!(answers.filter(|&answer| answer).count(), known, "{inputs} inputs");
            }
        }
    }

    #[test]
    fn what_is_not_certain_is_not_told() {
        let points = |points: &[(f64, f64)]| {
            let sample = |&(x, target): &(f64, f64)| Sample { inputs: vec![x], target };
            is_separable(&Task::of_samples("points", points.iter().map(sample).collect()).unwrap())
        };
        assert_eq!(points(&[(0.1, 0.0), (0.2, 1.0)]), Some(true));
        assert_eq!(points(&[(0.1, 0.0), (0.1, 1.0)]), Some(false));
        // 0.1 + 0.3 is rounded, and no middle is known.
        assert_eq!(points(&[(0.1, 0.0), (0.2, 1.0), (0.3, 0.0)]), None);
        assert_eq!(points(&[(1.0, 0.0), (2.0, 1.0), (3.0, 0.0)]), Some(false));
        assert_eq!(points(&[(1.0, 0.0), (2.0, 1.0), (3.0, 2.0)]), None);
    }
}
