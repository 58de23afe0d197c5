//! The derive: what it expands to and where its errors point.

use super::{check_errors, pretty, snapshots::compare};

#[test]
fn expansion() {
    for (name, source) in [
        ("exceptions", include_str!("../../tests/expansion/exceptions.rs")),
        ("exception_texts", include_str!("../../tests/expansion/exception_texts.rs")),
    ] {
        let (expansion, errors) = crate::exception::expand(source.parse().unwrap());
        assert!(errors.found().is_empty(), "{:?}", errors.found());
        compare(name, &pretty(expansion));
    }
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
        &[("class", "unknown key `class`; the keys here are module, code, crate")],
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
fn a_field_has_a_name() {
    check(
        r#"#[exception(module = "m")] enum E { A { _: u8, b: u8 } }"#,
        &[("_", "a keyword argument needs a name")],
    );
}

#[test]
fn shape() {
    check(r#"#[exception(module = "m")] enum E<T> { A(T) }"#, &[("<T>", "an exception cannot be generic")]);
    check(r#"#[exception(module = "m")] union E { a: u8 }"#, &[("union", "goes on an enum or a struct")]);
    check(r#"#[exception = "m"] enum E {}"#, &[(r#"exception = "m""#, "write the keys in parentheses")]);
}

#[test]
fn texts() {
    let text = |text: &str, fields: &str| {
        format!(r#"#[exception(module = "m", message = "{text}")] struct E {{ {fields} }}"#)
    };
    for (message, part) in [
        (
            "no %(volume_id)s",
            "`%(volume_id)..`, which is none of the keyword arguments; there are reason, size",
        ),
        ("no %(reasn)s", "did you mean `reason`?"),
        ("no %(code)s", "there are reason, size"),
        ("no %s", "`%s` is no place for a keyword argument: write `%(name)s`"),
        ("100 %", "`%` is no place"),
        ("no %(size)5d", "`%(size)5d` is no place"),
        ("no %(size)q", "`%(size)q` is no place"),
        ("no %(size", "`%(size` is no place"),
        ("no %(size)", "`%(size)` is no place"),
        ("no %(size)\u{e9}", "is no place"),
    ] {
        check(&text(message, "reason: String, size: u8"), &[(&format!("{message:?}"), part)]);
    }
    check(
        &text("%(a)s %(b)s", ""),
        &[(r#""%(a)s %(b)s""#, "there are none"), (r#""%(a)s %(b)s""#, "there are none")],
    );
    check(
        r#"#[exception(module = "m")] enum E { #[exception(message = "a")] A, B, C { a: u8 }, D(u8) }"#,
        &[("B", "B needs the text of its class"), ("C", "C needs the text of its class")],
    );
    check(
        r#"#[exception(module = "m")] enum E { #[exception(message = "a")] A(u8) }"#,
        &[(r#""a""#, "positional arguments are the text themselves")],
    );
    check(
        r#"#[exception(module = "m", message = "a")] enum E { A }"#,
        &[("message", "unknown key `message`; the keys here are module, code, crate")],
    );
}

#[test]
fn message() {
    check(
        r#"#[exception(module = "m", message = "a")] struct E { message: String }"#,
        &[(
            "String",
            "a `message` that is not in the text of the class takes its place: make it an `Option`",
        )],
    );
    check(
        r#"#[exception(module = "m", message = "%(message)s %(message)s")] struct E { message: String }"#,
        &[(r#""%(message)s %(message)s""#, "the message can be in its text once")],
    );
}

#[test]
fn code() {
    for code in ["0", "99", "600", "70000"] {
        check(
            &format!(r#"#[exception(module = "m", code = {code})] struct E;"#),
            &[(code, "a code is an HTTP status, from 100 to 599")],
        );
    }
    check(
        r#"#[exception(module = "m", code = "404")] struct E;"#,
        &[(r#""404""#, "expected integer literal")],
    );
    check(
        r#"#[exception(module = "m", code = 4)] enum E { A { code: u16 }, #[exception(code = 404)] B { code: u16 }, C }"#,
        &[("4", "a code is an HTTP status"), ("code", "the class has a code already")],
    );
}

#[test]
fn cause() {
    check(
        r#"#[exception(module = "m")] struct E { #[exception(cause)] a: Cause, #[exception(cause)] b: Cause }"#,
        &[("cause", "only one field can be the cause")],
    );
    check(
        r#"#[exception(module = "m")] struct E(#[exception(cause)] Cause);"#,
        &[("cause", "the cause of an exception is a keyword argument: give the field a name")],
    );
}
