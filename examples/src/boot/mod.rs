//! Booting an instance, with four services: api, conductor, scheduler, compute.
//!
//! ```text
//! POST /servers -> api --cast build_instances--> conductor --call select_destinations--> scheduler
//!                                                conductor --cast build_and_run_instance--> compute
//!                                                compute --cast update_instance--> conductor
//! GET /servers/ID -> api --call get_instance--> conductor
//! every compute, every second --fanout update_service_capabilities--> every scheduler
//! ```

mod api;
mod compute;
mod conductor;
mod scheduler;
mod types;

pub use api::{ServerApi, serve_http};
pub use compute::{ComputeApi, ComputeManager, ComputeService};
pub use conductor::{ConductorApi, ConductorManager, ConductorService};
pub use scheduler::{SchedulerApi, SchedulerError, SchedulerManager, SchedulerService};
pub use types::{Instance, InstanceNotFound, Status};

use std::sync::Arc;

use rpc_runtime::{Endpoint, Interface, Server, ServerError, Target, Transport};

use crate::cli::print_request;

/// Serves one endpoint as `host`, printing a line for each request.
async fn serve(
    transport: &Transport,
    interface: &Interface,
    host: &str,
    endpoint: Endpoint,
) -> Result<Server, ServerError> {
    let service: Arc<str> = format!("{} {host}", interface.topic).into();
    Server::builder(transport, Target::topic(interface.topic).with_server(host))
        .endpoint(endpoint)
        .on_request(move |request| print_request(&service, request))
        .start()
        .await
}
