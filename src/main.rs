//! The command line of xorsweep.
#![forbid(unsafe_code)]
// They panic where nothing can be written.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

use std::io::Write;

mod cli;

fn main() -> std::process::ExitCode {
    let missing = xorsweep::kernel::isa::missing_from_processor();
    if !missing.is_empty() {
        // A message that cannot be written changes nothing.
        let _ = writeln!(
            std::io::stderr(),
            "xorsweep: this program was built for processors with {}, which this one lacks: build it again here, or \
             without `-C target-cpu`",
            missing.join(", ")
        );
        return std::process::ExitCode::FAILURE;
    }
    cli::run(std::env::args_os())
}
