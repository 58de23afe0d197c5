//! What a ledger proves: broken guarantees, with the requests that broke them.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::ledger::{Entry, Id};
use super::{Kind, Ledger, Outcome};
use anyhow::{Result, bail};

/// How many offending requests a finding shows.
const SHOWN: usize = 20;

/// How long after its deadline a request may end before it is said to hang. A Rust client ends it in the same
/// instant, as tests with a paused clock assert; the rest is what a busy machine takes.
const LATE: Duration = Duration::from_secs(30);

/// Whose the client of a lane is, or its servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Of this project: what it promises is judged.
    Ours,
    /// Unmodified oslo.messaging's, all of them or some: what it does wrong by itself is counted and shown.
    Peers,
}

/// What is guaranteed under a fault beyond what always is.
///
/// Always: every request ends; an answer is the one to its call, and was executed; what is said
/// to have reached no queue is not executed; nothing is executed that nobody sent; no error is one that the
/// fault can't explain. And from the [recovery](Ledger::recovered) on, whatever the fault may do: every
/// cast that the broker has taken is executed, and nothing is executed twice.
///
/// Of that, a client that is not ours need not end its requests, nor know what was sent. Where servers are not ours,
/// they may lose what they were given; and how often they execute it is theirs, while a server of ours beside them
/// still executes it once.
#[derive(Debug, Clone, Copy)]
pub struct Promise {
    /// Every cast that the broker has taken is executed, during the fault too.
    pub keeps: bool,
    /// Nothing is executed twice, during the fault too.
    pub once: bool,
    /// Every request ends at its deadline.
    pub punctual: bool,
    /// Whose the client is.
    pub client: Side,
    /// Whose the servers are; [`Side::Peers`] if one of them is not ours.
    pub servers: Side,
}

impl Promise {
    /// All that can be.
    pub const ALL: Self =
        Self { keeps: true, once: true, punctual: true, client: Side::Ours, servers: Side::Ours };
}

/// A guarantee as a text, and whether a request breaks it.
type Rule = (&'static str, fn(Id, &Entry) -> bool);

/// Of everybody.
const ALWAYS: &[Rule] = &[
    (
        "answered with the answer to another call",
        |id, entry| matches!(entry.outcome, Some(Outcome::Answered(value)) if value != id),
    ),
    ("answered but not executed", |_, entry| {
        matches!(entry.outcome, Some(Outcome::Answered(_))) && entry.executed.is_empty()
    }),
    ("executed but never sent", |_, entry| entry.kind.is_none()),
    ("ended with an error that nothing explains", |_, entry| {
        matches!(entry.outcome, Some(Outcome::Wrong(_)))
    }),
];

/// Of a client of ours.
const CLIENT: &[Rule] = &[NEVER_ENDED, CONTRADICTED];

const NEVER_ENDED: Rule =
    ("never ended", |_, entry| entry.kind.is_some() && matches!(entry.outcome, None | Some(Outcome::Hung)));

const CONTRADICTED: Rule = ("executed although its sender was told that it was not sent", |_, entry| {
    matches!(entry.outcome, Some(Outcome::NotSent(_))) && !entry.executed.is_empty()
});

/// Of servers of ours, as the next one.
const KEEPS: Rule =
    ("confirmed but lost", |_, entry| entry.outcome == Some(Outcome::Confirmed) && entry.executed.is_empty());

const ONCE: Rule = ("executed more than once", |_, entry| entry.executed.len() > 1);

/// Of a server of ours beside others.
const ONCE_BY_OURS: Rule = ("executed more than once by servers of ours", |_, entry| entry.ours > 1);

const PUNCTUAL: Rule = ("ended long after its deadline", |_, entry| entry.late > LATE);

impl Ledger {
    /// Which guarantees are broken, one text for each, with the requests that did it. Final once the
    /// load and the servers have stopped.
    #[must_use]
    pub fn findings(&self, promise: Promise) -> Vec<String> {
        let recovered = self.recovered_from();
        let from = |promised: bool| if promised { 0 } else { recovered };
        let client: &[Rule] = if promise.client == Side::Ours { CLIENT } else { &[] };
        let (keeps, once) = (from(promise.keeps), from(promise.once));
        let servers = match promise.servers {
            Side::Ours => vec![(keeps, KEEPS), (once, ONCE)],
            Side::Peers => vec![(once, ONCE_BY_OURS)],
        };
        let punctual = promise.punctual.then_some((0, PUNCTUAL));
        let rules = client.iter().chain(ALWAYS).map(|rule| (0, *rule)).chain(servers).chain(punctual);
        let entries = self.entries();
        let judge = |(from, (what, broken)): (Id, Rule)| {
            let offenders: Vec<_> = entries.range(from..).filter(|(id, entry)| broken(**id, entry)).collect();
            let (count, shown) = (offenders.len(), offenders.len().min(SHOWN));
            let offenders: String =
                offenders[..shown].iter().map(|(id, entry)| format!("\n  {id}: {entry:?}")).collect();
            (count > 0).then(|| format!("{}: {count} requests {what}:{offenders}", self.name()))
        };
        rules.filter_map(judge).collect()
    }

    /// Fails with all findings; otherwise what happened, in numbers.
    pub fn check(&self, promise: Promise) -> Result<Tally> {
        let (findings, tally) = (self.findings(promise), self.tally());
        if !findings.is_empty() {
            bail!("{}\n{tally}", findings.join("\n"));
        }
        Ok(tally)
    }

    /// What happened, in numbers.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally { name: self.name().to_owned(), ..Tally::default() };
        for what in self.failures_of_peers() {
            *tally.peers.entry(what).or_default() += 1;
        }
        for entry in self.entries().values() {
            match entry.kind {
                Some(Kind::Call) => tally.calls += 1,
                Some(Kind::Cast) => tally.casts += 1,
                Some(Kind::Notification) => tally.notifications += 1,
                None => {}
            }
            match &entry.outcome {
                Some(Outcome::Confirmed) => tally.confirmed += 1,
                Some(Outcome::Answered(_)) => tally.answered += 1,
                Some(Outcome::NotSent(_)) => tally.not_sent += 1,
                Some(Outcome::Unclear(_)) => tally.unclear += 1,
                Some(Outcome::Peers(text)) => *tally.peers.entry(text.clone()).or_default() += 1,
                Some(Outcome::Wrong(_) | Outcome::Hung) | None => {}
            }
            tally.hung += usize::from(NEVER_ENDED.1(0, entry));
            tally.contradicted += usize::from(CONTRADICTED.1(0, entry));
            tally.executed += usize::from(!entry.executed.is_empty());
            tally.repeated += usize::from(entry.executed.len() > 1);
            tally.lost += usize::from(KEEPS.1(0, entry));
            tally.latest = tally.latest.max(entry.late);
        }
        tally
    }
}

/// How many requests came to what; printed, one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// The name of the ledger.
    pub name: String,
    /// Calls sent.
    pub calls: usize,
    /// Casts sent.
    pub casts: usize,
    /// Notifications sent.
    pub notifications: usize,
    /// Casts and notifications that the broker has taken.
    pub confirmed: usize,
    /// Calls that were answered.
    pub answered: usize,
    /// Requests whose sender was told that they were not sent.
    pub not_sent: usize,
    /// Requests whose sender was told that they may be executed or not.
    pub unclear: usize,
    /// Requests that did not end.
    pub hung: usize,
    /// Requests that a server executed although their sender was told that they were not sent.
    pub contradicted: usize,
    /// What peers that are not ours did wrong by themselves, by class and text, and how often.
    pub peers: BTreeMap<String, usize>,
    /// Requests that a server executed.
    pub executed: usize,
    /// Requests that were executed more than once.
    pub repeated: usize,
    /// Casts and notifications that the broker had taken and no server executed.
    pub lost: usize,
    /// How long after its deadline the latest request ended.
    pub latest: Duration,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, calls, casts, notifications, confirmed, answered, not_sent, unclear, .. } = self;
        let Self { executed, repeated, lost, latest, hung, contradicted, peers, .. } = self;
        if *notifications > 0 {
            write!(f, "{name}: {notifications} notifications ({confirmed} confirmed), ")?;
        } else {
            write!(
                f,
                "{name}: {calls} calls ({answered} answered), {casts} casts ({confirmed} confirmed), "
            )?;
        }
        write!(f, "{not_sent} not sent, {unclear} unclear; {executed} executed, {repeated} repeated, ")?;
        write!(f, "{lost} lost; at most {} ms after the deadline", latest.as_millis())?;
        for (count, what) in [(hung, "never ended"), (contradicted, "executed although said not to be sent")]
        {
            if *count > 0 {
                write!(f, "; {count} {what}")?;
            }
        }
        for (what, count) in peers {
            // The text of an exception may have lines.
            write!(f, "; by a peer itself, {count} times: {}", what.lines().next().unwrap_or_default())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Promise = Promise::ALL;
    const NONE: Promise = Promise { keeps: false, once: false, punctual: false, ..ALL };
    const PEERS_CLIENT: Promise = Promise { client: Side::Peers, ..ALL };
    const PEERS_SERVER: Promise = Promise { servers: Side::Peers, ..ALL };

    fn ledger(kind: Kind, outcome: Option<Outcome>, executed: usize) -> Ledger {
        let ledger = Ledger::new("load");
        // The number of the request is 1 in all of these.
        ledger.sent(Kind::Cast);
        ledger.ended(0, Outcome::Confirmed, Duration::ZERO);
        ledger.executed(0, "rust");
        let id = ledger.sent(kind);
        if let Some(outcome) = outcome {
            ledger.ended(id, outcome, Duration::ZERO);
        }
        (0..executed).for_each(|_| ledger.executed(id, "rust"));
        ledger
    }

    fn finding(ledger: &Ledger, promise: Promise) -> Option<String> {
        let findings = ledger.findings(promise);
        assert!(findings.len() < 2, "{findings:?}");
        let text = findings.into_iter().next()?;
        Some(text.lines().next().unwrap_or_default().to_owned())
    }

    #[test]
    fn what_may_be_is_no_finding() {
        let why = || "the link was lost".to_owned();
        for (kind, outcome, executed) in [
            (Kind::Cast, Outcome::Confirmed, 1),
            (Kind::Call, Outcome::Answered(1), 1),
            (Kind::Call, Outcome::NotSent(why()), 0),
            (Kind::Call, Outcome::Unclear(why()), 0),
            (Kind::Cast, Outcome::Unclear(why()), 1),
        ] {
            assert_eq!(finding(&ledger(kind, Some(outcome), executed), ALL), None);
        }
    }

    #[test]
    fn each_broken_guarantee_is_found() {
        let why = || "why".to_owned();
        for (kind, outcome, executed, what) in [
            (Kind::Call, None, 0, "never ended:"),
            (Kind::Call, Some(Outcome::Hung), 1, "never ended:"),
            (Kind::Call, Some(Outcome::Answered(0)), 1, "answered with the answer to another call:"),
            (Kind::Call, Some(Outcome::Answered(1)), 0, "answered but not executed:"),
            (
                Kind::Cast,
                Some(Outcome::NotSent(why())),
                1,
                "executed although its sender was told that it was not sent:",
            ),
            (Kind::Cast, Some(Outcome::Wrong(why())), 1, "ended with an error that nothing explains:"),
            (Kind::Cast, Some(Outcome::Confirmed), 0, "confirmed but lost:"),
            (Kind::Cast, Some(Outcome::Unclear(why())), 2, "executed more than once:"),
        ] {
            let found = finding(&ledger(kind, outcome, executed), ALL).unwrap();
            assert_eq!(found, format!("load: 1 requests {what}"));
        }
    }

    #[test]
    fn what_a_client_of_others_does_by_itself_is_counted_only() {
        let reset = || Outcome::Peers("ConnectionResetError: [Errno 104]".to_owned());
        for executed in [0, 1] {
            let tally = ledger(Kind::Cast, Some(reset()), executed).check(PEERS_CLIENT).unwrap();
            assert_eq!(tally.peers, BTreeMap::from([("ConnectionResetError: [Errno 104]".to_owned(), 1)]));
            assert_eq!((tally.unclear, tally.lost, tally.executed), (0, 0, 1 + executed));
            let shown = "; by a peer itself, 1 times: ConnectionResetError: [Errno 104]";
            assert!(tally.to_string().ends_with(shown), "{tally}");
        }
        for (outcome, shown) in [
            (None, "; 1 never ended"),
            (Some(Outcome::Hung), "; 1 never ended"),
            (Some(Outcome::NotSent("why".to_owned())), "; 1 executed although said not to be sent"),
        ] {
            let ledger = ledger(Kind::Call, outcome, 1);
            assert!(ledger.check(PEERS_CLIENT).unwrap().to_string().ends_with(shown));
            assert!(ledger.check(ALL).is_err());
        }
    }

    #[test]
    fn what_servers_of_ours_do_for_a_client_of_others_is_judged() {
        let why = || "why".to_owned();
        for (kind, outcome, executed, what) in [
            (Kind::Call, Outcome::Answered(0), 1, "answered with the answer to another call:"),
            (Kind::Call, Outcome::Answered(1), 0, "answered but not executed:"),
            (Kind::Call, Outcome::Wrong(why()), 1, "ended with an error that nothing explains:"),
            (Kind::Cast, Outcome::Confirmed, 0, "confirmed but lost:"),
            (Kind::Cast, Outcome::Peers(why()), 2, "executed more than once:"),
        ] {
            let found = finding(&ledger(kind, Some(outcome), executed), PEERS_CLIENT).unwrap();
            assert_eq!(found, format!("load: 1 requests {what}"));
        }
    }

    #[test]
    fn what_servers_of_others_do_by_themselves_is_counted_only() {
        let by_peers = |executed: usize| {
            let ledger = ledger(Kind::Cast, Some(Outcome::Confirmed), 0);
            (0..executed).for_each(|_| ledger.executed_by_peer(1, "python"));
            ledger
        };
        assert_eq!(by_peers(0).check(PEERS_SERVER).unwrap().lost, 1);
        assert_eq!(by_peers(2).check(PEERS_SERVER).unwrap().repeated, 1);
        // One of ours beside them executes once what it is given.
        let beside = by_peers(1);
        beside.executed(1, "rust");
        assert_eq!(finding(&beside, PEERS_SERVER), None);
        beside.executed(1, "rust");
        let found = finding(&beside, PEERS_SERVER).unwrap();
        assert_eq!(found, "load: 1 requests executed more than once by servers of ours:");
        // And so with a peer that can't be stopped.
        let stuck = by_peers(1);
        stuck.peer_failed("its end: it did not stop");
        assert!(
            stuck.check(PEERS_SERVER).unwrap().to_string().ends_with("1 times: its end: it did not stop")
        );
    }

    #[test]
    fn what_a_client_of_ours_does_with_servers_of_others_is_judged() {
        let why = || "why".to_owned();
        for (kind, outcome, executed, what) in [
            (Kind::Call, None, 1, "never ended:"),
            (Kind::Call, Some(Outcome::Answered(0)), 1, "answered with the answer to another call:"),
            (Kind::Call, Some(Outcome::Answered(1)), 0, "answered but not executed:"),
            (Kind::Call, Some(Outcome::Wrong(why())), 1, "ended with an error that nothing explains:"),
            (
                Kind::Cast,
                Some(Outcome::NotSent(why())),
                1,
                "executed although its sender was told that it was not sent:",
            ),
        ] {
            let found = finding(&ledger(kind, outcome, executed), PEERS_SERVER).unwrap();
            assert_eq!(found, format!("load: 1 requests {what}"));
        }
    }

    #[test]
    fn what_nobody_sent_is_found() {
        let ledger = ledger(Kind::Cast, Some(Outcome::Confirmed), 1);
        ledger.executed(7, "rust");
        assert_eq!(finding(&ledger, ALL).unwrap(), "load: 1 requests executed but never sent:");
    }

    #[test]
    fn what_is_not_promised_is_counted_only() {
        let lost = ledger(Kind::Cast, Some(Outcome::Confirmed), 0);
        assert_eq!(lost.check(NONE).unwrap().lost, 1);
        assert_eq!(lost.missing_since(0), [1]);
        let repeated = ledger(Kind::Cast, Some(Outcome::Confirmed), 3);
        assert_eq!(repeated.check(NONE).unwrap().repeated, 1);
        assert!(repeated.check(ALL).is_err());
    }

    #[test]
    fn after_the_recovery_nothing_is_lost_or_repeated_whatever_was_promised() {
        for (executed, what) in [(0, "confirmed but lost:"), (2, "executed more than once:")] {
            let ledger = ledger(Kind::Cast, Some(Outcome::Confirmed), executed);
            ledger.recovered();
            assert_eq!(finding(&ledger, NONE), None);

            let id = ledger.sent(Kind::Cast);
            ledger.ended(id, Outcome::Confirmed, Duration::ZERO);
            (0..executed).for_each(|_| ledger.executed(id, "rust"));
            assert_eq!(finding(&ledger, NONE).unwrap(), format!("load: 1 requests {what}"));
            assert_eq!(finding(&ledger, ALL).unwrap(), format!("load: 2 requests {what}"));
            // A fault after that is a fault again.
            ledger.recovered();
            assert_eq!(finding(&ledger, NONE), None);
        }
    }

    #[test]
    fn what_ends_long_after_its_deadline_is_found() {
        let late = |late| {
            let ledger = ledger(Kind::Cast, None, 1);
            ledger.ended(1, Outcome::Confirmed, late);
            ledger
        };
        assert_eq!(finding(&late(LATE), ALL), None);
        let too_late = late(LATE + Duration::from_millis(1));
        assert_eq!(finding(&too_late, ALL).unwrap(), "load: 1 requests ended long after its deadline:");
        assert_eq!(finding(&too_late, NONE), None);
    }
}
