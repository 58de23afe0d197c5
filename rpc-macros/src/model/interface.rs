//! The trait as a whole.

use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt as _;
use syn::{LitInt, LitStr, Path, Type, Visibility};

use super::address::checked_topic;
use super::carried::Carried;
use super::changes::changes;
use super::claims::Claims;
use super::destination::CommonTo;
use super::generated::{camel, client_of, constant_of};
use super::method::{Method, TraitScope};
use super::profiles::Profiles;
use super::shape;
use super::version::Version;
use super::versions::Versions;
use super::wire_names::WireNames;
use crate::errors::Errors;
use crate::parse::{ManagerKeys, ManagerTrait, TraitItem, runtime};

/// A trait from which a client and an endpoint can be made.
#[derive(Debug)]
pub(crate) struct Interface {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) carried: Carried,
    pub(crate) client: Ident,
    pub(crate) topic: String,
    pub(crate) namespace: Option<String>,
    pub(crate) versions: Versions,
    /// Names of releases, each with its version, oldest first.
    pub(crate) aliases: Vec<(String, Version)>,
    /// Versions that brought something other than methods and arguments.
    pub(crate) history: Vec<(Version, String)>,
    pub(crate) route: Option<Path>,
    /// The type of the context, if it is not the runtime's own.
    pub(crate) context: Option<Type>,
    /// The type that every method has to fail with, if the trait names one.
    pub(crate) error: Option<Type>,
    /// What its fake is called, if it has one.
    pub(crate) fake: Option<Ident>,
    /// The path of the runtime crate.
    pub(crate) runtime: Path,
    pub(crate) methods: Vec<Method>,
}

impl Interface {
    /// Validates a trait and its attribute. A method with errors is left out, so that the rest of
    /// the client stays there for whoever is typing; nothing at all comes of a trait without a
    /// usable client name.
    pub(crate) fn new(keys: ManagerKeys, item: &ManagerTrait, errors: &mut Errors) -> Option<Self> {
        for (key, example) in [("topic", "\"volume\""), ("version", "\"1.0\"")] {
            if !keys.keys.saw(key) {
                errors
                    .at(&item.name, format!("#[rpc_manager] needs `{key}`, for example `{key} = {example}`"));
            }
        }
        shape::check(item, errors);
        if let Some(client) = keys.client.as_ref().filter(|client| **client == item.name) {
            errors.at(client, format!("`{client}` is the trait: the client needs a name of its own"));
            return None;
        }
        let topic = keys.topic.as_ref().map(|topic| checked_topic(topic, errors)).unwrap_or_default();
        if let Some(namespace) = keys.namespace.as_ref().filter(|namespace| namespace.value().is_empty()) {
            errors.at(namespace, "the namespace is empty; leave the key out for none");
        }
        let versions = Versions::read(&keys.versions, errors);
        let aliases = versions.aliases(&keys.aliases, errors);
        let history = versions.history(&keys.history, errors);
        let has_all = !keys.keys.saw("profiles") || !keys.profiles.is_empty();
        let mut profiles = Profiles::read(keys.profiles, has_all, errors);
        let to = keys.to.and_then(|to| CommonTo::read(to, item, errors));
        let mut scope = TraitScope {
            versions: &versions,
            is_routed: keys.route.is_some(),
            to: to.as_ref(),
            profiles: &mut profiles,
            by_name: keys.keys.token("by_name").and_then(|_| threshold(keys.by_name.as_ref(), errors)),
            wire_names: WireNames::of_methods(),
        };
        // What is no signature of ours any more is judged as a whole.
        let methods = if shape::is_boxed(item) { Vec::new() } else { methods(item, &mut scope, errors) };
        if errors.is_empty() {
            profiles.check_used(errors);
        }
        if let Some(key) = keys.keys.token("by_name").filter(|_| errors.is_empty())
            && !methods.iter().any(|method| method.is_by_name)
        {
            errors.at(key, "no method has so many parameters");
        }
        let goes_there = |method: &Method| method.to.as_ref().is_some_and(|to| to.is_common);
        if errors.is_empty() && to.is_some() && !methods.iter().any(goes_there) {
            errors.at(keys.keys.token("to"), "no method goes where the trait's `to` says");
        }

        if item.generics.lt_token.is_some() || item.generics.where_clause.is_some() {
            return None;
        }
        let client = match keys.keys.saw("client") {
            true => keys.client?,
            false => client_of(&item.name),
        };
        let fake = keys.fake.filter(|fake| is_free(fake, &item.name, &client, errors));
        let interface = Self {
            name: item.name.clone(),
            visibility: item.visibility.clone(),
            carried: Carried::of(&item.attributes),
            client,
            topic,
            namespace: keys.namespace.as_ref().map(LitStr::value),
            versions,
            aliases,
            history,
            route: keys.route,
            context: keys.context,
            error: keys.error,
            fake,
            runtime: runtime(keys.runtime),
            methods,
        };
        interface.check_generated_names(errors);
        if errors.is_empty() {
            interface.check_version_is_used(keys.versions.first(), errors);
        }
        Some(interface)
    }

    /// The request type of a method with settable arguments.
    pub(crate) fn request(&self, method: &Method) -> Ident {
        format_ident!("{}{}", self.client, camel(&method.name), span = self.client.span())
    }

    /// The struct of the parameters of a method that is called by their names.
    pub(crate) fn args(&self, method: &Method) -> Ident {
        format_ident!("{}{}Args", self.client, camel(&method.name), span = self.client.span())
    }

    /// The versions that changed something, oldest first, and what each of them did.
    pub(crate) fn changes(&self) -> Vec<(Version, Vec<String>)> {
        changes(&self.methods, self.versions.oldest(), &self.history)
    }

    /// A version that brought nothing was raised by mistake, or what it brought was not marked.
    fn check_version_is_used(&self, text: Option<&LitStr>, errors: &mut Errors) {
        let current = self.versions.current();
        if current.minor > 0 && self.changes().iter().all(|(version, _)| *version != current) {
            errors.at(
                text,
                format!(
                    "API version is \"{current}\" but nothing is marked since \"{current}\"; mark what is new, or \
                     say what it brought: history(\"{current}\" = \"..\")"
                ),
            );
        }
    }

    /// Two names that differ only in case or underscores would give one constant or one type.
    fn check_generated_names(&self, errors: &mut Errors) {
        let mut constants = Claims::default();
        let mut requests = Claims::default();
        let mut prepared = Claims::default();
        for method in &self.methods {
            let name = &method.name;
            constants.claim("the constant", &constant_of(name), name, name, errors);
            if method.is_manual {
                prepared.claim("the function", &method.prepare().to_string(), name, name, errors);
            } else {
                prepared.claim("the function", &name.unraw().to_string(), name, name, errors);
            }
            if method.settable().next().is_some() {
                requests.claim("the request type", &self.request(method).to_string(), name, name, errors);
            }
            if method.is_by_name {
                requests.claim("the type", &self.args(method).to_string(), name, name, errors);
            }
        }
    }
}

/// Whether the fake can have its name. One that cannot is not made: rustc would show everything that is wrong with it.
fn is_free(fake: &Ident, interface: &Ident, client: &Ident, errors: &mut Errors) -> bool {
    let taken =
        [(interface, "the trait"), (client, "the client")].into_iter().find(|(taken, _)| *taken == fake);
    if let Some((_, what)) = taken {
        errors.at(fake, format!("{what} is called `{fake}`: give the fake another name"));
    }
    taken.is_none()
}

/// From how many parameters on methods are called by their names: all that have two, which could be mistaken for
/// each other, if nothing is said.
fn threshold(value: Option<&LitInt>, errors: &mut Errors) -> Option<usize> {
    let Some(value) = value else { return Some(2) };
    match value.base10_parse() {
        Ok(parameters @ 2..) => Some(parameters),
        Ok(_) => {
            errors.at(value, "one parameter cannot be mistaken for another: `by_name` is for two and more");
            None
        }
        Err(error) => {
            errors.add(error);
            None
        }
    }
}

fn methods(item: &ManagerTrait, scope: &mut TraitScope<'_>, errors: &mut Errors) -> Vec<Method> {
    let mut methods = Vec::new();
    for item in &item.items {
        match item {
            TraitItem::Method(method) => {
                methods.extend(Method::new(method, scope, errors));
            }
            TraitItem::Other(_, error) => errors.add(error.clone()),
        }
    }
    methods
}
