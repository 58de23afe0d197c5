//! Attachments, and the connections of hosts to volumes and snapshots.

use super::{Exports, Store};
use crate::volume::VolumeError;
use crate::volume::types::{ConnectionInfo, Connector, Map, VolumeAttachment};

impl Store {
    pub(crate) fn attach_volume(
        &mut self,
        attachment: VolumeAttachment,
    ) -> Result<VolumeAttachment, VolumeError> {
        let volume = self.volume(attachment.volume_id.as_deref().unwrap_or_default())?;
        volume.attachments.push(attachment.clone());
        "in-use".clone_into(&mut volume.status);
        Ok(attachment)
    }

    /// Ends one attachment, or all of them.
    pub(crate) fn detach_volume(
        &mut self,
        volume_id: &str,
        attachment_id: Option<&str>,
    ) -> Result<(), VolumeError> {
        let volume = self.volume(volume_id)?;
        volume
            .attachments
            .retain(|attachment| attachment_id.is_some_and(|id| attachment.id.as_deref() != Some(id)));
        if volume.attachments.is_empty() {
            "available".clone_into(&mut volume.status);
        }
        Ok(())
    }

    pub(crate) fn attachment_update(
        &mut self,
        volume_id: &str,
        attachment_id: &str,
        connector: &Connector,
    ) -> Result<ConnectionInfo, VolumeError> {
        self.check_attachment(volume_id, attachment_id)?;
        self.connect_volume(volume_id, connector)
    }

    pub(crate) fn attachment_delete(
        &mut self,
        volume_id: &str,
        attachment_id: &str,
    ) -> Result<(), VolumeError> {
        self.check_attachment(volume_id, attachment_id)?;
        self.detach_volume(volume_id, Some(attachment_id))
    }

    fn check_attachment(&mut self, volume_id: &str, attachment_id: &str) -> Result<(), VolumeError> {
        let attachments = &self.volume(volume_id)?.attachments;
        if attachments.iter().any(|attachment| attachment.id.as_deref() == Some(attachment_id)) {
            return Ok(());
        }
        Err(VolumeError::VolumeAttachmentNotFound { filter: format!("attachment_id = {attachment_id}") })
    }

    pub(crate) fn connect_volume(
        &mut self,
        volume_id: &str,
        connector: &Connector,
    ) -> Result<ConnectionInfo, VolumeError> {
        Ok(connect(&mut self.volume(volume_id)?.exports, volume_id, connector))
    }

    pub(crate) fn disconnect_volume(
        &mut self,
        volume_id: &str,
        connector: &Connector,
        force: bool,
    ) -> Result<(), VolumeError> {
        let found = disconnect(&mut self.volume(volume_id)?.exports, connector);
        if found || force {
            return Ok(());
        }
        Err(VolumeError::InvalidVolume {
            reason: Some(format!("volume {volume_id} has no such connection")),
            message: None,
        })
    }

    pub(crate) fn remove_export(&mut self, volume_id: &str) -> Result<(), VolumeError> {
        self.volume(volume_id)?.exports.clear();
        Ok(())
    }

    pub(crate) fn connect_snapshot(
        &mut self,
        snapshot_id: &str,
        connector: &Connector,
    ) -> Result<ConnectionInfo, VolumeError> {
        Ok(connect(&mut self.snapshot(snapshot_id)?.exports, snapshot_id, connector))
    }

    pub(crate) fn disconnect_snapshot(
        &mut self,
        snapshot_id: &str,
        connector: &Connector,
        force: bool,
    ) -> Result<(), VolumeError> {
        let found = disconnect(&mut self.snapshot(snapshot_id)?.exports, connector);
        if found || force {
            return Ok(());
        }
        Err(VolumeError::InvalidSnapshot { reason: format!("snapshot {snapshot_id} has no such connection") })
    }

    pub(crate) fn remove_export_snapshot(&mut self, snapshot_id: &str) -> Result<(), VolumeError> {
        self.snapshot(snapshot_id)?.exports.clear();
        Ok(())
    }
}

fn connect(exports: &mut Exports, id: &str, connector: &Connector) -> ConnectionInfo {
    exports.insert(peer(connector));
    let mut data = Map::new();
    data.insert("target_iqn".to_owned(), format!("iqn.2010-10.org.openstack:{id}").into());
    data.insert("target_discovered".to_owned(), false.into());
    ConnectionInfo { driver_volume_type: "iscsi".to_owned(), data, rest: Map::new() }
}

/// Whether there was a connection.
fn disconnect(exports: &mut Exports, connector: &Connector) -> bool {
    exports.remove(&peer(connector))
}

/// What tells hosts apart: the initiator, or else the address.
fn peer(connector: &Connector) -> String {
    connector.initiator.clone().or_else(|| connector.ip.clone()).unwrap_or_default()
}
