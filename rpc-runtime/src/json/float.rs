use std::io::{self, Write};

use serde_json::ser::{CompactFormatter, Formatter};

/// More than the longest shortest form, `-2.2250738585072014e-308`.
const ROOM: usize = 40;

/// Writes a finite float as Python's `repr`: the shortest digits that read back as the same value.
pub(super) fn write_f64<W: ?Sized + Write>(writer: &mut W, value: f64) -> io::Result<()> {
    layout(writer, |buffer| CompactFormatter.write_f64(buffer, value))
}

/// The same for the digits that are enough for an `f32`; Python has no such type.
pub(super) fn write_f32<W: ?Sized + Write>(writer: &mut W, value: f32) -> io::Result<()> {
    layout(writer, |buffer| CompactFormatter.write_f32(buffer, value))
}

/// Takes the digits that `serde_json` finds, in whichever layout, and lays them out as Python does.
fn layout<W: ?Sized + Write>(
    writer: &mut W,
    shortest: impl FnOnce(&mut &mut [u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut text = [0; ROOM];
    let mut rest = &mut text[..];
    shortest(&mut rest)?;
    let unused = rest.len();
    let number = Decimal::new(&text[..ROOM - unused]);
    let (digits, point) = (number.digits(), number.point);

    if number.negative {
        writer.write_all(b"-")?;
    }
    if digits.is_empty() {
        writer.write_all(b"0.0")
    } else if !(-3..=16).contains(&point) {
        writer.write_all(&digits[..1])?;
        if digits.len() > 1 {
            writer.write_all(b".")?;
            writer.write_all(&digits[1..])?;
        }
        let exponent = point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(writer, "e{sign}{:02}", exponent.unsigned_abs())
    } else if let Ok(whole @ 1..) = usize::try_from(point) {
        writer.write_all(&digits[..whole.min(digits.len())])?;
        write_zeros(writer, whole.saturating_sub(digits.len()))?;
        writer.write_all(b".")?;
        writer.write_all(if whole < digits.len() { &digits[whole..] } else { b"0" })
    } else {
        writer.write_all(b"0.")?;
        write_zeros(writer, point.unsigned_abs() as usize)?;
        writer.write_all(digits)
    }
}

fn write_zeros<W: ?Sized + Write>(writer: &mut W, count: usize) -> io::Result<()> {
    (0..count).try_for_each(|_| writer.write_all(b"0"))
}

/// The number `0.DIGITS` times ten to the power of `point`.
struct Decimal {
    negative: bool,
    buffer: [u8; ROOM],
    first: usize,
    end: usize,
    point: i32,
}

impl Decimal {
    fn new(text: &[u8]) -> Self {
        let mut number = Self { negative: false, buffer: [0; ROOM], first: 0, end: 0, point: 0 };
        let mut whole = true;
        let (mut exponent, mut exponent_negative, mut in_exponent) = (0_i32, false, false);
        for &byte in text {
            match byte {
                b'-' if in_exponent => exponent_negative = true,
                b'-' => number.negative = true,
                b'.' => whole = false,
                b'e' | b'E' => in_exponent = true,
                b'0'..=b'9' if in_exponent => exponent = exponent * 10 + i32::from(byte - b'0'),
                b'0'..=b'9' => {
                    number.buffer[number.end] = byte;
                    number.end += 1;
                    number.point += i32::from(whole);
                }
                _ => {}
            }
        }
        number.point += if exponent_negative { -exponent } else { exponent };
        while number.first < number.end && number.buffer[number.first] == b'0' {
            number.first += 1;
            number.point -= 1;
        }
        while number.first < number.end && number.buffer[number.end - 1] == b'0' {
            number.end -= 1;
        }
        number
    }

    /// Without leading and trailing zeros, so empty for zero.
    fn digits(&self) -> &[u8] {
        &self.buffer[self.first..self.end]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn repr(value: f64) -> String {
        let mut out = Vec::new();
        write_f64(&mut out, value).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn as_python_writes_them() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-1.5, "-1.5"),
            (0.1, "0.1"),
            (100.0, "100.0"),
            (123456789012345.0, "123456789012345.0"),
            (1e15, "1000000000000000.0"),
            (9007199254740993.0, "9007199254740992.0"),
            (1e16, "1e+16"),
            (1.2345678901234568e17, "1.2345678901234568e+17"),
            (1e22, "1e+22"),
            (0.0001, "0.0001"),
            (0.00012345, "0.00012345"),
            (0.00001, "1e-05"),
            (1e-7, "1e-07"),
            (1.5e-10, "1.5e-10"),
            (1e100, "1e+100"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (5e-324, "5e-324"),
        ] {
            assert_eq!(repr(value), text);
        }
        let mut out = Vec::new();
        write_f32(&mut out, 0.1).unwrap();
        assert_eq!(out, b"0.1");
    }

    proptest! {
        #[test]
        fn reads_back_and_keeps_to_the_layout(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            let text = repr(value);
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), bits);
            let magnitude = value.abs();
            let scientific = magnitude != 0.0 && !(1e-4..1e16).contains(&magnitude);
            prop_assert_eq!(text.contains('e'), scientific, "{}", text);
            match text.split_once('e') {
                Some((_, exponent)) => {
                    prop_assert!(exponent.starts_with(['+', '-']) && exponent.len() >= 3, "{}", text);
                }
                None => prop_assert!(text.contains('.') && !text.ends_with('.'), "{}", text),
            }
        }
    }
}
