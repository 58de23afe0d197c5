//! What the destination of a request can be.

use std::fmt::Display;

/// What `#[rpc(to = ...)]` may evaluate to: the name of a server.
///
/// `None` names no server, and such a request fails before anything is sent: it would be any server that gets what is
/// meant for one. Where any server will do, say so: [`any_if_none`].
///
/// Sealed: a type of your own is handed over as one of these, for example by `to = host.as_str()`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a server",
    label = "a destination is `&str`, `String`, an `Option` of them, or a `Result` of any of these"
)]
pub trait IntoServer: sealed::Server {
    /// Whether any server will do if there is no name.
    #[doc(hidden)]
    const ANY_IF_NONE: bool = false;

    /// The name of the server, if there is one.
    ///
    /// # Errors
    /// Why there is no destination; nothing is sent then.
    fn into_server(self) -> Result<Option<String>, String>;
}

impl IntoServer for &str {
    fn into_server(self) -> Result<Option<String>, String> {
        Ok(Some(self.to_owned()))
    }
}

impl IntoServer for String {
    fn into_server(self) -> Result<Option<String>, String> {
        Ok(Some(self))
    }
}

impl IntoServer for &String {
    fn into_server(self) -> Result<Option<String>, String> {
        Ok(Some(self.clone()))
    }
}

impl<T: IntoServer> IntoServer for Option<T> {
    const ANY_IF_NONE: bool = T::ANY_IF_NONE;

    fn into_server(self) -> Result<Option<String>, String> {
        self.map_or(Ok(None), IntoServer::into_server)
    }
}

impl<'a, T> IntoServer for &'a Option<T>
where
    &'a T: IntoServer,
{
    fn into_server(self) -> Result<Option<String>, String> {
        self.as_ref().into_server()
    }
}

impl<T: IntoServer, E: Display> IntoServer for Result<T, E> {
    const ANY_IF_NONE: bool = T::ANY_IF_NONE;

    fn into_server(self) -> Result<Option<String>, String> {
        self.map_err(|error| error.to_string()).and_then(IntoServer::into_server)
    }
}

impl<T: IntoServer> IntoServer for AnyIfNone<T> {
    const ANY_IF_NONE: bool = true;

    fn into_server(self) -> Result<Option<String>, String> {
        self.0.into_server()
    }
}

/// A destination that goes to any server of the topic if `server` is `None`.
///
/// In `#[rpc(to = any_if_none(..))]` it needs no import. With a `route` it is what sees `None`.
///
/// ```
/// use rpc_runtime::{Context, RemoteError, rpc_manager};
///
/// #[rpc_manager(client = ComputeApi, topic = "compute", version = "1.0")]
/// pub trait ComputeManager {
///     /// On that host, or wherever there is room.
///     #[rpc(cast, to = any_if_none(host))]
///     async fn build(&self, ctx: Context, instance: u32, host: Option<String>) -> Result<(), RemoteError>;
/// }
/// ```
pub fn any_if_none<S: MaybeServer>(server: S) -> AnyIfNone<S> {
    AnyIfNone(server)
}

/// What [`any_if_none`] makes.
#[derive(Debug, Clone, Copy)]
pub struct AnyIfNone<S>(S);

impl<T> sealed::Server for AnyIfNone<T> {}

/// A destination that may name no server: an `Option`, or a `Result` of one. Sealed, as [`IntoServer`] is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is never `None`",
    label = "write the destination without `any_if_none`, which is for an `Option`, or a `Result` of one"
)]
pub trait MaybeServer: IntoServer {}

impl<T: IntoServer> MaybeServer for Option<T> {}

impl<'a, T> MaybeServer for &'a Option<T> where &'a T: IntoServer {}

impl<T: MaybeServer, E: Display> MaybeServer for Result<T, E> {}

/// Who implements [`IntoServer`].
mod sealed {
    pub trait Server {}

    impl Server for &str {}
    impl Server for String {}
    impl Server for &String {}
    impl<T> Server for Option<T> {}
    impl<T> Server for &Option<T> {}
    impl<T, E> Server for Result<T, E> {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_server() {
        let (name, option) = ("host1".to_owned(), Some("host1".to_owned()));
        for (at, server) in [
            "host1".into_server(),
            name.clone().into_server(),
            (&name).into_server(),
            Some("host1").into_server(),
            option.clone().into_server(),
            (&option).into_server(),
            Ok::<_, String>("host1").into_server(),
            Ok::<_, String>(&option).into_server(),
            Some(Ok::<_, String>("host1")).into_server(),
            any_if_none(&option).into_server(),
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(server.unwrap().as_deref(), Some("host1"), "number {at}");
        }
    }

    #[test]
    fn what_names_none() {
        for server in [
            None::<&str>.into_server(),
            (&None::<String>).into_server(),
            Ok::<_, String>(None::<String>).into_server(),
            any_if_none(None::<&str>).into_server(),
        ] {
            assert_eq!(server, Ok(None));
        }
        assert_eq!(Err::<&str, _>(7).into_server(), Err("7".to_owned()), "why there is none");
    }
}
