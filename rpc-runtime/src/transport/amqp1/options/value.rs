//! The values of options as a URL spells them.

use std::time::Duration;

use crate::transport::error::TransportError;
use crate::transport::query::{number, wrong};

/// The most seconds.
pub(super) const DAY: u32 = 24 * 3600;

/// The shortest wait before something is tried again: zero would be a hot loop.
pub(super) const SHORTEST: Duration = Duration::from_millis(10);

/// What an address or a name may have in bytes.
const LONGEST: usize = 255;

/// oslo.config's words, in any case.
pub(super) fn flag(name: &str, value: &str) -> Result<bool, TransportError> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "on" | "yes" => Ok(true),
        "false" | "0" | "off" | "no" => Ok(false),
        _ => Err(wrong(name, value, "true or false")),
    }
}

/// A number of seconds, a day at most. Python takes whole ones only.
pub(super) fn seconds(name: &str, value: &str, least: Duration) -> Result<Duration, TransportError> {
    let read = value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let fits = |seconds: &Duration| (least..=Duration::from_secs(DAY.into())).contains(seconds);
    read.filter(fits).ok_or_else(|| {
        wrong(name, value, &format!("a number of seconds from {} to {DAY}", least.as_secs_f64()))
    })
}

/// How many messages may be on their way at a time.
pub(super) fn credit(name: &str, value: &str) -> Result<u16, TransportError> {
    let credit = number(name, value, 1, u16::MAX.into())?;
    // It was read as what fits.
    Ok(u16::try_from(credit).unwrap_or(u16::MAX))
}

/// A part of an address, or a name.
pub(super) fn text(name: &str, value: &str) -> Result<String, TransportError> {
    if value.is_empty() || value.len() > LONGEST || value.contains(|c: char| c.is_control() || c == ' ') {
        let expected = format!("1 to {LONGEST} bytes without blanks and control characters");
        return Err(wrong(name, value, &expected));
    }
    Ok(value.to_owned())
}
