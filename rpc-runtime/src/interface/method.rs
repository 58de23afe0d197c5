//! One method, and which version a request for it is stamped with.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};

use super::arg::{Arg, Legacy, Was, all_classes, lowest_above};
use super::route::RouteFn;
use super::{CastResult, MethodResult};
use crate::class::HeldObject;
#[cfg(feature = "objects")]
use crate::class::ObjectClass;
use crate::error::{ExceptionClass, RpcException as _};
use crate::version::Version;

/// How a method is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// To one server, whose reply the caller waits for.
    Call,
    /// To one server, without a reply.
    Cast,
    /// To every server of the topic, without a reply.
    Fanout,
    /// To one server; whether there is a reply is the caller's choice.
    CallOrCast,
}

/// How it is sent, in words: `call`, `cast`, `fanout`, `call or cast`.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::Call => "call",
            Kind::Cast => "cast",
            Kind::Fanout => "fanout",
            Kind::CallOrCast => "call or cast",
        })
    }
}

/// One method of an [`Interface`](super::Interface).
#[derive(Debug, Clone, Copy, Serialize)]
#[non_exhaustive]
pub struct Method {
    /// The name on the wire.
    pub name: &'static str,
    /// An older name, if the method was renamed.
    pub was: Option<Was>,
    /// How it is sent.
    pub kind: Kind,
    /// The first version that has it in each major that has it, newest first.
    pub since: &'static [Version],
    /// The first version without it, if it was removed: it is sent to older servers only, and served to
    /// callers that ask for an older version.
    pub until: Option<Version>,
    /// The wire arguments, in the order of the trait.
    pub args: &'static [Arg],
    /// Arguments that only older servers know.
    pub legacy: &'static [Legacy],
    /// The Rust type of the result, as it is written in the trait: `()` if there is none.
    pub result: &'static str,
    /// The class of the versioned object that the result is, or holds. Serialised with the classes below it.
    #[serde(rename = "objects", serialize_with = "all_classes")]
    pub object: HeldObject,
    /// The classes of the errors that it declares.
    pub errors: &'static [ExceptionClass],
    /// Whether it passes on errors of any other class.
    pub other_errors: bool,
    /// The expression for the server that a request goes to, as it is written in the trait. Without one that is any
    /// server, or every one in a fanout.
    pub to: Option<&'static str>,
    /// The parameters of the client method that are no arguments: names and types. Expressions like `to` use them.
    pub params: &'static [(&'static str, &'static str)],
    /// How long a client waits for the reply, if the method says so itself.
    #[serde(skip)]
    pub timeout: Option<fn() -> Duration>,
    /// How often a client wants a sign of life during a call, if the method says so itself.
    #[serde(skip)]
    pub monitor: Option<fn() -> Duration>,
    /// The errors that are nothing unusual, as patterns written in the trait.
    pub expected: &'static [&'static str],
    /// What addresses its requests, instead of the route of the interface.
    #[serde(skip)]
    pub route: Option<RouteFn>,
    /// What makes the arguments fit for older servers, if that takes all of them at once.
    pub downgrade: Option<Downgrade>,
    /// Whether the client has no method of its own for it.
    pub manual: bool,
    /// The documentation of the method.
    pub doc: &'static str,
}

/// A change of all arguments of a request to servers below the version `until`.
#[derive(Debug, Clone, Copy, Serialize)]
#[non_exhaustive]
pub struct Downgrade {
    /// The first version that gets the arguments as they are.
    pub until: Version,
    /// Makes the older arguments of the present ones.
    #[serde(skip)]
    pub(crate) with: fn(Map<String, Value>) -> Map<String, Value>,
}

impl Method {
    /// A method whose caller waits for `R`.
    #[must_use]
    pub const fn call<R: MethodResult>(
        name: &'static str,
        since: &'static [Version],
        args: &'static [Arg],
    ) -> Self {
        Self::new::<R>(name, Kind::Call, since, args)
    }

    /// A method without a reply, sent to one server.
    #[must_use]
    pub const fn cast<R: CastResult>(
        name: &'static str,
        since: &'static [Version],
        args: &'static [Arg],
    ) -> Self {
        Self::new::<R>(name, Kind::Cast, since, args)
    }

    /// A method without a reply, sent to every server of the topic.
    #[must_use]
    pub const fn fanout<R: CastResult>(
        name: &'static str,
        since: &'static [Version],
        args: &'static [Arg],
    ) -> Self {
        Self::new::<R>(name, Kind::Fanout, since, args)
    }

    /// A method whose caller waits for `R` or does not, as it likes.
    #[must_use]
    pub const fn call_or_cast<R: MethodResult>(
        name: &'static str,
        since: &'static [Version],
        args: &'static [Arg],
    ) -> Self {
        Self::new::<R>(name, Kind::CallOrCast, since, args)
    }

    const fn new<R: MethodResult>(
        name: &'static str,
        kind: Kind,
        since: &'static [Version],
        args: &'static [Arg],
    ) -> Self {
        Self {
            name,
            was: None,
            kind,
            since,
            until: None,
            args,
            legacy: &[],
            result: "()",
            object: None,
            errors: R::Err::CLASSES,
            other_errors: R::Err::TAKES_OTHERS,
            to: None,
            params: &[],
            timeout: None,
            monitor: None,
            expected: &[],
            route: None,
            downgrade: None,
            manual: false,
            doc: "",
        }
    }

    /// The same method; checks that `E` is the error that `R` declares.
    #[must_use]
    pub const fn declares<R: MethodResult<Err = E>, E>(self) -> Self {
        self
    }

    /// The same method, called `name` below the version `until`.
    #[must_use]
    pub const fn with_was(mut self, name: &'static str, until: Version) -> Self {
        self.was = Some(Was { name, until });
        self
    }

    /// The same method, removed in the version `until`.
    #[must_use]
    pub const fn with_until(mut self, until: Version) -> Self {
        self.until = Some(until);
        self
    }

    /// The same method with arguments that only older servers know.
    #[must_use]
    pub const fn with_legacy(mut self, legacy: &'static [Legacy]) -> Self {
        self.legacy = legacy;
        self
    }

    /// The same method with the type of its result, as text for people to read.
    #[must_use]
    pub const fn with_result(mut self, result: &'static str) -> Self {
        self.result = result;
        self
    }

    /// The same method, whose result is or holds a versioned object of that class.
    #[must_use]
    pub const fn with_object(mut self, object: HeldObject) -> Self {
        self.object = object;
        self
    }

    /// The same method, sent to the server that this expression names, as text for people to read.
    #[must_use]
    pub const fn with_to(mut self, to: &'static str) -> Self {
        self.to = Some(to);
        self
    }

    /// The same method with parameters of the client method that are no arguments.
    #[must_use]
    pub const fn with_params(mut self, params: &'static [(&'static str, &'static str)]) -> Self {
        self.params = params;
        self
    }

    /// The same method, whose calls wait this long for their reply.
    #[must_use]
    pub const fn with_timeout(mut self, timeout: fn() -> Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The same method, whose calls want a sign of life this often.
    #[must_use]
    pub const fn with_monitor(mut self, monitor: fn() -> Duration) -> Self {
        self.monitor = Some(monitor);
        self
    }

    /// The same method with errors that are nothing unusual, as text for people to read.
    #[must_use]
    pub const fn with_expected(mut self, expected: &'static [&'static str]) -> Self {
        self.expected = expected;
        self
    }

    /// The same method with a route of its own.
    #[must_use]
    pub const fn with_route(mut self, route: RouteFn) -> Self {
        self.route = Some(route);
        self
    }

    /// The same method, whose arguments become what `with` makes of them below `until`.
    #[must_use]
    pub const fn with_downgrade(
        mut self,
        until: Version,
        with: fn(Map<String, Value>) -> Map<String, Value>,
    ) -> Self {
        self.downgrade = Some(Downgrade { until, with });
        self
    }

    /// The same method, for which the client has no method of its own.
    #[must_use]
    pub const fn as_manual(mut self) -> Self {
        self.manual = true;
        self
    }

    /// The same method with its documentation.
    #[must_use]
    pub const fn with_doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// The argument that has, or once had, that name on the wire.
    #[must_use]
    pub fn arg(&self, name: &str) -> Option<&'static Arg> {
        self.args.iter().find(|arg| arg.is_called(name))
    }

    /// The version to stamp on a request of a client that may send up to `cap`, its pin or else
    /// the version of the interface. `None` if the method is not there yet at that version, or not any
    /// more.
    ///
    /// In the cap's major it is the highest, up to the cap, of the versions that changed something
    /// in the method: its own first, those that its arguments came with, and those at which names
    /// and arguments were given up.
    #[must_use]
    pub fn rung(&self, cap: Version) -> Option<Version> {
        if self.is_removed_at(cap) {
            return None;
        }
        let start = self.since.iter().copied().find(|since| cap.accepts(*since))?;
        let args =
            self.args.iter().flat_map(|arg| arg.since.iter().copied().chain(arg.was.map(|was| was.until)));
        let removed = self.legacy.iter().map(|legacy| legacy.until);
        let renamed = self.was.map(|was| was.until);
        let converted = self.downgrade.map(|downgrade| downgrade.until);
        let changes = args.chain(removed).chain(renamed).chain(converted);
        Some(changes.filter(|version| cap.accepts(*version)).fold(start, Ord::max))
    }

    /// Whether that version is one without the method, or a later one.
    pub(crate) fn is_removed_at(&self, version: Version) -> bool {
        self.until.is_some_and(|until| version >= until)
    }

    /// The version that a client pinned to `pin` would need for the method.
    pub(crate) fn needed(&self, pin: Version) -> Version {
        lowest_above(self.since, pin).unwrap_or(pin)
    }

    /// Whether this is, or once was, its name on the wire.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.called(name).is_some()
    }

    /// The same name, as this has it.
    pub(super) fn called(&self, name: &str) -> Option<&'static str> {
        match self.was {
            _ if self.name == name => Some(self.name),
            Some(was) if was.name == name => Some(was.name),
            _ => None,
        }
    }

    /// Its name in a request of that version.
    pub(crate) fn name_at(&self, version: Version) -> &'static str {
        match self.was {
            Some(was) if version < was.until => was.name,
            _ => self.name,
        }
    }

    /// Whether a request may have an argument of that name.
    pub(crate) fn takes(&self, name: &str) -> bool {
        self.names(name) || self.args.iter().any(|arg| arg.rest)
    }

    /// The class of the objects in the argument that a request has under that name.
    #[cfg(feature = "objects")]
    pub(crate) fn object_in(&self, name: &str) -> Option<&'static ObjectClass> {
        let called = self.args.iter().find(|arg| arg.is_called(name));
        let rest = || self.args.iter().find(|arg| arg.rest && !self.names(name));
        called.or_else(rest)?.object.map(|class| class())
    }

    /// Whether an argument has, or once had, that name.
    pub(crate) fn names(&self, name: &str) -> bool {
        self.args.iter().any(|arg| arg.is_called(name))
            || self.legacy.iter().any(|legacy| legacy.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RemoteError;
    use crate::interface::Old;

    const fn v(major: u32, minor: u32) -> Version {
        Version::new(major, minor)
    }

    const ARGS: &[Arg] = &[
        Arg::new("a", "u32"),
        Arg::new("b", "Option<u32>").with_since(&[v(3, 10)], Old::Drop),
        Arg::new("c", "Option<u32>").with_since(&[v(3, 9)], Old::Drop),
    ];
    const METHOD: Method = Method::cast::<Result<(), RemoteError>>("m", &[v(3, 2)], ARGS);

    #[test]
    fn the_highest_rung_that_the_pin_accepts() {
        assert_eq!(METHOD.rung(v(3, 20)), Some(v(3, 10)));
        assert_eq!(METHOD.rung(v(3, 9)), Some(v(3, 9)));
        assert_eq!(METHOD.rung(v(3, 3)), Some(v(3, 2)));
        assert_eq!(METHOD.rung(v(3, 1)), None);
        assert_eq!(METHOD.rung(v(4, 0)), None);
        assert_eq!(METHOD.needed(v(3, 1)), v(3, 2));
    }

    #[test]
    fn removed_methods_have_no_rung() {
        let removed = METHOD.with_until(v(3, 10));
        for (cap, rung) in [(v(3, 9), Some(v(3, 9))), (v(3, 10), None), (v(3, 20), None), (v(4, 0), None)] {
            assert_eq!(removed.rung(cap), rung, "{cap}");
        }
        assert!(removed.is_removed_at(v(3, 10)) && !removed.is_removed_at(v(3, 9).with_patch(9)));
    }

    const TWO_MAJORS: Method = Method::cast::<Result<(), RemoteError>>(
        "m",
        &[v(6, 0), v(5, 2)],
        &[
            Arg::new("flavor", "u32").with_was("instance_type", v(6, 0)),
            Arg::new("late", "Option<u32>").with_since(&[v(6, 0), v(5, 8)], Old::Drop),
            Arg::new("new", "Option<u32>").with_since(&[v(6, 1)], Old::Drop),
        ],
    )
    .with_was("n", v(5, 4))
    .with_legacy(&[Legacy::new("gone", v(6, 0))]);

    #[test]
    fn rungs_of_two_majors() {
        for (cap, rung) in [
            (v(6, 5), Some(v(6, 1))),
            (v(6, 0), Some(v(6, 0))),
            (v(5, 13), Some(v(5, 8))),
            (v(5, 7), Some(v(5, 4))),
            (v(5, 3), Some(v(5, 2))),
            (v(5, 1), None),
            (v(7, 0), None),
        ] {
            assert_eq!(TWO_MAJORS.rung(cap), rung, "{cap}");
        }
        assert_eq!((TWO_MAJORS.name_at(v(5, 2)), TWO_MAJORS.name_at(v(5, 4))), ("n", "m"));
        let [flavor, late, new] = TWO_MAJORS.args else { unreachable!() };
        assert_eq!((flavor.name_at(v(5, 13)), flavor.name_at(v(6, 0))), ("instance_type", "flavor"));
        assert_eq!((late.missing_at(v(5, 7)), late.missing_at(v(6, 0))), (Some(v(5, 8)), None));
        assert_eq!((new.missing_at(v(5, 13)), new.missing_at(v(6, 1))), (Some(v(6, 1)), None));
        assert!(TWO_MAJORS.takes("gone") && TWO_MAJORS.takes("instance_type") && !TWO_MAJORS.takes("m"));
    }
}
