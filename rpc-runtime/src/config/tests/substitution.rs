//! `$name` in values.

use super::Files;
use crate::config::Config;

/// The value of `[DEFAULT] x`, or why there is none.
fn x(text: &str) -> Result<String, String> {
    x_of(&Files::new(&[text]).read())
}

fn x_of(config: &Config) -> Result<String, String> {
    match config.text("DEFAULT", "x") {
        Ok(text) => Ok(text.unwrap()),
        Err(error) => Err(error.to_string().split_once("option x of [DEFAULT]: ").unwrap().1.to_owned()),
    }
}

#[test]
fn names_of_the_group_of_default_and_of_others() {
    for (text, expected) in [
        ("[DEFAULT]\nx=<$a-${a}b>\na=1", "<1-1b>"),
        ("[DEFAULT]\nx=${g.a}\na=1\n[g]\na=$b$c\nb=2\n[DEFAULT]\nb=3\nc=4", "24"),
        ("[DEFAULT]\nx=${G.a}\n[G]\na=2", "2"),
        ("[DEFAULT]\nx=$$a \\$a $5 $ ${a\na=1", "$a $a $5 $ ${a"),
        ("[DEFAULT]\nx=$a\na=$$b\nb=1", "$b"),
        // What is known has a type, and a default.
        ("[DEFAULT]\nx=$control_exchange $rpc_response_timeout $rpc_ping_enabled", "openstack 60 False"),
        ("[DEFAULT]\nx=$rpc_ping_enabled\nrpc_ping_enabled=on", "True"),
        ("[DEFAULT]\nx=$rpc_response_timeout\nrpc_response_timeout= 007", "7"),
        ("[DEFAULT]\nx=${oslo_messaging_rabbit.kombu_reconnect_delay}", "1.0"),
        ("[DEFAULT]\nx=<${oslo_messaging_notifications.transport_url}>", "<>"),
        ("[DEFAULT]\nx=${oslo_messaging_rabbit.kombu_reconnect_timeout}", "60"),
        ("[DEFAULT]\nx=$rpc_thread_pool_size\nrpc_thread_pool_size=3", "3"),
        (
            "[DEFAULT]\nx=<${oslo_messaging_rabbit.rabbit_retry_interval}>\n[oslo_messaging_rabbit]\nrabbit_retry_interval=",
            "<>",
        ),
    ] {
        assert_eq!(x(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn defaults_of_the_service_and_the_environment() {
    let files = Files::new(&["[DEFAULT]\nx=$state_path/$pybasedir"]);
    let builder = files.builder().default("DEFAULT", "state_path", "${g.root}/s").default("g", "root", "/r");
    assert_eq!(
        x_of(&builder.clone().environment([("OS_DEFAULT__PYBASEDIR", "b")]).read().unwrap()).unwrap(),
        "/r/s/b"
    );
    let variables = [("OS_DEFAULT__PYBASEDIR", "$$"), ("OS_G__ROOT", "/e")];
    assert_eq!(x_of(&builder.environment(variables).read().unwrap()).unwrap(), "/e/s/$");
}

#[test]
fn what_cannot_be_substituted() {
    for (text, why) in [
        ("[DEFAULT]\nx=$none", "there is no option $none here; a `$` itself is written `$$`"),
        ("[DEFAULT]\nx=$a.b\na=1", "there is no option $a.b here; a `$` itself is written `$$`"),
        (
            "[DEFAULT]\nx=${DEFAULT.a}\na=1",
            "there is no option $DEFAULT.a here; a `$` itself is written `$$`",
        ),
        ("[DEFAULT]\nx=$x", "it is made of itself: $x"),
        // Python takes the b of [DEFAULT].
        (
            "[DEFAULT]\nx=${g.a}\nb=1\n[g]\na=$b\nb=$none",
            "there is no option $none here; a `$` itself is written `$$`",
        ),
        (
            "[DEFAULT]\nx=$a\na=$b\nb=${DEFAULT.x}$a",
            "there is no option $DEFAULT.x here; a `$` itself is written `$$`",
        ),
        ("[DEFAULT]\nx=$a\na=$b\nb=$a", "it is made of itself: $x of $a of $b"),
        ("[DEFAULT]\nx=${g.a}\n[g]\na=$x", "it is made of itself: $x of $a"),
        ("[DEFAULT]\nx=${oslo_messaging_notifications.driver}", "$driver is a list, which is no text"),
        ("[DEFAULT]\nx=${oslo_messaging_notifications.topics}", "$topics is a list, which is no text"),
        (
            "[DEFAULT]\nx=${oslo_messaging_rabbit.hostname}",
            "$hostname is not set, and its default not known here",
        ),
        (
            "[DEFAULT]\nx=${oslo_messaging_rabbit.ssl}\n[oslo_messaging_rabbit]\nssl=maybe",
            "$ssl is not true, 1, on or yes, or else false, 0, off or no",
        ),
    ] {
        assert_eq!(x(text), Err(why.to_owned()), "{text}");
    }
}

#[test]
fn a_password_with_a_sign_in_it_is_not_shown() {
    let config = Files::new(&["[DEFAULT]\ntransport_url=rabbit://u:a$hunter2@h/"]).read();
    let why = config.text("DEFAULT", "transport_url").unwrap_err().to_string();
    assert!(why.ends_with("a `$` in it begins no name of an option; a `$` itself is written `$$`"), "{why}");
}

#[test]
fn there_is_an_end_to_it() {
    // Each is twice the one before; the last one is nothing, or not.
    for (last, why) in [("", "more than 1000 other values"), ("1", "more than 1000 other values")] {
        let levels = (0..30).map(|n| format!("a{n}=$a{m}$a{m}\n", m = n + 1)).collect::<String>();
        let refused = x(&format!("[DEFAULT]\nx=$a0\n{levels}a30={last}\n")).unwrap_err();
        assert!(refused.contains(why), "{refused}");
    }
    let long = format!("[DEFAULT]\nx={}\na={}\n", "$a".repeat(900), "a".repeat(2000));
    assert!(x(&long).unwrap_err().contains("more than 1 MiB of other values"));
    let deep = |n: usize| {
        let levels = (0..n).map(|n| format!("a{n}=$a{}\n", n + 1)).collect::<String>();
        x(&format!("[DEFAULT]\nx=$a0\n{levels}a{n}=end\n"))
    };
    assert_eq!(deep(30).as_deref(), Ok("end"));
    assert!(deep(40).unwrap_err().contains("within each other for more than 32 times"));
    // What has no names has no limit of its own.
    let plain = "a".repeat(2 << 20);
    assert_eq!(x(&format!("[DEFAULT]\nx={plain}\n")).map(|text| text.len()), Ok(2 << 20));
}
