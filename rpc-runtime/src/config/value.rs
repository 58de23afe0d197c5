//! Values by the types of oslo.config.

use super::space::stripped;

/// The value of a text that stands for yes or no.
pub(super) fn flag(text: &str) -> Result<bool, &'static str> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "on" | "yes" => Ok(true),
        "false" | "0" | "off" | "no" => Ok(false),
        _ => Err("true, 1, on or yes, or else false, 0, off or no"),
    }
}

/// A whole number; none is a blank text, which Python takes for `None`.
pub(super) fn integer(text: &str) -> Result<Option<i64>, &'static str> {
    let text = stripped(text);
    if text.is_empty() {
        return Ok(None);
    }
    let expected = "a whole number of 64 bits";
    let digits = ungrouped(text).ok_or(expected)?;
    digits.parse().map(Some).map_err(|_| expected)
}

/// A number; none is a blank text.
pub(super) fn float(text: &str) -> Result<Option<f64>, &'static str> {
    let text = stripped(text);
    if text.is_empty() {
        return Ok(None);
    }
    let expected = "a number";
    let digits = ungrouped(text).ok_or(expected)?;
    digits.parse().map(Some).map_err(|_| expected)
}

/// A number without the `_` that Python allows between two digits.
fn ungrouped(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let between = |at: usize| digit(at.checked_sub(1)) && digit(at.checked_add(1));
    let allowed = text.match_indices('_').all(|(at, _)| between(at));
    allowed.then(|| text.replace('_', ""))
}

/// What commas separate. Those at the very end separate nothing.
pub(super) fn list(text: &str) -> Vec<String> {
    match stripped(text).trim_end_matches(',') {
        "" => Vec::new(),
        items => items.split(',').map(|item| stripped(item).to_owned()).collect(),
    }
}

/// A number as Python's `str` writes it.
pub(super) fn float_text(number: f64) -> String {
    let text = format!("{number:?}").to_lowercase();
    match text.split_once('e') {
        // Rust writes `1e-5`, Python `1e-05`.
        Some((digits, exponent)) => {
            let (sign, exponent) =
                exponent.strip_prefix('-').map_or(("+", exponent), |exponent| ("-", exponent));
            format!("{}e{sign}{exponent:0>2}", digits.strip_suffix(".0").unwrap_or(digits))
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags() {
        for text in ["true", "1", "On", "YES"] {
            assert_eq!(flag(text), Ok(true));
        }
        for text in ["false", "0", "OFF", "No"] {
            assert_eq!(flag(text), Ok(false));
        }
        for text in ["", "2", "yes ", "t"] {
            assert!(flag(text).unwrap_err().starts_with("true, "), "{text}");
        }
    }

    #[test]
    fn numbers() {
        for (text, number) in [("007", 7), (" -1\n", -1), ("+1_000", 1000), ("9223372036854775807", i64::MAX)]
        {
            assert_eq!(integer(text), Ok(Some(number)), "{text}");
        }
        for text in ["1.0", "1__0", "_1", "1_", "0x1", "1 0", "9223372036854775808", "-_1"] {
            assert!(integer(text).is_err(), "{text}");
        }
        assert_eq!((integer(" "), float("")), (Ok(None), Ok(None)));
        for (text, number) in
            [("1e3", 1000.0), (".5", 0.5), ("-5.", -5.0), ("1_0.2_5", 10.25), ("Infinity", f64::INFINITY)]
        {
            assert_eq!(float(text), Ok(Some(number)), "{text}");
        }
        for text in ["1e", "a", "1_.5", "0x1p3", "--1"] {
            assert!(float(text).is_err(), "{text}");
        }
        for (number, text) in
            [(1.0, "1.0"), (0.1, "0.1"), (1e-5, "1e-05"), (1.5e17, "1.5e+17"), (-1e100, "-1e+100")]
        {
            assert_eq!(float_text(number), text);
        }
    }

    #[test]
    fn lists() {
        for (text, items) in [
            ("", vec![]),
            (" , ", vec![]),
            ("a", vec!["a"]),
            (" a, b ,,c,, ", vec!["a", "b", "", "c"]),
            ("a, ,", vec!["a", ""]),
            ("\"a\", 'b'", vec!["\"a\"", "'b'"]),
            ("a\nb", vec!["a\nb"]),
        ] {
            assert_eq!(list(text), items, "{text:?}");
        }
    }
}
