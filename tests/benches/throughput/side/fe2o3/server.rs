//! The answering side.

use std::collections::HashMap;

use anyhow::Result;
use fe2o3_amqp::{Receiver, Sender};

use super::link::{Link, next};
use super::message;
use crate::runtime;
use crate::setup::{Setup, Side};

/// Answers from now on.
pub(crate) async fn serve(setup: &Setup) -> Result<()> {
    let (runtime, opened) = (runtime::of(setup.server)?, setup.clone());
    let mut link = runtime.spawn(async move { Link::open(&opened, Side::Server).await }).await??;
    let (calls, _) = link.receiver(Some(&setup.address())).await?;
    // Whoever gets no reply tells it.
    runtime.spawn(answer(link, calls));
    Ok(())
}

async fn answer(mut link: Link, mut calls: Receiver) -> Result<()> {
    let mut callers: HashMap<String, Sender> = HashMap::new();
    loop {
        for call in next(&mut calls).await? {
            let (to, reply) = message::answer(call)?;
            if !callers.contains_key(&to) {
                callers.insert(to.clone(), link.sender(&to).await?);
            }
            if let Some(caller) = callers.get_mut(&to) {
                // A caller that has not accepted its reply tells it.
                drop(caller.send_batchable(reply).await?);
            }
        }
    }
}
