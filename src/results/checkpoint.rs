//! What has to be known to resume a sweep that was interrupted, or to merge its shards.
//!
//! While a sweep is written, a checkpoint says now and then: so many runs are in the files, this is how long the files
//! are and a check of all their bytes, these groups are begun and this is their tally so far, and these runs are over
//! but wait for an earlier one. The files are brought to the disk before the checkpoint, and a checkpoint takes the place
//! of the one before as a whole, so that there always is one that is true.
//!
//! Older entries stay in it, the fewer the older they are: should a file be damaged before its end, the sweep goes on
//! from the last entry before the damage.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::convergence::outcome_of_words;
use super::failure::Failure;
use super::files::{Mark, PartialFile, borne_out, naming, partial};
use super::folder::OutputFolder;
use super::layout::{Layout, SUMMARY};
use super::summary::Group;
use super::writer::Position;
use crate::kernel::outcome::{Outcome, Plateau, RunResult};
use crate::kernel::theta::Theta;
use crate::problem::{Problem, Way};
use crate::sweep::input::Input;
use crate::sweep::shard::Shard;
use crate::sweep::spec::Sweep;

/// The checkpoint's file, there only while a sweep is unfinished.
pub const CHECKPOINT: &str = "checkpoint.json";
/// What is left of it when a shard is done.
pub const SHARD: &str = "shard.json";

/// All that decides which bytes a sweep is to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    /// The program's version, for another one might do otherwise.
    program: String,
    /// The spec's keys with their values.
    keys: Vec<(String, String)>,
    /// The keys that name files, each with a check of what was found there.
    inputs: Vec<(String, u32)>,
    pub(super) layout: Layout,
    pub(super) shard: Option<Shard>,
    /// How many runs the whole sweep has.
    pub(super) runs: u64,
}

impl Request {
    pub(crate) fn new(sweep: &Sweep, layout: &Layout, shard: Option<Shard>) -> Self {
        let check = |input: Input<'_>| (input.file.key.to_owned(), input.check());
        let inputs = sweep.inputs().into_iter().map(check).collect();
        let spec = sweep.to_kept_spec();
        let keys = spec.given().map(|(key, texts)| (key.to_owned(), texts.join(","))).collect();
        let (program, layout) = (env!("CARGO_PKG_VERSION").to_owned(), layout.clone());
        Self { program, keys, inputs, layout, shard, runs: sweep.runs() }
    }

    /// The same as a list, the way a person would give it.
    fn described(&self) -> Vec<(&str, String)> {
        let Layout { file_format, format, columns, rows_per_file, workbook } = &self.layout;
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
        let mut all = vec![("version of xorsweep", self.program.clone())];
        all.extend(self.keys.iter().map(|(key, value)| (key.as_str(), value.clone())));
        // A file of another content is another one, whatever its name.
        for (key, check) in &self.inputs {
            all.iter_mut().filter(|(name, _)| name == key).for_each(|(_, value)| {
                *value = format!("{value} (CRC-32 {check:08x})");
            });
        }
        all.extend([
            ("format", file_format.to_string()),
            ("delimiter", char::from(format.delimiter()).to_string()),
            ("decimal_comma", format.decimal_comma().to_string()),
            ("columns", columns.as_ref().map_or_else(|| "all".to_owned(), |names| names.join(","))),
            ("rows_per_file", or_none(rows_per_file.map(|rows| rows.to_string()))),
            ("no_xlsx", (!workbook).to_string()),
            ("shard", or_none(self.shard.map(|shard| shard.to_string()))),
        ]);
        all
    }

    /// The first thing in which this request is another one than that which was begun, if there is any: its name, how
    /// it was and how it is.
    pub(super) fn difference(&self, begun: &Self) -> Option<(String, String, String)> {
        let (ours, theirs) = (self.described(), begun.described());
        let value = |all: &[(&str, String)], key: &str| {
            all.iter()
                .find(|(name, _)| *name == key)
                .map_or_else(|| "none".to_owned(), |(_, value)| value.clone())
        };
        let names = ours.iter().chain(&theirs).map(|(name, _)| *name);
        let mut differences = names.map(|name| (name.to_owned(), value(&theirs, name), value(&ours, name)));
        differences.find(|(_, theirs, ours)| theirs != ours)
    }

    /// A check of it, which tells it from others but for a rare chance (CRC-32).
    pub(super) fn check(&self) -> u32 {
        crc32fast::hash(format!("{self:?}").as_bytes())
    }

    /// The same request for no shard in particular.
    pub(super) fn whole(&self) -> Self {
        Self { shard: None, ..self.clone() }
    }
}

/// A group of runs of which some are still to come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Begun {
    /// Its number in the sweep.
    pub(super) number: u64,
    /// How many runs it has when it is complete.
    pub(super) of: u64,
    /// Its last run so far.
    pub(super) last: u64,
    /// How many groups were complete when that came.
    pub(super) after: u64,
    /// The runs so far.
    pub(super) group: Group,
}

/// One state of the files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// All runs before this one are in the files.
    pub(super) next: u64,
    pub(super) table: Position,
    pub(super) summary: Mark,
    /// How many groups are in the summary.
    pub(super) complete: u64,
    /// Groups that are begun, in the order in which their last runs came.
    pub(super) begun: Vec<Begun>,
}

/// A run that is over but not in the files. JSON has no infinity and no NaN, so a double is kept as its bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Ahead(#[serde(with = "RunAsKept")] RunResult);

/// What is kept of a run, field by field.
#[derive(Serialize, Deserialize)]
#[serde(remote = "RunResult")]
struct RunAsKept {
    run: u64,
    #[serde(with = "as_words")]
    outcome: Outcome,
    escaped_at: Option<u64>,
    solved_at: Option<u64>,
    converged_at: Option<u64>,
    steps: u64,
    #[serde(with = "as_bits")]
    error_first: f64,
    #[serde(with = "as_bits")]
    error_last: f64,
    #[serde(with = "as_bits")]
    losses: Option<[f64; 2]>,
    #[serde(with = "as_bits")]
    error_peak: f64,
    peak_at: u64,
    #[serde(with = "as_bits")]
    start: Theta,
    #[serde(with = "as_bits")]
    end: Theta,
}

/// The words of an outcome's cells in the table.
mod as_words {
    use super::{
        Deserialize, Deserializer, Error, Outcome, Plateau, Serialize, Serializer, outcome_of_words,
    };

    pub(super) fn serialize<S: Serializer>(outcome: &Outcome, serializer: S) -> Result<S::Ok, S::Error> {
        (outcome.word(), outcome.plateau().map_or("", Plateau::word)).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Outcome, D::Error> {
        let (outcome, plateau) = <(String, String)>::deserialize(deserializer)?;
        outcome_of_words(&outcome, &plateau).ok_or_else(|| D::Error::custom("these words are no outcome"))
    }
}

/// Doubles by their bits.
trait Doubles: Sized {
    type Bits: Serialize + DeserializeOwned;
    fn bits(&self) -> Self::Bits;
    fn of_bits(bits: Self::Bits) -> Self;
}

impl Doubles for f64 {
    type Bits = u64;
    fn bits(&self) -> u64 {
        self.to_bits()
    }
    fn of_bits(bits: u64) -> Self {
        Self::from_bits(bits)
    }
}

impl Doubles for Option<[f64; 2]> {
    type Bits = Option<[u64; 2]>;
    fn bits(&self) -> Self::Bits {
        self.map(|both| both.map(f64::to_bits))
    }
    fn of_bits(bits: Self::Bits) -> Self {
        bits.map(|both| both.map(f64::from_bits))
    }
}

impl Doubles for Theta {
    type Bits = Vec<u64>;
    fn bits(&self) -> Self::Bits {
        self.iter().map(|value| value.to_bits()).collect()
    }
    fn of_bits(bits: Self::Bits) -> Self {
        bits.into_iter().map(f64::from_bits).collect()
    }
}

mod as_bits {
    use super::{Deserialize, Deserializer, Doubles, Serialize, Serializer};

    pub(super) fn serialize<T: Doubles, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.bits().serialize(serializer)
    }

    pub(super) fn deserialize<'de, T: Doubles, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::Bits::deserialize(deserializer).map(T::of_bits)
    }
}

/// The states of a sweep's files that are known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    pub(super) request: Request,
    /// The marks of the table's files before the last one.
    pub(super) whole: Vec<Mark>,
    /// What has to be known of the last one besides its mark, in base64.
    footer: String,
    /// The files that are whole from the start, with their marks.
    pub(super) others: Vec<(String, Mark)>,
    /// Some states, the newest last; at least one.
    pub(super) entries: Vec<Entry>,
    /// Runs that are over but wait for an earlier one, by rising number.
    ahead: Vec<Ahead>,
}

impl Checkpoint {
    pub(crate) fn new(request: Request) -> Self {
        Self {
            request,
            whole: Vec::new(),
            footer: String::new(),
            others: Vec::new(),
            entries: Vec::new(),
            ahead: Vec::new(),
        }
    }

    /// Adds the newest state.
    pub(super) fn push(&mut self, entry: Entry, footer: &[u8], ahead: Vec<RunResult>) {
        self.footer = BASE64_STANDARD.encode(footer);
        self.entries.push(entry);
        thin(&mut self.entries);
        self.ahead = ahead.into_iter().map(Ahead).collect();
        self.ahead.sort_by_key(|Ahead(finished)| finished.run);
        self.ahead.dedup_by_key(|Ahead(finished)| finished.run);
    }

    /// Runs that are over but not in the files of the newest state, which go on from the run `from`; by rising number.
    pub(super) fn ahead(&self, from: u64) -> Vec<RunResult> {
        let all = self.ahead.iter().map(|Ahead(finished)| finished);
        all.filter(|finished| finished.run >= from).cloned().collect()
    }

    /// Writes it to a file, with a check behind it.
    pub(super) fn write(&self, file: &mut PartialFile) -> io::Result<()> {
        serde_json::to_writer(&mut *file, self)?;
        let check = file.mark().crc;
        write!(file, "\n{check:08x}\n")
    }

    /// Writes it to the folder, in place of the one before.
    pub(super) fn write_to(&self, folder: &OutputFolder) -> io::Result<()> {
        let begun = folder.claim(CHECKPOINT).and_then(|()| folder.file(CHECKPOINT));
        let mut file = begun.map_err(Failure::into_error)?;
        self.write(&mut file)?;
        file.finish().map_err(Failure::into_error)
    }

    /// Reads one; nothing if what is there is damaged.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn read(path: &Path) -> io::Result<Option<Self>> {
        Ok(Self::parse(&fs::read(path).map_err(|error| naming(path, &error))?))
    }

    /// Reads the one of this name in a folder, there or not; nothing in it if it is damaged.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn find(folder: &OutputFolder, name: &str) -> io::Result<Option<Option<Self>>> {
        let Some(mut file) = folder.read(name)? else { return Ok(None) };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| folder.naming(name, error))?;
        Ok(Some(Self::parse(&bytes)))
    }

    /// The checkpoint that a file holds, if it is whole.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.strip_suffix(b"\n")?.iter().rposition(|&byte| byte == b'\n')?;
        let check = format!("{:08x}\n", crc32fast::hash(&bytes[..end]));
        if bytes[end + 1..] != *check.as_bytes() {
            return None;
        }
        let checkpoint: Self = serde_json::from_slice(&bytes[..end]).ok()?;
        let is_sound = checkpoint.entries.iter().all(|entry| entry.table.files <= checkpoint.whole.len() + 1)
            && checkpoint.entries.is_sorted_by_key(|entry| entry.next)
            && checkpoint.ahead.is_sorted_by(|one, next| one.0.run < next.0.run);
        (is_sound && !checkpoint.entries.is_empty()).then_some(checkpoint)
    }

    /// Drops the states that the files in the folder do not bear out. Returns whether any was dropped.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub(super) fn check(&mut self, folder: &OutputFolder) -> io::Result<bool> {
        // The footer knows the groups of the last file only.
        let files = self.entries.last().map_or(0, |entry| entry.table.files);
        self.entries.retain(|entry| entry.table.groups == 0 || entry.table.files == files);
        let kept = self.entries.len();
        let mut whole = 0; // files of the table that are as they were when they were closed
        let layout = &self.request.layout;
        let mut is_good = vec![false; kept];
        for index in 0..=self.whole.len() {
            let in_this = |entry: &Entry| entry.table.files == index + 1;
            let mut marks: Vec<Mark> =
                self.entries.iter().filter(|entry| in_this(entry)).map(|entry| entry.table.last).collect();
            marks.extend(self.whole.get(index));
            let borne_out = begins_so(folder, &partial(&layout.file_name(index)), &marks)?;
            let of_entries = self.entries.iter().zip(&mut is_good).filter(|(entry, _)| in_this(entry));
            of_entries.zip(&borne_out).for_each(|((_, good), borne_out)| *good = *borne_out);
            if index == self.whole.len() || !borne_out.last().is_some_and(|good| *good) {
                break;
            }
            whole += 1;
        }
        let marks: Vec<Mark> = self.entries.iter().map(|entry| entry.summary).collect();
        let summary = begins_so(folder, &partial(SUMMARY), &marks)?;
        let good = self.entries.iter().zip(is_good).zip(summary).rposition(|((entry, table), summary)| {
            summary && (entry.table.files == 0 || table && entry.table.files <= whole + 1)
        });
        self.entries.truncate(good.map_or(0, |good| good + 1));
        let files = self.entries.last().map_or(0, |entry| entry.table.files);
        self.whole.truncate(files.saturating_sub(1));
        Ok(self.entries.len() < kept)
    }

    /// The footer of the last file; empty if it is damaged, which does not fit that file's mark.
    pub(super) fn footer(&self) -> Vec<u8> {
        BASE64_STANDARD.decode(&self.footer).unwrap_or_default()
    }

    /// How many files the table has in the newest state.
    pub(super) fn table_files(&self) -> usize {
        self.entries.last().map_or(0, |entry| entry.table.files)
    }

    /// Names of files in the making that are its own, besides others.
    pub(super) fn made(&self) -> Vec<String> {
        let names = self.files().into_iter().map(|(name, _)| name);
        let partials = names.chain([CHECKPOINT, SHARD].map(str::to_owned)).map(|name| partial(&name));
        partials.chain([CHECKPOINT.to_owned()]).collect()
    }

    /// The files of the newest state and their marks, once the last one has its footer.
    pub(super) fn files(&self) -> Vec<(String, Mark)> {
        let Some(newest) = self.entries.last() else { return Vec::new() };
        let mut marks = self.whole.clone();
        marks.extend((newest.table.files > 0).then(|| newest.table.last.extended(&self.footer())));
        let table =
            marks.into_iter().enumerate().map(|(index, mark)| (self.request.layout.file_name(index), mark));
        table.chain([(SUMMARY.to_owned(), newest.summary)]).chain(self.others.iter().cloned()).collect()
    }
}

/// Keeps the newest state and, the farther back the fewer, some before it: about two for each doubling of the distance.
fn thin(entries: &mut Vec<Entry>) {
    let Some(newest) = entries.last().map(|entry| entry.next) else { return };
    let mut index = 1;
    while index + 1 < entries.len() {
        if newest - entries[index - 1].next <= 2 * (newest - entries[index + 1].next) {
            entries.remove(index);
        } else {
            index += 1;
        }
    }
}

/// For each of these states of a file, which come by rising length, whether the file still begins so.
fn begins_so(folder: &OutputFolder, name: &str, marks: &[Mark]) -> io::Result<Vec<bool>> {
    let Some(mut file) = folder.read(name)? else { return Ok(vec![false; marks.len()]) };
    borne_out(&mut file, marks).map_err(|error| folder.naming(name, error))
}

/// The problem of a request that is another one than what was begun in the folder.
pub(super) fn other_request(folder: &Path, difference: &(String, String, String)) -> Problem {
    let (key, begun, asked) = difference;
    let shorten = |text: &str| {
        let short: String = text.chars().take(60).collect();
        if short.len() < text.len() { format!("{short}…") } else { short }
    };
    let remedy = format!("what was begun in {} has {}", folder.display(), shorten(begun));
    Problem::new(key, shorten(asked), remedy).with_ways(&[Way::Same, Way::Replace, Way::Elsewhere])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::convergence::tests::any_finished;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_ahead_come_back_bit_for_bit(finished in any_finished(), losses: Option<[u64; 2]>) {
            let losses = losses.map(|both| both.map(f64::from_bits));
            let kept = Ahead(RunResult { losses, ..finished });
            let text = serde_json::to_string(&kept).unwrap();
            let read: Ahead = serde_json::from_str(&text).unwrap();
            // NaN is not equal to itself; its bits are.
            prop_assert_eq!(serde_json::to_string(&read).unwrap(), text);
            prop_assert_eq!(format!("{read:?}"), format!("{kept:?}"));
        }
    }
}
