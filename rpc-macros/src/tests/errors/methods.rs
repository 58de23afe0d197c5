//! Methods and their keys.

use super::{check, check_common, check_items, check_rpc};

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
    check_common(
        "",
        "#[rpc(call, since(\"6.2\", \"5.3\"), until = \"6.2\")] async fn f(&self, ctx: Context) -> Result<(), E>;
        #[rpc(call, until = \"6.3\")] async fn g(
            &self, ctx: Context, #[arg(since = \"6.3\", old = drop)] a: Option<u8>,
        ) -> Result<(), E>;",
        &[
            ("\"6.2\"", "since \"6.2\": the method is gone since 6.2"),
            ("\"6.3\"", "argument a came with 6.3, but its method is gone since 6.3"),
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
    check_items("#[rpc(call)] fn f(ctx: Context) -> Result<(), E>;", &[("fn", shape)]);
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
    check_items("#[rpc(call)] async fn f<'a>(&self, ctx: Context) -> Result<(), E>;", &[("<'a>", generic)]);
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
