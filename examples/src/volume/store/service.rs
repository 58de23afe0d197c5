//! The service as a whole: frozen or not, which backend is in use, logging.

use super::{SECONDARY, Store};
use crate::volume::VolumeError;
use crate::volume::types::{LogLevel, ServiceUpdates};

/// The name that stands for the backend that everything started on.
const DEFAULT: &str = "default";

impl Store {
    pub(crate) fn set_frozen(&mut self, frozen: bool) {
        self.frozen = frozen;
    }

    pub(crate) fn failover(&mut self, secondary: Option<String>) -> Result<(), VolumeError> {
        let target = secondary.unwrap_or_else(|| SECONDARY.to_owned());
        let active = self.active_backend.as_deref().unwrap_or(DEFAULT);
        let why = if target == active {
            "is in use already"
        } else if target != SECONDARY && target != DEFAULT {
            "is not known"
        } else {
            self.active_backend = Some(target);
            return Ok(());
        };
        Err(VolumeError::InvalidReplicationTarget { reason: format!("backend {target} {why}") })
    }

    pub(crate) fn failover_completed(&mut self, updates: ServiceUpdates) {
        let ServiceUpdates { frozen, active_backend_id, .. } = updates;
        self.frozen = frozen.unwrap_or(self.frozen);
        self.active_backend = active_backend_id.or(self.active_backend.take());
    }

    /// Ends what a crash left half done: statuses that do not fit what is attached.
    pub(crate) fn clean_up(&mut self) {
        for volume in self.volumes.values_mut() {
            let status = if volume.attachments.is_empty() { "available" } else { "in-use" };
            if volume.status != status {
                status.clone_into(&mut volume.status);
            }
        }
    }

    /// Sets the level of all loggers with the prefix; without a level, that of their defaults.
    pub(crate) fn set_log_level(&mut self, request: &LogLevel) {
        let prefix = request.prefix.as_deref().unwrap_or_default();
        match request.level.as_deref() {
            Some(level) => self.log_levels.insert(prefix.to_owned(), level.to_owned()),
            None => self.log_levels.remove(prefix),
        };
    }

    pub(crate) fn log_levels(&self, prefix: &str) -> Vec<LogLevel> {
        let with_prefix = self.log_levels.iter().filter(|(name, _)| name.starts_with(prefix));
        with_prefix
            .map(|(name, level)| LogLevel {
                prefix: Some(name.clone()).into(),
                level: Some(level.clone()).into(),
                ..LogLevel::default()
            })
            .collect()
    }
}
