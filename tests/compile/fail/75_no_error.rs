//! A type that is no error.

use rpc_runtime::RpcException;

#[derive(Debug, RpcException)]
#[exception(module = "cinder.exception")]
pub struct VolumeError;

fn assert_exception<E: RpcException>() {}

fn main() {
    assert_exception::<VolumeError>();
}
