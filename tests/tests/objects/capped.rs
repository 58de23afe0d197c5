//! What clients and servers write for readers that are older.

use std::collections::BTreeMap;
use std::sync::Arc;

use rpc_runtime::object::{ObjectReleases, ObjectVersions};
use rpc_runtime::{CallError, Context, RemoteError, Server, Target, Transport, VersionPin, rpc_manager};
use serde_json::{Value, json};

use super::volume::{Attachment, Volume, changed, read, wire};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0")]
pub(crate) trait VolumeManager {
    #[rpc(call)]
    async fn update(&self, ctx: Context, volume: Volume) -> Result<Volume, RemoteError>;

    #[rpc(call)]
    async fn update_all(
        &self,
        ctx: Context,
        #[arg(rest)] volumes: BTreeMap<String, Volume>,
    ) -> Result<(), RemoteError>;
}

/// The same, which shows what is on the wire.
#[rpc_manager(client = RawApi, topic = "volume", version = "3.0")]
pub(crate) trait RawManager {
    #[rpc(call)]
    async fn update(&self, ctx: Context, volume: Value) -> Result<Value, RemoteError>;
}

/// With every field, none of them changed.
fn volume() -> Volume {
    let connector = wire("VolumeAttachment", "1.3", json!({"mountpoint": "/dev/vdb", "connector": "c"}));
    let mut volume: Volume = read(&wire(
        "Volume",
        "1.9",
        json!({"id": "v-1", "host": null, "shared_targets": true, "attachments": [connector], "status": "reserved"}),
    ))
    .unwrap();
    // Fields of older versions, which nobody of the present one sends.
    volume.consistencygroup_id.set(None);
    volume.access_mode.set("rw");
    volume
}

/// What a client sends with these versions.
async fn sent(volume: &Volume, versions: &[(&str, &str)]) -> Result<Value, CallError<RemoteError>> {
    let (transport, recorder) = Transport::recording();
    recorder.answer(volume).unwrap();
    let pin = VersionPin::unpinned();
    pin.set_objects(ObjectVersions::new(versions.iter().copied()).unwrap());
    VolumeApi::new(&transport).pinned(pin).update(&Context::new(), volume).await?;
    Ok(recorder.take().remove(0).args["volume"].clone())
}

#[tokio::test]
async fn each_version_has_its_fields_and_names() {
    let attachment = |version, data| wire("VolumeAttachment", version, data);
    let newer = attachment("1.3", json!({"mountpoint": "/dev/vdb", "connector": "c"}));
    for (version, data, changes) in [
        (
            "1.9",
            json!({"id": "v-1", "host": null, "shared_targets": true, "attachments": [newer], "status": "reserved"}),
            &[][..],
        ),
        (
            "1.7",
            json!({"id": "v-1", "host": null, "shared_targets": true, "attachments": [newer],
                   "access_mode": "rw", "status": "reserved"}),
            &["access_mode"],
        ),
        (
            "1.5",
            json!({"id": "v-1", "host": null, "shared_targets": true, "consistencygroup_id": null,
                   "attachments": [newer], "access": "rw", "status": "reserved"}),
            &["consistencygroup_id", "access"],
        ),
        (
            "1.3",
            json!({"id": "v-1", "host": null, "consistencygroup_id": null, "attachments": [newer],
                   "access": "rw", "status": "attaching"}),
            &["consistencygroup_id", "access"],
        ),
        (
            "1.1",
            json!({"id": "v-1", "host": null, "consistencygroup_id": null, "volume_attachment": [newer],
                   "status": "attaching"}),
            &["consistencygroup_id"],
        ),
    ] {
        let expected = wire("Volume", version, data);
        let expected = if changes.is_empty() { expected } else { changed(expected, changes) };
        assert_eq!(sent(&volume(), &[("Volume", version)]).await.unwrap(), expected, "{version}");
    }
}

#[tokio::test]
async fn objects_among_the_other_keyword_arguments_are_capped_too() {
    let (transport, recorder) = Transport::recording();
    recorder.answer(&()).unwrap();
    let pin = VersionPin::unpinned();
    pin.set_objects(ObjectVersions::new([("Volume", "1.7")]).unwrap());
    let volumes = BTreeMap::from([("a".to_owned(), volume())]);
    VolumeApi::new(&transport).pinned(pin).update_all(&Context::new(), &volumes).await.unwrap();
    let alone = sent(&volume(), &[("Volume", "1.7")]).await.unwrap();
    assert_eq!(alone["versioned_object.version"], "1.7");
    assert_eq!(recorder.take().remove(0).args["a"], alone);
}

#[tokio::test]
async fn children_have_versions_of_their_own() {
    let sent = sent(&volume(), &[("VolumeAttachment", "1.1")]).await.unwrap();
    assert_eq!(sent["versioned_object.version"], "1.9");
    assert_eq!(
        sent["versioned_object.data"]["attachments"],
        json!([wire("VolumeAttachment", "1.1", json!({"mountpoint": "/dev/vdb"}))])
    );
}

#[tokio::test]
async fn a_newer_cap_changes_nothing() {
    let attachment = Attachment { mountpoint: "a".to_owned().into(), ..Attachment::default() };
    let volume = Volume { attachments: vec![attachment].into(), ..Volume::default() };
    let own = sent(&volume, &[]).await.unwrap();
    assert_eq!(sent(&volume, &[("Volume", "1.12"), ("Other", "1.0")]).await.unwrap(), own);
}

#[tokio::test]
async fn another_major_is_an_error() {
    let error = sent(&volume(), &[("Volume", "0.9")]).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("volume") && text.contains("an object Volume 1.9 cannot be written as 0.9"),
        "{text}"
    );
}

struct Echo;

impl VolumeManager for Echo {
    async fn update(&self, _: Context, volume: Volume) -> Result<Volume, RemoteError> {
        Ok(volume)
    }

    async fn update_all(&self, _: Context, _: BTreeMap<String, Volume>) -> Result<(), RemoteError> {
        Ok(())
    }
}

#[tokio::test]
async fn servers_are_capped_as_clients_are() {
    let releases = ObjectReleases::new()
        .with("1.37", [("Volume", "1.1"), ("VolumeAttachment", "1.1")])
        .and_then(|releases| releases.with("1.38", [("Volume", "1.9")]))
        .unwrap();
    let pin = VersionPin::unpinned();
    let transport = Transport::connect("memory://").await.unwrap();
    let _server = Server::builder(&transport, Target::new("volume").with_server("host1"))
        .endpoint(VolumeApi::endpoint(Arc::new(Echo)))
        .object_pin(&pin)
        .start()
        .await
        .unwrap();
    let api = RawApi::new(&transport);
    let object = wire("Volume", "1.9", json!({"id": "v-1", "attachments": []}));
    assert_eq!(api.update(&Context::new(), &object).await.unwrap(), object);
    pin.set_objects(releases.at("1.37").unwrap());
    let older = wire("Volume", "1.1", json!({"id": "v-1", "volume_attachment": []}));
    assert_eq!(api.update(&Context::new(), &object).await.unwrap(), older);
    pin.set_objects(releases.at("1.38").unwrap());
    assert_eq!(api.update(&Context::new(), &object).await.unwrap(), object);
}
