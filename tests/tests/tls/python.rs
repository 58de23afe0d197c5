//! The options of TLS mean what they mean in Python.

use std::collections::HashSet;
use std::path::Path;

use anyhow::Result;
use rpc_runtime::Transport;
use rpc_tests::limits::PATIENCE;
use rpc_tests::{Node, PythonOptions};
use serde_json::{Value, json};

use super::{Authority, PASSWORD, broker, named};

/// What comes of options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Both sides have a connection, by this version of TLS, and with this name in the client's certificate.
    Through(&'static str, &'static str),
    /// Neither has one, and both say so.
    Neither,
    /// The same, but Python goes on trying.
    InVain,
}

/// The host, and the options, in which `DIR` is the folder of certificates.
const TRIED: [(&str, &str, Verdict); 13] = {
    use Verdict::{InVain, Neither, Through};
    [
        ("127.0.0.1", "ssl_ca_file=DIR/ca.pem", Through("tlsv1.3", "")),
        ("127.0.0.1", "ssl_ca_file=DIR/ca.pem&ssl_version=SSLv23", Through("tlsv1.3", "")),
        ("127.0.0.1", "ssl_ca_file=DIR/ca.pem&ssl_version=tlsv1_2", Through("tlsv1.2", "")),
        (
            "127.0.0.1",
            "ssl_ca_file=DIR/ca.pem&ssl_cert_file=DIR/client.pem&ssl_key_file=DIR/client.key",
            Through("tlsv1.3", "CN=client"),
        ),
        (
            "127.0.0.1",
            "ssl_ca_file=DIR/ca.pem&ssl_enforce_hostname_verification=false",
            Through("tlsv1.3", ""),
        ),
        ("127.0.0.1", "", InVain),
        ("127.0.0.1", "ssl_ca_file=DIR/other.pem", InVain),
        ("localhost", "ssl_ca_file=DIR/ca.pem", InVain),
        ("localhost", "ssl_ca_file=DIR/ca.pem&ssl_enforce_hostname_verification=false", InVain),
        ("127.0.0.1", "ssl_ca_file=DIR/ca.pem&ssl_cert_file=DIR/client.pem", InVain),
        ("127.0.0.1", "ssl_ca_file=DIR/ca.pem&ssl_version=TLSv1_3", Neither),
        ("127.0.0.1", "ssl_ca_file=DIR/ca.pem&ssl_version=nonsense", Neither),
        ("127.0.0.1", "ssl_ca_file=DIR/absent.pem", InVain),
    ]
};

/// A session of a Python server by this URL.
pub(super) fn session(id: usize, url: &str) -> Value {
    let file = format!("[DEFAULT]\ntransport_url = {url}\n");
    json!({"id": id, "topic": format!("python{id}"), "file": file, "locks": "", "act": "serve"})
}

/// The connections by TLS that were not there yet: version, and name of the client.
async fn new_ones(node: &Node, seen: &mut HashSet<String>) -> Result<HashSet<(String, String)>> {
    let text = |name: &str| format!("iolist_to_binary(io_lib:format(\"~s\", [{name}]))");
    let connections: Vec<(String, String, String)> = node
        .ask(&format!(
            "[[{}, {}, {}] || [{{name, Name}}, {{ssl, true}}, {{ssl_protocol, Version}}, {{peer_cert_subject, Subject}}]
             <- rabbit_networking:connection_info_all([name, ssl, ssl_protocol, peer_cert_subject])]",
            text("Name"),
            text("Version"),
            text("Subject")
        ))
        .await?;
    let new = connections.into_iter().filter(|(name, ..)| seen.insert(name.clone()));
    Ok(new.map(|(_, version, subject)| (version, subject)).collect())
}

#[tokio::test]
async fn each_option_comes_to_the_same() -> Result<()> {
    let files = tempfile::tempdir()?;
    let (ours, other) = (Authority::new("ours")?, Authority::new("other")?);
    ours.sign(files.path(), "client", "client")?;
    std::fs::write(files.path().join("ca.pem"), &ours.certificate)?;
    std::fs::write(files.path().join("other.pem"), &other.certificate)?;
    let server = named("server", vec!["127.0.0.1".to_owned()])?;
    let broker =
        broker(&ours, server, "ssl_options.verify = verify_peer\nssl_options.fail_if_no_peer_cert = false\n")
            .await?;
    broker.node().set_password("guest", PASSWORD).await?;
    let url = |host: &str, options: &str, dir: &Path| {
        let options = options.replace("DIR", &dir.display().to_string());
        format!("rabbit://guest:{PASSWORD}@{host}:{}/?ssl=true&{options}", broker.node().tls_port())
    };
    let mut python = PythonOptions::start().await?;
    let tried: Vec<_> = TRIED
        .into_iter()
        .map(|(host, options, verdict)| (url(host, options, files.path()), verdict))
        .collect();
    // These have all of the time.
    for (id, (url, verdict)) in tried.iter().enumerate() {
        if *verdict == Verdict::InVain {
            python.begin(&session(id, url)).await?;
        }
    }
    let mut seen = HashSet::new();
    for (id, (url, verdict)) in tried.iter().enumerate() {
        let transport = match Transport::builder(url) {
            Ok(builder) => builder.connect_within(PATIENCE).connect().await,
            Err(error) => Err(error),
        };
        let ours = new_ones(broker.node(), &mut seen).await?;
        let Verdict::Through(version, subject) = *verdict else {
            assert!(transport.is_err(), "{url}");
            if *verdict == Verdict::Neither {
                python.begin(&session(id, url)).await?;
                let (ended, came) = python.ended().await?;
                assert!(ended == id && came.is_err(), "{url}: {ended} {came:?}");
            }
            continue;
        };
        transport?.close(PATIENCE).await;
        python.begin(&session(id, url)).await?;
        assert_eq!(python.ended().await?, (id, Ok(Vec::new())), "{url}");
        let theirs = new_ones(broker.node(), &mut seen).await?;
        let expected = HashSet::from([(version.to_owned(), subject.to_owned())]);
        assert_eq!((ours, theirs), (expected.clone(), expected), "{url}");
    }
    python.stop().await
}
