//! Virtual hosts: how tests that share a node keep apart.

use anyhow::Result;

use super::{Binding, Connection, Exchange, Node, Queue};

/// A virtual host that one test has to itself; dropping it deletes it and all that is in it.
#[derive(Debug)]
pub struct Vhost {
    node: Node,
    name: String,
}

impl Vhost {
    pub(super) async fn create(node: Node, name: String) -> Result<Self> {
        node.ctl(&["add_vhost", &name]).await?;
        let vhost = Self { node, name };
        vhost.node.ctl(&["set_permissions", "-p", &vhost.name, "guest", ".*", ".*", ".*"]).await?;
        Ok(vhost)
    }

    /// Its full name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its transport URL.
    pub fn url(&self) -> String {
        self.node.url() + &self.name
    }

    /// Its queues, by name.
    pub async fn queues(&self) -> Result<Vec<Queue>> {
        let mut queues: Vec<Queue> = self.list("list_queues", Queue::COLUMNS).await?;
        queues.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(queues)
    }

    /// Its exchanges by name, without the predefined ones.
    pub async fn exchanges(&self) -> Result<Vec<Exchange>> {
        let mut exchanges: Vec<Exchange> = self.list("list_exchanges", Exchange::COLUMNS).await?;
        exchanges.retain(|exchange| !exchange.name.is_empty() && !exchange.name.starts_with("amq."));
        exchanges.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(exchanges)
    }

    /// Its bindings by queue, without those of the default exchange, which every queue has.
    pub async fn bindings(&self) -> Result<Vec<Binding>> {
        let mut bindings: Vec<Binding> = self.list("list_bindings", Binding::COLUMNS).await?;
        bindings.retain(|binding| !binding.exchange.is_empty());
        bindings.sort_by(|a, b| (&a.queue, &a.exchange).cmp(&(&b.queue, &b.exchange)));
        Ok(bindings)
    }

    /// The connections to it.
    pub async fn connections(&self) -> Result<Vec<Connection>> {
        let mut connections = self.node.connections().await?;
        connections.retain(|connection| connection.vhost == self.name);
        Ok(connections)
    }

    /// The broker closes every connection to it, with `reason`.
    pub async fn close_connections(&self, reason: &str) -> Result<()> {
        self.node.ctl(&["close_all_connections", "--vhost", &self.name, reason]).await.map(drop)
    }

    /// Deletes a queue, whoever uses it.
    pub async fn delete_queue(&self, queue: &str) -> Result<()> {
        self.node.ctl(&["delete_queue", "--vhost", &self.name, queue]).await.map(drop)
    }

    async fn list<T: serde::de::DeserializeOwned>(&self, list: &str, columns: &[&str]) -> Result<Vec<T>> {
        self.node.table(list, &["--vhost", &self.name], columns).await
    }
}

impl Drop for Vhost {
    fn drop(&mut self) {
        self.node.delete_vhost(&self.name);
    }
}
