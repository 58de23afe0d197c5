//! Keeps in Redis what this process has announced: made at once, renewed for as long as somebody wants it, and made again after
//! Redis has lost it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

use super::super::lease::Standing;
use super::client::Client;
use super::commands::Commands;
use super::entries::{Entries, Entry, Member};
use super::error::RedisError;
use super::reply::Reply;
use crate::clock::after;
use crate::contained::contained;
use crate::error::Fault;
use crate::random::fraction;
use crate::text::printable;

/// How soon it is tried again after Redis was not to be had; twice as long after the next time, and so on.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// What is wrong with which keys.
type Faults = HashMap<String, Fault>;

/// What it is told.
pub(super) enum Order {
    Announce {
        number: u64,
        entry: Entry,
        standing: watch::Sender<Standing>,
    },
    /// Whoever waits for it is let go when it is done.
    Withdraw {
        number: u64,
        done: oneshot::Sender<()>,
    },
}

/// The task that all entries of a process have together, so that nothing overtakes another thing.
#[derive(Debug)]
pub(super) struct Announcer {
    client: Arc<Client>,
    entries: Entries,
    /// When they are to be made or renewed; not if there are none.
    due: Option<Instant>,
    pause: Duration,
    /// What is wrong with keys, as it was logged.
    reasons: BTreeSet<String>,
}

impl Announcer {
    pub(super) fn new(client: Arc<Client>) -> Self {
        Self { client, entries: Entries::default(), due: None, pause: FIRST_PAUSE, reasons: BTreeSet::new() }
    }

    /// Runs until nobody can give an order any more.
    pub(super) async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        loop {
            let due = self.due;
            let order = tokio::select! {
                order = orders.recv() => order,
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    self.renew().await;
                    continue;
                }
            };
            let Some(order) = order else { return };
            let (mut alone, mut waiting) = (Vec::new(), Vec::new());
            self.take(order, &mut alone, &mut waiting);
            // All that was ordered meanwhile is one question.
            while let Ok(order) = orders.try_recv() {
                self.take(order, &mut alone, &mut waiting);
            }
            self.withdraw(&alone).await;
            drop(waiting);
        }
    }

    fn take(&mut self, order: Order, alone: &mut Vec<Member>, waiting: &mut Vec<oneshot::Sender<()>>) {
        match order {
            Order::Announce { number, entry, standing } => {
                self.entries.add(number, entry, standing);
                self.due = Some(Instant::now());
            }
            Order::Withdraw { number, done } => {
                alone.extend(self.entries.remove(number));
                waiting.push(done);
                if self.entries.is_empty() {
                    self.due = None;
                }
            }
        }
    }

    async fn withdraw(&self, members: &[Member]) {
        // What was withdrawn and announced again meanwhile stays.
        let mut commands = Commands::default();
        for member in members.iter().filter(|member| !self.entries.need(member)) {
            commands.add(&[b"SREM", member.key.as_bytes(), member.value.as_bytes()]);
        }
        // It expires if that fails, and the client has said why.
        if commands.count() > 0 {
            let _ = self.client.ask(&commands, Client::deadline()).await;
        }
    }

    async fn renew(&mut self) {
        let made = self.make().await;
        let works = match &made {
            Ok(faults) => {
                self.log(faults);
                self.entries.tell(|key| faults.get(key).cloned());
                faults.is_empty()
            }
            // The client has logged it.
            Err(error) => {
                let fault = self.client.fault(error);
                self.entries.tell(|_| Some(fault.clone()));
                false
            }
        };
        let renewal = self.client.options().renewal();
        let pause = if works {
            self.pause = FIRST_PAUSE;
            renewal
        } else {
            let pause = self.pause.min(renewal);
            self.pause = pause * 2;
            // Not all processes at once.
            pause.mul_f64(0.5 + 0.5 * fraction())
        };
        self.due = Some(after(pause));
    }

    /// Makes all entries or renews them; gives what is wrong with a key.
    async fn make(&self) -> Result<Faults, RedisError> {
        let members = self.entries.members();
        let deadline = Client::deadline();
        let mut commands = Commands::default();
        for member in &members {
            commands.add(&[b"SADD", member.key.as_bytes(), member.value.as_bytes()]);
            commands.add(&[b"TTL", member.key.as_bytes()]);
        }
        let replies = self.client.ask(&commands, deadline).await?;
        let mut faults = Faults::new();
        let mut expiries = Commands::default();
        let expire = self.client.options().expire_seconds();
        for (member, replies) in members.iter().zip(replies.chunks(2)) {
            if let Some(Reply::Error(text)) = replies.iter().find(|reply| matches!(reply, Reply::Error(_))) {
                let fault = self.client.fault(&RedisError::refused(text));
                faults.insert(member.key.clone(), fault);
                continue;
            }
            // Sets are shared with others, who may renew them less often: the time that they have left is never made shorter.
            let lasts = match replies {
                [_, Reply::Integer(left)] => u64::try_from(*left).is_ok_and(|left| left >= expire),
                _ => false,
            };
            if !lasts {
                expiries.add(&[b"EXPIRE", member.key.as_bytes(), expire.to_string().as_bytes()]);
            }
        }
        if expiries.count() > 0 {
            self.client.ask(&expiries, deadline).await?;
        }
        Ok(faults)
    }

    /// Logs what is wrong with keys once for each reason, and that nothing is any more.
    fn log(&mut self, faults: &Faults) {
        let reasons: BTreeSet<_> = faults.values().map(|fault| fault.why.clone()).collect();
        for reason in reasons.difference(&self.reasons) {
            let keys = faults.iter().filter(|(_, fault)| fault.why == *reason).map(|(key, _)| key);
            let key = keys.min().map_or_else(String::new, |key| printable(key));
            contained(|| tracing::warn!("not announced in {key}: {reason}"));
        }
        if reasons.is_empty() && !self.reasons.is_empty() {
            contained(|| tracing::info!("everything is announced in Redis again"));
        }
        self.reasons = reasons;
    }
}
