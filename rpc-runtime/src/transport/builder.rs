//! Setting a transport up.

use std::sync::Arc;
use std::time::Duration;

use super::driver::Driver;
use super::memory::MemoryDriver;
#[cfg(feature = "amqp")]
use super::options::AmqpOptions;
use super::url::{Scheme, TransportUrl};
use super::{Settings, Transport, TransportError};
#[cfg(feature = "amqp")]
use crate::clock::after;
#[cfg(feature = "amqp")]
use crate::wire::Limits;

/// A transport that has not connected.
#[derive(Debug, Clone)]
#[must_use = "a transport does nothing until it connects"]
pub struct TransportBuilder {
    url: TransportUrl,
    #[cfg(feature = "amqp")]
    amqp: AmqpOptions,
    control_exchange: String,
    response_timeout: Duration,
    connect_within: Duration,
}

impl TransportBuilder {
    pub(super) fn new(url: &str) -> Result<Self, TransportError> {
        let url: TransportUrl = url.parse()?;
        let mut builder = Self {
            #[cfg(feature = "amqp")]
            amqp: AmqpOptions::default(),
            control_exchange: url.option("control_exchange").unwrap_or("openstack").to_owned(),
            response_timeout: Duration::from_secs(60),
            connect_within: Duration::from_secs(30),
            url,
        };
        // What is wrong with the URL is told before anything else is set up.
        #[cfg(feature = "amqp")]
        builder.amqp.clone().with_url(&builder.url)?;
        if let Some(text) = builder.url.option("rpc_response_timeout") {
            let seconds = text.parse().ok().filter(|seconds| *seconds > 0).ok_or_else(|| {
                TransportError::Setting(format!(
                    "option rpc_response_timeout={text:?}: expected a whole number of seconds above 0"
                ))
            })?;
            builder.response_timeout = Duration::from_secs(seconds);
        }
        Ok(builder)
    }

    /// The exchange of targets that name none; `openstack` unless set here or by
    /// `?control_exchange=` in the URL. Services of OpenStack have one each: `nova`, `cinder`.
    pub fn control_exchange(mut self, exchange: impl Into<String>) -> Self {
        self.control_exchange = exchange.into();
        self
    }

    /// How long a call without a timeout of its own waits for its reply; 60 seconds unless set
    /// here or by `?rpc_response_timeout=` in the URL.
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// How long [`connect`](Self::connect) tries; 30 seconds by default.
    pub fn connect_within(mut self, within: Duration) -> Self {
        self.connect_within = within;
        self
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
    /// [`TransportError`]: options that exclude each other, or no broker in time.
    pub async fn connect(self) -> Result<Transport, TransportError> {
        if self.control_exchange.is_empty() {
            return Err(TransportError::Setting("option control_exchange is empty".to_owned()));
        }
        let settings = Settings {
            control_exchange: self.control_exchange.as_str().into(),
            response_timeout: self.response_timeout,
            ..Settings::default()
        };
        #[cfg(feature = "amqp")]
        let amqp = self.amqp.with_url(&self.url)?;
        #[cfg(feature = "amqp")]
        let settings = Settings {
            reply_patience: amqp.kombu_missing_consumer_retry_timeout,
            prefetch: Some(amqp.rabbit_qos_prefetch_count).filter(|count| *count > 0),
            limits: Limits { max_body: amqp.max_body, ..settings.limits },
            ..settings
        };
        let driver: Arc<dyn Driver> = match self.url.scheme() {
            Scheme::Memory => Arc::new(MemoryDriver::connect(match self.url.vhost() {
                "/" => "",
                name => name,
            })),
            #[cfg(feature = "amqp")]
            _ => {
                let deadline = after(self.connect_within);
                Arc::new(super::amqp::AmqpDriver::connect(&self.url, amqp, deadline).await?)
            }
            #[cfg(not(feature = "amqp"))]
            scheme => return Err(TransportError::NotBuilt { scheme: format!("{scheme:?}").to_lowercase() }),
        };
        Ok(Transport::new(driver, settings))
    }
}
