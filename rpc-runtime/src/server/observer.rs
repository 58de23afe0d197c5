//! Telling the user of each request.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::log::Log;
use crate::interface::Kind;
use crate::receiving::said;
use crate::version::Version;
use crate::wire::{Arguments, Invocation};

/// Called with every request that a server accepts.
pub(super) type Observer = Arc<dyn Fn(&RequestInfo<'_>) + Send + Sync>;

/// A request as it comes in, for [`ServerBuilder::on_request`](super::ServerBuilder::on_request).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RequestInfo<'a> {
    /// The method, by its name on the wire.
    pub method: &'a str,
    /// [`Kind::Call`] if the caller waits for a reply, else [`Kind::Cast`]; a fanout cannot be
    /// told from a cast by its receiver.
    pub kind: Kind,
    /// The namespace, if any.
    pub namespace: Option<&'a str>,
    /// The version that the client stamped.
    pub version: Version,
    /// The `request_id` of the context, if it is there.
    pub request_id: Option<&'a str>,
}

/// Tells the observer; its panic must not end the receiving of requests.
pub(super) fn observe(
    observer: &Observer,
    invocation: &Invocation,
    context: &Arguments,
    wants_reply: bool,
    log: &Log,
) {
    let request_id = context.decode::<String>("request_id").and_then(Result::ok);
    let info = RequestInfo {
        method: &invocation.method,
        kind: if wants_reply { Kind::Call } else { Kind::Cast },
        namespace: invocation.namespace.as_deref(),
        version: invocation.version,
        request_id: request_id.as_deref(),
    };
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| observer(&info))) {
        log.received.panicked("on_request", &said(panic));
    }
}
