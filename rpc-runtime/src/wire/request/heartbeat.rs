use std::time::Duration;

use super::super::python;
use crate::text::shortened;

/// The interval of heartbeats that `timeout` asks for, the JSON value of the member `name`: half of its whole seconds,
/// if that is at least one second.
///
/// # Errors
///
/// Text for the log if the value is one that no caller should send.
pub(super) fn interval(name: &str, timeout: &str) -> Result<Option<Duration>, String> {
    if !python::is_true(timeout) {
        return Ok(None);
    }
    let seconds = match python::string(timeout) {
        Some(text) => text.trim().parse::<i128>().ok().map(|whole| whole as f64),
        // `true` is a second to Python, which is too short as well.
        None => timeout.parse::<f64>().ok(),
    };
    match seconds.map(f64::trunc) {
        Some(whole) if whole >= 2.0 => {
            // Longer than any server lives, and short enough for every clock.
            let longest = f64::from(u32::MAX);
            Ok(Some(Duration::from_secs_f64((whole / 2.0).min(longest))))
        }
        _ => Err(format!("{name} {} asks for no possible interval of heartbeats", shortened(timeout))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_whole_seconds() {
        for (timeout, millis) in [
            ("2", 1000),
            ("2.9", 1000),
            ("3", 1500),
            ("\" 60 \"", 30_000),
            ("1e1", 5000),
            ("1e300", 4_294_967_295_000),
            ("99999999999999999999999999999", 4_294_967_295_000),
        ] {
            assert_eq!(interval("_timeout", timeout), Ok(Some(Duration::from_millis(millis))), "{timeout}");
        }
    }

    #[test]
    fn none_and_invalid() {
        for timeout in ["null", "0", "0.0", "false", "\"\"", "[]"] {
            assert_eq!(interval("_timeout", timeout), Ok(None), "{timeout}");
        }
        for timeout in ["1", "1.9", "-4", "true", "\"abc\"", "\"2.5\"", "\"NaN\"", "[2]", "{\"a\": 2}"] {
            let warning = interval("_timeout", timeout).unwrap_err();
            assert!(warning.starts_with(&format!("_timeout {timeout} asks")), "{warning}");
        }
    }
}
