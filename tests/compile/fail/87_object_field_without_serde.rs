//! A field whose value cannot be written or read.

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{Field, Origin, Project};

const CINDER: Project = Project::new("cinder");

#[derive(Default, VersionedObject)]
#[object(project = CINDER, version = "1.9")]
pub struct Volume {
    handle: Field<Handle>,
    #[object(origin)]
    origin: Origin,
}

pub struct Handle;

fn assert_object<O: VersionedObject>() {}

fn main() {
    assert_object::<Volume>();
}
