//! What a builder refuses, and what it makes of names.

use super::*;
use crate::context::Context;
use crate::transport::abilities::Abilities;

fn refused(with: impl FnOnce(NotifierBuilder) -> NotifierBuilder) -> String {
    let builder = Notifier::builder(&Transport::for_tests(Stub::able(Abilities::ALL)));
    with(builder).build().unwrap_err().to_string()
}

#[tokio::test]
async fn mistakes_are_named() {
    for (said, why) in [
        (refused(|builder| builder.topics(["a", "b.#"])), "the topic \"b.#\" has the word #"),
        (refused(|builder| builder.topics(["a.info"])), "the topic \"a.info\" ends with a priority"),
        (refused(|builder| builder.topics(["x".repeat(247)])), "has 247 bytes, more than 246"),
        (refused(|builder| builder.topics(["a", "b", "a"])), "the topic \"a\" is there twice"),
        (refused(|builder| builder.topics([""; 0])), "the notifier has no topic"),
        (refused(|builder| builder.exchange("")), "the exchange is empty"),
        (refused(|builder| builder.exchange("é".repeat(128))), "has 256 bytes, more than 255"),
        (refused(|builder| builder.drivers([DriverName::Routing])), "the driver routing has no rules"),
    ] {
        assert!(said.contains(why), "{said}");
    }
    let unable = Stub::able(Abilities { confirms: false, ..Abilities::ALL });
    let why = Notifier::builder(&Transport::for_tests(unable)).build().unwrap_err().to_string();
    assert_eq!(why, "a notifier cannot be had over the stub, which does not confirm messages");
}

#[test]
fn a_runtime_is_needed_or_given() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let transport = Transport::for_tests(Stub::able(Abilities::ALL));
    assert_eq!(Notifier::builder(&transport).build().unwrap_err(), NotifierError::NoRuntime);
    Notifier::builder(&transport).runtime(runtime.handle().clone()).build().unwrap();
}

#[tokio::test]
async fn it_is_enabled_if_a_driver_does_something() {
    let enabled = |names: &[DriverName]| {
        notifier(Stub::able(Abilities::ALL), |builder| builder.drivers(names.to_vec())).is_enabled()
    };
    assert!(!enabled(&[]) && !enabled(&[DriverName::Noop, DriverName::Noop]));
    assert!(enabled(&[DriverName::Noop, DriverName::Log]) && enabled(&[DriverName::MessagingV2]));
    assert!(enabled(&[DriverName::Test]));
    let own = |builder: NotifierBuilder| builder.driver(TestDriver::new());
    assert!(notifier(Stub::able(Abilities::ALL), own).is_enabled());

    /// An event that is not to be written.
    struct Unwritten;
    impl serde::Serialize for Unwritten {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("it is written");
        }
    }
    let disabled = notifier(Stub::able(Abilities::ALL), |builder| builder.drivers([]));
    disabled.info(&Context::new(), "e", &Unwritten).await.unwrap();
    disabled.notify_detached(&Context::new(), crate::notification::Priority::Info, "e", &Unwritten);
    assert_eq!(disabled.counters(), NotifierCounters::default());
}

#[tokio::test]
async fn names_of_a_configuration_make_drivers() {
    let (bus, stub) = Bus::new();
    let names: DriverNames = "messagingv2, messaging,test, messaging".parse().unwrap();
    let own = TestDriver::new();
    let notifier = notifier(stub, |builder| builder.drivers(names).driver(own.clone()));
    notifier.warn(&Context::new(), "e", &1).await.unwrap();
    assert_eq!(bus.taken(), ["nova/notifications.warn"; 2]);
    assert_eq!(bus.declared().len(), 1, "both formats have the same queues");
    let kept = notifier.test_driver().unwrap().take();
    assert_eq!((kept.len(), own.take().len()), (1, 1));
    assert_eq!(kept[0].message_id(), read(&bus.published()[0]).message_id.unwrap());
}

#[cfg(feature = "notification-routing")]
mod routing {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::notification::Priority;

    #[tokio::test]
    async fn rules_choose_the_drivers() {
        let rules: RoutingRules = "
a:
  messagingv2: {accepted_events: ['compute.*'], accepted_priorities: [info]}
  test: {accepted_priorities: [ERROR]}
b:
  messagingv2: {}
  own: {accepted_events: [x]}
  noop: {}
"
        .parse()
        .unwrap();
        #[derive(Debug)]
        struct Own(TestDriver);
        impl NotifyDriver for Own {
            fn name(&self) -> &str {
                "own"
            }
            fn notify<'a>(&'a self, emission: &'a Emission) -> Delivering<'a> {
                self.0.notify(emission)
            }
        }
        let (bus, stub) = Bus::new();
        let own = TestDriver::new();
        let routed = Own(own.clone());
        let names = [DriverName::Routing, DriverName::Test];
        let notifier = notifier(stub, |builder| builder.drivers(names).routing(rules).routed_driver(routed));
        assert!(notifier.is_enabled());
        notifier.info(&Context::new(), "compute.a", &1).await.unwrap();
        assert_eq!(bus.taken().len(), 1, "once, although two groups accept it");
        notifier.notify(&Context::new(), Priority::Error, "x", &1).await.unwrap();
        assert_eq!((bus.taken().len(), own.take().len()), (2, 1));
        // The same driver by its name and by the rules.
        assert_eq!(notifier.test_driver().unwrap().take().len(), 3);
    }

    #[tokio::test]
    async fn a_driver_that_there_is_none_of_is_named_with_its_line() {
        let rules: RoutingRules = "\ngroup:\n  kafka: {}\n".parse().unwrap();
        let said = refused(|builder| builder.drivers([DriverName::Routing]).routing(rules));
        assert!(
            said.starts_with("line 3 of the rules: \"kafka\" of the group \"group\" is neither"),
            "{said}"
        );
    }

    /// Counts how often anybody asks for the name of one of them.
    #[derive(Debug)]
    struct Nth(String, Arc<AtomicUsize>);

    impl NotifyDriver for Nth {
        fn name(&self) -> &str {
            self.1.fetch_add(1, Ordering::Relaxed);
            &self.0
        }

        fn notify<'a>(&'a self, _: &'a Emission) -> Delivering<'a> {
            Box::pin(async { Ok(()) })
        }
    }

    #[tokio::test]
    async fn many_drivers_take_no_more_for_each() {
        const MANY: usize = 20_000;
        let text: String = (0..2)
            .map(|group| {
                let drivers: String = (0..MANY).map(|n| format!("  d{n}: {{}}\n")).collect();
                format!("g{group}:\n{drivers}")
            })
            .collect();
        let rules: RoutingRules = text.parse().unwrap();
        assert_eq!(rules.drivers("e", Priority::Info).len(), MANY, "each once");
        let asked = Arc::new(AtomicUsize::new(0));
        let notifier = notifier(Stub::able(Abilities::ALL), |builder| {
            let drivers = (0..MANY).map(|n| Nth(format!("d{n}"), Arc::clone(&asked)));
            let builder = builder.drivers([DriverName::Routing]).routing(rules);
            drivers.fold(builder, NotifierBuilder::routed_driver)
        });
        notifier.info(&Context::new(), "e", &1).await.unwrap();
        let asked = asked.load(Ordering::Relaxed);
        assert!(asked <= 10 * MANY, "{asked} times");
    }

    #[tokio::test]
    async fn a_driver_of_ones_own_cannot_have_the_name_of_another() {
        let rules = || "g: {log: {}}".parse::<RoutingRules>().unwrap();
        let said = refused(|builder| {
            let builder = builder.drivers([DriverName::Routing]).routing(rules());
            builder.routed_driver(TestDriver::new())
        });
        assert_eq!(said, "a driver for rules is called \"test\", as another one is");
    }

    #[tokio::test]
    async fn rules_that_send_nothing_disable_it() {
        for rules in ["", "g: {noop: {}}"] {
            let rules: RoutingRules = rules.parse().unwrap();
            let stub = Stub::able(Abilities::ALL);
            let notifier = notifier(stub, |builder| builder.drivers([DriverName::Routing]).routing(rules));
            assert!(!notifier.is_enabled());
        }
    }
}

#[cfg(feature = "config")]
mod configured {
    use super::*;
    use crate::config::Config;

    fn configured(builder: NotifierBuilder, variables: &[(&str, &str)]) -> NotifierBuilder {
        let prefixed = |name: &str| format!("OS_OSLO_MESSAGING_NOTIFICATIONS__{name}");
        let variables = variables.iter().map(|(name, value)| (prefixed(name), *value));
        builder.config(&Config::builder().environment(variables).read().unwrap())
    }

    #[tokio::test]
    async fn drivers_topics_and_retries() {
        let (bus, stub) = Bus::new();
        let variables = [("DRIVER", "messagingv2"), ("TOPICS", "a, b"), ("RETRY", "3")];
        let notifier = notifier(stub, |builder| {
            let builder = configured(builder.topics(["none"]).drivers([DriverName::Test]), &variables);
            assert!(format!("{builder:?}").contains("Times(3)"), "{builder:?}");
            builder
        });
        notifier.warn(&Context::new(), "e", &1).await.unwrap();
        assert_eq!(bus.taken(), ["nova/a.warn", "nova/b.warn"]);
    }

    #[tokio::test]
    async fn without_a_driver_nothing_is_sent_as_in_python() {
        let (bus, stub) = Bus::new();
        let silent = notifier(stub, |builder| configured(builder, &[("DRIVER", "")]));
        silent.warn(&Context::new(), "e", &1).await.unwrap();
        assert!(!silent.is_enabled() && bus.published().is_empty());
        // What is not said stays.
        let (bus, stub) = Bus::new();
        let kept = notifier(stub, |builder| configured(builder.topics(["kept"]), &[("DRIVER", "messaging")]));
        kept.warn(&Context::new(), "e", &1).await.unwrap();
        assert_eq!(bus.taken(), ["nova/kept.warn"]);
    }

    #[tokio::test]
    async fn a_name_that_nobody_knows_is_that_of_a_driver_of_ones_own() {
        let named = |builder| configured(builder, &[("DRIVER", "loki")]);
        let why = "the configuration's driver: \"loki\" is no driver of notifications: messagingv2, ";
        assert!(refused(named).starts_with(why), "{}", refused(named));
        assert!(!refused(|builder| named(builder).topics(["#"])).contains("loki"));

        #[derive(Debug)]
        struct Loki;
        impl NotifyDriver for Loki {
            fn name(&self) -> &str {
                "loki"
            }
            fn notify<'a>(&'a self, _: &'a Emission) -> Delivering<'a> {
                Box::pin(ready(Ok(())))
            }
        }
        assert!(notifier(Stub::able(Abilities::ALL), |builder| named(builder).driver(Loki)).is_enabled());
        // They were given after it.
        notifier(Stub::able(Abilities::ALL), |builder| named(builder).drivers([DriverName::Noop]));
    }

    #[cfg(feature = "notification-routing")]
    #[tokio::test]
    async fn the_rules_of_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        let routed = |builder| configured(builder, &[("DRIVER", "routing"), ("ROUTING_CONFIG", path)]);
        std::fs::write(path, "a:\n  test: {accepted_events: 7}\n").unwrap();
        assert!(refused(routed).starts_with(&format!("{path}: line ")), "{}", refused(routed));
        std::fs::write(path, "a:\n  messagingv2: {accepted_events: [x]}\n").unwrap();
        let (bus, stub) = Bus::new();
        let notifier = notifier(stub, routed);
        for event in ["x", "y"] {
            notifier.warn(&Context::new(), event, &1).await.unwrap();
        }
        assert_eq!(bus.taken(), ["nova/notifications.warn"]);
        // Rules that were given go before those of the file.
        std::fs::remove_file(path).unwrap();
        drop(refused(routed));
        let given = |builder| routed(builder).routing("".parse().unwrap());
        drop(super::notifier(Stub::able(Abilities::ALL), given));
    }
}
