//! Moments as Python writes and reads them.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::civil;
use jiff::fmt::temporal::{DateTimeParser, Pieces, PiecesOffset};
use jiff::tz::Offset;

/// A moment, as the `DateTime` fields of Python have it.
///
/// Read from every form that Python's readers take: with `Z`, an offset or neither, which is UTC, with a fraction or without,
/// with `T` or a blank between date and time. Written with seconds alone, as Python does, in the offset that it came with:
/// `Z`, or `+02:00`. Two of them are equal if they are the same moment, fractions included.
///
/// ```
/// use rpc_runtime::object::DateTime;
///
/// let read: DateTime = "2026-01-02 03:04:05.678901".parse()?;
/// assert_eq!(read.to_string(), "2026-01-02T03:04:05Z");
/// assert_eq!(read.unix_seconds(), 1_767_323_045);
/// # Ok::<(), rpc_runtime::object::ParseDateTimeError>(())
/// ```
///
/// It stands on `jiff`, which reads dates strictly and knows the limits of what it has, and is no part of the public API:
/// `SystemTime` and texts lead to the types of other libraries.
#[derive(Debug, Clone, Copy)]
pub struct DateTime {
    at: Timestamp,
    /// What is written after the seconds; `None` is `Z`.
    offset: Option<Offset>,
}

/// A text is no date and time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a date and time, such as 2026-01-02T03:04:05Z")]
#[non_exhaustive]
pub struct ParseDateTimeError;

impl DateTime {
    /// The present moment, in UTC.
    #[must_use]
    pub fn now() -> Self {
        Self { at: Timestamp::now(), offset: None }
    }

    /// A moment in UTC, in seconds since 1970.
    ///
    /// # Errors
    /// It is not within the years -9999 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Result<Self, ParseDateTimeError> {
        let at = Timestamp::from_second(seconds).map_err(|_| ParseDateTimeError)?;
        Ok(Self { at, offset: None })
    }

    /// Seconds since 1970, without the fraction.
    #[must_use]
    pub fn unix_seconds(&self) -> i64 {
        self.at.as_second()
    }
}

impl PartialEq for DateTime {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for DateTime {}

impl PartialOrd for DateTime {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DateTime {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

impl Hash for DateTime {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.at.hash(state);
    }
}

impl TryFrom<SystemTime> for DateTime {
    type Error = ParseDateTimeError;

    fn try_from(time: SystemTime) -> Result<Self, ParseDateTimeError> {
        let at = Timestamp::try_from(time).map_err(|_| ParseDateTimeError)?;
        Ok(Self { at, offset: None })
    }
}

impl From<DateTime> for SystemTime {
    fn from(time: DateTime) -> Self {
        let since = time.at.as_duration();
        let distance = Duration::new(since.as_secs().unsigned_abs(), since.subsec_nanos().unsigned_abs());
        match since.is_negative() {
            true => SystemTime::UNIX_EPOCH - distance,
            false => SystemTime::UNIX_EPOCH + distance,
        }
    }
}

impl FromStr for DateTime {
    type Err = ParseDateTimeError;

    fn from_str(text: &str) -> Result<Self, ParseDateTimeError> {
        static PARSER: DateTimeParser = DateTimeParser::new();
        let pieces: Pieces<'_> = PARSER.parse_pieces(text.trim()).map_err(|_| ParseDateTimeError)?;
        let civil: civil::DateTime = pieces.date().to_datetime(pieces.time().ok_or(ParseDateTimeError)?);
        let offset = match pieces.offset() {
            None | Some(PiecesOffset::Zulu) => None,
            Some(PiecesOffset::Numeric(offset)) => Some(offset.offset()),
            Some(_) => return Err(ParseDateTimeError),
        };
        let at = offset.unwrap_or(Offset::UTC).to_timestamp(civil).map_err(|_| ParseDateTimeError)?;
        // An offset with seconds cannot be written, and without them it would be another moment.
        Ok(Self { at, offset: offset.filter(|offset| offset.seconds() % 60 == 0) })
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = self.offset.unwrap_or(Offset::UTC);
        let civil = offset.to_datetime(self.at);
        write!(f, "{}", civil.strftime("%Y-%m-%dT%H:%M:%S"))?;
        match self.offset {
            None => f.write_str("Z"),
            Some(offset) => {
                let minutes = offset.seconds() / 60;
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        }
    }
}

as_text!(DateTime);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_python() {
        for (text, written) in [
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05.000000", "2026-01-02T03:04:05Z"),
            ("2026-01-02 03:04:05.678901", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05+00:00"),
            ("2026-01-02T03:04:05.678901+02:00", "2026-01-02T03:04:05+02:00"),
            ("2026-01-02T03:04:05-0930", "2026-01-02T03:04:05-09:30"),
            ("2026-01-02T03:04", "2026-01-02T03:04:00Z"),
        ] {
            assert_eq!(text.parse::<DateTime>().unwrap().to_string(), written, "{text}");
        }
    }

    #[test]
    fn moments() {
        let moment = |text: &str| text.parse::<DateTime>().unwrap();
        assert_eq!(moment("2026-01-02T05:04:05+02:00"), moment("2026-01-02T03:04:05Z"));
        assert!(moment("2026-01-02T03:04:05.5Z") > moment("2026-01-02T03:04:05Z"));
        for text in ["1969-12-31T23:59:58.25Z", "2026-01-02T03:04:05.678901Z"] {
            let time: SystemTime = moment(text).into();
            assert_eq!(DateTime::try_from(time).unwrap(), moment(text));
        }
        assert_eq!(moment("1890-01-02T03:04:05+00:53:28").to_string(), "1890-01-02T02:10:37Z");
        assert_eq!(DateTime::from_unix_seconds(0).unwrap().to_string(), "1970-01-01T00:00:00Z");
        assert!(DateTime::from_unix_seconds(i64::MAX).is_err());
    }

    #[test]
    fn no_moments() {
        for wrong in [
            "",
            "yesterday",
            "2026-01-02",
            "2026-13-02T03:04:05Z",
            "03:04:05",
            "2026-01-02T03:04:05UTC+02:00",
        ] {
            let error = serde_json::from_value::<DateTime>(wrong.into()).unwrap_err().to_string();
            assert!(error.contains("expected a date and time"), "{wrong}: {error}");
        }
        assert!(serde_json::from_str::<DateTime>("5").is_err());
    }
}
