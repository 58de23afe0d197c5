//! The task that keeps an address for replies, and takes what comes there.

use std::sync::Arc;

use fe2o3_amqp::Receiver;
use fe2o3_amqp::link::delivery::DeliveryInfo;
use fe2o3_amqp::link::{LinkStateError, RecvError};
use fe2o3_amqp::types::messaging::Body;
use futures::FutureExt;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::super::links::{self, NoLink};
use super::super::message::{self, Part};
use super::super::names::NAME;
use super::super::odd::Odd;
use super::super::options::Amqp1Options;
use super::super::pauses::Pauses;
use super::super::peer::Peer;
use super::super::words;
use super::Replies;
use crate::contained::contained;
use crate::error::{Fault, FaultKind};
use crate::transport::connection::View;
use crate::transport::driver::{Arrival, CLOSED, Delivery, Labels, ReplyPlace, Settle, TakeReply};

/// How many replies are accepted together at most.
const TOGETHER: usize = 32;

/// What the place is called where there is no other name.
const PLACE: &str = "replies";

/// Where replies come in, for as long as it is kept.
#[derive(Debug)]
pub(in super::super) struct Place {
    _task: JoinSet<()>,
}

impl ReplyPlace for Place {
    fn address(&self) -> Arc<str> {
        NAME.into()
    }
}

impl Place {
    /// Begins to make an address for replies, which `take` gets. It is done once there is one.
    pub(in super::super) fn start(
        replies: Arc<Replies>,
        view: View<Peer>,
        options: Arc<Amqp1Options>,
        odd: Arc<Odd>,
        take: TakeReply,
        runtime: &Handle,
    ) -> impl Future<Output = Result<Self, Fault>> + use<> {
        let (starting, started) = oneshot::channel();
        let keeper = Keeper { replies, view, options, odd, take, starting: Some(starting) };
        let mut task = JoinSet::new();
        task.spawn_on(keeper.run(), runtime);
        async move {
            started.await.unwrap_or_else(|_| Err(Fault::new(FaultKind::Closed, CLOSED)))?;
            Ok(Self { _task: task })
        }
    }
}

struct Keeper {
    replies: Arc<Replies>,
    view: View<Peer>,
    options: Arc<Amqp1Options>,
    odd: Arc<Odd>,
    take: TakeReply,
    /// Told when there is an address for the first time, or that there will be none.
    starting: Option<oneshot::Sender<Result<(), Fault>>>,
}

/// Why there is no address any more.
enum End {
    Closed,
    No(NoLink),
}

impl Keeper {
    async fn run(mut self) {
        let mut pauses = Pauses::new(self.options.link_retry_delay);
        loop {
            let end = self.keep(&mut pauses).await;
            let lost = self.replies.lose();
            let why = match &end {
                End::Closed => CLOSED.to_owned(),
                End::No(no) => no.why(),
            };
            for id in lost {
                let why = Fault::new(FaultKind::NotConnected, format!("no reply can come any more: {why}"));
                contained(|| (self.take)(Arrival::Lost { id, why }));
            }
            match end {
                End::Closed => break,
                End::No(NoLink::Refused(error)) if self.starting.is_some() && !words::may_pass(&error) => {
                    let fault = words::fault(&error);
                    let why = format!("the peer makes no address for replies: {}", fault.why);
                    self.tell(Err(Fault { why, ..fault }));
                    return;
                }
                End::No(_) => {
                    self.odd.lost(PLACE, &why);
                    sleep(pauses.next()).await;
                }
            }
        }
        self.replies.close();
        self.tell(Err(Fault::new(FaultKind::Closed, CLOSED)));
    }

    fn tell(&mut self, outcome: Result<(), Fault>) {
        if let Some(starting) = self.starting.take() {
            // Nobody may wait for it any more.
            let _ = starting.send(outcome);
        }
    }

    /// Makes an address and takes what comes there, until it is lost.
    async fn keep(&mut self, pauses: &mut Pauses) -> End {
        let Ok(up) = self.view.up().await else { return End::Closed };
        let mut begun = match up.connection.begin().await {
            Ok(begun) => begun,
            Err(why) => return End::No(NoLink::Lost(why)),
        };
        let mut receiver = match links::replies(&mut begun.session, self.options.max_body).await {
            Ok(receiver) => receiver,
            Err(no) => return End::No(no),
        };
        let credit = self.options.reply_link_credit;
        let address = receiver.source().as_ref().and_then(|source| source.address.clone());
        let Some(address) = address.filter(|address| !address.is_empty()) else {
            return End::No(NoLink::Lost("the peer gives the link for replies no address".to_owned()));
        };
        if let Err(error) = receiver.set_credit(credit).await {
            return End::No(NoLink::Lost(error.to_string()));
        }
        self.replies.open(&address);
        self.tell(Ok(()));
        pauses.works();
        loop {
            match self.take_some(&mut receiver).await {
                Ok(()) => {}
                Err(NoLink::Lost(why)) => {
                    return End::No(NoLink::Lost(up.connection.why_lost(why).await));
                }
                Err(no) => return End::No(no),
            }
            if receiver.credit() <= credit / 2
                && let Err(error) = receiver.set_credit(credit).await
            {
                return End::No(NoLink::Lost(error.to_string()));
            }
        }
    }

    /// Takes what is there, and waits if there is nothing.
    async fn take_some(&self, receiver: &mut Receiver) -> Result<(), NoLink> {
        let mut accepted = Vec::new();
        let mut next = Some(receiver.recv::<Body<Part>>().await);
        while let Some(came) = next.take() {
            match came {
                Ok(delivery) => {
                    let (info, message) = delivery.into_parts();
                    match message::reply(message) {
                        Ok(read) => {
                            self.take(read);
                            accepted.push(info);
                        }
                        Err(why) => self.reject(receiver, info, why).await?,
                    }
                }
                Err(RecvError::MessageDecode(error)) => {
                    self.reject(receiver, error.info, &error.source.to_string()).await?;
                }
                Err(RecvError::LinkStateError(error)) => return Err(lost(&error)),
                Err(error) => return Err(NoLink::Lost(error.to_string())),
            }
            if accepted.len() < TOGETHER {
                next = receiver.recv().now_or_never();
            }
        }
        // Of those that came settled nothing is written.
        let accepting = receiver.accept_all(accepted).await;
        accepting.map_err(|error| NoLink::Lost(error.to_string()))
    }

    fn take(&self, read: message::Read) {
        let message::Read { body, beside, redelivered, history, expires } = read;
        // A heartbeat is followed by more.
        if !body.is_empty()
            && let Ok(id) = <[u8; 32]>::try_from(beside.id.as_bytes())
        {
            self.replies.forget(&id);
        }
        let delivery = Delivery {
            body,
            labels: Labels::json(),
            beside: Some(Box::new(beside)),
            redelivered,
            history,
            expires,
            queue: PLACE.into(),
            excess: None,
            settle: Settle::nothing(),
        };
        contained(|| (self.take)(Arrival::Reply(delivery)));
    }

    async fn reject(&self, receiver: &Receiver, info: DeliveryInfo, why: &str) -> Result<(), NoLink> {
        self.odd.rejected(PLACE, why);
        let rejecting = receiver.reject(info, words::unreadable(why)).await;
        rejecting.map_err(|error| NoLink::Lost(error.to_string()))
    }
}

fn lost(error: &LinkStateError) -> NoLink {
    match words::detached(error) {
        (_, Some(error)) => NoLink::Refused(error),
        (why, None) => NoLink::Lost(why),
    }
}
