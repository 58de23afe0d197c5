//! The derive of objects: what it expands to and where its errors point.

use super::snapshots::compare;
use super::{check_errors, pretty};

/// Expands a struct without errors.
pub(super) fn expand_valid(source: &str) -> String {
    let (expansion, errors) = crate::object::expand(source.parse().expect("test sources are tokens"));
    assert!(errors.found().is_empty(), "{:?}", errors.found());
    pretty(expansion)
}

#[test]
fn expansion() {
    compare("object", &expand_valid(include_str!("../../tests/expansion/object.rs")));
}

#[test]
fn expansion_of_every_key() {
    compare("object_every_key", &expand_valid(include_str!("../../tests/expansion/object_every_key.rs")));
}

#[test]
fn no_fields() {
    let expansion =
        expand_valid("#[object(project = P, version = \"1.0\")] struct O { #[object(origin)] o: Origin }");
    assert!(expansion.contains("ObjectClass::new(&P, \"O\", \"1.0\", &[])"), "{expansion}");
}

/// A whole item.
fn check(source: &str, expected: &[(&str, &str)]) {
    let (expansion, errors) = crate::object::expand(source.parse().unwrap());
    check_errors(source, &errors, expected);
    // A generic type would need bounds that nobody knows.
    let is_implemented = expansion.to_string().contains("unimplemented");
    assert_eq!(is_implemented, !source.contains("O<T>"), "{expansion}");
}

/// The keys of an otherwise valid struct.
fn check_keys(keys: &str, expected: &[(&str, &str)]) {
    check(&format!("#[object({keys})] struct O {{ #[object(origin)] origin: Origin }}"), expected);
}

/// The fields of an otherwise valid struct, which is at 1.9.
fn check_fields(fields: &str, expected: &[(&str, &str)]) {
    check(
        &format!(
            "#[object(project = P, version = \"1.9\")] struct O {{ {fields} #[object(origin)] origin: Origin }}"
        ),
        expected,
    );
}

#[test]
fn shape() {
    let shape = "#[derive(VersionedObject)] goes on a struct with named fields";
    let keys = "#[object(project = P, version = \"1.0\")]";
    for (item, at) in [
        ("enum O { A }", "enum"),
        ("union O { a: u8 }", "union"),
        ("struct O(Origin);", "O"),
        ("struct O;", "O"),
    ] {
        check(&format!("{keys} {item}"), &[(at, shape)]);
    }
    check(
        &format!("{keys} struct O<T> {{ a: Field<T>, #[object(origin)] origin: Origin }}"),
        &[("<T>", "an object cannot be generic: its class says nothing of type parameters")],
    );
    check(
        "#[object = 1] struct O { #[object(origin)] origin: Origin }",
        &[
            ("object = 1", "write the keys in parentheses"),
            ("O", "O needs `project`, for example `project = CINDER`"),
            ("O", "O needs `version`, for example `version = \"1.0\"`"),
        ],
    );
}

#[test]
fn keys_of_the_struct() {
    check_keys(
        "projekt = P, version = \"1.0\"",
        &[("projekt", "unknown key `projekt`; did you mean `project`?")],
    );
    check_keys(
        "project = P, version = \"1.0\", banana",
        &[(
            "banana",
            "unknown key `banana`; the keys here are project, version, name, unknown, dict, downgrade, crate",
        )],
    );
    check_keys(
        "project = P, version = \"1.0\", dict, dict",
        &[("dict", "`dict` is given twice"), ("dict", "`dict` is given twice")],
    );
    check_keys("project, version = \"1.0\"", &[("project", "`project` needs a value: `project = ..`")]);
    check_keys("project = \"P\", version = \"1.0\"", &[("\"P\"", "expected identifier")]);
    check_keys("project = Self::P, version = \"1.0\"", &[("Self", "`Self` is no place")]);
    check_keys("project = P, version = \"1.0\", dict = true", &[("=", "`dict` takes no value")]);
    check_keys(
        "project = P, version = \"1.0\", unknown = forget",
        &[("forget", "unknown policy `forget`; use `keep` or `drop`")],
    );
}

#[test]
fn class() {
    for name in ["Volume.V2", "2nd", "a b"] {
        check_keys(
            &format!("project = P, version = \"1.0\", name = {name:?}"),
            &[(&format!("{name:?}"), &format!("{name:?} is not the name of a Python class"))],
        );
    }
    check_keys("project = P, version = \"1.0\", name = \"\"", &[("\"\"", "the class is empty")]);
}

#[test]
fn versions() {
    check_keys("project = P, version = 1.10", &[("1.10", "write the version as a string: 1.10 as a number")]);
    for version in ["1", "1.x", "1.2.3.4"] {
        let text = format!("{version:?}");
        check_keys(&format!("project = P, version = {text}"), &[(&text, "is not MAJOR.MINOR")]);
    }
    // What cannot be compared with it is not complained about.
    check(
        "#[object(project = P, version = \"x\")] struct O {
            #[object(since = \"3.1\", until = \"2.2\")] a: Field<u8>,
            #[object(since = \"y\")] b: Field<u8>,
            #[object(origin)] origin: Origin,
        }",
        &[("\"x\"", "is not MAJOR.MINOR"), ("\"y\"", "is not MAJOR.MINOR")],
    );
}

#[test]
fn since() {
    for (since, why) in [
        ("1.10", "since \"1.10\" is newer than the object's version \"1.9\"; raise `version` on #[object]"),
        ("2.0", "since \"2.0\" has major 2, this object has major 1"),
        ("0.9", "since \"0.9\" has major 0, this object has major 1"),
        ("1.0", "\"1.0\" is where this object starts: every version has the field; drop `since`"),
        ("1.5.1", "is not MAJOR.MINOR"),
    ] {
        check_fields(&format!("#[object(since = {since:?})] a: Field<u8>,"), &[(&format!("{since:?}"), why)]);
    }
    // The third number of the object's own is none of them.
    check(
        "#[object(project = P, version = \"1.9.7\")] struct O {
            #[object(since = \"1.10\")] a: Field<u8>,
            #[object(origin)] origin: Origin,
        }",
        &[("\"1.10\"", "newer than the object's version \"1.9.7\"")],
    );
}

#[test]
fn until() {
    for (keys, at, why) in [
        ("until = \"1.10\"", "\"1.10\"", "until \"1.10\" is newer than the object's version \"1.9\""),
        ("until = \"2.1\"", "\"2.1\"", "until \"2.1\" has major 2"),
        ("until = \"1.0\"", "\"1.0\"", "the field is there since 1.0, so until \"1.0\" it can never be used"),
        (
            "since = \"1.5\", until = \"1.5\"",
            "\"1.5\"",
            "the field is there since 1.5, so until \"1.5\" it can never be used",
        ),
    ] {
        check_fields(&format!("#[object({keys})] a: Field<u8>,"), &[(at, why)]);
    }
}

#[test]
fn was() {
    for (keys, at, why) in [
        ("was(\"b\")", "was", "`was` is written `was(\"old_name\", until = \"3.8\")`"),
        ("was = \"b\"", "was", "`was` is written"),
        ("was(\"b\", until = \"1.10\")", "\"1.10\"", "until \"1.10\" is newer"),
        ("was(\"b\", until = \"1.0\")", "\"1.0\"", "so until \"1.0\" the old name can never be used"),
        (
            "since = \"1.3\", was(\"b\", until = \"1.3\")",
            "\"1.3\"",
            "there since 1.3, so until \"1.3\" the old name",
        ),
        (
            "until = \"1.7\", was(\"b\", until = \"1.7\")",
            "\"1.7\"",
            "the field is gone in 1.7, so from \"1.7\" on the new name can never be used",
        ),
    ] {
        check_fields(&format!("#[object({keys})] a: Field<u8>,"), &[(at, why)]);
    }
}

#[test]
fn names() {
    check_fields(
        "a: Field<u8>,
         #[object(name = \"a\")] b: Field<u8>,
         #[object(was(\"b\", until = \"1.2\"))] c: Field<u8>,
         #[object(name = \"b\")] d: Field<u8>,
         #[object(was(\"e\", until = \"1.2\"))] e: Field<u8>,
         #[object(name = \"\")] f: Field<u8>,
         #[object(was(\"\", until = \"1.2\"))] g: Field<u8>,
         r#type: Field<u8>,
         #[object(name = \"type\")] kind: Field<u8>,",
        &[
            ("\"a\"", "wire field \"a\" is used by a and b"),
            ("\"b\"", "wire field \"b\" is used by c and d"),
            ("\"e\"", "wire field \"e\" is used by e and e"),
            ("\"\"", "the name of a field is empty"),
            ("\"\"", "the name of a field is empty"),
            ("\"type\"", "wire field \"type\" is used by r#type and kind"),
        ],
    );
}

#[test]
fn keys_of_a_field() {
    check_fields(
        "#[object(sinse = \"1.1\", default = )] a: Field<u8>, #[object(nmae = \"x\")] #[object(name = \"y\")] b: Field<u8>,",
        &[
            ("sinse", "unknown key `sinse`; did you mean `since`?"),
            ("default", "`default` needs a value"),
            ("nmae", "did you mean `name`?"),
        ],
    );
    check_fields(
        "#[object(name = \"x\")] #[object(name = \"y\")] a: Field<u8>,",
        &[("name", "`name` is given twice"), ("name", "`name` is given twice")],
    );
}

#[test]
fn origin() {
    check(
        "#[object(project = P, version = \"1.0\")] struct O { a: Field<u8> }",
        &[("O", "O needs an origin: `#[object(origin)] origin: Origin`")],
    );
    check_fields(
        "#[object(origin)] first: Origin,",
        &[("origin", "first and origin are both the origin: an object has one")],
    );
    check(
        "#[object(project = P, version = \"1.0\")] struct O {
            #[object(origin, default, since = \"1.1\", name = \"o\")] o: Origin
        }",
        &[
            ("default", "the origin is no field on the wire: it takes no `default`"),
            ("since", "it takes no `since`"),
            ("name", "it takes no `name`"),
        ],
    );
    check_fields(
        "#[object(origin = 1)] a: Origin,",
        &[("=", "`origin` takes no value"), ("origin", "both the origin")],
    );
}

#[test]
fn all_at_once() {
    check(
        "#[object(version = \"1.x\", unknown = maybe)] enum O<T> { A(T) }",
        &[
            ("maybe", "unknown policy"),
            ("<T>", "cannot be generic"),
            ("O", "needs `project`"),
            ("\"1.x\"", "is not MAJOR.MINOR"),
            ("enum", "goes on a struct"),
        ],
    );
}
