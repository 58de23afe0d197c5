//! The client of the volume example sends what cinder's hand-written one sends, at every pin.
//!
//! The recording has dictionaries where cinder's classes are objects, with what was computed beside the fields: where requests
//! go. Here they become objects whose requests go there, and messages are compared by the data of those.
#![allow(clippy::panic, clippy::unwrap_used)]

mod golden;

use std::collections::BTreeSet;
use std::sync::Arc;

use rpc_examples::volume::types::{
    AttachMode, Backend, Backup, CINDER, CleanupRequest, Connector, ExistingRef, Group, GroupSnapshot,
    ImageMeta, ImageSnapshot, LogLevel, Map, MigrationPolicy, RequestSpec, Service, ServiceUpdates, Snapshot,
    SortDir, Volume,
};
use rpc_examples::volume::{LvmManager, VolumeApi, VolumeError};
use rpc_runtime::{
    CallError, Context, Kind, RemoteError, RpcError, Sent, Server, Target, Transport, Version, VersionPin,
    rpc_manager,
};
use serde_json::{Value, json};

use golden::{Case, Golden, Input};

const OLDEST: u32 = 0;
const NEWEST: u32 = 20;

#[tokio::test]
async fn every_case_at_every_pin() {
    let golden = Golden::load("cinder-volume.json");
    let (transport, recorder) = Transport::recording();
    let mut different = Vec::new();
    let mut sends = 0;
    for case in &golden.cases {
        let pins = (OLDEST..=NEWEST).map(|minor| Some(Version::new(3, minor)));
        // Who is not pinned sends what the newest version has.
        for pin in pins.chain([None]) {
            let api = VolumeApi::new(&transport);
            let api = pin.map_or(api.clone(), |pin| api.pinned(VersionPin::new(pin)));
            let outcome = send(&api, case).await;
            let ours = match (recorder.take().as_slice(), outcome) {
                ([sent], _) => plain(&message(sent)),
                ([], Some(RpcError::PinnedTooLow { needed, .. })) => json!({"needs": needed.to_string()}),
                (sent, outcome) => json!({"sent": sent.len(), "outcome": format!("{outcome:?}")}),
            };
            let expected = addressable(expected(case, pin.unwrap_or(Version::new(3, NEWEST))));
            if ours != expected {
                let pin = pin.map_or("no pin".to_owned(), |pin| pin.to_string());
                different.push(format!("{case} at {pin}\n  cinder: {expected}\n  ours:   {ours}"));
            }
            sends += 1;
        }
    }
    assert_eq!(sends, golden.cases.len() * 22);
    assert!(different.is_empty(), "{} of {sends} differ:\n{}", different.len(), different.join("\n"));
}

#[test]
fn every_method_has_a_case() {
    let golden = Golden::load("cinder-volume.json");
    let recorded: BTreeSet<&str> = golden.cases.iter().map(|case| case.method.as_str()).collect();
    let ours: BTreeSet<&str> = VolumeApi::INTERFACE.methods.iter().map(|method| method.name).collect();
    assert_eq!(ours, recorded);
    assert_eq!((recorded.len(), golden.cases.len()), (49, 74));
    assert_eq!(golden.version, VolumeApi::INTERFACE.version.to_string());
}

#[tokio::test]
async fn every_recorded_message_is_served() {
    let transport = Transport::connect("memory://").await.unwrap();
    let target = Target::new("cinder-volume").with_server("host1@lvm");
    let endpoint = VolumeApi::endpoint(Arc::new(LvmManager::new("host1@lvm")));
    let server = Server::builder(&transport, target).endpoint(endpoint).start().await.unwrap();
    let api = RawApi::new(&transport);
    let mut served = BTreeSet::new();
    for case in &Golden::load("cinder-volume.json").cases {
        for message in case.messages() {
            let method = message["method"].as_str().unwrap();
            match call_raw(&api, method, message["args"].as_object().unwrap()).await {
                Ok(_) => {}
                // The manager has understood the request, and does not have what it is about.
                Err(CallError::Method(error)) if error.module == "cinder.exception" => {}
                Err(error) => panic!("{case}: {message}: {error}"),
            }
            served.insert(method.to_owned());
        }
    }
    assert_eq!(served.len(), 50, "all methods, and the old name of one");
    server.shutdown(rpc_tests::limits::PATIENCE).await.unwrap();
}

/// The same with what cinder's classes compute where requests go from, in place of that.
fn addressable(value: Value) -> Value {
    match value {
        Value::Object(mut fields) => {
            if let Some(queue) = fields.remove("service_topic_queue") {
                let id = fields.get("id").and_then(Value::as_str).unwrap_or_default();
                match id.split('-').next() {
                    Some("s") => drop(fields.insert("volume".to_owned(), json!({"host": queue}))),
                    Some("gs") => drop(fields.insert("group".to_owned(), json!({"host": queue}))),
                    _ if fields.contains_key("host") => {}
                    _ => drop(fields.insert("host".to_owned(), queue)),
                }
            }
            fields.into_iter().map(|(name, value)| (name, addressable(value))).collect()
        }
        Value::Array(values) => values.into_iter().map(addressable).collect(),
        value => value,
    }
}

/// The same with the data of objects in their places.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(fields) => match fields.get(CINDER.data_key()) {
            Some(data) => plain(data),
            None => fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        },
        Value::Array(values) => values.iter().map(plain).collect(),
        value => value.clone(),
    }
}

/// The recorded message, or the version that it needs.
fn expected(case: &Case, pin: Version) -> Value {
    match case.at(pin) {
        message if message.get("error").is_some() => json!({"needs": case.since()}),
        message => message.clone(),
    }
}

/// What was sent, in the form of the recording.
fn message(sent: &Sent) -> Value {
    let Sent { kind, target, method, args, timeout, monitor, .. } = sent;
    let mut message = json!({
        "kind": if *kind == Kind::Call { "call" } else { "cast" },
        "topic": target.topic(),
        "server": target.server(),
        "fanout": target.is_fanout(),
        "namespace": target.namespace(),
        "version": target.version().map(|version| version.to_string()),
        "method": method,
        "args": args,
    });
    if *kind == Kind::Call {
        message["timeout"] = json!(timeout.map(|timeout| timeout.as_secs()));
        message["call_monitor_timeout"] = json!(monitor.map(|monitor| monitor.as_secs()));
    }
    message
}

/// Makes the request of a case; the framework's error if that is its outcome.
async fn send(api: &VolumeApi, case: &Case) -> Option<RpcError> {
    let ctx = &Context::new();
    let mut input = case.input(addressable);
    match case.method.as_str() {
        // Whether they wait is the caller's choice.
        "remove_export" => {
            let volume: Volume = input.take("volume");
            let request = api.remove_export(ctx, &volume);
            match input.take_if_there("sync") {
                Some(true) => request.call().await.rpc_error(),
                _ => request.cast().await.rpc_error(),
            }
        }
        "remove_export_snapshot" => {
            let snapshot: Snapshot = input.take("snapshot");
            let request = api.remove_export_snapshot(ctx, &snapshot);
            match input.take_if_there("sync") {
                Some(true) => request.call().await.rpc_error(),
                _ => request.cast().await.rpc_error(),
            }
        }
        // Written by hand, on top of what is generated.
        "get_backup_device" => {
            let (volume, backup): (Volume, Backup) = (input.take("volume"), input.take("backup"));
            api.get_backup_device(ctx, &backup, &volume).await.rpc_error()
        }
        _ => send_by_table(api, case, input).await,
    }
}

/// One line for each method: what it takes, and after the semicolon what can be set.
macro_rules! table {
    ($($method:ident($($arg:ident: $type:ty),*; $($option:ident: $option_type:ty),*))*) => {
        async fn send_by_table(api: &VolumeApi, case: &Case, mut input: Input) -> Option<RpcError> {
            let ctx = &Context::new();
            match case.method.as_str() {
                $(stringify!($method) => {
                    $(let $arg: $type = input.take(stringify!($arg));)*
                    let request = api.$method(ctx $(, &$arg)*);
                    $(let request = match input.take_if_there::<$option_type>(stringify!($option)) {
                        Some(value) => request.$option(&value),
                        None => request,
                    };)*
                    request.await.rpc_error()
                })*
                method => panic!("no line of the table is for {method}"),
            }
        }
    };
}

table! {
    create_volume(volume: Volume; request_spec: Option<RequestSpec>, filter_properties: Option<Map>, allow_reschedule: bool)
    delete_volume(volume: Volume; unmanage_only: bool, cascade: bool)
    extend_volume(volume: Volume, new_size: u64, reservations: Option<Vec<String>>;)
    extend_volume_completion(volume: Volume, new_size: u64, reservations: Option<Vec<String>>, error: bool;)
    retype(volume: Volume, new_type_id: String, dest_backend: Backend;
        migration_policy: MigrationPolicy, reservations: Option<Vec<String>>, old_reservations: Option<Vec<String>>)
    accept_transfer(volume: Volume, new_user: String, new_project: String; no_snapshots: bool)
    copy_volume_to_image(volume: Volume, image_meta: ImageMeta;)
    reimage(volume: Volume, image_meta: ImageMeta; image_snap: Option<ImageSnapshot>)

    attach_volume(volume: Volume, instance_uuid: Option<String>, mountpoint: String, mode: AttachMode;
        host_name: Option<String>)
    detach_volume(volume: Volume, attachment_id: Option<String>;)
    attachment_update(vref: Volume, connector: Connector, attachment_id: String;)
    attachment_delete(attachment_id: String, vref: Volume;)
    initialize_connection(volume: Volume, connector: Connector;)
    terminate_connection(volume: Volume, connector: Connector; force: bool)
    initialize_connection_snapshot(snapshot: Snapshot, connector: Connector;)
    terminate_connection_snapshot(snapshot: Snapshot, connector: Connector; force: bool)

    create_snapshot(volume: Volume, snapshot: Snapshot;)
    delete_snapshot(snapshot: Snapshot; unmanage_only: bool)
    revert_to_snapshot(volume: Volume, snapshot: Snapshot;)
    secure_file_operations_enabled(volume: Volume;)

    migrate_volume(volume: Volume, dest_backend: Backend, force_host_copy: bool;)
    migrate_volume_completion(volume: Volume, new_volume: Volume, error: bool;)
    update_migrated_volume(volume: Volume, new_volume: Volume, original_volume_status: String;)

    manage_existing(volume: Volume, reference: ExistingRef;)
    manage_existing_snapshot(backend: String, snapshot: Snapshot, reference: ExistingRef;)
    get_manageable_volumes(service: Service, marker: Option<String>, limit: Option<usize>, offset: Option<usize>,
        sort_keys: Vec<String>, sort_dirs: Vec<SortDir>;)
    get_manageable_snapshots(service: Service, marker: Option<String>, limit: Option<usize>, offset: Option<usize>,
        sort_keys: Vec<String>, sort_dirs: Vec<SortDir>;)

    create_group(group: Group;)
    create_group_from_src(group: Group; group_snapshot: Option<GroupSnapshot>, source_group: Option<Group>)
    update_group(group: Group; add_volumes: Option<String>, remove_volumes: Option<String>)
    delete_group(group: Group;)
    create_group_snapshot(group_snapshot: GroupSnapshot;)
    delete_group_snapshot(group_snapshot: GroupSnapshot;)

    enable_replication(group: Group;)
    disable_replication(group: Group;)
    failover_replication(group: Group; allow_attached_volume: bool, secondary_backend_id: Option<String>)
    list_replication_targets(group: Group;)
    failover(service: Service; secondary_backend_id: Option<String>)
    failover_completed(service: Service, updates: ServiceUpdates;)
    freeze_host(service: Service;)
    thaw_host(service: Service;)

    publish_service_capabilities(;)
    get_capabilities(backend_id: String, discover: bool;)
    do_cleanup(cleanup_request: CleanupRequest;)
    set_log_levels(service: Service, log_request: LogLevel;)
    get_log_levels(service: Service, log_request: LogLevel;)
}

/// A client that sends whatever arguments it is given, and always waits for what comes of it.
macro_rules! raw_client {
    ($($method:ident)*) => {
        #[rpc_manager(client = RawApi, topic = "cinder-volume", version = "3.0")]
        trait Raw {
            $(
                #[rpc(call)]
                async fn $method(&self, ctx: Context, #[arg(rest)] args: Map) -> Result<Value, RemoteError>;
            )*
        }

        async fn call_raw(api: &RawApi, method: &str, args: &Map) -> Result<Value, CallError<RemoteError>> {
            match method {
                $(stringify!($method) => api.$method(&Context::new(), args).await,)*
                _ => panic!("{method} is no method of cinder's"),
            }
        }
    };
}

raw_client! {
    create_volume delete_volume extend_volume extend_volume_completion retype accept_transfer
    copy_volume_to_image reimage attach_volume detach_volume attachment_update attachment_delete
    initialize_connection terminate_connection remove_export initialize_connection_snapshot
    terminate_connection_snapshot remove_export_snapshot create_snapshot delete_snapshot revert_to_snapshot
    get_backup_device secure_file_operations_enabled migrate_volume migrate_volume_completion
    update_migrated_volume manage_existing manage_existing_snapshot get_manageable_volumes
    get_manageable_snapshots create_group create_group_from_src update_group delete_group
    create_group_snapshot delete_group_snapshot enable_replication disable_replication failover_replication
    list_replication_targets failover failover_host failover_completed freeze_host thaw_host
    publish_service_capabilities get_capabilities do_cleanup set_log_levels get_log_levels
}

/// What calls and casts fail with alike.
trait Outcome {
    fn rpc_error(self) -> Option<RpcError>;
}

impl Outcome for Result<(), RpcError> {
    fn rpc_error(self) -> Option<RpcError> {
        self.err()
    }
}

impl<T> Outcome for Result<T, CallError<VolumeError>> {
    fn rpc_error(self) -> Option<RpcError> {
        self.err().and_then(|error| error.rpc().cloned())
    }
}
