//! Arrays of NumPy's `.npy` files, by the format's description in NumPy's documentation (numpy.lib.format).

use std::io::{self, Read};

use super::{Found, MAX_ROWS, order_of_unnamed, rows_of, sizes};
use crate::kernel::Shape;
use crate::sweep::start::layout::StartsLayout;

/// What such a file begins with.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// The most bytes the description of the array may have.
const MAX_HEADER_BYTES: usize = 1 << 16;

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Kind {
    is_double: bool,
    is_big_endian: bool,
}

/// What the header says.
#[derive(Debug, PartialEq)]
struct Header {
    kind: Kind,
    /// Whether the first index runs fastest.
    is_fortran: bool,
    sizes: Vec<usize>,
}

/// Reads a whole file; the error is a remedy.
pub(super) fn read(
    mut source: impl Read,
    shape: Shape,
    layout: Option<StartsLayout>,
) -> Result<Found, String> {
    let (layout, order) = order_of_unnamed(layout, shape, "an array of numbers")?;
    let header = header(&mut source)?;
    let Header { kind, is_fortran, sizes: ref dimensions } = header;
    let parameters = shape.parameters();
    let rows = rows_of(dimensions, parameters).ok_or_else(|| {
        let remedy = match dimensions[..] {
            [count, rows] if count == parameters => format!("give its transpose, {rows} × {parameters}"),
            _ => format!("give one row of {parameters} numbers for each start"),
        };
        format!("the array is {}; {remedy}", sizes(dimensions))
    })?;
    if rows > MAX_ROWS {
        return Err(format!("give at most {MAX_ROWS} rows"));
    }
    let mut numbers = Vec::new();
    for _ in 0..rows * parameters {
        numbers.push(number(&mut source, kind).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => "the file ends before its array does; save it again".to_owned(),
            _ => super::unreadable(&error),
        })?);
    }
    let places = layout.places(shape);
    let mut values = Vec::with_capacity(numbers.len());
    for row in 0..rows {
        for (parameter, place) in places.iter().enumerate() {
            let value =
                if is_fortran { numbers[place * rows + row] } else { numbers[row * parameters + place] };
            if !value.is_finite() {
                let name = &shape.names()[parameter];
                return Err(format!("row {row}, {name}, holds {value}; give finite numbers"));
            }
            values.push(value);
        }
    }
    let understood = format!(
        "an array {} of {}, numbers {order}",
        sizes(dimensions),
        if kind.is_double { "float64" } else { "float32" },
    );
    Ok(Found { values, names: None, understood })
}

fn number(source: &mut impl Read, kind: Kind) -> io::Result<f64> {
    if kind.is_double {
        let mut bytes = [0; 8];
        source.read_exact(&mut bytes)?;
        Ok(if kind.is_big_endian { f64::from_be_bytes(bytes) } else { f64::from_le_bytes(bytes) })
    } else {
        let mut bytes = [0; 4];
        source.read_exact(&mut bytes)?;
        Ok(f64::from(if kind.is_big_endian { f32::from_be_bytes(bytes) } else { f32::from_le_bytes(bytes) }))
    }
}

fn header(source: &mut impl Read) -> Result<Header, String> {
    let cut = |_| "the file ends within its header; save it again".to_owned();
    let mut magic = [0; MAGIC.len() + 2];
    source.read_exact(&mut magic).map_err(cut)?;
    let length = if magic[MAGIC.len()] == 1 {
        let mut bytes = [0; 2];
        source.read_exact(&mut bytes).map_err(cut)?;
        usize::from(u16::from_le_bytes(bytes))
    } else {
        let mut bytes = [0; 4];
        source.read_exact(&mut bytes).map_err(cut)?;
        u32::from_le_bytes(bytes) as usize
    };
    if length > MAX_HEADER_BYTES {
        return Err(format!("its header has {length} bytes; save a plain array with np.save"));
    }
    let mut text = vec![0; length];
    source.read_exact(&mut text).map_err(cut)?;
    let text = String::from_utf8_lossy(&text);
    parsed(&text).ok_or_else(|| "its header is not NumPy's; save the array again with np.save".to_owned())?
}

/// The header that a text says; none if it says none, an error if its numbers are of another kind.
fn parsed(text: &str) -> Option<Result<Header, String>> {
    let value = |key: &str| text.split_once(&format!("'{key}':")).map(|(_, rest)| rest.trim_start());
    let descr = value("descr")?;
    let kind = match descr.strip_prefix('\'').and_then(|rest| rest.split('\'').next()) {
        Some("<f8") => Kind { is_double: true, is_big_endian: false },
        Some(">f8") => Kind { is_double: true, is_big_endian: true },
        Some("<f4") => Kind { is_double: false, is_big_endian: false },
        Some(">f4") => Kind { is_double: false, is_big_endian: true },
        other => {
            let other = super::first_letters(other.unwrap_or(descr));
            return Some(Err(format!("its numbers are of the kind {other}; save array.astype(float)")));
        }
    };
    let is_fortran = value("fortran_order")?.starts_with("True");
    let (sizes, _) = value("shape")?.strip_prefix('(')?.split_once(')')?;
    let sizes = sizes.split(',').map(str::trim).filter(|size| !size.is_empty());
    let sizes: Vec<usize> = sizes.map(|size| size.parse().ok()).collect::<Option<_>>()?;
    Some(Ok(Header { kind, is_fortran, sizes }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of version 1 with this dictionary and these numbers.
    fn file(descr: &str, order: &str, shape: &str, numbers: &[f64]) -> Vec<u8> {
        let text = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
        let mut bytes = [MAGIC, &[1, 0], &(text.len() as u16).to_le_bytes(), text.as_bytes()].concat();
        for &number in numbers {
            match descr {
                ">f8" => bytes.extend(number.to_be_bytes()),
                "<f4" => bytes.extend((number as f32).to_le_bytes()),
                ">f4" => bytes.extend((number as f32).to_be_bytes()),
                _ => bytes.extend(number.to_le_bytes()),
            }
        }
        bytes
    }

    const XOR: Shape = Shape { inputs: 2, units: 2 };
    const NINE: [f64; 9] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 0.1];

    fn read(bytes: &[u8]) -> Result<Found, String> {
        super::read(bytes, XOR, None)
    }

    #[test]
    fn every_kind_of_number_is_read_in_either_byte_order() {
        for descr in ["<f8", ">f8", "<f4", ">f4"] {
            for shape in ["(9,)", "(1, 9)", "(9, 1)", "()"] {
                let found = read(&file(descr, "False", shape, &NINE));
                if shape == "()" {
                    assert!(found.unwrap_err().contains("one number"));
                    continue;
                }
                let expected = if descr.ends_with('4') { f64::from(0.1_f32) } else { 0.1 };
                assert_eq!(found.unwrap().values[8], expected, "{descr} {shape}");
            }
        }
    }

    #[test]
    fn an_array_that_is_no_list_of_starts_is_refused() {
        let eight = &NINE[..8];
        let infinite = [f64::INFINITY; 9];
        for (bytes, part) in [
            (file("<f8", "False", "(9, 300)", &[]), "the array is 9 × 300; give its transpose, 300 × 9"),
            (file("<f8", "False", "(2, 2)", &NINE), "the array is 2 × 2; give one row of 9"),
            (file("<i8", "False", "(9,)", &NINE), "of the kind <i8"),
            (file("<f8", "False", "(9,)", eight), "ends before its array"),
            (file("<f8", "False", "(9,)", &infinite), "row 0, w1, holds inf"),
            (file("<f8", "False", "(20000000, 9)", &NINE), "at most 10000000 rows"),
            (file("<f8", "False", "(18446744073709551615, 9)", &NINE), "at most 10000000 rows"),
            (file("<f8", "False", "(a)", &NINE), "header is not NumPy's"),
            (MAGIC.to_vec(), "within its header"),
            ([MAGIC, &[2, 0, 255, 255, 255, 255]].concat(), "its header has"),
        ] {
            let remedy = read(&bytes).unwrap_err();
            assert!(remedy.contains(part), "{remedy}");
        }
        let bytes = file("<f8", "False", "(9,)", &NINE);
        assert!(super::read(&bytes[..], XOR, Some(StartsLayout::End)).is_err());
    }
}
