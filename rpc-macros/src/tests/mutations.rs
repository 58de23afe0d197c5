//! Whatever is thrown at the macros, they answer with tokens that parse or with errors.

use proc_macro2::{Group, TokenStream, TokenTree};
use proptest::prelude::*;

const SOURCES: &[&str] = &[
    include_str!("../../tests/expansion/volume.rs"),
    include_str!("../../tests/expansion/every_key.rs"),
    include_str!("../../tests/expansion/arguments.rs"),
    include_str!("../../tests/expansion/conditions.rs"),
    include_str!("../../tests/expansion/destinations.rs"),
    include_str!("../../tests/expansion/sending.rs"),
    include_str!("../../tests/expansion/versions.rs"),
];

const EXCEPTIONS: &str = include_str!("../../tests/expansion/exceptions.rs");

const TEXTS: &str = include_str!("../../tests/expansion/exception_texts.rs");

const OBJECT: &str = include_str!("../../tests/expansion/object_every_key.rs");

const EVENTS: &str = include_str!("../../tests/expansion/notification_every_key.rs");

const EVENT: &str = include_str!("../../tests/expansion/notification_struct.rs");

/// What happens to the token number `at` of a source, groups counted before what is in them.
#[derive(Debug, Clone)]
struct Mutation {
    at: usize,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    Remove,
    Double,
    Replace(&'static str),
    Insert(&'static str),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    const TOKENS: &[&str] = &[
        ",",
        "=",
        "\"\"",
        "\"3.1\"",
        "3.20",
        "call",
        "fanout",
        "since",
        "old",
        "default",
        "drop",
        "with",
        "to",
        "&",
        "'a",
        "self",
        "Self",
        "impl",
        "async",
        "fn",
        "_",
        "#",
        "()",
        "(call)",
        "#[rpc]",
        "#[arg = 1]",
        "{}",
        "<T>",
        "mut",
        "where",
        "::",
        "r#ref",
        "ctxt",
        "new",
        "crate",
        "\"\\u{0}\"",
        "name",
        "other",
        "class",
        "was",
        "until",
        "legacy",
        "from",
        "fixed",
        "rest",
        "call_or_cast",
        "manual",
        "expected",
        "downgrade",
        "version",
        "project",
        "origin",
        "unknown",
        "keep",
        "dict",
        "struct",
        "type",
        "priority",
        "info",
        "object",
        "payload",
        "topic",
        "\"a.{x}.{action}\"",
        "\"{user}\"",
        "aliases",
        "route",
        "(host: &str)",
        "(\"5.8\", \"6.1\")",
        "(\"x\", until = \"3.0\")",
        "(a = 1, until = \"6.0\")",
        "#[cfg(any())]",
        "None",
    ];
    let token = || prop::sample::select(TOKENS);
    let change = prop_oneof![
        Just(Change::Remove),
        Just(Change::Double),
        token().prop_map(Change::Replace),
        token().prop_map(Change::Insert),
    ];
    (0usize..400, change).prop_map(|(at, change)| Mutation { at, change })
}

/// `seen` counts the tokens up to the one to change.
fn mutate(tokens: TokenStream, mutation: &Mutation, seen: &mut usize) -> TokenStream {
    let mut mutated = TokenStream::new();
    for token in tokens {
        let is_it = *seen == mutation.at;
        *seen += 1;
        let token = match token {
            TokenTree::Group(group) => {
                let mut inside = Group::new(group.delimiter(), mutate(group.stream(), mutation, seen));
                inside.set_span(group.span());
                TokenTree::Group(inside)
            }
            other => other,
        };
        let parse = |text: &str| text.parse::<TokenStream>().unwrap();
        match (&mutation.change, is_it) {
            (Change::Remove, true) => {}
            (Change::Double, true) => mutated.extend([token.clone(), token]),
            (Change::Replace(with), true) => mutated.extend(parse(with)),
            (Change::Insert(before), true) => {
                mutated.extend(parse(before));
                mutated.extend([token]);
            }
            (_, false) => mutated.extend([token]),
        }
    }
    mutated
}

fn mutate_all(source: &str, mutations: &[Mutation]) -> TokenStream {
    let tokens: TokenStream = source.parse().unwrap();
    mutations.iter().fold(tokens, |tokens, mutation| mutate(tokens, mutation, &mut 0))
}

/// The attribute's tokens and the item's; the attribute itself may have been mutated away.
fn split(tokens: TokenStream) -> (TokenStream, TokenStream) {
    let mut item = TokenStream::new();
    let mut attribute = TokenStream::new();
    for token in tokens {
        match &token {
            TokenTree::Group(group) if group.stream().to_string().starts_with("rpc_manager") => {
                for inner in group.stream() {
                    if let TokenTree::Group(keys) = inner {
                        attribute = keys.stream();
                    }
                }
                // An attribute that does nothing takes its place after the `#`.
                item.extend("[inline]".parse::<TokenStream>().unwrap());
            }
            _ => item.extend([token]),
        }
    }
    (attribute, item)
}

/// Whether there is a trait in these tokens, whatever is in it.
fn has_trait(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| matches!(token, TokenTree::Ident(ident) if ident == "trait"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_attribute_never_panics(
        source in prop::sample::select(SOURCES),
        mutations in prop::collection::vec(mutation(), 1..4),
    ) {
        // A body is passed on as it is, broken or not.
        let source = source.replace("{\n        Ok(())\n    }", ";");
        let (attribute, item) = split(mutate_all(&source, &mutations));
        let (expansion, errors) = crate::expand::expand(attribute, item.clone());
        prop_assert_eq!(has_trait(&expansion), has_trait(&item), "the item is always emitted");
        if errors.found().is_empty() {
            prop_assert!(syn::parse2::<syn::File>(expansion.clone()).is_ok(), "{expansion}");
        }
    }
}

proptest! {
    #[test]
    fn the_derives_never_panic(mutations in prop::collection::vec(mutation(), 1..4)) {
        for (expansion, errors) in [
            crate::exception::expand(mutate_all(EXCEPTIONS, &mutations)),
            crate::exception::expand(mutate_all(TEXTS, &mutations)),
            crate::object::expand(mutate_all(OBJECT, &mutations)),
            crate::notification::expand(mutate_all(EVENTS, &mutations)),
            crate::notification::expand(mutate_all(EVENT, &mutations)),
        ] {
            let is_sound = syn::parse2::<syn::File>(expansion.clone()).is_ok();
            prop_assert!(is_sound || !errors.found().is_empty(), "{expansion}");
        }
    }
}

/// Found by chance: of objects it came to tokens that do not parse.
#[test]
fn a_field_without_a_name_is_an_error() {
    for (expansion, errors) in [
        crate::object::expand(mutated(OBJECT, "id :", "_ :")),
        crate::notification::expand(
            "#[notification(event = \"a.b\", priority = info)] struct Done { _: u8 }".parse().unwrap(),
        ),
    ] {
        let said: Vec<_> = errors.found().iter().map(ToString::to_string).collect();
        assert!(said.iter().any(|why| why.ends_with("needs a name")), "{said:?}");
        assert!(syn::parse2::<syn::File>(expansion).is_ok());
    }
}

/// A source in which the first of this is that.
fn mutated(source: &str, this: &str, that: &str) -> TokenStream {
    let tokens = source.parse::<TokenStream>().unwrap().to_string();
    assert!(tokens.contains(this), "{tokens}");
    tokens.replacen(this, that, 1).parse().unwrap()
}
