//! The trait: signatures are parsed, default bodies are kept as they are.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Generics, Ident, Signature, Token, TypeParamBound, Visibility, braced, token};

use super::groups::without_in_signature;

/// A trait as it was written.
#[derive(Debug)]
pub(crate) struct ManagerTrait {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) keyword: Token![trait],
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) supertraits: Punctuated<TypeParamBound, Token![+]>,
    pub(crate) items: Vec<TraitItem>,
}

/// One item of a trait.
#[derive(Debug)]
pub(crate) enum TraitItem {
    /// A method with a signature that can be read.
    Method(Box<TraitMethod>),
    /// Anything else, with the reason why it is no method.
    Other(TokenStream, syn::Error),
}

/// A method of a trait as it was written.
#[derive(Debug)]
pub(crate) struct TraitMethod {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) signature: Signature,
    pub(crate) end: MethodEnd,
}

/// What follows the signature of a method.
#[derive(Debug)]
pub(crate) enum MethodEnd {
    /// The default body with its braces. A half-typed one is rustc's to complain about.
    Body(Group),
    Semicolon(Token![;]),
}

impl Parse for ManagerTrait {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let unsafety = input.parse()?;
        if !input.peek(Token![trait]) {
            return Err(input.error("#[rpc_manager] goes on a trait"));
        }
        let keyword = input.parse()?;
        let name = input.parse()?;
        let mut generics: Generics = input.parse()?;
        let mut supertraits = Punctuated::new();
        if input.parse::<Option<Token![:]>>()?.is_some() {
            while !input.peek(token::Brace) && !input.peek(Token![where]) {
                supertraits.push_value(input.parse()?);
                match input.parse()? {
                    Some(plus) => supertraits.push_punct(plus),
                    None => break,
                }
            }
        }
        generics.where_clause = input.parse()?;
        let content;
        braced!(content in input);
        let mut items = Vec::new();
        while !content.is_empty() {
            items.push(TraitItem::parse(&content)?);
        }
        Ok(Self { attributes, visibility, unsafety, keyword, name, generics, supertraits, items })
    }
}

impl ManagerTrait {
    /// The items that are methods.
    pub(crate) fn methods(&self) -> impl Iterator<Item = &TraitMethod> {
        self.items.iter().filter_map(|item| match item {
            TraitItem::Method(method) => Some(&**method),
            TraitItem::Other(..) => None,
        })
    }
}

impl TraitItem {
    /// The next item; fails only where tokens themselves cannot be read.
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let ahead = input.fork();
        match TraitMethod::parse(&ahead) {
            Ok(method) => {
                input.advance_to(&ahead);
                Ok(Self::Method(Box::new(method)))
            }
            Err(error) => Ok(Self::Other(skip_item(input)?, error)),
        }
    }
}

impl TraitMethod {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let is_constant = input.peek(Token![const]) && (input.peek2(Ident) || input.peek2(Token![_]));
        if is_constant || input.peek(Token![type]) {
            return Err(input.error("a trait of rpc methods has no associated constants or types"));
        }
        let signature = without_in_signature(input.parse()?);
        let end = if input.peek(token::Brace) {
            let content;
            let braces = braced!(content in input);
            let mut body = Group::new(Delimiter::Brace, content.parse()?);
            body.set_span(braces.span.join());
            MethodEnd::Body(body)
        } else {
            MethodEnd::Semicolon(input.parse()?)
        };
        Ok(Self { attributes, signature, end })
    }
}

/// The tokens up to and including the next `;` or braces.
fn skip_item(input: ParseStream) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() {
        let is_last = input.peek(Token![;]) || input.peek(token::Brace);
        input.parse::<TokenTree>()?.to_tokens(&mut tokens);
        if is_last {
            break;
        }
    }
    Ok(tokens)
}
