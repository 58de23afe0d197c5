//! The version that a client may send at most.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use arc_swap::ArcSwap;

#[cfg(feature = "objects")]
use crate::object::{ObjectVersions, scope};
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
///
/// With the feature `objects` it may also cap the versions of objects: `set_objects`.
#[derive(Clone, Default)]
pub struct VersionPin {
    cell: Arc<ArcSwap<Pinned>>,
}

#[derive(Debug, Clone, Default)]
struct Pinned {
    version: Option<Version>,
    objects: ObjectCap,
}

/// The versions in which objects are written at most; without the feature `objects` there are none.
#[derive(Debug, Clone, Default)]
pub(crate) struct ObjectCap(#[cfg(feature = "objects")] Option<Arc<ObjectVersions>>);

impl ObjectCap {
    /// Does what `write` does, with the objects in it in these versions at most.
    pub(crate) fn apply<R>(&self, write: impl FnOnce() -> R) -> R {
        #[cfg(feature = "objects")]
        return scope::capped(self.0.as_ref(), write);
        #[cfg(not(feature = "objects"))]
        write()
    }
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
        self.change(|pinned| pinned.version = Some(version));
    }

    /// Removes the pin, for this and all its clones.
    pub fn clear(&self) {
        self.change(|pinned| pinned.version = None);
    }

    /// The version pinned to, if any.
    #[must_use]
    pub fn get(&self) -> Option<Version> {
        self.cell.load().version
    }

    /// What requests are made with that are made now.
    pub(crate) fn taken(&self) -> (Option<Version>, ObjectCap) {
        let pinned = self.cell.load();
        (pinned.version, pinned.objects.clone())
    }

    fn change(&self, change: impl Fn(&mut Pinned)) {
        self.cell.rcu(|pinned| {
            let mut pinned = Pinned::clone(pinned);
            change(&mut pinned);
            pinned
        });
    }
}

/// With the feature `objects`.
#[cfg(feature = "objects")]
impl VersionPin {
    /// Has objects written in these versions at most, for this and all its clones; the version of requests stays.
    ///
    /// What the oldest reader of a release understands is one version of the interface and one of each class, which
    /// change independently of each other: [`set_with_objects`](Self::set_with_objects) moves both at once.
    pub fn set_objects(&self, objects: impl Into<Arc<ObjectVersions>>) {
        let objects = objects.into();
        self.change(|pinned| pinned.objects = ObjectCap(Some(Arc::clone(&objects))));
    }

    /// Moves the version of requests and those of objects at once, for this and all its clones.
    pub fn set_with_objects(&self, version: Version, objects: impl Into<Arc<ObjectVersions>>) {
        let pinned = Pinned { version: Some(version), objects: ObjectCap(Some(objects.into())) };
        self.cell.store(Arc::new(pinned));
    }

    /// Has objects written in their own versions again.
    pub fn clear_objects(&self) {
        self.change(|pinned| pinned.objects = ObjectCap::default());
    }

    /// The versions in which objects are written at most, if any.
    #[must_use]
    pub fn objects(&self) -> Option<Arc<ObjectVersions>> {
        self.cell.load().objects.0.clone()
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
