//! The grammar that all our attributes share: `key`, `key = value`, separated by commas.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Attribute, Meta, Token};

use super::suggest::closest;
use crate::errors::Errors;

/// The keys of one item, read from any number of attributes of that name.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    known: &'static [&'static str],
    /// The one key, if any, that may be given more than once.
    repeating: &'static str,
    /// A key that is looked for here but is elsewhere, if there is one, and where.
    elsewhere: Option<(&'static str, &'static str)>,
    seen: Vec<Ident>,
    /// Keys that were misspelled, as they are spelled right. That they lack would be a second error for one mistake.
    meant: Vec<Ident>,
}

impl Keys {
    /// Keys of which `known` exist.
    pub(crate) fn new(known: &'static [&'static str]) -> Self {
        Self { known, repeating: "", elsewhere: None, seen: Vec::new(), meant: Vec::new() }
    }

    /// The same keys, one of which may be given more than once.
    pub(crate) fn repeating(self, repeating: &'static str) -> Self {
        Self { repeating, ..self }
    }

    /// The same keys, with what is said of `key`, which is none of them.
    pub(crate) fn without(self, key: &'static str, why: &'static str) -> Self {
        Self { elsewhere: Some((key, why)), ..self }
    }

    /// Whether `key` was written, even if it was misspelled or its value was wrong.
    pub(crate) fn saw(&self, key: &str) -> bool {
        self.token(key).is_some()
    }

    /// The keys that were written and are spelled right.
    pub(crate) fn seen(&self) -> impl Iterator<Item = &Ident> {
        self.seen.iter()
    }

    /// The token of `key`, if it was written or misspelled.
    pub(crate) fn token(&self, key: &str) -> Option<&Ident> {
        self.seen.iter().chain(&self.meant).find(|written| *written == key)
    }

    /// Reads the inside of one attribute. `read` gets each known key with the input after it.
    ///
    /// After an error reading goes on with the next key.
    pub(crate) fn read(
        &mut self,
        tokens: TokenStream,
        errors: &mut Errors,
        mut read: impl FnMut(&Ident, ParseStream) -> syn::Result<()>,
    ) {
        let all = |input: ParseStream| {
            while !input.is_empty() {
                if let Err(error) = self.entry(input, errors, &mut read) {
                    errors.add(error);
                    skip_entry(input)?;
                }
            }
            Ok(())
        };
        if let Err(error) = all.parse2(tokens) {
            errors.add(error);
        }
    }

    fn entry(
        &mut self,
        input: ParseStream,
        errors: &mut Errors,
        read: &mut impl FnMut(&Ident, ParseStream) -> syn::Result<()>,
    ) -> syn::Result<()> {
        // Keywords too: `crate` is a key.
        let key = input.call(Ident::parse_any)?;
        if !self.known.iter().any(|known| key == known) {
            let text = key.to_string();
            if let Some((_, why)) = self.elsewhere.filter(|(elsewhere, _)| text == *elsewhere) {
                return Err(syn::Error::new(key.span(), why));
            }
            let hint = match closest(&text, self.known) {
                Some(known) => {
                    self.meant.push(Ident::new(known, key.span()));
                    format!("did you mean `{known}`?")
                }
                None => format!("the keys here are {}", self.known.join(", ")),
            };
            return Err(syn::Error::new(key.span(), format!("unknown key `{text}`; {hint}")));
        }
        if let Some(first) = self.seen.iter().find(|seen| **seen == key)
            && key != self.repeating
        {
            errors.at(first, format!("`{key}` is given twice"));
            errors.at(&key, format!("`{key}` is given twice"));
            return skip_entry(input);
        }
        self.seen.push(key.clone());
        read(&key, input)?;
        if input.is_empty() {
            return Ok(());
        }
        match input.parse::<Option<Token![,]>>()? {
            Some(_) => Ok(()),
            None => Err(input.error(format!("expected `,` after `{key}`"))),
        }
    }
}

/// Moves past the next comma, or to the end.
fn skip_entry(input: ParseStream) -> syn::Result<()> {
    while !input.is_empty() {
        if input.parse::<Option<Token![,]>>()?.is_some() {
            break;
        }
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// Those of the attributes that are called `name`.
pub(crate) fn named<'a>(attributes: &'a [Attribute], name: &str) -> impl Iterator<Item = &'a Attribute> {
    attributes.iter().filter(move |attribute| attribute.path().is_ident(name))
}

/// The tokens between the parentheses; none after an error.
pub(crate) fn inside(attribute: &Attribute, errors: &mut Errors) -> TokenStream {
    match &attribute.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(pair) => {
            errors.at(pair, "write the keys in parentheses");
            TokenStream::new()
        }
    }
}

/// The value after `key =`.
pub(crate) fn value<T: Parse>(key: &Ident, input: ParseStream) -> syn::Result<T> {
    equals(key, input)?;
    input.parse()
}

/// The `=` after a key, with something behind it. A parser would show the end of the attribute
/// when there is nothing; the key is a better place.
pub(super) fn equals(key: &Ident, input: ParseStream) -> syn::Result<()> {
    let is_there = input.parse::<Option<Token![=]>>()?.is_some();
    if !is_there || input.is_empty() || input.peek(Token![,]) {
        return Err(syn::Error::new(key.span(), format!("`{key}` needs a value: `{key} = ..`")));
    }
    Ok(())
}

/// Checks that a key that stands alone has no value.
pub(crate) fn flag(key: &Ident, input: ParseStream) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    Err(input.error(format!("`{key}` takes no value")))
}
