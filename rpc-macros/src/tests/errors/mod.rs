//! What `#[rpc_manager]` refuses: where the error is and what it says.

mod arguments;
mod methods;
mod traits;

use super::{check_errors, expand};

/// A whole trait.
fn check(source: &str, expected: &[(&str, &str)]) {
    let (expansion, errors) = expand(source);
    check_errors(source, &errors, expected);
    let tokens = errors.after(expansion.clone()).to_string();
    assert_eq!(tokens.matches("compile_error").count(), expected.len());
    assert!(!expansion.is_empty(), "the item is always emitted");
}

/// The attribute of an otherwise valid trait.
fn check_manager(keys: &str, expected: &[(&str, &str)]) {
    check(&format!("#[rpc_manager({keys})] trait Manager {{}}"), expected);
}

/// The items of an otherwise valid trait.
fn check_items(items: &str, expected: &[(&str, &str)]) {
    check(
        &format!(
            "#[rpc_manager(client = Api, topic = \"t\", version = \"3.20\")] trait Manager {{ {items} }}"
        ),
        expected,
    );
}

/// The arguments of an otherwise valid method, which is there since 3.9.
fn check_arguments(arguments: &str, expected: &[(&str, &str)]) {
    check_items(
        &format!(
            "#[rpc(call, since = \"3.9\")] async fn f(&self, ctx: Context, {arguments}) -> Result<u8, E>;"
        ),
        expected,
    );
}

/// The `#[rpc]` keys of an otherwise valid method.
fn check_rpc(keys: &str, expected: &[(&str, &str)]) {
    check_items(
        &format!("#[rpc({keys})] async fn f(&self, ctx: Context, host: String) -> Result<(), E>;"),
        expected,
    );
}

/// Methods of a trait with these keys besides.
fn check_common(keys: &str, items: &str, expected: &[(&str, &str)]) {
    check(
        &format!(
            "#[rpc_manager(client = Api, topic = \"t\", version(\"6.5\", \"5.13\"), history(\"6.5\" = \"x\"), {keys})]
            trait Manager {{ {items} }}"
        ),
        expected,
    );
}
