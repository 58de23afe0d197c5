//! The text of a class, as Python formats it from keyword arguments: `Volume %(volume_id)s could not be found.`

use syn::LitStr;

use super::content::{CODE, Field, MESSAGE};
use crate::errors::Errors;
use crate::parse::closest;

/// A text with places for keyword arguments.
#[derive(Debug, Default)]
pub(super) struct Template {
    pub(super) pieces: Vec<Piece>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    /// As it is.
    Text(String),
    /// A field, by its index.
    Field(usize, Conversion),
}

/// How Python makes a text of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Conversion {
    /// `%(name)s`
    Str,
    /// `%(name)r`
    Repr,
    /// `%(name)d` and `%(name)i`
    Decimal,
    /// `%(name)x`
    Hexadecimal,
}

impl Template {
    /// Reads a template for keyword arguments, one of which is the `code` of the class; all that is wrong with it is at
    /// its literal.
    pub(super) fn new(literal: &LitStr, fields: &[Field], code: Option<u16>, errors: &mut Errors) -> Self {
        let text = literal.value();
        let mut template = Self::default();
        let mut rest = text.as_str();
        while let Some((plain, after)) = rest.split_once('%') {
            template.push_text(plain);
            if let Some(after) = after.strip_prefix('%') {
                template.push_text("%");
                rest = after;
                continue;
            }
            let Some((name, conversion, after)) = place(after) else {
                let place: String =
                    after.chars().take_while(|character| !character.is_whitespace()).collect();
                errors.at(
                    literal,
                    format!(
                        "`%{place}` is no place for a keyword argument: write `%(name)s` (or `r`, `d`, `i`, `x`), \
                         and `%%` for a `%`"
                    ),
                );
                rest = after;
                continue;
            };
            match (fields.iter().position(|field| field.wire == name), code) {
                (Some(at), _) => template.pieces.push(Piece::Field(at, conversion)),
                (None, Some(code)) if name == CODE => template.push_text(&code.to_string()),
                (None, _) => errors.at(literal, unknown(name, fields)),
            }
            rest = after;
        }
        template.push_text(rest);
        template.check_message(literal, fields, errors);
        template
    }

    fn push_text(&mut self, text: &str) {
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    /// What comes before and after the message, from which a receiver gets it back.
    pub(super) fn around(&self, message: usize) -> Option<(&[Piece], &[Piece])> {
        let is_it = |piece: &Piece| matches!(piece, Piece::Field(at, _) if *at == message);
        let at = self.pieces.iter().position(is_it)?;
        Some((&self.pieces[..at], &self.pieces[at + 1..]))
    }

    fn check_message(&self, literal: &LitStr, fields: &[Field], errors: &mut Errors) {
        let Some(message) = fields.iter().position(|field| field.wire == MESSAGE) else { return };
        let places =
            self.pieces.iter().filter(|piece| matches!(piece, Piece::Field(at, _) if *at == message));
        if places.count() > 1 {
            errors.at(literal, "the message can be in its text once: receivers get it back from there");
        }
    }
}

/// The name, the conversion and the rest of what follows a `%`.
fn place(text: &str) -> Option<(&str, Conversion, &str)> {
    let (name, after) = text.strip_prefix('(')?.split_once(')')?;
    let conversion = match after.chars().next()? {
        's' => Conversion::Str,
        'r' => Conversion::Repr,
        'd' | 'i' => Conversion::Decimal,
        'x' => Conversion::Hexadecimal,
        _ => return None,
    };
    Some((name, conversion, &after[1..]))
}

fn unknown(name: &str, fields: &[Field]) -> String {
    let known: Vec<&str> = fields.iter().map(|field| field.wire.as_str()).collect();
    let hint = match (closest(name, &known), known.as_slice()) {
        (Some(known), _) => format!("did you mean `{known}`?"),
        (None, []) => "there are none".to_owned(),
        (None, known) => format!("there are {}", known.join(", ")),
    };
    format!("the text has `%({name})..`, which is none of the keyword arguments; {hint}")
}
