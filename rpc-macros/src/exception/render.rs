//! The implementation of `RpcException`.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote_spanned};

use super::model::{Content, Exception, Exceptions, Field};

pub(super) fn implementation(exceptions: &Exceptions) -> TokenStream {
    let remotes = exceptions.variants.iter().map(to_remote);
    let other_remote = exceptions.other.as_ref().map(
        |path| quote_spanned!(Span::mixed_site()=> #path(remote) => ::core::clone::Clone::clone(remote),),
    );
    let known = exceptions.variants.iter().map(from_remote);
    let known = quote_spanned!(Span::mixed_site()=> #(#known)* ::core::option::Option::None);
    let from_remote = match &exceptions.other {
        None => known,
        Some(path) => quote_spanned! {Span::mixed_site()=>
            let known = || -> ::core::option::Option<Self> { #known };
            known().or_else(|| ::core::option::Option::Some(#path(::core::clone::Clone::clone(remote))))
        },
    };
    // An empty enum has no value to match by reference.
    let value = if exceptions.variants.is_empty() && exceptions.other.is_none() {
        quote_spanned!(Span::mixed_site()=> *self)
    } else {
        quote_spanned!(Span::mixed_site()=> self)
    };
    wrap(
        exceptions,
        &quote_spanned!(Span::mixed_site()=> match #value { #(#remotes)* #other_remote }),
        &from_remote,
    )
}

/// An implementation for a type with errors; none for a generic one, which would need bounds.
pub(super) fn placeholder(exceptions: &Exceptions) -> TokenStream {
    if exceptions.is_generic {
        return TokenStream::new();
    }
    let body = quote_spanned!(Span::mixed_site()=> ::core::unimplemented!());
    wrap(exceptions, &body, &body)
}

fn wrap(exceptions: &Exceptions, to_remote: &TokenStream, from_remote: &TokenStream) -> TokenStream {
    let Exceptions { name, runtime, .. } = exceptions;
    quote_spanned! {Span::mixed_site()=>
        const _: () = {
            use #runtime::codegen as __rpc;

            #[automatically_derived]
            #[allow(deprecated)]
            impl __rpc::RpcException for #name {
                fn to_remote(&self) -> __rpc::RemoteError {
                    #to_remote
                }

                fn from_remote(remote: &__rpc::RemoteError) -> ::core::option::Option<Self> {
                    #from_remote
                }
            }
        };
    }
}

/// The arm that makes the remote error of a value.
fn to_remote(exception: &Exception) -> TokenStream {
    let Exception { path, module, class, content, .. } = exception;
    match content {
        Content::Nothing => quote_spanned! {Span::mixed_site()=>
            #path { .. } => __rpc::exception::remote(self, #module, #class),
        },
        Content::Positional(types) => {
            let fields: Vec<Ident> = (0..types.len())
                .map(|index| format_ident!("field{index}", span = Span::mixed_site()))
                .collect();
            quote_spanned! {Span::mixed_site()=>
                #path(#(#fields),*) => __rpc::exception::positional(
                    self, #module, #class, [#(__rpc::exception::value(#fields)),*]
                ),
            }
        }
        Content::Named(fields) => {
            let names = fields.iter().map(|field| &field.name);
            let kwargs = fields.iter().map(|Field { name, wire, .. }| {
                quote_spanned!(Span::mixed_site()=> .with_kwarg(#wire, __rpc::exception::value(#name)))
            });
            quote_spanned! {Span::mixed_site()=>
                #path { #(#names),* } => __rpc::exception::remote(self, #module, #class) #(#kwargs)*,
            }
        }
    }
}

/// The statement that returns a value if the remote error is of its class.
fn from_remote(exception: &Exception) -> TokenStream {
    let Exception { path, module, class, content, .. } = exception;
    let value = match content {
        Content::Nothing => quote_spanned!(Span::mixed_site()=> #path {}),
        Content::Positional(types) => {
            let fields = types.iter().enumerate().map(|(index, ty)| {
                let index = Literal::usize_unsuffixed(index);
                quote_spanned!(Span::mixed_site()=> __rpc::exception::arg::<#ty>(remote, #index)?)
            });
            quote_spanned!(Span::mixed_site()=> #path(#(#fields),*))
        }
        Content::Named(fields) => {
            let fields = fields.iter().map(|Field { name, wire, ty }| {
                quote_spanned!(Span::mixed_site()=> #name: __rpc::exception::kwarg::<#ty>(remote, #wire)?)
            });
            quote_spanned!(Span::mixed_site()=> #path { #(#fields),* })
        }
    };
    quote_spanned! {Span::mixed_site()=>
        if remote.is(#module, #class) {
            return ::core::option::Option::Some(#value);
        }
    }
}
