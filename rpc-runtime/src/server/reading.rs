//! How a server reads requests.

use crate::receiving::Read;
use crate::transport::driver::Delivery;
use crate::wire::{DecodeError, Limits, MessageFormat, ReplyAddress, Request};

/// Why a message was not read, and who waits for an answer, if that can be told.
#[derive(Debug)]
pub(crate) struct Unread {
    pub(crate) error: DecodeError,
    pub(crate) caller: Option<ReplyAddress>,
}

impl Read for Request {
    type Unread = Unread;

    fn read(delivery: &mut Delivery, format: MessageFormat, limits: &Limits) -> Result<Self, Unread> {
        if let Some(excess) = &mut delivery.excess {
            return Err(Unread {
                error: DecodeError::TooLarge { limit: limits.max_body },
                caller: excess.caller.take(),
            });
        }
        let (content, beside) = (delivery.labels.content(), delivery.beside.as_deref());
        format.read_request(&delivery.body, &content, beside, limits).map_err(|error| {
            let caller = format.unread_caller(&delivery.body, &content, beside, limits, &error);
            Unread { error, caller }
        })
    }

    fn size(&self) -> usize {
        let args = self.invocation.as_ref().ok().map(|invocation| &invocation.args);
        // Context and arguments are in the same text.
        let text = args.map_or(0, |args| args.text_size()).max(self.context.text_size());
        text + self.context.index_size() + args.map_or(0, |args| args.index_size())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::driver::Settle;
    use crate::transport::stub::delivery;

    #[test]
    fn what_a_request_takes_is_its_text_and_where_its_values_are() {
        let members =
            |prefix: &str| (0..100).map(|n| format!("\"{prefix}{n}\": 1")).collect::<Vec<_>>().join(", ");
        let message =
            format!("{{\"method\": \"m\", \"args\": {{{}}}, {}}}", members("a"), members("_context_"));
        let body = serde_json::json!({"oslo.version": "2.0", "oslo.message": message}).to_string();
        let mut delivery = delivery(body, Settle::nothing());
        let request = Request::read(&mut delivery, MessageFormat::Envelope, &Limits::default());
        let size = request.ok().unwrap().size();
        let places = 200 * 4 * size_of::<usize>();
        assert!((message.len() + places..2 * (message.len() + places)).contains(&size), "{size}");
    }
}
