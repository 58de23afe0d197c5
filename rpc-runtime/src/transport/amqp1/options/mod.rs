//! The options of `amqp1://`, with the names of oslo.messaging's group `oslo_messaging_amqp`.

mod login;
#[cfg(test)]
mod tests;
mod unused;
mod value;

use std::time::Duration;

pub(super) use self::login::Mechanism;
use self::login::Mechanisms;
use crate::nearest::nearest;
use crate::transport::error::TransportError;
use crate::transport::query::{OF_ALL, TlsFiles, number, wrong};
use crate::transport::settings::Settings;
use crate::transport::url::{Host, Scheme, TransportUrl};
use crate::wire::Limits;

/// What a transport over AMQP 1.0 is like. Where a default is not that of Python, it says so.
#[derive(Debug, Clone)]
pub(crate) struct Amqp1Options {
    /// In which form addresses are. Default: as the peer is, see [`AddressingMode::for_peer`].
    pub(super) addressing_mode: AddressingMode,
    /// Whether the virtual host of the URL is a part of addresses, and not the host name that the peer is told. Default: yes.
    pub(super) pseudo_vhost: bool,
    pub(super) prefixes: Prefixes,
    /// The exchange of targets that name none, unless addresses are legacy ones by `addressing_mode`. Default: `control_exchange`.
    default_rpc_exchange: Option<String>,
    /// What this side is called; no two may have one name at a time. Default: a name that is made up for each connection.
    pub(super) container_name: Option<String>,
    /// After how long without a word the peer is given up, and how often it is asked for one. Default: 30 seconds (never in
    /// Python).
    pub(super) idle_timeout: Option<Duration>,
    /// How many requests a server has at a time, of those that set nothing themselves. Default: 100.
    rpc_server_credit: Option<u16>,
    /// How many replies may be on their way at a time. Default: 200.
    pub(super) reply_link_credit: u32,
    /// How long to wait before a message that the peer did not take is sent again, and before a link that it ended is attached
    /// again. Default: 1 second (10 in Python).
    pub(super) link_retry_delay: Duration,
    /// The first wait between two attempts to connect. Default: 0.1 seconds (1 in Python).
    pub(super) connection_retry_interval: Duration,
    /// By how much each further wait is longer, as Python documents it (what it does is to multiply). Default: 0.4 seconds (2
    /// in Python).
    pub(super) connection_retry_backoff: Duration,
    /// The longest wait between two attempts to connect. Default: 2 seconds (30 in Python).
    pub(super) connection_retry_interval_max: Duration,
    /// How long one attempt to connect to one host may take. Python has no such option. Default: 10 seconds.
    pub(super) connect_timeout: Duration,
    /// How long a cast is tried at most, and for how long a call waits for the first credit at an address: nobody may be
    /// there. Default: 30 seconds.
    pub(super) default_send_timeout: Duration,
    /// How long a reply is tried. Default: 30 seconds.
    default_reply_timeout: Duration,
    /// After how long without a message the link to an address is detached. Default: 600 seconds.
    pub(super) default_sender_link_timeout: Duration,
    pub(super) pre_settled: PreSettled,
    mechanisms: Mechanisms,
    /// The longest body in bytes, sent or received. Python has no such option. Default: 16 MiB.
    pub(super) max_body: usize,
    /// The files of TLS; none without it.
    pub(super) tls: Option<TlsFiles>,
}

/// In which of two forms addresses are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AddressingMode {
    /// Whichever the peer understands.
    Dynamic,
    /// For brokers, as old versions of oslo.messaging had it.
    Legacy,
    /// For routers, which tell by the beginning of an address how many get a message.
    Routable,
}

/// The parts of addresses that are the same for all targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prefixes {
    pub(super) server_request_prefix: String,
    pub(super) broadcast_prefix: String,
    pub(super) group_request_prefix: String,
    pub(super) rpc_address_prefix: String,
    pub(super) multicast_address: String,
    pub(super) unicast_address: String,
    pub(super) anycast_address: String,
}

/// Which messages are sent settled, so that nobody says what became of them. Default: none (casts and replies in Python).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PreSettled {
    pub(super) casts: bool,
    pub(super) replies: bool,
}

impl Default for Amqp1Options {
    fn default() -> Self {
        Self {
            addressing_mode: AddressingMode::Dynamic,
            pseudo_vhost: true,
            prefixes: Prefixes::default(),
            default_rpc_exchange: None,
            container_name: None,
            idle_timeout: Some(Duration::from_secs(30)),
            rpc_server_credit: None,
            reply_link_credit: 200,
            link_retry_delay: Duration::from_secs(1),
            connection_retry_interval: Duration::from_millis(100),
            connection_retry_backoff: Duration::from_millis(400),
            connection_retry_interval_max: Duration::from_secs(2),
            connect_timeout: Duration::from_secs(10),
            default_send_timeout: Duration::from_secs(30),
            default_reply_timeout: Duration::from_secs(30),
            default_sender_link_timeout: Duration::from_secs(600),
            pre_settled: PreSettled::default(),
            mechanisms: Mechanisms::default(),
            max_body: Limits::default().max_body,
            tls: None,
        }
    }
}

impl Default for Prefixes {
    fn default() -> Self {
        Self {
            server_request_prefix: "exclusive".to_owned(),
            broadcast_prefix: "broadcast".to_owned(),
            group_request_prefix: "unicast".to_owned(),
            rpc_address_prefix: "openstack.org/om/rpc".to_owned(),
            multicast_address: "multicast".to_owned(),
            unicast_address: "unicast".to_owned(),
            anycast_address: "anycast".to_owned(),
        }
    }
}

/// Those that have an effect, but for the files of TLS.
const KNOWN: [&str; 26] = [
    "addressing_mode",
    "pseudo_vhost",
    "server_request_prefix",
    "broadcast_prefix",
    "group_request_prefix",
    "rpc_address_prefix",
    "multicast_address",
    "unicast_address",
    "anycast_address",
    "default_rpc_exchange",
    "container_name",
    "idle_timeout",
    "rpc_server_credit",
    "reply_link_credit",
    "link_retry_delay",
    "connection_retry_interval",
    "connection_retry_backoff",
    "connection_retry_interval_max",
    "connect_timeout",
    "default_send_timeout",
    "default_reply_timeout",
    "default_sender_link_timeout",
    "pre_settled",
    "sasl_mechanisms",
    "max_body",
    "ssl",
];

impl Amqp1Options {
    /// Those of a URL.
    ///
    /// # Errors
    /// Names the option, its value and what was expected.
    pub(crate) fn of(url: &TransportUrl) -> Result<Self, TransportError> {
        let mut options = Self::default();
        let mut tls = TlsFiles::default();
        let mut is_secure = url.scheme() == Scheme::Amqp1s;
        for (name, value) in url.options() {
            match name {
                "ssl" => is_secure = secure(url, value)?,
                name if TlsFiles::NAMES.contains(&name) => tls.take(name, value)?,
                name => options.set(name, value)?,
            }
        }
        if !is_secure && let Some((name, _)) = url.options().find(|(name, _)| TlsFiles::NAMES.contains(name))
        {
            return Err(TransportError::Setting(format!("option {name} needs amqp1s:// or ssl=true")));
        }
        tls.check()?;
        options.tls = is_secure.then_some(tls);
        options.check()?;
        options.mechanisms.check(url.hosts())?;
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), TransportError> {
        match name {
            "addressing_mode" => self.addressing_mode = AddressingMode::read(name, value)?,
            "pseudo_vhost" => self.pseudo_vhost = value::flag(name, value)?,
            "default_rpc_exchange" => self.default_rpc_exchange = Some(value::text(name, value)?),
            "container_name" => self.container_name = Some(value::text(name, value)?),
            "idle_timeout" => {
                let seconds = number(name, value, 0, value::DAY)?;
                self.idle_timeout = (seconds > 0).then(|| Duration::from_secs(seconds.into()));
            }
            "rpc_server_credit" => self.rpc_server_credit = Some(value::credit(name, value)?),
            "reply_link_credit" => self.reply_link_credit = value::credit(name, value)?.into(),
            "link_retry_delay" => self.link_retry_delay = value::seconds(name, value, value::SHORTEST)?,
            "connection_retry_interval" => {
                self.connection_retry_interval = value::seconds(name, value, value::SHORTEST)?;
            }
            "connection_retry_backoff" => {
                self.connection_retry_backoff = value::seconds(name, value, Duration::ZERO)?;
            }
            "connection_retry_interval_max" => {
                self.connection_retry_interval_max = value::seconds(name, value, value::SHORTEST)?;
            }
            "connect_timeout" => self.connect_timeout = value::seconds(name, value, value::SHORTEST)?,
            "default_send_timeout" => {
                self.default_send_timeout = value::seconds(name, value, value::SHORTEST)?
            }
            "default_reply_timeout" => {
                self.default_reply_timeout = value::seconds(name, value, Duration::ZERO)?;
            }
            "default_sender_link_timeout" => {
                self.default_sender_link_timeout = value::seconds(name, value, Duration::from_secs(1))?;
            }
            "pre_settled" => self.pre_settled = PreSettled::read(name, value)?,
            "sasl_mechanisms" => self.mechanisms = Mechanisms::read(name, value)?,
            "max_body" => self.max_body = number(name, value, 1024, 1 << 30)? as usize,
            name if OF_ALL.contains(&name) => {}
            name => match self.prefixes.get(name) {
                Some(prefix) => *prefix = value::text(name, value)?,
                None => unused::check(name, value).unwrap_or_else(|| Err(unknown(name)))?,
            },
        }
        Ok(())
    }

    fn check(&self) -> Result<(), TransportError> {
        if self.connection_retry_interval <= self.connection_retry_interval_max {
            return Ok(());
        }
        Err(TransportError::Setting(format!(
            "option connection_retry_interval={}: more than connection_retry_interval_max={}",
            self.connection_retry_interval.as_secs_f64(),
            self.connection_retry_interval_max.as_secs_f64(),
        )))
    }

    /// What clients and servers take of them.
    pub(crate) fn settings(&self, settings: Settings) -> Settings {
        let exchange = self.default_rpc_exchange.as_deref();
        let exchange = exchange.filter(|_| self.addressing_mode != AddressingMode::Legacy);
        Settings {
            control_exchange: exchange.map_or(settings.control_exchange, Into::into),
            reply_patience: self.default_reply_timeout,
            prefetch: self.rpc_server_credit,
            limits: Limits { max_body: self.max_body, ..settings.limits },
            ..settings
        }
    }

    /// The credit of a server that asks for none.
    pub(super) fn server_credit(&self) -> u16 {
        self.rpc_server_credit.unwrap_or(100)
    }

    /// How to log in to a host of the URL.
    pub(super) fn mechanism(&self, host: &Host) -> Mechanism {
        self.mechanisms.of(host)
    }
}

/// What `ssl` says besides the scheme of the URL.
fn secure(url: &TransportUrl, value: &str) -> Result<bool, TransportError> {
    match (url.scheme(), value::flag("ssl", value)?) {
        (Scheme::Amqp1s, false) => Err(wrong("ssl", value, "true, or amqp1:// in the URL")),
        (_, secure) => Ok(secure),
    }
}

fn unknown(name: &str) -> TransportError {
    let known = || KNOWN.iter().chain(&OF_ALL).chain(&TlsFiles::NAMES).copied();
    let hint = match nearest(name, known()) {
        Some(near) => format!("; did you mean {near}?"),
        None => format!(", which takes {}", known().collect::<Vec<_>>().join(", ")),
    };
    TransportError::Setting(format!("option {name} has no meaning for amqp1://{hint}"))
}

impl AddressingMode {
    fn read(name: &str, value: &str) -> Result<Self, TransportError> {
        match value {
            "dynamic" => Ok(Self::Dynamic),
            "legacy" => Ok(Self::Legacy),
            "routable" => Ok(Self::Routable),
            _ => Err(wrong(name, value, "legacy, routable or dynamic")),
        }
    }
}

impl Prefixes {
    fn get(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "server_request_prefix" => &mut self.server_request_prefix,
            "broadcast_prefix" => &mut self.broadcast_prefix,
            "group_request_prefix" => &mut self.group_request_prefix,
            "rpc_address_prefix" => &mut self.rpc_address_prefix,
            "multicast_address" => &mut self.multicast_address,
            "unicast_address" => &mut self.unicast_address,
            "anycast_address" => &mut self.anycast_address,
            _ => return None,
        })
    }
}

impl PreSettled {
    /// Several are separated by commas, as an option is that a URL repeats; an empty one is none.
    fn read(name: &str, value: &str) -> Result<Self, TransportError> {
        let mut read = Self::default();
        for kind in value.split(',').filter(|kind| !kind.is_empty()) {
            match kind.to_ascii_lowercase().as_str() {
                "rpc-cast" => read.casts = true,
                "rpc-reply" => read.replies = true,
                // There are none to be sent.
                "notify" => {}
                "rpc-call" => {
                    let expected = "rpc-cast, rpc-reply or notify: a call that nobody takes is told at once";
                    return Err(wrong(name, kind, expected));
                }
                _ => return Err(wrong(name, kind, "rpc-cast, rpc-reply or notify, or several by commas")),
            }
        }
        Ok(read)
    }
}
