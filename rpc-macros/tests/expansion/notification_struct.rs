/// Somebody logged in.
#[derive(Debug, RpcNotification)]
#[notification(topic = "audit")]
#[event(type = "identity.{user}.authenticate", priority = audit)]
struct Authenticate {
    user: String,
    #[event(payload)]
    outcome: Value,
}
