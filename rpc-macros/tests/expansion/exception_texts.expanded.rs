const _: () = {
    use ::rpc_runtime::codegen as __rpc;
    #[automatically_derived]
    #[allow(deprecated)]
    impl __rpc::RpcException for VolumeError {
        const CLASSES: &'static [__rpc::exception::ExceptionClass] = &[
            __rpc::exception::ExceptionClass::new(
                    "cinder.exception",
                    "VolumeNotFound",
                    &[__rpc::exception::ExceptionArg::keyword("volume_id", "Uuid")],
                )
                .with_code(404)
                .with_message("Volume %(volume_id)s could not be found."),
            __rpc::exception::ExceptionClass::new(
                    "cinder.exception",
                    "InvalidVolume",
                    &[
                        __rpc::exception::ExceptionArg::keyword(
                            "reason",
                            "Option<String>",
                        ),
                        __rpc::exception::ExceptionArg::keyword(
                            "message",
                            "Option<String>",
                        ),
                    ],
                )
                .with_code(400)
                .with_message("Invalid volume: %(reason)s"),
            __rpc::exception::ExceptionClass::new(
                    "cinder.exception",
                    "DriverError",
                    &[
                        __rpc::exception::ExceptionArg::keyword("message", "String"),
                        __rpc::exception::ExceptionArg::keyword("size", "u64"),
                    ],
                )
                .with_code(500)
                .with_message("Driver error {%(code)s}: %(message)s (%(size)d%%)"),
            __rpc::exception::ExceptionClass::new(
                    "cinder.exception",
                    "ExportFailure",
                    &[
                        __rpc::exception::ExceptionArg::keyword("reason", "Cause"),
                        __rpc::exception::ExceptionArg::keyword("volume_id", "Uuid"),
                    ],
                )
                .with_code(500)
                .with_message("Failed to export: %(reason)r"),
            __rpc::exception::ExceptionClass::new("cinder.exception", "Full", &[])
                .with_code(500)
                .with_message("Full."),
            __rpc::exception::ExceptionClass::new(
                "builtins",
                "ValueError",
                &[
                    __rpc::exception::ExceptionArg::positional("String"),
                    __rpc::exception::ExceptionArg::positional("u32"),
                ],
            ),
        ];
        const TAKES_OTHERS: ::core::primitive::bool = true;
        fn to_remote(&self) -> __rpc::RemoteError {
            match self {
                Self::VolumeNotFound { volume_id } => {
                    __rpc::exception::remote(self, "cinder.exception", "VolumeNotFound")
                        .with_kwarg("volume_id", __rpc::exception::value(volume_id))
                        .with_kwarg("code", 404)
                }
                Self::InvalidVolume { reason, message } => {
                    __rpc::exception::with_text(
                        __rpc::exception::remote(
                                self,
                                "cinder.exception",
                                "InvalidVolume",
                            )
                            .with_kwarg("reason", __rpc::exception::value(reason))
                            .with_kwarg("code", 400),
                        message.is_some(),
                    )
                }
                Self::DriverError { size, .. } => {
                    __rpc::exception::remote(self, "cinder.exception", "DriverError")
                        .with_kwarg("size", __rpc::exception::value(size))
                        .with_kwarg("code", 500)
                }
                Self::ExportFailure { reason, volume_id } => {
                    __rpc::exception::remote(self, "cinder.exception", "ExportFailure")
                        .with_kwarg("reason", __rpc::exception::value(reason))
                        .with_kwarg("volume_id", __rpc::exception::value(volume_id))
                        .with_kwarg("code", 500)
                }
                Self::Full { .. } => {
                    __rpc::exception::remote(self, "cinder.exception", "Full")
                        .with_kwarg("code", 500)
                }
                Self::Invalid(__field0, __field1) => {
                    __rpc::exception::positional(
                        self,
                        "builtins",
                        "ValueError",
                        [
                            __rpc::exception::value(__field0),
                            __rpc::exception::value(__field1),
                        ],
                    )
                }
                Self::Other(__remote) => ::core::clone::Clone::clone(__remote),
            }
        }
        fn from_remote(__remote: &__rpc::RemoteError) -> ::core::option::Option<Self> {
            let __known = || -> ::core::option::Option<Self> {
                if __remote.is("cinder.exception", "VolumeNotFound") {
                    return ::core::option::Option::Some(Self::VolumeNotFound {
                        volume_id: __rpc::exception::kwarg::<
                            Uuid,
                        >(__remote, "volume_id")?,
                    });
                }
                if __remote.is("cinder.exception", "InvalidVolume") {
                    return ::core::option::Option::Some({
                        let __field0 = __rpc::exception::kwarg::<
                            Option<String>,
                        >(__remote, "reason")?;
                        let __field1 = __rpc::exception::unless::<
                            Option<String>,
                        >(
                            __remote,
                            ::core::format_args!(
                                "Invalid volume: {}", __rpc::exception::Str(& __field0)
                            ),
                        )?;
                        Self::InvalidVolume {
                            reason: __field0,
                            message: __field1,
                        }
                    });
                }
                if __remote.is("cinder.exception", "DriverError") {
                    return ::core::option::Option::Some({
                        let __field1 = __rpc::exception::kwarg::<u64>(__remote, "size")?;
                        let __field0 = __rpc::exception::between::<
                            String,
                        >(
                            __remote,
                            ::core::format_args!("Driver error {{500}}: "),
                            ::core::format_args!(
                                " ({}%)", __rpc::exception::Decimal(& __field1)
                            ),
                        )?;
                        Self::DriverError {
                            message: __field0,
                            size: __field1,
                        }
                    });
                }
                if __remote.is("cinder.exception", "ExportFailure") {
                    return ::core::option::Option::Some(Self::ExportFailure {
                        reason: __rpc::exception::kwarg::<Cause>(__remote, "reason")?,
                        volume_id: __rpc::exception::kwarg::<
                            Uuid,
                        >(__remote, "volume_id")?,
                    });
                }
                if __remote.is("cinder.exception", "Full") {
                    return ::core::option::Option::Some(Self::Full {});
                }
                if __remote.is("builtins", "ValueError") {
                    return ::core::option::Option::Some(
                        Self::Invalid(
                            __rpc::exception::arg::<String>(__remote, 0)?,
                            __rpc::exception::arg::<u32>(__remote, 1)?,
                        ),
                    );
                }
                ::core::option::Option::None
            };
            __known()
                .or_else(|| ::core::option::Option::Some(
                    Self::Other(::core::clone::Clone::clone(__remote)),
                ))
        }
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::core::fmt::Display for VolumeError {
        fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::VolumeNotFound { volume_id, .. } => {
                    __f.write_fmt(
                        ::core::format_args!(
                            "Volume {} could not be found.",
                            __rpc::exception::Str(volume_id)
                        ),
                    )
                }
                Self::InvalidVolume { reason, message, .. } => {
                    match message {
                        ::core::option::Option::Some(__text) => {
                            ::core::fmt::Display::fmt(__text, __f)
                        }
                        ::core::option::Option::None => {
                            __f.write_fmt(
                                ::core::format_args!(
                                    "Invalid volume: {}", __rpc::exception::Str(reason)
                                ),
                            )
                        }
                    }
                }
                Self::DriverError { message, size, .. } => {
                    __f.write_fmt(
                        ::core::format_args!(
                            "Driver error {{500}}: {} ({}%)",
                            __rpc::exception::Str(message),
                            __rpc::exception::Decimal(size)
                        ),
                    )
                }
                Self::ExportFailure { reason, .. } => {
                    __f.write_fmt(
                        ::core::format_args!(
                            "Failed to export: {}", __rpc::exception::Repr(reason)
                        ),
                    )
                }
                Self::Full { .. } => __f.write_fmt(::core::format_args!("Full.")),
                Self::Invalid(__field0, __field1) => {
                    __rpc::exception::text_of_args(
                        __f,
                        "builtins",
                        "ValueError",
                        &[
                            __rpc::exception::value(__field0),
                            __rpc::exception::value(__field1),
                        ],
                    )
                }
                Self::Other(__remote) => ::core::fmt::Display::fmt(__remote, __f),
            }
        }
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::core::error::Error for VolumeError {
        fn source(
            &self,
        ) -> ::core::option::Option<&(dyn ::core::error::Error + 'static)> {
            #[allow(unreachable_patterns)]
            match self {
                Self::ExportFailure { reason, .. } => __rpc::exception::source(reason),
                _ => ::core::option::Option::None,
            }
        }
    }
};
