//! Bodies as oslo.messaging 14.9.3, the last with AMQP 1.0, has them: of a request `{"request": message, "context": context}`,
//! of a reply `{"response": result}` or `{"failure": failure}`. Their ids are properties of the message.

use bytes::Bytes;

use super::arguments::Arguments;
use super::beside::Beside;
use super::content::Limits;
use super::envelope::name;
use super::error::DecodeError;
use super::fields::Fields;
use super::reply::{EncodedValue, Reply};
use super::request::{Request, RequestHead};
use super::{envelope, failure, plain};
use crate::error::RemoteError;

/// The member that has the result of a call.
const RESPONSE: &str = "response";

/// The member that has the message of a request.
const REQUEST: &str = "request";

/// The member that has the seconds without a sign of life after which a caller gives up.
const MONITOR: &str = "call_monitor_timeout";

/// The body of a request.
pub(super) fn request(head: &RequestHead<'_>, args: &Fields, context: &Fields) -> Bytes {
    let mut sealed = Vec::with_capacity(192 + args.encoded_len() + context.encoded_len());
    sealed.push(b'{');
    sealed.extend_from_slice(name!("request"));
    sealed.push(b'{');
    head.write_members(&mut sealed, args);
    sealed.push(b'}');
    sealed.extend_from_slice(name!(, "context"));
    sealed.push(b'{');
    context.write_members(&mut sealed, "", true);
    sealed.push(b'}');
    if let Some(seconds) = head.reply.and_then(|reply| reply.monitor) {
        sealed.extend_from_slice(name!(, "call_monitor_timeout"));
        sealed.extend_from_slice(seconds.to_string().as_bytes());
    }
    sealed.push(b'}');
    plain::opened(&sealed).into()
}

pub(super) fn read_request(
    body: &Bytes,
    beside: Option<&Beside>,
    limits: &Limits,
) -> Result<Request, DecodeError> {
    let mut members = plain::members(body, REQUEST, limits)?;
    let message = envelope::message(plain::object(&mut members, REQUEST)?, limits)?;
    let context = match members.get("context") {
        None | Some("null") => Arguments::default(),
        Some(_) => plain::object(&mut members, "context")?,
    };
    let request = plain::request(message, context, beside);
    Ok(match members.get(MONITOR) {
        None => request,
        Some(seconds) => request.monitored(MONITOR, seconds),
    })
}

pub(super) fn result(result: &EncodedValue) -> Bytes {
    let mut body = String::from("{\"response\": ");
    body.push_str(&plain::opened(result.sealed()));
    body.push('}');
    body.into()
}

pub(super) fn failure(error: &RemoteError) -> Bytes {
    let mut body = Vec::from(b"{\"failure\": \"");
    failure::write::<1>(&mut body, error);
    body.extend_from_slice(b"\"}");
    body.into()
}

pub(super) fn read_reply(
    body: &Bytes,
    beside: Option<&Beside>,
    limits: &Limits,
) -> Result<Reply, DecodeError> {
    let call = plain::id(beside);
    if body.is_empty() {
        return Ok(Reply::of(Arguments::default(), RESPONSE, call, false));
    }
    Ok(Reply::of(plain::members(body, "", limits)?, RESPONSE, call, true))
}

#[cfg(test)]
mod tests;
