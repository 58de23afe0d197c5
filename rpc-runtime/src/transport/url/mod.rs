//! Transport URLs in oslo.messaging's form: several hosts, each with its own credentials.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stays as it is when a part of a URL is printed.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where a transport connects: `rabbit://user:password@host:port[,user:password@host:port]/vhost?option=value`.
///
/// * Schemes: `rabbit` and `amqp` (port 5672 unless given, with the option `ssl` too), `amqps` (TLS, port
///   5671); `amqp1` and `amqp1s` (TLS), with the same ports; `zmq` and `zmqs` (TLS), whose hosts are where servers listen (port 9501); `zmq+redis` and `zmqs+redis`, whose host is
///   that of Redis (port 6379); and `memory`, which has no host; its vhost names the broker.
/// * A host of RabbitMQ without credentials has `guest`/`guest`, not those of the host before it. IPv6 addresses stand in
///   brackets. No host at all is `localhost`.
/// * User, password and vhost are percent-decoded; no vhost, `/`, `//` and `/%2F` are the vhost `/`.
/// * A repeated option is joined with commas.
/// * Blanks and ends of lines around a URL are no part of it, as where it is read from a file.
///
/// `Display` and `Debug` show `***` for passwords, and so do the errors.
///
/// ```
/// use rpc_runtime::TransportUrl;
///
/// let url: TransportUrl = "rabbit://nova:s%2Fecret@mq1,nova:secret@[::1]:5671/prod?ssl=true".parse()?;
/// assert_eq!(url.hosts()[1].port(), 5671);
/// assert_eq!(url.vhost(), "prod");
/// assert_eq!(url.to_string(), "rabbit://nova:***@mq1:5672,nova:***@[::1]:5671/prod?ssl=true");
/// # Ok::<(), rpc_runtime::UrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TransportUrl {
    scheme: Scheme,
    hosts: Vec<Host>,
    vhost: String,
    query: Vec<(String, String)>,
}

/// The part of a [`TransportUrl`] before `://`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// `rabbit://`, oslo.messaging's name for RabbitMQ.
    Rabbit,
    /// `amqp://`, the same as `rabbit://`.
    Amqp,
    /// `amqps://`, RabbitMQ over TLS.
    Amqps,
    /// `amqp1://`, routers and brokers of AMQP 1.0, oslo.messaging's `amqp://`.
    Amqp1,
    /// `amqp1s://`, the same over TLS.
    Amqp1s,
    /// `zmq://`, ZeroMQ between the processes of a list.
    Zmq,
    /// `zmqs://`, the same over TLS.
    Zmqs,
    /// `zmq+redis://`, ZeroMQ between processes that find each other in Redis, as those of oslo.messaging do.
    ZmqRedis,
    /// `zmqs+redis://`, the same over TLS; Redis is asked without.
    ZmqsRedis,
    /// `memory://`, the broker inside the process.
    Memory,
}

impl Scheme {
    /// As it stands in a URL.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Scheme::Rabbit => "rabbit",
            Scheme::Amqp => "amqp",
            Scheme::Amqps => "amqps",
            Scheme::Amqp1 => "amqp1",
            Scheme::Amqp1s => "amqp1s",
            Scheme::Zmq => "zmq",
            Scheme::Zmqs => "zmqs",
            Scheme::ZmqRedis => "zmq+redis",
            Scheme::ZmqsRedis => "zmqs+redis",
            Scheme::Memory => "memory",
        }
    }

    /// All of them.
    const ALL: [Self; 10] = [
        Self::Rabbit,
        Self::Amqp,
        Self::Amqps,
        Self::Amqp1,
        Self::Amqp1s,
        Self::Zmq,
        Self::Zmqs,
        Self::ZmqRedis,
        Self::ZmqsRedis,
        Self::Memory,
    ];

    /// The feature that it is built by, if it is not always there.
    #[cfg(not(all(feature = "amqp", feature = "amqp1", feature = "zmq")))]
    pub(crate) fn feature(self) -> Option<&'static str> {
        match self {
            Scheme::Rabbit | Scheme::Amqp | Scheme::Amqps => Some("amqp"),
            Scheme::Amqp1 | Scheme::Amqp1s => Some("amqp1"),
            Scheme::Zmq | Scheme::Zmqs | Scheme::ZmqRedis | Scheme::ZmqsRedis => Some("zmq"),
            Scheme::Memory => None,
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Scheme::Amqps | Scheme::Amqp1s => 5671,
            Scheme::Zmq | Scheme::Zmqs => 9501,
            Scheme::ZmqRedis | Scheme::ZmqsRedis => 6379,
            Scheme::Rabbit | Scheme::Amqp | Scheme::Amqp1 | Scheme::Memory => 5672,
        }
    }

    /// Who logs in at a host that the URL says nothing of.
    fn default_login(self) -> &'static str {
        match self {
            Scheme::Rabbit | Scheme::Amqp | Scheme::Amqps => "guest",
            _ => "",
        }
    }
}

/// One broker of a [`TransportUrl`].
#[derive(Clone, PartialEq, Eq)]
pub struct Host {
    name: String,
    port: u16,
    user: String,
    password: String,
}

impl Host {
    /// The host name or address, an IPv6 address without its brackets.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The TCP port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The user to log in as.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    #[cfg(any(feature = "amqp", feature = "amqp1", feature = "zmq", test))]
    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    /// `host:port` as it is written in a URL.
    pub(crate) fn address(&self) -> String {
        if self.name.contains(':') {
            format!("[{}]:{}", self.name, self.port)
        } else {
            format!("{}:{}", self.name, self.port)
        }
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:***@{}", utf8_percent_encode(&self.user, PLAIN), self.address())
    }
}

impl TransportUrl {
    /// What kind of transport this is.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The brokers, as they are listed; none for `memory://`, else at least one.
    #[must_use]
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// The virtual host, `/` unless given.
    #[must_use]
    pub fn vhost(&self) -> &str {
        &self.vhost
    }

    /// The options of the query, decoded, each name once.
    pub fn options(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The same URL without these options.
    #[cfg(feature = "amqp")]
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        let mut url = self.clone();
        url.query.retain(|(name, _)| !names.contains(&name.as_str()));
        url
    }

    /// The value of the query's option `name`.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options().find(|(given, _)| *given == name).map(|(_, value)| value)
    }
}

impl FromStr for TransportUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let (scheme, rest) = text
            .trim()
            .split_once("://")
            .ok_or_else(|| wrong("it does not begin with a scheme such as rabbit://"))?;
        let scheme = parse_scheme(scheme)?;
        if rest.contains('#') {
            return Err(wrong("a `#` is written %23"));
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (hosts, path) = rest.split_once('/').unwrap_or((rest, ""));
        // A raw `/` or `?` in a password would cut it in two and show its second half as a vhost.
        if path.contains('@') || query.contains('@') {
            return Err(wrong(
                "there is an `@` behind the hosts: `/`, `?` and `@` in user, password, vhost and options are \
                 written %2F, %3F and %40",
            ));
        }
        let vhost = match decode(path, "the vhost")?.as_str() {
            "" | "/" => "/".to_owned(),
            vhost => vhost.to_owned(),
        };
        let query = parse_query(query)?;
        let hosts = match scheme {
            Scheme::Memory if !hosts.is_empty() => {
                return Err(wrong("memory:// has no host: a broker of a name is memory:///name"));
            }
            Scheme::Memory => Vec::new(),
            _ => hosts
                .split(',')
                .enumerate()
                .map(|(n, host)| parse_host(host, n + 1, hosts.contains(','), scheme))
                .collect::<Result<_, _>>()?,
        };
        Ok(Self { scheme, hosts, vhost, query })
    }
}

fn parse_scheme(text: &str) -> Result<Scheme, UrlError> {
    let known = || Scheme::ALL.map(Scheme::name).join(", ");
    match text.to_ascii_lowercase().as_str() {
        name if let Some(known) = Scheme::ALL.into_iter().find(|known| known.name() == name) => Ok(known),
        // Anything else than letters may be a password in the wrong place.
        name if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+') => {
            Err(wrong(format!("the scheme {name} is none of {}", known())))
        }
        _ => Err(wrong(format!("the scheme is none of {}", known()))),
    }
}

/// One entry of the list of hosts. The text is never quoted in errors: it may hold a password.
fn parse_host(text: &str, number: usize, several: bool, scheme: Scheme) -> Result<Host, UrlError> {
    let at_fault = |why: &str| wrong(format!("host {number}: {why}"));
    if text.is_empty() && several {
        return Err(at_fault("there is nothing between two commas"));
    }
    // Python would take it for a part of the user.
    if text.trim() != text {
        return Err(at_fault("there is a blank before or behind it: hosts are separated by a comma alone"));
    }
    let (credentials, address) = match text.split_once('@') {
        Some((credentials, address)) => (Some(credentials), address),
        None => (None, text),
    };
    if address.contains('@') {
        return Err(at_fault("an `@` in the user or the password is written %40"));
    }
    let (user, password) = match credentials {
        None => (scheme.default_login().to_owned(), scheme.default_login().to_owned()),
        Some(credentials) => {
            let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
            let part = |part, name| decode(part, &format!("host {number}: the {name}"));
            (part(user, "user")?, part(password, "password")?)
        }
    };
    let (name, port) = if let Some(bracketed) = address.strip_prefix('[') {
        let (name, rest) =
            bracketed.split_once(']').ok_or_else(|| at_fault("the IPv6 address has no closing bracket"))?;
        if name.parse::<std::net::Ipv6Addr>().is_err() {
            return Err(at_fault("there is no IPv6 address in the brackets"));
        }
        match rest.strip_prefix(':') {
            Some(port) => (name, Some(port)),
            None if rest.is_empty() => (name, None),
            None => return Err(at_fault("only a port may follow the IPv6 address")),
        }
    } else {
        match address.split_once(':') {
            Some((_, rest)) if rest.contains(':') => {
                return Err(at_fault("more than one `:`; an IPv6 address stands in brackets"));
            }
            Some((name, port)) => (name, Some(port)),
            None => (address, None),
        }
    };
    if name.bytes().any(|b| b.is_ascii_whitespace() || b.is_ascii_control() || b == b'%') {
        return Err(at_fault("the host name has a blank, a control character or a `%`"));
    }
    let port = match port {
        None => scheme.default_port(),
        // `u16::from_str` takes a leading `+`, which no port has.
        Some(port) => Some(port)
            .filter(|port| port.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|port| port.parse().ok())
            .filter(|port| *port != 0)
            .ok_or_else(|| at_fault("the port is not a number from 1 to 65535"))?,
    };
    let name = if name.is_empty() { "localhost" } else { name };
    Ok(Host { name: name.to_owned(), port, user, password })
}

fn parse_query(text: &str) -> Result<Vec<(String, String)>, UrlError> {
    let mut query: Vec<(String, String)> = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let Some((name, value)) = pair.split_once('=') else {
            return Err(wrong(format!("the option {pair} has no value")));
        };
        let name = decode(&name.replace('+', " "), "the name of an option")?;
        let value = decode(&value.replace('+', " "), &format!("the option {name}"))?;
        match query.iter_mut().find(|(given, _)| *given == name) {
            Some((_, values)) => {
                values.push(',');
                values.push_str(&value);
            }
            None => query.push((name, value)),
        }
    }
    Ok(query)
}

fn decode(text: &str, part: &str) -> Result<String, UrlError> {
    let decoded = percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| wrong(format!("{part} is not UTF-8 after percent-decoding")))?;
    Ok(decoded.into_owned())
}

impl fmt::Display for TransportUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme.name())?;
        for (n, host) in self.hosts.iter().enumerate() {
            f.write_str(if n == 0 { "" } else { "," })?;
            let nobody = host.user.is_empty() && host.password.is_empty();
            if nobody && self.scheme.default_login().is_empty() {
                f.write_str(&host.address())?;
            } else {
                write!(f, "{host:?}")?;
            }
        }
        let named = self.vhost != "/";
        if named || self.scheme != Scheme::Memory {
            f.write_str("/")?;
        }
        if named {
            write!(f, "{}", utf8_percent_encode(&self.vhost, PLAIN))?;
        }
        for (n, (name, value)) in self.query.iter().enumerate() {
            let (name, value) = (utf8_percent_encode(name, PLAIN), utf8_percent_encode(value, PLAIN));
            write!(f, "{}{name}={value}", if n == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

impl fmt::Debug for TransportUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransportUrl({self})")
    }
}

/// A text that is not a [`TransportUrl`]; says which part is wrong, without showing passwords.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("bad transport URL: {0}")]
pub struct UrlError(String);

fn wrong(why: impl Into<String>) -> UrlError {
    UrlError(why.into())
}

#[cfg(test)]
mod tests;
