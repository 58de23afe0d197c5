//! Settings from the files that services of OpenStack have: `nova.conf` and the like, read as Python's oslo.config does.
//!
//! ```
//! use rpc_runtime::Transport;
//! use rpc_runtime::config::Config;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let (nova_conf, compute_conf) = (folder.path().join("nova.conf"), folder.path().join("nova-compute.conf"));
//! # std::fs::write(&nova_conf, "[DEFAULT]\ntransport_url = memory://\ncontrol_exchange = nova\n")?;
//! # std::fs::write(&compute_conf, "[DEFAULT]\nrpc_response_timeout = 180\n")?;
//! // --config-file /etc/nova/nova.conf --config-file /etc/nova/nova-compute.conf
//! let config = Config::builder().file(nova_conf).file(compute_conf).read()?;
//! let transport = Transport::from_config(&config).await?;
//! # transport.close(std::time::Duration::from_secs(5)).await;
//! # Ok(())
//! # }
//! ```
//!
//! With the feature `config`.
//!
//! # What is taken
//!
//! | Options | By |
//! |---|---|
//! | `[DEFAULT]` `transport_url`, `control_exchange`, `rpc_response_timeout`, all of `[oslo_messaging_rabbit]` | [`Transport::from_config`](crate::Transport::from_config), [`TransportBuilder::config`](crate::TransportBuilder::config) |
//! | `[DEFAULT]` `executor_thread_pool_size`, `rpc_ping_enabled` | [`ServerBuilder::config`](crate::ServerBuilder::config) |
//! | `[oslo_messaging_notifications]` `transport_url` | [`TransportBuilder::from_config_for_notifications`](crate::TransportBuilder::from_config_for_notifications) |
//! | `[oslo_messaging_notifications]` `driver`, `topics`, `retry`, `routing_config` | `NotifierBuilder::config` |
//! | the same `topics`, and `executor_thread_pool_size` | `ListenerBuilder::config` |
//! | `[DEFAULT]` `graceful_shutdown_timeout`, `periodic_fuzzy_delay` | `ServiceBuilder::config` |
//! | `[oslo_concurrency]` `lock_path` | [`TransportBuilder::config`](crate::TransportBuilder::config) for `use_queue_manager`, [`Config::lock_path`] |
//! | `[upgrade_levels]` | [`Config::pin`] |
//! | options of one's own | [`Config::text`] and its neighbours |
//!
//! Each of these sets what files, the environment or defaults of the service say, and leaves the rest as it is. The query
//! of the transport's URL goes before the files. Options of oslo.messaging that have no effect here, and names that nobody
//! knows, are [listed](Config::remarks).
//!
//! # How files are read
//!
//! The rules are those of oslo.config, and its own reader is what they are tested with:
//!
//! - What is read later goes before what is read earlier: files and folders in the order in which they are given, of a
//!   folder the files `*.conf` by their names. A variable of the environment `OS_GROUP__NAME`, in capital letters, goes before
//!   all of them.
//! - A line that begins with a blank or a tab goes on with the value before it, a comment included. A line that begins with
//!   `#` or `;` is a comment; behind a value there is none. Names end at the first `=` or `:`. Quotes around all of the first
//!   line of a value are no part of it.
//! - Groups are the same in small and capital letters, apart from `[DEFAULT]`; names of options are not.
//! - `$name` and `${name}` are the value of another option: of the same group, or else of `[DEFAULT]`; `${group.name}` of any
//!   other group. `$$` and `\$` are a `$`, and so is one that no name follows. An option that is not of oslo.messaging has to
//!   be set in a file or by [`ConfigBuilder::default`], else it is an error, as in Python if nobody has registered it. A
//!   boolean is `True` or `False` there, if it is one of oslo.messaging's; lists cannot be substituted.
//! - An option under its name of old counts if that file does not have the name of today.
//!
//! Other than oslo.config, this does not take an option of `[DEFAULT]` where one of the same name and the right group cannot be
//! substituted; that is an error. It also checks options that nobody asks for, refuses files that are no regular ones or longer
//! than 8 MiB, looks for files that nobody has named only if it is [told the project](ConfigBuilder::project), and knows no other
//! sources than files (`config_source`).

#[cfg(any(unix, feature = "service"))]
mod again;
mod arguments;
mod builder;
#[cfg(feature = "amqp")]
mod driver;
mod error;
mod files;
mod handle;
#[cfg(unix)]
mod hangups;
mod ini;
mod inspection;
pub(crate) mod known;
mod messaging;
mod pins;
mod place;
mod reading;
mod reload;
mod remark;
mod resolve;
mod search;
mod space;
mod state;
mod template;
#[cfg(test)]
mod tests;
mod value;
mod values;

#[cfg(feature = "service")]
pub(crate) use again::reloaded;
pub use builder::ConfigBuilder;
#[cfg(feature = "amqp")]
pub(crate) use driver::DriverOption;
pub use error::ConfigError;
pub use handle::Config;
#[cfg(unix)]
pub use hangups::Hangups;
pub use place::Place;
pub use reload::{Change, Reload};
pub use remark::{Remark, RemarkKind};
