//! Patterns as Python's `fnmatch` has them.

use regex::Regex;

/// The longest pattern, in bytes: no event type is nearly as long.
const LONGEST: usize = 4096;

/// A pattern of a whole text: `*` is anything, `?` one character, `[a-c]` one of these and `[!a-c]` one of the others.
#[derive(Debug, Clone)]
pub(super) struct Glob(Regex);

impl Glob {
    /// Every text is a pattern, but one that is too long.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        if pattern.len() > LONGEST {
            return None;
        }
        let mut regex = r"(?s)\A".to_owned();
        let mut rest = pattern;
        while let Some(first) = rest.chars().next() {
            rest = &rest[first.len_utf8()..];
            match first {
                '*' => {
                    rest = rest.trim_start_matches('*');
                    regex.push_str(".*");
                }
                '?' => regex.push('.'),
                '[' => match Set::split(rest) {
                    Some((set, after)) => {
                        set.write(&mut regex);
                        rest = after;
                    }
                    None => regex.push_str(r"\["),
                },
                literal => regex.push_str(&regex::escape(literal.encode_utf8(&mut [0; 4]))),
            }
        }
        regex.push_str(r"\z");
        Regex::new(&regex).ok().map(Self)
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

/// What is between the brackets.
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

    fn write(&self, regex: &mut String) {
        const ALL: &str = r"\x{0}-\x{10FFFF}";
        let ranges = self
            .ranges
            .iter()
            .map(|(first, last)| format!(r"\x{{{:X}}}-\x{{{:X}}}", u32::from(*first), u32::from(*last)));
        let class = match (self.negated, self.ranges.is_empty()) {
            (false, false) => format!("[{}]", ranges.collect::<String>()),
            (true, false) => format!("[^{}]", ranges.collect::<String>()),
            (false, true) => format!("[^{ALL}]"),
            (true, true) => format!("[{ALL}]"),
        };
        regex.push_str(&class);
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
}
