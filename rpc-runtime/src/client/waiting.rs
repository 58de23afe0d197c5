//! A call that waits for its reply.

use std::future::Future;
use std::task::Poll;
use std::time::Duration;

use futures::FutureExt;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::sending::Sending;
use crate::clock::after;
use crate::error::{Cause, Fault, FaultKind, Reached, RpcError};
use crate::transport::Transport;
use crate::transport::driver::PublishError;
use crate::transport::replies::{Replies, Sign, Waiter};
use crate::wire::Reply;

const NO_REPLIES: &str = "no reply can come: the transport is closed";

/// Waits for the first of: the last reply, a bad outcome of the publish, silence, the deadline.
///
/// A good outcome of the publish ends nothing, and the reply is not held up for it: a reply, or a
/// heartbeat before it, is proof enough that the request arrived. It is asked for in passing, and at the deadline.
pub(super) async fn wait(
    transport: &Transport,
    sending: &Sending,
    publish: impl Future<Output = Result<(), PublishError>>,
    waiter: &mut Waiter<'_>,
    monitor: Option<Duration>,
) -> Result<Reply, RpcError> {
    let publish = publish.fuse();
    // The first moment at which to look at the clock; a heartbeat does not set it anew.
    let alarm = sleep_until(monitor.map_or(sending.deadline, |monitor| after(monitor).min(sending.deadline)));
    futures::pin_mut!(publish, alarm);
    // Before anything else can end the wait: it knows whether it can send at all.
    let mut reached = match futures::poll!(&mut publish) {
        Poll::Ready(outcome) => {
            outcome.map_err(|error| sending.publish_error(error))?;
            Reached::Confirmed
        }
        Poll::Pending => Reached::Sent,
    };
    let mut silence = alarm.deadline();
    loop {
        tokio::select! {
            biased;
            sign = waiter.next() => match sign {
                Sign::Over(reply) => return Ok(reply),
                Sign::Unreadable(error) => {
                    let (method, why) = (sending.method.to_owned(), error.to_string());
                    return Err(RpcError::Decode { method, why, source: Cause::new(error) });
                }
                Sign::Lost(why) => {
                    // Whether it was taken before may be known by now.
                    if reached == Reached::Sent && let Some(outcome) = (&mut publish).now_or_never() {
                        outcome.map_err(|error| sending.publish_error(error))?;
                        reached = Reached::Confirmed;
                    }
                    return Err(RpcError::connection(reached, why));
                }
                Sign::Closed => {
                    return Err(RpcError::connection(reached, Fault::new(FaultKind::Closed, NO_REPLIES)));
                }
                Sign::Alive => {
                    reached = Reached::Started;
                    silence = monitor.map_or(sending.deadline, after).min(sending.deadline);
                }
            },
            outcome = &mut publish, if reached == Reached::Sent => {
                outcome.map_err(|error| sending.publish_error(error))?;
                reached = Reached::Confirmed;
            }
            () = &mut alarm => {
                let now = Instant::now();
                if now < silence {
                    alarm.as_mut().reset(silence);
                    continue;
                }
                let taker = transport.driver().taker();
                let why = match reached {
                    _ if now < sending.deadline => "no heartbeat of the server came",
                    Reached::Started => "a server was executing the request",
                    Reached::Confirmed => &format!("{taker} has the request, no reply came"),
                    _ => &format!("{taker} has not confirmed the request"),
                };
                return Err(sending.timeout(reached, transport.explain(why)));
            }
        }
    }
}

/// The reply queue, declared before the first call.
pub(super) async fn open_replies<'a>(
    transport: &'a Transport,
    sending: &Sending,
) -> Result<&'a Replies, RpcError> {
    let Ok(replies) = timeout_at(sending.deadline, transport.replies()).await else {
        let why = transport.explain("not sent: the reply queue could not be declared");
        return Err(sending.timeout(Reached::NotSent, why));
    };
    replies.map_err(|fault| RpcError::connection(Reached::NotSent, fault))
}
