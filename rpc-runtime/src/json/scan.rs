use std::collections::HashSet;
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
#[derive(Clone, Debug)]
pub(crate) struct Members {
    pub(crate) outer: Vec<Member>,
    /// The members of the last object that has the name which was asked for, and where it begins.
    pub(crate) inner: Option<(usize, Vec<Member>)>,
}

/// From how many members on names are looked for that occur again.
const MANY: usize = 256;

/// Adds a member to those of one object, whose names are in `names`.
///
/// Of a name that occurs again only the last value counts. Before a long list would grow, those before it go: it
/// takes no more memory than twice as many members as there are names, however often a sender repeats one.
#[inline]
pub(crate) fn push(members: &mut Vec<Member>, names: &[u8], member: Member) {
    if members.len() == members.capacity() && members.len() >= MANY {
        keep_last(members, names);
    }
    members.push(member);
}

#[cold]
fn keep_last(members: &mut Vec<Member>, names: &[u8]) {
    let mut seen = HashSet::with_capacity(MANY);
    members.reverse();
    members.retain(|member| seen.insert(&names[member.name.clone()]));
    members.reverse();
    drop(seen);
    // If they are names of their own, this is not done again before there are twice as many.
    members.reserve(members.len());
}

/// Finds the members of the object `json`, and of the objects called `within` among them.
///
/// This is the quick way for messages as they are: one pass and no copies. `None` means nothing but
/// that the text has to be read by the thorough parser: it may be no JSON or no object, have escapes
/// in a name or lone surrogates anywhere, or be nested deeply or deeper than `deepest` levels.
pub(crate) fn members(json: &str, within: &str, deepest: usize) -> Option<Members> {
    Scanner { json: json.as_bytes(), at: 0, deepest: deepest.min(DEEPEST) }.members(within)
}

/// Each method passes over what it is named after, or says `None` where that is not.
///
/// `depth` is how many arrays and objects are around.
struct Scanner<'a> {
    json: &'a [u8],
    at: usize,
    deepest: usize,
}

impl<'a> Scanner<'a> {
    fn members(&mut self, within: &str) -> Option<Members> {
        // Room for the members of a call without context.
        let mut members = Members { outer: Vec::with_capacity(8), inner: None };
        self.blanks();
        self.named_items(0, |scanner, name, range| {
            let start = scanner.at;
            if name == within.as_bytes() && scanner.peek() == Some(b'{') {
                let mut inner = Vec::with_capacity(4);
                scanner.named_items(1, |scanner, _, name| {
                    let start = scanner.at;
                    scanner.value(2)?;
                    push(&mut inner, scanner.json, Member { name, value: start..scanner.at });
                    Some(())
                })?;
                members.inner = Some((start, inner));
            } else {
                scanner.value(1)?;
            }
            push(&mut members.outer, scanner.json, Member { name: range, value: start..scanner.at });
            Some(())
        })?;
        self.blanks();
        (self.at == self.json.len()).then_some(members)
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
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
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
            let start = scanner.at;
            scanner.literal();
            let name = start..scanner.at;
            scanner.quote()?;
            scanner.mark(b':')?;
            value(scanner, &scanner.json[name.clone()], name)
        })
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'"' => self.string(),
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

    fn quote(&mut self) -> Option<()> {
        self.eat(b'"')
    }

    /// What stands for itself in a string.
    #[inline]
    fn literal(&mut self) {
        self.at += literal_len(self.rest());
    }

    fn escape(&mut self) -> Option<()> {
        self.eat(b'\\')?;
        match self.peek()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
            b'u' => match self.unit()? {
                0xd800..=0xdbff => {
                    self.eat(b'\\')?;
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
