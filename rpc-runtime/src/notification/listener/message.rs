//! How a listener reads notifications.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::handler::Offer;
use super::meta::Meta;
use crate::notification::notified::Notification;
use crate::notification::payload::Payload;
use crate::notification::priority::Priority;
use crate::receiving::Read;
use crate::transport::driver::Delivery;
use crate::wire;
use crate::wire::{Arguments, DecodeError, Limits, MessageFormat};

/// A notification that was read.
#[derive(Debug)]
pub(super) struct Message {
    /// What its sender wrote, if that is none of the seven.
    pub(super) priority: Result<Priority, String>,
    pub(super) unique_id: Option<String>,
    message_id: Option<String>,
    publisher_id: Option<String>,
    event_type: Option<String>,
    timestamp: Option<String>,
    context: Arguments,
    payload: Payload,
    /// About how many bytes of memory it takes, its body included.
    size: usize,
}

impl Read for Message {
    type Unread = DecodeError;

    fn read(delivery: &mut Delivery, format: MessageFormat, limits: &Limits) -> Result<Self, DecodeError> {
        if delivery.excess.is_some() {
            return Err(DecodeError::TooLarge { limit: limits.max_body });
        }
        let read = format.read_notification(&delivery.body, &delivery.labels.content(), limits)?;
        let payload = RawValue::from_string(read.payload_text().to_owned())
            .map_err(|error| DecodeError::Json { part: "the payload", why: error.to_string() })?;
        let text = read.context.text_size() + read.context.index_size();
        let size = delivery.body.len() + text + payload.get().len();
        let wire::Notification {
            message_id,
            publisher_id,
            event_type,
            priority,
            timestamp,
            unique_id,
            context,
            ..
        } = read;
        // As Python has it: what is missing is empty, and what is no text is no priority either.
        let priority = priority.unwrap_or_default();
        let priority = priority.parse().map_err(|_| priority);
        let payload = payload.into();
        Ok(Self {
            priority,
            unique_id,
            message_id,
            publisher_id,
            event_type,
            timestamp,
            context,
            payload,
            size,
        })
    }

    fn size(&self) -> usize {
        self.size
    }
}

impl Message {
    /// What endpoints are given of it, with what is known of its delivery.
    pub(super) fn offer(
        self,
        priority: Priority,
        queue: Arc<str>,
        redelivered: bool,
        deliveries: u32,
    ) -> Arc<Offer> {
        let Self { unique_id, message_id, publisher_id, event_type, timestamp, context, payload, .. } = self;
        let event = Notification::with_payload(priority, event_type.clone().unwrap_or_default(), payload);
        let meta = Meta {
            message_id,
            publisher_id,
            event_type,
            priority,
            timestamp,
            unique_id,
            queue,
            redelivered,
            deliveries,
        };
        Arc::new(Offer { event, context, meta })
    }
}
