use super::*;

fn of(url: &str) -> Result<Amqp1Options, String> {
    Amqp1Options::of(&url.parse().unwrap()).map_err(|error| error.to_string())
}

/// What is wrong with the URL of a host with these options.
fn refused(query: &str) -> String {
    of(&format!("amqp1://h/?{query}")).expect_err(query)
}

#[test]
fn nothing_has_to_be_said() {
    let options = of("amqp1://").unwrap();
    assert_eq!(options.addressing_mode, AddressingMode::Dynamic);
    assert_eq!((options.idle_timeout, options.server_credit()), (Some(Duration::from_secs(30)), 100));
    assert_eq!(options.pre_settled, PreSettled { casts: false, replies: false });
    assert!(options.pseudo_vhost && options.tls.is_none());
    let settings = options.settings(Settings::default());
    assert_eq!((&*settings.control_exchange, settings.prefetch), ("openstack", None));
    assert_eq!(settings.reply_patience, Duration::from_secs(30));
}

#[test]
fn what_is_said_is_done() {
    let options = of(
        "amqp1://h/?addressing_mode=routable&pseudo_vhost=no&server_request_prefix=s&broadcast_prefix=b&\
         group_request_prefix=g&rpc_address_prefix=r/p&multicast_address=m&unicast_address=u&anycast_address=a&\
         default_rpc_exchange=nova&container_name=c&idle_timeout=0&rpc_server_credit=5&reply_link_credit=65535&\
         link_retry_delay=0.5&connection_retry_interval=1&connection_retry_backoff=0&connection_retry_interval_max=4&\
         connect_timeout=2.5&default_send_timeout=5&default_reply_timeout=6&default_sender_link_timeout=7&\
         pre_settled=rpc-cast&pre_settled=RPC-Reply&pre_settled=notify&max_body=1024&control_exchange=cinder&\
         rpc_response_timeout=3",
    )
    .unwrap();
    let seconds = Duration::from_secs_f64;
    assert_eq!((options.addressing_mode, options.pseudo_vhost), (AddressingMode::Routable, false));
    let prefixes = Prefixes {
        server_request_prefix: "s".to_owned(),
        broadcast_prefix: "b".to_owned(),
        group_request_prefix: "g".to_owned(),
        rpc_address_prefix: "r/p".to_owned(),
        multicast_address: "m".to_owned(),
        unicast_address: "u".to_owned(),
        anycast_address: "a".to_owned(),
    };
    assert_eq!(options.prefixes, prefixes);
    assert_eq!((options.container_name.as_deref(), options.idle_timeout), (Some("c"), None));
    assert_eq!((options.server_credit(), options.reply_link_credit), (5, 65535));
    assert_eq!((options.link_retry_delay, options.connect_timeout), (seconds(0.5), seconds(2.5)));
    assert_eq!(
        (options.connection_retry_interval, options.connection_retry_backoff),
        (seconds(1.0), Duration::ZERO)
    );
    assert_eq!(options.connection_retry_interval_max, seconds(4.0));
    assert_eq!(
        (options.default_send_timeout, options.default_sender_link_timeout),
        (seconds(5.0), seconds(7.0))
    );
    assert_eq!(options.pre_settled, PreSettled { casts: true, replies: true });
    let settings = options.settings(Settings::default());
    assert_eq!((&*settings.control_exchange, settings.prefetch), ("nova", Some(5)));
    assert_eq!((settings.reply_patience, settings.limits.max_body), (seconds(6.0), 1024));
}

#[test]
fn legacy_addresses_have_the_exchange_of_all() {
    let options = of("amqp1://h/?addressing_mode=legacy&default_rpc_exchange=nova").unwrap();
    assert_eq!(&*options.settings(Settings::default()).control_exchange, "openstack");
}

#[test]
fn what_is_wrong_is_named_with_what_is_allowed() {
    for (query, why) in [
        (
            "addressing_mode=Routable",
            "option addressing_mode=\"Routable\": expected legacy, routable or dynamic",
        ),
        ("pseudo_vhost=maybe", "option pseudo_vhost=\"maybe\": expected true or false"),
        ("anycast_address=", "option anycast_address=\"\": expected 1 to 255 bytes without blanks"),
        ("broadcast_prefix=a b", "option broadcast_prefix=\"a b\": expected 1 to 255 bytes without blanks"),
        ("container_name=a%0a", "option container_name=\"a\\n\": expected 1 to 255 bytes without blanks"),
        ("default_rpc_exchange=", "option default_rpc_exchange=\"\": expected 1 to 255 bytes"),
        ("idle_timeout=-1", "option idle_timeout=\"-1\": expected a whole number from 0 to 86400"),
        ("rpc_server_credit=0", "option rpc_server_credit=\"0\": expected a whole number from 1 to 65535"),
        ("reply_link_credit=65536", "option reply_link_credit=\"65536\": expected a whole number from 1 to"),
        (
            "link_retry_delay=0",
            "option link_retry_delay=\"0\": expected a number of seconds from 0.01 to 86400",
        ),
        ("connection_retry_interval=NaN", "option connection_retry_interval=\"NaN\": expected a number of"),
        (
            "connection_retry_backoff=-1",
            "option connection_retry_backoff=\"-1\": expected a number of seconds from 0",
        ),
        ("connection_retry_interval_max=1e9", "option connection_retry_interval_max=\"1e9\": expected"),
        (
            "connection_retry_interval=3",
            "option connection_retry_interval=3: more than connection_retry_interval_max=2",
        ),
        ("connect_timeout=0", "option connect_timeout=\"0\": expected a number of seconds from 0.01 to"),
        ("default_send_timeout=soon", "option default_send_timeout=\"soon\": expected a number of seconds"),
        ("default_reply_timeout=-0.5", "option default_reply_timeout=\"-0.5\": expected a number of seconds"),
        (
            "default_sender_link_timeout=0.5",
            "option default_sender_link_timeout=\"0.5\": expected a number of seconds from 1",
        ),
        (
            "pre_settled=rpc-cast,casts",
            "option pre_settled=\"casts\": expected rpc-cast, rpc-reply or notify",
        ),
        (
            "pre_settled=rpc-call",
            "option pre_settled=\"rpc-call\": expected rpc-cast, rpc-reply or notify: a call",
        ),
        ("max_body=1023", "option max_body=\"1023\": expected a whole number from 1024 to 1073741824"),
        (
            "adressing_mode=legacy",
            "option adressing_mode has no meaning for amqp1://; did you mean addressing_mode?",
        ),
        (
            "rabbit_quorum_queue=true",
            "option rabbit_quorum_queue has no meaning for amqp1://, which takes addressing_mode, ",
        ),
    ] {
        let error = refused(query);
        assert!(error.starts_with(why), "{error}");
    }
}

#[test]
fn tls_needs_its_scheme_or_option() {
    let files = "ssl_ca_file=/ca&ssl_cert_file=/cert&ssl_key_file=/key&ssl_crl_file=/crl";
    for url in ["amqp1s://h/?", "amqp1://h/?ssl=true&", "amqp1s://h/?ssl=1&"] {
        let tls = of(&format!("{url}{files}")).unwrap().tls.unwrap();
        assert_eq!(tls.ca_file.as_deref(), Some("/ca".as_ref()));
        assert_eq!(tls.cert_file.as_deref(), Some("/cert".as_ref()));
        assert_eq!(tls.key_file.as_deref(), Some("/key".as_ref()));
        assert_eq!(tls.crl_file.as_deref(), Some("/crl".as_ref()));
    }
    assert!(of("amqp1s://h").unwrap().tls.is_some());
    assert!(of("amqp1://h/?ssl=false").unwrap().tls.is_none());
    for (url, why) in [
        ("amqp1://h/?ssl_ca_file=/ca", "option ssl_ca_file needs amqp1s:// or ssl=true"),
        ("amqp1://h/?ssl_ca_file=/ca&ssl=no", "option ssl_ca_file needs amqp1s:// or ssl=true"),
        ("amqp1s://h/?ssl=false", "option ssl=\"false\": expected true, or amqp1:// in the URL"),
        ("amqp1s://h/?ssl_key_file=", "option ssl_key_file=\"\": expected the path of a file"),
        ("amqp1s://h/?ssl_key_file=/key", "options ssl_cert_file and ssl_key_file need each other"),
    ] {
        assert_eq!(of(url).unwrap_err(), why);
    }
}

#[test]
fn hosts_are_logged_in_to_as_the_url_says() {
    let mechanism = |url: &str| {
        let url: TransportUrl = url.parse().unwrap();
        let options = Amqp1Options::of(&url).map_err(|error| error.to_string())?;
        Ok::<_, String>(url.hosts().iter().map(|host| options.mechanism(host)).collect::<Vec<_>>())
    };
    use Mechanism::{Anonymous, Plain};
    assert_eq!(mechanism("amqp1://u:p@a,b"), Ok(vec![Plain, Anonymous]));
    assert_eq!(mechanism("amqp1://u:p@a,b?sasl_mechanisms=anonymous+plain"), Ok(vec![Plain, Anonymous]));
    assert_eq!(mechanism("amqp1://u:p@a,b?sasl_mechanisms="), Ok(vec![Plain, Anonymous]));
    assert_eq!(mechanism("amqp1://u:p@a?sasl_mechanisms=PLAIN"), Ok(vec![Plain]));
    assert_eq!(mechanism("amqp1://a?sasl_mechanisms=ANONYMOUS"), Ok(vec![Anonymous]));
    for (url, why) in [
        (
            "amqp1://u:p@a,b?sasl_mechanisms=PLAIN",
            "the host b:5672 has no user, which sasl_mechanisms=PLAIN needs",
        ),
        (
            "amqp1s://u:p@a?sasl_mechanisms=ANONYMOUS",
            "the host a:5671 has a user, which sasl_mechanisms=ANONYMOUS says nothing of",
        ),
        (
            "amqp1://a?sasl_mechanisms=PLAIN+EXTERNAL",
            "option sasl_mechanisms=\"EXTERNAL\": expected PLAIN, ANONYMOUS or both, as there are no others here",
        ),
    ] {
        assert_eq!(mechanism(url), Err(why.to_owned()));
    }
}

#[test]
fn what_is_of_no_use_here_is_taken_or_refused_with_the_reason() {
    let taken = "default_notification_exchange=n&default_notify_timeout=5&default_reply_retry=-1&notify_server_credit=1&\
                 notify_address_prefix=n&ssl_verify_vhost=false&trace=0";
    of(&format!("amqp1://h/?{taken}")).unwrap();
    for (query, why) in [
        (
            "default_notify_timeout=4",
            "option default_notify_timeout=\"4\": expected a whole number from 5 to",
        ),
        ("default_reply_retry=-2", "option default_reply_retry=\"-2\": expected a whole number from -1 to"),
        ("notify_address_prefix=", "option notify_address_prefix=\"\": expected 1 to 255 bytes"),
        ("trace=true", "option trace=\"true\": expected false, as nothing is written to stdout"),
        ("ssl_verify_vhost=1", "option ssl_verify_vhost=\"1\": expected false, as the certificate is for"),
        ("sasl_config_dir=/etc", "option sasl_config_dir cannot be set: passwords are in the URL"),
        ("sasl_config_name=x", "option sasl_config_name cannot be set: passwords are in the URL"),
        ("sasl_default_realm=x", "option sasl_default_realm cannot be set: a user of a realm stands"),
    ] {
        let error = refused(query);
        assert!(error.starts_with(why), "{error}");
    }
    let error = refused("ssl_key_password=hunter2");
    assert!(
        error.starts_with("option ssl_key_password cannot be set: ") && !error.contains("hunter2"),
        "{error}"
    );
}

#[test]
fn all_that_can_be_said_is_documented() {
    let documented = include_str!("options.md");
    for name in KNOWN.iter().chain(&OF_ALL).chain(&TlsFiles::NAMES).copied().chain(unused::names()) {
        assert!(documented.contains(&format!("`{name}`")), "{name}");
    }
}
