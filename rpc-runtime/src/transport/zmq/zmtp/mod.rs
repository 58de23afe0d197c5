//! ZMTP 3.0 and 3.1, the protocol of ZeroMQ on a connection, without any I/O: what comes in and what goes out are bytes.
//!
//! A connection begins with a greeting from each side, then each says `READY` with what it is, and from then on there are
//! messages of one or more frames, with commands between them.

mod command;
mod decoder;
mod encoder;
mod error;
mod foreign;
mod frame;
mod greeting;
mod multipart;
mod ready;
mod socket;

pub(crate) use self::command::{Command, Ping};
pub(crate) use self::decoder::{Decoder, Event, Limits};
pub(crate) use self::encoder::Encoder;
pub(crate) use self::error::ProtocolError;
pub(crate) use self::greeting::Version;
pub(crate) use self::multipart::Multipart;
pub(crate) use self::ready::Ready;
pub(crate) use self::socket::Socket;
