//! The form that requests and replies have on a bus.

use bytes::Bytes;

#[cfg(feature = "amqp1")]
use super::amqp1;
use super::beside::Beside;
use super::content::{Content, Limits};
#[cfg(feature = "zmq")]
use super::direct;
use super::error::DecodeError;
use super::fields::Fields;
#[cfg(feature = "notifications")]
use super::notification::Notification;
#[cfg(any(feature = "amqp1", feature = "zmq"))]
use super::plain;
use super::reply::{EncodedValue, Reply};
use super::request::{ReplyAddress, Request, RequestHead};
use super::unread;
use crate::error::RemoteError;

/// How the messages of a bus are written and read. Its driver names it; clients and servers do not look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageFormat {
    /// That of oslo.messaging 2.0: JSON within JSON, with all of the message in the body, the id of the call and
    /// the place of its replies included.
    Envelope,
    /// That of ZeroMQ: JSON, with neither the id of the call nor the place of its replies.
    #[cfg(feature = "zmq")]
    Direct,
    /// That of AMQP 1.0: JSON, with neither of them either.
    #[cfg(feature = "amqp1")]
    Amqp1,
}

#[cfg_attr(
    not(any(feature = "amqp1", feature = "zmq")),
    expect(unused_variables, reason = "all that is built has its ids in the body")
)]
impl MessageFormat {
    pub(crate) fn request(self, head: &RequestHead<'_>, args: &Fields, context: &Fields) -> Bytes {
        match self {
            MessageFormat::Envelope => head.encode(args, context),
            #[cfg(feature = "zmq")]
            MessageFormat::Direct => direct::request(head, args, context),
            #[cfg(feature = "amqp1")]
            MessageFormat::Amqp1 => amqp1::request(head, args, context),
        }
    }

    /// See [`Request::decode`].
    pub(crate) fn read_request(
        self,
        body: &Bytes,
        content: &Content<'_>,
        beside: Option<&Beside>,
        limits: &Limits,
    ) -> Result<Request, DecodeError> {
        match self {
            MessageFormat::Envelope => Request::decode(body, content, limits),
            #[cfg(feature = "zmq")]
            MessageFormat::Direct => direct::read_request(body, beside, limits),
            #[cfg(feature = "amqp1")]
            MessageFormat::Amqp1 => amqp1::read_request(body, beside, limits),
        }
    }

    /// See [`Notification::decode`].
    #[cfg(feature = "notifications")]
    pub(crate) fn read_notification(
        self,
        body: &Bytes,
        content: &Content<'_>,
        limits: &Limits,
    ) -> Result<Notification, DecodeError> {
        match self {
            MessageFormat::Envelope => Notification::decode(body, content, limits),
            // Nothing comes by a bus that nothing can be listened to on.
            #[cfg(feature = "zmq")]
            MessageFormat::Direct => Err(DecodeError::MessageNotText),
            #[cfg(feature = "amqp1")]
            MessageFormat::Amqp1 => Err(DecodeError::MessageNotText),
        }
    }

    /// Where the caller of a request waits that is too large or nested too deeply, as `error` says.
    pub(crate) fn unread_caller(
        self,
        body: &[u8],
        content: &Content<'_>,
        beside: Option<&Beside>,
        limits: &Limits,
        error: &DecodeError,
    ) -> Option<ReplyAddress> {
        match self {
            MessageFormat::Envelope => unread::caller(body, content, limits, error),
            #[cfg(feature = "zmq")]
            MessageFormat::Direct => plain::caller(beside),
            #[cfg(feature = "amqp1")]
            MessageFormat::Amqp1 => plain::caller(beside),
        }
    }

    /// The id of the call that a reply is for that is too large or nested too deeply, as `error` says.
    pub(crate) fn unread_call(
        self,
        body: &[u8],
        content: &Content<'_>,
        beside: Option<&Beside>,
        limits: &Limits,
        error: &DecodeError,
    ) -> Option<String> {
        match self {
            MessageFormat::Envelope => unread::call(body, content, limits, error),
            #[cfg(feature = "zmq")]
            MessageFormat::Direct => plain::id(beside),
            #[cfg(feature = "amqp1")]
            MessageFormat::Amqp1 => plain::id(beside),
        }
    }

    pub(crate) fn result(self, msg_id: &str, result: &EncodedValue) -> Bytes {
        match self {
            MessageFormat::Envelope => Reply::result(msg_id, result),
            #[cfg(feature = "zmq")]
            MessageFormat::Direct => direct::result(result),
            #[cfg(feature = "amqp1")]
            MessageFormat::Amqp1 => amqp1::result(result),
        }
    }

    pub(crate) fn failure(self, msg_id: &str, error: &RemoteError) -> Bytes {
        match self {
            MessageFormat::Envelope => Reply::failure(msg_id, error),
            #[cfg(feature = "zmq")]
            MessageFormat::Direct => direct::failure(error),
            #[cfg(feature = "amqp1")]
            MessageFormat::Amqp1 => amqp1::failure(error),
        }
    }

    pub(crate) fn heartbeat(self, msg_id: &str) -> Bytes {
        match self {
            MessageFormat::Envelope => Reply::heartbeat(msg_id),
            #[cfg(feature = "zmq")]
            MessageFormat::Direct => plain::HEARTBEAT,
            #[cfg(feature = "amqp1")]
            MessageFormat::Amqp1 => plain::HEARTBEAT,
        }
    }

    /// See [`Reply::decode`].
    pub(crate) fn read_reply(
        self,
        body: &Bytes,
        content: &Content<'_>,
        beside: Option<&Beside>,
        limits: &Limits,
    ) -> Result<Reply, DecodeError> {
        match self {
            MessageFormat::Envelope => Reply::decode(body, content, limits),
            #[cfg(feature = "zmq")]
            MessageFormat::Direct => direct::read_reply(body, beside, limits),
            #[cfg(feature = "amqp1")]
            MessageFormat::Amqp1 => amqp1::read_reply(body, beside, limits),
        }
    }
}
