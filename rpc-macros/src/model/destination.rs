//! `to = expr`: which arguments the expression uses.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::visit::{self, Visit};
use syn::{Expr, ExprPath};

use super::argument::Argument;
use crate::errors::Errors;

/// Refuses what a client does not have when it chooses the server: the manager, and arguments that
/// are set later.
pub(super) fn check(to: &Expr, arguments: &[Argument], errors: &mut Errors) {
    Check { arguments, errors }.visit_expr(to);
}

struct Check<'a> {
    arguments: &'a [Argument],
    errors: &'a mut Errors,
}

impl Visit<'_> for Check<'_> {
    fn visit_expr_path(&mut self, path: &ExprPath) {
        let Some(name) = path.path.get_ident() else { return visit::visit_expr_path(self, path) };
        if name == "self" {
            self.errors.at(name, "`to` is evaluated by clients, which have no manager");
        }
        let argument = self.arguments.iter().find(|argument| argument.name == *name);
        if argument.is_some_and(|argument| argument.default.is_some()) {
            self.errors.at(
                name,
                format!("`to` cannot use {name}: it has a default, so it is set after the server was chosen"),
            );
        }
    }
}

/// Whether the expression may use this name. Macros can use one in a format string, so text counts;
/// a wrong yes costs nothing.
pub(crate) fn may_use(to: &Expr, name: &Ident) -> bool {
    uses(to.to_token_stream(), name, &format!("{{{name}"))
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
