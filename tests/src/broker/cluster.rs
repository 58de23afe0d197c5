//! Several nodes as one cluster.

use std::net::Ipv4Addr;
use std::path::Path;

use anyhow::{Context, Result};
use futures::future::try_join_all;
use serde::Deserialize;
use tempfile::TempDir;
use tokio::net::TcpStream;

use super::process::{Process, prepare};
use super::{Broker, Node};
use crate::reservation::Reservation;
use crate::until;

/// A cluster of RabbitMQ nodes that one test has to itself. Dropping it kills the nodes.
#[derive(Debug)]
pub struct Cluster {
    nodes: Vec<Broker>,
    /// Where the nodes find each other; one for all of them, since each may be killed.
    _epmd: Process,
    _files: TempDir,
}

impl Cluster {
    /// Starts `count` nodes and returns once all of them take connections and know each other.
    pub async fn start(count: usize) -> Result<Self> {
        let dirs: Vec<_> = std::iter::repeat_with(Broker::directory).take(count).collect::<Result<_>>()?;
        let (first, others) = dirs.split_first().context("a cluster of no nodes")?;
        let ports: Vec<_> = dirs.iter().map(|_| Reservation::<4>::new()).collect::<Result<_>>()?;
        let (own, more) = ports.split_first().context("a cluster of no nodes")?;
        prepare("init", &[first.path()], &own.ports())?;
        for (other, ports) in others.iter().zip(more) {
            prepare("join", &[other.path(), first.path()], &ports.ports())?;
        }
        let names: Vec<_> = dirs.iter().map(|dir| name(dir.path())).collect::<Result<_>>()?;
        let files = Broker::directory()?;
        let epmd = Process::start("epmd", first.path(), &files.path().join("output"))?;
        // Each node starts one as well if there is none yet, and takes it with it when it is killed: then the
        // nodes that are left can neither be asked nor joined.
        let [_, _, port, _] = own.ports();
        until("epmd takes connections", async || {
            Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok().map(drop))
        })
        .await?;
        let mut nodes: Vec<_> = dirs
            .into_iter()
            .zip(ports)
            .map(|(dir, ports)| Broker::open(dir, ports, &configuration(&names)))
            .collect::<Result<_>>()?;
        // At once: each waits for the others, so that none of them makes a cluster of itself.
        try_join_all(nodes.iter_mut().map(Broker::restart)).await?;
        Ok(Self { nodes, _epmd: epmd, _files: files })
    }

    /// The transport URL of the default virtual host, with every node as a host.
    pub fn url(&self) -> String {
        let hosts = self.nodes.iter().map(|broker| format!("guest:guest@127.0.0.1:{}", broker.node().port()));
        format!("rabbit://{}/", hosts.collect::<Vec<_>>().join(","))
    }

    /// A node that runs, for questions.
    pub fn node(&self) -> Result<&Node> {
        let running = self.nodes.iter().find(|broker| broker.is_running());
        Ok(running.context("no node of the cluster runs")?.node())
    }

    /// The nodes, running or not.
    pub fn nodes(&mut self) -> &mut [Broker] {
        &mut self.nodes
    }

    /// The node that leads the quorum queue `queue` of the default virtual host; `None` if there is
    /// no such queue or it has no leader at the moment.
    pub async fn leader(&mut self, queue: &str) -> Result<Option<&mut Broker>> {
        let queues: Vec<Led> =
            self.node()?.rows("rabbit_amqqueue:info_all", Some("/"), &["name", "leader"]).await?;
        let leader = queues.into_iter().find(|found| found.name == queue).map(|found| found.leader);
        for broker in &mut self.nodes {
            if leader == Some(name(broker.files.path())?) {
                return Ok(Some(broker));
            }
        }
        Ok(None)
    }
}

/// A queue and the name of the node that leads it.
#[derive(Deserialize)]
struct Led {
    name: String,
    leader: String,
}

/// The name of the node whose files are in `dir`.
fn name(dir: &Path) -> Result<String> {
    Ok(std::fs::read_to_string(dir.join("name"))?.trim().to_owned())
}

/// The `rabbitmq.conf` of nodes that find each other.
fn configuration(names: &[String]) -> String {
    let mut text = "cluster_formation.peer_discovery_backend = classic_config\n".to_owned();
    for (index, name) in names.iter().enumerate() {
        text += &format!("cluster_formation.classic_config.nodes.{} = {name}\n", index + 1);
    }
    text
}
