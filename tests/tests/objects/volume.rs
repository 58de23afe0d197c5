//! A volume that has changed with the versions: what the tests read and write.

use rpc_runtime::object::{Field, Origin, Project, ReadOnly};
use rpc_runtime::{Version, VersionedObject};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

pub(super) const CINDER: Project = Project::new("cinder");

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.9", downgrade = older_status)]
pub(super) struct Volume {
    pub(super) id: ReadOnly<String>,
    /// Null until it is scheduled.
    pub(super) host: Field<Option<String>>,
    #[object(since = "1.5")]
    pub(super) shared_targets: Field<bool>,
    #[object(until = "1.7")]
    pub(super) consistencygroup_id: Field<Option<String>>,
    #[object(was("volume_attachment", until = "1.2"))]
    pub(super) attachments: Field<Vec<Attachment>>,
    #[object(since = "1.3", until = "1.8", was("access", until = "1.6"))]
    pub(super) access_mode: Field<String>,
    pub(super) status: Field<String>,
    #[object(origin)]
    pub(super) origin: Origin,
}

/// Before 1.4 nothing could be reserved.
fn older_status(data: &mut Map<String, Value>, version: Version) {
    if version < Version::new(1, 4) && data.get("status").is_some_and(|status| status == "reserved") {
        data.insert("status".to_owned(), json!("attaching"));
    }
}

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.3", name = "VolumeAttachment")]
pub(super) struct Attachment {
    pub(super) mountpoint: Field<String>,
    #[object(since = "1.2")]
    pub(super) connector: Field<Option<String>>,
    #[object(origin)]
    pub(super) origin: Origin,
}

/// An object of cinder on the wire.
pub(super) fn wire(class: &str, version: &str, data: Value) -> Value {
    json!({
        "versioned_object.name": class,
        "versioned_object.namespace": "cinder",
        "versioned_object.version": version,
        "versioned_object.data": data,
    })
}

/// The same, of which the fields `changes` were changed.
pub(super) fn changed(mut object: Value, changes: &[&str]) -> Value {
    object["versioned_object.changes"] = json!(changes);
    object
}

/// Through the text, as it comes from a peer.
pub(super) fn read<T: DeserializeOwned>(object: &Value) -> Result<T, serde_json::Error> {
    serde_json::from_str(&object.to_string())
}

pub(super) fn written(object: &impl Serialize) -> Value {
    serde_json::from_str(&serde_json::to_string(object).unwrap()).unwrap()
}
