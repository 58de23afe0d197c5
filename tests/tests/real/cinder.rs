//! cinder's VolumeAPI with its objects against Rust, and a generated client against a server with its serialiser.

use std::collections::BTreeMap;
use std::sync::Arc;

use rpc_runtime::object::{DateTime, Field, Object, Origin, Project, RawJson};
use rpc_runtime::{
    CallError, Context, RemoteError, RpcException, Server, Target, VersionedObject, rpc_manager,
};
use rpc_tests::limits::PATIENCE;
use rpc_tests::{PythonClient, PythonServer, run};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{connect, user, vhost};

const CINDER: Project = Project::new("cinder");
const VOLUME: &str = "00000001-0000-4000-8000-000000000001";
const INSTANCE: &str = "00000007-0000-4000-8000-000000000007";

/// Of cinder's fields those that are used here; the others are passed on.
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.9")]
struct Volume {
    id: Field<String>,
    host: Field<Option<String>>,
    status: Field<Option<String>>,
    created_at: Field<Option<DateTime>>,
    #[object(origin)]
    origin: Origin,
}

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.3")]
struct VolumeAttachment {
    id: Field<String>,
    volume_id: Field<String>,
    instance_uuid: Field<Option<String>>,
    attach_mode: Field<Option<String>>,
    volume: Field<Volume>,
    connection_info: Field<Option<BTreeMap<String, RawJson>>>,
    #[object(origin)]
    origin: Origin,
}

#[derive(Debug, RpcException)]
#[exception(module = "cinder.exception")]
enum VolumeError {
    #[exception(message = "Invalid volume: %(reason)s", code = 400)]
    InvalidVolume { reason: String },
    #[exception(other)]
    Other(RemoteError),
}

/// Where cinder's client since 3.6 sends what is for `host1@lvm`.
#[rpc_manager(
    client = VolumeApi,
    topic = "cinder-volume.host1@lvm",
    version = "3.20",
    history("3.20" = "what cinder has"),
    error = VolumeError
)]
#[expect(clippy::too_many_arguments, reason = "the arguments are those of the messages")]
trait VolumeManager {
    #[rpc(cast, to = "host1")]
    async fn create_volume(
        &self,
        ctx: Context,
        volume: Object,
        request_spec: Option<Object>,
        filter_properties: Option<Map<String, Value>>,
        allow_reschedule: bool,
    ) -> Result<(), VolumeError>;

    #[rpc(call, to = "host1")]
    async fn attach_volume(
        &self,
        ctx: Context,
        volume_id: String,
        instance_uuid: Option<String>,
        host_name: Option<String>,
        mountpoint: String,
        mode: String,
        volume: Volume,
    ) -> Result<VolumeAttachment, VolumeError>;

    #[rpc(call, to = "host1")]
    async fn get_log_levels(&self, ctx: Context, log_request: Object) -> Result<Object, VolumeError>;
}

/// Tells what it got.
struct Manager(mpsc::UnboundedSender<(Context, Value)>);

impl VolumeManager for Manager {
    async fn create_volume(
        &self,
        ctx: Context,
        volume: Object,
        request_spec: Option<Object>,
        filter_properties: Option<Map<String, Value>>,
        allow_reschedule: bool,
    ) -> Result<(), VolumeError> {
        let seen = json!({"volume": volume, "request_spec": request_spec, "filter_properties": filter_properties,
            "allow_reschedule": allow_reschedule});
        self.0.send((ctx, seen)).unwrap();
        Ok(())
    }

    async fn attach_volume(
        &self,
        _: Context,
        volume_id: String,
        instance_uuid: Option<String>,
        _: Option<String>,
        _: String,
        mode: String,
        mut volume: Volume,
    ) -> Result<VolumeAttachment, VolumeError> {
        if mode != "rw" {
            return Err(VolumeError::InvalidVolume { reason: format!("no {mode}") });
        }
        let mut attachment = VolumeAttachment::default();
        volume.status.set(Some("in-use".to_owned()));
        attachment.id.set(INSTANCE);
        attachment.volume_id.set(volume_id);
        attachment.instance_uuid.set(instance_uuid);
        attachment.attach_mode.set(Some(mode));
        attachment.volume.set(volume);
        let info = RawJson::new(&json!({"target_lun": 1, "hosts": ["a", null]})).unwrap();
        attachment.connection_info.set(Some(BTreeMap::from([("data".to_owned(), info)])));
        Ok(attachment)
    }

    async fn get_log_levels(&self, _: Context, log_request: Object) -> Result<Object, VolumeError> {
        let mut level = Object::new(&CINDER, "LogLevel", "1.0");
        level.set("prefix", &log_request.get::<String>("prefix").unwrap().unwrap()).unwrap();
        level.set("level", "DEBUG").unwrap();
        let mut levels = Object::new(&CINDER, "LogLevelList", "1.0");
        levels.set("objects", &[level]).unwrap();
        Ok(levels)
    }
}

/// A volume as cinder's objects are described to a Python peer.
fn volume() -> Value {
    json!({"$object": "Volume", "changes": ["status"], "fields": {
        "id": VOLUME, "host": "host1@lvm#pool1", "cluster_name": null, "size": 10, "status": "available", "display_name": "Größe 10 – 卷",
        "created_at": "2026-01-02T03:04:05Z", "deleted": false, "metadata": {"k": "v"}, "glance_metadata": {},
        "volume_type": {"$object": "VolumeType", "changes": [], "fields": {"id": INSTANCE, "extra_specs": {"a": "b"}}},
    }})
}

/// A service at the place that a Rust one takes in the tests, with what it got.
async fn call(client: &mut PythonClient, method: &str, args: Value) -> Result<Value, rpc_tests::Raised> {
    client.call(json!({"ctxt": user(), "method": method, "args": args})).await.unwrap()
}

#[test]
fn the_real_volume_api_uses_a_rust_service() {
    run(async {
        let vhost = vhost("real-volume-api").await;
        let transport = connect(&vhost).await;
        let (sender, mut seen) = mpsc::unbounded_channel();
        let target = Target::new(VolumeApi::INTERFACE.topic).with_server("host1");
        let endpoint = VolumeApi::endpoint(Arc::new(Manager(sender)));
        let _server = Server::builder(&transport, target).endpoint(endpoint).start().await.unwrap();

        for (release, version) in [(None, "1.9"), (Some("1.38"), "1.8")] {
            let client = PythonClient::real(&vhost.url(), "cinder");
            let client = release.into_iter().fold(client, |client, release| client.objects(release));
            let mut client = client.start().await.unwrap();

            let spec = json!({"$object": "RequestSpec", "fields": {"volume_id": VOLUME, "volume": volume()}});
            let args = json!({"volume": volume(), "request_spec": spec, "filter_properties": {"retry": {"n": 1}},
                "allow_reschedule": false});
            call(&mut client, "create_volume", args).await.unwrap();
            let (ctx, mut created) = timeout(PATIENCE, seen.recv()).await.unwrap().unwrap();
            assert_eq!(ctx.user_id(), user()["user_id"].as_str());
            assert_eq!(
                (&created["filter_properties"], &created["allow_reschedule"]),
                (&json!({"retry": {"n": 1}}), &json!(false))
            );
            let spec = &created["request_spec"];
            assert_eq!(spec["versioned_object.data"]["volume"]["versioned_object.version"], json!(version));
            let volume_type = json!({
                "versioned_object.name": "VolumeType", "versioned_object.namespace": "cinder",
                "versioned_object.version": "1.3",
                "versioned_object.data": {"id": INSTANCE, "extra_specs": {"a": "b"}},
            });
            assert_eq!(
                created["volume"].take(),
                json!({
                    "versioned_object.name": "Volume", "versioned_object.namespace": "cinder",
                    "versioned_object.version": version, "versioned_object.changes": ["status"],
                    "versioned_object.data": {
                        "id": VOLUME, "host": "host1@lvm#pool1", "cluster_name": null, "size": 10, "status": "available",
                        "display_name": "Größe 10 – 卷", "created_at": "2026-01-02T03:04:05Z", "deleted": false,
                        "metadata": {"k": "v"}, "glance_metadata": {}, "volume_type": volume_type,
                    }
                })
            );

            let attach = |mode| {
                json!({"volume": volume(), "instance_uuid": INSTANCE, "host_name": null,
                "mountpoint": "/dev/vdb", "mode": mode})
            };
            let attached = call(&mut client, "attach_volume", attach("rw")).await.unwrap();
            assert_eq!(attached["class"], json!("cinder.objects.volume_attachment.VolumeAttachment"));
            let fields = &attached["fields"];
            assert_eq!((&fields["id"], &fields["volume_id"]), (&json!(INSTANCE), &json!(VOLUME)));
            assert_eq!(fields["connection_info"], json!({"data": {"target_lun": 1, "hosts": ["a", null]}}));
            // What Rust has no field for is there, and what it changed is known to be changed.
            let mut back = volume()["fields"].take();
            back["status"] = json!("in-use");
            for (name, value) in back.as_object().unwrap() {
                match name.as_str() {
                    "created_at" => {
                        assert_eq!(fields["volume"]["fields"][name], json!("2026-01-02T03:04:05+00:00"))
                    }
                    "volume_type" => {
                        let class = &fields["volume"]["fields"][name]["class"];
                        assert_eq!(*class, json!("cinder.objects.volume_type.VolumeType"));
                    }
                    _ => assert_eq!(fields["volume"]["fields"][name], *value, "{name}"),
                }
            }
            assert_eq!(fields["volume"]["changes"], json!(["status"]));

            let refused = call(&mut client, "attach_volume", attach("ro")).await.unwrap_err();
            assert!(refused.bases.contains(&"cinder.exception.InvalidVolume".to_owned()), "{refused:?}");
            assert_eq!((refused.kwargs["reason"].clone(), refused.code), (json!("no ro"), Some(400)));

            let log_request = json!({"$object": "LogLevel", "fields": {"prefix": "cinder.", "level": ""}});
            let service = json!({"$object": "Service", "fields": {"host": "host1@lvm"}});
            let args = json!({"service": service, "log_request": log_request});
            let levels = call(&mut client, "get_log_levels", args).await.unwrap();
            assert_eq!(levels["class"], json!("cinder.objects.dynamic_log.LogLevelList"));
            let level = &levels["fields"]["objects"][0]["fields"];
            assert_eq!(*level, json!({"prefix": "cinder.", "level": "DEBUG"}));
            client.stop().await.unwrap();
        }
    });
}

#[test]
fn rust_uses_a_real_server() {
    run(async {
        let vhost = vhost("real-volume-server").await;
        let attachment = json!({"$object": "VolumeAttachment", "fields": {
            "id": INSTANCE, "volume_id": VOLUME, "instance_uuid": null, "attach_mode": "rw", "volume": volume(),
            "attach_time": "2026-01-02T03:04:05Z", "connection_info": {"data": {"n": 1}},
        }});
        let topic = VolumeApi::INTERFACE.topic;
        let server = PythonServer::real(&vhost.url(), "cinder", topic, "host1");
        let mut server =
            server.answers(&json!({"attach_volume": {"value": attachment}})).start().await.unwrap();
        let api = VolumeApi::new(&connect(&vhost).await);
        let ctx = Context::request().with_user("u1").with_project("p1");

        let mut created = Object::new(&CINDER, "Volume", "1.9");
        created.set("id", VOLUME).unwrap();
        created.set("created_at", "2026-01-02T03:04:05Z").unwrap();
        created.set("metadata", &json!({"k": "v"})).unwrap();
        created.reset_changes();
        created.set("display_name", "Größe").unwrap();
        let mut spec = Object::new(&CINDER, "RequestSpec", "1.5");
        spec.set("volume", &created).unwrap();
        api.create_volume(&ctx, &created, spec, None, true).await.unwrap();
        let note = server.note().await.unwrap();
        assert_eq!(
            (&note.args["method"], &note.ctxt["fields"]["user_id"]),
            (&json!("create_volume"), &json!("u1"))
        );
        let args = &note.args["args"];
        let seen = json!({
            "$object": "Volume", "class": "cinder.objects.volume.Volume", "version": "1.9",
            "fields": {"id": VOLUME, "created_at": "2026-01-02T03:04:05+00:00", "metadata": {"k": "v"}, "display_name": "Größe"},
            "changes": ["display_name"],
        });
        assert_eq!(args["volume"], seen);
        assert_eq!(args["request_spec"]["fields"]["volume"], seen);
        assert_eq!(args["request_spec"]["class"], json!("cinder.objects.request_spec.RequestSpec"));

        let mut typed = Volume::default();
        typed.id.set(VOLUME);
        typed.host.set(None);
        typed.created_at.set(Some(DateTime::from_unix_seconds(1_767_323_045).unwrap()));
        let attached = api.attach_volume(&ctx, VOLUME, &None, &None, "/dev/vdb", "rw", &typed).await.unwrap();
        let note = server.note().await.unwrap();
        assert_eq!(
            note.args["args"]["volume"],
            json!({
                "$object": "Volume", "class": "cinder.objects.volume.Volume", "version": "1.9",
                "fields": {"id": VOLUME, "host": null, "created_at": "2026-01-02T03:04:05+00:00"},
                "changes": ["created_at", "host", "id"],
            })
        );
        assert_eq!((attached.id.as_deref(), attached.instance_uuid.get()), (Some(INSTANCE), Some(&None)));
        let volume = attached.volume.get().unwrap();
        assert_eq!(
            (volume.host.as_deref(), volume.created_at.get()),
            (Some("host1@lvm#pool1"), typed.created_at.get())
        );
        assert!(volume.status.is_changed() && !volume.host.is_changed());

        let mut newer = Object::new(&CINDER, "Volume", "1.99");
        newer.set("id", VOLUME).unwrap();
        match api.get_log_levels(&ctx, &newer).await {
            Err(CallError::Method(VolumeError::Other(error))) => {
                assert!(error.is("oslo_versionedobjects.exception", "IncompatibleObjectVersion"), "{error}");
                let kwargs = json!({"objname": "Volume", "objver": "1.99", "supported": "1.9", "code": 500});
                assert_eq!(Value::Object(error.kwargs), kwargs);
            }
            other => panic!("{other:?}"),
        }
    });
}
