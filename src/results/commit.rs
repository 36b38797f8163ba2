//! All files of one sweep take the place of a former sweep's together, or not at all.
//!
//! First everything is brought to the disk under its temporary names, which is where a full disk shows. Then the files
//! of the former sweep are set aside under the name `<name>.former`, the last one first; the new ones get their names,
//! the last one last; and what was set aside is deleted. If a step fails, all before it are undone.
//!
//! So the last file (`sweep.toml`) is there only while all others belong to it. Should the machine stop between two
//! renames, it is missing, and everything, old and new, still is on the disk.

use std::io;

use super::checkpoint::{CHECKPOINT, SHARD};
use super::failure::{Failure, Left};
use super::files::{Mark, PartialFile, announce, partial};
use super::folder::OutputFolder;
use super::layout::{Layout, SPEC, SUMMARY, WORKBOOK, is_of_table};
use super::writer::TableWriter;
use crate::sweep::input::is_kept;

/// What a file that is about to be replaced has behind its name.
pub(super) const FORMER: &str = ".former";

/// Whether a file of a former sweep, which has this name, goes when another takes its place.
pub(super) fn is_of_sweep(name: &str) -> bool {
    is_of_table(name) || is_kept(name) || [SUMMARY, WORKBOOK, SPEC, SHARD].contains(&name)
}

/// Refuses to begin if a file of a table of so many rows, or one that comes with it or goes for it, would meet something
/// that is not the folder's own.
///
/// # Errors
/// If so; the error names what is in the way.
pub(crate) fn can_be_replaced(
    folder: &OutputFolder,
    layout: &Layout,
    rows: u64,
    is_shard: bool,
    kept: impl Iterator<Item = String>,
) -> Result<(), Failure> {
    let workbook = (layout.workbook && !is_shard).then_some(WORKBOOK);
    let others = [SUMMARY, SPEC]
        .into_iter()
        .chain(workbook)
        .chain(is_shard.then_some(SHARD))
        .map(str::to_owned)
        .chain(kept);
    let former = folder.listed().into_iter().filter(|name| is_of_sweep(name));
    layout.file_names(rows).chain(others).chain(former).try_for_each(|name| folder.can_have(&name))
}

/// Gives all files of a sweep their names: the table's, then `others` in their order, of which the last one stands for
/// the whole. The folder's own files of a former sweep are replaced or removed. `request` is a check of what was asked
/// for, if these are all its results.
///
/// # Errors
/// If a file cannot be brought to the disk or replaced, or something that is not the folder's own has its name. The
/// error names the file; unless it says otherwise, all is as it was before.
pub fn commit(
    folder: &OutputFolder,
    table: TableWriter,
    others: Vec<PartialFile>,
    request: Option<u32>,
) -> Result<(), Failure> {
    let mut files = table.into_files();
    files.extend(others);
    for file in &mut files {
        file.seal()?;
    }
    folder.is_in_its_place()?;
    let mut former = folder.own(|name| is_of_sweep(name) || is_replaced_by(&files, name))?;
    let marker = files.last().map(|file| file.name().to_owned());
    former.sort_by_key(|name| Some(name) != marker.as_ref());
    let aside: Vec<String> = former.iter().map(|name| aside(name)).collect();
    let before = folder.request();
    folder.complete_for(None)?;
    announce(&files, &aside)?;
    replace(folder, &former, &mut files).inspect_err(|failure| {
        if matches!(failure, Failure::Failed(_, Left::Unsaid)) {
            // Undone: what it was complete for it is again.
            let _ = folder.complete_for(before);
        }
    })?;
    former.iter().for_each(|name| folder.forget(name));
    files.iter().for_each(|file| folder.named(file.name(), file.mark()));
    // Results that are not known to be complete are there all the same.
    let _ = folder.complete_for(request);
    // What sweeps that were killed have left; often nothing, or gone already.
    for name in folder.making().iter().filter(|name| *name != CHECKPOINT) {
        let _ = folder.remove(name);
    }
    folder.place().sync();
    Ok(())
}

/// Undoes a commit that a kill cut short: files of these names that are as their marks say get their other name back,
/// and so does what was set aside for them.
pub(super) fn undo(folder: &OutputFolder, files: &[(String, Mark)]) -> io::Result<()> {
    // What the workbook has to be is not known, but that it gets its name after the summary.
    let summary = files.iter().find(|(name, _)| name == SUMMARY);
    if let Some((_, mark)) = summary
        && !folder.has(&partial(SUMMARY))?
        && folder.is_as(SUMMARY, *mark)?
        && !folder.own(|name| name == WORKBOOK)?.is_empty()
    {
        folder.rename(WORKBOOK, &partial(WORKBOOK))?;
    }
    for (name, mark) in files {
        if !folder.has(&partial(name))? && folder.is_as(name, *mark)? {
            folder.rename(name, &partial(name))?;
        }
    }
    for aside in folder.making() {
        let Some(name) = aside.strip_suffix(FORMER) else { continue };
        if folder.has(&aside)? && !folder.has(name)? {
            folder.rename(&aside, name)?;
        }
    }
    Ok(())
}

fn is_replaced_by(files: &[PartialFile], name: &str) -> bool {
    files.iter().any(|file| file.name() == name)
}

/// The name of a file that is about to be replaced.
fn aside(name: &str) -> String {
    format!("{name}{FORMER}")
}

/// Sets the former files aside, names the new ones, and deletes the former ones; or does nothing.
fn replace(folder: &OutputFolder, former: &[String], files: &mut [PartialFile]) -> Result<(), Failure> {
    let mut set_aside = Vec::new();
    let result = (|| {
        for name in former {
            folder.rename(name, &aside(name))?;
            set_aside.push(name);
        }
        files.iter_mut().try_for_each(PartialFile::rename)
    })();
    let Err(error) = result else {
        // The results are whole: what cannot be tidied away is no failure.
        set_aside.iter().for_each(|name| _ = folder.remove(&aside(name)));
        return Ok(());
    };
    // The failure that led here is the one to be told.
    let mut new = Vec::new();
    for file in files.iter_mut().rev().filter(|file| file.is_named()) {
        if file.unname().is_err() {
            new.push(file.path().to_owned());
        }
    }
    let mut lost = Vec::new();
    for name in set_aside.into_iter().rev() {
        let path = folder.path().join(name);
        if new.contains(&path) || folder.rename(&aside(name), name).is_err() {
            lost.push(folder.path().join(aside(name)));
        }
    }
    let is_undone = new.is_empty() && lost.is_empty();
    let left = if is_undone { Left::Unsaid } else { Left::Torn { new, former: lost, is_kept: false } };
    Err(Failure::Failed(error, left))
}

#[cfg(test)]
mod tests {
    use super::super::files::tests::names;
    use super::super::list::LIST;
    use super::*;
    use std::fs;
    use std::io::Write as _;
    use std::num::NonZeroU64;
    use std::path::Path;

    /// A sweep of so many rows, ready to be committed.
    fn sweep(folder: &OutputFolder, rows: u8, per_file: Option<u64>) -> (TableWriter, Vec<PartialFile>) {
        let rows_per_file = per_file.map(|rows| NonZeroU64::new(rows).unwrap());
        let layout = Layout { rows_per_file, columns: Some(vec!["run".into()]), ..Layout::default() };
        let mut table = TableWriter::create(folder, &layout, "").unwrap();
        let others = ["summary.csv", "sweep.toml"].map(|name| {
            let mut file = folder.file(name).unwrap();
            write!(file, "of {rows} rows").unwrap();
            file
        });
        let text: String = (0..rows).map(|row| format!("{row}\n")).collect();
        let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
        table.write_rows(text.as_bytes(), &ends).unwrap();
        (table, others.into())
    }

    fn run(path: &Path, rows: u8, per_file: Option<u64>) -> Result<(), Failure> {
        let folder = OutputFolder::create(path).unwrap();
        let (table, others) = sweep(&folder, rows, per_file);
        commit(&folder, table, others, None)
    }

    fn contents(folder: &Path) -> Vec<(String, String)> {
        names(folder)
            .into_iter()
            .map(|name| (name.clone(), fs::read_to_string(folder.join(name)).unwrap()))
            .collect()
    }

    #[test]
    fn rows_are_split_over_files_that_all_have_the_header() {
        for (rows, parts) in [
            (0, vec!["run\n"]),
            (1, vec!["run\n0\n"]),
            (2, vec!["run\n0\n1\n"]),
            (3, vec!["run\n0\n1\n", "run\n2\n"]),
            (4, vec!["run\n0\n1\n", "run\n2\n3\n"]),
        ] {
            let root = tempfile::tempdir().unwrap();
            run(root.path(), rows, Some(2)).unwrap();
            for (index, part) in parts.iter().enumerate() {
                let path = root.path().join(format!("convergence-{:04}.csv", index + 1));
                assert_eq!(fs::read_to_string(path).unwrap(), *part);
            }
            assert_eq!(names(root.path()).len(), parts.len() + 3);
        }
    }

    #[test]
    fn a_new_sweep_replaces_every_file_of_the_former_one() {
        let root = tempfile::tempdir().unwrap();
        let kept = "convergence-20261124.csv";
        fs::write(root.path().join(kept), "mine").unwrap();
        let folder = OutputFolder::create(root.path()).unwrap();
        folder.keep();
        for rest in ["convergence-0009.csv.partial", "convergence.csv.former", "sweep.toml.former"] {
            folder.claim(rest).unwrap();
            fs::write(root.path().join(rest), "of a sweep that was killed").unwrap();
        }
        drop(folder);
        run(root.path(), 5, Some(2)).unwrap();
        assert_eq!(names(root.path()).len(), 3 + 4);
        run(root.path(), 5, None).unwrap();
        assert_eq!(
            names(root.path()),
            [kept, "convergence.csv", LIST, "summary.csv", "sweep.toml"].map(String::from)
        );
        run(root.path(), 3, Some(2)).unwrap();
        let expected =
            ["convergence-0001.csv", "convergence-0002.csv", kept, LIST, "summary.csv", "sweep.toml"];
        assert_eq!(names(root.path()), expected);
    }

    #[test]
    fn an_abandoned_sweep_leaves_the_former_one_alone() {
        let root = tempfile::tempdir().unwrap();
        run(root.path(), 5, Some(2)).unwrap();
        let before = contents(root.path());
        let folder = OutputFolder::create(root.path()).unwrap();
        drop(sweep(&folder, 9, None));
        drop(folder);
        assert_eq!(contents(root.path()), before);
    }

    #[test]
    fn a_commit_that_fails_halfway_is_undone() {
        let root = tempfile::tempdir().unwrap();
        run(root.path(), 5, Some(2)).unwrap();
        let before = contents(root.path());
        for lost in ["convergence-0001.csv", "convergence-0002.csv", "summary.csv", "sweep.toml"] {
            let folder = OutputFolder::create(root.path()).unwrap();
            let (table, others) = sweep(&folder, 4, Some(2));
            // Its rename fails, since it is no longer there.
            fs::remove_file(root.path().join(partial(lost))).unwrap();
            let error = commit(&folder, table, others, None).unwrap_err();
            assert!(error.to_string().contains(lost), "{error}");
            drop(folder);
            assert_eq!(contents(root.path()), before, "{lost}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_disk_that_is_full_at_the_end_leaves_the_former_sweep_alone() {
        let root = tempfile::tempdir().unwrap();
        run(root.path(), 5, None).unwrap();
        let before = contents(root.path());
        let folder = OutputFolder::create(root.path()).unwrap();
        folder.claim("sweep.toml.partial").unwrap();
        std::os::unix::fs::symlink("/dev/full", root.path().join("sweep.toml.partial")).unwrap();
        drop(folder);
        let error = run(root.path(), 6, None).unwrap_err();
        assert!(error.to_string().contains("sweep.toml.partial"), "{error}");
        assert_eq!(contents(root.path()), before);
    }

    #[test]
    fn what_is_not_the_folders_own_is_not_replaced() {
        for (name, is_changed) in
            [("summary.csv", false), ("sweep.toml", false), ("convergence-0002.csv", true)]
        {
            let root = tempfile::tempdir().unwrap();
            if is_changed {
                run(root.path(), 5, Some(2)).unwrap();
            }
            // It comes while the sweep runs.
            let folder = OutputFolder::create(root.path()).unwrap();
            let (table, others) = sweep(&folder, 4, Some(2));
            fs::write(root.path().join(name), "mine").unwrap();
            let failure = commit(&folder, table, others, None).unwrap_err();
            assert!(
                matches!(&failure, Failure::Refused(problem) if problem.value.ends_with(name)),
                "{failure}"
            );
            drop(folder);
            assert_eq!(fs::read_to_string(root.path().join(name)).unwrap(), "mine");
            let folder = OutputFolder::create(root.path()).unwrap();
            let layout = Layout { rows_per_file: NonZeroU64::new(2), ..Layout::default() };
            let failure = can_be_replaced(&folder, &layout, 4, false, std::iter::empty()).unwrap_err();
            assert!(
                matches!(&failure, Failure::Refused(problem) if problem.value.ends_with(name)),
                "{failure}"
            );
        }
    }
}
