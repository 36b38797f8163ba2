//! A sweep of a moment.

/// 24 runs.
pub const SMALL: [&str; 6] = ["--alpha", "0.3,0.9,1.2", "--seeds", "0..8", "--steps", "200"];
