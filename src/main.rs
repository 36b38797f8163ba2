//! The command line of xorsweep.
#![forbid(unsafe_code)]

mod cli;

fn main() -> std::process::ExitCode {
    let missing = xorsweep::kernel::isa::missing_from_processor();
    if !missing.is_empty() {
        eprintln!(
            "xorsweep: this program was built for processors with {}, which this one lacks: build it again here, or \
             without `-C target-cpu`",
            missing.join(", ")
        );
        return std::process::ExitCode::FAILURE;
    }
    cli::run(std::env::args_os())
}
