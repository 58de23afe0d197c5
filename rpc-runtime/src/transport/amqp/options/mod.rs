//! The options of the RabbitMQ transport, by builder or by URL query, with oslo.messaging's names.

#[cfg(feature = "config")]
mod configured;
mod foreign;
mod in_memory;
mod ranges;
mod tls;
mod unused;
mod value;

use std::env;
use std::path::PathBuf;
use std::time::Duration;

pub(crate) use self::in_memory::Pem;
use self::in_memory::TlsOptions;
use self::value::OptionValue;
use crate::nearest::nearest;
use crate::transport::error::OptionError;
use crate::transport::url::{Scheme, TransportUrl};
use crate::wire::{Compression, Limits};

/// Options of the URL that belong to the transport as a whole, not to RabbitMQ.
const GENERIC: &[&str] = &["control_exchange", "rpc_response_timeout"];

macro_rules! options {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $default:expr;)*) => {
        /// How the RabbitMQ transport declares, connects and sends; the names are those of oslo.messaging's
        /// group `oslo_messaging_rabbit`.
        ///
        /// ```
        /// use std::time::Duration;
        ///
        /// use rpc_runtime::AmqpOptions;
        ///
        /// let options = AmqpOptions::default()
        ///     .rabbit_quorum_queue(true)
        ///     .connect_timeout(Duration::from_secs(5));
        /// # let _ = options;
        /// ```
        #[derive(Debug, Clone, PartialEq)]
        pub struct AmqpOptions {
            $(pub(crate) $name: $type,)*
            pub(crate) tls: TlsOptions,
        }

        impl Default for AmqpOptions {
            fn default() -> Self {
                Self { $($name: $default,)* tls: TlsOptions::default() }
            }
        }

        impl AmqpOptions {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(mut self, value: $type) -> Self {
                    self.$name = value;
                    self
                }
            )*

            const NAMES: &[&str] = &[$(stringify!($name),)*];

            /// Sets the option `name` from its text; false if there is none of that name.
            fn set(&mut self, name: &str, text: &str) -> Result<bool, OptionError> {
                match name {
                    $(stringify!($name) => self.$name = OptionValue::read(text).map_err(|expected| {
                        OptionError(format!("option {name}={text:?}: expected {expected}"))
                    })?,)*
                    _ => return Ok(false),
                }
                Ok(true)
            }
        }
    };
}

options! {
    /// Whether exchanges and queues of topics outlive a restart of the broker. Default: no.
    amqp_durable_queues: bool = false;
    /// Whether exchanges and queues of topics vanish with their last user. Default: no.
    amqp_auto_delete: bool = false;
    /// Whether queues of topics are quorum queues, which are durable. Default: no.
    rabbit_quorum_queue: bool = false;
    /// How often a quorum queue delivers a message again before it drops it; 0, the default, leaves it to the broker: 20
    /// times since RabbitMQ 4, no limit before. -1 is no limit since RabbitMQ 4; before, it drops what was not settled the
    /// first time.
    rabbit_quorum_delivery_limit: i32 = 0;
    /// How many messages a quorum queue keeps in memory; 0, the default, is no limit.
    rabbit_quorum_max_memory_length: u32 = 0;
    /// How many bytes of messages a quorum queue keeps in memory; 0, the default, is no limit.
    rabbit_quorum_max_memory_bytes: u32 = 0;
    /// Whether fanout and reply queues are quorum queues. Default: no.
    rabbit_transient_quorum_queue: bool = false;
    /// After how long without a consumer a fanout or reply queue vanishes; 0 is never. With `rabbit_stream_fanout` also how
    /// long a stream keeps messages. In the URL: seconds (Python takes whole ones only). Default: 30 minutes.
    rabbit_transient_queues_ttl: Duration = Duration::from_secs(1800);
    /// Whether messages to all servers of a topic (fanouts) go into one stream that all of them read, instead of into a queue
    /// for each. It needs `rabbit_transient_quorum_queue`, a `rabbit_qos_prefetch_count` above 0 and RabbitMQ 3.9. Whoever
    /// sends or has a queue of its own can do without: all are bound to the same exchange. Default: no.
    ///
    /// A stream keeps its messages for `rabbit_transient_queues_ttl` at least, in whole seconds, and RabbitMQ has them on the
    /// disk. A server that starts gets those of the last chunk, which is what was sent last, although it was sent before. One
    /// that loses its connection goes on behind the last message that it was given, and so misses none and gets none twice.
    /// Nothing is taken from a stream, and nothing can go back to it: with
    /// [`Acknowledge::Late`](crate::Acknowledge::Late) as well, a request to all servers that its handler did not finish is
    /// not delivered again, and does not count towards [`DeadLetters`](crate::DeadLetters).
    rabbit_stream_fanout: bool = false;
    /// Whether fanout and reply queues have names that the service has again when it is started again, as oslo.messaging's
    /// queue manager makes them: `HOSTNAME:PROCESSNAME:N` in place of 32 random digits. With the feature `queue-manager`, on
    /// Linux. It needs `lock_path`. Default: no.
    ///
    /// All processes of the same two names draw N from one counter, in `/dev/shm`, whatever language they are in; it begins
    /// with 1 again for each process group, as a service that is started again is one. So a queue is used again in place of one more
    /// that has to expire, and what came to all servers while the service was away is still there. A queue is therefore left
    /// when its server stops. If a service runs twice at a time on one host with the same names, as when a new one starts before the
    /// old one has stopped, both read from the same queues, and get replies that belong to the other one: give each a
    /// `processname` of its own.
    use_queue_manager: bool = false;
    /// The host in names of queues, with `use_queue_manager`. Default: the name of this one.
    hostname: Option<String> = None;
    /// The process in names of queues, with `use_queue_manager`. Default: the name of the program's file.
    processname: Option<String> = None;
    /// The folder of lock files for `use_queue_manager`: the same that Python processes of the same names have as `lock_path`
    /// of `[oslo_concurrency]`, which is where a configuration has it. It is made if it is not there. Default: that of the
    /// environment variable `OSLO_LOCK_PATH`.
    lock_path: Option<PathBuf> = None;
    /// Whether classic queues are mirrored, by RabbitMQ before 4. Default: no.
    rabbit_ha_queues: bool = false;
    /// How many unsettled messages the broker hands over from one queue; a server has three queues, a transport
    /// one for replies. Default: 0, which is 128 for the queues of servers, unless
    /// [`ServerBuilder::prefetch`](crate::ServerBuilder::prefetch) says otherwise, and 1024 for that of replies (no limit in
    /// Python).
    rabbit_qos_prefetch_count: u16 = 0;
    /// After how long without a sign of life a connection is given up (twice this time at the latest), unless
    /// the broker asks for less. 1 to 65535 seconds; 0, which turns heartbeats off in Python, is refused, as a
    /// connection that nobody watches can be dead for hours. A heartbeat is sent each half of this time: what ends idle
    /// connections on their way has to wait for longer. In the URL: seconds, of which whole ones count. Default: 60
    /// seconds.
    heartbeat_timeout_threshold: Duration = Duration::from_secs(60);
    /// Whether to connect by TLS; `amqps://` always does. Default: no.
    ssl: bool = false;
    /// The PEM file of the authorities that may have signed the broker's certificate, which is always verified.
    /// Default: those of the system.
    ssl_ca_file: Option<PathBuf> = None;
    /// The PEM file of the certificate that identifies this client. Default: none.
    ssl_cert_file: Option<PathBuf> = None;
    /// The PEM file of the private key of `ssl_cert_file`. Default: none.
    ssl_key_file: Option<PathBuf> = None;
    /// The PEM file of lists of certificates that were revoked, an option that oslo.messaging does not have. A broker is refused
    /// whose certificate is in the list of its authority, or whose authority has no list in the file; the same goes for
    /// authorities below that of `ssl_ca_file`. The file is read once, when the transport is made, and a list that should have
    /// been renewed counts as one that is new. Default: none, and it is not known whether a certificate was revoked.
    ssl_crl_file: Option<PathBuf> = None;
    /// Which versions of TLS are spoken; in the URL empty, `SSLv23` or `TLSv1_2`. Default: 1.3 or 1.2.
    ssl_version: TlsVersion = TlsVersion::Negotiated;
    /// How a connection logs in; in the URL `PLAIN`, `AMQPLAIN` or `EXTERNAL`. Default: `PLAIN` (`AMQPLAIN` in
    /// Python).
    rabbit_login_method: LoginMethod = LoginMethod::Plain;
    /// Whether a reply that no queue takes is returned, and so tried again. Default: yes.
    direct_mandatory_flag: bool = true;
    /// How long to wait before consuming again from a queue that was deleted; for as long as the broker refuses
    /// it, each further wait is twice as long, up to 30 seconds. In the URL: seconds. Default: 1 second, at
    /// most 4.5; less than 0.1 is 0.1.
    kombu_reconnect_delay: Duration = Duration::from_secs(1);
    /// The first wait between two attempts to connect; the very first attempt after a loss is made at once.
    /// In the URL: seconds, 0.01 to a day (Python takes whole ones only). Default: 0.1 seconds (1 in Python).
    rabbit_retry_interval: Duration = Duration::from_millis(100);
    /// By how much each further wait is longer than the one before. In the URL: seconds, a day at most. Default: 0.4
    /// seconds (2 in Python).
    rabbit_retry_backoff: Duration = Duration::from_millis(400);
    /// The longest wait between two attempts to connect. In the URL: seconds, 0.01 to a day. Default: 2 seconds (30 in
    /// Python).
    rabbit_interval_max: Duration = Duration::from_secs(2);
    /// How bodies are compressed; in the URL `gzip`, `bzip2`, or `lzma` with the feature of that name, by any of the names
    /// that Python's kombu has for them. Default: not at all.
    kombu_compression: Option<Compression> = None;
    /// Whether the broker ends a consumer whose classic queue is deleted or, being mirrored, fails over, so that this side
    /// consumes again. Otherwise a RabbitMQ before 4 consumes again by itself if the queue is there; but when the queue was
    /// deleted and made again meanwhile, it ignores from then on what the consumer acknowledges, and that one gets nothing
    /// more before long. Quorum queues do not have this. Default: yes (no in Python).
    enable_cancel_on_failover: bool = true;
    /// How long a reply is tried again while the queue of its caller is missing, from the first time that it is
    /// missed. Without a connection a reply waits for the next one, and each is tried once at least; in Python the
    /// time begins with the reply, and goes on during an outage. In the URL: seconds. Default: 60 seconds.
    kombu_missing_consumer_retry_timeout: Duration = Duration::from_secs(60);
    /// How long one attempt to connect to one host may take, from the name lookup to the end of the AMQP
    /// handshake. In the URL: seconds, more than 0 and a day at most. Default: 10 seconds.
    ///
    /// The addresses of one name share this time, 16 at most: they are tried in the order of the system's resolver,
    /// with IPv6 and IPv4 in turn, each 0.25 seconds after the one before or as soon as that has failed, and the first
    /// that takes the connection has it. One that then does not come to the end of the handshake is tried last the
    /// next time.
    connect_timeout: Duration = Duration::from_secs(10);
    /// How often a listener declares its queues, exchanges and bindings again. The bindings of an exchange go with it
    /// when somebody deletes it, and the broker tells nobody: until then no message finds the queues. It also finds a
    /// consumer of a quorum queue that the broker has forgotten. Each time takes 24 operations of the broker for a server:
    /// for 1,000 idle servers a third of one core by default, and as many times less as this is longer. A random half of
    /// this time is left out each time, so that servers that began together do not stay together. In the URL: seconds, 1 to
    /// a day. Default: 30 seconds.
    redeclare_interval: Duration = Duration::from_secs(30);
    /// How many calls and casts of the transport may be in flight: sent and not confirmed by the broker, or
    /// waiting to be sent, for example because it blocks the connection. Replies do not count. A caller that
    /// gives up its call or cast, or gets its reply, makes room. Where the broker confirms nothing, as for a quorum
    /// queue without a majority, as many more may wait, and take no room of others. At least 1. Default: 1024.
    max_in_flight: usize = 1024;
    /// What becomes of calls and casts beyond `max_in_flight`; in the URL `wait` or `fail`. Default: they wait
    /// for room until their deadline.
    max_in_flight_policy: InFlightPolicy = InFlightPolicy::Wait;
    /// The longest body in bytes, sent (refused) or received (rejected; its caller is told, unless it is compressed).
    /// Default: 16 MiB, which is RabbitMQ's own `max_message_size` since version 4.
    ///
    /// A body is in memory before its length is looked at, so this option does not bound what is received: that
    /// is queues × prefetch × the broker's own `max_message_size` at most, for each server (three queues) and for
    /// the replies of the transport (one). See `rabbit_qos_prefetch_count`.
    max_body: usize = Limits::default().max_body;
    /// How many times larger a received body may become by decompression, if it becomes larger than 128 KiB; beyond that it
    /// is rejected, as a few bytes could cost as much as many. At least 1. Default: 100.
    max_ratio: usize = Limits::default().max_ratio;
}

/// What becomes of a call or cast when [`AmqpOptions::max_in_flight`] others are in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InFlightPolicy {
    /// It waits for room, until its deadline; then it fails with [`RpcError::Timeout`](crate::RpcError::Timeout),
    /// which says that it was not sent and why.
    Wait,
    /// It fails at once with [`RpcError::Overloaded`](crate::RpcError::Overloaded).
    Fail,
}

/// The versions of TLS that are spoken. Older ones than 1.2 are broken, and not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsVersion {
    /// 1.3 or 1.2, whichever the broker can.
    Negotiated,
    /// 1.2 alone.
    Tls12,
}

impl OptionValue for TlsVersion {
    /// The names of oslo.messaging, in any case.
    fn read(text: &str) -> Result<Self, &'static str> {
        match text.to_ascii_lowercase().as_str() {
            "" | "sslv23" => Ok(Self::Negotiated),
            "tlsv1_2" => Ok(Self::Tls12),
            "sslv2" | "sslv3" | "tlsv1" | "tlsv1_1" => {
                Err("nothing, SSLv23 or TLSv1_2: older versions are broken, and not supported")
            }
            _ => Err("nothing, SSLv23 or TLSv1_2"),
        }
    }
}

/// How a connection logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginMethod {
    /// By user and password.
    Plain,
    /// By user and password, in the form that RabbitMQ had first.
    AmqPlain,
    /// As whom the certificate of `ssl_cert_file` says (the plugin `rabbitmq_auth_mechanism_ssl`); the user and
    /// password of the URL are not sent.
    External,
}

impl OptionValue for LoginMethod {
    fn read(text: &str) -> Result<Self, &'static str> {
        match text {
            "PLAIN" => Ok(Self::Plain),
            "AMQPLAIN" => Ok(Self::AmqPlain),
            "EXTERNAL" => Ok(Self::External),
            "RABBIT-CR-DEMO" => Err("PLAIN, AMQPLAIN or EXTERNAL: RABBIT-CR-DEMO is a demonstration"),
            _ => Err("PLAIN, AMQPLAIN or EXTERNAL"),
        }
    }
}

impl OptionValue for InFlightPolicy {
    fn read(text: &str) -> Result<Self, &'static str> {
        match text {
            "wait" => Ok(Self::Wait),
            "fail" => Ok(Self::Fail),
            _ => Err("wait or fail"),
        }
    }
}

impl AmqpOptions {
    /// These options, overridden by those of the query of `url`; `amqps://` sets `ssl`.
    ///
    /// `control_exchange` and `rpc_response_timeout` are left to the transport. Accepted without effect, with the values
    /// that Python accepts, are `rpc_conn_pool_size`, `conn_pool_min_size`, `conn_pool_ttl`, `heartbeat_rate`, `heartbeat_in_pthread`,
    /// `kombu_reconnect_splay`, `kombu_failover_strategy`,
    /// `ssl_enforce_hostname_verification` (host names are always verified) and `ssl_enforce_fips_mode`.
    ///
    /// oslo.messaging refuses a URL with an option that is not of its own group: `control_exchange`,
    /// `rpc_response_timeout`, `kombu_reconnect_timeout` (the old name of `kombu_missing_consumer_retry_timeout`),
    /// `heartbeat_in_pthread` since it is gone, and those that only this library has: `ssl_crl_file`,
    /// `lock_path` (which Python has elsewhere), `connect_timeout`, `redeclare_interval`, `max_in_flight`,
    /// `max_in_flight_policy`, `max_body`, `max_ratio`; and fractions of seconds in `rabbit_retry_interval`,
    /// `rabbit_retry_backoff`, `rabbit_interval_max`, `rabbit_transient_queues_ttl`, `heartbeat_timeout_threshold` and
    /// `kombu_missing_consumer_retry_timeout`. A URL that both read is without these. It ignores an option without a value,
    /// which is an error here, and takes numbers with blanks or a `_` in them.
    ///
    /// # Errors
    ///
    /// If an option is unknown or not supported, its value is not what it should be, or two options exclude
    /// each other.
    pub fn with_url(self, url: &TransportUrl) -> Result<Self, OptionError> {
        let options = self.set_by(url)?;
        options.check()?;
        Ok(options)
    }

    /// Refuses what is wrong with the query of `url` whatever else is set.
    pub(crate) fn check_url(url: &TransportUrl) -> Result<(), OptionError> {
        Self::default().set_by(url)?.check_values()
    }

    fn set_by(mut self, url: &TransportUrl) -> Result<Self, OptionError> {
        for (name, value) in url.options() {
            self.read(name, value)?;
        }
        self.ssl |= url.scheme() == Scheme::Amqps;
        Ok(self)
    }

    fn read(&mut self, name: &str, text: &str) -> Result<(), OptionError> {
        let name = match name {
            "kombu_reconnect_timeout" => "kombu_missing_consumer_retry_timeout",
            name => name,
        };
        if self.set(name, text)? {
            // Whoever reads the text can say where it stands.
            let mut alone = Self::default();
            alone.set(name, text)?;
            return match ranges::out_of_range(&alone) {
                Some((_, range)) => Err(OptionError(format!("option {name}={text:?}: {range}"))),
                None => Ok(()),
            };
        }
        if GENERIC.contains(&name) {
            return Ok(());
        }
        if let Some(checked) = unused::check(name, text) {
            return checked
                .map_err(|expected| OptionError(format!("option {name}={text:?}: expected {expected}")));
        }
        if let Some(owner) = foreign::owner(name) {
            return Err(OptionError(format!("option {name} is one of {owner}: this is a URL of RabbitMQ")));
        }
        let known = Self::NAMES.iter().chain(GENERIC).copied().chain(unused::names());
        let hint = nearest(name, known).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        Err(OptionError(format!("unknown option {name}{hint}")))
    }

    /// Refuses what excludes each other, what is out of its range, and what lacks something that it needs.
    pub(crate) fn check(&self) -> Result<(), OptionError> {
        self.check_values()?;
        let wrong = |why: &str| Err(OptionError(why.to_owned()));
        if self.ssl_cert_file.is_some() != self.ssl_key_file.is_some() {
            return wrong("options ssl_cert_file and ssl_key_file need each other");
        }
        if self.rabbit_login_method == LoginMethod::External && !(self.ssl && self.identified()) {
            return wrong("option rabbit_login_method=EXTERNAL needs ssl, ssl_cert_file and ssl_key_file");
        }
        // As in Python, so that the options of a stream are the same wherever it is declared.
        if self.rabbit_stream_fanout && self.rabbit_qos_prefetch_count == 0 {
            return wrong("option rabbit_stream_fanout needs rabbit_qos_prefetch_count, above 0");
        }
        if self.rabbit_stream_fanout && !self.rabbit_transient_quorum_queue {
            return wrong("option rabbit_stream_fanout needs rabbit_transient_quorum_queue=true");
        }
        if self.use_queue_manager {
            self.lock_folder()?;
        }
        Ok(())
    }

    /// The folder of lock files.
    pub(crate) fn lock_folder(&self) -> Result<PathBuf, OptionError> {
        let of_environment = || env::var_os("OSLO_LOCK_PATH").map(PathBuf::from);
        let folder = self.lock_path.clone().or_else(of_environment);
        folder.filter(|path| path != &PathBuf::new()).ok_or_else(|| {
            let why = "option use_queue_manager needs lock_path, the folder of lock files, of [oslo_concurrency] or of \
                       the environment variable OSLO_LOCK_PATH";
            OptionError(why.to_owned())
        })
    }

    /// Refuses what nothing that is set elsewhere could make right.
    fn check_values(&self) -> Result<(), OptionError> {
        ranges::check(self)?;
        if let Some([one, other]) = self.two_of_tls() {
            return Err(OptionError(format!("options {one} and {other} exclude each other")));
        }
        if self.use_queue_manager && !cfg!(feature = "queue-manager") {
            return Err(OptionError(
                "option use_queue_manager needs the feature \"queue-manager\"".to_owned(),
            ));
        }
        if self.use_queue_manager && !cfg!(target_os = "linux") {
            return Err(OptionError("option use_queue_manager: Linux alone has its /dev/shm".to_owned()));
        }
        if self.rabbit_ha_queues && (self.rabbit_quorum_queue || self.rabbit_transient_quorum_queue) {
            return Err(OptionError("option rabbit_ha_queues: quorum queues cannot be mirrored".to_owned()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
