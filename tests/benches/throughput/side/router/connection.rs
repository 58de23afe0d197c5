//! A peer, from its first byte to its last.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use bytes::BytesMut;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;

use super::frame;
use super::handshake::shake_hands;
use super::outbox::{Outbox, write};
use super::switch::{Switch, Taken};

/// How much is read at once.
const BLOCK: usize = 64 << 10;

/// Connects a peer with the others until it leaves.
pub(super) async fn connection(mut stream: TcpStream, switch: Arc<Mutex<Switch>>) {
    let outbox = Arc::<Outbox>::default();
    if stream.set_nodelay(true).is_err() {
        return;
    }
    // Whoever is not served tells it; a side of the benchmark fails then.
    let Ok(buffer) = shake_hands(&mut stream).await else { return };
    let (reading, writing) = stream.into_split();
    let writer = tokio::spawn(write(Arc::clone(&outbox), writing));
    let peer = lock(&switch).enter(outbox);
    let _ = listen(peer, reading, buffer, &switch).await;
    lock(&switch).leave(peer);
    writer.abort();
}

async fn listen(
    peer: usize,
    mut stream: OwnedReadHalf,
    mut buffer: BytesMut,
    switch: &Mutex<Switch>,
) -> Result<()> {
    loop {
        {
            let mut switch = lock(switch);
            while let Some(frame) = frame::next(&mut buffer)? {
                if switch.take(peer, frame)? == Taken::Last {
                    switch.flush();
                    return Ok(());
                }
            }
            switch.flush();
        }
        buffer.reserve(BLOCK);
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
    }
}

fn lock(switch: &Mutex<Switch>) -> std::sync::MutexGuard<'_, Switch> {
    switch.lock().unwrap_or_else(PoisonError::into_inner)
}
