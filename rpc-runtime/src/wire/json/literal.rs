//! The parts of strings that need no escapes, found eight bytes at a time.

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGH: u64 = ONES * 0x80;

/// Has the high bit of each byte set that is one of the characters which stand for something else in
/// a JSON string: quotes, backslashes and control characters. Bytes after the first such one may have
/// it set by a borrow, which does no harm.
const fn special(word: u64) -> u64 {
    (below(word, 0x20) | below(word ^ (ONES * b'"' as u64), 1) | below(word ^ (ONES * b'\\' as u64), 1))
        & !word
        & HIGH
}

/// The same, and what is not printable ASCII.
const fn special_or_foreign(word: u64) -> u64 {
    special(word) | (word | (word & !HIGH).wrapping_add(ONES)) & HIGH
}

const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * limit as u64)
}

/// How many bytes `text` begins with that stand for themselves in a JSON string: no quotes,
/// backslashes and control characters.
pub(crate) fn literal_len(text: &[u8]) -> usize {
    len_without(text, special, |byte| matches!(byte, 0..0x20 | b'"' | b'\\'))
}

/// How many bytes `text` begins with that Python writes as they are: printable ASCII, but no quotes
/// and backslashes.
pub(super) fn printable_len(text: &[u8]) -> usize {
    len_without(text, special_or_foreign, |byte| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\'))
}

#[inline]
fn len_without(text: &[u8], in_word: impl Fn(u64) -> u64, is: impl Fn(u8) -> bool) -> usize {
    let mut at = 0;
    while let Some(word) = text[at..].first_chunk::<8>() {
        let found = in_word(u64::from_le_bytes(*word));
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    text[at..].iter().position(|byte| is(*byte)).map_or(text.len(), |more| at + more)
}

/// Takes one layer of escapes from the inside of a JSON string, if it has none but those of quotes and
/// backslashes.
pub(crate) fn unescaped(text: &[u8]) -> Option<Vec<u8>> {
    // Words are copied before they are looked at, special bytes included; what is wrong of that is
    // written over by the next one. Copying part after part takes 4 % more instructions for all of
    // decoding a small request.
    let mut out = vec![0; text.len()];
    let (mut from, mut to) = (0, 0);
    while let (Some(word), Some(copy)) =
        (text[from..].first_chunk::<8>(), out.get_mut(to..).and_then(|out| out.first_chunk_mut::<8>()))
    {
        *copy = *word;
        let found = special(u64::from_le_bytes(*word));
        let literal = if found == 0 { 8 } else { found.trailing_zeros() as usize / 8 };
        from += literal;
        to += literal;
        if found != 0 {
            out[to] = escaped(&text[from..])?;
            from += 2;
            to += 1;
        }
    }
    while let Some(byte) = text.get(from) {
        let special = matches!(byte, 0..0x20 | b'"' | b'\\');
        out[to] = if special { escaped(&text[from..])? } else { *byte };
        from += 1 + usize::from(special);
        to += 1;
    }
    out.truncate(to);
    Some(out)
}

/// The character that `text` begins with, a quote or a backslash, escaped.
fn escaped(text: &[u8]) -> Option<u8> {
    match text {
        [b'\\', escaped @ (b'"' | b'\\'), ..] => Some(*escaped),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        vec(prop_oneof![10 => b' '..=255, 1 => 0..=255_u8], 0..40)
    }

    proptest! {
        #[test]
        fn literal_text_ends_at_the_first_special_byte(bytes in bytes()) {
            let expected = bytes.iter().position(|byte| matches!(byte, 0..0x20 | b'"' | b'\\'));
            prop_assert_eq!(literal_len(&bytes), expected.unwrap_or(bytes.len()));
        }

        #[test]
        fn printable_text_ends_where_python_escapes(bytes in vec(prop_oneof![b' '..=b'~', 0..=255_u8], 0..40)) {
            let literal = |byte: &u8| (b' '..=b'~').contains(byte) && !matches!(byte, b'"' | b'\\');
            let expected = bytes.iter().position(|byte| !literal(byte));
            prop_assert_eq!(printable_len(&bytes), expected.unwrap_or(bytes.len()));
        }

        #[test]
        fn one_layer_is_taken(parts in vec(
            prop_oneof![
                Just(r#"\""#.to_owned()), Just(r"\\".to_owned()), "[a-zé]{0,12}", r#"["\\\n]"#, Just("\\u0041".to_owned()),
            ],
            0..8,
        )) {
            let text = parts.concat();
            let whole = format!("\"{text}\"");
            // Other escapes and what has to be escaped are left to the parser.
            let usual = !text.replace(r"\\", "").replace(r#"\""#, "").contains(['\\', '"', '\n']);
            let expected = usual.then(|| serde_json::from_str::<String>(&whole).unwrap().into_bytes());
            prop_assert_eq!(unescaped(text.as_bytes()), expected);
        }
    }
}
