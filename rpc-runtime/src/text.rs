//! Texts of a peer: within messages of ours, and ids.

use uuid::Uuid;

/// The beginning of a text of the sender, for a message that must not grow with it.
pub(crate) fn shortened(text: &str) -> String {
    cut(text, 80)
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// The beginning of a text of a peer as it may stand in a log: what is no printable character is escaped, so that it
/// neither makes a line of its own nor reaches a terminal.
pub(crate) fn printable(text: &str) -> String {
    const LONGEST: usize = 400;
    let mut shown = String::with_capacity(text.len().min(LONGEST));
    for (n, character) in text.chars().enumerate() {
        match character {
            _ if n == LONGEST => {
                shown.push_str("...");
                break;
            }
            '"' | '\'' => shown.push(character),
            _ => shown.extend(character.escape_debug()),
        }
    }
    shown
}

/// Says what is wrong with a value of a peer without repeating the value, which may be secret: serde's own texts have
/// it in quotes, before what they expect. Names of fields stay; so does what a type's own code says without quotes.
pub(crate) fn without_value(error: &serde_json::Error) -> String {
    without_value_in(&error.to_string())
}

/// The same of an error within another one's text, where names in quotes would be taken for the value: those stay, without them.
#[cfg(feature = "objects")]
pub(crate) fn inner_without_value(error: &impl std::fmt::Display) -> String {
    without_value_in(&error.to_string()).replace('`', "'")
}

fn without_value_in(text: &str) -> String {
    const LONGEST: usize = 300;
    let names = ["missing field", "unknown field", "duplicate field"];
    if names.iter().any(|name| text.starts_with(name)) {
        return cut(text, LONGEST);
    }
    let (value, expected) = text.split_at(text.rfind(", expected ").unwrap_or(text.len()));
    let quoted = value.find(['"', '`']).map(|start| (start, value.rfind(['"', '`']).unwrap_or(start)));
    let Some((start, end)) = quoted else { return cut(text, LONGEST) };
    cut(&format!("{}{}{expected}", value[..start].trim_end(), &value[end + 1..]), LONGEST)
}

/// The UUID whose text this is in the one form that messages bear: 32 hexadecimal digits, small letters.
pub(crate) fn plain_uuid(text: &str) -> Option<Uuid> {
    let plain = text.len() == 32 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    if plain { Uuid::try_parse(text).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_has_one_plain_text() {
        let uuid = Uuid::new_v4();
        let text = uuid.simple().to_string();
        assert_eq!(plain_uuid(&text), Some(uuid));
        for other in [&text[1..], &format!("0{text}"), &format!("+{}", &text[1..]), &uuid.to_string(), ""] {
            assert_eq!(plain_uuid(other), None, "{other}");
        }
        assert_eq!(plain_uuid(&"aF".repeat(16)), None);
    }

    #[test]
    fn an_error_does_not_repeat_the_value() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code, reason = "it is read only")]
        struct Disk {
            size: u8,
        }
        #[derive(Debug, serde::Deserialize)]
        enum Mode {
            Thin,
        }
        fn said<T: serde::de::DeserializeOwned + std::fmt::Debug>(json: &str) -> String {
            without_value(&serde_json::from_str::<T>(json).unwrap_err())
        }
        for (said, expected) in [
            (said::<f64>(r#""hunter2""#), "invalid type: string, expected f64 at line 1 column 9"),
            (said::<f64>(r#""a\", expected `b""#), "invalid type: string, expected f64"),
            (said::<u8>("4711"), "invalid value: integer, expected u8"),
            (said::<String>("4711"), "invalid type: integer, expected a string"),
            (said::<Mode>(r#""hunter2""#), "unknown variant, expected `Thin`"),
            (said::<Disk>("{}"), "missing field `size`"),
            (said::<Disk>(r#"{"sice": 1}"#), "unknown field `sice`, expected `size`"),
            (said::<Disk>(r#"{"size": "hunter2"}"#), "invalid type: string, expected u8"),
            (said::<Vec<u8>>("null"), "invalid type: null, expected a sequence"),
            (said::<char>(r#""hunter2""#), "invalid value: string, expected a character"),
        ] {
            assert!(said.starts_with(expected), "{said}");
            assert!(!said.contains("hunter2") && !said.contains("4711"), "{said}");
        }
    }

    #[test]
    fn what_a_log_shows_is_one_line_of_printable_text() {
        assert_eq!(printable("it's \"é\""), "it's \"é\"");
        assert_eq!(printable("a\nb\u{1b}[2J\u{202e}\\n"), r"a\nb\u{1b}[2J\u{202e}\\n");
        assert_eq!(printable(&"é".repeat(1000)), format!("{}...", "é".repeat(400)));
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(shortened("é"), "é");
        assert_eq!(shortened(&"é".repeat(80)), "é".repeat(80));
        assert_eq!(shortened(&"é".repeat(1000)), format!("{}...", "é".repeat(80)));
    }
}
