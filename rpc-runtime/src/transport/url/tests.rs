use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> TransportUrl {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str) -> String {
    text.parse::<TransportUrl>().expect_err(text).to_string()
}

#[test]
fn nothing_is_the_local_broker() {
    for text in
        ["rabbit://", "rabbit:///", "amqp://localhost", "rabbit:////", "rabbit:///%2F", "rabbit:///%2f"]
    {
        let url = parse(text);
        let host = &url.hosts()[0];
        assert_eq!(
            (host.name(), host.port(), host.user(), host.password()),
            ("localhost", 5672, "guest", "guest")
        );
        assert_eq!((url.hosts().len(), url.vhost()), (1, "/"), "{text}");
    }
}

#[test]
fn each_host_has_its_own_credentials() {
    let url = parse("rabbit://a:1@one:7,two,c@[fe80::1]:9,[::1]/v");
    let hosts: Vec<_> = url.hosts().iter().map(|h| (h.name(), h.port(), h.user(), h.password())).collect();
    assert_eq!(
        hosts,
        [
            ("one", 7, "a", "1"),
            ("two", 5672, "guest", "guest"),
            ("fe80::1", 9, "c", ""),
            ("::1", 5672, "guest", "guest"),
        ]
    );
}

#[test]
fn nobody_is_logged_in_that_the_url_does_not_name() {
    let url = parse("amqp1://h1,u:hidden@h2/v");
    let hosts: Vec<_> = url.hosts().iter().map(|h| (h.user(), h.password())).collect();
    assert_eq!(hosts, [("", ""), ("u", "hidden")]);
    assert_eq!(url.to_string(), "amqp1://h1:5672,u:***@h2:5672/v");
}

#[test]
fn ports_follow_the_scheme() {
    assert_eq!(parse("amqps://h").hosts()[0].port(), 5671);
    assert_eq!(parse("rabbit://h?ssl=true").hosts()[0].port(), 5672);
    assert_eq!(parse("amqp1://h").hosts()[0].port(), 5672);
    assert_eq!(parse("amqp1s://h").hosts()[0].port(), 5671);
    assert_eq!(parse("RABBIT://h").scheme(), Scheme::Rabbit);
}

#[test]
fn parts_are_decoded() {
    let url = parse("rabbit://%75s%40er:p%3Aw%2F@h/a%2Fb%20c?x=%2Fetc%2Fca+1.pem&x=2&y=");
    assert_eq!((url.hosts()[0].user(), url.hosts()[0].password()), ("us@er", "p:w/"));
    assert_eq!(url.vhost(), "a/b c");
    assert_eq!(url.options().collect::<Vec<_>>(), [("x", "/etc/ca 1.pem,2"), ("y", "")]);
    assert_eq!(url.option("x"), Some("/etc/ca 1.pem,2"));
    assert_eq!(url.option("z"), None);
}

#[test]
fn memory_has_no_host() {
    let url = parse("memory://?rpc_response_timeout=3");
    assert_eq!((url.hosts().len(), url.option("rpc_response_timeout")), (0, Some("3")));
    assert!(refused("memory://host").contains("memory:// has no host"));
    assert_eq!(parse("memory:///v").vhost(), "v");
    for text in ["memory://", "memory:///v", "memory:///a%2Fb?control_exchange=nova"] {
        assert_eq!(parse(text).to_string(), text);
    }
}

#[test]
fn what_surrounds_a_url_is_none_of_it() {
    for (text, url) in [
        ("rabbit://u:p@h/v\n", "rabbit://u:p@h/v"),
        (" \trabbit://h?ssl=true\r\n", "rabbit://h?ssl=true"),
        ("memory:///v ", "memory:///v"),
        ("rabbit://h/v%20", "rabbit://h/v%20"),
    ] {
        assert_eq!(parse(text), parse(url));
    }
    assert_eq!(parse("rabbit://h/v%20").vhost(), "v ");
}

#[test]
fn errors_name_the_part() {
    for (text, part) in [
        ("", "scheme"),
        ("localhost:5672", "scheme"),
        ("http://h", "http"),
        ("rabbit://h#x", "%23"),
        ("rabbit://a,,b", "host 2: there is nothing between"),
        ("rabbit://a,b:x", "host 2: the port"),
        ("rabbit://a:0", "host 1: the port"),
        ("rabbit://h1, u:p@h2", "host 2: there is a blank before or behind it"),
        ("rabbit://u:p@h1 ,h2/v", "host 1: there is a blank before or behind it"),
        ("rabbit://h1,\nh2", "host 2: there is a blank before or behind it"),
        ("rabbit://a:65536", "host 1: the port"),
        ("rabbit://a:+1", "host 1: the port"),
        ("rabbit://a:", "host 1: the port"),
        ("rabbit://::1", "IPv6 address stands in brackets"),
        ("rabbit://[::1", "closing bracket"),
        ("rabbit://[::1]x", "only a port"),
        ("rabbit://[x]", "no IPv6 address"),
        ("rabbit://a b", "blank"),
        ("rabbit://%ff@h", "host 1: the user is not UTF-8"),
        ("rabbit://h/%ff", "the vhost is not UTF-8"),
        ("rabbit://h?ssl", "the option ssl has no value"),
        ("rabbit://h?ssl=%ff", "the option ssl is not UTF-8"),
    ] {
        let error = refused(text);
        assert!(error.contains(part), "{text}: {error}");
    }
}

#[test]
fn no_password_is_shown() {
    for text in [
        "rabbit://u:hidden@h:x",
        "rabbit://u:hidden@h@h",
        "rabbit://u:hidden/12@h",
        "rabbit://u:12/hidden@h",
        "rabbit://u:12?hidden=1@h",
        "rabbit://u:hidden%ff@h",
        "u:hidden@h://",
        "rabbit://u:hid#den@h",
    ] {
        let error = refused(text);
        assert!(!error.contains("hid") && !error.contains("den"), "{text}: {error}");
    }
    let url = parse("rabbit://u:hidden@h/v");
    assert_eq!(url.to_string(), "rabbit://u:***@h:5672/v");
    assert!(!format!("{url:?} {:?}", url.hosts()).contains("hidden"));
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9.-]{1,12}", any::<std::net::Ipv6Addr>().prop_map(|address| address.to_string())]
}

proptest! {
    #[test]
    fn no_text_panics(text in ".*") {
        if let Ok(url) = text.parse::<TransportUrl>() {
            let _ = url.to_string();
        }
    }

    #[test]
    fn nothing_behind_a_scheme_panics(text in "(rabbit|amqps|memory)://[a-c:@,/?#&=%\\[\\]0-9]*") {
        if let Ok(url) = text.parse::<TransportUrl>() {
            let _ = url.to_string();
        }
    }

    #[test]
    fn what_is_written_is_read(
        hosts in prop::collection::vec((name(), 1..=u16::MAX, "\\PC{0,8}", "\\PC{0,8}"), 1..4),
        vhost in "\\PC{1,8}",
        option in ("[a-z_]{1,8}", "\\PC{0,8}"),
    ) {
        let list: Vec<_> = hosts.iter().map(|(name, port, user, password)| {
            let name = if name.contains(':') { format!("[{name}]") } else { name.clone() };
            format!("{}:{}@{name}:{port}", encoded(user), encoded(password))
        }).collect();
        let text =
            format!("amqp://{}/{}?{}={}", list.join(","), encoded(&vhost), option.0, encoded(&option.1));
        let url: TransportUrl = text.parse().unwrap();
        let read: Vec<_> = url.hosts().iter()
            .map(|h| (h.name().to_owned(), h.port(), h.user().to_owned(), h.password().to_owned()))
            .collect();
        prop_assert_eq!(read, hosts);
        prop_assert_eq!(url.vhost(), vhost);
        prop_assert_eq!(url.option(&option.0), Some(option.1.as_str()));
        // What is printed is the same URL, but for the passwords.
        let printed: TransportUrl = url.to_string().parse().unwrap();
        prop_assert_eq!(printed.to_string(), url.to_string());
    }
}
