//! A request read back from the message that would have been sent.

use std::time::Duration;

use serde_json::{Map, Value};

use super::super::driver::{Outgoing, Route};
use crate::context::{Context, RpcContext};
use crate::interface::Kind;
use crate::target::Target;
use crate::wire::{Content, Limits, MessageFormat};

/// A request as it would have been sent.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Sent {
    /// Whether it was a call, a cast to one server, or a cast to all servers.
    pub kind: Kind,
    /// Where it goes, with the namespace and the version of the request. A fanout reaches all
    /// servers of its topic in any exchange, so its target has neither a server nor an exchange.
    pub target: Target,
    /// The name of the method on the wire.
    pub method: String,
    /// The arguments by their names on the wire.
    pub args: Map<String, Value>,
    /// The context, of whatever type it was sent.
    pub context: Context,
    /// How long the caller of a call waits for its reply; `None` for a cast.
    pub timeout: Option<Duration>,
    /// How long the caller waits for a heartbeat, if the call is monitored.
    pub monitor: Option<Duration>,
}

impl Sent {
    /// Reads a message back, together with the id of its reply if it asks for one.
    ///
    /// # Errors
    /// A text that names the part that cannot be read.
    pub(super) fn read(message: &Outgoing, format: MessageFormat) -> Result<(Self, Option<String>), String> {
        let limits = Limits { max_body: usize::MAX, ..Limits::default() };
        let request =
            format.read_request(&message.body, &Content::JSON, None, &limits).map_err(|e| e.to_string())?;
        let invocation = request.invocation.map_err(|error| error.to_string())?;
        let target = match &message.route {
            Route::Topic { exchange, topic, server } => {
                let target = Target::new(&**topic).with_exchange(&**exchange);
                server.iter().fold(target, |target, server| target.with_server(&**server))
            }
            Route::Fanout { topic, server, .. } => {
                let target = Target::new(&**topic).with_fanout(true);
                server.iter().fold(target, |target, server| target.with_server(&**server))
            }
            other => return Err(format!("{other} is no address of servers")),
        };
        let target = match invocation.namespace {
            Some(namespace) => target.with_namespace(namespace),
            None => target,
        };
        let mut args = Map::new();
        for (name, text) in invocation.args.iter() {
            let value = serde_json::from_str(text).map_err(|error| format!("argument {name}: {error}"))?;
            args.insert(name.to_owned(), value);
        }
        let kind = match (&request.reply, target.is_fanout()) {
            (Some(_), _) => Kind::Call,
            (None, true) => Kind::Fanout,
            (None, false) => Kind::Cast,
        };
        let sent = Self {
            kind,
            target: target.with_version(invocation.version),
            method: invocation.method,
            args,
            context: Context::read(&request.context).map_err(|why| format!("context {why}"))?,
            timeout: message.expiration,
            // The server sends two heartbeats in the time that the caller allows for one.
            monitor: request.heartbeat.map(|interval| interval * 2),
        };
        Ok((sent, request.reply.map(|reply| reply.msg_id)))
    }
}
