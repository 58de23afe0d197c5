//! All that the router knows, and what it does with what peers say.

use std::sync::Arc;

use anyhow::{Context, Result};
use fe2o3_amqp::types::definitions::Fields;
use fe2o3_amqp::types::performatives::{Begin, Close, Disposition, End, Open, Performative};
use fe2o3_amqp::types::primitives::{Symbol, Value};
use serde::Serialize;

use super::deliveries::Deliveries;
use super::frame::{Frame, LARGEST};
use super::links::Link;
use super::nodes::{LinkAt, Nodes};
use super::outbox::Outbox;

/// Links limit how much is under way, not sessions.
pub(super) const WINDOW: u32 = i32::MAX as u32;

/// The peers, what they have opened, and the addresses.
#[derive(Debug, Default)]
pub(super) struct Switch {
    peers: Vec<Option<Peer>>,
    pub(super) nodes: Nodes,
    /// How many addresses were made up.
    pub(super) made_up: u64,
    /// Who is to be written to.
    touched: Vec<usize>,
}

#[derive(Debug)]
struct Peer {
    outbox: Arc<Outbox>,
    /// By their channels.
    sessions: Vec<Option<Session>>,
}

/// A session, in which this side's channel is that of the peer.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// The numbers of the next transfers of either side.
    pub(super) next_incoming: u32,
    pub(super) next_outgoing: u32,
    pub(super) deliveries: Deliveries,
    /// By their handles, of which this side's are those of the peer.
    pub(super) links: Vec<Option<Link>>,
}

/// Whether more comes behind what was said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    More,
    Last,
}

impl Switch {
    pub(super) fn enter(&mut self, outbox: Arc<Outbox>) -> usize {
        self.peers.push(Some(Peer { outbox, sessions: Vec::new() }));
        self.peers.len() - 1
    }

    pub(super) fn leave(&mut self, peer: usize) {
        self.peers[peer] = None;
        self.nodes.all.iter_mut().for_each(|node| node.remove(|link| link.peer == peer));
    }

    /// Has all written that was said.
    pub(super) fn flush(&mut self) {
        for peer in self.touched.drain(..) {
            if let Some(peer) = &self.peers[peer] {
                peer.outbox.flush();
            }
        }
    }

    pub(super) fn take(&mut self, peer: usize, Frame { channel, said, payload }: Frame) -> Result<Taken> {
        let link = |handle| LinkAt { peer, channel, handle };
        match said {
            Performative::Open(_) => self.say(peer, channel, &open(), &[])?,
            Performative::Begin(begin) => self.begin(peer, channel, &begin)?,
            Performative::Attach(attach) => self.attach(link(attach.handle.0), attach)?,
            Performative::Flow(flow) => self.flow(peer, channel, &flow)?,
            Performative::Transfer(transfer) => {
                self.transfer(link(transfer.handle.0), &transfer, payload)?;
            }
            Performative::Disposition(disposition) => self.disposition(peer, channel, disposition)?,
            Performative::Detach(detach) => self.detach(link(detach.handle.0), detach)?,
            Performative::End(_) => {
                self.end(peer, channel);
                self.say(peer, channel, &End { error: None }, &[])?;
            }
            Performative::Close(_) => {
                self.say(peer, channel, &Close { error: None }, &[])?;
                return Ok(Taken::Last);
            }
        }
        Ok(Taken::More)
    }

    fn begin(&mut self, peer: usize, channel: u16, begin: &Begin) -> Result<()> {
        let session = Session { next_incoming: begin.next_outgoing_id, ..Session::default() };
        let sessions = &mut self.peers[peer].as_mut().context("it is gone")?.sessions;
        put(sessions, channel.into(), session);
        let ours = Begin {
            remote_channel: Some(channel),
            next_outgoing_id: 0,
            incoming_window: WINDOW,
            outgoing_window: WINDOW,
            handle_max: begin.handle_max.clone(),
            offered_capabilities: None,
            desired_capabilities: None,
            properties: None,
        };
        self.say(peer, channel, &ours, &[])
    }

    fn end(&mut self, peer: usize, channel: u16) {
        if let Some(peer) = &mut self.peers[peer] {
            peer.sessions[usize::from(channel)] = None;
        }
        let is_its = |link: &LinkAt| link.peer == peer && link.channel == channel;
        self.nodes.all.iter_mut().for_each(|node| node.remove(is_its));
    }

    /// Says something to a peer, which is written with what else there is.
    pub(super) fn say(
        &mut self,
        peer: usize,
        channel: u16,
        said: &impl Serialize,
        payload: &[u8],
    ) -> Result<()> {
        // To one that is gone nothing is said.
        let Some(there) = &self.peers[peer] else { return Ok(()) };
        there.outbox.put(channel, said, payload)?;
        if !self.touched.contains(&peer) {
            self.touched.push(peer);
        }
        Ok(())
    }

    pub(super) fn session(&mut self, peer: usize, channel: u16) -> Option<&mut Session> {
        self.peers[peer].as_mut()?.sessions.get_mut(usize::from(channel))?.as_mut()
    }

    pub(super) fn link(&mut self, at: LinkAt) -> Option<&mut Link> {
        self.session(at.peer, at.channel)?.links.get_mut(at.handle as usize)?.as_mut()
    }

    /// Passes the outcomes of messages on to their senders.
    fn disposition(&mut self, peer: usize, channel: u16, said: Disposition) -> Result<()> {
        // What a sender says of its messages changes nothing.
        if !bool::from(&said.role) || said.state.is_none() {
            return Ok(());
        }
        let Some(session) = self.session(peer, channel) else { return Ok(()) };
        let last = said.last.unwrap_or(said.first);
        let mut runs: Vec<(LinkAt, u32, u32)> = Vec::new();
        for (from, number) in (said.first..=last).filter_map(|number| session.deliveries.settle(number)) {
            match runs.last_mut() {
                // Those of one sender that follow each other are told together.
                Some((of, _, last)) if *of == from && *last + 1 == number => *last = number,
                _ => runs.push((from, number, number)),
            }
        }
        session.deliveries.forget();
        for (from, first, last) in runs {
            let last = (last > first).then_some(last);
            let outcome = Disposition { first, last, settled: true, ..said.clone() };
            self.say(from.peer, from.channel, &outcome, &[])?;
        }
        Ok(())
    }
}

fn open() -> Open {
    let mut properties = Fields::new();
    properties.insert(Symbol::from("product"), Value::String("throughput-router".to_owned()));
    Open {
        container_id: "throughput-router".to_owned(),
        hostname: None,
        max_frame_size: LARGEST.into(),
        channel_max: u16::MAX.into(),
        idle_time_out: None,
        outgoing_locales: None,
        incoming_locales: None,
        offered_capabilities: None,
        desired_capabilities: None,
        properties: Some(properties),
    }
}

/// Puts something at a place that may be far behind the end.
pub(super) fn put<T>(all: &mut Vec<Option<T>>, place: usize, it: T) {
    if all.len() <= place {
        all.resize_with(place + 1, || None);
    }
    all[place] = Some(it);
}
