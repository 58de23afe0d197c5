//! The servers that are known.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::time::{Instant, timeout_at};

use super::super::directory::{Directory, PeerAddress};
use super::super::peer;
use super::super::tasks::Tasks;
use super::super::terms::Terms;
use super::answers::Answers;
use super::link::{Common, Link, Stage};
use super::table::{Table, Wanted};
use crate::clock::after;
use crate::error::Fault;
use crate::lock::lock;
use crate::transport::driver::TakeReply;

/// How long is looked for a server that is not known, at most.
pub(super) const SEARCH: Duration = Duration::from_secs(2);

/// How many places without a connection are remembered, before those are forgotten that the directory does not name any more.
const MANY: usize = 256;

/// All servers that are known.
#[derive(Debug)]
pub(in super::super) struct Fleet {
    /// What its links have in common.
    common: Arc<Common>,
    directory: Arc<dyn Directory>,
    pub(super) tasks: Arc<Tasks>,
    links: Mutex<HashMap<PeerAddress, Arc<Link>>>,
    pub(super) table: ArcSwap<Table>,
    /// Whether places that cannot be reached are tried again without anybody wanting something of them.
    pub(super) keeps: bool,
    /// When a topic was last looked up in the directory.
    looked: Mutex<HashMap<(String, Option<String>), Instant>>,
    refresh: Duration,
}

impl Fleet {
    /// `refresh` is how long what the directory has said is believed.
    pub(in super::super) fn new(
        name: &str,
        terms: Terms,
        directory: Arc<dyn Directory>,
        tasks: Arc<Tasks>,
        keeps: bool,
        refresh: Duration,
    ) -> Arc<Self> {
        let answers = Arc::new(Answers::new(name));
        Arc::new_cyclic(|fleet: &Weak<Self>| Self {
            common: Arc::new(Common {
                terms,
                peers_up: Mutex::default(),
                answers,
                changed: when_changed(fleet.clone()),
            }),
            directory,
            tasks,
            links: Mutex::default(),
            table: ArcSwap::default(),
            keeps,
            looked: Mutex::default(),
            refresh,
        })
    }

    /// Hands what comes for calls to this from now on.
    pub(in super::super) fn answer(&self, take: TakeReply) {
        self.common.answers.go_to(take);
    }

    /// Connects to these without being asked for them.
    pub(in super::super) fn know(self: &Arc<Self>, addresses: &[PeerAddress]) {
        addresses.iter().for_each(|address| drop(self.link(address)));
    }

    /// Something is different with a link.
    fn changed(&self) {
        let links = lock(&self.links);
        let all: Vec<_> = links.values().cloned().collect();
        // Under the lock, so that what is older never takes the place of what is newer.
        self.table.store(Arc::new(Table::of(&all)));
        drop(links);
    }

    fn link(self: &Arc<Self>, address: &PeerAddress) -> Arc<Link> {
        let mut links = lock(&self.links);
        if let Some(link) = links.get(address) {
            return Arc::clone(link);
        }
        if links.len() >= MANY {
            self.forget(&mut links);
        }
        let link = Arc::new(Link::new(address.clone()));
        links.insert(address.clone(), Arc::clone(&link));
        let task = self.tasks.spawn(Arc::clone(&link).run(Arc::clone(&self.common), self.keeps));
        link.runs_by(task);
        link
    }

    /// Forgets the places that nobody names any more and that are not there.
    fn forget(&self, links: &mut HashMap<PeerAddress, Arc<Link>>) {
        links.retain(|_, link| {
            let stays = self.keeps || link.is_listed() || matches!(link.stage(), Stage::Up(_));
            if !stays {
                link.end();
            }
            stays
        });
    }

    /// Asks the directory who serves a topic, or who one server is, and waits until it is known which of those can be reached.
    /// Says of some that cannot why that is, or else why nothing is known.
    pub(super) async fn search(
        self: &Arc<Self>,
        wanted: &Wanted<'_>,
        deadline: Instant,
    ) -> Result<String, String> {
        let until = deadline.min(after(SEARCH));
        let resolved = timeout_at(until, self.directory.resolve(wanted.topic, wanted.server)).await;
        let addresses = match resolved {
            Ok(Ok(addresses)) => addresses,
            Ok(Err(Fault { why, .. })) => return Err(format!("the directory does not tell: {why}")),
            Err(_) => return Err("the directory does not answer".to_owned()),
        };
        let links: Vec<_> = addresses.iter().map(|address| self.link(address)).collect();
        // A fixed list says the same of every topic.
        if !self.keeps {
            self.note(wanted);
            self.list(wanted, &links);
        }
        futures::future::join_all(links.iter().map(|link| link.settled(until))).await;
        self.changed();
        let down = links.iter().filter_map(|link| match link.stage() {
            Stage::Down(why) => Some(format!("{}: {why}", link.address())),
            Stage::Connecting => Some(format!("{}: not connected yet", link.address())),
            Stage::Up(_) => None,
        });
        Ok(down.take(FEW_REASONS).collect::<Vec<_>>().join("; "))
    }

    /// Notes which places serve what, and which do not any more, for peers that do not say it.
    fn list(&self, wanted: &Wanted<'_>, found: &[Arc<Link>]) {
        let all: Vec<_> = lock(&self.links).values().cloned().collect();
        for link in all {
            if found.iter().any(|found| Arc::ptr_eq(found, &link)) {
                link.list(wanted.topic, wanted.server);
            } else {
                link.unlist(wanted.topic, wanted.server);
            }
        }
    }

    /// Whether the directory should be asked again for a topic although something is known of it; then it counts as asked.
    pub(super) fn is_stale(&self, wanted: &Wanted<'_>) -> bool {
        let looked = lock(&self.looked).get(&key_of(wanted)).copied();
        let is_stale = looked.is_none_or(|at| at.elapsed() >= self.refresh);
        if is_stale {
            self.note(wanted);
        }
        is_stale
    }

    /// Notes that the directory is asked for a topic now. Those that nobody has wanted for long are forgotten.
    fn note(&self, wanted: &Wanted<'_>) {
        let mut looked = lock(&self.looked);
        if looked.len() >= MANY {
            looked.retain(|_, at| at.elapsed() < self.refresh);
        }
        looked.insert(key_of(wanted), Instant::now());
    }

    /// Ends the wait of all calls, sends what is queued, and hangs up.
    pub(in super::super) async fn close(&self, deadline: Instant) {
        self.common.answers.end();
        let links: Vec<_> = lock(&self.links).values().cloned().collect();
        let ends = links.iter().filter_map(|link| match link.stage() {
            Stage::Up(up) => Some((link, up)),
            _ => None,
        });
        let ends: Vec<_> = ends.collect();
        ends.iter().filter_map(|(_, up)| up.peer()).for_each(peer::Peer::close);
        for (link, _) in &ends {
            link.is_down(deadline).await;
        }
        links.iter().for_each(|link| link.end());
    }
}

fn key_of(wanted: &Wanted<'_>) -> (String, Option<String>) {
    (wanted.topic.to_owned(), wanted.server.map(str::to_owned))
}

/// How many places an error tells of.
const FEW_REASONS: usize = 4;

/// Has the fleet look at its links, if it is still there.
fn when_changed(fleet: Weak<Fleet>) -> Box<dyn Fn() + Send + Sync> {
    Box::new(move || {
        if let Some(fleet) = fleet.upgrade() {
            fleet.changed();
        }
    })
}
