//! Pins the bytes of twelve small sweeps: they tell a change of what is computed from a change of how.
//!
//! The specs stand in `tests/digests`, the SHA-256 of what they make in two lists beside them, which `sha256sum --check`
//! reads, too. One is of whole tables. The other is of the columns that say where a run went and how large its error
//! was, which stay as they are when an outcome gets another name or definition, or the table another column.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use xorsweep::kernel::isa::Isa;
use xorsweep::sweep::engine::Options;
use xorsweep::sweep::spec::{Spec, Sweep};

use crate::sweeps::{Tables, instruction_sets, tables};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/digests");

/// Writes the lists anew if it is in the environment.
const BLESS: &str = "XORSWEEP_BLESS";

/// The reference: one run at a time, one after another.
const ALONE: Options = Options { threads: 1, isa: Isa::Scalar };

/// What stands above a list.
const REMEDY: &str = "\
A change of these bytes is a decision: say what changes and why in CHANGELOG.md, then write the lists anew with
    XORSWEEP_BLESS=1 cargo test --test engine digests::
";

/// The columns of the trajectory, besides the parameters at its start and its end.
const NUMBERS: [&str; 5] = ["steps", "error_first", "error_last", "error_peak", "peak_at"];

/// Digests by the names of files.
type Digests = BTreeMap<String, String>;

/// The digests of whole tables, and those of trajectories.
#[derive(Default)]
struct Lists {
    tables: Digests,
    numbers: Digests,
}

impl Lists {
    const FILES: [&str; 2] = ["tables.sha256", "numbers.sha256"];

    fn committed() -> Self {
        let [tables, numbers] = Self::FILES.map(|file| {
            let text = fs::read_to_string(Path::new(FOLDER).join(file)).unwrap();
            let lines = text.lines().filter(|line| !line.starts_with('#'));
            let entries = lines.map(|line| line.split_once("  ").expect("a digest and a name"));
            entries.map(|(digest, name)| (name.to_owned(), digest.to_owned())).collect()
        });
        Self { tables, numbers }
    }

    fn write(&self) {
        for (file, digests) in Self::FILES.into_iter().zip([&self.tables, &self.numbers]) {
            let mut text = String::new();
            for line in REMEDY.lines() {
                writeln!(text, "# {line}").unwrap();
            }
            for (name, digest) in digests {
                writeln!(text, "{digest}  {name}").unwrap();
            }
            fs::write(Path::new(FOLDER).join(file), text).unwrap();
        }
    }

    fn add(&mut self, sweep: &Sweep, made: &Tables) {
        let name = &sweep.name;
        self.tables.insert(format!("{name}/convergence.csv"), digest(&made.convergence));
        self.tables.insert(format!("{name}/summary.csv"), digest(&made.summary));
        self.numbers.insert(format!("{name}/numbers.csv"), digest(&trajectories(&made.convergence)));
    }

    /// The files whose digests are not the same in both, or are missing from one.
    fn differences(&self, other: &Self) -> Vec<String> {
        let of_list = |one: &Digests, other: &Digests| {
            let names = one.keys().chain(other.keys().filter(|&name| !one.contains_key(name)));
            names.filter(|&name| one.get(name) != other.get(name)).cloned().collect::<Vec<_>>()
        };
        [of_list(&self.tables, &other.tables), of_list(&self.numbers, &other.numbers)].concat()
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A table with the columns of the trajectory alone, as `--columns` would write it.
fn trajectories(convergence: &str) -> String {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(convergence.as_bytes());
    let mut rows = reader.records().map(Result::unwrap).peekable();
    let header = rows.peek().unwrap();
    let of = |holds: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..header.len()).filter(|&place| holds(&header[place])).collect()
    };
    let places: Vec<usize> = [
        NUMBERS.map(|name| of(&|column| column == name)).concat(),
        of(&|column| column.starts_with("start_")),
        of(&|column| column.starts_with("end_")),
    ]
    .concat();
    assert_eq!(places.len(), NUMBERS.len() + 18, "a column of the trajectory is missing");
    let mut text = String::new();
    for row in rows {
        writeln!(text, "{}", places.iter().map(|&place| &row[place]).collect::<Vec<_>>().join(",")).unwrap();
    }
    text
}

/// The sweeps, in the order of their names.
fn sweeps() -> Vec<Sweep> {
    let entries = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path());
    let mut specs: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    specs.sort();
    specs
        .iter()
        .map(|path| {
            let spec = Spec::from_toml(&fs::read_to_string(path).unwrap());
            let sweep = spec.and_then(|spec| spec.resolve(Path::new(FOLDER)));
            let sweep = sweep.unwrap_or_else(|problem| panic!("{}: {problem}", path.display()));
            assert_eq!(Some(sweep.name.as_ref()), path.file_stem(), "a spec has the name of its file");
            sweep
        })
        .collect()
}

fn lists(sweeps: &[Sweep], options: &Options) -> Lists {
    let mut lists = Lists::default();
    for sweep in sweeps {
        lists.add(sweep, &tables(sweep, options));
    }
    lists
}

#[test]
fn the_bytes_are_the_promised_ones_for_every_instruction_set_and_number_of_threads() {
    let sweeps = sweeps();
    assert!(sweeps.len() >= 12);
    let is_blessed = std::env::var_os(BLESS).is_some();
    let promised = if is_blessed { lists(&sweeps, &ALONE) } else { Lists::committed() };
    for isa in instruction_sets() {
        for threads in [1, 2, 5] {
            let made = lists(&sweeps, &Options { threads, isa });
            let differences = promised.differences(&made);
            assert!(
                differences.is_empty(),
                "{isa}, {threads} threads: other bytes than promised in {}\n{REMEDY}",
                differences.join(", ")
            );
        }
    }
    if is_blessed {
        promised.write();
    }
}

#[test]
fn a_flipped_bit_a_missing_and_a_further_file_are_seen() {
    let sweep = sweeps().into_iter().find(|sweep| sweep.name == "question").unwrap();
    let made = tables(&sweep, &ALONE);
    let mut promised = Lists::default();
    promised.add(&sweep, &made);
    assert!(promised.differences(&promised).is_empty());
    let all = ["question/convergence.csv", "question/summary.csv", "question/numbers.csv"];
    assert_eq!(promised.differences(&Lists::default()), all);
    assert_eq!(Lists::default().differences(&promised), all);

    let with = |convergence: String, summary: String| {
        let mut lists = Lists::default();
        lists.add(&sweep, &Tables { convergence, summary });
        promised.differences(&lists)
    };
    let flipped = |text: &str, place: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[place] ^= 1;
        String::from_utf8(bytes).unwrap()
    };
    for place in (0..made.summary.len()).step_by(97) {
        assert_eq!(
            with(made.convergence.clone(), flipped(&made.summary, place)),
            ["question/summary.csv"],
            "{place}"
        );
    }
    // A digit of the last parameter at the end of the first run, and a letter of its outcome.
    let place_of = |column: &str| {
        let header: Vec<&str> = made.convergence.lines().next().unwrap().split(',').collect();
        let place = header.iter().position(|name| name.trim_matches('"') == column).unwrap();
        let before = made.convergence.split(',').take(header.len() - 1 + place);
        before.map(|cell| cell.len() + 1).sum::<usize>() + 3
    };
    let summary = || made.summary.clone();
    assert_eq!(with(flipped(&made.convergence, place_of("end_b3")), summary()), [all[0], all[2]]);
    assert_eq!(with(flipped(&made.convergence, place_of("outcome")), summary()), [all[0]]);
}
