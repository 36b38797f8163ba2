//! Shows how the program behaves at a shell: what it writes where, what it refuses before it writes anything, and
//! what it leaves behind when the disk is full or it is interrupted.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
#[cfg(unix)]
use std::time::{Duration, Instant};

use crate::files::{contents, files, names};
use crate::program::{PROGRAM, Ran, command, folder, run, succeed};
use crate::small::SMALL;
#[cfg(unix)]
use crate::waiting::{send, wait_until, wait_until_interruptible};

/// What a small sweep writes.
const RESULTS: [&str; 9] = [
    "chart-convergence.png",
    "chart-convergence.svg",
    "chart-outcomes.png",
    "chart-outcomes.svg",
    "convergence.csv",
    "files.txt",
    "summary.csv",
    "summary.xlsx",
    "sweep.toml",
];

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn a_sweep_writes_tables_and_charts_and_reports_on_standard_output_alone() {
    let folder = folder();
    let out = succeed(folder.path(), &SMALL);
    assert_eq!(names(folder.path()), ["results"]);
    let results = folder.path().join("results/sweep");
    assert_eq!(names(&results), RESULTS);
    assert_eq!(read(results.join("convergence.csv")).lines().count(), 25);
    assert_eq!(read(results.join("summary.csv")).lines().count(), 4);
    assert!(read(results.join("sweep.toml")).starts_with("# xorsweep "));
    assert!(out.contains("24 runs") && out.contains("results/sweep") && !out.contains('\x1b'), "{out}");
    // Once more, under its subcommand and over the former results.
    let before = contents(folder.path());
    succeed(folder.path(), &[["sweep"].as_slice(), &SMALL].concat());
    assert!(contents(folder.path()) == before);
}

#[test]
fn a_dry_run_writes_nothing() {
    let folder = folder();
    let out = succeed(folder.path(), &[SMALL.as_slice(), &["--dry-run"]].concat());
    assert!(out.contains("24 runs") && out.contains("4800"), "{out}");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn help_version_and_completions_go_to_standard_output() {
    let folder = folder();
    assert!(succeed(folder.path(), &["--help"]).contains("--alpha"));
    assert!(succeed(folder.path(), &["trace", "--help"]).contains("--every"));
    assert!(succeed(folder.path(), &["--version"]).starts_with("xorsweep "));
    assert!(succeed(folder.path(), &["completions", "bash"]).contains("xorsweep"));
}

#[test]
fn threads_and_instruction_set_are_without_effect_on_the_files() {
    let folder = folder();
    for (out, more) in
        [("a", ["--threads", "1", "--isa", "auto"]), ("b", ["--threads", "5", "--isa", "scalar"])]
    {
        succeed(folder.path(), &[SMALL.as_slice(), &["--out", out], &more].concat());
    }
    let [a, b] = ["a", "b"].map(|out| files(&folder.path().join(out)));
    assert!(a.keys().eq(&RESULTS) && a == b);
}

#[test]
fn the_spec_that_is_left_runs_again_to_the_same_bytes() {
    let folder = folder();
    let path = folder.path();
    fs::write(path.join("points.csv"), "name,w1,w2,w3,w4,w5,w6,b1,b2,b3\nnear,1,-1,1,-1,1,1,0,0,-0\n")
        .unwrap();
    let drawn =
        ["--init", "constant(0.1)+normal(1e-4),uniform(0,1),glorot", "--hidden", "tanh", "--name", "again"];
    let listed = [
        "--starts",
        "points.csv",
        "--momentum",
        "0:0.9:4",
        "--hold",
        "1",
        "--tolerance",
        "0.01",
        "--blow-up",
        "inf",
    ];
    let ordered = ["--starts", "network.csv", "--starts-layout", "pytorch", "--steps", "9"];
    fs::write(path.join("network.csv"), "1,3,2,4,7,8,5,6,9\n").unwrap();
    // A file of starts is told of, and nothing else.
    let succeed = |folder: &Path, arguments: &[&str]| {
        let ran = run(folder, arguments);
        assert!(ran.code == 0 && ran.err.lines().all(|line| line.contains("csv: 1 start; ")), "{ran:?}");
    };
    for arguments in [[SMALL.as_slice(), &drawn].concat(), listed.to_vec(), ordered.to_vec()] {
        succeed(path, &[arguments.as_slice(), &["--out", "first", "--force"]].concat());
        // From another folder, with a spec that was moved.
        let elsewhere = crate::program::folder();
        fs::copy(path.join("first/sweep.toml"), elsewhere.path().join("moved.toml")).unwrap();
        // What goes with it are the starts.
        for name in ["starts-points.csv.csv", "starts-network.csv.csv"] {
            let kept = path.join("first").join(name);
            if kept.exists() {
                fs::copy(kept, elsewhere.path().join(name)).unwrap();
            }
        }
        succeed(elsewhere.path(), &["moved.toml", "--out", "second"]);
        for name in ["convergence.csv", "summary.csv", "sweep.toml"] {
            let (first, second) = (path.join("first").join(name), elsewhere.path().join("second").join(name));
            assert_eq!(read(first), read(second), "{name}");
        }
    }
}

#[test]
fn flags_win_over_the_file() {
    let folder = folder();
    fs::write(
        folder.path().join("spec.toml"),
        "name = 'of-file'\nalpha = [0.1, 0.2]\nseeds = '0..9'\nsteps = 50",
    )
    .unwrap();
    succeed(folder.path(), &["spec.toml", "--alpha", "0.5", "--alpha", "0.6,0.7"]);
    let table = read(folder.path().join("results/of-file/summary.csv"));
    let alphas: Vec<&str> = table.lines().skip(1).map(|line| line.split(',').nth(2).unwrap()).collect();
    assert_eq!(alphas, ["0.5", "0.6", "0.7"]);
}

#[test]
fn tables_for_a_spreadsheet_of_another_country_hold_the_same_numbers() {
    let folder = folder();
    succeed(folder.path(), &[SMALL.as_slice(), &["--out", "plain"]].concat());
    succeed(
        folder.path(),
        &[SMALL.as_slice(), &["--out", "comma", "--decimal-comma", "--delimiter", "semicolon"]].concat(),
    );
    for name in ["convergence.csv", "summary.csv"] {
        let plain = read(folder.path().join("plain").join(name));
        let other = read(folder.path().join("comma").join(name));
        assert!(other.contains(";0,3;") && !other.contains('.'), "{other}");
        assert_eq!(other.replace(',', ".").replace(';', ","), plain);
    }
}

#[test]
fn a_summary_can_stand_alone_and_is_the_same() {
    let folder = folder();
    succeed(folder.path(), &[SMALL.as_slice(), &["--out", "whole"]].concat());
    succeed(folder.path(), &[SMALL.as_slice(), &["--out", "alone"]].concat());
    succeed(folder.path(), &[SMALL.as_slice(), &["--out", "alone", "--summary-only"]].concat());
    let (whole, alone) = (contents(&folder.path().join("whole")), contents(&folder.path().join("alone")));
    let named = |all: &BTreeMap<PathBuf, Option<Vec<u8>>>, name: &str| {
        all.iter().find(|(path, _)| path.ends_with(name)).map(|(_, bytes)| bytes.clone())
    };
    assert_eq!(alone.len(), whole.len() - 1, "the former table is gone, the pictures are not");
    assert_eq!(named(&alone, "summary.csv").unwrap(), named(&whole, "summary.csv").unwrap());
    assert_eq!(named(&alone, "convergence.csv"), None);
}

#[test]
fn a_workbook_is_left_out_if_nobody_wants_it_or_it_would_be_too_long() {
    let folder = folder();
    let has_one = || names(&folder.path().join("out")).contains(&"summary.xlsx".to_owned());
    succeed(folder.path(), &[SMALL.as_slice(), &["--out", "out"]].concat());
    assert!(has_one());
    succeed(folder.path(), &[SMALL.as_slice(), &["--out", "out", "--no-xlsx"]].concat());
    assert!(!has_one(), "that of the former sweep is gone");
    succeed(folder.path(), &[SMALL.as_slice(), &["--out", "out"]].concat());
    let many = ["--alpha", "0.1:0.9:10001", "--init", "constant(0.1)", "--steps", "0", "--summary-only"];
    let ran = run(folder.path(), &[many.as_slice(), &["--out", "out", "--no-pictures"]].concat());
    assert!(ran.code == 0 && !has_one(), "{ran:?}");
    assert!(ran.err.contains("no summary.xlsx is written, since the summary has 10,001 groups"), "{ran:?}");
}

#[test]
fn a_table_is_split_into_files_of_so_many_rows() {
    let folder = folder();
    succeed(folder.path(), &[SMALL.as_slice(), &["--out", "whole"]].concat());
    let whole = read(folder.path().join("whole/convergence.csv"));
    let header = whole.lines().next().unwrap();
    for (rows, files) in [("1", 24), ("7", 4), ("8", 3), ("24", 1), ("100", 1)] {
        succeed(folder.path(), &[SMALL.as_slice(), &["--out", "split", "--rows-per-file", rows]].concat());
        let mut joined = format!("{header}\n");
        let parts: Vec<String> = names(&folder.path().join("split"))
            .into_iter()
            .filter(|name| name.starts_with("convergence"))
            .collect();
        assert_eq!(parts.len(), files, "{parts:?}");
        for part in parts {
            let text = read(folder.path().join("split").join(part));
            let (first, rest) = text.split_once('\n').unwrap();
            assert_eq!(first, header);
            joined += rest;
        }
        assert_eq!(joined, whole, "{rows} rows a file");
    }
}

/// The numbers of the last line of a trace.
fn last_line(trace: &str) -> Vec<f64> {
    trace.lines().last().unwrap().split(',').map(|cell| cell.parse().unwrap()).collect()
}

#[test]
fn a_trace_goes_to_standard_output_or_a_file_and_ends_where_its_row_does() {
    let folder = folder();
    let path = folder.path();
    succeed(path, &[SMALL.as_slice(), &["--hold", "1000"]].concat());
    let table = read(path.join("results/sweep/convergence.csv"));
    let header: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    for (number, row) in table.lines().skip(1).enumerate() {
        let cells: BTreeMap<&str, &str> = header.iter().copied().zip(row.split(',')).collect();
        let trace = succeed(
            path,
            &["trace", "results/sweep/sweep.toml", "--run", &number.to_string(), "--steps", cells["steps"]],
        );
        let numbers = last_line(&trace);
        let names = [
            "steps",
            "error_last",
            "end_w1",
            "end_w2",
            "end_w3",
            "end_w4",
            "end_w5",
            "end_w6",
            "end_b1",
            "end_b2",
            "end_b3",
        ];
        for (number, name) in numbers.iter().zip(names) {
            assert_eq!(number.to_bits(), cells[name].parse::<f64>().unwrap().to_bits(), "{name} of {row}");
        }
    }
    let keys = ["trace", "--alpha", "0.5", "--seed", "3", "--steps", "100", "--momentum", "0.5"];
    let all = succeed(path, &keys);
    assert!(all.starts_with("step,error,w1,w2,w3,w4,w5,w6,b1,b2,b3\n0,"));
    assert_eq!(all.lines().count(), 102);
    assert_eq!(succeed(path, &[keys.as_slice(), &["--out", "new/trace.csv"]].concat()), "");
    assert_eq!(read(path.join("new/trace.csv")), all);
    assert_eq!(succeed(path, &[keys.as_slice(), &["--out", "here.csv"]].concat()), "");
    assert_eq!(read(path.join("here.csv")), all);
    let some = succeed(path, &[keys.as_slice(), &["--every", "30"]].concat());
    let steps: Vec<&str> = some.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(steps, ["0", "30", "60", "90", "100"]);
    assert!(some.lines().all(|line| all.contains(line)));
}

#[test]
fn whoever_closes_the_pipe_has_seen_enough() {
    let folder = folder();
    let mut child = command(folder.path(), &["trace", "--steps", "1000000000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("step,error,"));
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));

    let mut child =
        command(folder.path(), &SMALL).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(names(&folder.path().join("results/sweep")), RESULTS);
}

#[test]
fn a_folder_in_the_place_of_a_result_is_refused() {
    let folder = folder();
    for name in ["convergence.csv", "summary.csv", "sweep.toml"] {
        let place = folder.path().join("out").join(name);
        fs::create_dir_all(&place).unwrap();
        let before = contents(folder.path());
        let ran = run(folder.path(), &[SMALL.as_slice(), &["--out", "out"]].concat());
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.lines().count() == 1 && ran.err.contains(name), "{ran:?}");
        assert!(contents(folder.path()) == before);
        fs::remove_dir(place).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_that_is_full_makes_standard_output_fail() {
    let folder = folder();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    for arguments in [["trace", "--steps", "100"].as_slice(), &["--dry-run"], &SMALL] {
        let ran = Ran::from(command(folder.path(), arguments).stdout(full()).output().unwrap());
        assert_eq!(ran.code, 1, "{arguments:?}: {ran:?}");
        assert!(ran.err.lines().count() == 1 && ran.err.contains("No space left"), "{arguments:?}: {ran:?}");
    }
}

/// More than a megabyte of table.
const LARGE: [&str; 4] = ["--seeds", "0..5000", "--steps", "3"];

/// A limit on the size of files stands in for a full disk where there is no right to make one.
#[cfg(unix)]
#[test]
fn a_file_that_may_not_grow_leaves_the_earlier_result_untouched() {
    for out in ["out", "new"] {
        let folder = folder();
        succeed(folder.path(), &[SMALL.as_slice(), &["--out", "out"]].concat());
        let mut large = Command::new("sh");
        // Without the trap the signal would end the program.
        large.current_dir(folder.path()).args([
            "-c",
            "trap '' XFSZ; ulimit -f 512; exec \"$0\" \"$@\"",
            PROGRAM,
        ]);
        large.args(LARGE);
        assert_fails(folder.path(), large, out, "too large");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_earlier_result_untouched() {
    let folder = folder();
    let mount =
        Command::new("mount").args(["-t", "tmpfs", "-o", "size=512k", "tmpfs"]).arg(folder.path()).output();
    if !mount.is_ok_and(|output| output.status.success()) {
        println!("skipped: there is no right to mount a small disk");
        return;
    }
    struct Mounted<'a>(&'a Path);
    impl Drop for Mounted<'_> {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg("-l").arg(self.0).status();
        }
    }
    let _mounted = Mounted(folder.path());
    succeed(folder.path(), &[SMALL.as_slice(), &["--out", "out"]].concat());
    for out in ["out", "new"] {
        assert_fails(folder.path(), command(folder.path(), &LARGE), out, "No space left");
    }
    let before = contents(folder.path());
    let ran = run(folder.path(), &["trace", "--steps", "50000", "--out", "trace.csv"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.lines().count() == 1 && ran.err.contains("trace.csv"), "{ran:?}");
    assert!(contents(folder.path()) == before);
}

/// Asserts that the sweep fails with one line that says why, and that the folder is as it was before.
#[cfg(unix)]
fn assert_fails(folder: &Path, mut sweep: Command, out: &str, why: &str) {
    let before = contents(folder);
    let ran = Ran::from(sweep.args(["--out", out]).output().unwrap());
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
    assert!(ran.err.contains(why) && ran.err.contains("convergence.csv"), "{ran:?}");
    assert!(contents(folder) == before, "{:?}", contents(folder).keys());
}

#[cfg(unix)]
#[test]
fn an_interrupted_sweep_leaves_the_earlier_result_untouched() {
    let folder = folder();
    succeed(folder.path(), &SMALL);
    let before = contents(folder.path());
    for (signal, out) in [("INT", "results/sweep"), ("TERM", "new/deep")] {
        let child = command(folder.path(), &["--alpha", "1e-9", "--steps", "1e12", "--out", out])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let partial = folder.path().join(out).join("convergence.csv.partial");
        wait_until("the sweep begins", || partial.exists());
        wait_until_interruptible(&child);
        send(signal, &child);
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!((ran.code, ran.out.as_str()), (130, ""), "{ran:?}");
        assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
        assert!(contents(folder.path()) == before, "{:?}", contents(folder.path()).keys());
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_sweep_is_gone_on_with_on_request_alone() {
    // A group of runs that end at once, and one of runs that never do.
    let long = [
        "--init",
        "normal(1)",
        "--alpha",
        "100,1e-9",
        "--seeds",
        "0..50",
        "--steps",
        "1e12",
        "--blow-up",
        "1e3",
    ];
    let told = [&long[..], &["--json"]].concat();
    let folder = folder();
    succeed(folder.path(), &SMALL);
    let earlier = contents(folder.path());
    let mut child =
        command(folder.path(), &told).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let partial = folder.path().join("results/sweep/summary.csv.partial");
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("\"runs\":50,")), "the group that ends at once ends");
    send("INT", &child);
    let begun = Instant::now();
    let rest: Vec<String> = lines.filter(|line| !line.contains("\"progress\"")).collect();
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!((ran.code, rest.len()), (130, 1), "{rest:?}");
    assert!(rest[0].contains("--resume") && partial.exists(), "{rest:?}");

    let left = contents(folder.path());
    // The list has what is in the making, too.
    for (path, bytes) in earlier.iter().filter(|(path, _)| !path.ends_with("files.txt")) {
        assert!(left[path] == *bytes, "{}", path.display());
    }
    let refused = run(folder.path(), &long);
    assert!(
        refused.code == 2 && refused.err.contains("--resume") && refused.err.contains("--force"),
        "{refused:?}"
    );
    let refused = run(folder.path(), &["--resume", "--alpha", "0.5"]);
    assert!(
        refused.code == 2 && refused.err.contains("alpha = 0.5: ") && refused.err.contains("100,1e-9"),
        "{refused:?}"
    );
    assert!(contents(folder.path()) == left);
    succeed(folder.path(), &[&SMALL[..], &["--force"]].concat());
    assert!(contents(folder.path()) == earlier);
    // Where nothing is unfinished, there is nothing to resume.
    succeed(folder.path(), &[&SMALL[..], &["--resume"]].concat());
    assert!(contents(folder.path()) == earlier);
}

#[cfg(unix)]
#[test]
fn two_sweeps_do_not_write_into_one_folder() {
    for (shard, below) in [(&[][..], ""), (&["--shard", "1/2"], "shard-1-of-2")] {
        let folder = folder();
        let results = folder.path().join("results/sweep").join(below);
        let long = [&["--alpha", "1e-9", "--steps", "1e12"], shard].concat();
        let mut first = command(folder.path(), &long).stdout(Stdio::null()).spawn().unwrap();
        wait_until("the sweep begins", || results.join("sweep.toml.partial").exists());
        let second = run(folder.path(), &[&SMALL[..], shard].concat());
        first.kill().unwrap();
        first.wait().unwrap();
        assert_eq!((second.code, second.err.lines().count()), (3, 1), "{second:?}");
        assert!(second.err.contains("another process is writing there"), "{second:?}");
        // What a sweep that was killed has left does not stand in the way.
        succeed(folder.path(), &[&SMALL[..], shard].concat());
        let partial = names(&results).into_iter().find(|name| name.ends_with(".partial"));
        assert_eq!(partial, None);
    }
}

/// A file of 300 starts with names, as a table.
fn named_starts() -> String {
    let rows = (0..300).map(|row| format!("start {row},{row}e-2,-1,0.5,1,-0.5,1,0.1,-0.1,0\n"));
    format!("name,w1,w2,w3,w4,w5,w6,b1,b2,b3\n{}", rows.collect::<String>())
}

#[test]
fn starts_of_a_file_are_one_group_and_keep_their_names() {
    let folder = folder();
    fs::write(folder.path().join("mine.csv"), named_starts()).unwrap();
    let flags = ["--starts", "mine.csv", "--steps", "200", "--out", "out", "--no-pictures"];
    let ran = run(folder.path(), &[&flags[..], &["--alpha", "0.3,0.9"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.err, "note: mine.csv: 300 starts; columns w1 to b3, names from the column name\n");
    assert!(ran.out.lines().count() < 20, "{}", ran.out);
    let summary = read(folder.path().join("out/summary.csv"));
    assert_eq!(summary.lines().count(), 3);
    assert!(summary.lines().skip(1).all(|line| line.starts_with("mine.csv,")), "{summary}");
    let table = read(folder.path().join("out/convergence.csv"));
    assert!(table.starts_with("run,\"init\",seed,\"name\",alpha,momentum,\"outcome\","), "{table:.200}");
    assert!(
        table.lines().nth(300).unwrap().starts_with("299,mine.csv,299,start 299,0.3,0.0,"),
        "{table:.200}"
    );
    assert!(table.lines().nth(301).unwrap().starts_with("300,mine.csv,0,start 0,0.9,0.0,"), "{table:.200}");
    // Its own table is a file of starts as well, with the same names.
    let again =
        ["--starts", "out/convergence.csv", "--starts-layout", "end", "--steps", "0", "--out", "ends"];
    let ran = run(folder.path(), &again);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        ran.err,
        "note: convergence.csv: 600 starts; columns end_w1 to end_b3, not start_w1 to start_b3 (starts_layout = start \
         takes these), names from the column name\n"
    );
    let ends = read(folder.path().join("ends/convergence.csv"));
    let cells = |text: &str, line: usize| -> Vec<String> {
        text.lines().nth(line).unwrap().split(',').map(str::to_owned).collect()
    };
    let place = |text: &str, name: &str| cells(text, 0).iter().position(|cell| cell == name).unwrap();
    for line in 1..=600 {
        for name in ["w1", "b3"] {
            let (end, start) = (format!("end_{name}"), format!("start_{name}"));
            assert_eq!(cells(&table, line)[place(&table, &end)], cells(&ends, line)[place(&ends, &start)]);
        }
        assert_eq!(cells(&table, line)[3], cells(&ends, line)[3]);
    }
}

#[test]
fn a_square_matrix_is_told_how_it_was_taken_and_how_to_take_it_otherwise() {
    let folder = folder();
    let network = "[[[1,2],[3,4]],[7,8],[[5],[6]],[9]]";
    fs::write(folder.path().join("net.json"), network).unwrap();
    let trace = ["trace", "--starts", "net.json", "--steps", "0"];
    let ran = run(folder.path(), &trace);
    assert_eq!(
        ran.err,
        "note: net.json: 1 start; weights of the hidden layer (2 × 2) taken as inputs × units, as Keras and NumPy have \
         them, since those of the output are 2 × 1 (starts_layout = pytorch: units × inputs)\n"
    );
    assert!(ran.out.lines().nth(1).unwrap().ends_with(",1.0,2.0,3.0,4.0,5.0,6.0,7.0,8.0,9.0"), "{}", ran.out);
    let ran = run(folder.path(), &[&trace[..], &["--starts-layout", "pytorch"]].concat());
    assert!(ran.err.ends_with("taken as units × inputs, as PyTorch has them, as asked\n"), "{}", ran.err);
    assert!(ran.out.lines().nth(1).unwrap().ends_with(",1.0,3.0,2.0,4.0,5.0,6.0,7.0,8.0,9.0"), "{}", ran.out);
    for command in [&["check-gradient"][..], &["inspect"], &["--steps", "1"]] {
        let ran = run(folder.path(), &[command, &["--starts", "net.json"]].concat());
        assert_eq!((ran.code, ran.err.lines().count()), (0, 1), "{ran:?}");
        assert!(ran.err.starts_with("note: net.json: 1 start; "), "{ran:?}");
    }
}
