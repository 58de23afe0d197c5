//! Patterns as Python's `fnmatch` has them.

/// The longest pattern, in bytes: no event type is nearly as long.
const LONGEST: usize = 4096;

/// A pattern of a whole text: `*` is anything, `?` one character, `[a-c]` one of these and `[!a-c]` one of the others.
#[derive(Debug, Clone)]
pub(super) struct Glob(Vec<Piece>);

/// What a pattern has at one place.
#[derive(Debug, Clone)]
enum Piece {
    /// Any number of characters.
    Any,
    /// One character, whatever it is.
    One,
    Literal(char),
    OneOf(Set),
}

impl Glob {
    /// Every text is a pattern, but one that is too long.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        if pattern.len() > LONGEST {
            return None;
        }
        let (mut pieces, mut rest) = (Vec::new(), pattern);
        while let Some(first) = rest.chars().next() {
            rest = &rest[first.len_utf8()..];
            pieces.push(match first {
                '*' => {
                    rest = rest.trim_start_matches('*');
                    Piece::Any
                }
                '?' => Piece::One,
                '[' => match Set::split(rest) {
                    Some((set, after)) => {
                        rest = after;
                        Piece::OneOf(set)
                    }
                    None => Piece::Literal('['),
                },
                literal => Piece::Literal(literal),
            });
        }
        Some(Self(pieces))
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let (mut at, mut rest) = (0, text.chars());
        // Where to go on if what follows the last `*` does not match: that one stands for a character more. An earlier
        // one need not be asked again, as what is between the two matched as soon as it could.
        let mut again = None;
        loop {
            let before = rest.clone();
            match (self.0.get(at), rest.next()) {
                (None, None) => return true,
                (Some(Piece::Any), _) => {
                    (at, rest) = (at + 1, before);
                    again = Some((at, rest.clone()));
                }
                (Some(piece), Some(character)) if piece.takes(character) => at += 1,
                _ => {
                    let Some((after, tried)) = &mut again else { return false };
                    if tried.next().is_none() {
                        return false;
                    }
                    (at, rest) = (*after, tried.clone());
                }
            }
        }
    }
}

impl Piece {
    fn takes(&self, character: char) -> bool {
        match self {
            Self::Any | Self::One => true,
            Self::Literal(literal) => *literal == character,
            Self::OneOf(set) => set.has(character),
        }
    }
}

/// What is between the brackets.
#[derive(Debug, Clone)]
struct Set {
    negated: bool,
    /// From one character to another, both included; there is none from a higher to a lower one.
    ranges: Vec<(char, char)>,
}

impl Set {
    /// The set that a pattern goes on with behind its bracket, and what comes after it; none if it has no end.
    fn split(pattern: &str) -> Option<(Self, &str)> {
        let (negated, inside) = match pattern.strip_prefix('!') {
            Some(inside) => (true, inside),
            None => (false, pattern),
        };
        // A bracket that comes first is one of the characters.
        let from = usize::from(inside.starts_with(']'));
        let end = from + inside[from..].find(']')?;
        let (mut characters, mut ranges) = (inside[..end].chars(), Vec::new());
        while let Some(first) = characters.next() {
            let mut ahead = characters.clone();
            let last = match (ahead.next(), ahead.next()) {
                (Some('-'), Some(last)) => {
                    characters = ahead;
                    last
                }
                _ => first,
            };
            if first <= last {
                ranges.push((first, last));
            }
        }
        Some((Self { negated, ranges }, &inside[end + 1..]))
    }

    fn has(&self, character: char) -> bool {
        let listed = self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&character));
        listed != self.negated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_fnmatch_has_it() {
        for (pattern, text, matches) in [
            ("compute.*", "compute.instance.create", true),
            ("compute.*", "compute", false),
            ("compute.*", "xcompute.a", false),
            ("*.end", "a.end", true),
            ("*.end", "a.end.b", false),
            ("**a**", "bab", true),
            ("a?c", "abc", true),
            ("a?c", "aéc", true),
            ("a?c", "a\nc", true),
            ("a?c", "ac", false),
            ("a.c", "abc", false),
            ("A", "a", false),
            ("[ab]c", "bc", true),
            ("[!ab]c", "bc", false),
            ("[!ab]c", "xc", true),
            ("[a-c]", "b", true),
            ("[a-c-e]", "-", true),
            ("[a-c-e]", "d", false),
            ("[a-]", "-", true),
            ("[-a]", "-", true),
            ("[--a]", "0", true),
            ("[c-a]", "b", false),
            ("[c-a]", "c-a", false),
            ("[!c-a]", "b", true),
            ("[a--c]", "c", true),
            ("[a--c]", "b", false),
            ("[]a]", "]", true),
            ("[!]a]", "]", false),
            ("[!]a]", "b", true),
            ("[a", "[a", true),
            ("[]", "[]", true),
            ("[!]", "[!]", true),
            ("[^a]", "^", true),
            ("[a^]", "^", true),
            (r"[\d]", "d", true),
            (r"[\d]", "5", false),
            ("[&&~~||[]", "[", true),
            ("[é-ü]", "ö", true),
            (r"\*", r"\a", true),
            (r"\*", "*", false),
            ("a{1,2}|b", "a{1,2}|b", true),
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*?", "", false),
            ("?*a*b", "xaab", true),
            ("*ab*ab", "abxab", true),
            ("*ab*ab", "abab", true),
            ("*ab*ab", "xab", false),
            ("a*[bc]d", "abdcd", true),
            ("*aab", "aaab", true),
        ] {
            assert_eq!(Glob::new(pattern).unwrap().matches(text), matches, "{pattern:?} {text:?}");
        }
    }

    #[test]
    fn a_long_pattern_is_none_or_matches_soon() {
        let glob = Glob::new(&"*a".repeat(1000)).unwrap();
        assert!(!glob.matches(&"a".repeat(999)) && glob.matches(&"a".repeat(1000)));
        assert!(Glob::new(&"[!é]".repeat(LONGEST / 5)).is_some());
        assert!(Glob::new(&"a".repeat(LONGEST + 1)).is_none());
    }

    #[test]
    fn many_long_patterns_take_little() {
        let began = std::time::Instant::now();
        let text = "a".repeat(10_000);
        for n in 0..250 {
            let glob = Glob::new(&format!("{}{n}", "[!é]?*".repeat(500))).unwrap();
            assert!(!glob.matches(&text));
            assert!(glob.matches(&format!("{text}{n}")));
        }
        // As regular expressions they took minutes, and a gigabyte.
        assert!(began.elapsed() < std::time::Duration::from_secs(30));
    }
}
