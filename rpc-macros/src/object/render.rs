//! The implementations of an object.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote_spanned;
use syn::Path;

use super::field::Field;
use super::keys::Unknown;
use super::model::{Object, Origin};
use crate::model::{Default, source_text};
use crate::render::{placed_at, version};

pub(super) fn implementations(object: &Object, runtime: &Path) -> TokenStream {
    let name = &object.name;
    let class = class(object);
    let defaults = set_defaults(&object.fields);
    let fields = fields(object);
    wrap(
        name,
        runtime,
        &quote_spanned! {Span::mixed_site()=>
            #[allow(unused_imports)]
            use __rpc::NotAnObject as _;

            #[automatically_derived]
            impl __rpc::VersionedObject for #name {
                const CLASS: __rpc::ObjectClass = #class;

                #defaults

                fn what_changed(&self) -> ::std::vec::Vec<&::core::primitive::str> {
                    __rpc::what_changed(self)
                }
            }

            #[automatically_derived]
            impl __rpc::Fields for #name {
                #fields
            }
        },
    )
}

/// The implementations for a struct with errors.
pub(super) fn placeholder(name: &Ident, runtime: &Path) -> TokenStream {
    wrap(
        name,
        runtime,
        &quote_spanned! {Span::mixed_site()=>
            const PROJECT: __rpc::Project = __rpc::Project::new("unknown");

            #[automatically_derived]
            impl __rpc::VersionedObject for #name {
                const CLASS: __rpc::ObjectClass = __rpc::ObjectClass::new(&PROJECT, "Unknown", "0.0", &[]);

                fn what_changed(&self) -> ::std::vec::Vec<&::core::primitive::str> {
                    ::core::unimplemented!()
                }
            }

            #[automatically_derived]
            impl __rpc::Fields for #name {
                fn origin(&self) -> &__rpc::Origin {
                    ::core::unimplemented!()
                }

                fn origin_mut(&mut self) -> &mut __rpc::Origin {
                    ::core::unimplemented!()
                }

                fn number(_: &::core::primitive::str) -> ::core::option::Option<::core::primitive::usize> {
                    ::core::unimplemented!()
                }

                fn slots(&self) -> ::std::vec::Vec<&dyn __rpc::SlotState> {
                    ::core::unimplemented!()
                }

                fn slots_mut(&mut self) -> ::std::vec::Vec<&mut dyn __rpc::SlotState> {
                    ::core::unimplemented!()
                }

                fn read<'de, A: __rpc::MapAccess<'de>>(
                    &mut self,
                    _: ::core::primitive::usize,
                    _: &mut A,
                ) -> ::core::result::Result<(), A::Error> {
                    ::core::unimplemented!()
                }

                fn write<W: __rpc::WriteFields>(&self, _: &mut W) -> ::core::result::Result<(), W::Error> {
                    ::core::unimplemented!()
                }
            }
        },
    )
}

/// What is implemented for every object, by what the others say of it.
fn wrap(name: &Ident, runtime: &Path, others: &TokenStream) -> TokenStream {
    quote_spanned! {Span::mixed_site()=>
        #[allow(deprecated)]
        const _: () = {
            use #runtime::codegen::object as __rpc;

            #others

            #[automatically_derived]
            impl __rpc::HoldsObjects for #name {
                fn class() -> &'static __rpc::ObjectClass {
                    const { &<Self as __rpc::VersionedObject>::CLASS }
                }
            }

            #[automatically_derived]
            impl __rpc::Serialize for #name {
                fn serialize<S: __rpc::Serializer>(&self, __to: S) -> ::core::result::Result<S::Ok, S::Error> {
                    __rpc::serialize(self, __to)
                }
            }

            #[automatically_derived]
            impl<'de> __rpc::Deserialize<'de> for #name {
                fn deserialize<D: __rpc::Deserializer<'de>>(__from: D) -> ::core::result::Result<Self, D::Error> {
                    __rpc::deserialize(__from)
                }
            }
        };
    }
}

/// The class as a constant.
fn class(object: &Object) -> TokenStream {
    let Object { project, class, .. } = object;
    let project = quote_spanned!(placed_at(project)=> &#project);
    let version = object.version.to_string();
    let fields = object.fields.iter().map(described);
    let dropping =
        (object.unknown == Unknown::Drop).then(|| quote_spanned!(Span::mixed_site()=> .dropping_unknown()));
    let reading =
        object.reads_dictionaries.then(|| quote_spanned!(Span::mixed_site()=> .reading_dictionaries()));
    let downgrade = object
        .downgrade
        .as_ref()
        .map(|downgrade| quote_spanned!(Span::mixed_site()=> .with_downgrade(#downgrade)));
    quote_spanned! {Span::mixed_site()=>
        __rpc::ObjectClass::new(#project, #class, #version, &[#(#fields),*]) #dropping #reading #downgrade
    }
}

/// A field in the constant.
fn described(field: &Field) -> TokenStream {
    let Field { wire, ty, .. } = field;
    let text = source_text(ty);
    let object = quote_spanned!(placed_at(ty)=> __rpc::Of::<#ty>::OBJECT);
    let with_since = field.since.map(|since| {
        let since = version(since);
        quote_spanned!(Span::mixed_site()=> .with_since(#since))
    });
    let with_until = field.until.map(|until| {
        let until = version(until);
        quote_spanned!(Span::mixed_site()=> .with_until(#until))
    });
    let with_was = field.was.as_ref().map(|was| {
        let (name, until) = (&was.name, version(was.until));
        quote_spanned!(Span::mixed_site()=> .with_was(#name, #until))
    });
    let with_default = field.default.as_ref().map(|default| {
        let text = default.text();
        quote_spanned!(Span::mixed_site()=> .with_default(#text))
    });
    quote_spanned! {Span::mixed_site()=>
        __rpc::ObjectField::new(#wire, #text, #object)
            #with_since #with_until #with_was #with_default
    }
}

/// The function that sets what has a default; none if nothing has.
fn set_defaults(fields: &[Field]) -> TokenStream {
    let mut statements = TokenStream::new();
    for Field { name, ty, default, .. } in fields {
        let Some(default) = default else { continue };
        let value = match default {
            Default::OfType => quote_spanned!(placed_at(ty)=> ::core::default::Default::default),
            Default::Text(text) => quote_spanned! {placed_at(text)=>
                || <_ as ::core::convert::From<&::core::primitive::str>>::from(#text)
            },
            Default::Value(value) => quote_spanned!(Span::mixed_site()=> || #value),
        };
        statements.extend(quote_spanned!(placed_at(ty)=> __rpc::set_default(&mut self.#name, #value);));
    }
    if statements.is_empty() {
        return statements;
    }
    quote_spanned! {Span::mixed_site()=>
        fn set_defaults(&mut self) {
            #statements
        }
    }
}

/// The functions that get at the fields. A field's number is its place among those of the class.
fn fields(object: &Object) -> TokenStream {
    let Origin { name, ty } = &object.origin;
    let origin = quote_spanned!(placed_at(ty)=> &self.#name);
    let origin_mut = quote_spanned!(placed_at(ty)=> &mut self.#name);
    let slots =
        object.fields.iter().map(|Field { name, ty, .. }| quote_spanned!(placed_at(ty)=> &self.#name));
    let slots_mut =
        object.fields.iter().map(|Field { name, ty, .. }| quote_spanned!(placed_at(ty)=> &mut self.#name));
    let (mut numbers, mut reads, mut writes) = (TokenStream::new(), TokenStream::new(), TokenStream::new());
    for (number, field) in object.fields.iter().enumerate() {
        let Field { name, wire, ty, .. } = field;
        let number = Literal::usize_unsuffixed(number);
        let was = field.was.as_ref().map(|was| {
            let name = &was.name;
            quote_spanned!(Span::mixed_site()=> | #name)
        });
        numbers.extend(quote_spanned! {Span::mixed_site()=>
            #wire #was => ::core::option::Option::Some(#number),
        });
        reads.extend(quote_spanned!(placed_at(ty)=> #number => __rpc::read(&mut self.#name, __data),));
        writes.extend(quote_spanned!(placed_at(ty)=> __out.field(#number, #wire, &self.#name)?;));
    }
    quote_spanned! {Span::mixed_site()=>
        fn origin(&self) -> &__rpc::Origin {
            #origin
        }

        fn origin_mut(&mut self) -> &mut __rpc::Origin {
            #origin_mut
        }

        fn number(__name: &::core::primitive::str) -> ::core::option::Option<::core::primitive::usize> {
            match __name {
                #numbers
                _ => ::core::option::Option::None,
            }
        }

        fn slots(&self) -> ::std::vec::Vec<&dyn __rpc::SlotState> {
            ::std::vec![#(#slots),*]
        }

        fn slots_mut(&mut self) -> ::std::vec::Vec<&mut dyn __rpc::SlotState> {
            ::std::vec![#(#slots_mut),*]
        }

        fn read<'de, A: __rpc::MapAccess<'de>>(
            &mut self,
            __number: ::core::primitive::usize,
            __data: &mut A,
        ) -> ::core::result::Result<(), A::Error> {
            match __number {
                #reads
                _ => __rpc::skip(__data),
            }
        }

        fn write<W: __rpc::WriteFields>(&self, __out: &mut W) -> ::core::result::Result<(), W::Error> {
            #writes
            ::core::result::Result::Ok(())
        }
    }
}
