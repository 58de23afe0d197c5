//! A running node: its address and its command line tool.

use std::path::PathBuf;
use std::process::Output;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use tokio::process::Command;
use tokio::time::timeout;

use super::{Connection, Vhost};

/// Starts nodes and talks to them; the comment at its top says how.
pub(super) const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/broker.sh");

const CTL_LIMIT: Duration = Duration::from_secs(30);

/// A RabbitMQ node; a clone means the same node.
#[derive(Debug, Clone)]
pub struct Node {
    dir: PathBuf,
    port: u16,
    tls_port: u16,
}

impl Node {
    /// The node whose files are in `dir`.
    pub(super) fn open(dir: PathBuf) -> Result<Self> {
        let file = dir.join("ports");
        let ports =
            std::fs::read_to_string(&file).with_context(|| format!("{} of a broker", file.display()))?;
        let number = |index| {
            let port: Option<u16> = ports.split_whitespace().nth(index).and_then(|port| port.parse().ok());
            port.with_context(|| format!("{}: {ports:?}", file.display()))
        };
        Ok(Self { port: number(0)?, tls_port: number(3)?, dir })
    }

    /// The AMQP port, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The port kept for TLS, on 127.0.0.1; open only if the node's configuration says so.
    pub fn tls_port(&self) -> u16 {
        self.tls_port
    }

    /// The transport URL of the default virtual host.
    pub fn url(&self) -> String {
        format!("rabbit://guest:guest@127.0.0.1:{}/", self.port)
    }

    /// Makes a virtual host for one test: no other test sees what is in it. `name` is for people,
    /// the real name has a suffix of its own.
    pub async fn vhost(&self, name: &str) -> Result<Vhost> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Vhost::create(self.clone(), format!("{name}-{}-{number}", std::process::id())).await
    }

    /// The connections of all virtual hosts.
    pub async fn connections(&self) -> Result<Vec<Connection>> {
        self.table("list_connections", &[], Connection::COLUMNS).await
    }

    /// The broker closes every connection, with `reason`.
    pub async fn close_all_connections(&self, reason: &str) -> Result<()> {
        self.ctl(&["close_all_connections", reason]).await.map(drop)
    }

    /// Runs `rabbitmqctl` and returns what it prints.
    pub async fn ctl(&self, args: &[&str]) -> Result<String> {
        let mut command = Command::new(SCRIPT);
        let command = command.arg("ctl").arg(&self.dir).args(args).kill_on_drop(true);
        let Output { status, stdout, stderr } = timeout(CTL_LIMIT, command.output())
            .await
            .with_context(|| format!("rabbitmqctl {args:?}: not done in {CTL_LIMIT:?}"))??;
        if !status.success() {
            bail!("rabbitmqctl {args:?}: {status}: {}", String::from_utf8_lossy(&stderr).trim());
        }
        Ok(String::from_utf8(stdout)?)
    }

    /// One of the `list_...` commands, each row parsed.
    pub(super) async fn table<T: DeserializeOwned>(
        &self,
        list: &str,
        options: &[&str],
        columns: &[&str],
    ) -> Result<Vec<T>> {
        let text = self.ctl(&[&[list, "--formatter", "json"], options, columns].concat()).await?;
        serde_json::from_str(&text).with_context(|| format!("rabbitmqctl {list} printed {text}"))
    }

    /// Deletes a virtual host from a destructor, which can't await.
    pub(super) fn delete_vhost(&self, name: &str) {
        let mut command = std::process::Command::new(SCRIPT);
        // A broker that is gone has no vhosts either.
        let _ = command.arg("ctl").arg(&self.dir).args(["delete_vhost", name]).output();
    }
}
