//! The calling side.

use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use bytes::Bytes;
use tokio::sync::Mutex;
use zeromq::{DealerRecvHalf, DealerSendHalf, DealerSocket, Socket, SocketRecv, SocketSend};

use super::message;
use crate::load::Client;
use crate::messages::Messages;
use crate::plain::new_id;
use crate::setup::Setup;
use crate::waiters::Waiters;

pub(crate) struct Caller {
    /// It only hands over what is sent, so nobody waits long for it.
    sending: Mutex<DealerSendHalf>,
    waiters: Arc<Waiters<Bytes>>,
    value: String,
}

pub(crate) async fn client(setup: &Setup) -> Result<Caller> {
    let mut socket = DealerSocket::new();
    socket.connect(&format!("tcp://{}", setup.socket()?)).await?;
    let (sending, replies) = socket.split();
    let waiters = Arc::<Waiters<Bytes>>::default();
    tokio::spawn(receive(replies, Arc::clone(&waiters)));
    Ok(Caller { sending: Mutex::new(sending), waiters, value: Messages::of(setup.body)?.echoed })
}

/// Wakes who waits for each reply.
async fn receive(mut replies: DealerRecvHalf, waiters: Arc<Waiters<Bytes>>) {
    while let Ok(reply) = replies.recv().await {
        if let Ok((id, body)) = message::reply(reply) {
            waiters.wake(&id, body);
        }
    }
}

impl Client for Caller {
    async fn call(&self) -> Result<()> {
        let id = new_id();
        let reply = self.waiters.wait(id);
        let call = message::call(&id, &self.value)?;
        self.sending.lock().await.send(call).await?;
        let echoed = message::result(&reply.await?)?;
        ensure!(echoed.len() == self.value.len(), "not what was sent");
        Ok(())
    }

    async fn cast(&self) -> Result<()> {
        bail!("raw ZeroMQ is asked for calls only")
    }
}
