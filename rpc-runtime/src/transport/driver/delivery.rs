//! A message that came in, and what is known of it without reading it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::settling::Settle;
use crate::wire::{Beside, Content, ReplyAddress};

/// Up to this many bytes, a message is read or written in no time to speak of.
pub(crate) const LIGHT: usize = 64 << 10;

/// A message that came in; unsettled, it goes back to its queue when the connection ends.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) body: Bytes,
    pub(crate) labels: Labels,
    /// Its ids, on a bus whose bodies have none.
    pub(crate) beside: Option<Box<Beside>>,
    pub(crate) redelivered: bool,
    pub(crate) history: History,
    /// When its sender gives it up, if it said so; at the latest, as nobody knows how long it was under way.
    pub(crate) expires: Option<Instant>,
    /// The queue that it came from.
    pub(crate) queue: Arc<str>,
    /// Set if the body was too large to be kept, and is not there.
    pub(crate) excess: Option<Box<Excess>>,
    pub(crate) settle: Settle,
}

/// What is left of a request that is too large.
#[derive(Debug)]
pub(crate) struct Excess {
    /// How many bytes the body had.
    pub(crate) bytes: usize,
    /// Who waits for an answer, if that could be told.
    pub(crate) caller: Option<ReplyAddress>,
}

/// What a message says about its body, on a bus whose messages do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Labels {
    pub(crate) content_type: Option<String>,
    /// The header `compression`, if it is a string.
    pub(crate) compression: Option<String>,
}

impl Labels {
    /// Of JSON without compression, as bodies are written.
    pub(crate) fn json() -> Self {
        Self { content_type: Some(Content::CONTENT_TYPE.to_owned()), compression: None }
    }

    pub(crate) fn content(&self) -> Content<'_> {
        Content { content_type: self.content_type.as_deref(), compression: self.compression.as_deref() }
    }
}

/// What became of a message before this delivery, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct History {
    /// How often the queue delivered it before, if the queue counts that.
    pub(crate) counted: Option<u32>,
    /// What [`Forward::deliveries`](super::publishing::Forward::deliveries) said when it was put there.
    pub(crate) noted: u32,
    /// How long it may wait in a queue, if its sender said so.
    pub(crate) expiration: Option<Duration>,
}

impl Delivery {
    /// Whether it is read in no time to speak of.
    pub(crate) fn is_light(&self) -> bool {
        // Of what is too large there is nothing left to be read.
        self.excess.is_some() || (self.body.len() <= LIGHT && self.labels.compression.is_none())
    }

    /// Whether its sender has given it up.
    pub(crate) fn is_over(&self) -> bool {
        self.expires.is_some_and(|expires| expires <= Instant::now())
    }

    /// How often the message was delivered before, at least.
    pub(crate) fn earlier(&self) -> u32 {
        let in_this_queue = self.history.counted.unwrap_or(self.redelivered.into());
        self.history.noted.saturating_add(in_this_queue)
    }

    /// Whether one more delivery will look just like this one.
    pub(crate) fn is_uncounted(&self) -> bool {
        self.redelivered && self.history.counted.is_none()
    }

    /// Whether its queue does not deliver it again, if it has such a limit.
    pub(crate) fn is_last(&self, limit: Option<u32>) -> bool {
        limit.is_some_and(|limit| self.history.counted.is_some_and(|counted| counted >= limit))
    }
}
