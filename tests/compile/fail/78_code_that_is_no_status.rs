//! A code that HTTP does not have, and one that is sent already.

use rpc_runtime::RpcException;

#[derive(Debug, RpcException)]
#[exception(module = "cinder.exception")]
pub enum VolumeError {
    #[exception(message = "Volume %(volume_id)s could not be found.", code = 4040)]
    VolumeNotFound { volume_id: String },
    #[exception(message = "Quota exceeded: code=%(code)s", code = 413)]
    QuotaError { code: u16 },
}

fn assert_exception<E: RpcException>() {}

fn main() {
    assert_exception::<VolumeError>();
}
