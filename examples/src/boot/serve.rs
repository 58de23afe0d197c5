//! What all of the services do to be served.

use std::sync::Arc;

use rpc_runtime::{Endpoint, Interface, Server, ServerError, Transport};

use crate::cli::print_request;

/// Serves one endpoint as `host`, printing a line for each request.
pub(super) async fn serve(
    transport: &Transport,
    interface: &Interface,
    host: &str,
    endpoint: Endpoint,
) -> Result<Server, ServerError> {
    let service: Arc<str> = format!("{} {host}", interface.topic).into();
    Server::builder(transport, interface.target().with_server(host))
        .endpoint(endpoint)
        .on_request(move |request| print_request(&service, request))
        .start()
        .await
}
