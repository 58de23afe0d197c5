//! Expressions that clients evaluate: which parameters they use.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::visit::{self, Visit};
use syn::{Expr, ExprPath};

use super::source::Source;
use crate::errors::Errors;

/// Refuses what a client does not have when it evaluates the value of `key`: the manager, and
/// arguments whose sources are no parameters.
pub(super) fn check(key: &str, value: &Expr, sources: &[(&Ident, &Source)], errors: &mut Errors) {
    Check { key, sources, errors }.visit_expr(value);
}

struct Check<'a> {
    key: &'a str,
    sources: &'a [(&'a Ident, &'a Source)],
    errors: &'a mut Errors,
}

impl Visit<'_> for Check<'_> {
    fn visit_expr_path(&mut self, path: &ExprPath) {
        let Some(name) = path.path.get_ident() else { return visit::visit_expr_path(self, path) };
        let key = self.key;
        if name == "self" {
            self.errors.at(name, format!("`{key}` is evaluated by clients, which have no manager"));
        }
        let Some((_, source)) = self.sources.iter().find(|(argument, _)| *argument == name) else { return };
        let why = match source {
            Source::Parameter | Source::Declared => return,
            Source::Setter => "it has a default, so it is set later",
            Source::Derived(_) => "the client takes something else instead of it",
            Source::Fixed(_) => "it is fixed, and no parameter of the client",
        };
        self.errors.at(name, format!("`{key}` cannot use {name}: {why}"));
    }
}

/// Whether the expression may use this name. Macros can use one in a format string, so text counts;
/// a wrong yes costs nothing.
pub(crate) fn may_use(value: &Expr, name: &Ident) -> bool {
    uses(value.to_token_stream(), name, &format!("{{{name}"))
}

fn uses(tokens: TokenStream, name: &Ident, in_text: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => uses(group.stream(), name, in_text),
        TokenTree::Literal(literal) => literal.to_string().contains(in_text),
        TokenTree::Punct(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    #[test]
    fn names_in_expressions() {
        let host = Ident::new("host", Span::call_site());
        for (text, expected) in [
            ("host", true),
            ("f(&host)", true),
            ("format!(\"{}@b\", host)", true),
            ("format!(\"{host}@b\")", true),
            ("volume.server()", false),
            ("\"host\"", false),
        ] {
            assert_eq!(may_use(&syn::parse_str(text).unwrap(), &host), expected, "{text}");
        }
    }
}
