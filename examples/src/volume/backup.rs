//! The one method whose kind depends on the version.

use rpc_runtime::{CallError, Context, Version};

use super::types::{Backup, BackupDevice, Volume};
use super::{VolumeApi, VolumeError};

type Device = Result<Option<BackupDevice>, VolumeError>;

impl VolumeApi {
    /// Asks the service of `volume` what to read it from for `backup`.
    ///
    /// | Server | Kind | What comes back |
    /// |---|---|---|
    /// | since 3.17 | cast | `None`; the backup service gets the device, in a request of its own |
    /// | since 3.2 | call | the device, as an object |
    /// | since 3.0 | call | the device, as a plain dictionary |
    ///
    /// # Errors
    /// [`VolumeError::VolumeNotFound`], or what went wrong on the way.
    pub async fn get_backup_device(
        &self,
        ctx: &Context,
        backup: &Backup,
        volume: &Volume,
    ) -> Result<Option<BackupDevice>, CallError<VolumeError>> {
        let [v3_0, v3_2, v3_17] = [0, 2, 17].map(|minor| Version::new(3, minor));
        let request =
            self.prepare_get_backup_device(ctx).to(volume.service_topic_queue()).arg("backup", backup);
        if request.can_send(v3_17) {
            request.at(v3_17).arg("want_objects", &true).arg("async_call", &true).cast().await?;
            Ok(None)
        } else if request.can_send(v3_2) {
            request.at(v3_2).arg("want_objects", &true).call::<Device>().await
        } else {
            request.at(v3_0).call::<Device>().await
        }
    }
}
