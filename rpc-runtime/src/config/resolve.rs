//! Values with the names in them substituted.

use super::error::ConfigError;
use super::ini::group_name;
use super::known::{DEFAULT, Kind, known, renamed};
use super::place::Place;
use super::template::{Piece, pieces};
use super::value::{flag, float, float_text, integer};
use super::values::{Placed, Unset, Values};
use crate::text::{printable, shortened};

/// How many names one value may come to.
const MOST_NAMES: usize = 1000;
/// How many values may be within each other.
const DEEPEST: usize = 32;
/// How many bytes all of the pieces of a value may have.
const LONGEST: usize = 1 << 20;

impl Values {
    /// The value of an option of which the last one counts, where it is set.
    pub(super) fn text_set(&self, group: &str, name: &str) -> Result<Option<Placed<String>>, ConfigError> {
        match self.last(group, name) {
            Some((text, place)) => self.substituted(group, name, text, place).map(Some),
            None => match self.own_default(group, name) {
                Some(text) => self.substituted(group, name, text, Place::Default).map(Some),
                None => Ok(None),
            },
        }
    }

    /// The same, or else the default.
    pub(super) fn text(&self, group: &str, name: &str) -> Result<Option<Placed<String>>, ConfigError> {
        match (self.text_set(group, name)?, self.default(group, name)) {
            (Some(set), _) => Ok(Some(set)),
            (None, Unset::Is(text)) => self.substituted(group, name, text, Place::Default).map(Some),
            (None, Unset::Nothing | Unset::Unknown) => Ok(None),
        }
    }

    /// The values of an option of which all count; if there are none, that of the default.
    pub(super) fn texts(&self, group: &str, name: &str) -> Result<Vec<Placed<String>>, ConfigError> {
        let mut all = self.all(group, name);
        if let (true, Unset::Is(text)) = (all.is_empty(), self.default(group, name)) {
            all.push((text, Place::Default));
        }
        all.into_iter().map(|(text, place)| self.substituted(group, name, text, place)).collect()
    }

    /// Whether other values may be in this one.
    pub(super) fn is_made(&self, group: &str, name: &str) -> bool {
        self.last(group, name).is_none_or(|(text, _)| text.contains('$'))
    }

    fn substituted(
        &self,
        group: &str,
        name: &str,
        text: &str,
        place: Place,
    ) -> Result<Placed<String>, ConfigError> {
        let mut substitution = Substitution {
            values: self,
            // Its text may be a password with a `$` in it.
            is_secret: name == "transport_url",
            open: vec![(group.to_owned(), name.to_owned())],
            names: 0,
            length: 0,
        };
        match substitution.expanded(group, text) {
            Ok(text) => Ok((text, place)),
            Err(why) => {
                Err(ConfigError::Value { group: group.to_owned(), name: name.to_owned(), place, why })
            }
        }
    }
}

/// The work on one value.
struct Substitution<'a> {
    values: &'a Values,
    is_secret: bool,
    /// The options that the present one is within, each group as it was asked for.
    open: Vec<(String, String)>,
    names: usize,
    length: usize,
}

impl Substitution<'_> {
    fn expanded(&mut self, group: &str, text: &str) -> Result<String, String> {
        if !text.contains('$') {
            return Ok(text.to_owned());
        }
        let mut expanded = String::new();
        for piece in pieces(&text.replace("\\$", "$$")) {
            let piece = match piece {
                Piece::Text(text) => text,
                Piece::Name(name) => &self.named(group, name)?,
            };
            self.length += piece.len();
            if self.length > LONGEST {
                return Err(format!("it is made of more than {} MiB of other values", LONGEST >> 20));
            }
            expanded.push_str(piece);
        }
        Ok(expanded)
    }

    /// What a name stands for in a value of `group`.
    fn named(&mut self, group: &str, name: &str) -> Result<String, String> {
        self.names += 1;
        if self.names > MOST_NAMES {
            return Err(format!("it is made of more than {MOST_NAMES} other values"));
        }
        let option = self.meant(group, name)?;
        if self.open.contains(&option) {
            let circle = self.open.iter().map(|(_, name)| format!("${}", shortened(name)));
            return Err(format!("it is made of itself: {}", circle.collect::<Vec<_>>().join(" of ")));
        }
        if self.open.len() > DEEPEST {
            return Err(format!("values are within each other for more than {DEEPEST} times"));
        }
        self.open.push(option.clone());
        let text = self.text_of(&option.0, &option.1);
        self.open.pop();
        text
    }

    fn text_of(&mut self, group: &str, name: &str) -> Result<String, String> {
        let kind = known(group, name).map_or(Kind::Text, |known| known.kind);
        if matches!(kind, Kind::List | Kind::Texts) {
            return Err(format!("${name} is a list, which is no text"));
        }
        let text = match (self.values.last(group, name), self.values.default(group, name)) {
            (Some((text, _)), _) | (None, Unset::Is(text)) => text,
            (None, Unset::Nothing) => return Ok(String::new()),
            (None, Unset::Unknown) => {
                return Err(format!("${name} is not set, and its default not known here"));
            }
        };
        let text = self.expanded(group, text)?;
        // As Python's `str` has a value of the type.
        let read = match kind {
            Kind::Text | Kind::List | Kind::Texts => Ok(text),
            Kind::Flag => flag(&text).map(|flag| if flag { "True" } else { "False" }.to_owned()),
            Kind::Integer => integer(&text).map(|number| number.map(|n| n.to_string()).unwrap_or_default()),
            Kind::Float => float(&text).map(|number| number.map(float_text).unwrap_or_default()),
        };
        read.map_err(|expected| format!("${name} is not {expected}"))
    }

    /// The option that a name means: one of the same group, or else of `[DEFAULT]`, unless it says its group.
    fn meant(&self, group: &str, name: &str) -> Result<(String, String), String> {
        let found = |group: &str, name: &str| {
            let name = renamed(group, name).map_or(name, |known| known.name);
            self.values.has(group, name).then(|| (group.to_owned(), name.to_owned()))
        };
        let option = match name.split_once('.') {
            Some((DEFAULT, _)) => None,
            Some((group, name)) => found(&group_name(group), name),
            None => found(group, name).or_else(|| found(DEFAULT, name)),
        };
        let written = "a `$` itself is written `$$`";
        option.ok_or_else(|| match self.is_secret {
            true => format!("a `$` in it begins no name of an option; {written}"),
            false => format!("there is no option ${} here; {written}", printable(&shortened(name))),
        })
    }
}
