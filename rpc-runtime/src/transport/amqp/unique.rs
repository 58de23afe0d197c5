//! What the names of queues end with that one listener has to itself.

use tokio::runtime::Handle;
use tokio::time::Instant;
use uuid::Uuid;

use super::options::AmqpOptions;
#[cfg(all(feature = "queue-manager", target_os = "linux"))]
use super::queue_manager::QueueManager;
use crate::error::Fault;
use crate::transport::error::OptionError;

/// Where they come from.
#[derive(Debug)]
pub(super) enum Unique {
    /// From nowhere: 32 hexadecimal digits.
    Random,
    #[cfg(all(feature = "queue-manager", target_os = "linux"))]
    Counted(QueueManager),
}

impl Unique {
    /// What the options ask for, which are checked.
    pub(super) fn new(options: &AmqpOptions) -> Result<Self, OptionError> {
        #[cfg(all(feature = "queue-manager", target_os = "linux"))]
        if let Some(manager) = QueueManager::new(options)? {
            return Ok(Self::Counted(manager));
        }
        #[cfg(not(all(feature = "queue-manager", target_os = "linux")))]
        let _ = options;
        Ok(Self::Random)
    }

    /// A new queue whose name begins with `prefix`. It may take until `deadline`, and threads of `runtime` that may block.
    pub(super) async fn queue(
        &self,
        prefix: &str,
        deadline: Instant,
        runtime: &Handle,
    ) -> Result<String, Fault> {
        let end = match self {
            Self::Random => {
                let _ = (deadline, runtime);
                Uuid::new_v4().simple().to_string()
            }
            #[cfg(all(feature = "queue-manager", target_os = "linux"))]
            Self::Counted(manager) => manager.next(deadline, runtime).await?,
        };
        Ok(format!("{prefix}_{end}"))
    }
}
