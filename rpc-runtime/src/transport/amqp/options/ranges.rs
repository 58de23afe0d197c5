//! What the values of options may be, whoever sets them.

use std::time::Duration;

use super::AmqpOptions;
use crate::transport::error::OptionError;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// The shortest wait between two attempts to connect: zero would be a hot loop, which Python refuses as well.
const SHORTEST: Duration = Duration::from_millis(10);

/// Python has no limit; what is longer than any caller waits is for ever.
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// Refuses a value that is out of its range, and names the range.
pub(super) fn check(options: &AmqpOptions) -> Result<(), OptionError> {
    match out_of_range(options) {
        Some((name, range)) => Err(OptionError(format!("option {name}: {range}"))),
        None => Ok(()),
    }
}

/// The first option that is out of its range, and the range.
pub(super) fn out_of_range(options: &AmqpOptions) -> Option<(&'static str, String)> {
    let seconds = Duration::from_secs;
    for (name, value, least, most) in [
        // On the wire milliseconds in 32 bits with a sign, and 16 bits without.
        (
            "rabbit_transient_queues_ttl",
            options.rabbit_transient_queues_ttl,
            Duration::ZERO,
            seconds(2_147_483),
        ),
        ("heartbeat_timeout_threshold", options.heartbeat_timeout_threshold, seconds(1), seconds(65_535)),
        ("kombu_reconnect_delay", options.kombu_reconnect_delay, Duration::ZERO, Duration::from_millis(4500)),
        ("rabbit_retry_interval", options.rabbit_retry_interval, SHORTEST, DAY),
        ("rabbit_retry_backoff", options.rabbit_retry_backoff, Duration::ZERO, DAY),
        ("rabbit_interval_max", options.rabbit_interval_max, SHORTEST, DAY),
        (
            "kombu_missing_consumer_retry_timeout",
            options.kombu_missing_consumer_retry_timeout,
            Duration::ZERO,
            YEAR,
        ),
        ("connect_timeout", options.connect_timeout, Duration::from_nanos(1), DAY),
        ("redeclare_interval", options.redeclare_interval, seconds(1), DAY),
    ] {
        if value < least && least == Duration::from_nanos(1) {
            return Some((name, "more than 0 seconds".to_owned()));
        }
        if value < least {
            return Some((name, format!("at least {} seconds", least.as_secs_f64())));
        }
        if value > most {
            return Some((name, format!("at most {} seconds", most.as_secs_f64())));
        }
    }
    for (name, value) in [
        ("rabbit_quorum_max_memory_length", options.rabbit_quorum_max_memory_length),
        ("rabbit_quorum_max_memory_bytes", options.rabbit_quorum_max_memory_bytes),
    ] {
        // 32 bits with a sign on the wire.
        if i32::try_from(value).is_err() {
            return Some((name, format!("at most {}", i32::MAX)));
        }
    }
    if options.rabbit_quorum_delivery_limit < -1 {
        return Some(("rabbit_quorum_delivery_limit", "at least -1".to_owned()));
    }
    for (name, value) in [
        ("max_in_flight", options.max_in_flight),
        ("max_body", options.max_body),
        ("max_ratio", options.max_ratio),
    ] {
        if value == 0 {
            return Some((name, "at least 1".to_owned()));
        }
    }
    None
}
