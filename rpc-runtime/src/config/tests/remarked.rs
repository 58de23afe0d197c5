//! What is said about options.

use super::Files;
use crate::config::{Config, ConfigError, RemarkKind};
use crate::logged::Warnings;

fn remarks(config: &Config) -> Vec<String> {
    let remarks = config.remarks();
    remarks.iter().map(|remark| remark.to_string().replace(&folder(&remark.place.to_string()), "")).collect()
}

fn folder(place: &str) -> String {
    place.rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default()
}

const SHARED: &str = "[DEFAULT]\nmy_ip = 10.0.0.1\nTransport_ulr = x\nrpc_thread_pool_size = 3\n\
    [oslo_messaging_rabbit]\nrpc_conn_pool_size = 9\nrabbit_quorum_queues = true\ncolour = red\nssl = false\n\
    connect_timeout = 5\nkombu_reconnect_timeout = 1\n[Oslo_Messaging_Notifications]\ntopic = x\n\
    [oslo_concurrency]\nlock_path = /x\n[database]\nconection = x\n[upgrade_levels]\ncompute = auto\n";

#[test]
fn each_has_its_place_and_the_reason() {
    let expected = [
        "Transport_ulr of [DEFAULT] (0.conf:3; did you mean transport_url?)",
        "rpc_thread_pool_size of [DEFAULT] (0.conf:4; now executor_thread_pool_size)",
        "rpc_conn_pool_size of [oslo_messaging_rabbit] (0.conf:6; there is no pool: one connection sends, and one receives)",
        "rabbit_quorum_queues of [oslo_messaging_rabbit] (0.conf:7; did you mean rabbit_quorum_queue?)",
        "colour of [oslo_messaging_rabbit] (0.conf:8)",
        "kombu_reconnect_timeout of [oslo_messaging_rabbit] (0.conf:11; now kombu_missing_consumer_retry_timeout)",
        "topic of [oslo_messaging_notifications] (0.conf:13; did you mean topics?)",
        "heartbeat_rate of [oslo_messaging_rabbit] (the variable OS_OSLO_MESSAGING_RABBIT__HEARTBEAT_RATE; heartbeats are sent as often as the broker needs them)",
        "kombu_reconnect_timeout of [oslo_messaging_rabbit] (the variable OS_OSLO_MESSAGING_RABBIT__KOMBU_RECONNECT_TIMEOUT; did you mean kombu_missing_consumer_retry_timeout?)",
    ];
    let variables = [
        ("OS_OSLO_MESSAGING_RABBIT__HEARTBEAT_RATE", "3"),
        ("OS_OSLO_MESSAGING_RABBIT__SSL", "no"),
        ("OS_OSLO_MESSAGING_RABBIT__KOMBU_RECONNECT_TIMEOUT", "1"),
        ("OS_DATABASE__CONECTION", "x"),
    ];
    let files = Files::new(&[SHARED]);
    let (warnings, _guard) = Warnings::collect();
    let config = files.builder().environment(variables).read().unwrap();
    assert_eq!(remarks(&config), expected);
    let logged = warnings.with("the configuration has options");
    assert_eq!(logged.len(), 2, "{logged:#?}");
    assert!(logged[0].contains("that nobody knows") && logged[0].contains("colour of"), "{}", logged[0]);
    assert!(logged[1].contains("under names of old") && logged[1].contains("now executor_"), "{}", logged[1]);
}

#[test]
fn strict_ones_refuse_what_nobody_knows() {
    let files = Files::new(&[SHARED]);
    let refused = files.builder().strict(true).read().unwrap_err();
    let ConfigError::Unknown { remarks } = &refused else { panic!("{refused}") };
    let names: Vec<_> = remarks.iter().map(|remark| remark.name.as_str()).collect();
    assert_eq!(names, ["Transport_ulr", "rabbit_quorum_queues", "colour", "topic"]);
    assert!(refused.to_string().starts_with("nobody knows Transport_ulr of [DEFAULT] ("), "{refused}");
    files.write(0, "[oslo_messaging_rabbit]\nrpc_conn_pool_size = 9\n[other]\nx=1");
    assert!(files.builder().strict(true).read().is_ok());
}

#[test]
fn many_and_strange_names_make_one_short_line() {
    let forged = "a\u{1b}[31m\u{202e}";
    let names = (0..5000).map(|n| format!("{forged}{n}{} = 1\n", "x".repeat(300))).collect::<String>();
    let files = Files::new(&[&format!("[oslo_messaging_rabbit]\n{names}")]);
    let (warnings, _guard) = Warnings::collect();
    let config = files.read();
    assert_eq!(config.remarks().len(), 5000);
    assert!(config.remarks().iter().all(|remark| remark.kind == RemarkKind::Unknown { nearest: None }));
    let line = warnings.with("and 4980 more");
    assert!(line.len() == 1 && line[0].len() < 8000, "{}", line[0].len());
    assert!(!line[0].contains(char::is_control) && !line[0].contains('\u{202e}'), "{}", line[0]);
}
