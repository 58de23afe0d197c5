//! What a bus can do beyond moving messages.

use std::fmt;

/// What the bus of a driver can do. A client or server that needs more is refused when it is built, with the word
/// for what is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Abilities {
    /// It keeps messages while nobody takes them.
    pub(crate) stores: bool,
    /// It takes a message back that was delivered, for another server.
    pub(crate) requeues: bool,
    /// It tells how often a message was delivered, or lets a server put a copy with a count in its place.
    pub(crate) counts: bool,
    /// It has a place for messages that a server gives up.
    pub(crate) dead_letters: bool,
    /// It carries the signs of life of a server to its callers.
    pub(crate) monitors: bool,
    /// It tells whether it has a message.
    pub(crate) confirms: bool,
}

/// One of them, for an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ability {
    Stores,
    Requeues,
    Counts,
    DeadLetters,
    Monitors,
    Confirms,
}

/// Something was asked for that the bus of the transport cannot do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} cannot be had over {transport}, which does not {ability}")]
pub(crate) struct Unable {
    /// What was asked for, by the name that the user knows.
    pub(crate) what: &'static str,
    pub(crate) transport: &'static str,
    pub(crate) ability: Ability,
}

impl Abilities {
    pub(crate) const ALL: Self = Self {
        stores: true,
        requeues: true,
        counts: true,
        dead_letters: true,
        monitors: true,
        confirms: true,
    };

    /// The first of `needed` that is missing.
    pub(crate) fn lacks(self, needed: &[Ability]) -> Option<Ability> {
        needed.iter().copied().find(|ability| !self.has(*ability))
    }

    fn has(self, ability: Ability) -> bool {
        match ability {
            Ability::Stores => self.stores,
            Ability::Requeues => self.requeues,
            Ability::Counts => self.counts,
            Ability::DeadLetters => self.dead_letters,
            Ability::Monitors => self.monitors,
            Ability::Confirms => self.confirms,
        }
    }
}

/// What a bus without it does not do.
impl fmt::Display for Ability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Ability::Stores => "keep messages",
            Ability::Requeues => "take messages back",
            Ability::Counts => "count deliveries",
            Ability::DeadLetters => "keep dead letters",
            Ability::Monitors => "carry heartbeats",
            Ability::Confirms => "confirm messages",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_is_missing_is_named() {
        let needed = [Ability::Stores, Ability::Counts, Ability::Monitors];
        assert_eq!(Abilities::ALL.lacks(&needed), None);
        let abilities = Abilities { counts: false, monitors: false, ..Abilities::ALL };
        assert_eq!(abilities.lacks(&needed), Some(Ability::Counts));
        assert_eq!(abilities.lacks(&[Ability::Stores, Ability::Requeues]), None);
    }
}
