//! What `#[rpc_manager]` refuses: where the error is and what it says.

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

#[test]
fn a_name_that_was_never_used() {
    for until in ["3.8", "3.9"] {
        check_rpc(
            &format!("call, since = \"3.9\", was(\"g\", until = \"{until}\")"),
            &[(
                &format!("\"{until}\""),
                &format!("it is there since 3.9, so until \"{until}\" the old name can never be used"),
            )],
        );
    }
}

#[test]
fn removed_methods() {
    for (keys, expected) in [
        ("until = \"3.21\"", ("\"3.21\"", "until \"3.21\" is newer than the API version")),
        ("until = \"3.0\"", ("\"3.0\"", "until \"3.0\" is the oldest version served: the method can never")),
        ("until = \"2.5\"", ("\"2.5\"", "compatibility with versions below 2.5 is unreachable")),
        ("until", ("until", "`until` needs a value")),
        ("until = 3.10", ("3.10", "3.10 as a number would become 3.1")),
        (
            "since = \"3.4\", until = \"3.4\"",
            ("\"3.4\"", "it is there since 3.4, so until \"3.4\" the method can never be used"),
        ),
        (
            "until = \"3.4\", was(\"g\", until = \"3.4\")",
            ("\"3.4\"", "the method is gone since 3.4: nothing of it changed in 3.4"),
        ),
        (
            "until = \"3.4\", legacy(gone = 1, until = \"3.5\")",
            ("\"3.5\"", "the method is gone since 3.4: nothing of it changed in 3.5"),
        ),
        (
            "until = \"3.4\", downgrade(until = \"3.6\", with = f)",
            ("\"3.6\"", "the method is gone since 3.4: nothing of it changed in 3.6"),
        ),
    ] {
        check_rpc(&format!("call, {keys}"), &[expected]);
    }
    check_items(
        "#[rpc(call, until = \"3.4\")] async fn f(
            &self,
            ctx: Context,
            #[arg(since = \"3.5\", old = drop)] a: Option<u8>,
            #[arg(was(\"c\", until = \"3.7\"))] b: u8,
        ) -> Result<(), E>;",
        &[
            ("\"3.5\"", "argument a came with 3.5, but its method is gone since 3.4"),
            ("\"3.7\"", "the method is gone since 3.4: nothing of it changed in 3.7"),
        ],
    );
    check(
        "#[rpc_manager(client = Api, topic = \"t\", version(\"6.5\", \"5.13\"))] trait Manager {
            #[rpc(call, since(\"6.2\", \"5.3\"), until = \"6.1\")]
            async fn f(&self, ctx: Context) -> Result<(), E>;
        }",
        &[("\"6.2\"", "since \"6.2\": the method is gone since 6.1")],
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
fn parameters_by_name() {
    let two = "async fn f(&self, ctx: Context, a: u8, b: u8) -> Result<(), E>;";
    check_common("by_name", &format!("#[rpc(call)] {two}"), &[]);
    check_common("by_name = 2", &format!("#[rpc(call)] {two}"), &[]);
    for (key, expected) in [
        ("by_name = 3", ("by_name", "no method has so many parameters")),
        ("by_name = 1", ("1", "one parameter cannot be mistaken for another: `by_name` is for two and more")),
        ("by_name = x", ("x", "expected integer literal")),
        ("by_name(2)", ("(", "`by_name` takes no value")),
    ] {
        check_common(key, &format!("#[rpc(call)] {two}"), &[expected]);
    }
    check_items(
        "#[rpc(call, by_name)] async fn none(&self, ctx: Context, #[arg(default)] a: u8) -> Result<(), E>;
        #[rpc(call, by_name, manual)] async fn by_hand(&self, ctx: Context, a: u8) -> Result<(), E>;
        #[rpc(call, by_name)] async fn some(&self, ctx: Context, a: u8, #[cfg(x)] b: u8) -> Result<(), E>;",
        &[
            ("by_name", "`none` has no parameters that could be given by their names"),
            ("by_name", "a manual method has no client method that would use `by_name`"),
            ("by_name", "`some` has a conditional argument: put the #[cfg] on the method"),
        ],
    );
    check_items(
        "#[rpc(call, by_name)] async fn get(&self, ctx: Context, a: u8) -> Result<(), E>;
        #[rpc(call)] async fn get_args(&self, ctx: Context, #[arg(default)] a: u8) -> Result<(), E>;",
        &[("get_args", "the request type \"ApiGetArgs\" is used by get and get_args")],
    );
}

#[test]
fn parameters_of_legacy() {
    let method = |legacy: &str| {
        format!("#[rpc(call, {legacy})] async fn f(&self, ctx: Context, host: String) -> Result<(), E>;")
    };
    check_common("", &method("legacy(a(x: u8) = x, b(x: u8) = x + host.len(), until = \"6.0\")"), &[]);
    check_common(
        "",
        &method("legacy(a(x: u8) = 1, until = \"6.0\")"),
        &[("x", "client parameter x is never sent and routes nothing")],
    );
    check_common(
        "",
        &method("legacy(host = 1, a = 1, until = \"6.0\"), legacy(a = 2, until = \"6.1\")"),
        &[
            ("host", "host is still a normal argument; `legacy` is for arguments removed in \"6.0\""),
            ("a", "a is in `legacy` twice: one argument has one `until`"),
        ],
    );
    check_common(
        "",
        &method("legacy(a(x: u8) = x, until = \"6.0\"), legacy(b(x: u16) = x, until = \"6.1\")"),
        &[("u16", "client parameter x is declared as u8 and as u16")],
    );
    check_common(
        "",
        &method("legacy(host = 1, until = \"6.0\")"),
        &[("host", "host is still a normal argument; `legacy` is for arguments removed in \"6.0\"")],
    );
}

#[test]
fn required_arguments() {
    for (argument, expected) in [
        ("#[arg(required)] a: u8", ("required", "a is required as it is")),
        ("#[arg(required)] a: Option<u8>", ("required", "a is required as it is")),
        (
            "#[arg(since = \"3.10\", old = with(f), required)] a: Option<u8>",
            ("required", "a is required as it is"),
        ),
        (
            "#[arg(since = \"3.10\", old = drop, required)] a: Maybe",
            ("required", "`required` gives the `T` of an `Option<T>`: spell the type of a as one"),
        ),
        (
            "#[arg(fixed = 1, required)] a: u8",
            ("required", "a is no parameter of the client: remove `fixed`"),
        ),
        (
            "#[arg(from(x: u8) = x, default, required)] a: u8",
            ("required", "a is no parameter of the client: remove `from`"),
        ),
        ("#[arg(rest, default, required)] a: M", ("required", "a is all remaining arguments")),
        ("#[arg(default, required = true)] a: u8", ("=", "`required` takes no value")),
        (
            "#[arg(default, required)] a: u8, #[arg(from(a: u8) = a)] b: u8",
            ("a", "a is given as it is declared in another key: remove `required`"),
        ),
    ] {
        check_arguments(argument, &[expected]);
    }
    check_items(
        "#[rpc(call, manual)] async fn f(&self, ctx: Context, #[arg(default, required)] a: u8) -> Result<(), E>;",
        &[("a", "a manual method has no parameters: remove `required`")],
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

#[test]
fn kinds() {
    check_items(
        "async fn volume_stats(&self, ctx: Context) -> Result<u8, E>;",
        &[("volume_stats", "mark `volume_stats` with #[rpc(..)] or move it out of the trait")],
    );
    for attribute in ["#[rpc]", "#[rpc()]", "#[rpc(since = \"3.1\")]"] {
        check_items(
            &format!("{attribute} async fn f(&self, ctx: Context) -> Result<(), E>;"),
            &[("rpc", "say how f is sent: #[rpc(call)], #[rpc(cast)] or #[rpc(call_or_cast)]")],
        );
    }
    check_rpc("call, cast", &[("cast", "f is sent either by `call` or by `cast`")]);
    check_rpc("call, fanout", &[("fanout", "a call cannot be a fanout: nobody to wait for")]);
    check_rpc("fanout", &[("fanout", "write #[rpc(cast, fanout)]")]);
    check_rpc("call = true", &[("=", "`call` takes no value")]);
    check_rpc("cal", &[("cal", "did you mean `call`?")]);
    check_rpc("colour", &[("colour", "the keys here are"), ("rpc", "say how f is sent")]);
    check_items(
        "#[rpc(call)] #[rpc(call)] async fn f(&self, ctx: Context) -> Result<(), E>;",
        &[("call", "`call` is given twice"), ("call", "`call` is given twice")],
    );
    check_items(
        "#[rpc = \"call\"] async fn f(&self, ctx: Context) -> Result<(), E>;",
        &[("rpc = \"call\"", "write the keys in parentheses")],
    );
}

#[test]
fn destinations() {
    check_rpc("cast, fanout, to = host", &[("to", "fanout sends to every server of the topic")]);
    check_rpc("call, to = self.host()", &[("self", "`to` is evaluated by clients, which have no manager")]);
    let both = "host is a parameter of `to` and an argument: call one of them something else if they are two values; \
                if they are one, `to` has the argument already, and another type for it is said there: \
                #[arg(from(host: &str) = ..)]";
    check_rpc("call, to(host: &str) = host", &[("host", both), ("host", both)]);
    check_items(
        "#[rpc(call, to(volume: &Volume) = volume.host)] async fn f(
             &self, ctx: Context, #[arg(from(volume: &Volume) = volume.id)] id: u8, volume: Option<Volume>,
         ) -> Result<(), E>;",
        &[("volume", "volume is a parameter of `to`"), ("volume", "#[arg(from(volume: &Volume) = ..)]")],
    );
    for to in ["call, to", "call, to =", "to =, call"] {
        check_rpc(to, &[("to", "`to` needs a value: `to = ..`")]);
    }
    check_rpc("call, to = \"\"", &[("\"\"", "`to` is no server: leave it out for any server of the topic")]);
    check_rpc(
        "call, to = \"h.*.x\"",
        &[("\"h.*.x\"", "server \"h.*.x\" has the word *, which would stand for any")],
    );
    check_items(
        "#[rpc(call, to = f(&host))]
         async fn f(&self, ctx: Context, #[arg(default)] host: String) -> Result<(), E>;",
        &[("host", "`to` cannot use host: it has a default")],
    );
}

#[test]
fn method_shape() {
    let shape = "rpc methods are `async fn(&self, ctx, ..)`: handlers run concurrently";
    check_items("#[rpc(call)] fn f(&self, ctx: Context) -> Result<(), E>;", &[("fn", shape)]);
    check_items("#[rpc(call)] async fn f(ctx: Context) -> Result<(), E>;", &[("f", shape)]);
    check_items(
        "#[rpc(call)] async fn f(&mut self, ctx: Context) -> Result<(), E>;",
        &[("&mut self", shape)],
    );
    check_items("#[rpc(call)] async fn f(self, ctx: Context) -> Result<(), E>;", &[("self", shape)]);
    check_items("#[rpc(call)] async fn f(&'a self, ctx: Context) -> Result<(), E>;", &[("&'a self", shape)]);
    check_items(
        "#[rpc(call)] async fn f(self: Arc<Self>, ctx: Context) -> Result<(), E>;",
        &[("self: Arc<Self>", shape)],
    );
    check_items(
        "#[rpc(call)] async unsafe fn f(&self, ctx: Context) -> Result<(), E>;",
        &[("unsafe", "cannot be unsafe")],
    );
    check_items(
        "#[rpc(call)] async fn f(&self) -> Result<(), E>;",
        &[("f", "the first parameter of `f` after &self must be the context")],
    );
    check_items(
        "#[rpc(call)] async fn f(&self, ctx: &Context) -> Result<(), E>;",
        &[("&Context", "take it by value")],
    );
    check_items(
        "#[rpc(call)] async fn f(&self, #[arg(default)] id: u8) -> Result<(), E>;",
        &[("#[arg(default)]", "the first parameter after &self is the context")],
    );
    let generic = "rpc methods cannot be generic: there is one handler per wire name";
    check_items(
        "#[rpc(call)] async fn f<T>(&self, ctx: Context, t: T) -> Result<(), E> where T: Send;",
        &[("<T>", generic), ("where T: Send", generic)],
    );
    check_items("#[rpc(call)] async fn f(&self, ctx: Context);", &[("f", "`f` returns nothing")]);
    check_items(
        "#[rpc(call)] async fn f(&self, ctx: Context) -> Result<&str, E>;",
        &[("&str", "rpc results are decoded into owned values; use `String`")],
    );
    check_items(
        "#[rpc(call)] #[arg(default)] async fn f(&self, ctx: Context) -> Result<u8, E>;",
        &[("#[arg(default)]", "#[arg] goes on an argument")],
    );
}

#[test]
fn method_names() {
    let named = |name: &str| format!("#[rpc(call)] async fn {name}(&self, ctx: Context) -> Result<u8, E>;");
    check_items(
        &named("_do_cleanup"),
        &[("_do_cleanup", "oslo.messaging would refuse to dispatch `_do_cleanup`")],
    );
    check_items(&named("target"), &[("target", "`target` is reserved on endpoints")]);
    check_items(&named("oslo_ping"), &[("oslo_ping", "names that start with oslo_ are reserved")]);
    check_items(
        &named("with"),
        &[(
            "with",
            "the client has a method `with` of its own: give the method another Rust name and keep its name on \
         the wire with #[rpc(name = \"with\")]",
        )],
    );
    check_items(&named("new"), &[("new", "the client has a constructor `new` of its own")]);
    check_items(
        "#[rpc(call, name = \"aim\")] async fn target(&self, ctx: Context) -> Result<u8, E>;",
        &[("target", "the client has a function `target` of its own")],
    );
    check_items(
        "#[rpc(call, name = \"f\")] async fn g(&self, ctx: Context) -> Result<u8, E>;
         #[rpc(call)] async fn f(&self, ctx: Context) -> Result<u8, E>;
         #[rpc(call, name = \"\")] async fn h(&self, ctx: Context) -> Result<u8, E>;",
        &[("f", "wire method \"f\" is used by g and f"), ("\"\"", "the name of a method is empty")],
    );
    check_items(
        &(named("ping") + &named("Ping")),
        &[("Ping", "the constant \"METHOD_PING\" is used by ping and Ping")],
    );
}

#[test]
fn argument_versions() {
    check_arguments(
        "#[arg(since = \"3.10\")] a: Option<u8>",
        &[(
            "since",
            "say what a client pinned below 3.10 does with a, one of old = drop, old = error_if_set, \
             old = error_if(function), old = with(function)",
        )],
    );
    check_arguments("#[arg(old = drop)] a: Option<u8>", &[("old", "`old` needs `since`")]);
    check_arguments(
        "#[arg(since = \"3.2\", old = drop)] a: Option<u8>",
        &[("\"3.2\"", "argument a cannot be older (3.2) than its method (3.9)")],
    );
    check_arguments(
        "#[arg(since = \"3.9\", old = drop)] a: Option<u8>",
        &[("\"3.9\"", "argument a came with its method in 3.9")],
    );
    check_arguments(
        "#[arg(since = \"3.21\", old = drop)] a: Option<u8>",
        &[("\"3.21\"", "newer than the API")],
    );
    check_arguments(
        "#[arg(since = \"3.10\", old = ignore)] a: Option<u8>",
        &[(
            "ignore",
            "unknown policy `ignore`; use `drop`, `error_if_set`, `error_if(function)`, `with(function)`",
        )],
    );
    check_arguments(
        "#[arg(since = \"3.10\", old = with)] a: u8",
        &[("with", "`with` names a function: `with(function)`")],
    );
    // Rustc proposes it where a function takes something else.
    check_arguments(
        "#[arg(since = \"3.10\", old = with(|a: &u8| f(*a)))] a: u8",
        &[("|a: &u8| f(*a)", "`with` takes the path of a function, and nothing else")],
    );
    for empty in ["error_if", "error_if()"] {
        check_arguments(
            &format!("#[arg(since = \"3.10\", old = {empty})] a: Option<u8>"),
            &[("error_if", "`error_if` names a function: `error_if(function)`")],
        );
    }
    check_arguments(
        "#[arg(fixed = 1, default, since = \"3.10\", old = error_if(is_set))] a: u8",
        &[("old", "a fixed argument is never set by a caller")],
    );
    check_arguments(
        "#[arg(since = \"3.10\", old = with(a, b))] a: u8",
        &[("a, b", "`with` takes the path of a function, and nothing else")],
    );
}

#[test]
fn argument_shape() {
    let plain = "rpc arguments need a plain name: it is the name on the wire";
    check_arguments(
        "(a, b): (u8, u8), _: u8, ref c: u8",
        &[("(a, b)", plain), ("_", plain), ("ref c", plain)],
    );
    check_arguments(
        "a: &str, b: Vec<&u8>, c: Cow<'a, str>",
        &[
            ("&str", "rpc arguments are decoded into owned values; use `String`"),
            ("&u8", "rpc arguments are decoded into owned values"),
            ("'a", "no lifetimes"),
        ],
    );
    check_arguments(
        "a: [u8], b: [&str], c: Box<[u8]>, d: [u8; 4], #[arg(since = \"3.20\", old = drop)] e: Option<u8>",
        &[
            ("[u8]", "rpc arguments are decoded into owned values; use `Vec<u8>`"),
            ("[&str]", "use `Vec<&str>`"),
            ("&str", "use `String`"),
        ],
    );
    check_arguments(
        "a: impl Send, b: Self, c: _",
        &[
            ("impl Send", "rpc methods cannot be generic"),
            ("Self", "`Self` is the manager"),
            ("_", "need their types spelled out"),
        ],
    );
    check_arguments(
        "#[cfg_attr(x, y)] a: u8, #[rpc(call)] b: u8, #[serde(default)] c: u8",
        &[
            ("#[cfg_attr(x, y)]", "put #[cfg] on it"),
            ("#[rpc(call)]", "#[rpc] goes on the method"),
            ("#[serde(default)]", "takes no attribute but #[arg(..)] and #[cfg(..)]"),
        ],
    );
}

#[test]
fn argument_names() {
    check_arguments(
        "#[arg(name = \"host\")] a: u8, host: u8",
        &[("host", "wire argument \"host\" is used by a and host")],
    );
    check_arguments(
        "#[arg(name = \"self\")] a: u8, ctxt: u8",
        &[
            ("\"self\"", "a Python peer cannot send or receive an argument called \"self\""),
            ("ctxt", "a Python peer cannot send or receive an argument called \"ctxt\""),
        ],
    );
    check_arguments("#[arg(name = \"\")] a: u8", &[("\"\"", "the name of an argument is empty")]);
    check_arguments(
        "#[arg(nmae = \"b\", default, default = 3)] a: u8",
        &[
            ("nmae", "did you mean `name`?"),
            ("default", "`default` is given twice"),
            ("default", "`default` is given twice"),
        ],
    );
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

#[test]
fn what_is_said_elsewhere() {
    check_arguments(
        "#[arg(until = \"3.10\")] a: u8",
        &[(
            "until",
            "an argument that was removed is no parameter any more: #[rpc(legacy(name = value, until",
        )],
    );
    check_rpc(
        "call, to(server: Option<&str> = None, port: u16) = server",
        &[("=", "a parameter of the client has no default: whoever calls it gives server, `None` too")],
    );
    check_rpc(
        "call, legacy(bdms = bdms.len(), size = &host, until = \"3.9\")",
        &[(
            "bdms",
            "`legacy` cannot use bdms: it is no argument; what a caller gives for bdms alone is declared with it: \
             bdms(bdms: ..) = ..",
        )],
    );
    check_arguments(
        "#[arg(from(host: &str) = volume.at(host))] volume: u8",
        &[(
            "volume",
            "`from` cannot use volume, which it works out: what the client takes instead is declared there: \
             from(volume: ..) = ..",
        )],
    );
}

#[test]
fn what_depends_on_no_parameter() {
    check_arguments(
        "size: u8, host: String, #[arg(default)] later: u8,
        #[arg(default = size + 1)] a: u8,
        #[arg(default = format!(\"{host}\"))] b: String,
        #[arg(fixed = Some(size))] c: Option<u8>,
        #[arg(from(volume: &Volume) = volume.id)] id: u8,
        #[arg(default = volume.id)] d: u8,
        #[arg(fixed = ctx.user_id())] user: Option<String>, #[arg(default = project(&ctx))] project: String",
        &[
            ("size", "`default` cannot use size: a server makes it as well, which has no parameters"),
            ("format!(\"{host}\")", "`default` cannot use host"),
            (
                "size",
                "`fixed` cannot use size: it is the same in every request; `from` makes a value of parameters",
            ),
            ("volume", "`default` cannot use volume"),
            ("ctx", "`fixed` cannot use ctx"),
            ("ctx", "`default` cannot use ctx: a server makes it as well, which has no parameters"),
        ],
    );
    // These are a function of that name, something of its own, and what is no parameter.
    check_arguments(
        "size: u8, #[arg(default)] later: u8, #[arg(default = size(2))] a: u8,
        #[arg(default = list().map(|size| size))] b: u8, #[arg(default = later)] c: u8,
        #[arg(since = \"3.20\", old = drop)] d: Option<u8>",
        &[],
    );
}

#[test]
fn what_an_argument_is_worked_out_of_may_have_its_name() {
    check(
        "#[rpc_manager(topic = \"t\", version = \"3.0\")] trait Manager {
             #[rpc(call, to = &volume.host)] async fn f(
                 &self, ctx: Context, #[arg(from(volume: &Volume) = volume)] volume: Option<Volume>,
                 #[arg(from(volume: &Volume) = volume.id)] id: u8,
             ) -> Result<(), E>;
         }",
        &[],
    );
}
