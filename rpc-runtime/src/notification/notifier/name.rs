//! The drivers of oslo.messaging, by their names.

use std::fmt;
use std::str::FromStr;

/// A driver by the name that oslo.messaging's option `driver` has for it.
///
/// ```
/// use rpc_runtime::notification::{DriverName, DriverNames};
///
/// let names: DriverNames = "messagingv2, log".parse()?;
/// assert_eq!(names.as_slice(), [DriverName::MessagingV2, DriverName::Log]);
/// # Ok::<(), rpc_runtime::notification::UnknownDriver>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DriverName {
    /// `messagingv2`: sends to the topics, in oslo.messaging's envelope.
    MessagingV2,
    /// `messaging`: the same without envelope, for listeners that know no other form.
    Messaging,
    /// `log`: writes a line of JSON to the log, with secrets masked. See [`LogDriver`](super::LogDriver).
    Log,
    /// `noop`: does nothing.
    Noop,
    /// `test`: keeps the events, for a test to look at. See [`TestDriver`](super::TestDriver).
    Test,
    /// `routing`: gives events to other drivers by rules, which
    /// [`NotifierBuilder::routing`](super::NotifierBuilder::routing) has to be given. With the feature
    /// `notification-routing`.
    Routing,
}

impl DriverName {
    const ALL: [Self; 6] =
        [Self::MessagingV2, Self::Messaging, Self::Log, Self::Noop, Self::Test, Self::Routing];

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MessagingV2 => "messagingv2",
            Self::Messaging => "messaging",
            Self::Log => "log",
            Self::Noop => "noop",
            Self::Test => "test",
            Self::Routing => "routing",
        }
    }

    /// The driver of a name.
    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

impl fmt::Display for DriverName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for DriverName {
    type Err = UnknownDriver;

    fn from_str(name: &str) -> Result<Self, UnknownDriver> {
        Self::find(name).ok_or_else(|| UnknownDriver::new(name))
    }
}

/// A text that names no driver; holds it, shortened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no driver of notifications: messagingv2, messaging, log, noop, test or routing")]
pub struct UnknownDriver(String);

impl UnknownDriver {
    pub(super) fn new(name: &str) -> Self {
        Self(name.chars().take(40).collect())
    }
}

/// Drivers by name, as a configuration lists them: with commas or blanks between them, and none in an empty text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DriverNames(Vec<DriverName>);

impl DriverNames {
    /// The names, in their order.
    #[must_use]
    pub fn as_slice(&self) -> &[DriverName] {
        &self.0
    }
}

impl FromStr for DriverNames {
    type Err = UnknownDriver;

    fn from_str(text: &str) -> Result<Self, UnknownDriver> {
        let names = text.split([',', ' ', '\t', '\r', '\n']).filter(|name| !name.is_empty());
        names.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl IntoIterator for DriverNames {
    type Item = DriverName;
    type IntoIter = std::vec::IntoIter<DriverName>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_as_configurations_have_it() {
        for name in DriverName::ALL {
            assert_eq!(name.to_string().parse(), Ok(name));
        }
        let names: DriverNames = " messagingv2,log\nnoop ".parse().unwrap();
        assert_eq!(names.as_slice(), [DriverName::MessagingV2, DriverName::Log, DriverName::Noop]);
        assert_eq!("".parse(), Ok(DriverNames::default()));
        let why = "log, mesaging".parse::<DriverNames>().unwrap_err().to_string();
        assert!(why.starts_with("\"mesaging\" is no driver of notifications: messagingv2, "), "{why}");
    }
}
