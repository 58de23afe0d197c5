//! Where a value comes from.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Where the value of an option stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// In a line of a file.
    #[non_exhaustive]
    File {
        /// The file.
        path: Arc<Path>,
        /// The line of the option's name, from 1.
        line: usize,
    },
    /// In a variable of the environment.
    #[non_exhaustive]
    Environment {
        /// Its name.
        variable: String,
    },
    /// Nowhere: it is the default.
    Default,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment { variable } => write!(f, "the variable {variable}"),
            Self::Default => f.write_str("its default"),
        }
    }
}
