//! RabbitMQ nodes for tests, by way of `tests/broker.sh`.

mod alarm;
mod cluster;
mod node;
mod process;
mod state;
mod topology;
mod vhost;

use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

pub use self::alarm::Alarm;
pub use self::cluster::Cluster;
pub use self::node::Node;
pub use self::state::{Binding, Channel, Connection, Exchange, Queue};
pub use self::topology::Topology;
pub use self::vhost::Vhost;

use self::process::{Process, prepare};
use crate::freeze::{freeze, thaw};
use crate::limits::PATIENCE;
use crate::reservation::Reservation;

const POLL: Duration = Duration::from_millis(50);

/// A RabbitMQ node that one test has to itself, to stop, kill and freeze as it likes.
///
/// Others share one node and keep apart by [`Node::vhost`]; see [`Broker::shared`]. Dropping a
/// `Broker` kills the node and removes its files.
#[derive(Debug)]
pub struct Broker {
    node: Node,
    files: TempDir,
    /// For as long as the broker may be started again, not only while it runs.
    _ports: Reservation<4>,
    /// `None` while the node is stopped.
    process: Option<Process>,
}

impl Broker {
    /// The node that `tests/run` started for all tests.
    pub fn shared() -> Result<Node> {
        let dir = std::env::var_os("RPC_TEST_BROKER_DIR")
            .context("RPC_TEST_BROKER_DIR is not set: this test needs a broker, start it by tests/run")?;
        Node::open(dir.into())
    }

    /// Starts a node on free ports and returns once it takes connections.
    pub async fn start() -> Result<Self> {
        Self::start_with(|_, _| Ok(String::new())).await
    }

    /// The same with a `rabbitmq.conf`, which may name files that are put beside it: it is made
    /// from the directory of the node and a free port, for TLS.
    pub async fn start_with(configure: impl FnOnce(&Path, u16) -> Result<String>) -> Result<Self> {
        let files = Self::directory()?;
        let ports = Reservation::new()?;
        prepare("init", &[files.path()], &ports.ports())?;
        let port = Node::open(files.path().to_owned())?.tls_port();
        let configuration = configure(files.path(), port)?;
        let mut broker = Self::open(files, ports, &configuration)?;
        broker.restart().await?;
        Ok(broker)
    }

    /// A directory for the files of a node.
    fn directory() -> Result<TempDir> {
        Ok(tempfile::Builder::new().prefix("rpc-broker-").tempdir()?)
    }

    /// The node of a directory that is prepared, not started yet.
    fn open(files: TempDir, ports: Reservation<4>, configuration: &str) -> Result<Self> {
        let node = Node::open(files.path().to_owned())?;
        std::fs::write(files.path().join("rabbitmq.conf"), configuration)?;
        Ok(Self { node, files, _ports: ports, process: None })
    }

    /// The node, for addresses and questions.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// The process group of the node, while it runs: all that it takes of the machine is in there.
    pub fn process_group(&self) -> Option<u32> {
        self.process.as_ref().map(Process::group)
    }

    /// Starts the node again after [`Broker::stop`] or [`Broker::kill`], on the same port and with
    /// what was durable.
    pub async fn restart(&mut self) -> Result<()> {
        if self.process.is_some() {
            bail!("the broker is running");
        }
        let output = self.files.path().join("output");
        let process = self.process.insert(Process::start("run", self.files.path(), &output)?);

        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", self.node.port())).await.is_err() {
            let why = if process.ended()? {
                "ended".to_owned()
            } else if Instant::now() > deadline {
                format!("took no connection in {PATIENCE:?}")
            } else {
                sleep(POLL).await;
                continue;
            };
            bail!("the broker {why}: {}", tail(&std::fs::read_to_string(&output)?));
        }
        Ok(())
    }

    /// Stops the node in an orderly way: it closes its connections and writes what is durable.
    /// Kills it if that does not come to an end.
    pub async fn stop(&mut self) -> Result<()> {
        kill_process(self.server()?, Signal::TERM)?;
        let deadline = Instant::now() + PATIENCE;
        while let Some(process) = &mut self.process
            && !process.ended()?
            && Instant::now() < deadline
        {
            sleep(POLL).await;
        }
        self.kill()
    }

    /// Kills the node as a crash would.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(process) = self.process.take() {
            drop(process);
            // The leader is gone; the node itself takes a moment longer to give up its port.
            let address = (Ipv4Addr::LOCALHOST, self.node.port());
            let deadline = Instant::now() + PATIENCE;
            while std::net::TcpStream::connect(address).is_ok() {
                if Instant::now() > deadline {
                    bail!("the broker still takes connections {PATIENCE:?} after it was killed");
                }
                std::thread::sleep(POLL);
            }
        }
        Ok(())
    }

    /// Removes all that the node has stored, between [`Broker::stop`] or [`Broker::kill`] and
    /// [`Broker::restart`].
    pub fn empty(&self) -> Result<()> {
        if self.process.is_some() {
            bail!("the broker is running");
        }
        std::fs::remove_dir_all(self.files.path().join("data"))?;
        // Written together with the data; alone, they would be those of another node.
        Ok(std::fs::remove_file(self.files.path().join("feature_flags"))?)
    }

    /// Stops the node's process where it is: connections stay open and nothing answers.
    pub async fn freeze(&self) -> Result<()> {
        freeze(self.server()?).await
    }

    /// Lets a frozen node go on.
    pub fn thaw(&self) -> Result<()> {
        thaw(self.server()?)
    }

    /// Whether it was started and not stopped since.
    pub fn is_running(&self) -> bool {
        self.process.is_some()
    }

    /// The process of the node itself, below the scripts that started it.
    fn server(&self) -> Result<Pid> {
        if self.process.is_none() {
            bail!("the broker is not running");
        }
        let text = std::fs::read_to_string(self.files.path().join("pid")).context("the broker's pid file")?;
        text.trim().parse().ok().and_then(Pid::from_raw).with_context(|| format!("the broker's pid {text:?}"))
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// The last lines of a log, for an error message.
fn tail(log: &str) -> String {
    let lines: Vec<_> = log.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}
