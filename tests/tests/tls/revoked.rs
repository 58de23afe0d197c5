//! Certificates that were revoked.

use anyhow::Result;
use rcgen::{CertificateRevocationListParams, KeyIdMethod, RevokedCertParams, SerialNumber, date_time_ymd};
use rpc_runtime::{AmqpOptions, FailureKind, Transport, TransportError};
use rpc_tests::limits::PATIENCE;

use super::{Authority, PASSWORD, WRONG, broker, named, refusal, refused};

const SERIAL: u64 = 4711;

/// The list of an authority, with these serial numbers.
fn list(authority: &Authority, numbers: &[u64]) -> Result<String> {
    let revoked = numbers.iter().map(|number| RevokedCertParams {
        serial_number: SerialNumber::from(*number),
        revocation_time: date_time_ymd(2024, 1, 1),
        reason_code: None,
        invalidity_date: None,
    });
    let list = CertificateRevocationListParams {
        this_update: date_time_ymd(2024, 1, 1),
        // Long over, which does not matter.
        next_update: date_time_ymd(2024, 2, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: revoked.collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    Ok(list.signed_by(authority.issuer())?.pem()?)
}

#[tokio::test]
async fn a_broker_whose_certificate_was_revoked_is_refused() -> Result<()> {
    let files = tempfile::tempdir()?;
    let (ours, other) = (Authority::new("ours")?, Authority::new("other")?);
    let mut server = named("server", vec!["127.0.0.1".to_owned()])?;
    server.serial_number = Some(SerialNumber::from(SERIAL));
    for (name, text) in [
        ("ca", &ours.certificate),
        ("revoked", &list(&ours, &[1, SERIAL])?),
        ("harmless", &list(&ours, &[SERIAL + 1])?),
        ("foreign", &list(&other, &[])?),
        ("both", &(list(&other, &[])? + &list(&ours, &[])?)),
    ] {
        std::fs::write(files.path().join(format!("{name}.pem")), text)?;
    }
    let broker = broker(&ours, server, "").await?;
    broker.node().set_password("guest", PASSWORD).await?;
    let (port, dir) = (broker.node().tls_port(), files.path().display());
    let login =
        |password: &str| format!("amqps://guest:{password}@127.0.0.1:{port}/?ssl_ca_file={dir}/ca.pem");
    let with = |list: &str| format!("{}&ssl_crl_file={dir}/{list}.pem", login(PASSWORD));

    for url in [login(PASSWORD), with("harmless"), with("both")] {
        Transport::connect(&url).await?.close(PATIENCE).await;
    }
    for (list, kind) in
        [("revoked", FailureKind::CertificateRevoked), ("foreign", FailureKind::RevocationUnknown)]
    {
        let (found, text) = refusal(&with(list)).await;
        assert_eq!(found, kind, "{text}");
        assert!(text.contains("ssl_crl_file"), "{text}");
    }
    let options = AmqpOptions::default().ssl_crl_pem(list(&ours, &[SERIAL])?);
    // Before it is told the password.
    let (kind, text) = refused(Transport::builder(&login(WRONG))?.amqp(options)).await;
    assert_eq!(kind, FailureKind::CertificateRevoked, "{text}");

    // No list is in it.
    let error = Transport::connect(&with("ca")).await.unwrap_err();
    assert!(matches!(error, TransportError::Certificate { option: "ssl_crl_file", .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("ca.pem: there is no list of revoked certificates in it"), "{text}");
    Ok(())
}
