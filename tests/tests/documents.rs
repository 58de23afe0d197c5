//! What the documents say of the files is true.

use std::io;
use std::path::{Path, PathBuf};

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

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

/// The public items of the library that are, or become, futures, each with the lines before it that document it.
fn futures(source: &str) -> Vec<(String, String)> {
    let mut docs = String::new();
    let mut futures = Vec::new();
    for line in source.lines().map(str::trim) {
        let function = line.starts_with("pub ") && line.contains("fn ");
        if function && (line.contains("async fn") || line.contains("impl Future")) {
            futures.push((line.to_owned(), docs.clone()));
        }
        match line.strip_prefix("///") {
            Some(text) => docs.extend([text, "\n"]),
            None if line.starts_with("#[") => {}
            None => docs.clear(),
        }
    }
    futures
}

/// The files of a folder and of all below it.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

#[test]
fn futures_say_what_it_means_to_drop_them() {
    let mut count = 0;
    for path in files(&root().join("rpc-runtime/src")).unwrap() {
        for (line, docs) in futures(&std::fs::read_to_string(&path).unwrap()) {
            assert!(docs.contains("# Cancel safety\n"), "{}: {line}", path.display());
            count += 1;
        }
    }
    assert!(count > 5, "only {count} were found");
}
