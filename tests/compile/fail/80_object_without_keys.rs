//! An object without anything that it needs.

use rpc_runtime::VersionedObject;
use rpc_runtime::object::Field;

#[derive(Default, VersionedObject)]
pub struct Volume {
    id: Field<String>,
}

fn assert_object<O: VersionedObject>() {}

fn main() {
    assert_object::<Volume>();
}
