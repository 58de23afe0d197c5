//! Two fields with one name on the wire.

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{Field, Origin, Project};

const CINDER: Project = Project::new("cinder");

#[derive(Default, VersionedObject)]
#[object(project = CINDER, version = "1.9")]
pub struct Volume {
    host: Field<String>,
    #[object(was("host", until = "1.3"))]
    server: Field<String>,
    #[object(origin)]
    origin: Origin,
}

fn assert_object<O: VersionedObject>() {}

fn main() {
    assert_object::<Volume>();
}
