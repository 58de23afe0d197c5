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

mod arguments;
mod content;
mod envelope;
mod error;
mod failure;
mod fields;
mod format;
mod json;
mod kombu;
mod notification;
mod python;
mod reply;
mod request;

pub use arguments::Arguments;
pub use content::{Compression, Content, Limits};
pub use error::{DecodeError, EncodeError};
pub use fields::Fields;
pub(crate) use format::MessageFormat;
pub use notification::{Format, Notification, NotificationHead};
pub use reply::{EncodedValue, Reply};
pub use request::{Invocation, ReplyAddress, ReplyTo, Request, RequestHead};

/// A new random id as messages bear it: a UUID of 32 hexadecimal digits without dashes.
#[must_use]
pub fn new_id() -> String {
    random_id(&mut [0; 32]).to_owned()
}

/// The same without memory of its own.
///
/// The bits are from a generator in the process (`fast-rng`): to ask the kernel for them took longer
/// than to encode a small reply.
fn random_id(buffer: &mut [u8; 32]) -> &str {
    uuid::Uuid::new_v4().simple().encode_lower(buffer)
}
