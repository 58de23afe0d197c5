//! Cinder's backup API came to 2.3 with `continue_backup`, which its client sends as 2.0: an older server takes the message
//! and fails.

use rpc_runtime::{Context, RemoteError, rpc_manager};
use serde_json::Value;

#[rpc_manager(client = BackupApi, topic = "cinder-backup", version = "2.3")]
pub trait BackupManager {
    #[rpc(cast, to(backup_host: &str) = backup_host)]
    async fn create_backup(&self, ctx: Context, backup: Value) -> Result<(), RemoteError>;

    #[rpc(cast, to(backup_host: &str) = backup_host)]
    async fn continue_backup(
        &self,
        ctx: Context,
        backup: Value,
        backup_device: Value,
    ) -> Result<(), RemoteError>;
}

struct Manager;

impl BackupManager for Manager {
    async fn create_backup(&self, _: Context, _: Value) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn continue_backup(&self, _: Context, _: Value, _: Value) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = BackupApi::endpoint(Manager);
}
