//! Some classes with a text and some without; a text that can be nowhere.

use rpc_runtime::RpcException;

#[derive(Debug, RpcException)]
#[exception(module = "cinder.exception")]
pub enum VolumeError {
    #[exception(message = "Volume %(volume_id)s could not be found.")]
    VolumeNotFound { volume_id: String },
    InvalidVolume { reason: String },
    #[exception(message = "Positional.")]
    Invalid(String),
    #[exception(message = "Volume driver reported an error.")]
    VolumeDriverException { message: String },
}

fn assert_exception<E: RpcException>() {}

fn main() {
    assert_exception::<VolumeError>();
}
