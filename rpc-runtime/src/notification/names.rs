//! Which names topics and exchanges of notifications may have.

use super::priority::Priority;
use crate::target::check_words;
use crate::text::shortened;

/// The longest name of AMQP, in bytes.
const LONGEST: usize = 255;
/// What is added to a topic, at its longest.
const LONGEST_PRIORITY: usize = ".critical".len();

/// The topic of those who name none.
pub(super) const TOPIC: &str = "notifications";

/// Refuses a topic that no queue could have, or that would be mistaken for another one's queue.
///
/// # Errors
/// A text that names the topic and says what is wrong with it.
pub(super) fn check_topic(topic: &str) -> Result<(), String> {
    if topic.is_empty() {
        return Err("the topic is empty".to_owned());
    }
    check_words("topic", topic)?;
    check_shorter("topic", topic, LONGEST - LONGEST_PRIORITY)?;
    match topic.rsplit_once('.').map(|(_, word)| word) {
        Some("") => Err(format!("the topic {topic:?} ends with a dot, which comes with the priority")),
        Some(word) if Priority::ALL.iter().any(|priority| priority.name() == word) => {
            Err(format!("the topic {topic:?} ends with a priority, which is added to it"))
        }
        _ => Ok(()),
    }
}

/// The same for an exchange.
///
/// # Errors
/// As those of a topic.
pub(super) fn check_exchange(exchange: &str) -> Result<(), String> {
    if exchange.is_empty() {
        return Err("the exchange is empty".to_owned());
    }
    check_length("exchange", exchange)
}

/// Refuses the name of anything that is longer than AMQP has names.
///
/// # Errors
/// A text that names it and says how long it is.
pub(super) fn check_length(what: &str, name: &str) -> Result<(), String> {
    check_shorter(what, name, LONGEST)
}

fn check_shorter(what: &str, name: &str, longest: usize) -> Result<(), String> {
    if name.len() > longest {
        let (size, name) = (name.len(), shortened(name));
        return Err(format!("the {what} {name:?} has {size} bytes, more than {longest}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_queue_could_have_are_refused() {
        for (topic, why) in [
            ("".to_owned(), "the topic is empty"),
            ("a.*".to_owned(), "has the word *"),
            ("#".to_owned(), "has the word #"),
            ("notifications.info".to_owned(), "\"notifications.info\" ends with a priority"),
            ("notifications.".to_owned(), "ends with a dot"),
            ("é".repeat(124), "has 248 bytes, more than 246"),
        ] {
            let refused = check_topic(&topic).unwrap_err();
            assert!(refused.contains(why) && refused.len() < 300, "{refused}");
        }
        for topic in ["notifications", "a.b", "info", "versioned_notifications", &"x".repeat(246)] {
            check_topic(topic).unwrap();
        }
        assert!(check_exchange("").is_err() && check_exchange(&"x".repeat(256)).is_err());
        check_exchange("nova").unwrap();
    }
}
