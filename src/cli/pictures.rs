//! The pictures that come with the results of every sweep.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use xorsweep::Problem;
use xorsweep::picture::files::{Drawn, Gallery, Missing, Pictures, remove_former, write_all};
use xorsweep::results::{Failure, Left, OutputFolder};
use xorsweep::sweep::spec::Sweep;

use super::talk;

/// How often it is looked whether drawing is to stop.
const PATIENCE: Duration = Duration::from_millis(50);

/// What `draw` makes, which writes nothing; it is left alone as soon as the program is asked to end.
pub fn drawn<T: Send + 'static, E: Into<Failure> + Send + 'static>(
    is_asked_to_end: &AtomicBool,
    draw: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, Failure> {
    let (sender, receiver) = mpsc::channel();
    // Nobody waits for it any more once the program ends.
    thread::Builder::new()
        .spawn(move || sender.send(draw()))
        .map_err(|error| Failure::Failed(error, Left::Before))?;
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

/// The pictures of the tables in a folder, drawn; tells which of them lack something there.
pub fn draw_results(
    (sweep, pictures): (Arc<Sweep>, Pictures),
    results: &Path,
) -> Result<Vec<Drawn>, Problem> {
    let (gallery, missing) = Gallery::of_results(&sweep, pictures, results)?;
    for Missing { name, problem } in missing {
        talk::note(format_args!("{name} is not drawn: {problem}"));
    }
    gallery.draw()
}

/// Takes the pictures of former results out of a folder whose tables are new, and draws those of these: of what the
/// gallery has seen, or of the tables if it has not seen all.
pub fn renew(
    folder: &OutputFolder,
    gallery: Option<Gallery>,
    is_asked_to_end: &AtomicBool,
) -> Result<(), Failure> {
    let left = |pictures: &str| {
        Left::Done(format!("the tables in {} are complete, {pictures}", folder.path().display()))
    };
    remove_former(folder)
        .map_err(|error| Failure::Failed(error, left("pictures there may be of former ones")))?;
    let Some(gallery) = gallery else { return Ok(()) };
    let results = folder.path().to_owned();
    let draw = move || {
        if !gallery.has_missed_some() {
            return gallery.draw();
        }
        let of_what = gallery.of_what();
        // What it has seen is of no use, and may be large.
        drop(gallery);
        draw_results(of_what, &results)
    };
    drawn(is_asked_to_end, draw)
        .and_then(|drawn| write_all(&drawn, folder))
        .map_err(|failure| failure.after(left("pictures are missing")))?;
    Ok(())
}
