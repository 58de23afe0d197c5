//! A project and a downgrade that are something else.

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{Field, Origin};

const NAME: &str = "cinder";

#[derive(Default, VersionedObject)]
#[object(project = NAME, version = "1.9", downgrade = older)]
pub struct Volume {
    id: Field<String>,
    #[object(origin)]
    origin: Origin,
}

fn older(data: String) -> String {
    data
}

fn assert_object<O: VersionedObject>() {}

fn main() {
    assert_object::<Volume>();
}
