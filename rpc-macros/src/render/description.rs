//! The interface as constants: what version checks, dispatch and introspection know of it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote_spanned};
use syn::ext::IdentExt as _;
use syn::{Path, Type};

use super::names::{named_at, placed_at};
use super::version::version;
use crate::model::{
    Argument, Interface, Kind, Method, Source, Version, in_result, may_hold_objects, source_text,
};
use crate::parse::Old;

/// `Client::INTERFACE`.
pub(super) fn interface(interface: &Interface) -> TokenStream {
    let name = interface.name.to_string();
    let topic = &interface.topic;
    let current = version(interface.versions.current());
    let methods = interface.methods.iter().map(|method| {
        let cfgs = &method.carried.cfgs;
        let constant = method.constant();
        quote_spanned!(Span::mixed_site()=> #(#cfgs)* Self::#constant)
    });
    let with_namespace = interface
        .namespace
        .as_ref()
        .map(|namespace| quote_spanned!(Span::mixed_site()=> .with_namespace(#namespace)));
    let older = interface.versions.older();
    let with_older = (!older.is_empty()).then(|| {
        let older = versions(older);
        quote_spanned!(Span::mixed_site()=> .with_older(#older))
    });
    let with_aliases = (!interface.aliases.is_empty()).then(|| {
        let aliases = interface.aliases.iter().map(|(name, of)| {
            let of = version(*of);
            quote_spanned!(Span::mixed_site()=> (#name, #of))
        });
        quote_spanned!(Span::mixed_site()=> .with_aliases(&[#(#aliases),*]))
    });
    let with_history = (!interface.history.is_empty()).then(|| {
        let history = interface.history.iter().map(|(of, what)| {
            let of = version(*of);
            quote_spanned!(Span::mixed_site()=> (#of, #what))
        });
        quote_spanned!(Span::mixed_site()=> .with_history(&[#(#history),*]))
    });
    let with_route = interface.route.as_ref().map(|route| with_route(route, &interface.name));
    let with_doc = with_doc(interface.carried.doc_text());
    let doc = format!(" What [`{name}`] offers, as a constant.");
    let visibility = &interface.visibility;
    quote_spanned! {Span::mixed_site()=>
        #[doc = #doc]
        #visibility const INTERFACE: __rpc::Interface =
            __rpc::Interface::new(#name, #topic, #current, &[#(#methods),*])
                #with_namespace #with_older #with_aliases #with_history #with_route #with_doc;
    }
}

/// The constant of one method.
pub(super) fn method(interface: &Interface, method: &Method) -> TokenStream {
    let cfgs = &method.carried.cfgs;
    let constant = method.constant();
    let kind = match method.kind {
        Kind::Call => quote_spanned!(Span::mixed_site()=> call),
        Kind::Cast => quote_spanned!(Span::mixed_site()=> cast),
        Kind::Fanout => quote_spanned!(Span::mixed_site()=> fanout),
        Kind::CallOrCast => quote_spanned!(Span::mixed_site()=> call_or_cast),
    };
    let (wire, returns) = (&method.wire, &method.returns);
    let since = versions(&method.life.since);
    let arguments = method.arguments.iter().map(argument);
    let declares = interface
        .error
        .as_ref()
        .map(|error| quote_spanned!(Span::mixed_site()=> .declares::<#returns, #error>()));
    let result = method_result(method);
    let details = method_details(method);
    let with_doc = with_doc(method.carried.doc_text());
    quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        const #constant: __rpc::Method =
            __rpc::Method::#kind::<#returns>(#wire, #since, &[#(#arguments),*]) #declares #result #details #with_doc;
    }
}

/// What comes back, if it is not nothing.
fn method_result(method: &Method) -> Option<TokenStream> {
    let returns = &method.returns;
    let spelled = in_result(returns).map(|(value, _)| value);
    let ty = spelled.unwrap_or(returns);
    if matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty()) {
        return None;
    }
    let text = source_text(ty);
    let with_object = method.may_return_objects().then(|| {
        let result = match spelled {
            Some(result) => result.to_token_stream(),
            None => quote_spanned!(placed_at(returns)=> <#returns as __rpc::MethodResult>::Ok),
        };
        quote_spanned!(Span::mixed_site()=> .with_object(__rpc::Of::<#result>::OBJECT))
    });
    Some(quote_spanned!(Span::mixed_site()=> .with_result(#text) #with_object))
}

/// What few methods have.
fn method_details(method: &Method) -> TokenStream {
    let mut details = TokenStream::new();
    if let Some(until) = method.life.until.map(version) {
        details.extend(quote_spanned!(Span::mixed_site()=> .with_until(#until)));
    }
    if let Some(was) = &method.was {
        let (name, until) = (&was.name, version(was.until));
        details.extend(quote_spanned!(Span::mixed_site()=> .with_was(#name, #until)));
    }
    if !method.legacy.is_empty() {
        let legacy = method.legacy.iter().map(|legacy| {
            let (name, until) = (&legacy.wire, version(legacy.until));
            quote_spanned!(Span::mixed_site()=> __rpc::Legacy::new(#name, #until))
        });
        details.extend(quote_spanned!(Span::mixed_site()=> .with_legacy(&[#(#legacy),*])));
    }
    if let Some(to) = &method.to {
        let to = source_text(&to.value);
        details.extend(quote_spanned!(Span::mixed_site()=> .with_to(#to)));
    }
    let params: Vec<_> =
        method.client_only().map(|it| (it.name.unraw().to_string(), source_text(&it.ty))).collect();
    if !params.is_empty() {
        let params = params.iter().map(|(name, ty)| quote_spanned!(Span::mixed_site()=> (#name, #ty)));
        details.extend(quote_spanned!(Span::mixed_site()=> .with_params(&[#(#params),*])));
    }
    if let Some(timeout) = &method.profile.timeout {
        details.extend(quote_spanned!(Span::mixed_site()=> .with_timeout(|| #timeout)));
    }
    if let Some(monitor) = &method.profile.monitor {
        details.extend(quote_spanned!(Span::mixed_site()=> .with_monitor(|| #monitor)));
    }
    if !method.profile.expected.is_empty() {
        let expected = method.profile.expected.iter().map(source_text);
        details.extend(quote_spanned!(Span::mixed_site()=> .with_expected(&[#(#expected),*])));
    }
    details.extend(method.route.as_ref().map(|route| with_route(route, &method.name)));
    if let Some(downgrade) = &method.downgrade {
        let (until, with) = (version(downgrade.until), &downgrade.with);
        details.extend(quote_spanned!(Span::mixed_site()=> .with_downgrade(#until, #with)));
    }
    if method.is_manual {
        details.extend(quote_spanned!(Span::mixed_site()=> .as_manual()));
    }
    details
}

fn argument(argument: &Argument) -> TokenStream {
    let (cfgs, wire, ty) = (&argument.cfgs, &argument.wire, &argument.ty);
    let text = source_text(&ty);
    let with_was = argument.was.as_ref().map(|was| {
        let (name, until) = (&was.name, version(was.until));
        quote_spanned!(Span::mixed_site()=> .with_was(#name, #until))
    });
    let with_since = argument.late.as_ref().map(|late| {
        let since = versions(&late.since);
        let old = match late.old {
            Old::Drop => quote_spanned!(Span::mixed_site()=> Drop),
            Old::ErrorIfSet | Old::ErrorIf(_) => quote_spanned!(Span::mixed_site()=> ErrorIfSet),
            Old::With(_) => quote_spanned!(Span::mixed_site()=> Convert),
        };
        quote_spanned!(Span::mixed_site()=> .with_since(#since, __rpc::Old::#old))
    });
    let with_default = argument.default.as_ref().map(|default| {
        let text = default.text();
        quote_spanned!(Span::mixed_site()=> .with_default(#text))
    });
    let as_required = argument.is_required.then(|| quote_spanned!(Span::mixed_site()=> .as_required()));
    let with_fixed = match &argument.source {
        Source::Fixed(value) => {
            let text = value.text();
            Some(quote_spanned!(Span::mixed_site()=> .with_fixed(#text)))
        }
        _ => None,
    };
    let with_object = may_hold_objects(ty)
        .then(|| quote_spanned!(Span::mixed_site()=> .with_object(__rpc::Of::<#ty>::OBJECT)));
    let as_rest = argument.is_rest.then(|| quote_spanned!(Span::mixed_site()=> .as_rest()));
    quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        __rpc::Arg::new(#wire, #text) #with_was #with_since #with_default #as_required #with_fixed #as_rest #with_object
    }
}

fn versions(versions: &[Version]) -> TokenStream {
    let versions = versions.iter().copied().map(version);
    quote_spanned!(Span::mixed_site()=> &[#(#versions),*])
}

/// The call that adds the route of `of`. Rustc shows the route, if it is not a function of that; if it returns something
/// else, also the function that wants it, and so what it is the route of.
fn with_route(route: &Path, of: &Ident) -> TokenStream {
    let (here, request) = (placed_at(route), named_at("__request", route));
    let wanted = format_ident!("__route_of_{}", of, span = here);
    let call = quote_spanned!(here=> __rpc::Routed::routed(#wanted(#route(#request))));
    quote_spanned! {Span::mixed_site()=>
        .with_route({
            #[allow(non_snake_case)]
            fn #wanted<__Target: __rpc::Routed>(__target: __Target) -> __Target {
                __target
            }
            |#request| #call
        })
    }
}

fn with_doc(text: Option<TokenStream>) -> Option<TokenStream> {
    text.map(|text| quote_spanned!(Span::mixed_site()=> .with_doc(#text)))
}
