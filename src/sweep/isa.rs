//! Instruction sets by the names people give them.

use super::text::suggestion;
use crate::Problem;
use crate::kernel::isa::Isa;

/// An instruction set by its name, or the fastest one for `auto`.
///
/// # Errors
/// If there is no such name, or this machine lacks it.
pub fn isa_named(name: &str) -> Result<Isa, Problem> {
    if name == "auto" {
        return Ok(Isa::best());
    }
    let names: Vec<&str> = Isa::available().map(Isa::name).collect();
    match Isa::ALL.into_iter().find(|isa| isa.name() == name) {
        Some(isa) if isa.is_available() => Ok(isa),
        Some(_) => Err(Problem::new(
            "isa",
            name,
            format!("this machine does not have it; it has {}", names.join(", ")),
        )),
        None => Err(Problem::new("isa", name, format!("give auto or a name; {}", suggestion(name, &names)))),
    }
}
