//! The chapter of the book that says what each option is.

use super::table::Kind;

/// One option, as the chapter has it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) group: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) how: String,
}

/// The rows of its tables, each of which is below a heading that names its group.
pub(super) fn told() -> Vec<Told> {
    let chapter = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/book/src/options.md");
    let (mut group, mut told) = (String::new(), Vec::new());
    for line in std::fs::read_to_string(chapter).unwrap().lines() {
        if let Some(heading) = line.strip_prefix("### `[") {
            heading.trim_end_matches("]`").clone_into(&mut group);
        }
        if let Some(row) = line.strip_prefix("| `") {
            let [name, kind, how] = row.splitn(3, '|').map(str::trim).collect::<Vec<_>>()[..] else {
                panic!("{line}");
            };
            let name = name.trim_end_matches('`').to_owned();
            let how = how.trim_end_matches('|').trim().to_owned();
            told.push(Told { group: group.clone(), name, kind: kind.to_owned(), how });
        }
    }
    told
}

impl Told {
    /// Whether it says why, if there is something to explain.
    pub(super) fn explains(&self, kind: Kind) -> bool {
        self.kind == kind.word() && (kind == Kind::Same || !self.how.is_empty())
    }
}
