//! Links: who sends and who receives, and for how much there is credit.

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use fe2o3_amqp::types::definitions::{Handle, Role};
use fe2o3_amqp::types::messaging::TargetArchetype;
use fe2o3_amqp::types::performatives::{Attach, Detach, Flow, Transfer};

use super::nodes::{LinkAt, Message};
use super::switch::{Switch, WINDOW, put};

/// How many messages of a sender may be here or come.
const CREDIT: u32 = 256;
/// The largest handle that a peer may use.
const MOST_LINKS: u32 = 1 << 16;

/// One end of a link.
#[derive(Debug)]
pub(super) struct Link {
    node: usize,
    /// How many messages have gone over it, and how many more may.
    count: u32,
    credit: u32,
    /// Of a link that the peer sends by.
    sends: Option<Sends>,
}

#[derive(Debug, Default)]
struct Sends {
    /// Messages that were not passed on yet.
    waiting: u32,
    /// A message of which only a part has come.
    begun: Option<Message>,
}

impl Switch {
    pub(super) fn attach(&mut self, at: LinkAt, attach: Attach) -> Result<()> {
        ensure!(at.handle < MOST_LINKS, "too many links");
        let sends = attach.role == Role::Sender;
        let (mut source, target) = (attach.source, attach.target);
        let address = if sends {
            let TargetArchetype::Target(target) = target.as_deref().context("it sends to nowhere")?;
            target.address.clone()
        } else {
            let source = source.as_mut().context("it receives from nowhere")?;
            if source.dynamic {
                self.made_up += 1;
                source.address = Some(format!("throughput-{}", self.made_up));
            }
            source.address.clone()
        };
        // A sender counts its messages from where it likes.
        let count = if sends { attach.initial_delivery_count.unwrap_or(0) } else { 0 };
        let node = self.nodes.number_of(&address.context("a link without an address")?);
        let ours = Attach {
            role: if sends { Role::Receiver } else { Role::Sender },
            source,
            target,
            unsettled: None,
            initial_delivery_count: (!sends).then_some(0),
            max_message_size: None,
            offered_capabilities: None,
            desired_capabilities: None,
            properties: None,
            ..attach
        };
        self.say(at.peer, at.channel, &ours, &[])?;
        let link = Link { node, count, credit: 0, sends: sends.then(Sends::default) };
        let session = self.session(at.peer, at.channel).context("a link of no session")?;
        put(&mut session.links, at.handle as usize, link);
        if sends {
            self.nodes.all[node].senders.push(at);
            return self.top_up(at);
        }
        self.nodes.all[node].receivers.push_back(at);
        let senders = self.nodes.all[node].senders.clone();
        senders.into_iter().try_for_each(|sender| self.top_up(sender))
    }

    pub(super) fn detach(&mut self, at: LinkAt, detach: Detach) -> Result<()> {
        let session = self.session(at.peer, at.channel).context("a link of no session")?;
        let link = session.links.get_mut(at.handle as usize).and_then(Option::take);
        if let Some(link) = link {
            self.nodes.all[link.node].remove(|gone| *gone == at);
        }
        self.say(at.peer, at.channel, &Detach { error: None, ..detach }, &[])
    }

    /// A receiver has told what it has credit for.
    pub(super) fn flow(&mut self, peer: usize, channel: u16, flow: &Flow) -> Result<()> {
        let Some(Handle(handle)) = flow.handle else { return Ok(()) };
        let at = LinkAt { peer, channel, handle };
        let Some(link) = self.link(at) else { return Ok(()) };
        if link.sends.is_none() {
            let up_to = flow.delivery_count.unwrap_or(0).wrapping_add(flow.link_credit.unwrap_or(0));
            link.credit = up_to.wrapping_sub(link.count);
            let node = link.node;
            self.pass_on(node)?;
        }
        if flow.drain
            && let Some(link) = self.link(at)
        {
            // There is nothing that it could have.
            link.count = link.count.wrapping_add(std::mem::take(&mut link.credit));
        }
        if flow.echo || flow.drain {
            self.tell(at, flow.drain)?;
        }
        Ok(())
    }

    /// A message, or a part of it.
    pub(super) fn transfer(&mut self, at: LinkAt, transfer: &Transfer, payload: Bytes) -> Result<()> {
        let session = self.session(at.peer, at.channel).context("a message of no session")?;
        session.next_incoming = session.next_incoming.wrapping_add(1);
        let link = self.link(at).context("a message of no link")?;
        let sends = link.sends.as_mut().context("a message of a receiver")?;
        let message = match sends.begun.take() {
            Some(begun) => Message { payload: [begun.payload, payload].concat().into(), ..begun },
            None => {
                let delivery = transfer.delivery_id.context("a message without a number")?;
                Message { from: at, delivery, settled: transfer.settled.unwrap_or(false), payload }
            }
        };
        if transfer.more {
            sends.begun = Some(message);
            return Ok(());
        }
        sends.waiting += 1;
        link.count = link.count.wrapping_add(1);
        link.credit = link.credit.checked_sub(1).context("a message without credit")?;
        let node = link.node;
        self.nodes.all[node].waiting.push_back(message);
        self.pass_on(node)
    }

    /// Passes on what there is credit for.
    fn pass_on(&mut self, node: usize) -> Result<()> {
        while !self.nodes.all[node].waiting.is_empty()
            && let Some(to) = self.receiver(node)
            && let Some(message) = self.nodes.all[node].waiting.pop_front()
        {
            self.deliver(to, message)?;
        }
        Ok(())
    }

    /// Whose turn it is, of those that have given credit.
    fn receiver(&mut self, node: usize) -> Option<LinkAt> {
        for _ in 0..self.nodes.all[node].receivers.len() {
            let receivers = &mut self.nodes.all[node].receivers;
            receivers.rotate_left(1);
            let next = *receivers.back()?;
            if self.link(next).is_some_and(|link| link.credit > 0) {
                return Some(next);
            }
        }
        None
    }

    fn deliver(&mut self, to: LinkAt, message: Message) -> Result<()> {
        let Message { from, delivery, settled, payload } = message;
        let Some(session) = self.session(to.peer, to.channel) else { return Ok(()) };
        session.next_outgoing = session.next_outgoing.wrapping_add(1);
        let number = session.deliveries.add((!settled).then_some((from, delivery)));
        if let Some(link) = self.link(to) {
            link.count = link.count.wrapping_add(1);
            link.credit = link.credit.saturating_sub(1);
        }
        let transfer = Transfer {
            handle: to.handle.into(),
            delivery_id: Some(number),
            delivery_tag: Some(number.to_be_bytes().to_vec().into()),
            message_format: Some(0),
            settled: Some(settled),
            more: false,
            rcv_settle_mode: None,
            state: None,
            resume: false,
            aborted: false,
            batchable: false,
        };
        self.say(to.peer, to.channel, &transfer, &payload)?;
        if let Some(sends) = self.link(from).and_then(|link| link.sends.as_mut()) {
            sends.waiting = sends.waiting.saturating_sub(1);
        }
        self.top_up(from)
    }

    /// Gives a sender more credit if it has used half of it, and there is somebody who receives.
    fn top_up(&mut self, at: LinkAt) -> Result<()> {
        let Some(link) = self.link(at) else { return Ok(()) };
        let waiting = link.sends.as_ref().map_or(0, |sends| sends.waiting);
        let node = link.node;
        if link.credit + waiting > CREDIT / 2 || self.nodes.all[node].receivers.is_empty() {
            return Ok(());
        }
        if let Some(link) = self.link(at) {
            link.credit = CREDIT - waiting;
        }
        self.tell(at, false)
    }

    /// Tells a peer how a link is.
    fn tell(&mut self, at: LinkAt, drain: bool) -> Result<()> {
        let Some(link) = self.link(at) else { return Ok(()) };
        let (count, credit) = (link.count, link.credit);
        let Some(session) = self.session(at.peer, at.channel) else { return Ok(()) };
        let flow = Flow {
            next_incoming_id: Some(session.next_incoming),
            incoming_window: WINDOW,
            next_outgoing_id: session.next_outgoing,
            outgoing_window: WINDOW,
            handle: Some(at.handle.into()),
            delivery_count: Some(count),
            link_credit: Some(credit),
            available: None,
            drain,
            echo: false,
            properties: None,
        };
        self.say(at.peer, at.channel, &flow, &[])
    }
}
