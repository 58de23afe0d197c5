//! What is said of functions that can be dropped before they are done.

use super::{files, root};

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
