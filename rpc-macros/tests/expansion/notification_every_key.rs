/// What happens to instances,
#[doc = include_str!("events.md")]
#[derive(Debug, Clone, PartialEq, RpcNotification)]
#[notification(topic = "versioned_notifications", exchange = "nova", version = "1.2", crate = crate::facade)]
pub enum InstanceEvent {
    #[event(other)]
    Unknown(Notification),
    #[event(type = "{type}.{action}.{phase}", priority = sample)]
    Any { phase: Phase, r#type: String, action: String },
    #[event(type = "compute.{action}.{phase}", priority = critical, since = "1.1")]
    Compute {
        #[event(payload)]
        instance: Instance,
        action: String,
        phase: Phase,
    },
    /// The service changed.
    #[event(type = "service.update", priority = info, object)]
    ServiceUpdate(ServiceStatusPayload),
    #[event(type = "instance.update", priority = warning, object, since = "1.2")]
    #[deprecated]
    Update(Box<InstanceUpdatePayload>),
    #[event(type = "aggregate.{id}", priority = debug, object)]
    Aggregate {
        id: u64,
        #[event(payload)]
        aggregate: AggregatePayload,
    },
    #[event(type = "instance.fault", priority = error)]
    Fault {
        #[event(name = "instance-id")]
        instance_id: Uuid,
        r#type: String,
    },
    #[event(type = "instance.purged", priority = audit)]
    Purged {},
}
