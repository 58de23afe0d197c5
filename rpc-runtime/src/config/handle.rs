//! The configuration as services hold it.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
#[cfg(feature = "service")]
use std::time::Duration;

use arc_swap::ArcSwap;

#[cfg(feature = "amqp")]
use super::driver::DriverOption;
use super::error::ConfigError;
use super::ini::group_name;
use super::known::{DEFAULT, UPGRADE_LEVELS};
use super::messaging::{Messaging, of_type};
use super::pins::{Auto, Pins};
use super::place::Place;
use super::reading::Reading;
use super::reload::Reload;
use super::remark::Remark;
use super::state::State;
use super::value;
use super::values::Placed;
use crate::contained::contained;
use crate::interface::Interface;
use crate::lock::lock;
use crate::pin::VersionPin;
use crate::version::Version;

/// What files, the environment and defaults say, as Python's oslo.config reads them. Cloning shares it.
///
/// See the [module](crate::config) for the rules. What has a type here has the one of oslo.config of that name: [`text`](Self::text)
/// is a `StrOpt`, [`texts`](Self::texts) a `MultiStrOpt`, [`list`](Self::list) a `ListOpt`, [`flag`](Self::flag) a `BoolOpt`.
/// A group is asked for by its name, in small or capital letters, apart from `DEFAULT`.
///
/// `Debug` has no values.
#[derive(Clone)]
pub struct Config {
    shared: Arc<Shared>,
}

struct Shared {
    reading: Reading,
    state: ArcSwap<State>,
    reloading: Mutex<()>,
    /// For transports: how long calls wait, in seconds; 0 if nobody says it.
    response_timeout: Arc<AtomicU64>,
    pins: Pins,
}

impl Config {
    pub(super) fn new(reading: Reading) -> Result<Self, ConfigError> {
        let state = reading.read()?;
        contained(|| state.log());
        let response_timeout = Arc::new(AtomicU64::new(state.messaging.response_timeout.unwrap_or(0)));
        let state = ArcSwap::from_pointee(state);
        let shared =
            Shared { reading, state, reloading: Mutex::default(), response_timeout, pins: Pins::default() };
        Ok(Self { shared: Arc::new(shared) })
    }

    fn state(&self) -> Arc<State> {
        self.shared.state.load_full()
    }

    /// An option that is a text; of several values the last one. `None` is that it is not set and no default is known.
    ///
    /// # Errors
    /// [`ConfigError::Value`], as for all of these: what is to be substituted in it cannot be.
    pub fn text(&self, group: &str, name: &str) -> Result<Option<String>, ConfigError> {
        Ok(self.placed(group, name)?.map(|(text, _)| text))
    }

    /// An option of which all values count, those of earlier files first; none if it is not set.
    ///
    /// A variable of the environment is one value. (oslo.config takes each of its letters for one.)
    ///
    /// # Errors
    /// As for [`text`](Self::text).
    pub fn texts(&self, group: &str, name: &str) -> Result<Vec<String>, ConfigError> {
        let texts = self.state().values.texts(&group_name(group), name)?;
        Ok(texts.into_iter().map(|(text, _)| text).collect())
    }

    /// An option with commas between its values; quotes have no meaning, as in oslo.config.
    ///
    /// # Errors
    /// As for [`text`](Self::text).
    pub fn list(&self, group: &str, name: &str) -> Result<Option<Vec<String>>, ConfigError> {
        Ok(self.placed(group, name)?.map(|(text, _)| value::list(&text)))
    }

    /// An option that is true, 1, on or yes, or else false, 0, off or no, in small or capital letters.
    ///
    /// # Errors
    /// As for [`text`](Self::text), and if it is something else.
    pub fn flag(&self, group: &str, name: &str) -> Result<Option<bool>, ConfigError> {
        self.typed(group, name, |text| value::flag(text).map(Some))
    }

    /// An option that is a whole number. One that is empty is `None`, as in oslo.config.
    ///
    /// # Errors
    /// As for [`text`](Self::text), and if it is something else, or too large for an `i64`.
    pub fn integer(&self, group: &str, name: &str) -> Result<Option<i64>, ConfigError> {
        self.typed(group, name, value::integer)
    }

    /// An option that is a number. One that is empty is `None`, as in oslo.config.
    ///
    /// # Errors
    /// As for [`text`](Self::text), and if it is something else.
    pub fn float(&self, group: &str, name: &str) -> Result<Option<f64>, ConfigError> {
        self.typed(group, name, value::float)
    }

    /// An option that is a number of seconds, as oslo.config has them: whole ones.
    #[cfg(feature = "service")]
    pub(crate) fn seconds(&self, group: &str, name: &str) -> Result<Option<Duration>, ConfigError> {
        self.typed(group, name, |text| match value::integer(text)?.map(u64::try_from) {
            None => Ok(None),
            Some(Ok(seconds)) => Ok(Some(Duration::from_secs(seconds))),
            Some(Err(_)) => Err("a number of seconds, 0 or more"),
        })
    }

    /// Where the value of an option comes from that [`text`](Self::text) has; `None` if there is none.
    ///
    /// # Errors
    /// As for [`text`](Self::text).
    pub fn place(&self, group: &str, name: &str) -> Result<Option<Place>, ConfigError> {
        Ok(self.placed(group, name)?.map(|(_, place)| place))
    }

    fn placed(&self, group: &str, name: &str) -> Result<Option<Placed<String>>, ConfigError> {
        self.state().values.text(&group_name(group), name)
    }

    fn typed<T>(
        &self,
        group: &str,
        name: &str,
        read: impl FnOnce(&str) -> Result<Option<T>, &'static str>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(placed) = self.placed(group, name)? else { return Ok(None) };
        Ok(of_type(&group_name(group), name, placed, read)?.0)
    }

    /// The options that do not have the effect that somebody may expect: those that nobody knows, those of oslo.messaging
    /// that have no effect here, with the reason, and those under names of old. They were logged, too.
    #[must_use]
    pub fn remarks(&self) -> Vec<Remark> {
        self.state().remarks.clone()
    }

    /// The folder of lock files: `lock_path` of `[oslo_concurrency]`, else what the variable `OSLO_LOCK_PATH` has.
    ///
    /// # Errors
    /// As for [`text`](Self::text).
    pub fn lock_path(&self) -> Result<Option<PathBuf>, ConfigError> {
        self.state().values.lock_path()
    }

    /// The pin of clients of `interface`, by the option `name` of `[upgrade_levels]`, which is a version such as `6.0` or the
    /// name of a release that the interface knows; unpinned if there is no such option. nova has `compute`, `conductor` and
    /// `scheduler`.
    ///
    /// [`reload`](Self::reload) moves it. Who asks for it again gets the same cell.
    ///
    /// ```
    /// use rpc_runtime::config::Config;
    /// use rpc_runtime::{Context, RemoteError, Transport, Version, rpc_manager};
    ///
    /// #[rpc_manager(client = ComputeApi, topic = "compute", version = "6.0", aliases(zed = "6.0"))]
    /// pub trait ComputeManager {
    ///     #[rpc(cast)]
    ///     async fn reboot(&self, ctx: Context, instance: String) -> Result<(), RemoteError>;
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (transport, _recorder) = Transport::recording();
    /// let config = Config::builder().environment([("OS_UPGRADE_LEVELS__COMPUTE", "zed")]).read()?;
    /// let pin = config.pin("compute", &ComputeApi::INTERFACE)?;
    /// assert_eq!(pin.get(), Some(Version::new(6, 0)));
    /// let api = ComputeApi::new(&transport).pinned(pin);
    /// # drop(api);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::Value`]: it is none of those, or `auto`, which is for
    /// [`pin_with_auto`](Self::pin_with_auto).
    pub fn pin(&self, name: &str, interface: &'static Interface) -> Result<VersionPin, ConfigError> {
        self.hand_out(name, interface, None)
    }

    /// The same where the option may be `auto`: then it is what `auto` says, and again at each [`reload`](Self::reload). nova
    /// looks for the oldest of its services in its database. `auto` must not reload.
    ///
    /// # Errors
    /// As for [`pin`](Self::pin).
    pub fn pin_with_auto(
        &self,
        name: &str,
        interface: &'static Interface,
        auto: impl Fn() -> Option<Version> + Send + Sync + 'static,
    ) -> Result<VersionPin, ConfigError> {
        self.hand_out(name, interface, Some(Arc::new(auto)))
    }

    fn hand_out(
        &self,
        name: &str,
        interface: &'static Interface,
        auto: Option<Auto>,
    ) -> Result<VersionPin, ConfigError> {
        loop {
            let state = self.state();
            // A reload may have moved all others meanwhile.
            let still_counts = || Arc::ptr_eq(&state, &self.shared.state.load());
            let (values, auto) = (&state.values, auto.clone());
            if let Some(pin) = self.shared.pins.hand_out(values, name, interface, auto, still_counts)? {
                return Ok(pin);
            }
        }
    }

    /// Reads the same files again. It blocks for as long as that takes.
    ///
    /// Then these are in effect: pins that [`pin`](Self::pin) has handed out, the `rpc_response_timeout` of transports that
    /// this configuration was given to, and what anybody asks it for. All else of oslo.messaging is in effect when the
    /// process starts again. The log names what changed, and which of it is not in effect.
    ///
    /// # Errors
    /// [`ConfigError`], as for [`ConfigBuilder::read`](super::ConfigBuilder::read) and [`pin`](Self::pin); then nothing has
    /// changed.
    pub fn reload(&self) -> Result<Reload, ConfigError> {
        let shared = &*self.shared;
        let _one_at_a_time = lock(&shared.reloading);
        let new = Arc::new(shared.reading.read()?);
        let (moves, old) = loop {
            let moves = shared.pins.moves(&new.values)?;
            if let Some(old) = shared.pins.make(&moves, || shared.state.swap(Arc::clone(&new))) {
                break (moves, old);
            }
        };
        shared.response_timeout.store(new.messaging.response_timeout.unwrap_or(0), Ordering::Relaxed);
        let reload = Reload::new(old, new, |group, name| match group {
            DEFAULT => name == "rpc_response_timeout",
            UPGRADE_LEVELS => moves.has(name),
            _ => false,
        });
        contained(|| reload.log());
        Ok(reload)
    }

    /// How long calls wait, in seconds; 0 if nobody says it. It changes with the files.
    pub(crate) fn response_timeout(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.shared.response_timeout)
    }

    pub(crate) fn messaging(&self) -> Messaging {
        self.state().messaging.clone()
    }

    /// What `read` makes of the URL of the transport, of RPC or of notifications. Its error is told with the place.
    pub(crate) fn with_transport_url<T, E: fmt::Display>(
        &self,
        for_notifications: bool,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, ConfigError> {
        let (group, (url, place)) = self.state().values.transport_url(for_notifications)?;
        read(&url).map_err(|error| ConfigError::Value {
            group: group.to_owned(),
            name: "transport_url".to_owned(),
            place,
            why: error.to_string(),
        })
    }

    /// The options of the RabbitMQ driver that are set.
    #[cfg(feature = "amqp")]
    pub(crate) fn of_driver(&self) -> Result<Vec<DriverOption>, ConfigError> {
        self.state().values.of_driver()
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files: Vec<_> = self.state().values.files.iter().map(|file| Arc::clone(&file.path)).collect();
        f.debug_struct("Config")
            .field("files", &files)
            .field("pins", &self.shared.pins)
            .finish_non_exhaustive()
    }
}
