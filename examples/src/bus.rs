//! Which bus the programs talk over, by arguments and configuration files, as services of OpenStack have them.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use rpc_runtime::config::{Config, ConfigError, Place, Reload};
use rpc_runtime::service::{Service, ServiceBuilder};
use rpc_runtime::{Scheme, Transport, TransportBuilder};

/// What all programs take.
#[derive(Debug, Args)]
pub struct BusArgs {
    /// The broker, for example rabbit://guest:guest@localhost:5672/; memory:// ends at this process. With the feature zmq also
    /// where the servers are, each process at one of its own: zmq://127.0.0.1:9501,127.0.0.1:9502/, or the Redis that
    /// knows it: zmq+redis://127.0.0.1/; with the feature amqp1 a router: amqp1://127.0.0.1:5672/. It goes before the transport_url of configuration files. Without both it is
    /// memory://.
    #[arg(long, value_name = "URL")]
    transport: Option<String>,
    /// A file of oslo.config, such as nova.conf; several may be given, and later ones go before earlier ones.
    #[arg(long, value_name = "PATH")]
    config_file: Vec<PathBuf>,
    /// A folder with such files, *.conf, as if each of them were given here.
    #[arg(long, value_name = "DIR")]
    config_dir: Vec<PathBuf>,
}

/// A transport, and the settings for those who use it.
#[derive(Debug)]
pub struct Bus {
    /// That of RPC.
    pub transport: Transport,
    /// That of notifications, which may be the same.
    pub notifications: Transport,
    /// The settings.
    pub config: Config,
    /// Whether nobody outside of this process can be reached.
    pub in_memory: bool,
}

impl BusArgs {
    /// Connects.
    ///
    /// # Errors
    /// A file or an option is not what it should be, or there is no connection.
    pub async fn connect(&self) -> anyhow::Result<Bus> {
        let are_there = !(self.config_file.is_empty() && self.config_dir.is_empty());
        let config = match are_there {
            true => Config::builder().arguments(std::env::args_os()).read().context("the configuration")?,
            false => without_files("messagingv2")?,
        };
        let is_set = |group| -> anyhow::Result<bool> {
            Ok(config.place(group, "transport_url")?.is_some_and(|place| place != Place::Default))
        };
        let builder = match &self.transport {
            Some(url) => Transport::builder(url)?.config(&config)?,
            None if are_there || is_set("DEFAULT")? => TransportBuilder::from_config(&config)?,
            None => Transport::builder("memory://")?.config(&config)?,
        };
        let scheme = builder.get_url().scheme();
        let in_memory = scheme == Scheme::Memory;
        let keeps_messages = matches!(scheme, Scheme::Memory | Scheme::Rabbit | Scheme::Amqp | Scheme::Amqps);
        let transport = builder.connect().await?;
        let apart = self.transport.is_none() && is_set("oslo_messaging_notifications")?;
        let notifications = match apart {
            true => Transport::from_config_for_notifications(&config).await?,
            false => transport.clone(),
        };
        let config = match are_there || apart || keeps_messages {
            true => config,
            // Who listens to notifications need not be there when they are sent, so they go to the log instead.
            false => without_files("log")?,
        };
        Ok(Bus { transport, notifications, config, in_memory })
    }
}

impl Bus {
    /// One over this transport, without files.
    ///
    /// # Errors
    /// The environment has an option that is not what it should be.
    pub fn of(transport: &Transport) -> anyhow::Result<Self> {
        let config = without_files("messagingv2")?;
        Ok(Self { transport: transport.clone(), notifications: transport.clone(), config, in_memory: true })
    }

    /// A service of that name, with these settings. At each SIGHUP it prints what has changed.
    pub fn service(&self, name: &str) -> ServiceBuilder {
        Service::builder(name).config(&self.config).on_reload(print_reload)
    }
}

fn print_reload(read: &Result<Reload, ConfigError>) {
    match read {
        Ok(reload) => {
            for change in reload.changes() {
                let when = if change.in_effect { "is in effect" } else { "needs a restart" };
                println!("reloaded: {change} {when}");
            }
            println!("reloaded");
        }
        Err(error) => println!("not reloaded: {error}"),
    }
}

/// A Python service without files tells nobody anything; these are to show that they do.
fn without_files(driver: &str) -> anyhow::Result<Config> {
    let builder = Config::builder().default("oslo_messaging_notifications", "driver", driver);
    builder.read().context("the configuration")
}
