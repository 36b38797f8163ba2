//! A zoom in several frames, and the film of them.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::ArgMatches;
use serde_json::json;
use xorsweep::Problem;
use xorsweep::picture::files::MapStyle;
use xorsweep::picture::{Zoom, map};
use xorsweep::sweep::engine::{Options, Progress};
use xorsweep::sweep::spec::Sweep;
use xorsweep::table::layout::TABLE;
use xorsweep::table::{Destination, Failure, Group, Layout, Left, OutputFolder, Table, save_in};

use super::super::interruption::interruption;
use super::super::progress::shown_while;
use super::super::{sweep, talk};

/// The film's file.
const FILM: &str = "zoom.mp4";
/// Frames a second.
const RATE: &str = "12";

/// Runs and draws all frames between the sweep and its zoom, and makes a film of them if ffmpeg is installed.
///
/// A frame is a bare map; shades stand for the same steps in all of them. Beside each is a folder with its summary
/// and its spec, which makes its table again: all tables would be very large.
pub fn run(
    matches: &ArgMatches,
    sweep: &Sweep,
    zoomed: &Sweep,
    zoom: Zoom,
    count: u64,
    style: MapStyle,
) -> Result<(), Failure> {
    if sweep.runs() != sweep.plane.as_ref().map_or(0, |plane| plane.points()) {
        let remedy = "a film shows one map: give one init, seed, momentum and learning rate";
        return Err(Problem::new("frames", count, remedy).into());
    }
    super::can_be_drawn(matches)?;
    let options = sweep::options(matches)?;
    let whole = sweep::destination(matches, zoomed)?;
    let frames: Vec<Sweep> = (0..count)
        .map(|number| zoom.frame(number, count).apply(sweep, &format!("{}-{:04}", zoomed.name, number + 1)))
        .collect::<Result<_, _>>()?;
    if matches.get_flag("dry-run") {
        let (runs, folder) = (sweep.runs(), whole.folder.display().to_string());
        let facts = json!({ "frames": count, "runs": runs, "folder": folder });
        return Ok(talk::done_as("estimate", facts, |out| {
            writeln!(out, "{count} frames of {runs} runs each; they would go to {folder}.")
        })?);
    }
    let folder = OutputFolder::create(&whole.folder)?;
    (1..=count).try_for_each(|number| folder.has_no_folder(&picture(number)))?;
    let progress = Progress::stopped_by(interruption());
    let complete = |number| {
        Left::Done(format!("{number} of {count} frames in {} are complete", folder.path().display()))
    };
    shown_while(&progress, sweep.runs() * count, || {
        for (number, frame) in (1..).zip(&frames) {
            draw(frame, number, &folder, &whole, &options, &progress, style).map_err(|failure| {
                if number == 1 || failure.can_be_gone_on_with() {
                    return failure;
                }
                failure.after(complete(number - 1))
            })?;
        }
        Ok::<(), Failure>(())
    })?;
    let film = film(folder.path()).map_err(|failure| match progress.is_stopped() {
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

/// Runs and draws one frame.
fn draw(
    frame: &Sweep,
    number: u64,
    folder: &OutputFolder,
    whole: &Destination,
    options: &Options,
    progress: &Progress,
    style: MapStyle,
) -> Result<(), Failure> {
    let picture = picture(number);
    let results = folder.path().join(picture.trim_end_matches(".png"));
    let layout = Layout { workbook: false, ..whole.layout.clone() };
    let destination = Destination { folder: results, layout, ..whole.clone() };
    let results = OutputFolder::create(&destination.folder)?;
    let mut file = folder.file(&picture)?;
    save_in(&results, frame, &destination, options, progress, &mut |_: &Group| ())?;
    let drawn = || -> Result<(), Failure> {
        let table = Table::find(results.path(), TABLE)?;
        let steps = Some([1, frame.budget.steps.max(2)]);
        map::read(frame, &table, style.coloring, steps)?[0].write_png(&mut file)?;
        file.finish()?;
        table.files().iter().try_for_each(|path| results.remove(path))?;
        Ok(())
    };
    let left =
        || format!("the tables in {} are complete, their picture may be missing", results.path().display());
    drawn().map_err(|failure| failure.after(Left::Done(left())))
}

/// Makes a film of the frames in a folder if ffmpeg is installed; whether it is.
fn film(folder: &Path) -> Result<bool, Failure> {
    // The name ends as the film's, from which ffmpeg knows what to write.
    let partial = format!("partial-{FILM}");
    let ran = Command::new("ffmpeg")
        .current_dir(folder)
        .args(["-y", "-loglevel", "error", "-framerate", RATE, "-i", "frame-%04d.png"])
        // What most players show has an even number of pixels a side.
        .args(["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p", &partial])
        .stdin(Stdio::null())
        .output();
    match ran {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            talk::note("ffmpeg is not installed, so there is no film");
            Ok(false)
        }
        Err(error) => Err(error.into()),
        Ok(output) if !output.status.success() => {
            let _ = fs::remove_file(folder.join(&partial));
            let said = String::from_utf8_lossy(&output.stderr);
            let line = said.lines().next().unwrap_or("it did not say why");
            Err(io::Error::other(format!("ffmpeg made no film: {line}")).into())
        }
        Ok(_) => {
            let film = folder.join(FILM);
            let named = fs::rename(folder.join(&partial), &film);
            named.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", film.display())))?;
            Ok(true)
        }
    }
}
