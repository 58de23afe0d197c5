//! Times as services have them in their contexts and notifications.

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where the parts of `2026-01-02T03:04:05.000006` end.
#[cfg(feature = "notifications")]
const DATE: usize = "2026-01-02".len();
const DATE_AND_TIME: usize = "2026-01-02T03:04:05".len();
const WHOLE: usize = "2026-01-02T03:04:05.000006".len();
const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_MINUTE: i64 = 60 * MICROS_PER_SECOND;
const MICROS_PER_DAY: i64 = 24 * 60 * MICROS_PER_MINUTE;

/// This moment.
pub(crate) fn now() -> String {
    written(this_micros()).unwrap_or_default()
}

/// This moment as notifications have it, which is how Python prints a time: `2026-01-02 03:04:05.000006` in UTC, without
/// a fraction if there is none.
#[cfg(feature = "notifications")]
pub(crate) fn printed_now() -> String {
    printed(this_micros()).unwrap_or_default()
}

/// The microseconds from 1970 to this moment.
fn this_micros() -> i64 {
    // A clock before 1970 is as wrong as one at 1970.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_micros()).unwrap_or(0)
}

#[cfg(feature = "notifications")]
fn printed(micros: i64) -> Option<String> {
    let mut text = written(micros)?;
    text.replace_range(DATE..=DATE, " ");
    if micros % MICROS_PER_SECOND == 0 {
        text.truncate(DATE_AND_TIME);
    }
    Some(text)
}

/// A time as all services read it, `2026-01-02T03:04:05.000006` in UTC: nova reads no other, and cinder and neutron write
/// others. What is no time stays as it is.
pub(crate) fn for_all(text: &str) -> Cow<'_, str> {
    let is_such = text.len() == WHOLE
        && text.as_bytes()[10] == b'T'
        && text.as_bytes()[DATE_AND_TIME] == b'.'
        && text.as_bytes()[DATE_AND_TIME + 1..].iter().all(u8::is_ascii_digit);
    if is_such {
        return Cow::Borrowed(text);
    }
    read(text).and_then(written).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The microseconds from 1970 to a time, which is in UTC if it does not say otherwise.
fn read(text: &str) -> Option<i64> {
    let (time, rest) = text.split_at_checked(DATE_AND_TIME)?;
    let bytes = time.as_bytes();
    let marks = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    if !matches!(bytes[10], b'T' | b' ') || marks.iter().any(|(at, mark)| bytes[*at] != *mark) {
        return None;
    }
    let part = |start: usize, end: usize| number(time.get(start..end)?);
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let (hour, minute, second) = (part(11, 13)?, part(14, 16)?, part(17, 19)?);
    if !(1..=12).contains(&month)
        || day < 1
        || day > days_of(year, month)
        || hour > 23
        || minute > 59
        || second > 59
    {
        return None;
    }
    let (micros, zone) = match rest.strip_prefix('.') {
        None => (0, rest),
        Some(rest) => {
            let end = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
            let (digits, zone) = rest.split_at(end);
            (number(&format!("{:0<6}", digits.get(..6).unwrap_or(digits)))?, zone)
        }
    };
    let in_zone = days_to(year, month, day) * MICROS_PER_DAY
        + (hour * 60 + minute) * MICROS_PER_MINUTE
        + second * MICROS_PER_SECOND
        + micros;
    Some(in_zone - offset(zone)? * MICROS_PER_MINUTE)
}

/// Nothing, `Z`, or `+hh:mm`, `+hhmm` or `+hh`, in minutes.
fn offset(zone: &str) -> Option<i64> {
    let (sign, digits) = match zone.as_bytes() {
        [] | b"Z" | b"z" => return Some(0),
        [b'+', ..] => (1, &zone[1..]),
        [b'-', ..] => (-1, &zone[1..]),
        _ => return None,
    };
    let (hours, minutes) = match digits.len() {
        2 => (digits, "0"),
        4 => digits.split_at_checked(2)?,
        5 if digits.as_bytes()[2] == b':' => (digits.get(..2)?, digits.get(3..)?),
        _ => return None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

fn number(digits: &str) -> Option<i64> {
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// The text of a time; `None` outside of the years that have four digits.
fn written(micros: i64) -> Option<String> {
    let (days, time) = (micros.div_euclid(MICROS_PER_DAY), micros.rem_euclid(MICROS_PER_DAY));
    let (year, month, day) = date(days);
    let (seconds, micros) = (time / MICROS_PER_SECOND, time % MICROS_PER_SECOND);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let parts = [
        (0..4, year),
        (5..7, month),
        (8..10, day),
        (11..13, hour),
        (14..16, minute),
        (17..19, second),
        (20..26, micros),
    ];
    if !(1..=9999).contains(&year) {
        return None;
    }
    // Each event has one, and to format it by the standard library took as long as to encode all else.
    let mut text = *b"0000-00-00T00:00:00.000000";
    for (part, number) in parts {
        put(&mut text[part], number);
    }
    str::from_utf8(&text).ok().map(str::to_owned)
}

/// Writes a number as digits, as many as there is room for.
fn put(text: &mut [u8], mut number: i64) {
    for digit in text.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from the 1st of March of the year 0 to 1970.
const MARCH_1970: i64 = 719_468;

/// The days from 1970 to a date: years are counted from March, so that the leap day is the last one.
fn days_to(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + (153 * month + 2) / 5 + day - 1 - MARCH_1970
}

/// The date so many days after 1970: from periods of 400 years, which all have as many days, down to days, with years from
/// March.
fn date(days: i64) -> (i64, i64, i64) {
    const DAYS_OF_4: i64 = 4 * 365 + 1;
    const DAYS_OF_100: i64 = 25 * DAYS_OF_4 - 1;
    const DAYS_OF_400: i64 = 4 * DAYS_OF_100 + 1;
    let since = days + MARCH_1970;
    let (periods, day) = (since.div_euclid(DAYS_OF_400), since.rem_euclid(DAYS_OF_400));
    // Without the leap days that come before it, which are the last days of their periods.
    let without = day - day / (DAYS_OF_4 - 1) + day / DAYS_OF_100 - day / (DAYS_OF_400 - 1);
    let year = without / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Months have 153 days in five.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = 400 * periods + year;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_are_read() {
        for (text, expected) in [
            ("2026-01-02T03:04:05.000006+00:00", "2026-01-02T03:04:05.000006"),
            ("2026-01-02 03:04:05.000006", "2026-01-02T03:04:05.000006"),
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000"),
            ("2026-01-02T03:04:05", "2026-01-02T03:04:05.000000"),
            ("2026-01-02T03:04:05.00006Z", "2026-01-02T03:04:05.000060"),
            ("2026-01-02T03:04:05.000+00", "2026-01-02T03:04:05.000000"),
            ("2026-01-02T03:04:05.5", "2026-01-02T03:04:05.500000"),
            ("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123456"),
            ("2026-01-01T00:30:00+02:00", "2025-12-31T22:30:00.000000"),
            ("2024-02-28T23:30:00-0045", "2024-02-29T00:15:00.000000"),
            ("2023-02-28T23:30:00-01", "2023-03-01T00:30:00.000000"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000"),
            ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999"),
        ] {
            assert_eq!(for_all(text), expected, "{text}");
            assert_eq!(for_all(expected), expected);
        }
    }

    #[test]
    #[cfg(feature = "notifications")]
    fn a_time_is_printed_as_python_prints_it() {
        let day = days_to(2026, 1, 2) * MICROS_PER_DAY + (3 * 60 + 4) * MICROS_PER_MINUTE;
        assert_eq!(printed(day + 5_000_006).as_deref(), Some("2026-01-02 03:04:05.000006"));
        assert_eq!(printed(day + 5_000_000).as_deref(), Some("2026-01-02 03:04:05"));
        assert_ne!(for_all(&printed_now()), printed_now(), "it is read as a time");
    }

    #[test]
    fn what_is_no_time_stays() {
        for text in [
            "",
            "yesterday",
            "2026-01-02",
            "2026-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00+1",
            "2026-01-01T00:00:00+1:000",
            "2026-01-01T00:00:00 UTC",
            "+026-01-01T00:00:00Z",
            "2026/01/01T00:00:00Z",
            "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "2026-01-01T00:00:0\u{e9}",
            "2026-01-01T00:00:00+\u{e9}\u{e9}",
        ] {
            assert_eq!(for_all(text), text);
        }
    }

    #[test]
    fn every_day_has_one_date() {
        let mut days = days_to(1, 1, 1);
        for year in 1..=9999 {
            for month in 1..=12 {
                for day in [1, days_of(year, month)] {
                    let found = days_to(year, month, day);
                    assert_eq!(date(found), (year, month, day));
                    assert!(found == days || found + 1 == days + days_of(year, month));
                }
                days += days_of(year, month);
            }
        }
        assert_eq!(days_to(1970, 1, 1), 0);
    }

    #[test]
    fn now_is_a_time_of_this_form() {
        let now = now();
        assert_eq!(now.len(), WHOLE);
        assert!(read(&now) > read("2026-01-01T00:00:00"), "{now}");
    }
}
