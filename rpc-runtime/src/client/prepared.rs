//! Requests of methods whose messages no attribute describes.

use serde::Serialize;

use super::destination::IntoServer;
use super::{Call, Cast, Draft};
use crate::interface::{Kind, MethodResult};
use crate::version::Version;

/// A request of a `#[rpc(manual)]` method, put together by hand.
///
/// Arguments go out as they are given, whatever the version: policies for older servers are the
/// caller's. Everything else is as in other requests: the first thing that goes wrong is what
/// awaiting it gives, before anything is sent.
#[derive(Debug)]
#[must_use = "a request is sent by `call` or `cast`"]
pub struct Prepared {
    request: Draft,
}

impl Prepared {
    /// A request as it starts.
    pub fn new(request: Draft) -> Self {
        Self { request }
    }

    /// Whether the pin in force allows this version, and the method is there at it.
    #[must_use]
    pub fn can_send(&self, version: Version) -> bool {
        let Draft { client, method, pin, .. } = &self.request;
        let allowed = match pin {
            Some(pin) => pin.accepts(version),
            None => client.interface.accepts(version),
        };
        allowed && !method.is_removed_at(version) && method.since.iter().any(|since| version.accepts(*since))
    }

    /// Stamps the request with this version. Without it, it is the highest that the pin allows of
    /// those that changed something in the method.
    pub fn at(mut self, version: Version) -> Self {
        if !self.can_send(version) {
            let Draft { client, method, pin, .. } = &self.request;
            let cap = pin.unwrap_or(client.interface.version);
            if method.is_removed_at(version) && method.is_removed_at(cap) {
                self.request.fail_not_there(cap);
            } else {
                let what = format!("{} at {version}", method.name);
                self.request.fail_too_low(what, version);
            }
        }
        self.request.version = version;
        self
    }

    /// Sends to this server of the topic. `None` is an error; [`any_if_none`](crate::any_if_none) is for where any server
    /// will do.
    pub fn to(mut self, server: impl IntoServer) -> Self {
        self.request = self.request.to(server);
        self
    }

    /// Sets an argument, by its name on the wire; one that the method does not have is an error.
    pub fn arg<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Self {
        if self.request.method.takes(name) {
            self.request.set(name, value);
        } else {
            self.request.refuse(format!("it has no argument {name}"));
        }
        self
    }

    /// Waits for the reply, a `Result<T, E>`.
    pub fn call<R: MethodResult>(mut self) -> Call<R> {
        self.check_version();
        if !matches!(self.request.method.kind, Kind::Call | Kind::CallOrCast) {
            self.request.refuse("it is a cast, which has no reply to wait for");
        }
        self.request.call()
    }

    /// Waits for the broker only.
    pub fn cast(mut self) -> Cast {
        self.check_version();
        if self.request.method.kind == Kind::Call {
            self.request.refuse("it is a call: its reply has to be waited for");
        }
        self.request.cast()
    }

    /// A request that nobody stamped has the cap's version if the method is not there at it.
    fn check_version(&mut self) {
        let version = self.request.version;
        if !self.can_send(version) {
            self.request.fail_not_there(version);
        }
    }
}
