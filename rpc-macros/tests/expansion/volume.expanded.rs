/// Manages the volumes of one storage backend.
pub trait VolumeManager: ::core::marker::Send + ::core::marker::Sync + 'static {
    /// Creates a volume on the backend that the scheduler chose.
    fn create_volume(
        &self,
        ctx: Context,
        volume: Volume,
        request_spec: Option<RequestSpec>,
        allow_reschedule: bool,
    ) -> impl ::core::future::Future<
        Output = Result<(), VolumeError>,
    > + ::core::marker::Send;
    /// Attaches the volume and returns the attachment.
    ///
    /// The volume has to be available.
    fn attach_volume(
        &self,
        ctx: Context,
        host: String,
        volume_id: Uuid,
        volume: Option<Volume>,
    ) -> impl ::core::future::Future<
        Output = Result<Attachment, VolumeError>,
    > + ::core::marker::Send;
    fn publish_service_capabilities(
        &self,
        ctx: Context,
    ) -> impl ::core::future::Future<
        Output = Result<(), VolumeError>,
    > + ::core::marker::Send;
}
/// Client of [`VolumeManager`]: topic `cinder-volume`, version 3.3.
///
/// # Version history
///
/// - **3.3** adds `volume` to `attach_volume`
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
pub struct VolumeApi {
    client: ::rpc_runtime::codegen::Client,
}
/// A request of [`VolumeApi::create_volume`], sent when awaited.
#[must_use = "a request is sent when it is awaited"]
#[derive(::core::fmt::Debug)]
pub struct VolumeApiCreateVolume {
    request: ::rpc_runtime::codegen::Draft,
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
                "cinder-volume",
                __rpc::Version::new(3, 3),
                &[
                    Self::METHOD_CREATE_VOLUME,
                    Self::METHOD_ATTACH_VOLUME,
                    Self::METHOD_PUBLISH_SERVICE_CAPABILITIES,
                ],
            )
            .with_doc("Manages the volumes of one storage backend.");
        const METHOD_CREATE_VOLUME: __rpc::Method = __rpc::Method::cast::<
            Result<(), VolumeError>,
        >(
                "create_volume",
                &[__rpc::Version::new(3, 0)],
                &[
                    __rpc::Arg::new("volume", "Volume")
                        .with_object(__rpc::Of::<Volume>::OBJECT),
                    __rpc::Arg::new("request_spec", "Option<RequestSpec>")
                        .with_object(__rpc::Of::<Option<RequestSpec>>::OBJECT),
                    __rpc::Arg::new("allow_reschedule", "bool").with_default("true"),
                ],
            )
            .declares::<Result<(), VolumeError>, VolumeError>()
            .with_to("volume.server()")
            .with_doc("Creates a volume on the backend that the scheduler chose.");
        const METHOD_ATTACH_VOLUME: __rpc::Method = __rpc::Method::call::<
            Result<Attachment, VolumeError>,
        >(
                "attach_volume",
                &[__rpc::Version::new(3, 0)],
                &[
                    __rpc::Arg::new("host", "String"),
                    __rpc::Arg::new("volume_id", "Uuid"),
                    __rpc::Arg::new("volume", "Option<Volume>")
                        .with_since(&[__rpc::Version::new(3, 3)], __rpc::Old::Drop)
                        .with_object(__rpc::Of::<Option<Volume>>::OBJECT),
                ],
            )
            .declares::<Result<Attachment, VolumeError>, VolumeError>()
            .with_result("Attachment")
            .with_object(__rpc::Of::<Attachment>::OBJECT)
            .with_to("host")
            .with_doc(
                "Attaches the volume and returns the attachment.\n\nThe volume has to be available.",
            );
        const METHOD_PUBLISH_SERVICE_CAPABILITIES: __rpc::Method = __rpc::Method::fanout::<
            Result<(), VolumeError>,
        >("publish_service_capabilities", &[__rpc::Version::new(3, 0)], &[])
            .declares::<Result<(), VolumeError>, VolumeError>();
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
        /// Sets up a server of `manager`, by value or in an `Arc`, as [`VolumeManager`]: the one called `server` of the topic `cinder-volume`.
        pub fn serve<Form>(
            transport: &__rpc::Transport,
            server: impl ::core::convert::Into<__rpc::String>,
            manager: impl __rpc::IntoEndpoint<Self, Form>,
        ) -> __rpc::ServerBuilder {
            __rpc::serve(transport, &Self::INTERFACE, server, manager)
        }
        /// The address of any server: the topic `cinder-volume`.
        pub fn target() -> __rpc::Target {
            Self::INTERFACE.target()
        }
        /// Casts `create_volume`, since 3.0, to `volume.server()`. Fails with `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// Creates a volume on the backend that the scheduler chose.
        ///
        /// # Arguments
        ///
        /// - `allow_reschedule`: `true` unless it is set
        pub fn create_volume(
            &self,
            ctx: &__rpc::Context,
            volume: impl __rpc::Borrow<Volume>,
            request_spec: impl __rpc::AsArg<__rpc::OptionOf<RequestSpec>>,
        ) -> VolumeApiCreateVolume {
            let volume: &Volume = __rpc::Borrow::borrow(&volume);
            VolumeApiCreateVolume {
                request: self
                    .client
                    .request(&Self::METHOD_CREATE_VOLUME, ctx)
                    .to(volume.server())
                    .arg::<Volume>("volume", volume)
                    .arg::<
                        __rpc::Option<&RequestSpec>,
                    >("request_spec", &__rpc::AsArg::as_arg(&request_spec))
                    .arg::<bool>("allow_reschedule", &(true)),
            }
        }
        /// Calls `attach_volume`, since 3.0, to `host`. Fails with `VolumeError` or `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// Attaches the volume and returns the attachment.
        ///
        /// The volume has to be available.
        ///
        /// # Arguments
        ///
        /// - `volume`: left out below 3.3
        pub fn attach_volume(
            &self,
            ctx: &__rpc::Context,
            host: impl ::core::convert::AsRef<__rpc::str>,
            volume_id: impl __rpc::Borrow<Uuid>,
            volume: impl __rpc::AsArg<__rpc::OptionOf<Volume>>,
        ) -> __rpc::Call<Result<Attachment, VolumeError>> {
            let host: &__rpc::str = ::core::convert::AsRef::as_ref(&host);
            self.client
                .request(&Self::METHOD_ATTACH_VOLUME, ctx)
                .to(host)
                .arg::<__rpc::str>("host", host)
                .arg::<Uuid>("volume_id", __rpc::Borrow::borrow(&volume_id))
                .arg::<__rpc::Option<&Volume>>("volume", &__rpc::AsArg::as_arg(&volume))
                .call()
        }
        /// Casts `publish_service_capabilities` to every server, since 3.0. Fails with `RpcError`. To drop the future takes back no request that was sent.
        pub fn publish_service_capabilities(&self, ctx: &__rpc::Context) -> __rpc::Cast {
            self.client.request(&Self::METHOD_PUBLISH_SERVICE_CAPABILITIES, ctx).cast()
        }
    }
    #[allow(dead_code)]
    impl VolumeApiCreateVolume {
        /// Sets `allow_reschedule`, which is `true` otherwise.
        pub fn allow_reschedule(
            self,
            allow_reschedule: impl __rpc::Borrow<bool>,
        ) -> Self {
            Self {
                request: self
                    .request
                    .arg::<
                        bool,
                    >("allow_reschedule", __rpc::Borrow::borrow(&allow_reschedule)),
            }
        }
    }
    impl ::core::future::IntoFuture for VolumeApiCreateVolume {
        type Output = <__rpc::Cast as ::core::future::IntoFuture>::Output;
        type IntoFuture = <__rpc::Cast as ::core::future::IntoFuture>::IntoFuture;
        fn into_future(self) -> Self::IntoFuture {
            let __sent: __rpc::Cast = self.request.cast();
            ::core::future::IntoFuture::into_future(__sent)
        }
    }
    impl<__RpcManager: VolumeManager> __rpc::Serves<__RpcManager> for VolumeApi {
        const INTERFACE: &'static __rpc::Interface = &Self::INTERFACE;
        async fn dispatch(
            __manager: &__RpcManager,
            __incoming: __rpc::Incoming,
        ) -> __rpc::Outcome {
            match __incoming.method() {
                "create_volume" => {
                    let (__ctx, __in) = __incoming
                        .open::<
                            Context,
                            __rpc::Context,
                        >(&VolumeApi::METHOD_CREATE_VOLUME)?;
                    let __result = __manager
                        .create_volume(
                            __ctx,
                            __rpc::Of::<Volume>::required(__in, "volume")?,
                            __rpc::Of::<
                                Option<RequestSpec>,
                            >::required(__in, "request_spec")?,
                            __in.or_else("allow_reschedule", || true)?,
                        )
                        .await;
                    __incoming.outcome(__result)
                }
                "attach_volume" => {
                    let (__ctx, __in) = __incoming
                        .open::<
                            Context,
                            __rpc::Context,
                        >(&VolumeApi::METHOD_ATTACH_VOLUME)?;
                    let __result = __manager
                        .attach_volume(
                            __ctx,
                            __in.required("host")?,
                            __rpc::Of::<Uuid>::required(__in, "volume_id")?,
                            __rpc::Of::<Option<Volume>>::optional(__in, "volume")?,
                        )
                        .await;
                    __incoming.outcome(__result)
                }
                "publish_service_capabilities" => {
                    let (__ctx, _) = __incoming
                        .open::<
                            Context,
                            __rpc::Context,
                        >(&VolumeApi::METHOD_PUBLISH_SERVICE_CAPABILITIES)?;
                    let __result = __manager.publish_service_capabilities(__ctx).await;
                    __incoming.outcome(__result)
                }
                _ => __incoming.unknown(),
            }
        }
    }
};
