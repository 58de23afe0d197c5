//! Links from document to document.

use std::path::{Path, PathBuf};

use super::root;

/// The documents of a folder and of all below it.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        // What is made or installed there is not of this repository.
        if name.starts_with('.') || name == "target" {
            continue;
        }
        if path.is_dir() {
            found.extend(documents(&path));
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
    found
}

/// The lines that are text, and not code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        !code && !fence
    })
}

/// The targets of links within the repository.
fn targets(text: &str) -> Vec<&str> {
    let targets =
        prose(text).flat_map(|line| line.split("](").skip(1)).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://")).collect()
}

/// What the headings of a document are called in links to them.
fn anchors(text: &str) -> Vec<String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let kept = |c: &char| c.is_alphanumeric() || [' ', '-', '_'].contains(c);
        let words: String =
            heading.trim_start_matches('#').trim().to_lowercase().chars().filter(kept).collect();
        words.replace(' ', "-")
    };
    headings.map(anchor).collect()
}

/// What is wrong with a link in the document at `path`.
fn broken(path: &Path, text: &str, target: &str) -> Option<String> {
    let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
    let linked = if file.is_empty() { path.to_owned() } else { path.parent()?.join(file) };
    if !linked.exists() {
        return Some(format!("{}: there is no {target}", path.display()));
    }
    let anchor = anchor?;
    let linked = if file.is_empty() { text.to_owned() } else { std::fs::read_to_string(&linked).ok()? };
    let known = anchors(&linked).iter().any(|known| known == anchor);
    (!known).then(|| format!("{}: {target} has no such heading", path.display()))
}

#[test]
fn each_leads_somewhere() {
    let (mut links, mut wrong) = (0, Vec::new());
    for path in documents(root()) {
        let text = std::fs::read_to_string(&path).unwrap();
        let targets = targets(&text);
        links += targets.len();
        wrong.extend(targets.into_iter().filter_map(|target| broken(&path, &text, target)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(links > 40, "only {links} were found");
}

#[test]
fn broken_ones_are_found() {
    let path = root().join("README.md");
    let text = "# With `code`, and more\n[a](#with-code-and-more) [b](#nothing) [c](tests/NONE.md) [d](https://e.org)\n\
                ```md\n[e](f)\n```\n";
    assert_eq!(targets(text), ["#with-code-and-more", "#nothing", "tests/NONE.md"]);
    let wrong: Vec<_> =
        targets(text).into_iter().filter(|target| broken(&path, text, target).is_some()).collect();
    assert_eq!(wrong, ["#nothing", "tests/NONE.md"]);
}
