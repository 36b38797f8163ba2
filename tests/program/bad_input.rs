//! What nobody meant to give the program: requests that it refuses, and what comes to readers and parsers at random.

use std::fs;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::Config;
use tempfile::TempDir;
use xorsweep::results::Format;
use xorsweep::results::convergence::{DEFAULT_SHAPE, append_header, append_row, columns};
use xorsweep::sweep::spec::KEYS;
use xorsweep::{Options, run_all};

use crate::files::contents;
use crate::hostile;
use crate::program::{folder, run, succeed};
use crate::small::SMALL;
use crate::sweep::sweep;

/// A folder with an earlier result and with files that no request should be made of.
pub fn folder_with_bad_files() -> TempDir {
    let folder = folder();
    succeed(folder.path(), &SMALL);
    let header = "w1,w2,w3,w4,w5,w6,b1,b2,b3";
    let good = "1,2,3,4,5,6,7,8,9";
    for (name, text) in [
        ("unknown-key.toml", "alhpa = 0.3".to_owned()),
        ("not.toml", "alpha = = 3".to_owned()),
        ("list.toml", "steps = [1, 2]".to_owned()),
        ("nan.toml", "alpha = [0.3, nan]".to_owned()),
        (
            "plane.toml",
            "[plane]\nx = 'w1'\nx_range = '-2:2:5'\ny = 'w2'\ny_range = '-2:2:5'\nseed = 1".to_owned(),
        ),
        ("missing-column.csv", format!("{}\n{good}\n", header.replace("b2", "b4"))),
        ("word.csv", format!("{header}\n{good}\n1,2,3,four,5,6,7,8,9\n")),
        ("empty-row.csv", format!("{header}\n{good}\n\n{good}\n")),
        ("empty-cells.csv", format!("{header}\n,,,,,,,,\n")),
        ("only-header.csv", format!("{header}\n")),
        ("empty.csv", String::new()),
        ("learning-rate.toml", "learning_rate = 0.3".to_owned()),
        ("solver.toml", "solver = 'adam'".to_owned()),
        ("bell.csv", format!("name,{header}\n\"a\u{7}b\",1,2,3,4,5,6,7,8,9\n")),
        ("infinite.csv", format!("{header}\n1,2,3,4,inf,6,7,8,9\n")),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    fs::write(folder.path().join("latin.csv"), b"w1\n\xff\n").unwrap();
    folder
}

/// Requests that are refused, and what the message must name.
const REFUSED: &[(&[&str], &str)] = &[
    (&["unknown-key.toml"], "alhpa"),
    (&["not.toml"], "not.toml"),
    (&["list.toml"], "steps"),
    (&["nan.toml"], "alpha"),
    (&["results"], "results"),
    (&["unknown-key.toml", "--alpha", "0.3"], "alhpa"),
    (&["not.toml", "nan.toml"], "nan.toml"),
    (&["--alhpa", "0.3"], "--alhpa"),
    (&["--alpha", "nan"], "alpha = nan"),
    (&["--alpha", "0"], "alpha = 0"),
    (&["--alpha", "-1"], "alpha = -1"),
    (&["--alpha", "inf"], "alpha = inf"),
    (&["--alpha", "word"], "alpha = word"),
    (&["--alpha", ""], "alpha"),
    (&["--alpha", "0.3,,0.5"], "alpha"),
    (&["--alpha", "0.1:1:0"], "alpha = 0.1:1:0"),
    (&["--alpha", "1:0.1:5"], "alpha = 1:0.1:5"),
    (&["--alpha", "0.1:1:99999999999"], "alpha = 0.1:1:99999999999"),
    (&["--momentum", "-0.1"], "momentum = -0.1"),
    (&["--momentum", "inf"], "momentum = inf"),
    (&["--seeds", "18446744073709551616"], "seeds = 18446744073709551616"),
    (&["--seeds", "0..18446744073709551617"], "seeds = 0..18446744073709551617"),
    (&["--seeds", "0..18446744073709551615"], "seeds = 0..18446744073709551615"),
    (&["--seeds", "5..2"], "seeds = 5..2"),
    (&["--seeds", "3..3"], "seeds = 3..3"),
    (&["--seeds", "-1"], "seeds = -1"),
    (&["--seeds", "x"], "seeds = x"),
    (&["--seeds", "0..9007199254740992", "--alpha", "0.1,0.2"], "runs"),
    (&["--starts", "missing-column.csv"], "b2"),
    (&["--starts", "word.csv"], "four"),
    (&["--starts", "empty-row.csv"], "line 3"),
    (&["--starts", "empty-cells.csv"], "line 2"),
    (&["--starts", "only-header.csv"], "only-header.csv"),
    (&["--starts", "empty.csv"], "empty.csv"),
    (&["--starts", "infinite.csv"], "w5"),
    (&["--starts", "latin.csv"], "latin.csv"),
    (&["--starts", "missing.csv"], "missing.csv"),
    (&["--starts", "results"], "results"),
    (&["--starts", "word.csv", "--init", "glorot"], "init"),
    (&["--starts-layout", "keras"], "starts_layout = keras: "),
    (&["--starts", "word.csv", "--starts-layout", "torch"], "starts_layout = torch: "),
    (&["--init", "gaussian(1)"], "gaussian"),
    (&["--init", "uniform(1,0)"], "uniform(1,0)"),
    (&["--init", "normal(0)"], "normal(0)"),
    (&["--init", "normal(1"], "normal(1"),
    (&["--init", "normal(1)+"], "normal(1)+"),
    (&["--init", "constant(inf)"], "constant(inf)"),
    (&["--init", "constant(1e308)+constant(1e308)"], "constant(1e308)"),
    (&["--isa", "avx1024"], "isa = avx1024"),
    (&["--threads", "0"], "threads = 0"),
    (&["--threads", "many"], "threads = many"),
    (&["--threads", "1000000"], "threads = 1000000"),
    (&["--steps", "-1"], "steps = -1"),
    (&["--steps", "1.5"], "steps = 1.5"),
    (&["--steps", "1e99"], "steps = 1e99"),
    (&["--steps", "5", "--steps", "6"], "steps"),
    (&["--hold", "0"], "hold = 0"),
    (&["--blow-up", "0"], "blow_up = 0"),
    (&["--blow-up", "nan"], "blow_up = nan"),
    (&["--tolerance", "-1"], "tolerance = -1"),
    (&["--tolerance", "inf"], "tolerance = inf"),
    (&["--hidden", "step"], "hidden = step"),
    (&["--output", "step"], "output = step"),
    (&["--coding", "gray"], "coding = gray"),
    (&["--coding", "plus-minus", "--output", "sigmoid"], "output = sigmoid"),
    (&["--name", "a/b"], "name = a/b"),
    (&["--name", ".."], "name = .."),
    (&["--name", ""], "name"),
    (&["--delimiter", "x"], "delimiter = x"),
    (&["--decimal-comma"], "decimal_comma"),
    (&["--decimal-comma", "--delimiter", ","], "decimal_comma"),
    (&["--rows-per-file", "0"], "rows-per-file = 0"),
    (&["--rows-per-file", "1", "--seeds", "0..1000000"], "rows-per-file = 1: "),
    (&["--shard", "9/8"], "shard = 9/8: "),
    (&["--shard", "-1/8"], "shard = -1/8: "),
    (&["--checkpoint", "-1"], "checkpoint = -1: "),
    (&["--checkpoint", "nan"], "checkpoint = nan: "),
    (&["--checkpoint", "1e300"], "checkpoint = 1e300: "),
    (&["--columns", "run,outcom"], "columns = outcom: "),
    (&["--columns", "sharpness"], "columns = sharpness: "),
    (&["--columns", ""], "columns"),
    (&["--format", "xls"], "format = xls: "),
    (&["--resume", "--force"], "--force"),
    (&["merge", "nowhere"], "merge = nowhere: "),
    (&["--rows-per-file", "-5"], "-5"),
    (&["--out", "empty.csv"], "empty.csv"),
    (&["--out", "empty.csv/below"], "empty.csv/below"),
    (&["--out", "empty.csv/below/and/below"], "empty.csv/below"),
    (&["trace", "--seed", "3", "--run", "1"], "run = 1"),
    (&["trace", "--seed", "x"], "seeds = x"),
    (&["trace", "--out", "empty.csv/trace.csv"], "empty.csv"),
    (&["trace", "--out", ".."], ".."),
    (&["trace", "--threads", "1"], "--threads"),
    (&["trace", "--chart", "error.gif"], "chart = error.gif"),
    (&["trace", "--chart", "empty.csv/error.svg"], "empty.csv"),
    (&["trace", "--seed", "0..11", "--chart", "error.svg"], "11 runs"),
    (&["map"], "plane"),
    (&["map", "--color", "hue"], "hue"),
    (&["map", "missing"], "missing"),
    (&["map", "results/sweep"], "plane"),
    (&["map", "plane.toml", "--out", "empty.csv"], "empty.csv"),
    (&["map", "plane.toml", "--zoom", "1,2"], "zoom = 1,2"),
    (&["map", "plane.toml", "--zoom", "1,2,0"], "zoom = 1,2,0"),
    (&["map", "plane.toml", "--zoom", "1,2,1e30"], "closer than doubles"),
    (&["map", "plane.toml", "--seeds", "0..65"], "maps"),
    (&["map", "plane.toml", "--plane-x-range", "0:1:16385"], "16385 values"),
    (&["chart", "missing"], "missing"),
    (&["chart", "results"], "results"),
    (&["chart", "results/sweep", "--out", "empty.csv"], "empty.csv"),
];

/// Requests of which the message says what would do.
pub const MEANT: &[(&[&str], &str)] = &[
    // Words of other programs.
    (&["--lr", "0.1"], "--lr: there is no such flag; here it is called `--alpha`"),
    (&["--learning-rate=0.1"], "--learning-rate: there is no such flag; here it is called `--alpha`"),
    (&["--learning_rate", "0.1"], "here it is called `--alpha`"),
    (&["--epochs", "5"], "here it is called `--steps`"),
    (&["trace", "--seeds", "5"], "did you mean `--seed`?"),
    (&["trace", "--random-state", "5"], "here it is called `--seed`"),
    (&["--solver", "adam"], "here it is called `--optimizer`"),
    (&["--neurons", "3"], "here it is called `--hidden-units`"),
    (&["--adam"], "it is a value of `optimizer`"),
    (&["--optimizer", "sgd"], "here it is called `gradient-descent`"),
    (&["--loss", "bce"], "here it is called `cross-entropy`"),
    (&["--weights", "w.csv"], "here it is called `--starts`"),
    (&["--jobs", "2"], "here it is called `--threads`"),
    (&["--sep", ";"], "here it is called `--delimiter`"),
    (&["--output-dir", "x"], "here it is called `--out`"),
    (&["--alhpa", "0.3"], "did you mean `--alpha`?"),
    (&["--every", "3"], "--every: there is no such flag; it is one of trace"),
    (&["--qqqqq"], "--qqqqq: there is no such flag; see --help"),
    (&["-n", "3"], "all are long"),
    (&["--threads", "-1"], "-1: no number below 0"),
    // Subcommands.
    (&["swep"], "spec = swep: there is no such file or subcommand; did you mean `sweep`?"),
    (&["plot"], "here it is called `chart`"),
    (&["train", "--alpha", "0.3"], "here it is called `sweep`"),
    (&["version"], "here it is called `--version`"),
    (&["help", "swep"], "swep: there is no such subcommand; did you mean `sweep`?"),
    (&["alpha=0.3"], "keys are flags: write --alpha 0.3"),
    (&["missing.toml"], "spec = missing.toml: the file cannot be read"),
    // What is missing, too much, or no value.
    (&["report"], "DIR: it is missing; give it: A folder of results"),
    (&["chart"], "DIR: it is missing"),
    (&["completions"], "SHELL: it is missing; give it: Which shell"),
    (&["map", "--frames", "3"], "--zoom: it is missing"),
    (&["--resume", "--force"], "it does not go with"),
    (&["--resume", "--resume"], "--resume: give it once"),
    (&["one.toml", "two.toml"], "two.toml: nothing more is expected here"),
    (&["--alpha", "0.3", "trace"], "trace: a subcommand comes first, before flags and files"),
    (&["--alpha"], "--alpha: give a value: Learning rates"),
    (&["map", "--color", "outcom"], "--color = outcom: did you mean `outcome`?"),
    (&["map", "--color", "qqq"], "--color = qqq: give both, "),
    (&["completions", "tcl"], "SHELL = tcl: give bash, elvish, fish, powershell, zsh"),
    (&["trace", "--every", "0"], "--every = 0: give a whole number from 1"),
    (&["trace", "--run", "x"], "--run = x: give a whole number from 0"),
    (
        &["map", "plane.toml", "--zoom", "1,2,8", "--frames", "1"],
        "--frames = 1: give a whole number from 2 to 9999",
    ),
    // Numbers and ranges.
    (&["--alpha", "0..1"], "alpha = 0..1: a range of numbers is from:to:count, such as 0:1:11"),
    (&["--alpha", "0,3"], "alpha = 0: give finite numbers above 0; decimals have a point: 0.3"),
    (&["--alpha", "0.1:1"], "say how many values there are: from:to:count, such as 0.1:1:11"),
    (&["--alpha", "0.1:1.2:0.1"], "how many values there are, not a step"),
    (&["--alpha", "many"], "as from:to:count or log:from:to:count"),
    (&["--tolerance", "0,001"], "decimals have a point: 0.001"),
    (&["--steps", "10,000"], "digits stand together: 10000"),
    (&["--seeds", "0:100"], "write 0..100"),
    (&["--seeds", "0-99"], "write 0..100"),
    // Inits and words.
    (
        &["--init", "normal(0,1)"],
        "init = normal(0,1): normal takes the standard deviation alone, its mean is 0: write normal(1)",
    ),
    (&["--init", "zeros"], "here it is called `constant(0)`"),
    (&["--init", "xavier"], "here it is called `glorot`"),
    (&["--init", "kaiming_normal"], "here it is called `he`"),
    (&["--init", "randn"], "here it is called `normal(1)`"),
    (&["--hidden", "logistic"], "here it is called `sigmoid`"),
    (&["--output", "identity"], "here it is called `linear`"),
    (&["--coding", "bipolar"], "here it is called `plus-minus`"),
    (&["--spectrum", "yes"], "here it is `true`"),
    // Files.
    (&["learning-rate.toml"], "learning_rate: there is no such key; here it is called `alpha`"),
    (&["solver.toml"], "solver: there is no such key; here it is called `optimizer`"),
    (&["--starts", "bell.csv"], "it has a line break or another control character; leave that out"),
];

#[test]
fn a_wrong_request_is_refused_in_one_line_that_says_what_would_do_before_anything_is_written() {
    let folder = folder_with_bad_files();
    let before = contents(folder.path());
    for (arguments, named) in REFUSED.iter().chain(MEANT) {
        let ran = run(folder.path(), arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert_eq!(ran.out, "", "{arguments:?}: {ran:?}");
        assert!(ran.err.starts_with("xorsweep: ") && ran.err.ends_with('\n'), "{arguments:?}: {ran:?}");
        assert_eq!(ran.err.lines().count(), 1, "{arguments:?}: {ran:?}");
        assert!(ran.err.contains(named), "{arguments:?}: {ran:?}");
        assert!(contents(folder.path()) == before, "{arguments:?} left something behind");
    }
}

/// Numbers at which something ends: types, limits, decimals.
const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "1",
    "-1",
    "0.3",
    "00.30",
    "1e-7",
    "1e308",
    "1e309",
    "5e-324",
    "1e-400",
    "nan",
    "inf",
    "-inf",
    "+1",
    "1_000",
    "9007199254740992",
    "9007199254740993",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "340282366920938463463374607431768211456",
    "0.1e1",
    "1E5",
    "1e",
    ".5",
    "5.",
    "",
    " 2 ",
    "0x10",
    "1,5",
    "１",
];

fn number() -> BoxedStrategy<String> {
    prop_oneof![
        6 => select(NUMBERS).prop_map(str::to_owned),
        3 => (-40i32..40).prop_map(|tenths| format!("{}", f64::from(tenths) / 10.0)),
        1 => any::<f64>().prop_map(|value| value.to_string()),
        1 => "[-+0-9.eE]{0,8}",
    ]
    .boxed()
}

/// A number, a range, an init, a word or nonsense.
fn value() -> BoxedStrategy<String> {
    let count =
        prop_oneof![Just("2"), Just("3"), Just("12"), Just("999"), Just("1000000000000000000"), Just("0")];
    let term = (
        select(vec!["constant", "uniform", "normal", "glorot", "pytorch", "point", "konstant"]),
        vec(number(), 0..3),
    )
        .prop_map(|(name, numbers)| {
            if numbers.is_empty() { name.to_owned() } else { format!("{name}({})", numbers.join(",")) }
        });
    prop_oneof![
        4 => number(),
        2 => (number(), number(), count.clone()).prop_map(|(from, to, count)| format!("{from}:{to}:{count}")),
        1 => (number(), number(), count).prop_map(|(from, to, count)| format!("log:{from}:{to}:{count}")),
        2 => (number(), number()).prop_map(|(from, to)| format!("{from}..{to}")),
        3 => vec(term, 1..3).prop_map(|terms| terms.join("+")),
        2 => select(vec!["sigmoid", "tanh", "linear", "zero-one", "plus-minus", "true", "false", "w1", "b3", "alpha"])
            .prop_map(str::to_owned),
        1 => select(vec!["..", "a/b", "/tmp", "con", "nul.x", "a\0b", "a\nb", "\u{1b}[2J", "\u{feff}", "=1", "first"])
            .prop_map(str::to_owned),
        1 => any::<String>(),
    ]
    .boxed()
}

fn key() -> BoxedStrategy<String> {
    let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    prop_oneof![30 => select(names).prop_map(str::to_owned), 1 => any::<String>(), 1 => Just("plane".to_owned())].boxed()
}

/// The text of a value in a spec file, most often one that TOML knows.
fn literal() -> BoxedStrategy<String> {
    let quoted = value().prop_map(|text| format!("{text:?}"));
    let scalar = prop_oneof![3 => quoted.clone(), 2 => number(), 1 => value()];
    prop_oneof![3 => scalar.clone(), 2 => vec(scalar, 0..4).prop_map(|all| format!("[{}]", all.join(", ")))]
        .boxed()
}

fn spec_text() -> BoxedStrategy<String> {
    (vec((key(), literal()), 0..6), select(vec!["\n", "\r\n", "\n\n", ";"]), any::<bool>())
        .prop_map(|(lines, end, mark)| {
            let lines: Vec<String> =
                lines.into_iter().map(|(key, value)| format!("{key} = {value}")).collect();
            format!("{}{}", if mark { "\u{feff}" } else { "" }, lines.join(end))
        })
        .boxed()
}

/// Nothing is kept of a failure: it becomes a test of its own. PROPTEST_CASES says how many inputs are tried.
fn config() -> Config {
    Config { failure_persistence: None, ..Config::default() }
}

/// Some bytes of it replaced, taken away, doubled, or the end cut off.
fn damaged(text: Vec<u8>, damage: &[(Index, u8, u8)]) -> Vec<u8> {
    let mut text = text;
    for (place, kind, byte) in damage {
        if text.is_empty() {
            break;
        }
        let place = place.index(text.len());
        match kind % 8 {
            0 => text[place] = *byte,
            1 => drop(text.remove(place)),
            2 => text.insert(place, *byte),
            3 => text.truncate(place),
            4 => text.insert(place, b",\n\"\r"[usize::from(byte % 4)]),
            5 => text[place] = b"-+.e019=@'"[usize::from(byte % 10)],
            6 => {
                let copy = text[place..].to_vec();
                text.extend(copy);
            }
            _ => text[place] ^= 1 << (byte % 8),
        }
    }
    text
}

fn damage() -> impl Strategy<Value = Vec<(Index, u8, u8)>> {
    vec(any::<(Index, u8, u8)>(), 0..5)
}

/// A table of the runs of a small sweep.
fn table(format: Format) -> Vec<u8> {
    let text = "alpha = [0.3, 5]\ninit = [\"uniform(0,1)\", \"constant(0.1)\"]\nseeds = \"0..3\"\nsteps = 99\nblow_up = inf";
    let sweep = sweep(text);
    let columns = columns(&[], &[DEFAULT_SHAPE]);
    let mut out = Vec::new();
    append_header(&mut out, &columns, format);
    for finished in run_all(&sweep, &Options::default()) {
        let run = sweep.run(finished.run);
        let row = xorsweep::results::Row {
            init: sweep.init_name(run.init_index),
            seed: run.seed,
            alpha: run.alpha,
            momentum: run.momentum,
            finished: &finished,
            weights: 6,
            asymmetry: DEFAULT_SHAPE.asymmetry(&finished.start),
            extras: xorsweep::results::convergence::Extras::default(),
        };
        append_row(&mut out, &columns, &row, format);
    }
    out
}

#[test]
fn bad_specs_and_flags_are_refused_and_good_ones_kept() {
    proptest!(config(), |(text in spec_text(), damage in damage())| {
        hostile::spec(text.as_bytes());
        hostile::spec(&damaged(text.into_bytes(), &damage));
    });
    proptest!(config(), |(lines in vec((key(), value()), 0..6))| {
        let lines: Vec<String> = lines.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
        hostile::flags(lines.join("\n").as_bytes());
    });
}

#[test]
fn bad_starts_are_refused_and_good_ones_kept() {
    let names = prop_oneof![
        Just("near".to_owned()),
        Just(String::new()),
        Just("=1+1".to_owned()),
        Just(" \t-a".to_owned()),
        Just("a;@b".to_owned()),
        Just("＝1".to_owned()),
        "[a-c=+@;|'\" \r\n-]{0,5}",
    ];
    let rows = vec((names, vec(number(), 9..=9)), 0..5);
    proptest!(config(), |(rows in rows, damage in damage(), end in select(vec!["\n", "\r\n"]))| {
        let mut text = format!("w1,w2,w3,w4,w5,w6,b1,b2,b3,name{end}");
        for (name, numbers) in rows {
            text += &format!("{},\"{}\"{end}", numbers.join(","), name.replace('"', "\"\""));
        }
        hostile::starts(text.as_bytes());
        hostile::starts(&damaged(text.into_bytes(), &damage));
    });
}

#[test]
fn a_damaged_table_is_told_or_read_as_it_stands() {
    let formats = [("comma", false), ("semicolon", true), ("tab", false)];
    let tables: Vec<Vec<u8>> =
        formats.map(|(delimiter, comma)| table(Format::new(delimiter, comma).unwrap())).into();
    proptest!(config(), |(choice in 0u8..3, damage in damage())| {
        hostile::table(&damaged(tables[usize::from(choice)].clone(), &damage));
    });
}

/// The table of a small sweep as a Parquet file.
fn parquet() -> Vec<u8> {
    let folder = folder();
    succeed(folder.path(), &[&SMALL[..], &["--format", "parquet", "--out", "out", "--no-pictures"]].concat());
    fs::read(folder.path().join("out/convergence.parquet")).unwrap()
}

#[test]
fn a_damaged_part_of_a_table_makes_no_panic() {
    let whole = parquet();
    // Behind the footer stand its length and four letters.
    let (length, _) = whole[whole.len() - 8..].split_first_chunk().unwrap();
    let footer = &whole[whole.len() - 8 - u32::from_le_bytes(*length) as usize..];
    hostile::footer(&whole);
    proptest!(config(), |(damage in damage())| {
        hostile::footer(&damaged(whole.clone(), &damage));
        hostile::footer(&damaged(footer.to_vec(), &damage));
    });
}
