//! What the services ask of each other: apart from the services, as each of them calls another one.

mod compute;
mod conductor;
mod scheduler;

pub use compute::{ComputeApi, ComputeManager};
pub use conductor::{ConductorApi, ConductorManager};
pub use scheduler::{SchedulerApi, SchedulerError, SchedulerManager};
