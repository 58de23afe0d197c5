//! Why there is no configuration.

use std::path::PathBuf;

use super::place::Place;
use super::remark::{Listed, Remark};
use crate::error::Cause;

/// Why a configuration cannot be read, or a value in it is none.
///
/// No value is repeated, as it may be secret.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A file or folder is not there or cannot be read.
    #[error("{}: {why}", path.display())]
    #[non_exhaustive]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
        /// A [`std::io::Error`], if it is one.
        source: Option<Cause>,
    },
    /// A file is not in the form that oslo.config reads.
    #[error("{}:{line}:{column}: expected {expected}", path.display())]
    #[non_exhaustive]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, in characters from 1.
        column: usize,
        /// What should be there.
        expected: &'static str,
    },
    /// An option has a value that it can't have.
    #[error("{place}: option {name} of [{group}]: {why}")]
    #[non_exhaustive]
    Value {
        /// The group of the option.
        group: String,
        /// Its name.
        name: String,
        /// Where its value is.
        place: Place,
        /// What is wrong with it.
        why: String,
    },
    /// There are options that nobody knows, and the configuration was to be [strict](super::ConfigBuilder::strict).
    #[error("nobody knows {}", Listed(remarks))]
    #[non_exhaustive]
    Unknown {
        /// Each of them.
        remarks: Vec<Remark>,
    },
}
