//! Arguments may have any name, also those that generated code uses itself.
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

fn main() {}
