//! The keys that have nothing to do with versions.

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{Field, Origin, Project};
use serde_json::{Value, json};

use super::volume::{CINDER, Volume, changed, read, wire, written};

const NOVA: Project = Project::new("nova").with_prefix("nova_object");

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = NOVA, version = "1.2.1", name = "Flavor", unknown = drop, dict)]
struct NovaFlavor {
    #[object(name = "memory-mb", was("ram", until = "1.1"))]
    memory: Field<u64>,
    r#type: Field<Option<String>>,
    #[object(origin)]
    origin: Origin,
}

fn flavor(version: &str, data: Value) -> Value {
    json!({
        "nova_object.name": "Flavor",
        "nova_object.namespace": "nova",
        "nova_object.version": version,
        "nova_object.data": data,
    })
}

#[test]
fn project_and_names() {
    let object = flavor("1.2.1", json!({"memory-mb": 512, "type": null}));
    let read: NovaFlavor = read(&object).unwrap();
    assert_eq!((read.memory.get(), read.r#type.get()), (Some(&512), Some(&None)));
    assert_eq!(written(&read), object);
    let class = NovaFlavor::CLASS;
    assert_eq!((class.project.namespace(), class.name, class.version), ("nova", "Flavor", "1.2.1"));
    let fields: Vec<_> = class.fields.iter().map(|field| (field.name, field.ty)).collect();
    assert_eq!(fields, [("memory-mb", "Field<u64>"), ("type", "Field<Option<String>>")]);
}

#[test]
fn unknown_fields_are_kept_or_dropped() {
    let digits = r#"{"versioned_object.name":"Volume","versioned_object.namespace":"cinder","versioned_object.version":"1.9","versioned_object.data":{"id":"v-1","later":[1180591620717411303424,1.0]},"versioned_object.changes":["later"]}"#;
    let volume: Volume = serde_json::from_str(digits).unwrap();
    assert_eq!(serde_json::to_string(&volume).unwrap(), digits);

    let object = flavor("1.2.1", json!({"later": 1, "memory-mb": 512}));
    let mut object = object;
    object["nova_object.changes"] = json!(["later"]);
    let dropped: NovaFlavor = read(&object).unwrap();
    assert_eq!(written(&dropped), flavor("1.2.1", json!({"memory-mb": 512})));
}

#[test]
fn a_dictionary_is_read_where_it_may_be_one() {
    for (data, kind) in [(json!({"memory-mb": 1, "type": "x"}), Some("x")), (json!({"ram": 1}), None)] {
        let flavor: NovaFlavor = read(&data).unwrap();
        assert_eq!((flavor.memory.get(), flavor.r#type.as_deref()), (Some(&1), kind));
        assert!(flavor.what_changed().is_empty());
        assert_eq!(written(&flavor)["nova_object.name"], "Flavor");
    }
    let error = read::<Volume>(&json!({"id": "v-1"})).unwrap_err().to_string();
    assert!(error.contains("an object Volume without versioned_object.name"), "{error}");
}

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.0")]
struct Snapshot {
    #[object(default = "creating")]
    status: Field<String>,
    #[object(default = Some(sizes().1))]
    size: Field<Option<u64>>,
    #[object(default)]
    tags: Field<Vec<String>>,
    name: Field<String>,
    #[object(origin)]
    origin: Origin,
}

fn sizes() -> (u64, u64) {
    (1, 2)
}

#[test]
fn defaults_are_set_where_nothing_is() {
    assert_eq!(written(&Snapshot::default()), wire("Snapshot", "1.0", json!({})), "nobody asked for them");
    let mut snapshot = Snapshot { size: None.into(), ..Snapshot::default() };
    snapshot.reset_changes();
    snapshot.set_defaults();
    let object = wire("Snapshot", "1.0", json!({"status": "creating", "size": null, "tags": []}));
    assert_eq!(written(&snapshot), changed(object, &["status", "tags"]));
    let mut snapshot = Snapshot::default();
    snapshot.set_defaults();
    assert_eq!(snapshot.size.get(), Some(&Some(2)));
    let defaults: Vec<_> = Snapshot::CLASS.fields.iter().map(|field| field.default).collect();
    assert_eq!(defaults, [Some("\"creating\""), Some("Some(sizes().1)"), Some("default"), None]);
}

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.0")]
struct Conditional {
    first: Field<u8>,
    #[cfg(any())]
    absent: Field<NoSuchType>,
    #[cfg(not(any()))]
    second: Field<Vec<Snapshot>>,
    third: Field<u8>,
    #[object(origin)]
    origin: Origin,
}

#[test]
fn fields_that_are_not_there_have_no_number() {
    let data = json!({"first": 1, "absent": {"a": 1}, "second": [], "third": 3});
    let mut object: Conditional = read(&wire("Conditional", "1.0", data.clone())).unwrap();
    assert_eq!((object.first.get(), object.third.get()), (Some(&1), Some(&3)));
    object.third.set(4);
    assert_eq!(object.what_changed(), ["third"]);
    let mut expected = data;
    expected["third"] = json!(4);
    assert_eq!(written(&object)["versioned_object.data"], expected);
    let names: Vec<_> = Conditional::CLASS.fields.iter().map(|field| field.name).collect();
    assert_eq!(names, ["first", "second", "third"]);
}

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.0")]
struct Holder {
    plain: Field<Option<String>>,
    list: Field<Option<Vec<Snapshot>>>,
    boxed: ReadOnlyBox,
    itself: Field<Option<Box<Holder>>>,
    #[object(origin)]
    origin: Origin,
}

type ReadOnlyBox = rpc_runtime::object::ReadOnly<Box<NovaFlavor>>;

#[test]
fn a_class_knows_the_objects_in_its_fields() {
    let held: Vec<_> =
        Holder::CLASS.fields.iter().map(|field| field.object.map(|class| class().name)).collect();
    assert_eq!(held, [None, Some("Snapshot"), Some("Flavor"), Some("Holder")]);
}
