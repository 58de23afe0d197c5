//! Cinder's backup manager requires `volume_is_new`, which clients pinned below 2.4 do not send: every restore fails in a
//! rolling upgrade.

use rpc_runtime::{Context, RemoteError, rpc_manager};
use serde_json::Value;

#[rpc_manager(client = BackupApi, topic = "cinder-backup", version = "2.4")]
pub trait BackupManager {
    #[rpc(cast, to(backup_host: &str) = backup_host)]
    async fn restore_backup(
        &self,
        ctx: Context,
        backup: Value,
        volume_id: String,
        #[arg(since = "2.4", old = drop)] volume_is_new: bool,
    ) -> Result<(), RemoteError>;
}

struct Manager;

impl BackupManager for Manager {
    async fn restore_backup(&self, _: Context, _: Value, _: String, _: bool) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = BackupApi::endpoint(Manager);
}
