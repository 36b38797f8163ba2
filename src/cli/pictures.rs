//! The pictures that come with the results of every sweep.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use clap::ArgMatches;
use xorsweep::picture::files::{MapStyle, Pictures, remove_former, write_all};
use xorsweep::picture::map;
use xorsweep::sweep::spec::Sweep;
use xorsweep::table::layout::FileFormat;
use xorsweep::table::{Failure, Left, OutputFolder};

/// Whether the arguments ask for a table that pictures can be drawn from: as text, with all columns.
pub fn has_whole_table(matches: &ArgMatches) -> bool {
    let is_text =
        matches.get_one::<String>("format").is_some_and(|format| *format == FileFormat::Csv.to_string());
    is_text && !matches.get_flag("summary-only") && !matches.contains_id("columns")
}

/// The pictures of a sweep, unless the arguments leave them out.
pub fn pictures_of(matches: &ArgMatches, sweep: &Sweep) -> Option<Pictures> {
    if matches.get_flag("no-pictures") {
        return None;
    }
    let has_table = has_whole_table(matches);
    let has_map = has_table && sweep.plane.is_some() && map::drawable(sweep).is_ok();
    Some(Pictures { maps: has_map.then(MapStyle::default), has_table })
}

/// How often it is looked whether drawing is to stop.
const PATIENCE: Duration = Duration::from_millis(50);

/// What `draw` makes, which writes nothing; it is left alone as soon as the program is asked to end.
pub fn drawn<T: Send + 'static, E: Into<Failure> + Send + 'static>(
    is_asked_to_end: &AtomicBool,
    draw: impl Fn() -> Result<T, E> + Send + Sync + 'static,
) -> Result<T, Failure> {
    let draw = Arc::new(draw);
    let for_thread = Arc::clone(&draw);
    let (sender, receiver) = mpsc::channel();
    // Nobody waits for it any more once the program ends.
    let Ok(_) = thread::Builder::new().spawn(move || sender.send(for_thread())) else {
        return draw().map_err(Into::into);
    };
    loop {
        match receiver.recv_timeout(PATIENCE) {
            Ok(drawn) => return drawn.map_err(Into::into),
            Err(RecvTimeoutError::Timeout) if is_asked_to_end.load(Relaxed) => {
                return Err(Failure::Stopped(Left::Before));
            }
            Err(RecvTimeoutError::Timeout) => (),
            Err(RecvTimeoutError::Disconnected) => {
                let error = io::Error::other("drawing panicked, which is a fault of this program");
                return Err(Failure::Failed(error, Left::Before));
            }
        }
    }
}

/// Takes the pictures of former results out of a folder whose tables are new, and draws those of these.
pub fn renew(
    folder: &OutputFolder,
    sweep: &Arc<Sweep>,
    pictures: Option<Pictures>,
    is_asked_to_end: &AtomicBool,
) -> Result<(), Failure> {
    let left = |pictures: &str| {
        Left::Done(format!("the tables in {} are complete, {pictures}", folder.path().display()))
    };
    remove_former(folder)
        .map_err(|error| Failure::Failed(error, left("pictures there may be of former ones")))?;
    let Some(pictures) = pictures else { return Ok(()) };
    let (sweep, results) = (Arc::clone(sweep), folder.path().to_owned());
    drawn(is_asked_to_end, move || pictures.draw(&sweep, &results))
        .and_then(|drawn| write_all(&drawn, folder))
        .map_err(|failure| failure.after(left("pictures are missing")))?;
    Ok(())
}
