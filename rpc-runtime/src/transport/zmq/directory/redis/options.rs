//! Where Redis is, and how long entries last in it.

use std::fmt;
use std::time::Duration;

use super::super::peer_address::PeerAddress;

/// How to reach Redis, and how long what is announced there lasts.
#[derive(Debug, Clone)]
pub(crate) struct RedisOptions {
    pub(crate) at: PeerAddress,
    pub(crate) login: Login,
    /// The number of its database.
    pub(crate) database: u32,
    /// After how long an entry is no more that nobody renews, in whole seconds, at least one: the option
    /// `zmq_target_expire`. Default: 60 s.
    pub(crate) expire: Duration,
    /// How often entries are renewed, and at least twice while they last: the option `zmq_target_update`. Default: 20 s.
    pub(crate) update: Duration,
}

/// Who logs in. Without a password nobody does, and without a user it is the one of old that only has a password.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) password: String,
}

impl RedisOptions {
    /// With defaults, the login of nobody and the database 0.
    pub(crate) fn new(at: PeerAddress) -> Self {
        Self {
            at,
            login: Login::default(),
            database: 0,
            expire: Duration::from_secs(60),
            update: Duration::from_secs(20),
        }
    }

    /// The seconds that Redis is told.
    pub(super) fn expire_seconds(&self) -> u64 {
        // More is more than Redis can count.
        const LONGEST: u64 = 30 * 365 * 24 * 3600;
        let whole = self.expire.as_secs().saturating_add((self.expire.subsec_nanos() > 0).into());
        whole.clamp(1, LONGEST)
    }

    /// When entries that were made now are renewed.
    pub(super) fn renewal(&self) -> Duration {
        let half = Duration::from_secs(self.expire_seconds()) / 2;
        self.update.clamp(Duration::from_millis(100), half)
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("user", &self.user).field("password", &"***").finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anywhere() -> RedisOptions {
        RedisOptions::new("h:1".parse().unwrap())
    }

    #[test]
    fn any_duration_is_taken() {
        let told = |expire, update| {
            let options = RedisOptions { expire, update, ..anywhere() };
            (options.expire_seconds(), options.renewal())
        };
        let (millisecond, second) = (Duration::from_millis(1), Duration::from_secs(1));
        assert_eq!(told(60 * second, 20 * second), (60, 20 * second));
        assert_eq!(told(60 * second, 180 * second), (60, 30 * second));
        assert_eq!(told(1500 * millisecond, second), (2, second));
        assert_eq!(told(Duration::ZERO, Duration::ZERO), (1, 100 * millisecond));
        let (seconds, renewal) = told(Duration::MAX, Duration::MAX);
        assert_eq!(renewal, Duration::from_secs(seconds / 2));
    }

    #[test]
    fn the_password_is_not_shown() {
        let login = Login { user: "nova".to_owned(), password: "hunter2".to_owned() };
        let shown = format!("{:?}", RedisOptions { login, ..anywhere() });
        assert!(shown.contains("nova") && !shown.contains("hunter2"), "{shown}");
    }
}
