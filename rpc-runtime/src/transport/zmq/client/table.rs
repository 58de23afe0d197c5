//! Who serves what, at this moment.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::lane::Lane;
use super::link::{Link, Stage};
use super::up::Up;

/// What a request is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) exchange: &'a str,
    pub(super) topic: &'a str,
    pub(super) server: Option<&'a str>,
    /// Whether the server has to tell that it still works on the request.
    pub(super) monitored: bool,
}

/// One that serves a topic.
#[derive(Debug, Clone)]
pub(super) struct Serves {
    pub(super) up: Arc<Up>,
    pub(super) way: Way,
}

#[derive(Debug, Clone)]
pub(super) enum Way {
    /// To an endpoint of a peer of this project.
    Lane(Arc<Lane>),
    /// To a peer that does not say what it serves: the directory does, of one server or of whichever is free.
    Plain { server: Option<String> },
}

/// All that can be called, by topic. A new one is made whenever something has changed.
#[derive(Debug, Default)]
pub(super) struct Table {
    topics: HashMap<String, Vec<Serves>>,
    /// Where to begin among equals.
    turn: AtomicUsize,
}

impl Table {
    pub(super) fn of(links: &[Arc<Link>]) -> Self {
        let mut topics: HashMap<String, Vec<Serves>> = HashMap::new();
        // Several places may be one process.
        let mut seen = HashSet::new();
        for link in links {
            let Stage::Up(up) = link.stage() else { continue };
            match up.lanes() {
                Some(_) if !seen.insert(Arc::as_ptr(&up)) => {}
                Some(lanes) => {
                    for lane in lanes {
                        let serves = Serves { up: Arc::clone(&up), way: Way::Lane(Arc::clone(&lane)) };
                        topics.entry(lane.endpoint().topic.clone()).or_default().push(serves);
                    }
                }
                // It will say.
                None if up.tells() => {}
                None => {
                    for (topic, server) in link.listed() {
                        let serves = Serves { up: Arc::clone(&up), way: Way::Plain { server } };
                        topics.entry(topic).or_default().push(serves);
                    }
                }
            }
        }
        Self { topics, turn: AtomicUsize::default() }
    }

    /// The one that has the least to do among those that a request may go to.
    pub(super) fn choose(&self, wanted: &Wanted<'_>) -> Option<Serves> {
        let all = self.topics.get(wanted.topic)?;
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let from = turn.checked_rem(all.len())?;
        let (later, sooner) = all.split_at(from);
        let fitting = sooner.iter().chain(later).filter(|serves| serves.fits(wanted));
        fitting.min_by_key(|serves| serves.load()).cloned()
    }

    /// All of them; of a fanout each server is one, whatever server it names.
    pub(super) fn all(&self, wanted: &Wanted<'_>) -> Vec<Serves> {
        let all = self.topics.get(wanted.topic).into_iter().flatten();
        all.filter(|serves| serves.fits(wanted)).cloned().collect()
    }
}

impl Serves {
    fn fits(&self, wanted: &Wanted<'_>) -> bool {
        if self.up.is_over() {
            return false;
        }
        match &self.way {
            Way::Lane(lane) => {
                let endpoint = lane.endpoint();
                endpoint.exchange == wanted.exchange
                    && wanted.server.is_none_or(|server| server == endpoint.server)
            }
            // Without the exchange, which it does not know.
            Way::Plain { server } => !wanted.monitored && server.as_deref() == wanted.server,
        }
    }

    /// First whether it would have to wait, then how many it has.
    fn load(&self) -> (bool, usize) {
        match &self.way {
            Way::Lane(lane) => (lane.is_full(), lane.busy()),
            Way::Plain { .. } => (false, 0),
        }
    }
}
