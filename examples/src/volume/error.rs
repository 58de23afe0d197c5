//! The exceptions of the volume service.

use rpc_runtime::RpcException;
use uuid::Uuid;

/// What a volume manager raises; Python callers see classes of `cinder.exception`.
#[derive(Debug, Clone, PartialEq, thiserror::Error, RpcException)]
#[exception(module = "cinder.exception")]
pub enum VolumeError {
    /// There is no such volume on this backend.
    #[error("Volume {volume_id} could not be found.")]
    VolumeNotFound {
        /// The volume asked for.
        volume_id: Uuid,
    },
    /// The volume cannot be deleted while an instance uses it.
    #[error("Volume {volume_id} is still attached, detach volume first.")]
    VolumeAttached {
        /// The volume.
        volume_id: Uuid,
    },
    /// The backend is full.
    #[error("Volume size {size}G exceeds the {free}G that are free.")]
    VolumeSizeExceedsAvailableQuota {
        /// The size asked for, in GiB.
        size: u64,
        /// What is left, in GiB.
        free: u64,
    },
}
