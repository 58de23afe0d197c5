use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::super::write;

const PLAIN: u8 = 0;

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
struct Newtype(Option<u8>);

#[derive(Serialize)]
struct Pair(i8, char);

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct Named {
    first: u8,
    #[serde(rename = "é\"")]
    odd: u8,
    a_name_of_many_letters: u8,
    #[serde(rename = "")]
    none: u8,
}

#[derive(Serialize)]
enum Kind {
    Unit,
    Newtype(&'static str),
    Pair(u8, u8),
    Struct { x: f64, y: () },
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Text(String),
    #[serde(untagged)]
    Number(i64),
    #[serde(untagged)]
    Truth(bool),
}

fn text<T: Serialize + ?Sized>(value: &T) -> String {
    let mut out = Vec::new();
    write::<PLAIN, T>(&mut out, value).unwrap();
    let plain = String::from_utf8(out).unwrap();
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let mut sealed = Vec::new();
    write::<1, T>(&mut sealed, value).unwrap();
    assert_eq!(String::from_utf8(sealed).unwrap(), escaped(&plain));
    let mut failure = Vec::new();
    write::<2, T>(&mut failure, value).unwrap();
    assert_eq!(String::from_utf8(failure).unwrap(), escaped(&escaped(&plain)));
    // The same value as serde_json's.
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(parsed(&plain), parsed(&serde_json::to_string(value).unwrap()));
    plain
}

#[test]
fn every_kind_of_value() {
    assert_eq!(
        text(&(true, -5_i8, u64::MAX, 1.0, 0.5_f32, 'é')),
        r#"[true, -5, 18446744073709551615, 1.0, 0.5, "\u00e9"]"#
    );
    assert_eq!(
        text(&(i64::MIN, Some("x"), None::<u8>, (), f64::NAN)),
        r#"[-9223372036854775808, "x", null, null, null]"#
    );
    assert_eq!(text(&(Unit, Newtype(Some(1)), Pair(-1, 'c'), Nothing {})), r#"[null, 1, [-1, "c"], {}]"#);
    assert_eq!(
        text(&[Kind::Unit, Kind::Newtype("\""), Kind::Pair(1, 2), Kind::Struct { x: 1e16, y: () }]),
        r#"["Unit", {"Newtype": "\""}, {"Pair": [1, 2]}, {"Struct": {"x": 1e+16, "y": null}}]"#
    );
    assert_eq!(
        text(&json!({"a": [[], {}], "b": {"c": {"d": 1}}, "é\n": "x"})),
        r#"{"a": [[], {}], "b": {"c": {"d": 1}}, "\u00e9\n": "x"}"#
    );
    assert_eq!(text(&format_args!("{}-{}", 1, "é")), r#""1-\u00e9""#);
}

#[test]
fn names_of_fields() {
    assert_eq!(
        text(&Named { first: 1, odd: 2, a_name_of_many_letters: 3, none: 4 }),
        r#"{"first": 1, "\u00e9\"": 2, "a_name_of_many_letters": 3, "": 4}"#
    );
}

#[test]
fn text_of_every_length() {
    for len in 0..40 {
        let plain = "x".repeat(len);
        assert_eq!(text(&plain), format!("\"{plain}\""));
        for (at, _) in plain.char_indices() {
            let (before, after) = plain.split_at(at);
            assert_eq!(text(&format!("{before}\u{7f}{after}")), format!("\"{before}\\u007f{after}\""));
        }
    }
}

#[test]
fn keys_and_values_that_are_no_objects() {
    let keys = BTreeMap::from([(Key::Number(-1), 1), (Key::Truth(true), 2)]);
    assert_eq!(text(&keys), r#"{"-1": 1, "true": 2}"#);
    assert_eq!(text(&BTreeMap::from([(Some('é'), ())])), r#"{"\u00e9": null}"#);
    let raw = RawValue::from_string("[1.50,\n{\"a\":\"b\"}]".to_owned()).unwrap();
    assert_eq!(text(&(&raw, &raw)), r#"[[1.50, {"a":"b"}], [1.50, {"a":"b"}]]"#);
}

#[test]
fn what_is_no_key_is_an_error_as_with_serde_json() {
    let odd = BTreeMap::from([(Key::Text("a".to_owned()), 1)]);
    let error = write::<PLAIN, _>(&mut Vec::new(), &odd).unwrap_err();
    assert_eq!(error.to_string(), serde_json::to_string(&odd).unwrap_err().to_string());
}
