//! The facts of the default network, each with a proof or a measurement, and a way to check it.
//!
//! The default network has sigmoid hidden units, a linear output and zero-one coding; a step is θ ← θ − α·∇E, without
//! momentum. A hidden unit computes h = σ(w·x + w′·y + b), between 0 and 1; the output is ŷ = w5·h1 + w6·h2 + b3; the
//! residual r is target − output; E is the mean of r² over the four samples 00, 10, 01, 11. Where a fact holds for
//! other networks too, it says so. What is *proved* and what is *measured* is said as well.
//!
//! # 1. At a learning rate of 1 or more no resting point is stable
//!
//! **Proved.** b3 is added to each of the four outputs, whatever the other parameters are, so ∂E/∂b3 is −2
//! times the mean residual, and ∂²E/∂b3² = 2, at every point. A symmetric matrix has no diagonal entry above its
//! largest eigenvalue, so the largest eigenvalue of the Hessian, the *sharpness*, is at least 2 everywhere. (This
//! holds for every network with a linear output.)
//!
//! Near a point where descent could come to rest, a step multiplies the distance along an eigenvector by 1 − αλ. It
//! shrinks only if |1 − αλ| < 1, that is if α < 2/λ, and 2/λ ≤ 2/2 = 1. So for α > 1 no point is stable. Nor is any for
//! α = 1: a diagonal entry is the largest eigenvalue only if all other entries of its row are 0, but
//! ∂²E/∂b3∂w5 = 2·mean(h1), and a sigmoid is never 0, so the sharpness is above 2. (With tanh units, or rectifiers, it
//! may be 2 exactly.) With a momentum μ below 1 the limit is 2(1 + μ)/λ, so it is 1 + μ. A run that starts exactly at rest,
//! where the gradient is exactly 0, stays there at any rate; an unstable point only lets go of all that are near.
//!
//! One sees it in b3 alone. Let m be the mean residual. A step adds 2α·m to b3, and that alone turns the mean residual
//! into (1 − 2α)·m: −m for α = 1, as far on the other side; more than m for α > 1. The other parameters move as
//! well, and only make it worse: near a solution a step makes the residuals r, to first order, (I − ½α·J·Jᵀ)·r, where
//! J, the derivatives of the outputs, has a column of ones for b3, and each further column adds to J·Jᵀ, never takes
//! away.
//!
//! **Measured.** Above 1 every run that was tried and did not start at rest diverges, about as |1 − 2α|^t once the hidden
//! units are saturated: then only b3 is left to move. At exactly 1 the error grows, slowly, for as long as such runs were
//! followed. Below 1 none diverges: of 1,000 starts each for α = 0.85, 0.9, 0.95 and 0.99 none, for 1.001 all.
//! `tests/engine/facts.rs` counts in smaller numbers.
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
//! use xorsweep::facts::MIN_SHARPNESS;
//! use xorsweep::kernel::derivatives::Curvature;
//!
//! // Unit 1: 11 alone, at ¾. Unit 2: 00 alone, at ½.
//! let theta = [100.0, -100.0, 100.0, -100.0, -4.0 / 3.0, -2.0, -200.0 + 3.0_f64.ln(), 0.0, 1.0];
//! let there = Curvature::at(&SetUp::default(), &theta);
//! assert!(there.error < 1e-25);
//! let lambda = there.sharpness();
//! assert!((lambda - MIN_SHARPNESS).abs() < 5e-6 && (2.0 / lambda - 0.92183).abs() < 5e-6);
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
//! chosen. The column `escaped_at` is the first such step. `tests/engine/facts.rs` checks every bit, for every
//! network.
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
//! # 5. The three plateaus
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
//! | outcome, plateau | runs | least below −1e-9 | least within ±1e-9 | least above 1e-9 | least, median | 0 flat | 1 flat | 2 or more flat |
//! |---|---|---|---|---|---|---|---|---|
//! | plateau, `constant` | 2 | 2 | 0 | 0 | −7.6e-4 | 0 | 1 | 1 |
//! | plateau, `one-unit` | 41 | 41 | 0 | 0 | −1.2e-4 | 24 | 16 | 1 |
//! | plateau, `saturated` | 1,793 | 1,792 | 0 | 1 | −2.3e-5 | 1,708 | 85 | 0 |
//! | unfinished | 13 | 10 | 0 | 3 | −4.8e-3 | 12 | 1 | 0 |
//! | converged | 18,151 | 261 | 1 | 17,889 | 1.2e-5 | 16,676 | 1,100 | 375 |
//!
//! All runs on a plateau but one (seed 81, which still has a gradient of 2.3e-4) have a negative curvature: no minimum holds
//! them. They creep along ground that falls and
//! bends less and less as weights grow. With `--steps 400000` instead, 1,379 still are on one, 1,367 of them at 1/8, all
//! but one of them with a negative curvature. Its median there is −7.6e-7: a thirtieth, after twenty times the steps.
//! 1,130 of these now have 4 flat directions. Of the runs that have left, with those that were unfinished, 468 have
//! converged, and 2 are on their way.
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
//! let bend: Vec<bool> = resting.map(|run| Curvature::at(&sweep.set_ups[0], &run.end).minimum() < -1e-9).collect();
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
//! it moves on to 1/6, and by fact 3 never beyond. `xorsweep inspect --init "constant(0.1)"` explains it; [`QUESTION`]
//! has all nine parameters, which `tests/engine/question.rs` compares.
//!
//! ```
//! use xorsweep::{Options, Spec, run_all};
//!
//! let sweep = Spec::from_toml(r#"init = "constant(0.1)"
//!     alpha = [0.3, 1.0]"#)?.resolve("".as_ref())?;
//! for (run, ended) in run_all(&sweep, &Options::default()).iter().zip(xorsweep::facts::QUESTION) {
//!     assert!((run.error_last / ended.error - 1.0).abs() < ended.digits);
//! }
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
//! stands in `summary.csv`), and `tests/engine/facts.rs` counts all of them again.
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
//! until by fact 2 none is. `xorsweep sweep --alpha 0.1,0.3,0.5:1:6 --steps 50000` counts it, and
//! `tests/engine/facts.rs` counts it again.
//!
//! ```
//! use xorsweep::{Options, Outcome, Spec, run_all};
//!
//! let sweep = Spec::from_toml(r#"alpha = [0.3, 1.0]
//!     seeds = "0..100""#)?.resolve("".as_ref())?;
//! let runs = run_all(&sweep, &Options::default());
//! let converged = |runs: &[xorsweep::RunResult]| runs.iter().filter(|run| run.outcome == Outcome::Converged).count();
//! assert!(converged(&runs[..100]) > 75 && converged(&runs[100..]) == 0);
//! # Ok::<(), xorsweep::Problem>(())
//! ```
//!
//! # 10. Units that are equal, dead or mute stay so
//!
//! **Proved**, for every network, task, loss, update and optimizer here, for a run that starts at the point: before the
//! first update there is no velocity, and no mean of earlier gradients. Every optimizer works on each parameter by
//! itself, moves nothing whose gradients all were 0, and moves alike what had the same gradients.
//!
//! - *Equal* units, in all parameters and in which of them are frozen, have equal gradients (fact 3), to the last bit.
//! - A *dead* unit is a rectifier (relu) that no sample activates: its weighted sum is never above 0. So its activation is
//!   0, and with it the gradient of its output weight; its slope is 0, and with it the gradients of its weights and bias.
//!   Nothing moves it, so it is dead for ever. One that dies in the course of a run stays dead if the gradient alone
//!   moves it: without momentum, and not with Adam, whose mean of earlier gradients goes on for a while.
//! - A *mute* unit has an activation that is 0 at 0 (not a sigmoid) and nothing but zeros as parameters. Its activation is
//!   0, hence the gradient of its output weight; its output weight is 0, hence the others. Or its output weight is 0 and
//!   frozen; or its weights and bias are.
//!
//! With one update a sample, a sigmoid or tanh is computed together with its neighbour's, which rounds it. So there equal
//! units stay equal only to about 1e-16 unless all are, and a tanh unit of zeros moves by as little unless all units are
//! such, and what rounding moves may grow. [`Units`] leaves these out.
//!
//! Dead and mute units add nothing, equal ones the same each, so that they are one with the sum of their output weights.
//! What is left is what a start is *worth*: [`Units`]. Worth no unit, only the output bias moves: all outputs are the
//! same for ever, and the best they can be is the mean of the targets. So tanh units and rectifiers learn nothing from
//! a start of zeros. Worth one, fact 11 holds.
//!
//! *Opposite* tanh units, (w, b, v) and (−w, −b, −v), add the same to the output, have opposite gradients and stay
//! opposite as well, but not to the last bit: the tanh of opposite numbers is rounded in two ways. **Measured**: in some
//! runs that difference grows, and such units have parted after some thousand steps; in others they have not within a
//! million.
//!
//! ```
//! use xorsweep::{Hidden, SetUp};
//! use xorsweep::facts::Units;
//! use xorsweep::kernel::derivatives::gradient;
//!
//! let relu = SetUp { hidden: Hidden::Relu, ..SetUp::default() };
//! let theta = [1.0, 0.5, -1.0, 0.5, 2.0, 0.7, -2.0, 0.1, 0.0];
//! assert_eq!(Units::at(&relu, &theta).dead, [0]);
//! let gradient = gradient(&relu, &theta).gradient;
//! assert!(relu.shape().unit(0).into_iter().all(|place| gradient[place] == 0.0));
//! ```
//!
//! # 11. One unit does what a line does
//!
//! **Proved.** With one hidden unit the output is a monotone function of w·x + b, so the samples with an output on the
//! upper side lie on one side of a hyperplane (two inputs: a line), the others on the other. Hence one unit solves no task
//! whose targets no hyperplane parts: XOR, XNOR, parity. For a task that one does part, such as AND or OR, there are
//! weights that solve it: large ones along the hyperplane, and output weight and bias from the targets. Two certificates
//! decide, [`is_separable`]: weights that part the samples; or two samples of one target and two of the other with the
//! same middle, which would have to lie on both sides. For truth tables of up to three inputs one of them was found
//! for all.
//!
//! The output unit is a unit like this, and sees what the hidden units compute. If the *hidden layer is frozen*, a line has
//! to part these four points. No line does where the segment from the point of 00 to that of 11 crosses the one from 10
//! to 01: it would have both ends of one on one side, and so the crossing, and the same on the other.
//!
//! # 12. Networks without biases, that solve a task from no start
//!
//! **Proved**, in two cases, where the hidden biases are 0 and stay 0.
//!
//! - *A fixed output.* If the hidden activation is 0 at 0 (not a sigmoid), and the output has no bias either, a sample
//!   whose inputs are all 0 has the output of a sum of 0: 0, or ½ with a sigmoid output, whatever the weights. So XOR
//!   with inputs 0 and 1 cannot be solved with tanh units or rectifiers and a sigmoid output; with a linear output it can.
//! - *Mirrored samples.* tanh is odd, and σ(−z) = 1 − σ(z). So the output unit's sums for x and −x add up to the same for
//!   all samples: twice the output bias, and with sigmoid units the sum of the output weights. If x and −x have a high
//!   target, half of that is above the level of the middle; if y and −y have a low one, it is below. Not both: XOR with
//!   inputs −1 and 1 cannot be solved, with or without an output bias.
//!
//! ```
//! use xorsweep::{Coding, Hidden, Output, SetUp};
//! use xorsweep::facts::Hindrance;
//! use xorsweep::kernel::{Task, setup::Biases};
//!
//! let of = |coding, output| {
//!     let task = Task::named("xor", coding, None).unwrap();
//!     Hindrance::of_any_start(&SetUp { task, hidden: Hidden::Tanh, output, bias: Biases(false), ..SetUp::default() })
//! };
//! assert_eq!(of(Coding::ZeroOne, Output::Sigmoid), Some(Hindrance::FixedOutput { sample: 0 }));
//! assert_eq!(of(Coding::ZeroOne, Output::Linear), None);
//! assert_eq!(of(Coding::PlusMinus, Output::Tanh), Some(Hindrance::Mirrored));
//! ```
//!
//! # 13. No finite weights reach targets at the ends of the output's range
//!
//! **Proved.** A sigmoid is never 0 or 1, and tanh never −1 or 1, so with such targets error and loss are above 0
//! at all finite weights. Yet they come as close to 0 as one likes once all outputs are on the right side: there the
//! output unit's sum has its target's sign, and output weights and bias that are c times as large make each sum c times
//! as large, so that every residual shrinks to 0 as c grows. So the loss, cross-entropy above all, has no minimum at any
//! weights, and a small error comes late, or never. What counts is whether the task is solved. (In 64-bit numbers
//! rounding makes a sigmoid 1 where its sum is above 37, and an error may get to 0.)
//!
//! # 14. How long an update is with Adam, RMSprop and Rprop
//!
//! **Proved.** Gradient descent moves a parameter by α times its gradient. Adam and RMSprop divide by the size of the
//! gradients so far, so α is a length, whatever the scale of the loss.
//!
//! *RMSprop*: s ≥ (1 − ρ)·g², so |g| / (√s + ε) < 1/√(1 − ρ), ten for ρ = 0.99, and the first update comes near it, for
//! then s is just that. A momentum μ adds up to 1/(1 − μ) times as much.
//!
//! *Adam*: the first update is α·|g| / (|g| + ε) < α. Later m is the sum of (1 − β₁)·β₁^k·g and s that of
//! (1 − β₂)·β₂^k·g², over k from 0 to t − 1, k updates ago. By Cauchy and Schwarz |m| ≤ (1 − β₁)/√(1 − β₂)·√(Σ c^k)·√s
//! with c = β₁²/β₂, and for c < 1 that sum is (1 − c^t)/(1 − c). The corrections multiply by √(1 − β₂^t)/(1 − β₁^t),
//! and (1 − β₂^t)·(1 − c^t) ≤ (1 − β₁^t)², since β₂^t + c^t ≥ 2·√(β₂^t·c^t) = 2·β₁^t. So no update is longer than
//! α·(1 − β₁)/√((1 − β₂)·(1 − β₁²/β₂)): 7.27 α with the usual constants. [`UpdateLength`] has these bounds.
//!
//! *Rprop*: α is the first update alone; from there each parameter's step has a course of its own, between 1e-6 and 50.

pub use self::course::{Course, is_at_rest, learns};
pub use self::hindrance::{Hindrance, output_of_zero};
pub use self::separation::is_separable;
pub use self::units::{Units, are_opposite, dead_units, stays_dead, unseen_samples};
pub use self::update_length::UpdateLength;
pub use self::usual_rate::usual_rate;

mod course;
mod hindrance;
mod separation;
mod units;
mod update_length;
mod usual_rate;

use crate::kernel::{Hidden, Optimizer, Output, SetUp, Update};

/// Where a run of the original question ends (fact 7).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ended {
    /// Its learning rate.
    pub alpha: f64,
    /// The error at the end.
    pub error: f64,
    /// The parameters at the end, in θ's order.
    pub theta: [f64; 9],
    /// The relative accuracy to which two programs in double precision agree.
    pub digits: f64,
}

/// Both runs of the question, 10,000 steps from nine times 0.1, by its program in R and double precision.
pub const QUESTION: [Ended; 2] = [
    Ended {
        alpha: 0.3,
        error: 0.249_995_191_611_446_84,
        theta: [
            0.095_069_674_374_45,
            0.095_069_674_374_45,
            0.095_069_674_374_45,
            0.095_069_674_374_45,
            0.095_021_537_631_72,
            0.095_021_537_631_72,
            0.184_604_667_497_98,
            0.184_604_667_497_98,
            0.391_783_307_753_16,
        ],
        digits: 1e-12,
    },
    Ended {
        alpha: 1.0,
        error: 164.076_759_158_3,
        theta: [
            -4.327_650_477_30,
            -4.327_650_477_30,
            -4.327_650_477_30,
            -4.327_650_477_30,
            -2.983_054_613_76,
            -2.983_054_613_76,
            -5.636_781_159_13,
            -5.636_781_159_13,
            -12.294_242_372_2,
        ],
        digits: 1e-9,
    },
];

/// The least sharpness that an exact solution of the default network is known to have (fact 2), to six digits.
pub const MIN_SHARPNESS: f64 = 2.169_60;

/// The limit that a momentum makes of one for plain descent.
///
/// Along an eigenvector with the eigenvalue λ the distance d from a resting point obeys
/// d″ = (1 + μ − αλ)·d′ − μ·d from step to step, which shrinks for 0 < αλ < 2(1 + μ) and μ < 1 alone.
fn with_momentum(limit: f64, momentum: f64) -> f64 {
    if momentum < 1.0 { limit * (1.0 + momentum) } else { 0.0 }
}

/// A limit for the mean of squares as one for the loss of a set-up, whose scale the learning rate makes up for, and for a
/// momentum. Known for full-batch gradient descent.
fn limit(set_up: &SetUp, of_mean_of_squares: f64, momentum: f64) -> Option<f64> {
    let scale = set_up.loss.scale(set_up.task.samples().len())?;
    is_plain(set_up).then(|| with_momentum(of_mean_of_squares / scale, momentum))
}

/// Whether it is full-batch gradient descent, with or without momentum.
fn is_plain(set_up: &SetUp) -> bool {
    set_up.update == Update::Batch && set_up.optimizer == Optimizer::GradientDescent
}

/// The learning rate above which no resting point is stable (fact 1), where one is known: for full-batch gradient
/// descent, with any task and any hidden units, if the output is linear and its bias moves. With a momentum of 1 or more it
/// is 0, whatever the network. For the limit itself see [`holds_at_rate_limit`].
#[must_use]
pub fn rate_limit(set_up: &SetUp, momentum: f64) -> Option<f64> {
    if momentum >= 1.0 && is_plain(set_up) {
        return Some(0.0);
    }
    let output_bias = set_up.shape().output_bias();
    let moves = set_up.fixed().all(|place| place != output_bias);
    if set_up.output == Output::Linear && moves { limit(set_up, 1.0, momentum) } else { None }
}

/// Whether no resting point is stable at the limit itself (fact 1): known for sigmoid hidden units. With others a point is
/// stable there if it bends nowhere more than along the output's bias.
#[must_use]
pub fn holds_at_rate_limit(set_up: &SetUp) -> bool {
    set_up.hidden == Hidden::Sigmoid && set_up.frozen.is_empty()
}

/// The learning rate above which no exact solution that is known is stable (fact 2): for the question's network.
#[must_use]
pub fn solution_limit(set_up: &SetUp, momentum: f64) -> Option<f64> {
    if set_up.is_fused() { limit(set_up, 2.0 / MIN_SHARPNESS, momentum) } else { None }
}

/// The learning rate above which small starts find nothing stable where they begin (fact 6): for the question's network.
#[must_use]
pub fn small_start_limit(set_up: &SetUp, momentum: f64) -> Option<f64> {
    if set_up.is_fused() { limit(set_up, 2.0 / 3.0, momentum) } else { None }
}

/// Whether the output unit reaches the targets only as its weights grow without end, so that a small error comes late (fact
/// 13): both targets are at the ends of its range.
#[must_use]
pub fn has_targets_in_the_limit(set_up: &SetUp) -> bool {
    set_up.task.two_targets() == Some(set_up.output.range())
}

/// Whether the steps that a run needs are about inversely proportional to a small learning rate: not with an optimizer
/// that chooses the rate itself.
#[must_use]
pub fn needs_steps_by_rate(set_up: &SetUp) -> bool {
    set_up.optimizer != Optimizer::Rprop
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::task::Coding;
    use crate::kernel::{Loss, Task};

    fn xor(coding: Coding, targets: Option<[f64; 2]>) -> Task {
        Task::named("xor", coding, targets).unwrap()
    }

    #[test]
    fn a_limit_is_known_where_its_proof_holds_alone() {
        let question = SetUp::default;
        let all = |set_up: &SetUp, momentum: f64| {
            [rate_limit, solution_limit, small_start_limit].map(|limit| limit(set_up, momentum))
        };
        assert_eq!(all(&question(), 0.0), [Some(1.0), Some(2.0 / MIN_SHARPNESS), Some(2.0 / 3.0)]);
        assert_eq!(all(&question(), 0.5), [Some(1.5), Some(3.0 / MIN_SHARPNESS), Some(1.0)]);
        assert_eq!(all(&question(), 1.0), [Some(0.0); 3]);
        let bounded = SetUp { output: Output::Sigmoid, ..question() };
        assert_eq!(all(&bounded, 0.0), [None; 3]);
        assert_eq!(all(&bounded, 1.5), [Some(0.0), None, None]);
        let coded = SetUp { task: xor(Coding::PlusMinus, None), ..question() };
        assert_eq!(all(&coded, 0.0), [Some(1.0), None, None]);
        // Half a sum over four samples is twice their mean.
        let summed = SetUp { loss: Loss::HalfSse, ..question() };
        assert_eq!(all(&summed, 0.0), [Some(0.5), Some(1.0 / MIN_SHARPNESS), Some(1.0 / 3.0)]);
        for other in [
            SetUp { update: Update::Shuffled, ..question() },
            SetUp { optimizer: Optimizer::Adam, ..question() },
            SetUp { frozen: vec![8], ..question() },
        ] {
            assert_eq!(all(&other, 0.0), [None; 3], "{other:?}");
        }
        let parity = SetUp { task: Task::named("parity-4", Coding::ZeroOne, None).unwrap(), ..question() };
        assert_eq!(all(&parity, 0.0), [Some(1.0), None, None]);
    }

    #[test]
    fn targets_are_reached_in_the_limit_at_the_ends_of_the_range_alone() {
        let sigmoid = |targets| SetUp {
            task: xor(Coding::ZeroOne, targets),
            output: Output::Sigmoid,
            ..SetUp::default()
        };
        assert!(has_targets_in_the_limit(&sigmoid(None)));
        assert!(!has_targets_in_the_limit(&sigmoid(Some([0.1, 0.9]))));
        assert!(!has_targets_in_the_limit(&SetUp::default()));
    }

    #[test]
    fn units_are_worth_one_if_equal_and_with_some_activations_if_zero() {
        let of = |hidden, theta: &[f64]| {
            let set_up = SetUp { hidden, ..SetUp::default() };
            (Units::at(&set_up, theta), are_opposite(&set_up, theta))
        };
        let opposite = [1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 4.0, -4.0, 5.0];
        let zero = [1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0, 0.0, 5.0];
        for hidden in Hidden::ALL {
            assert_eq!(of(*hidden, &[0.1; 9]).0.kinds, [[0, 1]]);
            assert_eq!(of(*hidden, &opposite).1, *hidden == Hidden::Tanh);
        }
        assert!(!of(Hidden::Tanh, &[0.1; 9]).1);
        assert_eq!(of(Hidden::Sigmoid, &zero).0.worth(), 2);
        assert_eq!(of(Hidden::Tanh, &opposite).0.worth(), 2);
        assert_eq!(of(Hidden::Tanh, &zero).0.mute, [1]);
        assert_eq!(of(Hidden::LeakyRelu, &zero).0.mute, [1]);
        assert_eq!(of(Hidden::Relu, &zero).0.dead, [1]);
        // Their distance, 1e-200, is rounded to 0.
        let tiny = [1e-200, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(of(Hidden::Sigmoid, &tiny).0.worth(), 2);
    }

    #[test]
    fn frozen_parameters_part_units_that_are_equal_unless_they_are_alike() {
        let frozen = |frozen: &[usize]| SetUp { frozen: frozen.to_vec(), ..SetUp::default() };
        assert_eq!(Units::at(&frozen(&[0]), &[0.1; 9]).worth(), 2);
        assert_eq!(Units::at(&frozen(&[0, 1, 8]), &[0.1; 9]).worth(), 1);
        // An output weight of 0 that stays 0.
        let mut theta = [0.3; 9];
        theta[4] = 0.0;
        assert_eq!(Units::at(&frozen(&[4]), &theta).muted, [0]);
        assert_eq!(Units::at(&frozen(&[]), &theta).worth(), 2);
    }

    #[test]
    fn a_hindrance_is_told_where_it_is_proved_alone() {
        use crate::kernel::setup::{Biases, HiddenUnits};
        let other = |name: &str, units| SetUp {
            task: Task::named(name, Coding::ZeroOne, None).unwrap(),
            hidden_units: HiddenUnits(units),
            ..SetUp::default()
        };
        assert_eq!(Hindrance::at(&other("and", 2), &[0.1; 9]), None);
        let least = |set_up: &SetUp, theta: &[f64]| {
            Hindrance::at(set_up, theta).map(|hindrance| hindrance.least_error(set_up))
        };
        assert_eq!(least(&other("xnor", 2), &[0.1; 9]), Some(1.0 / 6.0));
        assert_eq!(least(&other("xor", 1), &[0.1, 0.2, 0.3, 0.4, 0.5]), Some(1.0 / 6.0));
        assert_eq!(least(&other("xor", 3), &[0.1; 13]), Some(1.0 / 6.0));
        assert_eq!(least(&other("parity-3", 1), &[0.1; 6]), Some(1.0 / 32.0));
        let mut differ = [0.1; 13];
        differ[0] = 0.2;
        assert_eq!(least(&other("xor", 3), &differ), None);
        let tanh = SetUp { hidden: Hidden::Tanh, ..SetUp::default() };
        assert_eq!(least(&tanh, &[0.0; 9]), Some(0.25));
        let coded = SetUp { task: xor(Coding::PlusMinus, None), ..tanh.clone() };
        assert_eq!(least(&coded, &[0.0; 9]), Some(1.0));
        assert!(Hindrance::of_any_start(&tanh).is_none() && Hindrance::of_any_start(&coded).is_none());
        let unbiased = |task: Task, hidden, output| {
            let set_up = SetUp { task, hidden, output, bias: Biases(false), ..SetUp::default() };
            Hindrance::of_any_start(&set_up)
        };
        let nand = || Task::named("nand", Coding::ZeroOne, None).unwrap();
        let fixed = Some(Hindrance::FixedOutput { sample: 0 });
        assert_eq!(unbiased(nand(), Hidden::Relu, Output::Linear), fixed);
        assert_eq!(unbiased(nand(), Hidden::Sigmoid, Output::Linear), None);
        assert_eq!(unbiased(xor(Coding::ZeroOne, None), Hidden::Relu, Output::Linear), None);
        let layer = SetUp { frozen: vec![0, 1, 2, 3, 6, 7], ..SetUp::default() };
        // A square of activations, one that hardly is, and a solution.
        assert_eq!(
            Hindrance::at(&layer, &[1.0, 0.0, 0.0, 1.0, 0.5, 0.5, 0.0, 0.0, 0.0]),
            Some(Hindrance::FrozenLayer)
        );
        assert_eq!(Hindrance::at(&layer, &[20.0, 20.0, 20.0, 20.0, 0.5, 0.4, -10.0, -30.0, 0.0]), None);
        let mirrored = |hidden| unbiased(xor(Coding::PlusMinus, None), hidden, Output::Linear);
        assert_eq!(mirrored(Hidden::Sigmoid), Some(Hindrance::Mirrored));
        assert_eq!(mirrored(Hidden::LeakyRelu), None);
    }
}
