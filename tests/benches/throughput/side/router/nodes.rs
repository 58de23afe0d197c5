//! The addresses that links name.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;

/// A link of a peer, by its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LinkAt {
    pub(super) peer: usize,
    pub(super) channel: u16,
    pub(super) handle: u32,
}

/// A message that is to be passed on.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) from: LinkAt,
    /// Its number in the session of its sender.
    pub(super) delivery: u32,
    pub(super) settled: bool,
    pub(super) payload: Bytes,
}

/// Who sends to an address, and who receives there.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// In turns: the first is the next.
    pub(super) receivers: VecDeque<LinkAt>,
    pub(super) senders: Vec<LinkAt>,
    /// Messages that no receiver has credit for.
    pub(super) waiting: VecDeque<Message>,
}

impl Node {
    pub(super) fn remove(&mut self, is_gone: impl Fn(&LinkAt) -> bool) {
        self.receivers.retain(|link| !is_gone(link));
        self.senders.retain(|link| !is_gone(link));
    }
}

/// All addresses, each with a number that stays.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    numbers: HashMap<String, usize>,
    pub(super) all: Vec<Node>,
}

impl Nodes {
    pub(super) fn number_of(&mut self, address: &str) -> usize {
        if let Some(number) = self.numbers.get(address) {
            return *number;
        }
        self.all.push(Node::default());
        self.numbers.insert(address.to_owned(), self.all.len() - 1);
        self.all.len() - 1
    }
}
