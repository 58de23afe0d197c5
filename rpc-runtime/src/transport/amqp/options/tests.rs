use super::*;

fn from_query(query: &str) -> Result<AmqpOptions, OptionError> {
    AmqpOptions::default().with_url(&format!("rabbit://h/?{query}").parse().unwrap())
}

fn refused(query: &str) -> String {
    from_query(query).expect_err(query).to_string()
}

#[test]
fn every_kind_of_value() {
    let options = from_query(
        "amqp_durable_queues=True&rabbit_quorum_delivery_limit=3&rabbit_qos_prefetch_count=7\
         &rabbit_transient_queues_ttl=60&kombu_reconnect_delay=0.5&ssl_ca_file=/etc/ca.pem\
         &kombu_compression=gzip&max_in_flight=50&max_in_flight_policy=fail&max_body=1000&direct_mandatory_flag=off&kombu_reconnect_timeout=9",
    );
    let expected = AmqpOptions::default()
        .amqp_durable_queues(true)
        .rabbit_quorum_delivery_limit(3)
        .rabbit_qos_prefetch_count(7)
        .rabbit_transient_queues_ttl(Duration::from_secs(60))
        .kombu_reconnect_delay(Duration::from_millis(500))
        .ssl_ca_file(Some("/etc/ca.pem".into()))
        .kombu_compression(Some(Compression::Gzip))
        .max_in_flight(50)
        .max_in_flight_policy(InFlightPolicy::Fail)
        .max_body(1000)
        .direct_mandatory_flag(false)
        .kombu_missing_consumer_retry_timeout(Duration::from_secs(9));
    assert_eq!(options, Ok(expected));
}

#[test]
fn the_url_overrides_the_builder() {
    let url: TransportUrl = "amqps://h?rabbit_ha_queues=no".parse().unwrap();
    let options =
        AmqpOptions::default().rabbit_ha_queues(true).amqp_auto_delete(true).with_url(&url).unwrap();
    assert_eq!(options, AmqpOptions::default().amqp_auto_delete(true).ssl(true));
}

#[test]
fn options_of_others_change_nothing() {
    let query: String = GENERIC.iter().chain(WITHOUT_EFFECT).map(|name| format!("{name}=1&")).collect();
    assert_eq!(from_query(&query), Ok(AmqpOptions::default()));
    assert_eq!(
        from_query("rabbit_login_method=PLAIN&use_queue_manager=false&rabbit_stream_fanout=no&ssl_version="),
        Ok(AmqpOptions::default())
    );
}

#[test]
fn errors_name_option_value_and_what_was_expected() {
    for (query, error) in [
        ("ssl=maybe", "option ssl=\"maybe\": expected true or false"),
        ("rabbit_qos_prefetch_count=-1", "option rabbit_qos_prefetch_count=\"-1\": expected a whole number"),
        ("rabbit_qos_prefetch_count=70000", "from 0 to 65535"),
        ("connect_timeout=NaN", "option connect_timeout=\"NaN\": expected a number of seconds"),
        ("connect_timeout=-1", "not negative"),
        ("connect_timeout=1e30", "a number of seconds"),
        ("connect_timeout=0", "option connect_timeout: more than 0 seconds"),
        ("max_in_flight=0", "option max_in_flight: at least 1"),
        ("max_in_flight_policy=drop", "option max_in_flight_policy=\"drop\": expected wait or fail"),
        ("kombu_compression=bz2", "option kombu_compression=\"bz2\": expected gzip or bzip2"),
        (
            "rabbit_quorum_queues=true",
            "unknown option rabbit_quorum_queues; did you mean rabbit_quorum_queue?",
        ),
        ("colour=blue", "unknown option colour"),
        ("rabbit_stream_fanout=true", "option rabbit_stream_fanout is not supported"),
        ("use_queue_manager=1", "option use_queue_manager is not supported"),
        ("use_queue_manager=x", "option use_queue_manager=\"x\": expected true or false"),
        ("rabbit_login_method=EXTERNAL", "only PLAIN and AMQPLAIN"),
        ("ssl_version=SSLv3", "option ssl_version is not supported"),
        ("ssl=true&ssl=true", "option ssl=\"true,true\""),
        ("ssl_cert_file=/c", "ssl_cert_file and ssl_key_file"),
        ("rabbit_transient_queues_ttl=2147484", "at most 2147483 seconds"),
        ("rabbit_quorum_max_memory_bytes=3000000000", "option rabbit_quorum_max_memory_bytes: at most"),
        ("heartbeat_timeout_threshold=65536", "at most 65535 seconds"),
        ("kombu_reconnect_delay=5", "at most 4.5 seconds"),
        ("rabbit_ha_queues=true&rabbit_quorum_queue=true", "cannot be mirrored"),
    ] {
        let found = refused(query);
        assert!(found.contains(error), "{query}: {found}");
    }
}
