//! A broker without transient queues.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::task::{AbortHandle, JoinSet};

/// `AMQP0091`, which is no frame.
const GREETING: usize = 8;
/// Type, channel and size of the payload; behind it there is one more byte.
const HEADER: usize = 7;
const END: u8 = 0xce;

/// Class and method, `queue.declare` and `connection.close`.
const DECLARE: [u8; 4] = [0, 50, 0, 10];
const CLOSE: [u8; 4] = [0, 10, 0, 50];
const INTERNAL_ERROR: u16 = 541;

/// As RabbitMQ 4 words it, of which the wire has room for the beginning.
const WORDS: &str = "INTERNAL_ERROR - Feature `transient_nonexcl_queues` is deprecated.\n\
    Its use is not permitted per the configuration (overriding the default, which is permitted):\n\
    \x20 deprecated_features.permit.transient_nonexcl_queues = false\n\
    Its use will not be permitted by default";

/// A proxy that does what RabbitMQ does from 4.3 on, or as it is configured to from 4.0 on: a queue that is neither
/// durable nor exclusive closes the connection of whoever declares it. Dropping it ends its connections.
#[derive(Debug)]
pub struct Modern {
    port: u16,
    upstream: u16,
    accepted: Arc<AtomicUsize>,
    task: AbortHandle,
}

impl Modern {
    /// Starts a proxy on a free port of 127.0.0.1 to the port `upstream` there, on the tokio runtime of the caller.
    pub async fn start(upstream: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let accepted = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&accepted);
        let accept = async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                connections.spawn(connection(client, upstream));
            }
        };
        Ok(Self { port, upstream, accepted, task: tokio::spawn(accept).abort_handle() })
    }

    /// The transport URL `url` of the broker, by way of the proxy.
    pub fn through(&self, url: &str) -> String {
        url.replace(&format!("127.0.0.1:{}", self.upstream), &format!("127.0.0.1:{}", self.port))
    }

    /// How many connections there were so far.
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }
}

impl Drop for Modern {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn connection(client: TcpStream, upstream: u16) -> io::Result<()> {
    let broker = TcpStream::connect((Ipv4Addr::LOCALHOST, upstream)).await?;
    let ((from_client, to_client), (from_broker, to_broker)) = (client.into_split(), broker.into_split());
    let to_client = Mutex::new(to_client);
    tokio::select! {
        ended = requests(from_client, to_broker, &to_client) => ended,
        ended = answers(from_broker, &to_client) => ended,
    }
}

async fn requests(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    to_client: &Mutex<OwnedWriteHalf>,
) -> io::Result<()> {
    let mut greeting = [0; GREETING];
    from.read_exact(&mut greeting).await?;
    to.write_all(&greeting).await?;
    loop {
        let frame = frame(&mut from).await?;
        if !declares_transient_queue(&frame) {
            to.write_all(&frame).await?;
            continue;
        }
        // Nothing of the broker follows its last word.
        let mut to_client = to_client.lock().await;
        to_client.write_all(&close()).await?;
        // Until the client has read it, and says so or ends.
        tokio::io::copy(&mut from, &mut tokio::io::sink()).await?;
        return Ok(());
    }
}

async fn answers(mut from: OwnedReadHalf, to_client: &Mutex<OwnedWriteHalf>) -> io::Result<()> {
    loop {
        let frame = frame(&mut from).await?;
        to_client.lock().await.write_all(&frame).await?;
    }
}

async fn frame(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; HEADER];
    from.read_exact(&mut frame).await?;
    let size = u32::from_be_bytes([frame[3], frame[4], frame[5], frame[6]]) as usize;
    frame.resize(HEADER + size + 1, 0);
    from.read_exact(&mut frame[HEADER..]).await?;
    Ok(frame)
}

/// Whether a frame asks for a queue that is neither durable nor exclusive, and not only whether it is there.
fn declares_transient_queue(frame: &[u8]) -> bool {
    const PASSIVE_DURABLE_OR_EXCLUSIVE: u8 = 0b111;
    let Some(arguments) = frame[HEADER..].strip_prefix(&DECLARE).filter(|_| frame[0] == 1) else {
        return false;
    };
    // Two bytes that mean nothing, the name, and the flags.
    let flags = arguments.get(2).and_then(|length| arguments.get(3 + usize::from(*length)));
    flags.is_some_and(|flags| flags & PASSIVE_DURABLE_OR_EXCLUSIVE == 0)
}

fn close() -> Vec<u8> {
    let words = &WORDS.as_bytes()[..WORDS.len().min(255)];
    let length = u8::try_from(words.len()).unwrap_or(u8::MAX);
    let payload = [&CLOSE[..], &INTERNAL_ERROR.to_be_bytes(), &[length], words, &DECLARE].concat();
    let size = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&[1, 0, 0][..], &size, &payload, &[END]].concat()
}
