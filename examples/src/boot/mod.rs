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
mod interfaces;
mod scheduler;
mod serve;
mod types;

pub use api::{HttpServer, ServerApi};
pub use compute::ComputeService;
pub use conductor::ConductorService;
pub use interfaces::{
    ComputeApi, ComputeManager, ConductorApi, ConductorManager, SchedulerApi, SchedulerError,
    SchedulerManager,
};
pub use scheduler::SchedulerService;
pub use types::{Instance, InstanceNotFound, Status};
