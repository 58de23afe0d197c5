//! Where a message goes and what a server listens to.

use std::fmt;

use crate::Version;

/// An address of oslo.messaging: exchange, topic, server, fanout, namespace, version.
///
/// A server listens to a target with a topic and its own server name; a client sends to a topic
/// (any one server of it), to one server of a topic, or to all servers of it (fanout).
///
/// | Part | Default |
/// |---|---|
/// | exchange | the transport's control exchange, `openstack` unless set |
/// | server | none: whichever server of the topic is free |
/// | fanout | off |
/// | namespace | none |
/// | version | none; a server takes that as `1.0` |
///
/// ```
/// use rpc_runtime::Target;
///
/// let one = Target::new("cinder-volume").with_server("host1@lvm");
/// assert_eq!(one.to_string(), "cinder-volume.host1@lvm");
/// assert_eq!((one.topic(), one.server()), ("cinder-volume", Some("host1@lvm")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    exchange: Option<String>,
    topic: String,
    server: Option<String>,
    fanout: bool,
    namespace: Option<String>,
    version: Option<Version>,
}

impl Target {
    /// Any server of `topic`.
    #[must_use]
    pub fn new(topic: impl Into<String>) -> Self {
        Self {
            exchange: None,
            topic: topic.into(),
            server: None,
            fanout: false,
            namespace: None,
            version: None,
        }
    }

    /// The same topic at one server.
    #[must_use]
    pub fn with_server(mut self, server: impl Into<String>) -> Self {
        self.server = Some(server.into());
        self
    }

    /// The same topic in `exchange` instead of the transport's control exchange.
    #[must_use]
    pub fn with_exchange(mut self, exchange: impl Into<String>) -> Self {
        self.exchange = Some(exchange.into());
        self
    }

    /// All servers of the topic (`true`) or one of them.
    #[must_use]
    pub fn with_fanout(mut self, fanout: bool) -> Self {
        self.fanout = fanout;
        self
    }

    /// The namespace that the method belongs to.
    #[must_use]
    pub fn with_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// The version that the request needs.
    #[must_use]
    pub fn with_version(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    /// The exchange, if it is not the transport's control exchange.
    #[must_use]
    pub fn exchange(&self) -> Option<&str> {
        self.exchange.as_deref()
    }

    /// The topic; in an address of RabbitMQ, the name of the shared queue.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The one server meant, if any.
    #[must_use]
    pub fn server(&self) -> Option<&str> {
        self.server.as_deref()
    }

    /// Whether all servers of the topic are meant.
    #[must_use]
    pub fn is_fanout(&self) -> bool {
        self.fanout
    }

    /// The namespace of the method, if any.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The version that the request needs, if any.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        self.version
    }
}

/// Refuses the name of a topic, or of a server of one, that would take what is for others: in the exchanges of
/// RabbitMQ a word between dots that is `*` or `#` stands for any.
///
/// # Errors
/// A text that names the part and the word.
pub(crate) fn check_words(part: &str, name: &str) -> Result<(), String> {
    // Very few names have one of them anywhere.
    if !name.contains(['*', '#']) {
        return Ok(());
    }
    match name.split('.').find(|word| matches!(*word, "*" | "#")) {
        Some(word) => {
            Err(format!("the {part} {name:?} has the word {word}, which would stand for any other"))
        }
        None => Ok(()),
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(exchange) = &self.exchange {
            write!(f, "{exchange}/")?;
        }
        f.write_str(&self.topic)?;
        if let Some(server) = &self.server {
            write!(f, ".{server}")?;
        }
        if self.fanout {
            f.write_str(" (fanout)")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_stand_for_others_are_no_names() {
        for name in ["*", "#", "a.*", "#.b", "a.*.c", "host1.example.#"] {
            let why = check_words("topic", name).unwrap_err();
            assert!(why.contains(name) && why.starts_with("the topic "), "{why}");
        }
        for name in ["", "a", "host1.example.org", "a*", "c#", "**", "x.*y", "host@*"] {
            check_words("server", name).unwrap();
        }
    }
}
