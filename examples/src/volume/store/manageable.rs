//! What is on the backend without being managed, and taking it over.

use super::Store;
use crate::volume::VolumeError;
use crate::volume::types::{ExistingRef, ManageableSnapshot, ManageableVolume, Map, SortDir};

/// Which part of a listing is wanted, in which order.
#[derive(Debug)]
pub(crate) struct Page {
    /// The name after which the page begins.
    pub(crate) marker: Option<String>,
    pub(crate) limit: Option<usize>,
    pub(crate) offset: Option<usize>,
    /// What to sort by, the most important first: `size`, or else the name.
    pub(crate) sort_keys: Vec<String>,
    /// The direction for each key; the first one serves the keys without.
    pub(crate) sort_dirs: Vec<SortDir>,
}

impl Page {
    /// This page of a list, whose entries have a name and a size.
    fn of<T>(self, mut list: Vec<T>, key: impl Fn(&T) -> (&str, u64)) -> Vec<T> {
        list.sort_by(|one, other| {
            let ((name, size), (other_name, other_size)) = (key(one), key(other));
            let mut order = std::cmp::Ordering::Equal;
            for (index, sort_key) in self.sort_keys.iter().enumerate() {
                let by_key = if sort_key == "size" { size.cmp(&other_size) } else { name.cmp(other_name) };
                let dir = self.sort_dirs.get(index).or(self.sort_dirs.first());
                order = order.then(if dir == Some(&SortDir::Desc) { by_key.reverse() } else { by_key });
            }
            order
        });
        let after_marker = self.marker.map_or(0, |marker| {
            let found = list.iter().position(|entry| key(entry).0 == marker);
            found.map_or(list.len(), |index| index + 1)
        });
        let wanted = list.into_iter().skip(after_marker).skip(self.offset.unwrap_or(0));
        wanted.take(self.limit.unwrap_or(usize::MAX)).collect()
    }
}

impl Store {
    pub(crate) fn manageable_volumes(&self, page: Page) -> Vec<ManageableVolume> {
        let managed = self.volumes.iter().map(|(id, volume)| (id, volume, true));
        let unmanaged = self.unmanaged_volumes.iter().map(|(name, volume)| (name, volume, false));
        let list = managed.chain(unmanaged).map(|(name, volume, managed)| ManageableVolume {
            reference: existing(name),
            size: volume.size,
            safe_to_manage: !managed,
            reason_not_safe: managed.then(already_managed),
            cinder_id: managed.then(|| name.clone()),
            rest: Map::new(),
        });
        page.of(list.collect(), |volume| (&volume.reference.source_name, volume.size))
    }

    pub(crate) fn manageable_snapshots(&self, page: Page) -> Vec<ManageableSnapshot> {
        let managed = self.snapshots.iter().map(|(id, snapshot)| (id, snapshot, true));
        let unmanaged = self.unmanaged_snapshots.iter().map(|(name, snapshot)| (name, snapshot, false));
        let list = managed.chain(unmanaged).map(|(name, snapshot, managed)| ManageableSnapshot {
            reference: existing(name),
            source_reference: existing(&snapshot.volume_id),
            size: snapshot.size,
            safe_to_manage: !managed,
            reason_not_safe: managed.then(already_managed),
            cinder_id: managed.then(|| name.clone()),
            rest: Map::new(),
        });
        page.of(list.collect(), |snapshot| (&snapshot.reference.source_name, snapshot.size))
    }

    pub(crate) fn manage_existing(&mut self, volume_id: String, name: &str) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        let volume = self.unmanaged_volumes.remove(name).ok_or_else(|| unknown(name))?;
        self.volumes.insert(volume_id, volume);
        Ok(())
    }

    pub(crate) fn manage_existing_snapshot(
        &mut self,
        snapshot_id: String,
        volume_id: &str,
        name: &str,
    ) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        self.volume(volume_id)?;
        let mut snapshot = self.unmanaged_snapshots.remove(name).ok_or_else(|| unknown(name))?;
        volume_id.clone_into(&mut snapshot.volume_id);
        self.snapshots.insert(snapshot_id, snapshot);
        Ok(())
    }
}

fn existing(name: &str) -> ExistingRef {
    ExistingRef { source_name: name.to_owned(), rest: Map::new() }
}

fn already_managed() -> String {
    "already managed".to_owned()
}

fn unknown(name: &str) -> VolumeError {
    let reason = "nothing on the backend has this name".to_owned();
    VolumeError::ManageExistingInvalidReference { existing_ref: name.to_owned(), reason }
}
