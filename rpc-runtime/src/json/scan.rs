use std::ops::Range;

use super::specials::Specials;
use super::tolerant;
use super::unsealed::Unsealed;

/// Deeper texts are left to the thorough parser, which does not recurse.
const DEEPEST: usize = 32;

/// Where in a text the name and the value of a member are, the name without its quotes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    pub(crate) name: Range<usize>,
    pub(crate) value: Range<usize>,
}

/// The members of an object, and those of one object in it.
#[derive(Clone, Debug)]
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
    Scanner::<false>::new(json.as_bytes(), deepest).members(within)
}

/// The same for the inside of a string of JSON, together with the text that is in it. To take the escapes
/// away in a pass of its own takes 6 % more time for all of decoding.
///
/// `None` also if the string has escapes but those of quotes and backslashes.
pub(crate) fn sealed_members(escaped: &[u8], within: &str, deepest: usize) -> Option<(String, Members)> {
    let mut scanner = Scanner::<true>::new(escaped, deepest);
    let members = scanner.members(within)?;
    Some((scanner.text.finish(escaped)?, members))
}

/// Each method passes over what it is named after, or says `None` where that is not.
///
/// A `SEALED` text is in a string: it has a backslash before each quote and each backslash, and no
/// control characters. `depth` is how many arrays and objects are around.
struct Scanner<'a, const SEALED: bool> {
    json: &'a [u8],
    specials: Specials<'a>,
    at: usize,
    deepest: usize,
    /// What is sealed, up to the last escape.
    text: Unsealed,
}

impl<'a, const SEALED: bool> Scanner<'a, SEALED> {
    fn new(json: &'a [u8], deepest: usize) -> Self {
        let text = if SEALED { Unsealed::with_room_for(json) } else { Unsealed::default() };
        Self { json, specials: Specials::new(json), at: 0, deepest: deepest.min(DEEPEST), text }
    }

    fn members(&mut self, within: &str) -> Option<Members> {
        // Room for the members of a call without context.
        let mut members = Members { outer: Vec::with_capacity(8), inner: None };
        self.blanks();
        self.named_items(0, |scanner, name, range| {
            let start = scanner.place();
            if name == within.as_bytes() && scanner.peek() == Some(b'{') {
                let mut inner = Vec::with_capacity(4);
                scanner.named_items(1, |scanner, _, name| {
                    let start = scanner.place();
                    scanner.value(2)?;
                    inner.push(Member { name, value: start..scanner.place() });
                    Some(())
                })?;
                members.inner = Some((start, inner));
            } else {
                scanner.value(1)?;
            }
            members.outer.push(Member { name: range, value: start..scanner.place() });
            Some(())
        })?;
        self.blanks();
        (self.at == self.json.len()).then_some(members)
    }

    /// Where in the text that is not sealed the scanner is.
    fn place(&self) -> usize {
        if SEALED { self.text.place(self.at) } else { self.at }
    }

    fn rest(&self) -> &'a [u8] {
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
        while self.peek().is_some_and(|byte| byte == b' ' || !SEALED && matches!(byte, b'\t' | b'\n' | b'\r'))
        {
            self.at += 1;
        }
    }

    /// A comma or colon with the blanks around it. Python writes one blank after it: to expect that saves 2 %
    /// of the instructions that decoding takes.
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

    /// An object; `value` gets a name, which has no escapes, with its place and passes over its value.
    fn named_items(
        &mut self,
        depth: usize,
        mut value: impl FnMut(&mut Self, &[u8], Range<usize>) -> Option<()>,
    ) -> Option<()> {
        if self.peek() != Some(b'{') {
            return None;
        }
        self.items(depth, b'}', |scanner| {
            scanner.quote()?;
            let (start, place) = (scanner.at, scanner.place());
            scanner.literal();
            let name = &scanner.json[start..scanner.at];
            scanner.quote()?;
            scanner.mark(b':')?;
            value(scanner, name, place..place + name.len())
        })
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'"' | b'\\' => self.string(),
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

    /// Inlined, without what is rare: 3 % of decoding 16 KiB.
    #[inline(always)]
    fn string(&mut self) -> Option<()> {
        self.quote()?;
        self.literal();
        if self.quote().is_some() { Some(()) } else { self.rest_of_string() }
    }

    /// The rest of a string with escapes.
    #[inline(never)]
    fn rest_of_string(&mut self) -> Option<()> {
        loop {
            self.escape()?;
            self.literal();
            if self.quote().is_some() {
                return Some(());
            }
        }
    }

    /// A quote around a string. Calls of it take 8 % of decoding a small request.
    #[inline(always)]
    fn quote(&mut self) -> Option<()> {
        self.escaped_around(b'"')
    }

    /// A byte that the string around has a backslash before.
    #[inline(always)]
    fn escaped_around(&mut self, byte: u8) -> Option<()> {
        if !SEALED {
            return self.eat(byte);
        }
        let [b'\\', sealed, ..] = self.rest() else { return None };
        if *sealed != byte {
            return None;
        }
        self.unseal();
        self.at += 1;
        Some(())
    }

    /// What stands for itself in a string.
    #[inline]
    fn literal(&mut self) {
        self.at = self.specials.next(self.at);
    }

    fn escape(&mut self) -> Option<()> {
        self.backslash()?;
        // The other backslash of an escaped backslash is sealed as well.
        if self.backslash().is_some() {
            return Some(());
        }
        match self.peek() {
            _ if self.quote().is_some() => {}
            Some(b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => match self.unit()? {
                0xd800..=0xdbff => {
                    self.backslash()?;
                    if !matches!(self.unit()?, 0xdc00..=0xdfff) {
                        return None;
                    }
                }
                0xdc00..=0xdfff => return None,
                _ => {}
            },
            _ => return None,
        }
        Some(())
    }

    fn backslash(&mut self) -> Option<()> {
        self.escaped_around(b'\\')
    }

    /// Leaves out the backslash that the string around puts here.
    #[inline]
    fn unseal(&mut self) {
        self.text.leave_out(self.json, self.at);
        self.at += 1;
    }

    /// The UTF-16 unit of an escape, from its `u` on.
    fn unit(&mut self) -> Option<u16> {
        let unit = tolerant::unit(self.rest())?;
        self.at += 5;
        Some(unit)
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
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn sealed(text: &str) -> String {
        text.replace('\\', "\\\\").replace('"', "\\\"")
    }

    proptest! {
        #[test]
        fn a_sealed_text_has_the_members_of_the_open_one(
            name in "[a-zé]{0,70}",
            strings in vec(
                prop_oneof![
                    "[a-zé ]{0,70}", Just(r#"\"\\\/\b\f\n\r\t"#.to_owned()), Just("\\u00e9\\ud83d\\ude00".to_owned()),
                    Just("\\ud83d".to_owned()), Just("\\ude00".to_owned()), Just("\\ud83d\\u0041".to_owned()),
                    Just("\\".to_owned()), Just("\u{1}".to_owned()),
                ],
                0..4,
            ),
        ) {
            let text = format!(r#" {{ "{name}" : ["{}"], "x": {{"{name}": -1.5, "b": {{}}}}}}"#, strings.concat());
            let expected = members(&text, "x", 9).filter(|_| !text.contains('\u{1}'));
            let found = sealed_members(sealed(&text).as_bytes(), "x", 9);
            prop_assert_eq!(found.is_some(), expected.is_some());
            if let (Some((unsealed, found)), Some(expected)) = (found, expected) {
                prop_assert_eq!(unsealed, text);
                prop_assert_eq!(found.outer, expected.outer);
                prop_assert_eq!(found.inner, expected.inner);
            }
        }

        #[test]
        fn what_is_not_sealed_properly_is_left_to_the_parser(tokens in vec(
            prop_oneof![
                6 => Just(r#"\""#),
                6 => prop::sample::select(vec![
                    r"\\", r"\\", "\"", "\\", "n", "u0041", "ud83d", "ude00", ",", ":", "{", "}", " ", "\n", "é",
                ]),
            ],
            0..12,
        )) {
            let sealed = format!(r#"{{\"a\": \"{}\"}}"#, tokens.concat());
            if let Some((unsealed, found)) = sealed_members(sealed.as_bytes(), "", 9) {
                let parsed: String = serde_json::from_str(&format!("\"{sealed}\"")).unwrap();
                prop_assert_eq!(&unsealed, &parsed);
                prop_assert_eq!(found.outer, members(&parsed, "", 9).unwrap().outer);
            }
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_not_sealed() {
        assert!(sealed_members(b"{\\\"a\\\": \\\"\xff\\\"}", "", 9).is_none());
    }
}
