//! The interface as constants: what version checks, dispatch and introspection know of it.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::model::{Argument, Default, Interface, Kind, Method, Version, source_text};
use crate::parse::Old;

/// `Client::INTERFACE`.
pub(super) fn interface(interface: &Interface) -> TokenStream {
    let name = interface.name.to_string();
    let topic = &interface.topic;
    let version = version(interface.version);
    let methods = interface.methods.iter().map(|method| {
        let cfgs = &method.carried.cfgs;
        let constant = interface.constant(method);
        quote_spanned!(Span::mixed_site()=> #(#cfgs)* Self::#constant)
    });
    let with_namespace = interface
        .namespace
        .as_ref()
        .map(|namespace| quote_spanned!(Span::mixed_site()=> .with_namespace(#namespace)));
    let with_doc = with_doc(interface.carried.doc_text());
    let doc = format!(" What [`{name}`] offers, as a constant.");
    let visibility = &interface.visibility;
    quote_spanned! {Span::mixed_site()=>
        #[doc = #doc]
        #visibility const INTERFACE: __rpc::Interface =
            __rpc::Interface::new(#name, #topic, #version, &[#(#methods),*]) #with_namespace #with_doc;
    }
}

/// The constant of one method.
pub(super) fn method(interface: &Interface, method: &Method) -> TokenStream {
    let cfgs = &method.carried.cfgs;
    let constant = interface.constant(method);
    let kind = match method.kind {
        Kind::Call => quote_spanned!(Span::mixed_site()=> call),
        Kind::Cast => quote_spanned!(Span::mixed_site()=> cast),
        Kind::Fanout => quote_spanned!(Span::mixed_site()=> fanout),
    };
    let (wire, returns) = (&method.wire, &method.returns);
    let since = version(method.since);
    let arguments = method.arguments.iter().map(argument);
    let declares = interface
        .error
        .as_ref()
        .map(|error| quote_spanned!(Span::mixed_site()=> .declares::<#returns, #error>()));
    let with_doc = with_doc(method.carried.doc_text());
    quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        const #constant: __rpc::Method =
            __rpc::Method::#kind::<#returns>(#wire, #since, &[#(#arguments),*]) #declares #with_doc;
    }
}

fn argument(argument: &Argument) -> TokenStream {
    let (wire, ty) = (&argument.wire, &argument.ty);
    let text = source_text(ty);
    let with_since = argument.late.as_ref().map(|late| {
        let since = version(late.since);
        let old = match late.old {
            Old::Drop => quote_spanned!(Span::mixed_site()=> Drop),
            Old::ErrorIfSet => quote_spanned!(Span::mixed_site()=> ErrorIfSet),
            Old::With(_) => quote_spanned!(Span::mixed_site()=> Convert),
        };
        quote_spanned!(Span::mixed_site()=> .with_since(#since, __rpc::Old::#old))
    });
    let with_default = argument.default.as_ref().map(|default| {
        let text = default.text();
        quote_spanned!(Span::mixed_site()=> .with_default(#text))
    });
    quote_spanned!(Span::mixed_site()=> __rpc::Arg::new::<#ty>(#wire, #text) #with_since #with_default)
}

impl Default {
    /// The default for people to read.
    pub(super) fn text(&self) -> String {
        match self {
            Self::OfType => "default".to_owned(),
            Self::Text(text) => format!("{:?}", text.value()),
            Self::Value(value) => source_text(value),
        }
    }
}

fn version(version: Version) -> TokenStream {
    let (major, minor) = (number(version.major), number(version.minor));
    quote_spanned!(Span::mixed_site()=> __rpc::Version::new(#major, #minor))
}

fn number(number: u32) -> proc_macro2::Literal {
    proc_macro2::Literal::u32_unsuffixed(number)
}

fn with_doc(text: Option<TokenStream>) -> Option<TokenStream> {
    text.map(|text| quote_spanned!(Span::mixed_site()=> .with_doc(#text)))
}
