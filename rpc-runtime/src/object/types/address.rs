//! Addresses and networks. Addresses of IP alone are `std::net::IpAddr`, `Ipv4Addr` and `Ipv6Addr`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A text is no address, or no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
#[non_exhaustive]
pub struct ParseAddressError {
    expected: &'static str,
}

/// A network of IP, `ADDRESS/BITS`. The bits of a host in the address are kept, as in Python: `192.0.2.7/24`.
///
/// ```
/// use rpc_runtime::object::IpNetwork;
///
/// let network: IpNetwork = "2001:DB8::1/64".parse()?;
/// assert_eq!((network.to_string().as_str(), network.prefix()), ("2001:db8::1/64", 64));
/// assert!("192.0.2.1/33".parse::<IpNetwork>().is_err());
/// # Ok::<(), rpc_runtime::object::ParseAddressError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpNetwork {
    address: IpAddr,
    prefix: u8,
}

impl IpNetwork {
    /// The network of the first `prefix` bits of `address`.
    ///
    /// # Errors
    /// The address has fewer bits: 32 or 128.
    pub fn new(address: IpAddr, prefix: u8) -> Result<Self, ParseAddressError> {
        if prefix > bits(address) {
            return Err(NO_NETWORK);
        }
        Ok(Self { address, prefix })
    }

    /// The address, with the bits of the host.
    #[must_use]
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// How many bits of the address are the network's.
    #[must_use]
    pub const fn prefix(&self) -> u8 {
        self.prefix
    }
}

const NO_NETWORK: ParseAddressError = ParseAddressError { expected: "a network, such as 192.0.2.0/24" };

const fn bits(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

impl FromStr for IpNetwork {
    type Err = ParseAddressError;

    /// Without a number of bits it is the network of that address alone.
    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NO_NETWORK)?;
        match prefix {
            None => Self::new(address, bits(address)),
            // `u8::from_str` takes a leading `+`, which no network has.
            Some(prefix) if prefix.starts_with('+') => Err(NO_NETWORK),
            Some(prefix) => Self::new(address, prefix.parse().map_err(|_| NO_NETWORK)?),
        }
    }
}

impl fmt::Display for IpNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// A MAC address, written in small letters with colons. Read with colons, hyphens, points or nothing between the digits.
///
/// ```
/// use rpc_runtime::object::MacAddress;
///
/// let address: MacAddress = "FA-16-3E-00-00-01".parse()?;
/// assert_eq!(address.to_string(), "fa:16:3e:00:00:01");
/// # Ok::<(), rpc_runtime::object::ParseAddressError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddress([u8; 6]);

const NO_MAC: ParseAddressError = ParseAddressError { expected: "a MAC address, such as fa:16:3e:00:00:01" };

impl MacAddress {
    /// The address of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 6]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 6] {
        self.0
    }
}

impl FromStr for MacAddress {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        let mut bytes = [0; 6];
        let mut digits = 0;
        for character in text.chars() {
            match character.to_digit(16).and_then(|digit| u8::try_from(digit).ok()) {
                Some(digit) => {
                    let byte = bytes.get_mut(digits / 2).ok_or(NO_MAC)?;
                    *byte = *byte << 4 | digit;
                    digits += 1;
                }
                None if matches!(character, ':' | '-' | '.') && digits % 2 == 0 => {}
                None => return Err(NO_MAC),
            }
        }
        if digits == 12 { Ok(Self(bytes)) } else { Err(NO_MAC) }
    }
}

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

as_text!(IpNetwork, MacAddress);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        for (text, written) in [
            ("192.0.2.7/24", "192.0.2.7/24"),
            ("192.0.2.7", "192.0.2.7/32"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("::1", "::1/128"),
        ] {
            assert_eq!(text.parse::<IpNetwork>().unwrap().to_string(), written);
        }
        for wrong in
            ["", "/", "192.0.2.7/", "192.0.2.7/x", "192.0.2.7/-1", "192.0.2.7/+1", "::/129", "host/24"]
        {
            let error = serde_json::from_value::<IpNetwork>(wrong.into()).unwrap_err().to_string();
            assert!(error.contains("expected a network"), "{wrong}: {error}");
        }
    }

    #[test]
    fn mac_addresses() {
        for text in ["fa:16:3e:00:00:0a", "FA-16-3E-00-00-0A", "fa163e00000a", "fa16.3e00.000a"] {
            let address: MacAddress = serde_json::from_value(text.into()).unwrap();
            assert_eq!(serde_json::to_value(address).unwrap(), "fa:16:3e:00:00:0a");
        }
        for wrong in ["", "fa:16:3e:00:00", "fa:16:3e:00:00:0a:0b", "f:a16:3e:00:00:0a", "gg:16:3e:00:00:0a"]
        {
            assert!(wrong.parse::<MacAddress>().is_err(), "{wrong}");
        }
    }
}
