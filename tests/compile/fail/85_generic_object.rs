//! An object with parameters for types.

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{Field, Origin, Project};

const CINDER: Project = Project::new("cinder");

#[derive(Default, VersionedObject)]
#[object(project = CINDER, version = "1.9")]
pub struct Volume<T> {
    id: Field<T>,
    #[object(origin)]
    origin: Origin,
}

fn assert_object<O: VersionedObject>() {}

fn main() {
    assert_object::<Volume<u64>>();
}
