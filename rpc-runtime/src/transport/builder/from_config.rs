//! A transport by a configuration.

use super::{Transport, TransportBuilder};
use crate::config::Config;
use crate::transport::error::TransportError;

/// With the feature `config`.
impl Transport {
    /// Connects as the configuration says; otherwise like [`connect`](Self::connect). See
    /// [`TransportBuilder::from_config`].
    ///
    /// # Errors
    /// [`TransportError`], as for that and for `connect`.
    ///
    /// # Cancel safety
    /// Dropping the future before it is done leaves nothing behind.
    pub async fn from_config(config: &Config) -> Result<Self, TransportError> {
        TransportBuilder::from_config(config)?.connect().await
    }

    /// The same for the transport of notifications: see [`TransportBuilder::from_config_for_notifications`].
    ///
    /// # Errors
    /// As for [`from_config`](Self::from_config).
    ///
    /// # Cancel safety
    /// Dropping the future before it is done leaves nothing behind.
    pub async fn from_config_for_notifications(config: &Config) -> Result<Self, TransportError> {
        TransportBuilder::from_config_for_notifications(config)?.connect().await
    }
}

/// With the feature `config`.
impl TransportBuilder {
    /// The transport of RPC, by the `transport_url` of `[DEFAULT]`, `rabbit://` unless it is set, and with all that
    /// [`config`](Self::config) sets.
    ///
    /// # Errors
    /// [`TransportError::Config`], which names the file and the line, or what else is wrong; and as for
    /// [`config`](Self::config).
    pub fn from_config(config: &Config) -> Result<Self, TransportError> {
        Self::by_url(config, false)
    }

    /// The transport of notifications, by the `transport_url` of `[oslo_messaging_notifications]`; without one it is like
    /// that of RPC, and who has that may use it for both.
    ///
    /// # Errors
    /// As for [`from_config`](Self::from_config).
    pub fn from_config_for_notifications(config: &Config) -> Result<Self, TransportError> {
        Self::by_url(config, true)
    }

    fn by_url(config: &Config, for_notifications: bool) -> Result<Self, TransportError> {
        config.with_transport_url(for_notifications, Self::new)?.config(config)
    }

    /// Sets what the configuration says of the `control_exchange` and the `rpc_response_timeout` of `[DEFAULT]`, and of
    /// `[oslo_messaging_rabbit]`, with the `lock_path` of `[oslo_concurrency]`. What it does not say stays as it is, and what
    /// is set after this goes before it, as do the options of the URL.
    ///
    /// The response timeout follows [`Config::reload`], also one that is set for the first time, unless the URL has
    /// one.
    ///
    /// # Errors
    /// [`TransportError::Config`] or [`TransportError::Option`]: an option has a value that it can't have. Both name the
    /// file and the line.
    pub fn config(mut self, config: &Config) -> Result<Self, TransportError> {
        if let Some(exchange) = config.messaging().control_exchange {
            self.control_exchange = exchange;
        }
        self.response_timeout = self.response_timeout.configured(config.response_timeout());
        #[cfg(feature = "amqp")]
        {
            self.amqp = self.amqp.configured(config.of_driver()?)?;
            let is_needed = self.amqp.use_queue_manager || self.url.option("use_queue_manager").is_some();
            match config.lock_path() {
                Ok(Some(folder)) => self.amqp = self.amqp.lock_path(Some(folder)),
                Ok(None) => {}
                // It may be made of what only Python services know.
                Err(error) if is_needed => return Err(error.into()),
                Err(_) => {}
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use tempfile::NamedTempFile;

    use super::*;

    struct File(NamedTempFile);

    impl File {
        fn new(text: &str) -> Self {
            let file = Self(NamedTempFile::new().unwrap());
            file.write(text);
            file
        }

        fn write(&self, text: &str) {
            fs::write(self.0.path(), text).unwrap();
        }

        fn config(&self) -> Config {
            let nothing: [(&str, &str); 0] = [];
            Config::builder().environment(nothing).file(self.0.path()).read().unwrap()
        }

        /// What is wrong, without the folder of the file.
        fn refused(&self) -> String {
            let refused = TransportBuilder::from_config(&self.config()).unwrap_err().to_string();
            refused.replace(&self.0.path().display().to_string(), "FILE")
        }
    }

    fn timeout(transport: &Transport) -> u64 {
        transport.response_timeout().as_secs()
    }

    #[tokio::test]
    async fn the_url_goes_before_the_file_and_the_file_before_what_was_set() {
        let file =
            File::new("[DEFAULT]\ntransport_url = memory://?control_exchange=u\nrpc_response_timeout = 5\n");
        let transport = Transport::from_config(&file.config()).await.unwrap();
        assert_eq!((&*transport.control_exchange(), timeout(&transport)), ("u", 5));

        file.write("[DEFAULT]\ntransport_url = memory://\ncontrol_exchange = f\n");
        let set = || {
            Transport::builder("memory://")
                .unwrap()
                .control_exchange("b")
                .response_timeout(Duration::from_secs(7))
        };
        let before = set().config(&file.config()).unwrap().connect().await.unwrap();
        assert_eq!((&*before.control_exchange(), timeout(&before)), ("f", 7));
        let after = TransportBuilder::from_config(&file.config()).unwrap().control_exchange("b");
        assert_eq!(&*after.connect().await.unwrap().control_exchange(), "b");
    }

    #[tokio::test]
    async fn the_response_timeout_follows_the_file_unless_the_url_or_the_service_has_one() {
        let file = File::new("[DEFAULT]\ntransport_url = memory://");
        let config = file.config();
        let follows = Transport::from_config(&config).await.unwrap();
        let builder = |url: &str| Transport::builder(url).unwrap().config(&config).unwrap();
        let by_url = builder("memory://?rpc_response_timeout=3").connect().await.unwrap();
        let by_service =
            builder("memory://").response_timeout(Duration::from_secs(4)).connect().await.unwrap();
        let timeouts = || [&follows, &by_url, &by_service].map(timeout);
        assert_eq!(timeouts(), [60, 3, 4]);
        file.write("[DEFAULT]\ntransport_url = memory://\nrpc_response_timeout = 9");
        config.reload().unwrap();
        assert_eq!(timeouts(), [9, 3, 4]);
        file.write("[DEFAULT]\ntransport_url = memory://");
        config.reload().unwrap();
        assert_eq!(timeouts(), [60, 3, 4]);
    }

    #[test]
    fn without_a_url_it_is_the_default_of_oslo_messaging() {
        let builder = TransportBuilder::from_config(&File::new("").config()).unwrap();
        assert_eq!(builder.url.to_string(), "rabbit://guest:***@localhost:5672/");
    }

    #[test]
    fn notifications_may_have_a_transport_of_their_own() {
        let url = |text: &str| {
            let config = File::new(text).config();
            TransportBuilder::from_config_for_notifications(&config).unwrap().url.to_string()
        };
        let rpc = "[DEFAULT]\ntransport_url = memory:///rpc\n[oslo_messaging_notifications]\n";
        assert_eq!(url(rpc), "memory:///rpc");
        assert_eq!(url(&format!("{rpc}transport_url =")), "memory:///rpc");
        assert_eq!(url(&format!("{rpc}transport_url = memory:///told")), "memory:///told");
    }

    #[cfg(feature = "amqp")]
    #[test]
    fn options_of_the_driver() {
        use crate::AmqpOptions;

        let file = File::new(
            "[oslo_messaging_rabbit]\namqp_durable_queues = on\nrabbit_qos_prefetch_count = 1_0\nrpc_conn_pool_size = 9\n\
             kombu_reconnect_timeout = 5\nrabbit_retry_interval = 0.5\nssl_ca_file =\nkombu_reconnect_delay = 1e0\n\
             rabbit_stream_fanout = no\nmax_body = 100\ncolour = red\n",
        );
        let set = AmqpOptions::default().amqp_auto_delete(true).max_body(1);
        let builder =
            Transport::builder("rabbit://").unwrap().amqp(set.clone()).config(&file.config()).unwrap();
        let expected = set
            .amqp_durable_queues(true)
            .rabbit_qos_prefetch_count(10)
            .kombu_missing_consumer_retry_timeout(Duration::from_secs(5))
            .rabbit_retry_interval(Duration::from_millis(500))
            .max_body(100);
        assert_eq!(builder.amqp, expected);
    }

    /// Python has it in a group of its own.
    #[cfg(feature = "amqp")]
    #[test]
    fn the_folder_of_locks() {
        let folder = |text: &str| {
            let builder = TransportBuilder::from_config(&File::new(text).config());
            builder.map(|builder| builder.amqp.lock_path).map_err(|error| error.to_string())
        };
        let set = "[DEFAULT]\nstate = /s\n[oslo_concurrency]\nlock_path = $state/tmp\n";
        assert_eq!(folder(set), Ok(Some("/s/tmp".into())));
        assert_eq!(folder(""), Ok(None));
        let made = "[oslo_concurrency]\nlock_path = $state_path/tmp\n";
        assert_eq!(folder(made), Ok(None), "nobody needs it");
        let url = "[DEFAULT]\ntransport_url = rabbit://h?use_queue_manager=1\n";
        for needed in ["[oslo_messaging_rabbit]\nuse_queue_manager = true\n", url] {
            let refused = folder(&format!("{needed}{made}"));
            if cfg!(all(feature = "queue-manager", target_os = "linux")) || needed != url {
                assert!(refused.as_ref().is_err_and(|why| why.contains("$state_path")), "{refused:?}");
            }
            assert!(refused.is_err(), "{refused:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        #[cfg(feature = "amqp")]
        let rabbit = "[oslo_messaging_rabbit]\n";
        for (text, why) in [
            (
                "[DEFAULT]\ntransport_url = rabbit:/hunter2".to_owned(),
                "FILE:2: option transport_url of [DEFAULT]: bad transport URL: it does not begin with a scheme such as \
                 rabbit://",
            ),
            (
                "\n[DEFAULT]\ntransport_url = memory://?ssl=1".to_owned(),
                "FILE:3: option transport_url of [DEFAULT]: option ssl has no meaning for memory://",
            ),
            #[cfg(feature = "amqp")]
            (format!("{rabbit}ssl = maybe"), "FILE:2: option ssl=\"maybe\": expected true or false"),
            #[cfg(feature = "amqp")]
            (
                format!("{rabbit}heartbeat_rate = 0"),
                "FILE:2: option heartbeat_rate=\"0\": expected a whole number above 0",
            ),
            #[cfg(feature = "amqp")]
            (
                format!("\n{rabbit}kombu_reconnect_delay = 5"),
                "FILE:3: option kombu_reconnect_delay=\"5.0\": at most 4.5 seconds",
            ),
            #[cfg(feature = "amqp")]
            (
                format!("{rabbit}rabbit_qos_prefetch_count ="),
                "FILE:2: option rabbit_qos_prefetch_count=\"\": expected a whole number from 0 to 65535",
            ),
            #[cfg(feature = "amqp")]
            (
                format!("{rabbit}ssl = $tls"),
                "FILE:2: option ssl of [oslo_messaging_rabbit]: there is no option $tls here; a `$` itself is written `$$`",
            ),
            #[cfg(feature = "amqp")]
            (
                format!("[DEFAULT]\nsecret=hunter2\n{rabbit}ssl = $secret"),
                "FILE:4: option ssl: what is substituted in it makes it no such value",
            ),
        ] {
            let refused = File::new(&text).refused();
            assert!(refused.starts_with(why) && !refused.contains("hunter2"), "{refused}");
        }
    }
}
