//! Defaults that are no value of the field.

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{Field, Origin, Project};

const CINDER: Project = Project::new("cinder");

#[derive(Default, VersionedObject)]
#[object(project = CINDER, version = "1.9")]
pub struct Volume {
    #[object(default = 5)]
    host: Field<String>,
    #[object(default = "many")]
    size: Field<u64>,
    #[object(default)]
    status: Field<Status>,
    #[object(origin)]
    origin: Origin,
}

#[derive(serde::Serialize, serde::Deserialize)]
pub enum Status {
    Available,
}

fn assert_object<O: VersionedObject>() {}

fn main() {
    assert_object::<Volume>();
}
