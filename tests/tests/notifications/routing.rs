//! A routing file decides as in Python.

use std::collections::BTreeSet;
use std::future::ready;
use std::sync::{Arc, Mutex};

use rpc_runtime::notification::{
    Delivering, DriverName, Emission, Notifier, NotifyDriver, Priority, RoutingRules,
};
use rpc_runtime::{Context, Transport};
use rpc_tests::{PythonRules, run};

/// Who was given an event.
type Given = Arc<Mutex<BTreeSet<String>>>;

/// A driver that says that it was given something.
#[derive(Debug)]
struct Told(&'static str, Given);

impl NotifyDriver for Told {
    fn name(&self) -> &str {
        self.0
    }

    fn notify<'a>(&'a self, _: &'a Emission) -> Delivering<'a> {
        assert!(self.1.lock().unwrap().insert(self.0.to_owned()), "{} was given it twice", self.0);
        Box::pin(ready(Ok(())))
    }
}

const DRIVERS: [&str; 3] = ["billing", "audit", "log2"];

/// Our decision beside Python's.
struct Both {
    transport: Transport,
    python: PythonRules,
    /// How many events there were, and how many of them somebody was given.
    events: usize,
    given: usize,
}

impl Both {
    async fn start() -> Self {
        let transport = Transport::connect("memory://").await.unwrap();
        Self { transport, python: PythonRules::start().await.unwrap(), events: 0, given: 0 }
    }

    /// Fails if one event is given to others than Python gives it to.
    async fn agree(&mut self, file: &str, events: &[(String, Priority)]) {
        let rules: RoutingRules = file.parse().unwrap_or_else(|error| panic!("{error}:\n{file}"));
        let given = Given::default();
        let mut builder = Notifier::builder(&self.transport).drivers([DriverName::Routing]).routing(rules);
        for driver in DRIVERS {
            builder = builder.routed_driver(Told(driver, Arc::clone(&given)));
        }
        let notifier = builder.build().unwrap_or_else(|error| panic!("{error}:\n{file}"));
        for (event, priority) in events {
            notifier.notify(&Context::new(), *priority, event, &0).await.unwrap();
            let ours = std::mem::take(&mut *given.lock().unwrap());
            let theirs = self.python.drivers(file, event, priority.wire_name()).await.unwrap();
            assert_eq!(ours, theirs, "{event:?} {priority} by\n{file}");
            self.events += 1;
            self.given += usize::from(!ours.is_empty());
        }
    }
}

/// Each of these at each priority.
fn events(types: &[&str]) -> Vec<(String, Priority)> {
    let each = |event: &&str| Priority::ALL.map(|priority| ((*event).to_owned(), priority));
    types.iter().flat_map(each).collect()
}

#[test]
fn as_the_documentation_has_it() {
    run(async {
        let mut both = Both::start().await;
        let types = [
            "compute.instance.create.end",
            "compute.instance",
            "compute",
            "volume.create.end",
            "",
            "a b",
            "卷.x",
        ];
        for file in [
            "",
            "group_1: {}\n",
            "group_1:\n  billing:\n    accepted_priorities: ['info']\n  audit:\n    accepted_priorities: ['error']\n",
            "group_1:\n  billing:\n    accepted_events:\n      - compute.instance.*\n      - 'volume.*.end'\n",
            "g:\n  billing:\n    accepted_events: ['compute*']\n    accepted_priorities: [Error, WARN]\n",
            "a:\n  billing:\n    accepted_events: ['compute.*']\nb:\n  billing:\n    accepted_priorities: ['*']\n",
            "g:\n  billing: {}\n  audit:\n    accepted_events: []\n  log2:\n    accepted_priorities: []\n",
            "g:\n  billing:\n    accepted_events: ['[cv]o*', '?', '[!c]*']\n    accepted_priorities: ['[ei]*']\n",
            "g:\n  billing:\n    accepted_events: ['[', '[]', '[!', '[z-a]*', 'Compute*', '*.']\n",
        ] {
            both.agree(file, &events(&types)).await;
        }
    });
}

#[test]
fn random_rules_and_events() {
    const FILES: usize = 150;
    const EVENTS: usize = 12;
    run(async {
        let mut both = Both::start().await;
        let mut random = fastrand::Rng::new();
        for _ in 0..FILES {
            let file = file(&mut random);
            let event = |random: &mut fastrand::Rng| {
                (
                    word(random, &["a", "b", ".", "-", "]", "A", "é", "end"]),
                    random.choice(Priority::ALL).unwrap(),
                )
            };
            let events: Vec<_> = (0..EVENTS).map(|_| event(&mut random)).collect();
            both.agree(&file, &events).await;
        }
        // Otherwise it would say little.
        let Both { events, given, .. } = both;
        assert!(given > events / 20 && given < events - events / 20, "{given} of {events}");
    });
}

/// A file with some groups, in JSON, which is YAML as well.
fn file(random: &mut fastrand::Rng) -> String {
    let mut groups = serde_json::Map::new();
    for group in 0..random.usize(0..3) {
        let mut drivers = serde_json::Map::new();
        for driver in DRIVERS {
            if random.bool() {
                continue;
            }
            let mut rules = serde_json::Map::new();
            if random.bool() {
                let globs = (0..random.usize(0..4)).map(|_| word(random, &GLOB)).collect::<Vec<_>>();
                rules.insert("accepted_events".to_owned(), globs.into());
            }
            if random.bool() {
                let priorities = ["info", "ERROR", "Warn", "*", "[a-d]*", "?????", "sample"];
                let globs =
                    (0..random.usize(0..3)).map(|_| *random.choice(&priorities).unwrap()).collect::<Vec<_>>();
                rules.insert("accepted_priorities".to_owned(), globs.into());
            }
            drivers.insert(driver.to_owned(), rules.into());
        }
        groups.insert(format!("group{group}"), drivers.into());
    }
    serde_json::Value::from(groups).to_string()
}

/// What globs are made of.
const GLOB: [&str; 14] = ["a", "b", ".", "*", "*", "?", "[ab]", "[!a]", "[a-c]", "[", "]", "[]a]", "[!", "-"];

/// Some of these in a row.
fn word(random: &mut fastrand::Rng, parts: &[&str]) -> String {
    (0..random.usize(0..6)).filter_map(|_| random.choice(parts).copied()).collect()
}
