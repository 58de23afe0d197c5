//! Arguments and their keys.

use super::{check, check_arguments, check_items, check_rpc};

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
fn the_name_of_an_argument_that_came_later() {
    check_arguments(
        "#[arg(since = \"3.12\", old = drop, was(\"b\", until = \"3.12\"))] a: Option<u8>,
        #[arg(since = \"3.20\", old = drop)] c: Option<u8>",
        &[("\"3.12\"", "it is there since 3.12, so until \"3.12\" the old name can never be used")],
    );
    check_arguments("#[arg(since = \"3.12\", old = drop, was(\"b\", until = \"3.20\"))] a: Option<u8>", &[]);
}

#[test]
fn conditions_are_few() {
    let arguments = |count: u8| {
        (0..count).map(|i| format!("#[cfg(feature = \"f{i}\")] a{i}: u8, ")).collect::<String>()
            + "#[arg(since = \"3.20\", old = drop)] last: Option<u8>"
    };
    check_arguments(&arguments(4), &[]);
    check_arguments(&arguments(5), &[("f", "`f` has more than 4 conditions among its arguments")]);
}

#[test]
fn setters_of_a_request_that_is_called_or_cast() {
    let arguments =
        "#[arg(default)] call: u8, #[arg(default)] cast: u8, #[arg(default)] sent: u8, cast_to: u8";
    let keeps = |name: &str| {
        format!(
            "the request has a method `{name}` of its own: give the argument another Rust name and keep its name on \
             the wire with #[arg(name = \"{name}\")]"
        )
    };
    for (kind, expected) in [
        ("call", &[][..]),
        ("cast", &[]),
        ("call_or_cast", &[("call", &*keeps("call")), ("cast", &*keeps("cast"))]),
    ] {
        check_items(
            &format!(
                "#[rpc({kind}, since = \"3.20\")] async fn f(&self, ctx: Context, {arguments}) -> Result<(), E>;"
            ),
            expected,
        );
    }
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
