//! A request while its arguments are put together.

use std::error::Error;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use super::destination::IntoServer;
use super::parts::Parts;
use super::values::{MaybeSet, RestArg};
use crate::context::RpcContext;
use crate::error::{Cause, RpcError};
use crate::interface::{Encode, Method, Old};
use crate::pin::ObjectCap;
use crate::version::Version;
use crate::wire::Fields;

/// A request that has not been sent: arguments are encoded as they are given, and the first thing
/// that goes wrong is kept and becomes the outcome.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct Draft {
    pub(super) client: Arc<Parts>,
    pub(super) method: &'static Method,
    /// The pin in force when the request was made.
    pub(super) pin: Option<Version>,
    /// The versions in which objects in it are written at most.
    objects: ObjectCap,
    /// The version to stamp; what it does not have follows its policy for older servers.
    pub(super) version: Version,
    pub(super) server: Option<String>,
    pub(super) args: Fields,
    /// The arguments instead, while all of them are to become older ones at once.
    to_downgrade: Option<Map<String, Value>>,
    pub(super) context: Fields,
    pub(super) fault: Option<RpcError>,
}

impl Draft {
    pub(super) fn new<C: RpcContext>(client: Arc<Parts>, method: &'static Method, context: &C) -> Self {
        let (pin, objects) = client.pin.taken();
        let cap = pin.unwrap_or(client.interface.version);
        let rung = method.rung(cap);
        let version = rung.unwrap_or(cap);
        let mut request = Self {
            client,
            method,
            pin,
            objects,
            version,
            server: None,
            args: Fields::new(),
            to_downgrade: method.downgrade.and_then(|it| (version < it.until).then(Map::new)),
            context: Fields::new(),
            fault: None,
        };
        // A manual request may say later what it is stamped with.
        if rung.is_none() && !method.manual {
            request.fail_not_there(cap);
        }
        if let Err(error) = context.write(&mut request.context) {
            let why = format!("{}: {}", error.what, error.why);
            request.fail_to_encode("context", why, error);
        }
        request
    }

    /// Sends to this server of the topic; [`CallOptions::server`](super::CallOptions::server)
    /// has the last word.
    pub fn to<S: IntoServer>(mut self, server: S) -> Self {
        match server.into_server() {
            Ok(Some(server)) if server.is_empty() => self.refuse("the destination server is empty"),
            Ok(None) if !S::ANY_IF_NONE && self.client.options.server.is_none() => {
                self.refuse("the destination is None; if any server will do, that is `any_if_none(..)`");
            }
            Ok(server) => self.server = server,
            Err(why) => self.refuse(why),
        }
        self
    }

    /// Sets an argument; a server without it does not get it.
    pub fn arg<T: Encode + ?Sized>(mut self, name: &'static str, value: &T) -> Self {
        if let Place::Named(name) = self.place(name) {
            self.set(name, value);
        }
        self
    }

    /// Sets an argument that must carry nothing if the server is without it.
    pub fn arg_unless_old<T: Encode + MaybeSet + ?Sized>(self, name: &'static str, value: &T) -> Self {
        self.arg_unless(name, value, T::is_set)
    }

    /// Sets an argument that must be its default if the server is without it.
    pub fn arg_unless_default<T>(self, name: &'static str, value: &T, default: &T) -> Self
    where
        T: Encode + PartialEq + ?Sized,
    {
        self.arg_unless(name, value, |value| value != default)
    }

    /// Sets an argument that must not be what `is_set` is true for if the server is without it.
    pub fn arg_unless<T>(mut self, name: &'static str, value: T, is_set: impl FnOnce(T) -> bool) -> Self
    where
        T: Serialize + Copy,
    {
        match self.place(name) {
            Place::Named(name) => self.set(name, &value),
            Place::Missing { needed, .. } if is_set(value) => {
                self.fail_too_low(format!("argument {name} of {}", self.method.name), needed);
            }
            Place::Missing { .. } => {}
        }
        self
    }

    /// Sets an argument that a server without it knows in an older form.
    pub fn arg_or<T, O>(mut self, name: &'static str, value: T, older: impl FnOnce(T) -> O) -> Self
    where
        T: Serialize + Copy,
        O: Serialize,
    {
        match self.place(name) {
            Place::Named(name) => self.set(name, &value),
            Place::Missing { name, .. } => self.set(name, &older(value)),
        }
        self
    }

    /// Sets an argument that only older servers have.
    pub fn legacy_arg<T: Serialize + ?Sized>(mut self, name: &'static str, value: &T) -> Self {
        let mut removed = self.method.legacy.iter();
        if removed.any(|legacy| legacy.name == name && self.version < legacy.until) {
            self.set(name, value);
        }
        self
    }

    /// Sets every member of a map as an argument of its own.
    pub fn rest<T: RestArg>(mut self, rest: &T) -> Self {
        self.capped(|request| {
            // Each value is encoded when it is asked for.
            for (name, value) in rest.members() {
                if request.method.names(name) {
                    request.refuse(format!("the remaining arguments have {name}, which is one of its own"));
                    continue;
                }
                match value {
                    Ok(value) => request.write(name, &value),
                    Err(error) => request.fail_to_encode(name, error.to_string(), error),
                }
            }
        });
        self
    }

    /// Sets an argument whatever the version.
    pub(super) fn set<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.capped(|request| request.write(name, value));
    }

    /// Does what `write` does, with the objects in it in the versions of the pin at most.
    fn capped(&mut self, write: impl FnOnce(&mut Self)) {
        let cap = std::mem::take(&mut self.objects);
        cap.apply(|| write(self));
        self.objects = cap;
    }

    fn write<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        if let Some(older) = &mut self.to_downgrade {
            match serde_json::to_value(value) {
                Ok(value) => drop(older.insert(name.to_owned(), value)),
                Err(error) => self.fail_to_encode(name, error.to_string(), error),
            }
        } else if let Err(error) = self.args.set(name, value) {
            self.fail_to_encode(name, error.why.clone(), error);
        }
    }

    /// Once all arguments are there: makes older ones of them if the server needs that. What makes them gets all of the
    /// arguments, or is not asked.
    pub(super) fn complete(mut self) -> Self {
        let present = self.to_downgrade.take().filter(|_| self.fault.is_none());
        if let (Some(present), Some(downgrade)) = (present, self.method.downgrade) {
            for (name, value) in (downgrade.with)(present) {
                self.set(&name, &value);
            }
        }
        self
    }

    /// Where an argument goes in a request of the stamped version.
    fn place(&self, name: &'static str) -> Place {
        let Some(arg) = self.method.args.iter().find(|arg| arg.name == name) else {
            return Place::Named(name);
        };
        let name = arg.name_at(self.version);
        match arg.missing_at(self.version) {
            Some(needed) if arg.old != Old::Keep => Place::Missing { name, needed },
            _ => Place::Named(name),
        }
    }

    pub(super) fn fail_too_low(&mut self, what: String, needed: Version) {
        let pin = self.pin.unwrap_or(self.version);
        self.fail(|_| RpcError::PinnedTooLow { what, needed, pin });
    }

    /// The method is not there at that version: not yet, or not any more.
    pub(super) fn fail_not_there(&mut self, version: Version) {
        let (method, pin) = (self.method, self.pin);
        match method.until.filter(|until| version >= *until) {
            Some(until) => {
                self.fail(|method| RpcError::Removed { method: method.name.to_owned(), until, pin });
            }
            None => self.fail_too_low(method.name.to_owned(), method.needed(version)),
        }
    }

    fn fail_to_encode(&mut self, what: &str, why: String, error: impl Error + Send + Sync + 'static) {
        let (what, source) = (what.to_owned(), Some(Cause::new(error)));
        self.fail(|method| RpcError::Encode { method: method.name.to_owned(), what, why, source });
    }

    /// Refuses the request for something that the caller gave.
    pub(super) fn refuse(&mut self, why: impl Into<String>) {
        let why = why.into();
        self.fail(|method| RpcError::BadArgument { method: method.name.to_owned(), why });
    }

    fn fail(&mut self, error: impl FnOnce(&Method) -> RpcError) {
        if self.fault.is_none() {
            self.fault = Some(error(self.method));
        }
    }
}

/// What a server of the stamped version makes of an argument.
enum Place {
    /// It has it, under that name.
    Named(&'static str),
    /// It lacks it, or has it in an older form under that name.
    Missing { name: &'static str, needed: Version },
}
