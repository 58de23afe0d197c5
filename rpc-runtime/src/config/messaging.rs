//! The options of oslo.messaging that belong to no driver.

use std::path::PathBuf;

use super::error::ConfigError;
use super::known::{CONCURRENCY, DEFAULT, NOTIFICATIONS};
use super::place::Place;
use super::value::{flag, integer, list};
use super::values::{Placed, Values};

/// Those that are set; `None` is that nobody says anything.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Messaging {
    pub(crate) control_exchange: Option<String>,
    /// In seconds, above 0.
    pub(crate) response_timeout: Option<u64>,
    /// Above 0.
    pub(crate) workers: Option<usize>,
    pub(crate) ping: Option<bool>,
    pub(crate) notifications: Notifications,
}

/// Those of `[oslo_messaging_notifications]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Notifications {
    /// Those that send; none unless there are such.
    pub(crate) drivers: Vec<String>,
    pub(crate) topics: Option<Vec<String>>,
    /// -1 is for ever.
    pub(crate) retry: Option<i64>,
    pub(crate) routing_config: Option<PathBuf>,
}

impl Messaging {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        let above_0 = |name| {
            let number = typed(values, DEFAULT, name, |text| match integer(text)? {
                Some(number) if number > 0 => Ok(number.unsigned_abs()),
                _ => Err("a whole number above 0"),
            });
            number.map(|number| number.map(|(number, _)| number))
        };
        let exchange = typed(values, DEFAULT, "control_exchange", |text| match text {
            "" => Err("the name of an exchange"),
            text => Ok(text.to_owned()),
        })?;
        let workers = above_0("executor_thread_pool_size")?;
        Ok(Self {
            control_exchange: exchange.map(|(exchange, _)| exchange),
            response_timeout: above_0("rpc_response_timeout")?,
            workers: workers.map(|workers| workers.try_into().unwrap_or(usize::MAX)),
            ping: typed(values, DEFAULT, "rpc_ping_enabled", flag)?.map(|(ping, _)| ping),
            notifications: Notifications::read(values)?,
        })
    }
}

impl Notifications {
    fn read(values: &Values) -> Result<Self, ConfigError> {
        let drivers = values.texts(NOTIFICATIONS, "driver")?.into_iter().map(|(driver, _)| driver);
        let retry = typed(values, NOTIFICATIONS, "retry", |text| match integer(text)? {
            Some(retry) if (-1..=i64::from(u32::MAX)).contains(&retry) => Ok(retry),
            _ => Err("a whole number, or -1 for ever"),
        })?;
        let rules = values.text_set(NOTIFICATIONS, "routing_config")?;
        Ok(Self {
            // Python finds no driver of an empty name, and goes on.
            drivers: drivers.filter(|driver| !driver.is_empty()).collect(),
            topics: values.text_set(NOTIFICATIONS, "topics")?.map(|(topics, _)| list(&topics)),
            retry: retry.map(|(retry, _)| retry),
            routing_config: rules
                .map(|(path, _)| path.into())
                .filter(|path: &PathBuf| path != &PathBuf::new()),
        })
    }
}

impl Values {
    /// The URL of the transport of RPC, or of that of notifications if there is one; the default of both is that of
    /// RPC. With the group that has it.
    pub(super) fn transport_url(
        &self,
        for_notifications: bool,
    ) -> Result<(&'static str, Placed<String>), ConfigError> {
        if for_notifications {
            let own = self.text(NOTIFICATIONS, "transport_url")?.filter(|(url, _)| !url.is_empty());
            if let Some(url) = own {
                return Ok((NOTIFICATIONS, url));
            }
        }
        let url = self.text(DEFAULT, "transport_url")?;
        Ok((DEFAULT, url.unwrap_or_else(|| ("rabbit://".to_owned(), Place::Default))))
    }

    /// The folder of lock files, if one is set.
    pub(super) fn lock_path(&self) -> Result<Option<PathBuf>, ConfigError> {
        let path = self.text(CONCURRENCY, "lock_path")?.map(|(path, _)| path);
        Ok(path.filter(|path| !path.is_empty()).map(PathBuf::from))
    }
}

/// A value that is set, by its type.
pub(super) fn typed<T>(
    values: &Values,
    group: &str,
    name: &str,
    read: impl FnOnce(&str) -> Result<T, &'static str>,
) -> Result<Option<Placed<T>>, ConfigError> {
    values.text_set(group, name)?.map(|placed| of_type(group, name, placed, read)).transpose()
}

/// The value of a text, by its type.
pub(super) fn of_type<T>(
    group: &str,
    name: &str,
    (text, place): Placed<String>,
    read: impl FnOnce(&str) -> Result<T, &'static str>,
) -> Result<Placed<T>, ConfigError> {
    match read(&text) {
        Ok(value) => Ok((value, place)),
        Err(expected) => Err(ConfigError::Value {
            group: group.to_owned(),
            name: name.to_owned(),
            place,
            why: format!("expected {expected}"),
        }),
    }
}
