//! Expressions that clients evaluate: which parameters they use.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprPath, Macro, PatIdent};

use super::source::Source;
use crate::errors::Errors;

/// Refuses what a client does not have when it evaluates the value of `key`, which is that of an argument if it is `of`
/// one: the manager, and arguments whose sources are no parameters.
pub(super) fn check(
    key: &str,
    of: Option<&Ident>,
    value: &Expr,
    sources: &[(&Ident, &Source)],
    errors: &mut Errors,
) {
    check_manager(key, value, errors);
    for (name, why) in not_there(value, sources) {
        match of == Some(&name) {
            true => errors.at(
                &name,
                format!(
                    "`{key}` cannot use {name}, which it works out: what the client takes instead is declared \
                     there: {key}({name}: ..) = .."
                ),
            ),
            false => errors.at(&name, format!("`{key}` cannot use {name}: {why}")),
        }
    }
}

/// Refuses the manager in the value of `key`.
pub(super) fn check_manager(key: &str, value: &Expr, errors: &mut Errors) {
    let mut all = Variables::default();
    all.visit_expr(value);
    for name in all.0.iter().filter(|name| *name == "self") {
        errors.at(name, format!("`{key}` is evaluated by clients, which have no manager"));
    }
}

/// Where the expression uses arguments that a client does not have yet when it evaluates it, and why it
/// does not.
pub(super) fn not_there(value: &Expr, sources: &[(&Ident, &Source)]) -> Vec<(Ident, &'static str)> {
    let mut all = Variables::default();
    all.visit_expr(value);
    let not_there = |name: Ident| {
        let (_, source) = sources.iter().find(|(argument, _)| **argument == name)?;
        let why = match source {
            Source::Parameter | Source::Declared => return None,
            Source::Setter => "it has a default, so it is set later",
            Source::Derived(_) => "the client takes something else instead of it",
            Source::Fixed(_) => "it is fixed, and no parameter of the client",
        };
        Some((name, why))
    };
    all.0.into_iter().filter_map(not_there).collect()
}

/// Refuses these parameters in the value of `key`, which depends on none, and says why.
pub(super) fn check_constant(key: &str, value: &Expr, parameters: &[&Ident], why: &str, errors: &mut Errors) {
    let mut all = Variables::default();
    all.visit_expr(value);
    for name in parameters.iter().filter(|name| uses_variable(value, name)) {
        let message = format!("`{key}` cannot use {name}: {why}");
        match all.0.iter().find(|used| used == name) {
            Some(used) => errors.at(used, message),
            // In a macro.
            None => errors.at(value, message),
        }
    }
}

/// What stands in an expression as a variable would.
#[derive(Default)]
struct Variables(Vec<Ident>);

impl Visit<'_> for Variables {
    fn visit_expr_path(&mut self, path: &ExprPath) {
        match path.path.get_ident() {
            Some(name) => self.0.push(name.clone()),
            None => visit::visit_expr_path(self, path),
        }
    }
}

/// Whether the expression uses a variable of this name that it has not made itself.
pub(super) fn uses_variable(value: &Expr, name: &Ident) -> bool {
    let mut uses = Uses { name, found: false, bound: false };
    uses.visit_expr(value);
    uses.found && !uses.bound
}

struct Uses<'a> {
    name: &'a Ident,
    found: bool,
    /// Whether a part of the expression has a variable of its own with this name.
    bound: bool,
}

impl Visit<'_> for Uses<'_> {
    fn visit_expr_path(&mut self, path: &ExprPath) {
        self.found |= path.path.is_ident(self.name);
        visit::visit_expr_path(self, path);
    }

    fn visit_expr_call(&mut self, call: &ExprCall) {
        // What is called is a function.
        match &*call.func {
            Expr::Path(_) => call.args.iter().for_each(|argument| self.visit_expr(argument)),
            _ => visit::visit_expr_call(self, call),
        }
    }

    fn visit_macro(&mut self, call: &Macro) {
        self.found |= uses(call.tokens.clone(), self.name, &format!("{{{}", self.name));
    }

    fn visit_pat_ident(&mut self, pat: &PatIdent) {
        self.bound |= pat.ident == *self.name;
        visit::visit_pat_ident(self, pat);
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
    fn variables_in_expressions() {
        let host = Ident::new("host", Span::call_site());
        for (text, expected) in [
            ("host", true),
            ("&host.name", true),
            ("f(host)", true),
            ("format!(\"{host}@b\")", true),
            ("Place { host }", true),
            ("volume.host()", false),
            ("volume.host", false),
            ("host(volume)", false),
            ("hosts::host", false),
            ("volume.map(|host| host.name)", false),
        ] {
            assert_eq!(uses_variable(&syn::parse_str(text).unwrap(), &host), expected, "{text}");
        }
    }

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
