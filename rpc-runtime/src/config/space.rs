//! Blanks as Python has them.

/// Whether Python's `str.strip` takes it away: what Unicode calls a blank, and four separators of ASCII.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

/// The text without blanks on both sides.
pub(super) fn stripped(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// The text without blanks at its end.
pub(super) fn end_stripped(text: &str) -> &str {
    text.trim_end_matches(is_blank)
}
