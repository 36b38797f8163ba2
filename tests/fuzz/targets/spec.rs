#![no_main]

#[allow(dead_code, reason = "the other targets take the other parts")]
#[path = "../../program/hostile.rs"]
mod hostile;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile::spec(bytes));
