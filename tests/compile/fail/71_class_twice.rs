//! Two variants of one class.

use rpc_runtime::RpcException;

#[derive(Debug, thiserror::Error, RpcException)]
#[error("failed")]
#[exception(module = "cinder.exception")]
pub enum VolumeError {
    NotFound {
        id: u64,
    },
    #[exception(class = "NotFound")]
    Missing,
}

fn assert_exception<E: RpcException>() {}

fn main() {
    assert_exception::<VolumeError>();
}
