//! The dimension of the boundary between the outcomes in a plane, in two ways.
//!
//! *Boxes.* The points of a plane are corners of cells. A cell is on the boundary if its four corners do not all have
//! the same label, a box of cells if one of its cells is. The number of boxes N on the boundary grows as ε^−D when their
//! sides ε shrink: D is the slope of log N against log 1/ε. A smooth curve has D = 1; what fills a part of the plane, 2.
//! All boxes of a count come from the same cells, so that a straight line is crossed by exactly as many boxes as it has
//! to be, whatever their size; [`Cells::beside`] has another way.
//!
//! *Pairs.* The share f of points whose partner at the distance ε has another label shrinks as ε^γ; then D = 2 − γ in a
//! plane ([`pairs`] has the source).

mod labels;
pub mod measuring;
pub mod pairs;

pub use labels::{Boundary, Circle, PairCounter, labels, pairs_of_circle, pairs_of_runs};

/// Fewer pairs with different labels than this say too little to be fitted.
pub const MIN_DIFFERENT: u64 = 20;
/// The least number of counts in a fit: with two there would be no error to be known.
pub const MIN_COUNTS: usize = 3;
/// Boxes are counted up to this part of the shorter side of the plane …
const LARGEST: usize = 8;
/// … and fitted up to this one, unless something else is asked for: of larger boxes there are too few.
const LARGEST_FITTED: usize = 16;

/// How many of the boxes, or pairs, of one scale the boundary separates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Count {
    /// The side of a box in cells, or the distance of a pair in parts of the plane's sides.
    pub scale: f64,
    /// How many there are with different labels.
    pub count: u64,
    /// How many there are.
    pub of: u64,
}

/// A straight line through points, by least squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// Its slope.
    pub value: f64,
    /// The standard error of the slope, from how far the points lie off the line: √(Σr²/(n − 2)/Σ(x − x̄)²).
    pub standard_error: f64,
}

impl Slope {
    /// The line through points (x, y); none if there are fewer than [`MIN_COUNTS`], or all have the same x.
    #[must_use]
    pub fn through(points: &[(f64, f64)]) -> Option<Self> {
        if points.len() < MIN_COUNTS {
            return None;
        }
        let n = points.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / n;
        let (x, y) = (mean(|point| point.0), mean(|point| point.1));
        let spread: f64 = points.iter().map(|point| (point.0 - x) * (point.0 - x)).sum();
        let value = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>() / spread;
        let left: f64 = points.iter().map(|point| (point.1 - y - value * (point.0 - x)).powi(2)).sum();
        let slope = Self { value, standard_error: (left / (n - 2.0) / spread).sqrt() };
        (slope.value.is_finite() && slope.standard_error.is_finite()).then_some(slope)
    }
}

/// How a dimension follows from counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// From boxes with sides from the first to the second of these, in cells, both included.
    Boxes([usize; 2]),
    /// From pairs.
    Pairs,
}

/// A dimension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dimension {
    /// The dimension.
    pub value: f64,
    /// Its standard error, from how far the counts lie off a power of their scale.
    pub standard_error: f64,
}

impl Method {
    /// Whether a count is used: boxes of the sizes asked for, of which at least one is on the boundary, and pairs of
    /// which at least [`MIN_DIFFERENT`] differ.
    #[must_use]
    pub fn uses(self, count: &Count) -> bool {
        match self {
            Self::Boxes([from, to]) => count.count > 0 && (from as f64..=to as f64).contains(&count.scale),
            Self::Pairs => count.count >= MIN_DIFFERENT,
        }
    }

    /// The dimension; none if fewer than [`MIN_COUNTS`] counts can be used.
    #[must_use]
    pub fn dimension(self, counts: &[Count]) -> Option<Dimension> {
        let used = counts.iter().filter(|count| self.uses(count));
        let log = |value: u64| libm::log(value as f64);
        let points: Vec<(f64, f64)> = match self {
            Self::Boxes(_) => used.map(|boxes| (-libm::log(boxes.scale), log(boxes.count))).collect(),
            // How many pairs there are is the same for all distances, and so without effect on the slope.
            Self::Pairs => {
                used.map(|pairs| (libm::log(pairs.scale), log(pairs.count) - log(pairs.of))).collect()
            }
        };
        let Slope { value, standard_error } = Slope::through(&points)?;
        let value = if self == Self::Pairs { 2.0 - value } else { value };
        Some(Dimension { value, standard_error })
    }
}

/// Cells, each of which is on a boundary or not, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells {
    columns: usize,
    cells: Vec<bool>,
}

impl Cells {
    /// The cells between the points of an image, given row by row: a cell is on the boundary if its four corners do not
    /// all have the same label. There is one cell less a side than there are points.
    ///
    /// # Panics
    /// If `labels` are no whole rows of `columns` points.
    #[must_use]
    pub fn between<L: PartialEq>(labels: &[L], columns: usize) -> Self {
        assert!(columns > 0 && labels.len().is_multiple_of(columns), "{} labels", labels.len());
        let differ = |row: &[L], next: &[L], at: usize| {
            row[at] != row[at + 1] || row[at] != next[at] || row[at] != next[at + 1]
        };
        let rows = labels.chunks_exact(columns);
        let cells = rows.clone().zip(rows.skip(1));
        let cells = cells.flat_map(|(row, next)| (0..columns - 1).map(move |at| differ(row, next, at)));
        Self { columns: columns - 1, cells: cells.collect() }
    }

    /// The points of an image themselves, given row by row: one is on the boundary if a point beside, above or below it
    /// has another label.
    ///
    /// That is how others count; it makes a boundary two points thick, and a smooth one look as if its dimension were
    /// up to 1.1.
    ///
    /// # Panics
    /// If `labels` are no whole rows of `columns` points.
    #[must_use]
    pub fn beside<L: PartialEq>(labels: &[L], columns: usize) -> Self {
        assert!(columns > 0 && labels.len().is_multiple_of(columns), "{} labels", labels.len());
        let differs = |at: usize, other: Option<usize>| {
            other.and_then(|other| labels.get(other)).is_some_and(|other| *other != labels[at])
        };
        let is_on = |at: usize| {
            let (is_first, is_last) = (at.is_multiple_of(columns), (at + 1).is_multiple_of(columns));
            differs(at, at.checked_sub(columns))
                || differs(at, Some(at + columns))
                || !is_first && differs(at, at.checked_sub(1))
                || !is_last && differs(at, Some(at + 1))
        };
        Self { columns, cells: (0..labels.len()).map(is_on).collect() }
    }

    /// How many cells a row has.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.cells.len().checked_div(self.columns).unwrap_or(0)
    }

    /// How many cells are on the boundary.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.cells.iter().map(|&is_on| u64::from(is_on)).sum()
    }

    fn shorter(&self) -> usize {
        self.columns.min(self.rows())
    }

    /// The sizes of boxes that are fitted if no others are asked for: from one cell to a sixteenth of the shorter side.
    #[must_use]
    pub fn usual_sizes(&self) -> [usize; 2] {
        [1, self.shorter() / LARGEST_FITTED]
    }

    /// How many boxes are on the boundary, for sides of 1, 2, 4, … cells up to an eighth of the shorter side.
    ///
    /// All sizes cover the same cells: the last columns and rows that do not fill a largest box are left out. With a
    /// power of two, and one, points a side there are none.
    #[must_use]
    pub fn boxes(&self) -> Vec<Count> {
        let Some(doublings) = (self.shorter() / LARGEST).checked_ilog2() else { return Vec::new() };
        let largest = 1 << doublings;
        let mut boxes = self.cropped(self.columns / largest * largest, self.rows() / largest * largest);
        let mut counts = Vec::new();
        for doubling in 0..=doublings {
            if doubling > 0 {
                boxes = boxes.halved();
            }
            let scale = f64::from(1_u32 << doubling);
            counts.push(Count { scale, count: boxes.count(), of: boxes.cells.len() as u64 });
        }
        counts
    }

    fn cropped(&self, columns: usize, rows: usize) -> Self {
        let cells = self.cells.chunks_exact(self.columns).take(rows).flat_map(|row| &row[..columns]);
        Self { columns, cells: cells.copied().collect() }
    }

    /// Four cells made one; both sides must be even.
    fn halved(&self) -> Self {
        let pairs = self.cells.chunks_exact(2 * self.columns).flat_map(|rows| {
            let (row, next) = rows.split_at(self.columns);
            let any = |cells: &[bool]| cells[0] || cells[1];
            row.chunks_exact(2).zip(next.chunks_exact(2)).map(move |(one, two)| any(one) || any(two))
        });
        Self { columns: self.columns / 2, cells: pairs.collect() }
    }

    /// Of the cells on the boundary in the middle half of both sides, the one around which most others are, in a square
    /// of `reach` cells to each side: its column and row. The first one of several; none if there is none at all.
    ///
    /// A zoom around it comes to where the boundary is densest.
    #[must_use]
    pub fn densest(&self, reach: usize) -> Option<[usize; 2]> {
        let (columns, rows) = (self.columns, self.rows());
        let middle = |length: usize| length / 4..length - length / 4;
        // How many cells of each column are on the boundary, in those rows that are within reach.
        let mut heights = vec![0_i64; columns];
        let first = middle(rows).start.saturating_sub(reach);
        let mut within = first..first;
        let mut best = (0, None);
        for row in middle(rows) {
            let wanted = row.saturating_sub(reach)..row.saturating_add(reach + 1).min(rows);
            (within.end..wanted.end).for_each(|row| self.add_row(&mut heights, row, 1));
            (within.start..wanted.start).for_each(|row| self.add_row(&mut heights, row, -1));
            within = wanted;
            // The sum of the heights before each column.
            let sums: Vec<i64> = std::iter::once(0)
                .chain(heights.iter().scan(0, |sum, height| {
                    *sum += height;
                    Some(*sum)
                }))
                .collect();
            for column in middle(columns).filter(|column| self.cells[row * columns + column]) {
                let end = column.saturating_add(reach + 1).min(columns);
                let around = sums[end] - sums[column.saturating_sub(reach)];
                if around > best.0 {
                    best = (around, Some([column, row]));
                }
            }
        }
        best.1
    }

    /// Adds a row, or takes it away: as often as `times`.
    fn add_row(&self, heights: &mut [i64], row: usize, times: i64) {
        let cells = &self.cells[row * self.columns..][..self.columns];
        heights.iter_mut().zip(cells).for_each(|(height, &is_on)| *height += times * i64::from(is_on));
    }
}

#[cfg(test)]
mod tests;
