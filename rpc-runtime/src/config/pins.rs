//! The pins of `[upgrade_levels]` that clients have.

use std::fmt;
use std::sync::{Arc, Mutex};

use super::error::ConfigError;
use super::known::UPGRADE_LEVELS;
use super::place::Place;
use super::values::Values;
use crate::interface::Interface;
use crate::lock::lock;
use crate::pin::VersionPin;
use crate::version::Version;

/// What `auto` stands for.
pub(super) type Auto = Arc<dyn Fn() -> Option<Version> + Send + Sync>;

/// A pin that was handed out.
#[derive(Clone)]
struct HandedOut {
    name: String,
    interface: &'static Interface,
    auto: Option<Auto>,
    pin: VersionPin,
}

/// All that were handed out: one cell for each name and interface, however often it is asked for.
#[derive(Default)]
pub(super) struct Pins(Mutex<All>);

#[derive(Default)]
struct All {
    pins: Vec<HandedOut>,
    /// How often one was asked for.
    asked: u64,
}

impl Pins {
    /// The pin of a name, which moves with the files; `None` if the values are no longer those that count by then, as
    /// `still_count` says. What `auto` is runs under no lock.
    pub(super) fn hand_out(
        &self,
        values: &Values,
        name: &str,
        interface: &'static Interface,
        auto: Option<Auto>,
        still_count: impl FnOnce() -> bool,
    ) -> Result<Option<VersionPin>, ConfigError> {
        let version = version(values, name, interface, auto.as_deref())?;
        let mut all = lock(&self.0);
        if !still_count() {
            return Ok(None);
        }
        all.asked += 1;
        let known = |one: &&mut HandedOut| one.name == name && are_one(one.interface, interface);
        if let Some(known) = all.pins.iter_mut().find(known) {
            known.auto = auto;
            set(&known.pin, version);
            return Ok(Some(known.pin.clone()));
        }
        let pin = VersionPin::unpinned();
        set(&pin, version);
        all.pins.push(HandedOut { name: name.to_owned(), interface, auto, pin: pin.clone() });
        Ok(Some(pin))
    }

    /// What has to be done so that all are where `values` say; nothing is if one cannot.
    pub(super) fn moves(&self, values: &Values) -> Result<Moves, ConfigError> {
        let (pins, asked) = {
            let all = lock(&self.0);
            (all.pins.clone(), all.asked)
        };
        let moved = pins.into_iter().map(|one| {
            let version = version(values, &one.name, one.interface, one.auto.as_deref())?;
            Ok((one.name, one.pin, version))
        });
        Ok(Moves { moves: moved.collect::<Result<_, _>>()?, asked })
    }

    /// Moves them, and does at the same time what makes the values count that they are moved by; not if somebody has asked
    /// for a pin since the moves were found.
    pub(super) fn make<T>(&self, moves: &Moves, count: impl FnOnce() -> T) -> Option<T> {
        let all = lock(&self.0);
        if all.asked != moves.asked {
            return None;
        }
        moves.moves.iter().for_each(|(_, pin, version)| set(pin, *version));
        Some(count())
    }
}

/// Where pins go.
pub(super) struct Moves {
    moves: Vec<(String, VersionPin, Option<Version>)>,
    asked: u64,
}

impl Moves {
    /// Whether there is one of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.moves.iter().any(|(moved, ..)| moved == name)
    }
}

/// Whether both are one interface: a constant has an address wherever it is used.
fn are_one(one: &Interface, other: &Interface) -> bool {
    let key =
        |interface: &Interface| (interface.name, interface.topic, interface.namespace, interface.version);
    key(one) == key(other) && one.older == other.older && one.aliases == other.aliases
}

fn set(pin: &VersionPin, version: Option<Version>) {
    match version {
        Some(version) => pin.set(version),
        None => pin.clear(),
    }
}

fn version(
    values: &Values,
    name: &str,
    interface: &Interface,
    auto: Option<&(dyn Fn() -> Option<Version> + Send + Sync)>,
) -> Result<Option<Version>, ConfigError> {
    let Some((text, place)) = values.text(UPGRADE_LEVELS, name)? else { return Ok(None) };
    let refused = |place: Place, why: String| ConfigError::Value {
        group: UPGRADE_LEVELS.to_owned(),
        name: name.to_owned(),
        place,
        why,
    };
    match (text.as_str(), auto) {
        ("auto", Some(auto)) => Ok(auto()),
        ("auto", None) => {
            let why = "auto has no meaning here: Config::pin_with_auto is told what it is";
            Err(refused(place, why.to_owned()))
        }
        (text, _) => match interface.pin(text) {
            Ok(pin) => Ok(pin.get()),
            Err(_) if values.is_made(UPGRADE_LEVELS, name) => {
                Err(refused(place, "what is substituted in it makes it no version".to_owned()))
            }
            Err(why) => Err(refused(place, why.to_string())),
        },
    }
}

impl fmt::Debug for Pins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(lock(&self.0).pins.iter().map(|one| (&one.name, &one.pin))).finish()
    }
}
