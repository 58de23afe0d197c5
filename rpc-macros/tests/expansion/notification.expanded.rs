const _: () = {
    use ::rpc_runtime::codegen::notification as __rpc;
    #[automatically_derived]
    #[allow(deprecated)]
    impl __rpc::RpcNotification for VolumeEvent {
        const EVENTS: __rpc::EventSet = __rpc::EventSet::new(
                "VolumeEvent",
                &[
                    __rpc::Event::new(
                            "CreateStart",
                            "volume.create.start",
                            __rpc::Priority::Info,
                            "Volume",
                        )
                        .with_doc("Before it is made."),
                    __rpc::Event::new(
                        "CreateError",
                        "volume.create.error",
                        __rpc::Priority::Error,
                        "{ volume: Volume, reason: Option<String> }",
                    ),
                    __rpc::Event::new(
                        "Other",
                        "volume.{action}.{phase}",
                        __rpc::Priority::Info,
                        "{ volume: Volume }",
                    ),
                    __rpc::Event::new(
                        "Usage",
                        "volume.usage",
                        __rpc::Priority::Audit,
                        "{}",
                    ),
                ],
            )
            .with_doc("What happens to volumes.");
        fn notification(
            &self,
        ) -> ::core::result::Result<__rpc::Notification, __rpc::EncodeError> {
            ::core::result::Result::Ok(
                match self {
                    Self::CreateStart(__payload) => {
                        __rpc::Notification::with_payload(
                            __rpc::Priority::Info,
                            "volume.create.start",
                            __rpc::payload(__payload)?,
                        )
                    }
                    Self::CreateError { volume, reason } => {
                        __rpc::Notification::with_payload(
                            __rpc::Priority::Error,
                            "volume.create.error",
                            __rpc::members([
                                __rpc::member("volume", volume)?,
                                __rpc::member("reason", reason)?,
                            ])?,
                        )
                    }
                    Self::Other { action, phase, volume } => {
                        __rpc::Notification::with_payload(
                            __rpc::Priority::Info,
                            ::std::format!(
                                "volume.{}.{}", __rpc::part("action", action) ?,
                                __rpc::part("phase", phase) ?
                            ),
                            __rpc::members([__rpc::member("volume", volume)?])?,
                        )
                    }
                    Self::Usage {} => {
                        __rpc::Notification::with_payload(
                            __rpc::Priority::Audit,
                            "volume.usage",
                            __rpc::nothing()?,
                        )
                    }
                },
            )
        }
        fn read(
            __notification: &__rpc::Notification,
        ) -> ::core::result::Result<::core::option::Option<Self>, __rpc::PayloadError> {
            let __event = __rpc::Reading::of::<Self>(__notification);
            ::core::result::Result::Ok(
                match __notification.event_type() {
                    "volume.create.start" => {
                        ::core::option::Option::Some(
                            Self::CreateStart(__event.payload()?),
                        )
                    }
                    "volume.create.error" => {
                        ::core::option::Option::Some({
                            let __members = __event.members()?;
                            Self::CreateError {
                                volume: __members.get("volume")?,
                                reason: __members.get("reason")?,
                            }
                        })
                    }
                    "volume.usage" => ::core::option::Option::Some(Self::Usage {}),
                    _ => {
                        if let ::core::option::Option::Some(
                            (
                                ::core::option::Option::Some(action),
                                ::core::option::Option::Some(phase),
                            ),
                        ) = __rpc::parameters(
                                __notification.event_type(),
                                &["volume", "", ""],
                            )
                            .map(|[action, phase]| (
                                __rpc::parameter::<String>(action),
                                __rpc::parameter::<Phase>(phase),
                            ))
                        {
                            ::core::option::Option::Some({
                                let __members = __event.members()?;
                                Self::Other {
                                    action,
                                    phase,
                                    volume: __members.get("volume")?,
                                }
                            })
                        } else {
                            ::core::option::Option::None
                        }
                    }
                },
            )
        }
    }
};
