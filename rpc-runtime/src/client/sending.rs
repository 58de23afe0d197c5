//! A request just before it is sent: everything that can be refused before any I/O is refused here.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::draft::Draft;
use crate::clock::after;
use crate::error::{Reached, RpcError};
use crate::transport::Ability;
use crate::transport::driver::{PublishError, PublishFault, Route};
use crate::wire::{ReplyTo, RequestHead};

/// A request ready to be sent, and what its errors say about it.
pub(super) struct Sending {
    pub(super) method: &'static str,
    pub(super) route: Route,
    pub(super) timeout: Duration,
    pub(super) deadline: Instant,
}

impl Sending {
    pub(super) fn timeout(&self, reached: Reached, why: impl Into<String>) -> RpcError {
        RpcError::Timeout {
            method: self.method.to_owned(),
            target: self.route.to_string(),
            after: self.timeout,
            reached,
            why: why.into(),
        }
    }

    pub(super) fn publish_error(&self, PublishError { fault, reached }: PublishError) -> RpcError {
        match fault {
            PublishFault::Unroutable(why) => RpcError::Undeliverable {
                method: self.method.to_owned(),
                target: self.route.to_string(),
                reached,
                why,
            },
            PublishFault::Expired(why) => self.timeout(reached, why),
            PublishFault::Overloaded { limit } => {
                RpcError::Overloaded { method: self.method.to_owned(), target: self.route.to_string(), limit }
            }
            PublishFault::Refused(_)
            | PublishFault::Lost(_)
            | PublishFault::Unfit(_)
            | PublishFault::Gone(_)
            | PublishFault::Closed => RpcError::connection(reached, fault.into_fault()),
        }
    }
}

impl Draft {
    /// The address and the deadline; everything that can be refused before any I/O is. `default`
    /// is the method's own timeout.
    pub(super) fn prepare(&self, default: Option<fn() -> Duration>) -> Result<Sending, RpcError> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let Self { client, method, .. } = self;
        let options = &client.options;
        let timeout = options
            .timeout
            .or_else(|| default.map(|timeout| timeout()))
            .unwrap_or_else(|| client.transport.response_timeout());
        let route = self.route()?;
        Ok(Sending { method: method.name, route, timeout, deadline: after(timeout) })
    }

    /// Whether the bus can do what the options ask for.
    pub(super) fn check(&self, what: &'static str, needed: &[Ability]) -> Result<(), RpcError> {
        self.client.transport.check(what, needed).map_err(|unable| self.bad_argument(unable.to_string()))
    }

    pub(super) fn bad_argument(&self, why: String) -> RpcError {
        RpcError::BadArgument { method: self.method.name.to_owned(), why }
    }

    /// The body; one that no receiver takes is not sent.
    pub(super) fn encode(&self, unique_id: &str, reply: Option<ReplyTo<'_>>) -> Result<Bytes, RpcError> {
        let head = RequestHead {
            method: self.method.name_at(self.version),
            namespace: self.client.interface.namespace,
            version: Some(self.version),
            reply,
            unique_id,
        };
        let format = self.client.transport.driver().format();
        let body = format.request(&head, &self.args, &self.context);
        let limit = self.client.transport.limits().max_body;
        if body.len() > limit {
            return Err(RpcError::Encode {
                method: self.method.name.to_owned(),
                what: "request".to_owned(),
                why: format!("{} bytes, more than max_body={limit}", body.len()),
                source: None,
            });
        }
        Ok(body)
    }
}
