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
pub(super) struct Pins(Mutex<Vec<HandedOut>>);

impl Pins {
    /// The pin of a name, which moves with the files.
    pub(super) fn hand_out(
        &self,
        values: &Values,
        name: &str,
        interface: &'static Interface,
        auto: Option<Auto>,
    ) -> Result<VersionPin, ConfigError> {
        let version = version(values, name, interface, auto.as_deref())?;
        let mut all = lock(&self.0);
        let known = |one: &&mut HandedOut| one.name == name && are_one(one.interface, interface);
        if let Some(known) = all.iter_mut().find(known) {
            known.auto = auto;
            set(&known.pin, version);
            return Ok(known.pin.clone());
        }
        let pin = VersionPin::unpinned();
        set(&pin, version);
        all.push(HandedOut { name: name.to_owned(), interface, auto, pin: pin.clone() });
        Ok(pin)
    }

    /// What has to be done so that all are where `values` say; nothing is if one cannot.
    pub(super) fn moves(&self, values: &Values) -> Result<Moves, ConfigError> {
        let all = lock(&self.0).clone();
        let moved = all.into_iter().map(|one| {
            let version = version(values, &one.name, one.interface, one.auto.as_deref())?;
            Ok((one.name, one.pin, version))
        });
        moved.collect::<Result<_, _>>().map(Moves)
    }
}

/// Whether both are one interface: a constant has an address wherever it is used.
fn are_one(one: &Interface, other: &Interface) -> bool {
    let key =
        |interface: &Interface| (interface.name, interface.topic, interface.namespace, interface.version);
    key(one) == key(other) && one.older == other.older && one.aliases == other.aliases
}

/// Where pins go.
pub(super) struct Moves(Vec<(String, VersionPin, Option<Version>)>);

impl Moves {
    pub(super) fn make(self) {
        self.0.into_iter().for_each(|(_, pin, version)| set(&pin, version));
    }

    /// Whether there is one of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(moved, ..)| moved == name)
    }
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
        f.debug_map().entries(lock(&self.0).iter().map(|one| (&one.name, &one.pin))).finish()
    }
}
