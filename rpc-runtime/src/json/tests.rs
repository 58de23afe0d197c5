//! What holds for every text and every value.

use std::borrow::Cow;
use std::fmt;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Number, Value};

use super::*;

const PLAIN: u8 = 0;

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter_map("finite", |value| Number::from_f64(value).map(Value::from)),
        any::<String>().prop_map(Value::from),
        r#"["\\a-é]{0,40}"#.prop_map(Value::from),
    ];
    scalar.prop_recursive(6, 48, 6, |value| {
        prop_oneof![
            vec(value.clone(), 0..6).prop_map(Value::from),
            btree_map(any::<String>(), value, 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Pieces of JSON in any order, now and then a text.
fn tokens() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "u",
        "\"a\"",
        "\"\\u00e9\"",
        "\"a\":",
        "{\"b\":",
        "-",
        "0",
        "12",
        ".",
        "e",
        "E+",
        "true",
        "false",
        "null",
        " ",
        "\n",
        "\u{e9}",
        "{}",
        "\\ud83d",
        "\\ude00",
        "[1, 2.5e-7]",
        "\u{1}",
        "NaN",
        "-Infinity",
        "\\n",
        "\\/",
        "{\"x\": {\"a\": 1}, ",
    ]);
    (vec(token, 0..14), any::<bool>()).prop_map(|(tokens, wrap)| {
        let text = tokens.concat();
        if wrap { format!("{{\"x\": {text}}}") } else { text }
    })
}

fn written<const LEVEL: u8>(value: &(impl Serialize + ?Sized)) -> String {
    let mut out = Vec::new();
    write::<LEVEL, _>(&mut out, value).unwrap();
    String::from_utf8(out).unwrap()
}

fn sealed(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// Names and values of an object as `serde_json` finds them.
fn members_by_serde_json(text: &str) -> Result<Vec<(String, &str)>, serde_json::Error> {
    struct Found;
    impl<'de> Visitor<'de> for Found {
        type Value = Vec<(String, &'de str)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = Vec::new();
            while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                found.push((name, value.get()));
            }
            Ok(found)
        }
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let found = deserializer.deserialize_map(Found)?;
    deserializer.end()?;
    Ok(found)
}

fn texts<'a>(text: &'a str, members: &[Member]) -> Vec<(String, &'a str)> {
    members.iter().map(|member| (text[member.name.clone()].to_owned(), &text[member.value.clone()])).collect()
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

proptest! {
    #[test]
    fn what_is_written_is_ascii_and_the_same_value(value in value()) {
        let plain = written::<PLAIN>(&value);
        prop_assert!(plain.is_ascii());
        prop_assert_eq!(serde_json::from_str::<Value>(&plain).unwrap(), value);
    }

    #[test]
    fn a_deeper_text_is_the_sealed_shallower_one(value in value()) {
        let plain = written::<PLAIN>(&value);
        prop_assert_eq!(&written::<1>(&value), &sealed(&plain));
        prop_assert_eq!(&written::<2>(&value), &sealed(&sealed(&plain)));
        prop_assert_eq!(unsealed(sealed(&plain).as_bytes()), Some(plain));
    }

    #[test]
    fn text_from_elsewhere_is_written_as_the_same_value(value in value(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let mut out = Vec::new();
        write_raw::<PLAIN>(&mut out, &text);
        let plain = String::from_utf8(out).unwrap();
        prop_assert!(plain.is_ascii() && !plain.contains('\n'));
        prop_assert_eq!(serde_json::from_str::<Value>(&plain).unwrap(), value);
        let raw = RawValue::from_string(text.clone()).unwrap();
        prop_assert_eq!(written::<PLAIN>(&raw), plain.clone());
        let mut out = Vec::new();
        write_raw::<2>(&mut out, &text);
        prop_assert_eq!(String::from_utf8(out).unwrap(), sealed(&sealed(&plain)));
    }

    #[test]
    fn members_are_those_that_serde_json_finds(text in tokens()) {
        for deepest in [3, usize::MAX] {
            let Some(found) = members(&text, "x", deepest) else { continue };
            let expected = members_by_serde_json(&text).unwrap();
            prop_assert_eq!(texts(&text, &found.outer), expected);
            prop_assert!(!deeper_than(&text, deepest));
            prop_assert!(matches!(without_lone_surrogates(text.as_str().into()), Cow::Borrowed(_)));
            if let Some((start, inner)) = found.inner {
                let around = found.outer.iter().rfind(|member| member.value.start == start).unwrap();
                let expected = members_by_serde_json(&text[around.value.clone()]).unwrap();
                prop_assert_eq!(texts(&text, &inner), expected);
            }
        }
    }

    #[test]
    fn no_usual_object_is_left_to_serde_json(
        values in btree_map("[a-zé_]{0,20}", value(), 0..6),
        within in btree_map("[a-zé_]{0,20}", value(), 0..6),
    ) {
        let mut object: serde_json::Map<String, Value> = values.into_iter().collect();
        object.insert("x".to_owned(), within.into_iter().collect());
        let object = Value::from(object);
        for text in [
            written::<PLAIN>(&object).replace("\\u00e9", "é"),
            serde_json::to_string(&object).unwrap(),
            serde_json::to_string_pretty(&object).unwrap(),
        ] {
            // Names in deeper objects may have escapes, as all of them may that are not these.
            let found = members(&text, "x", usize::MAX).unwrap();
            prop_assert_eq!(found.outer.len(), object.as_object().unwrap().len());
            prop_assert_eq!(found.inner.unwrap().1.len(), object["x"].as_object().unwrap().len());
        }
    }

    #[test]
    fn valid_text_is_read_as_it_is(text in tokens()) {
        let parse = |text: &str| serde_json::from_str::<&RawValue>(text).map(|value| value.get().to_owned());
        if let Ok(value) = parse(&text) {
            let (kept, read) = read(Cow::Borrowed(&text), parse).unwrap();
            prop_assert!(matches!(kept, Cow::Borrowed(_)));
            prop_assert_eq!(read, value);
        }
    }

    #[test]
    fn what_is_not_json_is_tolerated_wherever_a_value_is(value in value(), deep in 0..4_usize) {
        let nest = |text: &str| format!("{}{text}{}", "[0, {\"a\": ".repeat(deep), "}]".repeat(deep));
        let valid = written::<PLAIN>(&value);
        for (odd, tolerated) in [
            ("NaN", "\"NaN\""), ("Infinity", "\"Infinity\""), ("-Infinity", "\"-Infinity\""),
            ("\"\\ud800\"", "\"\\ufffd\""), ("\"\\udc00\\ud83d\\ude00\"", "\"\\ufffd\\ud83d\\ude00\""),
        ] {
            let parse = |text: &str| serde_json::from_str::<Value>(text);
            let odd = nest(&format!("[{valid}, {odd}, {valid}]"));
            let (_, value) = read(Cow::Borrowed(&odd), parse).unwrap();
            prop_assert_eq!(value, parse(&nest(&format!("[{valid}, {tolerated}, {valid}]"))).unwrap());
        }
    }

    #[test]
    fn depth_is_that_of_the_value(value in value(), limit in 0..8_usize) {
        prop_assert_eq!(deeper_than(&written::<PLAIN>(&value), limit), depth(&value) > limit);
    }
}
