//! Versions that an object at 1.9 cannot have.

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{Field, Origin, Project};

const CINDER: Project = Project::new("cinder");

#[derive(Default, VersionedObject)]
#[object(project = CINDER, version = "1.9")]
pub struct Volume {
    #[object(since = "1.10")]
    later: Field<String>,
    #[object(since = "2.0")]
    next: Field<String>,
    #[object(since = "1.0")]
    first: Field<String>,
    #[object(since = "1.4", until = "1.3")]
    gone: Field<String>,
    #[object(was("old", until = "1.0"))]
    renamed: Field<String>,
    #[object(until = "1.6", was("older", until = "1.7"))]
    renamed_and_gone: Field<String>,
    #[object(origin)]
    origin: Origin,
}

fn assert_object<O: VersionedObject>() {}

fn main() {
    assert_object::<Volume>();
}
