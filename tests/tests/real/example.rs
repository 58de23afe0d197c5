//! The volume example in the place of cinder's volume service, and of cinder's VolumeAPI.

use rpc_examples::bus::Bus;
use rpc_examples::volume::types::{AttachMode, Snapshot, Volume, VolumeType};
use rpc_examples::volume::{VolumeApi, volume_service};
use rpc_runtime::Context;
use rpc_tests::{PythonServer, run, until};
use serde_json::{Value, json};

use super::{client, connect, user, vhost};

const SERVER: &str = "host1@lvm";
const VOLUME: &str = "00000001-0000-4000-8000-000000000001";
const OTHER: &str = "00000003-0000-4000-8000-000000000003";

#[test]
fn cinder_uses_the_service() {
    run(async {
        let vhost = vhost("real-example-service").await;
        let bus = Bus::of(&connect(&vhost).await).unwrap();
        let service = volume_service(&bus, SERVER).unwrap().await.unwrap();
        let mut client = client(&vhost, "cinder").await;
        let mut call = async |method: &str, args: Value| {
            client.call(json!({"ctxt": user(), "method": method, "args": args})).await.unwrap()
        };
        let volume = json!({"$object": "Volume", "changes": [], "fields": {
            "id": VOLUME, "host": "host1@lvm#pool1", "cluster_name": null, "size": 10, "status": "creating",
            "created_at": "2026-01-02T03:04:05Z", "volume_type_id": OTHER, "display_name": "Größe",
            "volume_type": {"$object": "VolumeType", "changes": [], "fields": {"id": OTHER, "extra_specs": {"a": "b"}}},
        }});
        let of_backend = json!({"$object": "Service", "fields": {"host": SERVER, "cluster_name": null}});

        let spec = json!({"$object": "RequestSpec", "fields": {"volume_id": VOLUME, "volume": volume}});
        let create = json!({"volume": volume, "request_spec": spec, "filter_properties": {}, "allow_reschedule": true});
        call("create_volume", create).await.unwrap();
        // Nobody waits for a cast: only its effect tells its end.
        let capabilities = json!({"backend_id": SERVER, "discover": false});
        until("the volume is there", async || {
            let capabilities = call("get_capabilities", capabilities.clone()).await.unwrap();
            Ok((capabilities["free_capacity_gb"] == json!(90)).then_some(()))
        })
        .await
        .unwrap();

        let connector = json!({"host": "h", "ip": "192.0.2.7", "initiator": "iqn.2026-01.org.example:h"});
        let connection =
            call("initialize_connection", json!({"volume": volume, "connector": connector})).await.unwrap();
        assert!(
            connection["driver_volume_type"].is_string() && connection["data"].is_object(),
            "{connection}"
        );

        let attach = json!({"volume": volume, "instance_uuid": OTHER, "host_name": null, "mountpoint": "/dev/vdb",
            "mode": "rw"});
        let attachment = call("attach_volume", attach).await.unwrap();
        assert_eq!(attachment["class"], json!("cinder.objects.volume_attachment.VolumeAttachment"));
        let fields = &attachment["fields"];
        assert_eq!((&fields["volume_id"], &fields["instance_uuid"]), (&json!(VOLUME), &json!(OTHER)));
        assert_eq!((&fields["mountpoint"], &fields["attach_mode"]), (&json!("/dev/vdb"), &json!("rw")));
        let unknown =
            call("attachment_delete", json!({"attachment_id": OTHER, "vref": volume})).await.unwrap_err();
        assert!(
            unknown.bases.contains(&"cinder.exception.VolumeAttachmentNotFound".to_owned()),
            "{unknown:?}"
        );
        assert_eq!(unknown.kwargs["filter"], json!(format!("attachment_id = {OTHER}")));
        call("detach_volume", json!({"volume": volume, "attachment_id": fields["id"]})).await.unwrap();

        let log_request = json!({"$object": "LogLevel", "fields": {"prefix": "cinder.", "level": "DEBUG"}});
        let levels = json!({"service": of_backend, "log_request": log_request});
        call("set_log_levels", levels.clone()).await.unwrap();
        until("the level is set", async || {
            let levels = call("get_log_levels", levels.clone()).await.unwrap();
            let is_set = levels["fields"]["objects"][0]["fields"]["level"] == json!("DEBUG");
            Ok((levels["class"] == json!("cinder.objects.dynamic_log.LogLevelList") && is_set).then_some(()))
        })
        .await
        .unwrap();

        let mut other = volume.clone();
        other["fields"]["id"] = json!(OTHER);
        let gone = call("secure_file_operations_enabled", json!({"volume": other})).await.unwrap_err();
        assert!(gone.bases.contains(&"cinder.exception.VolumeNotFound".to_owned()), "{gone:?}");
        assert_eq!((&gone.kwargs["volume_id"], gone.code), (&json!(OTHER), Some(404)));
        drop(service);
    });
}

#[test]
fn the_client_uses_a_server_of_cinder() {
    run(async {
        let vhost = vhost("real-example-client").await;
        let attachment = json!({"$object": "VolumeAttachment", "fields": {
            "id": OTHER, "volume_id": VOLUME, "instance_uuid": null, "mountpoint": "/dev/vdb", "attach_mode": "ro",
            "attach_time": "2026-01-02T03:04:05Z",
        }});
        let server = PythonServer::real(&vhost.url(), "cinder", "cinder-volume.host1@lvm", "host1");
        let answers = json!({"attach_volume": {"value": attachment}});
        let mut server = server.answers(&answers).start().await.unwrap();
        let api = VolumeApi::new(&connect(&vhost).await);
        let ctx = Context::request().with_user("u1").with_project("p1").with_roles(["member"]);

        let mut volume = Volume::new(VOLUME, "host1@lvm#pool1", 10);
        volume.volume_type.set(Some(VolumeType { id: OTHER.to_owned().into(), ..VolumeType::default() }));
        volume.metadata.set(Some([("k".to_owned(), "v".to_owned())].into()));
        api.create_volume(&ctx, &volume).allow_reschedule(false).await.unwrap();
        let note = server.note().await.unwrap();
        assert_eq!(
            (&note.args["method"], &note.ctxt["fields"]["user_id"]),
            (&json!("create_volume"), &json!("u1"))
        );
        let seen = &note.args["args"]["volume"];
        assert_eq!(seen["class"], json!("cinder.objects.volume.Volume"));
        let fields = &seen["fields"];
        assert_eq!(
            (&fields["id"], &fields["host"], &fields["size"]),
            (&json!(VOLUME), &json!("host1@lvm#pool1"), &json!(10))
        );
        assert_eq!(fields["volume_type"]["class"], json!("cinder.objects.volume_type.VolumeType"));
        assert_eq!(fields["metadata"], json!({"k": "v"}));
        let changes = seen["changes"].as_array().unwrap();
        assert!(
            changes.contains(&json!("metadata")) && changes.contains(&json!("volume_type")),
            "{changes:?}"
        );

        let attached = api.attach_volume(&ctx, &volume, None, "/dev/vdb", AttachMode::Ro).await.unwrap();
        assert_eq!(
            (attached.id.as_deref(), attached.attach_mode.get()),
            (Some(OTHER), Some(&Some(AttachMode::Ro)))
        );
        let time = attached.attach_time.get().unwrap().unwrap();
        assert_eq!(time.unix_seconds(), 1_767_323_045);
        assert_eq!(server.note().await.unwrap().args["args"]["volume"]["fields"]["size"], json!(10));

        let snapshot = Snapshot {
            id: OTHER.to_owned().into(),
            volume_id: Some(VOLUME.to_owned()).into(),
            volume: Some(volume.clone()).into(),
            ..Snapshot::default()
        };
        api.create_snapshot(&ctx, &volume, &snapshot).await.unwrap();
        let note = server.note().await.unwrap();
        let seen = &note.args["args"]["snapshot"];
        assert_eq!(seen["class"], json!("cinder.objects.snapshot.Snapshot"));
        assert_eq!(seen["fields"]["volume"]["fields"]["id"], json!(VOLUME));
    });
}
