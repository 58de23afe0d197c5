//! One file in oslo.config's dialect of ini.

use std::collections::HashMap;

use super::space::{end_stripped, stripped};

/// The options of one file: the groups by their names as [`group_name`] has them, each with its options.
pub(super) type Groups = HashMap<String, HashMap<String, Vec<Written>>>;

/// A value as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) text: String,
    /// That of its name, from 1.
    pub(super) line: usize,
}

/// A file that is none; line and column count from 1, the column in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) expected: &'static str,
}

/// The name that groups are found by: `[DEFAULT]` is only itself, others are the same in small and capital letters.
pub(super) fn group_name(name: &str) -> String {
    if name == "DEFAULT" { name.to_owned() } else { name.to_lowercase() }
}

/// A value whose end has not been seen.
struct Open {
    name: String,
    text: String,
    line: usize,
}

/// Reads a file. The rules are those of oslo.config:
///
/// - A line that begins with a blank or a tab goes on with the value before it, also if it looks like a comment; an empty
///   line or a comment ends the value.
/// - What comes first of `=` and `:` ends a name.
/// - The quotes around the first line of a value are no part of it.
/// - Groups and options may be there several times.
pub(super) fn parse(text: &str) -> Result<Groups, Malformed> {
    let mut groups = Groups::new();
    let mut group: Option<String> = None;
    let mut open: Option<Open> = None;
    // Python's end of a line is each of these three.
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    for (number, line) in (1_usize..).zip(lines.split('\n')) {
        let line = end_stripped(line);
        let malformed = |column, expected| Err(Malformed { line: number, column, expected });
        let end = || line.chars().count() + 1;
        if line.starts_with([' ', '\t']) {
            let Some(open) = &mut open else {
                return malformed(1, "no blank before a line that goes on with no value");
            };
            open.text.push('\n');
            open.text.push_str(stripped(line));
            continue;
        }
        close(&mut groups, group.as_deref(), open.take());
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            let Some(name) = rest.strip_suffix(']') else {
                return malformed(end(), "`]` at the end of the line of a group");
            };
            if name.is_empty() {
                return malformed(2, "the name of a group");
            }
            group = Some(group_name(name));
            continue;
        }
        if number == 1 && line.starts_with('\u{feff}') {
            return malformed(1, "UTF-8 without a byte order mark");
        }
        let Some((name, value)) = line.split_once(['=', ':']) else {
            return malformed(end(), "`=` or `:` behind the name of an option");
        };
        let name = stripped(name);
        if name.is_empty() {
            return malformed(1, "the name of an option");
        }
        if group.is_none() {
            return malformed(1, "a group such as [DEFAULT] before the first option");
        }
        open = Some(Open { name: name.to_owned(), text: unquoted(stripped(value)).to_owned(), line: number });
    }
    close(&mut groups, group.as_deref(), open);
    Ok(groups)
}

fn close(groups: &mut Groups, group: Option<&str>, open: Option<Open>) {
    let (Some(group), Some(Open { name, text, line })) = (group, open) else { return };
    if !groups.contains_key(group) {
        groups.insert(group.to_owned(), HashMap::new());
    }
    if let Some(options) = groups.get_mut(group) {
        options.entry(name).or_default().push(Written { text, line });
    }
}

/// A single quote mark is quoted nothing, as in Python.
fn unquoted(value: &str) -> &str {
    match value.chars().next() {
        Some(quote @ ('"' | '\'')) if value.ends_with(quote) => value[1..].strip_suffix(quote).unwrap_or(""),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of an option of `[g]`.
    fn values(text: &str) -> Vec<String> {
        let groups = parse(text).unwrap();
        groups["g"]["o"].iter().map(|written| written.text.clone()).collect()
    }

    #[test]
    fn values_and_their_ends() {
        for (text, expected) in [
            ("[g]\no=1", vec!["1"]),
            ("[g]\no : a=b\n", vec!["a=b"]),
            ("[g]\no = a:b", vec!["a:b"]),
            ("[g]\no =\n  a\n\tb\n", vec!["\na\nb"]),
            ("[g]\no = a\n # no comment\n", vec!["a\n# no comment"]),
            ("[g]\no = a\n\n[h]\nx=1\n[G]\no=b\r\n[g]\ro=c", vec!["a", "b", "c"]),
            ("[g]\no = \" a \" \n", vec![" a "]),
            ("[g]\no = 'a'\n 'b'\n", vec!["a\n'b'"]),
            ("[g]\no = \"\no = '\n", vec!["", ""]),
            ("[g]\no = \"a'\n", vec!["\"a'"]),
            ("[g]\no = \"a\", \"b\"\n", vec!["a\", \"b"]),
            ("[g]\no\u{1f}=\u{a0}a\u{1c}\n;c\n#c\n", vec!["a"]),
            ("[g]\no =", vec![""]),
        ] {
            assert_eq!(values(text), expected, "{text:?}");
        }
        assert_eq!(parse("[a] # b]\no=1").unwrap()["a] # b"].len(), 1);
        assert!(parse("[DEFAULT]\na=1\n[default]\na=1").unwrap().contains_key("default"));
        assert_eq!(parse("\n[g]\n\no=1\n o\no=2").unwrap()["g"]["o"][1].line, 6);
        assert!(parse("").unwrap().is_empty() && parse("# only\n\n[g]\n").unwrap().is_empty());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, line, column, expected) in [
            ("[g]\n\n o=1", 3, 1, "no blank before a line that goes on with no value"),
            ("[g]\no=1\n# c\n 2", 4, 1, "no blank before a line that goes on with no value"),
            ("[g] # é\n", 1, 8, "`]` at the end of the line of a group"),
            ("\n[]", 2, 2, "the name of a group"),
            ("[", 1, 2, "`]` at the end of the line of a group"),
            ("[g]\nséé", 2, 4, "`=` or `:` behind the name of an option"),
            ("[g]\n= 1", 2, 1, "the name of an option"),
            ("\no = 1\n[g]", 2, 1, "a group such as [DEFAULT] before the first option"),
            ("\u{feff}[g]\no=1", 1, 1, "UTF-8 without a byte order mark"),
        ] {
            assert_eq!(parse(text), Err(Malformed { line, column, expected }), "{text:?}");
        }
    }
}
