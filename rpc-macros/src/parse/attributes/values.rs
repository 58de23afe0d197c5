//! The values that keys have in common: versions, lists, expressions over client parameters, names.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseBuffer, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, LitStr, Path, Token, Type, parse_quote, token};

use super::super::groups::{without_around, without_in_type};
use super::keys::{equals, value};

/// A client parameter that is not an argument: `volume: &Volume`.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
}

impl Parse for Parameter {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let name: Ident = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty = without_in_type(input.parse()?);
        match input.peek(Token![=]) {
            true => Err(input.error(format!(
                "a parameter of the client has no default: whoever calls it gives {name}, `None` too; what is optional is an \
                 argument with `default`"
            ))),
            false => Ok(Self { name, ty }),
        }
    }
}

/// A value that the client works out: `to = expression`, `from(volume: &Volume) = expression`.
#[derive(Debug, Clone)]
pub(crate) struct Derived {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) value: Expr,
}

pub(super) fn derived(key: &Ident, input: ParseStream) -> syn::Result<Derived> {
    let parameters = if input.peek(token::Paren) {
        list(key, input, &format!("{key}(volume: &Volume) = ..."), Parameter::parse)?
    } else {
        Vec::new()
    };
    Ok(Derived { parameters, value: without_around(value(key, input)?) })
}

/// An older name: `was("instance_type", until = "6.0")`.
#[derive(Debug)]
pub(crate) struct WasKey {
    pub(crate) name: LitStr,
    pub(crate) until: LitStr,
}

pub(crate) fn was(key: &Ident, input: ParseStream) -> syn::Result<WasKey> {
    let example = "was(\"old_name\", until = \"3.8\")";
    let content = parenthesized(key, input, example)?;
    let wrong = || misspelled(key, example);
    let name = content.parse().map_err(|_| wrong())?;
    content.parse::<Token![,]>().map_err(|_| wrong())?;
    let until = until(key, &content, example)?;
    end(key, &content, example)?;
    Ok(WasKey { name, until })
}

/// `until = "3.8"`
pub(super) fn until(key: &Ident, input: ParseStream, example: &str) -> syn::Result<LitStr> {
    let wrong = || misspelled(key, example);
    let until: Ident = input.parse().map_err(|_| wrong())?;
    match until == "until" {
        true => version_text(&until, input),
        false => Err(wrong()),
    }
}

/// `= "3.1"` or `("6.1", "5.8")`.
pub(super) fn versions(key: &Ident, input: ParseStream) -> syn::Result<Vec<LitStr>> {
    if !input.peek(token::Paren) {
        let first = version_text(key, input)?;
        return several(key, &first, input).map(|()| vec![first]);
    }
    list(key, input, &format!("{key}(\"6.1\", \"5.8\")"), text_of_version)
}

/// Refuses further versions after `key = "6.5"`.
fn several(key: &Ident, first: &LitStr, input: ParseStream) -> syn::Result<()> {
    let mut all = vec![first.value()];
    let mut at = None;
    while input.peek(Token![,]) && input.peek2(Lit) {
        input.parse::<Token![,]>()?;
        let text = text_of_version(input)?;
        all.push(text.value());
        at.get_or_insert(text.span());
    }
    match at {
        Some(at) => {
            let all: Vec<String> = all.iter().map(|version| format!("{version:?}")).collect();
            Err(syn::Error::new(at, format!("several versions are written {key}({})", all.join(", "))))
        }
        None => Ok(()),
    }
}

/// A version as text. Numbers are told apart, because `3.20` as one is `3.2`.
pub(crate) fn version_text(key: &Ident, input: ParseStream) -> syn::Result<LitStr> {
    equals(key, input)?;
    text_of_version(input)
}

fn text_of_version(input: ParseStream) -> syn::Result<LitStr> {
    match input.parse()? {
        Lit::Str(text) => Ok(text),
        Lit::Float(number) => {
            let digits = number.base10_digits();
            let short = digits.parse::<f64>().map_or_else(|_| digits.to_owned(), |value| value.to_string());
            let why =
                if short == digits { "" } else { &format!(": {digits} as a number would become {short}") };
            Err(syn::Error::new(number.span(), format!("write the version as a string{why}")))
        }
        other => Err(syn::Error::new(other.span(), "write the version as a string, for example \"3.20\"")),
    }
}

/// A release with its version: `victoria = "5.12"`, `2023.1 = "6.2"`, `"2025.1-rc" = "6.4"`.
#[derive(Debug)]
pub(crate) struct AliasKey {
    pub(crate) name: String,
    /// The name as it is written.
    pub(crate) at: TokenTree,
    pub(crate) version: LitStr,
}

pub(super) fn alias(input: ParseStream) -> syn::Result<AliasKey> {
    let (name, at): (String, TokenTree) = match input.parse::<Option<Lit>>()? {
        Some(Lit::Str(text)) => (text.value(), text.token().into()),
        Some(Lit::Int(number)) => (number.to_string(), number.token().into()),
        Some(Lit::Float(number)) => (number.to_string(), number.token().into()),
        Some(other) => return Err(syn::Error::new(other.span(), "a release is a name, a number or a text")),
        None => {
            let name = input.call(Ident::parse_any)?;
            (name.unraw().to_string(), name.into())
        }
    };
    if !input.peek(Token![=]) && !input.is_empty() && !input.peek(Token![,]) {
        let message = format!("a release whose name goes on after `{name}` is written as a text");
        return Err(syn::Error::new(at.span(), message));
    }
    let key = Ident::new("alias", at.span());
    Ok(AliasKey { name, at, version: version_text(&key, input)? })
}

/// `"3.1" = "what changed"`
pub(super) fn history(input: ParseStream) -> syn::Result<(LitStr, LitStr)> {
    let version = text_of_version(input)?;
    input.parse::<Token![=]>()?;
    Ok((version, input.parse()?))
}

/// One or more of something in parentheses after a key.
pub(super) fn list<T>(
    key: &Ident,
    input: ParseStream,
    example: &str,
    element: fn(ParseStream) -> syn::Result<T>,
) -> syn::Result<Vec<T>> {
    let content = parenthesized(key, input, example)?;
    let list = Punctuated::<T, Token![,]>::parse_terminated_with(&content, element);
    if list.is_err() {
        // The parser would complain about what is left, too.
        content.parse::<TokenStream>()?;
    }
    Ok(list?.into_iter().collect())
}

/// What is in the parentheses after a key; there is something.
pub(super) fn parenthesized<'a>(
    key: &Ident,
    input: ParseStream<'a>,
    example: &str,
) -> syn::Result<ParseBuffer<'a>> {
    let wrong = || misspelled(key, example);
    if !input.peek(token::Paren) {
        return Err(wrong());
    }
    let content;
    syn::parenthesized!(content in input);
    match content.is_empty() {
        true => Err(wrong()),
        false => Ok(content),
    }
}

/// The end of what is in the parentheses after a key, with or without a comma.
pub(super) fn end(key: &Ident, content: ParseStream, example: &str) -> syn::Result<()> {
    content.parse::<Option<Token![,]>>()?;
    match content.is_empty() {
        true => Ok(()),
        false => Err(misspelled(key, example)),
    }
}

/// A key with another value than one like that of the example.
pub(super) fn misspelled(key: &Ident, example: &str) -> syn::Error {
    syn::Error::new(key.span(), format!("`{key}` is written `{example}`"))
}

/// The type after `key =`. The parser would list all that a type can begin with.
pub(super) fn type_of(key: &Ident, input: ParseStream) -> syn::Result<Type> {
    equals(key, input)?;
    input.parse().map_err(|error| syn::Error::new(error.span(), format!("the value of `{key}` is a type")))
}

/// A path as in `use`: `crate::rpc`, `::runtime`.
pub(crate) fn path(key: &Ident, input: ParseStream) -> syn::Result<Path> {
    equals(key, input)?;
    let path = input.call(Path::parse_mod_style)?;
    match path.segments.iter().find(|segment| segment.ident == "Self") {
        Some(segment) => {
            Err(syn::Error::new(segment.ident.span(), "`Self` is no place to find something in"))
        }
        None => Ok(path),
    }
}

/// The path of the runtime crate, which is the value of `crate` if there is one.
pub(crate) fn runtime(key: Option<Path>) -> Path {
    key.unwrap_or_else(|| parse_quote!(::rpc_runtime))
}

/// What `item` is called on the wire, which is the value of `name` if there is one; and the token
/// that says so.
pub(crate) fn name_of<'a>(item: &'a Ident, key: Option<&'a LitStr>) -> (String, &'a dyn ToTokens) {
    match key {
        Some(text) => (text.value(), text),
        None => (item.unraw().to_string(), item),
    }
}
