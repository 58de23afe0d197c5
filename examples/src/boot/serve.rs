//! What all of the services do to be served.

use std::sync::Arc;

use rpc_runtime::{Endpoint, Interface, Server};

use crate::bus::Bus;
use crate::cli::print_request;

/// Serves one endpoint as `host`, printing a line for each request.
pub(super) async fn serve(
    bus: &Bus,
    interface: &Interface,
    host: &str,
    endpoint: Endpoint,
) -> anyhow::Result<Server> {
    let service: Arc<str> = format!("{} {host}", interface.topic).into();
    let server = Server::builder(&bus.transport, interface.target().with_server(host))
        .endpoint(endpoint)
        .on_request(move |request| print_request(&service, request))
        .config(&bus.config)
        .start()
        .await?;
    Ok(server)
}
