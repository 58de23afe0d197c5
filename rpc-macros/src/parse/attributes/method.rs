//! The keys of `#[rpc]`.

use proc_macro2::Ident;
use syn::parse::ParseStream;
use syn::{Attribute, LitStr, Path, Token, token};

use super::keys::{Keys, flag, inside, value};
use super::profile::Profile;
use super::values::{
    Derived, WasKey, derived, end, list, misspelled, parenthesized, path, until, version_text, versions, was,
};
use crate::errors::Errors;

/// Whether an attribute is `#[rpc]`.
pub(crate) fn is_rpc(attribute: &Attribute) -> bool {
    attribute.path().is_ident("rpc")
}

/// What the `#[rpc(..)]` attributes of one method say.
#[derive(Debug)]
pub(crate) struct RpcKeys {
    pub(crate) keys: Keys,
    pub(crate) since: Vec<LitStr>,
    pub(crate) until: Option<LitStr>,
    pub(crate) name: Option<LitStr>,
    pub(crate) was: Option<WasKey>,
    pub(crate) to: Option<Derived>,
    pub(crate) route: Option<Path>,
    pub(crate) legacy: Vec<LegacyKey>,
    pub(crate) profile: Profile,
    /// The names of the profiles of the trait that it has as well.
    pub(crate) profiles: Vec<Ident>,
    pub(crate) downgrade: Option<DowngradeKey>,
}

/// `legacy(name = expression, .., until = "6.0")`
#[derive(Debug)]
pub(crate) struct LegacyKey {
    pub(crate) arguments: Vec<(Ident, Derived)>,
    pub(crate) until: LitStr,
}

/// `downgrade(until = "4.3", with = path)`
#[derive(Debug)]
pub(crate) struct DowngradeKey {
    pub(crate) until: LitStr,
    pub(crate) with: Path,
}

impl RpcKeys {
    pub(crate) fn read(attributes: &[&Attribute], errors: &mut Errors) -> Self {
        const KEYS: &[&str] = &[
            "call",
            "cast",
            "call_or_cast",
            "fanout",
            "since",
            "until",
            "name",
            "was",
            "to",
            "route",
            "legacy",
            "timeout",
            "monitor",
            "expected",
            "profile",
            "downgrade",
            "by_name",
            "manual",
        ];
        let mut keys = Keys::new(KEYS).repeating("legacy");
        let mut this = Self {
            keys: keys.clone(),
            since: Vec::new(),
            until: None,
            name: None,
            was: None,
            to: None,
            route: None,
            legacy: Vec::new(),
            profile: Profile::default(),
            profiles: Vec::new(),
            downgrade: None,
        };
        for attribute in attributes {
            keys.read(inside(attribute, errors), errors, |key, input| {
                match key.to_string().as_str() {
                    "since" => this.since = versions(key, input)?,
                    "until" => this.until = Some(version_text(key, input)?),
                    "name" => this.name = Some(value(key, input)?),
                    "was" => this.was = Some(was(key, input)?),
                    "to" => this.to = Some(derived(key, input)?),
                    "route" => this.route = Some(path(key, input)?),
                    "legacy" => this.legacy.push(legacy(key, input)?),
                    "profile" => this.profiles = profiles(key, input)?,
                    "downgrade" => this.downgrade = Some(downgrade(key, input)?),
                    _ if this.profile.read(key, input)? => {}
                    _ => flag(key, input)?,
                }
                Ok(())
            });
        }
        Self { keys, ..this }
    }
}

/// `= long` or `(long, busy)`
fn profiles(key: &Ident, input: ParseStream) -> syn::Result<Vec<Ident>> {
    match input.peek(token::Paren) {
        true => list(key, input, "profile(long, busy)", |name| name.parse()),
        false => Ok(vec![value(key, input)?]),
    }
}

fn legacy(key: &Ident, input: ParseStream) -> syn::Result<LegacyKey> {
    let example = "legacy(name = value, until = \"6.0\")";
    let content = parenthesized(key, input, example)?;
    let mut arguments = Vec::new();
    loop {
        if content.is_empty() {
            return Err(syn::Error::new(key.span(), format!("`legacy` ends with a version: `{example}`")));
        }
        let name: Ident = content.parse()?;
        if name == "until" {
            let until = version_text(&name, &content)?;
            content.parse::<Option<Token![,]>>()?;
            if !content.is_empty() {
                return Err(content.error("`until` comes last"));
            }
            if arguments.is_empty() {
                return Err(syn::Error::new(key.span(), format!("`legacy` names an argument: `{example}`")));
            }
            return Ok(LegacyKey { arguments, until });
        }
        let value = derived(&name, &content)?;
        arguments.push((name, value));
        if content.parse::<Option<Token![,]>>()?.is_none() && !content.is_empty() {
            return Err(content.error("expected `,`"));
        }
    }
}

fn downgrade(key: &Ident, input: ParseStream) -> syn::Result<DowngradeKey> {
    let example = "downgrade(until = \"4.3\", with = function)";
    let content = parenthesized(key, input, example)?;
    let until = until(key, &content, example)?;
    content.parse::<Option<Token![,]>>()?;
    let wrong = || misspelled(key, example);
    let name: Ident = content.parse().map_err(|_| wrong())?;
    if name != "with" {
        return Err(wrong());
    }
    let with = path(&name, &content)?;
    end(key, &content, example)?;
    Ok(DowngradeKey { until, with })
}
