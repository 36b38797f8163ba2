use super::*;
use proptest::prelude::*;

/// An image of this many points a side.
fn image(side: usize, label: impl Fn(usize, usize) -> bool) -> Cells {
    let labels: Vec<bool> = (0..side * side).map(|at| label(at % side, at / side)).collect();
    Cells::between(&labels, side)
}

fn dimension(cells: &Cells) -> Dimension {
    Method::Boxes(cells.usual_sizes()).dimension(&cells.boxes()).unwrap()
}

/// Cells that are on the boundary where `is_on` says so, for sets that are known by their cells.
fn cells(columns: usize, rows: usize, is_on: impl Fn(usize, usize) -> bool) -> Cells {
    Cells { columns, cells: (0..columns * rows).map(|at| is_on(at % columns, at / columns)).collect() }
}

#[test]
fn a_straight_line_has_dimension_one() {
    let level = image(1025, |_, y| y < 300);
    assert_eq!(level.count(), 1024);
    let found = dimension(&level);
    assert!((found.value - 1.0).abs() < 1e-12 && found.standard_error < 1e-12, "{found:?}");
    for (rise, run) in [(1, 1), (1, 3), (7, 5)] {
        let found = dimension(&image(1025, |x, y| y * run < x * rise + 100));
        assert!((found.value - 1.0).abs() < 0.01, "{rise}/{run}: {found:?}");
    }
}

#[test]
fn a_circle_has_dimension_one_in_every_size() {
    for side in [65, 97, 129, 200, 257, 512, 1024, 2048] {
        let found = dimension(&Cells::between(&Circle::labels(side, side), side));
        assert!((found.value - 1.0).abs() < 0.03, "{side}: {found:?}");
    }
}

#[test]
fn a_boundary_of_points_is_two_points_thick() {
    let level: Vec<bool> = (0..1024 * 1024).map(|at| at / 1024 < 300).collect();
    let points = Cells::beside(&level, 1024);
    assert_eq!((points.columns(), points.rows(), points.count()), (1024, 1024, 2048));
    let circle = dimension(&Cells::beside(&Circle::labels(1024, 1024), 1024)).value;
    assert!((1.02..1.1).contains(&circle), "{circle}");
    assert_eq!(Cells::beside(&[1, 1, 2, 1, 1, 1], 3).cells, [false, true, true, false, false, true]);
}

#[test]
fn what_fills_a_part_of_the_plane_has_dimension_two() {
    let found = dimension(&image(1025, |x, y| (x + y) % 2 == 0));
    assert!((found.value - 2.0).abs() < 1e-12, "{found:?}");
    // A part of it that is no half: boxes at its edge, a curve, matter less the smaller they are.
    let found = dimension(&image(1025, |x, y| (x * x + y * y < 900 * 900) && (x + y) % 2 == 0));
    assert!((found.value - 2.0).abs() < 0.03, "{found:?}");
}

/// Whether a cell is in the set made of three times three parts of which the ones in `kept` are filled likewise.
fn ternary(mut x: usize, mut y: usize, depth: u32, kept: fn(usize, usize) -> bool) -> bool {
    (0..depth).all(|_| {
        let is_kept = kept(x % 3, y % 3);
        (x, y) = (x / 3, y / 3);
        is_kept
    })
}

#[test]
fn the_carpet_and_the_triangle_have_their_dimensions() {
    // Sierpinski's carpet: eight of nine parts. Boxes with sides that are powers of 2 do not fit its powers of 3, which
    // makes the counts sway.
    let carpet = cells(2187, 2187, |x, y| ternary(x, y, 7, |x, y| (x, y) != (1, 1)));
    let found = dimension(&carpet);
    assert!((found.value - 8.0_f64.ln() / 3.0_f64.ln()).abs() < 0.04, "{found:?}");
    // Sierpinski's triangle fits the boxes: three of four parts, exactly.
    let found = dimension(&cells(1024, 1024, |x, y| x & y == 0));
    assert!((found.value - 3.0_f64.log2()).abs() < 1e-12, "{found:?}");
}

/// The points of a Koch curve: each of 4^depth lines becomes four of a third of its length.
fn koch(depth: u32) -> Vec<[f64; 2]> {
    let mut points = vec![[0.0, 0.0], [1.0, 0.0]];
    for _ in 0..depth {
        let mut finer = vec![points[0]];
        for ends in points.windows(2) {
            let ([ax, ay], [bx, by]) = (ends[0], ends[1]);
            let (dx, dy) = ((bx - ax) / 3.0, (by - ay) / 3.0);
            let (half, root) = (0.5, 0.75_f64.sqrt());
            let tip = [ax + dx + half * dx - root * dy, ay + dy + half * dy + root * dx];
            finer.extend([[ax + dx, ay + dy], tip, [bx - dx, by - dy], ends[1]]);
        }
        points = finer;
    }
    points
}

#[test]
fn the_koch_curve_has_its_dimension() {
    // Points less than a cell apart, in 1024 x 512 cells.
    let mut on = vec![false; 1024 * 512];
    for [x, y] in koch(8) {
        let [column, row] = [(x * 1000.0) as usize, (y * 1000.0) as usize + 50];
        on[row * 1024 + column] = true;
    }
    let found = dimension(&Cells { columns: 1024, cells: on });
    assert!((found.value - 4.0_f64.ln() / 3.0_f64.ln()).abs() < 0.04, "{found:?}");
}

#[test]
fn a_slope_and_its_error_are_those_of_least_squares() {
    // Residuals +1, −2, +1 off the line 2x: slope 2, s² = 6, Σ(x − x̄)² = 2.
    let slope = Slope::through(&[(0.0, 1.0), (1.0, 0.0), (2.0, 5.0)]).unwrap();
    assert!((slope.value - 2.0).abs() < 1e-15, "{slope:?}");
    assert!((slope.standard_error - 3.0_f64.sqrt()).abs() < 1e-15, "{slope:?}");
    assert_eq!(Slope::through(&[(0.0, 1.0), (1.0, 2.0)]), None);
    assert_eq!(Slope::through(&[(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)]), None);
}

#[test]
fn pairs_across_a_power_law_give_its_exponent() {
    let counts = |exponent: f64| -> Vec<Count> {
        let scales = (0..8).map(|level| 10.0_f64.powi(-level));
        scales
            .map(|scale| Count { scale, count: (1e6 * scale.powf(exponent)) as u64, of: 2_000_000 })
            .collect()
    };
    for (exponent, used) in [(1.0, 5), (0.5, 8)] {
        let counts = counts(exponent);
        assert_eq!(counts.iter().filter(|count| Method::Pairs.uses(count)).count(), used);
        let found = Method::Pairs.dimension(&counts).unwrap();
        assert!((found.value - (2.0 - exponent)).abs() < 0.01, "{found:?}");
    }
}

#[test]
fn without_a_boundary_there_is_no_dimension() {
    for side in [0, 1, 2, 3, 9, 64, 257] {
        let cells = if side == 0 {
            Cells::between::<u8>(&[], 1)
        } else {
            Cells::between(&vec![7_u8; side * side], side)
        };
        assert_eq!(cells.count(), 0);
        assert_eq!(Method::Boxes(cells.usual_sizes()).dimension(&cells.boxes()), None);
        assert_eq!(cells.densest(3), None);
    }
    assert_eq!(Method::Pairs.dimension(&[]), None);
    let none = [0.1, 0.01, 0.001].map(|scale| Count { scale, count: MIN_DIFFERENT - 1, of: 100 });
    assert_eq!(Method::Pairs.dimension(&none), None);
}

#[test]
fn the_densest_cell_is_found() {
    // A lone cell, and a heap of them.
    let heap = cells(40, 40, |x, y| (x, y) == (12, 30) || ((24..28).contains(&x) && (11..15).contains(&y)));
    assert_eq!(heap.densest(0), Some([24, 11]));
    assert_eq!(heap.densest(1), Some([25, 12]));
    assert_eq!(heap.densest(2), Some([25, 12]));
    assert_eq!(cells(40, 40, |x, y| (x, y) == (9, 20)).densest(100), None, "it is not in the middle half");
    assert_eq!(cells(40, 40, |x, y| (x, y) == (10, 20)).densest(100), Some([10, 20]));
}

#[test]
fn words_name_boundaries() {
    for (word, boundary) in Boundary::ALL {
        assert_eq!(word.parse(), Ok(boundary));
    }
    assert_eq!("unit".parse::<Boundary>().unwrap_err().key, "boundary");
}

/// Any image, of at least one point.
fn images() -> impl Strategy<Value = (usize, Vec<u8>)> {
    (1..70_usize, 1..70_usize, 1..4_u8).prop_flat_map(|(columns, rows, labels)| {
        (Just(columns), prop::collection::vec(0..labels, columns * rows))
    })
}

proptest! {
    #[test]
    fn no_image_is_too_strange((columns, labels) in images(), reach in 0..100_usize) {
        let cells = Cells::between(&labels, columns);
        prop_assert_eq!(cells.columns(), columns - 1);
        let points = Cells::beside(&labels, columns);
        prop_assert_eq!((points.columns(), points.columns() * points.rows()), (columns, labels.len()));
        prop_assert!(cells.count() == 0 || points.count() > 0);
        let counts = cells.boxes();
        prop_assert!(counts.iter().all(|boxes| boxes.count <= boxes.of));
        let _ = Method::Boxes(cells.usual_sizes()).dimension(&counts);
        if let Some([column, row]) = cells.densest(reach) {
            prop_assert!(cells.cells[row * cells.columns + column]);
        }
    }

    #[test]
    fn a_larger_box_is_on_the_boundary_if_one_of_its_four_is((columns, labels) in images()) {
        for scales in Cells::between(&labels, columns).boxes().windows(2) {
            prop_assert!(scales[1].count <= scales[0].count && scales[0].count <= 4 * scales[1].count);
            prop_assert_eq!(scales[0].of, 4 * scales[1].of);
        }
    }

    #[test]
    fn mirrors_and_other_names_change_no_count(labels in prop::collection::vec(0..3_u8, 65 * 65)) {
        // Sides of a power of two and one, which largest boxes fill.
        let counts = |labels: &[u8]| Cells::between(labels, 65).boxes();
        let expected = counts(&labels);
        let moved = |to: fn(usize, usize) -> usize| -> Vec<u8> {
            (0..65 * 65).map(|at| labels[to(at % 65, at / 65)]).collect()
        };
        prop_assert_eq!(&counts(&moved(|x, y| y * 65 + 64 - x)), &expected);
        prop_assert_eq!(&counts(&moved(|x, y| (64 - y) * 65 + x)), &expected);
        prop_assert_eq!(&counts(&moved(|x, y| x * 65 + y)), &expected);
        let renamed: Vec<u8> = labels.iter().map(|label| 2 - label).collect();
        prop_assert_eq!(&counts(&renamed), &expected);
    }

    #[test]
    fn a_shift_by_whole_boxes_changes_no_count(points in prop::collection::vec((32..96_usize, 32..96_usize), 1..40), right in 0..3_usize, up in 0..3_usize) {
        // The largest boxes have sides of 16 of the 128 cells; what is moved stays inside.
        let drawn = |shift: [usize; 2]| {
            let [right, up] = shift.map(|boxes| 16 * boxes);
            cells(128, 128, |x, y| x >= right && y >= up && points.contains(&(x - right, y - up))).boxes()
        };
        prop_assert_eq!(drawn([right.min(1), up.min(1)]), drawn([0, 0]));
    }

    #[test]
    fn a_slope_is_that_of_the_line(slope in -3.0..3.0f64, offset in -5.0..5.0f64, count in 3..20_usize) {
        let points: Vec<(f64, f64)> = (0..count).map(|x| (x as f64, offset + slope * x as f64)).collect();
        let found = Slope::through(&points).unwrap();
        prop_assert!((found.value - slope).abs() < 1e-12 && found.standard_error < 1e-12);
    }
}
