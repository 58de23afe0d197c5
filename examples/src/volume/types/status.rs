//! The states that things are in.

use serde::{Deserialize, Serialize};

/// How an instance may use a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttachMode {
    /// Read and write.
    Rw,
    /// Read only.
    Ro,
}

/// Whether a volume is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the values are those of cinder's field")]
pub enum AttachStatus {
    Attached,
    Attaching,
    Detached,
    Reserved,
    ErrorAttaching,
    ErrorDetaching,
    Deleted,
}

/// How far a snapshot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the values are those of cinder's field")]
pub enum SnapshotStatus {
    Error,
    Available,
    Creating,
    Deleting,
    Deleted,
    Updating,
    #[serde(rename = "error_deleting")]
    ErrorDeleting,
    Unmanaging,
    BackingUp,
    Restoring,
}

/// How far a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the values are those of cinder's field")]
pub enum GroupStatus {
    Error,
    Available,
    Creating,
    Deleting,
    Deleted,
    Updating,
    InUse,
    #[serde(rename = "error_deleting")]
    ErrorDeleting,
}

/// Whether something is replicated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the values are those of cinder's field")]
pub enum ReplicationStatus {
    Error,
    Enabled,
    Disabled,
    NotCapable,
    FailingOver,
    FailoverError,
    FailedOver,
    Enabling,
    Disabling,
}
