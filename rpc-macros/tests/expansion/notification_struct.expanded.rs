const _: () = {
    use ::rpc_runtime::codegen::notification as __rpc;
    #[automatically_derived]
    #[allow(deprecated)]
    impl __rpc::RpcNotification for Authenticate {
        const EVENTS: __rpc::EventSet = __rpc::EventSet::new(
                "Authenticate",
                &[
                    __rpc::Event::new(
                            "Authenticate",
                            "identity.{user}.authenticate",
                            __rpc::Priority::Audit,
                            "Value",
                        )
                        .with_doc("Somebody logged in."),
                ],
            )
            .with_topic("audit")
            .with_doc("Somebody logged in.");
        fn notification(
            &self,
        ) -> ::core::result::Result<__rpc::Notification, __rpc::EncodeError> {
            ::core::result::Result::Ok(
                match self {
                    Self { user, outcome } => {
                        __rpc::Notification::with_payload(
                            __rpc::Priority::Audit,
                            ::std::format!(
                                "identity.{}.authenticate", __rpc::part("user", user) ?
                            ),
                            __rpc::payload(outcome)?,
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
                    _ => {
                        if let ::core::option::Option::Some(
                            (::core::option::Option::Some(user),),
                        ) = __rpc::parameters(
                                __notification.event_type(),
                                &["identity", "", "authenticate"],
                            )
                            .map(|[user]| (__rpc::parameter::<String>(user),))
                        {
                            ::core::option::Option::Some(Self {
                                user,
                                outcome: __event.payload()?,
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
