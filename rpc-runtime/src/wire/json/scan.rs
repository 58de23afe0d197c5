use std::ops::Range;

use super::literal::literal_len;
use super::tolerant;

/// Deeper texts are left to the thorough parser, which does not recurse.
const DEEPEST: usize = 32;

/// Where in a text the name and the value of a member are, the name without its quotes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    pub(crate) name: Range<usize>,
    pub(crate) value: Range<usize>,
}

/// The members of an object, and those of one object in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members {
    pub(crate) outer: Vec<Member>,
    /// The members of the last object that has the name which was asked for, and where it begins.
    pub(crate) inner: Option<(usize, Vec<Member>)>,
}

/// Finds the members of the object `json`, and of the objects called `within` among them.
///
/// This is the quick way for messages as they are: one pass and no copies. `None` means nothing but
/// that the text has to be read by the thorough parser: it may be no JSON or no object, have escapes
/// in a name or lone surrogates anywhere, or be nested deeply or deeper than `deepest` levels.
pub(crate) fn members(json: &str, within: &str, deepest: usize) -> Option<Members> {
    let mut scanner = Scanner { json: json.as_bytes(), at: 0, deepest: deepest.min(DEEPEST) };
    let mut members = Members::default();
    scanner.blanks();
    scanner.named_items(0, |scanner, name| {
        if members.outer.is_empty() {
            // Room for the members of a call without context.
            members.outer.reserve(8);
        }
        let start = scanner.at;
        if scanner.json[name.clone()] == *within.as_bytes() && scanner.peek() == Some(b'{') {
            let mut inner = Vec::new();
            scanner.named_items(1, |scanner, name| {
                let start = scanner.at;
                scanner.value(2)?;
                inner.push(Member { name, value: start..scanner.at });
                Some(())
            })?;
            members.inner = Some((start, inner));
        } else {
            scanner.value(1)?;
        }
        members.outer.push(Member { name, value: start..scanner.at });
        Some(())
    })?;
    scanner.blanks();
    (scanner.at == json.len()).then_some(members)
}

/// Each method passes over what it is named after, or says `None` where that is not.
///
/// `depth` is how many arrays and objects are around.
struct Scanner<'a> {
    /// Text, so that the bytes between two quotes are text again.
    json: &'a [u8],
    at: usize,
    deepest: usize,
}

impl Scanner<'_> {
    fn rest(&self) -> &[u8] {
        &self.json[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    #[inline]
    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// A comma or colon with the blanks around it. Python writes one blank after it: to expect that, and
    /// no escapes in [`Self::string`], saves 3 % of the instructions that decoding takes.
    #[inline]
    fn mark(&mut self, mark: u8) -> Option<()> {
        if let [first, b' ', next, ..] = self.rest()
            && *first == mark
            && *next > b' '
        {
            self.at += 2;
            return Some(());
        }
        self.blanks();
        self.eat(mark)?;
        self.blanks();
        Some(())
    }

    /// An array or object; `item` passes over one item, blanks around it excepted.
    fn items(
        &mut self,
        depth: usize,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        if depth >= self.deepest {
            return None;
        }
        self.at += 1;
        self.blanks();
        if self.eat(close).is_some() {
            return Some(());
        }
        loop {
            item(self)?;
            if self.mark(b',').is_none() {
                return self.eat(close);
            }
        }
    }

    /// An object; `value` gets the range of a name, which has no escapes, and passes over its value.
    fn named_items(
        &mut self,
        depth: usize,
        mut value: impl FnMut(&mut Self, Range<usize>) -> Option<()>,
    ) -> Option<()> {
        if self.peek() != Some(b'{') {
            return None;
        }
        self.items(depth, b'}', |scanner| {
            let start = scanner.at + 1;
            let escapes = scanner.string()?;
            if escapes {
                return None;
            }
            let name = start..scanner.at - 1;
            scanner.mark(b':')?;
            value(scanner, name)
        })
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'-' | b'0'..=b'9' => self.number(),
            b'{' => self.items(depth, b'}', |scanner| {
                scanner.string()?;
                scanner.mark(b':')?;
                scanner.value(depth + 1)
            }),
            b'[' => self.items(depth, b']', |scanner| scanner.value(depth + 1)),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => None,
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.rest().starts_with(word).then(|| self.at += word.len())
    }

    /// Says whether there are escapes in it.
    #[inline]
    fn string(&mut self) -> Option<bool> {
        self.eat(b'"')?;
        self.at += literal_len(self.rest());
        if self.eat(b'"').is_some() {
            return Some(false);
        }
        self.escaped_string()?;
        Some(true)
    }

    /// The rest of a string, from an escape on.
    fn escaped_string(&mut self) -> Option<()> {
        loop {
            match self.rest() {
                [b'"', ..] => {
                    self.at += 1;
                    return Some(());
                }
                [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => self.at += 2,
                [b'\\', b'u', ..] => self.at += character_len(self.rest())?,
                _ => return None,
            }
            self.at += literal_len(self.rest());
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

/// The length of the `\uXXXX` that `text` begins with, or of two if they are one character.
fn character_len(text: &[u8]) -> Option<usize> {
    match tolerant::unit(text)? {
        0xd800..=0xdbff => matches!(tolerant::unit(&text[6..])?, 0xdc00..=0xdfff).then_some(12),
        0xdc00..=0xdfff => None,
        _ => Some(6),
    }
}
