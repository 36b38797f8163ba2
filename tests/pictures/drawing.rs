//! Pictures drawn again from the tables in a folder.

use std::path::Path;
use std::sync::Arc;

use xorsweep::Problem;
use xorsweep::picture::drawing::Drawing;
use xorsweep::picture::files::{CHARTS, Drawn, Gallery, MapStyle, Pictures, captions};
use xorsweep::picture::map::{Caption, Coloring, Map, Maps};
use xorsweep::results::layout::TABLE;
use xorsweep::results::{Observers, Table};
use xorsweep::sweep::spec::Sweep;

/// The maps of a sweep, or why there are none.
pub fn maps(sweep: &Sweep, folder: &Path, coloring: Coloring) -> Result<Vec<Map>, Problem> {
    let mut maps = Maps::new(&Arc::new(sweep.clone()), coloring, None)?;
    Table::find(folder, TABLE)?.show(&mut Observers::of([&mut maps]))?;
    maps.finish()
}

/// Maps, each with what stands around it.
pub fn maps_with_captions(sweep: &Sweep, folder: &Path, coloring: Coloring) -> Vec<(Map, Caption)> {
    let maps = maps(sweep, folder, coloring).unwrap();
    let captions: Vec<Caption> = captions(sweep, maps.len()).collect();
    maps.into_iter().zip(captions).collect()
}

/// The files of maps of a style.
pub fn draw_maps(sweep: &Sweep, folder: &Path, style: MapStyle) -> Vec<Drawn> {
    draw(sweep, folder, Pictures { maps: Some(style), charts: false })
}

/// The files of pictures, none of which may lack anything.
pub fn draw(sweep: &Sweep, folder: &Path, pictures: Pictures) -> Vec<Drawn> {
    let (gallery, missing) = Gallery::of_results(&Arc::new(sweep.clone()), pictures, folder).unwrap();
    assert!(missing.is_empty(), "{missing:?}");
    gallery.draw().unwrap()
}

/// The chart of this name, if it shows anything.
pub fn chart(name: &str, sweep: &Sweep, folder: &Path) -> Option<Drawing> {
    let kind = CHARTS.iter().find(|chart| chart.name == name).unwrap();
    let mut chart = kind.begin(&Arc::new(sweep.clone()))?;
    let stem = if kind.is_of_runs { TABLE } else { "summary" };
    Table::find(folder, stem).unwrap().show(&mut Observers::of([&mut *chart])).unwrap();
    chart.drawn()
}
