//! Options of calls and casts, apart from their arguments.

use std::time::Duration;

/// The shortest monitor that makes a server send heartbeats: it sends them every half of it, and no
/// more than one in a second.
const SHORTEST_MONITOR: Duration = Duration::from_secs(2);

/// How a client sends, whatever the method.
///
/// A type of its own, set with `with` on the client, so that it never collides with the arguments
/// of a method: `timeout` and `version` are ordinary argument names in real services.
///
/// An option that is not set leaves things as they are: `with` puts what is set before what the
/// client had, and keeps the rest. A set option cannot be taken back; the client without any is the
/// one that they were set on, or a new one.
///
/// The names set, as in [`std::process::Command`], and `get_` and the name read what was set.
///
/// ```
/// use std::time::Duration;
/// use rpc_runtime::CallOptions;
///
/// let patient = CallOptions::new().timeout(Duration::from_secs(300)).monitor(Duration::from_secs(60));
/// assert_eq!(patient.get_timeout(), Some(Duration::from_secs(300)));
/// assert_eq!(patient.get_server(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use]
pub struct CallOptions {
    pub(crate) exchange: Option<String>,
    pub(crate) topic: Option<String>,
    pub(crate) server: Option<String>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) monitor: Option<Duration>,
    pub(crate) mandatory: Option<bool>,
}

impl CallOptions {
    /// No option set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends to this exchange instead of the transport's control exchange. No exchange chooses
    /// where a fanout goes: without a route, one with this option is refused.
    pub fn exchange(mut self, exchange: impl Into<String>) -> Self {
        self.exchange = Some(exchange.into());
        self
    }

    /// Sends to this topic instead of the one of the interface or of its route.
    pub fn topic(mut self, topic: impl Into<String>) -> Self {
        self.topic = Some(topic.into());
        self
    }

    /// Sends to this server of the topic, whatever the method's own destination; the empty name is
    /// refused. A route gets it as the destination; a fanout without a route goes to every server
    /// and is refused.
    pub fn server(mut self, server: impl Into<String>) -> Self {
        self.server = Some(server.into());
        self
    }

    /// How long a call waits for its reply and a cast for the broker, from the moment that it is
    /// awaited; the default is the method's own for a call, else the transport's response timeout,
    /// 60 s unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Asks the server for heartbeats while it executes, and gives a call up when none has come
    /// for this long; whole seconds, at least 2: less gives no heartbeats from any server, and
    /// the call is refused. The timeout stays a hard limit. The default is the method's own, else
    /// no monitoring.
    ///
    /// Over RabbitMQ heartbeats come from a thread of the server's transport, whatever its handlers do. `memory://` has
    /// no thread, and its time is that of the server's runtime, which a test may stop: handlers that block all threads
    /// of that runtime hold up their heartbeats, too.
    pub fn monitor(mut self, monitor: Duration) -> Self {
        self.monitor = Some(monitor);
        self
    }

    /// Whether a cast that no queue takes is an error, which oslo.messaging calls `at_least_once`;
    /// the default is `false`. For a call it always is; for a fanout it never is, as nobody listening
    /// is nothing unusual there.
    pub fn mandatory(mut self, mandatory: bool) -> Self {
        self.mandatory = Some(mandatory);
        self
    }

    /// The exchange, if one is set.
    #[must_use]
    pub fn get_exchange(&self) -> Option<&str> {
        self.exchange.as_deref()
    }

    /// The topic, if one is set.
    #[must_use]
    pub fn get_topic(&self) -> Option<&str> {
        self.topic.as_deref()
    }

    /// The server, if one is set.
    #[must_use]
    pub fn get_server(&self) -> Option<&str> {
        self.server.as_deref()
    }

    /// The timeout, if one is set.
    #[must_use]
    pub fn get_timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// The time that heartbeats may be apart, if one is set.
    #[must_use]
    pub fn get_monitor(&self) -> Option<Duration> {
        self.monitor
    }

    /// Whether casts are mandatory, if that is set.
    #[must_use]
    pub fn get_mandatory(&self) -> Option<bool> {
        self.mandatory
    }

    /// What is set here, and for the rest what is set in `earlier`.
    pub(super) fn over(self, earlier: &Self) -> Self {
        Self {
            exchange: self.exchange.or_else(|| earlier.exchange.clone()),
            topic: self.topic.or_else(|| earlier.topic.clone()),
            server: self.server.or_else(|| earlier.server.clone()),
            timeout: self.timeout.or(earlier.timeout),
            monitor: self.monitor.or(earlier.monitor),
            mandatory: self.mandatory.or(earlier.mandatory),
        }
    }

    /// Refuses an address that says nothing. `unrouted_fanout` is whether the request goes to every
    /// server of a topic and no route makes anything else of the destination.
    pub(super) fn check_address(&self, unrouted_fanout: bool) -> Result<(), String> {
        if self.server.as_deref() == Some("") {
            return Err("the option server is empty".to_owned());
        }
        let given = [("server", &self.server), ("exchange", &self.exchange)];
        match given.iter().find(|(_, value)| value.is_some()) {
            Some((name, _)) if unrouted_fanout => {
                Err(format!("the option {name} does not apply: a fanout goes to every server of its topic"))
            }
            _ => Ok(()),
        }
    }
}

/// Refuses a monitor, of the options or of the method, that no server could keep up with.
pub(super) fn check_monitor(monitor: Duration) -> Result<(), String> {
    if monitor < SHORTEST_MONITOR {
        return Err(format!("a monitor of {monitor:?}: it has to be at least 2 s, or no heartbeat comes"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_says_nothing() {
        let (none, topic) = (CallOptions::new(), CallOptions::new().topic("t"));
        let (server, exchange) = (CallOptions::new().server("s"), CallOptions::new().exchange("e"));
        for (options, fanout, what) in [
            (&none, true, None),
            (&topic, true, None),
            (&server, false, None),
            (&exchange, false, None),
            (&server, true, Some("the option server does not apply")),
            (&exchange, true, Some("the option exchange does not apply")),
            (&CallOptions::new().server(""), false, Some("the option server is empty")),
        ] {
            let refused = options.check_address(fanout).err();
            assert_eq!(refused.is_some(), what.is_some(), "{options:?}: {refused:?}");
            assert!(what.is_none_or(|what| refused.is_some_and(|it| it.starts_with(what))), "{options:?}");
        }
    }

    #[test]
    fn the_shortest_monitor() {
        assert!(check_monitor(SHORTEST_MONITOR).is_ok());
        let refused = check_monitor(Duration::from_millis(1999)).unwrap_err();
        assert!(refused.starts_with("a monitor of 1.999s: it has to be at least 2 s"), "{refused}");
    }

    #[test]
    fn later_options_go_before_earlier_ones_and_leave_the_rest() {
        let earlier = CallOptions {
            exchange: Some("e1".to_owned()),
            topic: Some("t1".to_owned()),
            server: Some("s1".to_owned()),
            timeout: Some(Duration::from_secs(1)),
            monitor: Some(Duration::from_secs(11)),
            mandatory: Some(true),
        };
        assert_eq!((CallOptions::new().get_mandatory(), earlier.get_mandatory()), (None, Some(true)));
        assert_eq!(CallOptions::new().over(&earlier), earlier);
        assert_eq!(earlier.clone().over(&CallOptions::new()), earlier);
        let all = CallOptions::new()
            .exchange("e2")
            .topic("t2")
            .server("s2")
            .timeout(Duration::from_secs(2))
            .monitor(Duration::from_secs(22))
            .mandatory(false);
        assert_eq!(all.clone().over(&earlier), all);
        let some = CallOptions::new().server("s2").mandatory(false).over(&earlier);
        assert_eq!(
            (some.get_exchange(), some.get_topic(), some.get_server()),
            (Some("e1"), Some("t1"), Some("s2"))
        );
        assert_eq!((some.get_timeout(), some.get_monitor()), (earlier.timeout, earlier.monitor));
        assert_eq!(some.get_mandatory(), Some(false));
    }
}
