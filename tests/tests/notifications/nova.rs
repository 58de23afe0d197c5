//! Notifications of the real nova, read by listeners of ours: as typed events, and without a type.

use rpc_runtime::notification::{Listener, Meta, NotificationEndpoint, Priority};
use rpc_runtime::object::{DateTime, Field, Integer, Origin, Project};
use rpc_runtime::{Context, RpcNotification, VersionedObject};
use rpc_tests::limits::PATIENCE;
use rpc_tests::{PythonCompute, run};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::connect;
use super::hearing::Hearing;
use super::vhost;

const NOVA: Project = Project::new("nova").with_prefix("nova_object");

const INSTANCE: &str = "00000007-0000-4000-8000-000000000007";

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = NOVA, version = "1.1")]
struct ServiceStatusPayload {
    host: Field<String>,
    binary: Field<String>,
    report_count: Field<Integer>,
    disabled: Field<bool>,
    disabled_reason: Field<Option<String>>,
    availability_zone: Field<Option<String>>,
    last_seen_up: Field<Option<DateTime>>,
    uuid: Field<String>,
    #[object(origin)]
    origin: Origin,
}

/// Some of its fields, as a service reads those that it needs; it has a newer version in nova.
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = NOVA, version = "1.5")]
struct InstanceActionPayload {
    uuid: Field<String>,
    host: Field<Option<String>>,
    display_name: Field<Option<String>>,
    power_state: Field<Option<String>>,
    flavor: Field<FlavorPayload>,
    ip_addresses: Field<Vec<IpPayload>>,
    #[object(origin)]
    origin: Origin,
}

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = NOVA, version = "1.4")]
struct FlavorPayload {
    name: Field<String>,
    memory_mb: Field<Integer>,
    #[object(origin)]
    origin: Origin,
}

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = NOVA, version = "1.0")]
struct IpPayload {
    address: Field<String>,
    label: Field<String>,
    #[object(origin)]
    origin: Origin,
}

#[derive(Debug, Clone, PartialEq, RpcNotification)]
#[notification(topic = "versioned_notifications", exchange = "nova")]
enum NovaEvent {
    #[event(type = "service.update", priority = info, object)]
    ServiceUpdate(ServiceStatusPayload),
    #[event(type = "instance.{action}.{phase}", priority = info, object)]
    Instance {
        action: String,
        phase: String,
        #[event(payload)]
        payload: InstanceActionPayload,
    },
}

/// The older form of the same, with the fields that are looked at.
#[derive(Debug, Serialize, Deserialize)]
struct Usage {
    instance_id: String,
    display_name: String,
    memory_mb: u64,
    state: String,
}

#[derive(Debug, RpcNotification)]
#[notification(exchange = "nova")]
#[event(type = "compute.instance.{action}.{phase}", priority = info)]
struct Compute {
    action: String,
    phase: String,
    #[event(payload)]
    usage: Usage,
}

/// What nova's service has to do with: users without a token, as its periodic tasks have.
fn user() -> Value {
    json!({"user_id": "u1", "project_id": "p1", "is_admin": false, "roles": ["member"], "overwrite": false,
        "auth_token": "token-of-u1"})
}

fn service() -> Value {
    json!({"$object": "Service", "fields": {"host": "host1", "binary": "nova-compute", "topic": "compute",
        "report_count": 3, "disabled": true, "disabled_reason": "maintenance", "availability_zone": null,
        "last_seen_up": "2026-01-02T03:04:05Z", "forced_down": false, "version": 70, "uuid": INSTANCE}})
}

fn instance() -> Value {
    let flavor = json!({"$object": "Flavor", "fields": {"id": 1, "flavorid": "f1", "name": "m1", "memory_mb": 512, "vcpus": 1,
        "root_gb": 1, "ephemeral_gb": 0, "swap": 0, "rxtx_factor": 1.0, "vcpu_weight": null, "disabled": false,
        "is_public": true, "extra_specs": {"a": "b"}, "description": null}});
    // All that nova would else look for in its database.
    let mut fields = json!({"id": 1, "uuid": INSTANCE, "user_id": "u1", "project_id": "p1", "reservation_id": "r1",
        "display_name": "vm 卷", "display_description": "", "hostname": "vm", "host": "host1", "node": "node1",
        "architecture": "x86_64", "availability_zone": "nova", "image_ref": "i1", "kernel_id": "", "ramdisk_id": "",
        "created_at": "2026-01-02T03:04:05Z", "deleted": false, "vm_state": "active", "power_state": 1, "progress": 0,
        "metadata": {"m": "1"}, "locked": false, "auto_disk_config": false, "system_metadata": {}, "instance_type_id": 1,
        "memory_mb": 512, "root_gb": 1, "ephemeral_gb": 0, "vcpus": 1, "flavor": flavor});
    for none in [
        "os_type",
        "key_name",
        "launched_at",
        "terminated_at",
        "deleted_at",
        "updated_at",
        "task_state",
        "cell_name",
        "access_ip_v4",
        "access_ip_v6",
    ] {
        fields[none] = Value::Null;
    }
    json!({"$object": "Instance", "fields": fields})
}

/// Of the port of the instance, as nova's database has it.
fn network() -> Value {
    let ip = json!({"address": "192.0.2.7", "type": "fixed", "version": 4, "meta": {}});
    let subnet = json!({"cidr": "192.0.2.0/24", "version": 4, "ips": [ip], "gateway": null, "dns": [], "routes": [],
        "meta": {}});
    json!([{"id": "port1", "address": "fa:16:3e:00:00:01", "devname": "tap1", "meta": {},
        "network": {"id": "n1", "label": "private", "subnets": [subnet], "meta": {}}}])
}

#[test]
fn its_events_are_read_with_and_without_types() {
    run(async {
        let vhost = vhost("nova").await;
        let transport = connect(&vhost).await;
        // Each with the topic and the exchange of its set of events.
        let (sender, mut versioned) = mpsc::unbounded_channel();
        let endpoint = NotificationEndpoint::new(move |ctx: Context, event: NovaEvent, meta: Meta| {
            sender.send((ctx, event, meta)).unwrap();
            async {}
        });
        let _versioned = Listener::builder(&transport).endpoint(endpoint).start().await.unwrap();
        let (sender, mut older) = mpsc::unbounded_channel();
        let endpoint = NotificationEndpoint::new(move |_: Context, event: Compute, meta: Meta| {
            sender.send((event, meta)).unwrap();
            async {}
        });
        let _older = Listener::builder(&transport).endpoint(endpoint).start().await.unwrap();
        let untyped =
            Listener::builder(&transport).topic_of("nova", "versioned_notifications").pool("untyped");
        let mut untyped = Hearing::start(untyped).await;

        let mut nova = PythonCompute::builder(&vhost.url()).start().await.unwrap();
        nova.happens(json!({"ctxt": user(), "service": service(), "action": "update"})).await.unwrap();
        let paused = json!({"ctxt": user(), "instance": instance(), "network": network(), "action": "pause", "phase": "end"});
        nova.happens(paused).await.unwrap();

        let (ctx, event, meta) = timeout(PATIENCE, versioned.recv()).await.unwrap().unwrap();
        assert_eq!((ctx.user_id(), ctx.project_id(), ctx.auth_token()), (Some("u1"), Some("p1"), None));
        assert_eq!(
            (meta.publisher_id.as_deref(), meta.priority),
            (Some("nova-compute:host1"), Priority::Info)
        );
        let NovaEvent::ServiceUpdate(service) = event else { panic!("{event:?}") };
        assert_eq!(
            (service.host.as_deref(), service.binary.as_deref()),
            (Some("host1"), Some("nova-compute"))
        );
        assert_eq!(service.disabled_reason.get(), Some(&Some("maintenance".to_owned())));
        assert_eq!((service.disabled.get(), service.availability_zone.get()), (Some(&true), Some(&None)));
        let seen = service.last_seen_up.get().unwrap().as_ref().unwrap();
        assert_eq!(seen.to_string(), "2026-01-02T03:04:05Z");
        assert_eq!(service.origin.version(), None, "it came with the version of its type");

        let (_, event, meta) = timeout(PATIENCE, versioned.recv()).await.unwrap().unwrap();
        assert_eq!(meta.event_type.as_deref(), Some("instance.pause.end"));
        let NovaEvent::Instance { action, phase, payload } = event else { panic!("{event:?}") };
        assert_eq!((&*action, &*phase), ("pause", "end"));
        assert_eq!(
            (payload.uuid.as_deref(), payload.power_state.get()),
            (Some(INSTANCE), Some(&Some("running".to_owned())))
        );
        assert_eq!(payload.origin.version(), Some("1.9"), "and this one with a newer one");
        assert_eq!(payload.display_name.get(), Some(&Some("vm 卷".to_owned())));
        assert_eq!(payload.flavor.get().unwrap().name.as_deref(), Some("m1"));
        let addresses = payload.ip_addresses.get().unwrap();
        assert_eq!(addresses.len(), 1);
        assert_eq!(addresses[0].address.as_deref(), Some("192.0.2.7"));

        let (compute, meta) = timeout(PATIENCE, older.recv()).await.unwrap().unwrap();
        assert_eq!(
            (meta.publisher_id.as_deref(), &*compute.action, &*compute.phase),
            (Some("compute.host1"), "pause", "end")
        );
        let Usage { instance_id, display_name, memory_mb, state } = compute.usage;
        assert_eq!((&*instance_id, &*display_name, memory_mb, &*state), (INSTANCE, "vm 卷", 512, "active"));

        for (event, class) in
            [("service.update", "ServiceStatusPayload"), ("instance.pause.end", "InstanceActionPayload")]
        {
            let heard = untyped.next().await;
            assert_eq!(
                (heard.event.event_type(), &heard.payload()["nova_object.name"]),
                (event, &json!(class))
            );
            assert!(heard.payload().get("nova_object.changes").is_none());
        }
        untyped.stop().await;
        nova.stop().await.unwrap();
    });
}
