//! What callers get instead of a result.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::Version;
use crate::text::shortened;

/// Where oslo.messaging has the exceptions of its dispatcher.
const DISPATCHER: &str = "oslo_messaging.rpc.dispatcher";
const NO_SUCH_METHOD: &str = "NoSuchMethod";
const UNSUPPORTED_VERSION: &str = "UnsupportedVersion";

/// How far a request came, as far as its sender can know; further is greater.
///
/// ```
/// use rpc_runtime::{CallError, Reached, RemoteError, RpcError};
///
/// /// Whether it is safe to send the request again although its method must not run twice.
/// fn may_repeat(error: &CallError<RemoteError>) -> bool {
///     matches!(error, CallError::Rpc(error) if error.reached() < Reached::Sent)
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reached {
    /// It was not handed to the broker: it is not executed.
    NotSent,
    /// The broker returned or refused it: it is not executed.
    Refused,
    /// It was sent, and it is not known whether the broker has it: it may be executed, now or later.
    Sent,
    /// The broker has it: it may be executed, now or later.
    Confirmed,
    /// A server was executing it when it was last heard of.
    Started,
    /// A server has answered it.
    Answered,
}

/// Why a call or cast did not succeed, apart from the errors that the method itself declares.
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
    Encode {
        /// The method that was called.
        method: String,
        /// The argument or other part.
        what: String,
        /// The serialiser's words.
        why: String,
    },
    /// The reply came but is not what the interface promises.
    #[error("{method}: cannot decode the reply: {why}")]
    Decode {
        /// The method that was called.
        method: String,
        /// The decoder's words.
        why: String,
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
    Connection {
        /// How far the request came.
        reached: Reached,
        /// What failed and why, the broker's words included.
        why: String,
    },
}

impl RpcError {
    /// How far the request came. Below [`Reached::Sent`] it is certain that no server executes it.
    #[must_use]
    pub fn reached(&self) -> Reached {
        match self {
            RpcError::PinnedTooLow { .. }
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
}

/// The outcome of a call that is not its result: either the method's own error or an [`RpcError`].
#[derive(Debug, Clone, thiserror::Error)]
pub enum CallError<E> {
    /// The server answered with an error that the method declares.
    #[error(transparent)]
    Method(E),
    /// Anything else.
    #[error(transparent)]
    Rpc(#[from] RpcError),
}

impl<E> CallError<E> {
    /// The method's own error, if it is one.
    pub fn method(&self) -> Option<&E> {
        match self {
            CallError::Method(error) => Some(error),
            CallError::Rpc(_) => None,
        }
    }

    /// The framework's error, if it is one.
    pub fn rpc(&self) -> Option<&RpcError> {
        match self {
            CallError::Method(_) => None,
            CallError::Rpc(error) => Some(error),
        }
    }
}

/// An exception as it travels: what Python raised, or what it can raise.
///
/// Match on `module`, `class` and `kwargs`; `message` is for people and `traceback` for logs.
#[derive(Debug, Clone, PartialEq, Default, thiserror::Error)]
#[error("remote error {module}.{class}: {message}")]
#[non_exhaustive]
pub struct RemoteError {
    /// The module of the exception class, for example `cinder.exception` or `builtins`.
    pub module: String,
    /// The class name without its module, for example `VolumeNotFound`.
    pub class: String,
    /// The text of the exception.
    pub message: String,
    /// The positional arguments that the exception was made with.
    pub args: Vec<Value>,
    /// The keyword arguments that the exception was made with.
    pub kwargs: Map<String, Value>,
    /// Python's traceback, each line with its newline; empty from Rust servers.
    pub traceback: Vec<String>,
}

impl RemoteError {
    /// An exception `module.class` with the text `message`, which is also its one positional
    /// argument, as Python expects of most classes.
    #[must_use]
    pub fn new(module: impl Into<String>, class: impl Into<String>, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            module: module.into(),
            class: class.into(),
            args: vec![Value::String(message.clone())],
            message,
            ..Self::default()
        }
    }

    /// A Python builtin exception such as `TypeError` or `ValueError`.
    #[must_use]
    pub fn builtin(class: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new("builtins", class, message)
    }

    /// What a dispatcher answers for a method that no endpoint of the right version has. As in
    /// [`unsupported_version`](Self::unsupported_version), a long name is shortened: errors must
    /// not grow with the requests of others.
    pub(crate) fn no_such_method(method: &str) -> Self {
        let method = shortened(method);
        Self::new(DISPATCHER, NO_SUCH_METHOD, format!("Endpoint does not support RPC method {method}"))
    }

    /// What a dispatcher answers if no endpoint serves the version, or the namespace.
    pub(crate) fn unsupported_version(version: &str, method: &str) -> Self {
        let (version, method) = (shortened(version), shortened(method));
        let text = format!("Endpoint does not support RPC version {version}. Attempted method: {method}");
        Self::new(DISPATCHER, UNSUPPORTED_VERSION, text)
    }

    /// Whether this is [`no_such_method`](Self::no_such_method), of any server.
    pub(crate) fn is_no_such_method(&self) -> bool {
        self.is(DISPATCHER, NO_SUCH_METHOD)
    }

    /// Whether this is [`unsupported_version`](Self::unsupported_version), of any server.
    pub(crate) fn is_unsupported_version(&self) -> bool {
        self.is(DISPATCHER, UNSUPPORTED_VERSION)
    }

    /// The same exception with one more keyword argument.
    #[must_use]
    pub fn with_kwarg(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.kwargs.insert(name.into(), value.into());
        self
    }

    /// Whether this is the exception `module.class`; `exceptions`, Python 2's name of the
    /// builtins, counts as `builtins`.
    #[must_use]
    pub fn is(&self, module: &str, class: &str) -> bool {
        let own = if self.module == "exceptions" { "builtins" } else { &self.module };
        own == module && self.class == class
    }
}

/// An error that a manager method can return: it has a Python class, and can be told from it.
///
/// Derive it on an enum whose variants are the exceptions of a service; see
/// [`derive@crate::RpcException`].
pub trait RpcException: std::error::Error + Sized + Send + 'static {
    /// The exception that a Python caller raises for this error.
    fn to_remote(&self) -> RemoteError;

    /// This type's value for an exception, or `None` if it has no variant for that class or the
    /// exception's arguments are not those of the variant.
    fn from_remote(remote: &RemoteError) -> Option<Self>;
}

/// Every exception as it came: for methods that pass on whatever happened elsewhere.
impl RpcException for RemoteError {
    fn to_remote(&self) -> RemoteError {
        self.clone()
    }

    fn from_remote(remote: &RemoteError) -> Option<Self> {
        Some(remote.clone())
    }
}
