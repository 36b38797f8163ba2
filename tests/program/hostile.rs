//! What must hold for any bytes that reach a reader: no panic, and what is accepted is not changed on the way.

use std::path::Path;

use tempfile::{NamedTempFile, TempPath};
use xorsweep::Problem;
use xorsweep::kernel::Shape;
use xorsweep::results::cell::{append_header, append_line};
use xorsweep::results::convergence::{COLUMNS, column_named};
use xorsweep::results::parquet::{GROUP_ROWS, ParquetFile, WholeFile};
use xorsweep::results::{Cell, Format, Kind, Table};
use xorsweep::sweep::spec::{Spec, Sweep};
use xorsweep::sweep::start::{Starts, StartsLayout};
use xorsweep::sweep::text::{shortest, starts_a_formula};

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

/// A table of text: what is read of it is read again of what is written of that.
pub fn table(bytes: &[u8]) {
    let path = written(bytes);
    let Some((names, rows)) = read_table(&path) else { return };
    let kind = |name: &String| column_named(name).map_or(Kind::Word, |column| column.kind);
    let text = |rows: &[Vec<Read>]| {
        let mut text = Vec::new();
        append_header(&mut text, names.iter().map(|name| (name.as_str(), kind(name))), Format::PLAIN);
        for row in rows {
            append_line(&mut text, row.iter().map(Read::cell), Format::PLAIN);
        }
        text
    };
    let once = text(&rows);
    if names.iter().any(|name| name.contains([',', '"', '\n', '\r'])) {
        // Our tables have no such names, so none is quoted for it.
        return;
    }
    let (_, again) = read_table(&written(&once)).expect("it was written");
    assert!(text(&again) == once && again.len() == rows.len());
}

/// A cell that was read.
enum Read {
    Empty,
    Integer(u64),
    Number(f64),
    Word(String),
}

impl Read {
    fn of(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Empty => Self::Empty,
            Cell::Integer(value) => Self::Integer(value),
            Cell::Number(value) => Self::Number(value),
            Cell::Word(word) => Self::Word(word.to_owned()),
        }
    }

    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Empty => Cell::Empty,
            Self::Integer(value) => Cell::Integer(*value),
            Self::Number(value) => Cell::Number(*value),
            Self::Word(word) => Cell::Word(word),
        }
    }
}

/// The names of a table's columns and its rows, as far as it can be read at all.
fn read_table(path: &Path) -> Option<(Vec<String>, Vec<Vec<Read>>)> {
    let table = Table::of_file(path.to_owned());
    let told = |problem: Problem| assert_told(&problem.to_string());
    let names = table.names().map_err(told).ok()?;
    let wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut rows = Vec::new();
    let read = table.read(&wanted, |row| {
        rows.push((0..wanted.len()).map(|place| Read::of(row.cell(place))).collect());
        Ok(())
    });
    match read {
        Ok(_) => Some((names, rows)),
        Err(problem) => {
            told(problem);
            None
        }
    }
}

/// A footer of a file in the making, and a whole file.
pub fn footer(bytes: &[u8]) {
    for groups in [0, 1] {
        if let Ok(file) = ParquetFile::resumed(&COLUMNS, "", bytes, groups) {
            drop(file.footer());
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    std::fs::write(&path, bytes).unwrap();
    if let Ok(part) = WholeFile::open(&COLUMNS, "part", std::fs::File::open(&path).unwrap()) {
        let (mut file, rows) = (ParquetFile::new(&COLUMNS, ""), part.rows().min(GROUP_ROWS));
        let copied = file.begin(&mut std::io::sink());
        let _ = copied.and_then(|()| file.copy_group(&mut std::io::sink(), &mut [part], 0..rows));
    }
    let read = Table::find(folder.path(), "t").and_then(|table| table.read(&["run", "init"], |_| Ok(())));
    read.map_or_else(|problem| assert_told(&problem.to_string()), drop);
}
