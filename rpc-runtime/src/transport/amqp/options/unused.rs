//! Options of oslo.messaging that tune how Python connects. They change nothing that a peer or an operator could see, so
//! a URL that is shared with Python services may carry them; with the values that Python takes, so that a typing error
//! does not wait until a Python service reads it.

use super::value::OptionValue;

/// What a value may be.
enum Values {
    Flag,
    /// A whole number, this or more.
    Whole(i64),
    /// A number of seconds, 0 or more.
    Seconds,
    OneOf(&'static [&'static str], &'static str),
}

const UNUSED: &[(&str, Values)] = &[
    ("conn_pool_min_size", Values::Whole(i64::MIN)),
    ("conn_pool_ttl", Values::Whole(0)),
    ("heartbeat_in_pthread", Values::Flag),
    // 0 makes Python divide by it.
    ("heartbeat_rate", Values::Whole(1)),
    ("kombu_failover_strategy", Values::OneOf(&["round-robin", "shuffle"], "round-robin or shuffle")),
    ("kombu_reconnect_splay", Values::Seconds),
    ("rpc_conn_pool_size", Values::Whole(1)),
    ("ssl_enforce_fips_mode", Values::Flag),
    ("ssl_enforce_hostname_verification", Values::Flag),
];

/// The names of all.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    UNUSED.iter().map(|(name, _)| *name)
}

/// Whether Python takes the value, or what it expects; `None` if there is no such option.
pub(super) fn check(name: &str, text: &str) -> Option<Result<(), &'static str>> {
    let (_, values) = UNUSED.iter().find(|(known, _)| *known == name)?;
    Some(match values {
        Values::Flag => bool::read(text).map(drop),
        Values::Whole(least) => match text.parse::<i64>() {
            Ok(number) if number >= *least => Ok(()),
            _ => Err(match *least {
                0 => "a whole number, not negative",
                1 => "a whole number above 0",
                _ => "a whole number",
            }),
        },
        Values::Seconds => std::time::Duration::read(text).map(drop),
        Values::OneOf(words, expected) => words.contains(&text).then_some(()).ok_or(expected),
    })
}
