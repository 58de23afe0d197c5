//! What can happen to a request on its way.

use std::time::Duration;

use serde_json::Value;

use super::cause::Cause;
use super::fault::{Fault, FaultKind};
use super::reached::Reached;
use super::remote::RemoteError;
use crate::Version;

/// Where oslo.messaging has the exceptions of its transports.
const EXCEPTIONS: &str = "oslo_messaging.exceptions";
/// Where it has those of its client.
const CLIENT: &str = "oslo_messaging.rpc.client";

/// Why a call or cast did not succeed, apart from the errors that the method itself declares.
///
/// The text of an error is complete: what `source` gives is in it, and there for programs that want to
/// know more of it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RpcError {
    /// The reply to a call, or the broker's word that it has a cast, did not come in time. The
    /// request may or may not have been executed.
    #[error("{method} to {target} did not finish within {after:?}: {why}")]
    Timeout {
        /// The method that was called.
        method: String,
        /// Where the request went.
        target: String,
        /// How long the caller waited.
        after: Duration,
        /// How far the request came.
        reached: Reached,
        /// What is known: not sent, sent but not confirmed, confirmed and no reply or heartbeat.
        why: String,
    },
    /// No queue takes the message: no server of that topic or name is or was there lately. A queue
    /// can outlive its server; what waits in it is a [`Timeout`](Self::Timeout).
    #[error("{method} to {target} is undeliverable: {why}")]
    Undeliverable {
        /// The method that was called.
        method: String,
        /// Where the request went.
        target: String,
        /// [`Reached::Refused`], unless an earlier attempt to send it may have found a queue.
        reached: Reached,
        /// The broker's words.
        why: String,
    },
    /// The client is pinned to a version that does not have the method, or not with this argument,
    /// or to a version of a major, lower or higher, that does not have it.
    #[error("{what} needs version {needed} but the client is pinned to {pin}")]
    PinnedTooLow {
        /// The method, or the method and its argument.
        what: String,
        /// The lowest version above the pin that has it; under a pin of a higher major, the one that
        /// its newest major began with.
        needed: Version,
        /// The pin in force when the request was made.
        pin: Version,
    },
    /// The method was removed, and the client is not pinned to a version that still has it.
    #[error("{method} was removed in {until}, and the client is {}", pinned(*pin))]
    #[non_exhaustive]
    Removed {
        /// The method that was called.
        method: String,
        /// The first version without it.
        until: Version,
        /// The pin in force when the request was made, if there was one.
        pin: Option<Version>,
    },
    /// The server has no method of that name.
    #[error("the server has no method {method}: {message}")]
    NoSuchMethod {
        /// The method that was called.
        method: String,
        /// The server's words.
        message: String,
    },
    /// The server does not serve the version (or namespace) of the request.
    #[error("the server does not support the version of {method}: {message}")]
    UnsupportedVersion {
        /// The method that was called.
        method: String,
        /// The server's words.
        message: String,
    },
    /// The server raised an exception that is not one of the method's declared errors.
    #[error(transparent)]
    Remote(Box<RemoteError>),
    /// An argument or the address cannot be used: the request was not sent.
    #[error("{method}: {why}")]
    BadArgument {
        /// The method that was called.
        method: String,
        /// What is wrong with what, named.
        why: String,
    },
    /// An argument or the context cannot be written as JSON: the request was not sent.
    #[error("{method}: cannot encode {what}: {why}")]
    #[non_exhaustive]
    Encode {
        /// The method that was called.
        method: String,
        /// The argument or other part.
        what: String,
        /// The serialiser's words.
        why: String,
        /// The error behind it, as a rule a [`wire::EncodeError`](crate::wire::EncodeError); none if the
        /// request as a whole is too large.
        source: Option<Cause>,
    },
    /// The reply came but is not what the interface promises, or larger or deeper than what is read.
    #[error("{method}: cannot decode the reply: {why}")]
    #[non_exhaustive]
    Decode {
        /// The method that was called.
        method: String,
        /// The decoder's words, without the value, which may be secret.
        why: String,
        /// The decoder's error: a [`serde_json::Error`], or a [`wire::DecodeError`](crate::wire::DecodeError) of a
        /// reply that is too large or nested too deeply.
        source: Cause,
    },
    /// As many calls and casts are in flight as the transport's option `max_in_flight` allows, and
    /// `max_in_flight_policy` says not to wait: the request was not sent.
    #[error("{method} to {target} was not sent: {limit} messages are in flight")]
    Overloaded {
        /// The method that was called.
        method: String,
        /// Where the request was to go.
        target: String,
        /// The value of `max_in_flight`.
        limit: usize,
    },
    /// The transport is closed, the broker cannot be reached, or it refused the message, for
    /// example because a queue is full or a right is missing.
    #[error("connection: {why}")]
    #[non_exhaustive]
    Connection {
        /// How far the request came.
        reached: Reached,
        /// What to match on.
        kind: FaultKind,
        /// What failed and why, the broker's words included.
        why: String,
        /// The error behind it, if there is one: a [`Refusal`](crate::Refusal) of the broker, or the
        /// [`HostFailure`](crate::HostFailure) that the connection was lost by.
        source: Option<Cause>,
    },
}

impl RpcError {
    pub(crate) fn connection(reached: Reached, Fault { kind, why, source }: Fault) -> Self {
        RpcError::Connection { reached, kind, why, source }
    }

    /// How far the request came. Below [`Reached::Sent`] it is certain that no server executes it.
    #[must_use]
    pub fn reached(&self) -> Reached {
        match self {
            RpcError::PinnedTooLow { .. }
            | RpcError::Removed { .. }
            | RpcError::BadArgument { .. }
            | RpcError::Encode { .. }
            | RpcError::Overloaded { .. } => Reached::NotSent,
            RpcError::Undeliverable { reached, .. }
            | RpcError::Timeout { reached, .. }
            | RpcError::Connection { reached, .. } => *reached,
            RpcError::NoSuchMethod { .. }
            | RpcError::UnsupportedVersion { .. }
            | RpcError::Remote(_)
            | RpcError::Decode { .. } => Reached::Answered,
        }
    }

    /// Whether there was no answer in time: [`Timeout`](Self::Timeout). The request may be executed,
    /// now or later, unless [`was_not_executed`](Self::was_not_executed).
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self, RpcError::Timeout { .. })
    }

    /// Whether there is nobody to take the request: [`Undeliverable`](Self::Undeliverable). No server of
    /// that topic or name is or was there lately.
    #[must_use]
    pub fn is_undeliverable(&self) -> bool {
        matches!(self, RpcError::Undeliverable { .. })
    }

    /// Whether the transport or the broker is to blame: [`Connection`](Self::Connection).
    #[must_use]
    pub fn is_connection(&self) -> bool {
        matches!(self, RpcError::Connection { .. })
    }

    /// Whether it is certain that no server executes the request, so that sending it again, here or
    /// elsewhere, cannot make it run twice: [`reached`](Self::reached) is below [`Reached::Sent`].
    ///
    /// Always so for [`PinnedTooLow`](Self::PinnedTooLow), [`Removed`](Self::Removed),
    /// [`BadArgument`](Self::BadArgument), [`Encode`](Self::Encode) and [`Overloaded`](Self::Overloaded), as a rule for
    /// [`Undeliverable`](Self::Undeliverable), and for those of [`Timeout`](Self::Timeout) and
    /// [`Connection`](Self::Connection) that came before the request went out. Never for what a server
    /// has answered, [`NoSuchMethod`](Self::NoSuchMethod) and
    /// [`UnsupportedVersion`](Self::UnsupportedVersion) included: a method that calls another service
    /// may have passed the error of that one on.
    #[must_use]
    pub fn was_not_executed(&self) -> bool {
        self.reached() < Reached::Sent
    }

    /// The exception that says the same, for a caller who is told what happened elsewhere:
    /// [`CallError::into_remote`](crate::CallError::into_remote) for casts.
    ///
    /// | Error | Exception |
    /// |---|---|
    /// | [`Remote`](Self::Remote) | itself |
    /// | [`Timeout`](Self::Timeout) | `oslo_messaging.exceptions.MessagingTimeout` |
    /// | [`Undeliverable`](Self::Undeliverable) | `oslo_messaging.exceptions.MessageUndeliverable` |
    /// | [`Connection`](Self::Connection), [`Overloaded`](Self::Overloaded) | `oslo_messaging.exceptions.MessageDeliveryFailure` |
    /// | [`PinnedTooLow`](Self::PinnedTooLow), [`Removed`](Self::Removed) | `oslo_messaging.rpc.client.RPCVersionCapError` |
    /// | [`NoSuchMethod`](Self::NoSuchMethod), [`UnsupportedVersion`](Self::UnsupportedVersion) | `oslo_messaging.rpc.client.RemoteError`: as they are they would tell the caller that *its* request was wrong |
    /// | [`BadArgument`](Self::BadArgument), [`Encode`](Self::Encode), [`Decode`](Self::Decode) | `builtins.ValueError` |
    #[must_use]
    pub fn into_remote(self) -> RemoteError {
        let text = self.to_string();
        match self {
            RpcError::Remote(error) => *error,
            RpcError::Timeout { .. } => RemoteError::new(EXCEPTIONS, "MessagingTimeout", text),
            RpcError::Undeliverable { target, why, .. } => {
                let mut error = RemoteError::new(EXCEPTIONS, "MessageUndeliverable", text);
                // The exception, the exchange, the routing key and the message.
                error.args = vec![why.into(), Value::Null, target.into(), Value::Null];
                error
            }
            RpcError::Connection { .. } | RpcError::Overloaded { .. } => {
                RemoteError::new(EXCEPTIONS, "MessageDeliveryFailure", text)
            }
            RpcError::PinnedTooLow { needed, pin, .. } => {
                let mut error = RemoteError::new(CLIENT, "RPCVersionCapError", text);
                error.args = vec![needed.to_string().into(), pin.to_string().into()];
                error
            }
            RpcError::Removed { until, pin, .. } => {
                let mut error = RemoteError::new(CLIENT, "RPCVersionCapError", text);
                error.args = vec![until.to_string().into(), pin.unwrap_or(until).to_string().into()];
                error
            }
            RpcError::NoSuchMethod { message, .. } => elsewhere("NoSuchMethod", message, text),
            RpcError::UnsupportedVersion { message, .. } => elsewhere("UnsupportedVersion", message, text),
            RpcError::BadArgument { .. } | RpcError::Encode { .. } | RpcError::Decode { .. } => {
                RemoteError::builtin("ValueError", text)
            }
        }
    }
}

fn pinned(pin: Option<Version>) -> String {
    pin.map_or_else(|| "not pinned below that".to_owned(), |pin| format!("pinned to {pin}"))
}

/// What a Python client makes of an exception whose class it does not know.
fn elsewhere(class: &str, message: String, text: String) -> RemoteError {
    let mut error = RemoteError::new(CLIENT, "RemoteError", text);
    error.args = vec![class.into(), message.into(), Value::Array(Vec::new())];
    error
}

impl From<RpcError> for RemoteError {
    /// As [`RpcError::into_remote`] does it.
    fn from(error: RpcError) -> Self {
        error.into_remote()
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    fn text(text: &str) -> String {
        text.to_owned()
    }

    /// Each with the exception that it becomes and whether it is a timeout, undeliverable, the connection's.
    fn all() -> Vec<(RpcError, &'static str, [bool; 3])> {
        let [method, target, why] = ["m", "openstack/t", "w"].map(text);
        let (after, version) = (Duration::from_secs(1), Version::new(1, 2));
        let number = serde_json::from_str::<u8>("x").unwrap_err();
        let (message, reached) = (why.clone(), Reached::Sent);
        let none = [false; 3];
        vec![
            (
                RpcError::Timeout {
                    method: method.clone(),
                    target: target.clone(),
                    after,
                    reached,
                    why: why.clone(),
                },
                "oslo_messaging.exceptions.MessagingTimeout",
                [true, false, false],
            ),
            (
                RpcError::Undeliverable {
                    method: method.clone(),
                    target: target.clone(),
                    reached: Reached::Refused,
                    why: why.clone(),
                },
                "oslo_messaging.exceptions.MessageUndeliverable",
                [false, true, false],
            ),
            (
                RpcError::PinnedTooLow { what: text("m"), needed: version, pin: version },
                "oslo_messaging.rpc.client.RPCVersionCapError",
                none,
            ),
            (
                RpcError::Removed { method: method.clone(), until: version, pin: None },
                "oslo_messaging.rpc.client.RPCVersionCapError",
                none,
            ),
            (
                RpcError::NoSuchMethod { method: method.clone(), message: message.clone() },
                "oslo_messaging.rpc.client.RemoteError",
                none,
            ),
            (
                RpcError::UnsupportedVersion { method: method.clone(), message },
                "oslo_messaging.rpc.client.RemoteError",
                none,
            ),
            (RpcError::Remote(Box::new(RemoteError::new("a.b", "C", "c"))), "a.b.C", none),
            (RpcError::BadArgument { method: method.clone(), why: why.clone() }, "builtins.ValueError", none),
            (
                RpcError::Encode { method: method.clone(), what: text("a"), why: why.clone(), source: None },
                "builtins.ValueError",
                none,
            ),
            (
                RpcError::Decode {
                    method: method.clone(),
                    why: number.to_string(),
                    source: Cause::new(number),
                },
                "builtins.ValueError",
                none,
            ),
            (
                RpcError::Overloaded { method, target, limit: 3 },
                "oslo_messaging.exceptions.MessageDeliveryFailure",
                none,
            ),
            (
                RpcError::connection(reached, Fault::new(FaultKind::Closed, why)),
                "oslo_messaging.exceptions.MessageDeliveryFailure",
                [false, false, true],
            ),
        ]
    }

    #[test]
    fn predicates_and_exceptions() {
        for (error, class, is) in all() {
            assert_eq!([error.is_timeout(), error.is_undeliverable(), error.is_connection()], is, "{error}");
            let (text, remote) = (error.to_string(), RemoteError::from(error.clone()));
            assert_eq!(format!("{}.{}", remote.module, remote.class), class);
            if !matches!(error, RpcError::Remote(_)) {
                assert_eq!(remote.message, text);
            }
            assert!(!remote.is_no_such_method() && !remote.is_unsupported_version());
        }
    }

    #[test]
    fn what_did_not_go_out_was_not_executed() {
        let certain = |error: &RpcError| error.was_not_executed();
        let certain: Vec<bool> = all().iter().map(|(error, ..)| certain(error)).collect();
        let (yes, no) = (true, false);
        assert_eq!(certain, [no, yes, yes, yes, no, no, no, yes, yes, no, yes, no]);
        let never_sent = RpcError::connection(Reached::NotSent, Fault::new(FaultKind::Closed, "closed"));
        assert!(never_sent.was_not_executed());
    }

    #[test]
    fn the_source_is_the_error_itself() {
        let decode =
            all().into_iter().map(|(error, ..)| error).find(|it| matches!(it, RpcError::Decode { .. }));
        let decode = crate::CallError::<RemoteError>::Rpc(decode.unwrap());
        let source = decode.source().unwrap().downcast_ref::<serde_json::Error>().unwrap();
        assert!(source.is_syntax() && decode.to_string().contains(&source.to_string()));
    }

    #[test]
    #[cfg(feature = "amqp")]
    fn so_is_the_word_of_the_broker() {
        let refused = Fault::refused(403, "ACCESS_REFUSED".to_owned());
        let refused = crate::CallError::<RemoteError>::Rpc(RpcError::connection(Reached::Refused, refused));
        let source = refused.source().unwrap().downcast_ref::<super::super::Refusal>().unwrap();
        assert!(source.code == 403 && refused.to_string().contains(&source.why));
    }
}
