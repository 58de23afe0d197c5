//! Requests on their way: a call waits for its reply, a cast for the broker.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::time::{Instant, sleep_until, timeout_at};
use uuid::Uuid;

use super::options::check_monitor;
use super::request::Request;
use crate::clock::after;
use crate::error::{CallError, Cause, Reached, RemoteError, RpcError, RpcException};
use crate::interface::{Kind, MethodResult, RouteRequest};
use crate::target::Target;
use crate::transport::Transport;
use crate::transport::driver::{Outgoing, PublishError, PublishFault, Route, Wanted};
use crate::transport::replies::{Replies, Sign, Waiter};
use crate::wire::{Reply, ReplyTo, RequestHead};

impl Request {
    /// Waits for the reply.
    pub fn call<R: MethodResult>(self) -> Call<R> {
        Call::new(self.complete())
    }

    /// Waits for the broker only.
    pub fn cast(self) -> Cast {
        Cast::new(self.complete())
    }

    /// Leaves that to the caller.
    pub fn call_or_cast<R: MethodResult>(self) -> CallOrCast<R> {
        CallOrCast::new(self)
    }
}

/// A call that is sent when it is awaited, and resolves with the method's result.
///
/// # Errors
/// [`CallError::Method`] with the method's own error, or [`CallError::Rpc`] with what went wrong
/// on the way, at the latest at the call's timeout. Dropping the future gives the reply up; a
/// request that was sent is still executed.
#[must_use = "a call is sent when it is awaited"]
pub struct Call<R> {
    request: Request,
    result: PhantomData<fn() -> R>,
}

impl<R: MethodResult> Call<R> {
    pub(super) fn new(request: Request) -> Self {
        Self { request, result: PhantomData }
    }
}

impl<R: MethodResult> IntoFuture for Call<R> {
    type Output = Result<R::Ok, CallError<R::Err>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        async move {
            let method = self.request.method.name;
            let reply = self.request.call_and_wait().await?;
            if let Some(remote) = reply.failure {
                return Err(typed(method, remote));
            }
            reply.decode_result().map_err(|error| {
                let (method, why) = (method.to_owned(), error.to_string());
                RpcError::Decode { method, why, source: Cause::new(error) }.into()
            })
        }
        .boxed()
    }
}

impl<R> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.request).finish()
    }
}

/// A cast that is sent when it is awaited, and resolves when the broker has taken it.
///
/// # Errors
/// An [`RpcError`], at the latest at the cast's timeout. A cast to a topic without servers is no
/// error unless [`CallOptions::mandatory`](super::CallOptions::mandatory) asks for it.
#[derive(Debug)]
#[must_use = "a cast is sent when it is awaited"]
pub struct Cast {
    request: Request,
}

impl Cast {
    pub(super) fn new(request: Request) -> Self {
        Self { request }
    }
}

impl IntoFuture for Cast {
    type Output = Result<(), RpcError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        async move { self.request.cast_and_confirm().await }.boxed()
    }
}

/// A request that its caller sends as a call or as a cast.
///
/// Nothing is sent before one of the two is awaited.
#[must_use = "say whether this is a `call` or a `cast`, and await it"]
pub struct CallOrCast<R> {
    request: Request,
    result: PhantomData<fn() -> R>,
}

impl<R: MethodResult> CallOrCast<R> {
    pub(super) fn new(request: Request) -> Self {
        Self { request, result: PhantomData }
    }

    /// Waits for the result.
    pub fn call(self) -> Call<R> {
        self.request.call()
    }

    /// Waits for the broker only; the result is dropped by the server.
    pub fn cast(self) -> Cast {
        self.request.cast()
    }
}

impl<R> fmt::Debug for CallOrCast<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CallOrCast").field(&self.request).finish()
    }
}

/// What an exception is to the caller: the dispatcher's own are the framework's errors, even for a
/// method that declares every exception; then those that the method declares; then the rest.
fn typed<E: RpcException>(method: &str, remote: RemoteError) -> CallError<E> {
    let method = method.to_owned();
    if remote.is_no_such_method() {
        return RpcError::NoSuchMethod { method, message: remote.message }.into();
    }
    if remote.is_unsupported_version() {
        return RpcError::UnsupportedVersion { method, message: remote.message }.into();
    }
    match E::from_remote(&remote) {
        Some(error) => CallError::Method(error),
        None => RpcError::Remote(Box::new(remote)).into(),
    }
}

const NO_REPLIES: &str = "no reply can come: the transport is closed";

/// A request ready to be sent, and what its errors say about it.
struct Sending {
    method: &'static str,
    route: Route,
    timeout: Duration,
    deadline: Instant,
}

impl Sending {
    fn timeout(&self, reached: Reached, why: impl Into<String>) -> RpcError {
        RpcError::Timeout {
            method: self.method.to_owned(),
            target: self.route.to_string(),
            after: self.timeout,
            reached,
            why: why.into(),
        }
    }

    fn publish_error(&self, PublishError { fault, reached }: PublishError) -> RpcError {
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
            PublishFault::Refused(_) | PublishFault::Closed => {
                RpcError::Connection { reached, why: fault.to_string() }
            }
        }
    }
}

impl Request {
    async fn cast_and_confirm(&self) -> Result<(), RpcError> {
        let sending = self.prepare(None)?;
        let outgoing = Outgoing {
            route: sending.route.clone(),
            body: self.encode(None)?,
            mandatory: self.client.options.mandatory == Some(true) && self.method.kind != Kind::Fanout,
            expiration: None,
            deadline: sending.deadline,
            wanted: Wanted::AtOnce,
        };
        let publish = self.client.transport.driver().publish(outgoing);
        publish.await.map_err(|error| sending.publish_error(error))
    }

    async fn call_and_wait(&self) -> Result<Reply, RpcError> {
        let sending = self.prepare(self.method.timeout)?;
        let monitor = self.client.options.monitor.or_else(|| self.method.monitor.map(|monitor| monitor()));
        monitor.map_or(Ok(()), check_monitor).map_err(|why| self.bad_argument(why))?;
        let transport = &self.client.transport;
        let replies = match transport.opened_replies() {
            Some(replies) => replies,
            // Apart, so that the many others have no room for it.
            None => Box::pin(open_replies(transport, &sending)).await?,
        };
        let mut waiter = replies.waiters.register();
        let mut msg_id = [0; 32];
        let reply_to = ReplyTo {
            msg_id: waiter.msg_id(&mut msg_id),
            queue: &replies.queue,
            monitor: monitor.map(|monitor| monitor.as_secs()),
        };
        let outgoing = Outgoing {
            route: sending.route.clone(),
            body: self.encode(Some(reply_to))?,
            mandatory: true,
            expiration: Some(sending.timeout),
            deadline: sending.deadline,
            wanted: Wanted::Trouble,
        };
        let publish = self.client.transport.driver().publish(outgoing);
        wait(&sending, publish, &mut waiter, monitor).await
    }

    /// The address and the deadline; everything that can be refused before any I/O is. `default`
    /// is the method's own timeout.
    fn prepare(&self, default: Option<fn() -> Duration>) -> Result<Sending, RpcError> {
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

    /// The address: the method's or the interface's route makes it of the destination, if there is
    /// one, and options go before both.
    fn route(&self) -> Result<Route, RpcError> {
        let refuse = |why| self.bad_argument(why);
        let Self { client, method, .. } = self;
        let options = &client.options;
        let fanout = method.kind == Kind::Fanout;
        let route = method.route.or(client.interface.route);
        options.check_address(fanout && route.is_none()).map_err(refuse)?;
        let destination = options.server.as_deref().or(self.server.as_deref());
        let routed = match route {
            Some(route) => {
                let mut request = RouteRequest::new(client.interface.topic, self.version);
                request.pin = self.pin;
                request.destination = destination;
                request.fanout = fanout;
                Some(route(&request).map_err(refuse)?)
            }
            None => None,
        };
        let topic = match &routed {
            Some(target) if options.topic.is_none() => target.topic().into(),
            _ => Arc::clone(&client.topic),
        };
        if topic.is_empty() {
            return Err(refuse("the topic is empty".to_owned()));
        }
        let server = routed.as_ref().map_or(destination, Target::server).map(Into::into);
        if fanout {
            return Ok(Route::Fanout { topic, server });
        }
        let exchange = options.exchange.as_deref().or(routed.as_ref().and_then(Target::exchange));
        Ok(Route::Topic {
            exchange: exchange.map_or_else(|| client.transport.control_exchange(), Into::into),
            topic,
            server,
        })
    }

    fn bad_argument(&self, why: String) -> RpcError {
        RpcError::BadArgument { method: self.method.name.to_owned(), why }
    }

    /// The body; one that no receiver takes is not sent.
    fn encode(&self, reply: Option<ReplyTo<'_>>) -> Result<Bytes, RpcError> {
        let mut unique_id = [0; 32];
        let head = RequestHead {
            method: self.method.name_at(self.version),
            namespace: self.client.interface.namespace,
            version: Some(self.version),
            reply,
            unique_id: Uuid::new_v4().simple().encode_lower(&mut unique_id),
        };
        let body = head.encode(&self.args, &self.context);
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

/// Waits for the first of: the last reply, a bad outcome of the publish, silence, the deadline.
///
/// A good outcome of the publish ends nothing, and the reply is not held up for it: a reply, or a
/// heartbeat before it, is proof enough that the request arrived. It is asked for in passing, and at the deadline.
async fn wait(
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
                Sign::Closed => {
                    return Err(RpcError::Connection { reached, why: NO_REPLIES.to_owned() });
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
                return Err(sending.timeout(reached, match reached {
                    _ if now < sending.deadline => "no heartbeat of the server came",
                    Reached::Started => "a server was executing the request",
                    Reached::Confirmed => "the broker has the request, no reply came",
                    _ => "the broker has not confirmed the request",
                }));
            }
        }
    }
}

/// The reply queue, declared before the first call.
async fn open_replies<'a>(transport: &'a Transport, sending: &Sending) -> Result<&'a Replies, RpcError> {
    let Ok(replies) = timeout_at(sending.deadline, transport.replies()).await else {
        return Err(sending.timeout(Reached::NotSent, "not sent: the reply queue could not be declared"));
    };
    replies.map_err(|error| RpcError::Connection { reached: Reached::NotSent, why: error.to_string() })
}
