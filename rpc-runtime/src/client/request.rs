//! A request while its arguments are put together.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use serde::Serialize;

use super::{Call, Cast, Client};
use crate::context::RpcContext;
use crate::error::RpcError;
use crate::interface::{Arg, Method, MethodResult, Old};
use crate::version::Version;
use crate::wire::{EncodeError, Fields};

/// A request that has not been sent: arguments are encoded as they are given, and the first thing
/// that goes wrong is kept and becomes the outcome.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct Request {
    pub(super) client: Client,
    pub(super) method: &'static Method,
    /// The version to stamp; what it does not have follows its policy for older servers.
    pub(super) version: Version,
    pub(super) server: Option<String>,
    pub(super) args: Fields,
    pub(super) context: Fields,
    pub(super) fault: Option<RpcError>,
}

impl Request {
    pub(super) fn new<C: RpcContext>(client: Client, method: &'static Method, context: &C) -> Self {
        let pin = client.pin.get();
        let mut request = Self {
            client,
            method,
            version: method.since,
            server: None,
            args: Fields::new(),
            context: Fields::new(),
            fault: None,
        };
        match method.rung(pin) {
            Some(version) => request.version = version,
            None => request.fault = pin.map(|pin| too_low(method.name.to_owned(), method.since, pin)),
        }
        if let Err(error) = context.write(&mut request.context) {
            request.fail(|method| cannot_encode(method, "context", &error));
        }
        request
    }

    /// Sends to this server of the topic; [`CallOptions::server`](super::CallOptions::server)
    /// has the last word.
    pub fn to(mut self, server: impl IntoServer) -> Self {
        self.server = server.into_server();
        if self.server.as_deref() == Some("") {
            self.fail(|method| RpcError::BadArgument {
                method: method.name.to_owned(),
                why: "the destination server is empty".to_owned(),
            });
        }
        self
    }

    /// Sets an argument; a server without it does not get it.
    pub fn arg<T: Serialize + ?Sized>(mut self, name: &'static str, value: &T) -> Self {
        if self.has(name) {
            self.set(name, value);
        }
        self
    }

    /// Sets an argument that must carry nothing if the server is without it.
    pub fn arg_unless_old<T: Serialize + MaybeSet + ?Sized>(self, name: &'static str, value: &T) -> Self {
        self.arg_if(name, value, value.is_set())
    }

    /// Sets an argument that must be its default if the server is without it.
    pub fn arg_unless_default<T>(self, name: &'static str, value: &T, default: &T) -> Self
    where
        T: Serialize + PartialEq + ?Sized,
    {
        self.arg_if(name, value, value != default)
    }

    fn arg_if<T: Serialize + ?Sized>(mut self, name: &'static str, value: &T, is_set: bool) -> Self {
        match self.needed(name) {
            None => self.set(name, value),
            Some(needed) if is_set => {
                let pin = self.client.pin.get().unwrap_or(self.version);
                self.fail(|method| too_low(format!("argument {name} of {}", method.name), needed, pin));
            }
            Some(_) => {}
        }
        self
    }

    /// Sets an argument that a server without it knows in an older form.
    pub fn arg_or<T, O>(mut self, name: &'static str, value: &T, older: impl FnOnce(&T) -> O) -> Self
    where
        T: Serialize + ?Sized,
        O: Serialize,
    {
        if self.has(name) {
            self.set(name, value);
        } else {
            self.set(name, &older(value));
        }
        self
    }

    /// Waits for the reply.
    pub fn call<R: MethodResult>(self) -> Call<R> {
        Call::new(self)
    }

    /// Waits for the broker only.
    pub fn cast(self) -> Cast {
        Cast::new(self)
    }

    /// Whether a server of the stamped version has the argument.
    fn has(&self, name: &str) -> bool {
        self.needed(name).is_none()
    }

    /// The version that the argument came with, if the stamped version is below it.
    fn needed(&self, name: &str) -> Option<Version> {
        let Arg { since: Some(since), old, .. } = self.method.arg(name)? else { return None };
        (*old != Old::Keep && *since > self.version).then_some(*since)
    }

    fn set<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        if let Err(error) = self.args.set(name, value) {
            self.fail(|method| cannot_encode(method, name, &error));
        }
    }

    fn fail(&mut self, error: impl FnOnce(&Method) -> RpcError) {
        if self.fault.is_none() {
            self.fault = Some(error(self.method));
        }
    }
}

fn too_low(what: String, needed: Version, pin: Version) -> RpcError {
    RpcError::PinnedTooLow { what, needed, pin }
}

fn cannot_encode(method: &Method, what: &str, error: &EncodeError) -> RpcError {
    RpcError::Encode { method: method.name.to_owned(), what: what.to_owned(), why: error.to_string() }
}

/// What `#[rpc(to = ...)]` may evaluate to: the name of a server, or none for any server.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a server",
    label = "a destination is `&str`, `String`, or an `Option` of them"
)]
pub trait IntoServer {
    /// The name of the server; `None` is any server of the topic.
    fn into_server(self) -> Option<String>;
}

impl IntoServer for &str {
    fn into_server(self) -> Option<String> {
        Some(self.to_owned())
    }
}

impl IntoServer for String {
    fn into_server(self) -> Option<String> {
        Some(self)
    }
}

impl IntoServer for &String {
    fn into_server(self) -> Option<String> {
        Some(self.clone())
    }
}

impl<T: IntoServer> IntoServer for Option<T> {
    fn into_server(self) -> Option<String> {
        self.and_then(IntoServer::into_server)
    }
}

impl<'a, T> IntoServer for &'a Option<T>
where
    &'a T: IntoServer,
{
    fn into_server(self) -> Option<String> {
        self.as_ref().and_then(IntoServer::into_server)
    }
}

/// A value that can carry nothing, which `old = error_if_set` needs to know.
#[diagnostic::on_unimplemented(
    message = "`old = error_if_set` cannot tell whether a `{Self}` is set",
    label = "use `Option<_>`, `Vec<_>`, `bool`, or give the argument a default"
)]
pub trait MaybeSet {
    /// Whether the value carries something.
    fn is_set(&self) -> bool;
}

impl MaybeSet for bool {
    fn is_set(&self) -> bool {
        *self
    }
}

impl MaybeSet for str {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl MaybeSet for String {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl<T> MaybeSet for Option<T> {
    fn is_set(&self) -> bool {
        self.is_some()
    }
}

impl<T> MaybeSet for Vec<T> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl<K, V, S: BuildHasher> MaybeSet for HashMap<K, V, S> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl<K, V> MaybeSet for BTreeMap<K, V> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl MaybeSet for serde_json::Map<String, serde_json::Value> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}
