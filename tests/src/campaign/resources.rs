//! What a process and a broker hold on its behalf.

use std::collections::BTreeMap;
use std::fs::{read_dir, read_link};

use anyhow::{Context as _, Result};
use rpc_runtime::Transport;
use tokio::runtime::Handle;

use super::settled::settled;
use crate::{Vhost, until};

/// How often in a row the broker has to say the same before it is taken to be idle.
const STEADY: usize = 5;

/// What this process has open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Tasks of the runtime of the test.
    pub tasks: usize,
    /// Tasks of the transports, each of which has a thread with a runtime.
    pub transports: usize,
    /// Threads.
    pub threads: usize,
    /// File descriptors, by what they are: `socket`, `pipe`, `anon_inode`, or a path.
    pub files: BTreeMap<String, usize>,
}

/// What the broker has of this process, and of its queues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// Connections of Rust clients; those of Python come and go as its pool likes.
    pub connections: usize,
    /// Their channels.
    pub channels: u64,
    /// The queues, by name; of the random part of a name there is a `*`.
    pub queues: Vec<String>,
    /// The messages in them, without those of lanes that are not counted.
    pub messages: u64,
}

impl Held {
    /// As it is now, with these transports.
    pub fn now(transports: &[&Transport]) -> Result<Self> {
        let list = |dir: &str| read_dir(dir).with_context(|| dir.to_owned());
        let mut files = BTreeMap::new();
        for file in list("/proc/self/fd")? {
            // The one that lists the others is gone by now.
            let Ok(link) = read_link(file?.path()) else { continue };
            let link = link.to_string_lossy();
            *files.entry(link.split(":[").next().unwrap_or_default().to_owned()).or_default() += 1;
        }
        let tasks = Handle::current().metrics().num_alive_tasks();
        let transports = transports.iter().map(|transport| transport.tasks()).sum();
        Ok(Self { tasks, transports, threads: list("/proc/self/task")?.count(), files })
    }

    fn is_within(&self, other: &Self) -> bool {
        let within =
            |(kind, count): (&String, &usize)| other.files.get(kind).is_some_and(|most| count <= most);
        self.tasks <= other.tasks
            && self.transports <= other.transports
            && self.threads <= other.threads
            && self.files.iter().all(within)
    }

    /// Waits until no more is held than this, with the same transports; fails if that does not come.
    pub async fn back(&self, transports: &[&Transport]) -> Result<()> {
        settled("what the process holds", async || Self::now(transports), |now| now.is_within(self))
            .await
            .map(drop)
            .with_context(|| format!("more than before, which was {self:?}"))
    }
}

impl Served {
    /// As it is now. What is in queues of these topics is not counted.
    pub async fn now(vhost: &Vhost, uncounted: &[&str]) -> Result<Self> {
        let (queues, connections) = tokio::try_join!(vhost.queues(), vhost.connections())?;
        let counts =
            |queue: &str| !queue.rsplit_once('.').is_some_and(|(topic, _)| uncounted.contains(&topic));
        let ours: Vec<_> = connections.iter().filter(|connection| connection.is_ours()).collect();
        Ok(Self {
            connections: ours.len(),
            channels: ours.iter().map(|connection| connection.channels).sum(),
            messages: queues.iter().filter(|queue| counts(&queue.name)).map(|queue| queue.messages).sum(),
            queues: queues.iter().map(|queue| without_uuid(&queue.name)).collect(),
        })
    }

    /// What it has of clients and servers without load, as soon as nothing is on its way any more: replies are
    /// acknowledged a little late, and channels open when they are first needed.
    pub async fn idle(vhost: &Vhost, uncounted: &[&str]) -> Result<Self> {
        let (mut last, mut times) = (None, 0);
        until("the broker has nothing to do", async || {
            let now = Self::now(vhost, uncounted).await?;
            let same = now.messages == 0 && last.as_ref() == Some(&now);
            times = if same { times + 1 } else { 0 };
            last = Some(now.clone());
            Ok((times == STEADY).then_some(now))
        })
        .await
        .with_context(|| format!("last seen: {last:?}"))
    }

    /// Waits until the broker has this again; fails if that does not come.
    pub async fn back(&self, vhost: &Vhost, uncounted: &[&str]) -> Result<()> {
        // Channels that declare come and go, so there may have been one more than there has to be.
        let back = |now: &Self| {
            now.channels <= self.channels && Self { channels: self.channels, ..now.clone() } == *self
        };
        settled("what the broker has", async || Self::now(vhost, uncounted).await, back)
            .await
            .map(drop)
            .with_context(|| format!("not as before, which was {self:?}"))
    }
}

/// The name of a queue of one process; another process has the same but for the end.
fn without_uuid(name: &str) -> String {
    let (rest, end) = name.split_at(name.rfind('_').map_or(0, |place| place + 1));
    let random = end.len() == 32 && end.bytes().all(|byte| byte.is_ascii_hexdigit());
    if random { format!("{rest}*") } else { name.to_owned() }
}
