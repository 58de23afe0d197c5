//! TLS, on both sides: who is trusted, and what is said when nobody is.

use rpc_runtime::{Context, Transport};
use rpc_tests::amqp1::{Mode, Router};
use rpc_tests::authority::{Authority, named};
use rpc_tests::run;
use rpc_tests::sample::SampleApi;
use serde_json::json;
use tempfile::TempDir;

use super::{connect, python_client, python_server, request, rust_server};

/// A router with a certificate, and the files that clients need: `ca.pem`, `client.pem` and `client.key`.
async fn router(clients: bool) -> (Router, TempDir) {
    let files = tempfile::tempdir().unwrap();
    let authority = Authority::new("ours").unwrap();
    authority.sign(files.path(), "router", "127.0.0.1").unwrap();
    authority.sign_as(files.path(), "client", named("client", vec!["client".to_owned()]).unwrap()).unwrap();
    std::fs::write(files.path().join("ca.pem"), &authority.certificate).unwrap();
    let path = |name: &str| files.path().join(name).display().to_string();
    let (certificate, key, ca) = (path("router.pem"), path("router.key"), path("ca.pem"));
    let mut args = vec!["--certificate", &certificate, "--key", &key];
    if clients {
        args.extend(["--clients", &ca]);
    }
    (Router::start_with(Mode::Routable, &args).await.unwrap(), files)
}

/// What is said of a URL that cannot be connected to within a second or two.
async fn refused(url: &str, query: &str) -> String {
    let url = format!("{url}?{query}&connect_timeout=5");
    Transport::builder(&url).unwrap().connect().await.unwrap_err().to_string()
}

#[test]
fn both_languages_show_certificates() {
    run(async {
        let (router, files) = router(true).await;
        let dir = files.path().display();
        let url = format!(
            "{}?ssl=true&ssl_ca_file={dir}/ca.pem&ssl_cert_file={dir}/client.pem&ssl_key_file={dir}/client.key",
            router.url()
        );
        let rust = rust_server(&url, "rust").await;
        let mut client = python_client(&url).await;
        let echo = request("echo", json!({"value": "x".repeat(100_000)}), json!({}));
        assert_eq!(client.call(echo).await.unwrap().unwrap(), "x".repeat(100_000));
        rust.stop().await.unwrap();

        let _python = python_server(&url, "python").await;
        let api = SampleApi::new(&connect(&url.replace("amqp1:", "amqp1s:")).await);
        assert_eq!(api.whoami(&Context::new()).await.unwrap().server, "python");
    });
}

#[test]
fn whom_nobody_trusts_is_told_why() {
    run(async {
        let (router, files) = router(true).await;
        let secure = router.url().replace("amqp1:", "amqp1s:");
        let ca = format!("ssl_ca_file={}/ca.pem", files.path().display());
        let error = refused(&secure, "").await;
        assert!(error.contains("certificate"), "{error}");
        let error = refused(&secure, &ca).await;
        assert!(error.contains("certificate"), "the router wants one: {error}");
        let error = refused(&secure.replace("127.0.0.1", "localhost"), &ca).await;
        assert!(error.contains("localhost"), "it is for another name: {error}");
        // What is TLS on one side only.
        let error = refused(&router.url(), "").await;
        assert!(error.contains("TLS") || error.contains("AMQP"), "{error}");
        let plain = Router::start(Mode::Routable).await.unwrap();
        let error = refused(&plain.url().replace("amqp1:", "amqp1s:"), &ca).await;
        assert!(error.contains("TLS"), "{error}");
    });
}
