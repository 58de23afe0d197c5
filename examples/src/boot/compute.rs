//! The compute service: runs instances, and tells the schedulers what it has left.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rpc_runtime::service::{PeriodicTask, ServiceBuilder};
use rpc_runtime::{Context, RemoteError};

use super::interfaces::{ComputeApi, ComputeManager, ConductorApi, SchedulerApi};
use super::serve::serve;
use super::types::{Instance, Status};
use crate::bus::Bus;

/// How often the schedulers are told.
const REPORT_EVERY: Duration = Duration::from_secs(1);
/// How long the imaginary hypervisor needs.
const BOOT_TIME: Duration = Duration::from_millis(300);
/// The memory of a host in MiB.
const MEMORY_MB: u64 = 8192;

/// One compute host.
#[derive(Debug)]
pub struct ComputeService {
    conductor: ConductorApi,
    free_memory_mb: Arc<AtomicU64>,
}

impl ComputeService {
    /// Has a service be `host`, and tell the schedulers of it.
    ///
    /// # Errors
    /// If the configuration has a wrong pin.
    pub fn add_to(service: ServiceBuilder, bus: &Bus, host: &str) -> anyhow::Result<ServiceBuilder> {
        let free_memory_mb = Arc::new(AtomicU64::new(MEMORY_MB));
        let conductor = bus.config.pin("conductor", &ConductorApi::INTERFACE)?;
        let conductor = ConductorApi::new(&bus.transport).pinned(conductor);
        let compute = Self { conductor, free_memory_mb: Arc::clone(&free_memory_mb) };
        let service = serve(service, bus, &ComputeApi::INTERFACE, host, ComputeApi::endpoint(compute));
        let schedulers = bus.config.pin("scheduler", &SchedulerApi::INTERFACE)?;
        let schedulers = SchedulerApi::new(&bus.transport).pinned(schedulers);
        let host = host.to_owned();
        let reporting = PeriodicTask::new("update_service_capabilities", REPORT_EVERY, move |ctx| {
            let (schedulers, host) = (schedulers.clone(), host.clone());
            let free = free_memory_mb.load(Ordering::Relaxed);
            async move { schedulers.update_service_capabilities(&ctx, host, free).await }
        });
        Ok(service.periodic_task(reporting.run_immediately(true)))
    }
}

impl ComputeManager for ComputeService {
    async fn build_and_run_instance(
        &self,
        ctx: Context,
        mut instance: Instance,
        host: String,
    ) -> Result<(), RemoteError> {
        tokio::time::sleep(BOOT_TIME).await;
        let memory = instance.memory_mb;
        let booted = self
            .free_memory_mb
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |free| free.checked_sub(memory));
        match booted {
            Ok(_) => instance.status = Status::Active,
            Err(free) => {
                instance.status = Status::Error;
                instance.fault = Some(format!("{host} has only {free} MiB left"));
            }
        }
        instance.host = Some(host);
        self.conductor
            .update_instance(&ctx, &instance)
            .await
            .map_err(|error| RemoteError::new("nova.exception", "NovaException", error.to_string()))
    }
}
