//! Keys that are unknown, given twice or in the wrong place, and a value that none is.

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{Field, Origin, Project};

const CINDER: Project = Project::new("cinder");

#[derive(Default, VersionedObject)]
#[object(project = CINDER, version = "1.9", dict, dict, sicne = "1.1", unknown = forget)]
pub struct Volume {
    #[object(nmae = "volume_id")]
    id: Field<String>,
    #[object(dict)]
    host: Field<String>,
    #[object(origin, default, since = "1.1")]
    origin: Origin,
}

fn assert_object<O: VersionedObject>() {}

fn main() {
    assert_object::<Volume>();
}
