//! `volume_service` and `volume_client` as processes, with each other and with Python.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use rpc_tests::{Broker, Program, PythonClient, PythonServer, Vhost, run, until};
use serde_json::{Value, json};

const SERVICE: &str = env!("CARGO_BIN_EXE_volume_service");
const CLIENT: &str = env!("CARGO_BIN_EXE_volume_client");
const SERVER: &str = "host1@lvm";

async fn vhost(name: &str) -> Vhost {
    Broker::shared().unwrap().vhost(name).await.unwrap()
}

fn start(program: &str, url: &str) -> Program {
    Program::start(program, ["--transport", url, "--server", SERVER]).unwrap()
}

/// A service that consumes.
async fn service(url: &str) -> Program {
    let mut service = start(SERVICE, url);
    service.line_with("[host1@lvm] serving cinder-volume 3.20").await.unwrap();
    service
}

/// What the service printed about requests: kind, method, version; each has a request id.
fn requests(lines: &[String]) -> Vec<String> {
    let requests = lines.iter().filter_map(|line| line.strip_prefix("[host1@lvm] "));
    let requests = requests.filter(|line| line.starts_with("call ") || line.starts_with("cast "));
    let mut requests: Vec<_> = requests
        .map(|line| match line.rsplit_once(' ') {
            Some((request, id)) if id.starts_with("req-") => request.to_owned(),
            _ => panic!("no request id: {line}"),
        })
        .collect();
    requests.dedup();
    requests
}

fn check_client(lines: &[String]) {
    let steps: Vec<_> = lines.iter().filter_map(|line| line.split_once(':')).map(|(step, _)| step).collect();
    let expected = [
        "get_capabilities",
        "create_volume",
        "get_capabilities",
        "attach_volume",
        "detach_volume",
        "delete_volume",
        "get_capabilities",
        "attach_volume",
        "publish_service_capabilities",
    ];
    assert_eq!(steps, expected, "{lines:#?}");
    assert!(lines[3].ends_with(" at /dev/vdb"), "{}", lines[3]);
    assert!(lines[7].starts_with("attach_volume: refused"), "{}", lines[7]);
}

#[test]
fn the_client_runs_against_the_service() {
    run(async {
        let vhost = vhost("volume").await;
        let mut service = service(&vhost.url()).await;
        check_client(&start(CLIENT, &vhost.url()).success().await.unwrap());
        let line = service.line_with("capabilities:").await.unwrap();
        assert_eq!(line, "[host1@lvm] capabilities: 0 volumes, 100 GiB free");

        service.terminate().unwrap();
        let lines = service.success().await.unwrap();
        assert_eq!(lines.last().unwrap(), "[host1@lvm] stopped");
        let expected = [
            "call get_capabilities 3.0",
            "cast create_volume 3.0",
            "call get_capabilities 3.0",
            "call attach_volume 3.3",
            "call detach_volume 3.4",
            "cast delete_volume 3.0",
            "call get_capabilities 3.0",
            "call attach_volume 3.3",
            "cast publish_service_capabilities 3.0",
        ];
        assert_eq!(requests(&lines), expected);
        until("the broker has seen the end of its connections", async || {
            Ok(vhost.connections().await?.is_empty().then_some(()))
        })
        .await
        .unwrap();
    });
}

#[test]
fn without_a_broker_one_process_is_both() {
    run(async {
        let lines = start(CLIENT, "memory://").success().await.unwrap();
        let printed_by_client = |line: &&String| !line.starts_with('[');
        check_client(&lines.iter().filter(printed_by_client).cloned().collect::<Vec<_>>());

        let mut both = start(SERVICE, "memory://");
        both.line_with("Ctrl-C stops the service").await.unwrap();
        both.interrupt().unwrap();
        let lines = both.success().await.unwrap();
        assert_eq!(lines.last().unwrap(), "[host1@lvm] stopped");
    });
}

#[test]
fn a_python_client_uses_the_service() {
    run(async {
        let vhost = vhost("volume-from-python").await;
        let service = service(&vhost.url()).await;
        let mut client = PythonClient::builder(&vhost.url()).start().await.unwrap();
        let request = |method: &str, version: &str, args: Value| {
            json!({"topic": "cinder-volume", "server": SERVER, "version": version, "method": method,
                "args": args, "request_context": {"user_id": "u", "request_id": "req-1"}})
        };
        let id = "11111111-1111-4111-8111-111111111111";
        let volume = json!({"id": id, "host": SERVER, "size": 30, "display_name": "a field unknown to Rust"});
        let create = request("create_volume", "3.0", json!({"volume": volume}));
        client.cast(create).await.unwrap().unwrap();
        // Nobody waits for a cast, and handlers run side by side: only its effect tells its end.
        let capabilities = request("get_capabilities", "3.0", json!({"discover": false}));
        let created = until("the volume is there", async || {
            let capabilities = client.call(capabilities.clone()).await?.unwrap();
            Ok((capabilities["volumes"] == json!(1)).then_some(capabilities))
        });
        assert_eq!(created.await.unwrap()["free_capacity_gb"], json!(70));
        let attach = json!({"volume_id": id, "instance_uuid": null, "mountpoint": "/dev/vdb", "mode": "ro"});
        // A client of 3.0 does not send what came with 3.3.
        let attach = request("attach_volume", "3.0", attach);
        let attachment = client.call(attach.clone()).await.unwrap().unwrap();
        assert_eq!(attachment["versioned_object.name"], "VolumeAttachment");
        let attachment = &attachment["versioned_object.data"];
        assert_eq!((&attachment["volume_id"], &attachment["attach_mode"]), (&json!(id), &json!("ro")));
        let detach = json!({"volume_id": id, "attachment_id": attachment["id"], "volume": volume});
        client.call(request("detach_volume", "3.4", detach)).await.unwrap().unwrap();
        client.cast(request("delete_volume", "3.0", json!({"volume": volume}))).await.unwrap().unwrap();
        // Asked in a way that changes nothing: an attachment made meanwhile would keep the volume from being deleted.
        until("the volume is gone", async || {
            let capabilities = client.call(capabilities.clone()).await?.unwrap();
            Ok((capabilities["volumes"] == json!(0)).then_some(()))
        })
        .await
        .unwrap();
        let raised = client.call(attach).await.unwrap().unwrap_err();
        assert_eq!(raised.exc_type.as_deref(), Some("VolumeNotFound"));
        let text = format!("Volume {id} could not be found.");
        assert_eq!(raised.value, Some(text));
        // Clients before 3.6 and those since then have different addresses for it.
        for (topic, server) in [("cinder-volume", SERVER), ("cinder-volume.host1@lvm", "host1")] {
            let mut ping = request("oslo_rpc_server_ping", "1.0", json!({}));
            (ping["topic"], ping["server"]) = (json!(topic), json!(server));
            assert_eq!(client.call(ping).await.unwrap().unwrap(), "pong");
        }

        service.terminate().unwrap();
        let lines = service.success().await.unwrap();
        assert!(lines.contains(&"[host1@lvm] call detach_volume 3.4 req-1".to_owned()), "{lines:#?}");
    });
}

#[test]
fn the_client_uses_a_python_service() {
    run(async {
        let vhost = vhost("volume-in-python").await;
        let mut service = PythonServer::cinder_volume(&vhost.url(), SERVER).start().await.unwrap();
        let arguments = ["--transport", &vhost.url(), "--server", SERVER, "--pin", "3.5"];
        check_client(&Program::start(CLIENT, arguments).unwrap().success().await.unwrap());
        let mut notes = Vec::new();
        for _ in 0..6 {
            notes.push(service.note().await.unwrap());
        }
        assert_eq!(service.stop().await.unwrap(), []);
        let methods: Vec<_> = notes.iter().map(|note| note.args["method"].as_str().unwrap()).collect();
        let steps = ["create_volume", "attach_volume", "detach_volume", "delete_volume", "attach_volume"];
        assert_eq!(methods, [&steps[..], &["publish_service_capabilities"]].concat());
        let (create, delete) = (&notes[0].args, &notes[3].args);
        assert_eq!((&create["allow_reschedule"], &create["volume"]["size"]), (&json!(false), &json!(10)));
        assert_eq!((&delete["cascade"], &delete["unmanage_only"]), (&json!(true), &json!(false)));
        assert_eq!((&notes[0].ctxt["user"], &notes[0].ctxt["project_id"]), (&json!("demo"), &json!("demo")));
    });
}

/// A file of this name and text in a folder.
fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn configuration_files_say_where_and_how() {
    run(async {
        let (vhost, events) = (vhost("volume-configured").await, vhost("volume-configured-events").await);
        let folder = tempfile::tempdir().unwrap();
        let cinder = format!(
            "[DEFAULT]\nstate_path = /var/lib/cinder\nbroker = {}\ntransport_url = $broker\ncontrol_exchange = none\n\
             [oslo_messaging_notifications]\ntransport_url = {}\ndriver = messagingv2\ntopics = told\n\
             [oslo_messaging_rabbit]\namqp_durable_queues = no\nrpc_conn_pool_size = 9\n[oslo_concurrency]\n\
             lock_path = $state_path/tmp\n",
            vhost.url(),
            events.url()
        );
        let cinder = file(folder.path(), "cinder.conf", &cinder);
        file(folder.path(), "d/10.conf", "[DEFAULT]\ncontrol_exchange = cinder\n");
        let last = "[oslo_messaging_rabbit]\namqp_durable_queues = yes\n[upgrade_levels]\nvolume = 3.2\n";
        let last = file(folder.path(), "last.conf", last);
        let directory = format!("--config-dir={}", folder.path().join("d").display());
        let configured = ["--config-file", &cinder, &directory, "--config-file", &last, "--server", SERVER];
        let mut service = Program::start(SERVICE, configured).unwrap();
        service.line_with("serving cinder-volume").await.unwrap();
        let queues = vhost.queues().await.unwrap();
        let queue = queues.iter().find(|queue| queue.name == "cinder-volume").unwrap();
        assert!(queue.durable, "{queue:?}");
        let exchanges = vhost.exchanges().await.unwrap();
        assert!(exchanges.iter().any(|exchange| exchange.name == "cinder"), "{exchanges:?}");

        // Pinned to what does not know what came with 3.3.
        check_client(&Program::start(CLIENT, configured).unwrap().success().await.unwrap());
        service.line_with("call attach_volume 3.0 ").await.unwrap();
        // The command line goes before the files.
        file(
            folder.path(),
            "last.conf",
            "[DEFAULT]\ntransport_url = rabbit://none/\n[oslo_messaging_rabbit]\namqp_durable_queues = yes\n",
        );
        let url = vhost.url();
        let both = configured.iter().copied().chain(["--transport", &url]);
        check_client(&Program::start(CLIENT, both).unwrap().success().await.unwrap());
        service.line_with("call attach_volume 3.3 ").await.unwrap();
        service.terminate().unwrap();
        service.success().await.unwrap();
        let told = events.queues().await.unwrap();
        assert!(told.iter().any(|queue| queue.name == "told.info" && queue.messages > 0), "{told:?}");
    });
}

#[test]
fn a_service_reads_its_files_again_at_sighup() {
    run(async {
        let vhost = vhost("volume-reloaded").await;
        let folder = tempfile::tempdir().unwrap();
        let before = format!("[DEFAULT]\ntransport_url = {}\n", vhost.url());
        let path = file(folder.path(), "cinder.conf", &before);
        let mut service = Program::start(SERVICE, ["--config-file", &path, "--server", SERVER]).unwrap();
        service.line_with("serving cinder-volume").await.unwrap();
        let after = format!(
            "{before}rpc_response_timeout = 5\ncontrol_exchange = other\n[upgrade_levels]\nx = 1.0\n"
        );
        file(folder.path(), "cinder.conf", &after);
        service.hangup().unwrap();
        service.line_with("reloaded: control_exchange of [DEFAULT] needs a restart").await.unwrap();
        service.line_with("reloaded: rpc_response_timeout of [DEFAULT] is in effect").await.unwrap();
        service.line_with("reloaded: x of [upgrade_levels] needs a restart").await.unwrap();
        file(folder.path(), "cinder.conf", "[DEFAULT]\nrpc_response_timeout = soon\n");
        service.hangup().unwrap();
        let line = service.line_with("not reloaded: ").await.unwrap();
        assert!(
            line.contains("cinder.conf:2: option rpc_response_timeout of [DEFAULT]: expected "),
            "{line}"
        );
        // It still serves.
        check_client(&start(CLIENT, &vhost.url()).success().await.unwrap());
        service.terminate().unwrap();
        service.success().await.unwrap();
    });
}

#[test]
fn what_is_wrong_with_a_file_is_said_and_ends_the_program() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        for (text, why) in [
            ("[DEFAULT]\ntransport_url", "x.conf:2:14: expected `=` or `:` behind the name of an option"),
            (
                "[DEFAULT]\ntransport_url = rabbit://a:b@c:d/",
                "x.conf:2: option transport_url of [DEFAULT]: bad transport URL",
            ),
            (
                "[oslo_messaging_rabbit]\n\nssl = sure",
                "x.conf:3: option ssl=\"sure\": expected true or false",
            ),
            (
                "[DEFAULT]\nrpc_ping_enabled = $rpc_ping_enabled",
                "rpc_ping_enabled of [DEFAULT]: it is made of itself",
            ),
        ] {
            let path = file(folder.path(), "x.conf", text);
            let error = Program::start(SERVICE, ["--config-file", &path]).unwrap().refusal().await.unwrap();
            assert!(error.contains(why), "{error}");
        }
        let error =
            Program::start(SERVICE, ["--config-file", "/none/x.conf"]).unwrap().refusal().await.unwrap();
        assert!(error.contains("/none/x.conf: No such file or directory"), "{error}");
    });
}

#[test]
fn what_cannot_work_is_said_and_ends_the_program() {
    run(async {
        let urls =
            [("kafka://host/", "kafka"), ("rabbit://host/?rabbit_quorum_queues=1", "rabbit_quorum_queues")];
        for (url, named) in urls {
            let error = start(SERVICE, url).success().await.unwrap_err().to_string();
            assert!(error.contains("exit status") && error.contains(named), "{error}");
        }
        for (pin, named) in [("4.0", "4.0"), ("zed", "zed"), ("3", "minor part")] {
            let arguments = ["--transport", "memory://", "--pin", pin];
            let error = Program::start(CLIENT, arguments).unwrap().success().await.unwrap_err().to_string();
            assert!(error.contains("exit status") && error.contains(named), "{error}");
        }
        // Nobody serves there: the first call fails, and says which.
        let vhost = vhost("volume-nobody").await;
        let error = start(CLIENT, &vhost.url()).success().await.unwrap_err().to_string();
        assert!(error.contains("get_capabilities") && error.contains("undeliverable"), "{error}");
    });
}
