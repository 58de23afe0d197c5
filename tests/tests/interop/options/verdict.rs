//! What becomes of one value of an option.

use super::session::Act;

/// An option of a group with a value.
pub(super) type Set = (&'static str, &'static str, &'static str);

/// How the two sides are to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Both take it, and do the same.
    Same,
    /// Both take it, and each does this alone.
    Differs { ours: &'static [&'static str], theirs: &'static [&'static str], why: &'static str },
    /// Python takes it, and we don't.
    Refused(&'static str),
    /// We take it, and Python doesn't.
    OnlyOurs(&'static str),
    /// Neither takes it.
    Neither,
}

/// One value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Try {
    pub(super) value: &'static str,
    /// What is set beside it.
    pub(super) with: &'static [Set],
    pub(super) act: Act,
    /// Whether Python tries for ever, and never comes to say so: nobody waits for that.
    pub(super) in_vain: bool,
    pub(super) verdict: Verdict,
    /// That with RabbitMQ 4 or newer, where it is another one.
    since_4: Option<Verdict>,
}

impl Try {
    const fn new(value: &'static str, verdict: Verdict) -> Self {
        Self { value, with: &[], act: Act::Rpc, in_vain: false, verdict, since_4: None }
    }

    pub(super) const fn with(self, with: &'static [Set]) -> Self {
        Self { with, ..self }
    }

    pub(super) const fn in_vain(self) -> Self {
        Self { in_vain: true, ..self }
    }

    pub(super) const fn since_4(self, verdict: Verdict) -> Self {
        Self { since_4: Some(verdict), ..self }
    }

    /// What it is with this major version of RabbitMQ.
    pub(super) fn with_broker(self, version: u32) -> Self {
        match self.since_4 {
            Some(verdict) if version >= 4 => Self { verdict, in_vain: false, ..self },
            _ => self,
        }
    }

    pub(super) const fn act(self, act: Act) -> Self {
        Self { act, ..self }
    }
}

pub(super) const fn same(value: &'static str) -> Try {
    Try::new(value, Verdict::Same)
}

pub(super) const fn differs(
    value: &'static str,
    ours: &'static [&'static str],
    theirs: &'static [&'static str],
    why: &'static str,
) -> Try {
    Try::new(value, Verdict::Differs { ours, theirs, why })
}

pub(super) const fn refused(value: &'static str, why: &'static str) -> Try {
    Try::new(value, Verdict::Refused(why))
}

pub(super) const fn only_ours(value: &'static str, why: &'static str) -> Try {
    Try::new(value, Verdict::OnlyOurs(why))
}

pub(super) const fn neither(value: &'static str) -> Try {
    Try::new(value, Verdict::Neither)
}
