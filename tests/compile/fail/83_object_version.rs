//! An object with a version that is none.

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{Field, Origin, Project};

const CINDER: Project = Project::new("cinder");

#[derive(Default, VersionedObject)]
#[object(project = CINDER, version = "1.9.x")]
pub struct Volume {
    #[object(since = "1.10")]
    host: Field<String>,
    #[object(origin)]
    origin: Origin,
}

fn assert_object<O: VersionedObject>() {}

fn main() {
    assert_object::<Volume>();
}
