//! The exceptions of `tests/python/sample_exceptions.py` as a service would declare them.

use rpc_runtime::RpcException;

/// What the methods of the sample raise.
#[derive(Debug, Clone, PartialEq, thiserror::Error, RpcException)]
#[exception(module = "sample_exceptions")]
pub enum SampleError {
    /// In the style of OpenStack: a text, and keyword arguments.
    #[error("Volume {volume_id} could not be found.")]
    VolumeNotFound {
        /// The volume asked for.
        volume_id: String,
    },
    /// The same with two fields; expected, so that a server doesn't log it as an error.
    #[error("Volume {volume_id} is busy: {reason}")]
    VolumeBusy {
        /// The volume.
        volume_id: String,
        /// What keeps it busy.
        reason: String,
    },
    /// Positional arguments only.
    #[error("({0:?}, {1})")]
    LimitReached(String, u64),
    /// A builtin of Python.
    #[error("{0}")]
    #[exception(module = "builtins", class = "ValueError")]
    Value(String),
}

/// Errors of which the Python server raises none.
#[derive(Debug, Clone, PartialEq, thiserror::Error, RpcException)]
#[exception(module = "sample_exceptions")]
pub enum OtherError {
    /// The right class, with a field that Python does not set.
    #[error("Volume {volume_id} of {owner} could not be found.")]
    VolumeNotFound {
        /// The volume asked for.
        volume_id: String,
        /// Whose it is.
        owner: String,
    },
    /// A class of the same name in another module.
    #[error("limit")]
    #[exception(module = "other_exceptions")]
    LimitReached(String, u64),
}
