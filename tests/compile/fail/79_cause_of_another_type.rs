//! A cause of a type that cannot be read back.

use rpc_runtime::RpcException;

#[derive(Debug, RpcException)]
#[exception(module = "cinder.exception", message = "Failed to export: %(reason)s")]
pub struct VolumeError {
    #[exception(cause)]
    reason: String,
}

fn assert_exception<E: RpcException>() {}

fn main() {
    assert_exception::<VolumeError>();
}
