//! A running node: its address, and what it tells of itself and does when it is asked.

use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use super::state::Connection;
use crate::limits::PATIENCE;

/// Starts nodes and talks to them; the comment at its top says how.
pub(super) const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/broker.sh");

/// How long to wait before a node that can't be reached is asked again.
const ASK_PAUSE: Duration = Duration::from_millis(200);

/// What `erl_call` says of a node that it can't reach.
const UNREACHABLE: &str = "failed to connect to node";

/// The ports of the node whose files are in `dir`: of AMQP, of other nodes, of its epmd, of TLS.
pub(super) fn ports(dir: &Path) -> Result<[u16; 4]> {
    let file = dir.join("ports");
    let text = std::fs::read_to_string(&file).with_context(|| format!("{} of a broker", file.display()))?;
    let ports: Option<Vec<u16>> = text.split_whitespace().map(|port| port.parse().ok()).collect();
    ports.and_then(|ports| ports.try_into().ok()).with_context(|| format!("{}: {text:?}", file.display()))
}

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
        let [port, _, _, tls_port] = ports(&dir)?;
        Ok(Self { port, tls_port, dir })
    }

    /// The directory of its files.
    pub fn dir(&self) -> &Path {
        &self.dir
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

    /// The connections of all virtual hosts.
    pub async fn connections(&self) -> Result<Vec<Connection>> {
        self.rows("rabbit_networking:connection_info_all", None, Connection::COLUMNS).await
    }

    /// The broker closes every connection, with `reason`.
    pub async fn close_all_connections(&self, reason: &str) -> Result<()> {
        self.close_connections("true", reason).await
    }

    /// The broker closes those connections for which the Erlang code `which` of their `Vhost` is true.
    pub(super) async fn close_connections(&self, which: &str, reason: &str) -> Result<()> {
        // One may be gone before its turn comes.
        self.ask::<Vec<bool>>(&format!(
            "[begin catch rabbit_networking:close_connection(Pid, {}), true end
             || [{{pid, Pid}}, {{vhost, Vhost}}] <- rabbit_networking:connection_info_all([pid, vhost]), {which}]",
            binary(reason)
        ))
        .await
        .map(drop)
    }

    /// Sets the password of a user.
    pub async fn set_password(&self, user: &str, password: &str) -> Result<()> {
        self.user("change_password", &[user, password]).await
    }

    /// Makes a user, who may not use any virtual host yet.
    pub async fn add_user(&self, user: &str, password: &str) -> Result<()> {
        self.user("add_user", &[user, password]).await
    }

    /// Deletes a user.
    pub async fn delete_user(&self, user: &str) -> Result<()> {
        self.user("delete_user", &[user]).await
    }

    async fn user(&self, function: &str, texts: &[&str]) -> Result<()> {
        let arguments = texts.iter().map(|text| binary(text)).collect::<Vec<_>>().join(", ");
        let code = format!("ok = rabbit_auth_backend_internal:{function}({arguments}, {})", binary("guest"));
        self.ask::<String>(&code).await.map(drop)
    }

    /// What `function` of the node tells of each thing, of a virtual host or of all of them.
    pub(super) async fn rows<T: DeserializeOwned>(
        &self,
        function: &str,
        vhost: Option<&str>,
        columns: &[&str],
    ) -> Result<Vec<T>> {
        let columns = columns.join(", ");
        let vhost = vhost.map(|vhost| binary(vhost) + ", ").unwrap_or_default();
        let rows = format!("{function}({vhost}[{columns}])");
        // Names and the values of tables are records of Erlang, of which JSON knows nothing.
        self.ask(&format!(
            "Plain = fun P({{resource, _, _, Name}}) -> Name; P({{Key, Type, Value}}) -> [Key, Type, P(Value)];
                 P(Pid) when is_pid(Pid) -> list_to_binary(pid_to_list(Pid));
                 P(List) when is_list(List) -> [P(Value) || Value <- List]; P(Value) -> Value end,
             [maps:from_list([{{Key, Plain(Value)}} || {{Key, Value}} <- Row]) || Row <- {rows}]"
        ))
        .await
    }

    /// Has the node evaluate the Erlang `code`, whose value must be what JSON can say. A node that has just
    /// started, or has a lot to do, may need a while to let somebody ask.
    pub async fn ask<T: DeserializeOwned>(&self, code: &str) -> Result<T> {
        let asking = async {
            loop {
                let output = self.asked(code).await?;
                if output.status.success() || !String::from_utf8_lossy(&output.stderr).contains(UNREACHABLE) {
                    return answer(code, &output);
                }
                sleep(ASK_PAUSE).await;
            }
        };
        timeout(PATIENCE, asking)
            .await
            .with_context(|| format!("{code}: the node did not answer in {PATIENCE:?}"))?
    }

    async fn asked(&self, code: &str) -> Result<Output> {
        let mut child = Command::new(SCRIPT)
            .arg("ask")
            .arg(&self.dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut stdin = child.stdin.take().context("no way to ask the node")?;
        stdin.write_all(telling(code).as_bytes()).await?;
        drop(stdin);
        Ok(child.wait_with_output().await?)
    }

    /// The same from a destructor, which can't await.
    pub(super) fn ask_blocking(&self, code: &str) -> Result<()> {
        let mut file = tempfile::tempfile()?;
        file.write_all(telling(code).as_bytes())?;
        file.rewind()?;
        let output = std::process::Command::new(SCRIPT).arg("ask").arg(&self.dir).stdin(file).output()?;
        answer::<serde_json::Value>(code, &output).map(drop)
    }
}

/// Code that prints the value of `code`.
fn telling(code: &str) -> String {
    format!("io:put_chars(rabbit_json:encode(begin {code} end)).\n")
}

/// What the node printed; of code that fails it says nothing.
fn answer<T: DeserializeOwned>(code: &str, output: &Output) -> Result<T> {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        bail!("{code}: {}: {}", output.status, stderr.trim());
    }
    serde_json::from_str(&stdout).with_context(|| format!("{code}: the node said {stdout:?}"))
}

/// A text as Erlang's binary, whatever is in it.
pub(super) fn binary(text: &str) -> String {
    let bytes: Vec<_> = text.bytes().map(|byte| byte.to_string()).collect();
    format!("<<{}>>", bytes.join(","))
}
