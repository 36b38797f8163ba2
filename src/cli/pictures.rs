//! The pictures that come with the results of every sweep.

use std::path::Path;

use clap::ArgMatches;
use xorsweep::picture::files::{MapStyle, draw_all, remove_former};
use xorsweep::picture::map;
use xorsweep::sweep::spec::Sweep;
use xorsweep::table::layout::FileFormat;
use xorsweep::table::{Failure, OutputFolder};

/// Whether the arguments ask for a table that pictures can be drawn from: as text, with all columns.
pub fn has_whole_table(matches: &ArgMatches) -> bool {
    let is_text =
        matches.get_one::<String>("format").is_some_and(|format| *format == FileFormat::Csv.to_string());
    is_text && !matches.get_flag("summary-only") && !matches.contains_id("columns")
}

/// Takes the pictures of a former sweep away and draws those of this one, unless the arguments leave them out.
pub fn pictures_of(matches: &ArgMatches, sweep: &Sweep, results: &Path) -> Result<(), Failure> {
    let folder = OutputFolder::create(results)?;
    if matches.get_flag("no-pictures") {
        return remove_former(&folder);
    }
    let is_whole = has_whole_table(matches);
    let has_map = is_whole && sweep.plane.is_some() && map::drawable(sweep).is_ok();
    draw_all(sweep, results, has_map.then(MapStyle::default), is_whole, &folder)
}
