//! The client of a lane: ours or Python's, with or without load.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rpc_runtime::Transport;

use super::serving::Post;
use super::{Kind, Load, Outcome, Pace, PythonClient, PythonClients, Requests};
use crate::limits::PATIENCE;
use crate::until;

/// A client that is connected.
#[derive(Debug)]
pub(super) enum Sending {
    Rust {
        transport: Transport,
        requests: Requests,
        load: Option<Load>,
    },
    /// One of both is there, except for a moment.
    Python {
        idle: Option<Box<PythonClient>>,
        load: Option<PythonClients>,
    },
}

impl Sending {
    pub(super) async fn rust(post: &Post<'_>) -> Result<Self> {
        let transport = Transport::connect(&post.url()).await?;
        let requests = if post.notifies {
            Requests::notifications(&transport, post.topic, post.ledger)?
        } else {
            Requests::new(&transport, post.topic, post.ledger)
        };
        Ok(Sending::Rust { transport, requests, load: None })
    }

    pub(super) async fn python(post: &Post<'_>, pace: Pace) -> Result<Self> {
        let settings = post.settings();
        let options = settings.iter().map(String::as_str);
        let kinds = post.kinds();
        let client =
            PythonClient::connect(post.host, post.topic, options, post.ledger, pace, kinds, 0.0).await?;
        Ok(Sending::Python { idle: Some(Box::new(client)), load: None })
    }

    /// Its transport; fails if it is none of ours.
    pub(super) fn transport(&self) -> Result<&Transport> {
        match self {
            Sending::Rust { transport, .. } => Ok(transport),
            Sending::Python { .. } => bail!("a Python client has no transport of ours"),
        }
    }

    /// One request beside the load; fails if the client is none of ours.
    pub(super) async fn request(&self, kind: Kind, deadline: Duration, seconds: f64) -> Result<Outcome> {
        match self {
            Sending::Rust { requests, .. } => Ok(requests.send(kind, deadline, seconds).await),
            Sending::Python { .. } => bail!("a Python client sends nothing beside its load"),
        }
    }

    /// One request, so that all that is made at the first use is there.
    pub(super) async fn touch(&mut self) -> Result<()> {
        let outcome = match self {
            Sending::Rust { requests, .. } => {
                let kind = requests.kinds().first().context("it sends nothing")?;
                requests.send(*kind, PATIENCE, 0.0).await
            }
            Sending::Python { idle, .. } => {
                let client = idle.as_mut().context("it is at work")?;
                // Its deadline is that of its load, and may be too early for the first call on a busy machine.
                until("a first request succeeds", async || {
                    let outcome = client.request().await?;
                    Ok(matches!(outcome, Outcome::Answered(_) | Outcome::Confirmed).then_some(outcome))
                })
                .await?
            }
        };
        match outcome {
            Outcome::Answered(_) | Outcome::Confirmed => Ok(()),
            outcome => bail!("the first request: {outcome:?}"),
        }
    }

    pub(super) fn load(&mut self, pace: Pace) {
        match self {
            Sending::Rust { requests, load, .. } => *load = Some(Load::start(requests.clone(), pace)),
            Sending::Python { idle, load } => *load = idle.take().map(|client| client.load()),
        }
    }

    /// Stops the load; what is under way comes to its end.
    pub(super) async fn stop_load(&mut self) -> Result<()> {
        match self {
            Sending::Rust { load, .. } => match load.take() {
                Some(load) => load.stop().await,
                None => Ok(()),
            },
            Sending::Python { idle, load } => {
                if let Some(load) = load.take() {
                    *idle = Some(Box::new(load.stop().await?));
                }
                Ok(())
            }
        }
    }

    pub(super) async fn stop(self) {
        // Python's goes with its process.
        if let Sending::Rust { transport, .. } = self {
            transport.close(PATIENCE).await;
        }
    }
}
