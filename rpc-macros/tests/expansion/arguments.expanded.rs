/// Where the values of arguments come from.
pub trait VolumeManager: ::core::marker::Send + ::core::marker::Sync + 'static {
    /// The client takes the volume and sends its id, and the volume itself to those who know it.
    fn attach(
        &self,
        ctx: Context,
        volume_id: Uuid,
        label: String,
        volume: Option<Volume>,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
    /// The same value from every client.
    fn list(
        &self,
        ctx: Context,
        by: String,
        want_objects: bool,
    ) -> impl ::core::future::Future<
        Output = Result<Vec<Volume>, Failed>,
    > + ::core::marker::Send;
    /// All that has no name here.
    fn find(
        &self,
        ctx: Context,
        host: String,
        filters: Map,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
}
/// Client of [`VolumeManager`]: topic `volume`, version 3.3.
///
/// # Version history
///
/// - **3.1** adds `want_objects` to `list`
/// - **3.3** adds `volume` to `attach`
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
pub struct VolumeApi {
    client: ::rpc_runtime::codegen::Client,
}
#[allow(deprecated)]
const _: () = {
    use ::rpc_runtime::codegen as __rpc;
    #[allow(unused_imports)]
    use __rpc::NotAnObject as _;
    #[allow(unused_imports)]
    use __rpc::NotSent as _;
    #[allow(dead_code, clippy::too_many_arguments, clippy::type_complexity)]
    impl VolumeApi {
        /// What [`VolumeManager`] offers, as a constant.
        pub const INTERFACE: __rpc::Interface = __rpc::Interface::new(
                "VolumeManager",
                "volume",
                __rpc::Version::new(3, 3),
                &[Self::METHOD_ATTACH, Self::METHOD_LIST, Self::METHOD_FIND],
            )
            .with_doc("Where the values of arguments come from.");
        const METHOD_ATTACH: __rpc::Method = __rpc::Method::call::<
            Result<(), Failed>,
        >(
                "attach",
                &[__rpc::Version::new(3, 0)],
                &[
                    __rpc::Arg::new("volume_id", "Uuid"),
                    __rpc::Arg::new("label", "String"),
                    __rpc::Arg::new("volume", "Option<Volume>")
                        .with_since(&[__rpc::Version::new(3, 3)], __rpc::Old::Drop)
                        .with_object(__rpc::Of::<Option<Volume>>::OBJECT),
                ],
            )
            .declares::<Result<(), Failed>, Failed>()
            .with_params(&[("suffix", "&str")])
            .with_doc(
                "The client takes the volume and sends its id, and the volume itself to those who know it.",
            );
        const METHOD_LIST: __rpc::Method = __rpc::Method::call::<
            Result<Vec<Volume>, Failed>,
        >(
                "list",
                &[__rpc::Version::new(3, 0)],
                &[
                    __rpc::Arg::new("by", "String").with_fixed("\"rpc\""),
                    __rpc::Arg::new("want_objects", "bool")
                        .with_since(&[__rpc::Version::new(3, 1)], __rpc::Old::Drop)
                        .with_default("false")
                        .with_fixed("true"),
                ],
            )
            .declares::<Result<Vec<Volume>, Failed>, Failed>()
            .with_result("Vec<Volume>")
            .with_object(__rpc::Of::<Vec<Volume>>::OBJECT)
            .with_doc("The same value from every client.");
        const METHOD_FIND: __rpc::Method = __rpc::Method::call::<
            Result<(), Failed>,
        >(
                "find",
                &[__rpc::Version::new(3, 0)],
                &[
                    __rpc::Arg::new("host", "String"),
                    __rpc::Arg::new("filters", "Map")
                        .as_rest()
                        .with_object(__rpc::Of::<Map>::OBJECT),
                ],
            )
            .declares::<Result<(), Failed>, Failed>()
            .with_doc("All that has no name here.");
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
        /// An endpoint of `manager`, by value or in an `Arc`, as [`VolumeManager`].
        pub fn endpoint<Form>(
            manager: impl __rpc::IntoEndpoint<Self, Form>,
        ) -> __rpc::Endpoint {
            __rpc::IntoEndpoint::into_endpoint(manager)
        }
        /// Sets up a server of `manager`, by value or in an `Arc`, as [`VolumeManager`]: the one called `server` of the topic `volume`.
        pub fn serve<Form>(
            transport: &__rpc::Transport,
            server: impl ::core::convert::Into<__rpc::String>,
            manager: impl __rpc::IntoEndpoint<Self, Form>,
        ) -> __rpc::ServerBuilder {
            __rpc::serve(transport, &Self::INTERFACE, server, manager)
        }
        /// The address of any server: the topic `volume`.
        pub fn target() -> __rpc::Target {
            Self::INTERFACE.target()
        }
        /// Calls `attach`, since 3.0, to any server. Fails with `Failed` or `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// The client takes the volume and sends its id, and the volume itself to those who know it.
        ///
        /// # Arguments
        ///
        /// - `volume`: left out below 3.3
        pub fn attach(
            &self,
            ctx: &__rpc::Context,
            volume: &Volume,
            suffix: &str,
        ) -> __rpc::Call<Result<(), Failed>> {
            self.client
                .request(&Self::METHOD_ATTACH, ctx)
                .arg::<Uuid>("volume_id", __rpc::Borrow::borrow(&(volume.id)))
                .arg::<
                    __rpc::str,
                >(
                    "label",
                    ::core::convert::AsRef::as_ref(&(format!("{}{suffix}", volume.name))),
                )
                .arg::<
                    __rpc::Option<&Volume>,
                >("volume", &__rpc::Lend::<__rpc::OptionOf<Volume>>::lend(&(volume)))
                .call()
        }
        /// Calls `list`, since 3.0, to any server. Fails with `Failed` or `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// The same value from every client.
        ///
        /// # Arguments
        ///
        /// - `by`: always `"rpc"`
        /// - `want_objects`: always `true`; left out below 3.1
        pub fn list(
            &self,
            ctx: &__rpc::Context,
        ) -> __rpc::Call<Result<Vec<Volume>, Failed>> {
            self.client
                .request(&Self::METHOD_LIST, ctx)
                .arg::<__rpc::str>("by", "rpc")
                .arg::<bool>("want_objects", &(true))
                .call()
        }
        /// Calls `find`, since 3.0, to any server. Fails with `Failed` or `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// All that has no name here.
        pub fn find(
            &self,
            ctx: &__rpc::Context,
            host: impl ::core::convert::AsRef<__rpc::str>,
            filters: impl __rpc::Borrow<Map>,
        ) -> __rpc::Call<Result<(), Failed>> {
            self.client
                .request(&Self::METHOD_FIND, ctx)
                .arg::<__rpc::str>("host", ::core::convert::AsRef::as_ref(&host))
                .rest::<Map>(__rpc::Borrow::borrow(&filters))
                .call()
        }
    }
    impl<__RpcManager: VolumeManager> __rpc::Serves<__RpcManager> for VolumeApi {
        const INTERFACE: &'static __rpc::Interface = &Self::INTERFACE;
        async fn dispatch(
            __manager: &__RpcManager,
            __incoming: __rpc::Incoming,
        ) -> __rpc::Outcome {
            match __incoming.method() {
                "attach" => {
                    let (__ctx, __in) = __incoming
                        .open::<Context, __rpc::Context>(&VolumeApi::METHOD_ATTACH)?;
                    let __result = __manager
                        .attach(
                            __ctx,
                            __rpc::Of::<Uuid>::required(__in, "volume_id")?,
                            __in.required("label")?,
                            __rpc::Of::<Option<Volume>>::optional(__in, "volume")?,
                        )
                        .await;
                    __incoming.outcome(__result)
                }
                "list" => {
                    let (__ctx, __in) = __incoming
                        .open::<Context, __rpc::Context>(&VolumeApi::METHOD_LIST)?;
                    let __result = __manager
                        .list(
                            __ctx,
                            __in.required("by")?,
                            __in.or_else("want_objects", || false)?,
                        )
                        .await;
                    __incoming.outcome(__result)
                }
                "find" => {
                    let (__ctx, __in) = __incoming
                        .open::<Context, __rpc::Context>(&VolumeApi::METHOD_FIND)?;
                    let __result = __manager
                        .find(
                            __ctx,
                            __in.required("host")?,
                            __rpc::Of::<Map>::rest(__in)?,
                        )
                        .await;
                    __incoming.outcome(__result)
                }
                _ => __incoming.unknown(),
            }
        }
    }
};
