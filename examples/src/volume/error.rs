//! The exceptions of the volume service.

use rpc_runtime::RpcException;

/// What a volume manager raises; Python callers see classes of `cinder.exception`.
#[derive(Debug, Clone, PartialEq, thiserror::Error, RpcException)]
#[exception(module = "cinder.exception")]
pub enum VolumeError {
    /// There is no such volume on this backend.
    #[error("Volume {volume_id} could not be found.")]
    VolumeNotFound {
        /// The volume asked for.
        volume_id: String,
    },
    /// There is no such snapshot on this backend.
    #[error("Snapshot {snapshot_id} could not be found.")]
    SnapshotNotFound {
        /// The snapshot asked for.
        snapshot_id: String,
    },
    /// There is no such group on this backend.
    #[error("Group {group_id} could not be found.")]
    GroupNotFound {
        /// The group asked for.
        group_id: String,
    },
    /// There is no such group snapshot on this backend.
    #[error("GroupSnapshot {group_snapshot_id} could not be found.")]
    GroupSnapshotNotFound {
        /// The group snapshot asked for.
        group_snapshot_id: String,
    },
    /// There is no such attachment of the volume.
    #[error("Volume attachment could not be found with filter: {filter}.")]
    VolumeAttachmentNotFound {
        /// What was looked for.
        filter: String,
    },
    /// The volume cannot be deleted while an instance uses it.
    #[error("Volume {volume_id} is still attached, detach volume first.")]
    VolumeAttached {
        /// The volume.
        volume_id: String,
    },
    /// The volume is not in a state for this.
    #[error("Invalid volume: {reason}")]
    InvalidVolume {
        /// What is wrong with it.
        reason: String,
    },
    /// The snapshot is not in a state for this.
    #[error("Invalid snapshot: {reason}")]
    InvalidSnapshot {
        /// What is wrong with it.
        reason: String,
    },
    /// The group is not in a state for this.
    #[error("Invalid Group: {reason}")]
    InvalidGroup {
        /// What is wrong with it.
        reason: String,
    },
    /// The backend has nothing of that name that could be managed.
    #[error("Manage existing volume failed due to invalid backend reference {existing_ref}: {reason}")]
    ManageExistingInvalidReference {
        /// The name.
        existing_ref: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is nothing to fail over to under that name.
    #[error("Invalid Replication Target: {reason}")]
    InvalidReplicationTarget {
        /// What is wrong with it.
        reason: String,
    },
    /// The backend is full.
    #[error("Volume size {size}G exceeds the {free}G that are free.")]
    VolumeSizeExceedsAvailableQuota {
        /// The size asked for, in GiB.
        size: u64,
        /// What is left, in GiB.
        free: u64,
    },
    /// The backend takes no changes.
    #[error("Service {host} is frozen and takes no changes.")]
    ServiceFrozen {
        /// The backend.
        host: String,
    },
}
