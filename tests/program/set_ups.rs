//! Sweeps with several set-ups at a shell: every command says which one it tells of.

use std::collections::HashMap;
use std::fs;

use crate::program::{folder, run, succeed};
use crate::table::rows;

#[test]
fn groups_charts_and_single_runs_say_which_set_up_they_are_of() {
    let folder = folder();
    let path = folder.path();
    let lists = ["--hidden", "sigmoid,relu", "--optimizer", "gradient-descent,adam", "--hidden-units", "1,2"];
    let others = ["--alpha", "0.1,1.5", "--seeds", "0..20", "--steps", "3000", "--out", "made"];
    let printed = succeed(path, &[&lists[..], &others].concat());
    let headings: Vec<&str> = printed.lines().filter(|line| line.contains(" · normal(1)")).collect();
    let mut heads: Vec<&str> = headings.iter().copied().filter(|line| line.ends_with("normal(1)")).collect();
    assert_eq!(heads[0], "1 unit, sigmoid, gradient-descent · normal(1)");
    assert_eq!(heads.len(), 8, "{printed}");
    heads.sort_unstable();
    heads.dedup();
    assert_eq!(heads.len(), 8);
    // A limit is known of gradient descent alone.
    assert!(printed.contains("(above a learning rate of 1; 4 of 8 set-ups)"), "{printed}");
    for one in ["1 unit, relu, adam · normal(1)", "2 units, sigmoid, gradient-descent · normal(1)"] {
        for chart in ["chart-outcomes.svg", "chart-convergence.svg"] {
            let svg = fs::read_to_string(path.join("made").join(chart)).unwrap();
            assert!(svg.contains(one) || chart == "chart-convergence.svg", "{chart}: {one}");
        }
    }
    // No axis has more than two values: the first is drawn, and the others make lines.
    let solved = fs::read_to_string(path.join("made/chart-solved.svg")).unwrap();
    let summary = fs::read_to_string(path.join("made/summary.csv")).unwrap();
    let of = |units: &str, alpha: &str| {
        let is_of = |row: &HashMap<String, String>| {
            row["hidden_units"] == units
                && row["alpha"] == alpha
                && row["hidden"] == "relu"
                && row["optimizer"] == "adam"
        };
        let row = rows(&summary).into_iter().find(is_of).unwrap();
        row["solved"].parse::<f64>().unwrap() / row["runs"].parse::<f64>().unwrap()
    };
    let line = format!(
        "relu, adam, α = 0.1: {:.0} % at 1, {:.0} % at 2.",
        100.0 * of("1", "0.1"),
        100.0 * of("2", "0.1")
    );
    assert!(solved.contains(&line) && solved.contains("of 20 each"), "{line}: {solved}");
    succeed(path, &["report", "made"]);
    let page = fs::read_to_string(path.join("made/report.html")).unwrap();
    assert!(page.contains("data-name=\"hidden_units\""), "the columns of axes are shown");
    succeed(path, &["chart", "made"]);
    // The last run has the last set-up.
    let sweep =
        xorsweep::Spec::from_toml(&fs::read_to_string(path.join("made/sweep.toml")).unwrap()).unwrap();
    let sweep = sweep.resolve(path).unwrap();
    let last = (sweep.runs() - 1).to_string();
    let inspected = succeed(path, &["inspect", "made", "--run", &last]);
    assert!(inspected.contains("2 relu hidden units"), "{inspected}");
    assert!(inspected.contains("2 units, relu, adam · normal(1), seed 19"), "{inspected}");
    let traced = succeed(path, &["trace", "made", "--run", "0", "--every", "3000"]);
    assert!(traced.starts_with("step,error,w1,w2,w3,b1,b2\n"), "{traced}");
    let row = |run: u64| {
        let table = fs::read_to_string(path.join("made/convergence.csv")).unwrap();
        rows::<HashMap<String, String>>(&table).swap_remove(run as usize)
    };
    let traced = succeed(path, &["trace", "made", "--run", &last, "--every", "3000"]);
    let first: Vec<&str> = traced.lines().nth(1).unwrap().split(',').collect();
    assert_eq!(first[1], row(sweep.runs() - 1)["error_first"]);
    let drawn = ["--seed", "1", "--steps", "100", "--chart", "errors.svg"];
    succeed(path, &[&["trace", "--hidden", "tanh,relu", "--output", "tanh,linear"], &drawn[..]].concat());
    let svg = fs::read_to_string(path.join("errors.svg")).unwrap();
    for name in ["tanh hidden, linear output", "relu hidden, tanh output"] {
        assert!(svg.contains(name), "{svg}");
    }
    succeed(path, &["check-gradient", "--hidden", "tanh,relu", "--hidden-units", "1,3", "--seeds", "0..5"]);
}

#[test]
fn what_is_known_of_some_set_ups_is_drawn_of_these_alone() {
    let folder = folder();
    let path = folder.path();
    // Neither XOR with one or three units nor AND has a level of escape, and three targets have no right side.
    fs::write(path.join("three.csv"), "x1,x2,y\n0,0,0\n1,0,1\n0,1,2\n").unwrap();
    let lists = ["--task", "xor,and,three.csv", "--hidden-units", "1,2,3", "--alpha", "0.3,0.6,1.5"];
    let starts = ["--init", "constant(0.1)+normal(0.1),normal(1)", "--seeds", "0..200", "--steps", "4000"];
    let printed = succeed(path, &[&["--out", "made"], &lists[..], &starts].concat());
    let whole = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(whole.contains("of 7,200 runs whose task has two targets solved it"), "{whole}");
    assert!(whole.contains("of all 10,800 runs"), "{whole}");
    assert!(printed.contains("\nthree.csv, 1 unit · normal(1)\n"), "{printed}");
    assert!(whole.contains("xor, 2 units · normal(1)") && whole.contains("Who escapes"), "{whole}");
    let svg = |chart: &str| fs::read_to_string(path.join("made").join(chart)).unwrap();
    let escape = svg("chart-escape.svg");
    assert!(escape.contains("of XOR with two hidden units alone"), "{escape}");
    assert!(escape.contains("xor, 2 units · normal(1)"), "{escape}");
    for other in ["1 unit", "3 units", "and, 2 units"] {
        assert!(!escape.contains(other), "{other}");
    }
    let outcomes = svg("chart-outcomes.svg");
    assert!(outcomes.contains("the first 12 of 18 set-ups, inits and momenta"), "{outcomes}");
    assert!(outcomes.contains("xor, 3 units · normal(1)") && outcomes.contains("no point of rest is"));
    // A fact of the question's network stands above its panels alone: one for each of two inits.
    assert_eq!(outcomes.matches(">0.667<").count(), 2);
    succeed(path, &["report", "made"]);
}

#[test]
fn what_is_of_one_set_up_refuses_several() {
    let folder = folder();
    let plane =
        ["--plane-x", "w1", "--plane-x-range", "0:1:2", "--plane-y", "w2", "--plane-y-range", "0:1:2"];
    let several = ["--hidden", "tanh,relu", "--loss", "mse,sse"];
    let one = "plane_x = w1: a plane is of one set-up: give one value for hidden, loss";
    let point = "hidden = tanh,relu: a point is inspected in one set-up: give one value";
    for (arguments, remedy) in [
        ([&["sweep"], &several[..], &plane].concat(), one),
        ([&["map"], &several[..], &plane].concat(), one),
        ([&["dimension"], &several[..], &plane].concat(), one),
        ([&["inspect", "--theta", "1,2,3,4,5,6,7,8,9"], &several[..]].concat(), point),
        (
            [&["trace", "--seed", "3"], &several[..]].concat(),
            "run: there are 4 runs: give the number of one, or one value for each key",
        ),
        (
            vec!["sweep", "--columns", "run,hidden"],
            "columns = hidden: only a sweep with several values of hidden has it; leave it out or ask for that",
        ),
    ] {
        let ran = run(folder.path(), &arguments);
        assert!(ran.code == 2 && ran.err.contains(remedy), "{arguments:?}: {ran:?}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written");
}
