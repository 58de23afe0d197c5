//! Addresses that depend on more than the destination.

use crate::target::Target;
use crate::version::Version;

/// A request that is to be addressed, for the function of `#[rpc_manager(route = ..)]` or
/// `#[rpc(route = ..)]`.
///
/// ```
/// use rpc_runtime::{RouteRequest, Target, Version};
///
/// /// Since 6.5 every server listens to a second topic.
/// fn alternate(request: &RouteRequest<'_>) -> Result<Target, String> {
///     let topic = match request.pin {
///         Some(pin) if pin < Version::new(6, 5) => request.topic.to_owned(),
///         _ => format!("{}-alt", request.topic),
///     };
///     let host = request.destination.ok_or("the instance has no host")?;
///     Ok(Target::new(topic).with_server(host))
/// }
///
/// let mut request = RouteRequest::new("compute", Version::new(6, 0));
/// assert_eq!(alternate(&request).unwrap_err(), "the instance has no host");
/// request.destination = Some("host1");
/// assert_eq!(alternate(&request).unwrap().to_string(), "compute-alt.host1");
/// request.pin = Some(Version::new(6, 4));
/// assert_eq!(alternate(&request).unwrap().to_string(), "compute.host1");
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RouteRequest<'a> {
    /// The topic of the interface.
    pub topic: &'a str,
    /// The pin in force when the request was made, if the client is pinned.
    pub pin: Option<Version>,
    /// The version that the request is stamped with: the lowest that has all of it, so it is often
    /// far below the pin.
    pub version: Version,
    /// The server that `to` names, or [`CallOptions::server`](crate::CallOptions::server).
    pub destination: Option<&'a str>,
    /// Whether the request goes to every server of the topic.
    pub fanout: bool,
}

impl<'a> RouteRequest<'a> {
    /// A request of an unpinned client to any server of `topic`; for tests of route functions.
    #[must_use]
    pub const fn new(topic: &'a str, version: Version) -> Self {
        Self { topic, pin: None, version, destination: None, fanout: false }
    }
}

/// Where requests go. Exchange, topic and server of the target are used; namespace, version and
/// fanout are those of the method. The error says why a request cannot be addressed.
pub type RouteFn = fn(&RouteRequest<'_>) -> Result<Target, String>;
