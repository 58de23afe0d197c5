//! A Redis of a test's own.

use std::net::Ipv4Addr;
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::reservation::Reservation;
use crate::until;

/// A node of Redis on a free port of 127.0.0.1, which keeps nothing on disk; dropping it kills it.
#[derive(Debug)]
pub struct Redis {
    ports: Reservation<1>,
    folder: TempDir,
    process: Option<Child>,
}

impl Redis {
    /// Starts one and returns once it takes connections.
    pub async fn start() -> Result<Self> {
        let mut redis = Self { ports: Reservation::new()?, folder: TempDir::new()?, process: None };
        redis.restart().await?;
        Ok(redis)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        let [port] = self.ports.ports();
        port
    }

    /// The URL of a transport over ZeroMQ whose directory it is.
    pub fn url(&self) -> String {
        format!("zmq+redis://127.0.0.1:{}/", self.port())
    }

    /// Kills it; all that was in it is lost.
    pub async fn kill(&mut self) -> Result<()> {
        Ok(self.process.take().context("it does not run")?.kill().await?)
    }

    /// Starts it on the same port after [`Redis::kill`].
    pub async fn restart(&mut self) -> Result<()> {
        let mut process = Command::new("redis-server")
            .args(["--port", &self.port().to_string(), "--bind", "127.0.0.1", "--save", "", "--dir"])
            .arg(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("this needs redis-server, which tests/run installs")?;
        until("Redis takes connections", async || {
            if let Some(status) = process.try_wait()? {
                bail!("redis-server has ended: {status}");
            }
            Ok(self.connect().await.ok().map(drop))
        })
        .await?;
        self.process = Some(process);
        Ok(())
    }

    /// Adds a member to a set.
    pub async fn add(&self, key: &str, member: &str) -> Result<()> {
        let words = ["SADD", key, member].map(|word| format!("${}\r\n{word}\r\n", word.len()));
        let mut stream = BufReader::new(self.connect().await?);
        stream.write_all(format!("*3\r\n{}", words.concat()).as_bytes()).await?;
        let mut reply = String::new();
        stream.read_line(&mut reply).await?;
        ensure!(reply.starts_with(':'), "to SADD {key} Redis says {reply}");
        Ok(())
    }

    async fn connect(&self) -> std::io::Result<TcpStream> {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port())).await
    }
}
