//! An origin that is none.

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{Field, Project};

const CINDER: Project = Project::new("cinder");

#[derive(Default, VersionedObject)]
#[object(project = CINDER, version = "1.9")]
pub struct Volume {
    id: Field<String>,
    #[object(origin)]
    origin: Field<String>,
}

fn assert_object<O: VersionedObject>() {}

fn main() {
    assert_object::<Volume>();
}
