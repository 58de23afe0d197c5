//! `tests/python/real_notifier.py`.

use anyhow::{Result, bail};
use serde::Deserialize;
use serde_json::Value;

use super::{PeerBuilder, Raised};
use crate::limits::PATIENCE;
use crate::peer::Peer;

/// What nova does with its own classes as a compute service when something happens to it or to an instance.
#[derive(Debug)]
pub struct PythonCompute(Peer);

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Done(bool),
    Raised(Raised),
}

impl From<Peer> for PythonCompute {
    fn from(peer: Peer) -> Self {
        Self(peer)
    }
}

impl PythonCompute {
    /// A service that notifies in both of nova's formats.
    pub fn builder(url: &str) -> PeerBuilder<Self> {
        [
            "DEFAULT/control_exchange=nova",
            "notifications/notification_format=both",
            "oslo_messaging_notifications/driver=messagingv2",
            // Notifications have the addresses of images in it.
            "glance/endpoint_override=http://192.0.2.1",
        ]
        .iter()
        .fold(PeerBuilder::new("real_notifier.py", url).arg("--project", "nova"), |builder, option| {
            builder.option(option)
        })
    }

    /// Something happens, which is a JSON object as the script describes it; it is told when this returns.
    pub async fn happens(&mut self, event: Value) -> Result<()> {
        self.0.write(&event).await?;
        let answer = self.0.read(PATIENCE).await?;
        match Answer::deserialize(&answer) {
            Ok(Answer::Done(true)) => Ok(()),
            Ok(Answer::Raised(raised)) => bail!("{event}: {raised:?}"),
            _ => Err(self.0.failure(&format!("it answered {answer}"))),
        }
    }

    /// Ends it in an orderly way.
    pub async fn stop(mut self) -> Result<()> {
        self.0.stop().await.1
    }
}
