//! The pictures that come with the results of every sweep.

use std::path::Path;

use clap::ArgMatches;
use xorsweep::picture::files::{MapStyle, draw_charts, draw_maps, remove_former};
use xorsweep::picture::map;
use xorsweep::sweep::spec::Sweep;
use xorsweep::table::{Failure, OutputFolder};

/// Takes the pictures of a former sweep away and draws those of this one, unless the arguments leave them out.
pub fn pictures_of(matches: &ArgMatches, sweep: &Sweep, results: &Path) -> Result<(), Failure> {
    let folder = OutputFolder::create(results)?;
    remove_former(&folder)?;
    if matches.get_flag("no-pictures") {
        return Ok(());
    }
    draw_charts(sweep, results, &folder)?;
    if matches.get_flag("summary-only") {
        return Ok(());
    }
    if sweep.plane.is_some() && map::drawable(sweep).is_ok() {
        draw_maps(sweep, results, MapStyle::default(), &folder)?;
    }
    Ok(())
}
