//! The keys of `#[rpc_manager]`.

use proc_macro2::{Ident, TokenStream};
use syn::{LitInt, LitStr, Path, Token, Type};

use super::keys::{Keys, flag, value};
use super::profile::{ProfileKey, RawProfile};
use super::values::{AliasKey, Derived, alias, derived, history, list, path, type_of, versions};
use crate::errors::Errors;

/// What `#[rpc_manager(..)]` says.
#[derive(Debug)]
pub(crate) struct ManagerKeys {
    pub(crate) keys: Keys,
    pub(crate) client: Option<Ident>,
    pub(crate) topic: Option<LitStr>,
    pub(crate) namespace: Option<LitStr>,
    /// The current version, then those of older majors; empty if there is none or it is wrong.
    pub(crate) versions: Vec<LitStr>,
    pub(crate) aliases: Vec<AliasKey>,
    pub(crate) history: Vec<(LitStr, LitStr)>,
    pub(crate) to: Option<Derived>,
    pub(crate) route: Option<Path>,
    pub(crate) profiles: Vec<ProfileKey>,
    /// From how many parameters on; `by_name` alone leaves it empty.
    pub(crate) by_name: Option<LitInt>,
    pub(crate) context: Option<Type>,
    pub(crate) error: Option<Type>,
    pub(crate) fake: Option<Ident>,
    pub(crate) runtime: Option<Path>,
}

impl ManagerKeys {
    pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut this = Self {
            keys: Keys::new(&[
                "client",
                "topic",
                "namespace",
                "version",
                "aliases",
                "history",
                "to",
                "route",
                "profiles",
                "by_name",
                "context",
                "error",
                "fake",
                "crate",
            ]),
            client: None,
            topic: None,
            namespace: None,
            versions: Vec::new(),
            aliases: Vec::new(),
            history: Vec::new(),
            to: None,
            route: None,
            profiles: Vec::new(),
            by_name: None,
            context: None,
            error: None,
            fake: None,
            runtime: None,
        };
        let mut keys = this.keys.clone();
        let mut profiles = Vec::new();
        keys.read(tokens, errors, |key, input| {
            match key.to_string().as_str() {
                "client" => this.client = Some(value(key, input)?),
                "topic" => this.topic = Some(value(key, input)?),
                "namespace" => this.namespace = Some(value(key, input)?),
                "version" => this.versions = versions(key, input)?,
                "aliases" => this.aliases = list(key, input, "aliases(victoria = \"5.12\")", alias)?,
                "history" => this.history = list(key, input, "history(\"3.1\" = \"what changed\")", history)?,
                "to" => this.to = Some(derived(key, input)?),
                "route" => this.route = Some(path(key, input)?),
                "profiles" => profiles = list(key, input, "profiles(long(timeout = ..))", RawProfile::parse)?,
                "by_name" if input.peek(Token![=]) => this.by_name = Some(value(key, input)?),
                "by_name" => flag(key, input)?,
                "context" => this.context = Some(type_of(key, input)?),
                "error" => this.error = Some(type_of(key, input)?),
                "fake" => this.fake = Some(value(key, input)?),
                _ => this.runtime = Some(path(key, input)?),
            }
            Ok(())
        });
        let profiles = profiles.into_iter().map(|profile| profile.read(errors)).collect();
        Self { keys, profiles, ..this }
    }
}
