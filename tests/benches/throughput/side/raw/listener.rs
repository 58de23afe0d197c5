//! The side that listens to notifications.

use std::sync::Arc;

use anyhow::Result;
use futures::StreamExt;
use lapin::Connection;
use lapin::options::{BasicAckOptions, BasicQosOptions};

use super::amqp::consume;
use super::event;
use super::server::{ACKS_IN_FLIGHT, PREFETCH};
use crate::listening::{Heard, Listening};

pub(crate) struct Listener {
    listen: Connection,
    queue: String,
    /// Whether it reads what it gets.
    reads: bool,
}

impl Listener {
    pub(super) fn new(listen: Connection, queue: String, reads: bool) -> Self {
        Self { listen, queue, reads }
    }
}

impl Listening for Listener {
    async fn listen(&self, batch: usize, heard: Arc<Heard>) -> Result<()> {
        let channel = self.listen.create_channel().await?;
        channel.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
        let notifications = consume(&channel, &self.queue, false).await?;
        let (channel, heard) = (&channel, &heard);
        // As many as are there, so that the last ones need not wait for more.
        let batches = notifications.filter_map(async |delivery| delivery.ok()).ready_chunks(batch);
        let handle = async |batch: Vec<lapin::message::Delivery>| {
            if self.reads && !batch.iter().all(|delivery| event::read(&delivery.data).is_ok()) {
                // What is not handled is missed at the end.
                return;
            }
            // All of a batch are acknowledged with its last.
            let (options, last) = (BasicAckOptions { multiple: batch.len() > 1 }, batch.last());
            if let Some(last) = last
                && channel.basic_ack(last.delivery_tag, options).await.is_ok()
            {
                heard.add(batch.len());
            }
        };
        tokio::select! {
            () = batches.for_each_concurrent(ACKS_IN_FLIGHT, handle) => {}
            () = heard.complete() => {}
        }
        Ok(channel.close(200, "done".into()).await?)
    }
}
