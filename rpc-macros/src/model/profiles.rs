//! Named sets of what methods say of waiting and of errors.

use proc_macro2::Ident;

use super::kind::Kind;
use crate::errors::Errors;
use crate::parse::{Profile, ProfileKey, RpcKeys};

/// The profiles of a trait.
#[derive(Debug)]
pub(super) struct Profiles {
    all: Vec<ProfileKey>,
    /// Whether all of them could be read.
    is_whole: bool,
    /// Those that methods have named.
    used: Vec<Ident>,
}

impl Profiles {
    /// The value of `profiles(..)`, which `is_whole` if it could be read.
    pub(super) fn read(keys: Vec<ProfileKey>, is_whole: bool, errors: &mut Errors) -> Self {
        let mut all: Vec<ProfileKey> = Vec::new();
        for key in keys {
            match all.iter().any(|known| known.name == key.name) {
                true => errors.at(&key.name, format!("profile {} given twice", key.name)),
                false => all.push(key),
            }
        }
        Self { all, is_whole, used: Vec::new() }
    }

    /// What a method says of it, by itself and by the profiles that it names: its own goes before theirs, and
    /// the expected errors of all of them are expected.
    pub(super) fn of_method(&mut self, keys: &RpcKeys, kind: Option<Kind>, errors: &mut Errors) -> Profile {
        let mut whole = keys.profile.clone();
        // Which profile said it first.
        let mut said: Vec<(&str, &Ident)> = Vec::new();
        for name in &keys.profiles {
            let Some(key) = self.all.iter().find(|known| known.name == *name) else {
                if self.is_whole {
                    errors.at(name, self.unknown(name));
                }
                continue;
            };
            self.used.push(name.clone());
            if keys.profiles.iter().filter(|other| *other == name).count() > 1 {
                errors.at(name, format!("profile {name} is named twice"));
                continue;
            }
            let own = |key: &str| keys.keys.saw(key);
            let mut keys_of_it = key.keys.seen().peekable();
            // One without any has an error already.
            if keys_of_it.peek().is_some() && keys_of_it.all(|key| key != "expected" && own(&key.to_string()))
            {
                errors.at(name, format!("profile {name} says nothing that the method does not say itself"));
            }
            for waiting in ["timeout", "monitor"].into_iter().filter(|waiting| key.keys.saw(waiting)) {
                if matches!(kind, Some(Kind::Cast | Kind::Fanout)) {
                    errors
                        .at(name, format!("a cast waits for nothing, and profile {name} has a `{waiting}`"));
                }
                match said.iter().find(|(known, _)| *known == waiting) {
                    Some((_, first)) => {
                        errors.at(name, format!("profiles {first} and {name} both have a `{waiting}`"));
                    }
                    None => said.push((waiting, name)),
                }
            }
            let Profile { timeout, monitor, expected } = key.profile.clone();
            whole.timeout = whole.timeout.or(timeout);
            whole.monitor = whole.monitor.or(monitor);
            whole.expected.extend(expected);
        }
        whole
    }

    /// Refuses those that no method has named.
    pub(super) fn check_used(&self, errors: &mut Errors) {
        for ProfileKey { name, .. } in &self.all {
            if !self.used.contains(name) {
                errors.at(name, format!("no method has `profile = {name}`"));
            }
        }
    }

    fn unknown(&self, name: &Ident) -> String {
        let known: Vec<String> = self.all.iter().map(|profile| profile.name.to_string()).collect();
        match &known[..] {
            [] => format!("the trait has no profiles: declare it with profiles({name}(timeout = ..))"),
            known => format!("the trait has no profile {name}; it has {}", known.join(", ")),
        }
    }
}
