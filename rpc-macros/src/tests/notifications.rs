//! The derive of events: what it expands to and where its errors point.

use super::snapshots::compare;
use super::{check_errors, pretty};

/// Expands a set without errors.
pub(super) fn expand_valid(source: &str) -> String {
    let (expansion, errors) = crate::notification::expand(source.parse().expect("test sources are tokens"));
    assert!(errors.found().is_empty(), "{:?}", errors.found());
    pretty(expansion)
}

#[test]
fn expansion() {
    for (name, source) in [
        ("notification", include_str!("../../tests/expansion/notification.rs")),
        ("notification_every_key", include_str!("../../tests/expansion/notification_every_key.rs")),
        ("notification_struct", include_str!("../../tests/expansion/notification_struct.rs")),
    ] {
        compare(name, &expand_valid(source));
    }
}

#[test]
fn sets_without_events() {
    let expansion = expand_valid("enum E {}");
    assert!(expansion.contains("match *self {}") && !expansion.contains("Reading"), "{expansion}");
    let expansion = expand_valid("enum E { #[event(other)] A(Notification) }");
    assert!(expansion.contains("&[]).with_others()") && !expansion.contains("Reading"), "{expansion}");
}

/// A whole item.
fn check(source: &str, expected: &[(&str, &str)]) {
    let (expansion, errors) = crate::notification::expand(source.parse().unwrap());
    check_errors(source, &errors, expected);
    // A generic type would need bounds that nobody knows.
    let is_implemented = expansion.to_string().contains("unimplemented");
    assert_eq!(is_implemented, !source.contains("E<T>"), "{expansion}");
}

/// The keys of an otherwise valid type.
fn check_set(keys: &str, expected: &[(&str, &str)]) {
    check(
        &format!(r#"#[notification({keys})] enum E {{ #[event(type = "a", priority = info)] A }}"#),
        expected,
    );
}

/// The keys of a variant in a set at 1.9.
fn check_event(keys: &str, fields: &str, expected: &[(&str, &str)]) {
    check(&format!(r#"#[notification(version = "1.9")] enum E {{ #[event({keys})] A{fields} }}"#), expected);
}

/// The fields of an otherwise valid variant.
fn check_fields(fields: &str, expected: &[(&str, &str)]) {
    check_event(r#"type = "a.{x}.{y}", priority = info"#, fields, expected);
}

#[test]
fn shape() {
    check(
        r#"#[event(type = "a", priority = info)] union E { a: u8 }"#,
        &[("union", "#[derive(RpcNotification)] goes on an enum or a struct")],
    );
    check(
        r#"enum E<T> { #[event(type = "a", priority = info)] A(T) }"#,
        &[("<T>", "a set of events cannot be generic: its description says nothing of type parameters")],
    );
    check(
        r#"#[event(type = "a", priority = info)] struct E<T>(T);"#,
        &[("<T>", "a set of events cannot be generic")],
    );
    check(
        r#"#[notification = "t"] enum E { #[event = "a"] A }"#,
        &[
            (r#"notification = "t""#, "write the keys in parentheses"),
            (r#"event = "a""#, "write the keys in parentheses"),
            ("A", "A needs `type`: #[event(type = \"volume.create.end\")]"),
            ("A", "A needs `priority`: #[event(priority = info)]"),
        ],
    );
}

#[test]
fn attributes_in_other_places() {
    check(
        r#"#[event(type = "a", priority = info)] enum E {
            #[event(type = "b", priority = info)] #[notification(topic = "t")] A(#[notification(topic = "t")] u8),
        }"#,
        &[
            ("event", "#[event] goes on the variants"),
            ("notification", "#[notification] goes on the type"),
            ("notification", "#[notification] goes on the type"),
        ],
    );
    check(
        r#"#[event(other)] struct E(Notification);"#,
        &[
            ("other", "unknown key `other`; the keys here are type, priority, since, object"),
            ("E", "E needs `type`"),
            ("E", "E needs `priority`"),
        ],
    );
}

#[test]
fn keys_of_the_type() {
    check_set("tpoic = \"t\"", &[("tpoic", "unknown key `tpoic`; did you mean `topic`?")]);
    check_set(
        "banana",
        &[("banana", "unknown key `banana`; the keys here are topic, exchange, version, crate")],
    );
    check_set(
        "topic = \"t\", topic = \"u\"",
        &[("topic", "`topic` is given twice"), ("topic", "`topic` is given twice")],
    );
    check_set(
        "topic, version = 1.1",
        &[("topic", "`topic` needs a value"), ("1.1", "write the version as a string")],
    );
    check_set("version = \"1\"", &[("\"1\"", "version \"1\" is not MAJOR.MINOR")]);
    check_set("crate = \"x\"", &[("\"x\"", "expected")]);
}

#[test]
fn topics_and_exchanges() {
    for (name, wrong) in [
        ("", "the topic is empty; leave the key out for the default"),
        ("a b", "topic \"a b\" has whitespace in it"),
        ("a.*", "topic \"a.*\" has a `*` in it, which stands for other words"),
        ("#", "topic \"#\" has a `#` in it"),
        (
            "notifications.info",
            "topic \"notifications.info\" ends in a priority, which its queues get after it: write \"notifications\"",
        ),
        ("a.b.warning", "write \"a.b\""),
    ] {
        check_set(&format!("topic = {name:?}"), &[(&format!("{name:?}"), wrong)]);
    }
    for name in ["", "a b", "a.*", "a#"] {
        check_set(&format!("exchange = {name:?}"), &[(&format!("{name:?}"), "exchange")]);
    }
    let long = format!("{:?}", "t".repeat(247));
    check_set(&format!("topic = {long}"), &[(&long, "the topic has more than 246 bytes")]);
    for name in ["info", "info.notifications", "notifications.information", &"t".repeat(246)] {
        expand_valid(&format!("#[notification(topic = {name:?}, exchange = \"nova.info\")] enum E {{}}"));
    }
}

#[test]
fn priorities() {
    let all = "use audit, critical, debug, error, info, sample or warn";
    for word in ["banana", "Info", "inf", "fatal"] {
        check_event(
            &format!("type = \"a\", priority = {word}"),
            "",
            &[(word, &format!("unknown priority `{word}`; {all}"))],
        );
    }
    for literal in ["\"info\"", "5"] {
        check_event(
            &format!("type = \"a\", priority = {literal}"),
            "",
            &[(literal, "write the priority as a word, for example `priority = info`")],
        );
    }
    check_event("type = \"a\", priority", "", &[("priority", "`priority` needs a value")]);
    for (word, variant) in [
        ("audit", "Audit"),
        ("critical", "Critical"),
        ("debug", "Debug"),
        ("error", "Error"),
        ("info", "Info"),
        ("sample", "Sample"),
        ("warn", "Warn"),
        ("warning", "Warn"),
    ] {
        let expansion = expand_valid(&format!("enum E {{ #[event(type = \"a\", priority = {word})] A }}"));
        assert_eq!(expansion.matches(&format!("Priority::{variant}")).count(), 2, "{expansion}");
    }
}

#[test]
fn event_types() {
    for (text, wrong) in [
        ("", "the event type is empty"),
        ("a b", "event type \"a b\" has whitespace in it"),
        ("a..b", "event type \"a..b\" has nothing between two dots, or at an end"),
        ("a.", "has nothing between two dots, or at an end"),
        ("a.{x}-{y}", "`{x}-{y}` is no parameter: that is all between two dots, `{field}`"),
        ("a.x}", "`x}` is no parameter"),
        ("a.{}", "`{}` is no parameter"),
        ("a.{x}.{x}", "`{x}` is in the event type twice"),
        ("a.{phsae}", "the event type has `{phsae}`, which is none of the fields; did you mean `phase`?"),
        ("a.{banana}", "the event type has `{banana}`, which is none of the fields; there are x, phase"),
    ] {
        let literal = format!("{text:?}");
        check_event(
            &format!("type = {literal}, priority = info"),
            " { x: u8, phase: u8 }",
            &[(&literal, wrong)],
        );
    }
    for fields in ["", "(u8)", " {}"] {
        check_event(
            "type = \"{x}\", priority = info",
            fields,
            &[(
                "\"{x}\"",
                "the event type has `{x}`, which is none of the fields; there are none with names",
            )],
        );
    }
    check_event(
        "\"a\", info",
        "",
        &[
            ("\"a\"", "expected ident"),
            ("info", "unknown key `info`"),
            ("A", "A needs `type`"),
            ("A", "A needs `priority`"),
        ],
    );
}

#[test]
fn events_that_cannot_be_told_apart() {
    check(
        r#"enum E {
            #[event(type = "a.b", priority = info)] A,
            #[event(type = "a.{x}", priority = info)] B { x: u8 },
            #[event(type = "a.b", priority = error)] C,
            #[event(type = "a.{y}", priority = info)] D { y: String },
            #[event(type = "{a}.b", priority = info)] F { a: u8 },
        }"#,
        &[
            (r#""a.b""#, "A and C are both of the type \"a.b\": they cannot be told apart"),
            (r#""a.{y}""#, "B and D are both of the events \"a.{y}\": they cannot be told apart"),
        ],
    );
}

#[test]
fn versions() {
    let since = |since: &str| format!("type = \"a\", priority = info, since = {since}");
    for (text, wrong) in [
        (
            "1.10",
            "since \"1.10\" is newer than the set's version \"1.9\"; raise `version` on #[notification]",
        ),
        ("2.0", "since \"2.0\" has major 2, this set has major 1"),
        ("0.5", "since \"0.5\" has major 0"),
        ("1.0", "\"1.0\" is where this set starts: every version has the event; drop `since`"),
        ("1", "is not MAJOR.MINOR"),
    ] {
        let literal = format!("{text:?}");
        check_event(&since(&literal), "", &[(&literal, wrong)]);
    }
    check_event(&since("1.1"), "", &[("1.1", "write the version as a string")]);
    let variant = "enum E { #[event(type = \"a\", priority = info, since = \"1.1\")] A }";
    check(
        variant,
        &[("\"1.1\"", "`since` needs the version that the set is at: #[notification(version = \"1.1\")]")],
    );
    check(&format!("#[notification(version = \"x\")] {variant}"), &[("\"x\"", "is not MAJOR.MINOR")]);
}

#[test]
fn fields() {
    check_fields(
        "(#[event(payload)] u8, #[event(name = \"x\")] u8)",
        &[
            ("payload", "a field without a name is the payload: it takes no `payload`"),
            ("name", "it takes no `name`"),
            (
                "u8",
                "a field without a name is the whole payload: give the fields names, or make them one type",
            ),
            ("\"a.{x}.{y}\"", "there are none with names"),
            ("\"a.{x}.{y}\"", "there are none with names"),
        ],
    );
    check_fields(
        " { #[event(payload)] x: u8, #[event(name = \"z\")] y: u8 }",
        &[
            ("payload", "x is a part of the event type: it takes no `payload`"),
            ("name", "y is a part of the event type: it takes no `name`"),
        ],
    );
    check_fields(
        " { x: u8, y: u8, #[event(name = \"b\")] a: u8, b: u8, #[event(name = \"\")] c: u8 }",
        &[("b", "member \"b\" is used by a and b"), ("\"\"", "the name of a member is empty")],
    );
    check_fields(
        " { x: u8, y: u8, a: u8, #[event(payload, name = \"p\")] p: u8, #[event(payload)] q: u8 }",
        &[
            ("\"p\"", "the whole payload has no name"),
            ("payload", "p and q are both the payload: an event has one"),
            ("a", "a is no part of the event type, and p is all of the payload"),
        ],
    );
    check_fields(
        " { x: u8, y: u8, #[event(banana)] a: u8 }",
        &[("banana", "unknown key `banana`; the keys here are payload, name")],
    );
}

#[test]
fn objects() {
    let object = "type = \"a\", priority = info, object";
    for fields in ["", "()", " {}"] {
        check_event(object, fields, &[("object", "`object` is for a payload, and there is none")]);
    }
    check_event(
        object,
        " { a: Volume }",
        &[("object", "an object is the whole payload: mark its field with #[event(payload)]")],
    );
    check_event(
        "type = \"a\", priority = info, object = Volume",
        "(Volume)",
        &[("=", "`object` takes no value")],
    );
    for boxed in ["Box<Volume>", "::std::boxed::Box<Volume>"] {
        let expansion = expand_valid(&format!("enum E {{ #[event({object})] A({boxed}) }}"));
        assert!(expansion.contains("<Volume as __rpc::ObjectPayload>::CLASS"), "{expansion}");
        assert!(expansion.contains("Box::new(__event.object::<Volume>()?)"), "{expansion}");
    }
}

#[test]
fn other() {
    check(
        r#"enum E {
            #[event(other)] A,
            #[event(other)] B(Notification),
            #[event(other, priority = info, type = "a")] C(#[event(payload)] Notification),
            #[event(other = 1)] D { event: Notification },
        }"#,
        &[
            ("A", "the `other` variant holds the event: `A(Notification)`"),
            ("priority", "the `other` variant keeps the event as it is: it takes no `priority`"),
            ("type", "it takes no `type`"),
            ("other", "only one variant can take all other events"),
            ("payload", "its field has no keys"),
            ("=", "`other` takes no value"),
            ("other", "only one variant"),
            ("D", "the `other` variant holds the event"),
        ],
    );
}
