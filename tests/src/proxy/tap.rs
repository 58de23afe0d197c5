//! Hearing what clients say to a broker.

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

const CHUNK: usize = 16 * 1024;

/// What one connection has said so far.
type Said = Arc<Mutex<Vec<u8>>>;

/// A proxy that passes everything, and keeps what goes to the broker. Dropping it ends its connections.
#[derive(Debug)]
pub struct Tap {
    port: u16,
    upstream: u16,
    said: Arc<Mutex<Vec<Said>>>,
    task: AbortHandle,
}

impl Tap {
    /// Starts a proxy on a free port of 127.0.0.1 to the port `upstream` there, on the tokio runtime of the caller.
    pub async fn start(upstream: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let said = Arc::<Mutex<Vec<Said>>>::default();
        let heard = Arc::clone(&said);
        let accept = async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let said = Said::default();
                locked(&heard).push(Arc::clone(&said));
                connections.spawn(connection(client, upstream, said));
            }
        };
        Ok(Self { port, upstream, said, task: tokio::spawn(accept).abort_handle() })
    }

    /// The transport URL `url` of the broker, by way of the proxy.
    pub fn through(&self, url: &str) -> String {
        url.replace(&format!("127.0.0.1:{}", self.upstream), &format!("127.0.0.1:{}", self.port))
    }

    /// What each connection has said so far. What a client has an answer to is in there.
    pub fn said(&self) -> Vec<Vec<u8>> {
        locked(&self.said).iter().map(|said| locked(said).clone()).collect()
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing is left half done in there.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn connection(mut client: TcpStream, upstream: u16, said: Said) -> io::Result<()> {
    let mut broker = TcpStream::connect((Ipv4Addr::LOCALHOST, upstream)).await?;
    // Requests are small, and each is waited for.
    client.set_nodelay(true)?;
    broker.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_broker, mut to_broker) = broker.split();
    let listen = async {
        let mut chunk = vec![0; CHUNK];
        loop {
            let count = from_client.read(&mut chunk).await?;
            if count == 0 {
                return to_broker.shutdown().await;
            }
            locked(&said).extend_from_slice(&chunk[..count]);
            to_broker.write_all(&chunk[..count]).await?;
        }
    };
    let answer = async {
        tokio::io::copy(&mut from_broker, &mut to_client).await?;
        to_client.shutdown().await
    };
    tokio::try_join!(listen, answer).map(drop)
}
