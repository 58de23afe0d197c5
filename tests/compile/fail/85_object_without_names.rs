//! An object whose fields have no names.

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{Field, Origin, Project};

const CINDER: Project = Project::new("cinder");

#[derive(Default, VersionedObject)]
#[object(project = CINDER, version = "1.9")]
pub struct Volume(Field<String>, Origin);

fn assert_object<O: VersionedObject>() {}

fn main() {
    assert_object::<Volume>();
}
