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
