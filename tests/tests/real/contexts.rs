//! A context is the same one after it went through Rust, and one that Rust makes is somebody's.

use std::sync::Arc;

use rpc_runtime::{Context, ReadDeleted, RemoteError, Server, Target, rpc_manager};
use rpc_tests::{PythonServer, Vhost, run};
use serde_json::{Value, json};

use super::{client, connect, user, vhost};

const PROJECTS: [&str; 3] = ["cinder", "nova", "neutron"];

/// Has the server of a project take notice of the context that it was given itself.
#[rpc_manager(client = RelayApi, topic = "relay", version = "3.0", error = RemoteError)]
pub trait Relay {
    #[rpc(call)]
    async fn relay(&self, ctx: Context, project: String) -> Result<(), RemoteError>;
}

/// A server with real classes.
#[rpc_manager(client = RealApi, topic = "real", version = "3.0", error = RemoteError)]
pub trait Real {
    #[rpc(call, to(project: &str) = project)]
    async fn look(&self, ctx: Context) -> Result<(), RemoteError>;
}

struct ToPython(RealApi);

impl Relay for ToPython {
    async fn relay(&self, ctx: Context, project: String) -> Result<(), RemoteError> {
        Ok(self.0.look(&ctx, &project).await?)
    }
}

/// A server of each project, named after it.
async fn servers(vhost: &Vhost) -> [PythonServer; 3] {
    let url = vhost.url();
    let start = async |project| PythonServer::real(&url, project, "real", project).start().await.unwrap();
    let (cinder, nova, neutron) = tokio::join!(start(PROJECTS[0]), start(PROJECTS[1]), start(PROJECTS[2]));
    [cinder, nova, neutron]
}

/// What a context of `project` is made with.
fn context(project: &str) -> Value {
    let mut context = user();
    let more = json!({
        "auth_token": "t0p-secret", "request_id": "req-00000000-0000-4000-8000-000000000001",
        "global_request_id": "req-00000000-0000-4000-8000-0000000000aa", "user_domain_id": "default",
        "project_domain_id": "default", "domain_id": "d1", "system_scope": "all", "project_name": "Größe",
        "user_name": "demo", "is_admin_project": false, "show_deleted": true, "resource_uuid": "v1",
    });
    let own = match project {
        "cinder" => json!({
            "timestamp": "2026-01-02T03:04:05+00:00", "read_deleted": "only", "remote_address": "192.0.2.7",
            "quota_class": "gold", "message_action": "a", "message_resource_id": "r", "message_resource_type": "t",
            "service_catalog": [{"type": "image", "endpoints": [{"publicURL": "http://192.0.2.1/", "weight": 1.50}]}],
        }),
        "nova" => json!({
            "timestamp": "2026-01-02T03:04:05.000006", "read_deleted": "yes", "remote_address": "192.0.2.7",
            "quota_class": "gold", "service_catalog": [{"type": "network", "endpoints": [{}]}],
        }),
        _ => {
            json!({"timestamp": "2026-01-02 03:04:05.000006", "has_global_access": true, "can_set_project_id": true})
        }
    };
    for fields in [more, own] {
        context.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    }
    context
}

/// What a server has seen of a context: its class, its fields and what is to be traced.
async fn seen(server: &mut PythonServer) -> Value {
    let mut seen = Value::Object(server.note().await.unwrap().ctxt);
    // Each project has its own form of one moment.
    let time = seen["fields"]["timestamp"].as_str().unwrap().replace(' ', "T");
    let time = time.strip_suffix("+00:00").unwrap_or(&time);
    seen["fields"]["timestamp"] =
        if time.contains('.') { time.into() } else { format!("{time}.000000").into() };
    seen
}

#[test]
fn it_is_the_same_after_it_went_through_rust() {
    run(async {
        let vhost = vhost("real-contexts").await;
        let transport = connect(&vhost).await;
        let _relay = Server::builder(&transport, Target::new("relay").with_server("relay"))
            .endpoint(RelayApi::endpoint(Arc::new(ToPython(RealApi::new(&transport)))))
            .start()
            .await
            .unwrap();
        let mut servers = servers(&vhost).await;
        let trace = json!({"hmac_key": "t0p-hmac", "base_id": "b1", "parent_id": "p1"});
        for sender in PROJECTS {
            let mut client = client(&vhost, sender).await;
            let request = |topic: &str, method: &str, server: &str, args: Value| {
                json!({"ctxt": context(sender), "trace": trace, "method": method, "args": args,
                    "target": {"topic": topic, "version": "3.0", "server": server}})
            };
            for (project, server) in PROJECTS.into_iter().zip(&mut servers) {
                let direct = client.call(request("real", "look", project, json!({}))).await.unwrap();
                let direct = match direct {
                    Ok(_) => Some(seen(server).await),
                    // nova reads no form of the time but its own.
                    Err(raised) => {
                        assert_eq!((project, raised.class.as_str()), ("nova", "ValueError"), "{sender}");
                        assert!(
                            sender != "nova" && raised.text.contains("does not match format"),
                            "{raised:?}"
                        );
                        None
                    }
                };
                let args = json!({"project": project});
                client.call(request("relay", "relay", "relay", args)).await.unwrap().unwrap();
                let through = seen(server).await;
                if let Some(direct) = direct {
                    assert_eq!(through, direct, "from {sender} to {project}");
                }
                let fields = &through["fields"];
                assert_eq!(through["class"], json!(class(project)));
                assert_eq!(fields["user_id"], user()["user_id"], "from {sender} to {project}");
                assert_eq!(fields["global_request_id"], context(sender)["global_request_id"]);
                assert_eq!(fields["timestamp"].as_str().map(|time| &time[..19]), Some("2026-01-02T03:04:05"));
                assert_eq!(through["trace"], trace);
            }
            client.stop().await.unwrap();
        }
    });
}

fn class(project: &str) -> &'static str {
    match project {
        "cinder" => "cinder.context.RequestContext",
        "nova" => "nova.context.RequestContext",
        _ => "neutron_lib.context.Context",
    }
}

#[test]
fn one_that_rust_makes_is_somebodys() {
    run(async {
        let vhost = vhost("real-own-contexts").await;
        let api = RealApi::new(&connect(&vhost).await);
        let mut servers = servers(&vhost).await;
        let plain = Context::request();
        let named = plain
            .clone()
            .with_user("u1")
            .with_project("p1")
            .with_user_domain("ud")
            .with_project_domain("pd")
            .with_system_scope("all")
            .with_roles(["member"])
            .with_read_deleted(ReadDeleted::Yes);
        for (project, server) in PROJECTS.into_iter().zip(&mut servers) {
            api.look(&plain, project).await.unwrap();
            let nobody = seen(server).await;
            assert_eq!(
                (&nobody["fields"]["user_id"], &nobody["fields"]["is_admin"]),
                (&json!(null), &json!(false))
            );
            assert_eq!(nobody["fields"]["request_id"], json!(plain.request_id()));

            api.look(&named.nested(), project).await.unwrap();
            let user = seen(server).await["fields"].take();
            for (name, value) in [
                ("user_id", json!("u1")),
                ("project_id", json!("p1")),
                ("user_domain", json!("ud")),
                ("project_domain", json!("pd")),
                ("is_admin", json!(false)),
                ("roles", json!(["member"])),
                ("global_request_id", json!(plain.request_id())),
                ("user_identity", json!("u1 p1 - ud pd")),
            ] {
                assert_eq!(user[name], value, "{name} at {project}");
            }
            assert_ne!(user["request_id"], json!(plain.request_id()));
            if project != "neutron" {
                assert_eq!(user["read_deleted"], json!("yes"));
            }
            // cinder has no use for it.
            if project != "cinder" {
                assert_eq!(user["system_scope"], json!("all"));
            }

            api.look(&named.elevated().with("read_deleted", Value::Null), project).await.unwrap();
            let admin = seen(server).await["fields"].take();
            assert_eq!(
                (&admin["is_admin"], &admin["roles"]),
                (&json!(true), &json!(["member", "admin"])),
                "{project}"
            );
            assert_eq!(admin["request_id"], json!(plain.request_id()));
        }
    });
}
