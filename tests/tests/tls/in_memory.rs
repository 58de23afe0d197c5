//! Certificates and keys from memory, and a configuration of one's own.

use std::sync::Arc;

use anyhow::Result;
use rcgen::KeyPair;
use rpc_runtime::rustls::crypto::ring;
use rpc_runtime::rustls::pki_types::pem::PemObject;
use rpc_runtime::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rpc_runtime::rustls::{ClientConfig, RootCertStore};
use rpc_runtime::{AmqpOptions, FailureKind, Transport, TransportError};
use rpc_tests::limits::PATIENCE;

use super::{Authority, PASSWORD, broker, named, refused};

#[tokio::test]
async fn no_file_is_needed() -> Result<()> {
    let ours = Authority::new("ours")?;
    let key = KeyPair::generate()?;
    let certificate = named("client", vec!["client".to_owned()])?.signed_by(&key, ours.issuer())?.pem();
    let key = key.serialize_pem();
    let server = named("server", vec!["127.0.0.1".to_owned()])?;
    let wants_clients = "ssl_options.verify = verify_peer\nssl_options.fail_if_no_peer_cert = true\n";
    let broker = broker(&ours, server, wants_clients).await?;
    broker.node().set_password("guest", PASSWORD).await?;
    let url = format!("amqps://guest:{PASSWORD}@127.0.0.1:{}/", broker.node().tls_port());
    let builder = |options| anyhow::Ok(Transport::builder(&url)?.amqp(options));

    let trusting = AmqpOptions::default().ssl_ca_pem(ours.certificate.as_str());
    let options = trusting.clone().ssl_cert_pem(certificate.as_str(), key.as_str());
    assert!(!format!("{options:?}").contains("PRIVATE KEY"), "{options:?}");
    builder(options)?.connect().await?.close(PATIENCE).await;
    let (kind, text) = refused(builder(trusting.clone())?).await;
    assert_eq!(kind, FailureKind::ClientCertificateMissing, "{text}");

    // The same by rustls itself.
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ours.certificate.as_bytes())?)?;
    let config = || {
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map(|config| config.with_root_certificates(roots.clone()))
    };
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes())?];
    let identified =
        config()?.with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes())?)?;
    builder(AmqpOptions::default().rustls_config(identified))?.connect().await?.close(PATIENCE).await;
    let anonymous = config()?.with_no_client_auth();
    let (kind, text) = refused(builder(AmqpOptions::default().rustls_config(anonymous))?).await;
    assert_eq!(kind, FailureKind::ClientCertificateMissing, "{text}");

    // Told before anything is connected to.
    for (options, why) in [
        (
            trusting.clone().ssl_cert_pem("nothing", key.as_str()),
            "ssl_cert_pem: there is no certificate in it",
        ),
        (
            trusting.clone().ssl_cert_pem(certificate, "nothing"),
            "ssl_cert_pem: there is no private key in it",
        ),
        (AmqpOptions::default().ssl_ca_pem("nothing"), "ssl_ca_pem: there is no certificate in it"),
    ] {
        let error = builder(options)?.connect().await.unwrap_err();
        assert!(matches!(error, TransportError::Certificate { .. }), "{error:?}");
        assert_eq!(error.to_string(), why);
    }
    Ok(())
}
