//! The keys of our attributes, for editors: what the macros have rust-analyzer take a key for, so that it completes keys and
//! shows what they mean. The reference is the documentation of the macros.

// They are called what they are written as.
#![allow(non_upper_case_globals)]

macro_rules! keys {
    ($($(#[$about:meta])* $module:ident { $($(#[$doc:meta])* $key:ident,)* })*) => {
        $($(#[$about])* pub mod $module { $($(#[$doc])* pub const $key: () = ();)* })*
    };
}

keys! {
    /// `#[rpc_manager(..)]`
    manager {
        /// `client = Name`: the name of the client type. The default is that of the trait without `Manager`, and `Api`.
        client,
        /// `topic = ".."`: the topic that servers listen to and the client sends to. Mandatory.
        topic,
        /// `version = "3.20"`: the current version of the interface, `MAJOR.MINOR`; `version("6.5", "5.13")` for several majors,
        /// the current one first. Mandatory.
        version,
        /// `history("3.20" = "..")`: what a version brought that no other key says.
        history,
        /// `aliases(victoria = "5.12", 2023.1 = "6.2")`: the names of releases for `Client::pin`, oldest first.
        aliases,
        /// `namespace = ".."`: the namespace of the methods. The default is none.
        namespace,
        /// `to = expression`, `to(host: &str) = expression`: the `to` of every method that is sent to one server and says
        /// nothing else.
        to,
        /// `route = function`: makes the address of a destination, a `fn(&RouteRequest<'_>) -> Result<Target, E>`.
        route,
        /// `profiles(long(timeout = .., monitor = .., expected(..)), ..)`: named sets of these three keys, for `profile` of
        /// methods.
        profiles,
        /// `by_name`, `by_name = 5`: `by_name` of all methods whose client method has so many parameters, two if nothing is said.
        by_name,
        /// `context = Type`: the type of the first parameter of every method. The default is `rpc_runtime::Context`.
        context,
        /// `error = Type`: the error type that every method has to return. The default is any `RpcException`.
        error,
        /// `fake = Name`: the name of a fake manager for tests; there is one only with the feature `testing` of the runtime.
        fake,
    }

    /// `profiles(name(..))`
    profile {
        /// `timeout = expression`: how long a call waits, a `Duration`.
        timeout,
        /// `monitor = expression`: how often a call wants a sign of life, a `Duration`.
        monitor,
        /// `expected(pattern, ..)`: errors that are nothing unusual.
        expected,
    }

    /// `#[rpc(..)]`
    method {
        /// To one server, and waits for the result.
        call,
        /// To one server, and waits for the broker only; with `fanout` to every server. Returns `Result<(), E>`.
        cast,
        /// With `cast`: to every server of the topic.
        fanout,
        /// To one server; what the client's method returns has `.call()` and `.cast()`.
        call_or_cast,
        /// `since = "3.9"`, `since("6.0", "5.8")`: the version that the method came with. The default is the first of every
        /// major.
        since,
        /// `until = "6.0"`: the first version without the method. It is sent to servers below it only, and served to callers
        /// below it.
        until,
        /// `name = ".."`: the name on the wire. The default is the method's own.
        name,
        /// `was("..", until = "3.8")`: an older name on the wire, sent below `until`; servers take both.
        was,
        /// `to = expression`: the server to send to. The default is that of the trait, else any; `to = any` is any. `None` is an
        /// error, unless it is `any_if_none(expression)`. `to(host: &str) = expression` has parameters of the client's method
        /// that are not sent.
        to,
        /// `route = function`: makes the address of the destination, instead of the trait's.
        route,
        /// `legacy(name = expression, until = "6.0")`: arguments that only servers below `until` get; ours ignore them.
        legacy,
        /// `downgrade(until = "4.3", with = function)`: a `fn(Map<String, Value>) -> Map<String, Value>` that makes older
        /// arguments of all present ones below `until`.
        downgrade,
        /// `timeout = expression`: how long a call waits, a `Duration`. `CallOptions` go before it.
        timeout,
        /// `monitor = expression`: how often a call wants a sign of life, a `Duration`. `CallOptions` go before it.
        monitor,
        /// `expected(pattern, ..)`: errors of the method that are nothing unusual; the server logs them at the level `debug`.
        expected,
        /// `profile = long`, `profile(long, busy)`: what these profiles of the trait say; the method's own keys go before it.
        profile,
        /// The client's method takes its parameters in a struct, `ClientMethodNameArgs`.
        by_name,
        /// No client method: `prepare_<method>(&ctx)` starts a request that is put together by hand.
        manual,
    }

    /// `#[arg(..)]`
    argument {
        /// `name = ".."`: the name on the wire. The default is the parameter's own.
        name,
        /// `was("..", until = "6.0")`: an older name on the wire, sent below `until`; servers take both.
        was,
        /// `default`, `default = expression`: not required; this value, or the type's `Default`, if the client does not set it
        /// or the request lacks it.
        default,
        /// `since = "3.3"`, `since("6.1", "5.8")`: the version that the argument came with. It needs `old`.
        since,
        /// `old = drop`, `error_if_set`, `error_if(function)`, `with(function)`: what a client that is pinned below `since`
        /// does with it.
        old,
        /// The client's parameter is required, although older clients leave the argument out.
        required,
        /// `from(volume: &Volume) = expression`: the client takes these parameters instead, and sends the value.
        from,
        /// `fixed = expression`: every client sends this value, and takes no parameter.
        fixed,
        /// The last argument: a map of all keyword arguments without a name of their own.
        rest,
    }

    /// The values of `old`.
    old {
        /// It is left out.
        drop,
        /// It is left out if it carries nothing or is the default, else the request fails.
        error_if_set,
        /// `error_if(function)`: the request fails if the function, `fn(&T) -> bool`, is true, else it is left out.
        error_if,
        /// `with(function)`: what the function, `fn(&T) -> impl Serialize`, makes of it is sent.
        with,
    }

    /// `was(..)`
    was {
        /// `until = "3.8"`: the first version with the present name.
        until,
    }

    /// `legacy(..)`
    legacy {
        /// `until = "6.0"`: the first version without these arguments.
        until,
    }

    /// `downgrade(..)`
    downgrade {
        /// `until = "4.3"`: the first version with the present arguments.
        until,
        /// `with = function`: what makes the older arguments.
        with,
    }

    /// `#[exception(..)]`
    exception {
        /// `module = ".."`: the Python module of the class; a variant's own goes before the enum's.
        module,
        /// `class = ".."`: the name of the class. The default is that of the variant or struct.
        class,
        /// `message = ".."`: the text of the class, as Python formats it: `"Volume %(volume_id)s could not be found."`.
        message,
        /// `code = 404`: the HTTP status of the class, sent as the keyword argument `code`.
        code,
        /// `Other(RemoteError)` takes every exception that is no other variant, and is sent on as it came.
        other,
        /// `name = ".."`: the name of the keyword argument. The default is the field's own.
        name,
        /// The error behind this one, a `Cause` or an `Option<Cause>`.
        cause,
    }

    /// `#[object(..)]`
    object {
        /// `project = CONSTANT`: the `Project` that the class is of. Mandatory.
        project,
        /// `version = "1.9"`: the current version of the class, `MAJOR.MINOR` or `MAJOR.MINOR.PATCH`. Mandatory.
        version,
        /// `name = ".."`: the name of the class, or of the field, on the wire. The default is its own.
        name,
        /// What becomes of fields that the struct does not know.
        unknown,
        /// A dictionary of the fields is read as well as an object.
        dict,
        /// `downgrade = function`: makes the data of an older version of it, as `obj_make_compatible` in Python.
        downgrade,
        /// `since = "1.5"`: the version that the field came with.
        since,
        /// `until = "1.7"`: the first version without the field.
        until,
        /// `was("..", until = "1.2")`: an older name on the wire, written below `until`; both are read.
        was,
        /// `default`, `default = expression`: what `set_defaults` sets the field to.
        default,
        /// The field is the `Origin`: what the object came with that the struct does not have.
        origin,
    }

    /// `#[notification(..)]`
    notification {
        /// `topic = ".."`: the topic of the events where a notifier or listener names none. The default is `notifications`.
        topic,
        /// `exchange = ".."`: the exchange of that topic. The default is the transport's.
        exchange,
        /// `version = "1.1"`: the current version of the set, `MAJOR.MINOR`.
        version,
    }

    /// `#[event(..)]`
    event {
        /// `type = ".."`: what happened, a text or a pattern with fields: `"compute.{resource}.{phase}"`. Mandatory.
        r#type,
        /// `priority = info`: one of `audit`, `critical`, `debug`, `error`, `info`, `sample` and `warn`. Mandatory.
        priority,
        /// `since = "1.1"`: the version of the set that the event came with.
        since,
        /// The payload is a versioned object.
        object,
        /// `Other(Notification)` takes every event that is no other variant.
        other,
        /// The field is the whole payload.
        payload,
        /// `name = ".."`: the name of the member. The default is the field's own.
        name,
    }

    /// The values of `priority`.
    priority {
        /// Records for auditors.
        audit,
        /// A condition that somebody has to see to at once.
        critical,
        /// For those who look for mistakes.
        debug,
        /// Something has failed.
        error,
        /// Something has happened.
        info,
        /// A measurement.
        sample,
        /// Something may go wrong.
        warn,
        /// The same as `warn`.
        warning,
    }
}
