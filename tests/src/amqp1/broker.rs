//! The example broker of Proton.

use std::net::Ipv4Addr;
use std::process::Stdio;

use anyhow::{Result, bail, ensure};
use tokio::net::TcpStream;
use tokio::process::Child;

use crate::python::proton;
use crate::reservation::Reservation;
use crate::until;

/// Where Debian has it.
const SCRIPT: &str = "/usr/share/proton/examples/python/broker.py";

/// It has queues and nothing else: what is for all servers is had by one, and the first that asks has all that comes.
/// Dropping it kills it.
#[derive(Debug)]
pub struct ProtonBroker {
    ports: Reservation<1>,
    #[expect(dead_code, reason = "held for its drop")]
    process: Child,
}

impl ProtonBroker {
    /// Starts one and returns once it takes connections.
    pub async fn start() -> Result<Self> {
        ensure!(std::path::Path::new(SCRIPT).exists(), "this needs {SCRIPT}, which tests/run installs");
        let ports = Reservation::new()?;
        let [port] = ports.ports();
        let mut command = proton()?;
        command.args([SCRIPT, "--address", &format!("127.0.0.1:{port}")]);
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true).spawn()?;
        until("Proton's broker takes connections", async || {
            if let Some(status) = process.try_wait()? {
                bail!("it has ended: {status}");
            }
            Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok().map(drop))
        })
        .await?;
        Ok(Self { ports, process })
    }

    /// The URL of a transport over it.
    pub fn url(&self) -> String {
        let [port] = self.ports.ports();
        format!("amqp1://127.0.0.1:{port}/")
    }
}
