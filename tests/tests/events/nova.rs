//! Payloads that are objects, as the versioned notifications of nova 34 have them.

use rpc_runtime::notification::{Notification, PayloadError};
use rpc_runtime::object::{DateTime, Field, Integer, Object, Origin, Project};
use rpc_runtime::{RpcNotification, VersionedObject};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::came;

const NOVA: Project = Project::new("nova").with_prefix("nova_object");

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = NOVA, version = "1.1")]
struct ServiceStatusPayload {
    host: Field<Option<String>>,
    binary: Field<Option<String>>,
    topic: Field<Option<String>>,
    report_count: Field<Integer>,
    disabled: Field<bool>,
    disabled_reason: Field<Option<String>>,
    availability_zone: Field<Option<String>>,
    last_seen_up: Field<Option<DateTime>>,
    forced_down: Field<bool>,
    version: Field<Integer>,
    uuid: Field<String>,
    #[object(origin)]
    origin: Origin,
}

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = NOVA, version = "1.0")]
struct MetricsPayload {
    host: Field<String>,
    host_ip: Field<String>,
    nodename: Field<String>,
    metrics: Field<Vec<MetricPayload>>,
    /// Not in nova: an object without a type, which came with or has changes.
    extra: Field<Option<Object>>,
    #[object(origin)]
    origin: Origin,
}

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = NOVA, version = "1.0")]
struct MetricPayload {
    name: Field<String>,
    value: Field<i64>,
    numa_membw_values: Field<Option<Value>>,
    timestamp: Field<DateTime>,
    source: Field<String>,
    #[object(origin)]
    origin: Origin,
}

#[derive(Debug, Clone, PartialEq, RpcNotification)]
#[notification(topic = "versioned_notifications", exchange = "nova")]
#[expect(clippy::large_enum_variant, reason = "an object as it is, and one in a box")]
enum NovaEvent {
    #[event(type = "service.{action}", priority = info, object)]
    Service {
        action: String,
        #[event(payload)]
        service: ServiceStatusPayload,
    },
    #[event(type = "metrics.update", priority = info, object)]
    Metrics(Box<MetricsPayload>),
    /// The same as one value among others: it is read and written as everywhere else.
    #[event(type = "metrics.wrapped", priority = info)]
    Wrapped(Wrapped),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Wrapped {
    metrics: Vec<MetricsPayload>,
}

/// As nova 34 wrote them.
const SERVICE: &str = r#"{"nova_object.name": "ServiceStatusPayload", "nova_object.namespace": "nova", "nova_object.version": "1.1", "nova_object.data": {"host": "host1", "binary": "nova-compute", "topic": "compute", "report_count": 3, "disabled": false, "disabled_reason": null, "availability_zone": null, "last_seen_up": "2012-10-29T13:42:05Z", "forced_down": false, "version": 74, "uuid": "fa69c544-906b-4a6a-a9c6-c1f7a8078c73"}}"#;
const METRICS: &str = r#"{"nova_object.name": "MetricsPayload", "nova_object.namespace": "nova", "nova_object.version": "1.0", "nova_object.data": {"host": "compute", "host_ip": "10.0.0.1", "nodename": "fake-mini", "metrics": [{"nova_object.name": "MetricPayload", "nova_object.namespace": "nova", "nova_object.version": "1.0", "nova_object.data": {"name": "cpu.iowait.percent", "value": 0, "numa_membw_values": null, "timestamp": "2012-10-29T13:42:05Z", "source": "nova.virt.libvirt.LibvirtDriver"}}]}}"#;

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn read(event_type: &str, payload: &Value) -> Result<NovaEvent, PayloadError> {
    Ok(NovaEvent::read(&came(event_type, payload))?.unwrap())
}

fn metrics(payload: &Value) -> MetricsPayload {
    match read("metrics.update", payload).unwrap() {
        NovaEvent::Metrics(metrics) => *metrics,
        other => panic!("{other:?}"),
    }
}

fn sent(event: &NovaEvent) -> Value {
    event.notification().unwrap().payload().decode().unwrap()
}

#[test]
fn what_nova_writes_goes_out_as_it_came() {
    for (event_type, text) in [("service.update", SERVICE), ("metrics.update", METRICS)] {
        let event = read(event_type, &value(text)).unwrap();
        assert_eq!(event.notification().unwrap().event_type(), event_type);
        // Byte for byte, but for the blanks of Python.
        let text = text.replace(": ", ":").replace(", ", ",");
        assert_eq!(event.notification().unwrap().payload().text(), text);
    }
    let NovaEvent::Service { action, service } = read("service.update", &value(SERVICE)).unwrap() else {
        panic!("it is another event")
    };
    assert_eq!((action.as_str(), service.host.as_deref()), ("update", Some("host1")));
}

#[test]
fn nothing_is_said_of_changes_at_any_depth() {
    let metric = MetricPayload { name: "cpu".to_owned().into(), value: 7.into(), ..MetricPayload::default() };
    let inner = MetricsPayload { metrics: vec![metric.clone()].into(), ..MetricsPayload::default() };
    let metrics = MetricsPayload {
        host: "compute".to_owned().into(),
        extra: Some(Object::from_typed(&inner).unwrap()).into(),
        metrics: vec![metric].into(),
        ..MetricsPayload::default()
    };
    assert_eq!(metrics.what_changed(), ["host", "metrics", "extra"]);
    let plain = serde_json::to_string(&metrics).unwrap();
    assert_eq!(plain.matches("nova_object.changes").count(), 4);

    let sent = NovaEvent::Metrics(Box::new(metrics.clone())).notification().unwrap();
    assert!(!sent.payload().text().contains("changes"), "{}", sent.payload().text());
    let Some(NovaEvent::Metrics(read)) = NovaEvent::read(&sent).unwrap() else {
        panic!("it is another event")
    };
    assert!(read.what_changed().is_empty());
    let extra: MetricsPayload = read.extra.get().unwrap().as_ref().unwrap().to_typed().unwrap();
    assert_eq!((extra, read.metrics), (inner, metrics.metrics.clone()));

    // That is over once it is written.
    assert_eq!(serde_json::to_string(&metrics).unwrap(), plain);
    let wrapped = NovaEvent::Wrapped(Wrapped { metrics: vec![metrics] });
    assert_eq!(wrapped.notification().unwrap().payload().text().matches("nova_object.changes").count(), 4);
}

#[test]
fn newer_objects_are_read_at_any_depth() {
    let mut payload = value(METRICS);
    payload["nova_object.version"] = json!("1.7");
    payload["nova_object.data"]["zone"] = json!("z1");
    let inner = &mut payload["nova_object.data"]["metrics"][0];
    inner["nova_object.version"] = json!("1.2");
    inner["nova_object.data"]["unit"] = json!("%");
    let read = metrics(&payload);
    assert_eq!(read.host.as_deref(), Some("compute"));
    assert_eq!(read.metrics.get().unwrap()[0].value.get(), Some(&0));
    assert_eq!(read.object_version(), "1.7");
    // On the way on nothing is lost.
    assert_eq!(sent(&NovaEvent::Metrics(Box::new(read))), payload);

    // Where nobody asked for it a newer one is refused, also afterwards.
    let error = serde_json::from_value::<MetricsPayload>(payload.clone()).unwrap_err().to_string();
    assert!(error.contains("Version 1.2 of MetricPayload is not supported"), "{error}");
    let error = read_wrapped(&payload).unwrap_err();
    assert_eq!(
        error.why,
        "metrics[0].nova_object.data.metrics[0]: MetricsPayload.metrics: Version 1.2 of MetricPayload is not supported, supported \
         version is 1.0"
    );
}

fn read_wrapped(metrics: &Value) -> Result<NovaEvent, PayloadError> {
    read("metrics.wrapped", &json!({"metrics": [metrics]}))
}

#[test]
fn older_objects_are_read() {
    let payload = json!({
        "nova_object.name": "ServiceStatusPayload",
        "nova_object.namespace": "nova",
        "nova_object.version": "1.0",
        "nova_object.data": {"host": "host1"},
    });
    let event = read("service.create", &payload).unwrap();
    assert_eq!(sent(&event), payload);
}

#[test]
fn others_are_refused_by_name() {
    for (key, other, why) in [
        ("version", "2.0", "Version 2.0 of ServiceStatusPayload is not supported, supported version is 1.1"),
        ("version", "0.9", "Version 0.9 of ServiceStatusPayload is not supported, supported version is 1.1"),
        ("name", "MetricsPayload", "Unsupported object type MetricsPayload"),
        ("namespace", "cinder", "Unsupported object type cinder.ServiceStatusPayload"),
        ("version", "x", "ServiceStatusPayload: nova_object.version is not of the form MAJOR.MINOR"),
    ] {
        let mut payload = value(SERVICE);
        payload[format!("nova_object.{key}")] = json!(other);
        assert_eq!(read("service.update", &payload).unwrap_err().why, why);
    }
    let mut payload = value(METRICS);
    payload["nova_object.data"]["metrics"][0]["nova_object.version"] = json!("2.0");
    let error = read("metrics.update", &payload).unwrap_err().to_string();
    assert_eq!(
        error,
        "the payload of \"metrics.update\" is not what NovaEvent says: MetricsPayload.metrics: Version 2.0 of MetricPayload is not \
         supported, supported version is 1.0"
    );
}

#[test]
fn a_wrong_field_is_named_and_not_shown() {
    let mut payload = value(METRICS);
    payload["nova_object.data"]["metrics"][0]["nova_object.data"]["value"] = json!("hunter2");
    for error in [read("metrics.update", &payload).unwrap_err(), read_wrapped(&payload).unwrap_err()] {
        assert!(error.why.ends_with("MetricPayload.value: invalid type: string, expected i64"), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    for payload in [json!("hunter2"), json!(["hunter2"]), json!({"hunter2": 1}), json!(null), json!(4711)] {
        let error = read("service.update", &payload).unwrap_err().to_string();
        assert!(error.contains("ServiceStatusPayload"), "{error}");
        assert!(!error.contains("hunter2") && !error.contains("4711"), "{error}");
    }
}

#[test]
fn the_class_is_in_the_description() {
    let classes: Vec<_> = NovaEvent::EVENTS
        .events
        .iter()
        .map(|event| event.class.map(|class| (class.name, class.version)))
        .collect();
    assert_eq!(classes, [Some(("ServiceStatusPayload", "1.1")), Some(("MetricsPayload", "1.0")), None]);
    let json = serde_json::to_value(NovaEvent::EVENTS).unwrap();
    assert_eq!(json["events"][1]["class"]["namespace"], "nova");
}

/// Untyped objects are what others pass on.
#[test]
fn the_same_text_is_an_object_without_a_type() {
    let sent: Notification = came("service.update", &value(SERVICE));
    let object: Object = sent.payload().decode().unwrap();
    assert_eq!((object.class(), object.version()), ("ServiceStatusPayload", "1.1"));
}
