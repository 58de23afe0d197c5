//! nova's ComputeAPI with its objects against Rust, and a generated client against a server with its serialiser.

use std::sync::Arc;

use rpc_examples::compute::types::{Instance, NOVA, RequestSpec};
use rpc_runtime::object::Object;
use rpc_runtime::{Context, RpcException, Server, Target, rpc_manager};
use rpc_tests::limits::PATIENCE;
use rpc_tests::{PythonServer, run};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{client, connect, user, vhost};

const INSTANCE: &str = "00000007-0000-4000-8000-000000000007";

#[derive(Debug, RpcException)]
#[exception(module = "nova.exception", message = "Migration pre-check error: %(reason)s", code = 400)]
struct MigrationPreCheckError {
    reason: String,
}

#[rpc_manager(
    client = ComputeApi,
    topic = "compute",
    version = "6.4",
    history("6.4" = "what nova has"),
    to(host: &str) = host,
    error = MigrationPreCheckError
)]
#[expect(clippy::too_many_arguments, reason = "the arguments are those of the messages")]
trait ComputeManager {
    #[rpc(cast)]
    async fn build_and_run_instance(
        &self,
        ctx: Context,
        instance: Instance,
        image: Map<String, Value>,
        request_spec: RequestSpec,
        filter_properties: Map<String, Value>,
        admin_password: Option<String>,
        injected_files: Option<Vec<Value>>,
        requested_networks: Option<Object>,
        security_groups: Option<Vec<String>>,
        block_device_mapping: Option<Object>,
        node: Option<String>,
        limits: Option<Map<String, Value>>,
        host_list: Option<Vec<Object>>,
        accel_uuids: Option<Vec<String>>,
    ) -> Result<(), MigrationPreCheckError>;

    #[rpc(call)]
    async fn check_can_live_migrate_destination(
        &self,
        ctx: Context,
        instance: Instance,
        block_migration: Option<bool>,
        disk_over_commit: Option<bool>,
        migration: Option<Object>,
        limits: Option<Object>,
    ) -> Result<Object, MigrationPreCheckError>;
}

struct Manager(mpsc::UnboundedSender<Value>);

impl ComputeManager for Manager {
    async fn build_and_run_instance(
        &self,
        _: Context,
        instance: Instance,
        image: Map<String, Value>,
        request_spec: RequestSpec,
        filter_properties: Map<String, Value>,
        _: Option<String>,
        _: Option<Vec<Value>>,
        requested_networks: Option<Object>,
        security_groups: Option<Vec<String>>,
        block_device_mapping: Option<Object>,
        node: Option<String>,
        limits: Option<Map<String, Value>>,
        host_list: Option<Vec<Object>>,
        _: Option<Vec<String>>,
    ) -> Result<(), MigrationPreCheckError> {
        let seen = json!({"instance": instance, "image": image, "request_spec": request_spec,
            "filter_properties": filter_properties, "requested_networks": requested_networks,
            "security_groups": security_groups, "block_device_mapping": block_device_mapping, "node": node,
            "limits": limits, "host_list": host_list});
        self.0.send(seen).unwrap();
        Ok(())
    }

    async fn check_can_live_migrate_destination(
        &self,
        _: Context,
        instance: Instance,
        block_migration: Option<bool>,
        _: Option<bool>,
        migration: Option<Object>,
        _: Option<Object>,
    ) -> Result<Object, MigrationPreCheckError> {
        if instance.host.as_deref() == Some("host2") {
            return Err(MigrationPreCheckError { reason: "it is there".to_owned() });
        }
        let mut data = Object::new(&NOVA, "LibvirtLiveMigrateData", "1.10");
        data.set("block_migration", &block_migration).unwrap();
        data.set("filename", "tmp1").unwrap();
        data.set("migration", &migration).unwrap();
        data.reset_changes();
        Ok(data)
    }
}

fn instance() -> Value {
    let flavor = json!({"$object": "Flavor", "changes": [], "fields": {"id": 1, "name": "m1", "memory_mb": 512,
        "extra_specs": {"hw:numa_nodes": "1"}}});
    json!({"$object": "Instance", "changes": ["task_state"], "fields": {
        "uuid": INSTANCE, "host": "host1", "task_state": "scheduling", "display_name": "vm 卷", "metadata": {"a": "b"},
        "launched_at": "2026-01-02T03:04:05Z", "flavor": flavor, "access_ip_v4": "192.0.2.7", "memory_mb": 512,
    }})
}

/// The same on the wire.
fn instance_sent(version: &Value) -> Value {
    json!({
        "nova_object.name": "Instance", "nova_object.namespace": "nova", "nova_object.version": version,
        "nova_object.changes": ["task_state"],
        "nova_object.data": {
            "uuid": INSTANCE, "host": "host1", "task_state": "scheduling", "display_name": "vm 卷",
            "metadata": {"a": "b"}, "launched_at": "2026-01-02T03:04:05Z", "access_ip_v4": "192.0.2.7", "memory_mb": 512,
            "flavor": {
                "nova_object.name": "Flavor", "nova_object.namespace": "nova", "nova_object.version": "1.2",
                "nova_object.data": {"id": 1, "name": "m1", "memory_mb": 512, "extra_specs": {"hw:numa_nodes": "1"}},
            },
        },
    })
}

#[test]
fn the_real_compute_api_uses_a_rust_service() {
    run(async {
        let vhost = vhost("real-compute-api").await;
        let transport = connect(&vhost).await;
        let (sender, mut seen) = mpsc::unbounded_channel();
        let target = Target::new("compute").with_server("host2");
        let endpoint = ComputeApi::endpoint(Arc::new(Manager(sender)));
        let _server = Server::builder(&transport, target).endpoint(endpoint).start().await.unwrap();
        let mut client = client(&vhost, "nova").await;
        let mut call = async |method: &str, args: Value| {
            client.call(json!({"ctxt": user(), "method": method, "args": args})).await.unwrap()
        };

        let network =
            json!({"$object": "NetworkRequest", "fields": {"network_id": INSTANCE, "address": "192.0.2.8"}});
        let device = json!({"$object": "BlockDeviceMapping", "fields": {"volume_id": INSTANCE, "boot_index": 0,
            "connection_info": "{\"data\": {}}"}});
        let args = json!({
            "instance": instance(), "host": "host2", "image": {"id": "i1"},
            "request_spec": {"$object": "RequestSpec", "fields": {"instance_uuid": INSTANCE, "num_instances": 1}},
            "filter_properties": {"retry": {"hosts": [["host2", "node2"]]}}, "security_groups": ["default"],
            "requested_networks": {"$object": "NetworkRequestList", "fields": {"objects": [network]}},
            "block_device_mapping": {"$object": "BlockDeviceMappingList", "fields": {"objects": [device]}},
            "node": "node2", "limits": {"$object": "SchedulerLimits", "fields": {"memory_mb": 1, "disk_gb": null,
                "vcpu": null, "numa_topology": null}},
            "host_list": [{"$object": "Selection", "fields": {"service_host": "host3"}}],
        });
        call("build_and_run_instance", args).await.unwrap();
        let built = timeout(PATIENCE, seen.recv()).await.unwrap().unwrap();
        let sent = &built["instance"];
        assert_eq!(*sent, instance_sent(&sent["nova_object.version"]));
        let classes = ["request_spec", "requested_networks", "block_device_mapping"];
        let classes = classes.map(|name| built[name]["nova_object.name"].as_str().unwrap());
        assert_eq!(classes, ["RequestSpec", "NetworkRequestList", "BlockDeviceMappingList"]);
        let members = &built["block_device_mapping"]["nova_object.data"]["objects"];
        assert_eq!(members[0]["nova_object.data"]["connection_info"], json!("{\"data\": {}}"));
        assert_eq!(built["host_list"][0]["nova_object.data"]["service_host"], json!("host3"));
        assert_eq!(built["limits"]["memory_mb"], json!(1));
        assert_eq!(built["filter_properties"], json!({"retry": {"hosts": [["host2", "node2"]]}}));

        let check = |host: &str| {
            let mut instance = instance();
            instance["fields"]["host"] = host.into();
            json!({"instance": instance, "destination": "host2", "block_migration": true, "disk_over_commit": null,
                "migration": {"$object": "Migration", "fields": {"uuid": INSTANCE, "memory_total": 5}}, "limits": null})
        };
        let checked = call("check_can_live_migrate_destination", check("host1")).await.unwrap();
        assert_eq!(checked["class"], json!("nova.objects.migrate_data.LibvirtLiveMigrateData"));
        let fields = &checked["fields"];
        assert_eq!((&fields["block_migration"], &fields["filename"]), (&json!(true), &json!("tmp1")));
        assert_eq!(fields["migration"]["class"], json!("nova.objects.migration.Migration"));
        assert_eq!(fields["migration"]["fields"], json!({"uuid": INSTANCE, "memory_total": 5}));
        let refused = call("check_can_live_migrate_destination", check("host2")).await.unwrap_err();
        assert!(refused.bases.contains(&"nova.exception.MigrationPreCheckError".to_owned()), "{refused:?}");
        assert_eq!(refused.kwargs["reason"], json!("it is there"));
    });
}

#[test]
fn rust_uses_a_real_server() {
    run(async {
        let vhost = vhost("real-compute-server").await;
        let data = json!({"$object": "LibvirtLiveMigrateData", "fields": {"filename": "tmp1", "block_migration": false}});
        let server = PythonServer::real(&vhost.url(), "nova", "compute", "host2").version("6.4");
        let server = server.answers(&json!({"check_can_live_migrate_destination": {"value": data}}));
        let mut server = server.start().await.unwrap();
        let api = ComputeApi::new(&connect(&vhost).await);
        let ctx = Context::request().with_user("u1").with_project("p1");

        // An instance that came from elsewhere, with fields that are not known here.
        let sent = instance_sent(&json!("2.8"));
        let mut instance: Instance = serde_json::from_value(sent).unwrap();
        instance.host.set(Some("host2".to_owned()));
        let mut migration = Object::new(&NOVA, "Migration", "1.8");
        migration.set("memory_total", &5).unwrap();
        let checked = api
            .check_can_live_migrate_destination(&ctx, "host2", &instance, Some(true), None, migration, None)
            .await
            .unwrap();
        assert_eq!(
            (checked.class(), checked.get::<String>("filename").unwrap().unwrap()),
            ("LibvirtLiveMigrateData", "tmp1".to_owned())
        );
        let note = server.note().await.unwrap();
        assert_eq!(note.ctxt["class"], json!("nova.context.RequestContext"));
        let args = &note.args["args"];
        let seen = &args["instance"];
        assert_eq!(seen["class"], json!("nova.objects.instance.Instance"));
        // A Flavor finds by itself that its extra specs are others than it was loaded with.
        assert_eq!(seen["changes"], json!(["flavor", "host", "task_state"]));
        let fields = &seen["fields"];
        assert_eq!((&fields["host"], &fields["access_ip_v4"]), (&json!("host2"), &json!("192.0.2.7")));
        assert_eq!(fields["launched_at"], json!("2026-01-02T03:04:05+00:00"));
        assert_eq!(fields["flavor"]["class"], json!("nova.objects.flavor.Flavor"));
        assert_eq!(fields["flavor"]["fields"]["extra_specs"], json!({"hw:numa_nodes": "1"}));
        assert_eq!(args["migration"]["fields"], json!({"memory_total": 5}));
        assert_eq!((&args["block_migration"], &args["limits"]), (&json!(true), &json!(null)));
    });
}
