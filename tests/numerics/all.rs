//! The mathematics of the kernels, held against many digits, libraries and published numbers.

// What follows is about to move over to set-ups.
mod exponential;
mod lanes;
mod saturated;
