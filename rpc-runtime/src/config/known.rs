//! The options that oslo.messaging registers, and what becomes of them here.

/// Where services and libraries have what belongs to no group.
pub(crate) const DEFAULT: &str = "DEFAULT";
/// The group of the RabbitMQ driver.
pub(crate) const RABBIT: &str = "oslo_messaging_rabbit";
/// The group of notifications.
pub(crate) const NOTIFICATIONS: &str = "oslo_messaging_notifications";
/// The group of oslo.concurrency.
pub(crate) const CONCURRENCY: &str = "oslo_concurrency";
/// The group of the pins of clients.
pub(crate) const UPGRADE_LEVELS: &str = "upgrade_levels";

/// The groups whose options are all known.
pub(crate) const OF_LIBRARIES: [&str; 3] = [CONCURRENCY, NOTIFICATIONS, RABBIT];

/// The type of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Flag,
    Integer,
    Float,
    /// With commas.
    List,
    /// One for each time that it is there.
    Texts,
}

/// What an option is if nobody says anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DefaultValue {
    /// Python's `None`, an empty text where another option has its name.
    Nothing,
    Is(&'static str),
    /// What this variable of the environment has.
    Variable(&'static str),
    /// The host or the process knows it.
    Found,
}

/// What becomes of an option here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Taken,
    /// Taken, and one that oslo.messaging does not have.
    Own,
    /// No effect, for this reason.
    None(&'static str),
}

/// One option.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) group: &'static str,
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) default: DefaultValue,
    /// A name of old, in the same group.
    pub(crate) old: Option<&'static str>,
    pub(crate) becomes: Use,
}

impl Known {
    const fn new(group: &'static str, name: &'static str, kind: Kind, default: DefaultValue) -> Self {
        Self { group, name, kind, default, old: None, becomes: Use::Taken }
    }

    /// One of the RabbitMQ driver.
    const fn rabbit(name: &'static str, kind: Kind, default: &'static str) -> Self {
        Self::new(RABBIT, name, kind, DefaultValue::Is(default))
    }

    /// One that only this library has. Its default is a matter of the driver.
    const fn own(name: &'static str, kind: Kind) -> Self {
        Self { becomes: Use::Own, ..Self::new(RABBIT, name, kind, DefaultValue::Found) }
    }

    const fn was(self, old: &'static str) -> Self {
        Self { old: Some(old), ..self }
    }

    const fn without_effect(self, why: &'static str) -> Self {
        Self { becomes: Use::None(why), ..self }
    }
}

const ONE_CONNECTION: &str = "there is no pool: one connection sends, and one receives";
const ALWAYS_VERIFIED: &str = "the name of the broker is always verified";

/// All of them; of the driver's, each is an option of [`AmqpOptions`](crate::AmqpOptions) or has no effect.
pub(crate) const KNOWN: &[Known] = {
    use DefaultValue::{Found, Is, Nothing, Variable};
    use Kind::{Flag, Float, Integer, List, Text, Texts};
    &[
        Known::new(DEFAULT, "transport_url", Text, Is("rabbit://")),
        Known::new(DEFAULT, "control_exchange", Text, Is("openstack")),
        Known::new(DEFAULT, "rpc_response_timeout", Integer, Is("60")),
        Known::new(DEFAULT, "executor_thread_pool_size", Integer, Is("64")).was("rpc_thread_pool_size"),
        Known::new(DEFAULT, "rpc_ping_enabled", Flag, Is("False")),
        Known::new(CONCURRENCY, "lock_path", Text, Variable("OSLO_LOCK_PATH")),
        Known::new(CONCURRENCY, "disable_process_locking", Flag, Is("False"))
            .without_effect("the lock of use_queue_manager is the only one, and always taken"),
        Known::new(NOTIFICATIONS, "transport_url", Text, Nothing),
        Known::new(NOTIFICATIONS, "driver", Texts, Nothing),
        Known::new(NOTIFICATIONS, "topics", List, Is("notifications")),
        Known::new(NOTIFICATIONS, "retry", Integer, Is("-1")),
        Known::new(NOTIFICATIONS, "routing_config", Text, Is("")),
        Known::rabbit("amqp_durable_queues", Flag, "False"),
        Known::rabbit("amqp_auto_delete", Flag, "False"),
        Known::rabbit("rpc_conn_pool_size", Integer, "30").without_effect(ONE_CONNECTION),
        Known::rabbit("conn_pool_min_size", Integer, "2").without_effect(ONE_CONNECTION),
        Known::rabbit("conn_pool_ttl", Integer, "1200").without_effect(ONE_CONNECTION),
        Known::rabbit("ssl", Flag, "False"),
        Known::rabbit("ssl_version", Text, ""),
        Known::rabbit("ssl_key_file", Text, ""),
        Known::rabbit("ssl_cert_file", Text, ""),
        Known::rabbit("ssl_ca_file", Text, ""),
        Known::rabbit("ssl_enforce_hostname_verification", Flag, "True").without_effect(ALWAYS_VERIFIED),
        Known::rabbit("ssl_enforce_fips_mode", Flag, "False").without_effect("it is one of OpenSSL"),
        Known::rabbit("kombu_reconnect_delay", Float, "1.0"),
        Known::rabbit("kombu_reconnect_splay", Float, "0.0").without_effect("all waits vary by chance"),
        Known::new(RABBIT, "kombu_compression", Text, Nothing),
        Known::rabbit("kombu_missing_consumer_retry_timeout", Integer, "60").was("kombu_reconnect_timeout"),
        Known::rabbit("kombu_failover_strategy", Text, "round-robin")
            .without_effect("hosts are tried in an order by chance"),
        Known::rabbit("rabbit_login_method", Text, "AMQPLAIN"),
        Known::rabbit("rabbit_retry_interval", Integer, "1"),
        Known::rabbit("rabbit_retry_backoff", Integer, "2"),
        Known::rabbit("rabbit_interval_max", Integer, "30"),
        Known::rabbit("rabbit_ha_queues", Flag, "False"),
        Known::rabbit("rabbit_quorum_queue", Flag, "False"),
        Known::rabbit("rabbit_transient_quorum_queue", Flag, "False"),
        Known::rabbit("rabbit_quorum_delivery_limit", Integer, "0"),
        Known::rabbit("rabbit_quorum_max_memory_length", Integer, "0"),
        Known::rabbit("rabbit_quorum_max_memory_bytes", Integer, "0"),
        Known::rabbit("rabbit_transient_queues_ttl", Integer, "1800"),
        Known::rabbit("rabbit_qos_prefetch_count", Integer, "0"),
        Known::rabbit("heartbeat_timeout_threshold", Integer, "60"),
        Known::rabbit("heartbeat_rate", Integer, "3")
            .without_effect("heartbeats are sent as often as the broker needs them"),
        Known::rabbit("direct_mandatory_flag", Flag, "True"),
        Known::rabbit("enable_cancel_on_failover", Flag, "False"),
        Known::rabbit("use_queue_manager", Flag, "False"),
        Known::new(RABBIT, "hostname", Text, Found),
        Known::new(RABBIT, "processname", Text, Found),
        Known::rabbit("rabbit_stream_fanout", Flag, "False"),
        // Gone from oslo.messaging, and in many files.
        Known {
            becomes: Use::None("heartbeats have a thread of their own"),
            ..Known::own("heartbeat_in_pthread", Flag)
        },
        Known::own("ssl_crl_file", Text),
        Known::own("connect_timeout", Float),
        Known::own("redeclare_interval", Float),
        Known::own("max_in_flight", Integer),
        Known::own("max_in_flight_policy", Text),
        Known::own("max_body", Integer),
        Known::own("max_ratio", Integer),
    ]
};

/// The option of this name, which is not its old one.
pub(crate) fn known(group: &str, name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name && known.group == group)
}

/// The option that once had this name.
pub(crate) fn renamed(group: &str, old: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.old == Some(old) && known.group == group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_there_once() {
        for (n, one) in KNOWN.iter().enumerate() {
            assert_eq!(
                KNOWN.iter().position(|other| (other.group, other.name) == (one.group, one.name)),
                Some(n)
            );
            assert!(renamed(one.group, one.name).is_none(), "{}", one.name);
        }
    }
}
