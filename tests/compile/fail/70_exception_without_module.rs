//! An exception without the module of its class.

use rpc_runtime::RpcException;

#[derive(Debug, thiserror::Error, RpcException)]
#[error("failed")]
pub enum VolumeError {
    NotFound,
    #[exception(module = "cinder.exception")]
    Busy,
}

fn assert_exception<E: RpcException>() {}

fn main() {
    assert_exception::<VolumeError>();
}
