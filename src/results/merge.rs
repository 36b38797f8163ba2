//! Shards put together: the bytes that one machine would have written.
//!
//! A shard's table is a stretch of the whole one. Its summary has the groups that are complete in it; of those that it
//! shares with other shards it left the tallies (`shard.json`), which add up to the tally of the group.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use memchr::memchr2_iter;

use super::checkpoint::{Begun, CHECKPOINT, Checkpoint, SHARD};
use super::commit::{can_be_replaced, commit};
use super::failure::{Failure, Left};
use super::files::{Mark, naming};
use super::folder::OutputFolder;
use super::layout::{FileFormat, SPEC, SUMMARY};
use super::workbook::workbook_of;
use super::writer::TableWriter;
use super::{parquet, summary};
use crate::problem::{Problem, Way};
use crate::sweep::shard::Shard;

/// What was merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merged {
    /// How many shards.
    pub shards: u64,
    /// How many runs they have.
    pub runs: u64,
    /// How many groups of runs.
    pub groups: u64,
    /// Whether a workbook was wanted, but would have had too many groups.
    pub lacks_workbook: bool,
}

/// A shard that is done.
struct DoneShard {
    folder: PathBuf,
    shard: Shard,
    state: Checkpoint,
}

impl DoneShard {
    /// The file of the part, and the mark it must have.
    fn file(&self, name: &str) -> (PathBuf, Option<Mark>) {
        let mark = self.state.files().into_iter().find(|(known, _)| known == name).map(|(_, mark)| mark);
        (self.folder.join(name), mark)
    }

    /// A short file of the part.
    fn whole(&self, name: &str) -> io::Result<Vec<u8>> {
        let (path, mark) = self.file(name);
        let bytes = fs::read(&path).map_err(|error| unread(&path, &error))?;
        if mark == Some(Mark::of(&bytes)) { Ok(bytes) } else { Err(damaged(&path)) }
    }
}

/// Merges the shards that are in the folders of `from` and writes the whole sweep's files to `to`.
///
/// # Errors
/// If shards are missing, unfinished, doubled, damaged or of different sweeps, or writing fails.
pub fn merge(from: &Path, to: &Path) -> Result<Merged, Failure> {
    run(from, to).map_err(|failure| failure.leaving(Left::Before))
}

fn run(from: &Path, to: &Path) -> Result<Merged, Failure> {
    let parts = parts(from)?;
    let identity = |path: &Path| fs::canonicalize(path).ok();
    if let Some(part) =
        identity(to).and_then(|to| parts.iter().find(|part| identity(&part.folder) == Some(to.clone())))
    {
        let remedy = format!("shard {} is there, which is to be read: give another folder", part.shard);
        return Err(Problem::new("out", to.display(), remedy).into());
    }
    let folder = OutputFolder::create(to)?;
    let request = &parts[0].state.request;
    if to.join(CHECKPOINT).exists() {
        let problem = Problem::new("out", to.display(), "an unfinished sweep is there");
        return Err(problem.with_ways(&[Way::Resume, Way::Elsewhere]).into());
    }
    let beside: Vec<String> = parts[0].state.others.iter().map(|(name, _)| name.clone()).collect();
    let kept = beside.iter().filter(|name| *name != SPEC).cloned();
    can_be_replaced(&folder, &request.layout, request.runs, false, kept)?;
    // What says which sweep it is, the spec last; the same in all of them.
    let mut texts = Vec::new();
    for name in &beside {
        let of_parts = parts.iter().map(|part| part.whole(name)).collect::<io::Result<Vec<_>>>()?;
        texts.extend(of_parts.into_iter().next());
    }
    let text = texts.last().and_then(|text| String::from_utf8(text.clone()).ok());
    let text = text.ok_or_else(|| damaged(&parts[0].folder.join(SPEC)))?;
    let table = table(&folder, &parts, &text)?;
    let mut summary = folder.file(SUMMARY)?;
    let groups = summaries(&mut summary, &parts)?;
    summary.seal()?;
    let workbook = workbook_of(&folder, &request.layout)?;
    let lacks_workbook = request.layout.workbook && workbook.is_none();
    let mut others = vec![summary];
    others.extend(workbook);
    for (name, text) in beside.iter().zip(texts) {
        let mut file = folder.file(name)?;
        file.write_all(&text)?;
        others.push(file);
    }
    commit(&folder, table, others, Some(request.whole().check()))?;
    folder.tidy();
    Ok(Merged { shards: parts.len() as u64, runs: request.runs, groups, lacks_workbook })
}

/// All shards of a sweep, in order.
fn parts(from: &Path) -> Result<Vec<DoneShard>, Failure> {
    let refused = |what: String| Failure::from(Problem::new("merge", from.display(), what));
    let entries =
        fs::read_dir(from).map_err(|error| refused(format!("the folder cannot be read: {error}")))?;
    let mut folders = Vec::new();
    for entry in entries {
        folders.push(entry.map_err(|error| naming(from, &error))?.path());
    }
    folders.sort();
    let with_unfinished = |what: String, unfinished: &[String]| {
        let problem = Problem::new("merge", from.display(), what);
        Failure::from(if unfinished.is_empty() {
            problem
        } else {
            let remedy = format!("{}; unfinished: {}", problem.remedy, some_of(unfinished));
            Problem { remedy, ..problem }.with_ways(&[Way::Resume])
        })
    };
    let mut parts: Vec<DoneShard> = Vec::new();
    let mut unfinished = Vec::new();
    for folder in folders {
        if folder.join(CHECKPOINT).exists() {
            unfinished.push(folder.display().to_string());
        }
        let path = folder.join(SHARD);
        if !path.exists() {
            continue;
        }
        let state = Checkpoint::read(&path)?;
        let Some((state, shard)) = state.and_then(|state| state.request.shard.map(|shard| (state, shard)))
        else {
            return Err(refused(format!("{} is damaged: run that shard again", path.display())));
        };
        parts.push(DoneShard { folder, shard, state });
    }
    let Some(first) = parts.first() else {
        return Err(with_unfinished("there are no shards that are done".to_owned(), &unfinished));
    };
    for part in &parts {
        let difference = part.state.request.whole().difference(&first.state.request.whole());
        let difference = difference.or_else(|| {
            let (ours, theirs) = (part.shard.of().to_string(), first.shard.of().to_string());
            (ours != theirs).then(|| ("number of shards".to_owned(), theirs, ours))
        });
        if let Some((key, theirs, ours)) = difference {
            return Err(refused(format!(
                "the shards are of different sweeps: {key} is {theirs} in {} and {ours} in {}",
                first.folder.display(),
                part.folder.display(),
            )));
        }
    }
    parts.sort_by_key(|part| part.shard.number());
    if let Some(pair) = parts.windows(2).find(|pair| pair[0].shard == pair[1].shard) {
        let (one, other) = (pair[0].folder.display(), pair[1].folder.display());
        return Err(refused(format!("shard {} is there twice: {one} and {other}", pair[0].shard)));
    }
    let of = NonZeroU64::new(parts[0].shard.of()).expect("a shard is one of some");
    let is_there =
        |shard: &Shard| parts.binary_search_by_key(&shard.number(), |part| part.shard.number()).is_ok();
    let missing: Vec<String> =
        Shard::all(of).filter(|shard| !is_there(shard)).map(|shard| shard.to_string()).collect();
    if !missing.is_empty() {
        return Err(with_unfinished(format!("missing shards: {}", some_of(&missing)), &unfinished));
    }
    Ok(parts)
}

/// The first of some names, if they are many.
fn some_of(names: &[String]) -> String {
    const MOST: usize = 20;
    let rest = names.len().saturating_sub(MOST);
    let shown = names[..names.len() - rest].join(", ");
    if rest > 0 { format!("{shown} and {rest} more") } else { shown }
}

/// Writes the table.
fn table(folder: &OutputFolder, parts: &[DoneShard], spec: &str) -> Result<TableWriter, Failure> {
    let layout = &parts[0].state.request.layout;
    let mut table = TableWriter::create(folder, layout, spec)?;
    if layout.file_format == FileFormat::Csv {
        let header = table.header().to_vec();
        for (part, index) in
            parts.iter().flat_map(|part| (0..part.state.table_files()).map(move |index| (part, index)))
        {
            let (path, mark) = part.file(&layout.file_name(index));
            let mut is_header = true;
            each_block(&path, mark, |text, mut ends| {
                let mut begin = 0;
                if is_header && !ends.is_empty() {
                    is_header = false;
                    if text[..ends[0]] != header {
                        return Err(naming(&path, &io::Error::other("its header is another one")));
                    }
                    (begin, ends) = (ends[0], &ends[1..]);
                }
                let ends: Vec<usize> = ends.iter().map(|end| end - begin).collect();
                table.write_rows(&text[begin..], &ends)
            })?;
        }
    }
    if layout.file_format == FileFormat::Parquet {
        let mut opened = Vec::new();
        for (part, index) in
            parts.iter().flat_map(|part| (0..part.state.table_files()).map(move |index| (part, index)))
        {
            let (path, mark) = part.file(&layout.file_name(index));
            let mut file = File::open(&path).map_err(|error| unread(&path, &error))?;
            // What its footer says of its rows could be true of another shard's file.
            let is_whole = mark.map_or(Ok(false), |mark| mark.is_of(&mut file));
            if !is_whole.map_err(|error| naming(&path, &error))? {
                return Err(damaged(&path).into());
            }
            opened.push(parquet::WholeFile::open(&layout.columns(), path.display().to_string(), file)?);
        }
        table.copy(&mut opened)?;
        table.end()?;
    }
    Ok(table)
}

/// Writes the summary; returns how many groups it has.
fn summaries(out: &mut impl Write, parts: &[DoneShard]) -> Result<u64, Failure> {
    let format = parts[0].state.request.layout.format;
    let mut shared: BTreeMap<u64, Begun> = BTreeMap::new();
    let mut groups = 0;
    for (place, part) in parts.iter().enumerate() {
        let newest = part.state.entries.last().expect("a checkpoint has an entry");
        let mut begun = newest.begun.iter().peekable();
        let mut add = |begun: &Begun, out: &mut dyn Write| -> io::Result<()> {
            let whole =
                shared.entry(begun.number).and_modify(|whole| whole.group.tally.merge(&begun.group.tally));
            let whole = whole.or_insert_with(|| begun.clone());
            if whole.group.tally.runs() == whole.of {
                let mut line = Vec::new();
                summary::append_group(&mut line, &whole.group, format);
                shared.remove(&begun.number);
                groups += 1;
                out.write_all(&line)?;
            }
            Ok(())
        };
        let (path, mark) = part.file(SUMMARY);
        let mut lines = 0; // groups complete in this shard so far
        let mut is_header = true;
        each_block(&path, mark, |text, ends| {
            let mut begin = 0;
            for &end in ends {
                if std::mem::take(&mut is_header) {
                    // It is the same in all.
                    if place == 0 {
                        out.write_all(&text[begin..end])?;
                    }
                } else {
                    while let Some(begun) = begun.next_if(|begun| begun.after <= lines) {
                        add(begun, out)?;
                    }
                    out.write_all(&text[begin..end])?;
                    lines += 1;
                }
                begin = end;
            }
            Ok(())
        })?;
        begun.try_for_each(|begun| add(begun, out))?;
        groups += lines;
    }
    match shared.values().next() {
        None => Ok(groups),
        Some(begun) => {
            let what = format!("the shards do not add up: group {} has runs missing", begun.number);
            Err(io::Error::other(what).into())
        }
    }
}

/// The error of a file that is not as its shard left it.
fn damaged(path: &Path) -> io::Error {
    naming(path, &io::Error::other("it is not as its shard left it: remove it, and run that shard again"))
}

/// The error of a shard's file that cannot be read.
fn unread(path: &Path, error: &io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::NotFound => naming(path, &io::Error::other("it is missing: run that shard again")),
        _ => naming(path, error),
    }
}

/// Reads a file line by line, several at once: `take` gets some text and where its lines end. A line end within quotes
/// is none. Fails at the end if the file is not as its mark says.
fn each_block(
    path: &Path,
    mark: Option<Mark>,
    mut take: impl FnMut(&[u8], &[usize]) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = File::open(path).map_err(|error| unread(path, &error))?;
    let mut check = crc32fast::Hasher::new();
    let (mut bytes, mut text, mut is_quoted) = (0, Vec::new(), false);
    let mut ends = Vec::new();
    loop {
        let seen = text.len();
        let read = (&mut file).take(1 << 20).read_to_end(&mut text).map_err(|error| naming(path, &error))?;
        if read == 0 {
            break;
        }
        check.update(&text[seen..]);
        bytes += read as u64;
        for at in memchr2_iter(b'"', b'\n', &text[seen..]) {
            match text[seen + at] {
                b'"' => is_quoted = !is_quoted,
                _ if is_quoted => (),
                _ => ends.push(seen + at + 1),
            }
        }
        take(&text, &ends)?;
        text.drain(..ends.last().copied().unwrap_or(0));
        ends.clear();
    }
    if mark != Some(Mark { bytes, crc: check.finalize() }) || !text.is_empty() {
        Err(damaged(path))
    } else {
        Ok(())
    }
}
