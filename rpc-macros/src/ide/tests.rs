use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// The constants that there are, by their modules.
fn constants() -> BTreeMap<String, BTreeSet<String>> {
    let source = include_str!("../../../rpc-runtime/src/codegen/keys.rs");
    let list = source.split_once("\nkeys! {\n").unwrap().1;
    let mut modules = BTreeMap::<_, BTreeSet<_>>::new();
    let mut module = "";
    for line in list.lines().map(str::trim).filter(|line| !line.starts_with("///")) {
        match line.strip_suffix(" {") {
            Some(name) => module = name,
            None => {
                let key = line.strip_suffix(',').map(|key| key.trim_start_matches("r#"));
                modules.entry(module.to_owned()).or_default().extend(key.map(str::to_owned));
            }
        }
    }
    modules
}

/// What is imported of keys: each module and key, with the text of the attribute that its token is of.
fn imported(
    own: Option<&'static List>,
    attribute: &str,
    item: &str,
    known: Attributes,
) -> Vec<(String, String)> {
    let (attribute, item): (TokenStream, TokenStream) = (attribute.parse().unwrap(), item.parse().unwrap());
    let imports = imports_for_editor(own.map(|list| (list, &attribute)), &item, known);
    let file: syn::File = syn::parse2(imports).unwrap();
    let [syn::Item::Const(block)] = &file.items[..] else { panic!("{file:?}") };
    let syn::Expr::Block(block) = &*block.expr else { panic!("{block:?}") };
    let uses = block.block.stmts.iter().filter_map(|statement| match statement {
        syn::Stmt::Item(syn::Item::Use(item)) => path(&item.tree),
        other => panic!("{other:?}"),
    });
    uses.collect()
}

/// Nothing of a module that is imported as a whole.
fn path(tree: &syn::UseTree) -> Option<(String, String)> {
    match tree {
        syn::UseTree::Path(path) => match &*path.tree {
            syn::UseTree::Rename(_) if path.ident == "keys" => None,
            syn::UseTree::Rename(key) => {
                // Where it was written, and not where the import is.
                let text = key.ident.span().source_text().unwrap();
                assert_eq!(key.ident.to_string().trim_start_matches("r#"), text);
                Some((path.ident.to_string(), text))
            }
            tree => self::path(tree),
        },
        other => panic!("{other:?}"),
    }
}

/// Each of the keys, by the modules.
fn sorted(imported: Vec<(String, String)>) -> Vec<String> {
    let mut sorted: Vec<_> = imported.into_iter().map(|(module, key)| format!("{module}::{key}")).collect();
    sorted.sort();
    sorted
}

#[test]
fn each_key_is_imported_by_its_own_token() {
    let attribute = r#"client = Api, topic = "t", version("2.0", "1.3"), aliases(queens = "1.1"), error = my::Error,
        profiles(call(timeout = t(), expected(E::call)))"#;
    let item = r#"
        pub trait Manager {
            /// Documentation.
            #[rpc(call, since = "1.2", was("old", until = "1.3"), legacy(until = "2.0", call = None), expected(E::call))]
            async fn get(&self, ctx: C, #[arg(since = "1.3", old = error_if(cast), default = rest)] a: Option<u8>);
        }
    "#;
    assert_eq!(
        sorted(imported(Some(&TRAIT), attribute, item, MANAGER)),
        [
            "argument::default",
            "argument::old",
            "argument::since",
            "legacy::until",
            "manager::aliases",
            "manager::client",
            "manager::error",
            "manager::profiles",
            "manager::topic",
            "manager::version",
            "method::call",
            "method::expected",
            "method::legacy",
            "method::since",
            "method::was",
            "old::error_if",
            "profile::expected",
            "profile::timeout",
            "was::until",
        ]
    );
}

/// An editor has closed what is open.
#[test]
fn what_is_being_typed_is_imported_too() {
    for (item, found) in [
        ("trait T { #[rpc(ca)] async fn f(&self); }", "method::ca"),
        ("trait T { #[rpc(call, raCompletionMarker)] async fn f() }", "method::raCompletionMarker"),
        ("trait T { #[rpc(call = , to = , ti)] async fn }", "method::ti"),
        ("trait T { async fn f(&self, #[arg(old = dr)] a: ); }", "old::dr"),
        ("#[rpc(was(un))]", "was::un"),
    ] {
        let imports = sorted(imported(Some(&TRAIT), "", item, MANAGER));
        assert!(imports.iter().any(|import| import == found), "{item}: {imports:?}");
    }
}

/// What an editor finds where a word is being typed has to be at the same place before there is one.
#[test]
fn where_nothing_is_written_yet_the_module_is_imported() {
    for (item, found) in [
        ("trait T { #[rpc(¦)] async fn f(&self); }", "method"),
        ("trait T { #[rpc(call, ¦)] async fn f(&self); }", "method"),
        ("trait T { #[rpc(call, ¦, to = a)] async fn f(&self); }", "method"),
        ("trait T { async fn f(&self, #[arg(old = ¦)] a: ); }", "old"),
        ("#[rpc(was(¦))]", "was"),
    ] {
        let imports =
            |word| imports_for_editor(None, &item.replace('¦', word).parse().unwrap(), MANAGER).to_string();
        let (before, typed) = (imports(""), imports("word"));
        let same = format!(":: codegen :: keys :: {found}");
        let place = typed.find(&format!("{same} :: word as _")).unwrap();
        assert!(before[place..].starts_with(&format!("{same} as _")), "{item}: {before}, and {typed}");
    }
    let names_of_arguments =
        imports_for_editor(None, &"#[rpc(legacy())]".parse().unwrap(), MANAGER).to_string();
    assert!(!names_of_arguments.contains("keys :: legacy"), "{names_of_arguments}");
}

#[test]
fn the_runtime_may_have_another_name() {
    let attribute = "client = A, crate = my::rpc".parse().unwrap();
    let own = imports_for_editor(Some((&TRAIT, &attribute)), &TokenStream::new(), MANAGER).to_string();
    assert!(own.contains("use my :: rpc :: codegen :: keys :: manager :: client as _"), "{own}");
    let item = "#[exception(crate = my::rpc, module = \"m\")] struct E;".parse().unwrap();
    let derived = imports_for_editor(None, &item, EXCEPTIONS).to_string();
    assert!(derived.contains("use my :: rpc :: codegen :: keys :: exception :: module as _"), "{derived}");
}

#[test]
fn a_compiler_is_told_nothing() {
    let item = "trait T { #[rpc(call)] async fn f(&self); }".parse().unwrap();
    assert!(imports(None, &item, MANAGER).is_empty());
}

/// All that the tests of the expansion write.
#[test]
fn there_is_a_constant_for_each_key() {
    let constants = constants();
    let mut used = BTreeMap::<String, BTreeSet<String>>::new();
    for (source, known) in [
        (include_str!("../../tests/expansion/every_key.rs"), MANAGER),
        (include_str!("../../tests/expansion/arguments.rs"), MANAGER),
        (include_str!("../../tests/expansion/versions.rs"), MANAGER),
        (include_str!("../../tests/expansion/sending.rs"), MANAGER),
        (include_str!("../../tests/expansion/exceptions.rs"), EXCEPTIONS),
        (include_str!("../../tests/expansion/exception_texts.rs"), EXCEPTIONS),
        (include_str!("../../tests/expansion/object_every_key.rs"), OBJECTS),
        (include_str!("../../tests/expansion/notification_every_key.rs"), EVENTS),
    ] {
        for (module, key) in imported(None, "", source, known) {
            assert!(constants[&module].contains(&key), "there is no {module}::{key}");
            used.entry(module).or_default().insert(key);
        }
    }
    assert!(used["method"].len() > 10 && used["argument"].len() > 6, "{used:?}");
}

/// The tables in the documentation of the macros, which are the reference.
#[test]
fn the_constants_are_the_documented_keys() {
    let [manager, notification] =
        [include_str!("../docs/rpc_manager.md"), include_str!("../docs/rpc_notification.md")];
    let constants = constants();
    for (documentation, heading, modules) in [
        (manager, "# Keys of the trait", &["manager"][..]),
        (manager, "# Keys of a method: `#[rpc(..)]`", &["method"]),
        (manager, "# Keys of an argument: `#[arg(..)]`", &["argument"]),
        (notification, "# Keys of the type: `#[notification(..)]`", &["notification"]),
    ] {
        let section = documentation.split_once(&format!("{heading}\n")).unwrap().1;
        let rows = section.lines().skip(1).skip_while(|line| !line.starts_with("| `"));
        let rows = rows.take_while(|line| line.starts_with('|'));
        let mut documented = BTreeSet::new();
        for row in rows {
            let cell = row.split(" | ").next().unwrap();
            for form in cell.split('`').skip(1).step_by(2) {
                let names = form.split(['(', '=']).next().unwrap();
                documented.extend(names.split(',').map(|name| name.trim().to_owned()));
            }
        }
        // No path may have it.
        documented.remove("crate");
        let constants: BTreeSet<_> = modules.iter().flat_map(|module| constants[*module].clone()).collect();
        assert_eq!(documented, constants, "{heading}");
    }
}
