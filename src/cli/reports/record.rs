//! All reports and what came out as a page, `results/reports/README.md`.

use std::io::Write;
use std::path::Path;

use xorsweep::results::files::finish_all;
use xorsweep::results::{Failure, OutputFolder, PartialFile};
use xorsweep::sweep::engine::Options;

use super::all::{LeftOut, left_out};
use super::quantity::SHARES;
use super::{Answered, Count};
use crate::cli::experiments::cost::Cost;
use crate::cli::experiments::machine;

/// Where reports are recorded.
const FOLDER: &str = "results/reports";

/// The page that is to be written, opened before any run so that a folder that cannot be written fails at once.
pub struct Record(PartialFile);

impl Record {
    /// Opens the page.
    pub fn create() -> Result<Self, Failure> {
        Ok(Self(OutputFolder::create(Path::new(FOLDER))?.file("README.md")?))
    }

    /// Writes what came out.
    pub fn write(self, all: &[Answered], options: &Options) -> Result<(), Failure> {
        let Self(mut file) = self;
        file.write_all(page(all, options)?.as_bytes())?;
        finish_all(vec![file])
    }
}

fn page(all: &[Answered], options: &Options) -> Result<String, Failure> {
    let cost: Cost = all.iter().map(|answered| &answered.cost).sum();
    let left_out = left_out()?;
    let mut text = format!(
        "# Public reports, run again and answered\n\n\
         What people reported in public of networks that were to learn XOR and did not, or of how many did, in our words; \
         what comes out here; and an answer. A number links to a file with the set-up as a spec. `[[instead]]` in it \
         holds what is changed for further sweeps, each with a name, and `expect` what the answer claims: the program \
         checks it.\n\n\
         Made by `cargo run --release -- reports --record`: {}. {} reports are left out. {cost}, {}.\n\n\
         A published figure agrees with ours within its digits and chance (95 %); \"about\" is read as up to 1.5 times as \
         much or as little; and a number of a single run agrees if it lies among the central 95 % of ours. Starts are \
         drawn as a report says, but are not its very starts, where nothing else is said.\n\n\
         | id | source | reported | ours | answer |\n|---|---|---|---|---|\n",
        Count::of(all),
        left_out.len(),
        machine(options),
    );
    for answered in all {
        text.push_str(&row(answered));
    }
    text.push_str("\n## What came out\n\n| id | sweep | runs |\n|---|---|---|\n");
    text.extend(all.iter().map(details));
    text.push_str("\n## Figures\n\n| id | figure | published | ours | |\n|---|---|---|---|---|\n");
    for answered in all {
        for line in &answered.lines {
            let noted = if line.is_unpublished { " (noted)" } else { "" };
            text.push_str(&format!(
                "| {} | {} | {}{noted} | {} | {} |\n",
                answered.entry.number(),
                line.what,
                line.published,
                line.ours,
                line.verdict
            ));
        }
    }
    text.push_str(
        "\nNoted figures come from an independent program at hand, most of them of 200 or 400 starts.\n\n## Left out\n\n| id | source | what it needs |\n|---|---|---|\n",
    );
    for LeftOut { id, source, needs } in left_out {
        text.push_str(&format!("| {id} | {source} | {needs} |\n"));
    }
    text.push_str("\n## What answers may claim\n\nShares of runs:\n\n| word | runs |\n|---|---|\n");
    for share in SHARES {
        text.push_str(&format!("| `{}` | {} |\n", share.word(), share.about));
    }
    text.push_str(
        "\nNumbers, of which the median is taken: `solved-at` and `converged-at`, steps of the runs that did; `error`, \
         `output-1` to the last sample's, and parameters such as `b3`, at the end. `mean-` in front takes the mean, `-p90` \
         behind another percentile. `NAME.` in front is about a sweep of `[[instead]]`.\n",
    );
    Ok(text)
}

/// A line of the table of reports.
fn row(answered: &Answered) -> String {
    let Answered { entry, said, brief, .. } = answered;
    let wrong = answered.wrong();
    let verdict = match wrong.is_empty() {
        true => String::new(),
        false => format!(" **Not so: {}.**", cell(&wrong.join("; "))),
    };
    let differs = said.differs.as_ref();
    let differs = differs.map_or_else(String::new, |differs| format!("<br>*Set-up: {}*", cell(differs)));
    format!(
        "| [{}]({}.toml) | {} | {} | {brief} | {}{verdict}{differs} |\n",
        entry.number(),
        entry.name,
        cell(&said.source),
        cell(&said.reported),
        cell(&said.answer),
    )
}

/// The lines of the table of what came out.
fn details(answered: &Answered) -> String {
    let number = answered.entry.number();
    let line = |(name, told): &(Option<String>, String)| {
        format!("| {number} | {} | {told} |\n", name.as_deref().unwrap_or_default())
    };
    answered.ours.iter().map(line).collect()
}

/// Text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cli::reports::all::entries;

    #[test]
    fn a_page_has_what_came_out_of_each_report() {
        let options = Options::default();
        let some = entries().filter(|entry| [15, 96].contains(&entry.number()));
        let some: Vec<Answered> =
            some.map(|entry| entry.run(true, &options, &Arc::default()).unwrap()).collect();
        let page = page(&some, &options).unwrap();
        assert!(page.contains("2 reports; of 5 published figures 5 agree"), "{page}");
        assert!(page.contains("| -0.599691 | -0.599691 | agrees |"), "{page}");
        assert!(page.contains("| 105 | ") && !page.contains("Not so"), "{page}");
        let cells = |line: &str| line.replace("\\|", "").matches('|').count();
        for rows in page.split("\n\n").filter(|part| part.starts_with('|')) {
            let counts: Vec<usize> = rows.lines().map(cells).collect();
            assert!(counts.iter().all(|count| *count == counts[0]), "{rows}");
        }
    }
}
