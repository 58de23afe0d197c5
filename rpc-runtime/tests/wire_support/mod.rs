//! The recorded messages in `tests/vectors`.

use std::fs;
use std::path::PathBuf;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use serde_json::Value;

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors")
}

/// The recorded cases whose names begin with one of `prefixes`, by name.
pub(crate) fn cases(prefixes: &[&str]) -> Vec<(String, Value)> {
    let entries =
        fs::read_dir(directory()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> =
        entries.filter(|name| prefixes.iter().any(|prefix| name.starts_with(prefix))).collect();
    names.sort();
    assert!(!names.is_empty(), "no case begins with one of {prefixes:?}");
    let load = |name: &String| serde_json::from_slice(&fs::read(directory().join(name)).unwrap()).unwrap();
    names.iter().map(|name| (name.clone(), load(name))).collect()
}

/// The body of a recorded message as it was on the wire.
pub(crate) fn body(message: &Value) -> Bytes {
    match message["body_base64"].as_str() {
        Some(encoded) => BASE64_STANDARD.decode(encoded).unwrap().into(),
        None => message["body"].as_str().unwrap().to_owned().into(),
    }
}
