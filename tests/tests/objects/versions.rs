//! Objects of older and newer versions, as they are read and go out again.

use rpc_runtime::VersionedObject;
use serde_json::json;

use super::volume::{Volume, changed, read, wire, written};

#[test]
fn an_object_goes_out_as_it_came() {
    for (version, data) in [
        ("1.9", json!({"attachments": [], "shared_targets": true})),
        ("1.6", json!({"consistencygroup_id": null, "access_mode": "rw"})),
        ("1.3", json!({"consistencygroup_id": "g", "access": "rw", "status": "reserved"})),
        ("1.1", json!({"volume_attachment": []})),
        ("1.0", json!({"host": null})),
        ("1", json!({"host": null})),
    ] {
        let object = wire("Volume", version, data);
        let volume: Volume = read(&object).unwrap();
        assert_eq!(written(&volume), object);
        assert_eq!(volume.object_version(), version);
    }
}

#[test]
fn the_third_number_does_not_matter() {
    let volume: Volume = read(&wire("Volume", "1.9.4", json!({"id": "v-1"}))).unwrap();
    assert_eq!(volume.id.as_deref(), Some("v-1"));
}

#[test]
fn both_names_are_read_whatever_the_version() {
    for (version, name) in [
        ("1.1", "attachments"),
        ("1.9", "volume_attachment"),
        ("1.9", "attachments"),
        ("1.1", "volume_attachment"),
    ] {
        let volume: Volume = read(&wire("Volume", version, json!({name: []}))).unwrap();
        assert_eq!(volume.attachments.get(), Some(&Vec::new()), "{version} {name}");
    }
}

#[test]
fn changes_have_the_names_of_the_version() {
    let object = changed(wire("Volume", "1.1", json!({"volume_attachment": []})), &["volume_attachment"]);
    let mut volume: Volume = read(&object).unwrap();
    assert!(volume.attachments.is_changed());
    assert_eq!(written(&volume), object);
    // What is set is news, also to an object that came without.
    volume.shared_targets.set(true);
    let object = wire("Volume", "1.1", json!({"shared_targets": true, "volume_attachment": []}));
    assert_eq!(written(&volume), changed(object, &["shared_targets", "volume_attachment"]));
}

#[test]
fn what_is_gone_is_not_written() {
    let mut volume = Volume::default();
    volume.consistencygroup_id.set("g".to_owned());
    volume.status.set("error");
    assert_eq!(written(&volume), changed(wire("Volume", "1.9", json!({"status": "error"})), &["status"]));
}
