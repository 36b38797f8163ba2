//! All files of one sweep take the place of a former sweep's together, or not at all.
//!
//! First everything is brought to the disk under its temporary names, which is where a full disk shows. Then the files
//! of the former sweep are set aside under the name `<name>.former`, the last one first; the new ones get their names,
//! the last one last; and what was set aside is deleted. If a step fails, all before it are undone.
//!
//! So the last file (`sweep.toml`) is there only while all others belong to it. Should the machine stop between two
//! renames, it is missing, and everything, old and new, still is on the disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::failure::{Failure, Left};
use super::files::{Mark, OutputFolder, PARTIAL, PartialFile, naming, partial_path};
use super::layout::{WORKBOOK, is_of_table};
use super::writer::TableWriter;

/// What a file that is about to be replaced has behind its name.
const FORMER: &str = ".former";

/// Gives all files of a sweep their names: the table's, then `others` in their order, of which the last one stands for
/// the whole. A former sweep's files of the same names are replaced, and its workbook and its table's files of another
/// kind or split removed.
///
/// # Errors
/// If a file cannot be brought to the disk or replaced. The error names the file; unless it says otherwise, all is as it
/// was before.
pub fn commit(folder: &OutputFolder, table: TableWriter, others: Vec<PartialFile>) -> Result<(), Failure> {
    let mut files = table.into_files();
    files.extend(others);
    for file in &mut files {
        file.seal()?;
    }
    let listed = names_in(folder.path())?;
    let mut former: Vec<PathBuf> =
        listed.iter().filter(|name| goes(&files, name)).map(|name| folder.path().join(name)).collect();
    let marker = files.last().map(|file| file.path().to_owned());
    former.sort_by_key(|path| Some(path) != marker.as_ref());
    replace(folder, &former, &mut files)?;
    let is_rest = |name: &str| {
        let whole = name.strip_suffix(PARTIAL).or_else(|| name.strip_suffix(FORMER));
        whole.is_some_and(|whole| goes(&files, whole))
    };
    // What sweeps that were killed have left; often nothing, or gone already.
    for name in listed.iter().filter(|name| is_rest(name)) {
        let _ = folder.remove(&folder.path().join(name));
    }
    sync(folder.path());
    Ok(())
}

/// Undoes a commit that a kill cut short: files of these names that are as their marks say get their other name back,
/// and so does what was set aside for them.
pub(super) fn undo(folder: &OutputFolder, files: &[(String, Mark)]) -> io::Result<()> {
    for (name, mark) in files {
        let (path, partial) = (folder.path().join(name), partial_path(folder.path(), name));
        if !partial.exists() && mark.is_of(&path)? {
            folder.rename(&path, &partial)?;
        }
    }
    for name in names_in(folder.path())? {
        let Some(whole) = name.strip_suffix(FORMER) else { continue };
        let path = folder.path().join(whole);
        if (is_of_table(whole) || files.iter().any(|(name, _)| name == whole)) && !path.exists() {
            let aside = folder.path().join(&name);
            folder.rename(&aside, &path)?;
        }
    }
    Ok(())
}

/// Whether a file of the former sweep goes when these come.
fn goes(files: &[PartialFile], name: &str) -> bool {
    is_of_table(name) || name == WORKBOOK || files.iter().any(|file| file.path().ends_with(name))
}

/// Sets the former files aside, names the new ones, and deletes the former ones; or does nothing.
fn replace(folder: &OutputFolder, former: &[PathBuf], files: &mut [PartialFile]) -> Result<(), Failure> {
    let mut set_aside = Vec::new();
    let result = (|| {
        for path in former {
            let aside = with_suffix(path, FORMER);
            folder.rename(path, &aside)?;
            set_aside.push((path, aside));
        }
        files.iter_mut().try_for_each(PartialFile::rename)
    })();
    let Err(error) = result else {
        // The results are whole: what cannot be tidied away is no failure.
        set_aside.iter().for_each(|(_, aside)| _ = folder.remove(aside));
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
    for (path, aside) in set_aside.into_iter().rev() {
        if new.contains(path) || folder.rename(&aside, path).is_err() {
            lost.push(aside);
        }
    }
    let is_undone = new.is_empty() && lost.is_empty();
    let left = if is_undone { Left::Unsaid } else { Left::Torn { new, former: lost, is_kept: false } };
    Err(Failure::Failed(error, left))
}

fn names_in(folder: &Path) -> io::Result<Vec<String>> {
    // A name that is no Unicode is none of ours.
    let entries = fs::read_dir(folder).map_err(|error| naming(folder, &error))?;
    let names = entries
        .map(|entry| Ok(entry.map_err(|error| naming(folder, &error))?.file_name().into_string().ok()));
    Ok(names.collect::<io::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Brings the new names to the disk where a folder can be asked to. Where it cannot, the files are whole all the same.
fn sync(folder: &Path) {
    if cfg!(unix) {
        let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
mod tests {
    use super::super::files::tests::names;
    use super::super::layout::Layout;
    use super::*;
    use std::io::Write as _;
    use std::num::NonZeroU64;

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
        commit(&folder, table, others)
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
            assert_eq!(names(root.path()).len(), parts.len() + 2);
        }
    }

    #[test]
    fn a_new_sweep_replaces_every_file_of_the_former_one() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("convergence-notes.csv"), "mine").unwrap();
        for rest in ["convergence-0009.csv.partial", "convergence.csv.former", "sweep.toml.former"] {
            fs::write(root.path().join(rest), "of a sweep that was killed").unwrap();
        }
        let kept = "convergence-notes.csv";
        run(root.path(), 5, Some(2)).unwrap();
        assert_eq!(names(root.path()).len(), 3 + 3);
        run(root.path(), 5, None).unwrap();
        assert_eq!(
            names(root.path()),
            [kept, "convergence.csv", "summary.csv", "sweep.toml"].map(String::from)
        );
        run(root.path(), 3, Some(2)).unwrap();
        let expected = ["convergence-0001.csv", "convergence-0002.csv", kept, "summary.csv", "sweep.toml"];
        assert_eq!(names(root.path()), expected);
    }

    #[test]
    fn an_abandoned_sweep_leaves_the_former_one_alone() {
        let root = tempfile::tempdir().unwrap();
        run(root.path(), 5, Some(2)).unwrap();
        let before = contents(root.path());
        let folder = OutputFolder::create(root.path()).unwrap();
        drop(sweep(&folder, 9, None));
        assert_eq!(contents(root.path()), before);
    }

    #[test]
    fn a_commit_that_fails_halfway_is_undone() {
        let root = tempfile::tempdir().unwrap();
        run(root.path(), 5, Some(2)).unwrap();
        let before = contents(root.path());
        let folder = OutputFolder::create(root.path()).unwrap();
        for lost in ["convergence-0001.csv", "convergence-0002.csv", "summary.csv", "sweep.toml"] {
            let (table, others) = sweep(&folder, 4, Some(2));
            // Its rename fails, since it is no longer there.
            fs::remove_file(root.path().join(format!("{lost}{PARTIAL}"))).unwrap();
            let error = commit(&folder, table, others).unwrap_err();
            assert!(error.to_string().contains(lost), "{error}");
            assert_eq!(contents(root.path()), before, "{lost}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_disk_that_is_full_at_the_end_leaves_the_former_sweep_alone() {
        let root = tempfile::tempdir().unwrap();
        run(root.path(), 5, None).unwrap();
        let before = contents(root.path());
        std::os::unix::fs::symlink("/dev/full", root.path().join("sweep.toml.partial")).unwrap();
        let error = run(root.path(), 6, None).unwrap_err();
        assert!(error.to_string().contains("sweep.toml.partial"), "{error}");
        assert_eq!(contents(root.path()), before);
    }
}
