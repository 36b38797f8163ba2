//! The summary as a workbook, `summary.xlsx`, for those who want to double-click: the groups as a typed sheet, charts of
//! them against the learning rate, and what the columns mean.
//!
//! A workbook holds numbers, not their texts, so it opens alike in every country, whatever the delimiter of the other
//! files. It is made when the summary is whole, from the summary's file: in a sweep that was resumed, or merged from
//! shards, most groups are nowhere else. The same summary makes the same bytes.

use std::io::{self, Write};
use std::ops::Range;
use std::path::PathBuf;

use rust_xlsxwriter::{
    Chart, ChartFormat, ChartLegendPosition, ChartLine, ChartType, DocProperties, ExcelDateTime, Format,
    Workbook, Worksheet, XlsxError,
};

use super::cell::{Cell, number_text, text_of};
use super::failure::Failure;
use super::files::{PartialFile, partial};
use super::folder::OutputFolder;
use super::layout::{Layout, SUMMARY, WORKBOOK};
use super::reader::{Row, Table};
use super::summary::{self, Column};
use crate::problem::Problem;
use crate::sweep::set_ups::Axis;

/// The most groups a workbook is made of. It is held in memory while it is made, about 4 kB a group, and a sweep's
/// memory must not grow with its length.
pub const MAX_GROUPS: u64 = 10_000;

/// The sheet of the groups.
const SHEET: &str = "summary";
/// The most series that a chart in Excel takes.
const MAX_SERIES: usize = 255;
/// A chart's width and height, in pixels, and how many columns and rows of a sheet it covers.
const CHART: [u32; 2] = [704, 420];
const CELLS_OF_CHART: [u16; 2] = [11, 21];
/// The widest a column is made, in pixels.
const WIDEST: u32 = 320;
/// The colour of the lines across a chart: a light grey.
const GRID: &str = "#D9D9D9";
/// From this ratio of an axis' ends on it is logarithmic.
const WIDE: f64 = 20.0;

/// A chart: the column it shows, and its title.
const CHARTS: [(&str, &str); 4] = [
    ("converged_share", "Share of the runs that converged"),
    ("solved_share", "Share of the runs that solved the task"),
    ("converged_at_median", "Median step at which runs converged"),
    ("escaped_at_median", "Median step at which runs escaped"),
];

/// The workbook of the summary that is whole in the folder but not named yet; none if the layout has none, or the summary
/// has more than [`MAX_GROUPS`].
///
/// # Errors
/// If the summary cannot be read or the workbook not be written; the error names the file.
pub(super) fn workbook_of(folder: &OutputFolder, layout: &Layout) -> Result<Option<PartialFile>, Failure> {
    let summary = folder.path().join(partial(SUMMARY));
    let Some(bytes) = layout.workbook.then(|| bytes_of(summary)).transpose()?.flatten() else {
        return Ok(None);
    };
    let mut file = folder.file(WORKBOOK)?;
    file.write_all(&bytes)?;
    Ok(Some(file))
}

/// The bytes of the workbook of the summary in this file; nothing if it has more than [`MAX_GROUPS`].
fn bytes_of(summary: PathBuf) -> io::Result<Option<Vec<u8>>> {
    let name = summary.display().to_string();
    let failed =
        |error: XlsxError| io::Error::other(format!("{name}: no workbook can be made of it: {error}"));
    let table = Table::of_file(summary);
    let of_table = |problem: Problem| io::Error::other(problem.to_string());
    let names = table.names().map_err(of_table)?;
    let has = |axis: &Axis| names.iter().any(|name| name == axis.key());
    let axes: Vec<Axis> = Axis::ALL.into_iter().filter(has).collect();
    let mut groups = Groups::new(&axes).map_err(failed)?;
    match groups.read(&table) {
        Ok(_) => groups.finish().map(Some).map_err(failed),
        Err(_) if groups.is_full => Ok(None),
        Err(problem) => Err(of_table(problem)),
    }
}

/// The groups on their way into a sheet.
struct Groups {
    columns: Vec<Column>,
    sheet: Worksheet,
    /// How a cell of each kind looks.
    formats: Formats,
    /// The row that comes next; that of the names is 0.
    next: u32,
    series: Vec<Series>,
    /// The least and greatest value of each column, if it has any.
    extents: Vec<Option<[f64; 2]>>,
    is_full: bool,
}

struct Formats {
    header: Format,
    integer: Format,
    percent: Format,
}

/// Groups that differ in nothing but the learning rate and stand one below the other.
struct Series {
    /// What they have in common, as texts: the cells in front of the learning rate.
    keys: Vec<String>,
    rows: Range<u32>,
    /// Which columns have a value in any of the rows.
    filled: Vec<bool>,
    last_alpha: f64,
    /// Whether the learning rates rise, so that a line through them makes sense.
    rises: bool,
}

impl Groups {
    /// None yet of a summary with the columns of these axes.
    fn new(axes: &[Axis]) -> Result<Self, XlsxError> {
        let columns: Vec<Column> = summary::columns(axes).collect();
        let formats = Formats {
            header: Format::new().set_bold(),
            // Otherwise more than eleven digits are shown with an exponent.
            integer: Format::new().set_num_format("0"),
            percent: Format::new().set_num_format("0.0%"),
        };
        let mut sheet = Worksheet::new();
        sheet.set_name(SHEET)?.set_freeze_panes(1, 0)?;
        sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
        sheet.set_infinity_value(number_text(f64::INFINITY)).set_nan_value(number_text(f64::NAN));
        for (place, column) in (0..).zip(&columns) {
            sheet.write_string_with_format(0, place, column.name, &formats.header)?;
        }
        Ok(Self {
            extents: vec![None; columns.len()],
            columns,
            sheet,
            formats,
            next: 1,
            series: Vec::new(),
            is_full: false,
        })
    }

    /// Where a column of the summary stands.
    fn place_of(&self, name: &str) -> usize {
        self.columns.iter().position(|column| column.name == name).expect("the summary has this column")
    }

    /// Adds the groups of a table.
    fn read(&mut self, table: &Table) -> Result<u64, Problem> {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        table.read(&names, |row| self.add(row))
    }

    fn add(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        if u64::from(self.next) > MAX_GROUPS {
            self.is_full = true;
            return Err(Problem::new(SUMMARY, "", "it has too many groups for a workbook"));
        }
        let (mut keys, mut filled) = (Vec::new(), vec![false; self.columns.len()]);
        let alpha = self.place_of("alpha");
        for (place, filled) in filled.iter_mut().enumerate() {
            let cell = row.cell(place);
            if place < alpha {
                keys.push(text_of(cell));
            }
            *filled = cell != Cell::Empty;
            self.write(place, cell).map_err(|error| Problem::new(WORKBOOK, "", error.to_string()))?;
        }
        self.add_to_series(keys, filled, row.number(alpha)?);
        self.next += 1;
        Ok(())
    }

    fn write(&mut self, place: usize, cell: Cell<'_>) -> Result<(), XlsxError> {
        let column = u16::try_from(place).expect("a summary has few columns");
        let value = match cell {
            Cell::Empty => return Ok(()),
            Cell::Word(word) => return self.sheet.write_string(self.next, column, word).map(drop),
            Cell::Integer(value) => {
                // A count, which a double holds exactly.
                self.sheet.write_number_with_format(
                    self.next,
                    column,
                    value as f64,
                    &self.formats.integer,
                )?;
                value as f64
            }
            Cell::Number(value) => {
                if is_share(self.columns[place].name) {
                    self.sheet.write_number_with_format(self.next, column, value, &self.formats.percent)?;
                } else {
                    self.sheet.write_number(self.next, column, value)?;
                }
                value
            }
        };
        if value.is_finite() {
            let [least, greatest] = self.extents[place].unwrap_or([value; 2]);
            self.extents[place] = Some([least.min(value), greatest.max(value)]);
        }
        Ok(())
    }

    fn add_to_series(&mut self, keys: Vec<String>, filled: Vec<bool>, alpha: f64) {
        let row = self.next;
        match self.series.last_mut() {
            Some(last) if last.keys == keys => {
                last.filled.iter_mut().zip(filled).for_each(|(all, this)| *all |= this);
                last.rises &= last.last_alpha < alpha;
                (last.rows.end, last.last_alpha) = (row + 1, alpha);
            }
            _ => {
                self.series.push(Series { keys, rows: row..row + 1, filled, last_alpha: alpha, rises: true })
            }
        }
    }

    fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        let charts = self.charts()?;
        self.sheet.set_autofit_max_width(WIDEST);
        self.sheet.autofit();
        let mut workbook = Workbook::new();
        // Without a date of its own it would have that of the moment.
        let date = ExcelDateTime::from_ymd(2000, 1, 1)?;
        let properties = DocProperties::new().set_title("Summary of a sweep").set_author("xorsweep");
        workbook.set_properties(&properties.set_creation_datetime(&date));
        workbook.push_worksheet(self.sheet);
        workbook.push_worksheet(charts);
        workbook.push_worksheet(columns_explained(&self.columns, &self.formats)?);
        workbook.save_to_buffer()
    }

    /// The sheet of the charts, or of the reason why there are none.
    fn charts(&self) -> Result<Worksheet, XlsxError> {
        let mut sheet = Worksheet::new();
        sheet.set_name("charts")?.set_landscape().set_print_fit_to_pages(1, 1);
        if let Some(reason) = self.reason_for_no_charts() {
            sheet.write_string(0, 0, reason)?;
            return Ok(sheet);
        }
        let seen = CHARTS.iter().filter(|(column, _)| self.extents[self.place_of(column)].is_some());
        for (number, (column, title)) in (0..).zip(seen) {
            let chart = self.chart(self.place_of(column), title);
            let [columns, rows] = CELLS_OF_CHART;
            sheet.insert_chart(number / 2 * u32::from(rows), number as u16 % 2 * columns, &chart)?;
        }
        Ok(sheet)
    }

    fn reason_for_no_charts(&self) -> Option<String> {
        let alphas = self.extents[self.place_of("alpha")];
        let mut keys: Vec<&[String]> = self.series.iter().map(|series| &series.keys[..]).collect();
        keys.sort_unstable();
        keys.dedup();
        if alphas.is_none_or(|[least, greatest]| least == greatest) {
            Some("There are no charts, since charts are drawn against the learning rate and there is only one.".into())
        } else if keys.len() < self.series.len() {
            Some("There are no charts, since the groups of one init do not stand together.".into())
        } else if keys.len() > MAX_SERIES {
            Some(format!(
                "There are no charts: they would have {} series, and a chart takes {MAX_SERIES}.",
                keys.len()
            ))
        } else {
            None
        }
    }

    fn chart(&self, column: usize, title: &str) -> Chart {
        let alpha = self.place_of("alpha");
        let ranges = |place: usize, rows: &Range<u32>| {
            let place = u16::try_from(place).expect("a summary has few columns");
            (SHEET, rows.start, place, rows.end - 1, place)
        };
        let mut chart = Chart::new(ChartType::ScatterStraightWithMarkers);
        chart
            .set_width(CHART[0])
            .set_height(CHART[1])
            .set_alt_text(format!("{title}, by learning rate and init."));
        chart.title().set_name(title);
        for series in self.series.iter().filter(|series| series.filled[column]) {
            let mut line = ChartFormat::new();
            if !series.rises {
                line.set_no_line();
            }
            let drawn = chart.add_series();
            drawn
                .set_categories(ranges(alpha, &series.rows))
                .set_values(ranges(column, &series.rows))
                .set_format(&mut line);
            match self.name_of(series) {
                Some(name) => drawn.set_name(name.as_str()),
                None => drawn.set_name((SHEET, series.rows.start, 0)),
            };
        }
        let is_wide = |place: usize| {
            self.extents[place].is_some_and(|[least, greatest]| least > 0.0 && greatest >= WIDE * least)
        };
        let mut grid = ChartLine::new();
        grid.set_color(GRID);
        chart.x_axis().set_name("learning rate");
        chart.y_axis().set_major_gridlines_line(&grid);
        if is_wide(alpha) {
            chart.x_axis().set_log_base(10);
        }
        if is_share(self.columns[column].name) {
            chart.y_axis().set_min(0).set_max(1).set_major_unit(0.2).set_num_format("0%");
        } else {
            chart.y_axis().set_name("step").set_num_format("0");
            if is_wide(column) {
                chart.y_axis().set_log_base(10);
            }
        }
        chart.legend().set_position(ChartLegendPosition::Bottom);
        chart
    }

    /// What a series is called; nothing if the word in its first cell says it all.
    fn name_of(&self, series: &Series) -> Option<String> {
        let differs = |place: usize| self.series.iter().any(|other| other.keys[place] != series.keys[place]);
        let others = (1..series.keys.len()).filter(|&place| differs(place));
        let others: Vec<String> =
            others.map(|place| format!("{} {}", self.columns[place].name, series.keys[place])).collect();
        // The comma keeps a name from being taken for a range of cells.
        (!others.is_empty()).then(|| format!("{}, {}", series.keys[0], others.join(", ")))
    }
}

/// Whether the values of a column are shares.
fn is_share(column: &str) -> bool {
    column.ends_with("_share") || column.ends_with("_low") || column.ends_with("_high")
}

fn columns_explained(columns: &[Column], formats: &Formats) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name("columns")?.set_freeze_panes(1, 0)?;
    sheet.write_string_with_format(0, 0, "column", &formats.header)?;
    sheet.write_string_with_format(0, 1, "meaning", &formats.header)?;
    for (row, column) in (1..).zip(columns) {
        sheet.write_string(row, 0, column.name)?.write_string(row, 1, column.about)?;
    }
    sheet.autofit();
    Ok(sheet)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::outcome::{Outcome, RunResult};
    use crate::results::Group;
    use crate::results::summary::{append_group, append_header};

    /// A run that converged at this step, or did not.
    fn finished(converged_at: Option<u64>) -> RunResult {
        let outcome = if converged_at.is_some() { Outcome::Converged } else { Outcome::Unfinished };
        RunResult {
            run: 0,
            outcome,
            escaped_at: None,
            solved_at: converged_at,
            converged_at,
            steps: 9,
            error_first: 0.5,
            error_last: 0.25,
            error_peak: f64::INFINITY,
            peak_at: 1,
            losses: None,
            start: [0.5; 9].into(),
            end: [0.5; 9].into(),
        }
    }

    fn group((init, momentum, alpha): (&str, f64, f64)) -> Group {
        let mut group = Group::new(init, momentum, alpha);
        group.tally.add(&finished(Some((100.0 / alpha) as u64)));
        group.tally.add(&finished(None));
        group
    }

    /// A summary of these groups in a file.
    fn summary(groups: &[(&str, f64, f64)], format: crate::results::Format) -> tempfile::NamedTempFile {
        let mut text = Vec::new();
        append_header(&mut text, &[], format);
        groups.iter().for_each(|&of| append_group(&mut text, &group(of), format));
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&text).unwrap();
        file
    }

    fn read(groups: &[(&str, f64, f64)]) -> Groups {
        let file = summary(groups, crate::results::Format::PLAIN);
        let mut all = Groups::new(&[]).unwrap();
        all.read(&Table::of_file(file.path().to_owned())).unwrap();
        all
    }

    #[test]
    fn the_same_summary_makes_the_same_bytes_whatever_its_format() {
        let groups = [("normal(1)", 0.0, 0.1), ("normal(1)", 0.0, 0.3), ("uniform(0,1)", 0.0, 0.1)];
        let plain = crate::results::Format::PLAIN;
        let other = crate::results::Format::new(";", true).unwrap();
        let bytes = |format| bytes_of(summary(&groups, format).path().to_owned()).unwrap().unwrap();
        let first = bytes(plain);
        assert!(first.starts_with(b"PK"));
        assert!(first == bytes(plain), "made again");
        assert!(first == bytes(other), "made from a summary with decimal commas");
    }

    #[test]
    fn groups_of_one_init_and_momentum_make_a_series() {
        let all = read(&[
            ("normal(1)", 0.0, 0.1),
            ("normal(1)", 0.0, 0.3),
            ("normal(1)", 0.9, 0.3),
            ("normal(1)", 0.9, 0.1),
        ]);
        let told: Vec<_> =
            all.series.iter().map(|one| (all.name_of(one).unwrap(), one.rows.clone(), one.rises)).collect();
        assert_eq!(
            told,
            [
                ("normal(1), momentum 0".to_owned(), 1..3, true),
                ("normal(1), momentum 0.9".to_owned(), 3..5, false)
            ]
        );
        assert_eq!(all.reason_for_no_charts(), None);
        let extents = |name| all.extents[all.place_of(name)];
        assert_eq!(extents("alpha"), Some([0.1, 0.3]));
        assert_eq!(extents("converged_share"), Some([0.5, 0.5]));
        assert_eq!(extents("escaped_at_median"), None);
        assert!(all.series.iter().all(|one| one.filled[all.place_of("converged_at_median")]));
        assert!(
            all.series.iter().all(|one| !one.filled[all.place_of("escaped_at_median")]),
            "no line in a key"
        );
        assert_eq!(extents("error_peak_median"), None, "no axis reaches infinity");
        let one = read(&[("a!B2", 0.0, 0.1), ("b", 0.0, 0.1)]);
        assert!(one.series.iter().all(|series| one.name_of(series).is_none()), "the init says it all");
    }

    #[test]
    fn where_there_are_no_charts_the_sheet_says_why() {
        let reason = |groups: &[_]| read(groups).reason_for_no_charts().unwrap();
        assert!(reason(&[]).contains("only one"));
        assert!(reason(&[("a", 0.0, 0.1), ("b", 0.0, 0.1)]).contains("only one"));
        let scattered = [("a", 0.0, 0.1), ("a", 0.9, 0.1), ("a", 0.0, 0.3), ("a", 0.9, 0.3)];
        assert!(reason(&scattered).contains("do not stand together"));
        let names: Vec<String> = (0..=MAX_SERIES).map(|number| format!("n{number}")).collect();
        let many: Vec<_> =
            names.iter().flat_map(|name| [(name.as_str(), 0.0, 0.1), (name.as_str(), 0.0, 0.3)]).collect();
        assert!(reason(&many).contains("256 series"));
        assert_eq!(read(&many[2..]).reason_for_no_charts(), None);
    }

    #[test]
    fn a_summary_of_too_many_groups_makes_none() {
        let groups = vec![("a", 0.0, 0.1); MAX_GROUPS as usize + 1];
        let of = |groups: &[_]| {
            bytes_of(summary(groups, crate::results::Format::PLAIN).path().to_owned()).unwrap()
        };
        assert!(of(&groups[1..]).is_some());
        assert!(of(&groups).is_none());
    }

    #[test]
    fn what_is_no_summary_is_an_error() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"run\n1\n").unwrap();
        assert!(bytes_of(file.path().to_owned()).is_err());
    }
}
