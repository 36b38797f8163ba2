//! A sweep's table as Parquet, beside the same table as CSV.

mod common;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use common::{finished, sweep};
use xorsweep::network::curvature::Curvature;
use xorsweep::network::solution::Solution;
use xorsweep::sweep::engine::Options;
use xorsweep::sweep::outcome::{Finished, Outcome};
use xorsweep::sweep::spec::Sweep;
use xorsweep::table::Format;
use xorsweep::table::convergence::{Column, Extras, Row, append_header, append_row, columns};
use xorsweep::table::parquet::{GROUP_ROWS, ParquetFile, Part, merge};

/// Every outcome but one, NaN and infinities, learning rates on a side of the plane, and empty seeds.
const SPEC: &str = r#"
    alpha = ["0.1:1.2:12", 5]
    momentum = [0, 0.9]
    init = ["normal(1)", "constant(0.1)", "uniform(0,1)+constant(-0.25)"]
    seeds = ["0..3", "18446744073709551615"]
    steps = 2000
    blow_up = inf
    spectrum = true
"#;

/// What is said of the runs of a sweep besides.
fn solutions(sweep: &Sweep, runs: &[Finished]) -> Vec<Option<String>> {
    let solution = |run: &Finished| {
        (run.outcome == Outcome::Converged).then(|| Solution::of(&sweep.network, &run.end).to_string())
    };
    runs.iter().map(solution).collect()
}

fn rows<'a>(sweep: &'a Sweep, runs: &'a [Finished], solutions: &'a [Option<String>]) -> Vec<Row<'a>> {
    let row = |(finished, solution): (&'a Finished, &'a Option<String>)| {
        let run = sweep.run(finished.run);
        let curvature = sweep.spectrum.then(|| Curvature::at(&sweep.network, &finished.end));
        let extras = Extras { solution: solution.as_deref(), curvature, point: run.point };
        let (init, seed) = (sweep.init_name(run.init_index), run.seed);
        Row { init, seed, alpha: run.alpha, momentum: run.momentum, finished, extras }
    };
    runs.iter().zip(solutions).map(row).collect()
}

fn write(path: &Path, columns: &[Column], rows: &[Row<'_>]) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    let mut file = ParquetFile::new(columns);
    file.begin(&mut out)?;
    for group in rows.chunks(usize::try_from(GROUP_ROWS).unwrap()) {
        file.write_group(&mut out, group)?;
    }
    file.finish(&mut out)
}

#[test]
fn files_of_two_shards_merge_to_the_file_of_the_sweep() {
    let sweep = sweep(SPEC);
    let runs = finished(&sweep, &Options::default());
    let solutions = solutions(&sweep, &runs);
    let rows = rows(&sweep, &runs, &solutions);
    let columns = columns(true, false);
    let folder = tempfile::tempdir().unwrap();
    let path = |name| folder.path().join(name);
    write(&path("whole"), &columns, &rows).unwrap();
    write(&path("first"), &columns, &rows[..100]).unwrap();
    write(&path("second"), &columns, &rows[100..]).unwrap();
    let parts = ["first", "second"].map(|name| Part::open(&columns, name, File::open(path(name)).unwrap()));
    let mut parts: Vec<Part<File>> = parts.into_iter().map(Result::unwrap).collect();
    let mut merged = Vec::new();
    merge(&columns, &mut parts, &mut merged).unwrap();
    assert!(merged == fs::read(path("whole")).unwrap());
}

#[test]
#[ignore = "a measurement, which leaves its files: run it with --release --ignored --nocapture"]
fn measure_a_table() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, spec) in [
        ("mixed", SPEC.replace("0..3", "0..4000")),
        ("plain", "init = [\"normal(1)\"]\nalpha = [0.3]\nseeds = \"0..655360\"\nsteps = 200".to_owned()),
    ] {
        let sweep = sweep(&spec);
        let runs = finished(&sweep, &Options::default());
        let solutions = solutions(&sweep, &runs);
        let rows = rows(&sweep, &runs, &solutions);
        let columns = columns(sweep.spectrum, false);
        let per_row = |time: Duration| time.as_nanos() / rows.len() as u128;

        let begin = Instant::now();
        let mut text = Vec::new();
        append_header(&mut text, &columns, Format::PLAIN);
        rows.iter().for_each(|row| append_row(&mut text, &columns, row, Format::PLAIN));
        println!(
            "{name}: {} rows; CSV {} bytes, {} ns a row",
            rows.len(),
            text.len() / rows.len(),
            per_row(begin.elapsed())
        );
        File::create(folder.join(format!("{name}.csv"))).unwrap().write_all(&text).unwrap();

        let begin = Instant::now();
        let path = folder.join(format!("{name}.parquet"));
        write(&path, &columns, &rows).unwrap();
        let (time, bytes) = (begin.elapsed(), fs::metadata(&path).unwrap().len());
        println!(
            "Parquet {} bytes, {} ns a row, {}",
            bytes / rows.len() as u64,
            per_row(time),
            path.display()
        );

        let begin = Instant::now();
        let mut parts = [Part::open(&columns, "part", File::open(&path).unwrap()).unwrap()];
        merge(&columns, &mut parts, &mut io::sink()).unwrap();
        println!("copied: {} ns a row", per_row(begin.elapsed()));

        let mut file = ParquetFile::new(&columns);
        file.begin(&mut io::sink()).unwrap();
        let mut footer = 0;
        for group in rows.chunks(usize::try_from(GROUP_ROWS).unwrap()) {
            file.write_group(&mut io::sink(), group).unwrap();
            println!("a group more: footer {} bytes", file.footer().len() - footer);
            footer = file.footer().len();
        }
    }
}
