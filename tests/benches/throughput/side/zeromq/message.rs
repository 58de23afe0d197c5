//! Messages in frames.

use anyhow::{Result, anyhow};
use bytes::Bytes;
use zeromq::ZmqMessage;

use crate::plain::{Context, Request};
use crate::waiters::Id;

const VERSION: Bytes = Bytes::from_static(b"1.0");
const CALL: Bytes = Bytes::from_static(b"1");
const REPLY: Bytes = Bytes::from_static(b"5");

/// A call of `echo`.
pub(super) fn call(id: &Id, value: &str) -> Result<ZmqMessage> {
    let body = serde_json::to_vec(&(Context {}, Request::echo(value)))?;
    message([Bytes::new(), VERSION, CALL, Bytes::copy_from_slice(id), body.into()])
}

/// What a caller has to know of a reply: whose it is, and its body.
pub(super) fn reply(reply: ZmqMessage) -> Result<(Id, Bytes)> {
    let [.., id, body]: [Bytes; 5] = frames(reply)?;
    Ok((Id::try_from(&*id)?, body))
}

/// The result that the body of a reply has.
pub(super) fn result(body: &[u8]) -> Result<String> {
    let (result, failure): (Option<String>, Option<String>) = serde_json::from_slice(body)?;
    result.ok_or_else(|| anyhow!(failure.unwrap_or_default()))
}

/// Executes a call as a ROUTER gets it, and makes the reply to it.
pub(super) fn answer(call: ZmqMessage) -> Result<ZmqMessage> {
    let [caller, delimiter, version, _, id, body]: [Bytes; 6] = frames(call)?;
    let (_, request): (Context, Request<'_>) = serde_json::from_slice(&body)?;
    let body = serde_json::to_vec(&(request.execute()?, None::<&str>))?;
    message([caller, delimiter, version, REPLY, id, body.into()])
}

fn message<const FRAMES: usize>(frames: [Bytes; FRAMES]) -> Result<ZmqMessage> {
    ZmqMessage::try_from(Vec::from(frames)).map_err(|why| anyhow!("{why}"))
}

fn frames<const FRAMES: usize>(message: ZmqMessage) -> Result<[Bytes; FRAMES]> {
    let frames = message.into_vec();
    frames.try_into().map_err(|frames: Vec<_>| anyhow!("{} frames, not {FRAMES}", frames.len()))
}
