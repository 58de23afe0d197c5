//! Variables of an expression that nothing declares.

use proc_macro2::Ident;
use syn::visit::{self, Visit};
use syn::{
    Expr, ExprCast, ExprField, ExprIndex, ExprMethodCall, ExprParen, ExprReference, ExprUnary, PatIdent,
};

/// Those that the expression uses, has not made itself and are not among `known`.
///
/// What may be a function or a constant is left to the compiler, which knows them: only that counts of which something
/// is taken or that stands for itself, with a name that constants do not have.
pub(super) fn undeclared(value: &Expr, known: &[&Ident]) -> Vec<Ident> {
    let mut variables = Variables::default();
    variables.note(value);
    variables.visit_expr(value);
    let Variables { used, made } = variables;
    let is_unknown = |name: &Ident| !known.contains(&name) && !made.contains(name) && name != "self";
    used.into_iter().filter(is_unknown).collect()
}

#[derive(Default)]
struct Variables {
    used: Vec<Ident>,
    made: Vec<Ident>,
}

impl Variables {
    fn note(&mut self, value: &Expr) {
        if let Expr::Path(path) = value
            && let Some(name) = path.path.get_ident()
            && name.to_string().starts_with(|first: char| first.is_lowercase() || first == '_')
        {
            self.used.push(name.clone());
        }
    }
}

impl Visit<'_> for Variables {
    fn visit_expr_reference(&mut self, value: &ExprReference) {
        self.note(&value.expr);
        visit::visit_expr_reference(self, value);
    }

    fn visit_expr_field(&mut self, value: &ExprField) {
        self.note(&value.base);
        visit::visit_expr_field(self, value);
    }

    fn visit_expr_method_call(&mut self, value: &ExprMethodCall) {
        self.note(&value.receiver);
        visit::visit_expr_method_call(self, value);
    }

    fn visit_expr_index(&mut self, value: &ExprIndex) {
        self.note(&value.expr);
        visit::visit_expr_index(self, value);
    }

    fn visit_expr_unary(&mut self, value: &ExprUnary) {
        self.note(&value.expr);
        visit::visit_expr_unary(self, value);
    }

    fn visit_expr_cast(&mut self, value: &ExprCast) {
        self.note(&value.expr);
        visit::visit_expr_cast(self, value);
    }

    fn visit_expr_paren(&mut self, value: &ExprParen) {
        self.note(&value.expr);
        visit::visit_expr_paren(self, value);
    }

    fn visit_pat_ident(&mut self, pattern: &PatIdent) {
        self.made.push(pattern.ident.clone());
        visit::visit_pat_ident(self, pattern);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    #[test]
    fn variables() {
        let instance = Ident::new("instance", Span::call_site());
        for (text, expected) in [
            ("bdms", "bdms"),
            ("&bdms", "bdms"),
            ("bdms.len() + *count", "bdms count"),
            ("f(&bdms[0], (image).id)", "bdms image"),
            ("bdms as u64", "bdms"),
            ("f(image.id as u64)", "image"),
            ("instance.id", ""),
            ("None", ""),
            ("DEFAULT.len()", ""),
            ("defaults::bdms", ""),
            ("instance.bdms()", ""),
            ("instance.image.map(to_text)", ""),
            ("f(instance)", ""),
            ("instance.bdms.iter().map(|bdm| bdm.id)", ""),
            ("{ let id = &instance.id; id.len() }", ""),
        ] {
            let found = undeclared(&syn::parse_str(text).unwrap(), &[&instance]);
            let found: Vec<String> = found.iter().map(Ident::to_string).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
