//! TLS against a broker that has it: who is trusted, and what is said when nobody is.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod in_memory;
mod python;
mod revoked;

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use rcgen::{CertificateParams, date_time_ymd};
use rpc_runtime::{
    Context, FailureKind, RemoteError, Server, Target, Transport, TransportBuilder, TransportError,
    rpc_manager,
};
use rpc_tests::authority::{Authority, named};
use rpc_tests::limits::PATIENCE;
use rpc_tests::{Broker, PythonOptions};

#[rpc_manager(client = EchoApi, topic = "echo", version = "1.0", error = RemoteError)]
pub trait Echo {
    #[rpc(call)]
    async fn echo(&self, ctx: Context, text: String) -> Result<String, RemoteError>;
}

struct Plain;

impl Echo for Plain {
    async fn echo(&self, _: Context, text: String) -> Result<String, RemoteError> {
        Ok(text)
    }
}

/// The configuration of such a broker, whose files it writes.
fn configuration(
    authority: &Authority,
    server: CertificateParams,
    more: &str,
    dir: &Path,
    port: u16,
) -> Result<String> {
    authority.sign_as(dir, "server", server)?;
    std::fs::write(dir.join("ca.pem"), &authority.certificate)?;
    let dir = dir.display();
    Ok(format!(
        "listeners.ssl.1 = 127.0.0.1:{port}\n\
         ssl_options.cacertfile = {dir}/ca.pem\n\
         ssl_options.certfile = {dir}/server.pem\n\
         ssl_options.keyfile = {dir}/server.key\n\
         {more}"
    ))
}

/// A broker that shows `server.pem` of its directory; `more` are further lines of its configuration.
async fn broker(authority: &Authority, server: CertificateParams, more: &str) -> Result<Broker> {
    Broker::start_with(|dir, port| configuration(authority, server, more, dir, port)).await
}

/// The password of `guest`, and another one; no message may have either.
const PASSWORD: &str = "secret-and-right";
const WRONG: &str = "secret-and-wrong";
const SECRET: &str = "secret";

/// Why no connection came about. It has to fail by itself, not because the time is over.
async fn refusal(url: &str) -> (FailureKind, String) {
    assert!(url.contains(SECRET), "{url}");
    refused(Transport::builder(url).unwrap()).await
}

async fn refused(builder: TransportBuilder) -> (FailureKind, String) {
    let error = builder.connect_within(PATIENCE).connect().await.expect_err("it should have been refused");
    let text = error.to_string();
    assert!(!text.contains(SECRET), "{text}");
    let TransportError::NotConnected { why, failures, .. } = error else { panic!("{text}") };
    assert_eq!(why, "no host can be used as things are", "{text}");
    let [failure] = &failures[..] else { panic!("{text}") };
    (failure.kind, text)
}

#[tokio::test]
async fn only_the_right_authority_name_and_client_get_through() -> Result<()> {
    let files = tempfile::tempdir()?;
    let (ours, other) = (Authority::new("ours")?, Authority::new("other")?);
    ours.sign(files.path(), "client", "client")?;
    other.sign(files.path(), "stranger", "client")?;
    std::fs::write(files.path().join("ca.pem"), &ours.certificate)?;
    std::fs::write(files.path().join("other.pem"), &other.certificate)?;
    let server = named("server", vec!["127.0.0.1".to_owned()])?;
    let wants_clients = "ssl_options.verify = verify_peer\nssl_options.fail_if_no_peer_cert = true\n";
    let broker = broker(&ours, server, wants_clients).await?;
    broker.node().set_password("guest", PASSWORD).await?;
    let (plain_port, port) = (broker.node().port(), broker.node().tls_port());
    let dir = files.path().display();
    let options = |ca: &str, client: &str| {
        format!("ssl_ca_file={dir}/{ca}.pem&ssl_cert_file={dir}/{client}.pem&ssl_key_file={dir}/{client}.key")
    };
    let url = |host: &str, ca: &str, client: &str| {
        format!("amqps://guest:{PASSWORD}@{host}:{port}/?{}", options(ca, client))
    };

    let transport = Transport::connect(&url("127.0.0.1", "ca", "client")).await?;
    let server = Server::builder(&transport, Target::new("echo").with_server("a"))
        .endpoint(EchoApi::endpoint(Arc::new(Plain)))
        .start()
        .await?;
    assert_eq!(EchoApi::new(&transport).echo(&Context::new(), "über TLS").await?, "über TLS");
    server.shutdown(PATIENCE).await?;
    transport.close(PATIENCE).await;

    let (login, wrong) =
        (format!("guest:{PASSWORD}@127.0.0.1:{port}"), format!("guest:{WRONG}@127.0.0.1:{port}"));
    let (good, anonymous) = (options("ca", "client"), format!("ssl_ca_file={dir}/ca.pem"));
    for (url, kind, word) in [
        (url("127.0.0.1", "other", "client"), FailureKind::UnknownAuthority, "UnknownIssuer"),
        (url("localhost", "ca", "client"), FailureKind::WrongHostName, "not valid for name"),
        (url("127.0.0.1", "ca", "stranger"), FailureKind::ClientCertificateRefused, "UnknownCA"),
        (format!("amqps://{login}/?{anonymous}"), FailureKind::ClientCertificateMissing, "ssl_cert_file"),
        (format!("amqps://{wrong}/?{good}"), FailureKind::LoginRefused, "ACCESS_REFUSED"),
        (format!("amqps://{login}/nowhere?{good}"), FailureKind::VhostNotFound, "nowhere"),
        (format!("amqps://guest:{PASSWORD}@127.0.0.1:{plain_port}/?{good}"), FailureKind::NotTls, "TLS"),
        (format!("rabbit://{login}/"), FailureKind::NotAmqp, "AMQP"),
    ] {
        let (found, text) = refusal(&url).await;
        assert_eq!(found, kind, "{text}");
        assert!(text.contains(word), "{text}");
    }

    let absent = Transport::connect(&url("127.0.0.1", "absent", "client")).await.unwrap_err();
    let TransportError::Certificate { option: "ssl_ca_file", source: Some(source), .. } = &absent else {
        panic!("{absent:?}")
    };
    let source: &std::io::Error = source.downcast_ref().expect("the error of the file");
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
    let text = absent.to_string();
    assert!(text.contains("ssl_ca_file") && text.contains("absent.pem"), "{text}");
    assert!(!text.contains(SECRET), "{text}");
    Ok(())
}

#[tokio::test]
async fn an_expired_certificate_is_named_as_such() -> Result<()> {
    let files = tempfile::tempdir()?;
    let ours = Authority::new("ours")?;
    std::fs::write(files.path().join("ca.pem"), &ours.certificate)?;
    let mut server = named("server", vec!["127.0.0.1".to_owned()])?;
    server.not_before = date_time_ymd(2020, 1, 1);
    server.not_after = date_time_ymd(2021, 1, 1);
    let broker = broker(&ours, server, "").await?;
    let (port, dir) = (broker.node().tls_port(), files.path().display());
    let (kind, text) =
        refusal(&format!("amqps://guest:{WRONG}@127.0.0.1:{port}/?ssl_ca_file={dir}/ca.pem")).await;
    assert_eq!(kind, FailureKind::CertificateExpired, "{text}");
    Ok(())
}

/// A client whose certificate is its login, and a broker that speaks only one version of TLS.
#[tokio::test]
async fn a_certificate_logs_in_and_versions_have_to_meet() -> Result<()> {
    let files = tempfile::tempdir()?;
    let ours = Authority::new("ours")?;
    // The plugin takes the common name for the user, as it is told to below.
    ours.sign(files.path(), "guest", "guest")?;
    std::fs::write(files.path().join("ca.pem"), &ours.certificate)?;
    let server = named("server", vec!["127.0.0.1".to_owned()])?;
    let more = "ssl_options.verify = verify_peer\n\
                ssl_options.fail_if_no_peer_cert = true\n\
                ssl_options.versions.1 = tlsv1.2\n\
                auth_mechanisms.1 = EXTERNAL\n\
                ssl_cert_login_from = common_name\n";
    let broker = Broker::start_with(|dir, port| {
        std::fs::write(dir.join("plugins"), "[rabbitmq_auth_mechanism_ssl].")?;
        configuration(&ours, server, more, dir, port)
    })
    .await?;
    let (port, dir) = (broker.node().tls_port(), files.path().display());
    let certificates =
        format!("ssl_ca_file={dir}/ca.pem&ssl_cert_file={dir}/guest.pem&ssl_key_file={dir}/guest.key");
    for version in ["", "SSLv23", "TLSv1_2"] {
        // Who is in the URL does not matter.
        let url = format!(
            "amqps://nobody:{WRONG}@127.0.0.1:{port}/?{certificates}&rabbit_login_method=EXTERNAL&ssl_version={version}"
        );
        let transport = Transport::connect(&url).await?;
        let server = Server::builder(&transport, Target::new("echo").with_server("a"))
            .endpoint(EchoApi::endpoint(Arc::new(Plain)))
            .start()
            .await?;
        assert_eq!(EchoApi::new(&transport).echo(&Context::new(), "by name").await?, "by name");
        server.shutdown(PATIENCE).await?;
        transport.close(PATIENCE).await;
    }
    // Python's too.
    let url = format!(
        "rabbit://nobody:{WRONG}@127.0.0.1:{port}/?ssl=1&{certificates}&rabbit_login_method=EXTERNAL"
    );
    let mut python = PythonOptions::start().await?;
    python.begin(&python::session(0, &url)).await?;
    assert_eq!(python.ended().await?, (0, Ok(Vec::new())));
    python.stop().await
}

#[tokio::test]
async fn a_broker_with_newer_tls_alone_is_not_spoken_to_in_the_older() -> Result<()> {
    let files = tempfile::tempdir()?;
    let ours = Authority::new("ours")?;
    std::fs::write(files.path().join("ca.pem"), &ours.certificate)?;
    let server = named("server", vec!["127.0.0.1".to_owned()])?;
    let broker = broker(&ours, server, "ssl_options.versions.1 = tlsv1.3\n").await?;
    broker.node().set_password("guest", PASSWORD).await?;
    let (port, dir) = (broker.node().tls_port(), files.path().display());
    let url = format!("amqps://guest:{PASSWORD}@127.0.0.1:{port}/?ssl_ca_file={dir}/ca.pem");
    Transport::connect(&url).await?.close(PATIENCE).await;
    let (kind, text) = refusal(&format!("{url}&ssl_version=TLSv1_2")).await;
    assert_eq!(kind, FailureKind::TlsFailed, "{text}");
    Ok(())
}
