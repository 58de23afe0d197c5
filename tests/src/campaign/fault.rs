//! Faults by name, for what runs many of them: the soak, and the comparison with Python.

use std::fmt;
use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use crate::proxy::{Direction, End, Flow, Proxy};
use crate::{Alarm, Broker, Vhost, until};

/// The options of lanes that the faults are made for.
pub const OPTIONS: [&str; 2] = ["heartbeat_timeout_threshold=2", "kombu_reconnect_delay=0.1"];

/// Longer than the heartbeat of [`OPTIONS`] allows.
const LONG: Duration = Duration::from_secs(7);
/// Shorter than that.
const SHORT: Duration = Duration::from_secs(1);

/// A broker, and the network between it and its clients.
#[derive(Debug)]
pub struct Site {
    broker: Broker,
    proxy: Proxy,
}

impl Site {
    /// Starts a broker.
    pub async fn start() -> Result<Self> {
        let broker = Broker::start().await?;
        let proxy = Proxy::start(broker.node().port()).await?;
        Ok(Self { broker, proxy })
    }

    /// The virtual host to use.
    #[must_use]
    pub fn vhost(&self) -> Vhost {
        self.broker.node().default_vhost()
    }

    /// Its transport URL by way of the network.
    #[must_use]
    pub fn url(&self) -> String {
        self.proxy.through(&self.vhost().url())
    }
}

/// Something that happens to a site, and is over after some seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described by its text")]
pub enum Fault {
    Kill,
    Stop,
    Empty,
    Freeze,
    CloseConnections,
    CloseChannels,
    DeleteQueue,
    DeleteReplyQueues,
    DeleteExchange,
    MemoryAlarm,
    DiskAlarm,
    Reset,
    Delay,
    CutToBroker,
    CutToClient,
    SilentToBroker,
    SilentToClient,
    SilentBothWays,
    Stall,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Fault::Kill,
        Fault::Stop,
        Fault::Empty,
        Fault::Freeze,
        Fault::CloseConnections,
        Fault::CloseChannels,
        Fault::DeleteQueue,
        Fault::DeleteReplyQueues,
        Fault::DeleteExchange,
        Fault::MemoryAlarm,
        Fault::DiskAlarm,
        Fault::Reset,
        Fault::Delay,
        Fault::CutToBroker,
        Fault::CutToClient,
        Fault::SilentToBroker,
        Fault::SilentToClient,
        Fault::SilentBothWays,
        Fault::Stall,
    ];

    /// Whether durable queues keep what they hold.
    #[must_use]
    pub fn keeps_queues(self) -> bool {
        !matches!(self, Fault::Empty | Fault::DeleteQueue)
    }

    /// Lets it happen to the site, and to the servers of `topics`, each with an exchange of that name.
    pub async fn strike(self, site: &mut Site, topics: &[&str]) -> Result<()> {
        let Site { broker, proxy } = site;
        let vhost = broker.node().default_vhost();
        match self {
            Fault::Kill => {
                broker.kill()?;
                broker.restart().await
            }
            Fault::Stop => {
                broker.stop().await?;
                broker.restart().await
            }
            Fault::Empty => {
                broker.kill()?;
                broker.empty()?;
                broker.restart().await
            }
            Fault::Freeze => {
                broker.freeze().await?;
                sleep(LONG).await;
                broker.thaw()
            }
            Fault::CloseConnections => vhost.close_connections("for the test").await,
            Fault::CloseChannels => vhost.close_channels(&vhost.channels().await?).await,
            Fault::DeleteQueue => {
                for topic in topics {
                    vhost.delete_queue(topic).await?;
                }
                Ok(())
            }
            Fault::DeleteReplyQueues => {
                for queue in vhost.queues().await?.iter().filter(|queue| queue.name.starts_with("reply_")) {
                    vhost.delete_queue(&queue.name).await?;
                }
                Ok(())
            }
            Fault::DeleteExchange => {
                for topic in topics {
                    vhost.delete_exchange(topic).await?;
                }
                Ok(())
            }
            Fault::MemoryAlarm => alarm(broker, Alarm::Memory).await,
            Fault::DiskAlarm => alarm(broker, Alarm::Disk).await,
            Fault::Reset => {
                for end in [End::Reset, End::Close, End::Reset] {
                    proxy.end_connections(end);
                    sleep(SHORT).await;
                }
                Ok(())
            }
            Fault::Delay => both(proxy, Flow::Delay(Duration::from_millis(300)), LONG).await,
            Fault::CutToBroker => cut(proxy, Direction::ToBroker).await,
            Fault::CutToClient => cut(proxy, Direction::ToClient).await,
            Fault::SilentToBroker => one(proxy, Direction::ToBroker, Flow::Swallow, LONG).await,
            Fault::SilentToClient => one(proxy, Direction::ToClient, Flow::Swallow, LONG).await,
            Fault::SilentBothWays => both(proxy, Flow::Swallow, LONG).await,
            Fault::Stall => both(proxy, Flow::Hold, SHORT).await,
        }
    }
}

async fn alarm(broker: &Broker, alarm: Alarm) -> Result<()> {
    alarm.on(broker.node()).await?;
    sleep(LONG).await;
    alarm.off(broker.node()).await
}

async fn one(proxy: &Proxy, direction: Direction, flow: Flow, time: Duration) -> Result<()> {
    proxy.set(direction, flow);
    sleep(time).await;
    proxy.resume();
    Ok(())
}

async fn both(proxy: &Proxy, flow: Flow, time: Duration) -> Result<()> {
    proxy.set(Direction::ToBroker, flow);
    one(proxy, Direction::ToClient, flow, time).await
}

async fn cut(proxy: &Proxy, direction: Direction) -> Result<()> {
    for (after, end) in [(1000, End::Reset), (10, End::Close), (2000, End::Close)] {
        let before = proxy.affected(direction);
        proxy.set(direction, Flow::Cut { after, end });
        sleep(SHORT).await;
        until("something is cut", async || Ok((proxy.affected(direction) > before).then_some(()))).await?;
        proxy.resume();
    }
    Ok(())
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::Kill => "the broker is killed and started again",
            Fault::Stop => "the broker is stopped and started again",
            Fault::Empty => "the broker starts again with an empty database",
            Fault::Freeze => "the broker is frozen for longer than the heartbeat allows",
            Fault::CloseConnections => "the operator closes all connections",
            Fault::CloseChannels => "each channel is closed by an error",
            Fault::DeleteQueue => "the queue of the server is deleted",
            Fault::DeleteReplyQueues => "the reply queue is deleted",
            Fault::DeleteExchange => "the exchange is deleted",
            Fault::MemoryAlarm => "a memory alarm goes on and off",
            Fault::DiskAlarm => "a disk alarm goes on and off",
            Fault::Reset => "the network drops all connections, three times",
            Fault::Delay => "the network delays everything by 300 ms",
            Fault::CutToBroker => "the network cuts frames to the broker",
            Fault::CutToClient => "the network cuts frames to the client",
            Fault::SilentToBroker => "the network loses everything to the broker",
            Fault::SilentToClient => "the network loses everything to the client",
            Fault::SilentBothWays => "the network loses everything",
            Fault::Stall => "the network stalls for a second",
        })
    }
}
