//! The trait itself, for the server to implement.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::{Attribute, FnArg, Pat, ReturnType, Signature, parse_quote};

use crate::parse::{ManagerTrait, MethodEnd, TraitItem, TraitMethod, is_called, is_helper};

/// The trait without our attributes, its methods with the promise that their futures are `Send`.
pub(crate) fn manager(manager: &ManagerTrait) -> TokenStream {
    let ManagerTrait { attributes, visibility, unsafety, keyword, name, generics, supertraits, items } =
        manager;
    let where_clause = &generics.where_clause;
    // Both are errors already. The one makes futures of the methods itself.
    let is_boxed = attributes.iter().any(|attribute| is_called(attribute, "async_trait"));
    let attributes = attributes.iter().filter(|attribute| !is_called(attribute, "rpc_manager"));
    let items = items.iter().map(|item| match item {
        TraitItem::Method(item) => method(item, is_boxed),
        TraitItem::Other(tokens, _) => tokens.clone(),
    });
    let supertraits = supertraits.iter();
    quote_spanned! {Span::mixed_site()=>
        #(#attributes)*
        #visibility #unsafety #keyword #name #generics:
            ::core::marker::Send + ::core::marker::Sync + 'static #(+ #supertraits)* #where_clause
        {
            #(#items)*
        }
    }
}

fn method(method: &TraitMethod, is_boxed: bool) -> TokenStream {
    let attributes = without_helpers(&method.attributes);
    let mut signature = method.signature.clone();
    for input in &mut signature.inputs {
        if let FnArg::Typed(parameter) = input {
            parameter.attrs = without_helpers(&parameter.attrs);
            // A pattern is an error already, and another for rustc if there is no body.
            if !matches!(*parameter.pat, Pat::Ident(_)) && matches!(method.end, MethodEnd::Semicolon(_)) {
                *parameter.pat = parse_quote!(_);
            }
        }
    }
    let is_async = signature.asyncness.is_some() && !is_boxed;
    let signature = if is_async { with_future(signature) } else { signature };
    // The method ends in a token of the user's, so that rustc shows the method and not the macro.
    let end = match &method.end {
        MethodEnd::Semicolon(semicolon) => semicolon.to_token_stream(),
        MethodEnd::Body(body) if is_async => {
            let block = quote_spanned!(Span::mixed_site()=> async move #body);
            let mut braces = Group::new(Delimiter::Brace, block);
            braces.set_span(body.span());
            braces.into_token_stream()
        }
        MethodEnd::Body(body) => body.to_token_stream(),
    };
    quote_spanned!(Span::mixed_site()=> #(#attributes)* #signature #end)
}

/// `async fn f(..) -> T` as `fn f(..) -> impl Future<Output = T> + Send`. Implementations write
/// `async fn` all the same.
fn with_future(mut signature: Signature) -> Signature {
    signature.asyncness = None;
    let output = match &signature.output {
        ReturnType::Default => quote_spanned!(Span::mixed_site()=> ()),
        ReturnType::Type(_, ty) => quote_spanned!(Span::mixed_site()=> #ty),
    };
    let future = quote_spanned! {Span::mixed_site()=>
        impl ::core::future::Future<Output = #output> + ::core::marker::Send
    };
    signature.output = ReturnType::Type(Default::default(), Box::new(syn::Type::Verbatim(future)));
    signature
}

fn without_helpers(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| !is_helper(attribute)).cloned().collect()
}
