//! The calling side.

use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use fe2o3_amqp::types::messaging::Outcome;
use fe2o3_amqp::{Receiver, Sender};
use tokio::sync::Mutex;

use super::link::{Link, next};
use super::message;
use crate::load::Client;
use crate::messages::Messages;
use crate::plain::new_id;
use crate::runtime;
use crate::setup::{Setup, Side};
use crate::waiters::Waiters;

pub(crate) struct Caller {
    _link: Link,
    /// It has one message at a time, and hands it over at once as long as there is credit.
    sender: Mutex<Sender>,
    address: String,
    reply_to: String,
    waiters: Arc<Waiters<String>>,
    value: String,
}

pub(crate) async fn client(setup: &Setup) -> Result<Caller> {
    let (runtime, opened) = (runtime::of(setup.client)?, setup.clone());
    let mut link = runtime.spawn(async move { Link::open(&opened, Side::Client).await }).await??;
    let (replies, reply_to) = link.receiver(None).await?;
    let address = setup.address();
    let sender = Mutex::new(link.sender(&address).await?);
    let waiters = Arc::<Waiters<String>>::default();
    runtime.spawn(receive(replies, Arc::clone(&waiters)));
    Ok(Caller { _link: link, sender, address, reply_to, waiters, value: Messages::of(setup.body)?.echoed })
}

/// Wakes who waits for each reply.
async fn receive(mut replies: Receiver, waiters: Arc<Waiters<String>>) {
    while let Ok(some) = next(&mut replies).await {
        for (id, body) in some.into_iter().filter_map(|reply| message::reply(reply).ok()) {
            waiters.wake(&id, body);
        }
    }
}

impl Client for Caller {
    async fn call(&self) -> Result<()> {
        let id = new_id();
        let reply = self.waiters.wait(id);
        let call = message::call(&id, &self.address, &self.reply_to, &self.value)?;
        let taken = self.sender.lock().await.send_batchable(call).await?;
        let echoed = message::result(&reply.await?)?;
        ensure!(echoed.len() == self.value.len(), "not what was sent");
        // As a rule it came before the reply, so there is nothing to wait for.
        let outcome = taken.await?;
        ensure!(matches!(outcome, Outcome::Accepted(_)), "the server has not taken a call: {outcome:?}");
        Ok(())
    }

    async fn cast(&self) -> Result<()> {
        bail!("raw fe2o3-amqp is asked for calls only")
    }
}
