use super::*;
use crate::kernel::derivatives::Curvature;
use crate::kernel::fused::{NAMES, PARAMETERS};
use crate::problem::Problem;
use crate::results::Table;
use proptest::prelude::*;

/// A row that owns what it says.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::results) struct Record {
    pub(in crate::results) init: String,
    pub(in crate::results) seed: Option<u64>,
    pub(in crate::results) alpha: f64,
    pub(in crate::results) momentum: f64,
    pub(in crate::results) finished: RunResult,
}

impl Record {
    pub(in crate::results) fn row(&self) -> Row<'_> {
        let Self { ref init, seed, alpha, momentum, ref finished } = *self;
        let asymmetry = DEFAULT_SHAPE.asymmetry(&finished.start);
        let extras = Extras::default();
        Row { init, seed, alpha, momentum, finished, weights: 6, asymmetry, extras }
    }
}

fn any_number() -> impl Strategy<Value = f64> {
    let special = [
        0.0,
        -0.0,
        1.0,
        0.1,
        f64::MIN_POSITIVE,
        5e-324,
        -5e-324,
        f64::MAX,
        f64::MIN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        f64::EPSILON,
        9_007_199_254_740_993.0,
        1e16,
        1e-5,
        1e23,
    ];
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        prop::sample::select(special.to_vec()),
        (0u64..1 << 52).prop_map(f64::from_bits),
        -10.0..10.0,
    ]
}

fn any_theta() -> impl Strategy<Value = [f64; PARAMETERS]> {
    // On the heap: the trees of 18 numbers would fill a test's stack.
    prop::array::uniform9(any_number().boxed()).boxed()
}

fn any_integer() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), 0u64..100_000, Just(u64::MAX), Just(0)]
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    let mut all = vec![Outcome::Converged, Outcome::Diverged, Outcome::Oscillating, Outcome::Unfinished];
    all.extend(Plateau::KINDS.map(Outcome::Plateau));
    all.extend([2, 64, 255].map(|outputs| Outcome::Plateau(Plateau::Wrong(outputs))));
    prop::sample::select(all)
}

pub(in crate::results) fn any_finished() -> impl Strategy<Value = RunResult> {
    let step = || prop::option::of(any_integer());
    (
        (any_integer(), any_outcome(), step(), step(), step(), any_integer()),
        (any_number(), any_number(), any_number(), any_integer(), any_theta(), any_theta()),
    )
        .prop_map(|((run, outcome, escaped_at, solved_at, converged_at, steps), rest)| {
            let (error_first, error_last, error_peak, peak_at, start, end) = rest;
            RunResult {
                run,
                outcome,
                escaped_at,
                solved_at,
                converged_at,
                steps,
                error_first,
                error_last,
                losses: None,
                error_peak,
                peak_at,
                start: start.into(),
                end: end.into(),
            }
        })
}

pub(in crate::results) fn any_record() -> impl Strategy<Value = Record> {
    let init =
        prop_oneof![any::<String>(), "[-=+@\t\r'\",;\n][-=+@\t\r'\",;\na]*", Just("uniform(0,1)".into())];
    (init, prop::option::of(any_integer()), any_number(), any_number(), any_finished())
        .prop_map(|(init, seed, alpha, momentum, finished)| Record { init, seed, alpha, momentum, finished })
}

fn any_format() -> impl Strategy<Value = Format> {
    let given = [(",", false), (";", false), (";", true), ("tab", true), ("|", false)];
    prop::sample::select(given.to_vec()).prop_map(|(delimiter, comma)| Format::new(delimiter, comma).unwrap())
}

fn table(records: &[Record], columns: &[Column], format: Format) -> Vec<u8> {
    let mut out = Vec::new();
    append_header(&mut out, columns, format);
    records.iter().for_each(|record| append_row(&mut out, columns, &record.row(), format));
    out
}

pub(in crate::results) fn sample() -> Record {
    let finished = RunResult {
        run: 0,
        outcome: Outcome::Converged,
        escaped_at: None,
        solved_at: None,
        converged_at: None,
        steps: 0,
        error_first: 0.25,
        error_last: 1e-7,
        losses: None,
        error_peak: 0.25,
        peak_at: 0,
        start: [0.1; PARAMETERS].into(),
        end: [f64::INFINITY; PARAMETERS].into(),
    };
    Record { init: "uniform(0,1)".into(), seed: None, alpha: 0.3, momentum: 0.0, finished }
}

/// Compares the rows of a text with what the columns say of records, bit for bit but for NaN, of which there is one;
/// returns how many are the same before the first problem.
fn same_rows(text: &[u8], records: &[Record], columns: &[Column]) -> (u64, Result<u64, Problem>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, text).unwrap();
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let mut same = 0;
    let read = Table::of_file(path).read(&names, |row| {
        let record = records[usize::try_from(same).unwrap()].row();
        for (place, column) in columns.iter().enumerate() {
            let (written, read) = (column.cell(&record), row.cell(place));
            let is_same = match (written, read) {
                (Cell::Number(one), Cell::Number(other)) => {
                    one.to_bits() == other.to_bits() || one.is_nan() && other.is_nan()
                }
                // A word without letters is an empty cell.
                (Cell::Word(""), Cell::Empty) => true,
                _ => written == read,
            };
            assert!(is_same, "{}: {written:?} became {read:?}", column.name);
        }
        same += 1;
        Ok(())
    });
    (same, read)
}

#[test]
fn the_columns_are_the_designs() {
    let mut out = Vec::new();
    append_header(&mut out, &COLUMNS, Format::PLAIN);
    let mut expected =
        "run,\"init\",seed,\"name\",\"task\",hidden_units,\"hidden\",\"output\",\"loss\",\"update\",\"optimizer\",\
                        alpha,momentum,\"outcome\",\"plateau\",escaped_at,solved_at,converged_at,steps,\
                        error_first,error_last,error_peak,peak_at,asymmetry"
            .to_owned();
    for end in ["start", "end"] {
        NAMES.iter().for_each(|name| expected += &format!(",{end}_{name}"));
    }
    let ends = ",\"solution\",loss_first,loss_last,gradient_norm,sharpness,curvature_min,flat_directions,x,y,measure\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected + ends);
    for presence in Presence::OTHERS {
        let count = match presence {
            Presence::Spectrum => 4,
            Presence::Plane | Presence::Loss => 2,
            _ => 1,
        };
        let always = columns(&[], &[DEFAULT_SHAPE]).len();
        assert_eq!(columns(&[presence], &[DEFAULT_SHAPE]).len(), always + count, "{presence:?}");
    }
}

#[test]
fn every_start_and_end_column_holds_its_own_parameter() {
    let mut record = sample();
    record.finished.start = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0].into();
    record.finished.end = record.finished.start.iter().map(|value| value + 100.0).collect();
    for (place, name) in NAMES.iter().enumerate() {
        for (end, offset) in [("start", 0.0), ("end", 100.0)] {
            let name = format!("{end}_{name}");
            let column = COLUMNS.iter().find(|column| column.name == name).unwrap();
            assert_eq!(column.cell(&record.row()), Cell::Number(place as f64 + offset), "{name}");
            assert!(column.about.contains(NAMES[place]), "{name}");
        }
    }
}

#[test]
fn every_cell_is_of_its_columns_kind() {
    let mut record = sample();
    record.seed = Some(1);
    record.finished.outcome = Outcome::Plateau(Plateau::OneUnit);
    let run = &mut record.finished;
    (run.escaped_at, run.solved_at, run.converged_at) = (Some(1), Some(2), Some(3));
    run.losses = Some([0.7, 0.1]);
    let curvature = Curvature { error: 0.0, gradient_norm: 0.0, eigenvalues: vec![0.0; PARAMETERS] };
    let set_up = SetUp::default();
    let extras = Extras {
        set_up: Some(&set_up),
        name: Some("near"),
        solution: Some("or+nand"),
        curvature: Some(curvature),
        point: Some([1.0, 2.0]),
        measure: Some(3.0),
    };
    let row = Row { extras, ..record.row() };
    for column in COLUMNS.iter() {
        let kind = match column.cell(&row) {
            Cell::Empty => None,
            Cell::Integer(_) if column.name == "seed" => Some(Kind::Seed),
            Cell::Integer(_) => Some(Kind::Integer),
            Cell::Number(_) => Some(Kind::Number),
            Cell::Word(_) => Some(Kind::Word),
        };
        assert_eq!(kind, Some(column.kind), "{}", column.name);
    }
}

#[test]
fn a_row_reads_well() {
    let text = String::from_utf8(table(&[sample()], &columns(&[], &[DEFAULT_SHAPE]), Format::PLAIN)).unwrap();
    assert_eq!(
        text.lines().nth(1).unwrap(),
        "0,\"uniform(0,1)\",,0.3,0.0,converged,,,,,0,0.25,1e-7,0.25,0,0.0,\
         0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,inf,inf,inf,inf,inf,inf,inf,inf,inf,"
    );
}

#[test]
fn columns_can_be_chosen() {
    let chosen = [COLUMNS[13], COLUMNS[0]];
    assert_eq!(table(&[sample()], &chosen, Format::PLAIN), b"\"outcome\",run\nconverged,0\n");
}

#[test]
fn a_table_cut_anywhere_never_yields_a_changed_row() {
    let mut second = sample();
    second.finished.run = 1;
    let records = [sample(), second];
    let whole = table(&records, &COLUMNS, Format::PLAIN);
    let header = whole.iter().position(|&byte| byte == b'\n').unwrap();
    for cut in header..whole.len() {
        let (same, read) = same_rows(&whole[..cut], &records, &COLUMNS);
        assert!(read.map_or_else(|_| same < 2, |rows| rows == same), "cut at {cut}");
    }
}

#[test]
fn line_ends_of_other_systems_are_read() {
    let whole = String::from_utf8(table(&[sample()], &COLUMNS, Format::PLAIN)).unwrap();
    let text = format!("\u{feff}{}", whole.replace('\n', "\r\n"));
    assert_eq!(same_rows(text.as_bytes(), &[sample()], &COLUMNS).1.unwrap(), 1);
}

proptest! {
    #[test]
    fn rows_come_back_bit_for_bit(
        records in prop::collection::vec(any_record(), 0..4),
        format in any_format(),
        columns in Just(columns(&[], &[DEFAULT_SHAPE])).prop_shuffle(),
    ) {
        let text = table(&records, &columns, format);
        prop_assert_eq!(same_rows(&text, &records, &columns).1.unwrap(), records.len() as u64);
    }

    #[test]
    fn a_damaged_table_makes_no_panic(
        record in any_record(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut text = table(&[record], &COLUMNS, Format::PLAIN);
        for (index, byte) in damage {
            let index = index.index(text.len());
            text[index] = byte;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        std::fs::write(&path, text).unwrap();
        let names: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
        let _ = Table::of_file(path).read(&names, |_| Ok(()));
    }
}
