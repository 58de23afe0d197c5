//! What both parts of the rendering are made of.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote_spanned};

use super::super::template::{Conversion, Piece};

/// The names of `count` variables.
pub(super) fn variables(count: usize) -> Vec<Ident> {
    (0..count).map(|index| format_ident!("__field{index}", span = Span::mixed_site())).collect()
}

/// The arguments of `format_args!` for a template; `value` is the expression for a field, a reference.
pub(super) fn formatted(pieces: &[Piece], value: impl Fn(usize) -> TokenStream) -> TokenStream {
    let mut format = String::new();
    let mut values = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => format.push_str(&text.replace('{', "{{").replace('}', "}}")),
            Piece::Field(at, conversion) => {
                format.push_str("{}");
                let value = value(*at);
                values.push(match conversion {
                    Conversion::Str => quote_spanned!(Span::mixed_site()=> __rpc::exception::Str(#value)),
                    Conversion::Repr => quote_spanned!(Span::mixed_site()=> __rpc::exception::Repr(#value)),
                    Conversion::Decimal => {
                        quote_spanned!(Span::mixed_site()=> __rpc::exception::Decimal(#value))
                    }
                    Conversion::Hexadecimal => {
                        quote_spanned!(Span::mixed_site()=> __rpc::exception::Hexadecimal(#value))
                    }
                });
            }
        }
    }
    let format = Literal::string(&format);
    quote_spanned!(Span::mixed_site()=> #format #(, #values)*)
}
