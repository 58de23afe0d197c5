//! Why an object is not read.

use crate::error::RemoteError;

const MODULE: &str = "oslo_versionedobjects.exception";

/// An object that a type does not take, whatever is in it.
///
/// At a server it becomes the exception that Python raises, for the caller; at a client it is the source of
/// [`RpcError::Decode`](crate::RpcError::Decode).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ObjectError {
    /// It is of a version that the type does not read: a newer one, or one of another major.
    #[error("Version {version} of {name} is not supported, supported version is {supported}")]
    #[non_exhaustive]
    Version {
        /// The name of the class.
        name: String,
        /// The version of the object.
        version: String,
        /// The version of the type.
        supported: String,
    },
    /// It is of another class, or of another project.
    #[error("Unsupported object type {class}")]
    #[non_exhaustive]
    Class {
        /// The class that it is of, with its namespace if that is another one.
        class: String,
    },
}

impl ObjectError {
    /// The exception of oslo.versionedobjects.
    #[must_use]
    pub fn to_remote(&self) -> RemoteError {
        match self {
            Self::Version { name, version, supported } => {
                RemoteError::new(MODULE, "IncompatibleObjectVersion", self.to_string())
                    .with_kwarg("objname", name.as_str())
                    .with_kwarg("objver", version.as_str())
                    .with_kwarg("supported", supported.as_str())
            }
            Self::Class { class } => RemoteError::new(MODULE, "UnsupportedObjectError", self.to_string())
                .with_kwarg("objtype", class.as_str()),
        }
    }
}
