//! `$name` and `${name}` in values.

/// A piece of a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Itself.
    Text(&'a str),
    /// The value of the option of this name, which may have a group before a dot.
    Name(&'a str),
}

/// The pieces of a value. `$$` is a `$`, and so is one that neither a name nor one in braces follows.
pub(super) fn pieces(mut rest: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    while let Some(at) = rest.find('$') {
        let (before, sign) = rest.split_at(at);
        let (dollar, behind) = sign.split_at(1);
        pieces.push(Piece::Text(before));
        let braced = behind.strip_prefix('{').and_then(|inner| {
            let name = name(inner)?;
            inner[name.len()..].strip_prefix('}').map(|rest| (name, rest))
        });
        let named = || name(behind).map(|name| (name, &behind[name.len()..]));
        rest = if let Some(behind) = behind.strip_prefix('$') {
            pieces.push(Piece::Text(dollar));
            behind
        } else if let Some((name, rest)) = named().or(braced) {
            pieces.push(Piece::Name(name));
            rest
        } else {
            pieces.push(Piece::Text(dollar));
            behind
        };
    }
    pieces.push(Piece::Text(rest));
    pieces.retain(|piece| *piece != Piece::Text(""));
    pieces
}

/// The name that a text begins with.
fn name(text: &str) -> Option<&str> {
    // The last four are what Python's `re` takes for an ASCII letter if it ignores case.
    let letter = |c: char| c == '_' || c.is_ascii_alphabetic() || "ſıİ\u{212a}".contains(c);
    if !text.starts_with(letter) {
        return None;
    }
    let end = text.find(|c: char| !letter(c) && c != '.' && !c.is_ascii_digit()).unwrap_or(text.len());
    Some(&text[..end])
}

#[cfg(test)]
mod tests {
    use super::Piece::{Name, Text};
    use super::*;

    #[test]
    fn names_and_what_is_none() {
        for (value, expected) in [
            ("", vec![]),
            ("a", vec![Text("a")]),
            ("$a", vec![Name("a")]),
            ("x${a_1}y$b-z", vec![Text("x"), Name("a_1"), Text("y"), Name("b"), Text("-z")]),
            ("$a.b.c/", vec![Name("a.b.c"), Text("/")]),
            ("${g.o}$", vec![Name("g.o"), Text("$")]),
            ("$$a$$$a", vec![Text("$"), Text("a"), Text("$"), Name("a")]),
            ("$5 ${5} ${a", vec![Text("$"), Text("5 "), Text("$"), Text("{5} "), Text("$"), Text("{a")]),
            ("${a-b}", vec![Text("$"), Text("{a-b}")]),
            ("$é", vec![Text("$"), Text("é")]),
        ] {
            assert_eq!(pieces(value), expected, "{value:?}");
        }
    }
}
