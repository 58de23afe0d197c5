//! Which endpoint answers a request.

use super::endpoint::Endpoint;
use super::error::ServerError;
use super::objects::Objects;
use crate::error::RemoteError;
use crate::interface::Interface;
use crate::version::Version;
use crate::wire::Invocation;

pub(super) const PING: &str = "oslo_rpc_server_ping";
const PING_VERSION: Version = Version::new(1, 0);

/// Who answers a request.
#[derive(Debug)]
pub(super) enum Answerer<'a> {
    /// With the name that its method was called by.
    Endpoint(&'a Endpoint, &'static str),
    Ping,
}

/// The endpoints of a server, in order of precedence.
#[derive(Debug)]
pub(super) struct Endpoints {
    endpoints: Vec<Endpoint>,
    ping: bool,
    pub(super) objects: Objects,
}

impl Endpoints {
    /// Refuses endpoints of which one could never answer: both with the same namespace, major
    /// version and method.
    pub(super) fn new(endpoints: Vec<Endpoint>, ping: bool, objects: Objects) -> Result<Self, ServerError> {
        if endpoints.is_empty() {
            return Err(ServerError::NoEndpoint);
        }
        for (later, endpoint) in endpoints.iter().enumerate() {
            for earlier in &endpoints[..later] {
                let (one, other) = (earlier.interface(), endpoint.interface());
                if let Some((method, major)) = clash(one, other) {
                    return Err(ServerError::Shadowed {
                        method: method.to_owned(),
                        first: one.name.to_owned(),
                        second: other.name.to_owned(),
                        major,
                    });
                }
            }
        }
        Ok(Self { endpoints, ping, objects })
    }

    /// The first endpoint of the request's namespace and version that has the method.
    ///
    /// As in oslo.messaging, an endpoint that fits but lacks the method makes it NoSuchMethod, and
    /// none that fits (an unknown namespace included) UnsupportedVersion.
    pub(super) fn find(&self, invocation: &Invocation) -> Result<Answerer<'_>, Box<RemoteError>> {
        let Invocation { method, namespace, version, .. } = invocation;
        let mut compatible = false;
        for endpoint in &self.endpoints {
            if endpoint.serves(namespace.as_deref(), *version) {
                compatible = true;
                if let Some(name) = endpoint.interface().name_at(method, *version) {
                    return Ok(Answerer::Endpoint(endpoint, name));
                }
            }
        }
        if self.ping && namespace.is_none() && PING_VERSION.accepts(*version) {
            compatible = true;
            if method == PING {
                return Ok(Answerer::Ping);
            }
        }
        let error = if compatible {
            RemoteError::no_such_method(method)
        } else {
            RemoteError::unsupported_version(&version.to_string(), method)
        };
        Err(error.into())
    }
}

/// A name that both interfaces answer to, their older names included, in a major of both.
fn clash(one: &Interface, other: &Interface) -> Option<(&'static str, u32)> {
    if one.namespace != other.namespace {
        return None;
    }
    let served = |major: &u32| other.versions().any(|version| version.major() == *major);
    one.versions().map(Version::major).filter(served).find_map(|major| {
        // Whatever the first version of a major has is served in some of it.
        let first = Version::new(major, 0);
        let names =
            other.methods.iter().flat_map(|method| [Some(method.name), method.was.map(|was| was.name)]);
        let both = |name: &&str| [one, other].iter().all(|it| it.name_at(name, first).is_some());
        Some((names.flatten().find(both)?, major))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interface::Method;

    type Returns = Result<u8, RemoteError>;

    const V1: Version = Version::new(1, 0);
    const V2: Version = Version::new(2, 0);
    const GET: Method = Method::call::<Returns>("get", &[V1], &[]);
    const PUT: Method = Method::call::<Returns>("put", &[V1], &[]);
    const FETCH: Method = Method::call::<Returns>("fetch", &[V1], &[]).with_was("get", Version::new(1, 2));

    const fn interface(version: Version, methods: &'static [Method]) -> Interface {
        Interface::new("Shop", "shop", version, methods)
    }

    #[test]
    fn a_name_that_two_endpoints_answer_to() {
        const ONE: Interface = interface(V1, &[PUT, GET]);
        let clashes = |other: &Interface| clash(&ONE, other);
        assert_eq!(clashes(&interface(V1, &[GET])), Some(("get", 1)));
        assert_eq!(clashes(&interface(Version::new(1, 2), &[FETCH])), Some(("get", 1)));
        assert_eq!(clashes(&interface(V2, &[GET]).with_older(&[V1])), Some(("get", 1)));
        assert_eq!(clashes(&interface(V2, &[GET])), None);
        assert_eq!(clashes(&interface(V1, &[GET]).with_namespace("other")), None);
        assert_eq!(clashes(&interface(V1, &[])), None);
    }
}
