//! Options of oslo.messaging that have no effect here. Those are accepted that change nothing which a peer or an operator could
//! see, so that a URL may be shared with Python services; with the values that Python takes, so that a typing error does not
//! wait until a Python service reads it. The others are refused, and told why.

use super::value;
use crate::transport::error::TransportError;
use crate::transport::query::wrong;

/// What a value may be.
enum Values {
    /// A whole number, this or more.
    Whole(i32),
    Text,
    /// This flag alone, and why.
    Only(bool, &'static str),
    /// None at all, and why.
    Refused(&'static str),
}

const UNUSED: &[(&str, Values)] = &[
    // There are no notifications here.
    ("default_notification_exchange", Values::Text),
    ("default_notify_timeout", Values::Whole(5)),
    ("notify_address_prefix", Values::Text),
    ("notify_server_credit", Values::Whole(1)),
    // A reply is tried for as long as default_reply_timeout says.
    ("default_reply_retry", Values::Whole(-1)),
    (
        "sasl_config_dir",
        Values::Refused("passwords are in the URL, and nothing is configured for Cyrus SASL"),
    ),
    (
        "sasl_config_name",
        Values::Refused("passwords are in the URL, and nothing is configured for Cyrus SASL"),
    ),
    ("sasl_default_realm", Values::Refused("a user of a realm stands in the URL as user%40realm")),
    ("ssl_key_password", Values::Refused("the key of ssl_key_file is not encrypted")),
    ("ssl_verify_vhost", Values::Only(false, "the certificate is for the host name of the URL")),
    ("trace", Values::Only(false, "nothing is written to stdout")),
];

/// The names of all.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    UNUSED.iter().map(|(name, _)| *name)
}

/// Whether the value can be had, or what is expected; `None` if there is no such option.
pub(super) fn check(name: &str, text: &str) -> Option<Result<(), TransportError>> {
    let (_, values) = UNUSED.iter().find(|(known, _)| *known == name)?;
    Some(match values {
        Values::Whole(least) => match text.parse::<i32>() {
            Ok(number) if number >= *least => Ok(()),
            _ => Err(wrong(name, text, &format!("a whole number from {least} to {}", i32::MAX))),
        },
        Values::Text => value::text(name, text).map(drop),
        Values::Only(only, why) => match value::flag(name, text) {
            Ok(flag) if flag == *only => Ok(()),
            _ => Err(wrong(name, text, &format!("{only}, as {why}"))),
        },
        // The value may be a password.
        Values::Refused(why) => Err(TransportError::Setting(format!("option {name} cannot be set: {why}"))),
    })
}
