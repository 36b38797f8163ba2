//! A zoom in several frames, and the film of them.

use std::fs;
use std::io::{self, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde_json::json;
use xorsweep::Problem;
use xorsweep::execution::{Destination, Saved, Unfinished, save_in};
use xorsweep::picture::files::{Gallery, MapStyle, Pictures};
use xorsweep::results::layout::FileFormat;
use xorsweep::results::{Failure, Layout, Left, OutputFolder};
use xorsweep::sweep::engine::{Options, Progress};
use xorsweep::sweep::spec::Sweep;
use xorsweep::sweep::zoom::Zoom;

use super::super::arguments::tell_of_starts;
use super::super::interruption::interruption;
use super::super::progress::shown_while;
use super::super::{sweep, talk};

/// The film's file.
const FILM: &str = "zoom.mp4";
/// Frames a second.
const RATE: &str = "12";

/// What is to be done for a film.
pub struct Plan {
    /// The last frame.
    zoomed: sweep::Plan,
    /// All frames.
    frames: Vec<Arc<Sweep>>,
    style: MapStyle,
}

impl Plan {
    /// A film of so many frames between a sweep and its zoom.
    pub fn new(
        sweep: Sweep,
        zoomed: sweep::Plan,
        zoom: Zoom,
        count: u64,
        style: MapStyle,
    ) -> Result<Self, Problem> {
        if sweep.runs() != sweep.plane.as_ref().map_or(0, |plane| plane.points()) {
            let remedy = "a film shows one map: give one init, seed, momentum and learning rate";
            return Err(Problem::new("frames", count, remedy));
        }
        let frame = |number: u64| {
            let name = format!("{}-{:04}", zoomed.sweep.name, number + 1);
            zoom.frame(number, count).apply(&sweep, &name).map(Arc::new)
        };
        let frames = (0..count).map(frame).collect::<Result<_, _>>()?;
        Ok(Self { zoomed, frames, style })
    }
}

/// Runs and draws all frames between the sweep and its zoom, and makes a film of them if ffmpeg is installed.
///
/// A frame is a bare map; shades stand for the same steps in all of them. Beside each is a folder with its summary
/// and its spec, which makes its table: all tables would be very large.
pub fn run(plan: Plan) -> Result<(), Failure> {
    let Plan { zoomed, frames, style } = plan;
    let sweep::Plan { sweep, options, destination: whole, is_dry_run, .. } = zoomed;
    let count = frames.len() as u64;
    tell_of_starts(&sweep);
    if is_dry_run {
        let (runs, folder) = (sweep.runs(), whole.folder.display().to_string());
        let facts = json!({ "frames": count, "runs": runs, "folder": folder });
        return Ok(talk::done_as("estimate", facts, |out| {
            writeln!(out, "{count} frames of {runs} runs each; they would go to {folder}.")
        })?);
    }
    let folder = OutputFolder::create(&whole.folder)?;
    (1..=count).map(picture).chain([FILM.to_owned()]).try_for_each(|name| folder.can_have(&name))?;
    let progress = Progress::stopped_by(interruption());
    let complete = |number| {
        Left::Done(format!("{number} of {count} frames in {} are complete", folder.path().display()))
    };
    shown_while(&progress, sweep.runs() * count, || {
        for (number, frame) in (1..).zip(&frames) {
            draw(frame, number, &folder, &whole, &options, &progress, style).map_err(|failure| {
                if number == 1 || failure.can_be_resumed() {
                    return failure;
                }
                failure.after(complete(number - 1))
            })?;
        }
        Ok::<(), Failure>(())
    })?;
    let made = remove_former(&folder, count).and_then(|()| film(&folder, count));
    let film = made.map_err(|failure| match progress.is_stopped() {
        true => Failure::Stopped(complete(count)),
        false => failure.after(complete(count)),
    })?;
    let film = film.then(|| folder.path().join(FILM).display().to_string());
    let name = folder.path().display().to_string();
    let facts = json!({ "frames": count, "folder": name, "film": film });
    let told = talk::done(facts, |out| {
        writeln!(out, "{count} frames are in {name}.")?;
        film.iter().try_for_each(|film| writeln!(out, "The film is {film}."))
    });
    told.map_err(|error| Failure::Failed(error, complete(count)))
}

/// The name of a frame's picture.
fn picture(number: u64) -> String {
    format!("frame-{number:04}.png")
}

/// The number of the frame whose picture has this name.
fn number(name: &str) -> Option<u64> {
    let number = name.strip_prefix("frame-")?.strip_suffix(".png")?.parse().ok()?;
    (picture(number) == name).then_some(number)
}

/// Removes a former film, and its frames that are behind the last one of this.
fn remove_former(folder: &OutputFolder, count: u64) -> Result<(), Failure> {
    let is_behind = |name: &str| number(name).is_some_and(|number| number > count);
    let behind = folder.own(is_behind)?;
    folder.remove_own(|name| is_behind(name) || name == FILM)?;
    for name in behind {
        let results = folder.path().join(name.trim_end_matches(".png"));
        if results.is_dir() {
            OutputFolder::create(&results)?.remove_own(|_| true)?;
            // It stays if somebody has put something there.
            let _ = fs::remove_dir(results);
        }
    }
    Ok(())
}

/// Runs and draws one frame; one that is there is left as it is.
fn draw(
    frame: &Arc<Sweep>,
    number: u64,
    folder: &OutputFolder,
    whole: &Destination,
    options: &Options,
    progress: &Progress,
    style: MapStyle,
) -> Result<(), Failure> {
    let picture = picture(number);
    let results = folder.path().join(picture.trim_end_matches(".png"));
    let layout = Layout { workbook: false, file_format: FileFormat::None, ..whole.layout.clone() };
    let mut destination = Destination { folder: results, layout, ..whole.clone() };
    let results = OutputFolder::create(&destination.folder)?;
    let style = MapStyle { is_bare: true, steps: Some([1, frame.stopping_rule.steps.max(2)]), ..style };
    let is_drawn = !folder.own(|name| name == picture)?.is_empty();
    // It is begun before the frame is run, unless it may be there.
    let mut file = if is_drawn { None } else { Some(folder.file(&picture)?) };
    let pictures = Pictures { maps: Some(style), charts: false };
    let mut gallery = Gallery::new(frame, pictures)?;
    let saved = save_in(&results, frame, &destination, options, progress, &mut gallery)?;
    if saved == Saved::Before && is_drawn {
        return Ok(());
    }
    if saved == Saved::Before || gallery.has_missed_some() {
        // The runs that were over are in no table.
        destination.unfinished = Unfinished::Replace;
        gallery = Gallery::new(frame, pictures)?;
        save_in(&results, frame, &destination, options, progress, &mut gallery)?;
    }
    let drawn = || -> Result<(), Failure> {
        let mut file = match file.take() {
            Some(file) => file,
            None => folder.file(&picture)?,
        };
        gallery.draw()?.iter().try_for_each(|drawn| file.write_all(&drawn.bytes))?;
        file.finish()
    };
    let left =
        || format!("the tables in {} are complete, their picture may be missing", results.path().display());
    drawn().map_err(|failure| failure.after(Left::Done(left())))
}

/// Makes a film of the frames in a folder if ffmpeg is installed; whether it is.
fn film(folder: &OutputFolder, count: u64) -> Result<bool, Failure> {
    let mut file = folder.file(FILM)?;
    let mut is_made = true;
    file.written_by(|path| {
        let ran = Command::new("ffmpeg")
            .current_dir(folder.path())
            .args(["-y", "-loglevel", "error", "-framerate", RATE, "-i", "frame-%04d.png"])
            // Somebody's picture behind the last frame may have the name of the next one.
            .args(["-frames:v", &count.to_string()])
            // What most players show has an even number of pixels a side.
            .args(["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p", "-f", "mp4"])
            .arg(path.file_name().unwrap_or_default())
            .stdin(Stdio::null())
            .output();
        match ran {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                talk::note("ffmpeg is not installed, so there is no film");
                is_made = false;
                Ok(())
            }
            Err(error) => Err(error),
            Ok(output) if !output.status.success() => {
                let said = String::from_utf8_lossy(&output.stderr);
                let line = said.lines().next().unwrap_or("it did not say why");
                Err(io::Error::other(format!("ffmpeg made no film: {line}")))
            }
            Ok(_) => Ok(()),
        }
    })?;
    if is_made {
        file.finish()?;
    }
    Ok(is_made)
}
