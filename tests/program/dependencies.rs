//! What the program is made of, besides itself: under which licences, and from where.
//!
//! Known vulnerabilities are not looked up here: the database of advisories is on the network and changes without the
//! program, so that a test that passed yesterday would fail today. `cargo deny check advisories` does that.

use std::fs;
use std::process::Command;

/// Licences that ask for nothing but their text to be kept.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether what a package says of its licence lets it be used: `A OR B`, `A AND (B OR C)`, or `A/B` of old.
fn is_allowed(licence: &str) -> bool {
    let licence = licence.trim();
    let either = parts(licence, " OR ");
    if either.len() > 1 {
        return either.into_iter().any(is_allowed);
    }
    let both = parts(licence, " AND ");
    if both.len() > 1 {
        return both.into_iter().all(is_allowed);
    }
    match licence.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => is_allowed(inner),
        None => ALLOWED.contains(&licence) || licence.contains('/') && licence.split('/').any(is_allowed),
    }
}

/// The parts between separators that stand outside parentheses.
fn parts<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let (mut parts, mut begin) = (Vec::new(), 0);
    for (place, _) in text.match_indices(separator) {
        let before = &text[..place];
        if before.matches('(').count() == before.matches(')').count() {
            parts.push(&text[begin..place]);
            begin = place + separator.len();
        }
    }
    parts.push(&text[begin..]);
    parts
}

/// Name and version, and the licence of every package, as `cargo tree` tells them with these flags.
fn packages(flags: &[&str]) -> Vec<(String, String)> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--prefix", "none", "--edges", "normal,build,dev", "--no-dedupe"])
        .args(["--format", "{p}|{l}", "--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .args(flags)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut packages: Vec<(String, String)> = text
        .lines()
        .filter_map(|line| line.split_once('|'))
        .map(|(package, licence)| (package.to_owned(), licence.to_owned()))
        .collect();
    packages.sort();
    packages.dedup();
    packages
}

fn assert_allowed(packages: &[(String, String)]) {
    assert!(packages.len() > 50, "{} packages", packages.len());
    let refused: Vec<_> = packages.iter().filter(|(_, licence)| !is_allowed(licence)).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn every_package_of_this_platform_has_a_licence_that_lets_it_be_used() {
    assert_allowed(&packages(&["--offline"]));
}

#[test]
#[ignore = "asks the registry for the packages of other platforms"]
fn every_package_has_a_licence_that_lets_it_be_used() {
    assert_allowed(&packages(&["--target", "all"]));
}

/// Of all platforms, as the lock names them.
#[test]
fn every_package_comes_from_the_registry() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock");
    let lock: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
    let packages = lock["package"].as_array().unwrap();
    assert!(packages.len() > 50);
    for package in packages {
        let source = package.get("source").and_then(|source| source.as_str());
        let is_own = ["xorsweep", "xorsweep-kernel"].contains(&package["name"].as_str().unwrap());
        let registry = "registry+https://github.com/rust-lang/crates.io-index";
        assert_eq!(source, (!is_own).then_some(registry), "{package}");
    }
}

#[test]
fn licences_are_read_as_they_are_written() {
    for (licence, allowed) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0 AND MIT", false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("(MIT OR Apache-2.0) AND GPL-2.0", false),
        ("MIT OR Apache-2.0 AND GPL-2.0", true),
        ("Unlicense/MIT", true),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("", false),
    ] {
        assert_eq!(is_allowed(licence), allowed, "{licence:?}");
    }
}
