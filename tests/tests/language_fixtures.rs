//! Crates that use the macros in ways that one workspace cannot show.

use std::path::Path;
use std::process::Command;

/// That these features are enough, `tests/run lints` shows: it builds the crate alone, which takes cargo's lock.
#[test]
fn a_service_needs_no_driver_to_compile() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "rpc-fixture-renamed", "--edges", "normal", "--prefix", "none"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(tree.contains("rpc-runtime") && !tree.contains("lapin"), "{tree}");
}
