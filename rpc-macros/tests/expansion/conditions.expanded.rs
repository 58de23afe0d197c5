/// Arguments that are not always there.
pub trait HostManager: ::core::marker::Send + ::core::marker::Sync + 'static {
    fn stop(
        &self,
        ctx: Context,
        host: String,
        #[cfg(feature = "force")]
        force: bool,
        #[cfg(feature = "retries")]
        retries: u8,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
}
/// Client of [`HostManager`]: topic `host`, version 1.0.
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
pub struct HostApi {
    client: ::rpc_runtime::codegen::Client,
}
/// A request of [`HostApi::stop`], sent when awaited.
#[must_use = "a request is sent when it is awaited"]
#[derive(::core::fmt::Debug)]
pub struct HostApiStop {
    request: ::rpc_runtime::codegen::Draft,
}
#[allow(deprecated)]
const _: () = {
    use ::rpc_runtime::codegen as __rpc;
    #[allow(dead_code, clippy::too_many_arguments, clippy::type_complexity)]
    impl HostApi {
        /// What [`HostManager`] offers, as a constant.
        pub const INTERFACE: __rpc::Interface = __rpc::Interface::new(
                "HostManager",
                "host",
                __rpc::Version::new(1, 0),
                &[Self::METHOD_STOP],
            )
            .with_doc("Arguments that are not always there.");
        const METHOD_STOP: __rpc::Method = __rpc::Method::call::<
            Result<(), Failed>,
        >(
                "stop",
                &[__rpc::Version::new(1, 0)],
                &[
                    __rpc::Arg::new("host", "String"),
                    #[cfg(feature = "force")]
                    __rpc::Arg::new("force", "bool"),
                    #[cfg(feature = "retries")]
                    __rpc::Arg::new("retries", "u8").with_default("3"),
                ],
            )
            .declares::<Result<(), Failed>, Failed>()
            .with_to("host");
        /// A client that sends over `transport`.
        pub fn new(transport: &__rpc::Transport) -> Self {
            Self {
                client: __rpc::Client::new(transport, &Self::INTERFACE),
            }
        }
        /// The same client, sending only what servers of the version `pin` understand, whatever it was
        /// pinned to before.
        pub fn pinned(
            &self,
            pin: impl ::core::convert::Into<__rpc::VersionPin>,
        ) -> Self {
            Self {
                client: self.client.pinned(::core::convert::Into::into(pin)),
            }
        }
        /// The pin that a version or the name of a release stands for.
        pub fn pin(
            text: &__rpc::str,
        ) -> ::core::result::Result<__rpc::VersionPin, __rpc::PinError> {
            Self::INTERFACE.pin(text)
        }
        /// Whether the pin in force allows to send a method, by its name on the wire.
        pub fn supports(
            &self,
            method: &__rpc::str,
        ) -> ::core::result::Result<__rpc::bool, __rpc::SupportsError> {
            self.client.supports(method)
        }
        /// Whether the pin in force allows to send an argument, by its name on the wire.
        pub fn supports_argument(
            &self,
            method: &__rpc::str,
            argument: &__rpc::str,
        ) -> ::core::result::Result<__rpc::bool, __rpc::SupportsError> {
            self.client.supports_argument(method, argument)
        }
        /// The same client with these options before those that it has: what they do not set stays.
        pub fn with(&self, options: __rpc::CallOptions) -> Self {
            Self {
                client: self.client.with(options),
            }
        }
        /// An endpoint of `manager`, by value or in an `Arc`, as [`HostManager`].
        pub fn endpoint<Form>(
            manager: impl __rpc::IntoEndpoint<Self, Form>,
        ) -> __rpc::Endpoint {
            __rpc::IntoEndpoint::into_endpoint(manager)
        }
        /// Sets up a server of `manager`, by value or in an `Arc`, as [`HostManager`]: the one called `server` of the topic `host`.
        pub fn serve<Form>(
            transport: &__rpc::Transport,
            server: impl ::core::convert::Into<__rpc::String>,
            manager: impl __rpc::IntoEndpoint<Self, Form>,
        ) -> __rpc::ServerBuilder {
            __rpc::serve(transport, &Self::INTERFACE, server, manager)
        }
        /// The address of any server: the topic `host`.
        pub fn target() -> __rpc::Target {
            Self::INTERFACE.target()
        }
        /// Calls `stop`, since 1.0, to `host`. Fails with `Failed` or `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// # Arguments
        ///
        #[cfg_attr(all(feature = "retries"), doc = " - `retries`: `3` unless it is set")]
        pub fn stop(
            &self,
            ctx: &__rpc::Context,
            host: impl ::core::convert::AsRef<__rpc::str>,
            #[cfg(feature = "force")]
            force: impl __rpc::Borrow<bool>,
        ) -> HostApiStop {
            let host: &__rpc::str = ::core::convert::AsRef::as_ref(&host);
            let __request = self.client.request(&Self::METHOD_STOP, ctx).to(host);
            let __request = __request.arg::<__rpc::str>("host", host);
            #[cfg(feature = "force")]
            let __request = __request
                .arg::<bool>("force", __rpc::Borrow::borrow(&force));
            #[cfg(feature = "retries")]
            let __request = __request.arg::<u8>("retries", &(3));
            HostApiStop { request: __request }
        }
    }
    #[allow(dead_code)]
    impl HostApiStop {
        /// Sets `retries`, which is `3` otherwise.
        #[cfg(feature = "retries")]
        pub fn retries(self, retries: impl __rpc::Borrow<u8>) -> Self {
            Self {
                request: self
                    .request
                    .arg::<u8>("retries", __rpc::Borrow::borrow(&retries)),
            }
        }
    }
    impl ::core::future::IntoFuture for HostApiStop {
        type Output = <__rpc::Call<
            Result<(), Failed>,
        > as ::core::future::IntoFuture>::Output;
        type IntoFuture = <__rpc::Call<
            Result<(), Failed>,
        > as ::core::future::IntoFuture>::IntoFuture;
        fn into_future(self) -> Self::IntoFuture {
            let __sent: __rpc::Call<Result<(), Failed>> = self.request.call();
            ::core::future::IntoFuture::into_future(__sent)
        }
    }
    impl<__RpcManager: HostManager> __rpc::Serves<__RpcManager> for HostApi {
        const INTERFACE: &'static __rpc::Interface = &Self::INTERFACE;
        async fn dispatch(
            __manager: &__RpcManager,
            __incoming: __rpc::Incoming,
        ) -> __rpc::Outcome {
            match __incoming.method() {
                "stop" => {
                    let (__ctx, __in) = __incoming
                        .open::<Context, __rpc::Context>(&HostApi::METHOD_STOP)?;
                    #[cfg(
                        all(not(all(feature = "force")), not(all(feature = "retries")))
                    )]
                    let __result = __manager.stop(__ctx, __in.required("host")?).await;
                    #[cfg(all(all(feature = "force"), not(all(feature = "retries"))))]
                    let __result = __manager
                        .stop(__ctx, __in.required("host")?, __in.required("force")?)
                        .await;
                    #[cfg(all(not(all(feature = "force")), all(feature = "retries")))]
                    let __result = __manager
                        .stop(
                            __ctx,
                            __in.required("host")?,
                            __in.or_else("retries", || 3)?,
                        )
                        .await;
                    #[cfg(all(all(feature = "force"), all(feature = "retries")))]
                    let __result = __manager
                        .stop(
                            __ctx,
                            __in.required("host")?,
                            __in.required("force")?,
                            __in.or_else("retries", || 3)?,
                        )
                        .await;
                    __incoming.outcome(__result)
                }
                _ => __incoming.unknown(),
            }
        }
    }
};
