//! What strings consist of that needs no escapes.

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGH: u64 = ONES * 0x80;

/// Whether a byte stands for something else in a JSON string: quotes, backslashes and control characters.
///
/// Without branches, so that a loop over many bytes can be vectorised.
pub(super) const fn is_special(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}

/// How many bytes `text` begins with that stand for themselves in a JSON string.
#[inline]
pub(crate) fn literal_len(text: &[u8]) -> usize {
    len_without(text, special, is_special)
}

/// Has the high bit of each byte set that is [special](is_special). Bytes after the first such one may have
/// it set by a borrow, which does no harm.
const fn special(word: u64) -> u64 {
    let found =
        below(word, 0x20) | below(word ^ (ONES * b'"' as u64), 1) | below(word ^ (ONES * b'\\' as u64), 1);
    found & !word & HIGH
}

/// The same for each byte that Python escapes: all but printable ASCII, and of that quotes and backslashes.
const fn escaped(word: u64) -> u64 {
    let foreign = word | (word & !HIGH).wrapping_add(ONES);
    special(word) | foreign & HIGH
}

const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * limit as u64)
}

/// Without branches, as [`is_special`].
const fn is_escaped(byte: u8) -> bool {
    is_special(byte) | (byte > b'~')
}

/// Whether Python writes all of `text` as it is.
pub(super) fn is_printable(text: &[u8]) -> bool {
    // The last part overlaps the one before it, so that no byte is looked at alone.
    if let Some(last) = text.last_chunk::<16>() {
        let (parts, _) = text.as_chunks::<16>();
        let found = |part: &[u8; 16]| part.iter().fold(false, |found, byte| found | is_escaped(*byte));
        !parts.iter().fold(found(last), |any, part| any | found(part))
    } else if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        escaped(u64::from_le_bytes(*first)) | escaped(u64::from_le_bytes(*last)) == 0
    } else {
        !text.iter().any(|byte| is_escaped(*byte))
    }
}

/// How many bytes `text` begins with that Python writes as they are.
pub(super) fn printable_len(text: &[u8]) -> usize {
    len_without(text, escaped, is_escaped)
}

/// How many bytes `text` begins with that are not found: `in_word` looks at eight of them together.
#[inline]
fn len_without(text: &[u8], in_word: impl Fn(u64) -> u64, is_found: impl Fn(u8) -> bool) -> usize {
    let mut at = 0;
    while let Some(word) = text[at..].first_chunk::<8>() {
        let found = in_word(u64::from_le_bytes(*word));
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    text[at..].iter().position(|byte| is_found(*byte)).map_or(text.len(), |more| at + more)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn printable_text_ends_where_python_escapes(bytes in vec(prop_oneof![9 => b' '..=b'~', 1 => 0..=255_u8], 0..40)) {
            let literal = |byte: &u8| (b' '..=b'~').contains(byte) && !matches!(byte, b'"' | b'\\');
            let expected = bytes.iter().position(|byte| !literal(byte));
            prop_assert_eq!(printable_len(&bytes), expected.unwrap_or(bytes.len()));
            prop_assert_eq!(is_printable(&bytes), expected.is_none());
        }
    }
}
