//! The reader as a whole.

mod reloading;
mod remarked;
mod substitution;

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::{Config, ConfigBuilder, Place};

/// Files in a folder of their own, each `--config-file` of a configuration without environment.
struct Files {
    folder: TempDir,
    texts: usize,
}

impl Files {
    fn new(texts: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = Self { folder, texts: texts.len() };
        texts.iter().enumerate().for_each(|(n, text)| files.write(n, text));
        files
    }

    fn path(&self, n: usize) -> PathBuf {
        self.folder.path().join(format!("{n}.conf"))
    }

    fn write(&self, n: usize, text: &str) {
        fs::write(self.path(n), text).unwrap();
    }

    fn builder(&self) -> ConfigBuilder {
        let nothing: [(&str, &str); 0] = [];
        (0..self.texts).fold(Config::builder().environment(nothing), |builder, n| builder.file(self.path(n)))
    }

    fn read(&self) -> Config {
        self.builder().read().unwrap()
    }
}

/// What is wrong with a file of this text, without its folder.
fn refused(text: &str) -> String {
    let files = Files::new(&[text]);
    let refused = files.builder().read().unwrap_err().to_string();
    refused.replace(&format!("{}/", files.folder.path().display()), "")
}

#[test]
fn later_files_go_before_earlier_ones_and_the_environment_before_all() {
    let files = Files::new(&["[a]\nx=1\ny=1\nz=1\nx=2\n[A]\nx=3", "[a]\ny=2\nz="]);
    let config = files.builder().environment([("OS_A__Z", "3"), ("OS_A__W", "")]).read().unwrap();
    let text = |name| config.text("a", name).unwrap();
    assert_eq!(
        ["x", "y", "z", "w", "v"].map(text),
        [Some("3"), Some("2"), Some("3"), Some(""), None].map(|text| text.map(str::to_owned))
    );
    assert_eq!(config.texts("A", "x").unwrap(), ["1", "2", "3"]);
    assert_eq!(config.texts("a", "y").unwrap(), ["1", "2"]);
    assert_eq!(config.texts("a", "z").unwrap(), ["3"]);
    assert_eq!(config.texts("a", "v").unwrap(), [""; 0]);
    let place = |name| config.place("a", name).unwrap().unwrap().to_string();
    assert_eq!(place("x"), format!("{}:7", files.path(0).display()));
    assert_eq!(place("y"), format!("{}:2", files.path(1).display()));
    assert_eq!(place("z"), "the variable OS_A__Z");
    assert_eq!(config.place("DEFAULT", "control_exchange").unwrap(), Some(Place::Default));
}

#[test]
fn names_of_old_count_where_todays_is_missing() {
    let rabbit = "[oslo_messaging_rabbit]\n";
    let old = format!("{rabbit}kombu_reconnect_timeout=1");
    let both = format!("{rabbit}kombu_missing_consumer_retry_timeout=2\nkombu_reconnect_timeout=3");
    let of = |texts: &[&str], variables: &[(&str, &str)]| {
        let config = Files::new(texts).builder().environment(variables.iter().copied()).read().unwrap();
        config.integer("oslo_messaging_rabbit", "kombu_missing_consumer_retry_timeout").unwrap()
    };
    assert_eq!(of(&[], &[]), Some(60));
    assert_eq!(of(&[&old], &[]), Some(1));
    assert_eq!(of(&[&old, &both], &[]), Some(2));
    assert_eq!(of(&[&both, &old], &[]), Some(1));
    let variable = |name| format!("OS_OSLO_MESSAGING_RABBIT__{name}");
    assert_eq!(of(&[&old], &[(&variable("KOMBU_MISSING_CONSUMER_RETRY_TIMEOUT"), "4")]), Some(4));
    // As in Python.
    assert_eq!(of(&[&old], &[(&variable("KOMBU_RECONNECT_TIMEOUT"), "4")]), Some(1));
}

#[test]
fn types() {
    let config = Files::new(&["[DEFAULT]\nb = Yes\ni = 0_7\nf = 1e2\nl = a, b,\ne =\nbad = x"]).read();
    assert_eq!(config.flag("DEFAULT", "b").unwrap(), Some(true));
    assert_eq!(config.integer("DEFAULT", "i").unwrap(), Some(7));
    assert_eq!(config.float("DEFAULT", "f").unwrap(), Some(100.0));
    assert_eq!(config.list("DEFAULT", "l").unwrap().unwrap(), ["a", "b"]);
    assert_eq!(config.list("DEFAULT", "e").unwrap().unwrap(), [""; 0]);
    assert_eq!(
        (config.integer("DEFAULT", "e").unwrap(), config.float("DEFAULT", "none").unwrap()),
        (None, None)
    );
    let why = |error: super::ConfigError| error.to_string().split_once(".conf:").unwrap().1.to_owned();
    assert_eq!(
        why(config.flag("DEFAULT", "bad").unwrap_err()),
        "7: option bad of [DEFAULT]: expected true, 1, on or yes, or else false, 0, off or no"
    );
    assert_eq!(
        why(config.integer("DEFAULT", "bad").unwrap_err()),
        "7: option bad of [DEFAULT]: expected a whole number of 64 bits"
    );
    assert_eq!(
        why(config.float("DEFAULT", "e").and(config.float("DEFAULT", "bad")).unwrap_err()),
        "7: option bad of [DEFAULT]: expected a number"
    );
}

#[test]
fn what_belongs_to_the_messaging_is_checked_at_once() {
    for (text, why) in [
        (
            "[DEFAULT]\nrpc_response_timeout = 0",
            "0.conf:2: option rpc_response_timeout of [DEFAULT]: expected a whole number above 0",
        ),
        (
            "[DEFAULT]\nrpc_response_timeout =",
            "0.conf:2: option rpc_response_timeout of [DEFAULT]: expected a whole number above 0",
        ),
        (
            "[DEFAULT]\n\nrpc_thread_pool_size = -1",
            "0.conf:3: option executor_thread_pool_size of [DEFAULT]: expected a whole number above 0",
        ),
        (
            "[DEFAULT]\ncontrol_exchange =",
            "0.conf:2: option control_exchange of [DEFAULT]: expected the name of an exchange",
        ),
        (
            "[DEFAULT]\nrpc_ping_enabled = maybe",
            "0.conf:2: option rpc_ping_enabled of [DEFAULT]: expected true, 1, on or yes, or else false, 0, off or no",
        ),
        (
            "[oslo_messaging_notifications]\nretry = -2",
            "0.conf:2: option retry of [oslo_messaging_notifications]: expected a whole number, or -1 for ever",
        ),
        ("[DEFAULT]\nno", "0.conf:2:3: expected `=` or `:` behind the name of an option"),
    ] {
        assert_eq!(refused(text), why, "{text}");
    }
    // They are others' here.
    assert!(Files::new(&["[default]\nrpc_ping_enabled = maybe\n[x]\nretry = -2"]).builder().read().is_ok());
}

#[test]
fn nothing_shows_values() {
    let files = Files::new(&["[DEFAULT]\ntransport_url = rabbit://u:hunter2@h/\nhunter2"]);
    let shown =
        format!("{:?}", files.builder().environment([("OS_X__Y", "hunter2")]).default("x", "y", "hunter2"));
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(!files.builder().read().unwrap_err().to_string().contains("hunter2"));
    files.write(0, "[DEFAULT]\ntransport_url = rabbit://u:hunter2@h/\nrpc_response_timeout = hunter2");
    assert!(!files.builder().read().unwrap_err().to_string().contains("hunter2"));
    files.write(0, "[DEFAULT]\ntransport_url = rabbit://u:hunter2@h/");
    let config = files.read();
    files.write(0, "[DEFAULT]\ntransport_url = rabbit://u:hunter2@g/");
    let reload = config.reload().unwrap();
    for shown in [format!("{config:?}"), format!("{reload:?}")] {
        assert!(!shown.contains("hunter2") && !shown.contains("rabbit://"), "{shown}");
    }
}
