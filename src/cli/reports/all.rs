//! All reports, as the files of `results/reports`, which the program includes.

use serde::Deserialize;
use xorsweep::Problem;

/// A report's file.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Its name: the number, and a few words.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The files of these names.
macro_rules! files {
    ($($name:literal,)*) => {
        &[$(Entry { name: $name, text: include_str!(concat!("../../../results/reports/", $name, ".toml")) }),*]
    };
}

/// Every report, by rising number.
const ENTRIES: &[Entry] = files![
    "001-local-minima",
    "002-one-in-ten-far-longer",
    "004-online-batch-rprop",
    "006-relu-five-units",
    "007-gradients-never-reset",
    "009-one-hidden-unit",
    "010-large-start",
    "011-relu-last-pattern",
    "012-hidden-layer-frozen",
    "015-nine-weights-06",
    "016-fast-or-never",
    "017-cost-014",
    "020-u01-rate-half",
    "021-three-units-never",
    "025-every-few-runs",
    "026-in-order-or-shuffled",
    "027-500-epochs",
    "032-relu-xnor",
    "036-rate-1e-5",
    "037-no-bias",
    "040-relu-rate-1e-3",
    "041-xnor-rate-001",
    "042-1000-or-10000-steps",
    "044-keras-rate-001",
    "045-toy-neural-network",
    "046-theanets",
    "047-cntk-small-start",
    "049-neuroflow",
    "050-shainet",
    "052-genann",
    "054-fann-rprop",
    "056-synaptic-readme",
    "057-tiny-start",
    "059-kann-five-units",
    "060-grenade-tanh",
    "061-axon-nan",
    "062-150000-epochs",
    "064-hinton-problems",
    "065-run-it-again",
    "066-ten-percent-fail",
    "067-xornet-survey",
    "069-rates-from-1",
    "070-neural-smithing",
    "071-relu-summed",
    "072-million-epochs",
    "074-seed-42",
    "075-seed-1",
    "076-u-minus-1-1",
    "077-error-against-rate",
    "079-pytorch-100-epochs",
    "080-time-against-rate",
    "081-pdp-tss",
    "082-aifh-batch",
    "084-flat-regions",
    "085-three-units-minimum",
    "086-planes-of-starts",
    "087-initial-conditions",
    "089-trevornet",
    "091-coding-and-momentum",
    "092-matlab-deep-learning",
    "094-success-against-units",
    "095-csci315",
    "096-one-epoch-by-hand",
    "097-rounds-without-success",
    "099-no-bias-linear-output",
    "100-small-normal",
    "101-22-epochs",
];

/// Which reports are left out, and what they need.
const LEFT_OUT: &str = include_str!("../../../results/reports/left-out.toml");

/// Every report, by rising number.
pub fn entries() -> impl Iterator<Item = Entry> {
    ENTRIES.iter().copied()
}

impl Entry {
    /// Its number.
    pub fn number(self) -> u32 {
        let digits = self.name.split('-').next().unwrap_or_default();
        digits.parse().expect("a test reads every number")
    }
}

/// A report that is no set-up of this program.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// Its number.
    pub id: u32,
    /// Where it is.
    pub source: String,
    /// What it needs.
    pub needs: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftOutFile {
    report: Vec<LeftOut>,
}

/// The reports that are left out.
pub fn left_out() -> Result<Vec<LeftOut>, Problem> {
    let file: LeftOutFile =
        toml::from_str(LEFT_OUT).map_err(|error| Problem::new("report", "", error.to_string()))?;
    Ok(file.report)
}

/// The name of a report by its name or number; or else what would do.
pub fn find(text: &str) -> Result<&'static str, String> {
    let number: Option<u32> = text.parse().ok();
    let is_it = |entry: &Entry| entry.name == text || Some(entry.number()) == number;
    entries().find(is_it).map(|entry| entry.name).ok_or_else(|| {
        let left_out = left_out().unwrap_or_default();
        match left_out.iter().find(|left| Some(left.id) == number) {
            Some(left) => format!("{} is left out: {}", left.source, left.needs),
            None => "there is no such report; --list has them all".to_owned(),
        }
    })
}
