//! The host and port of a peer.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

/// No name of a host is longer.
const LONGEST_HOST: usize = 253;

/// Where a peer takes connections. As text `host:port`, an IPv6 address in brackets; without them it is read as well, as
/// oslo.messaging writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PeerAddress {
    host: String,
    port: u16,
}

/// A text is no [`PeerAddress`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no host:port")]
pub(crate) struct NoPeerAddress;

impl PeerAddress {
    /// An IPv6 address without brackets. `None` if it is no name of a host, or the port is 0.
    pub(crate) fn new(host: &str, port: u16) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"/[]@,?#%".contains(&byte);
        let fits = (1..=LONGEST_HOST).contains(&host.len()) && host.bytes().all(plain) && port != 0;
        let named = !host.contains(':') || host.parse::<Ipv6Addr>().is_ok();
        (fits && named).then(|| Self { host: host.to_owned(), port })
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for PeerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

impl FromStr for PeerAddress {
    type Err = NoPeerAddress;

    fn from_str(text: &str) -> Result<Self, NoPeerAddress> {
        let (host, port) = text.rsplit_once(':').ok_or(NoPeerAddress)?;
        let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(bracketed) if bracketed.contains(':') => bracketed,
            Some(_) => return Err(NoPeerAddress),
            None => host,
        };
        // A number that is parsed may have a `+`.
        let digits = port.bytes().all(|byte| byte.is_ascii_digit());
        let port = port.parse().ok().filter(|_| digits).ok_or(NoPeerAddress)?;
        Self::new(host, port).ok_or(NoPeerAddress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for (text, host, port) in [
            ("controller-1.example:5701", "controller-1.example", 5701),
            ("127.0.0.1:65535", "127.0.0.1", 65535),
            ("[fe80::1]:1", "fe80::1", 1),
        ] {
            let address: PeerAddress = text.parse().unwrap();
            assert_eq!((address.host(), address.port()), (host, port));
            assert_eq!(address.to_string(), text);
        }
        let python: PeerAddress = "fe80::1:5701".parse().unwrap();
        assert_eq!(python.to_string(), "[fe80::1]:5701");
    }

    #[test]
    fn what_is_none_is_refused() {
        let long = format!("{}:1", "a".repeat(254));
        let odd = "|:|host|host:|:5701|host:0|host:65536|host:+1|host:-1|host:1 | :1|a b:1|a\n:1|host:1:x|a:b:1|\
                   [host]:1|[::1:1|::1]:1|[]:1|é:1|a/b:1|[::1%eth0]:1";
        for text in odd.split('|').chain([&*long]) {
            assert_eq!(text.parse::<PeerAddress>(), Err(NoPeerAddress), "{text}");
        }
        assert!(format!("{}:1", "a".repeat(253)).parse::<PeerAddress>().is_ok());
    }
}
