//! The exceptions of the volume service.

use rpc_runtime::RpcException;

/// What a volume manager raises; Python callers see classes of `cinder.exception`.
#[derive(Debug, Clone, PartialEq, RpcException)]
#[exception(module = "cinder.exception", code = 500)]
pub enum VolumeError {
    /// There is no such volume on this backend.
    #[exception(message = "Volume %(volume_id)s could not be found.", code = 404)]
    VolumeNotFound {
        /// The volume asked for.
        volume_id: String,
    },
    /// There is no such snapshot on this backend.
    #[exception(message = "Snapshot %(snapshot_id)s could not be found.", code = 404)]
    SnapshotNotFound {
        /// The snapshot asked for.
        snapshot_id: String,
    },
    /// There is no such group on this backend.
    #[exception(message = "Group %(group_id)s could not be found.", code = 404)]
    GroupNotFound {
        /// The group asked for.
        group_id: String,
    },
    /// There is no such group snapshot on this backend.
    #[exception(message = "GroupSnapshot %(group_snapshot_id)s could not be found.", code = 404)]
    GroupSnapshotNotFound {
        /// The group snapshot asked for.
        group_snapshot_id: String,
    },
    /// There is no such attachment of the volume.
    #[exception(message = "Volume attachment could not be found with filter: %(filter)s.", code = 404)]
    VolumeAttachmentNotFound {
        /// What was looked for.
        filter: String,
    },
    /// The volume cannot be deleted while an instance uses it.
    #[exception(message = "Volume %(volume_id)s is still attached, detach volume first.", code = 400)]
    VolumeAttached {
        /// The volume.
        volume_id: String,
    },
    /// The volume is not in a state for this.
    #[exception(message = "Invalid volume: %(reason)s", code = 400)]
    InvalidVolume {
        /// What is wrong with it.
        reason: Option<String>,
        /// The whole text, if it is another one.
        message: Option<String>,
    },
    /// The snapshot is not in a state for this.
    #[exception(message = "Invalid snapshot: %(reason)s", code = 400)]
    InvalidSnapshot {
        /// What is wrong with it.
        reason: String,
    },
    /// The group is not in a state for this.
    #[exception(message = "Invalid Group: %(reason)s", code = 400)]
    InvalidGroup {
        /// What is wrong with it.
        reason: String,
    },
    /// The backend has nothing of that name that could be managed.
    #[exception(
        message = "Manage existing volume failed due to invalid backend reference %(existing_ref)s: %(reason)s"
    )]
    ManageExistingInvalidReference {
        /// The name.
        existing_ref: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is nothing to fail over to under that name.
    #[exception(message = "Invalid Replication Target: %(reason)s", code = 400)]
    InvalidReplicationTarget {
        /// What is wrong with it.
        reason: String,
    },
    /// The backend is full.
    #[exception(
        message = "Requested volume or snapshot exceeds allowed %(name)s quota. Requested %(requested)sG, \
                   quota is %(quota)sG and %(consumed)sG has been consumed.",
        code = 413
    )]
    VolumeSizeExceedsAvailableQuota {
        /// What is short.
        name: String,
        /// The size asked for, in GiB.
        requested: u64,
        /// What there is, in GiB.
        quota: u64,
        /// What is taken already, in GiB.
        consumed: u64,
    },
    /// The request cannot be served as things are, for example because the backend is frozen.
    #[exception(message = "Invalid input received: %(reason)s", code = 400)]
    InvalidInput {
        /// What is wrong with it.
        reason: String,
    },
}
