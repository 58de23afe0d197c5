//! How connections log in.

use crate::transport::error::TransportError;
use crate::transport::query::wrong;
use crate::transport::url::Host;

/// One of the ways of SASL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transport::amqp1) enum Mechanism {
    /// By user and password.
    Plain,
    /// As nobody.
    Anonymous,
}

/// Those that the option `sasl_mechanisms` allows. Default: all that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mechanisms {
    plain: bool,
    anonymous: bool,
}

impl Default for Mechanisms {
    fn default() -> Self {
        Self { plain: true, anonymous: true }
    }
}

impl Mechanisms {
    /// Several are separated by blanks; an empty list allows all that are there, as in Python.
    pub(super) fn read(name: &str, value: &str) -> Result<Self, TransportError> {
        let mut read = Self { plain: false, anonymous: false };
        for mechanism in value.split([' ', ',']).filter(|mechanism| !mechanism.is_empty()) {
            match mechanism.to_ascii_uppercase().as_str() {
                "PLAIN" => read.plain = true,
                "ANONYMOUS" => read.anonymous = true,
                _ => {
                    return Err(wrong(
                        name,
                        mechanism,
                        "PLAIN, ANONYMOUS or both, as there are no others here",
                    ));
                }
            }
        }
        let is_any = read.plain || read.anonymous;
        Ok(if is_any { read } else { Self::default() })
    }

    /// Refuses hosts that cannot be logged in to.
    pub(super) fn check(self, hosts: &[Host]) -> Result<(), TransportError> {
        for host in hosts {
            let lacks = match (host.user().is_empty(), self) {
                (true, Self { anonymous: false, .. }) => "has no user, which sasl_mechanisms=PLAIN needs",
                (false, Self { plain: false, .. }) => {
                    "has a user, which sasl_mechanisms=ANONYMOUS says nothing of"
                }
                _ => continue,
            };
            return Err(TransportError::Setting(format!("the host {} {lacks}", host.address())));
        }
        Ok(())
    }

    /// As whom the host knows us: by PLAIN if the URL says a user.
    pub(super) fn of(self, host: &Host) -> Mechanism {
        if host.user().is_empty() { Mechanism::Anonymous } else { Mechanism::Plain }
    }
}
