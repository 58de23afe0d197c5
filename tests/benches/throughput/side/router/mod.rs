//! A small router of AMQP 1.0 for the benchmark, so that what stands between client and server is not the limit.
//!
//! * A link names an address. What senders say goes to the receivers of their address in turn; an address that a receiver asks
//!   for is made up.
//! * Nothing is stored. A sender has credit once there is a receiver, and gets more as its messages are passed on, for which
//!   the receiver has to have given credit. Messages that it does not have it for wait, and no more of them than their senders
//!   have credit for.
//! * The outcome of a message is that of its receiver.
//! * Messages are passed on as they are: only what is said of them is read and written.
//!
//! Frames that come together are handled together under one lock, and all that is said to a peer by then is one write.

mod connection;
mod deliveries;
mod frame;
mod handshake;
mod links;
mod nodes;
mod outbox;
mod switch;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use anyhow::Result;
use tokio::net::TcpListener;

use self::connection::connection;
use self::switch::Switch;

/// Connects whoever comes from now on.
pub(crate) async fn serve(socket: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(socket).await?;
    let switch = Arc::<Mutex<Switch>>::default();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, Arc::clone(&switch)));
        }
    });
    Ok(())
}
