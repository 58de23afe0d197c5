//! Configuration files: what cannot be read is a short error with its place, and what can be read stays the same.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use rpc_runtime::config::{Config, ConfigError};

/// Of each type, in groups that oslo.messaging has, and in one that it does not have.
const OPTIONS: [(&str, &str); 6] = [
    ("DEFAULT", "transport_url"),
    ("DEFAULT", "executor_thread_pool_size"),
    ("oslo_messaging_rabbit", "ssl"),
    ("oslo_messaging_rabbit", "kombu_reconnect_delay"),
    ("oslo_messaging_notifications", "topics"),
    ("shop", "till"),
];

fuzz_target!(|data: &[u8]| {
    let path = std::env::temp_dir().join(format!("{}.conf", std::process::id()));
    // A file that is made shorter instead waits for the disk.
    let _ = std::fs::remove_file(&path);
    std::fs::write(&path, data).unwrap();
    let Some(config) = said(&path, read(&path)) else { return };
    for (group, name) in OPTIONS {
        said(&path, config.text(group, name));
        said(&path, config.texts(group, name));
        said(&path, config.list(group, name));
        said(&path, config.flag(group, name));
        said(&path, config.integer(group, name));
        said(&path, config.float(group, name));
    }
    assert!(config.remarks().iter().all(|remark| remark.to_string().len() < 1000));
    assert!(config.reload().unwrap().changes().is_empty());
});

fn read(path: &Path) -> Result<Config, ConfigError> {
    let nothing: [(&str, &str); 0] = [];
    Config::builder().environment(nothing).file(path).read()
}

/// What there is; an error has to be short, and says where it is: in the file, or in what is known without one.
fn said<T>(path: &Path, outcome: Result<T, ConfigError>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(error) => {
            let text = error.to_string();
            assert!(text.len() < 1000, "{text}");
            assert!(
                text.starts_with(&path.display().to_string()) || text.starts_with("its default"),
                "{text}"
            );
            None
        }
    }
}
