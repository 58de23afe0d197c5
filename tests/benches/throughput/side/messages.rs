//! The messages of the measurements: the same bytes from everybody, but for random ids.

use anyhow::{Context, Result};
use bytes::Bytes;
use rpc_runtime::Version;
use rpc_runtime::wire::{EncodedValue, Fields, Format, NotificationHead, Reply, ReplyTo, RequestHead};

/// Stands where the id of a call will be.
pub(crate) const CALL: &str = "00000000000000000000000000000001";
/// Stands where the id of a message will be.
pub(crate) const MESSAGE: &str = "00000000000000000000000000000002";
/// Stands where the id in the name of a reply queue will be.
pub(crate) const CLIENT: &str = "00000000000000000000000000000003";

/// Stands where the id of a notification will be.
pub(crate) const UUID: &str = "00000000-0000-4000-8000-000000000004";
/// Who notifies, and of what.
pub(crate) const PUBLISHER: &str = "throughput.host";
pub(crate) const EVENT: &str = "throughput.note";

/// Names of reply queues are this and an id.
pub(crate) const REPLY_QUEUE: &str = "reply_";

/// What is sent, as arguments and as bodies.
#[derive(Debug, Clone)]
pub struct Messages {
    /// The argument of the call `echo`, and its result.
    pub echoed: String,
    /// The argument of the cast `note`.
    pub noted: String,
    /// The payload of a notification.
    pub notified: String,
    /// The body of the call.
    pub(crate) call: Bytes,
    /// The body of the reply to it.
    pub(crate) reply: Bytes,
    /// The body of the cast.
    pub(crate) cast: Bytes,
    /// The body of the notification.
    pub(crate) notification: Bytes,
}

impl Messages {
    /// Messages whose requests have `size` bytes.
    ///
    /// # Errors
    /// The envelope alone is larger.
    pub fn of(size: usize) -> Result<Self> {
        let fill = |method, least: usize| {
            let room = size
                .checked_sub(least)
                .with_context(|| format!("a body for {method} has at least {least} bytes, so not {size}"))?;
            anyhow::Ok("x".repeat(room))
        };
        let reply_q = format!("{REPLY_QUEUE}{CLIENT}");
        let reply_to = Some(ReplyTo::new(CALL, &reply_q));
        let echoed = fill("echo", request("echo", "", reply_to)?.len())?;
        let noted = fill("note", request("note", "", None)?.len())?;
        // What it says beside its payload takes more than a request does.
        let notified = fill("notify", notification("")?.len()).unwrap_or_default();
        Ok(Self {
            call: request("echo", &echoed, reply_to)?,
            reply: Reply::result(&format!("\"{CALL}\""), &EncodedValue::new(&echoed)?),
            cast: request("note", &noted, None)?,
            notification: notification(&notified)?,
            echoed,
            noted,
            notified,
        })
    }
}

fn request(method: &str, value: &str, reply: Option<ReplyTo<'_>>) -> Result<Bytes> {
    let mut args = Fields::new();
    args.set("value", value)?;
    let head = RequestHead::new(method, MESSAGE).with_version(Version::new(1, 0)).with_reply(reply);
    Ok(head.encode(&args, &Fields::new()))
}

fn notification(payload: &str) -> Result<Bytes> {
    let head = NotificationHead::default()
        .with_message_id(UUID)
        .with_publisher_id(PUBLISHER)
        .with_event_type(EVENT)
        .with_priority("INFO")
        .with_timestamp("2026-01-02 03:04:05.000006")
        .with_unique_id(MESSAGE);
    Ok(head.encode(payload, &Fields::new(), Format::Enveloped)?)
}
