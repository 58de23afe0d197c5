//! Reading again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::Files;
use crate::config::{Config, Reload};
use crate::interface::Interface;
use crate::logged::Warnings;
use crate::version::Version;

static COMPUTE: Interface = Interface::new("ComputeManager", "compute", Version::new(6, 3), &[])
    .with_aliases(&[("zed", Version::new(6, 2))]);

fn changes(reload: &Reload) -> Vec<String> {
    reload.changes().iter().map(|change| format!("{change} {}", change.in_effect)).collect()
}

const BEFORE: &str =
    "[DEFAULT]\nrpc_response_timeout=5\ncontrol_exchange=a\nmy=1\n[upgrade_levels]\ncompute=6.0\nother=1.0\n";

#[test]
fn what_changed_is_told_and_what_can_be_is_in_effect() {
    let files = Files::new(&[BEFORE]);
    let config = files.read();
    let timeout = config.response_timeout();
    let pin = config.pin("compute", &COMPUTE).unwrap();
    assert_eq!((timeout.load(Ordering::Relaxed), pin.get()), (5, Some(Version::new(6, 0))));

    let unchanged = config.reload().unwrap();
    assert!(unchanged.changes().is_empty() && !unchanged.has_changed("DEFAULT", "my"));

    files.write(0, "[DEFAULT]\nrpc_response_timeout=7\ncontrol_exchange=b\nmy=2\n[upgrade_levels]\ncompute=zed\nother=1.1\n[oslo_messaging_rabbit]\nheartbeat_rate=4\nssl=yes");
    let (warnings, _guard) = Warnings::collect();
    let reload = config.reload().unwrap();
    let expected = [
        "control_exchange of [DEFAULT] false",
        "rpc_response_timeout of [DEFAULT] true",
        "ssl of [oslo_messaging_rabbit] false",
        "compute of [upgrade_levels] true",
        "other of [upgrade_levels] false",
    ];
    assert_eq!(changes(&reload), expected);
    assert!(reload.has_changed("DEFAULT", "my") && !reload.has_changed("DEFAULT", "mine"));
    assert_eq!(config.text("DEFAULT", "my").unwrap().unwrap(), "2");
    assert_eq!((timeout.load(Ordering::Relaxed), pin.get()), (7, Some(Version::new(6, 2))));
    let waiting = warnings.with("before the process starts again");
    assert!(waiting.len() == 1 && waiting[0].contains("ssl of [oslo_messaging_rabbit]"), "{waiting:?}");

    files.write(0, "");
    let reload = config.reload().unwrap();
    assert_eq!(changes(&reload).len(), 5);
    assert_eq!((timeout.load(Ordering::Relaxed), pin.get()), (0, None));
}

#[test]
fn nothing_changes_if_something_is_wrong() {
    let files = Files::new(&[BEFORE]);
    let config = files.read();
    let (timeout, pin) = (config.response_timeout(), config.pin("compute", &COMPUTE).unwrap());
    for (text, why) in [
        ("[DEFAULT]\nrpc_response_timeout=9\n[upgrade_levels]\ncompute=7.0", "cannot be pinned to 7.0"),
        ("[DEFAULT]\nrpc_response_timeout=9\n[upgrade_levels]\ncompute=auto", "auto has no meaning here"),
        (
            "[DEFAULT]\nx=hunter2\n[upgrade_levels]\ncompute=$x",
            "what is substituted in it makes it no version",
        ),
        ("[DEFAULT]\nrpc_response_timeout=9\ncontrol_exchange=", "expected the name of an exchange"),
        ("[DEFAULT]\nrpc_response_timeout=9\n]", "expected `=` or `:`"),
    ] {
        files.write(0, text);
        let refused = config.reload().unwrap_err().to_string();
        assert!(refused.contains(why) && !refused.contains("hunter2"), "{refused}");
        assert_eq!((timeout.load(Ordering::Relaxed), pin.get()), (5, Some(Version::new(6, 0))));
        assert_eq!(config.text("DEFAULT", "my").unwrap().unwrap(), "1");
    }
    std::fs::remove_file(files.path(0)).unwrap();
    assert!(config.reload().unwrap_err().to_string().contains("No such file"));
    assert_eq!(config.clone().text("DEFAULT", "my").unwrap().unwrap(), "1");
}

#[test]
fn a_pin_is_one_cell_however_often_it_is_asked_for() {
    let files = Files::new(&["[upgrade_levels]\ncompute=auto"]);
    let config = files.read();
    let refused = config.pin("compute", &COMPUTE).unwrap_err().to_string();
    assert!(
        refused.contains(":2: option compute of [upgrade_levels]: auto has no meaning here"),
        "{refused}"
    );
    let oldest = Arc::new(AtomicU32::new(1));
    let auto = || {
        let oldest = Arc::clone(&oldest);
        move || Some(Version::new(6, oldest.load(Ordering::Relaxed)))
    };
    let pin = config.pin_with_auto("compute", &COMPUTE, auto()).unwrap();
    assert_eq!(pin.get(), Some(Version::new(6, 1)));
    oldest.store(2, Ordering::Relaxed);
    config.reload().unwrap();
    assert_eq!(pin.get(), Some(Version::new(6, 2)));
    files.write(0, "[upgrade_levels]\ncompute=6.0");
    config.reload().unwrap();
    assert_eq!(pin.get(), Some(Version::new(6, 0)));
    oldest.store(3, Ordering::Relaxed);
    files.write(0, "[upgrade_levels]\ncompute=auto");
    config.reload().unwrap();
    for _ in 0..1000 {
        drop(config.pin_with_auto("compute", &COMPUTE, auto()).unwrap());
    }
    assert_eq!(pin.get(), Some(Version::new(6, 3)));
    let shown = format!("{config:?}");
    assert_eq!(shown.matches("\"compute\"").count(), 1, "{shown}");
}

#[test]
fn pins_that_are_asked_for_meanwhile_are_moved_too() {
    let files = Files::new(&["[upgrade_levels]\ncompute=6.0"]);
    for _ in 0..50 {
        files.write(0, "[upgrade_levels]\ncompute=6.0");
        let config: Config = files.read();
        files.write(0, "[upgrade_levels]\ncompute=6.1");
        let pin = std::thread::scope(|scope| {
            let asking = scope.spawn(|| config.pin("compute", &COMPUTE).unwrap());
            config.reload().unwrap();
            asking.join().unwrap()
        });
        assert_eq!(pin.get(), Some(Version::new(6, 1)));
    }
}
