//! The list that a folder of results keeps of its own files, so that no others are replaced or removed.
//!
//! It is a file of text, `files.txt`: a line says what it is, and each of the others has a file's name, its bytes and
//! their CRC-32, or its name and the word `unfinished`. A file is the folder's own if it is as a line says; one that
//! somebody has changed is somebody's. What is unfinished may have any content, for it has a name that only files in
//! the making have.
//!
//! A line is in the list before the file has its name, so a kill at any moment leaves no file of ours that is unknown.
//! Until the files of a former sweep are replaced, both they and those that are to come are listed under one name.
//!
//! Where the results are complete, another line has a check of what was asked for, so that the same is not run again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Seek as _};
use std::path::{Path, PathBuf};

use super::checkpoint::CHECKPOINT;
use super::commit::FORMER;
use super::files::{Mark, PARTIAL};

/// The list's file.
pub const LIST: &str = "files.txt";

/// What it begins with, whatever the version.
const BEGINNING: &str = "# What xorsweep wrote here";
/// The rest of its first line.
const ABOUT: &str =
    ": name, bytes, CRC-32. Other files are left alone, and so are these once they are changed.";
/// What the line begins with that has the check of what was asked for.
const REQUEST: &str = "# Complete for the request ";
/// What stands behind the name of a file in the making.
const UNFINISHED: &str = "unfinished";

/// The files that a folder knows to be its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List {
    /// The marks that each may have; several while one file takes the place of another.
    pub(super) files: BTreeMap<String, Vec<Mark>>,
    /// Files in the making, by the names that they have until they are whole.
    pub(super) making: BTreeSet<String>,
    /// A check of what was asked for, if the results of that are complete.
    pub(super) request: Option<u32>,
}

impl List {
    /// The list of a folder; nothing if it has none that can be read.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        Self::parse(&fs::read(folder.join(LIST)).ok()?)
    }

    /// The list that a file holds. A line that is not whole, or says nothing that a line could say, is passed over.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        if !is_list(bytes) {
            return None;
        }
        let mut list = Self::default();
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        for line in bytes[..whole].split(|&byte| byte == b'\n').skip(1) {
            let Ok(line) = str::from_utf8(line) else { continue };
            if let Some(check) = line.strip_prefix(REQUEST) {
                // The last one holds.
                list.request = u32::from_str_radix(check, 16).ok();
                continue;
            }
            let Some((name, rest)) = split(line) else { continue };
            match rest {
                None => _ = list.making.insert(name.to_owned()),
                Some(mark) => list.add(name, mark),
            }
        }
        Some(list)
    }

    /// Adds a file that may have this mark.
    pub(super) fn add(&mut self, name: &str, mark: Mark) {
        let marks = self.files.entry(name.to_owned()).or_default();
        if !marks.contains(&mark) {
            marks.push(mark);
        }
    }

    /// Whether nothing is listed.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.making.is_empty()
    }

    /// The text of its file.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{BEGINNING}{ABOUT}\n");
        text += &self.request.map_or_else(String::new, |check| line_of_request(Some(check)));
        for (name, marks) in &self.files {
            marks.iter().for_each(|mark| text += &line_of(name, *mark));
        }
        self.making.iter().for_each(|name| text += &line_of_making(name));
        text
    }
}

/// Whether a folder knows a file of this name as its own, there or not, changed or not.
#[must_use]
pub fn is_listed(folder: &Path, name: &str) -> bool {
    List::of(folder).is_some_and(|list| list.files.contains_key(name))
}

/// How the files of a folder's own that `wanted` wants differ from what was written: each that does, and what it is now.
#[must_use]
pub fn changes(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<(PathBuf, String)> {
    let list = List::of(folder).unwrap_or_default();
    let wanted = list.files.iter().filter(|(name, _)| wanted(name));
    let change = |(name, marks): (&String, &Vec<Mark>)| {
        let path = folder.join(name);
        change(&path, marks).map(|change| (path, change))
    };
    wanted.filter_map(change).collect()
}

/// What is another than when a file was written that may have these marks.
fn change(path: &Path, marks: &[Mark]) -> Option<String> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Some("is missing".to_owned()),
        Err(error) => return Some(format!("cannot be read: {error}")),
    };
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    if marks.iter().all(|mark| mark.bytes != length) {
        return Some(format!("has {length} bytes, and {} were written", marks[0].bytes));
    }
    for mark in marks {
        match mark.is_of(&mut file) {
            Ok(true) => return None,
            Ok(false) => _ = file.rewind(),
            Err(error) => return Some(format!("cannot be read: {error}")),
        }
    }
    Some("was changed since it was written".to_owned())
}

/// Whether a file is a list, or the beginning of one.
pub(super) fn is_list(bytes: &[u8]) -> bool {
    let beginning = BEGINNING.as_bytes();
    bytes.starts_with(beginning) || beginning.starts_with(bytes)
}

/// The line of a file.
pub(super) fn line_of(name: &str, mark: Mark) -> String {
    format!("{name} {} {:08x}\n", mark.bytes, mark.crc)
}

/// The line that has the check of what was asked for, or takes back the one before.
pub(super) fn line_of_request(check: Option<u32>) -> String {
    let check = check.map_or_else(|| "none".to_owned(), |check| format!("{check:08x}"));
    format!("{REQUEST}{check}\n")
}

/// The line of a file in the making.
pub(super) fn line_of_making(name: &str) -> String {
    format!("{name} {UNFINISHED}\n")
}

/// What a line says: a name and its mark, none for a file in the making.
fn split(line: &str) -> Option<(&str, Option<Mark>)> {
    let (front, last) = line.rsplit_once(' ')?;
    if last == UNFINISHED {
        // Whatever such a file holds may be lost, so no other name is believed.
        let is_in_the_making = front.ends_with(PARTIAL) || front.ends_with(FORMER) || front == CHECKPOINT;
        return is_in_the_making.then_some((front, None));
    }
    let (name, bytes) = front.rsplit_once(' ')?;
    let mark = Mark { bytes: bytes.parse().ok()?, crc: u32::from_str_radix(last, 16).ok()? };
    Some((name, Some(mark)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> List {
        let mut list = List::default();
        list.add("convergence.csv", Mark::of(b"old"));
        list.add("convergence.csv", Mark::of(b"new"));
        list.add("starts/my points.csv", Mark::of(b""));
        list.making.insert("convergence.csv.partial".to_owned());
        list.making.insert(CHECKPOINT.to_owned());
        list.request = Some(0x0123_abcd);
        list
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        for list in [List::default(), list()] {
            assert_eq!(List::parse(list.text().as_bytes()).unwrap(), list);
        }
        assert!(list().text().contains("\nconvergence.csv 3 "));
        let taken_back = list().text() + &line_of_request(None);
        assert_eq!(List::parse(taken_back.as_bytes()).unwrap(), List { request: None, ..list() });
    }

    #[test]
    fn a_list_that_was_cut_short_has_no_more_than_the_whole() {
        let text = list().text();
        for end in 0..text.len() {
            let cut = List::parse(&text.as_bytes()[..end]).unwrap();
            assert!(cut.making.is_subset(&list().making), "{end}");
            for (name, marks) in &cut.files {
                assert!(marks.iter().all(|mark| list().files[name].contains(mark)), "{end}");
            }
        }
    }

    #[test]
    fn what_is_no_list_or_line_is_not_believed() {
        for other in ["file,bytes\n", " # What xorsweep wrote here\n", "\0"] {
            assert_eq!(List::parse(other.as_bytes()), None);
        }
        let lines =
            ["a.csv", "a.csv 3", "a.csv x 00000000", "a.csv 3 g", "notes.txt unfinished", " ", "\u{0}\u{0}"];
        let text = format!("{BEGINNING}{ABOUT}\n{}\n", lines.join("\n"));
        assert_eq!(List::parse(text.as_bytes()).unwrap(), List::default());
    }
}
