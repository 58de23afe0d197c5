//! What is no such object: the error names object and field, and says what was expected.

use std::sync::Arc;

use rpc_runtime::object::{Field, Origin};
use rpc_runtime::{Context, RemoteError, Server, Target, Transport, VersionedObject, rpc_manager};
use serde_json::{Value, json};

use super::volume::{CINDER, Volume, read, wire};

fn refusal(object: &Value) -> String {
    read::<Volume>(object).unwrap_err().to_string()
}

fn check(object: &Value, parts: &[&str]) {
    let error = refusal(object);
    assert!(parts.iter().all(|part| error.contains(part)), "{error}");
}

#[test]
fn a_key_that_is_missing() {
    for key in ["name", "namespace", "version", "data"] {
        let key = format!("versioned_object.{key}");
        let mut object = wire("Volume", "1.9", json!({}));
        object.as_object_mut().unwrap().remove(&key).unwrap();
        check(&object, &["Volume", &key]);
    }
}

#[test]
fn a_value_of_the_wrong_kind() {
    for (data, field, expected) in [
        (json!({"id": 7}), "Volume.id", "expected a string"),
        (json!({"host": 7}), "Volume.host", "expected a string"),
        (json!({"status": null}), "Volume.status", "expected a string"),
        (json!({"shared_targets": "yes"}), "Volume.shared_targets", "expected a boolean"),
        (json!({"attachments": {}}), "Volume.attachments", "expected a sequence"),
        (json!({"volume_attachment": 1}), "Volume.attachments", "expected a sequence"),
    ] {
        check(&wire("Volume", "1.9", data), &[field, expected]);
    }
    check(&wire("Volume", "1.9", json!([])), &["the fields of a Volume"]);
}

#[test]
fn a_wrong_field_far_within() {
    let attachment = wire("VolumeAttachment", "1.3", json!({"mountpoint": false}));
    check(
        &wire("Volume", "1.9", json!({"attachments": [attachment]})),
        &["Volume.attachments", "VolumeAttachment.mountpoint", "expected a string"],
    );
}

#[test]
fn a_head_of_the_wrong_kind() {
    for key in ["name", "namespace", "version"] {
        let key = format!("versioned_object.{key}");
        let mut object = wire("Volume", "1.9", json!({}));
        object[&key] = json!(7);
        check(&object, &["Volume", &key, "expected a text"]);
    }
    let mut object = wire("Volume", "1.9", json!({}));
    for changes in [json!(null), json!("id"), json!([1])] {
        object["versioned_object.changes"] = changes;
        check(&object, &["Volume.versioned_object.changes"]);
    }
    for other in [json!(null), json!(7), json!("Volume"), json!([])] {
        check(&other, &["an object Volume of cinder"]);
    }
}

#[test]
fn a_version_that_is_none_or_not_known() {
    for version in ["", "x", "1.x", "1.", "-1.2", "1.2.3.4"] {
        check(&wire("Volume", version, json!({})), &["Volume", "versioned_object.version"]);
    }
    // As Python says it, without a third number.
    for (version, told) in [("1.10", "1.10"), ("1.10.1", "1.10"), ("2.0", "2.0"), ("0.9", "0.9")] {
        check(
            &wire("Volume", version, json!({})),
            &[&format!("Version {told} of Volume is not supported, supported version is 1.9")],
        );
    }
    // Where the head comes first, it comes before what is wrong in the data.
    let text = r#"{"versioned_object.name":"Volume","versioned_object.namespace":"cinder","versioned_object.version":"1.10","versioned_object.data":{"id":7}}"#;
    let error = serde_json::from_str::<Volume>(text).unwrap_err().to_string();
    assert!(error.starts_with("Version 1.10 of Volume"), "{error}");
}

#[test]
fn another_class_or_project() {
    check(&wire("Snapshot", "1.9", json!({})), &["Unsupported object type Snapshot"]);
    let mut object = wire("Volume", "1.9", json!({}));
    object["versioned_object.namespace"] = json!("manila");
    check(&object, &["Unsupported object type manila.Volume"]);
    let instance = json!({
        "nova_object.name": "Instance",
        "nova_object.namespace": "nova",
        "nova_object.version": "1.9",
        "nova_object.data": {},
    });
    check(&instance, &["Unsupported object type Instance"]);
}

#[derive(Debug, Default, VersionedObject)]
#[object(project = CINDER, version = "1.0")]
struct Group {
    parent: Field<Option<Box<Group>>>,
    #[object(origin)]
    origin: Origin,
}

#[test]
fn a_deep_nest() {
    let head = r#"{"versioned_object.name":"Group","versioned_object.namespace":"cinder","versioned_object.version":"1.0","versioned_object.data":{"parent":"#;
    let deep = |depth| format!("{}null{}", head.repeat(depth), "}}".repeat(depth));
    let group: Group = serde_json::from_str(&deep(20)).unwrap();
    assert_eq!(serde_json::to_string(&group).unwrap(), deep(20));
    let error = serde_json::from_str::<Group>(&deep(100_000)).unwrap_err().to_string();
    assert!(error.contains("Group.parent: Group.parent: recursion limit exceeded"), "{error}");
    assert!(error.len() < 1000, "{error}");
}

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0")]
pub(crate) trait VolumeManager {
    #[rpc(call)]
    async fn update(&self, ctx: Context, volume: Vec<Volume>) -> Result<usize, RemoteError>;
}

#[rpc_manager(client = RawApi, topic = "volume", version = "3.0", error = RemoteError)]
pub(crate) trait RawManager {
    #[rpc(call)]
    async fn update(&self, ctx: Context, volume: Value) -> Result<usize, RemoteError>;
}

struct Counts;

impl VolumeManager for Counts {
    async fn update(&self, _: Context, volume: Vec<Volume>) -> Result<usize, RemoteError> {
        Ok(volume.len())
    }
}

/// What a caller gets for each of these.
#[tokio::test]
async fn the_caller_is_told() {
    let transport = Transport::connect("memory://").await.unwrap();
    let _server = Server::builder(&transport, Target::new("volume").with_server("host1"))
        .endpoint(VolumeApi::endpoint(Arc::new(Counts)))
        .start()
        .await
        .unwrap();
    let api = RawApi::new(&transport);
    let ctx = Context::new();
    let good = wire("Volume", "1.9", json!({"id": "v-1"}));
    assert_eq!(api.update(&ctx, json!([good, good])).await.unwrap(), 2);
    const PYTHON: &str = "oslo_versionedobjects.exception";
    for (object, module, class, text) in [
        (wire("Volume", "1.10", json!({})), PYTHON, "IncompatibleObjectVersion", "Version 1.10 of Volume"),
        (wire("Snapshot", "1.0", json!({})), PYTHON, "UnsupportedObjectError", "Snapshot"),
        (wire("Volume", "1.9", json!({"host": 1})), "builtins", "TypeError", "Volume.host"),
    ] {
        let error = api.update(&ctx, json!([good, object])).await.unwrap_err();
        let remote = error.method().unwrap_or_else(|| panic!("{error}"));
        assert!(remote.is(module, class), "{remote:?}");
        assert!(remote.message.contains(text), "{remote:?}");
    }
}
