//! TLS against a broker that has it: who is trusted, and what is said when nobody is.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rpc_runtime::{Context, RemoteError, Server, Target, Transport, rpc_manager};
use rpc_tests::Broker;

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

/// An authority, which signs certificates and writes them down.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

impl Authority {
    fn new(name: &str) -> Result<Self> {
        let mut params = named(name, Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self { issuer: Issuer::new(params, key), certificate })
    }

    /// Writes `NAME.pem` and `NAME.key` for one host into `dir`.
    fn sign(&self, dir: &Path, name: &str, host: &str) -> Result<()> {
        let key = KeyPair::generate()?;
        let signed = named(name, vec![host.to_owned()])?.signed_by(&key, &self.issuer)?;
        std::fs::write(dir.join(format!("{name}.pem")), signed.pem())?;
        std::fs::write(dir.join(format!("{name}.key")), key.serialize_pem())?;
        Ok(())
    }
}

/// Every certificate has a name of its own: one that is named like its issuer passes for a root.
fn named(name: &str, hosts: Vec<String>) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(params)
}

/// A broker that shows a certificate of 127.0.0.1 and wants one of its clients.
async fn broker(files: &Path) -> Result<Broker> {
    let (ours, other) = (Authority::new("ours")?, Authority::new("other")?);
    ours.sign(files, "client", "client")?;
    other.sign(files, "stranger", "client")?;
    std::fs::write(files.join("ca.pem"), &ours.certificate)?;
    std::fs::write(files.join("other.pem"), &other.certificate)?;
    Broker::start_with(|dir, port| {
        ours.sign(dir, "server", "127.0.0.1")?;
        std::fs::write(dir.join("ca.pem"), &ours.certificate)?;
        let dir = dir.display();
        Ok(format!(
            "listeners.ssl.1 = 127.0.0.1:{port}\n\
             ssl_options.cacertfile = {dir}/ca.pem\n\
             ssl_options.certfile = {dir}/server.pem\n\
             ssl_options.keyfile = {dir}/server.key\n\
             ssl_options.verify = verify_peer\n\
             ssl_options.fail_if_no_peer_cert = true\n"
        ))
    })
    .await
}

/// Why no connection came about; long enough for several tries, as the refusal may be a reset.
async fn refusal(url: &str) -> String {
    let builder = Transport::builder(url).unwrap().connect_within(Duration::from_secs(3));
    builder.connect().await.expect_err("it should have been refused").to_string()
}

#[tokio::test]
async fn only_the_right_authority_name_and_client_get_through() -> Result<()> {
    let files = tempfile::tempdir()?;
    let broker = broker(files.path()).await?;
    let port = broker.node().tls_port();
    let dir = files.path().display();
    let url = |host: &str, ca: &str, client: &str| {
        format!(
            "amqps://guest:guest@{host}:{port}/?ssl_ca_file={dir}/{ca}.pem\
             &ssl_cert_file={dir}/{client}.pem&ssl_key_file={dir}/{client}.key"
        )
    };

    let transport = Transport::connect(&url("127.0.0.1", "ca", "client")).await?;
    let server = Server::builder(&transport, Target::topic("echo").with_server("a"))
        .endpoint(EchoApi::endpoint(Arc::new(Plain)))
        .start()
        .await?;
    assert_eq!(EchoApi::new(&transport).echo(&Context::new(), "über TLS").await?, "über TLS");
    server.shutdown(Duration::from_secs(10)).await?;
    transport.close(Duration::from_secs(5)).await;

    let error = refusal(&url("127.0.0.1", "other", "client")).await;
    assert!(error.contains("UnknownIssuer"), "{error}");
    let error = refusal(&url("localhost", "ca", "client")).await;
    assert!(error.contains("not valid for name"), "{error}");
    let error = refusal(&url("127.0.0.1", "ca", "stranger")).await;
    assert!(error.contains("127.0.0.1"), "{error}");
    let error = refusal(&format!("amqps://guest:guest@127.0.0.1:{port}/?ssl_ca_file={dir}/ca.pem")).await;
    assert!(error.contains("127.0.0.1"), "{error}");
    let error = refusal(&url("127.0.0.1", "absent", "client")).await;
    assert!(error.contains("ssl_ca_file") && error.contains("absent.pem"), "{error}");
    Ok(())
}
