//! Setting a transport up.

#[cfg(feature = "config")]
mod from_config;

use std::env::{self, VarError};
use std::sync::Arc;
use std::time::Duration;

use super::Transport;
#[cfg(feature = "amqp")]
use super::amqp::options::AmqpOptions;
#[cfg(feature = "amqp")]
use super::amqp::{self, AmqpDriver};
#[cfg(feature = "amqp1")]
use super::amqp1::{Amqp1Driver, Amqp1Options};
use super::error::TransportError;
use super::memory::{self, MemoryDriver};
use super::settings::{ResponseTimeout, Settings};
use super::url::{Scheme, TransportUrl};
#[cfg(feature = "zmq")]
use super::zmq::{ZmqDriver, ZmqOptions};
#[cfg(any(feature = "amqp", feature = "amqp1", feature = "zmq"))]
use crate::clock::after;
#[cfg(feature = "zmq")]
use crate::wire::Limits;

/// What the URL of the transport is read from.
const URL_VARIABLE: &str = "RPC_TRANSPORT_URL";

/// A transport that has not connected. Options of the URL have the last word over what is set here.
#[derive(Debug, Clone)]
#[must_use = "a transport does nothing until it connects"]
pub struct TransportBuilder {
    url: TransportUrl,
    #[cfg(feature = "amqp")]
    amqp: AmqpOptions,
    control_exchange: String,
    /// That of the URL, read when the builder was made.
    url_response_timeout: Option<Duration>,
    response_timeout: ResponseTimeout,
    connect_within: Duration,
}

impl Transport {
    /// Connects with the options of the URL and the defaults for the rest, see [`TransportBuilder`].
    ///
    /// # Errors
    /// [`TransportError`]: a URL or option that is wrong, or no connection: at once if every host fails for a
    /// reason that is [hopeless](crate::FailureKind::is_hopeless), like a wrong password, else after 30 seconds.
    ///
    /// # Cancel safety
    /// Dropping the future before it is done leaves nothing behind.
    pub async fn connect(url: &str) -> Result<Self, TransportError> {
        Self::builder(url)?.connect().await
    }

    /// Connects by the URL that the environment variable `RPC_TRANSPORT_URL` has; otherwise like
    /// [`connect`](Self::connect). [`TransportBuilder::from_env`] sets it up before.
    ///
    /// # Errors
    /// [`TransportError::Environment`] if the variable is not set, empty or not UTF-8, or its URL or an option of it is wrong,
    /// else as for `connect`.
    ///
    /// # Cancel safety
    /// Dropping the future before it is done leaves nothing behind.
    pub async fn from_env() -> Result<Self, TransportError> {
        TransportBuilder::from_env()?.connect().await
    }

    /// A transport to be set up before it connects.
    ///
    /// # Errors
    /// [`TransportError::Url`] or [`TransportError::Option`], naming what is wrong.
    pub fn builder(url: &str) -> Result<TransportBuilder, TransportError> {
        TransportBuilder::new(url)
    }
}

impl TransportBuilder {
    fn new(url: &str) -> Result<Self, TransportError> {
        let url: TransportUrl = url.parse()?;
        // What is wrong with the URL is told before anything else is set up.
        match url.scheme() {
            Scheme::Memory => memory::check_options(&url)?,
            #[cfg(feature = "amqp")]
            Scheme::Rabbit | Scheme::Amqp | Scheme::Amqps => AmqpOptions::check_url(&url)?,
            #[cfg(feature = "amqp1")]
            Scheme::Amqp1 | Scheme::Amqp1s => {
                Amqp1Options::of(&url)?;
            }
            #[cfg(feature = "zmq")]
            Scheme::Zmq | Scheme::Zmqs | Scheme::ZmqRedis | Scheme::ZmqsRedis => {
                ZmqOptions::of(&url)?;
            }
            #[cfg(not(all(feature = "amqp", feature = "amqp1", feature = "zmq")))]
            _ => {}
        }
        let settings = Settings::default();
        Ok(Self {
            #[cfg(feature = "amqp")]
            amqp: AmqpOptions::default(),
            control_exchange: settings.control_exchange.to_string(),
            url_response_timeout: response_timeout(&url)?,
            response_timeout: settings.response_timeout,
            connect_within: Duration::from_secs(30),
            url,
        })
    }

    /// A transport by the URL that the environment variable `RPC_TRANSPORT_URL` has.
    ///
    /// # Errors
    /// [`TransportError::Environment`] if the variable is not set, empty or not UTF-8, or for what [`Transport::builder`] says
    /// of its URL.
    pub fn from_env() -> Result<Self, TransportError> {
        Self::from_variable(env::var(URL_VARIABLE))
    }

    fn from_variable(variable: Result<String, VarError>) -> Result<Self, TransportError> {
        let why = match variable {
            Ok(url) if !url.trim().is_empty() => {
                let wrong = |error| TransportError::Environment(format!("{URL_VARIABLE}: {error}"));
                return Self::new(&url).map_err(wrong);
            }
            Ok(_) => "is empty",
            Err(VarError::NotPresent) => "is not set",
            Err(VarError::NotUnicode(_)) => "is not UTF-8",
        };
        Err(TransportError::Environment(format!(
            "{URL_VARIABLE} {why}: it is to be the URL of the broker, as rabbit://user:password@host:5672/"
        )))
    }

    /// The exchange of targets that name none, unless the URL has `?control_exchange=`; the default
    /// is `openstack`. Services of OpenStack have one each: `nova`, `cinder`.
    pub fn control_exchange(mut self, exchange: impl Into<String>) -> Self {
        self.control_exchange = exchange.into();
        self
    }

    /// How long a call without a timeout of its own waits for its reply, unless the URL has
    /// `?rpc_response_timeout=`, in whole seconds; the default is 60 seconds.
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout.into();
        self
    }

    /// How long [`connect`](Self::connect) tries to reach a broker; 30 seconds by default. It gives up
    /// earlier if every host fails for a reason that is [hopeless](super::FailureKind::is_hopeless).
    /// `memory://` is there at once.
    pub fn connect_within(mut self, within: Duration) -> Self {
        self.connect_within = within;
        self
    }

    /// The URL, whose options have the last word.
    #[must_use]
    pub fn get_url(&self) -> &TransportUrl {
        &self.url
    }

    /// Options of RabbitMQ; those of the URL have the last word.
    #[cfg(feature = "amqp")]
    pub fn amqp(mut self, options: AmqpOptions) -> Self {
        self.amqp = options;
        self
    }

    /// Connects.
    ///
    /// # Errors
    /// [`TransportError`]: options that exclude each other, or
    /// [no connection](TransportError::NotConnected).
    ///
    /// # Cancel safety
    /// Dropping the future before it is done leaves nothing behind.
    pub async fn connect(self) -> Result<Transport, TransportError> {
        let control_exchange = self.url.option("control_exchange").unwrap_or(&self.control_exchange);
        if control_exchange.is_empty() {
            return Err(TransportError::Setting("option control_exchange is empty".to_owned()));
        }
        let settings = Settings {
            control_exchange: control_exchange.into(),
            response_timeout: self.url_response_timeout.map_or(self.response_timeout, Into::into),
            ..Settings::default()
        };
        // Those that memory:// has, too, are read in one place.
        match self.url.scheme() {
            Scheme::Memory => {
                // Those that RabbitMQ has, too, are read in one place.
                #[cfg(feature = "amqp")]
                let settings = {
                    let options = self.amqp.with_url(&self.url.without(memory::OF_FAULTS))?;
                    amqp::settings(&options, settings)
                };
                Ok(Transport::new(Arc::new(MemoryDriver::connect(&self.url)?), settings))
            }
            #[cfg(feature = "amqp")]
            Scheme::Rabbit | Scheme::Amqp | Scheme::Amqps => {
                let options = self.amqp.with_url(&self.url)?;
                let settings = amqp::settings(&options, settings);
                let driver = AmqpDriver::connect(&self.url, options, after(self.connect_within)).await?;
                Ok(Transport::new(Arc::new(driver), settings))
            }
            #[cfg(feature = "amqp1")]
            Scheme::Amqp1 | Scheme::Amqp1s => {
                let options = Amqp1Options::of(&self.url)?;
                let settings = options.settings(settings);
                let driver = Amqp1Driver::connect(&self.url, options, after(self.connect_within)).await?;
                Ok(Transport::new(Arc::new(driver), settings))
            }
            #[cfg(feature = "zmq")]
            Scheme::Zmq | Scheme::Zmqs | Scheme::ZmqRedis | Scheme::ZmqsRedis => {
                let options = ZmqOptions::of(&self.url)?;
                let limits = Limits { max_body: options.max_body(), ..settings.limits };
                let driver = ZmqDriver::connect(&self.url, options, after(self.connect_within)).await?;
                Ok(Transport::new(Arc::new(driver), Settings { limits, ..settings }))
            }
            #[cfg(not(all(feature = "amqp", feature = "amqp1", feature = "zmq")))]
            scheme => Err(TransportError::NotBuilt {
                scheme: scheme.name().to_owned(),
                feature: scheme.feature().unwrap_or_default(),
            }),
        }
    }
}

/// The option `rpc_response_timeout` of the URL, if it is there.
fn response_timeout(url: &TransportUrl) -> Result<Option<Duration>, TransportError> {
    let Some(text) = url.option("rpc_response_timeout") else { return Ok(None) };
    match text.parse() {
        Ok(seconds) if seconds > 0 => Ok(Some(Duration::from_secs(seconds))),
        _ => Err(TransportError::Setting(format!(
            "option rpc_response_timeout={text:?}: expected a whole number of seconds above 0"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn connected(url: &str) -> (String, Duration) {
        let builder = Transport::builder(url).unwrap();
        let builder = builder.control_exchange("cinder").response_timeout(Duration::from_secs(7));
        let transport = builder.connect().await.unwrap();
        (transport.control_exchange().to_string(), transport.response_timeout())
    }

    #[tokio::test]
    async fn the_url_has_the_last_word() {
        assert_eq!(connected("memory://").await, ("cinder".to_owned(), Duration::from_secs(7)));
        let url = "memory://?control_exchange=nova&rpc_response_timeout=9";
        assert_eq!(connected(url).await, ("nova".to_owned(), Duration::from_secs(9)));
    }

    #[test]
    fn the_environment_has_to_say_it() {
        let of = |url: &str| TransportBuilder::from_variable(Ok(url.to_owned()));
        assert_eq!(of("memory:///name\n").unwrap().url.to_string(), "memory:///name");
        for (url, why) in
            [("memory://host", "bad transport URL: memory:// has no host"), ("memory://?x=1", "option x has")]
        {
            let error = of(url).unwrap_err();
            assert!(matches!(error, TransportError::Environment(_)));
            assert!(error.to_string().starts_with(&format!("RPC_TRANSPORT_URL: {why}")), "{error}");
        }
        let missing = TransportBuilder::from_variable(Err(VarError::NotPresent));
        let unreadable = TransportBuilder::from_variable(Err(VarError::NotUnicode("hidden".into())));
        for (builder, why) in [(missing, "is not set"), (of(" \n"), "is empty"), (unreadable, "is not UTF-8")]
        {
            let error = builder.unwrap_err();
            assert!(matches!(error, TransportError::Environment(_)));
            assert!(error.to_string().starts_with(&format!("RPC_TRANSPORT_URL {why}: ")), "{error}");
            assert!(!error.to_string().contains("hidden"));
        }
    }

    fn refused(url: &str) -> String {
        Transport::builder(url).unwrap_err().to_string()
    }

    #[test]
    fn a_response_timeout_is_refused_before_it_connects() {
        for value in ["soon", "0", "-1", "1.5", ""] {
            let error = refused(&format!("memory://?rpc_response_timeout={value}"));
            assert!(error.contains(&format!("rpc_response_timeout={value:?}")), "{error}");
        }
    }

    #[test]
    fn memory_refuses_the_options_of_others() {
        for name in ["ssl", "rabbit_qos_prefetch_count", "hostname", "colour"] {
            let error = refused(&format!("memory:///name?control_exchange=nova&{name}=1"));
            assert!(error.contains(&format!("option {name} has no meaning for memory://")), "{error}");
        }
        for name in ["seed", "delay", "repeat", "lose"] {
            let error = refused(&format!("memory://?{name}=two"));
            let why = if cfg!(feature = "testing") { "expected a" } else { "needs the feature \"testing\"" };
            assert!(error.starts_with(&format!("option {name}")) && error.contains(why), "{error}");
        }
        let max_body = Transport::builder("memory://?max_body=100");
        assert_eq!(max_body.is_ok(), cfg!(feature = "amqp"));
    }
}
