//! Agents of OpenStack that read notifications: the real ones, with notifiers of ours on the other side.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod agent;

use rpc_examples::bus::Bus;
use rpc_examples::volume::volume_service;
use rpc_runtime::Transport;
use rpc_tests::{Broker, PythonClient, PythonListener, PythonNotifier, run};
use serde_json::{Value, json};

use agent::Agent;

/// What the volume service of the examples tells while it makes these: the second one has no place there.
const EVENTS: [&str; 4] =
    ["volume.create.start", "volume.create.end", "volume.create.start", "volume.create.error"];

fn volume(n: usize, size: u32) -> Value {
    json!({"id": format!("0000000{n}-0000-4000-8000-000000000000"), "host": "host1@lvm#pool", "size": size,
        "project_id": "p1", "user_id": "u1", "display_name": "data 卷", "volume_type_id": "t1",
        "availability_zone": "az1", "created_at": "2026-01-02T03:04:05Z"})
}

#[test]
fn the_telemetry_agent_reads_the_volume_service_of_the_examples() {
    run(async {
        let vhost = Broker::shared().unwrap().vhost("ceilometer").await.unwrap();
        let agent = Agent::start(&vhost).await.unwrap();
        let beside = PythonListener::builder(&vhost.url(), "notifications").pool("beside").in_order();
        let mut beside = beside.start().await.unwrap();
        let transport = Transport::connect(&vhost.url()).await.unwrap();
        let service = volume_service(&Bus::of(&transport).unwrap(), "host1@lvm").unwrap().await.unwrap();
        let mut client = PythonClient::builder(&vhost.url()).start().await.unwrap();
        for (n, size) in [(1, 3), (2, 1000)] {
            let create = json!({"topic": "cinder-volume", "server": "host1@lvm", "version": "3.0",
                "method": "create_volume", "args": {"volume": volume(n, size)},
                "request_context": {"user_id": "u1", "project_id": "p1", "auth_token": "token-of-u1"}});
            client.cast(create).await.unwrap().unwrap();
        }

        let mut calls = Vec::new();
        for _ in EVENTS {
            calls.push(beside.heard().await.unwrap());
        }
        // The same by Python's notifier, of the same request.
        let mut python = PythonNotifier::builder(&vhost.url()).start().await.unwrap();
        let mut pairs = Vec::new();
        for call in calls {
            let heard = &call.notifications[0];
            let context = json!({"user_id": heard.ctxt["user"], "project_id": heard.ctxt["project_id"],
                "request_id": heard.ctxt["request_id"], "auth_token": "token-of-u1"});
            let again = json!({"priority": call.priority, "event": heard.event_type, "payload": heard.payload,
                "publisher_id": heard.publisher_id, "request_context": context});
            let sent = python.emit(again).await.unwrap();
            pairs.push((heard.clone(), sent));
        }

        let made = agent.events(2 * EVENTS.len()).await.unwrap();
        let by_id = |id: &str| {
            made.iter().find(|event| event.message_id == id).unwrap_or_else(|| panic!("no event {id}"))
        };
        let mut events = Vec::new();
        for (heard, again) in &pairs {
            let text = |key: &str| heard.metadata[key].as_str().unwrap();
            let of_rust = by_id(text("message_id"));
            assert_eq!((&of_rust.event_type, &*of_rust.generated), (&heard.event_type, text("timestamp")));
            let traits = of_rust.traits();
            for (name, value) in [
                ("resource_id", &heard.payload["volume_id"]),
                ("size", &heard.payload["size"]),
                ("project_id", &json!("p1")),
            ] {
                // Of an error it takes less.
                let found = traits.iter().find(|(found, ..)| *found == name).map(|(.., value)| *value);
                assert!(found == Some(value), "{name}: {traits:?}");
            }
            // What it makes of ours is what it makes of Python's.
            assert_eq!(traits, by_id(again.text("message_id")).traits(), "{}", heard.event_type);
            events.push(&*heard.event_type);
        }
        events.sort_unstable();
        let mut expected = EVENTS;
        expected.sort_unstable();
        assert_eq!(events, expected);
        service.shutdown().await.unwrap();
        agent.stop().await.unwrap();
    });
}
