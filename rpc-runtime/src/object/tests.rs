//! Objects by a derive, whole.

use std::sync::Arc;

use super::*;
use crate::VersionedObject;

const PROJECT: Project = Project::new("project");

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(crate = crate, project = PROJECT, version = "1.3")]
struct Leaf {
    x: Field<Option<i64>>,
    #[object(since = "1.2")]
    y: Field<u8>,
    #[object(origin)]
    origin: Origin,
}

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(crate = crate, project = PROJECT, version = "1.5")]
struct Tree {
    id: ReadOnly<String>,
    leaf: Field<Option<Leaf>>,
    leaves: Field<Vec<Leaf>>,
    #[object(origin)]
    origin: Origin,
}

#[test]
fn there_and_back() {
    let text = r#"{"versioned_object.name":"Tree","versioned_object.namespace":"project","versioned_object.version":"1.4","versioned_object.data":{"id":"a","leaf":{"versioned_object.name":"Leaf","versioned_object.namespace":"project","versioned_object.version":"1.3","versioned_object.data":{"x":null},"versioned_object.changes":["x"]},"extra":[1180591620717411303424]},"versioned_object.changes":["leaf"]}"#;
    let tree: Tree = serde_json::from_str(text).unwrap();
    assert_eq!(tree.what_changed(), ["leaf"]);
    assert_eq!(tree.object_version(), "1.4");
    assert_eq!(serde_json::to_string(&tree).unwrap(), text);
    let cap = Arc::new(ObjectVersions::new([("Leaf", "1.1"), ("Tree", "1.9")]).unwrap());
    let mut tree = Tree { id: "a".to_owned().into(), ..Tree::default() };
    tree.leaves.set(vec![Leaf { y: 3.into(), ..Leaf::default() }]);
    let capped = scope::capped(Some(&cap), || serde_json::to_value(&tree).unwrap());
    let data = &capped["versioned_object.data"];
    assert_eq!(capped["versioned_object.version"], "1.5");
    assert_eq!(data["leaves"][0]["versioned_object.version"], "1.1");
    assert_eq!(data["leaves"][0]["versioned_object.data"], serde_json::json!({}));
    assert!(data["leaves"][0].get("versioned_object.changes").is_none());
}

fn below_1_2(data: &mut serde_json::Map<String, serde_json::Value>, _: crate::Version) {
    data.insert("added".to_owned(), true.into());
    data.remove("gone");
}

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(crate = crate, project = PROJECT, version = "1.2", downgrade = below_1_2)]
struct Counted {
    count: Field<Integer>,
    gone: Field<u8>,
    #[object(origin)]
    origin: Origin,
}

#[test]
fn what_a_downgrade_leaves_alone_keeps_its_digits() {
    let large = "1180591620717411303424";
    let mut counted = Counted { count: large.parse::<Integer>().unwrap().into(), ..Counted::default() };
    counted.gone.set(1);
    counted.origin.keep("other".into(), RawJson::from_text("[1.50]").unwrap());
    let cap = Arc::new(ObjectVersions::new([("Counted", "1.1")]).unwrap());
    let text = RawJson::capped(&cap, &counted).unwrap();
    let data = format!(r#""versioned_object.data":{{"added":true,"count":{large},"other":[1.50]}}"#);
    assert!(text.text().contains(&data), "{}", text.text());
    assert!(text.text().ends_with(r#""versioned_object.changes":["count"]}"#), "{}", text.text());
}

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(crate = crate, project = PROJECT, version = "1.0", dict)]
struct Either {
    x: Field<i64>,
    #[object(origin)]
    origin: Origin,
}

fn object(parts: &[(&str, &str)]) -> String {
    let parts: Vec<_> =
        parts.iter().map(|(key, value)| format!(r#""versioned_object.{key}": {value}"#)).collect();
    format!("{{{}}}", parts.join(", "))
}

#[test]
fn parts_come_in_any_order_and_the_last_of_each_counts() {
    let parts = [
        ("changes", r#"["x"]"#),
        ("data", r#"{"x": 5, "new": 1}"#),
        ("data", r#"{"x": 6}"#),
        ("version", r#""1.2""#),
        ("namespace", r#""project""#),
        ("name", r#""Leaf""#),
    ];
    let leaf: Leaf = serde_json::from_str(&object(&parts)).unwrap();
    assert_eq!((leaf.x.value(), leaf.object_version()), (Some(&6), "1.2"));
    assert_eq!(leaf.what_changed(), ["x"]);
    assert_eq!(leaf.origin.unknown().count(), 0);
    let mut newer = parts;
    newer[3].1 = r#""1.4""#;
    let error = serde_json::from_str::<Leaf>(&object(&newer)).unwrap_err().to_string();
    assert!(error.starts_with("Version 1.4 of Leaf is not supported"), "{error}");
}

#[test]
fn a_dictionary_is_none_that_is_an_object_of_others() {
    let read = |text: &str| serde_json::from_str::<Either>(text).map_err(|error| error.to_string());
    assert_eq!(read(r#"{"x": 1, "y": 2}"#).unwrap().x.get(), Some(&1));
    assert!(!read("{}").unwrap().x.is_set(), "a dictionary without any of the fields");
    assert!(read(r#"{"versioned_object.changes": []}"#).is_err());
    let parts = [
        ("namespace", r#""project""#),
        ("name", r#""Either""#),
        ("version", r#""1.0""#),
        ("data", r#"{"x": 3}"#),
    ];
    let beside = object(&parts).replacen('{', r#"{"x": 1, "#, 1);
    let read_beside = read(&beside).unwrap();
    assert_eq!((read_beside.x.get(), read_beside.origin.unknown().count()), (Some(&3), 0));
    for foreign in [
        r#"{"nova_object.name": "Instance", "nova_object.data": {"x": 1}}"#,
        r#"{"x": 1, "nova_object.name": "Instance", "nova_object.data": {"x": 1}}"#,
    ] {
        let error = read(foreign).unwrap_err();
        assert!(error.starts_with("Unsupported object type Instance"), "{error}");
    }
}

/// Each level costs the same, whatever the order of its parts.
#[test]
fn a_deep_nest_is_read_in_one_pass() {
    #[derive(Debug, Clone, Default, VersionedObject)]
    #[object(crate = crate, project = PROJECT, version = "1.0")]
    struct Nest {
        inner: Field<Vec<Nest>>,
        #[object(origin)]
        origin: Origin,
    }

    let nest = |depth: usize| {
        let mut text = r#""versioned_object.data": {"inner": ["#.to_owned();
        for level in 0..depth {
            let head = r#""versioned_object.name": "Nest", "versioned_object.namespace": "project", "versioned_object.version": "1.0""#;
            let data = std::mem::take(&mut text);
            let end = if level == 0 { "]}" } else { "" };
            text = format!("{{{data}{end}, {head}}}");
            if level + 1 < depth {
                text = format!(r#""versioned_object.data": {{"inner": [{text}]}}"#);
            }
        }
        text
    };
    let nested: Nest = serde_json::from_str(&nest(40)).unwrap();
    let mut depth = 0;
    let mut level = Some(&nested);
    while let Some(nest) = level {
        depth += 1;
        level = nest.inner.get().and_then(|inner| inner.first());
    }
    assert_eq!(depth, 40);
    let error = serde_json::from_str::<Nest>(&nest(100)).unwrap_err().to_string();
    assert!(error.contains("recursion limit exceeded") && error.len() < 400, "{error}");
}
