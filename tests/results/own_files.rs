//! Shows that a folder of results replaces and removes no files but its own, that nothing that is read is written over,
//! and that what was changed since it was written is noticed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::files::{contents, names};
use crate::plane::PLANE;
use crate::program::{Ran, command, folder, run, succeed};
use crate::small::SMALL;
#[cfg(unix)]
use crate::waiting::wait_until;

/// The small sweep as a spec, with a remark of somebody's.
const SPEC: &str = "# mine\nalpha = [0.3, 0.9, 1.2]\nseeds = '0..8'\nsteps = 200\n";
/// Asserts that a command is refused in one line that says these things, and that it changes nothing.
fn refused(folder: &Path, arguments: &[&str], told: &[&str]) {
    let before = contents(folder);
    let Ran { code, err, .. } = run(folder, arguments);
    // How a file of starts was understood is told before anything else.
    let lines = err.lines().filter(|line| !line.starts_with("note: ")).count();
    assert_eq!((code, lines), (2, 1), "{arguments:?}: {err}");
    for told in told {
        assert!(err.contains(told), "{arguments:?}: {told}: {err}");
    }
    let after = contents(folder);
    assert!(after == before, "{arguments:?}: {:?} became {:?}", before.keys(), after.keys());
}

#[test]
fn a_copy_beside_the_results_stays_and_is_no_part_of_the_table() {
    let folder = folder();
    let r = folder.path().join("r");
    succeed(folder.path(), &[&SMALL[..], &["--out", "r"]].concat());
    let copy = r.join("convergence-20261124.csv");
    fs::copy(r.join("convergence.csv"), &copy).unwrap();
    let bytes = fs::read(&copy).unwrap();
    succeed(folder.path(), &[&SMALL[..], &["--out", "r", "--seeds", "8..9"]].concat());
    succeed(folder.path(), &["chart", "r"]);
    succeed(folder.path(), &["--alpha", "0.5", "--steps", "9", "--out", "r", "--rows-per-file", "300"]);
    assert!(fs::read(&copy).unwrap() == bytes);
    assert!(names(&r).contains(&"convergence-0004.csv".to_owned()));
    // A part of the table that is not there is missed.
    fs::remove_file(r.join("convergence-0002.csv")).unwrap();
    let Ran { code, err, .. } = run(folder.path(), &["report", "r"]);
    assert!(code == 0 && err.contains("note: r/convergence-0002.csv is missing"), "{err}");
}

#[test]
fn files_that_are_in_the_way_are_refused_and_stay() {
    let folder = folder();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(folder.path().join("plane.toml"), PLANE).unwrap();
    fs::write(folder.path().join("spec.toml"), SPEC).unwrap();
    succeed(folder.path(), &["plane.toml", "--no-pictures"]);
    succeed(folder.path(), &["spec.toml", "--out", "small", "--no-pictures"]);
    for shard in ["1/2", "2/2"] {
        succeed(folder.path(), &[&SMALL[..], &["--out", "shards", "--shard", shard]].concat());
    }
    let into = |arguments: &[&'static str]| [arguments, &["--out", "out"]].concat();
    let zoom = ["map", "plane.toml", "--zoom", "1,1,4", "--frames", "2"];
    for (name, arguments) in [
        ("convergence.csv", into(&["spec.toml"])),
        ("summary.csv", into(&["spec.toml", "--summary-only"])),
        ("sweep.toml", into(&["spec.toml"])),
        ("convergence-0002.csv", into(&["spec.toml", "--rows-per-file", "12"])),
        ("convergence.parquet", into(&["spec.toml", "--format", "parquet"])),
        ("convergence.csv.partial", into(&["spec.toml"])),
        ("checkpoint.json", into(&["spec.toml", "--force"])),
        ("checkpoint.json", into(&["spec.toml", "--resume"])),
        ("files.txt", into(&["spec.toml"])),
        ("chart-outcomes.svg", into(&["spec.toml"])),
        ("chart-outcomes.png", into(&["chart", "small"])),
        ("map.png", into(&["map", "plane.toml"])),
        ("map-bare.png", into(&["map", "results/plane", "--bare"])),
        ("frame-0002.png", into(&zoom)),
        ("zoom.mp4", into(&zoom)),
        ("summary.csv", into(&["merge", "shards"])),
    ] {
        let place = out.join(name);
        fs::write(&place, "mine").unwrap();
        refused(folder.path(), &arguments, &[name]);
        fs::remove_file(place).unwrap();
    }
    fs::write(folder.path().join("results/plane/report.html"), "mine").unwrap();
    refused(folder.path(), &["report", "results/plane"], &["report.html", "move it"]);
    fs::create_dir_all(folder.path().join("results/published/the-question")).unwrap();
    fs::write(folder.path().join("results/published/the-question/README.md"), "mine").unwrap();
    refused(folder.path(), &["published", "the-question", "--record"], &["README.md", "move it"]);
}

#[test]
fn results_without_a_list_are_anybodys() {
    let folder = folder();
    let out = folder.path().join("out");
    let sweep = [&SMALL[..], &["--out", "out"]].concat();
    succeed(folder.path(), &sweep);
    fs::remove_file(out.join("files.txt")).unwrap();
    refused(folder.path(), &sweep, &["out = out/", "move it"]);
    // They can be looked at.
    succeed(folder.path(), &["trace", "out", "--run", "3", "--out", "trace.csv"]);
    succeed(folder.path(), &["chart", "out", "--out", "charts"]);
    for name in names(&out) {
        fs::remove_file(out.join(name)).unwrap();
    }
    succeed(folder.path(), &sweep);
}

#[test]
fn results_that_somebody_changed_are_not_replaced() {
    let folder = folder();
    let sweep = [&SMALL[..], &["--out", "out"]].concat();
    succeed(folder.path(), &sweep);
    for name in ["convergence.csv", "summary.csv", "sweep.toml", "chart-outcomes.svg"] {
        let path = folder.path().join("out").join(name);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, [&bytes[..], b"# a remark\n"].concat()).unwrap();
        refused(folder.path(), &sweep, &[name, "changed since it was written"]);
        fs::write(&path, bytes).unwrap();
    }
    succeed(folder.path(), &sweep);
}

#[test]
fn what_is_read_is_never_written_over() {
    let folder = folder();
    let path = folder.path();
    fs::create_dir(path.join("t")).unwrap();
    fs::write(path.join("t/sweep.toml"), SPEC).unwrap();
    refused(path, &["t/sweep.toml", "--out", "t"], &["t/sweep.toml", "move it"]);
    refused(path, &["t", "--out", "t"], &["t/sweep.toml", "move it"]);
    let header = "w1,w2,w3,w4,w5,w6,b1,b2,b3\n1,2,3,4,5,6,7,8,9\n";
    fs::write(path.join("t/convergence.csv"), header).unwrap();
    fs::remove_file(path.join("t/sweep.toml")).unwrap();
    refused(path, &["--starts", "t/convergence.csv", "--out", "t"], &["t/convergence.csv"]);
    // A spec of results may be run again into their place, but no other sweep.
    succeed(path, &[&SMALL[..], &["--out", "r"]].concat());
    let before = contents(&path.join("r"));
    for spec in ["r", "r/sweep.toml", "./r/../r/sweep.toml"] {
        succeed(path, &[spec, "--out", "r"]);
        assert!(contents(&path.join("r")) == before);
        refused(path, &[spec, "--out", "r", "--alpha", "0.5"], &["spec = ", "a result would take its place"]);
    }
    succeed(path, &["r", "--out", "other", "--alpha", "0.5"]);
}

#[test]
fn a_file_that_a_flag_names_is_replaced_on_request_alone() {
    let folder = folder();
    let path = folder.path();
    succeed(path, &[&SMALL[..], &["--out", "r"]].concat());
    fs::write(path.join("notes.csv"), "mine").unwrap();
    fs::write(path.join("notes.html"), "mine").unwrap();
    fs::write(path.join("spec.toml"), "steps = 5\nseeds = 1\n").unwrap();
    fs::write(path.join("starts.csv"), "w1,w2,w3,w4,w5,w6,b1,b2,b3\n1,2,3,4,5,6,7,8,9\n").unwrap();
    for force in [&[][..], &["--force"]] {
        let with = |arguments: &[&'static str]| [arguments, force].concat();
        for table in ["r/convergence.csv", "r/summary.csv", "r/sweep.toml", "r/chart-outcomes.png"] {
            refused(
                path,
                &[&["trace", "spec.toml", "--out", table], force].concat(),
                &["one of the results"],
            );
        }
        refused(path, &with(&["trace", "spec.toml", "--out", "spec.toml"]), &["spec.toml"]);
        refused(path, &with(&["trace", "spec.toml", "--out", "./r/../spec.toml"]), &["spec.toml"]);
        refused(path, &with(&["trace", "--starts", "starts.csv", "--out", "starts.csv"]), &["starts.csv"]);
        refused(path, &with(&["trace", "spec.toml", "--out", "r"]), &["it is no file"]);
        refused(path, &with(&["trace", "--out", "a.svg", "--chart", "a.svg"]), &["same file"]);
        #[cfg(unix)]
        refused(path, &with(&["trace", "spec.toml", "--out", "/dev/null"]), &["it is no file"]);
    }
    for arguments in
        [&["trace", "spec.toml", "--out", "notes.csv"][..], &["report", "r", "--out", "notes.html"]]
    {
        refused(path, arguments, &["notes.", "it is there already", "--force"]);
        succeed(path, &[arguments, &["--force"]].concat());
        let name = arguments.last().unwrap();
        assert!(fs::read(path.join(name)).unwrap() != b"mine");
    }
    // The page of results is their own, whether its place is named or not.
    for arguments in [&["report", "r"][..], &["report", "r", "--out", "r/report.html"]] {
        succeed(path, arguments);
    }
    assert!(names(path).iter().all(|name| !name.ends_with(".partial")));
}

#[test]
fn traces_into_one_folder_do_not_wait_for_each_other() {
    let folder = folder();
    let long = ["trace", "--steps", "3000000", "--every", "1000000", "--out", "long.csv"];
    let mut child = command(folder.path(), &long).spawn().unwrap();
    succeed(folder.path(), &["trace", "--steps", "5", "--out", "short.csv"]);
    assert!(child.wait().unwrap().success());
    assert_eq!(names(folder.path()), ["long.csv", "short.csv"]);
}

#[test]
fn a_shorter_film_leaves_no_frame_of_a_longer_one() {
    let folder = folder();
    fs::write(folder.path().join("plane.toml"), PLANE).unwrap();
    let film = |frames| {
        let Ran { code, err, .. } = run(
            folder.path(),
            &["map", "plane.toml", "--zoom", "1,1,4", "--frames", frames, "--out", "film"],
        );
        assert_eq!(code, 0, "{err}");
    };
    film("4");
    let film_folder = folder.path().join("film");
    fs::write(film_folder.join("frame-0005.png"), "mine").unwrap();
    fs::write(film_folder.join("frame-0003/notes.txt"), "mine").unwrap();
    film("2");
    assert_eq!(
        names(&film_folder),
        [
            "files.txt",
            "frame-0001",
            "frame-0001.png",
            "frame-0002",
            "frame-0002.png",
            "frame-0003",
            "frame-0005.png"
        ]
    );
    assert_eq!(names(&film_folder.join("frame-0003")), ["notes.txt"]);
}

#[cfg(unix)]
#[test]
fn a_film_without_ffmpeg_takes_a_former_film_away() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    fs::write(folder.path().join("plane.toml"), PLANE).unwrap();
    fs::create_dir(folder.path().join("bin")).unwrap();
    let ffmpeg = folder.path().join("bin/ffmpeg");
    fs::write(&ffmpeg, "#!/bin/sh\nfor last; do :; done\necho \"$@\" > \"$last\"\n").unwrap();
    fs::set_permissions(&ffmpeg, fs::Permissions::from_mode(0o755)).unwrap();
    let arguments = ["map", "plane.toml", "--zoom", "1,1,4", "--frames", "2", "--out", "film"];
    let made = command(folder.path(), &arguments).env("PATH", ffmpeg.parent().unwrap()).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let film = folder.path().join("film/zoom.mp4");
    // What is behind the last frame is none of the film's.
    assert!(fs::read_to_string(&film).unwrap().contains("-frames:v 2"));
    assert_eq!(run(folder.path(), &arguments).code, 0);
    assert!(!film.exists());
}

#[test]
fn shards_are_not_merged_into_one_of_them() {
    let folder = folder();
    for shard in ["1/2", "2/2"] {
        succeed(folder.path(), &[&SMALL[..], &["--out", "shards", "--shard", shard]].concat());
    }
    for out in ["shards/shard-1-of-2", "shards/../shards/shard-2-of-2/"] {
        refused(folder.path(), &["merge", "shards", "--out", out], &["is there, which is to be read"]);
    }
    succeed(folder.path(), &["merge", "shards"]);
}

#[test]
fn results_that_are_not_as_they_were_written_are_told_of() {
    let folder = folder();
    let path = folder.path();
    succeed(path, &[&SMALL[..], &["--out", "r"]].concat());
    let spec = fs::read_to_string(path.join("r/sweep.toml")).unwrap();
    fs::write(path.join("r/sweep.toml"), spec.replace("steps = 200", "steps = 201")).unwrap();
    for arguments in [
        &["trace", "r", "--run", "3"][..],
        &["trace", "r/sweep.toml", "--run", "3"],
        &["inspect", "r", "--run", "3"],
        &["chart", "r"],
        &["report", "r"],
    ] {
        refused(path, arguments, &["spec = r/sweep.toml: it was changed since it was written"]);
    }
    fs::write(path.join("r/sweep.toml"), format!("{spec}# a remark\n")).unwrap();
    refused(path, &["chart", "r"], &["spec = r/sweep.toml: it has ", " bytes, and ", " were written"]);
    // Elsewhere it is a spec as any.
    fs::copy(path.join("r/sweep.toml"), path.join("mine.toml")).unwrap();
    succeed(path, &["trace", "mine.toml", "--run", "3", "--out", "trace.csv"]);
    fs::write(path.join("r/sweep.toml"), &spec).unwrap();
    let summary = fs::read_to_string(path.join("r/summary.csv")).unwrap();
    fs::write(
        path.join("r/summary.csv"),
        summary.replacen("normal(1),0.0,0.3,8,", "normal(1),0.0,0.3,9,", 1),
    )
    .unwrap();
    for arguments in [["chart", "r"], ["report", "r"]] {
        let Ran { code, err, .. } = run(path, &arguments);
        assert_eq!((code, err.as_str()), (0, "note: r/summary.csv was changed since it was written\n"));
    }
}

#[cfg(unix)]
#[test]
fn results_keep_the_starts_and_samples_they_were_made_of() {
    let folder = folder();
    let path = folder.path();
    // Not the question's layout, nor its task, nor text that reads back as it is written.
    fs::write(
        path.join("mine.txt"),
        "# two networks\n0.1 0.2 0.3 1e-310 -0.0 6 0.7 0.8 9\n1 2 3 4 5 6 7 8 9\n",
    )
    .unwrap();
    fs::write(path.join("points.csv"), "y,x2,x1\n1,0,0.25\n0,1,1\n1,-1,0.5\n").unwrap();
    let keys =
        ["--starts", "mine.txt", "--starts-layout", "keras", "--task", "points.csv", "--alpha", "0.3,0.9"];
    let request = [&keys[..], &["--steps", "20", "--out", "r"]].concat();
    let sweep = |more: &[&str]| {
        let Ran { code, err, .. } = run(path, &[&request[..], more].concat());
        assert_eq!(code, 0, "{err}");
    };
    sweep(&[]);
    let all = contents(&path.join("r"));
    let kept = |name: &str| fs::read_to_string(path.join("r").join(name)).unwrap();
    assert_eq!(kept("task-points.csv.csv"), "x1,x2,y\n0.25,0,1\n1,1,0\n0.5,-1,1\n");
    assert!(kept("starts-mine.txt.csv").starts_with("w1,w2,w3,w4,w5,w6,b1,b2,b3\n0.1,0.2,0.3,1e-310,"));
    assert!(kept("sweep.toml").contains("starts = \"starts-mine.txt.csv\"\n"), "{}", kept("sweep.toml"));
    let trace = |spec: &[&str]| {
        let output = command(path, &[&["trace"], spec, &["--run", "1"]].concat()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        output.stdout
    };
    let traced = trace(&[&keys[..], &["--steps", "20"]].concat());
    // The same request again, in place and moved, without the files that it was made of.
    fs::remove_file(path.join("mine.txt")).unwrap();
    fs::write(path.join("points.csv"), "y,x1\n1,0\n").unwrap();
    assert_eq!(trace(&["r"]), traced);
    fs::rename(path.join("r"), path.join("moved")).unwrap();
    assert_eq!(trace(&["moved"]), traced);
    for command in ["chart", "report"] {
        let Ran { code, err, .. } = run(path, &[command, "moved"]);
        assert_eq!(code, 0, "{err}");
    }
    let Ran { code, err, .. } = run(path, &["moved", "--out", "moved"]);
    assert_eq!(code, 0, "{err}");
    for (before, bytes) in &all {
        let now = path.join("moved").join(before.strip_prefix(path.join("r")).unwrap());
        let is_same = before.ends_with("files.txt") || bytes.as_ref() == Some(&fs::read(&now).unwrap());
        assert!(is_same, "{}", now.display());
    }
    // A copy that somebody changed is no longer what the tables were made of.
    let starts = path.join("moved/starts-mine.txt.csv");
    let text = fs::read_to_string(&starts).unwrap();
    fs::write(&starts, text.replacen("0.2", "0.3", 1)).unwrap();
    refused(
        path,
        &["trace", "moved", "--run", "1"],
        &["moved/starts-mine.txt.csv", "it was changed since it was written"],
    );
    fs::remove_file(&starts).unwrap();
    refused(path, &["chart", "moved"], &["moved/starts-mine.txt.csv"]);
}

#[test]
fn shards_and_unfinished_sweeps_know_the_files_they_were_begun_with() {
    let folder = folder();
    let path = folder.path();
    let starts = "w1,w2,w3,w4,w5,w6,b1,b2,b3\n1,2,3,4,5,6,7,8,9\n0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9\n";
    let points = "x1,x2,y\n0,0,1\n1,1,0.5\n";
    let give = |starts: &str, points: &str| {
        fs::write(path.join("mine.csv"), starts).unwrap();
        fs::write(path.join("points.csv"), points).unwrap();
    };
    give(starts, points);
    let keys = [
        "--starts",
        "mine.csv",
        "--task",
        "points.csv",
        "--alpha",
        "0.3,0.9",
        "--steps",
        "20",
        "--no-pictures",
    ];
    let ran = |more: &[&str]| run(path, &[&keys[..], more].concat());
    let succeeds = |more: &[&str]| {
        let Ran { code, err, .. } = ran(more);
        assert_eq!(code, 0, "{err}");
    };
    succeeds(&["--out", "whole"]);
    succeeds(&["--out", "s", "--shard", "1/2"]);
    let changed = [
        (starts.replacen(",4,", ",5,", 1), points.to_owned()),
        (starts.to_owned(), points.replace("0.5", "0.6")),
    ];
    for (starts, points) in &changed {
        give(starts, points);
        succeeds(&["--out", "s", "--shard", "2/2", "--force"]);
        refused(path, &["merge", "s", "--out", "m"], &["the shards are of different sweeps", "CRC-32"]);
    }
    give(starts, points);
    succeeds(&["--out", "s", "--shard", "2/2", "--force"]);
    // What says which sweep a shard is of can be made again.
    fs::remove_file(path.join("s/shard-1-of-2/starts-mine.csv.csv")).unwrap();
    let Ran { code, err, .. } = run(path, &["merge", "s", "--out", "m"]);
    assert!(code == 1 && err.contains("starts-mine.csv.csv: it is missing: run that shard again"), "{err}");
    succeeds(&["--out", "s", "--shard", "1/2", "--resume"]);
    let Ran { code, err, .. } = run(path, &["merge", "s", "--out", "m"]);
    assert_eq!(code, 0, "{err}");
    let named = |folder: &str| {
        let all = contents(&path.join(folder)).into_iter();
        let all = all.map(|(name, bytes)| (name.strip_prefix(path.join(folder)).unwrap().to_owned(), bytes));
        all.filter(|(name, _)| !name.ends_with("files.txt")).collect::<BTreeMap<_, _>>()
    };
    assert!(named("m") == named("whole"), "{:?}", names(&path.join("m")));
    // Results are not those of other starts.
    give(&changed[0].0, points);
    let Ran { code, err, .. } = ran(&["--out", "whole", "--resume"]);
    assert!(code == 0 && !err.contains("before"), "{err}");
    assert!(named("m") != named("whole"));
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_removed_while_a_sweep_writes_to_it_can_be_begun_anew() {
    let folder = folder();
    let out = folder.path().join("out");
    let wait_for = |name: &str| wait_until(name, || out.join(name).exists());
    // A group of runs that end at once, and one of runs that take a while.
    let long = ["--alpha", "100,1e-9", "--steps", "2000000", "--blow-up", "1e3", "--seeds", "0..32"];
    let long = [&long[..], &["--init", "normal(1)", "--checkpoint", "0.05", "--out", "out"]].concat();
    let start =
        || command(folder.path(), &long).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let first = start();
    wait_for("checkpoint.json");
    fs::remove_dir_all(&out).unwrap();
    let second = start();
    wait_for("sweep.toml.partial");
    let first = first.wait_with_output().unwrap();
    let told = String::from_utf8(first.stderr).unwrap();
    assert_eq!(first.status.code(), Some(1), "{told}");
    assert!(
        told.contains("the folder was moved or removed meanwhile; what was in it went with it\n"),
        "{told}"
    );
    let second = second.wait_with_output().unwrap();
    assert!(second.status.success(), "{second:?}");
    assert_eq!(fs::read_to_string(out.join("convergence.csv")).unwrap().lines().count(), 65);
    assert!(names(&out).iter().all(|name| !name.ends_with(".partial")), "{:?}", names(&out));
}
