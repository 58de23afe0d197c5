//! What is in Redis: the keys that oslo.messaging 8.1.4 reads and writes when it uses no proxy.
//!
//! | Key | Value |
//! |---|---|
//! | `ROUTER/TOPIC` | the set of the addresses, `host:port`, of the servers of a topic |
//! | `ROUTER/TOPIC/SERVER` | the same of one server |
//! | `host:port` | the set of one blank: there is somebody at that address |
//!
//! Each expires unless it is renewed, and whoever finds an address looks whether its own key is still there. Exchanges have no
//! part in it.

/// What is in the set that only says that it is there.
pub(super) const LIFE: &str = " ";

pub(super) fn of_topic(topic: &str) -> String {
    format!("ROUTER/{topic}")
}

/// Of the name of a server, only what is before an `@` counts: servers of one host are found together.
pub(super) fn of_server(topic: &str, server: &str) -> String {
    let host = server.split_once('@').map_or(server, |(host, _)| host);
    format!("ROUTER/{topic}/{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_python() {
        assert_eq!(of_topic("cinder-volume"), "ROUTER/cinder-volume");
        assert_eq!(of_server("cinder-volume", "host1@lvm@x"), "ROUTER/cinder-volume/host1");
        assert_eq!(of_server("compute", "host2"), "ROUTER/compute/host2");
    }
}
