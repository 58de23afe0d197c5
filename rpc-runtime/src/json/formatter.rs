use std::io::{self, Write};

use serde_json::ser::{CharEscape, Formatter};

use super::float;
use super::literal::{is_printable, printable_len};

/// Writes scalars, unusual strings and keys with Python's escapes and floats, for a text that is `LEVEL`
/// JSON strings deep.
///
/// Each enclosing string puts a backslash before every quote and doubles every backslash. Nothing
/// else needs escaping there, because the text has no control characters and nothing beyond ASCII.
pub(super) struct PythonFormatter<const LEVEL: u8>;

/// A quote, as it is written `level` strings deep.
pub(crate) const fn quote(level: u8) -> &'static [u8] {
    match level {
        0 => b"\"",
        1 => b"\\\"",
        _ => b"\\\\\\\"",
    }
}

/// The same with the comma before a name.
pub(super) const fn quote_after_comma(level: u8) -> &'static [u8] {
    match level {
        0 => b", \"",
        1 => b", \\\"",
        _ => b", \\\\\\\"",
    }
}

/// The same with the colon after a name.
pub(super) const fn quote_before_colon(level: u8) -> &'static [u8] {
    match level {
        0 => b"\": ",
        1 => b"\\\": ",
        _ => b"\\\\\\\": ",
    }
}

/// A backslash, as it is written `level` strings deep.
const fn backslash(level: u8) -> &'static [u8] {
    match level {
        0 => b"\\",
        1 => b"\\\\",
        _ => b"\\\\\\\\",
    }
}

/// Python leaves the characters from space to tilde as they are.
const fn is_literal(byte: u8) -> bool {
    byte < 0x7f
}

impl<const LEVEL: u8> Formatter for PythonFormatter<LEVEL> {
    fn write_f32<W: ?Sized + Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        float::write_f32(writer, value)
    }

    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        float::write_f64(writer, value)
    }

    fn begin_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(quote(LEVEL))
    }

    fn end_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(quote(LEVEL))
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        // Almost every text is.
        if is_printable(text.as_bytes()) {
            return writer.write_all(text.as_bytes());
        }
        let mut done = 0;
        for (at, character) in text.char_indices() {
            if !character.is_ascii() || !is_literal(character as u8) {
                writer.write_all(&text.as_bytes()[done..at])?;
                write_escaped::<LEVEL, W>(writer, character)?;
                done = at + character.len_utf8();
            }
        }
        writer.write_all(&text.as_bytes()[done..])
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        let letter: &[u8] = match escape {
            CharEscape::Quote => quote(LEVEL),
            CharEscape::ReverseSolidus => backslash(LEVEL),
            CharEscape::Solidus => return writer.write_all(b"/"),
            CharEscape::Backspace => b"b",
            CharEscape::FormFeed => b"f",
            CharEscape::LineFeed => b"n",
            CharEscape::CarriageReturn => b"r",
            CharEscape::Tab => b"t",
            CharEscape::AsciiControl(byte) => return write_unit::<LEVEL, W>(writer, byte.into()),
        };
        writer.write_all(backslash(LEVEL))?;
        writer.write_all(letter)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    /// Objects are written without this; it is only for the keys in them.
    fn begin_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        Ok(())
    }

    fn write_raw_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, json: &str) -> io::Result<()> {
        let mut outcome = Ok(());
        escape_raw::<LEVEL>(json, |part| {
            if outcome.is_ok() {
                outcome = writer.write_all(part);
            }
        });
        outcome
    }
}

/// Hands over `json`, which is valid JSON text, piece by piece in the form of `LEVEL`.
#[inline]
pub(super) fn escape_raw<const LEVEL: u8>(json: &str, mut emit: impl FnMut(&[u8])) {
    let mut rest = json;
    loop {
        let (plain, special) = rest.split_at(printable_len(rest.as_bytes()));
        emit(plain.as_bytes());
        let mut characters = special.chars();
        let Some(character) = characters.next() else { return };
        rest = characters.as_str();
        match character {
            '"' => emit(quote(LEVEL)),
            '\\' => emit(backslash(LEVEL)),
            // Valid JSON has these between tokens only.
            '\n' | '\r' | '\t' => emit(b" "),
            _ => {
                let mut escaped = [0; 24];
                let room = escaped.len();
                let mut unused = &mut escaped[..];
                // Two units of at most nine bytes fit.
                let _ = write_escaped::<LEVEL, _>(&mut unused, character);
                let used = room - unused.len();
                emit(&escaped[..used]);
            }
        }
    }
}

/// Writes a character as one `\uXXXX` or, beyond the basic plane, as a surrogate pair.
fn write_escaped<const LEVEL: u8, W: ?Sized + Write>(writer: &mut W, character: char) -> io::Result<()> {
    let mut units = [0; 2];
    for unit in character.encode_utf16(&mut units) {
        write_unit::<LEVEL, W>(writer, *unit)?;
    }
    Ok(())
}

fn write_unit<const LEVEL: u8, W: ?Sized + Write>(writer: &mut W, unit: u16) -> io::Result<()> {
    let hex = |shift: u16| b"0123456789abcdef"[usize::from(unit >> shift & 0xf)];
    writer.write_all(backslash(LEVEL))?;
    writer.write_all(&[b'u', hex(12), hex(8), hex(4), hex(0)])
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::super::write;

    const PLAIN: u8 = 0;

    fn text<const LEVEL: u8>(value: &(impl serde::Serialize + ?Sized)) -> String {
        let mut out = Vec::new();
        write::<LEVEL, _>(&mut out, value).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn separators_and_escapes_of_python() {
        let value = serde_json::json!({"a": [1, true, null], "b": {}, "c": []});
        assert_eq!(text::<PLAIN>(&value), r#"{"a": [1, true, null], "b": {}, "c": []}"#);
        assert_eq!(
            text::<PLAIN>("\0\x01\t\n\r\x08\x0c\"\\/ é \x7f \u{2028} 😀"),
            r#""\u0000\u0001\t\n\r\b\f\"\\/ \u00e9 \u007f \u2028 \ud83d\ude00""#
        );
    }

    #[test]
    fn a_deeper_text_is_the_escaped_shallower_one() {
        let value = serde_json::json!({"k\"\\\n": ["é\x7f", "\u{10ffff}", 1.5], "": {"x": "\\"}});
        let plain = text::<PLAIN>(&value);
        let escape = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        assert_eq!(text::<1>(&value), escape(&plain));
        assert_eq!(text::<2>(&value), escape(&escape(&plain)));
    }

    #[test]
    fn raw_values_become_ascii() {
        let raw =
            RawValue::from_string("{\"k\":\n[\t\"é\\n\x7f\u{1f600}\", 12345678901234567890123]}".into());
        assert_eq!(
            text::<PLAIN>(&*raw.unwrap()),
            r#"{"k": [ "\u00e9\n\u007f\ud83d\ude00", 12345678901234567890123]}"#
        );
    }

    #[test]
    fn keys_that_are_scalars() {
        let value = std::collections::BTreeMap::from([(1_u128 << 100, 1), (2, 2)]);
        assert_eq!(text::<PLAIN>(&value), r#"{"2": 2, "1267650600228229401496703205376": 1}"#);
    }
}
