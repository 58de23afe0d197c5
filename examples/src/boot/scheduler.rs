//! The scheduler: chooses the compute host with the most memory left.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rpc_runtime::Context;
use rpc_runtime::service::ServiceBuilder;

use super::interfaces::{SchedulerApi, SchedulerError, SchedulerManager};
use super::serve::serve;
use super::types::Instance;
use crate::bus::Bus;

/// A host that was silent for this long is taken for dead.
const FORGET_AFTER: Duration = Duration::from_secs(5);

/// The scheduler's one fact about each host: its free memory, and when it said so.
#[derive(Debug, Default)]
pub struct SchedulerService {
    hosts: Mutex<HashMap<String, (u64, Instant)>>,
}

impl SchedulerService {
    /// Has a service be the scheduler of `host`.
    pub fn add_to(service: ServiceBuilder, bus: &Bus, host: &str) -> ServiceBuilder {
        let endpoint = SchedulerApi::endpoint(Self::default());
        serve(service, bus, &SchedulerApi::INTERFACE, host, endpoint)
    }
}

impl SchedulerManager for SchedulerService {
    async fn select_destinations(&self, _: Context, instance: Instance) -> Result<String, SchedulerError> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.retain(|_, (_, said)| said.elapsed() < FORGET_AFTER);
        let best = hosts.iter_mut().max_by_key(|(_, (free, _))| *free);
        match best {
            Some((host, (free, _))) if *free >= instance.memory_mb => {
                *free -= instance.memory_mb;
                Ok(host.clone())
            }
            Some(_) => Err(SchedulerError::NoValidHost {
                reason: format!("No host has {} MiB.", instance.memory_mb),
            }),
            None => Err(SchedulerError::NoValidHost { reason: "There is no compute host.".to_owned() }),
        }
    }

    async fn update_service_capabilities(
        &self,
        _: Context,
        host: String,
        free_memory_mb: u64,
    ) -> Result<(), SchedulerError> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.insert(host, (free_memory_mb, Instant::now()));
        Ok(())
    }
}
