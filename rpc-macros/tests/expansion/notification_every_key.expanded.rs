const _: () = {
    use crate::facade::codegen::notification as __rpc;
    #[automatically_derived]
    #[allow(deprecated)]
    impl __rpc::RpcNotification for InstanceEvent {
        const EVENTS: __rpc::EventSet = __rpc::EventSet::new(
                "InstanceEvent",
                &[
                    __rpc::Event::new(
                        "Any",
                        "{type}.{action}.{phase}",
                        __rpc::Priority::Sample,
                        "{}",
                    ),
                    __rpc::Event::new(
                            "Compute",
                            "compute.{action}.{phase}",
                            __rpc::Priority::Critical,
                            "Instance",
                        )
                        .with_since(__rpc::Version::new(1, 1)),
                    __rpc::Event::new(
                            "ServiceUpdate",
                            "service.update",
                            __rpc::Priority::Info,
                            "ServiceStatusPayload",
                        )
                        .with_class(
                            <ServiceStatusPayload as __rpc::ObjectPayload>::CLASS,
                        )
                        .with_doc("The service changed."),
                    __rpc::Event::new(
                            "Update",
                            "instance.update",
                            __rpc::Priority::Warn,
                            "Box<InstanceUpdatePayload>",
                        )
                        .with_since(__rpc::Version::new(1, 2))
                        .with_class(
                            <InstanceUpdatePayload as __rpc::ObjectPayload>::CLASS,
                        ),
                    __rpc::Event::new(
                            "Aggregate",
                            "aggregate.{id}",
                            __rpc::Priority::Debug,
                            "AggregatePayload",
                        )
                        .with_class(<AggregatePayload as __rpc::ObjectPayload>::CLASS),
                    __rpc::Event::new(
                        "Fault",
                        "instance.fault",
                        __rpc::Priority::Error,
                        "{ instance-id: Uuid, type: String }",
                    ),
                    __rpc::Event::new(
                        "Purged",
                        "instance.purged",
                        __rpc::Priority::Audit,
                        "{}",
                    ),
                ],
            )
            .with_topic("versioned_notifications")
            .with_exchange("nova")
            .with_version(__rpc::Version::new(1, 2))
            .with_others()
            .with_doc(
                ::core::concat!(
                    "What happens to instances,\n", include_str!("events.md"), ""
                ),
            );
        fn notification(
            &self,
        ) -> ::core::result::Result<__rpc::Notification, __rpc::EncodeError> {
            ::core::result::Result::Ok(
                match self {
                    Self::Any { r#type, action, phase } => {
                        __rpc::Notification::with_payload(
                            __rpc::Priority::Sample,
                            ::std::format!(
                                "{}.{}.{}", __rpc::part("type", r#type) ?,
                                __rpc::part("action", action) ?, __rpc::part("phase", phase)
                                ?
                            ),
                            __rpc::nothing()?,
                        )
                    }
                    Self::Compute { action, phase, instance } => {
                        __rpc::Notification::with_payload(
                            __rpc::Priority::Critical,
                            ::std::format!(
                                "compute.{}.{}", __rpc::part("action", action) ?,
                                __rpc::part("phase", phase) ?
                            ),
                            __rpc::payload(instance)?,
                        )
                    }
                    Self::ServiceUpdate(__payload) => {
                        __rpc::Notification::with_payload(
                            __rpc::Priority::Info,
                            "service.update",
                            __rpc::object::<ServiceStatusPayload>(__payload)?,
                        )
                    }
                    Self::Update(__payload) => {
                        __rpc::Notification::with_payload(
                            __rpc::Priority::Warn,
                            "instance.update",
                            __rpc::object::<InstanceUpdatePayload>(__payload)?,
                        )
                    }
                    Self::Aggregate { id, aggregate } => {
                        __rpc::Notification::with_payload(
                            __rpc::Priority::Debug,
                            ::std::format!("aggregate.{}", __rpc::part("id", id) ?),
                            __rpc::object::<AggregatePayload>(aggregate)?,
                        )
                    }
                    Self::Fault { instance_id, r#type } => {
                        __rpc::Notification::with_payload(
                            __rpc::Priority::Error,
                            "instance.fault",
                            __rpc::members([
                                __rpc::member("instance-id", instance_id)?,
                                __rpc::member("type", r#type)?,
                            ])?,
                        )
                    }
                    Self::Purged {} => {
                        __rpc::Notification::with_payload(
                            __rpc::Priority::Audit,
                            "instance.purged",
                            __rpc::nothing()?,
                        )
                    }
                    Self::Unknown(__payload) => __rpc::whole(__payload),
                },
            )
        }
        fn read(
            __notification: &__rpc::Notification,
        ) -> ::core::result::Result<::core::option::Option<Self>, __rpc::PayloadError> {
            let __event = __rpc::Reading::of::<Self>(__notification);
            ::core::result::Result::Ok(
                match __notification.event_type() {
                    "service.update" => {
                        ::core::option::Option::Some(
                            Self::ServiceUpdate(
                                __event.object::<ServiceStatusPayload>()?,
                            ),
                        )
                    }
                    "instance.update" => {
                        ::core::option::Option::Some(
                            Self::Update(
                                ::std::boxed::Box::new(
                                    __event.object::<InstanceUpdatePayload>()?,
                                ),
                            ),
                        )
                    }
                    "instance.fault" => {
                        ::core::option::Option::Some({
                            let __members = __event.members()?;
                            Self::Fault {
                                instance_id: __members.get("instance-id")?,
                                r#type: __members.get("type")?,
                            }
                        })
                    }
                    "instance.purged" => ::core::option::Option::Some(Self::Purged {}),
                    _ => {
                        if let ::core::option::Option::Some(
                            (::core::option::Option::Some(id),),
                        ) = __rpc::parameters(
                                __notification.event_type(),
                                &["aggregate", ""],
                            )
                            .map(|[id]| (__rpc::parameter::<u64>(id),))
                        {
                            ::core::option::Option::Some(Self::Aggregate {
                                id,
                                aggregate: __event.object::<AggregatePayload>()?,
                            })
                        } else if let ::core::option::Option::Some(
                            (
                                ::core::option::Option::Some(action),
                                ::core::option::Option::Some(phase),
                            ),
                        ) = __rpc::parameters(
                                __notification.event_type(),
                                &["compute", "", ""],
                            )
                            .map(|[action, phase]| (
                                __rpc::parameter::<String>(action),
                                __rpc::parameter::<Phase>(phase),
                            ))
                        {
                            ::core::option::Option::Some(Self::Compute {
                                action,
                                phase,
                                instance: __event.payload()?,
                            })
                        } else if let ::core::option::Option::Some(
                            (
                                ::core::option::Option::Some(r#type),
                                ::core::option::Option::Some(action),
                                ::core::option::Option::Some(phase),
                            ),
                        ) = __rpc::parameters(__notification.event_type(), &["", "", ""])
                            .map(|[r#type, action, phase]| (
                                __rpc::parameter::<String>(r#type),
                                __rpc::parameter::<String>(action),
                                __rpc::parameter::<Phase>(phase),
                            ))
                        {
                            ::core::option::Option::Some(Self::Any {
                                r#type,
                                action,
                                phase,
                            })
                        } else {
                            ::core::option::Option::Some(
                                Self::Unknown(__rpc::whole(__notification)),
                            )
                        }
                    }
                },
            )
        }
    }
};
