//! What all of the services do to be served.

use std::sync::Arc;

use rpc_runtime::service::{HookError, Hooks, ServiceBuilder};
use rpc_runtime::{Endpoint, Interface, Server, Target};

use crate::bus::Bus;
use crate::cli::print_request;

/// Has a service serve one more endpoint as `host`, printing a line for each request.
pub(super) fn serve(
    service: ServiceBuilder,
    bus: &Bus,
    interface: &Interface,
    host: &str,
    endpoint: Endpoint,
) -> ServiceBuilder {
    let name: Arc<str> = format!("{} {host}", interface.topic).into();
    let target = interface.target().with_server(host);
    let server = Server::builder(&bus.transport, target.clone())
        .endpoint(endpoint)
        .on_request(move |request| print_request(&name, request))
        .config(&bus.config);
    service.server(server).manager(Announcement { target })
}

/// Says that a server listens.
struct Announcement {
    target: Target,
}

impl Hooks for Announcement {
    async fn post_start_hook(&self) -> Result<(), HookError> {
        println!("serving {}", self.target);
        Ok(())
    }
}
