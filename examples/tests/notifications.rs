//! `notification_listener` as a process: what it hears of the volume service, and of Python; and what Python hears.
#![allow(clippy::panic, clippy::unwrap_used)]

use rpc_runtime::notification::Priority;
use rpc_tests::{Broker, Program, PythonListener, PythonNotifier, Vhost, run, until};
use serde_json::{Value, json};

const LISTENER: &str = env!("CARGO_BIN_EXE_notification_listener");
const SERVICE: &str = env!("CARGO_BIN_EXE_volume_service");
const CLIENT: &str = env!("CARGO_BIN_EXE_volume_client");

async fn vhost(name: &str) -> Vhost {
    Broker::shared().unwrap().vhost(name).await.unwrap()
}

async fn listener(url: &str, arguments: &[&str]) -> Program {
    let transport = ["--transport", url];
    let mut listener = Program::start(LISTENER, transport.iter().chain(arguments)).unwrap();
    listener.line_with("listening to ").await.unwrap();
    listener
}

async fn service(url: &str) -> Program {
    let mut service = Program::start(SERVICE, ["--transport", url]).unwrap();
    service.line_with("serving cinder-volume").await.unwrap();
    service
}

/// The parts of a line: date and time, priority, publisher, event type, payload.
fn parts(line: &str) -> ([&str; 3], Value) {
    let words: Vec<_> = line.splitn(6, ' ').collect();
    let [date, time, priority, publisher, event, payload] = words[..] else { panic!("{line}") };
    assert!(date.len() == 10 && time.starts_with(|digit: char| digit.is_ascii_digit()), "{line}");
    ([priority, publisher, event], serde_json::from_str(payload).unwrap())
}

#[test]
fn in_memory_it_hears_a_service_in_its_own_process() {
    run(async {
        let mut listener = listener("memory://", &[]).await;
        for event in ["volume.create.start", "volume.create.end"] {
            let line = listener.line_with(event).await.unwrap();
            let (said, payload) = parts(&line);
            assert_eq!(said, ["INFO", "volume.host1@lvm", event]);
            assert_eq!((&payload["tenant_id"], &payload["size"]), (&json!("demo"), &json!(10)));
        }
        listener.interrupt().unwrap();
        let lines = listener.success().await.unwrap();
        assert_eq!(lines.last().unwrap(), "stopped");
    });
}

#[test]
fn it_and_python_hear_the_volume_service() {
    run(async {
        let vhost = vhost("volume-events").await;
        let python = PythonListener::builder(&vhost.url(), "notifications").pool("python").in_order();
        let mut python = python.start().await.unwrap();
        let mut listener = listener(&vhost.url(), &["--event-type", r"volume\."]).await;
        let service = service(&vhost.url()).await;
        Program::start(CLIENT, ["--transport", &vhost.url()]).unwrap().success().await.unwrap();
        for (event, status) in [("volume.create.start", "creating"), ("volume.create.end", "available")] {
            let line = listener.line_with(event).await.unwrap();
            let (said, payload) = parts(&line);
            assert_eq!(said, ["INFO", "volume.host1@lvm", event]);
            assert_eq!(payload["status"], status);
            let heard = python.heard_one().await.unwrap();
            assert_eq!(
                (&*heard.event_type, heard.publisher_id.as_deref()),
                (event, Some("volume.host1@lvm"))
            );
            assert_eq!(heard.payload, payload);
            assert_eq!(heard.ctxt["project_id"], "demo");
        }
        service.terminate().unwrap();
        service.success().await.unwrap();
        assert_eq!(python.stop().await.unwrap(), []);
    });
}

#[test]
fn what_fails_is_an_error_in_the_name_of_the_volumes_host() {
    run(async {
        let vhost = vhost("volume-errors").await;
        let mut listener = listener(&vhost.url(), &["--priority", "error", "--payload", "status=err"]).await;
        let service = service(&vhost.url()).await;
        let mut client = rpc_tests::PythonClient::builder(&vhost.url()).start().await.unwrap();
        let volume =
            json!({"id": "11111111-1111-4111-8111-111111111111", "host": "host1@lvm#pool", "size": 1000});
        let create = json!({"kind": "cast", "topic": "cinder-volume", "server": "host1@lvm", "version": "3.0",
            "method": "create_volume", "args": {"volume": volume}});
        client.cast(create).await.unwrap().unwrap();
        let line = listener.line_with("volume.create").await.unwrap();
        let (said, payload) = parts(&line);
        assert_eq!(said, ["ERROR", "volume.host1@lvm#pool", "volume.create.error"]);
        assert_eq!(payload["exception"], "VolumeSizeExceedsAvailableQuota");
        service.terminate().unwrap();
        service.success().await.unwrap();
    });
}

#[test]
fn it_hears_python_at_every_priority() {
    run(async {
        let vhost = vhost("python-events").await;
        let mut listener = listener(&vhost.url(), &["--topic", "audits", "--topic", "notifications"]).await;
        let mut python = PythonNotifier::builder(&vhost.url()).start().await.unwrap();
        for (n, priority) in Priority::ALL.into_iter().enumerate() {
            let topic = ["notifications", "audits"][n % 2];
            let event = json!({"priority": priority.name(), "event": "compute.instance.create.end",
                "payload": {"n": n, "text": "two\nlines"}, "publisher_id": "compute.host1", "topics": [topic]});
            python.emit(event).await.unwrap();
            let line = listener.line_with("compute.").await.unwrap();
            let (said, payload) = parts(&line);
            assert_eq!(said, [priority.wire_name(), "compute.host1", "compute.instance.create.end"]);
            assert_eq!(payload, json!({"n": n, "text": "two\nlines"}));
        }
        listener.terminate().unwrap();
        listener.success().await.unwrap();
        until("nothing is left in a queue", async || {
            let queues = vhost.queues().await?;
            Ok(queues.iter().all(|queue| queue.messages == 0).then_some(()))
        })
        .await
        .unwrap();
    });
}

#[test]
fn what_nobody_reads_stays_in_its_queue() {
    run(async {
        let vhost = vhost("unread-events").await;
        let piped = format!("{LISTENER} --transport {} --pool pool | head -n 1", vhost.url());
        let mut listener = Program::start("sh", ["-c", &piped]).unwrap();
        listener.line_with("listening to ").await.unwrap();
        let mut python = PythonNotifier::builder(&vhost.url()).start().await.unwrap();
        let event = json!({"priority": "info", "event": "compute.instance.create.end", "payload": {}});
        python.emit(event).await.unwrap();
        listener.success().await.unwrap();
        until("it is back", async || {
            let queues = vhost.queues().await?;
            Ok(queues
                .iter()
                .any(|queue| queue.name == "pool" && queue.messages == 1 && queue.consumers == 0)
                .then_some(()))
        })
        .await
        .unwrap();
    });
}

#[test]
fn what_it_cannot_do_it_says() {
    run(async {
        for (arguments, parts) in [
            (["--event-type", "("], ["--event-type", "unclosed group"]),
            (["--payload", "status"], ["--payload", "expected KEY=REGEX"]),
            (["--priority", "loud"], ["--priority", "no priority"]),
            (["--topic", "a.*"], ["a.*", "topic"]),
        ] {
            let program =
                Program::start(LISTENER, ["--transport", "memory://"].iter().chain(&arguments)).unwrap();
            let why = program.refusal().await.unwrap();
            assert!(parts.iter().all(|part| why.contains(part)), "{arguments:?}: {why}");
        }
    });
}
