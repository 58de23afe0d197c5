//! What makes a broker take no messages for a while.

use anyhow::Result;

use super::Node;

/// A limit of a node, which it reports once it is exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what it is named for")]
pub enum Alarm {
    Memory,
    Disk,
}

impl Alarm {
    /// Has the alarm of `node` go on.
    pub async fn on(self, node: &Node) -> Result<()> {
        // More than any machine can have, in one way or the other.
        self.set(
            node,
            match self {
                Alarm::Memory => "0.0000001",
                Alarm::Disk => "1000000000000000",
            },
        )
        .await
    }

    /// Has it go off, by the limit that nodes start with.
    pub async fn off(self, node: &Node) -> Result<()> {
        self.set(
            node,
            match self {
                Alarm::Memory => "0.4",
                Alarm::Disk => "50000000",
            },
        )
        .await
    }

    /// `limit` is a part of the memory of the machine, or free bytes of the disk.
    async fn set(self, node: &Node, limit: &str) -> Result<()> {
        let set = match self {
            Alarm::Memory => "vm_memory_monitor:set_vm_memory_high_watermark",
            Alarm::Disk => "rabbit_disk_monitor:set_disk_free_limit",
        };
        node.ask::<String>(&format!("ok = {set}({limit})")).await.map(drop)
    }
}
