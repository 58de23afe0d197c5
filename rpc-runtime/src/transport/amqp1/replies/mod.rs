//! The address of this transport for replies, which its peer makes up anew for each link.

mod node;

use std::sync::{Arc, Mutex};

use tokio::sync::watch;
use tokio::time::Instant;

pub(super) use self::node::Place;
use crate::lock::lock;
use crate::transport::calls::Calls;

/// The address, and the calls that wait for replies to it.
#[derive(Debug)]
pub(super) struct Replies {
    node: watch::Sender<State>,
    calls: Mutex<Waiting>,
}

#[derive(Debug, Clone)]
enum State {
    Without,
    At(Node),
    Closed,
}

/// An address that replies come to.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) address: Arc<str>,
    /// Which one of the addresses so far.
    pub(super) generation: u64,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Which address they wait at.
    generation: u64,
    calls: Calls<()>,
}

impl Default for Replies {
    fn default() -> Self {
        Self { node: watch::Sender::new(State::Without), calls: Mutex::default() }
    }
}

impl Replies {
    /// Waits for an address; `None` if there will be none any more.
    pub(super) async fn node(&self) -> Option<Node> {
        let mut node = self.node.subscribe();
        let found = node.wait_for(|state| !matches!(state, State::Without)).await.ok()?;
        match &*found {
            State::At(node) => Some(node.clone()),
            State::Without | State::Closed => None,
        }
    }

    /// Expects the reply to a call that was sent; `false` if the address that it names is lost already.
    pub(super) fn expect(&self, id: [u8; 32], deadline: Instant, generation: u64) -> bool {
        let mut waiting = lock(&self.calls);
        let is_there = waiting.generation == generation;
        if is_there {
            waiting.calls.add(id, deadline, ());
        }
        is_there
    }

    /// Expects no reply to a call any more.
    pub(super) fn forget(&self, id: &[u8; 32]) {
        lock(&self.calls).calls.remove(id);
    }

    /// Has calls name this address from now on.
    fn open(&self, address: &str) {
        let generation = lock(&self.calls).generation;
        self.node.send_replace(State::At(Node { address: address.into(), generation }));
    }

    /// Has calls wait for another address; those that wait at this one.
    fn lose(&self) -> Vec<[u8; 32]> {
        self.node.send_if_modified(|state| {
            let was_there = matches!(state, State::At(_));
            if was_there {
                *state = State::Without;
            }
            was_there
        });
        let mut waiting = lock(&self.calls);
        waiting.generation += 1;
        waiting.calls.take()
    }

    fn close(&self) {
        self.node.send_replace(State::Closed);
    }
}
