//! Every option that oslo.messaging lists, and what becomes of it here.

use super::session::Act;
use super::verdict::{Set, Try, Verdict, differs, neither, only_ours, refused, same};

pub(super) const DEFAULT: &str = "DEFAULT";
/// The group of the driver, whose options the query of a URL may have.
pub(super) const RABBIT: &str = "oslo_messaging_rabbit";
pub(super) const NOTIFICATIONS: &str = "oslo_messaging_notifications";

/// The groups of other drivers.
pub(super) const NOT_OURS: [&str; 1] = ["oslo_messaging_kafka"];

/// What an option is here, in the words of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What it is in Python, for the values that both take.
    Same,
    /// Something else for some value, or by default.
    Differs,
    /// It changes nothing that a broker could see, on either side.
    NoEffect,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Same => "same",
            Kind::Differs => "differs",
            Kind::NoEffect => "no effect",
        }
    }
}

/// One option.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) group: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) tries: Vec<Try>,
}

/// What both sides are told beside the option that is tried, so that they differ by that alone.
pub(super) const COMMON: [Set; 4] = [
    (NOTIFICATIONS, "driver", "messagingv2"),
    (RABBIT, "enable_cancel_on_failover", "false"),
    (RABBIT, "rabbit_login_method", "PLAIN"),
    (RABBIT, "rabbit_qos_prefetch_count", "5"),
];

/// What comes of no option at all.
pub(super) const DEFAULTS: Try = differs(
    "",
    &[
        "consume reply_*, prefetch 1024, {x-cancel-on-ha-failover: true}",
        "consume topic, prefetch 128, {x-cancel-on-ha-failover: true}",
        "consume topic.host1, prefetch 128, {x-cancel-on-ha-failover: true}",
        "consume topic_fanout_*, prefetch 128, {x-cancel-on-ha-failover: true}",
        "log in by PLAIN",
    ],
    &[
        "consume reply_*, prefetch none",
        "consume topic, prefetch none",
        "consume topic.host1, prefetch none",
        "consume topic_fanout_*, prefetch none",
        "log in by AMQPLAIN",
    ],
    "these three have other defaults",
);

const QUORUM: &[Set] =
    &[(RABBIT, "rabbit_quorum_queue", "true"), (RABBIT, "rabbit_transient_quorum_queue", "true")];
const UNBOUNDED: &[Set] = &[QUORUM[1], (RABBIT, "rabbit_qos_prefetch_count", "0")];
const MANAGED: &[Set] = &[
    ("oslo_concurrency", "lock_path", "LOCKS"),
    (RABBIT, "use_queue_manager", "true"),
    (RABBIT, "hostname", "HOST"),
    (RABBIT, "processname", "probe"),
];
const NUMBERED: &[Set] = &[MANAGED[0], MANAGED[2], MANAGED[3]];
const IMPATIENT: &[Set] = &[(DEFAULT, "rpc_response_timeout", "1")];

const FRACTION: &str = "fractions of a second are taken";
const DAY: &str = "a day at most";
const ON_THE_WIRE: &str = "it would not fit on the wire";
const NO_DURATION: &str = "it is no time that can pass";
const UNSEEN: &str =
    "Python does not look at it without ssl, and so the error waits for the day when that is set";

/// A flag, by the value that is not its default.
fn flag(name: &'static str, value: &'static str) -> Row {
    row(name, Kind::Same, [same(value), neither("maybe")])
}

fn row(name: &'static str, kind: Kind, tries: impl IntoIterator<Item = Try>) -> Row {
    Row { group: RABBIT, name, kind, tries: tries.into_iter().collect() }
}

fn of_group(group: &'static str, row: Row) -> Row {
    Row { group, ..row }
}

/// All rows, those of a group together; what depends on the broker is what it is with this major version of RabbitMQ.
pub(super) fn rows(version: u32) -> Vec<Row> {
    let mut rows = connections();
    rows.extend(tls());
    rows.extend(queues());
    rows.extend(messages());
    rows.extend(defaults());
    rows.extend(notifications());
    for tried in rows.iter_mut().flat_map(|row| &mut row.tries) {
        *tried = tried.with_broker(version);
    }
    rows
}

fn connections() -> Vec<Row> {
    vec![
        row(
            "rpc_conn_pool_size",
            Kind::NoEffect,
            [
                same("7"),
                only_ours(
                    "1",
                    "that it is less than conn_pool_min_size, which has no effect either, is not looked at",
                ),
                neither("0"),
                neither("x"),
            ],
        ),
        row("conn_pool_min_size", Kind::NoEffect, [same("0"), neither("1.5")]),
        row("conn_pool_ttl", Kind::NoEffect, [same("0"), neither("-1"), neither("x")]),
        row(
            "kombu_reconnect_delay",
            Kind::Differs,
            [
                same("0"),
                same("4.5"),
                neither("4.6"),
                neither("-0.1"),
                neither("x"),
                refused("nan", NO_DURATION),
            ],
        ),
        row(
            "kombu_reconnect_splay",
            Kind::NoEffect,
            [same("0.5"), neither("-0.1"), neither("x"), refused("inf", NO_DURATION)],
        ),
        row("kombu_failover_strategy", Kind::NoEffect, [same("shuffle"), neither("nonsense")]),
        row(
            "rabbit_login_method",
            Kind::Differs,
            [
                same("AMQPLAIN"),
                neither("EXTERNAL").in_vain(),
                neither("RABBIT-CR-DEMO").in_vain(),
                neither("plain"),
            ],
        ),
        row(
            "rabbit_retry_interval",
            Kind::Differs,
            [
                same("1"),
                same("86400"),
                refused("86401", DAY),
                only_ours("1.5", FRACTION),
                neither("0"),
                neither("x"),
            ],
        ),
        row(
            "rabbit_retry_backoff",
            Kind::Differs,
            [same("0"), same("86400"), refused("86401", DAY), only_ours("1.5", FRACTION), neither("-1")],
        ),
        row(
            "rabbit_interval_max",
            Kind::Differs,
            [same("1"), same("86400"), refused("86401", DAY), only_ours("1.5", FRACTION), neither("0")],
        ),
        row(
            "heartbeat_timeout_threshold",
            Kind::Differs,
            [
                same("10"),
                same("65535"),
                refused("0", "a connection that nobody watches can be dead for hours"),
                refused("65536", ON_THE_WIRE),
                only_ours("1.5", FRACTION),
                neither("-1"),
            ],
        ),
        row("heartbeat_rate", Kind::NoEffect, [same("7"), neither("0"), neither("1.5")]),
    ]
}

fn tls() -> Vec<Row> {
    vec![
        row("ssl", Kind::Differs, [same("false"), neither("maybe")]),
        row(
            "ssl_version",
            Kind::Differs,
            [same("SSLv23"), same("TLSv1_2"), refused("TLSv1", "it is broken"), refused("nonsense", UNSEEN)],
        ),
        row("ssl_ca_file", Kind::Same, [same("/none")]),
        row("ssl_cert_file", Kind::Same, [refused("/none", UNSEEN)]),
        row("ssl_key_file", Kind::Same, [refused("/none", UNSEEN)]),
        row("ssl_enforce_hostname_verification", Kind::NoEffect, [same("false")]),
        row("ssl_enforce_fips_mode", Kind::NoEffect, [same("true"), neither("maybe")]),
    ]
}

fn queues() -> Vec<Row> {
    let limit = |name| {
        row(
            name,
            Kind::Same,
            [same("7"), same("2147483647"), refused("2147483648", ON_THE_WIRE), neither("-1"), neither("x")]
                .map(|tried| tried.with(QUORUM)),
        )
    };
    vec![
        row(
            "amqp_durable_queues",
            Kind::Same,
            [same("true"), same("YES"), same("1"), neither("maybe"), neither("2")],
        ),
        flag("amqp_auto_delete", "true"),
        row("rabbit_ha_queues", Kind::Same, [same("true"), neither("true").with(QUORUM), neither("maybe")]),
        flag("rabbit_quorum_queue", "true"),
        flag("rabbit_transient_quorum_queue", "true"),
        row(
            "rabbit_quorum_delivery_limit",
            Kind::Same,
            [
                same("-1"),
                same("7"),
                refused("-2", "less than none at all is no limit"),
                refused("2147483648", ON_THE_WIRE),
                neither("x"),
            ]
            .map(|tried| tried.with(QUORUM)),
        ),
        limit("rabbit_quorum_max_memory_length"),
        limit("rabbit_quorum_max_memory_bytes"),
        row(
            "rabbit_transient_queues_ttl",
            Kind::Same,
            [
                same("0"),
                same("77"),
                same("2147483"),
                refused("2147484", ON_THE_WIRE),
                only_ours("1.5", FRACTION),
                neither("-1"),
                neither("x"),
            ],
        ),
        row(
            "rabbit_qos_prefetch_count",
            Kind::Differs,
            [
                same("1"),
                same("65535"),
                refused("-1", "it is no number of messages"),
                differs(
                    "0",
                    &[
                        "consume reply_*, prefetch 1024",
                        "consume topic, prefetch 128",
                        "consume topic.host1, prefetch 128",
                        "consume topic_fanout_*, prefetch 128",
                    ],
                    &[
                        "consume reply_*, prefetch none",
                        "consume topic, prefetch none",
                        "consume topic.host1, prefetch none",
                        "consume topic_fanout_*, prefetch none",
                    ],
                    "what comes is bounded, as it takes memory",
                ),
                neither("65536"),
            ],
        ),
        row(
            "enable_cancel_on_failover",
            Kind::Differs,
            [
                same("true"),
                only_ours("true", "quorum queues do not need it, and RabbitMQ 3 refuses it for them")
                    .with(QUORUM)
                    .in_vain()
                    .since_4(Verdict::Differs {
                        ours: &[
                            "consume reply_*, prefetch 5",
                            "consume topic, prefetch 5",
                            "consume topic.host1, prefetch 5",
                            "consume topic_fanout_*, prefetch 5",
                        ],
                        theirs: &[
                            "consume reply_*, prefetch 5, {x-cancel-on-ha-failover: true}",
                            "consume topic, prefetch 5, {x-cancel-on-ha-failover: true}",
                            "consume topic.host1, prefetch 5, {x-cancel-on-ha-failover: true}",
                            "consume topic_fanout_*, prefetch 5, {x-cancel-on-ha-failover: true}",
                        ],
                        why: "quorum queues do not need it",
                    }),
                neither("maybe"),
            ],
        ),
        row("use_queue_manager", Kind::Same, [same("true").with(NUMBERED), neither("maybe")]),
        row("hostname", Kind::Same, [same("HOST").with(MANAGED)]),
        row("processname", Kind::Same, [same("nova-compute").with(MANAGED)]),
        row(
            "rabbit_stream_fanout",
            Kind::Same,
            [same("true").with(QUORUM), neither("true"), neither("true").with(UNBOUNDED), neither("maybe")],
        ),
    ]
}

fn messages() -> Vec<Row> {
    vec![
        row(
            "kombu_compression",
            Kind::Same,
            ["gzip", "zlib", "bzip2", "lzma"]
                .map(same)
                .into_iter()
                .chain(["bz2", "none", "GZIP"].map(neither)),
        ),
        row(
            "kombu_missing_consumer_retry_timeout",
            Kind::Differs,
            [
                same("0"),
                same("31536000"),
                refused("31536001", "a year at most"),
                only_ours("1.5", FRACTION),
                neither("-1").with(IMPATIENT),
                neither("x"),
            ],
        ),
        flag("direct_mandatory_flag", "false"),
    ]
}

fn defaults() -> Vec<Row> {
    let rows = [
        row(
            "transport_url",
            Kind::Same,
            [same("URL"), refused("kombu+URL", "it is the same without kombu"), neither("nonsense")],
        ),
        row(
            "control_exchange",
            Kind::Same,
            [same("nova"), same("a b"), refused("", "the exchange without a name takes no bindings")],
        ),
        row(
            "rpc_response_timeout",
            Kind::Same,
            [same("1").act(Act::Unanswered), same("120"), neither("-1"), neither("x"), neither("1.5")],
        ),
        row(
            "executor_thread_pool_size",
            Kind::Same,
            [
                same("1").act(Act::AtOnce(1)),
                same("3").act(Act::AtOnce(3)),
                neither("0"),
                neither("-1"),
                neither("x"),
            ],
        ),
        row(
            "rpc_ping_enabled",
            Kind::Same,
            [same("true").act(Act::Ping), same("false").act(Act::Ping), neither("maybe")],
        ),
    ];
    rows.map(|row| of_group(DEFAULT, row)).into()
}

fn notifications() -> Vec<Row> {
    // What sends is ready before there is something to send.
    let silent = |value| {
        differs(value, &["have messages confirmed"], &[], "the connection for sending is there already")
    };
    let rows = [
        row(
            "driver",
            Kind::Differs,
            [
                same("messagingv2"),
                same("messaging"),
                silent("log"),
                silent("noop"),
                silent("test"),
                silent(""),
                refused("nonsense", "Python warns, and tells nobody of anything"),
                refused("routing", "rules have to be given as well"),
            ],
        ),
        row(
            "topics",
            Kind::Same,
            [same("a"), same("a,b"), neither(",a"), refused("", "then nobody is told of anything")],
        ),
        row(
            "retry",
            Kind::Same,
            [same("-1"), same("0"), same("3"), refused("-2", "it is no number of times"), neither("x")],
        ),
        row("transport_url", Kind::Same, [same("URL"), neither("nonsense")]),
    ];
    rows.map(|row| of_group(NOTIFICATIONS, row))
        .map(|row| Row { tries: row.tries.into_iter().map(|tried| tried.act(Act::Notify)).collect(), ..row })
        .into()
}
