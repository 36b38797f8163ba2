//! Shows how the program speaks: messages that say what would do, lines that fit a terminal, lines that programs read,
//! completions in real shells, and no panic where nothing can be written.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::bad_input::{MEANT, folder_with_bad_files};
use crate::program::{PROGRAM, Ran, command, folder, run};
use crate::small::SMALL;

#[test]
fn what_may_be_meant_otherwise_is_told() {
    let folder = folder();
    for (arguments, said) in [
        (["--seeds", "100"], "note: seeds = 100 is one seed, the number 100; 0..100 makes 100 starts\n"),
        (["--momentum", "0,9"], "note: momentum = 0,9 is 0 and 9; decimals have a point: 0.9\n"),
        (
            ["--alpha", "0.1:0.1:1"],
            "note: alpha = 0.1:0.1:1 is one number; a range is from:to:count, where others write from:step:to\n",
        ),
        (["--seeds", "0..100"], ""),
        (["--seeds", "0"], ""),
        (["--momentum", "0,0.9"], ""),
    ] {
        let ran = run(folder.path(), &[&["--steps", "3"], arguments.as_slice()].concat());
        assert_eq!((ran.code, ran.err.as_str()), (0, said), "{arguments:?}");
    }
    fs::write(folder.path().join("spec.toml"), "seeds = 100\nsteps = 3").unwrap();
    for arguments in [["spec.toml", "--out=a"], ["spec.toml", "--dry-run"], ["--seeds=100", "--dry-run"]] {
        let ran = run(folder.path(), &arguments);
        assert!(ran.code == 0 && ran.err.starts_with("note: seeds = 100 is one seed"), "{ran:?}");
    }
    // It is said of what is typed, not of results, nor where nothing is drawn.
    for arguments in [["a", "--out=b"].as_slice(), &["--seeds=100", "--init=constant(0.1)", "--steps=3"]] {
        let ran = run(folder.path(), arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
    }
}

/// The lines of JSON that a stream has.
fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

#[test]
fn a_program_reads_lines_of_json() {
    let folder = folder();
    let ran = run(folder.path(), &[SMALL.as_slice(), &["--json"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let [done] = &lines(&ran.out)[..] else { panic!("one line: {ran:?}") };
    assert_eq!((done["event"].as_str(), done["runs"].as_u64()), (Some("done"), Some(24)));
    assert_eq!(done["folder"].as_str(), Some("results/sweep"));
    let outcomes = ["converged", "diverged", "oscillating", "plateau", "unfinished"];
    let counts = outcomes.map(|outcome| done["outcomes"][outcome].as_u64().unwrap());
    assert_eq!(counts.iter().sum::<u64>(), 24);
    assert!(
        done["outcomes"]["solved"].is_u64() && done["seconds"].is_f64() && done["steps"].is_u64(),
        "{done}"
    );
    let told = lines(&ran.err);
    assert!(
        told[0]["event"] == "progress" && told[0]["of"] == 24 && told[0]["outcomes"].is_object(),
        "{told:?}"
    );

    let quiet = run(folder.path(), &[SMALL.as_slice(), &["--json", "--quiet", "--seeds", "100"]].concat());
    assert_eq!((quiet.code, quiet.err.as_str(), lines(&quiet.out).len()), (0, "", 1));
    let note = run(folder.path(), &["--seeds", "7", "--steps", "3", "--json"]);
    assert!(
        lines(&note.err).iter().any(|line| line["event"] == "note" && line["text"].is_string()),
        "{note:?}"
    );
    for (arguments, code) in [(["--alpha", "nan", "--json"], 2), (["--alhpa", "1", "--json"], 2)] {
        let ran = run(folder.path(), &arguments);
        let [error] = &lines(&ran.err)[..] else { panic!("{ran:?}") };
        assert_eq!((ran.code, ran.out.as_str()), (code, ""));
        assert!(error["event"] == "error" && error["code"] == code && error["text"].is_string(), "{error}");
    }
    let estimate = lines(&run(folder.path(), &[SMALL.as_slice(), &["--dry-run", "--json"]].concat()).out);
    assert!(estimate[0]["event"] == "estimate" && estimate[0]["runs"] == 24, "{estimate:?}");
    run(folder.path(), &SMALL);
    for command in ["chart", "report"] {
        let done = lines(&run(folder.path(), &[command, "results/sweep", "--json"]).out);
        let files = done[0]["files"].as_array().unwrap();
        assert!(
            !files.is_empty() && files.iter().all(|file| folder.path().join(file.as_str().unwrap()).exists())
        );
    }
}

#[test]
fn whoever_wants_quiet_has_it() {
    let folder = folder();
    for arguments in [
        [SMALL.as_slice(), &["--quiet"]].concat(),
        [SMALL.as_slice(), &["--quiet", "--dry-run"]].concat(),
        vec!["--quiet", "--seeds", "7", "--steps", "3"],
        vec!["chart", "results/sweep", "--quiet"],
        vec!["report", "results/sweep", "--quiet"],
    ] {
        let ran = run(folder.path(), &arguments);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""), "{arguments:?}");
    }
    let ran = run(folder.path(), &["--quiet", "--alpha", "nan"]);
    assert_eq!((ran.code, ran.err.lines().count()), (2, 1));
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_makes_no_panic() {
    let folder = folder_with_bad_files();
    let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
    let code = |arguments: &[&str], command: &mut Command| {
        let status = command.status().unwrap();
        status.code().unwrap_or_else(|| panic!("{arguments:?}: {status}"))
    };
    for (arguments, _) in MEANT {
        let refused = code(arguments, command(folder.path(), arguments).stdout(Stdio::null()).stderr(full()));
        assert_eq!(refused, 2, "{arguments:?}");
    }
    let one = |more: &[&'static str]| [SMALL.as_slice(), more].concat();
    for arguments in [one(&[]), one(&["--json"]), one(&["--seeds", "100"]), one(&["--dry-run"])] {
        let done = code(&arguments, command(folder.path(), &arguments).stdout(Stdio::null()).stderr(full()));
        assert_eq!(done, 0, "{arguments:?}");
    }
    for arguments in [
        vec!["--help"],
        vec!["--version"],
        vec!["man"],
        vec!["completions", "zsh"],
        vec!["trace", "--steps", "9"],
        vec!["inspect", "--init", "constant(0.1)"],
        vec!["check-gradient", "--seeds", "0..3"],
        vec!["chart", "results/sweep"],
        vec!["report", "results/sweep"],
        one(&[]),
        one(&["--json"]),
        one(&["--dry-run"]),
    ] {
        let ended = code(&arguments, command(folder.path(), &arguments).stdout(full()).stderr(full()));
        assert!(ended == 0 || ended == 1, "{arguments:?}: {ended}");
    }
}

#[cfg(unix)]
#[test]
fn whoever_stops_listening_to_the_progress_still_gets_charts() {
    let folder = folder();
    let many = ["--alpha", "0.3,0.9", "--seeds", "0..3000", "--steps", "20000", "--json"];
    let mut child =
        command(folder.path(), &many).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("progress"), "{line}");
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((ran.code, lines(&ran.out).len()), (0, 1), "{ran:?}");
    for name in
        ["convergence.csv", "summary.csv", "sweep.toml", "chart-outcomes.svg", "chart-convergence.png"]
    {
        assert!(folder.path().join("results/sweep").join(name).exists(), "{name}");
    }
}

#[test]
fn threads_that_would_have_nothing_to_do_are_not_started() {
    let folder = folder();
    for (seeds, threads) in [("0..10", 10), ("0..3000", 512)] {
        let ran = run(folder.path(), &["--threads", "4096", "--seeds", seeds, "--steps", "100", "--json"]);
        assert_eq!(lines(&ran.out)[0]["threads"], threads, "{ran:?}");
    }
}

/// What a command writes to a terminal of so many columns; none if there is no `script` to make one.
#[cfg(target_os = "linux")]
pub fn on_terminal(
    folder: &Path,
    columns: usize,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Option<String> {
    let quoted: Vec<String> = arguments.iter().map(|argument| format!("'{argument}'")).collect();
    let line = format!("stty cols {columns} rows 50; exec '{PROGRAM}' {}", quoted.join(" "));
    let mut script = Command::new("script");
    script.current_dir(folder).args(["-qec", &line, "/dev/null"]).stdin(Stdio::null());
    // A machine that checks changes may have `CI`, with which colours are shown on any terminal.
    let usual =
        [("TERM", "xterm-256color"), ("NO_COLOR", ""), ("CI", ""), ("CLICOLOR", ""), ("CLICOLOR_FORCE", "")];
    for (name, value) in usual.iter().chain(variables) {
        if value.is_empty() {
            script.env_remove(name)
        } else {
            script.env(name, value)
        };
    }
    let Ok(output) = script.output() else {
        println!("skipped: there is no program `script`");
        return None;
    };
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The text as it is seen: without what tells the terminal about colours and the cursor.
#[cfg(target_os = "linux")]
pub fn seen(text: &str) -> String {
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter == '\x1b' {
            letters.by_ref().find(|letter| letter.is_ascii_alphabetic());
        } else {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(target_os = "linux")]
#[test]
fn all_that_is_told_fits_the_terminal() {
    let folder = folder();
    let many = [
        "--init",
        "constant(0.1),normal(1)",
        "--alpha",
        "0.1,0.95,1.05",
        "--seeds",
        "0..1000",
        "--steps",
        "3000",
    ];
    for columns in [60, 80, 120, 200] {
        for arguments in [many.as_slice(), &["--help"], &["sweep", "--help"], &["map", "--help"]] {
            let Some(text) = on_terminal(folder.path(), columns, arguments, &[]) else { return };
            let text = seen(&text);
            for line in text.split(['\n', '\r']) {
                // What cannot be broken is a flag with its value's name, or a command.
                let is_whole = line.trim_start().starts_with(['-', 'x']);
                assert!(line.chars().count() <= columns || is_whole, "{columns}: {line}");
            }
            if arguments == many {
                let has =
                    |word: &str| text.lines().any(|line| line.contains(word) && !line.contains("runs,"));
                assert!(
                    has("solved") && text.contains("constant(0.1)") && text.contains("lanes busy"),
                    "{text}"
                );
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn there_is_colour_on_a_terminal_that_wants_it() {
    let folder = folder();
    let Some(coloured) = on_terminal(folder.path(), 100, &SMALL, &[]) else { return };
    assert!(coloured.contains("\x1b[1m"), "{coloured}");
    let bad = on_terminal(folder.path(), 100, &["--alpha", "nan"], &[]).unwrap();
    assert!(bad.contains("\x1b[31m") || bad.contains("\x1b[1m"), "{bad}");
    for variable in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        for arguments in [SMALL.as_slice(), &["--alpha", "nan"], &["--help"]] {
            let plain = on_terminal(folder.path(), 100, arguments, &[variable]).unwrap();
            let colour = plain.split('\x1b').skip(1).find(|rest| {
                rest.split_once(|letter: char| letter.is_ascii_alphabetic())
                    .is_some_and(|(before, _)| rest.as_bytes().get(before.len()) == Some(&b'm'))
            });
            assert_eq!(colour, None, "{variable:?} {arguments:?}: {plain:?}");
        }
    }
}

#[test]
fn the_manual_has_a_page_for_each_subcommand() {
    let folder = folder();
    let page = run(folder.path(), &["man"]).out;
    assert!(
        page.contains(".TH xorsweep 1") && page.contains("\\-\\-alpha") && page.contains("Exit codes"),
        "{page}"
    );
    for name in [
        "sweep",
        "trace",
        "inspect",
        "map",
        "chart",
        "report",
        "reports",
        "merge",
        "dimension",
        "completions",
        "man",
    ] {
        let page = run(folder.path(), &["man", name]);
        assert!(page.code == 0 && page.out.contains(&format!(".TH xorsweep-{name} 1")), "{name}: {page:?}");
        assert!(page.out.contains("Examples"), "{name}");
    }
}

/// What the program offers to bash for the last of these words.
fn offered(words: &[&str]) -> Vec<String> {
    let folder = folder();
    fs::create_dir(folder.path().join("results")).unwrap();
    for name in ["spec.toml", "weights.csv"] {
        fs::write(folder.path().join(name), "").unwrap();
    }
    let mut asked = Command::new(PROGRAM);
    asked.current_dir(folder.path()).env("XORSWEEP_COMPLETE", "fish").arg("--").arg("xorsweep").args(words);
    let ran = Ran::from(asked.output().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{words:?}: {ran:?}");
    ran.out.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

#[test]
fn completions_offer_what_fits_and_nothing_else() {
    for (words, offers) in [
        (["trace", "--ch"].as_slice(), ["--chart"].as_slice()),
        (&["map", "--col"], &["--columns", "--color"]),
        (&["sweep", "--ch"], &["--checkpoint"]),
        (&["--ch"], &["--checkpoint"]),
        (&["tra"], &["trace"]),
        (&["--format", ""], &["csv", "parquet"]),
        (&["sweep", "--format", "p"], &["parquet"]),
        (&["--isa", ""], &["auto", "avx512", "avx2", "wide", "scalar"]),
        (&["published", "--isa", "s"], &["scalar"]),
        (&["--hidden", "t"], &["tanh"]),
        (&["trace", "--output", "s"], &["sigmoid"]),
        (&["inspect", "--coding", "p"], &["plus-minus"]),
        (&["--spectrum", ""], &["true", "false"]),
        (&["--delimiter", ""], &["comma", "semicolon", "tab", "bar"]),
        (&["--init", "he"], &["he"]),
        (&["--init", "normal(1),u"], &["normal(1),uniform(-1,1)"]),
        (&["--loss", "half"], &["half-mse", "half-sse"]),
        (&["--init", "constant(0.1)+p"], &["constant(0.1)+pytorch"]),
        (&["--plane-x", "mom"], &["momentum"]),
        (&["--columns", "run,ini"], &["run,init"]),
        (&["map", "--color", "o"], &["outcome"]),
        (&["dimension", "--of", ""], &["cells", "points"]),
        (&["completions", ""], &["bash", "elvish", "fish", "powershell", "zsh", "--help"]),
        (&["man", "tr"], &["trace"]),
        (&["sweep", "sp"], &["spec.toml"]),
        (&["chart", "re"], &["results/"]),
        (&["sweep", "--starts", "w"], &["weights.csv"]),
        (&["sweep", "--alpha", "0.3", "--hold", ""], &[]),
    ] {
        let mut found = offered(words);
        let mut wanted: Vec<String> = offers.iter().map(|offer| (*offer).to_owned()).collect();
        found.retain(|offer| words[0] != "completions" || offer != "-h");
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{words:?}");
    }
    // Every value that has words has them offered.
    for key in xorsweep::sweep::spec::KEYS.iter().filter(|key| !(key.words)().is_empty()) {
        let flag = format!("--{}", key.name.replace('_', "-"));
        let (mut found, mut words) = (offered(&["sweep", &flag, ""]), (key.words)());
        found.sort();
        words.sort_unstable();
        assert_eq!(found, words, "{flag}");
    }
}

/// A folder in which the program is found by its name, for shells.
#[cfg(unix)]
fn with_program() -> (TempDir, String) {
    let folder = folder();
    std::os::unix::fs::symlink(PROGRAM, folder.path().join("xorsweep")).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    (folder, path)
}

/// What a shell says to a script that is given to it; none if there is no such shell.
#[cfg(unix)]
fn shell(name: &str, arguments: &[&str], script: &str) -> Option<String> {
    let (folder, path) = with_program();
    let file = folder.path().join("script");
    File::create(&file).unwrap().write_all(script.as_bytes()).unwrap();
    let ran = Command::new(name)
        .args(arguments)
        .arg(&file)
        .current_dir(folder.path())
        .env("PATH", path)
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output();
    let Ok(output) = ran else {
        println!("skipped: there is no {name} on this machine");
        return None;
    };
    let ran = Ran::from(output);
    assert_eq!(ran.code, 0, "{ran:?}");
    Some(ran.out)
}

#[cfg(unix)]
#[test]
fn zsh_completes_lines_as_they_are_typed() {
    // An interactive shell at a terminal of its own, in which lines are typed, a tab after each. A key then writes
    // the line to a file.
    let script = r#"
zmodload zsh/zpty
zpty shell zsh -f -i
send() { zpty -w -n shell "$1" }
heard=
hear() { local part; while zpty -r -t shell part; do heard+=$part; done; sleep 0.05 }
send $'PS1=""; unsetopt beep; autoload -Uz compinit; compinit -u -D; source <(xorsweep completions zsh)\n'
send $'tell() { print -r -- "$BUFFER" >> told; zle kill-whole-line }; zle -N tell; bindkey "^T" tell; print rea""dy\n'
repeat 400; do hear; [[ $heard == *ready* ]] && break; done
for line in "trace --ch" "map --colo" "tra" "--format pa" "--hidden t" "inspect --coding pl" "--init py" "--init norm"; do
    send "xorsweep $line"$'\t\x14'
    (( count += 1 ))
    repeat 400; do hear; [[ -f told && "$(wc -l < told)" -ge $count ]] && break; done
done
cat told || print -r -- "$heard"
"#;
    let Some(told) = shell("zsh", &["-f"], script) else { return };
    let lines: Vec<&str> = told.lines().map(str::trim_end).collect();
    assert_eq!(
        lines,
        [
            "xorsweep trace --chart",
            "xorsweep map --color",
            "xorsweep trace",
            "xorsweep --format parquet",
            "xorsweep --hidden tanh",
            "xorsweep inspect --coding plus-minus",
            "xorsweep --init pytorch",
            "xorsweep --init normal\\(1\\)",
        ]
    );
}

#[cfg(unix)]
#[test]
fn bash_and_fish_complete() {
    let bash = r#"
source <(xorsweep completions bash)
offered() {
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9; COMPREPLY=()
    _clap_complete_xorsweep xorsweep "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null
    echo "${COMPREPLY[@]}"
}
complete -p xorsweep > /dev/null
offered xorsweep trace --ch
offered xorsweep --format ''
offered xorsweep --init ''
"#;
    if let Some(told) = shell("bash", &["--norc"], bash) {
        // It puts no quotes around what would need them.
        assert_eq!(
            told.lines().collect::<Vec<_>>(),
            ["--chart", "csv parquet", "glorot glorot-normal he pytorch"]
        );
    }
    let fish = "
xorsweep completions fish | source
complete -C 'xorsweep trace --ch' | string split -f1 \\t
complete -C 'xorsweep --format ' | string split -f1 \\t
complete -C 'xorsweep --init n' | string split -f1 \\t
true
";
    if let Some(told) = shell("fish", &["--no-config"], fish) {
        assert_eq!(told.lines().collect::<Vec<_>>(), ["--chart", "csv", "parquet", "normal(1)"]);
    }
}
