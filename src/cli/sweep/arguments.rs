//! The arguments of a sweep.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ValueHint, value_parser};
use clap_complete::engine::ArgValueCandidates;
use xorsweep::kernel::isa::Isa;
use xorsweep::results::DELIMITERS;
use xorsweep::results::convergence::COLUMNS;
use xorsweep::results::layout::FileFormat;

use crate::cli::arguments::{key_flags, spec_file};
use crate::cli::completions::offering;
use crate::cli::talk;

/// The flag for the instruction set, which is without effect on what comes out.
pub fn isa_flag(what: &str) -> Arg {
    let names = "Instruction set: auto, avx512, avx2, wide or scalar";
    Arg::new("isa")
        .long("isa")
        .value_name("NAME")
        .default_value("auto")
        .add(offering(isa_names()))
        .help(format!("{names}; without effect on the {what}"))
}

/// The subcommand's arguments, which the program takes without a subcommand as well.
pub fn arguments() -> Vec<Arg> {
    let own = [
        spec_file(),
        Arg::new("out")
            .long("out")
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::DirPath)
            .help("Folder for the results [default: results/<name>]"),
        Arg::new("threads")
            .long("threads")
            .value_name("N")
            .help("Worker threads; without effect on the results [default: one a processor]"),
        isa_flag("results"),
        Arg::new("dry-run")
            .long("dry-run")
            .action(ArgAction::SetTrue)
            .help("Only tell how many runs the sweep has, and from a sample how long it takes and how large its table is"),
        Arg::new("delimiter")
            .long("delimiter")
            .value_name("CHARACTER")
            .default_value("comma")
            .add(offering(DELIMITERS.map(|(word, _)| word)))
            .help("What separates cells: comma, semicolon, tab or bar"),
        Arg::new("decimal-comma").long("decimal-comma").action(ArgAction::SetTrue).help(
            "Write 0,3 instead of 0.3, for spreadsheets that expect it; give another delimiter with it",
        ),
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .default_value("csv")
            .add(offering(FileFormat::WORDS))
            .help("Files of the table of runs: csv, or parquet for data frames"),
        Arg::new("columns")
            .long("columns")
            .value_name("NAMES")
            .action(ArgAction::Append)
            .value_delimiter(',')
            .add(ArgValueCandidates::new(|| COLUMNS.iter().map(|column| column.name.into()).collect()))
            .help("Columns of the table of runs, in this order, such as run,alpha,outcome [default: all]"),
        Arg::new("summary-only")
            .long("summary-only")
            .action(ArgAction::SetTrue)
            .help("Write the summary and the spec, but no table of runs"),
        Arg::new("no-xlsx")
            .long("no-xlsx")
            .action(ArgAction::SetTrue)
            .help("Write no summary.xlsx, the workbook of the summary with its charts"),
        Arg::new("rows-per-file")
            .long("rows-per-file")
            .value_name("N")
            .help("Split the table into files of at most N rows each; a spreadsheet takes 1048575"),
        Arg::new("resume")
            .long("resume")
            .action(ArgAction::SetTrue)
            .help("Go on with the same sweep where it was interrupted, or begin it if it was not begun"),
        Arg::new("force")
            .long("force")
            .action(ArgAction::SetTrue)
            .conflicts_with("resume")
            .help("Begin anew although an unfinished sweep is in the folder"),
        Arg::new("shard")
            .long("shard")
            .value_name("K/N")
            .allow_hyphen_values(true)
            .help("Run only the K-th of N equal parts, from 1/N to N/N; see merge"),
        Arg::new("checkpoint")
            .long("checkpoint")
            .value_name("SECONDS")
            .allow_hyphen_values(true)
            .help("How often to bring what is done to the disk, so that a kill loses no more [default: 2]"),
        Arg::new("no-pictures")
            .long("no-pictures")
            .action(ArgAction::SetTrue)
            .help("Draw neither charts nor a map of the results"),
        talk::quiet(),
        talk::json(),
    ];
    own.into_iter().chain(key_flags(|_| true)).collect()
}

/// The names of instruction sets, and the word for the fastest one.
fn isa_names() -> impl Iterator<Item = &'static str> {
    ["auto"].into_iter().chain(Isa::ALL.map(Isa::name))
}
