//! The options of `zmq://`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;
use std::time::Duration;

use crate::transport::error::TransportError;
use crate::transport::query::{OF_ALL, TlsFiles, number, wrong};
use crate::transport::url::{Scheme, TransportUrl};

/// What a transport over ZeroMQ is like.
#[derive(Debug, Clone)]
pub(crate) struct ZmqOptions {
    /// Where servers listen; none leaves it to the addresses of the URL.
    pub(super) bind: Option<IpAddr>,
    /// What the directory calls this machine; none is the address that servers listen on.
    pub(super) host: Option<String>,
    pub(super) ports: Ports,
    pub(super) expire: Duration,
    pub(super) update: Duration,
    pub(super) max_body: usize,
    /// Of `zmqs://`.
    pub(super) tls: Option<TlsFiles>,
}

/// The ports that servers may have, of which each has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ports {
    first: u16,
    /// At least 1.
    count: u16,
}

impl Ports {
    pub(super) fn first(self) -> u16 {
        self.first
    }

    pub(super) fn count(self) -> u16 {
        self.count
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.first, self.first.saturating_add(self.count - 1))
    }
}

/// Those that have an effect here.
const KNOWN: [&str; 7] = [
    "rpc_zmq_bind_address",
    "rpc_zmq_host",
    "rpc_zmq_min_port",
    "rpc_zmq_max_port",
    "zmq_target_expire",
    "zmq_target_update",
    "max_body",
];

/// Those of oslo.messaging that can only have the one value that this is.
const FIXED: [(&str, &str, &str); 4] = [
    ("rpc_zmq_serialization", "json", "bodies are JSON, and nothing announces another form"),
    ("use_pub_sub", "false", "fanouts go to each server, as nobody stands between who could copy them"),
    ("use_router_proxy", "false", "there is no process between clients and servers"),
    ("use_dynamic_connections", "false", "a connection is kept as long as both sides live"),
];

impl Default for ZmqOptions {
    fn default() -> Self {
        Self {
            bind: None,
            host: None,
            ports: Ports { first: 49153, count: 16383 },
            expire: Duration::from_secs(60),
            update: Duration::from_secs(20),
            max_body: 16 << 20,
            tls: None,
        }
    }
}

impl ZmqOptions {
    /// Those of a URL.
    ///
    /// # Errors
    /// Names the option, its value and what was expected.
    pub(crate) fn of(url: &TransportUrl) -> Result<Self, TransportError> {
        let mut options = Self::default();
        let is_secure = matches!(url.scheme(), Scheme::Zmqs | Scheme::ZmqsRedis);
        let mut tls = TlsFiles::default();
        let (mut first, mut end) = (49153_u32, 65536_u32);
        for (name, value) in url.options() {
            match name {
                "rpc_zmq_bind_address" => options.bind = Some(bind_address(value)?),
                "rpc_zmq_host" if value.is_empty() => {
                    return Err(wrong(name, value, "the name of this machine"));
                }
                "rpc_zmq_host" => options.host = Some(value.to_owned()),
                "rpc_zmq_min_port" => first = number(name, value, 1, 65535)?,
                "rpc_zmq_max_port" => end = number(name, value, 2, 65536)?,
                "zmq_target_expire" => options.expire = seconds(name, value)?,
                "zmq_target_update" => options.update = seconds(name, value)?,
                "max_body" => options.max_body = number(name, value, 1024, 1 << 30)? as usize,
                name if OF_ALL.contains(&name) => {}
                name if !is_secure && TlsFiles::NAMES.contains(&name) => {
                    return Err(TransportError::Setting(format!(
                        "option {name} needs zmqs:// or zmqs+redis://"
                    )));
                }
                name if TlsFiles::NAMES.contains(&name) => tls.take(name, value)?,
                name => check_fixed(name, value)?,
            }
        }
        let Some(count) = end.checked_sub(first).filter(|count| *count > 0) else {
            let why = format!(
                "option rpc_zmq_max_port={end} is the port behind the last one, and not above rpc_zmq_min_port={first}"
            );
            return Err(TransportError::Setting(why));
        };
        tls.check()?;
        options.tls = is_secure.then_some(tls);
        // Both were read as what fits.
        options.ports = Ports {
            first: u16::try_from(first).unwrap_or(u16::MAX),
            count: u16::try_from(count).unwrap_or(u16::MAX),
        };
        if options.update >= options.expire {
            return Err(TransportError::Setting(format!(
                "option zmq_target_update={}: entries have to be renewed before they expire (zmq_target_expire={})",
                options.update.as_secs(),
                options.expire.as_secs(),
            )));
        }
        Ok(options)
    }

    pub(crate) fn max_body(&self) -> usize {
        self.max_body
    }

    /// Where servers listen that the URL has no addresses for. Whoever can connect can call: so only this machine can, unless
    /// something else is said.
    pub(super) fn bind_address(&self) -> IpAddr {
        self.bind.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }

    /// What the directory calls this machine.
    pub(super) fn host(&self) -> Result<String, String> {
        match (&self.host, self.bind_address()) {
            (Some(host), _) => Ok(host.clone()),
            (None, ip) if ip.is_unspecified() => Err(format!(
                "servers listen on all addresses (rpc_zmq_bind_address={ip}), so the option rpc_zmq_host has to say \
                 by which one others find them"
            )),
            (None, ip) => Ok(ip.to_string()),
        }
    }
}

fn bind_address(value: &str) -> Result<IpAddr, TransportError> {
    // As oslo.messaging has it for all addresses.
    if value == "*" {
        return Ok(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    }
    IpAddr::from_str(value).map_err(|_| wrong("rpc_zmq_bind_address", value, "an IP address, or * for all"))
}

fn seconds(name: &str, value: &str) -> Result<Duration, TransportError> {
    number(name, value, 1, 86_400).map(|seconds| Duration::from_secs(u64::from(seconds)))
}

fn check_fixed(name: &str, value: &str) -> Result<(), TransportError> {
    match FIXED.iter().find(|(fixed, ..)| *fixed == name) {
        Some((_, only, _)) if value.eq_ignore_ascii_case(only) => Ok(()),
        Some((_, only, why)) => Err(wrong(name, value, &format!("{only}, as {why}"))),
        None => Err(TransportError::Setting(format!(
            "option {name} has no meaning for zmq://, which takes {}, {}, {}",
            OF_ALL.join(", "),
            KNOWN.join(", "),
            TlsFiles::NAMES.join(", "),
        ))),
    }
}
