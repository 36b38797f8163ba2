//! The pictures that come with the results of every sweep.

use std::path::Path;

use clap::ArgMatches;
use xorsweep::picture::files::{MapStyle, draw_all, remove_former};
use xorsweep::picture::map;
use xorsweep::sweep::spec::Sweep;
use xorsweep::table::{Failure, OutputFolder};

/// Takes the pictures of a former sweep away and draws those of this one, unless the arguments leave them out.
pub fn pictures_of(matches: &ArgMatches, sweep: &Sweep, results: &Path) -> Result<(), Failure> {
    let folder = OutputFolder::create(results)?;
    if matches.get_flag("no-pictures") {
        return remove_former(&folder);
    }
    let has_map = sweep.plane.is_some() && map::drawable(sweep).is_ok() && !matches.get_flag("summary-only");
    draw_all(sweep, results, has_map.then(MapStyle::default), &folder)
}
