//! The chapters of the book.

use super::{files, root};

#[test]
fn each_chapter_is_in_the_contents_and_tested() {
    let book = root().join("examples/book");
    let read = |name: &str| std::fs::read_to_string(book.join(name)).unwrap();
    let (contents, tested) = (read("src/SUMMARY.md"), read("lib.rs"));
    let mut chapters = 0;
    for path in files(&book.join("src")).unwrap() {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name == "SUMMARY.md" {
            continue;
        }
        assert!(contents.contains(&format!("]({name})")), "{name} is not in SUMMARY.md");
        assert!(tested.contains(&format!("\"src/{name}\"")), "{name} is not in lib.rs");
        chapters += 1;
    }
    assert!(chapters > 5, "only {chapters} were found");
}

/// mdbook shows the language of a block as it is, and rustdoc takes one without any for Rust.
#[test]
fn each_block_says_its_language() {
    for path in files(&root().join("examples/book/src")).unwrap() {
        let text = std::fs::read_to_string(&path).unwrap();
        let fences = text.lines().filter(|line| line.starts_with("```"));
        let unnamed = fences.step_by(2).filter(|fence| *fence == "```").count();
        assert_eq!(unnamed, 0, "{}", path.display());
    }
}
