//! Which version of each class a release has: what senders write objects in for readers that are older.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::version::{Version, VersionError};

/// A version for each class of objects: in these a client or a server writes them at most.
///
/// What a class has in its own version alone is left out then, as the derive's attributes say; classes that are not named, and
/// those that are older than it says, are written as they are.
///
/// ```
/// use rpc_runtime::object::ObjectVersions;
///
/// let versions = ObjectVersions::new([("Volume", "1.8"), ("Snapshot", "1.5")])?;
/// assert_eq!(versions.get("Volume"), Some("1.8"));
/// # Ok::<(), rpc_runtime::VersionError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectVersions(BTreeMap<Box<str>, (Box<str>, Version)>);

impl ObjectVersions {
    /// The versions of these classes, by their names on the wire.
    ///
    /// # Errors
    /// A version that is none.
    pub fn new<N, V>(versions: impl IntoIterator<Item = (N, V)>) -> Result<Self, VersionError>
    where
        N: Into<String>,
        V: Into<String>,
    {
        let versions = versions.into_iter().map(|(name, version)| {
            let (name, version) = (name.into(), version.into());
            let number = version.parse()?;
            Ok((name.into_boxed_str(), (version.into_boxed_str(), number)))
        });
        Ok(Self(versions.collect::<Result<_, _>>()?))
    }

    /// The version of a class, if it has one.
    #[must_use]
    pub fn get(&self, class: &str) -> Option<&str> {
        self.0.get(class).map(|(text, _)| &**text)
    }

    /// The classes with their versions, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, (text, _))| (&**name, &**text))
    }

    pub(super) fn number(&self, class: &str) -> Option<(&str, Version)> {
        self.0.get(class).map(|(text, number)| (&**text, *number))
    }

    /// The same with the versions of `later` before them.
    fn followed_by(&self, later: Self) -> Self {
        let mut versions = self.clone();
        versions.0.extend(later.0);
        versions
    }
}

/// As a dictionary of classes and versions.
impl Serialize for ObjectVersions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// From such a dictionary.
impl<'de> Deserialize<'de> for ObjectVersions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let versions = BTreeMap::<String, String>::deserialize(deserializer)?;
        Self::new(versions).map_err(serde::de::Error::custom)
    }
}

/// The releases of a project's objects, oldest first: what changed in each, as cinder's `OBJ_VERSIONS`.
///
/// ```
/// use rpc_runtime::object::ObjectReleases;
///
/// let releases = ObjectReleases::new()
///     .with("1.38", [("Volume", "1.8"), ("Snapshot", "1.5")])?
///     .with("1.39", [("Volume", "1.9")])?;
/// let cap = releases.at("1.39").unwrap();
/// assert_eq!((cap.get("Volume"), cap.get("Snapshot")), (Some("1.9"), Some("1.5")));
/// assert!(releases.at("1.40").is_none());
/// # Ok::<(), rpc_runtime::VersionError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ObjectReleases(Vec<(String, Arc<ObjectVersions>)>);

impl ObjectReleases {
    /// No releases.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one release more, in which these classes got a new version.
    ///
    /// # Errors
    /// A version of a class that is none.
    pub fn with<N, V>(
        mut self,
        release: impl Into<String>,
        changes: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, VersionError>
    where
        N: Into<String>,
        V: Into<String>,
    {
        let changes = ObjectVersions::new(changes)?;
        let versions = match self.0.last() {
            Some((_, before)) => before.followed_by(changes),
            None => changes,
        };
        self.0.push((release.into(), Arc::new(versions)));
        Ok(self)
    }

    /// The versions of a release; `None` if there is no such release.
    #[must_use]
    pub fn at(&self, release: &str) -> Option<Arc<ObjectVersions>> {
        self.0.iter().rev().find(|(name, _)| name == release).map(|(_, versions)| Arc::clone(versions))
    }

    /// The releases, oldest first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}
