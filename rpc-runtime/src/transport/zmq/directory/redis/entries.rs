//! What this process has announced, and what of it is in Redis for which of its servers.

use std::collections::BTreeMap;

use tokio::sync::watch;

use super::super::lease::Standing;
use super::keys;
use crate::error::Fault;

/// One server at one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    topic: String,
    server: String,
    at: String,
}

/// A member of a set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Member {
    pub(super) key: String,
    pub(super) value: String,
}

impl Entry {
    pub(super) fn new(topic: &str, server: &str, at: &str) -> Self {
        Self { topic: topic.to_owned(), server: server.to_owned(), at: at.to_owned() }
    }

    /// What has to be in Redis: first that it is there, so that nobody who finds it takes it for dead.
    fn members(&self) -> Vec<Member> {
        let Self { topic, server, at } = self;
        let mut members = vec![Member { key: at.clone(), value: keys::LIFE.to_owned() }];
        if !server.is_empty() {
            members.push(Member { key: keys::of_server(topic, server), value: at.clone() });
        }
        members.push(Member { key: keys::of_topic(topic), value: at.clone() });
        members
    }
}

/// All entries, by the numbers of their leases.
#[derive(Debug, Default)]
pub(super) struct Entries {
    kept: BTreeMap<u64, Kept>,
    /// How many of them need a member.
    needed: BTreeMap<Member, usize>,
}

#[derive(Debug)]
struct Kept {
    entry: Entry,
    standing: watch::Sender<Standing>,
}

impl Entries {
    pub(super) fn add(&mut self, number: u64, entry: Entry, standing: watch::Sender<Standing>) {
        for member in entry.members() {
            *self.needed.entry(member).or_default() += 1;
        }
        self.kept.insert(number, Kept { entry, standing });
    }

    /// Removes one; gives what is in Redis for it alone, what says that it is there at the end.
    pub(super) fn remove(&mut self, number: u64) -> Vec<Member> {
        let Some(Kept { entry, .. }) = self.kept.remove(&number) else { return Vec::new() };
        let mut alone = entry.members();
        alone.retain(|member| match self.needed.get_mut(member) {
            Some(count) if *count > 1 => {
                *count -= 1;
                false
            }
            _ => self.needed.remove(member).is_some(),
        });
        alone.reverse();
        alone
    }

    pub(super) fn need(&self, member: &Member) -> bool {
        self.needed.contains_key(member)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// What has to be in Redis for all of them, each once, and first what says that somebody is there.
    pub(super) fn members(&self) -> Vec<&Member> {
        let (mut members, others): (Vec<_>, Vec<_>) =
            self.needed.keys().partition(|member| member.value == keys::LIFE);
        members.extend(others);
        members
    }

    /// Tells who holds the leases how they stand, by what is wrong with a key.
    pub(super) fn tell(&self, fault: impl Fn(&str) -> Option<Fault>) {
        for Kept { entry, standing } in self.kept.values() {
            let fault = entry.members().iter().find_map(|member| fault(&member.key));
            standing.send_replace(Some(fault.map_or(Ok(()), Err)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::FaultKind;

    fn member(key: &str, value: &str) -> Member {
        Member { key: key.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn what_servers_share_stays_until_the_last_of_them_leaves() {
        let mut entries = Entries::default();
        for (number, topic, server) in [(1, "t", "a"), (2, "t", "b"), (3, "u", "a")] {
            entries.add(number, Entry::new(topic, server, "h:1"), watch::channel(None).0);
        }
        let (life, a) = (member("h:1", " "), member("ROUTER/t/a", "h:1"));
        let t = member("ROUTER/t", "h:1");
        let (b, ua, u) =
            (member("ROUTER/t/b", "h:1"), member("ROUTER/u/a", "h:1"), member("ROUTER/u", "h:1"));
        assert_eq!(entries.members(), [&life, &t, &a, &b, &u, &ua]);
        assert_eq!(entries.remove(1), [a]);
        assert_eq!(entries.remove(1), []);
        assert_eq!(entries.remove(2), [t, b]);
        assert_eq!(entries.members().len(), 3);
        assert_eq!(entries.remove(3), [u, ua, life]);
        assert!(entries.is_empty() && entries.members().is_empty());
    }

    #[test]
    fn a_server_without_a_name_has_no_key() {
        assert_eq!(Entry::new("t", "", "h:1").members(), [member("h:1", " "), member("ROUTER/t", "h:1")]);
    }

    #[test]
    fn each_is_told_about_its_own_keys() {
        let mut entries = Entries::default();
        let (first, one) = watch::channel(None);
        let (second, two) = watch::channel(None);
        entries.add(1, Entry::new("t", "a", "h:1"), first);
        entries.add(2, Entry::new("u", "a", "h:1"), second);
        let fault = Fault::new(FaultKind::Conflict, "no set");
        entries.tell(|key| (key == "ROUTER/u").then(|| fault.clone()));
        assert!(matches!(&*one.borrow(), Some(Ok(()))));
        assert!(matches!(&*two.borrow(), Some(Err(fault)) if fault.why == "no set"));
    }
}
