//! What the methods do to the backend; the manager is called directly, without any RPC.

use std::time::Duration;

use crate::bus::Bus;
use rpc_runtime::{Context, RouteRequest, Server, Transport, Version, VersionPin};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::api::FakeVolume;
use super::types::{
    AttachMode, Backup, Capabilities, Connector, ExistingRef, Group, GroupSnapshot, ManageableVolume,
    Snapshot, SortDir, Volume,
};
use super::{
    LvmManager, VolumeApi, VolumeError, VolumeManager, run_client, volume_addresses, volume_route,
    volume_service,
};

const HOST: &str = "host1@lvm";

fn read<T: DeserializeOwned>(value: serde_json::Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn volume(id: &str) -> Volume {
    Volume::new(id, HOST, 10)
}

fn snapshot(id: &str, volume_id: &str) -> Snapshot {
    read(json!({"id": id, "volume_id": volume_id}))
}

fn group(id: &str) -> Group {
    read(json!({"id": id, "host": HOST}))
}

fn ctx() -> Context {
    Context::new()
}

async fn with_volumes(ids: &[&str]) -> LvmManager {
    let manager = LvmManager::new(HOST);
    for id in ids {
        manager.create_volume(ctx(), volume(id), None, None, true).await.unwrap();
    }
    manager
}

async fn free(manager: &LvmManager) -> (usize, u64) {
    let Capabilities { volumes, free_capacity_gb, .. } = manager.get_capabilities(ctx(), true).await.unwrap();
    (volumes, free_capacity_gb)
}

async fn listed(manager: &LvmManager, limit: Option<usize>) -> Vec<ManageableVolume> {
    let keys = vec!["size".to_owned(), "reference".to_owned()];
    let dirs = vec![SortDir::Desc, SortDir::Asc];
    manager.get_manageable_volumes(ctx(), None, limit, None, keys, dirs, None).await.unwrap()
}

#[tokio::test]
async fn volumes_take_room_and_give_it_back() {
    let manager = with_volumes(&["v1", "v2"]).await;
    assert_eq!(free(&manager).await, (2, 80));
    manager.extend_volume(ctx(), volume("v1"), 30, None).await.unwrap();
    assert_eq!(free(&manager).await, (2, 60));
    let error = manager.extend_volume(ctx(), volume("v2"), 71, None).await.unwrap_err();
    let text = "Requested volume or snapshot exceeds allowed gigabytes quota. Requested 61G, quota is 100G and 40G has \
                been consumed.";
    assert_eq!(error.to_string(), text);
    manager.extend_volume(ctx(), volume("v1"), 20, None).await.unwrap_err();
    manager.delete_volume(ctx(), volume("v1"), false, false).await.unwrap();
    manager.delete_volume(ctx(), volume("v1"), false, false).await.unwrap();
    assert_eq!(free(&manager).await, (1, 90));
}

#[tokio::test]
async fn an_attached_volume_cannot_be_deleted() {
    let manager = with_volumes(&["v1"]).await;
    let attach = |mountpoint: &str| {
        manager.attach_volume(ctx(), "v1".into(), None, None, mountpoint.into(), AttachMode::Rw, None)
    };
    let attach = async |mountpoint| attach(mountpoint).await.unwrap().id.into_inner().unwrap();
    let (one, other) = (attach("/dev/vdb").await, attach("/dev/vdc").await);
    let attached = Err(VolumeError::VolumeAttached { volume_id: "v1".into() });
    manager.detach_volume(ctx(), "v1".into(), Some(one), None).await.unwrap();
    assert_eq!(manager.delete_volume(ctx(), volume("v1"), false, false).await, attached);
    manager.attachment_delete(ctx(), other.clone(), volume("v1")).await.unwrap();
    let gone = manager.attachment_delete(ctx(), other, volume("v1")).await;
    assert!(matches!(gone, Err(VolumeError::VolumeAttachmentNotFound { .. })));
    manager.delete_volume(ctx(), volume("v1"), false, false).await.unwrap();
}

#[tokio::test]
async fn connections_end_once() {
    let manager = with_volumes(&["v1"]).await;
    let connector: Connector = read(json!({"ip": "10.0.0.1", "os_type": "linux"}));
    let info = manager.initialize_connection(ctx(), volume("v1"), connector.clone()).await.unwrap();
    assert_eq!(info.driver_volume_type, "iscsi");
    let end = |force| manager.terminate_connection(ctx(), "v1".into(), connector.clone(), force);
    end(false).await.unwrap();
    assert!(matches!(end(false).await, Err(VolumeError::InvalidVolume { .. })));
    end(true).await.unwrap();
}

#[tokio::test]
async fn snapshots_bring_a_volume_back() {
    let manager = with_volumes(&["v1", "v2"]).await;
    manager.create_snapshot(ctx(), snapshot("s1", "v1")).await.unwrap();
    manager.extend_volume(ctx(), volume("v1"), 40, None).await.unwrap();
    let other = manager.revert_to_snapshot(ctx(), volume("v2"), snapshot("s1", "v1")).await;
    assert!(matches!(other, Err(VolumeError::InvalidSnapshot { .. })));
    manager.revert_to_snapshot(ctx(), volume("v1"), snapshot("s1", "v1")).await.unwrap();
    assert_eq!(free(&manager).await, (2, 80));

    let refused = manager.delete_volume(ctx(), volume("v1"), false, false).await;
    assert!(matches!(refused, Err(VolumeError::InvalidVolume { .. })));
    manager.delete_volume(ctx(), volume("v1"), false, true).await.unwrap();
    let gone = manager.revert_to_snapshot(ctx(), volume("v1"), snapshot("s1", "v1")).await;
    assert_eq!(gone, Err(VolumeError::SnapshotNotFound { snapshot_id: "s1".into() }));
}

#[tokio::test]
async fn what_is_unmanaged_can_be_managed_again() {
    let manager = with_volumes(&["v1", "v2", "v3"]).await;
    manager.extend_volume(ctx(), volume("v3"), 20, None).await.unwrap();
    manager.delete_volume(ctx(), volume("v2"), true, false).await.unwrap();
    assert_eq!(free(&manager).await, (2, 60), "it still takes its room");
    let names = |list: Vec<ManageableVolume>| -> Vec<(String, bool)> {
        list.into_iter().map(|it| (it.reference.source_name, it.safe_to_manage)).collect()
    };
    let expected = [("v3".to_owned(), false), ("v1".to_owned(), false), ("v2".to_owned(), true)];
    assert_eq!(names(listed(&manager, None).await), expected);
    assert_eq!(names(listed(&manager, Some(2)).await), expected[..2]);

    let reference: ExistingRef = read(json!({"source-name": "v2"}));
    manager.manage_existing(ctx(), volume("v9"), reference.clone()).await.unwrap();
    assert_eq!(free(&manager).await, (3, 60));
    let again = manager.manage_existing(ctx(), volume("v9"), reference).await;
    assert!(matches!(again, Err(VolumeError::ManageExistingInvalidReference { .. })));
}

#[tokio::test]
async fn a_migrated_volume_gets_its_name_back() {
    let manager = with_volumes(&["v1", "v2"]).await;
    let copy = Volume::new("copy", "host2@lvm", 10);
    let failed = manager.migrate_volume_completion(ctx(), volume("v1"), copy.clone(), true).await;
    assert_eq!(failed.unwrap(), "v1");
    let remains = manager.migrate_volume_completion(ctx(), volume("v1"), copy.clone(), false).await;
    assert_eq!(remains.unwrap(), "copy");
    let attach =
        || manager.attach_volume(ctx(), "v1".into(), None, None, "/dev/vdb".into(), AttachMode::Rw, None);
    assert!(matches!(attach().await, Err(VolumeError::VolumeNotFound { .. })));
    manager.update_migrated_volume(ctx(), volume("v1"), copy, "available".into()).await.unwrap();
    attach().await.unwrap();
    assert_eq!(free(&manager).await, (2, 80));
}

#[tokio::test]
async fn groups_are_copied_and_deleted_whole() {
    let manager = with_volumes(&["v1", "v2", "v3"]).await;
    manager.create_group(ctx(), group("g1")).await.unwrap();
    let unknown = manager.update_group(ctx(), group("g1"), Some("v1,nil".into()), None).await;
    assert_eq!(unknown, Err(VolumeError::VolumeNotFound { volume_id: "nil".into() }));
    manager.update_group(ctx(), group("g1"), Some("v1,v2".into()), None).await.unwrap();
    let taken: GroupSnapshot = read(json!({"id": "gs1", "group_id": "g1"}));
    manager.create_group_snapshot(ctx(), taken.clone()).await.unwrap();
    manager.update_group(ctx(), group("g1"), None, Some("v2".into())).await.unwrap();

    manager.create_group_from_src(ctx(), group("g2"), Some(taken.clone()), None).await.unwrap();
    assert_eq!(free(&manager).await.0, 5, "the snapshot has both volumes");
    manager.create_group_from_src(ctx(), group("g3"), None, Some(group("g1"))).await.unwrap();
    assert_eq!(free(&manager).await.0, 6, "the group has one now");
    manager.delete_group_snapshot(ctx(), taken.clone()).await.unwrap();
    let gone = manager.create_group_from_src(ctx(), group("g4"), Some(taken), None).await;
    assert_eq!(gone, Err(VolumeError::GroupSnapshotNotFound { group_snapshot_id: "gs1".into() }));
    manager.delete_group(ctx(), group("g2")).await.unwrap();
    assert_eq!(free(&manager).await.0, 4);
}

#[tokio::test]
async fn only_replicated_groups_fail_over() {
    let manager = with_volumes(&[]).await;
    manager.create_group(ctx(), group("g1")).await.unwrap();
    let refused = manager.failover_replication(ctx(), group("g1"), false, None).await;
    assert!(matches!(refused, Err(VolumeError::InvalidGroup { .. })));
    manager.enable_replication(ctx(), group("g1")).await.unwrap();
    manager.failover_replication(ctx(), group("g1"), false, None).await.unwrap();
    let targets = manager.list_replication_targets(ctx(), group("g1")).await.unwrap();
    assert_eq!(targets.replication_targets[0]["active"], true);
    manager.disable_replication(ctx(), group("g1")).await.unwrap();
    let targets = manager.list_replication_targets(ctx(), group("g1")).await.unwrap();
    assert_eq!(targets.replication_targets, []);
}

#[tokio::test]
async fn a_frozen_backend_takes_no_changes() {
    let manager = with_volumes(&[]).await;
    manager.freeze_host(ctx()).await.unwrap();
    let refused = manager.create_volume(ctx(), volume("v1"), None, None, true).await;
    let refused = refused.unwrap_err().to_string();
    assert_eq!(
        refused,
        "Invalid input received: Modification operations are not allowed on frozen storage backends."
    );
    manager.failover_completed(ctx(), read(json!({"frozen": false, "disabled": true}))).await.unwrap();
    manager.create_volume(ctx(), volume("v1"), None, None, true).await.unwrap();

    manager.failover(ctx(), None).await.unwrap();
    for target in [None, Some("elsewhere".to_owned())] {
        let refused = manager.failover(ctx(), target).await;
        assert!(matches!(refused, Err(VolumeError::InvalidReplicationTarget { .. })));
    }
    manager.failover(ctx(), Some("default".into())).await.unwrap();
}

#[tokio::test]
async fn levels_of_loggers_are_kept() {
    let manager = with_volumes(&[]).await;
    let level = |prefix: &str, level: Option<&str>| read(json!({"prefix": prefix, "level": level}));
    manager.set_log_levels(ctx(), level("cinder.volume", Some("DEBUG"))).await.unwrap();
    manager.set_log_levels(ctx(), level("oslo", Some("INFO"))).await.unwrap();
    let levels = manager.get_log_levels(ctx(), level("cinder.", None)).await.unwrap();
    assert_eq!(levels.objects.get().unwrap()[..], [level("cinder.volume", Some("DEBUG"))]);
}

#[tokio::test]
async fn old_and_new_clients_reach_the_service() {
    for pin in [None, Some("3.0"), Some("3.5"), Some("3.6")] {
        let transport = Transport::connect("memory://").await.unwrap();
        let service = volume_service(&Bus::of(&transport).unwrap(), HOST).unwrap().await.unwrap();
        let pin = pin.map_or(VersionPin::unpinned(), |pin| VolumeApi::pin(pin).unwrap());
        let api = VolumeApi::new(&transport).pinned(pin);
        run_client(&api, HOST).await.unwrap();
        service.shutdown().await.unwrap();
        transport.close(Duration::from_secs(1)).await;
    }
}

#[tokio::test]
async fn a_device_for_a_backup_comes_back_or_goes_elsewhere() {
    let transport = Transport::connect("memory://").await.unwrap();
    let service = volume_service(&Bus::of(&transport).unwrap(), HOST).unwrap().await.unwrap();
    let api = VolumeApi::new(&transport);
    let volume = volume("v1");
    let backup: Backup = read(json!({"id": "b1", "volume_id": "v1"}));
    assert_eq!(api.get_backup_device(&ctx(), &backup, &volume).await.unwrap(), None);

    let pinned = api.pinned(VolumeApi::pin("3.16").unwrap());
    let error = pinned.get_backup_device(&ctx(), &backup, &volume).await.unwrap_err();
    assert_eq!(error.method(), Some(&VolumeError::VolumeNotFound { volume_id: "v1".into() }));
    service.shutdown().await.unwrap();
}

#[test]
fn addresses_are_of_the_backend() {
    let mut request = RouteRequest::new("cinder-volume", Version::new(3, 0));
    let route = |request: &RouteRequest<'_>| volume_route(request).map(|target| target.to_string());
    assert_eq!(route(&request).unwrap(), "cinder-volume");
    for (destination, old, new) in [
        ("host1@lvm#pool1", "cinder-volume.host1@lvm", "cinder-volume.host1@lvm.host1"),
        ("host1@lvm", "cinder-volume.host1@lvm", "cinder-volume.host1@lvm.host1"),
        ("host1", "cinder-volume.host1", "cinder-volume.host1.host1"),
    ] {
        request.destination = Some(destination);
        request.pin = Some(Version::new(3, 5));
        assert_eq!(route(&request).unwrap(), old);
        request.pin = Some(Version::new(3, 6));
        assert_eq!(route(&request).unwrap(), new);
        request.pin = None;
        assert_eq!(route(&request).unwrap(), new);
    }
    for destination in ["@lvm", "#pool1", ""] {
        request.destination = Some(destination);
        let error = volume_route(&request).unwrap_err().to_string();
        assert!(error.contains(&format!("{destination:?}")), "{error}");
    }
}

/// What code is tested with that calls the service: here it asks for one of the 49 methods.
#[tokio::test]
async fn a_fake_of_49_methods_in_three_lines() {
    let transport = Transport::connect("memory://").await.unwrap();
    let [_, address] = volume_addresses(HOST);

    let fake = FakeVolume::default();
    fake.get_capabilities(|_, _| async { Err(VolumeError::VolumeNotFound { volume_id: "v1".into() }) });
    let _server = Server::builder(&transport, address).endpoint(VolumeApi::endpoint(fake)).await.unwrap();

    let api = VolumeApi::new(&transport);
    let error = api.get_capabilities(&ctx(), HOST, false).await.unwrap_err();
    assert_eq!(error.method(), Some(&VolumeError::VolumeNotFound { volume_id: "v1".into() }));
    let error = api.secure_file_operations_enabled(&ctx(), volume("v1")).await.unwrap_err();
    assert!(error.to_string().contains("given no answer for secure_file_operations_enabled()"), "{error}");
}
