//! A text inside a string of another text.

use super::literal::literal_len;

/// The text that the inside of a string holds, if nothing in that is escaped but quotes and backslashes.
///
/// `None` means nothing but that the string is left to `serde_json`: it may have other escapes, or be no
/// string or no text at all. A string that was made of ASCII text without control characters has no others.
pub(crate) fn unsealed(sealed: &[u8]) -> Option<String> {
    let mut text = Vec::with_capacity(sealed.len());
    let mut rest = sealed;
    loop {
        let (literal, special) = rest.split_at(literal_len(rest));
        text.extend_from_slice(literal);
        match special {
            [] => return String::from_utf8(text).ok(),
            [b'\\', byte @ (b'"' | b'\\'), after @ ..] => {
                text.push(*byte);
                rest = after;
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn sealed(text: &str) -> String {
        text.replace('\\', "\\\\").replace('"', "\\\"")
    }

    proptest! {
        #[test]
        fn what_was_sealed_comes_out(text in r#"([a-zé\\" ]{0,20}|\PC){0,9}"#) {
            prop_assert_eq!(unsealed(sealed(&text).as_bytes()), Some(text));
        }

        #[test]
        fn what_is_not_sealed_properly_is_left_to_serde_json(tokens in vec(
            prop_oneof![
                6 => Just(r#"\""#),
                6 => prop::sample::select(vec![
                    r"\\", r"\\", "\"", "\\", "n", "u0041", "ud83d", "ude00", ",", ":", "{", "}", " ", "\n", "é",
                ]),
            ],
            0..12,
        )) {
            let sealed = format!(r#"{{\"a\": \"{}\"}}"#, tokens.concat());
            let parsed = serde_json::from_str::<String>(&format!("\"{sealed}\"")).ok();
            let text = unsealed(sealed.as_bytes());
            // Other escapes are all that makes a difference.
            let others = ["\\n", "\\u"].iter().any(|escape| sealed.replace("\\\\", "").contains(escape));
            prop_assert_eq!(text, parsed.filter(|_| !others));
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_not_sealed() {
        assert_eq!(unsealed(b"{\\\"a\\\": \\\"\xff\\\"}"), None);
        assert_eq!(unsealed(b"a\\"), None);
        assert_eq!(unsealed(b""), Some(String::new()));
    }
}
