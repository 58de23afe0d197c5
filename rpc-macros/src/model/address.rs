//! Names that are part of an address on the bus: what no request could be sent to.

use syn::{Expr, ExprLit, Lit, LitStr};

use crate::errors::Errors;

/// Validates the topic of a trait.
pub(super) fn checked_topic(topic: &LitStr, errors: &mut Errors) -> String {
    let text = topic.value();
    if text.is_empty() {
        errors.at(topic, "topic is empty");
    } else if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        errors.at(topic, format!("topic {text:?} has whitespace in it"));
    } else {
        check_words("topic", topic, errors);
    }
    text
}

/// Validates a `to` that is written out: what only the caller knows is refused for each request.
pub(super) fn check_server(to: &Expr, errors: &mut Errors) {
    let Expr::Lit(ExprLit { lit: Lit::Str(server), .. }) = to else { return };
    if server.value().is_empty() {
        errors.at(server, "`to` is no server: leave it out for any server of the topic");
    } else {
        check_words("server", server, errors);
    }
}

/// Refuses words that stand for any others where topics are bound to queues.
fn check_words(part: &str, name: &LitStr, errors: &mut Errors) {
    let text = name.value();
    if let Some(word) = text.split('.').find(|word| matches!(*word, "*" | "#")) {
        errors.at(name, format!("{part} {text:?} has the word {word}, which would stand for any other"));
    }
}
