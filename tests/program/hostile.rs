//! What must hold for any bytes that reach a reader: no panic, and what is accepted is not changed on the way.

use std::path::Path;

use tempfile::{NamedTempFile, TempPath};
use xorsweep::kernel::Shape;
use xorsweep::sweep::spec::{Spec, Sweep};
use xorsweep::sweep::start::{Starts, StartsLayout};
use xorsweep::sweep::text::{shortest, starts_a_formula};
use xorsweep::table::convergence::{COLUMNS, DEFAULT_SHAPE, append_header, append_row, columns};
use xorsweep::table::parquet::{ParquetFile, Part, merge};
use xorsweep::table::{Format, Record, read_rows};

/// The shape of the networks in a file of starts.
const XOR: Shape = Shape { inputs: 2, units: 2 };

/// The text of a spec file.
pub fn spec(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if has_long_range(text) {
        return;
    }
    if let Ok(spec) = Spec::from_toml(text) {
        check_spec(&spec);
    }
}

/// Flags, a line each: key, an equals sign, value.
pub fn flags(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if has_long_range(text) {
        return;
    }
    let mut spec = Spec::default();
    for line in text.split('\n') {
        let Some((key, value)) = line.split_once('=') else { continue };
        if let Err(problem) = spec.set(key, &[value]) {
            assert_told(&problem.to_string());
        }
    }
    check_spec(&spec);
}

/// Lists of a million numbers are allowed, but would take all the time.
fn has_long_range(text: &str) -> bool {
    let digits = |part: &str| part.trim_start().bytes().take_while(u8::is_ascii_digit).count();
    text.split(':').skip(1).any(|part| (5..=7).contains(&digits(part)))
}

fn check_spec(spec: &Spec) {
    // Whatever it names might be opened.
    if spec.has("starts") {
        return;
    }
    assert_eq!(&Spec::from_toml(&spec.to_toml()).unwrap(), spec, "written as a file");
    let sweep = match spec.resolve(Path::new("")) {
        Ok(sweep) => sweep,
        Err(problem) => return assert_told(&problem.to_string()),
    };
    let text = sweep.to_toml();
    let again = Spec::from_toml(&text).and_then(|spec| spec.resolve(Path::new(""))).unwrap();
    assert!(again == sweep, "{text}");
    assert_eq!(again.to_toml(), text);
    check_runs(&sweep);
    let name = Path::new(&sweep.name);
    assert!(name.components().count() == 1 && name.file_name() == Some(name.as_os_str()), "{name:?}");
}

fn check_runs(sweep: &Sweep) {
    let last = sweep.runs() - 1;
    for number in [0, last / 3, last / 2, last] {
        let run = sweep.run(number);
        assert!(sweep.start(&run).iter().all(|value| value.is_finite()), "run {number}");
        assert!(run.alpha.is_finite() && run.alpha > 0.0 && run.momentum.is_finite());
        let group = sweep.group(run.group);
        assert_eq!(
            (group.init_index, group.alpha, group.momentum),
            (run.init_index, run.alpha, run.momentum)
        );
    }
}

/// One line without anything that a terminal obeys.
fn assert_told(message: &str) {
    assert!(!message.contains(char::is_control), "{message:?}");
    assert!(message.len() < 4_000, "{} bytes: {message}", message.len());
}

/// A file with these bytes, in memory where that is possible.
fn written(bytes: &[u8]) -> TempPath {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let path = NamedTempFile::new_in(folder).unwrap().into_temp_path();
    std::fs::write(&path, bytes).unwrap();
    path
}

/// A file of starts.
pub fn starts(bytes: &[u8]) {
    let path = written(bytes);
    for layout in [None, Some(StartsLayout::Pytorch), Some(StartsLayout::End)] {
        match Starts::read(&path, XOR, layout) {
            Ok(starts) => assert_reads_back(&starts),
            Err(problem) => assert_told(&problem.to_string()),
        }
    }
}

/// A table of the starts with their names is read as the same starts.
fn assert_reads_back(starts: &Starts) {
    assert!(starts.values().iter().all(|value| value.is_finite()));
    assert!(!starts.understood.contains(char::is_control), "{:?}", starts.understood);
    let mut text = "name,w1,w2,w3,w4,w5,w6,b1,b2,b3\n".to_owned();
    for row in 0..starts.len() {
        let name = starts.name(row).unwrap_or_default();
        assert!(!name.starts_with(starts_a_formula) && !name.contains(char::is_control), "{name:?}");
        let cells: Vec<String> = starts.start(row).iter().copied().map(shortest).collect();
        text += &format!("\"{}\",{}\n", name.replace('"', "\"\""), cells.join(","));
    }
    let path = written(text.as_bytes());
    let again = Starts::read(&path, XOR, None).unwrap();
    let bits =
        |starts: &Starts| -> Vec<u64> { starts.values().iter().map(|value| value.to_bits()).collect() };
    assert_eq!(bits(&again), bits(starts));
    for row in 0..starts.len() {
        assert_eq!(again.name(row).unwrap(), starts.name(row).unwrap_or_default(), "{text}");
    }
}

/// A byte that chooses the format, and a table.
pub fn table(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let (delimiter, comma) = [("comma", false), ("semicolon", true), ("tab", false)][usize::from(choice % 3)];
    let format = Format::new(delimiter, comma).unwrap();
    let rows = match read_rows(bytes, "t.csv", format) {
        Ok(rows) => rows,
        Err(problem) => return assert_told(&problem.to_string()),
    };
    let mut read: Vec<Record> = Vec::new();
    for row in rows {
        match row {
            Ok(record) => read.push(record),
            Err(problem) => assert_told(&problem.to_string()),
        }
    }
    let columns = columns(&[], &[DEFAULT_SHAPE]);
    let written = |records: &[Record]| {
        let mut text = Vec::new();
        append_header(&mut text, &columns, format);
        records.iter().for_each(|record| append_row(&mut text, &columns, &record.row(), format));
        text
    };
    let text = written(&read);
    let again: Vec<Record> =
        read_rows(&text[..], "t.csv", format).unwrap().collect::<Result<_, _>>().expect("it was written");
    assert_eq!(again.len(), read.len());
    assert!(written(&again) == text);
}

/// A footer of a file in the making, and a whole file.
pub fn footer(bytes: &[u8]) {
    for groups in [0, 1] {
        if let Ok(file) = ParquetFile::resumed(&COLUMNS, "", bytes, groups) {
            drop(file.footer());
        }
    }
    let path = written(bytes);
    if let Ok(part) = Part::open(&COLUMNS, "part", std::fs::File::open(&path).unwrap()) {
        let _ = merge(&COLUMNS, "", &mut [part], &mut std::io::sink());
    }
}
