//! What happened: `instance.create.start`, or a pattern such as `instance.{action}.{phase}`.

use std::collections::HashSet;

use proc_macro2::Ident;
use syn::LitStr;
use syn::ext::IdentExt as _;
use syn::parse::Parser as _;

use crate::errors::Errors;

/// An event type: words with dots between, of which some may be parameters.
#[derive(Debug)]
pub(super) struct EventType {
    pub(super) literal: LitStr,
    pub(super) parts: Vec<Part>,
}

/// What is between two dots.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    /// A field, by its name.
    Parameter(String),
}

impl EventType {
    /// Reads the value of `type`; without one, what is wrong with it is in `errors`.
    pub(super) fn read(literal: &LitStr, errors: &mut Errors) -> Option<Self> {
        let (before, text) = (errors.count(), literal.value());
        if text.is_empty() {
            errors.at(literal, "the event type is empty");
        } else if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            errors.at(literal, format!("event type {text:?} has whitespace in it"));
        } else if text.split('.').any(str::is_empty) {
            errors.at(literal, format!("event type {text:?} has nothing between two dots, or at an end"));
        }
        if errors.count() > before {
            return None;
        }
        let parts: Vec<Part> = text.split('.').filter_map(|part| Part::read(part, literal, errors)).collect();
        let this = Self { literal: literal.clone(), parts };
        let mut seen = HashSet::new();
        for name in this.parameters().filter(|name| !seen.insert(*name)) {
            errors.at(literal, format!("`{{{name}}}` is in the event type twice"));
        }
        (errors.count() == before).then_some(this)
    }

    /// The names of its parameters, in order.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Parameter(name) => Some(name.as_str()),
        })
    }

    /// Whether it has parameters.
    pub(super) fn is_pattern(&self) -> bool {
        self.parameters().next().is_some()
    }

    /// The same whatever parameters are called: types of one shape are those of the same events. The marks are those of
    /// a format string.
    pub(super) fn shape(&self) -> String {
        let parts: Vec<&str> = self.parts.iter().map(|part| part.text().unwrap_or("{}")).collect();
        parts.join(".")
    }
}

impl Part {
    fn read(text: &str, literal: &LitStr, errors: &mut Errors) -> Option<Self> {
        if !text.contains(['{', '}']) {
            return Some(Self::Text(text.to_owned()));
        }
        let name = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        // Keywords too: `type` is a field with an `r#`.
        let name = name.and_then(|name| Ident::parse_any.parse_str(name).ok());
        if name.is_none() {
            errors
                .at(literal, format!("`{text}` is no parameter: that is all between two dots, `{{field}}`"));
        }
        name.map(|name| Self::Parameter(name.unraw().to_string()))
    }

    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Parameter(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    fn read(text: &str) -> Option<EventType> {
        EventType::read(&LitStr::new(text, Span::call_site()), &mut Errors::default())
    }

    #[test]
    fn constants_and_patterns() {
        for (text, shape, parameters) in [
            ("logrecord", "logrecord", &[][..]),
            ("identity.OS-TRUST:trust.created", "identity.OS-TRUST:trust.created", &[]),
            ("compute.{action}.{phase}", "compute.{}.{}", &["action", "phase"]),
            ("{x}", "{}", &["x"]),
            ("{type}.{r#in}", "{}.{}", &["type", "in"]),
        ] {
            let read = read(text).unwrap();
            assert_eq!((read.shape().as_str(), read.is_pattern()), (shape, !parameters.is_empty()));
            assert!(read.parameters().eq(parameters.iter().copied()), "{text}");
        }
    }

    #[test]
    fn what_is_none() {
        for text in [
            "", ".", "a.", ".a", "a..b", "a b", "a\t", "a\u{0}", "{}", "{a", "a}", "{a}b", "{a}{b}", "{a.b}",
            "{1}", "{{a}}", "{a-b}", "{a}.{a}", "{ }",
        ] {
            assert!(read(text).is_none(), "{text:?}");
        }
    }
}
