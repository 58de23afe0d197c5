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
fn options_of_amqp_1_are_sent_to_its_urls() {
    for query in ["addressing_mode=routable", "ssl_key_password=hunter2"] {
        let error = refused(query);
        assert!(error.contains("AMQP 1.0, whose URLs begin with amqp1://"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn options_of_others_change_nothing() {
    let value = |name| if name == "kombu_failover_strategy" { "shuffle" } else { "1" };
    let names = GENERIC.iter().copied().chain(unused::names());
    let query: String = names.map(|name| format!("{name}={}&", value(name))).collect();
    assert_eq!(from_query(&query), Ok(AmqpOptions::default()));
    for query in [
        "rabbit_login_method=PLAIN&use_queue_manager=false&rabbit_stream_fanout=no&ssl_version=&lock_path=",
        "ssl_version=SSLv23&conn_pool_min_size=-1&kombu_reconnect_splay=0.5&heartbeat_rate=3",
    ] {
        assert_eq!(from_query(query), Ok(AmqpOptions::default()), "{query}");
    }
}

#[test]
fn values_with_names() {
    for (query, options) in [
        ("ssl_version=TLSv1_2", AmqpOptions::default().ssl_version(TlsVersion::Tls12)),
        ("ssl_version=tlsv1_2", AmqpOptions::default().ssl_version(TlsVersion::Tls12)),
        ("rabbit_login_method=AMQPLAIN", AmqpOptions::default().rabbit_login_method(LoginMethod::AmqPlain)),
        (
            "rabbit_login_method=EXTERNAL&ssl=1&ssl_cert_file=/c&ssl_key_file=/k",
            AmqpOptions::default()
                .rabbit_login_method(LoginMethod::External)
                .ssl(true)
                .ssl_cert_file(Some("/c".into()))
                .ssl_key_file(Some("/k".into())),
        ),
        ("kombu_compression=zlib", AmqpOptions::default().kombu_compression(Some(Compression::Gzip))),
        ("kombu_compression=bzip", AmqpOptions::default().kombu_compression(Some(Compression::Bzip2))),
        ("kombu_compression=", AmqpOptions::default()),
        ("rabbit_quorum_delivery_limit=-1", AmqpOptions::default().rabbit_quorum_delivery_limit(-1)),
        (
            "rabbit_retry_interval=0.01&rabbit_retry_backoff=0",
            AmqpOptions::default()
                .rabbit_retry_interval(Duration::from_millis(10))
                .rabbit_retry_backoff(Duration::ZERO),
        ),
    ] {
        assert_eq!(from_query(query), Ok(options), "{query}");
    }
}

/// What a URL cannot say a builder can.
#[test]
fn ranges_hold_for_the_builder_too() {
    let url: TransportUrl = "rabbit://h".parse().unwrap();
    for (options, error) in [
        (AmqpOptions::default().rabbit_retry_interval(Duration::MAX), "rabbit_retry_interval: at most 86400"),
        (
            AmqpOptions::default().rabbit_retry_interval(Duration::ZERO),
            "rabbit_retry_interval: at least 0.01",
        ),
        (AmqpOptions::default().rabbit_retry_backoff(Duration::MAX), "rabbit_retry_backoff: at most 86400"),
        (AmqpOptions::default().connect_timeout(Duration::MAX), "connect_timeout: at most 86400"),
        (AmqpOptions::default().redeclare_interval(Duration::ZERO), "redeclare_interval: at least 1 sec"),
        (
            AmqpOptions::default().kombu_missing_consumer_retry_timeout(Duration::MAX),
            "kombu_missing_consumer_retry_timeout: at most 31536000",
        ),
        (AmqpOptions::default().max_body(0), "max_body: at least 1"),
        (AmqpOptions::default().max_ratio(0), "max_ratio: at least 1"),
        (
            AmqpOptions::default().heartbeat_timeout_threshold(Duration::from_millis(999)),
            "heartbeat_timeout_threshold: at least 1 seconds",
        ),
    ] {
        let found = options.with_url(&url).unwrap_err().to_string();
        assert!(found.contains(error), "{found}");
    }
}

#[test]
fn what_is_in_memory_takes_no_file_beside_it_and_is_not_shown() {
    let url: TransportUrl = "rabbit://h?ssl=1&ssl_ca_file=/ca&ssl_crl_file=/crl".parse().unwrap();
    let read = AmqpOptions::default().with_url(&url).unwrap();
    assert_eq!(
        read,
        AmqpOptions::default().ssl(true).ssl_ca_file(Some("/ca".into())).ssl_crl_file(Some("/crl".into()))
    );
    for (options, error) in [
        (AmqpOptions::default().ssl_ca_pem("a"), "options ssl_ca_file and ssl_ca_pem exclude each other"),
        (AmqpOptions::default().ssl_crl_pem("a"), "options ssl_crl_file and ssl_crl_pem exclude each other"),
        #[cfg(feature = "rustls-config")]
        (
            AmqpOptions::default().rustls_config(rustls_config()),
            "options ssl_ca_file and rustls_config exclude each other",
        ),
    ] {
        assert_eq!(options.with_url(&url).unwrap_err().to_string(), error);
    }
    let login = AmqpOptions::default().ssl(true).rabbit_login_method(LoginMethod::External);
    assert!(login.check().is_err());
    let login = login.ssl_cert_pem("certificate", "secret");
    assert_eq!(login.check(), Ok(()));
    assert!(format!("{login:?}").contains("key: Some(6 bytes)"), "{login:?}");
}

#[cfg(feature = "rustls-config")]
fn rustls_config() -> rustls::ClientConfig {
    rustls::ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
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
        ("connect_timeout=0", "option connect_timeout=\"0\": more than 0 seconds"),
        ("max_in_flight=0", "option max_in_flight=\"0\": at least 1"),
        ("max_in_flight_policy=drop", "option max_in_flight_policy=\"drop\": expected wait or fail"),
        ("kombu_compression=none", "option kombu_compression=\"none\": expected gzip or bzip2"),
        ("kombu_compression=bz2", "option kombu_compression=\"bz2\": expected gzip or bzip2"),
        (
            "rabbit_quorum_queues=true",
            "unknown option rabbit_quorum_queues; did you mean rabbit_quorum_queue?",
        ),
        ("colour=blue", "unknown option colour"),
        ("rabbit_stream_fanout=true", "rabbit_stream_fanout needs rabbit_qos_prefetch_count, above 0"),
        (
            "rabbit_stream_fanout=true&rabbit_qos_prefetch_count=1",
            "rabbit_stream_fanout needs rabbit_transient_quorum_queue=true",
        ),
        ("rabbit_stream_fanout=x", "option rabbit_stream_fanout=\"x\": expected true or false"),
        #[cfg(all(feature = "queue-manager", target_os = "linux"))]
        (
            "use_queue_manager=1",
            "option use_queue_manager needs lock_path, the folder of lock files, of [oslo_con",
        ),
        #[cfg(not(feature = "queue-manager"))]
        ("use_queue_manager=1&lock_path=/l", "use_queue_manager needs the feature \"queue-manager\""),
        ("use_queue_manager=x", "option use_queue_manager=\"x\": expected true or false"),
        ("rabbit_login_method=EXTERNAL", "EXTERNAL needs ssl, ssl_cert_file and ssl_key_file"),
        ("rabbit_login_method=EXTERNAL&ssl_cert_file=/c&ssl_key_file=/k", "EXTERNAL needs ssl"),
        ("rabbit_login_method=RABBIT-CR-DEMO", "is a demonstration"),
        ("rabbit_login_method=plain", "expected PLAIN, AMQPLAIN or EXTERNAL"),
        ("ssl_version=TLSv1", "option ssl_version=\"TLSv1\": expected nothing, SSLv23 or TLSv1_2: older"),
        ("ssl_version=TLSv1_1", "older versions are broken"),
        ("ssl_version=TLSv1_3", "expected nothing, SSLv23 or TLSv1_2"),
        ("rabbit_quorum_delivery_limit=-2", "option rabbit_quorum_delivery_limit=\"-2\": at least -1"),
        ("rabbit_quorum_delivery_limit=3000000000", "a whole number from -1 to 2147483647"),
        ("heartbeat_timeout_threshold=0", "heartbeat_timeout_threshold=\"0\": at least 1 seconds"),
        ("rabbit_retry_interval=0", "rabbit_retry_interval=\"0\": at least 0.01 seconds"),
        ("rabbit_interval_max=0", "rabbit_interval_max=\"0\": at least 0.01 seconds"),
        ("rabbit_retry_interval=1.8e19&rabbit_interval_max=1.8e19", "at most 86400 seconds"),
        ("rpc_conn_pool_size=0", "option rpc_conn_pool_size=\"0\": expected a whole number above 0"),
        ("conn_pool_ttl=soon", "option conn_pool_ttl=\"soon\": expected a whole number, not negative"),
        ("conn_pool_ttl=-1", "expected a whole number, not negative"),
        ("conn_pool_min_size=few", "option conn_pool_min_size=\"few\": expected a whole number"),
        ("kombu_reconnect_splay=-1", "a number of seconds, not negative"),
        ("kombu_failover_strategy=nonsense", "expected round-robin or shuffle"),
        ("heartbeat_rate=0", "expected a whole number above 0"),
        ("heartbeat_in_pthread=maybe", "expected true or false"),
        ("ssl_enforce_fips_mode=2", "expected true or false"),
        ("heartbeat_rat=3", "did you mean heartbeat_rate?"),
        ("ssl=true&ssl=true", "option ssl=\"true,true\""),
        ("ssl_cert_file=/c", "ssl_cert_file and ssl_key_file"),
        ("rabbit_transient_queues_ttl=2147484", "at most 2147483 seconds"),
        (
            "rabbit_quorum_max_memory_bytes=3000000000",
            "option rabbit_quorum_max_memory_bytes=\"3000000000\": at most",
        ),
        ("heartbeat_timeout_threshold=65536", "at most 65535 seconds"),
        ("kombu_reconnect_delay=5", "at most 4.5 seconds"),
        ("rabbit_ha_queues=true&rabbit_quorum_queue=true", "cannot be mirrored"),
    ] {
        let found = refused(query);
        assert!(found.contains(error), "{query}: {found}");
    }
}
