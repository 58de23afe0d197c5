//! What the addresses of a target are: those of oslo.messaging 14.9.3, the last with AMQP 1.0.

use super::options::{AddressingMode, Amqp1Options, Prefixes};

/// What stands where others have the name of a server, in the legacy address of all of them.
const ALL: &str = "all";

/// Makes addresses for one peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Addressing {
    form: Form,
    /// What stands between two parts.
    separator: &'static str,
    vhost: Option<String>,
    prefixes: Prefixes,
}

/// One of the modes, after the peer was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Legacy,
    Routable,
}

impl AddressingMode {
    /// The form for a peer that calls itself this in the property `product` of its open frame, if it does.
    ///
    /// Of a peer that says nothing Python believes that it is an old qpidd, which knows no routable addresses.
    pub(super) fn for_peer(self, product: Option<&str>) -> Form {
        match (self, product) {
            (Self::Legacy, _) | (Self::Dynamic, None | Some("qpid-cpp")) => Form::Legacy,
            (Self::Routable, _) | (Self::Dynamic, Some(_)) => Form::Routable,
        }
    }
}

impl Addressing {
    /// `vhost` is that of the URL, if it has one. It is no part of addresses without `pseudo_vhost`.
    pub(super) fn new(options: &Amqp1Options, vhost: Option<&str>, form: Form) -> Self {
        Self {
            form,
            separator: match form {
                Form::Legacy => ".",
                Form::Routable => "/",
            },
            vhost: vhost.filter(|vhost| options.pseudo_vhost && !vhost.is_empty()).map(str::to_owned),
            prefixes: options.prefixes.clone(),
        }
    }

    /// One server of a topic, whichever is free.
    pub(super) fn topic(&self, exchange: &str, topic: &str) -> String {
        match self.form {
            Form::Legacy => self.joined(&self.prefixes.group_request_prefix, exchange, &[topic]),
            Form::Routable => self.joined(&self.of_rpc(&self.prefixes.anycast_address), exchange, &[topic]),
        }
    }

    /// One server.
    pub(super) fn server(&self, exchange: &str, topic: &str, server: &str) -> String {
        match self.form {
            Form::Legacy => self.joined(&self.prefixes.server_request_prefix, exchange, &[topic, server]),
            Form::Routable => {
                self.joined(&self.of_rpc(&self.prefixes.unicast_address), exchange, &[topic, server])
            }
        }
    }

    /// All servers of a topic.
    pub(super) fn fanout(&self, exchange: &str, topic: &str) -> String {
        match self.form {
            Form::Legacy => self.joined(&self.prefixes.broadcast_prefix, exchange, &[topic, ALL]),
            Form::Routable => self.joined(&self.of_rpc(&self.prefixes.multicast_address), exchange, &[topic]),
        }
    }

    fn of_rpc(&self, semantics: &str) -> String {
        format!("{}/{semantics}", self.prefixes.rpc_address_prefix)
    }

    /// As in Python, no part is empty.
    fn joined(&self, prefix: &str, exchange: &str, parts: &[&str]) -> String {
        let vhost = self.vhost.as_deref().unwrap_or_default();
        let all = [prefix, vhost, exchange].into_iter().chain(parts.iter().copied());
        all.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(self.separator)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::Value;

    use super::*;

    /// What the addressers of oslo.messaging 14.9.3 have made.
    fn recorded(kind: &str) -> Vec<Value> {
        let path = format!("{}/../tests/vectors/amqp1.json", env!("CARGO_MANIFEST_DIR"));
        let vectors: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        vectors[kind].as_array().unwrap().clone()
    }

    fn options(query: &str) -> Amqp1Options {
        Amqp1Options::of(&format!("amqp1://h/?{query}").parse().unwrap()).unwrap()
    }

    fn form(name: &Value) -> Form {
        match name.as_str().unwrap() {
            "legacy" => Form::Legacy,
            "routable" => Form::Routable,
            name => panic!("{name}"),
        }
    }

    #[test]
    fn addresses_are_those_of_python() {
        let own = "server_request_prefix=s&broadcast_prefix=b&group_request_prefix=g&rpc_address_prefix=r/p&\
                   multicast_address=m&unicast_address=u&anycast_address=a";
        for row in recorded("addresses") {
            let options = options(if row["prefixes"] == "own" { own } else { "" });
            let addressing = Addressing::new(&options, row["vhost"].as_str(), form(&row["mode"]));
            let exchange = row["exchange"].as_str().unwrap_or("openstack");
            assert_eq!(addressing.topic(exchange, "t.x"), row["topic"], "{row}");
            assert_eq!(addressing.server(exchange, "t.x", "h@lvm"), row["server"], "{row}");
            assert_eq!(addressing.fanout(exchange, "t.x"), row["fanout"], "{row}");
        }
    }

    #[test]
    fn a_virtual_host_that_the_peer_knows_is_in_no_address() {
        for form in [Form::Legacy, Form::Routable] {
            let addressing = Addressing::new(&options("pseudo_vhost=false"), Some("prod"), form);
            assert_eq!(addressing, Addressing::new(&options(""), None, form));
        }
    }

    #[test]
    fn each_peer_has_the_addresses_that_it_understands() {
        for row in recorded("peers") {
            let mode = options(&format!("addressing_mode={}", row["mode"].as_str().unwrap())).addressing_mode;
            assert_eq!(mode.for_peer(row["product"].as_str()), form(&row["form"]), "{row}");
        }
    }
}
