//! Keys that are unknown, or in the wrong place.

use rpc_runtime::RpcException;

#[derive(Debug, thiserror::Error, RpcException)]
#[error("failed")]
#[exception(module = "cinder.exception", class = "VolumeError")]
pub enum VolumeError {
    #[exception(clas = "Gone")]
    NotFound {
        #[exception(nmae = "volume_id")]
        id: u64,
    },
    Busy(#[exception(name = "id")] u64),
    #[exception(other)]
    Other,
}

fn assert_exception<E: RpcException>() {}

fn main() {
    assert_exception::<VolumeError>();
}
