//! Texts of a peer: within messages of ours, and ids.

use uuid::Uuid;

/// The beginning of a text of the sender, for a message that must not grow with it.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
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
    fn long_texts_are_cut_between_characters() {
        assert_eq!(shortened("é"), "é");
        assert_eq!(shortened(&"é".repeat(80)), "é".repeat(80));
        assert_eq!(shortened(&"é".repeat(1000)), format!("{}...", "é".repeat(80)));
    }
}
