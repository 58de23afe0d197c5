//! Every object in messages of the real cinder and nova is read and goes out as it came: with a type where the examples have
//! one, and without.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rpc_examples::compute::types as nova;
use rpc_examples::volume::types as cinder;
use rpc_runtime::object::{Boolean, DateTime, Field, Integer, Object, Origin, Project};
use rpc_runtime::{CallError, Context, RemoteError, Server, Target, Transport, VersionedObject, rpc_manager};
use serde_json::{Map, Value};

fn vectors() -> Value {
    let path = format!("{}/vectors/objects.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The recorded messages: requests, and replies.
fn messages() -> Vec<Value> {
    let vectors = vectors();
    ["requests", "replies"].iter().flat_map(|kind| vectors[kind].as_array().unwrap().clone()).collect()
}

/// Each object in a value, outermost first.
fn objects<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(members) => {
            if members.keys().any(|key| key.ends_with("_object.name")) {
                found.push(value);
            }
            members.values().for_each(|value| objects(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| objects(value, found)),
        _ => {}
    }
}

/// The same with changes in order: they are sets.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let mut value = sorted(value);
                if let (true, Some(names)) = (name.ends_with("_object.changes"), value.as_array_mut()) {
                    names.sort_by_key(ToString::to_string);
                }
                (name.clone(), value)
            };
            members.iter().map(member).collect()
        }
        Value::Array(values) => values.iter().map(sorted).collect(),
        value => value.clone(),
    }
}

fn there_and_back<T: VersionedObject>(text: &str) -> Value {
    let object: T = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let untyped: Object = serde_json::from_str(text).unwrap();
    assert_eq!(object.object_version(), untyped.version());
    assert_eq!(object.what_changed().into_iter().collect::<BTreeSet<_>>(), untyped.changes().collect());
    // Without its own text, so by all that the type has.
    serde_json::from_slice(&serde_json::to_vec(&object).unwrap()).unwrap()
}

/// The types that the examples have, by namespace and class.
fn typed(namespace: &str, class: &str) -> Option<fn(&str) -> Value> {
    Some(match (namespace, class) {
        ("cinder", "Backup") => there_and_back::<cinder::Backup>,
        ("cinder", "BackupDeviceInfo") => there_and_back::<cinder::BackupDeviceInfo>,
        ("cinder", "CleanupRequest") => there_and_back::<cinder::CleanupRequest>,
        ("cinder", "Group") => there_and_back::<cinder::Group>,
        ("cinder", "GroupSnapshot") => there_and_back::<cinder::GroupSnapshot>,
        ("cinder", "LogLevel") => there_and_back::<cinder::LogLevel>,
        ("cinder", "LogLevelList") => there_and_back::<cinder::LogLevelList>,
        ("cinder", "RequestSpec") => there_and_back::<cinder::RequestSpec>,
        ("cinder", "Snapshot") => there_and_back::<cinder::Snapshot>,
        ("cinder", "Volume") => there_and_back::<cinder::Volume>,
        ("cinder", "VolumeAttachment") => there_and_back::<cinder::VolumeAttachment>,
        ("cinder", "VolumeAttachmentList") => there_and_back::<cinder::VolumeAttachmentList>,
        ("cinder", "VolumeProperties") => there_and_back::<cinder::VolumeProperties>,
        ("cinder", "VolumeType") => there_and_back::<cinder::VolumeType>,
        ("cinder", "VolumeTypeList") => there_and_back::<cinder::VolumeTypeList>,
        ("nova", "Flavor") => there_and_back::<nova::Flavor>,
        ("nova", "Instance") => there_and_back::<nova::Instance>,
        ("nova", "RequestSpec") => there_and_back::<nova::RequestSpec>,
        _ => return None,
    })
}

#[test]
fn every_object_goes_out_as_it_came() {
    let messages = messages();
    let mut found = Vec::new();
    messages.iter().for_each(|message| objects(message, &mut found));
    let mut counts: BTreeMap<bool, usize> = BTreeMap::new();
    for value in found {
        let text = value.to_string();
        let object: Object = serde_json::from_str(&text).unwrap();
        assert_eq!(sorted(&serde_json::to_value(&object).unwrap()), sorted(value));
        // Recorded for what happens to it: nobody knows that version.
        let known = typed(object.namespace(), object.class()).filter(|_| object.version() != "2.99");
        if let Some(there_and_back) = known {
            assert_eq!(sorted(&there_and_back(&text)), sorted(value), "{text}");
        }
        *counts.entry(known.is_some()).or_default() += 1;
    }
    assert_eq!((counts[&true], counts[&false]), (142, 152), "with a type, and without");
}

/// What Python's reader was tried with.
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = PYTHON, version = "1.5")]
struct Reader {
    n: Field<Integer>,
    b: Field<Boolean>,
    w: Field<DateTime>,
    u: Field<BTreeSet<i64>>,
    #[object(origin)]
    origin: Origin,
}

const PYTHON: Project = Project::new("versionedobjects");

#[rpc_manager(client = ReaderApi, topic = "reader", version = "1.0")]
trait ReaderManager {
    /// Says what was read: the version, the fields, and what changed.
    #[rpc(call)]
    async fn read(&self, ctx: Context, reader: Reader) -> Result<String, RemoteError>;
}

struct Reading;

impl ReaderManager for Reading {
    async fn read(&self, _: Context, reader: Reader) -> Result<String, RemoteError> {
        let Reader { n, b, w, u, .. } = &reader;
        let mut fields = Vec::new();
        fields.extend(n.get().map(|n| format!("'n': {n}")));
        fields.extend(b.get().map(|b| format!("'b': {}", if b.0 { "True" } else { "False" })));
        // As Python's test prints them.
        let moment = "datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.timezone.utc)";
        fields.extend(w.get().map(|w| {
            assert_eq!(*w, "2026-01-02T03:04:05.678901Z".parse().unwrap());
            format!("'w': {moment}")
        }));
        fields.extend(u.get().map(|u| format!("'u': CoercedSet({u:?})")));
        let changed: Vec<_> = reader.what_changed().into_iter().filter(|name| *name != "gone").collect();
        let changed: Vec<_> = changed.into_iter().map(|name| format!("'{name}'")).collect();
        let (version, fields, changed) = (reader.object_version(), fields.join(", "), changed.join(", "));
        Ok(format!("{version} {{{fields}}} changed [{changed}]"))
    }
}

#[tokio::test]
async fn a_reader_takes_what_python_takes_and_refuses_what_it_refuses() {
    let transport = Transport::connect("memory://").await.unwrap();
    let target = Target::new("reader").with_server("host1");
    let endpoint = ReaderApi::endpoint(Arc::new(Reading));
    let server = Server::builder(&transport, target).endpoint(endpoint).start().await.unwrap();
    let api = AnyApi::new(&transport);
    let mut rows = 0;
    for row in vectors()["fields"].as_array().unwrap() {
        let Some(case) = row["reader"].as_str().filter(|case| *case != "in a list in a dictionary") else {
            continue;
        };
        let args = [("reader".to_owned(), row["wire"].clone())].into_iter().collect();
        let python = row["result"].as_str().unwrap();
        match api.read(&Context::new(), &args).await {
            Ok(read) => assert_eq!(read, python, "{case}"),
            Err(CallError::Method(error)) => {
                let RemoteError { module, class, message, kwargs, .. } = &error;
                if module == "oslo_versionedobjects.exception" {
                    assert_eq!(format!("{module}.{class}: {message}"), python, "{case}");
                    assert!(kwargs.values().all(|value| message.contains(value.as_str().unwrap())), "{case}");
                } else {
                    // Which class Python happens to raise is not copied; that the object and its part are named is ours.
                    assert!(python.starts_with("builtins."), "{case}: {python} != {error}");
                    assert!(
                        message.contains("read() argument 'reader': ") && message.contains("Reader"),
                        "{message}"
                    );
                }
            }
            Err(error) => panic!("{case}: {error}"),
        }
        rows += 1;
    }
    assert_eq!(rows, 24);
    server.shutdown(rpc_tests::limits::PATIENCE).await.unwrap();
}

/// The same without a type for what is sent.
#[rpc_manager(client = AnyApi, topic = "reader", version = "1.0")]
trait AnyManager {
    #[rpc(call)]
    async fn read(&self, ctx: Context, #[arg(rest)] args: Map<String, Value>) -> Result<String, RemoteError>;
}
