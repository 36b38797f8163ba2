//! Shows that `inspect` says what is so of a point: why the question's start cannot work, what a solution looks like,
//! where steps become unstable, and that it refuses what is no point.

use std::fs;

use xorsweep::facts::{Hindrance, dead_units};
use xorsweep::kernel::SetUp;
use xorsweep::kernel::derivatives::{Curvature, gradient, samples};
use xorsweep::kernel::outcome::Levels;
use xorsweep::{Options, Spec, Sweep, run_all};

use crate::program::{Ran, folder, run};

fn inspect(arguments: &[&str]) -> Ran {
    run(folder().path(), &[&["inspect"], arguments].concat())
}

/// What is said of a point.
fn said(arguments: &[&str]) -> String {
    let ran = inspect(arguments);
    assert!(ran.code == 0 && ran.err.is_empty(), "{arguments:?}: {ran:?}");
    ran.out
}

fn assert_says(text: &str, phrases: &[&str]) {
    for phrase in phrases {
        assert!(text.contains(phrase), "should say `{phrase}`:\n{text}");
    }
}

fn assert_is_silent_on(text: &str, phrases: &[&str]) {
    for phrase in phrases {
        assert!(!text.contains(phrase), "should not say `{phrase}`:\n{text}");
    }
}

/// The number behind a label.
fn number_after(text: &str, label: &str) -> f64 {
    let rest = &text[text.find(label).unwrap_or_else(|| panic!("no `{label}`:\n{text}")) + label.len()..];
    rest.lines().next().unwrap().trim().parse().unwrap()
}

/// The start of the question.
const TENTHS: &str = "0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1";
const LIMIT: &str = "Stability limit of the learning rate here (2/sharpness):";

/// The verdict: what is said before the numbers.
fn verdict(text: &str) -> &str {
    text.split("\n\n").next().unwrap()
}

/// The flags that are said to work, as a shell would split them.
fn what_works(text: &str) -> Vec<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("What works: "));
    let line = line.unwrap_or_else(|| panic!("nothing works:\n{text}"));
    let line = line.split(". It was tried").next().unwrap().split(" (").next().unwrap();
    let words =
        line.trim_start_matches("the same start with ").trim_end_matches(" at the same learning rate");
    words.split(' ').map(|word| word.replace('"', "")).collect()
}

/// What is said of the question's start, the snapshots show.
#[test]
fn a_learning_rate_above_1_is_said_to_be_too_large_for_any_start() {
    let above = said(&["--init", "normal(1)", "--seed", "2", "--alpha", "1.1"]);
    assert_says(
        verdict(&above),
        &[
            "too large for any start: at 1 or more no resting point is stable.",
            "farther away",
            "This run diverges",
        ],
    );
    assert_eq!(what_works(&above), ["--alpha", "0.3"]);
}

#[test]
fn a_start_that_learns_is_said_to_learn_and_when() {
    let text = said(&["--init", "normal(1)", "--seed", "2", "--alpha", "0.3"]);
    assert_says(
        verdict(&text),
        &[
            "This start learns XOR at a learning rate of 0.3: all four outputs are on the right side at step",
            "the error stays within 1e-6 from step 886 on.",
        ],
    );
    assert_eq!(verdict(&text).lines().count(), 1);
    // A sigmoid comes to its targets in the limit only.
    let text = said(&["--init", "normal(1)", "--seed", "2", "--alpha", "3", "--output", "sigmoid"]);
    let limit = "no finite weights bring a sigmoid output to its targets, so a small error comes late";
    assert_says(verdict(&text), &["This start learns XOR at a learning rate of 3", limit]);
    assert_says(verdict(&text), &["Its outputs for 00, 10, 01, 11 are 0.0"]);
}

#[test]
fn a_point_at_rest_is_said_never_to_move() {
    let origin = "0,0,0,0,0,0,0,0,0.5";
    for arguments in [
        &["--init", "constant(0)", "--output", "sigmoid"][..],
        &["--theta", origin, "--alpha", "1"],
        &["--theta", origin, "--alpha", "0.3", "--momentum", "0.5"],
    ] {
        let text = said(arguments);
        assert_says(
            verdict(&text),
            &[
                "This point is at rest: its gradient is exactly 0, so no step ever moves it",
                "It does not solve XOR",
                "the error stays 0.25.",
                "What works: ",
            ],
        );
        let wrong = ["may still", "grow", "diverge", "too large for any start", "was run on", "slow"];
        assert_is_silent_on(&text, &wrong);
    }
    // or − and, with weights so large that the sigmoids are 0 and 1 exactly.
    let solution = "2000,2000,2000,2000,1,-1,-1000,-3000,0";
    let text = said(&["--theta", solution, "--alpha", "1.5"]);
    assert_says(verdict(&text), &["This point solves XOR and is at rest"]);
    assert_is_silent_on(verdict(&text), &["too large", "What works"]);
}

#[test]
fn slow_is_told_from_stuck_by_running_on() {
    let text = said(&["--init", "uniform(-0.5,0.5)", "--seed", "1", "--alpha", "0.01"]);
    assert_says(
        verdict(&text),
        &[
            "After 10,000 steps this run has not learned XOR and is on a plateau",
            "with all outputs near the mean of the targets.",
            "It is slow, not stuck, for a learning rate of 0.01 is small for 10,000 steps: run on, all four outputs are on the right side at step",
            "a learning rate ten times smaller would need about ten times as many.",
            "What works: the same start with --alpha",
        ],
    );
    // The steps that are said to be enough are.
    let steps = text.split("--steps ").nth(1).unwrap().split(';').next().unwrap();
    let text = said(&["--init", "uniform(-0.5,0.5)", "--seed", "1", "--alpha", "0.01", "--steps", steps]);
    assert_says(verdict(&text), &["This start learns XOR"]);
}

#[test]
fn a_learning_rate_that_is_too_small_is_told_by_one_that_does() {
    let text = said(&["--init", "normal(1)", "--seed", "1", "--alpha", "0.00001", "--steps", "1000000"]);
    assert_says(
        verdict(&text),
        &[
            "The learning rate is too small for 1,000,000 steps, which go about as far as 33 at a rate of 0.3.",
            "What works: the same start with --alpha 0.3. It was tried",
        ],
    );
}

#[test]
fn what_is_said_to_work_does() {
    for arguments in [
        &["--init", "constant(0.1)", "--alpha", "0.3"][..],
        &["--init", "constant(0.1)", "--alpha", "1.2"],
        &["--init", "constant(0)", "--output", "sigmoid", "--alpha", "3"],
        &["--init", "constant(0.1)", "--hidden", "tanh", "--coding", "plus-minus"],
        &["--init", "normal(1)", "--seed", "7", "--alpha", "5", "--momentum", "0.9"],
        &["--init", "normal(1)", "--seed", "3", "--alpha", "0.85"],
    ] {
        let text = said(arguments);
        if verdict(&text).starts_with("This start learns XOR") {
            continue;
        }
        let mut others = what_works(&text);
        for pair in arguments.chunks(2) {
            if !others.iter().any(|word| word == pair[0]) {
                others.extend(pair.iter().map(|word| (*word).to_owned()));
            }
        }
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        assert_says(verdict(&said(&others)), &["This start learns XOR"]);
    }
}

#[test]
fn the_end_of_a_run_that_went_on_long_is_a_minimum_as_far_as_second_order_tells() {
    let arguments =
        ["--init", "normal(1)", "--seed", "2", "--end", "--steps", "20000", "--tolerance", "1e-25"];
    let text = said(&arguments);
    assert_says(
        &text,
        &[
            "4 of 4 outputs are on the right side of ½.",
            "Together they solve the task as `",
            "This point solves XOR already, and keeps doing so at a learning rate of 0.3",
            "Negative: 0 directions.",
            "as far as second order tells this is near a minimum",
            "A learning rate of 0.3 is below",
            "The smaller it is, the longer it takes to leave that.",
            "it converged, to a tolerance of 1e-25, from step 0 on.",
        ],
    );
    assert_is_silent_on(&text, &["saddle", "never comes below"]);
}

#[test]
fn no_point_with_a_clearly_negative_eigenvalue_is_called_a_minimum() {
    let (mut bending, mut others) = (0, 0);
    for seed in 0..12 {
        let text = said(&["--init", "normal(1)", "--seed", &seed.to_string(), "--end", "--steps", "3000"]);
        let eigenvalues =
            text.lines().find_map(|line| line.strip_prefix("Eigenvalues of the Hessian: ")).unwrap();
        let eigenvalues: Vec<f64> = eigenvalues.split(' ').map(|value| value.parse().unwrap()).collect();
        assert!(eigenvalues.len() == 9 && eigenvalues.is_sorted(), "{eigenvalues:?}");
        if eigenvalues[0] < -1e-10 {
            bending += 1;
            assert_is_silent_on(&text, &["this is near a minimum"]);
        } else {
            others += 1;
        }
    }
    println!("{bending} with a negative eigenvalue, {others} without");
    assert!(bending > 0);
}

#[test]
fn the_stability_limit_is_2_over_the_sharpness() {
    let text = said(&["--init", "normal(1)", "--seed", "2", "--steps", "0"]);
    let sharpness = number_after(&text, "Sharpness (the largest eigenvalue):");
    assert_eq!(number_after(&text, LIMIT), 2.0 / sharpness);
    let tenths = Curvature::at(&SetUp::default(), &[0.1; 9]).sharpness();
    assert_eq!(number_after(&said(&["--theta", TENTHS]), LIMIT), 2.0 / tenths);
    let formula = "(2(1 + momentum)/sharpness):";
    assert_eq!(number_after(&said(&["--theta", TENTHS, "--momentum", "0.5"]), formula), 3.0 / tenths);
}

#[test]
fn what_holds_for_some_networks_is_not_said_of_others() {
    let of_default = ["2.16960"];
    for keys in [["--hidden", "tanh"], ["--output", "sigmoid"], ["--coding", "plus-minus"]] {
        for alpha in ["0.95", "1", "1.1"] {
            let text = said(&[&["--init", "normal(1)", "--seed", "1", "--alpha", alpha], &keys[..]].concat());
            assert_is_silent_on(&text, &of_default);
            if keys == ["--output", "sigmoid"] {
                assert_is_silent_on(&text, &["∂²E/∂b3²", "too large for any start", "diverge"]);
            } else if alpha != "0.95" {
                assert_says(verdict(&text), &["too large for any start"]);
            }
        }
    }
    assert_says(&said(&["--init", "normal(1)", "--seed", "1", "--alpha", "0.95"]), &of_default);
    // With momentum more than 1 may do, up to 1 + momentum.
    let with_momentum =
        |alpha: &str| said(&["--init", "normal(1)", "--seed", "1", "--alpha", alpha, "--momentum", "0.5"]);
    assert_is_silent_on(&with_momentum("1.1"), &["too large for any start"]);
    assert_says(
        verdict(&with_momentum("1.6")),
        &["too large for any start: at 1.5 or more with a momentum of 0.5 no resting point is stable."],
    );
    assert_is_silent_on(&with_momentum("1.6"), &["parabola"]);
    // Levels are four times as high.
    let text = said(&["--theta", TENTHS, "--coding", "plus-minus"]);
    assert_says(&text, &["never comes below 2/3", "Its error never comes below 2/3", "right side of 0."]);
}

#[test]
fn any_set_up_is_explained_and_no_fact_is_claimed_that_is_not_known_for_it() {
    let facts = ["too large for any start", "2.16960", "cannot learn XOR", "Stability limit", "escaped"];
    for keys in [
        &["--task", "parity-3", "--hidden-units", "3", "--output", "sigmoid", "--alpha", "2"][..],
        &["--optimizer", "adam", "--alpha", "1.5"],
        &["--update", "shuffled", "--alpha", "1.2"],
        &["--hidden", "relu", "--hidden-units", "4", "--update", "in-order", "--output", "tanh"],
        &["--loss", "cross-entropy", "--output", "sigmoid", "--optimizer", "rprop", "--alpha", "0.1"],
        &["--task", "and", "--update", "random", "--targets", "0.1,0.9"],
    ] {
        let text = said(&[&["--init", "normal(1)", "--seed", "1"], keys].concat());
        assert_says(&text, &["It is to learn", "The samples", "For comparison:", "It was run, for at most"]);
        assert_is_silent_on(&text, if keys[1] == "parity-3" { &facts[..3] } else { &facts });
    }
    // Equal units stay equal with any optimizer, and any order of samples.
    for keys in [["--optimizer", "adam"], ["--update", "shuffled"], ["--loss", "half-sse"]] {
        let text = said(&[&["--theta", TENTHS, "--alpha", "0.1"], &keys[..]].concat());
        assert_says(verdict(&text), &["This start cannot learn XOR at any learning rate"]);
    }
    // A rate for half a sum over four samples is half as large.
    let text = said(&["--init", "normal(1)", "--seed", "2", "--loss", "half-sse", "--alpha", "0.5"]);
    assert_says(
        verdict(&text),
        &["too large for any start: at 0.5 or more", "the loss is a parabola", "= 4)"],
    );
    // One unit.
    let text = said(&["--theta", "1,2,3,4,5", "--hidden-units", "1"]);
    assert_says(
        verdict(&text),
        &["cannot learn XOR at any learning rate: the network has one hidden unit only"],
    );
}

#[test]
fn tanh_units_that_are_opposite_are_one_unit_as_well() {
    let text = said(&["--theta", "1,-1,0.5,-0.5,0.7,-0.7,0.2,-0.2,0.1", "--hidden", "tanh"]);
    assert_says(
        &text,
        &[
            "Both hidden units are equal or opposite, so with tanh they do the work of one, and stay so but for rounding",
            "The error was never below 1/6.",
        ],
    );
    assert_is_silent_on(&text, &["cannot learn", "never comes below"]);
    // Rounding parts these within a few thousand steps.
    let text =
        said(&["--theta", "0.3,-0.3,-0.9,0.9,1.7,-1.7,0.4,-0.4,0.1", "--hidden", "tanh", "--alpha", "0.1"]);
    assert_says(verdict(&text), &["This start learns XOR", "nothing but rounding has parted them"]);
}

#[test]
fn a_run_of_a_sweep_is_explained_at_its_start_and_at_its_end() {
    let folder = folder();
    let spec = folder.path().join("my.toml");
    fs::write(
        &spec,
        "alpha = [0.3, 1.5]\ninit = ['constant(0.1)', 'normal(1)']\nseeds = '0..5'\nsteps = 500",
    )
    .unwrap();
    let spec = spec.to_str().unwrap();
    assert_says(
        &said(&[spec, "--run", "0"]),
        &["run 0 of", "constant(0.1), learning rate 0.3", "for at most 500 steps"],
    );
    let start = said(&[spec, "--run", "4"]);
    assert_says(&start, &["run 4 of", "normal(1), seed 2, learning rate 0.3"]);
    let end = said(&[spec, "--run", "4", "--end"]);
    assert_says(&end, &["The point is the end of run 4 of", "What happens at a learning rate of 0.3\n"]);
    // Another learning rate changes what is predicted, not which run it is.
    let other = said(&[spec, "--run", "4", "--end", "--alpha", "0.1"]);
    assert_says(&other, &["seed 2, learning rate 0.3", "What happens at a learning rate of 0.1\n"]);
    assert_eq!(number_after(&end, "E = "), number_after(&other, "E = "));
    // The error overflowed.
    let blown = said(&[spec, "--run", "9", "--end"]);
    assert_says(&blown, &["learning rate 1.5"]);
}

#[test]
fn a_request_that_is_no_point_is_refused_in_one_line() {
    for (arguments, told) in [
        (&[][..], "give a point"),
        (&["--alpha", "0.3"], "give a point"),
        (&["--theta", "0.1,0.1"], "there are 2 numbers"),
        (&["--theta", "1,2,3,4,5,6,7,8,9,10"], "there are 10 numbers"),
        (&["--theta", "1,2,3,4,nan,6,7,8,9"], "`nan` is no finite number"),
        (&["--theta", "1,2,3,4,1e999,6,7,8,9"], "`1e999` is no finite number"),
        (&["--theta", ""], "theta"),
        (&["--theta", TENTHS, "--alpha", "0"], "alpha = 0: give a finite number above 0"),
        (&["--theta", TENTHS, "--alpha", "nan"], "alpha = nan: give a finite number above 0"),
        (&["--theta", TENTHS, "--momentum", "-1"], "momentum = -1: give a finite number from 0"),
        (&["--theta", TENTHS, "--init", "normal(1)"], "does not go with"),
        (&["--theta", TENTHS, "--coding", "plus-minus", "--output", "sigmoid"], "targets between -1 and 1"),
        (&["--init", "normal(1)", "--run", "1000"], "run = 1000: the sweep has 1 runs"),
        (&["--init", "normal(1),uniform(0,1)"], "there are 2 runs"),
        (&["no-such-file.toml"], "cannot be read"),
    ] {
        let ran = inspect(arguments);
        ran.says(2, &[told]);
        assert_eq!(ran.out, "", "{arguments:?}");
    }
}

#[test]
fn very_large_points_are_explained_too() {
    for value in ["1e3", "-1e5", "1e150", "-1e200", "1e308"] {
        let text = said(&["--theta", &[value; 9].join(",")]);
        assert_says(&text, &["The curvature", "both hidden units are equal", "It was run"]);
        assert_is_silent_on(&text, &["near a minimum"]);
    }
}

#[test]
fn a_dead_hidden_unit_is_told_first() {
    let theta = ["--theta", "1,1,1,1,0.5,0.5,-3,0.1,0"];
    for keys in [&[][..], &["--momentum", "0.9"], &["--optimizer", "adam"], &["--update", "shuffled"]] {
        let text = said(&[&theta[..], &["--hidden", "relu", "--alpha", "0.1"], keys].concat());
        assert!(
            verdict(&text).starts_with(
                "This start cannot learn XOR at any learning rate: hidden unit 1 is dead: no sample activates it, so its \
                 gradient is exactly 0, and no step ever moves it. What is left does the work of one, and the error of \
                 one unit never comes below 1/6."
            ),
            "{text}"
        );
        assert_says(&text, &["What works: ", "activated by", "none (dead)"]);
    }
    // AND takes one unit only.
    let and = said(&[&theta[..], &["--hidden", "relu", "--task", "and"]].concat());
    assert_says(verdict(&and), &["This start learns AND"]);
    assert_says(&and, &["One hidden unit is enough for this task: a line parts its samples"]);
    // A leaky unit is never dead.
    let leaky = said(&[&theta[..], &["--hidden", "leaky-relu"]].concat());
    assert_is_silent_on(&leaky, &["dead", "cannot learn"]);
    // One that dies on the way.
    let text = said(&["--init", "glorot", "--seed", "1", "--hidden", "relu", "--alpha", "0.5"]);
    assert_says(
        verdict(&text),
        &[
            "Hidden unit 1 died at step 3: no sample activates it any more, so its gradient is exactly 0, and no step \
             moves it any more.",
            "One unit is left, and the error of one unit never comes below 1/6.",
        ],
    );
    assert!(verdict(&text).starts_with("Hidden unit 1 died"), "{text}");
}

#[test]
fn a_start_of_zeros_is_said_to_stay_a_constant() {
    for (keys, least) in [
        (&["--hidden", "tanh"][..], "1/4"),
        (&["--hidden", "leaky-relu", "--optimizer", "adam"], "1/4"),
        (&["--hidden", "relu", "--hidden-units", "5", "--update", "random"], "1/4"),
        (&["--hidden", "tanh", "--output", "tanh", "--coding", "plus-minus", "--update", "in-order"], "1"),
    ] {
        let text = said(&[&["--init", "constant(0)"], keys].concat());
        let never = format!("all outputs are the same, for ever, and the error never comes below {least}.");
        assert_says(
            verdict(&text),
            &["This start cannot learn XOR at any learning rate: ", &never, "What works"],
        );
    }
    // Sigmoid units are ½ at 0, and equal.
    let text = said(&["--init", "constant(0)"]);
    assert_says(verdict(&text), &["both hidden units are equal", "never comes below 1/6"]);
}

#[test]
fn networks_without_biases_that_cannot_learn_are_told_from_those_that_can() {
    let of =
        |keys: &[&str]| said(&[&["--init", "normal(1)", "--seed", "1", "--bias", "false"], keys].concat());
    let fixed = of(&["--hidden", "tanh", "--output", "sigmoid"]);
    assert_says(
        verdict(&fixed),
        &[
            "No start of this network can learn XOR: without biases",
            "the output for sample 00",
            "is ½ whatever",
        ],
    );
    assert!(what_works(&fixed).contains(&"--bias".to_owned()));
    let mirrored = of(&["--hidden", "tanh", "--coding", "plus-minus"]);
    assert_says(verdict(&mirrored), &["No start of this network can learn XOR", "10 and 01, and 00 and 11"]);
    for keys in [&["--hidden", "tanh"][..], &["--hidden", "relu"], &["--output", "sigmoid"]] {
        assert_is_silent_on(&of(keys), &["No start", "whatever the weights"]);
    }
}

#[test]
fn what_an_update_does_is_told_where_the_rate_may_be_wrong() {
    let text = said(&["--init", "glorot", "--seed", "1", "--optimizer", "adam", "--alpha", "10"]);
    assert_says(
        verdict(&text),
        &[
            "With adam a learning rate is a length",
            "no parameter by more than 10, and none by more than 72.7",
        ],
    );
    let text = said(&["--init", "uniform(-1,1)", "--seed", "2", "--update", "random", "--alpha", "0.6"]);
    assert_says(
        verdict(&text),
        &[
            "This run goes up and down to the end",
            "in the last 64 steps it was between 0.",
            "Each update follows one sample",
        ],
    );
}

#[test]
fn the_samples_fit_a_narrow_screen() {
    for keys in [
        &["--hidden-units", "8"][..],
        &["--coding", "plus-minus", "--hidden", "relu"],
        &["--task", "parity-3"],
    ] {
        let text = said(&[&["--init", "normal(1)", "--seed", "1"], keys].concat());
        let table = text.split("The samples\n\n").nth(1).unwrap().split("\n\n").next().unwrap();
        assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    }
}

/// Set-ups and starts of all kinds, as flags, the same every time.
fn any_set_up(number: u64) -> Vec<&'static str> {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x1234_5678;
    let mut of = |values: &[&'static str]| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        values[(state >> 33) as usize % values.len()]
    };
    let hidden = of(&["relu", "tanh", "relu", "sigmoid", "leaky-relu"]);
    let output = of(&["linear", "sigmoid", "tanh"]);
    let update = of(&["batch", "in-order", "shuffled", "random"]);
    let optimizers = ["gradient-descent", "adam", "rmsprop", "nesterov", "rprop"];
    let optimizer = of(if update == "batch" { &optimizers } else { &optimizers[..4] });
    let loss = of(if output == "sigmoid" { &["mse", "cross-entropy"] } else { &["mse", "half-sse"] });
    let has_momentum = optimizer != "adam" && optimizer != "rprop";
    let momentum = of(if has_momentum { &["0", "0", "0.9"] } else { &["0"] });
    let units = of(&["2", "2", "3", "1", "5"]);
    let frozen = of(if units == "2" { &["w5", "w1,w2", "w1,w2,w3,w4,b1,b2"] } else { &["w1"] });
    let coding = of(if output == "sigmoid" { &["zero-one"] } else { &["zero-one", "plus-minus"] });
    let mut flags = vec![
        "--init",
        of(&["normal(1)", "glorot", "constant(0)", "constant(0.5)", "normal(2)@weights+constant(-1)@biases"]),
        "--seed",
        of(&["0", "1", "2", "3", "4", "5"]),
        "--hidden",
        hidden,
        "--output",
        output,
        "--update",
        update,
        "--optimizer",
        optimizer,
        "--loss",
        loss,
        "--coding",
        coding,
        "--task",
        of(&["xor", "xor", "xnor", "and", "0111", "parity-3"]),
        "--momentum",
        momentum,
        "--hidden-units",
        units,
        "--bias",
        of(&["true", "true", "false"]),
        "--alpha",
        of(&["0.01", "0.1", "0.5", "2"]),
        "--steps",
        "2000",
    ];
    if number % 5 == 4 && !flags.contains(&"parity-3") {
        flags.extend(["--frozen", frozen]);
    }
    flags
}

/// The sweep of the one run that the flags ask for, with some of them changed.
fn sweep_of(flags: &[&str], changed: &[(&str, &str)]) -> Sweep {
    let mut below = Spec::default();
    for pair in flags.chunks(2) {
        let key = pair[0].trim_start_matches("--").replace('-', "_");
        below.set(if key == "seed" { "seeds" } else { &key }, &[pair[1]]).unwrap();
    }
    let mut spec = Spec::default();
    changed.iter().for_each(|(key, value)| spec.set(key, &[value]).unwrap());
    spec.over(below).resolve("".as_ref()).unwrap()
}

#[test]
fn what_is_said_of_any_set_up_is_so() {
    let (mut never, mut dead, mut died, mut learned, mut worked) = (0, 0, 0, 0, 0);
    for number in 0..12 {
        let flags = any_set_up(number);
        let text = said(&flags);
        let told = verdict(&text);
        let sweep = sweep_of(&flags, &[]);
        let set_up = &sweep.set_ups[0];
        let start = sweep.start(&sweep.run(0));
        let what = format!("{flags:?}:\n{told}");
        if told.contains("can learn") || told.contains("cannot learn") {
            never += 1;
            let least = Hindrance::at(set_up, &start).expect(&what).least_error(set_up);
            for alpha in ["0.01", "0.3", "1"] {
                let longer = sweep_of(&flags, &[("alpha", alpha), ("steps", "20000")]);
                let run = &run_all(&longer, &Options::default())[0];
                assert!(run.error_last >= least * (1.0 - 1e-12) || !run.error_last.is_finite(), "{what}");
                // By more than rounding, which puts an output that is ½ on either side.
                let half = Levels::of(set_up).half.unwrap() * (1.0 - 1e-9);
                let away = samples(set_up, &run.end).residuals.into_iter().map(f64::abs);
                assert!(away.fold(0.0, f64::max) >= half || !run.error_last.is_finite(), "{what}");
            }
        }
        if told.contains(" is dead") || told.contains(" are dead") {
            dead += 1;
            let gradient = gradient(set_up, &start).gradient;
            let units = dead_units(set_up, &start);
            assert!(!units.is_empty(), "{what}");
            for place in units.into_iter().flat_map(|unit| set_up.shape().unit(unit)) {
                assert_eq!(gradient[place], 0.0, "{what}");
            }
        }
        if told.contains(" died ") {
            died += 1;
            let end = |steps| {
                let sweep = sweep_of(&flags, &[("steps", steps)]);
                run_all(&sweep, &Options::default()).remove(0)
            };
            let units = dead_units(set_up, &end("2000").end);
            assert!(!units.is_empty(), "{what}");
            if told.contains("any more.") {
                assert_eq!(dead_units(set_up, &end("20000").end), units, "{what}");
            }
        }
        if told.starts_with("This start learns") || told.starts_with("This point solves") {
            learned += 1;
            assert!(run_all(&sweep, &Options::default())[0].solved_at.is_some(), "{what}");
        }
        if told.contains("What works: ") {
            worked += 1;
            let works = what_works(&text);
            let mut others: Vec<&str> = works.iter().map(String::as_str).collect();
            for pair in flags.chunks(2).filter(|pair| !works.iter().any(|word| word == pair[0])) {
                others.extend(if pair[0] == "--steps" { ["--steps", "10000"] } else { [pair[0], pair[1]] });
            }
            let again = said(&others);
            let is_told =
                ["This start learns", "This point solves"].iter().any(|told| again.starts_with(told));
            assert!(is_told, "{what}\n{again}");
        }
    }
    println!("{never} never, {dead} dead, {died} died, {learned} learn, {worked} told what works");
    assert!(never > 1 && learned > 1 && worked > 2);
}
