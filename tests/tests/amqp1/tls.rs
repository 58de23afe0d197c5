//! TLS, on both sides: who is trusted, and what is said when nobody is.

use std::time::Duration;

use rpc_runtime::{Context, Transport};
use rpc_tests::amqp1::{Mode, Router};
use rpc_tests::authority::{Authority, named};
use rpc_tests::pairing::Bus;
use rpc_tests::sample::request;
use rpc_tests::{PythonClient, PythonServer, run};
use serde_json::json;
use tempfile::TempDir;

/// A router with a certificate for these hosts, which wants one of clients, and the files that those need: `ca.pem`,
/// `client.pem` and `client.key`.
async fn router(hosts: &[&str]) -> (Router, TempDir) {
    let files = tempfile::tempdir().unwrap();
    let authority = Authority::new("ours").unwrap();
    let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    authority.sign_as(files.path(), "router", named("router", hosts).unwrap()).unwrap();
    authority.sign_as(files.path(), "client", named("client", vec!["client".to_owned()]).unwrap()).unwrap();
    std::fs::write(files.path().join("ca.pem"), &authority.certificate).unwrap();
    let path = |name: &str| files.path().join(name).display().to_string();
    let (certificate, key, ca) = (path("router.pem"), path("router.key"), path("ca.pem"));
    let args = ["--certificate", &certificate, "--key", &key, "--clients", &ca];
    (Router::start_with(Mode::Routable, &args).await.unwrap(), files)
}

/// What is said of a URL that cannot be connected to.
async fn refused(url: &str, query: &str) -> String {
    let builder = Transport::builder(&format!("{url}?{query}")).unwrap();
    builder.connect_within(Duration::from_secs(10)).connect().await.unwrap_err().to_string()
}

#[test]
fn both_languages_show_certificates() {
    run(async {
        // In Python addresses of a machine are no names that a certificate could have, but virtual hosts are.
        let (router, files) = router(&["127.0.0.1", "prod"]).await;
        let names = "oslo_messaging_amqp/ssl_verify_vhost=true";
        let dir = files.path().display();
        let url = format!(
            "{}prod?ssl=true&ssl_ca_file={dir}/ca.pem&ssl_cert_file={dir}/client.pem&ssl_key_file={dir}/client.key",
            router.url()
        );
        let rust = Bus::over_amqp1(&url).rust_server("rust").await.unwrap();
        let mut client = PythonClient::over_amqp1(&url).option(names).start().await.unwrap();
        let echo = request("echo", json!({"value": "x".repeat(100_000)}), json!({}));
        assert_eq!(client.call(echo).await.unwrap().unwrap(), "x".repeat(100_000));
        rust.stop().await.unwrap();

        let _python = PythonServer::over_amqp1(&url, "topic", "python").option(names).start().await.unwrap();
        let api = Bus::over_amqp1(url.replace("amqp1:", "amqp1s:")).client(&[]).await.unwrap();
        assert_eq!(api.whoami(&Context::new()).await.unwrap().server, "python");
    });
}

#[test]
fn whom_nobody_trusts_is_told_why() {
    run(async {
        let (router, files) = router(&["127.0.0.1"]).await;
        let secure = router.url().replace("amqp1:", "amqp1s:");
        let ca = format!("ssl_ca_file={}/ca.pem", files.path().display());
        let (elsewhere, its) = self::router(&["elsewhere"]).await;
        let elsewhere_secure = elsewhere.url().replace("amqp1:", "amqp1s:");
        let its = format!("ssl_ca_file={}/ca.pem", its.path().display());
        let plain = Router::start(Mode::Routable).await.unwrap();
        let plain_secure = plain.url().replace("amqp1:", "amqp1s:");
        let plain_url = router.url();
        let (unknown, unshown, misnamed, by_no_tls, by_tls) = tokio::join!(
            refused(&secure, ""),
            // The router wants one of the client, and hangs up without a word.
            refused(&secure, &ca),
            refused(&elsewhere_secure, &its),
            // What is TLS on one side only.
            refused(&plain_url, ""),
            refused(&plain_secure, &ca),
        );
        assert!(unknown.contains("certificate"), "{unknown}");
        assert!(unshown.contains(&format!("127.0.0.1:{}", router.port())), "{unshown}");
        assert!(misnamed.contains("127.0.0.1") && misnamed.contains("certificate"), "{misnamed}");
        assert!(by_no_tls.contains("TLS") || by_no_tls.contains("AMQP"), "{by_no_tls}");
        assert!(by_tls.to_lowercase().contains("tls"), "{by_tls}");
    });
}
