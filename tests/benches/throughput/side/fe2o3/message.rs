//! Messages with JSON in them.

use anyhow::{Context as _, Result, anyhow};
use fe2o3_amqp::Sendable;
use fe2o3_amqp::types::messaging::{AmqpValue, Header, Message, MessageId, Properties};
use serde::{Deserialize, Serialize};

use crate::plain::{Context, Request};
use crate::waiters::Id;

/// How long a call may be on its way, in milliseconds.
const EXPIRES: u32 = 60_000;

/// The body of all messages: text in one value.
pub(super) type Text = AmqpValue<String>;

#[derive(Serialize, Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    request: Request<'a>,
    context: Context,
}

#[derive(Serialize, Deserialize)]
struct Response {
    response: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

/// A call of `echo`.
pub(super) fn call(id: &Id, to: &str, reply_to: &str, value: &str) -> Result<Sendable<Text>> {
    let body = serde_json::to_string(&Call { request: Request::echo(value), context: Context {} })?;
    let id = MessageId::String(std::str::from_utf8(id)?.to_owned());
    let properties = Properties::builder().message_id(id).to(to).reply_to(reply_to).build();
    let header = Header::builder().ttl(EXPIRES).build();
    let message = Message::builder().header(header).properties(properties).value(body).build();
    Ok(Sendable::builder().message(message).settled(false).build())
}

/// What a caller has to know of a reply: whose it is, and its body.
pub(super) fn reply(reply: Message<Text>) -> Result<(Id, String)> {
    let id = reply.properties.and_then(|properties| properties.correlation_id);
    let Some(MessageId::String(id)) = id else { return Err(anyhow!("a reply to nothing")) };
    Ok((Id::try_from(id.as_bytes())?, reply.body.0))
}

/// The result that the body of a reply has.
pub(super) fn result(body: &str) -> Result<String> {
    let Response { response, failure } = serde_json::from_str(body)?;
    response.ok_or_else(|| anyhow!(failure.unwrap_or_default()))
}

/// Executes a call, and makes the reply to it; returns also where that goes.
pub(super) fn answer(call: Message<Text>) -> Result<(String, Sendable<Text>)> {
    let properties = call.properties.context("a call without properties")?;
    let to = properties.reply_to.context("a call that wants no reply")?;
    let id = properties.message_id.context("a call without an id")?;
    let Call { request, .. } = serde_json::from_str(&call.body.0)?;
    let body = serde_json::to_string(&Response { response: Some(request.execute()?), failure: None })?;
    let properties = Properties::builder().to(to.as_str()).correlation_id(id).build();
    let message = Message::builder().properties(properties).value(body).build();
    Ok((to, Sendable::builder().message(message).settled(false).build()))
}
