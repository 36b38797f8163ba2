//! A task's samples from a file.

use std::io::Read;
use std::path::Path;

use super::input::InputFile;
use super::text::finite_number;
use crate::Problem;
use crate::kernel::Task;
use crate::kernel::task::{MAX_INPUTS, MAX_SAMPLES, Sample};

/// The most bytes such a file may have: far more than its samples need.
const MAX_BYTES: u64 = 1 << 16;

/// Reads samples from a CSV file with the columns x1, x2, … and y, in any order; the task's name is what the file is
/// [called](InputFile::name).
///
/// # Errors
/// If the file cannot be read, a column is missing or unknown, a cell is no finite number, or there are none or too many
/// samples or inputs.
pub fn read(path: &Path) -> Result<(InputFile, Task), Problem> {
    let problem = |remedy: String| Problem::new("task", path.display(), remedy);
    let (file, source) = InputFile::open("task", path)?;
    let mut text = String::new();
    let read = source.take(MAX_BYTES + 1).read_to_string(&mut text);
    read.map_err(|error| Problem::of_file("task", path.display(), "the file cannot be read", &error))?;
    if text.len() as u64 > MAX_BYTES {
        return Err(problem(format!(
            "the file has more than {MAX_BYTES} bytes; give at most {MAX_SAMPLES} samples"
        )));
    }
    let samples = parse(text.trim_start_matches('\u{feff}')).map_err(problem)?;
    let task = Task::of_samples(file.name(), samples).expect("the reader keeps to the limits");
    Ok((file, task))
}

/// The samples of a file's text; the error is a remedy.
fn parse(text: &str) -> Result<Vec<Sample>, String> {
    const WANTED: &str = "give columns x1, x2, … and y, with a sample a row";
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| format!("{error}; {WANTED}"))?.clone();
    let place = |name: &str| header.iter().position(|known| known.eq_ignore_ascii_case(name));
    let inputs: Vec<usize> = (1..=header.len()).map_while(|input| place(&format!("x{input}"))).collect();
    let target = place("y").ok_or_else(|| format!("there is no column y; {WANTED}"))?;
    if !(1..=MAX_INPUTS).contains(&inputs.len()) || inputs.len() + 1 != header.len() {
        let names = header.iter().collect::<Vec<_>>().join(", ");
        return Err(format!("its columns are {names}; {WANTED}, for 1 to {MAX_INPUTS} inputs"));
    }
    let mut samples = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        let line = row.position().map_or(0, csv::Position::line);
        let number = |place: usize| {
            let cell = &row[place];
            finite_number(cell).ok_or_else(|| format!("line {line}: `{cell}` is no finite number"))
        };
        if samples.len() == MAX_SAMPLES {
            return Err(format!("there are more than {MAX_SAMPLES} samples; give at most that many"));
        }
        let inputs = inputs.iter().map(|&place| number(place)).collect::<Result<_, _>>()?;
        samples.push(Sample { inputs, target: number(target)? });
    }
    if samples.is_empty() { Err(format!("there is no sample; {WANTED}")) } else { Ok(samples) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_read_by_the_names_of_their_columns() {
        let samples = parse("y, x2, X1\n1,2,3\n# a remark\n0.5,-1e300,4\n").unwrap();
        let expected = [([3.0, 2.0], 1.0), ([4.0, -1e300], 0.5)];
        assert_eq!(samples, expected.map(|(inputs, target)| Sample { inputs: inputs.to_vec(), target }));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let many = format!("x1,y\n{}", "1,2\n".repeat(65));
        let wide = format!("{},y\n", (1..=9).map(|input| format!("x{input}")).collect::<Vec<_>>().join(","));
        for (text, word) in [
            ("", "no column y"),
            ("x1,x2\n1,2\n", "no column y"),
            ("x1,x3,y\n1,2,3\n", "its columns are"),
            ("y\n1\n", "its columns are"),
            ("x1,y,z\n1,2,3\n", "its columns are"),
            ("x1,y\n", "no sample"),
            ("x1,y\n1,nan\n", "line 2: `nan`"),
            ("x1,y\n1,2\n1e999,0\n", "line 3: `1e999`"),
            ("x1,y\n1\n", "line"),
            (many.as_str(), "more than 64"),
            (wide.as_str(), "1 to 8"),
        ] {
            let remedy = parse(text).unwrap_err();
            assert!(remedy.contains(word), "{text:?}: {remedy}");
        }
    }
}
