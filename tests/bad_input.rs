//! Readers and parsers, fed with what nobody meant to give them.

mod common;
#[path = "common/hostile.rs"]
mod hostile;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::Config;
use xorsweep::sweep::spec::KEYS;
use xorsweep::table::Format;
use xorsweep::table::convergence::{DEFAULT_SHAPE, append_header, append_row, columns};

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
    let sweep = common::sweep(text);
    let columns = columns(&[], &[DEFAULT_SHAPE]);
    let mut out = Vec::new();
    append_header(&mut out, &columns, format);
    for finished in common::finished(&sweep, &xorsweep::sweep::engine::Options::default()) {
        let run = sweep.run(finished.run);
        let row = xorsweep::table::Row {
            init: sweep.init_name(run.init_index),
            seed: run.seed,
            alpha: run.alpha,
            momentum: run.momentum,
            finished: &finished,
            weights: 6,
            asymmetry: DEFAULT_SHAPE.asymmetry(&finished.start),
            extras: xorsweep::table::convergence::Extras::default(),
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
        let mut bytes = vec![choice];
        bytes.extend(damaged(tables[usize::from(choice)].clone(), &damage));
        hostile::table(&bytes);
    });
}
