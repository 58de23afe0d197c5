//! The trait and its attribute.

use super::{check, check_arguments, check_common, check_items, check_manager, check_rpc, expand};

#[test]
fn the_destination_of_the_trait() {
    let plain = "#[rpc(call)] async fn f(&self, ctx: Context, volume: Volume) -> Result<(), E>;";
    check_common(
        "to = host_of(volume)",
        &format!(
            "{plain}
            #[rpc(cast)] async fn lacks(&self, ctx: Context, volumes: Volume) -> Result<(), E>;
            #[rpc(cast)] async fn later(&self, ctx: Context, #[arg(default)] volume: Volume) -> Result<(), E>;
            #[rpc(cast)] async fn other(
                &self, ctx: Context, #[arg(from(id: u8) = id)] volume: Volume,
            ) -> Result<(), E>;
            #[rpc(cast)] async fn derived(
                &self, ctx: Context, #[arg(from(volume: &Volume) = volume.id)] id: u8,
            ) -> Result<(), E>;
            #[rpc(cast, fanout)] async fn all(&self, ctx: Context) -> Result<(), E>;
            #[rpc(cast, manual)] async fn by_hand(&self, ctx: Context) -> Result<(), E>;
            #[rpc(cast, to = any)] async fn any(&self, ctx: Context) -> Result<(), E>;"
        ),
        &[
            (
                "lacks",
                "`lacks` has no volume, which the trait's `to` uses: give it a `to` of its own, `to = any`",
            ),
            (
                "later",
                "the trait's `to` cannot use volume of `later`: it has a default, so it is set later; give",
            ),
            (
                "other",
                "the trait's `to` cannot use volume of `other`: the client takes something else instead",
            ),
        ],
    );
    // A function of a name that is an argument elsewhere, and a closure's own.
    check_common(
        "to = host(volume.map(|id| id.x))",
        &format!(
            "{plain} #[rpc(call, to = any)] async fn g(&self, ctx: Context, host: u8, id: u8) -> Result<(), E>;"
        ),
        &[],
    );
    check_common(
        "to(host: &str) = host",
        "#[rpc(call)] async fn f(&self, ctx: Context, host: String) -> Result<(), E>;
        #[rpc(call)] async fn g(&self, ctx: Context, #[arg(from(host: &str) = host)] host: String) -> Result<(), E>;
        #[rpc(call)] async fn h(&self, ctx: Context, #[arg(from(host: &str) = host)] name: String) -> Result<(), E>;",
        &[
            ("f", "host is an argument of `f` and a parameter of the trait's `to`: give it a `to` of its own"),
            ("g", "host is an argument of `g` and a parameter of the trait's `to`: give it a `to` of its own"),
        ],
    );
    check_common("to = self.host", plain, &[("self", "`to` is evaluated by clients, which have no manager")]);
    check_common("to(host: &str, unused: u8) = host", plain, &[("unused", "`to` does not use unused")]);
    check_common(
        "to = volume",
        "#[rpc(call, to = any)] async fn f(&self, ctx: Context, volume: Volume) -> Result<(), E>;",
        &[("to", "no method goes where the trait's `to` says")],
    );
    check_common("to", plain, &[("to", "`to` needs a value")]);
}

#[test]
fn profiles() {
    let long = "profiles(long(timeout = t(), monitor = m()), busy(expected(E::Busy)), short(timeout = s()))";
    let method = |keys: &str| format!("#[rpc({keys})] async fn f(&self, ctx: Context) -> Result<(), E>;");
    let used = "#[rpc(call, profile(long, busy))] async fn g(&self, ctx: Context) -> Result<(), E>;
        #[rpc(call, profile = short)] async fn h(&self, ctx: Context) -> Result<(), E>;";
    check_common(long, used, &[]);
    for (keys, expected) in [
        ("call, profile = lng", ("lng", "the trait has no profile lng; it has long, busy, short")),
        ("call, profile(long, short)", ("short", "profiles long and short both have a `timeout`")),
        ("cast, profile = short", ("short", "a cast waits for nothing, and profile short has a `timeout`")),
        (
            "call, timeout = x(), profile = short",
            ("short", "profile short says nothing that the method does not say itself"),
        ),
        ("call, profile()", ("profile", "`profile` is written `profile(long, busy)`")),
        ("call, profile = \"long\"", ("\"long\"", "expected identifier")),
    ] {
        check_common(long, &format!("{used} {}", method(keys)), &[expected]);
    }
    check_common(
        long,
        &method("call, profile(busy, busy)"),
        &[("busy", "profile busy is named twice"), ("busy", "profile busy is named twice")],
    );
    check_common(long, &method("call, profile(long, busy)"), &[("short", "no method has `profile = short`")]);
    let keyless = "the trait has no profiles: declare it with profiles(long(timeout = ..))";
    check_common("", &method("call, profile = long"), &[("long", keyless)]);
    check_common(
        "profiles(long(timeot = t()), long(timeout = t()), empty(), short = 1)",
        &method("call, profile = long"),
        &[("empty", "`empty` is written `empty(timeout = ..)`")],
    );
    check_common(
        "profiles(long(timeot = t()))",
        &method("call, profile = long"),
        &[("timeot", "unknown key `timeot`; did you mean `timeout`?")],
    );
    check_common(
        "profiles(long(timeot = t(), monitor), long(timeout = t()))",
        &method("call"),
        &[
            ("timeot", "unknown key `timeot`; did you mean `timeout`?"),
            ("monitor", "`monitor` needs a value"),
            ("long", "profile long given twice"),
        ],
    );
}

#[test]
fn releases() {
    let aliases = |aliases: &str, expected: &[(&str, &str)]| {
        check_common(
            &format!("aliases({aliases})"),
            "#[rpc(call)] async fn f(&self, ctx: Context) -> Result<(), E>;",
            expected,
        );
    };
    aliases("zed = \"6.1\", 2023.1 = \"6.2\", \"2023.2-rc\" = \"6.2\", 2024 = \"6.4\"", &[]);
    aliases(
        "2023.1 = \"6.2\", \"2023.1\" = \"6.2\", 6.3 = \"6.3\", \"\" = \"6.4\", \" x\" = \"6.4\"",
        &[
            ("\"2023.1\"", "alias 2023.1 given twice"),
            ("6.3", "alias 6.3 reads as the version 6.3 of this API"),
            ("\"\"", "alias \"\" is no name"),
            ("\" x\"", "alias \" x\" is no name"),
        ],
    );
    aliases(
        "2023.1-rc = \"6.2\"",
        &[("2023.1", "a release whose name goes on after `2023.1` is written as a text")],
    );
    aliases(
        "zed = \"6.2\", victoria = \"5.12\", wallaby = \"5.14\", train = \"4.1\"",
        &[
            ("\"5.12\"", "alias zed (\"6.2\") is newer than the following victoria (\"5.12\")"),
            ("\"5.14\"", "alias wallaby = \"5.14\" was never an API version of major 5 (last is 5.13)"),
            ("\"4.1\"", "alias train = \"4.1\": this API serves majors 6 and 5 only"),
        ],
    );
    aliases("b\"x\" = \"6.2\"", &[("b\"x\"", "a release is a name, a number or a text")]);
    aliases("2023.1", &[("2023.1", "`alias` needs a value")]);
    aliases("zed = 6.1", &[("6.1", "write the version as a string")]);
}

#[test]
fn versions() {
    let with = |version: &str| format!("client = Api, topic = \"t\", version = {version}");
    check_manager(
        &with("\"3\""),
        &[("\"3\"", "version \"3\" is not MAJOR.MINOR (expected for example \"3.0\")")],
    );
    check_manager(
        &with("3.20"),
        &[("3.20", "write the version as a string: 3.20 as a number would become 3.2")],
    );
    check_manager(&with("3.1"), &[("3.1", "write the version as a string")]);
    check_manager(&with("3"), &[("3", "write the version as a string, for example \"3.20\"")]);
    check_rpc(
        "call, since = \"3.21\"",
        &[("\"3.21\"", "since \"3.21\" is newer than the API version \"3.20\"; raise `version`")],
    );
    check_rpc("call, since = \"4.0\"", &[("\"4.0\"", "since \"4.0\" has major 4, this API serves major 3")]);
    check_rpc("call, since = \"x\"", &[("\"x\"", "is not MAJOR.MINOR")]);
    check_rpc("call, since = 3.10", &[("3.10", "3.10 as a number would become 3.1")]);
    let several = |versions: &str, expected: &[(&str, &str)]| {
        check_manager(&format!("client = Api, topic = \"t\", version({versions})"), expected);
    };
    several(
        "\"6.5\", \"6.3\"",
        &[("\"6.3\"", "\"6.5\" and \"6.3\" are of one major: list its last version")],
    );
    several(
        "\"5.13\", \"6.5\"",
        &[("\"6.5\"", "the current version comes first: version(\"6.5\", \"5.13\")")],
    );
    let method =
        |keys: &str| format!("#[rpc(call, {keys})] async fn f(&self, ctx: Context) -> Result<(), E>;");
    check_common(
        "",
        &method("since = \"5.14\""),
        &[("\"5.14\"", "\"5.14\" was never an API version of major 5 (last is 5.13)")],
    );
    check_common(
        "",
        &method("until = \"5.14\""),
        &[("\"5.14\"", "\"5.14\" was never an API version of major 5 (last is 5.13)")],
    );
}

#[test]
fn a_version_that_brought_nothing() {
    let check_version = |version: &str, since: &str, expected: &[(&str, &str)]| {
        check(
            &format!(
                "#[rpc_manager(client = Api, topic = \"t\", version = \"{version}\")] trait Manager {{
                    #[rpc(call{since})] async fn f(&self, ctx: Context) -> Result<(), E>;
                }}"
            ),
            expected,
        );
    };
    check_version("3.0", "", &[]);
    check_version("3.2", ", since = \"3.2\"", &[]);
    let nothing =
        "API version is \"3.2\" but nothing is marked since \"3.2\"; mark what is new, or say what it";
    check_version("3.2", ", since = \"3.1\"", &[("\"3.2\"", nothing)]);
}

#[test]
fn manager_keys() {
    check_manager("", &[("Manager", "needs `topic`"), ("Manager", "needs `version`")]);
    check_manager(
        "client = Api, tpoic = \"t\", version = \"1.0\"",
        &[("tpoic", "unknown key `tpoic`; did you mean `topic`?")],
    );
    check_manager(
        "tpoic = \"t\", topic = \"t\", version = \"1.0\", colour = 3",
        &[
            ("tpoic", "unknown key `tpoic`; did you mean `topic`?"),
            ("colour", "unknown key `colour`; the keys here are"),
        ],
    );
    check_manager(
        "client = Api, topic = \"t\", topic = \"u\", version = \"1.0\"",
        &[("topic", "`topic` is given twice"), ("topic", "`topic` is given twice")],
    );
    check_manager(
        "client = \"Api\", topic, version = \"1.0\" banana",
        &[
            ("\"Api\"", "expected identifier"),
            ("topic", "`topic` needs a value: `topic = ..`"),
            ("banana", "expected `,` after `version`"),
        ],
    );
    check_manager(
        "topic = \"t\", version = \"1.0\", error = \"E\", context = 3, error",
        &[
            ("\"E\"", "the value of `error` is a type"),
            ("3", "the value of `context` is a type"),
            ("error", "`error` is given twice"),
            ("error", "`error` is given twice"),
        ],
    );
    check_manager(
        "client = Api, topic = \"t\", version = \"1.0\", fake = Api",
        &[("Api", "the client is called `Api`: give the fake another name")],
    );
    check_manager(
        "topic = \"t\", version = \"1.0\", fake = Manager",
        &[("Manager", "the trait is called `Manager`: give the fake another name")],
    );
    check_manager(
        "client = Api, topic = \"\", namespace = \"\", version = \"1.0\"",
        &[("\"\"", "topic is empty"), ("\"\"", "the namespace is empty")],
    );
    check_manager(
        "client = Api, topic = \"a b\", version = \"1.0\", crate",
        &[("crate", "`crate` needs a value"), ("\"a b\"", "topic \"a b\" has whitespace")],
    );
    check_manager(
        "client = Api, topic = \"a.#\", version = \"1.0\", to = \"*\"",
        &[("\"a.#\"", "topic \"a.#\" has the word #"), ("\"*\"", "server \"*\" has the word *")],
    );
}

#[test]
fn not_a_trait() {
    for item in ["struct S;", "impl S {}", "pub fn f() {}", "const trait T {}"] {
        let (expansion, errors) = expand(&format!("#[rpc_manager(client = Api)] {item}"));
        let [error] = errors.found() else { panic!("{:?}", errors.found()) };
        assert_eq!(error.to_string(), "#[rpc_manager] goes on a trait");
        assert_eq!(expansion.to_string(), item.parse::<proc_macro2::TokenStream>().unwrap().to_string());
    }
}

#[test]
fn other_attributes() {
    let items = "#[rpc(call)] async fn f(&self, ctx: Context) -> Result<(), E>;";
    let keys = "client = Api, topic = \"t\", version = \"1.0\"";
    check(
        &format!(
            "#[rpc_manager({keys})] #[rpc_runtime::rpc_manager(client = B)] trait Manager {{ {items} }}"
        ),
        &[("#[rpc_runtime::rpc_manager(client = B)]", "one trait is one interface")],
    );
    let boxed = "remove #[async_trait], here and where the trait is implemented";
    check(
        &format!("#[rpc_manager({keys})] #[async_trait::async_trait] trait Manager {{ {items} }}"),
        &[("#[async_trait::async_trait]", boxed)],
    );
    // What it leaves behind when it stands above.
    check(
        &format!(
            "#[rpc_manager({keys})] trait Manager {{
                #[rpc(call)]
                fn f<'life0, 'async_trait>(
                    &'life0 self,
                    ctx: Context,
                ) -> Pin<Box<dyn Future<Output = Result<(), E>> + Send + 'async_trait>>
                where
                    'life0: 'async_trait,
                    Self: 'async_trait;
            }}"
        ),
        &[("Manager", boxed)],
    );
    check(
        &format!(
            "#[rpc_manager(client = Manager, topic = \"t\", version = \"1.0\")] trait Manager {{ {items} }}"
        ),
        &[("Manager", "`Manager` is the trait: the client needs a name of its own")],
    );
    check_items(
        "#[cfg_attr(test, rpc(call))] async fn f(&self, ctx: Context) -> Result<(), E>;",
        &[(
            "#[cfg_attr(test, rpc(call))]",
            "an #[rpc] or #[arg] cannot be conditional: put #[cfg] on the method",
        )],
    );
    check_items(
        "#[rpc(call)] async fn f(&self, ctx: Context, a: __RpcManager) -> Result<__rpc::A, E>;",
        &[
            ("__RpcManager", "`__RpcManager` is a name of generated code"),
            ("__rpc", "`__rpc` is a name of generated code"),
        ],
    );
}

#[test]
fn trait_shape() {
    let source = "#[rpc_manager(client = Api, topic = \"t\", version = \"1.0\")]
        unsafe trait Manager<T> where T: Send {
            const LIMIT: u32;
            type Volume;
            volumes!();
        }";
    check(
        source,
        &[
            ("unsafe", "an rpc trait cannot be unsafe"),
            ("<T>", "an rpc trait cannot be generic"),
            ("where T: Send", "an rpc trait cannot be generic"),
            ("const", "no associated constants or types"),
            ("type", "no associated constants or types"),
            ("volumes", "expected `fn`"),
        ],
    );
}

/// Else rustc says of all that is generated that the trait needs its parameters.
#[test]
fn a_generic_trait_has_no_client() {
    for (shape, has_client) in [("", true), ("<T>", false), (" where u8: Send", false)] {
        let (expansion, errors) = expand(&format!(
            "#[rpc_manager(client = Api, topic = \"t\", version = \"1.0\")] trait Manager{shape} {{}}"
        ));
        let text = expansion.to_string();
        assert_eq!((errors.is_empty(), text.contains("struct Api")), (has_client, has_client), "{text}");
    }
}

#[test]
fn the_rest_of_the_client_stays() {
    let (expansion, errors) = expand(
        "#[rpc_manager(client = Api, topic = \"t\", version = \"oops\")]
         trait Manager {
             #[rpc(call)] async fn good(&self, ctx: Context) -> Result<u8, E>;
             #[rpc(call)] async fn bad(&self) -> Result<u8, E> { let half = }
         }",
    );
    assert_eq!(errors.found().len(), 2);
    let text = expansion.to_string();
    assert!(text.contains("fn good (& self , ctx : & __rpc :: Context)"), "{text}");
    assert!(text.contains("{ async move { let half = } }"), "{text}");
    assert!(!text.contains("rpc (call)"), "{text}");
}

/// Else rustc may have something to say of it as well.
#[test]
fn a_method_with_an_error_is_not_in_the_client() {
    let (expansion, errors) = expand(
        "#[rpc_manager(client = Api, topic = \"t\", version = \"1.0\")]
         trait Manager {
             #[rpc(call)] async fn good(&self, ctx: Context) -> Result<u8, E>;
             #[rpc(call)] async fn bad(&self, ctx: Context, size: u8, #[arg(default = size)] a: u8) -> Result<u8, E>;
         }",
    );
    assert_eq!(errors.found().len(), 1);
    let text = expansion.to_string();
    assert!(text.contains("METHOD_GOOD") && !text.contains("METHOD_BAD"), "{text}");
}

/// Else rustc shows everything that is wrong with a struct of that name.
#[test]
fn a_fake_without_a_name_is_not_made() {
    let keys = "topic = \"t\", version = \"1.0\", fake =";
    for (fake, is_made) in [("Manager", false), ("ManagerApi", false), ("Fake", true)] {
        let (expansion, errors) = expand(&format!("#[rpc_manager({keys} {fake})] trait Manager {{}}"));
        let text = expansion.to_string();
        assert_eq!((errors.is_empty(), text.contains("when_testing")), (is_made, is_made), "{text}");
    }
}

#[test]
fn nothing_is_dropped_in_silence() {
    check_arguments(
        "#[arg(rest, default = many())] more: Map<String, Value>",
        &[("default", "of which there may be none: write `default` alone")],
    );
    for old in ["error_if_set", "error_if(is_set)", "with(older)"] {
        check_items(
            &format!(
                "#[rpc(call, manual)] async fn f(&self, ctx: Context, \
                 #[arg(since = \"3.9\", old = {old})] a: Option<u8>) -> Result<u8, E>;"
            ),
            &[("a", "a manual method sends what it is given to send: use old = drop")],
        );
    }
}

#[test]
fn paths() {
    let with = |keys: &str| format!("client = Api, topic = \"t\", version = \"3.0\", {keys}");
    check_manager(&with("crate = Self::rpc"), &[("Self", "no place to find something in")]);
    check_manager(&with("route = Self::route"), &[("Self", "no place to find something in")]);
}

#[test]
fn several_versions_are_written_in_parentheses() {
    check_manager(
        "client = Api, topic = \"t\", version = \"6.5\", \"5.13\"",
        &[("\"5.13\"", "several versions are written version(\"6.5\", \"5.13\")")],
    );
    check_rpc(
        "call, since = \"3.9\", \"2.8\", \"1.1\", name = \"g\"",
        &[("\"2.8\"", "several versions are written since(\"3.9\", \"2.8\", \"1.1\")")],
    );
}
