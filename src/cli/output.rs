//! Standard output, whose errors name it as those of a file name the file.

use std::io::{self, Write, stdout};

/// Standard output, for one thread alone.
pub struct Output<W>(W);

/// Standard output as it is, for data.
pub fn standard_output() -> Output<io::StdoutLock<'static>> {
    Output(stdout().lock())
}

/// Standard output for a person: colours are left out where they cannot be seen.
pub fn styled_output() -> Output<anstream::AutoStream<io::StdoutLock<'static>>> {
    Output(anstream::stdout().lock())
}

fn named(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("standard output: {error}"))
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(named)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(named)
    }
}
