//! Topics and exchanges: names of the broker.

use syn::LitStr;

use super::priority::Priority;
use crate::errors::Errors;

/// The value of `topic`.
pub(super) fn topic(text: &LitStr, errors: &mut Errors) -> String {
    let name = checked("topic", text, errors);
    if let Some((topic, priority)) = name.rsplit_once('.')
        && Priority::of(priority).is_some()
    {
        errors.at(
            text,
            format!("topic {name:?} ends in a priority, which its queues get after it: write {topic:?}"),
        );
    }
    name
}

/// The value of `exchange`.
pub(super) fn exchange(text: &LitStr, errors: &mut Errors) -> String {
    checked("exchange", text, errors)
}

fn checked(what: &str, text: &LitStr, errors: &mut Errors) -> String {
    let name = text.value();
    if name.is_empty() {
        errors.at(text, format!("the {what} is empty; leave the key out for the default"));
    } else if name.chars().any(|c| c.is_whitespace() || c.is_control()) {
        errors.at(text, format!("{what} {name:?} has whitespace in it"));
    } else if let Some(wildcard) = name.chars().find(|c| matches!(c, '*' | '#')) {
        errors.at(
            text,
            format!("{what} {name:?} has a `{wildcard}` in it, which stands for other words where queues are bound"),
        );
    } else if name.len() > LONGEST {
        errors
            .at(text, format!("the {what} has more than {LONGEST} bytes, too many for a name of the broker"));
    }
    name
}

/// What AMQP's 255 leave beside `.critical`.
const LONGEST: usize = 246;
