//! An object that cannot be made without any field.

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{Field, Origin, Project};

const CINDER: Project = Project::new("cinder");

#[derive(VersionedObject)]
#[object(project = CINDER, version = "1.9")]
pub struct Volume {
    id: Field<String>,
    #[object(origin)]
    origin: Origin,
}

fn assert_object<O: VersionedObject>() {}

fn main() {
    assert_object::<Volume>();
}
