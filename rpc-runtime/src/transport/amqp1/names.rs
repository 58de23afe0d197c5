//! What the bus, its connection, and what is attached by it are called.

use std::path::Path;

use crate::wire::new_id;

/// The bus.
pub(super) const NAME: &str = "AMQP 1.0";
/// The one connection of a transport.
pub(super) const CONNECTION: &str = "bus";

/// What this process is called.
pub(super) fn process() -> String {
    let program = std::env::args_os().next();
    let name = program.as_deref().and_then(|path| Path::new(path).file_name());
    name.map_or_else(|| "unknown".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// What a connection calls this side, as Python makes it.
pub(super) fn container(node: &str, process: &str) -> String {
    format!("openstack.org/om/container/{node}/{process}/{}/{}", std::process::id(), new_id())
}

/// What this machine is called.
pub(super) fn node() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    name.unwrap_or("localhost").to_owned()
}

/// What a link is called that messages go out by.
pub(super) fn sender(address: &str) -> String {
    format!("openstack.org/om/sender/[{address}]/{}", new_id())
}

/// What a link is called that messages come in by.
pub(super) fn receiver(address: &str) -> String {
    format!("openstack.org/om/receiver/[{address}]/{}", new_id())
}
