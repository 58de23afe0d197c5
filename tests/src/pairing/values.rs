//! What comes there and back, and how it is looked at.

use std::fmt::Debug;
use std::panic::Location;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

/// Text of every length of UTF-8, with what JSON escapes.
pub(super) const TEXT: &str = "volume \u{e9}\u{20ac}\u{1f600} \"quoted\" \\ \n \u{0}";

/// A mebibyte of it, at least.
fn large() -> Value {
    TEXT.repeat((1 << 20) / TEXT.len() + 1).into()
}

/// What any bus has to bring back as it was.
pub fn values() -> [Value; 5] {
    [Value::Null, TEXT.into(), json!({"n": [1, -2.5, true, {}], TEXT: ""}), json!(u64::MAX), large()]
}

/// Fails, and says where, unless both are the same.
#[track_caller]
pub(super) fn same<T: Debug + PartialEq<U>, U: Debug>(found: T, expected: U) -> Result<()> {
    let place = Location::caller();
    ensure!(found == expected, "{place}: {found:?} in place of {expected:?}");
    Ok(())
}

/// What was raised; fails, and says where, if that is nothing.
#[track_caller]
pub(super) fn raised<T, E>(outcome: Result<T, E>) -> Result<E> {
    let place = Location::caller();
    outcome.err().with_context(|| format!("{place}: nothing is raised"))
}
