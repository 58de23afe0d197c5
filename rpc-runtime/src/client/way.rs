//! The one place where a request passes whole: in with all of its arguments, out with its outcome.
//!
//! What is to see or change every request of a client, as tracing and metrics do, belongs into [`pass`]; it costs
//! neither a box nor an allocation there, because the two ways are known when it is compiled.

use std::future::Future;

use super::draft::Draft;
use super::options::check_monitor;
use super::waiting::{open_replies, wait};
use crate::error::RpcError;
use crate::interface::Kind;
use crate::transport::Ability;
use crate::transport::driver::{Ask, Outgoing, Wanted, Wants};
use crate::wire::{Reply, ReplyTo, random_id};

/// How a request is sent, and what its sender waits for.
pub(super) trait Way {
    /// What comes back if all goes well.
    type Outcome;

    fn send(request: &Draft) -> impl Future<Output = Result<Self::Outcome, RpcError>> + Send;
}

/// Sends a request that is complete.
pub(super) async fn pass<W: Way>(request: &Draft) -> Result<W::Outcome, RpcError> {
    W::send(request).await
}

/// Its sender waits until the broker has it.
pub(super) struct ByCast;

/// Its sender waits for the reply.
pub(super) struct ByCall;

impl Way for ByCast {
    type Outcome = ();

    async fn send(request: &Draft) -> Result<(), RpcError> {
        let sending = request.prepare(None)?;
        let mandatory = request.client.options.mandatory == Some(true) && request.method.kind != Kind::Fanout;
        if mandatory {
            request.check("CallOptions::mandatory", &[Ability::Confirms])?;
        }
        let mut id = [0; 32];
        let body = request.encode(random_id(&mut id), None)?;
        let outgoing = Outgoing {
            route: sending.route.clone(),
            body,
            ask: Some(Ask { id, wants: Wants::Nothing }),
            mandatory,
            expiration: None,
            deadline: sending.deadline,
            wanted: Wanted::AtOnce,
        };
        let publish = request.client.transport.driver().publish(outgoing);
        publish.await.map_err(|error| sending.publish_error(error))
    }
}

impl Way for ByCall {
    type Outcome = Reply;

    async fn send(request: &Draft) -> Result<Reply, RpcError> {
        let sending = request.prepare(request.method.timeout)?;
        let monitor =
            request.client.options.monitor.or_else(|| request.method.monitor.map(|monitor| monitor()));
        let transport = &request.client.transport;
        if let Some(monitor) = monitor {
            check_monitor(monitor).map_err(|why| request.bad_argument(why))?;
            request.check("a monitor", &[Ability::Monitors])?;
        }
        let replies = match transport.opened_replies() {
            Some(replies) => replies,
            // Apart, so that the many others have no room for it.
            None => Box::pin(open_replies(transport, &sending)).await?,
        };
        let mut waiter = replies.waiters.register();
        let mut msg_id = [0; 32];
        let place = replies.place.address();
        let reply_to = ReplyTo {
            msg_id: waiter.msg_id(&mut msg_id),
            queue: &place,
            monitor: monitor.map(|monitor| monitor.as_secs()),
        };
        let body = request.encode(random_id(&mut [0; 32]), Some(reply_to))?;
        let wants = if monitor.is_some() { Wants::Heartbeats } else { Wants::Reply };
        let outgoing = Outgoing {
            route: sending.route.clone(),
            body,
            ask: Some(Ask { id: msg_id, wants }),
            mandatory: true,
            expiration: Some(sending.timeout),
            deadline: sending.deadline,
            wanted: Wanted::Trouble,
        };
        let publish = request.client.transport.driver().publish(outgoing);
        wait(transport, &sending, publish, &mut waiter, monitor).await
    }
}
