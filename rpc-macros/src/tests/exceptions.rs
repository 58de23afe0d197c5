//! The derive: what it expands to and where its errors point.

use super::{check_errors, pretty, snapshots::compare};

#[test]
fn expansion() {
    let source = include_str!("../../tests/expansion/exceptions.rs");
    let (expansion, errors) = crate::exception::expand(source.parse().unwrap());
    assert!(errors.found().is_empty(), "{:?}", errors.found());
    compare("exceptions", &pretty(expansion));
}

fn check(source: &str, expected: &[(&str, &str)]) {
    let (expansion, errors) = crate::exception::expand(source.parse().unwrap());
    check_errors(source, &errors, expected);
    // A generic type would need bounds that nobody knows.
    let is_implemented = expansion.to_string().contains("unimplemented");
    assert_eq!(is_implemented, !source.contains("E<T>"), "{expansion}");
}

#[test]
fn module() {
    check("enum E { A }", &[("A", "A needs the Python module of its class")]);
    check("struct E { a: u8 }", &[("E", "E needs the Python module")]);
    check(r#"#[exception(module = "")] enum E { A }"#, &[(r#""""#, "the module is empty")]);
    for module in ["a b", "a..b", ".a", "2.a"] {
        check(
            &format!("#[exception(module = {module:?})] enum E {{ A }}"),
            &[(&format!("{module:?}"), "not the name of a Python module")],
        );
    }
    check(
        r#"enum E { #[exception(module = 5)] A, #[exception(class = "C")] B }"#,
        &[("5", "expected string literal"), ("B", "B needs the Python module")],
    );
}

#[test]
fn class() {
    check(
        r#"#[exception(module = "m", class = "C")] enum E { A }"#,
        &[("class", "unknown key `class`; the keys here are module, crate")],
    );
    check(
        r#"#[exception(module = "m")] enum E { A, #[exception(class = "A")] B, #[exception(module = "n")] A2 }"#,
        &[("B", "A and B are both m.A: they cannot be told apart")],
    );
    check(
        r#"#[exception(module = "m")] enum E { #[exception(class = "x.Y")] A, #[exception(clas = "Y")] B }"#,
        &[(r#""x.Y""#, "not the name of a Python class"), ("clas", "did you mean `class`?")],
    );
}

#[test]
fn other() {
    check(
        r#"#[exception(module = "m")] enum E {
            #[exception(other)] A,
            #[exception(other)] B(RemoteError),
            #[exception(other, class = "C")] C(RemoteError),
            #[exception(other = 1)] D(RemoteError),
        }"#,
        &[
            ("A", "the `other` variant holds the remote error: `A(RemoteError)`"),
            ("other", "only one variant"),
            (r#""C""#, "the `other` variant has no class"),
            ("other", "only one variant"),
            ("=", "`other` takes no value"),
            ("other", "only one variant"),
        ],
    );
}

#[test]
fn fields() {
    check(
        r#"#[exception(module = "m")] enum E {
            A { #[exception(name = "b")] a: u8, b: u8, #[exception(name = "")] c: u8 },
            B(#[exception(name = "x")] u8),
        }"#,
        &[
            ("b", r#"keyword argument "b" is used by a and b"#),
            (r#""""#, "the name of a keyword argument is empty"),
            (r#""x""#, "a positional argument"),
        ],
    );
}

#[test]
fn shape() {
    check(r#"#[exception(module = "m")] enum E<T> { A(T) }"#, &[("<T>", "an exception cannot be generic")]);
    check(r#"#[exception(module = "m")] union E { a: u8 }"#, &[("union", "goes on an enum or a struct")]);
    check(r#"#[exception = "m"] enum E {}"#, &[(r#"exception = "m""#, "write the keys in parentheses")]);
}
