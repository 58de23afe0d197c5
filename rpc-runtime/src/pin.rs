//! The version that a client may send at most.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use arc_swap::ArcSwapOption;

use crate::version::{Version, VersionError};

/// The version cap of one or more clients: one shared cell, to be swapped at run time.
///
/// During a rolling upgrade every client of a service is pinned to what the oldest server
/// understands. Clones share the cell, so one [`set`](Self::set) (on SIGHUP, say) moves every
/// client that was made with a clone. The default is unpinned: the newest version is sent.
///
/// ```
/// use rpc_runtime::{Version, VersionPin};
///
/// let pin: VersionPin = "3.5".parse()?;
/// let of_another_client = pin.clone();
/// pin.set(Version::new(3, 20));
/// assert_eq!(of_another_client.get(), Some(Version::new(3, 20)));
/// # Ok::<(), rpc_runtime::VersionError>(())
/// ```
#[derive(Clone, Default)]
pub struct VersionPin {
    cell: Arc<ArcSwapOption<Version>>,
}

impl VersionPin {
    /// A pin at `version`.
    #[must_use]
    pub fn new(version: Version) -> Self {
        let pin = Self::default();
        pin.set(version);
        pin
    }

    /// No pin.
    #[must_use]
    pub fn unpinned() -> Self {
        Self::default()
    }

    /// Moves the pin, for this and all its clones; requests made from now on see it.
    pub fn set(&self, version: Version) {
        self.cell.store(Some(Arc::new(version)));
    }

    /// Removes the pin, for this and all its clones.
    pub fn clear(&self) {
        self.cell.store(None);
    }

    /// The version pinned to, if any.
    #[must_use]
    pub fn get(&self) -> Option<Version> {
        self.cell.load().as_deref().copied()
    }
}

impl From<Version> for VersionPin {
    fn from(version: Version) -> Self {
        Self::new(version)
    }
}

impl From<&VersionPin> for VersionPin {
    /// The same cell.
    fn from(pin: &VersionPin) -> Self {
        pin.clone()
    }
}

impl FromStr for VersionPin {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        text.parse().map(Self::new)
    }
}

impl fmt::Debug for VersionPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Some(version) => write!(f, "VersionPin({version})"),
            None => f.write_str("VersionPin(none)"),
        }
    }
}
