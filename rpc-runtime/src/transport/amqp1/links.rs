//! Attaching links to addresses.

use std::time::Duration;

use fe2o3_amqp::link::receiver::CreditMode;
use fe2o3_amqp::link::{ReceiverAttachError, SenderAttachError};
use fe2o3_amqp::session::SessionHandle;
use fe2o3_amqp::types::definitions::{Error, ReceiverSettleMode, SenderSettleMode};
use fe2o3_amqp::types::messaging::{Source, Target};
use fe2o3_amqp::{Receiver, Sender};
use tokio::time::timeout;

use super::names;
use super::peer::LIMIT;
use super::words;

/// What replies come to, as Python calls it.
const REPLIES: &str = "rpc-response";

/// What a message may have beside its body.
const BESIDE: u64 = 64 << 10;

/// Why there is no link.
#[derive(Debug)]
pub(super) enum NoLink {
    /// The peer refuses it.
    Refused(Error),
    /// The session or the connection was lost, or the peer does not answer.
    Lost(String),
}

impl NoLink {
    pub(super) fn why(&self) -> String {
        match self {
            Self::Refused(error) => words::said(error),
            Self::Lost(why) => why.clone(),
        }
    }
}

/// A link that messages go out by.
pub(super) async fn sender(session: &mut SessionHandle<()>, address: &str) -> Result<Sender, NoLink> {
    let attaching = Sender::builder()
        .name(names::sender(address))
        .source(address)
        .target(address)
        .sender_settle_mode(SenderSettleMode::Mixed)
        .receiver_settle_mode(ReceiverSettleMode::First)
        .attach(session);
    in_time(attaching, address).await?.map_err(|error| match error {
        SenderAttachError::RemoteClosedWithError(error) => NoLink::Refused(error),
        SenderAttachError::SessionStopped(reason) => stopped(&reason),
        error => NoLink::Lost(error.to_string()),
    })
}

/// A link that the requests for a server come in by; nothing comes until there is credit.
pub(super) async fn receiver(
    session: &mut SessionHandle<()>,
    address: &str,
    max_body: usize,
) -> Result<Receiver, NoLink> {
    let (source, target) = (Source::from(address), Target::from(address));
    attach_receiver(session, address, source, target, max_body).await
}

/// The link that replies come in by, to an address that the peer makes up.
pub(super) async fn replies(session: &mut SessionHandle<()>, max_body: usize) -> Result<Receiver, NoLink> {
    let (source, target) = (Source::builder().dynamic(true).build(), Target::from(REPLIES));
    attach_receiver(session, REPLIES, source, target, max_body).await
}

async fn attach_receiver(
    session: &mut SessionHandle<()>,
    address: &str,
    source: Source,
    target: Target,
    max_body: usize,
) -> Result<Receiver, NoLink> {
    let attaching = Receiver::builder()
        .name(names::receiver(address))
        .source(source)
        .target(target)
        .sender_settle_mode(SenderSettleMode::Mixed)
        .receiver_settle_mode(ReceiverSettleMode::First)
        .max_message_size(u64::try_from(max_body).unwrap_or(u64::MAX).saturating_add(BESIDE))
        .credit_mode(CreditMode::Manual)
        .auto_accept(false)
        // Not every peer repeats what it was asked for.
        .verify_incoming_source(false)
        .verify_incoming_target(false)
        .attach(session);
    in_time(attaching, address).await?.map_err(|error| match error {
        ReceiverAttachError::RemoteClosedWithError(error) => NoLink::Refused(error),
        ReceiverAttachError::SessionStopped(reason) => stopped(&reason),
        error => NoLink::Lost(error.to_string()),
    })
}

/// Peers answer an address that they do not know by ending the session.
fn stopped(reason: &fe2o3_amqp::link::SessionStopReason) -> NoLink {
    match words::stopped(reason) {
        (_, Some(error)) => NoLink::Refused(error),
        (why, None) => NoLink::Lost(why),
    }
}

async fn in_time<T>(attaching: impl Future<Output = T>, address: &str) -> Result<T, NoLink> {
    let limit: Duration = LIMIT;
    timeout(limit, attaching)
        .await
        .map_err(|_| NoLink::Lost(format!("the peer has not answered for {address} within {limit:?}")))
}
