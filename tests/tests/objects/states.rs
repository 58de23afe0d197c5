//! Unset, null and set, and what was changed.

use rpc_runtime::VersionedObject;
use serde_json::json;

use super::volume::{Attachment, Volume, changed, read, wire, written};

#[test]
fn what_is_unset_stays_unset() {
    for data in [json!({}), json!({"host": null}), json!({"host": "host1", "status": "error"})] {
        let object = wire("Volume", "1.9", data);
        let volume: Volume = read(&object).unwrap();
        assert_eq!(written(&volume), object);
    }
    let volume: Volume = read(&wire("Volume", "1.9", json!({"host": null}))).unwrap();
    assert!(volume.host.is_set() && volume.host.value().is_none());
    assert!(!volume.status.is_set());
}

#[test]
fn what_is_set_is_changed() {
    let mut volume: Volume = read(&wire("Volume", "1.9", json!({"id": "v-1", "host": "a"}))).unwrap();
    assert!(volume.what_changed().is_empty());
    volume.status.set("error");
    volume.host.set(None);
    let object = wire("Volume", "1.9", json!({"id": "v-1", "host": null, "status": "error"}));
    assert_eq!(written(&volume), changed(object.clone(), &["host", "status"]));
    volume.reset_changes();
    assert_eq!(written(&volume), object);
}

#[test]
fn a_new_object_is_all_changes() {
    let attachment = Attachment { mountpoint: "/dev/vdb".to_owned().into(), ..Attachment::default() };
    let attachment_object =
        changed(wire("VolumeAttachment", "1.3", json!({"mountpoint": "/dev/vdb"})), &["mountpoint"]);
    assert_eq!(written(&attachment), attachment_object);
    let volume = Volume { attachments: vec![attachment].into(), ..Volume::default() };
    let object = wire("Volume", "1.9", json!({"attachments": [attachment_object]}));
    assert_eq!(written(&volume), changed(object, &["attachments"]));
}

#[test]
fn a_change_within_is_one_of_the_whole() {
    let attachment = wire("VolumeAttachment", "1.3", json!({"mountpoint": "/dev/vdb"}));
    let mut volume: Volume = read(&wire("Volume", "1.9", json!({"attachments": [attachment]}))).unwrap();
    volume.attachments.get_mut().unwrap()[0].connector.set(None);
    assert_eq!(volume.what_changed(), ["attachments"]);
    assert!(!volume.attachments.is_changed());
    assert_eq!(
        written(&volume)["versioned_object.data"]["attachments"][0]["versioned_object.changes"],
        json!(["connector"])
    );
}

#[test]
fn changes_come_and_go_on() {
    let object = changed(wire("Volume", "1.9", json!({"id": "v-1", "status": "error"})), &["status"]);
    let volume: Volume = read(&object).unwrap();
    assert!(volume.status.is_changed() && !volume.id.is_changed());
    assert_eq!(written(&volume), object);
}

#[test]
fn what_is_read_only_is_set_once() {
    let mut volume = Volume::default();
    volume.id.set("v-1".to_owned()).unwrap();
    volume.id.set("v-1".to_owned()).unwrap();
    assert!(volume.id.set("v-2".to_owned()).is_err());
    assert_eq!(volume.id.as_deref(), Some("v-1"));
}
