//! The expansions in `tests/expansion`: `NAME.rs` is what the user writes, `NAME.expanded.rs` what
//! becomes of it. Set `UPDATE_EXPANSIONS=1` to write the latter anew, and read the difference.

use std::path::{Path, PathBuf};
use std::{env, fs};

use super::expand_valid;

fn check(name: &str) {
    let source = fs::read_to_string(directory().join(format!("{name}.rs"))).unwrap();
    compare(name, &expand_valid(&source));
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expansion")
}

/// Compares with what is recorded for `name`.
pub(super) fn compare(name: &str, actual: &str) {
    let recorded = directory().join(format!("{name}.expanded.rs"));
    if env::var_os("UPDATE_EXPANSIONS").is_some() {
        fs::write(&recorded, actual).unwrap();
    }
    let expected = fs::read_to_string(&recorded).unwrap_or_default();
    assert!(
        expected == actual,
        "the expansion of {name}.rs is not {name}.expanded.rs; run with UPDATE_EXPANSIONS=1 if it \
         should be this:\n{actual}"
    );
}

#[test]
fn volume() {
    check("volume");
}

#[test]
fn every_key() {
    check("every_key");
}

#[test]
fn arguments() {
    check("arguments");
}

#[test]
fn conditions() {
    check("conditions");
}

#[test]
fn destinations() {
    check("destinations");
}

#[test]
fn sending() {
    check("sending");
}

#[test]
fn versions() {
    check("versions");
}
