/// Whether arrays and objects of `json` are nested in each other deeper than `limit`.
///
/// Only exact for valid JSON; a text that is not may give either answer.
pub(crate) fn deeper_than(json: &str, limit: usize) -> bool {
    // A text with few brackets can't be deep. Sums of bytes are vectorised, following strings is
    // not. No sum overflows, as a chunk is no longer than a byte can count.
    let is_bracket = |byte: &u8| u8::from(matches!(byte, b'[' | b'{'));
    let chunks = json.as_bytes().chunks(255);
    let brackets: usize = chunks.map(|chunk| usize::from(chunk.iter().map(is_bracket).sum::<u8>())).sum();
    brackets > limit && depth_exceeds(json, limit)
}

fn depth_exceeds(json: &str, limit: usize) -> bool {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                bytes.next();
            }
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_counts_and_number_of_brackets_does_not() {
        assert!(!deeper_than("[[],[],[],{}]", 2));
        assert!(deeper_than("[[],[{}]]", 2));
        assert!(!deeper_than(r#"["[[[", "\"[[["]"#, 1));
        assert!(deeper_than(&"[".repeat(1_000_000), 128));
    }
}
