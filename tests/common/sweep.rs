//! Sweeps from a text.

use std::path::Path;

use xorsweep::sweep::spec::{Spec, Sweep};

/// The sweep of a spec file's text.
pub fn sweep(text: &str) -> Sweep {
    Spec::from_toml(text)
        .and_then(|spec| spec.resolve(Path::new("")))
        .unwrap_or_else(|problem| panic!("{problem}"))
}
