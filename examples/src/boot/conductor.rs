//! The conductor: knows every instance, and leads one through its build.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rpc_runtime::Context;
use rpc_runtime::service::ServiceBuilder;
use uuid::Uuid;

use super::interfaces::{ComputeApi, ConductorApi, ConductorManager, SchedulerApi};
use super::serve::serve;
use super::types::{Instance, InstanceNotFound, Status};
use crate::bus::Bus;

/// A conductor with its records in memory.
#[derive(Debug)]
pub struct ConductorService {
    scheduler: SchedulerApi,
    compute: ComputeApi,
    instances: Mutex<HashMap<Uuid, Instance>>,
}

impl ConductorService {
    /// Has a service be the conductor of `host`.
    ///
    /// # Errors
    /// If the configuration has a wrong pin.
    pub fn add_to(service: ServiceBuilder, bus: &Bus, host: &str) -> anyhow::Result<ServiceBuilder> {
        let conductor = Self {
            scheduler: SchedulerApi::new(&bus.transport)
                .pinned(bus.config.pin("scheduler", &SchedulerApi::INTERFACE)?),
            compute: ComputeApi::new(&bus.transport)
                .pinned(bus.config.pin("compute", &ComputeApi::INTERFACE)?),
            instances: Mutex::default(),
        };
        let endpoint = ConductorApi::endpoint(conductor);
        Ok(serve(service, bus, &ConductorApi::INTERFACE, host, endpoint))
    }

    fn instances(&self) -> MutexGuard<'_, HashMap<Uuid, Instance>> {
        self.instances.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the scheduler choose a host and the host build the instance.
    async fn build(&self, ctx: &Context, instance: &Instance) -> Result<(), String> {
        let host =
            self.scheduler.select_destinations(ctx, instance).await.map_err(|error| error.to_string())?;
        self.compute.build_and_run_instance(ctx, instance, host).await.map_err(|error| error.to_string())
    }
}

impl ConductorManager for ConductorService {
    async fn build_instances(&self, ctx: Context, mut instance: Instance) -> Result<(), InstanceNotFound> {
        self.instances().insert(instance.id, instance.clone());
        if let Err(fault) = self.build(&ctx, &instance).await {
            instance.status = Status::Error;
            instance.fault = Some(fault);
            self.instances().insert(instance.id, instance);
        }
        Ok(())
    }

    async fn update_instance(&self, _: Context, instance: Instance) -> Result<(), InstanceNotFound> {
        match self.instances().get_mut(&instance.id) {
            Some(known) => *known = instance,
            None => return Err(InstanceNotFound { instance_id: instance.id }),
        }
        Ok(())
    }

    async fn get_instance(&self, _: Context, instance_id: Uuid) -> Result<Instance, InstanceNotFound> {
        self.instances().get(&instance_id).cloned().ok_or(InstanceNotFound { instance_id })
    }
}
