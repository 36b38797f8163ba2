//! What the program says when something fails is true: messages name the file, and say what is kept, replaced or gone.
//! What is asked for and cannot work is refused before anything is done, and nothing waits for ever.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::files::contents;
use crate::plane::PLANE;
use crate::program::{PROGRAM, Ran, command, run, succeed};
use crate::small::SMALL;
use crate::waiting::{send, wait_until, wait_until_interruptible};

/// A sweep that does not end.
const ENDLESS: [&str; 4] = ["--alpha", "1e-9", "--steps", "1e12"];

/// What is said where nothing has changed.
const AS_BEFORE: &str = "results that were there before are as they were";

/// A folder with the spec of a plane.
fn folder() -> TempDir {
    let folder = crate::program::folder();
    fs::write(folder.path().join("plane.toml"), PLANE).unwrap();
    folder
}

/// The program, begun by a shell that has done `first`.
fn after(folder: &Path, first: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.current_dir(folder).stdin(Stdio::null());
    command.args(["-c", &format!("{first}; exec \"$0\" \"$@\""), PROGRAM]).args(arguments);
    command
}

fn begun(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits for a command, which is killed if it does not end.
fn ended(child: Child) -> Ran {
    let process = child.id().to_string();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output().unwrap()));
    let output = receiver.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| {
        Command::new("kill").args(["-KILL", &process]).status().unwrap();
        receiver.recv().unwrap()
    });
    output.into()
}

fn wait_for(path: &Path) {
    wait_until(&path.display().to_string(), || path.exists());
}

/// The paths of the files below a folder, from there.
fn names(folder: &Path) -> Vec<String> {
    let files = contents(folder).into_iter().filter(|(_, bytes)| bytes.is_some());
    files.map(|(path, _)| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned()).collect()
}

/// A small disk, where one can be mounted.
struct Disk(PathBuf);

impl Disk {
    fn mounted(path: PathBuf, kilobytes: u64) -> Option<Self> {
        fs::create_dir(&path).unwrap();
        let size = format!("size={kilobytes}k");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&path).output();
        if !mount.is_ok_and(|output| output.status.success()) {
            println!("skipped: there is no right to mount a small disk");
            return None;
        }
        Some(Self(path))
    }

    fn resize(&self, kilobytes: u64) {
        let size = format!("remount,size={kilobytes}k");
        assert!(Command::new("mount").args(["-o", &size]).arg(&self.0).status().unwrap().success());
    }

    /// How much is used, in kilobytes.
    fn used(&self) -> u64 {
        let output = Command::new("df").args(["-k", "--output=used"]).arg(&self.0).output().unwrap();
        String::from_utf8(output.stdout).unwrap().lines().nth(1).unwrap().trim().parse().unwrap()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn full() -> fs::File {
    fs::OpenOptions::new().write(true).open("/dev/full").unwrap()
}

#[test]
fn threads_that_cannot_start_are_told_or_done_without() {
    let folder = folder();
    let arguments = [SMALL.as_slice(), &["--threads", "8"]].concat();
    let (mut fewer, mut none) = (0, 0);
    // Each thread wants room for its stack.
    for megabytes in (40..800).step_by(40) {
        let limit = format!("ulimit -v {}", megabytes * 1024);
        let ran = ended(begun(after(folder.path(), &limit, &arguments)));
        match ran.code {
            0 => fewer += u32::from(!ran.out.contains("with 8 threads")),
            1 => {
                ran.says(1, &["no thread can be started: ", AS_BEFORE]);
                none += 1;
            }
            // It cannot be loaded, or has no memory at all.
            127 | -6 | -11 => assert!(!ran.err.contains("panicked"), "{megabytes} MB: {ran:?}"),
            _ => panic!("{megabytes} MB: {ran:?}"),
        }
    }
    assert!(fewer > 0 && none > 0, "{fewer} sweeps had fewer threads, {none} had none");
}

#[test]
fn many_threads_for_few_runs_are_not_started() {
    let out = succeed(folder().path(), &["--threads", "4096", "--seeds", "0..3", "--steps", "5"]);
    assert!(out.contains("with 3 threads"), "{out}");
}

#[test]
fn a_signal_that_was_ignored_from_the_start_stays_ignored() {
    let check = |ignored, ending| {
        let folder = folder();
        let endless = [&ENDLESS[..], &["--json"]].concat();
        let mut child = begun(after(folder.path(), &format!("trap '' {ignored}"), &endless));
        // Each second it tells how far it is, which it does after the signal, too.
        let mut told = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let mut goes_on = || told.next().is_some_and(|line| line.contains("\"progress\""));
        assert!(goes_on());
        send(ignored, &child);
        assert!(goes_on() && goes_on(), "{ignored} is not ignored");
        assert!(folder.path().join("results/sweep/sweep.toml.partial").exists());
        send(ending, &child);
        let last = told.by_ref().last().unwrap();
        assert!(last.contains("stopped before the end") && last.contains(AS_BEFORE), "{last}");
        assert_eq!(ended(child).code, 130, "{last}");
    };
    thread::scope(|scope| {
        for (ignored, ending) in [("HUP", "INT"), ("INT", "TERM"), ("TERM", "HUP")] {
            scope.spawn(move || check(ignored, ending));
        }
    });
}

#[test]
fn a_signal_while_pictures_are_drawn_ends_the_program_and_the_results_are_told() {
    let folder = folder();
    let plane =
        ["map", "plane.toml", "--plane-x-range", "-2:2:500", "--plane-y-range", "0.1:1:500", "--steps", "1"];
    let child = begun(command(folder.path(), &plane));
    let results = folder.path().join("results/plane");
    wait_for(&results.join("sweep.toml"));
    send("INT", &child);
    let ran = ended(child);
    ran.says(130, &["the tables in results/plane are complete, pictures are missing"]);
    assert!(ran.out.contains("250,000 runs, "), "{ran:?}");
    assert_eq!(
        names(&results),
        ["convergence.csv", "files.txt", "summary.csv", "summary.xlsx", "sweep.toml"]
    );
    // So with results that are there.
    for arguments in [["map", "results/plane"], ["chart", "results/plane"], ["report", "results/plane"]] {
        let child = begun(command(folder.path(), &arguments));
        wait_until_interruptible(&child);
        send("INT", &child);
        ended(child).says(130, &["stopped before the end", AS_BEFORE]);
        assert_eq!(
            names(&results),
            ["convergence.csv", "files.txt", "summary.csv", "summary.xlsx", "sweep.toml"],
            "{arguments:?}"
        );
    }
}

#[test]
fn a_disk_that_is_full_when_pictures_are_drawn_costs_the_pictures_alone() {
    let folder = folder();
    let Some(disk) = Disk::mounted(folder.path().join("results"), 4096) else { return };
    succeed(folder.path(), &[SMALL.as_slice(), &["--no-pictures"]].concat());
    let results = folder.path().join("results/sweep");
    let former = contents(&results);
    // Room for the tables beside the former ones, but not for charts.
    disk.resize(disk.used() + 48);
    let other = ["--alpha", "0.3,0.9,1.2", "--seeds", "0..9", "--steps", "200"];
    let ran = run(folder.path(), &other);
    ran.says(
        1,
        &[
            "results/sweep/chart-outcomes.",
            "No space left",
            "the tables in results/sweep are complete, pictures are missing",
        ],
    );
    assert!(ran.out.contains("27 runs, ") && ran.out.contains("normal(1)"), "{ran:?}");
    assert_eq!(
        names(&results),
        ["convergence.csv", "files.txt", "summary.csv", "summary.xlsx", "sweep.toml"]
    );
    assert!(contents(&results) != former);
    // Drawn again they leave all as it was, whole or not at all.
    let before = contents(&results);
    for arguments in [["chart", "results/sweep"], ["report", "results/sweep"]] {
        run(folder.path(), &arguments).says(1, &["results/sweep/", "No space left", AS_BEFORE]);
        assert!(contents(&results) == before, "{arguments:?}");
    }
    disk.resize(4096);
    succeed(folder.path(), &["chart", "results/sweep"]);
    let before = contents(&results);
    assert_eq!(before.len(), 9);
    disk.resize(disk.used() + 8);
    run(folder.path(), &["chart", "results/sweep"]).says(1, &["chart-outcomes.", "No space left", AS_BEFORE]);
    assert!(contents(&results) == before);
}

#[test]
fn a_disk_that_is_full_is_told_by_every_command_that_writes() {
    let folder = folder();
    let Some(disk) = Disk::mounted(folder.path().join("results"), 16384) else { return };
    let shards = ["--seeds", "0..300", "--steps", "5", "--out", "results/shards"];
    for shard in ["1/2", "2/2"] {
        succeed(folder.path(), &[&shards[..], &["--shard", shard]].concat());
    }
    succeed(folder.path(), &["plane.toml"]);
    disk.resize(disk.used() + 16);
    let before = contents(folder.path());
    for arguments in [
        &["merge", "results/shards"][..],
        &["map", "results/plane"],
        &["map", "results/plane", "--bare", "--color", "steps", "--out", "results/elsewhere/deep"],
        &["trace", "--steps", "3000", "--out", "results/plane/trace.csv"],
        &["trace", "--steps", "10", "--out", "results/trace.csv", "--chart", "results/error.png"],
        &["report", "results/plane"],
    ] {
        // A bare map of a few pixels finds room.
        let ran = run(folder.path(), arguments);
        if ran.code != 0 {
            ran.says(1, &["results/", "No space left", AS_BEFORE]);
            assert!(contents(folder.path()) == before, "{arguments:?}");
        } else {
            assert!(arguments.contains(&"--bare"), "{arguments:?}");
            fs::remove_dir_all(folder.path().join("results/elsewhere")).unwrap();
        }
    }
}

#[test]
fn results_that_are_there_are_told_where_standard_output_is_full() {
    let folder = folder();
    for shard in ["1/2", "2/2"] {
        succeed(folder.path(), &[SMALL.as_slice(), &["--out", "shards", "--shard", shard]].concat());
    }
    for (arguments, told) in [
        (SMALL.as_slice(), "; the results in results/sweep are complete\n"),
        (&["merge", "shards"], "; the results in shards are complete\n"),
        (
            &["chart", "shards"],
            "; what is new and in place: shards/chart-outcomes.svg, shards/chart-outcomes.png, shards/chart-convergence.svg, shards/chart-convergence.png\n",
        ),
        (&["report", "shards", "--out", "page.html"], "; what is new and in place: page.html\n"),
        (&["trace", "--steps", "10"], "os error 28)\n"),
        (&["--dry-run"], "os error 28)\n"),
        (&["check-gradient"], "os error 28)\n"),
        (&["inspect", "--init", "constant(0.1)"], "os error 28)\n"),
        (&["completions", "bash"], "os error 28)\n"),
    ] {
        let ran = Ran::from(command(folder.path(), arguments).stdout(full()).output().unwrap());
        ran.says(1, &["xorsweep: standard output: No space left", told]);
    }
    assert_eq!(names(&folder.path().join("results/sweep")).len(), 9);
    assert!(folder.path().join("shards/convergence.csv").exists());
}

/// Reading the first bytes of this file fails as those of a broken disk do.
#[cfg(target_os = "linux")]
const BROKEN: &str = "/proc/self/mem";

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_the_disk_cannot_read_makes_no_wrong_request() {
    let folder = folder();
    succeed(folder.path(), &["plane.toml", "--no-pictures"]);
    let table = folder.path().join("results/plane/convergence.csv");
    fs::remove_file(&table).unwrap();
    std::os::unix::fs::symlink(BROKEN, table).unwrap();
    for arguments in [&[BROKEN][..], &["map", "results/plane"], &["chart", "results/plane"]] {
        let mut ran = run(folder.path(), arguments);
        // That the table is another one is told as well.
        ran.err = ran.err.lines().filter(|line| !line.starts_with("note: ")).collect();
        ran.says(1, &["cannot be read: Input/output error"]);
    }
    for arguments in [&["missing.toml"][..], &["chart", "missing"], &["results"]] {
        assert_eq!(run(folder.path(), arguments).code, 2);
    }
}

#[test]
fn a_folder_with_a_pictures_name_is_refused_before_anything_is_run() {
    let folder = folder();
    for (name, arguments) in [
        ("chart-outcomes.svg", &["plane.toml"][..]),
        ("map.png", &["plane.toml"]),
        ("map-steps.png", &["map", "plane.toml", "--color", "steps"]),
        (
            "frame-0003.png",
            &["map", "plane.toml", "--zoom", "-1,0.5,9", "--frames", "4", "--out", "results/plane"],
        ),
    ] {
        let place = folder.path().join("results/plane").join(name);
        fs::create_dir_all(&place).unwrap();
        run(folder.path(), arguments).says(2, &[name, "remove it"]);
        assert_eq!(names(folder.path()), ["plane.toml"], "{name}");
        fs::remove_dir(place).unwrap();
    }
    // One of a picture that is not drawn is none of our business.
    fs::create_dir_all(folder.path().join("results/plane/map-steps.png")).unwrap();
    succeed(folder.path(), &["plane.toml"]);
    assert!(folder.path().join("results/plane/map-steps.png").is_dir());
}

#[test]
fn a_map_or_film_that_cannot_be_drawn_is_refused_before_anything_is_run() {
    let folder = folder();
    let zoom = ["--zoom", "-1,0.5,9"];
    for kind in [
        &[][..],
        &zoom,
        &[&zoom[..], &["--frames", "3"]].concat(),
        &[&zoom[..], &["--frames", "3", "--dry-run"]].concat(),
    ] {
        let ran = run(folder.path(), &[&["map", "plane.toml", "--shard", "1/2"], kind].concat());
        ran.says(2, &["shard"]);
        assert_eq!(names(folder.path()), ["plane.toml"], "{kind:?}");
    }
}

#[test]
fn a_film_that_fails_tells_which_frames_there_are() {
    let folder = folder();
    let Some(disk) = Disk::mounted(folder.path().join("film"), 16384) else { return };
    let film = |frames: &str| {
        let mut film = command(
            folder.path(),
            &[
                "map",
                "plane.toml",
                "--plane-x-range",
                "-4:4:60",
                "--plane-y-range",
                "0.1:1:50",
                "--out",
                "film",
            ],
        );
        film.args(["--zoom", "-1,0.5,9", "--steps", "20", "--frames", frames]);
        Ran::from(film.output().unwrap())
    };
    // Room for some frames, but not for all.
    assert_eq!(film("2").code, 0);
    fs::write(disk.0.join("other"), vec![1; 1 << 20]).unwrap();
    let one = fs::read_dir(&disk.0).unwrap().count();
    assert!(one > 3);
    disk.resize(disk.used() + 100);
    let ran = film("60");
    if ran.code == 0 {
        disk.resize(disk.used() + 64);
    }
    let ran = if ran.code == 0 { film("60") } else { ran };
    ran.says(1, &["No space left"]);
    let told = ran.err.split(" of 60 frames in film are complete").next().unwrap();
    let complete: u64 = told.rsplit(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
    assert!(complete > 0 || ran.err.contains(AS_BEFORE), "{ran:?}");
    for number in 1..=complete {
        for name in ["summary.csv", "sweep.toml"] {
            assert!(disk.0.join(format!("frame-{number:04}/{name}")).exists(), "{ran:?}");
        }
        assert!(disk.0.join(format!("frame-{number:04}.png")).exists(), "{ran:?}");
    }
}

#[test]
fn what_is_complete_is_not_run_again() {
    let folder = folder();
    let shard = [SMALL.as_slice(), &["--shard", "1/2", "--resume"]].concat();
    assert!(succeed(folder.path(), &shard).contains("12 runs, "));
    let before = contents(folder.path());
    assert!(
        succeed(folder.path(), &shard).starts_with("All 12 runs were done before, and none is run again.\n")
    );
    assert!(contents(folder.path()) == before);
}

#[test]
fn a_complete_sweep_that_lacks_its_pictures_gets_them_and_is_not_run_again() {
    let folder = folder();
    let results = folder.path().join("results/sweep");
    // That files were damaged is told, too.
    let with = |more: &[&str]| {
        let ran = run(folder.path(), &[SMALL.as_slice(), more].concat());
        assert_eq!(ran.code, 0, "{more:?}: {ran:?}");
        ran.out
    };
    let is_again = |out: &str| out.starts_with("All 24 runs were done before, and none is run again.\n");
    assert!(!is_again(&with(&["--resume", "--no-pictures"])));
    let tables = contents(&results);
    assert!(is_again(&with(&["--resume"])));
    assert!(results.join("chart-outcomes.svg").exists());
    let whole = contents(&results);
    for lost in ["chart-outcomes.png", "chart-outcomes.svg"] {
        fs::remove_file(results.join(lost)).unwrap();
    }
    assert!(is_again(&with(&["--resume"])));
    assert!(contents(&results) == whole);
    // They stay where they are not asked for again; charts do not make it look unfinished.
    assert!(is_again(&with(&["--resume", "--no-pictures"])));
    succeed(folder.path(), &["chart", "results/sweep"]);
    assert!(is_again(&with(&["--resume"])));
    assert!(contents(&results) == whole);
    // Without the flag it is run, and so is another request, and what was lost or changed.
    assert!(!is_again(&with(&[])));
    assert!(!is_again(&with(&["--resume", "--delimiter", "tab"])));
    assert!(tables.keys().all(|path| path.exists()));
    for name in ["summary.csv", "convergence.csv", "sweep.toml"] {
        fs::remove_file(results.join(name)).unwrap();
        assert!(!is_again(&with(&["--resume"])), "{name}");
        assert!(contents(&results) == whole, "{name}");
    }
    fs::remove_file(results.join("convergence.csv")).unwrap();
    assert_eq!(run(folder.path(), &["chart", "results/sweep"]).code, 0);
    assert!(!is_again(&with(&["--resume"])));
    assert!(contents(&results) == whole);
    // So it is with shards that are merged.
    for shard in ["1/2", "2/2"] {
        with(&["--shard", shard, "--out", "merged"]);
    }
    succeed(folder.path(), &["merge", "merged"]);
    assert!(is_again(&with(&["--resume", "--out", "merged"])));
    assert!(folder.path().join("merged/chart-outcomes.png").exists());
}
