/// What the volume manager raises, with Python's texts.
#[derive(Debug, RpcException)]
#[exception(module = "cinder.exception", code = 500)]
pub enum VolumeError {
    #[exception(message = "Volume %(volume_id)s could not be found.", code = 404)]
    VolumeNotFound { volume_id: Uuid },
    #[exception(message = "Invalid volume: %(reason)s", code = 400)]
    InvalidVolume { reason: Option<String>, message: Option<String> },
    #[exception(message = "Driver error {%(code)s}: %(message)s (%(size)d%%)")]
    DriverError { message: String, size: u64 },
    #[exception(message = "Failed to export: %(reason)r")]
    ExportFailure {
        #[exception(cause)]
        reason: Cause,
        volume_id: Uuid,
    },
    #[exception(message = "Full.")]
    Full,
    #[exception(module = "builtins", class = "ValueError")]
    Invalid(String, u32),
    #[exception(other)]
    Other(RemoteError),
}
