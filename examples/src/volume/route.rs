//! Where requests about a backend go, and where its service listens for them.

use rpc_runtime::{RouteRequest, Target, Version};

use super::VolumeApi;

/// From this version on every backend has a topic of its own.
const TOPIC_OF_BACKEND: Version = Version::new(3, 6);

/// The address of a request to `host@backend#pool`; a pool is part of its backend.
///
/// | Servers | Topic | Server |
/// |---|---|---|
/// | before 3.6 | `cinder-volume` | `host@backend` |
/// | since 3.6 | `cinder-volume.host@backend` | `host` |
///
/// # Errors
/// If the destination names no host.
pub fn volume_route(request: &RouteRequest<'_>) -> Result<Target, NoHost> {
    let Some(destination) = request.destination else {
        return Ok(Target::new(request.topic));
    };
    let backend = without_pool(destination);
    let host = host_of(backend);
    if host.is_empty() {
        return Err(NoHost { destination: destination.to_owned() });
    }
    Ok(match request.pin {
        Some(pin) if !pin.accepts(TOPIC_OF_BACKEND) => Target::new(request.topic).with_server(backend),
        _ => Target::new(format!("{}.{backend}", request.topic)).with_server(host),
    })
}

/// The addresses that the service of `host@backend` listens to: those of old and of new clients.
#[must_use]
pub fn volume_addresses(backend: &str) -> [Target; 2] {
    let topic = VolumeApi::INTERFACE.topic;
    [
        Target::new(topic).with_server(backend),
        Target::new(format!("{topic}.{backend}")).with_server(host_of(backend)),
    ]
}

fn without_pool(destination: &str) -> &str {
    destination.split_once('#').map_or(destination, |(backend, _)| backend)
}

fn host_of(backend: &str) -> &str {
    backend.split_once('@').map_or(backend, |(host, _)| host)
}

/// A destination that is not of the form `host@backend#pool`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{destination:?} names no host; expected host@backend or host@backend#pool")]
pub struct NoHost {
    destination: String,
}
