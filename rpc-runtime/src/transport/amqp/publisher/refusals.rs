//! What the broker has refused, for a while: it would refuse the next one too, and each time close the channel, so that
//! all that is under way on it has to be sent again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use super::super::library::{BrokerError, Message};
use crate::error::{Fault, FaultKind};
use crate::lock::lock;

/// How long what was refused is not tried again, at first and at the longest.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pauses(Duration, Duration);

/// Of a declaration: each try costs the connection the number of a channel.
pub(super) const DECLARED: Pauses = Pauses(Duration::from_secs(1), Duration::from_secs(30));
/// Of a message: each try costs the channel. A right that was given counts after the longest at the latest.
pub(super) const SENT: Pauses = Pauses(Duration::from_secs(5), Duration::from_secs(60));

/// How many refusals are remembered: of more routes than anybody uses who may not.
const KNOWN: usize = 1024;

/// What is refused to everybody who sends by one channel or its successors.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    /// Whether there are any: as a rule there are not, and nobody has to look.
    any: AtomicBool,
    known: Mutex<HashMap<What, Refused>>,
}

/// What a refusal is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum What {
    Exchange(Arc<str>),
    /// Of an exchange whose routing keys have rights of their own.
    Key(Arc<str>, Arc<str>),
    /// Every message of some size.
    Size,
}

#[derive(Debug)]
struct Refused {
    until: Instant,
    pause: Duration,
    error: BrokerError,
    /// How many bytes the message had.
    size: usize,
}

impl Refused {
    /// Whether so much time has passed since it could be tried again that it may as well be forgotten.
    fn is_over(&self, now: Instant) -> bool {
        now > self.until + self.pause
    }
}

impl Refusals {
    /// Why the broker would refuse the message, as far as it is known.
    pub(super) fn of(&self, message: &Message, now: Instant) -> Option<BrokerError> {
        if !self.any.load(Ordering::Relaxed) {
            return None;
        }
        let mut known = lock(&self.known);
        known.retain(|_, refused| !refused.is_over(now));
        self.any.store(!known.is_empty(), Ordering::Relaxed);
        let Message { exchange, routing_key, body, .. } = message;
        let about =
            [What::Exchange(exchange.clone()), What::Key(exchange.clone(), routing_key.clone()), What::Size];
        let refused = about.iter().find_map(|what| {
            let refused = known.get(what)?;
            (now < refused.until && (*what != What::Size || body.len() >= refused.size)).then_some(refused)
        })?;
        Some(refused.error.clone())
    }

    /// Notes that the broker has refused to have an exchange declared as it is to be.
    pub(super) fn note_declaration(&self, exchange: &Arc<str>, error: &BrokerError, now: Instant) {
        self.note(What::Exchange(exchange.clone()), 0, error, DECLARED, now);
    }

    /// Notes that the broker has refused a message, if it will refuse others for the same reason.
    pub(super) fn note_message(&self, message: &Message, error: &BrokerError, now: Instant) {
        let exchange = message.exchange.clone();
        let what = match Fault::from(error.clone()).kind {
            FaultKind::TooLarge => What::Size,
            FaultKind::Forbidden if error.to_string().contains("access to topic") => {
                What::Key(exchange, message.routing_key.clone())
            }
            FaultKind::Forbidden => What::Exchange(exchange),
            _ => return,
        };
        self.note(what, message.body.len(), error, SENT, now);
    }

    fn note(&self, what: What, size: usize, error: &BrokerError, pauses: Pauses, now: Instant) {
        let Pauses(first, longest) = pauses;
        let mut known = lock(&self.known);
        known.retain(|_, refused| !refused.is_over(now));
        if known.len() >= KNOWN && !known.contains_key(&what) {
            let oldest = known.iter().min_by_key(|(_, refused)| refused.until).map(|(what, _)| what.clone());
            oldest.and_then(|oldest| known.remove(&oldest));
        }
        let earlier = known.get(&what);
        let pause = earlier.map_or(first, |earlier| (earlier.pause * 2).min(longest));
        let size = earlier.map_or(size, |earlier| earlier.size.min(size));
        known.insert(what, Refused { until: now + pause, pause, error: error.clone(), size });
        self.any.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn message(exchange: &str, key: &str, size: usize) -> Message {
        Message {
            exchange: exchange.into(),
            routing_key: key.into(),
            body: Bytes::from(vec![0; size]),
            compression: None,
            expiration: None,
            mandatory: None,
            kept: None,
        }
    }

    fn refused(code: u16, why: &str) -> BrokerError {
        BrokerError::Refused(code, why.to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_about_what_it_names() {
        let (refusals, now) = (Refusals::default(), Instant::now());
        refusals.note_message(&message("x", "a", 5), &refused(403, "access to exchange 'x'"), now);
        refusals.note_message(
            &message("y", "a", 5),
            &refused(403, "access to topic 'a' in exchange 'y'"),
            now,
        );
        refusals.note_message(&message("z", "a", 100), &refused(406, "message size 100 is too large"), now);
        refusals.note_message(&message("z", "a", 5), &refused(404, "no exchange 'z'"), now);
        for (exchange, key, size, is_refused) in [
            ("x", "b", 1, true),
            ("y", "a", 1, true),
            ("y", "b", 1, false),
            ("z", "a", 99, false),
            ("z", "a", 100, true),
            ("w", "a", 101, true),
        ] {
            let found = refusals.of(&message(exchange, key, size), now);
            assert_eq!(found.is_some(), is_refused, "{exchange} {key} {size}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_refused_is_tried_again_and_less_and_less_often() {
        let refusals = Refusals::default();
        let (forbidden, error) = (message("x", "a", 5), refused(403, "access to exchange 'x'"));
        let mut pauses = Vec::new();
        for _ in 0..6 {
            let began = Instant::now();
            refusals.note_message(&forbidden, &error, began);
            while refusals.of(&forbidden, Instant::now()).is_some() {
                tokio::time::advance(Duration::from_secs(1)).await;
            }
            pauses.push(began.elapsed().as_secs());
        }
        assert_eq!(pauses, [5, 10, 20, 40, 60, 60]);
        tokio::time::advance(Duration::from_secs(61)).await;
        assert!(refusals.of(&forbidden, Instant::now()).is_none() && !refusals.any.load(Ordering::Relaxed));
    }

    #[tokio::test(start_paused = true)]
    async fn there_is_a_bound() {
        let (refusals, now) = (Refusals::default(), Instant::now());
        for n in 0..2 * KNOWN {
            let later = now + Duration::from_millis(n as u64);
            refusals.note_declaration(&n.to_string().into(), &refused(406, "inequivalent"), later);
        }
        assert_eq!(lock(&refusals.known).len(), KNOWN);
    }
}
