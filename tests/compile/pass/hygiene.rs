//! Arguments, and what is around a trait, may have any name, also those that generated code uses itself.
#![deny(warnings)]

use rpc_runtime::{Context, RemoteError, rpc_manager};

/// Names of the client, of its requests, of the dispatcher and of Python.
#[rpc_manager(client = NamesApi, fake = FakeNames, topic = "names", version = "1.0")]
#[allow(clippy::too_many_arguments)]
pub trait Names {
    /// In the call itself, and one of them in the destination.
    #[rpc(call, to = client)]
    async fn positional(
        &self,
        request_context: Context,
        context: u32,
        ctx: u32,
        args: u32,
        method: u32,
        self_: u32,
        request: u32,
        client: String,
        transport: u32,
        incoming: u32,
        manager: u32,
        pin: u32,
        version: u32,
        timeout: u32,
    ) -> Result<u32, RemoteError>;

    /// By name.
    #[rpc(call, by_name, to = any)]
    async fn by_name(&self, ctx: Context, args: u32, request: u32, client: u32) -> Result<u32, RemoteError>;

    /// As setters.
    #[rpc(cast)]
    async fn settable(
        &self,
        _: Context,
        #[arg(default)] ctx: u32,
        #[arg(default)] args: u32,
        #[arg(default = 7)] request: u32,
        #[arg(default = "x")] into_future: String,
        #[arg(default)] sent: Option<u32>,
    ) -> Result<(), RemoteError>;

    /// In the parameters that are not sent, in conditions and in routes.
    #[rpc(call, to(request: &str, self_: u8) = format!("{request}{self_}"), expected(RemoteError { .. }))]
    async fn derived(
        &self,
        ctx: Context,
        #[arg(from(client: &str, result: u8) = result + client.len() as u8)] manager: u8,
        #[cfg(all())] incoming: u8,
        #[arg(fixed = 1)] error: u8,
        args: u8,
    ) -> Result<(), RemoteError>;

    /// The context under another name than usual, and a body that uses it.
    #[rpc(call)]
    async fn with_body(&self, args: Context, ctx: u32) -> Result<u32, RemoteError> {
        let _ = args;
        Ok(ctx)
    }
}

/// Items of the user's with names that a careless expansion would import.
#[allow(dead_code)]
mod items {
    pub struct Client;
    pub struct Method;
    pub struct Outcome;
    pub struct Option;
    pub struct Result;
}

/// Types, constants and functions of the user's with names that generated code has, too, or might have.
mod types {
    #![allow(dead_code, non_camel_case_types, non_upper_case_globals)]

    use rpc_runtime::{Context, RemoteError, rpc_manager};
    use serde::{Deserialize, Serialize};

    macro_rules! types {
        ($($name:ident),* $(,)?) => {
            $(
                #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
                pub struct $name;
            )*
        };
    }

    types!(
        M,
        T,
        E,
        R,
        A,
        TypesApiDispatch,
        Dispatch,
        Client,
        Draft,
        Call,
        Cast,
        Method,
        Interface,
        Arg,
        Args,
        Incoming,
        Outcome,
        Kind,
        Version,
        Transport,
        Endpoint,
        Target,
        Prepared,
        Send,
        Sync,
        Default,
        From,
        Borrow,
        AsRef,
        Into,
        Future,
        IntoFuture,
        Arc,
        Debug,
        Of,
        Option,
        Result,
        Some,
        None,
        Ok,
        Err,
        Vec,
        Box,
        codegen,
        Self_,
        Manager,
        Server,
        INTERFACE,
        METHOD_SEND,
    );

    type Outcome2<T> = ::core::result::Result<T, RemoteError>;

    #[rpc_manager(client = TypesApi, topic = "types", version = "1.2", error = RemoteError, to(at: &M) = name(at))]
    #[allow(non_snake_case)]
    pub trait Types {
        #[rpc(call)]
        async fn send(
            &self,
            ctx: Context,
            a: M,
            b: TypesApiDispatch,
            c: T,
            d: Dispatch,
            e: Client,
        ) -> Outcome2<M>;

        #[rpc(call, expected(RemoteError { .. }))]
        async fn choose(
            &self,
            ctx: Context,
            #[arg(default = M)] a: M,
            #[arg(default)] b: Option,
            #[arg(since = "1.1", old = drop, default)] c: Result,
            #[arg(since = "1.2", old = error_if_set, default)] d: Vec,
            #[arg(fixed = Vec)] e: Vec,
            f: Some,
            g: Dispatch,
        ) -> Outcome2<Option>;
    }

    fn name(_: &M) -> &'static ::core::primitive::str {
        "host1"
    }

    fn main(api: TypesApi, ctx: Context) {
        let _ = api.choose(&ctx, &M, Some, Dispatch).a(M).b(Option);
        let _: TypesApiDispatch = TypesApiDispatch;
    }
}

/// A trait with the name of a type parameter.
mod one_letter {
    use rpc_runtime::{Context, RemoteError, rpc_manager};

    #[rpc_manager(client = MApi, topic = "m", version = "1.0")]
    pub trait M {
        #[rpc(call)]
        async fn get(&self, ctx: Context) -> Result<(), RemoteError>;
    }
}

/// Functions, modules and macros with the names of variables and of what is generated.
mod values {
    #![allow(dead_code, unused_macros)]

    use ::rpc_runtime::{Context, RemoteError, rpc_manager};

    macro_rules! functions {
        ($($name:ident),* $(,)?) => {
            $(
                pub fn $name() -> u8 {
                    1
                }
                pub mod $name {}
                macro_rules! $name { () => {}; }
            )*
        };
    }

    functions!(
        args,
        request,
        client,
        manager,
        incoming,
        transport,
        pin,
        options,
        method,
        argument,
        sent,
        result,
        error,
        value,
        it,
        matches,
        concat,
        core,
        std,
        rpc_runtime,
    );

    #[rpc_manager(client = ValuesApi, topic = "values", version = "1.1")]
    pub trait Values {
        #[rpc(call, expected(RemoteError { .. }))]
        async fn get(
            &self,
            ctx: Context,
            #[arg(default = args())] a: u8,
            #[arg(since = "1.1", old = with(to_text))] b: u8,
            #[cfg(all())] c: u8,
        ) -> Result<u8, RemoteError>;

        #[rpc(call_or_cast, timeout = ::std::time::Duration::from_secs(value().into()))]
        async fn choose(&self, ctx: Context, b: u8) -> Result<u8, RemoteError>;
    }

    fn to_text(it: &u8) -> String {
        it.to_string()
    }
}

/// The user's own types with the names of the language's and of the prelude's.
mod std_names {
    #![allow(dead_code, non_camel_case_types)]

    use ::rpc_runtime::object::{Field, Origin, Project};
    use ::rpc_runtime::{Context, RemoteError, RpcException, RpcNotification, VersionedObject, rpc_manager};

    macro_rules! types {
        ($($name:ident),* $(,)?) => {
            $(
                #[derive(Debug, Clone, Default)]
                pub struct $name;

                impl ::serde::Serialize for $name {
                    fn serialize<S: ::serde::Serializer>(&self, to: S) -> ::core::result::Result<S::Ok, S::Error> {
                        to.serialize_unit()
                    }
                }

                impl<'de> ::serde::Deserialize<'de> for $name {
                    fn deserialize<D: ::serde::Deserializer<'de>>(
                        from: D,
                    ) -> ::core::result::Result<Self, D::Error> {
                        <() as ::serde::Deserialize>::deserialize(from).map(|()| $name)
                    }
                }
            )*
        };
    }

    types!(
        bool,
        char,
        str,
        u8,
        u16,
        u32,
        u64,
        usize,
        i8,
        i16,
        i32,
        i64,
        isize,
        f32,
        f64,
        String,
        Option,
        Vec,
        Box,
        Result,
        Some,
        None,
        Ok,
        Err,
        ToString,
        ToOwned,
        Iterator,
        IntoIterator,
        Fn,
        FnOnce,
        FnMut,
        Clone,
        Copy,
        Drop,
        Sized,
        PartialEq,
        Eq,
        TryFrom,
        TryInto,
    );

    type Text = ::std::string::String;

    #[rpc_manager(client = OwnApi, fake = FakeOwn, topic = "own", version = "1.2", route = route)]
    pub trait Own {
        #[rpc(call, to = host, expected(RemoteError { .. }), monitor = ::std::time::Duration::MAX)]
        async fn call(
            &self,
            ctx: Context,
            host: ::std::string::String,
            a: String,
            b: Option,
            c: Vec,
            d: str,
            e: bool,
            f: u32,
            g: ::std::vec::Vec<u8>,
            #[cfg(all())] h: Box,
            #[arg(rest)] i: ::std::collections::BTreeMap<Text, usize>,
        ) -> ::core::result::Result<str, RemoteError>;

        #[rpc(cast, route = route, legacy(gone(gone: u8) = gone, until = "1.2"))]
        async fn cast(
            &self,
            ctx: Context,
            #[arg(default = "x")] a: ::std::string::String,
            #[arg(default)] b: str,
            #[arg(since = "1.1", old = error_if_set, default = "y")] c: ::std::string::String,
            #[arg(since = "1.2", old = with(older))] d: u8,
            #[arg(since = "1.2", old = drop)] e: ::core::option::Option<str>,
            #[arg(fixed = "z")] f: ::std::string::String,
            #[arg(from(g: &str) = g)] g: str,
        ) -> ::core::result::Result<(), RemoteError>;

        #[rpc(call_or_cast, by_name)]
        async fn either(&self, ctx: Context, a: str, b: bool) -> ::core::result::Result<Vec, RemoteError>;
    }

    fn older(_: &u8) -> u16 {
        u16
    }

    fn route(
        request: &::rpc_runtime::RouteRequest<'_>,
    ) -> ::core::result::Result<::rpc_runtime::Target, &'static ::core::primitive::str> {
        ::core::result::Result::Ok(::rpc_runtime::Target::new(request.topic))
    }

    const PROJECT: Project = Project::new("names");

    #[derive(Debug, ::core::default::Default, VersionedObject)]
    #[object(project = PROJECT, version = "1.1", dict)]
    pub struct Object {
        a: Field<str>,
        #[object(default)]
        b: Field<usize>,
        #[object(since = "1.1", default = "x")]
        c: Field<Text>,
        #[object(origin)]
        origin: Origin,
    }

    #[derive(Debug, RpcException)]
    #[exception(module = "names")]
    pub enum Failure {
        #[exception(message = "{a}: {b}", code = 404)]
        Named {
            a: Text,
            b: Text,
        },
        Positional(Text, ::core::primitive::u8),
        #[exception(other)]
        Other(RemoteError),
    }

    #[derive(Debug, RpcNotification)]
    #[notification(topic = "names")]
    pub enum Event {
        #[event(type = "own", priority = info)]
        Own(str),
        #[event(type = "{a}.x", priority = info)]
        Members { a: Text, b: bool },
        #[event(other)]
        Other(::rpc_runtime::notification::Notification),
    }
}

/// Constants and unit structs with the names of variables, which a pattern would stand for. Parameters of public functions
/// have the names that their documentation shows.
mod lower_case {
    #![allow(dead_code, non_camel_case_types, non_upper_case_globals)]

    use ::rpc_runtime::object::{Field, Origin, Project};
    use ::rpc_runtime::{Context, RemoteError, RpcException, RpcNotification, VersionedObject, rpc_manager};

    macro_rules! units {
        ($($name:ident),* $(,)?) => { $(pub struct $name;)* };
    }

    macro_rules! constants {
        ($($name:ident),* $(,)?) => { $(pub const $name: u8 = 1;)* };
    }

    units!(
        args,
        result,
        incoming,
        request,
        value,
        error,
        fake,
        notification,
        event,
        payload,
        remote,
        known,
        to,
        from
    );
    constants!(
        ctx, _args, sent, it, client, data, out, name, number, members, field0, field1, f, dispatch, target
    );

    #[rpc_manager(client = LowerApi, fake = FakeLower, topic = "lower", version = "1.1", route = route)]
    pub trait Lower {
        #[rpc(call, expected(RemoteError { .. }))]
        async fn get(
            &self,
            context: Context,
            a: u8,
            #[arg(since = "1.1", old = error_if(is_set))] b: Option<String>,
            #[cfg(all())] c: u8,
        ) -> Result<u8, RemoteError>;

        #[rpc(cast, fanout)]
        async fn set(&self, context: Context, #[arg(default)] a: u8) -> Result<(), RemoteError>;

        #[rpc(call_or_cast)]
        async fn either(&self, context: Context, #[arg(default)] a: u8) -> Result<u8, RemoteError>;
    }

    fn is_set(b: Option<&str>) -> bool {
        b.is_some()
    }

    const fn topic() -> &'static str {
        "lower"
    }

    fn route(_: &::rpc_runtime::RouteRequest<'_>) -> Result<::rpc_runtime::Target, String> {
        Ok(::rpc_runtime::Target::new(topic()))
    }

    const PROJECT: Project = Project::new("names");

    #[derive(Debug, Default, VersionedObject)]
    #[object(project = PROJECT, version = "1.1")]
    pub struct Object {
        #[object(default)]
        a: Field<u8>,
        #[object(origin)]
        origin: Origin,
    }

    #[derive(Debug, RpcException)]
    #[exception(module = "names")]
    pub enum Failure {
        #[exception(message = "{a}: {b}")]
        Named {
            a: u8,
            b: String,
        },
        Positional(String, u8),
        #[exception(other)]
        Other(RemoteError),
    }

    #[derive(Debug, RpcNotification)]
    #[notification(topic = "names")]
    pub enum Event {
        #[event(type = "own", priority = info)]
        Own(u8),
        #[event(type = "{a}.x", priority = info)]
        Members { a: String, b: u8 },
        #[event(other)]
        Other(::rpc_runtime::notification::Notification),
    }
}

fn main() {}
