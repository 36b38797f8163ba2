use super::in_toml::{MAX_COMMAS, MAX_SIGNS};
use super::*;
use crate::kernel::Criterion;
use crate::kernel::{Hidden, Optimizer, Update};
use proptest::prelude::*;

fn spec(text: &str) -> Spec {
    Spec::from_toml(text).unwrap()
}

fn sweep(text: &str) -> Sweep {
    spec(text).resolve(Path::new("")).unwrap()
}

fn problem(text: &str) -> Problem {
    Spec::from_toml(text).and_then(|spec| spec.resolve(Path::new(""))).unwrap_err()
}

#[test]
fn an_empty_spec_has_the_defaults() {
    let sweep = sweep("");
    assert_eq!(sweep.name, "sweep");
    assert_eq!((sweep.axes.alphas(), sweep.axes.momenta()), ([0.3].as_slice(), [0.0].as_slice()));
    assert_eq!(sweep.axes.init_names(), ["normal(1)"]);
    assert_eq!(sweep.runs(), 1000);
    assert_eq!(
        sweep.stopping_rule,
        StoppingRule { criterion: Criterion::Error, steps: 10_000, tolerance: 1e-6, hold: 64, blow_up: 1e12 }
    );
    assert_eq!(sweep.set_ups[0], SetUp::default());
}

#[test]
fn every_default_is_what_the_key_says_and_every_key_has_help() {
    for key in KEYS.iter().filter(|key| !key.default.is_empty()) {
        let mut explicit = Spec::default();
        explicit.set(key.name, key.default).unwrap();
        assert_eq!(explicit.resolve(Path::new("")).unwrap(), sweep(""));
        assert!(key.help_with_default().contains(key.default[0]));
    }
    assert!(KEYS.iter().all(|key| key.help.ends_with('.') && !key.value_name.is_empty()));
}

#[test]
fn the_built_in_sweep_has_fifty_thousand_runs() {
    let built_in = Sweep::built_in();
    assert_eq!(built_in.runs(), 10 + 5 * 10 * 1000);
    assert_eq!(built_in.start(&built_in.run(0))[..], [0.1; 9]);
}

#[test]
fn toml_takes_numbers_text_and_lists_of_both() {
    let sweep = sweep(
        "\u{feff}alpha = [0.3, \"0.5:1.2:8\", 1]\nmomentum = 0.5\ninit = 'constant(0.1)'\nseeds = [7, \"1..3\"]\n\
         steps = 1e6\nblow_up = inf\nhidden = 'tanh'\ncoding = \"plus-minus\"",
    );
    assert_eq!(sweep.axes.alphas(), [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2]);
    assert_eq!(sweep.axes.momenta(), [0.5]);
    assert_eq!((sweep.stopping_rule.steps, sweep.stopping_rule.blow_up), (1_000_000, f64::INFINITY));
    assert_eq!((sweep.runs(), sweep.run(0).seed), (9, None));
    assert_eq!(sweep.set_ups[0].task.coding(), Coding::PlusMinus);
}

#[test]
fn flags_add_to_one_another_and_win_over_the_file() {
    let mut flags = Spec::default();
    flags.set("alpha", &["0.1,0.2", "0.3"]).unwrap();
    flags.set("alpha", &["0.4"]).unwrap();
    flags.set("init", &["uniform(0,1),normal(1)+constant(2)"]).unwrap();
    let both = flags.clone().over(spec("alpha = 9\nsteps = 5")).resolve(Path::new("")).unwrap();
    assert_eq!(both.axes.alphas(), [0.1, 0.2, 0.3, 0.4]);
    assert_eq!(both.axes.init_names(), ["uniform(0,1)", "normal(1)+constant(2)"]);
    assert_eq!(both.stopping_rule.steps, 5);
    assert!(!flags.over(spec("starts = 'a.csv'")).has("starts"));

    let mut flags = Spec::default();
    flags.set("starts", &["a,b.csv"]).unwrap();
    let over = flags.over(spec("init = 'normal(1)'\nseeds = 1"));
    assert_eq!(
        (over.has("init"), over.has("seeds"), over.text("starts").as_str()),
        (false, false, "a,b.csv")
    );

    // A layout belongs to its file.
    let below = spec("starts = 'a.csv'\nstarts_layout = 'keras'");
    let given = |key: &str, value: &str| {
        let mut flags = Spec::default();
        flags.set(key, &[value]).unwrap();
        flags.over(below.clone())
    };
    assert!(!given("starts", "b.csv").has("starts_layout") && !given("init", "glorot").has("starts_layout"));
    assert!(given("alpha", "1").has("starts_layout"));
    assert_eq!(given("starts_layout", "end").text("starts"), "a.csv");
}

#[test]
fn a_flag_of_one_value_is_given_once() {
    let mut flags = Spec::default();
    flags.set("steps", &["10"]).unwrap();
    assert_eq!(flags.set("steps", &["20"]).unwrap_err().key, "steps");
    assert!(Spec::default().set("alhpa", &["1"]).unwrap_err().remedy.contains("`alpha`"));
    assert!(Spec::default().set("alpha", &[]).is_err());
}

#[test]
fn a_bad_spec_is_named() {
    let long_name = format!("name = '{}'", "a".repeat(101));
    let cases = [
        ("alhpa = 1", "alhpa", "did you mean `alpha`?"),
        ("colour = 1", "colour", "name, alpha"),
        ("alpha = []", "alpha", "at least one"),
        ("alpha = [[1]]", "alpha", "text or numbers"),
        ("alpha = { a = 1 }", "alpha", "text or numbers"),
        ("alpha = 1979-05-27", "alpha", "text or numbers"),
        ("alpha = nan", "alpha", "above 0"),
        ("alpha = [0.1, -inf]", "alpha", "above 0"),
        ("alpha = 0", "alpha", "above 0"),
        ("alpha = true", "alpha", "above 0"),
        ("momentum = -0.1", "momentum", "from 0"),
        ("steps = [1]", "steps", "one value"),
        ("steps = -1", "steps", "from 0 to"),
        ("steps = 1.5", "steps", "from 0 to"),
        ("steps = 1e16", "steps", "to 1000000000000000"),
        ("tolerance = -1", "tolerance", "from 0"),
        ("tolerance = inf", "tolerance", "from 0"),
        ("hold = 0", "hold", "from 1"),
        ("blow_up = 0", "blow_up", "above 0"),
        ("blow_up = nan", "blow_up", "above 0"),
        ("blow_up = -inf", "blow_up", "above 0"),
        ("hidden = 'step'", "hidden", "sigmoid, tanh"),
        ("output = 'step'", "output", "linear, sigmoid"),
        ("coding = 'plus'", "coding", "plus-minus"),
        ("coding = 'plus-minus'\noutput = 'sigmoid'", "output", "between 0 and 1"),
        ("name = '../up'", "name", "letters"),
        ("name = ''", "name", "letters"),
        ("name = '.hidden'", "name", "letters"),
        ("name = 'a b'", "name", "letters"),
        ("name = 'con.txt'", "name", "Windows"),
        (&long_name, "name", "at most 100"),
        ("init = 'normal(0)'", "init", "above 0"),
        ("seeds = -1", "seeds", "whole numbers"),
        ("starts = 'a.csv'\ninit = 'glorot'", "init", "starts alone"),
        ("starts = 'a.csv'\nseeds = 1", "seeds", "starts alone"),
        ("starts = 'no such file.csv'", "starts", "cannot be read"),
        ("starts = 'a.csv'\nstarts_layout = 'torch'", "starts_layout", "`pytorch`"),
        ("starts_layout = 'keras'", "starts_layout", "no file of starts"),
        ("starts_layout = 'keras'\ninit = 'glorot'", "starts_layout", "no file of starts"),
        ("seeds = '0..9007199254740992'\nalpha = [1, 2]", "runs", "at most 9007199254740992"),
        ("alpha = 1\nalpha = 2", "line 2 of the spec", "duplicate"),
        ("alpha = 1\n\nmomentum = = 2", "line 3 of the spec", ""),
    ];
    for (text, key, part) in cases {
        let problem = problem(text);
        assert_eq!(problem.key, key, "{problem}");
        assert!(problem.remedy.contains(part), "{problem}");
        assert!(!problem.to_string().contains('\n'), "{problem}");
    }
}

#[test]
fn a_spec_of_too_many_items_is_refused_before_they_are_made() {
    let commas = format!("alpha = [{}]", "1,".repeat(MAX_COMMAS + 1));
    assert!(problem(&commas).to_string().contains("commas: give at most"));
    for text in ["a=1\n", "[a]\n"] {
        assert!(problem(&text.repeat(MAX_SIGNS + 1)).to_string().contains("brackets: give at most"));
    }
    for text in ["[", "a.", "a={", "[a."] {
        assert!(problem(&text.repeat(90_000)).key.contains("line 1"));
    }
}

#[test]
fn windows_devices_are_reserved_and_their_likes_are_not() {
    for (name, reserved) in [
        ("COM1", true),
        ("lpt9.a", true),
        ("Nul", true),
        ("com", false),
        ("com10", false),
        ("console", false),
    ] {
        assert_eq!(is_reserved(name), reserved, "{name}");
    }
}

#[test]
fn starts_of_a_file_are_runs_in_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        "name,w1,w2,w3,w4,w5,w6,b1,b2,b3\na,0,0,0,0,0,0,0,0,0\nb,1,0,0,0,0,0,0,0,0\n,2,0,0,0,0,0,0,0,0\n";
    std::fs::write(folder.path().join("points.csv"), text).unwrap();
    let typed = spec("starts = 'points.csv'\nalpha = [0.1, 0.2]");
    let sweep = typed.resolve(folder.path()).unwrap();
    let seen: Vec<_> = (0..sweep.runs())
        .map(|number| sweep.run(number))
        .map(|run| {
            (run.group, run.alpha, run.seed.unwrap(), sweep.start_name(&run).unwrap(), sweep.start(&run)[0])
        })
        .collect();
    let expected = [
        (0, 0.1, 0, "a", 0.0),
        (0, 0.1, 1, "b", 1.0),
        (0, 0.1, 2, "", 2.0),
        (1, 0.2, 0, "a", 0.0),
        (1, 0.2, 1, "b", 1.0),
        (1, 0.2, 2, "", 2.0),
    ];
    assert_eq!(seen, expected);
    assert_eq!((sweep.groups(), sweep.init_name(0)), (2, "points.csv"));
    assert_eq!(sweep.start_in_words(&sweep.run(1)), "points.csv, row 1 (b)");
    assert_eq!(sweep.start_in_words(&sweep.run(2)), "points.csv, row 2");
    std::fs::write(folder.path().join("network.csv"), "1,3,2,4,7,8,5,6,9\n").unwrap();
    let ordered = spec("starts = 'network.csv'\nstarts_layout = 'pytorch'").resolve(folder.path()).unwrap();
    assert_eq!(ordered.start(&ordered.run(0))[..], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
    assert_eq!(self::sweep(&ordered.to_toml()), ordered);
    assert_eq!(self::sweep(&sweep.to_toml()), sweep);
    assert_eq!(typed.anchored(folder.path()).unwrap().resolve(Path::new("elsewhere")).unwrap(), sweep);
}

/// The oracle of run numbers: plain nested loops, set-up, init, momentum, alpha, seed.
fn check_against_nested_loops(sweep: &Sweep) {
    let Origins::Inits { inits, seeds } = sweep.axes.origins() else { panic!("inits") };
    let (mut number, mut group) = (0, 0);
    let set_ups = sweep.set_ups.iter().enumerate();
    for ((set_up_index, set_up), (init_index, init)) in
        set_ups.flat_map(|set_up| inits.iter().enumerate().map(move |init| (set_up, init)))
    {
        for &momentum in sweep.axes.momenta() {
            for &alpha in sweep.axes.alphas() {
                let first = number;
                let every: Vec<Option<u64>> = if init.draws() || set_up.update.draws() {
                    (0..seeds.len()).map(|index| Some(seeds.get(index))).collect()
                } else {
                    vec![None]
                };
                for seed in every {
                    let point = None;
                    assert_eq!(
                        sweep.run(number),
                        Run { number, group, set_up_index, init_index, alpha, momentum, seed, point }
                    );
                    assert_eq!(
                        sweep.start(&sweep.run(number)),
                        init.start(seed.unwrap_or(3), set_up.shape())
                    );
                    assert_eq!(sweep.set_up(&sweep.run(number)), set_up);
                    let (same, end) = sweep.set_up_from(number);
                    assert_eq!(same, set_up);
                    assert!(end > number && sweep.run(end - 1).set_up_index == set_up_index);
                    assert!(end == sweep.runs() || sweep.run(end).set_up_index == set_up_index + 1);
                    number += 1;
                }
                let (init_name, runs) = (init.to_string(), number - first);
                let expected = GroupKey { set_up_index, init_index, init_name, momentum, alpha, runs };
                assert_eq!(sweep.group(group), expected);
                group += 1;
            }
        }
    }
    assert_eq!((sweep.runs(), sweep.groups()), (number, group));
}

#[test]
fn set_ups_are_the_product_of_their_keys_and_each_value_counts_once() {
    let text = "task = ['xor', 'parity-3', ' xor']\nhidden_units = [1, 2, 1]\nhidden = ['tanh', 'sigmoid']\n\
                update = ['batch', 'shuffled']\noptimizer = ['adam', 'gradient-descent']\nfrozen = ['w1']\n\
                init = ['constant(0.1)', 'normal(1)']\nseeds = '0..3'\nalpha = [0.1, 0.2]\nsteps = 9";
    let sweep = self::sweep(text);
    let all: Vec<_> = sweep
        .set_ups
        .iter()
        .map(|one| (one.task.name(), one.hidden_units.0, one.hidden, one.update, one.optimizer))
        .collect();
    let (task, units) = (["xor", "parity-3"], [1, 2]);
    let hidden = [Hidden::Tanh, Hidden::Sigmoid];
    let mut expected = Vec::new();
    for (task, units) in task.into_iter().flat_map(|task| units.map(|units| (task, units))) {
        for hidden in hidden {
            for update in [Update::Batch, Update::Shuffled] {
                for optimizer in [Optimizer::Adam, Optimizer::GradientDescent] {
                    expected.push((task, units, hidden, update, optimizer));
                }
            }
        }
    }
    assert_eq!(all, expected);
    check_against_nested_loops(&sweep);
    assert_eq!(self::sweep(&sweep.to_toml()), sweep);
    let mut flags = Spec::default();
    for (key, value) in
        [("hidden", "relu,tanh"), ("hidden_units", "3"), ("hidden_units", "4,3"), ("task", "0110,and")]
    {
        flags.set(key, &[value]).unwrap();
    }
    let of_flags = flags.resolve("".as_ref()).unwrap();
    assert_eq!(of_flags.set_ups.len(), 8);
    assert_eq!(self::sweep(&of_flags.to_toml()), of_flags);
}

#[test]
fn a_set_up_that_is_refused_is_named() {
    for (text, told) in [
        (
            "hidden = ['relu', 'tanh']\noutput = ['sigmoid', 'linear']\nloss = ['mse', 'cross-entropy']",
            "loss = cross-entropy: it needs output = sigmoid, not linear (in the combination hidden = relu, output = \
             linear, loss = cross-entropy)",
        ),
        (
            "update = ['batch', 'shuffled']\noptimizer = ['adam', 'rprop']",
            "optimizer = rprop: it compares gradients of all samples: give update = batch, not shuffled (in the \
             combination update = shuffled, optimizer = rprop)",
        ),
        (
            "momentum = [0, 0.9]\noptimizer = ['gradient-descent', 'adam']",
            "optimizer = adam: it has no momentum: give momentum = 0, or gradient-descent, nesterov or rmsprop (in the \
             combination optimizer = adam)",
        ),
        (
            "momentum = 0.9\noptimizer = ['adam']",
            "optimizer = adam: it has no momentum: give momentum = 0, or gradient-descent, nesterov or rmsprop",
        ),
        (
            "hidden_units = [2, 1]\nfrozen = ['w5']",
            "frozen = w5: give names of parameters: w1, w2, w3, b1, b2 (in the combination hidden_units = 1)",
        ),
        (
            "hidden_units = [2, 1]\ninit = 'point(1,2,3,4,5,6,7,8,9)'",
            "init = point(1,2,3,4,5,6,7,8,9): its point has 9 numbers, the network 5: give w1,w2,w3,b1,b2 (in the \
             combination hidden_units = 1)",
        ),
        (
            "task = ['xor', 'and']\nhidden_units = [1, 2]\nstarts = 'starts.csv'",
            "starts = starts.csv: a file holds starts of one shape of network, and there are 2: give one value for \
             task and hidden_units, or init",
        ),
        (
            "hidden = ['relu', 'tanh']\nplane_x = 'w1'\nplane_x_range = '0:1:2'\nplane_y = 'w2'\nplane_y_range = '0:1:2'",
            "plane_x = w1: a plane is of one set-up: give one value for hidden",
        ),
        ("hidden_units = [2, 17]", "hidden_units = 17: give a whole number from 1 to 16"),
        ("output = ['linear', 'softmax']", "output = softmax: give one of linear, sigmoid, tanh"),
        (
            "task = ['xor', 'none']",
            "task = none: give one of xor, and, or, nand, nor, xnor, parity-3, parity-4, parity-5, parity-6, a truth \
             table of 2 to 64 digits 0 and 1, or a CSV file",
        ),
        ("bias = [true, false]", "bias = [true, false]: give one value, not a list"),
    ] {
        let problem = Spec::from_toml(text).and_then(|spec| spec.resolve("".as_ref())).unwrap_err();
        let told_all = problem.to_string();
        assert!(told_all.starts_with(told), "{told_all}");
    }
}

#[test]
fn too_many_set_ups_are_refused_before_they_are_made() {
    let tasks: Vec<String> = (0..256_u32).map(|bits| format!("'{bits:08b}'")).collect();
    let text = format!(
        "task = [{}]\nhidden_units = [1, 2, 3, 4, 5]\nhidden = ['tanh', 'relu', 'sigmoid', 'leaky-relu']\n\
         loss = ['mse', 'sse']",
        tasks.join(",")
    );
    let problem = Spec::from_toml(&text).unwrap().resolve("".as_ref()).unwrap_err();
    assert_eq!(
        problem.to_string(),
        "set-ups = 10240: a sweep may have at most 10000; give fewer values of task, hidden_units, hidden, loss"
    );
}

fn any_text() -> impl Strategy<Value = String> {
    let init = prop::sample::select(vec![
        "constant(0.1)",
        "normal(1e-9)",
        "glorot + constant(2)",
        "uniform(-1,0.5)",
    ]);
    (
        prop::collection::vec(1e-300..1e300, 1..4),
        prop::collection::vec(0.0..2.0, 1..3),
        prop::collection::vec(init, 1..5),
        prop::collection::vec((any::<u64>(), 1_u64..9), 1..4),
        (0_u64..=MAX_STEPS, 0.0..1.0, 1..=MAX_RUNS, 1e-9..f64::MAX),
        prop::sample::select(vec!["a", "5", "1e5", "007", "0x1F", "true", "nan", "2.0"]),
        prop::sample::select(vec!["sigmoid", "tanh"]),
    )
        .prop_map(|(alphas, momenta, inits, seeds, (steps, tolerance, hold, blow_up), name, hidden)| {
            let item = |(start, count): &(u64, u64)| format!("{start}..{}", u128::from(*start) + u128::from(*count));
            let seeds: Vec<String> = seeds.iter().map(item).collect();
            format!(
                "name = '{name}'\nalpha = {alphas:?}\nmomentum = {momenta:?}\ninit = {inits:?}\nseeds = {seeds:?}\n\
                 steps = {steps}\ntolerance = {tolerance:?}\nhold = {hold}\nblow_up = {blow_up:?}\nhidden = '{hidden}'"
            )
        })
}

proptest! {
    #[test]
    fn a_resolved_sweep_reads_back_and_counts_as_nested_loops_do(text in any_text()) {
        // Only a range that runs past the greatest seed is no sweep.
        let Ok(sweep) = spec(&text).resolve(Path::new("")) else { return Ok(()) };
        check_against_nested_loops(&sweep);
        prop_assert_eq!(self::sweep(&sweep.to_toml()), sweep);
    }

    #[test]
    fn no_text_makes_a_spec_panic(
        text in "\\PC*",
        place in 0..KEYS.len(),
        value in "\\PC{0,12}|[-0-9.:,e]{0,12}|[-0-9.,\"\\[\\]]{0,12}",
    ) {
        let _ = Spec::from_toml(&text);
        let _ = Spec::from_toml(&format!("{} = {value}", KEYS[place].name));
        let mut flags = Spec::default();
        let _ = flags.set(KEYS[place].name, &[&value]);
        let _ = flags.set(&text, &[&value]);
        let _ = flags.resolve(Path::new("/no/such/folder"));
        prop_assert_eq!(Spec::from_toml(&flags.to_toml()).unwrap(), flags);
    }
}

#[test]
fn a_plane_goes_through_x_for_each_y() {
    let sweep = sweep(
        "[plane]\norigin = [0, 1, 2, 3, 4, 5, 6, 7, 8]\nx = 'w2'\nx_range = '-1:1:3'\n\
         y = [1, 0, 0, 0, 0, 0, 0, 0, 2]\ny_range = [0.5, 0]",
    );
    let seen: Vec<_> = (0..sweep.runs())
        .map(|number| sweep.run(number))
        .map(|run| (run.point.unwrap(), sweep.start(&run)))
        .map(|([x, y], start)| (x, y, start[0], start[1], start[2], start[8]))
        .collect();
    let expected = [
        (-1.0, 0.5, 0.5, -1.0, 2.0, 9.0),
        (0.0, 0.5, 0.5, 0.0, 2.0, 9.0),
        (1.0, 0.5, 0.5, 1.0, 2.0, 9.0),
        (-1.0, 0.0, 0.0, -1.0, 2.0, 8.0),
        (0.0, 0.0, 0.0, 0.0, 2.0, 8.0),
        (1.0, 0.0, 0.0, 1.0, 2.0, 8.0),
    ];
    assert_eq!(seen, expected);
    assert_eq!((sweep.groups(), sweep.group(0).runs), (1, 6));
    assert_eq!(self::sweep(&sweep.to_toml()), sweep);
}

#[test]
fn names_for_pictures_are_kept_and_change_no_run() {
    let plain = "init = 'normal(1)'\nseeds = 3\n[plane]\nx = 'w2'\nx_range = '-1:1:3'\ny = 'alpha'\ny_range = [0.5, 1]\n";
    let named = "title = 'Basins, \"α\" = 1'\n".to_owned()
        + plain
        + "x_name = 'size of the start'\ny_name = '1'\norigin_name = 'point A'\n";
    let [plain, named] = [plain, &named].map(sweep);
    let plane = named.plane.as_ref().unwrap();
    let names = [&plane.x.name, &plane.y.name, &plane.origin_name].map(|name| name.as_deref().unwrap());
    assert_eq!(names, ["size of the start", "1", "point A"]);
    assert_eq!((named.title(), plain.title()), ("Basins, \"α\" = 1", "sweep"));
    assert_eq!(self::sweep(&named.to_toml()), named);
    for number in 0..plain.runs() {
        let (run, same) = (plain.run(number), named.run(number));
        assert_eq!((plain.start(&run), run), (named.start(&same), same));
    }
    let without = |sweep: &Sweep| {
        let given = sweep.to_spec();
        let keys = given.given().map(|(key, _)| key.to_owned());
        keys.filter(|key| *key != "title" && !key.ends_with("_name")).collect::<Vec<_>>()
    };
    assert_eq!(without(&plain), without(&named));
}

#[test]
fn a_name_that_no_picture_can_show_is_refused() {
    let plane = "plane_x = 'w1'\nplane_x_range = [0, 1]\nplane_y = 'w2'\nplane_y_range = [0, 1]\n";
    let long = "x".repeat(101);
    for (text, key) in [
        ("title = ''", "title"),
        ("title = ' '", "title"),
        ("title = \"two\\nlines\"", "title"),
        (&format!("title = '{long}'"), "title"),
        ("title = ['a', 'b']", "title"),
        (&format!("{plane}plane_x_name = ''"), "plane_x_name"),
        (&format!("{plane}plane_y_name = \"\\u0007\""), "plane_y_name"),
        (&format!("{plane}plane_origin_name = ''"), "plane_origin_name"),
        (&format!("{plane}plane_origin_name = 'a'\ninit = ['normal(1)', 'normal(2)']"), "plane_origin_name"),
        ("plane_x_name = 'size'", "plane_x"),
    ] {
        let problem = Spec::from_toml(text).and_then(|spec| spec.resolve(Path::new(""))).unwrap_err();
        assert_eq!(problem.key, key, "{text}: {problem}");
        assert!(!problem.to_string().contains(char::is_control), "{problem}");
    }
}

#[test]
fn a_side_of_learning_rates_makes_a_group_for_each() {
    for (text, alphas) in [
        ("x = 'alpha'\nx_range = [0.1, 0.2]\ny = 'b3'\ny_range = '0:1:3'", [0.1, 0.2, 0.1, 0.2, 0.1, 0.2]),
        ("x = 'b3'\nx_range = '0:1:3'\ny = 'alpha'\ny_range = [0.1, 0.2]", [0.1, 0.1, 0.1, 0.2, 0.2, 0.2]),
    ] {
        let sweep = sweep(&format!("[plane]\norigin = 'normal(1)'\nseed = 4\n{text}"));
        let runs: Vec<Run> = (0..sweep.runs()).map(|number| sweep.run(number)).collect();
        assert_eq!(runs.iter().map(|run| run.alpha).collect::<Vec<_>>(), alphas);
        for run in runs {
            assert_eq!((sweep.group(run.group).alpha, sweep.group(run.group).runs), (run.alpha, 3));
            assert_eq!(run.seed, Some(4));
        }
        assert_eq!(self::sweep(&sweep.to_toml()), sweep);
    }
}

#[test]
fn sides_of_learning_rates_and_momenta_make_a_group_for_each_pair() {
    for (sides, is_x) in [(["alpha", "momentum"], true), (["momentum", "alpha"], false)] {
        let sweep = sweep(&format!(
            "init = ['normal(1)', 'constant(1)']\nseeds = '0..2'\n[plane]\nx = '{}'\nx_range = [0.1, 0.2, 0.3]\n\
             y = '{}'\ny_range = [0.5, 0.9]",
            sides[0], sides[1]
        ));
        assert_eq!((sweep.runs(), sweep.groups()), (18, 12));
        let mut begun = Vec::new();
        for run in (0..sweep.runs()).map(|number| sweep.run(number)) {
            let [x, y] = run.point.unwrap();
            let (alpha, momentum) = if is_x { (x, y) } else { (y, x) };
            assert_eq!((run.alpha, run.momentum), (alpha, momentum));
            let group = sweep.group(run.group);
            assert_eq!((group.alpha, group.momentum, group.init_index), (alpha, momentum, run.init_index));
            assert_eq!(group.runs, if run.init_index == 0 { 2 } else { 1 });
            if !begun.contains(&run.group) {
                begun.push(run.group);
            }
        }
        assert_eq!(begun, (0..12).collect::<Vec<_>>(), "groups begin in order");
        assert!(sweep.has_momentum());
        assert_eq!(self::sweep(&sweep.to_toml()), sweep);
    }
}

#[test]
fn a_plane_that_cannot_be_is_refused() {
    let range = "plane_x_range = '0:1:2'\nplane_y_range = '0:1:2'\n";
    for (text, key) in [
        ("plane_x = 'w1'", "plane_y"),
        ("plane_x = 'w1'\nplane_y = 'w1'", "plane_y"),
        ("plane_x = 'w7'\nplane_y = 'w1'", "plane_x"),
        ("plane_x = 'momentum'\nplane_y = 'w1'\noptimizer = 'adam'", "plane_x"),
        ("plane_x = 'w1'\nplane_y = 'momentum'\noptimizer = 'rprop'", "plane_y"),
        ("plane_x = [1, 2]\nplane_y = 'w1'", "plane_x"),
        ("plane_x = [0, 0, 0, 0, 0, 0, 0, 0, 0]\nplane_y = 'w1'", "plane_x"),
        ("plane_x = 'alpha'\nplane_y = 'w1'", "plane_x_range"),
        ("plane_x = 'momentum'\nplane_y = 'w1'\nmomentum = [0, 0.5]", "momentum"),
        ("plane_x = 'w2'\nplane_y = 'w1'\nplane_z = 1", "plane_z"),
        (
            "plane_x = 'b1'\nplane_y = [1e308, 0, 0, 0, 0, 0, 0, 0, 0]\ninit = 'constant(1e308)'",
            "plane_x_range",
        ),
    ] {
        let spec = Spec::from_toml(&format!("{range}{text}"));
        let problem = spec.and_then(|spec| spec.resolve(Path::new(""))).unwrap_err();
        assert_eq!(problem.key, key, "{text}: {problem}");
    }
}

/// Found by `no_text_makes_a_spec_panic`.
#[test]
fn a_negative_zero_is_written_so_that_it_stays_one() {
    let mut spec = Spec::default();
    spec.set("alpha", &["-0"]).unwrap();
    assert_eq!(Spec::from_toml(&spec.to_toml()).unwrap(), spec);
}
