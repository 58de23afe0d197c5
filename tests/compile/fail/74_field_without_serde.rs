//! A field that cannot be encoded.

use rpc_runtime::RpcException;

#[derive(Debug, thiserror::Error, RpcException)]
#[error("failed")]
#[exception(module = "cinder.exception")]
pub struct VolumeError {
    handle: Handle,
}

#[derive(Debug)]
pub struct Handle;

fn assert_exception<E: RpcException>() {}

fn main() {
    assert_exception::<VolumeError>();
}
