//! Options of a driver that has the same scheme in oslo.messaging: its `amqp://` was AMQP 1.0, and is RabbitMQ's AMQP here.

/// Those of `[oslo_messaging_amqp]` that RabbitMQ does not have.
const OF_AMQP_1: &[&str] = &[
    "addressing_mode",
    "anycast_address",
    "broadcast_prefix",
    "connection_retry_backoff",
    "connection_retry_interval",
    "connection_retry_interval_max",
    "container_name",
    "default_notification_exchange",
    "default_notify_timeout",
    "default_reply_retry",
    "default_reply_timeout",
    "default_rpc_exchange",
    "default_send_timeout",
    "default_sender_link_timeout",
    "group_request_prefix",
    "idle_timeout",
    "link_retry_delay",
    "multicast_address",
    "notify_address_prefix",
    "notify_server_credit",
    "pre_settled",
    "pseudo_vhost",
    "reply_link_credit",
    "rpc_address_prefix",
    "rpc_server_credit",
    "sasl_config_dir",
    "sasl_config_name",
    "sasl_default_realm",
    "sasl_mechanisms",
    "server_request_prefix",
    "ssl_key_password",
    "ssl_verify_vhost",
    "trace",
    "unicast_address",
];

/// Whose option this is, if it is none of RabbitMQ's.
pub(super) fn owner(name: &str) -> Option<&'static str> {
    OF_AMQP_1.contains(&name).then_some("AMQP 1.0, whose URLs begin with amqp1:// or amqp1s:// here")
}
