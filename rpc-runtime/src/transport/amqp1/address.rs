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
