//! The facts of the default network, each with a proof or a measurement, and a way to check it.
//!
//! The default network has sigmoid hidden units, a linear output and zero-one coding; a step is θ ← θ − α·∇E, without
//! momentum. A hidden unit computes h = σ(w·x + w′·y + b), between 0 and 1; the output is ŷ = w5·h1 + w6·h2 + b3; the
//! residual r is target − output; E is the mean of r² over the four samples 00, 10, 01, 11. Where a fact holds for
//! other networks too, it says so. What is *proved* and what is *measured* is said as well.
//!
//! # 1. No learning rate of 1 or more can work
//!
//! **Proved.** b3 is added to each of the four outputs, whatever the other parameters are, so ∂E/∂b3 is −2
//! times the mean residual, and ∂²E/∂b3² = 2, at every point. A symmetric matrix has no diagonal entry above its
//! largest eigenvalue, so the largest eigenvalue of the Hessian, the *sharpness*, is at least 2 everywhere. (This
//! holds for every network with a linear output.)
//!
//! Near a point where descent could come to rest, a step multiplies the distance along an eigenvector by 1 − αλ. It
//! shrinks only if |1 − αλ| < 1, that is if α < 2/λ, and 2/λ ≤ 2/2 = 1. So for α > 1 no point is stable, and for
//! α = 1 none whose sharpness is above 2.
//!
//! One sees it in b3 alone. Let m be the mean residual. A step adds 2α·m to b3, and that alone turns the mean residual
//! into (1 − 2α)·m: −m for α = 1, as far on the other side; more than m for α > 1. The other parameters move as
//! well, and only make it worse: near a solution a step makes the residuals r, to first order, (I − ½α·J·Jᵀ)·r, where
//! J, the derivatives of the outputs, has a column of ones for b3, and each further column adds to J·Jᵀ, never takes
//! away.
//!
//! **Measured.** Above 1 every run diverges, about as |1 − 2α|^t once the hidden units are saturated: then only b3
//! is left to move. At exactly 1 the error grows for ever, slowly. Below 1 none diverges: of 1,000 starts each for
//! α = 0.85, 0.9, 0.95 and 0.99 none, for 1.001 all. `tests/facts.rs` counts in smaller numbers.
//!
//! ```
//! use xorsweep::SetUp;
//! use xorsweep::kernel::derivatives::hessian;
//!
//! for theta in [[0.1; 9], [0.0; 9], [-3.0, 2.0, 7.0, 0.5, 40.0, -9.0, 1.0, 0.0, 5.0]] {
//!     let b3_twice = hessian(&SetUp::default(), &theta)[8][8];
//!     assert!((b3_twice - 2.0).abs() < 1e-14);
//! }
//! ```
//!
//! # 2. No exact solution is stable above α = 0.92183
//!
//! Where all residuals are 0 the Hessian is ½·Jᵀ·J, whose eigenvalues other than 0 are those of the 4×4 matrix
//! ½·J·Jᵀ. With the column for b3 alone ½·J·Jᵀ would have the eigenvalue 2; a solution needs hidden units, and they
//! raise it.
//!
//! How little? **Proved** for one kind of solution: unit 1 answers sample 11 alone, unit 2 sample 00 alone, so that
//! with b3 = 1 each has to take away 1 from its own sample: w5·p = −1 and w6·q = −1, with p and q their activations
//! there. A sigmoid's slope is p(1 − p). The unit of 11 adds to the diagonal entry of its sample p² for w5, and
//! (w5·p(1 − p))² = (1 − p)² for each of two weights and a bias: p² + 3(1 − p)², least at p = ¾, where it is ¾. The
//! unit of 00 has only its bias to add: q² + (1 − q)², least at q = ½, where it is ½. So ½·J·Jᵀ is half of the
//! all-ones matrix plus diag(½, 0, 0, ¾), and its largest eigenvalue λ solves
//! 1/(2λ − ½) + 2/(2λ) + 1/(2λ − ¾) = 1: λ = 2.16960, and 2/λ = 0.92183. A unit answers one sample alone only as its
//! weights grow without end, so this is a limit; in 64-bit numbers it is reached.
//!
//! **Measured**, not proved, is that no other solution has less: of two random walks along the surface of exact solutions,
//! downhill in the sharpness, one found this one and neither one below, and of 5,000 normal(1) starts (`xorsweep sweep --alpha 0.85,0.9,0.92
//! --seeds 0..5000 --steps 30000 --spectrum true`) those that converge end with a sharpness of at least 2.282 at α = 0.85
//! (580 runs) and 2.208 at 0.9 (421 runs); at 0.92 none converges. Between 0.92183 and 1 a run may still touch a small
//! error in passing. That is why a run has converged only after `hold` steps in a row.
//!
//! ```
//! use xorsweep::SetUp;
//! use xorsweep::facts::SOLUTION_LIMIT;
//! use xorsweep::kernel::derivatives::Curvature;
//!
//! // Unit 1: 11 alone, at ¾. Unit 2: 00 alone, at ½.
//! let theta = [100.0, -100.0, 100.0, -100.0, -4.0 / 3.0, -2.0, -200.0 + 3.0_f64.ln(), 0.0, 1.0];
//! let there = Curvature::at(&SetUp::default(), &theta);
//! assert!(there.error < 1e-25);
//! let lambda = there.sharpness();
//! assert!((lambda - 2.16960).abs() < 5e-6 && (2.0 / lambda - SOLUTION_LIMIT).abs() < 5e-6);
//! let equation = 1.0 / (2.0 * lambda - 0.5) + 2.0 / (2.0 * lambda) + 1.0 / (2.0 * lambda - 0.75);
//! assert!((equation - 1.0).abs() < 1e-12);
//! ```
//!
//! # 3. Equal hidden units never solve XOR: nine times 0.1 cannot work
//!
//! **Proved**, in two parts, for every network here (with plus-minus coding the errors are four times as large).
//!
//! *Equal units stay equal.* If (w1, w3, b1, w5) = (w2, w4, b2, w6), both units have the same activations, and the
//! same weight on the way back, so the same gradient: a step changes both alike. The arithmetic is the same too, so
//! they are equal to the last bit, after any number of steps, at any learning rate.
//!
//! *One unit has an error above 1/6.* Two equal units are one unit with twice the output weight. Its output is a
//! monotone function of w·x + w′·y + b: it only rises along one direction of the plane, or only falls. If w and w′ do
//! not have different signs, the highest of the four outputs is that of 00 or of 11, whose targets are 0. Call it m; the
//! outputs of 10 and 01, whose targets are 1, are at most m. If m ≤ 1, these two miss by at least 1 − m each, so
//! 4E ≥ m² + 2(1 − m)², which is least at m = ⅔ and is ⅔ there. If m > 1, already 4E > 1. If w and w′ have different
//! signs, the lowest output is that of 10 or of 01, and the same holds with 0 and 1 exchanged: again 4E ≥ ⅔. So E ≥ 1/6.
//! Equality would need the outputs 0, ⅔, ⅔, ⅔ or 1, ⅓, ⅓, ⅓ in some order: three equal ones and another. A sigmoid gives
//! equal outputs for equal sums only (or, with an output weight of 0, four equal outputs); three corners of a square with
//! equal sums make w = w′ = 0, and then the fourth is equal too. So E > 1/6.
//!
//! Hence an error below 1/6 certifies that a run has left the subspace of equal units, and no threshold has to be
//! chosen. The column `escaped_at` is the first such step. `tests/facts.rs` checks every bit, for every network.
//!
//! ```
//! use xorsweep::{Options, Spec, run_all};
//!
//! let sweep = Spec::from_toml(r#"init = "constant(0.1)"
//!     alpha = [0.1, 0.3, 0.6, 0.9, 1.0]
//!     steps = 20000"#)?.resolve("".as_ref())?;
//! for run in run_all(&sweep, &Options::default()) {
//!     assert!(run.escaped_at.is_none() && run.error_last > 1.0 / 6.0);
//!     assert!(run.end[0] == run.end[1] && run.end[2] == run.end[3]);
//!     assert!(run.end[4] == run.end[5] && run.end[6] == run.end[7]);
//! }
//! # Ok::<(), xorsweep::Problem>(())
//! ```
//!
//! # 4. An error below 1/16 certifies four right answers
//!
//! **Proved.** If E < 1/16 the squares of the four residuals add up to less than ¼, so each is less than ¼, and each
//! output is within ½ of its target: on the right side. The converse is not so: `solved_at` may come earlier.
//!
//! # 5. The three levels at which runs stay long
//!
//! | level | outputs, in some order | plateau | why |
//! |---|---|---|---|
//! | 1/4 | ½, ½, ½, ½ | `constant` | the best that one answer for all can do: 4·(½)²/4 |
//! | 1/6 | 0, ⅔, ⅔, ⅔ or 1, ⅓, ⅓, ⅓ | `one-unit` | the best for one unit, fact 3: (2·(⅓)² + (⅔)²)/4 |
//! | 1/8 | 0, ½, 1, ½ | `saturated` | two samples with different targets have the same activations: 2·(½)²/4 |
//!
//! The last needs hidden units that are saturated, so that h(1 − h), and with it the gradient that could tell the two
//! samples apart, nearly vanishes. **Measured**: with normal(1) starts and α ≤ 0.5 about 99 % of the stuck runs sit at
//! 1/8.
//!
//! ## What the ground is like there
//!
//! Stuck is not at a minimum. 20,000 runs with
//! `xorsweep sweep --init "normal(1)" --seeds 0..20000 --alpha 0.3 --steps 20000 --spectrum true` ended like this, by the
//! least eigenvalue of the Hessian (`curvature_min`) and the number of eigenvalues within 1e-6 of zero
//! (`flat_directions`):
//!
//! | outcome, trap | runs | least below −1e-9 | least within ±1e-9 | least above 1e-9 | least, median | 0 flat | 1 flat | 2 or more flat |
//! |---|---|---|---|---|---|---|---|---|
//! | trapped, `constant` | 2 | 2 | 0 | 0 | −7.6e-4 | 0 | 1 | 1 |
//! | trapped, `one-unit` | 41 | 41 | 0 | 0 | −1.2e-4 | 24 | 16 | 1 |
//! | trapped, `saturated` | 1,797 | 1,796 | 0 | 1 | −2.3e-5 | 1,712 | 85 | 0 |
//! | unfinished | 9 | 6 | 0 | 3 | −1.2e-2 | 8 | 1 | 0 |
//! | converged | 18,151 | 261 | 1 | 17,889 | 1.2e-5 | 16,676 | 1,100 | 375 |
//!
//! All trapped runs but one (seed 81, which still has a gradient of 2.3e-4) have a negative curvature: no minimum holds
//! them. They creep along ground that falls and
//! bends less and less as weights grow. With `--steps 400000` instead, 1,379 are still trapped, 1,367 of them at 1/8, all
//! but one of them with a negative curvature. Its median there is −7.6e-7: a thirtieth, after twenty times the steps.
//! 1,130 of them now have 4 flat directions. All runs that have left have converged, 468 with those that were unfinished.
//!
//! A run that has converged to an error of 1e-6 is *near* a solution, where small residuals are enough for a slightly
//! negative curvature. Exact solutions form surfaces of dimension five, so there five eigenvalues are 0.
//!
//! ```
//! use xorsweep::{Options, Outcome, Plateau, Spec, run_all};
//! use xorsweep::kernel::derivatives::Curvature;
//!
//! let sweep = Spec::from_toml(r#"seeds = "100..250""#)?.resolve("".as_ref())?;
//! let runs = run_all(&sweep, &Options::default());
//! let resting = runs.iter().filter(|run| run.outcome == Outcome::Plateau(Plateau::Saturated));
//! let bend: Vec<bool> = resting.map(|run| Curvature::at(&sweep.network, &run.end).minimum() < -1e-9).collect();
//! assert!(bend.len() > 5 && bend.iter().all(|&down| down));
//! # Ok::<(), xorsweep::Problem>(())
//! ```
//!
//! # 6. Small starts feel a stability limit of α = ⅔
//!
//! **Proved.** With w1 … w4 = 0 both units are constant, so the outputs are equal, and the best they can be is ½: E = ¼, with
//! residuals −½, ½, ½, −½. This is a critical point: each derivative is a sum of residuals, or of those of 10 and 11, or
//! of 01 and 11, and all these sums are 0. At the origin of the weights, with b1 = b2 = 0, so h = ½, and
//! w5 = w6 = 0, only w5, w6 and b3 change the outputs, by ½, ½ and 1 in every sample, so ½·Jᵀ·J has the one eigenvalue
//! 2·(¼ + ¼ + 1) = 3. The part of the Hessian that comes from residuals vanishes: it has factors w5 or w6, or sums of
//! residuals. So eight eigenvalues are 0, descent along the ninth needs α < ⅔, and what leads away is of higher than
//! second order: the time to leave grows as a power of the distance, not as its logarithm.
//!
//! ```
//! use xorsweep::SetUp;
//! use xorsweep::kernel::derivatives::Curvature;
//!
//! let origin = Curvature::at(&SetUp::default(), &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5]);
//! assert!((origin.error, origin.gradient_norm) == (0.25, 0.0));
//! assert!((origin.sharpness() - 3.0).abs() < 1e-14);
//! assert_eq!(origin.flat_directions(), Some(8));
//! ```
//!
//! # 7. The runs of the original question
//!
//! **Measured**, by a program in R and by this one: after 10,000 steps from nine times 0.1 the error is
//! 0.249995191611447 at α = 0.3 and 164.0767591583 at α = 1. The first is still on its way: from about step 15,000
//! it moves on to 1/6, and by fact 3 never beyond. `xorsweep inspect --init "constant(0.1)"` explains it;
//! `tests/facts.rs` compares all nine parameters.
//!
//! ```
//! use xorsweep::{Options, Spec, run_all};
//!
//! let sweep = Spec::from_toml(r#"init = "constant(0.1)"
//!     alpha = [0.3, 1.0]"#)?.resolve("".as_ref())?;
//! let runs = run_all(&sweep, &Options::default());
//! assert!((runs[0].error_last - 0.24999519161144684).abs() < 1e-13);
//! assert!((runs[1].error_last - 164.0767591583).abs() < 1e-9);
//! # Ok::<(), xorsweep::Problem>(())
//! ```
//!
//! # 8. The smaller the difference, the later the escape
//!
//! **Measured**: from nine times 0.1, with normal noise of standard deviation ε added, at α = 0.3, the median over seeds 0
//! to 399 of the first step with an error below 1/6, within 60,000 steps:
//!
//! | ε | 1 | 0.1 | 1e-2 | 1e-3 | 1e-4 | 1e-6 | 1e-8 | 1e-12 |
//! |---|---|---|---|---|---|---|---|---|
//! | escaped | 400 | 398 | 400 | 400 | 400 | 400 | 390 | 0 |
//! | step | 455 | 3,428 | 7,848 | 12,488 | 14,936 | 16,392 | 17,688 | |
//!
//! `xorsweep sweep --init "constant(0.1)+normal(0.01)" --seeds 0..400 --steps 60000` counts one column of it (the median
//! stands in `summary.csv`), and `tests/facts.rs` checks some.
//!
//! # 9. How many starts converge
//!
//! **Measured**: the share of 1,000 normal(1) starts whose error came down to 1e-6, and stayed there, within 50,000 steps:
//!
//! | α | 0.1 | 0.3 | 0.5 | 0.6 | 0.7 | 0.8 | 0.9 | 1.0 |
//! |---|---|---|---|---|---|---|---|---|
//! | share | .891 | .905 | .918 | .860 | .240 | .149 | .087 | none |
//!
//! Each has a standard error of about .01.
//! Up to about ½ the learning rate hardly matters. Above, fewer and fewer solutions are flat enough to be stable,
//! until by fact 2 none is. `xorsweep sweep --alpha 0.1,0.3,0.5:1:6 --steps 50000` counts it, and `tests/facts.rs`
//! checks some.
//!
//! ```
//! use xorsweep::{Options, Outcome, Spec, run_all};
//!
//! let sweep = Spec::from_toml(r#"alpha = [0.3, 1.0]
//!     seeds = "0..100""#)?.resolve("".as_ref())?;
//! let runs = run_all(&sweep, &Options::default());
//! let converged = |runs: &[xorsweep::Finished]| runs.iter().filter(|run| run.outcome == Outcome::Converged).count();
//! assert!(converged(&runs[..100]) > 75 && converged(&runs[100..]) == 0);
//! # Ok::<(), xorsweep::Problem>(())
//! ```

/// The learning rate from which on no point is stable (fact 1), for every network with a linear output.
pub const RATE_LIMIT: f64 = 1.0;

/// The learning rate above which no exact solution is stable (fact 2), to five digits.
pub const SOLUTION_LIMIT: f64 = 0.92183;

/// The learning rate above which small starts find nothing stable where they begin (fact 6).
pub const SMALL_START_LIMIT: f64 = 2.0 / 3.0;
