//! The description of an interface: what `#[rpc_manager]` knows of a trait, as a constant.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::RpcException;
use crate::version::Version;

/// What a Manager trait offers: the base of version checks, dispatch and introspection.
///
/// `#[rpc_manager]` makes one as `INTERFACE` of the generated client.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Interface {
    /// The name of the trait.
    pub name: &'static str,
    /// The topic that servers listen to and clients send to.
    pub topic: &'static str,
    /// The namespace of the methods, if any.
    pub namespace: Option<&'static str>,
    /// The version that the trait is at.
    pub version: Version,
    /// The methods, in the order of the trait.
    pub methods: &'static [Method],
    /// The documentation of the trait.
    pub doc: &'static str,
}

impl Interface {
    /// An interface without namespace and documentation.
    #[must_use]
    pub const fn new(
        name: &'static str,
        topic: &'static str,
        version: Version,
        methods: &'static [Method],
    ) -> Self {
        Self { name, topic, namespace: None, version, methods, doc: "" }
    }

    /// The same interface in a namespace.
    #[must_use]
    pub const fn with_namespace(mut self, namespace: &'static str) -> Self {
        self.namespace = Some(namespace);
        self
    }

    /// The same interface with the documentation of its trait.
    #[must_use]
    pub const fn with_doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// The method with that name on the wire.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<&'static Method> {
        self.methods.iter().find(|method| method.name == name)
    }
}

/// How a method is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// To one server, whose reply the caller waits for.
    Call,
    /// To one server, without a reply.
    Cast,
    /// To every server of the topic, without a reply.
    Fanout,
}

/// One method of an [`Interface`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Method {
    /// The name on the wire.
    pub name: &'static str,
    /// How it is sent.
    pub kind: Kind,
    /// The version that the method came with.
    pub since: Version,
    /// The wire arguments, in the order of the trait.
    pub args: &'static [Arg],
    /// How long a client waits for the reply, if the method says so itself.
    pub timeout: Option<fn() -> Duration>,
    /// The documentation of the method.
    pub doc: &'static str,
}

impl Method {
    /// A method whose caller waits for `R`.
    #[must_use]
    pub const fn call<R: MethodResult>(name: &'static str, since: Version, args: &'static [Arg]) -> Self {
        Self { name, kind: Kind::Call, since, args, timeout: None, doc: "" }
    }

    /// A method without a reply, sent to one server.
    #[must_use]
    pub const fn cast<R: CastResult>(name: &'static str, since: Version, args: &'static [Arg]) -> Self {
        Self { name, kind: Kind::Cast, since, args, timeout: None, doc: "" }
    }

    /// A method without a reply, sent to every server of the topic.
    #[must_use]
    pub const fn fanout<R: CastResult>(name: &'static str, since: Version, args: &'static [Arg]) -> Self {
        Self { name, kind: Kind::Fanout, since, args, timeout: None, doc: "" }
    }

    /// The same method; checks that `E` is the error that `R` declares.
    #[must_use]
    pub const fn declares<R: MethodResult<Err = E>, E>(self) -> Self {
        self
    }

    /// The same method with its documentation.
    #[must_use]
    pub const fn with_doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// The argument with that name on the wire.
    #[must_use]
    pub fn arg(&self, name: &str) -> Option<&'static Arg> {
        self.args.iter().find(|arg| arg.name == name)
    }

    /// The version to stamp on a request of a client pinned to `pin`: the highest version, of the
    /// method and of its arguments, that the pin accepts. `None` if the pin is below the method.
    #[must_use]
    pub fn rung(&self, pin: Option<Version>) -> Option<Version> {
        let sendable = |version: &Version| pin.is_none_or(|pin| pin.accepts(*version));
        let mut rung = Some(self.since).filter(sendable)?;
        for since in self.args.iter().filter_map(|arg| arg.since).filter(sendable) {
            rung = rung.max(since);
        }
        Some(rung)
    }
}

/// One wire argument of a [`Method`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Arg {
    /// The name on the wire.
    pub name: &'static str,
    /// The Rust type, as it is written in the trait.
    pub ty: &'static str,
    /// The version that the argument came with, if later than its method.
    pub since: Option<Version>,
    /// What becomes of it in a request to a server without it.
    pub old: Old,
    /// The default, as it is written in the trait.
    pub default: Option<&'static str>,
}

impl Arg {
    /// A required argument of type `T`.
    #[must_use]
    pub const fn new<T: RpcArg>(name: &'static str, ty: &'static str) -> Self {
        Self { name, ty, since: None, old: Old::Keep, default: None }
    }

    /// The same argument, came with `since`, with its policy for older servers.
    #[must_use]
    pub const fn with_since(mut self, since: Version, old: Old) -> Self {
        self.since = Some(since);
        self.old = old;
        self
    }

    /// The same argument with a default, given as text for people to read.
    #[must_use]
    pub const fn with_default(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }
}

/// What a client does with an argument that the server is too old for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Old {
    /// Sends it: every server has it.
    Keep,
    /// Leaves it out.
    Drop,
    /// Leaves it out if it carries nothing, else fails before anything is sent.
    ErrorIfSet,
    /// Sends it in its older form.
    Convert,
}

/// A type that can be an argument or a result: everything with both serde traits.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot travel over rpc",
    label = "derive `Serialize` and `Deserialize` for it",
    note = "arguments and results are encoded and decoded as owned values"
)]
pub trait RpcArg: Serialize + DeserializeOwned + Send {}

impl<T: Serialize + DeserializeOwned + Send> RpcArg for T {}

/// What a method returns: `Result<T, E>` with a result that travels and an error with a class.
#[diagnostic::on_unimplemented(
    message = "an rpc method returns `Result<T, E>`, not `{Self}`",
    label = "`T` needs serde's `Serialize` and `Deserialize`, `E` needs `RpcException`"
)]
pub trait MethodResult: Send {
    /// What the method returns when it succeeds.
    type Ok: RpcArg;
    /// The errors that the method declares.
    type Err: RpcException;

    /// The plain result.
    #[doc(hidden)]
    fn into_result(self) -> Result<Self::Ok, Self::Err>;
}

impl<T: RpcArg, E: RpcException> MethodResult for Result<T, E> {
    type Ok = T;
    type Err = E;

    fn into_result(self) -> Result<T, E> {
        self
    }
}

/// What a method without a reply returns: `Result<(), E>`.
#[diagnostic::on_unimplemented(
    message = "a cast has no reply",
    label = "return `Result<(), E>`, or make it a call"
)]
pub trait CastResult: MethodResult<Ok = ()> {}

impl<E: RpcException> CastResult for Result<(), E> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RemoteError;

    const ARGS: &[Arg] = &[
        Arg::new::<u32>("a", "u32"),
        Arg::new::<Option<u32>>("b", "Option<u32>").with_since(Version::new(3, 10), Old::Drop),
        Arg::new::<Option<u32>>("c", "Option<u32>").with_since(Version::new(3, 9), Old::Drop),
    ];
    const METHOD: Method = Method::cast::<Result<(), RemoteError>>("m", Version::new(3, 2), ARGS);

    #[test]
    fn the_highest_rung_that_the_pin_accepts() {
        assert_eq!(METHOD.rung(None), Some(Version::new(3, 10)));
        assert_eq!(METHOD.rung(Some(Version::new(3, 20))), Some(Version::new(3, 10)));
        assert_eq!(METHOD.rung(Some(Version::new(3, 9))), Some(Version::new(3, 9)));
        assert_eq!(METHOD.rung(Some(Version::new(3, 3))), Some(Version::new(3, 2)));
        assert_eq!(METHOD.rung(Some(Version::new(3, 1))), None);
        assert_eq!(METHOD.rung(Some(Version::new(4, 0))), None);
    }
}
