//! When to ask a peer whether it is there, and when it is dead; without a clock of its own.

use std::time::Duration;

use tokio::time::Instant;

use crate::clock::later;

/// The shortest time between two questions.
const SHORTEST: Duration = Duration::from_millis(10);

/// What is known of a peer being there.
#[derive(Debug)]
pub(super) struct Liveness {
    every: Duration,
    dead_after: Duration,
    /// When the next PING is due; `None` for a peer that does not know them.
    next_ping: Option<Instant>,
    /// Whether one is on its way to the socket: there is no second one meanwhile.
    under_way: bool,
    /// When the first was written that nothing was heard after.
    unanswered: Option<Instant>,
    heard: Instant,
    /// When the socket took something last.
    wrote: Instant,
    /// When the peer wants to be thought dead unless it says more.
    ends: Option<Instant>,
    /// Whether this side does not listen.
    deaf: bool,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    Ping,
    /// The peer is dead: nothing was heard for so long.
    Dead(Duration),
}

impl Liveness {
    pub(super) fn new(every: Duration, dead_after: Duration, heartbeats: bool, now: Instant) -> Self {
        let every = every.max(SHORTEST);
        Self {
            every,
            dead_after,
            next_ping: heartbeats.then(|| later(now, every)),
            under_way: false,
            unanswered: None,
            heard: now,
            wrote: now,
            ends: None,
            deaf: false,
        }
    }

    /// Something has come, whatever it is.
    pub(super) fn heard(&mut self, now: Instant) {
        self.heard = now;
        self.unanswered = None;
        self.ends = None;
    }

    /// The peer has said that it is dead if it says no more for so long.
    pub(super) fn ends_after(&mut self, ttl: Duration, now: Instant) {
        self.ends = (!ttl.is_zero()).then(|| later(now, ttl));
    }

    /// The socket has taken something.
    pub(super) fn wrote(&mut self, now: Instant) {
        self.wrote = now;
    }

    /// The PING that was due has been written.
    pub(super) fn asked(&mut self, now: Instant) {
        self.under_way = false;
        self.unanswered.get_or_insert(now);
    }

    /// Whether this side listens. That it has not is not held against the peer.
    pub(super) fn listens(&mut self, listens: bool, now: Instant) {
        if listens && self.deaf {
            self.heard(now);
        }
        self.deaf = !listens;
    }

    pub(super) fn is_deaf(&self) -> bool {
        self.deaf
    }

    pub(super) fn due(&mut self, now: Instant) -> Due {
        if self.dead_at().is_some_and(|at| at <= now) {
            return Due::Dead(now.saturating_duration_since(self.heard));
        }
        match &mut self.next_ping {
            Some(next) if *next <= now => *next = later(now, self.every),
            _ => return Due::Nothing,
        }
        match std::mem::replace(&mut self.under_way, true) {
            true => Due::Nothing,
            false => Due::Ping,
        }
    }

    /// When something is due next, if nothing happens before.
    pub(super) fn next(&self) -> Option<Instant> {
        self.dead_at().into_iter().chain(self.next_ping).min()
    }

    fn dead_at(&self) -> Option<Instant> {
        if self.deaf {
            return None;
        }
        let silent = match self.unanswered {
            // It has had time to answer, too.
            Some(asked) => Some(later(self.heard, self.dead_after).max(later(asked, self.every))),
            // It may be busy with what was written before the PING, as long as it takes that.
            None => self.under_way.then(|| later(self.heard.max(self.wrote), self.dead_after)),
        };
        silent.into_iter().chain(self.ends).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_secs(5);
    const DEAD: Duration = Duration::from_secs(10);

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn start() -> (Liveness, Instant) {
        let now = Instant::now();
        (Liveness::new(EVERY, DEAD, true, now), now)
    }

    #[test]
    fn a_silent_peer_is_asked_and_then_dead() {
        let (mut liveness, start) = start();
        assert_eq!(liveness.next(), Some(start + secs(5)));
        assert_eq!(liveness.due(start + secs(4)), Due::Nothing);
        assert_eq!(liveness.due(start + secs(5)), Due::Ping);
        liveness.asked(start + secs(5));
        assert_eq!(liveness.due(start + secs(9)), Due::Nothing);
        assert_eq!(liveness.next(), Some(start + secs(10)));
        assert_eq!(liveness.due(start + secs(10)), Due::Dead(DEAD));
    }

    #[test]
    fn whoever_says_anything_lives() {
        let (mut liveness, start) = start();
        for round in 1..10 {
            let now = start + secs(5 * round);
            assert_eq!(liveness.due(now), Due::Ping);
            liveness.asked(now);
            liveness.heard(now + secs(4));
        }
    }

    #[test]
    fn it_has_time_to_answer_a_ping_that_is_written_late() {
        let (mut liveness, start) = start();
        assert_eq!(liveness.due(start + secs(5)), Due::Ping);
        // What is before it is taken, if slowly.
        liveness.wrote(start + secs(9));
        assert_eq!(liveness.due(start + secs(18)), Due::Nothing);
        liveness.wrote(start + secs(18));
        liveness.asked(start + secs(18));
        assert_eq!(liveness.due(start + secs(22)), Due::Nothing);
        assert_eq!(liveness.due(start + secs(23)), Due::Dead(secs(23)));
    }

    #[test]
    fn one_that_takes_nothing_is_dead_as_well() {
        let (mut liveness, start) = start();
        assert_eq!(liveness.due(start + secs(5)), Due::Ping);
        // There is one on its way.
        assert_eq!(liveness.due(start + secs(9)), Due::Nothing);
        assert_eq!(liveness.due(start + secs(10)), Due::Dead(DEAD));
    }

    #[test]
    fn what_this_side_does_not_listen_to_is_not_missed() {
        let (mut liveness, start) = start();
        liveness.ends_after(secs(1), start);
        liveness.listens(false, start);
        for round in 1..10 {
            let now = start + secs(5 * round);
            // The peer hears that this side lives.
            assert_eq!(liveness.due(now), Due::Ping);
            liveness.asked(now);
        }
        liveness.listens(true, start + secs(46));
        assert_eq!(liveness.due(start + secs(50)), Due::Ping);
        liveness.asked(start + secs(50));
        assert_eq!(liveness.due(start + secs(55)), Due::Ping);
        assert_eq!(liveness.due(start + secs(56)), Due::Dead(DEAD));
    }

    #[test]
    fn a_peer_may_say_when_it_is_dead() {
        let (mut liveness, start) = (Liveness::new(EVERY, DEAD, false, Instant::now()), Instant::now());
        assert_eq!(liveness.next(), None);
        liveness.heard(start);
        liveness.ends_after(secs(3), start);
        assert_eq!(liveness.due(start + secs(2)), Due::Nothing);
        assert_eq!(liveness.due(start + secs(3)), Due::Dead(secs(3)));
        liveness.heard(start + secs(3));
        liveness.ends_after(Duration::ZERO, start + secs(3));
        assert_eq!((liveness.next(), liveness.due(start + secs(999))), (None, Due::Nothing));
    }

    #[test]
    fn any_duration_is_taken() {
        let now = Instant::now();
        let mut liveness = Liveness::new(Duration::MAX, Duration::MAX, true, now);
        liveness.ends_after(Duration::MAX, now);
        assert_eq!(liveness.due(now), Due::Nothing);
        let mut liveness = Liveness::new(Duration::ZERO, Duration::ZERO, true, now);
        assert!(liveness.next() > Some(now));
        assert_eq!(liveness.due(now + SHORTEST), Due::Ping);
        assert!(liveness.next() <= Some(now + SHORTEST));
    }
}
