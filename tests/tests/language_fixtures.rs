//! Crates that use the macros in ways that one workspace cannot show.

use std::path::Path;
use std::process::Command;

/// Built together with others it would have their features of the runtime: this builds it alone.
#[test]
fn the_least_features_are_enough() {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--package", "rpc-fixture-renamed"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "rpc-fixture-renamed", "--edges", "normal", "--prefix", "none"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    assert!(tree.contains("rpc-runtime") && !tree.contains("lapin"), "{tree}");
}
