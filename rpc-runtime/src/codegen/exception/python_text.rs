//! Values in texts, as Python writes them there.

use std::fmt::{self, Formatter, Write as _};

use serde::Serialize;
use serde_json::{Number, Value};

use super::value;
use crate::json;

/// A value as `%(name)s` has it: Python's `str` of what a Python caller gets.
#[derive(Debug)]
pub struct Str<'a, T: ?Sized>(pub &'a T);

/// A value as `%(name)r` has it: Python's `repr`.
#[derive(Debug)]
pub struct Repr<'a, T: ?Sized>(pub &'a T);

/// A number as `%(name)d` has it, without a fraction; what is none as [`Str`].
#[derive(Debug)]
pub struct Decimal<'a, T: ?Sized>(pub &'a T);

/// An integer as `%(name)x` has it; what is none as [`Str`].
#[derive(Debug)]
pub struct Hexadecimal<'a, T: ?Sized>(pub &'a T);

impl<T: Serialize + ?Sized> fmt::Display for Str<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_str(f, &value(self.0))
    }
}

impl<T: Serialize + ?Sized> fmt::Display for Repr<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_repr(f, &value(self.0))
    }
}

impl<T: Serialize + ?Sized> fmt::Display for Decimal<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match value(self.0) {
            Value::Bool(flag) => write!(f, "{}", u8::from(flag)),
            Value::Number(number) if number.is_f64() => {
                // Adding 0 makes a negative zero a plain one.
                write!(f, "{:.0}", number.as_f64().unwrap_or_default().trunc() + 0.0)
            }
            value => write_str(f, &value),
        }
    }
}

impl<T: Serialize + ?Sized> fmt::Display for Hexadecimal<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let value = value(self.0);
        match (value.as_u64(), value.as_i64()) {
            (Some(number), _) => write!(f, "{number:x}"),
            (None, Some(number)) => write!(f, "-{:x}", number.unsigned_abs()),
            (None, None) => write_str(f, &value),
        }
    }
}

/// What an exception's text is if it was made with these arguments.
pub(super) fn write_args(f: &mut Formatter<'_>, args: &[Value]) -> fmt::Result {
    match args {
        [] => Ok(()),
        [one] => write_str(f, one),
        several => {
            f.write_str("(")?;
            write_items(f, several)?;
            f.write_str(")")
        }
    }
}

fn write_str(f: &mut Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::String(text) => f.write_str(text),
        value => write_repr(f, value),
    }
}

pub(super) fn write_repr(f: &mut Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::Null => f.write_str("None"),
        Value::Bool(true) => f.write_str("True"),
        Value::Bool(false) => f.write_str("False"),
        Value::Number(number) => write_number(f, number),
        Value::String(text) => write_quoted(f, text),
        Value::Array(items) => {
            f.write_str("[")?;
            write_items(f, items)?;
            f.write_str("]")
        }
        Value::Object(members) => {
            f.write_str("{")?;
            for (at, (name, value)) in members.iter().enumerate() {
                f.write_str(if at == 0 { "" } else { ", " })?;
                write_quoted(f, name)?;
                f.write_str(": ")?;
                write_repr(f, value)?;
            }
            f.write_str("}")
        }
    }
}

fn write_items(f: &mut Formatter<'_>, items: &[Value]) -> fmt::Result {
    for (at, item) in items.iter().enumerate() {
        f.write_str(if at == 0 { "" } else { ", " })?;
        write_repr(f, item)?;
    }
    Ok(())
}

/// In JSON a number is what it is in Python.
fn write_number(f: &mut Formatter<'_>, number: &Number) -> fmt::Result {
    let mut text = Vec::new();
    json::write_plain::<0, _>(&mut text, number);
    f.write_str(&String::from_utf8_lossy(&text))
}

/// In the quotes that Python prefers, with its escapes.
fn write_quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    f.write_char(quote)?;
    for character in text.chars() {
        match character {
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            character if character == quote => write!(f, "\\{quote}")?,
            character if is_printable(character) => f.write_char(character)?,
            character => match u32::from(character) {
                code @ ..0x100 => write!(f, "\\x{code:02x}")?,
                code @ ..0x1_0000 => write!(f, "\\u{code:04x}")?,
                code => write!(f, "\\U{code:08x}")?,
            },
        }
    }
    f.write_char(quote)
}

/// Whether `repr` leaves a character as it is. Rust's `Debug` goes by the same categories, but escapes what combines with
/// the character before it, unless there is one.
fn is_printable(character: char) -> bool {
    character == '"'
        || character == '\''
        || (' '..='~').contains(&character)
        || !String::from_iter(['a', character]).escape_debug().any(|escaped| escaped == '\\')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn as_python_writes_values() {
        // Each was written by Python 3.11.
        for (value, text, repr) in [
            (json!("a'b"), "a'b", r#""a'b""#),
            (json!("a'\"b"), "a'\"b", r#"'a\'"b'"#),
            (json!("Größe\n\u{7}\\"), "Größe\n\u{7}\\", r"'Größe\n\x07\\'"),
            (
                json!("\u{a0}\u{200b}\u{301}\u{e000}\u{f0000}"),
                "\u{a0}\u{200b}\u{301}\u{e000}\u{f0000}",
                "'\\xa0\\u200b\u{301}\\ue000\\U000f0000'",
            ),
            (json!(null), "None", "None"),
            (
                json!([true, false, 1, -2.5, 1e22, 1e-7]),
                "[True, False, 1, -2.5, 1e+22, 1e-07]",
                "[True, False, 1, -2.5, 1e+22, 1e-07]",
            ),
            (
                json!({"volume_id": "x", "n": [{}]}),
                "{'n': [{}], 'volume_id': 'x'}",
                "{'n': [{}], 'volume_id': 'x'}",
            ),
        ] {
            assert_eq!((Str(&value).to_string().as_str(), Repr(&value).to_string().as_str()), (text, repr));
        }
        let numbers = [
            (json!(5), "5", "5"),
            (json!(-255), "-255", "-ff"),
            (json!(2.9), "2", "2.9"),
            (json!(true), "1", "True"),
        ];
        for (value, decimal, hexadecimal) in numbers {
            assert_eq!(Decimal(&value).to_string(), decimal);
            assert_eq!(Hexadecimal(&value).to_string(), hexadecimal);
        }
        assert_eq!(Decimal("five").to_string(), "five");
        assert_eq!(Decimal(&-0.5).to_string(), "0");
    }
}
