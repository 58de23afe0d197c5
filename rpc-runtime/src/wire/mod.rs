//! The messages of oslo.messaging 2.0 as bytes; no I/O.
//!
//! A body is an envelope around one inner message: a request, a reply or a notification. Bodies
//! are written exactly as Python writes them. Reading accepts everything that Python accepts,
//! within [`Limits`], and keeps values as JSON text until somebody wants them.
//!
//! ```
//! use bytes::Bytes;
//! use rpc_runtime::wire::{Content, Fields, Limits, Request, RequestHead};
//!
//! let mut args = Fields::new();
//! args.set("volume_id", "a1")?;
//! let head = RequestHead::new("delete_volume", "u1");
//! let body: Bytes = head.encode(&args, &Fields::new());
//!
//! let request = Request::decode(&body, &Content::JSON, &Limits::default())?;
//! let invocation = request.invocation?;
//! assert_eq!(invocation.method, "delete_volume");
//! assert_eq!(invocation.args.get("volume_id"), Some("\"a1\""));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "amqp1")]
mod amqp1;
mod arguments;
mod beside;
mod content;
#[cfg(feature = "zmq")]
mod direct;
mod envelope;
mod error;
mod failure;
mod fields;
mod format;
mod id;
mod index;
mod kombu;
mod notification;
#[cfg(any(feature = "amqp1", feature = "zmq"))]
mod plain;
mod python;
mod reply;
mod request;
mod unread;

pub use arguments::Arguments;
pub(crate) use beside::Beside;
pub use content::{Compression, Content, Limits};
pub use error::{DecodeError, EncodeError};
#[cfg(feature = "notifications")]
pub(crate) use fields::Fate;
pub use fields::Fields;
pub(crate) use format::MessageFormat;
pub use id::new_id;
pub(crate) use id::random_id;
#[cfg(feature = "notifications")]
pub(crate) use notification::NotificationDraft;
pub use notification::{Format, Notification, NotificationHead};
pub use reply::{EncodedValue, Reply};
pub use request::{Invocation, ReplyAddress, ReplyTo, Request, RequestHead};
