//! The description of the classes.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote_spanned;

use super::super::content::Content;
use super::super::model::{Exception, Exceptions};
use crate::model::source_text;

/// The constants of the implementation: its classes, and whether it takes others.
pub(super) fn constants(exceptions: &Exceptions) -> TokenStream {
    let classes = exceptions.variants.iter().map(class);
    let takes_others = exceptions
        .other
        .as_ref()
        .map(|_| quote_spanned!(Span::mixed_site()=> const TAKES_OTHERS: ::core::primitive::bool = true;));
    quote_spanned! {Span::mixed_site()=>
        const CLASSES: &'static [__rpc::exception::ExceptionClass] = &[#(#classes),*];
        #takes_others
    }
}

fn class(exception: &Exception) -> TokenStream {
    let Exception { module, class, content, .. } = exception;
    let args = match content {
        Content::Nothing => Vec::new(),
        Content::Positional(types) => types.iter().map(|ty| (None, ty)).collect(),
        Content::Named(fields) => fields.iter().map(|field| (Some(&field.wire), &field.ty)).collect(),
    };
    let args = args.into_iter().map(|(name, ty)| {
        let ty = source_text(ty);
        match name {
            Some(name) => {
                quote_spanned!(Span::mixed_site()=> __rpc::exception::ExceptionArg::keyword(#name, #ty))
            }
            None => quote_spanned!(Span::mixed_site()=> __rpc::exception::ExceptionArg::positional(#ty)),
        }
    });
    let with_code = exception.code.map(|code| {
        let code = Literal::u16_unsuffixed(code);
        quote_spanned!(Span::mixed_site()=> .with_code(#code))
    });
    let with_message = exception
        .message
        .as_ref()
        .map(|message| quote_spanned!(Span::mixed_site()=> .with_message(#message)));
    quote_spanned! {Span::mixed_site()=>
        __rpc::exception::ExceptionClass::new(#module, #class, &[#(#args),*]) #with_code #with_message
    }
}
