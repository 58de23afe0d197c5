//! This project's notifier and listener.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use rpc_runtime::notification::{Listener, Meta, Notification, NotificationEndpoint, Notifier, Priority};
use rpc_runtime::{Context, Transport};

use crate::listening::{Heard, Listening};
use crate::messages::{EVENT, Messages, PUBLISHER};
use crate::setup::Setup;

/// As raw lapin has it.
const PREFETCH: u16 = 256;
const CLOSING: Duration = Duration::from_secs(10);

/// What notifies of the same again and again.
pub(crate) struct Notifying {
    notifier: Notifier,
    context: Context,
    payload: String,
}

impl Notifying {
    pub(crate) fn new(transport: &Transport, setup: &Setup, messages: &Messages) -> Result<Self> {
        let notifier = Notifier::builder(transport).publisher_id(PUBLISHER).topics([setup.notifications()]);
        Ok(Self { notifier: notifier.build()?, context: Context::new(), payload: messages.notified.clone() })
    }

    pub(crate) async fn notify(&self) -> Result<()> {
        Ok(self.notifier.notify(&self.context, Priority::Info, EVENT, &self.payload).await?)
    }
}

/// What listens when it is asked to.
pub(crate) struct ListensLater {
    transport: Transport,
    topic: String,
}

impl ListensLater {
    pub(crate) fn new(transport: &Transport, setup: &Setup) -> Self {
        Self { transport: transport.clone(), topic: setup.notifications() }
    }
}

impl Listening for ListensLater {
    async fn listen(&self, batch: usize, heard: Arc<Heard>) -> Result<()> {
        let builder = Listener::builder(&self.transport).topic(&*self.topic).prefetch(PREFETCH);
        let counter = Arc::clone(&heard);
        let listener = if batch == 1 {
            let handler = move |_: Context, _: Notification, _: Meta| {
                counter.add(1);
                std::future::ready(())
            };
            builder.endpoint(NotificationEndpoint::new(handler).priorities([Priority::Info]))
        } else {
            let handler = move |batch: Vec<(Context, Notification, Meta)>| {
                counter.add(batch.len());
                std::future::ready(())
            };
            let endpoint = NotificationEndpoint::batch(handler).priorities([Priority::Info]);
            builder.endpoint(endpoint).batch(batch, Duration::from_millis(10))
        };
        let listener = listener.start().await?;
        heard.complete().await;
        Ok(listener.shutdown(CLOSING).await?)
    }
}
