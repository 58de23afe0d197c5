//! The description of an interface: what `#[rpc_manager]` knows of a trait, as a constant.

mod arg;
mod kinds;
mod method;
mod pinning;
mod route;

pub use arg::{Arg, Legacy, Old, Was};
pub use kinds::{CastResult, Decode, Encode, MethodResult, RpcArg};
pub use method::{Downgrade, Kind, Method};
pub use pinning::{PinError, SupportsError};
pub use route::{RouteFn, RouteRequest};

use serde::Serialize;

use crate::target::Target;
use crate::version::Version;

/// What a Manager trait offers: the base of version checks, dispatch and introspection.
///
/// `#[rpc_manager]` makes one as `INTERFACE` of the generated client.
///
/// It can be serialised, for exports and comparisons: versions are texts, [`Kind`] and [`Old`] are in
/// `snake_case`, and functions (routes, timeouts, monitors, downgrades) are left out.
#[derive(Debug, Clone, Copy, Serialize)]
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
    /// The last version of each older major that is still sent and served, newest first.
    pub older: &'static [Version],
    /// Names of releases, which a pin may be given as, with the version of each; oldest first.
    pub aliases: &'static [(&'static str, Version)],
    /// Versions that brought something other than methods and arguments, and what that was.
    pub history: &'static [(Version, &'static str)],
    /// What addresses the requests of methods without a route of their own.
    #[serde(skip)]
    pub route: Option<RouteFn>,
    /// The methods, in the order of the trait.
    pub methods: &'static [Method],
    /// The documentation of the trait.
    pub doc: &'static str,
}

impl Interface {
    /// An interface of one major, without namespace, aliases, route and documentation.
    #[must_use]
    pub const fn new(
        name: &'static str,
        topic: &'static str,
        version: Version,
        methods: &'static [Method],
    ) -> Self {
        Self {
            name,
            topic,
            namespace: None,
            version,
            older: &[],
            aliases: &[],
            history: &[],
            route: None,
            methods,
            doc: "",
        }
    }

    /// The same interface in a namespace.
    #[must_use]
    pub const fn with_namespace(mut self, namespace: &'static str) -> Self {
        self.namespace = Some(namespace);
        self
    }

    /// The same interface, sent and served in older majors too: the last version of each.
    #[must_use]
    pub const fn with_older(mut self, older: &'static [Version]) -> Self {
        self.older = older;
        self
    }

    /// The same interface with names of releases.
    #[must_use]
    pub const fn with_aliases(mut self, aliases: &'static [(&'static str, Version)]) -> Self {
        self.aliases = aliases;
        self
    }

    /// The same interface with versions that brought something other than methods and arguments.
    #[must_use]
    pub const fn with_history(mut self, history: &'static [(Version, &'static str)]) -> Self {
        self.history = history;
        self
    }

    /// The same interface with a route.
    #[must_use]
    pub const fn with_route(mut self, route: RouteFn) -> Self {
        self.route = Some(route);
        self
    }

    /// The same interface with the documentation of its trait.
    #[must_use]
    pub const fn with_doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// The address of any server of it: its topic. [`Target::with_server`] makes it that of one.
    #[must_use]
    pub fn target(&self) -> Target {
        Target::new(self.topic)
    }

    /// The last version of each major that is sent and served, newest first.
    pub fn versions(&self) -> impl Iterator<Item = Version> + use<> {
        std::iter::once(self.version).chain(self.older.iter().copied())
    }

    /// Whether a server of this interface serves a request of that version.
    #[must_use]
    pub fn accepts(&self, requested: Version) -> bool {
        self.versions().any(|served| served.accepts(requested))
    }

    /// The method that has, or once had, that name on the wire.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<&'static Method> {
        self.methods.iter().find(|method| method.is_called(name))
    }

    /// The same name, as the interface has it, if requests of that version have the method.
    pub(crate) fn name_at(&self, name: &str, version: Version) -> Option<&'static str> {
        let called = |method: &Method| method.called(name).filter(|_| !method.is_removed_at(version));
        self.methods.iter().find_map(called)
    }
}

#[cfg(test)]
mod tests;
