//! Comparisons as files: a folder for each with README, spec and summary, and a README of them all.

use std::io::Write;
use std::path::Path;

use indicatif::HumanCount;
use xorsweep::results::files::finish_all;
use xorsweep::results::findings::words::capitalized;
use xorsweep::results::{Failure, Format, OutputFolder, PartialFile, summary};
use xorsweep::sweep::engine::Options;

use super::comparisons::COMPARISONS;
use super::{Compared, Comparison, Count};
use crate::cli::experiments::cost::Cost;
use crate::cli::experiments::machine;

/// Where comparisons are recorded.
const FOLDER: &str = "results/published";

/// The files that are to be written, opened before any run so that a folder that cannot be written fails at once.
pub struct Records {
    folders: Vec<[PartialFile; 3]>,
    /// Only where all comparisons are run.
    overview: Option<PartialFile>,
}

impl Records {
    /// Opens the files of these comparisons.
    pub fn create(wanted: &[&Comparison]) -> Result<Self, Failure> {
        let folders = wanted.iter().map(|comparison| {
            let folder = OutputFolder::create(&Path::new(FOLDER).join(comparison.name))?;
            Ok([folder.file("README.md")?, folder.file("summary.csv")?, folder.file("sweep.toml")?])
        });
        let folders = folders.collect::<Result<_, Failure>>()?;
        let is_whole = wanted.len() == COMPARISONS.len();
        let overview = || OutputFolder::create(Path::new(FOLDER))?.file("README.md");
        let overview = is_whole.then(overview).transpose()?;
        Ok(Self { folders, overview })
    }

    /// Writes what was compared.
    pub fn write(self, all: &[Compared], options: &Options) -> Result<(), Failure> {
        let mut files = Vec::new();
        for ([mut readme, mut table, mut spec], compared) in self.folders.into_iter().zip(all) {
            readme.write_all(page(compared, options).as_bytes())?;
            table.write_all(&summary_of(compared))?;
            spec.write_all(compared.comparison.spec.as_bytes())?;
            files.extend([readme, table, spec]);
        }
        if let Some(mut file) = self.overview {
            file.write_all(overview(all, options).as_bytes())?;
            files.push(file);
        }
        finish_all(files)
    }
}

fn summary_of(compared: &Compared) -> Vec<u8> {
    let mut text = Vec::new();
    summary::append_header(&mut text, &[], Format::PLAIN);
    for cell in &compared.seen.groups {
        summary::append_group(&mut text, &cell.group, Format::PLAIN);
    }
    text
}

/// The README of a comparison.
fn page(compared: &Compared, options: &Options) -> String {
    let Compared { comparison, cost, .. } = compared;
    let Comparison { name, title, source, remark, .. } = comparison;
    format!(
        "# {name}\n\n{}.\n\nSource: {source}\n\n{}\n{remark}\n\n\
         Made by `cargo run --release -- published {name} --record`: {cost}, {}.\n\
         The runs are those of [sweep.toml](sweep.toml), counted in [summary.csv](summary.csv).\n",
        capitalized(title),
        table(compared),
        machine(options),
    )
}

/// The README of all comparisons.
fn overview(all: &[Compared], options: &Options) -> String {
    let cost: Cost = all.iter().map(|compared| &compared.cost).sum();
    let mut text = format!(
        "# Published figures beside ours\n\n\
         Made by `cargo run --release -- published --record`: {cost}, {}.\n\n\
         Ours agrees if it is within the digits published, or within chance (95 %) where one of the two was counted on \
         random starts: {}. Figures without a verdict have nothing to be compared with.\n",
        machine(options),
        Count::of(all),
    );
    for compared in all {
        let Comparison { name, title, source, remark, .. } = compared.comparison;
        let Cost { runs, time, .. } = compared.cost;
        text.push_str(&format!(
            "\n## [{name}]({name}/README.md)\n\n{}. {} runs, {:.1} s.\nSource: {source}\n\n{}\n{remark}\n",
            capitalized(title),
            HumanCount(runs),
            time.as_secs_f64(),
            table(compared),
        ));
    }
    text
}

fn table(compared: &Compared) -> String {
    let mut text = format!("| figure | {} | ours | |\n|---|---|---|---|\n", compared.heading());
    for line in &compared.lines {
        text.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            line.what, line.published, line.ours, line.verdict
        ));
    }
    text
}
