use std::ops::Range;

/// Deeper texts are left to the thorough parser, which does not recurse.
const DEEPEST: u8 = 32;

/// Calls `found` with the name of each member of an object and the range of its value in `json`.
///
/// This is the quick way for messages as they are: one pass and no copies. `None` means nothing
/// but that the text has to be read by the thorough parser: it may be no JSON or no object, have
/// escapes in a name or be nested deeply.
pub(crate) fn members(json: &str, mut found: impl FnMut(&str, Range<usize>)) -> Option<()> {
    let mut scanner = Scanner { json, at: 0 };
    scanner.blanks();
    scanner.items(b'{', b'}', |scanner| {
        let name = scanner.string()?;
        if json[name.clone()].contains('\\') {
            return None;
        }
        scanner.colon()?;
        let start = scanner.at;
        scanner.value(1)?;
        found(&json[name], start..scanner.at);
        Some(())
    })?;
    scanner.blanks();
    (scanner.at == json.len()).then_some(())
}

/// How many bytes `text` begins with that stand for themselves in a JSON string: no quotes,
/// backslashes and control characters.
pub(crate) fn literal_len(text: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let (words, _) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit));
        let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
        // The high bit of a byte is set if that is special. Bytes after the first such one may
        // have it set by a borrow, which does no harm.
        let special = (below(word, 0x20) | is(b'"') | is(b'\\')) & !word & (ONES * 0x80);
        if special != 0 {
            return index * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let tail = words.len() * 8;
    let is_special = |byte: &u8| matches!(byte, 0..0x20 | b'"' | b'\\');
    text[tail..].iter().position(is_special).map_or(text.len(), |at| tail + at)
}

/// Each method passes over what it is named after, or says `None` where that is not.
struct Scanner<'a> {
    json: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn rest(&self) -> &[u8] {
        &self.json.as_bytes()[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.json.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn colon(&mut self) -> Option<()> {
        self.blanks();
        self.eat(b':')?;
        self.blanks();
        Some(())
    }

    /// An array or object; `item` passes over one item, blanks around it excepted.
    fn items(&mut self, open: u8, close: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.eat(open)?;
        self.blanks();
        if self.eat(close).is_some() {
            return Some(());
        }
        loop {
            item(self)?;
            self.blanks();
            if self.eat(close).is_some() {
                return Some(());
            }
            self.eat(b',')?;
            self.blanks();
        }
    }

    fn value(&mut self, depth: u8) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'-' | b'0'..=b'9' => self.number(),
            b'{' if depth < DEEPEST => self.items(b'{', b'}', |scanner| {
                scanner.string()?;
                scanner.colon()?;
                scanner.value(depth + 1)
            }),
            b'[' if depth < DEEPEST => self.items(b'[', b']', |scanner| scanner.value(depth + 1)),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => None,
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.rest().starts_with(word).then(|| self.at += word.len())
    }

    /// Gives the range between the quotes.
    fn string(&mut self) -> Option<Range<usize>> {
        self.eat(b'"')?;
        let start = self.at;
        loop {
            self.at += literal_len(self.rest());
            match self.rest() {
                [b'"', ..] => {
                    self.at += 1;
                    return Some(start..self.at - 1);
                }
                [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => self.at += 2,
                [b'\\', b'u', digits @ ..] if digits.get(..4)?.iter().all(u8::is_ascii_hexdigit) => {
                    self.at += 6
                }
                _ => return None,
            }
        }
    }

    fn number(&mut self) -> Option<()> {
        let _ = self.eat(b'-');
        if self.eat(b'0').is_none() {
            self.digits()?;
        }
        if self.eat(b'.').is_some() {
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let count = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        (count > 0).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn literal_text_ends_at_the_first_special_byte(bytes in proptest::collection::vec(
            prop_oneof![10 => b' '..=255, 1 => 0..=255_u8],
            0..40,
        )) {
            let expected = bytes.iter().position(|byte| matches!(byte, 0..0x20 | b'"' | b'\\'));
            prop_assert_eq!(literal_len(&bytes), expected.unwrap_or(bytes.len()));
        }
    }
}
