//! The options of the RabbitMQ driver.

use super::error::ConfigError;
use super::known::{KNOWN, Kind, RABBIT};
use super::place::Place;
use super::value::{float, float_text, integer};
use super::values::Values;

/// An option of the driver that is set.
#[derive(Debug)]
pub(crate) struct DriverOption {
    pub(crate) name: &'static str,
    /// Its value, in the form that the query of a URL has.
    pub(crate) text: String,
    pub(crate) place: Place,
    /// Whether it is made of others, which may be secret.
    pub(crate) is_made: bool,
}

impl Values {
    /// Those that are set.
    pub(super) fn of_driver(&self) -> Result<Vec<DriverOption>, ConfigError> {
        let mut options = Vec::new();
        for known in KNOWN.iter().filter(|known| known.group == RABBIT) {
            let Some((text, place)) = self.text_set(RABBIT, known.name)? else { continue };
            // Python takes more forms of a number than a URL does here. What is none is for the driver to refuse.
            let number = match known.kind {
                Kind::Integer => integer(&text).ok().flatten().map(|number| number.to_string()),
                Kind::Float => float(&text).ok().flatten().map(float_text),
                _ => None,
            };
            let is_made = self.is_made(RABBIT, known.name);
            options.push(DriverOption { name: known.name, text: number.unwrap_or(text), place, is_made });
        }
        Ok(options)
    }
}
