//! Paths of the repository in the documents that tell of all of it.

use super::root;

/// What stands in backticks, and the targets of links, as far as it is a path of the repository.
fn paths(text: &str) -> Vec<&str> {
    let quoted = text.split('`').skip(1).step_by(2);
    let linked = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let first = |path: &str| path.split('/').next().unwrap_or_default().to_owned();
    let folders = ["rpc-macros", "rpc-runtime", "examples", "tests"];
    quoted
        .chain(linked)
        .filter(|path| !path.contains(char::is_whitespace) && folders.contains(&first(path).as_str()))
        .collect()
}

#[test]
fn paths_in_the_documents_exist() {
    for document in ["README.md", "CONTRIBUTING.md"] {
        let text = std::fs::read_to_string(root().join(document)).unwrap();
        let paths = paths(&text);
        assert!(paths.len() > 5, "{document}: {paths:?}");
        // Made when they are first needed.
        let made = |path: &str| path.starts_with("tests/.");
        let missing: Vec<_> =
            paths.into_iter().filter(|path| !made(path) && !root().join(path).exists()).collect();
        assert!(missing.is_empty(), "{document}: {missing:?}");
    }
}

#[test]
fn only_paths_are_taken_for_paths() {
    let text = "`tests/run` and `cargo test`, [here](tests/FAULTS.md) and [there](https://example.org), `rpc-macros`";
    assert_eq!(paths(text), ["tests/run", "rpc-macros", "tests/FAULTS.md"]);
}
