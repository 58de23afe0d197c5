//! Errors of others behind our own.

use std::error::Error;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The error behind an [`RpcError`](crate::RpcError), a [`TransportError`](crate::TransportError) or an exception of a
/// service, which its `source` gives. Clones share it.
///
/// In messages it is its text, as Python sends an exception that is an argument of another. Two are equal that have the
/// same.
///
/// ```
/// use rpc_runtime::{Cause, RpcException};
///
/// #[derive(Debug, RpcException)]
/// #[exception(module = "cinder.exception")]
/// pub enum VolumeError {
///     #[exception(message = "Failed to export for volume: %(reason)s", code = 500)]
///     ExportFailure {
///         #[exception(cause)]
///         reason: Cause,
///     },
/// }
///
/// let error = VolumeError::ExportFailure { reason: Cause::new(std::fmt::Error) };
/// assert_eq!(error.to_remote().kwargs["reason"], std::fmt::Error.to_string());
/// assert!(std::error::Error::source(&error).is_some());
/// ```
#[derive(Clone)]
pub struct Cause(Arc<dyn Error + Send + Sync>);

/// The cause of an exception that came from elsewhere, of which only the text is known.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Said(String);

impl Cause {
    /// The cause that this error is.
    #[must_use]
    pub fn new(error: impl Error + Send + Sync + 'static) -> Self {
        Self(Arc::new(error))
    }

    /// The same of an error whose type is not known.
    #[cfg(feature = "service")]
    pub(crate) fn of(error: Box<dyn Error + Send + Sync>) -> Self {
        Self(error.into())
    }
}

impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.to_string() == other.to_string()
    }
}

impl Serialize for Cause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cause {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::new(Said(text)))
    }
}

impl Deref for Cause {
    type Target = dyn Error + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
