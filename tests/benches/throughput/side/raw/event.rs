//! A notification by `serde_json` alone: an envelope with the event inside as text.

use std::borrow::Cow;

use anyhow::Result;
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::messages::{EVENT, PUBLISHER};

#[derive(Serialize, Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "oslo.version", borrow)]
    version: Cow<'a, str>,
    #[serde(rename = "oslo.message", borrow)]
    message: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct Event<'a> {
    message_id: Cow<'a, str>,
    publisher_id: Cow<'a, str>,
    event_type: Cow<'a, str>,
    priority: Cow<'a, str>,
    payload: Cow<'a, str>,
    timestamp: Cow<'a, str>,
    #[serde(rename = "_unique_id")]
    unique_id: Cow<'a, str>,
}

/// The body of an event that happens now.
pub(super) fn write(payload: &str) -> Result<Bytes> {
    let event = Event {
        message_id: Uuid::new_v4().to_string().into(),
        publisher_id: PUBLISHER.into(),
        event_type: EVENT.into(),
        priority: "INFO".into(),
        payload: payload.into(),
        timestamp: Timestamp::now().strftime("%Y-%m-%d %H:%M:%S.%6f").to_string().into(),
        unique_id: Uuid::new_v4().simple().to_string().into(),
    };
    let message = serde_json::to_string(&event)?.into();
    Ok(serde_json::to_vec(&Envelope { version: "2.0".into(), message })?.into())
}

/// Reads the event in a body.
pub(super) fn read(body: &[u8]) -> Result<()> {
    let envelope: Envelope<'_> = serde_json::from_slice(body)?;
    serde_json::from_str::<Event<'_>>(&envelope.message)?;
    Ok(())
}
