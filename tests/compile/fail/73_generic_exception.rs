//! An exception with parameters for types.

use rpc_runtime::RpcException;

#[derive(Debug, thiserror::Error, RpcException)]
#[error("failed")]
#[exception(module = "cinder.exception")]
pub struct VolumeError<T>(T);

fn assert_exception<E: RpcException>() {}

fn main() {
    assert_exception::<VolumeError<u64>>();
}
