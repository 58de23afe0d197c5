//! Exceptions, as they travel and as types.

use serde_json::{Map, Value};

use super::class::ExceptionClass;
use crate::text::shortened;

/// Where oslo.messaging has the exceptions of its dispatcher.
const DISPATCHER: &str = "oslo_messaging.rpc.dispatcher";
const NO_SUCH_METHOD: &str = "NoSuchMethod";
const UNSUPPORTED_VERSION: &str = "UnsupportedVersion";

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

    /// The HTTP status that the exception stands for: the keyword argument `code`, which exceptions of OpenStack
    /// services have.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        self.kwargs.get("code")?.as_u64()?.try_into().ok()
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no error that a method can return",
    label = "derive `RpcException` for it, or return `RemoteError`"
)]
pub trait RpcException: std::error::Error + Sized + Send + 'static {
    /// The classes of its exceptions, for the description of interfaces; none is known of a type that does not say.
    const CLASSES: &'static [ExceptionClass] = &[];

    /// Whether exceptions of all other classes are values of it, too.
    const TAKES_OTHERS: bool = false;

    /// The exception that a Python caller raises for this error.
    fn to_remote(&self) -> RemoteError;

    /// This type's value for an exception, or `None` if it has no variant for that class or the
    /// exception's arguments are not those of the variant.
    fn from_remote(remote: &RemoteError) -> Option<Self>;

    /// The HTTP status that the exception stands for, if its class has one.
    fn code(&self) -> Option<u16> {
        self.to_remote().code()
    }
}

/// Every exception as it came: for methods that pass on whatever happened elsewhere.
impl RpcException for RemoteError {
    const TAKES_OTHERS: bool = true;

    fn to_remote(&self) -> RemoteError {
        self.clone()
    }

    fn from_remote(remote: &RemoteError) -> Option<Self> {
        Some(remote.clone())
    }
}
