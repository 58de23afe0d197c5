//! Namespaces, versions, pins, and the addresses that a request can have.

use rpc_runtime::{CallOptions, Context, RpcError, Target, Transport, VersionPin, rpc_manager};
use rpc_tests::sample::{AdminApi, RustServer, SampleApi, SampleError, Whoami};
use rpc_tests::{PythonClient, PythonServer, run};
use serde_json::{Value, json};

use super::{connect, python_client, python_server, request, rust_server, vhost};

fn whoami(server: &str, namespace: Option<&str>) -> Whoami {
    Whoami { server: server.to_owned(), namespace: namespace.map(str::to_owned) }
}

#[test]
fn namespaces_and_defaults_are_the_same_in_both_languages() {
    run(async {
        let vhost = vhost("namespaces").await;
        let _rust = rust_server(&vhost, "rust").await;
        let _python = python_server(&vhost, "python").await;
        let transport = connect(&vhost).await;
        let mut client = python_client(&vhost).await;
        let mut call = async |method: &str, args: Value, keys: Value| {
            client.call(request(method, args, keys)).await.unwrap()
        };

        for server in ["rust", "python"] {
            let options = || CallOptions::new().server(server);
            let api = SampleApi::new(&transport).with(options());
            assert_eq!(api.whoami(&Context::new()).await.unwrap(), whoami(server, None));
            assert_eq!(api.add(&Context::new(), 1).await.unwrap(), 11);
            assert_eq!(api.add(&Context::new(), 1).b(2).await.unwrap(), 3);
            let admin = AdminApi::new(&transport).with(options());
            assert_eq!(admin.whoami(&Context::new()).await.unwrap(), whoami(server, Some("admin")));

            let keys = json!({"server": server, "namespace": "admin", "version": "2.0"});
            let answer = call("whoami", json!({}), keys).await.unwrap();
            assert_eq!(answer, json!({"server": server, "namespace": "admin"}));
            let answer = call("whoami", json!({}), json!({"server": server, "version": "1.3"})).await;
            assert_eq!(answer.unwrap(), json!({"server": server, "namespace": null}));
            assert_eq!(call("add", json!({"a": 1}), json!({"server": server})).await.unwrap(), 11);
        }
    });
}

#[test]
fn a_version_cap_of_python_holds_against_a_rust_server() {
    run(async {
        let vhost = vhost("cap").await;
        let _rust = rust_server(&vhost, "rust").await;
        let mut client = python_client(&vhost).await;
        let mut add = async |version: &str, cap: &str| {
            let keys = json!({"version": version, "version_cap": cap});
            client.call(request("add", json!({"a": 1}), keys)).await.unwrap()
        };
        assert_eq!(add("1.2", "1.2").await.unwrap(), 11);
        assert_eq!(add("1.3", "1.10").await.unwrap(), 11, "minor versions are numbers");
        assert_eq!(add("1.3", "1.2").await.unwrap_err().class, "RPCVersionCapError");
    });
}

/// `note` with an argument and a method that came later.
#[rpc_manager(client = GrownApi, topic = "topic", version = "1.3", error = SampleError)]
pub trait Grown {
    #[rpc(cast, to = server)]
    async fn note(
        &self,
        ctx: Context,
        server: String,
        n: u64,
        #[arg(since = "1.2", old = drop)] colour: Option<String>,
        #[arg(since = "1.3", old = error_if_set)] size: Option<u64>,
    ) -> Result<(), SampleError>;

    #[rpc(call, since = "1.3")]
    async fn whoami(&self, ctx: Context) -> Result<Whoami, SampleError>;
}

#[test]
fn a_pinned_client_sends_python_what_its_version_has() {
    run(async {
        let vhost = vhost("pins").await;
        let mut python = python_server(&vhost, "python").await;
        let pin = VersionPin::unpinned();
        let api = GrownApi::new(&connect(&vhost).await).pinned(&pin);
        let ctx = Context::new();
        let note = async |size: Option<u64>| api.note(&ctx, "python", 1, "red", size).await;
        let mut args = async || Value::from(python.note().await.unwrap().args);

        note(Some(5)).await.unwrap();
        assert_eq!(args().await, json!({"server": "python", "n": 1, "colour": "red", "size": 5}));
        pin.set("1.2".parse().unwrap());
        note(None).await.unwrap();
        assert_eq!(args().await, json!({"server": "python", "n": 1, "colour": "red"}));
        pin.set("1.0".parse().unwrap());
        note(None).await.unwrap();
        assert_eq!(args().await, json!({"server": "python", "n": 1}));

        // Refused before anything is sent.
        assert!(matches!(note(Some(5)).await, Err(RpcError::PinnedTooLow { .. })));
        let error = api.whoami(&ctx).await.unwrap_err();
        assert!(matches!(error.rpc(), Some(RpcError::PinnedTooLow { .. })), "{error}");
        pin.clear();
        assert_eq!(api.whoami(&ctx).await.unwrap(), whoami("python", None));
        assert_eq!(python.stop().await.unwrap(), []);
    });
}

#[test]
fn requests_go_to_the_servers_of_their_exchange() {
    run(async {
        let vhost = vhost("exchanges").await;
        let _nova =
            PythonServer::builder(&vhost.url(), "topic", "py").exchange("nova").start().await.unwrap();
        let neutron = format!("{}?control_exchange=neutron", vhost.url());
        let neutron = Transport::connect(&neutron).await.unwrap();
        let _neutron = RustServer::start(&neutron, "rs").await.unwrap();
        let target = Target::new("other").with_server("other").with_exchange("nova");
        let _other = RustServer::start_at(&neutron, target, |builder| builder).await.unwrap();

        // The queues of servers; the one of the topic is the same in every exchange.
        let api = SampleApi::new(&neutron);
        let whoami = async |options: CallOptions| api.with(options).whoami(&Context::new()).await;
        let to = |server: &str| CallOptions::new().server(server);
        assert_eq!(whoami(to("rs")).await.unwrap().server, "rs");
        assert_eq!(whoami(to("py").exchange("nova")).await.unwrap().server, "py");
        assert_eq!(whoami(to("other").exchange("nova").topic("other")).await.unwrap().server, "other");
        for wrong in [to("py"), to("rs").exchange("nova"), to("other").topic("other")] {
            let error = whoami(wrong).await.unwrap_err();
            assert!(matches!(error.rpc(), Some(RpcError::Undeliverable { .. })), "{error}");
        }

        let mut client = python_client(&vhost).await;
        for keys in [
            json!({"server": "rs", "exchange": "neutron"}),
            json!({"server": "py", "exchange": "nova"}),
            json!({"server": "other", "exchange": "nova", "topic": "other"}),
        ] {
            let server = keys["server"].clone();
            let answer = client.call(request("whoami", json!({}), keys)).await.unwrap().unwrap();
            assert_eq!(answer["server"], server);
        }
    });
}

#[test]
fn ping_is_answered_only_where_it_is_asked_for() {
    run(async {
        let vhost = vhost("ping").await;
        let transport = connect(&vhost).await;
        let _silent = rust_server(&vhost, "silent").await;
        let target = Target::new("topic").with_server("pinged");
        let _pinged = RustServer::start_at(&transport, target, |builder| builder.ping(true)).await.unwrap();
        let mut client = PythonClient::builder(&vhost.url()).start().await.unwrap();
        let mut ping = async |server: &str| {
            let request = request("oslo_rpc_server_ping", json!({}), json!({"server": server}));
            client.call(request).await.unwrap()
        };
        assert_eq!(ping("pinged").await.unwrap(), "pong");
        assert_eq!(ping("silent").await.unwrap_err().exc_type.as_deref(), Some("NoSuchMethod"));
    });
}
