/// What the volume manager raises.
#[derive(Debug, thiserror::Error, RpcException)]
#[exception(module = "cinder.exception")]
pub enum VolumeError {
    #[error("Volume {volume_id} could not be found.")]
    VolumeNotFound { volume_id: Uuid },
    #[error("{0} is no {1}")]
    #[exception(module = "builtins", class = "ValueError")]
    Invalid(String, u32),
    #[error("the backend is full")]
    Full,
    #[error("renamed")]
    Renamed {
        #[exception(name = "type")]
        kind: String,
    },
    #[error(transparent)]
    #[exception(other)]
    Other(RemoteError),
}
