//! What reads the bytes of peers and is not public: for the fuzz targets, in builds with `--cfg fuzzing`.

use bytes::Bytes;

#[cfg(feature = "zmq")]
pub use crate::transport::{Heard, Zmtp};
use crate::wire::{
    Content, DecodeError, EncodedValue, Fields, Limits, MessageFormat, Reply, Request, RequestHead,
};

/// A form of bodies without an envelope, which have no ids.
#[derive(Debug, Clone, Copy)]
pub enum PlainForm {
    /// That of ZeroMQ.
    #[cfg(feature = "zmq")]
    ZeroMq,
    /// That of AMQP 1.0.
    #[cfg(feature = "amqp1")]
    Amqp1,
}

impl PlainForm {
    fn format(self) -> MessageFormat {
        match self {
            #[cfg(feature = "zmq")]
            Self::ZeroMq => MessageFormat::Direct,
            #[cfg(feature = "amqp1")]
            Self::Amqp1 => MessageFormat::Amqp1,
        }
    }

    /// Reads a request.
    ///
    /// # Errors
    /// If it cannot be understood at all.
    pub fn read_request(self, body: &Bytes, limits: &Limits) -> Result<Request, DecodeError> {
        self.format().read_request(body, &Content::JSON, None, limits)
    }

    /// Reads a reply.
    ///
    /// # Errors
    /// If it cannot be understood at all.
    pub fn read_reply(self, body: &Bytes, limits: &Limits) -> Result<Reply, DecodeError> {
        self.format().read_reply(body, &Content::JSON, None, limits)
    }

    /// Writes a request.
    #[must_use]
    pub fn request(self, head: &RequestHead<'_>, args: &Fields, context: &Fields) -> Bytes {
        self.format().request(head, args, context)
    }

    /// Writes a result.
    #[must_use]
    pub fn result(self, result: &EncodedValue) -> Bytes {
        self.format().result("", result)
    }
}
