/// What happens to volumes.
#[derive(Debug, Clone, PartialEq, RpcNotification)]
pub enum VolumeEvent {
    /// Before it is made.
    #[event(type = "volume.create.start", priority = info)]
    CreateStart(Volume),
    #[event(type = "volume.create.error", priority = error)]
    CreateError { volume: Volume, reason: Option<String> },
    #[event(type = "volume.{action}.{phase}", priority = info)]
    Other { action: String, phase: Phase, volume: Volume },
    #[event(type = "volume.usage", priority = audit)]
    Usage,
}
