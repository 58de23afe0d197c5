//! Texts with places for keyword arguments that there are none of, and what is no place.

use rpc_runtime::RpcException;

#[derive(Debug, RpcException)]
#[exception(module = "cinder.exception")]
pub enum VolumeError {
    #[exception(message = "Volume %(volume)s could not be found.")]
    VolumeNotFound { volume_id: String },
    #[exception(message = "Invalid volume: %s, at 100 %")]
    InvalidVolume { reason: String },
    #[exception(message = "%(data)s")]
    VolumeBackendAPIException,
}

fn assert_exception<E: RpcException>() {}

fn main() {
    assert_exception::<VolumeError>();
}
