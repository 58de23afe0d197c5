//! lapin's errors in the words of [`BrokerError`], and a limit for every operation.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use lapin::{Error, ErrorKind};
use tokio::time::timeout;

use super::super::library::{BrokerError, RESOURCE_ERROR};
use super::thread::{Calling, Thread};

/// How long the broker may take to answer anything but a publish.
const LIMIT: Duration = Duration::from_secs(10);

/// The result of `operation`, which is for `thread` to do, or an error that names it after the limit.
pub(super) async fn limited<T>(
    thread: &Thread,
    name: &str,
    operation: impl Future<Output = lapin::Result<T>>,
) -> Result<T, BrokerError> {
    match timeout(LIMIT, Calling { future: pin!(operation), thread }).await {
        Ok(result) => result.map_err(|error| lapin_error(&error)),
        Err(_) => Err(BrokerError::Lost(format!("no answer to {name} within {LIMIT:?}"))),
    }
}

/// An error of a channel is the broker's refusal; all others mean that the connection does not work, or not any more.
pub(super) fn lapin_error(error: &Error) -> BrokerError {
    match error.kind() {
        ErrorKind::ProtocolError(amqp) if error.is_amqp_soft_error() => {
            BrokerError::Refused(amqp.get_id(), amqp.get_message().to_string())
        }
        // Never asked of the broker, which would say so by closing the connection.
        ErrorKind::ChannelsLimitReached => {
            let why = "no channel is free: the connection has as many as the broker allows (channel_max)";
            BrokerError::Refused(RESOURCE_ERROR, why.to_owned())
        }
        ErrorKind::ProtocolError(amqp) => BrokerError::Closed(amqp.get_id(), amqp.get_message().to_string()),
        // It was closed here before it was asked.
        ErrorKind::InvalidChannelState(..) | ErrorKind::InvalidConnectionState(..) => {
            BrokerError::Unsent(error.to_string())
        }
        _ => BrokerError::Lost(error.to_string()),
    }
}
