//! What a message bears beside its body, on a bus whose bodies have no ids.

#[cfg(any(feature = "amqp1", feature = "zmq"))]
use super::request::ReplyAddress;

/// The ids of a message, as its driver has found them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Beside {
    /// Of a request its own, of a reply that of the call.
    pub(crate) id: String,
    /// Where the reply to a call goes, in words that the driver understands; none of what is not a call.
    pub(crate) reply_to: Option<String>,
}

#[cfg(any(feature = "amqp1", feature = "zmq"))]
impl Beside {
    /// Who waits for the reply to a request.
    pub(crate) fn caller(&self) -> Option<ReplyAddress> {
        ReplyAddress::in_words(self.reply_to.clone()?, serde_json::Value::from(self.id.as_str()).to_string())
    }
}
