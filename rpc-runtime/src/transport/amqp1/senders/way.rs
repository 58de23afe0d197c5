//! Where messages go: what has a link of its own.

use std::sync::Arc;

use fe2o3_amqp::types::messaging::MessageId;

use super::super::address::Addressing;
use super::super::message::read_reply_words;
use crate::transport::driver::Route;

/// A place that messages go to by one link.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Way {
    Topic { exchange: Arc<str>, topic: Arc<str> },
    Server { exchange: Arc<str>, topic: Arc<str>, server: Arc<str> },
    Fanout { exchange: Arc<str>, topic: Arc<str> },
    Reply { address: Arc<str> },
}

impl Way {
    /// The place of a route, with the call if it is a reply. `None` for what there is not on this bus.
    pub(super) fn of(route: &Route) -> Option<(Self, Option<MessageId>)> {
        let way = match route {
            Route::Topic { exchange, topic, server: None } => {
                Self::Topic { exchange: exchange.clone(), topic: topic.clone() }
            }
            Route::Topic { exchange, topic, server: Some(server) } => {
                Self::Server { exchange: exchange.clone(), topic: topic.clone(), server: server.clone() }
            }
            Route::Fanout { exchange, topic, .. } => {
                Self::Fanout { exchange: exchange.clone(), topic: topic.clone() }
            }
            Route::Reply { queue } => {
                let (address, call) = read_reply_words(queue)?;
                return Some((Self::Reply { address: address.into() }, Some(call)));
            }
            Route::Queue { .. } | Route::DeadLetters { .. } | Route::Notification { .. } => return None,
        };
        Some((way, None))
    }

    /// What it is called for a peer.
    pub(super) fn address(&self, addressing: &Addressing) -> String {
        match self {
            Self::Topic { exchange, topic } => addressing.topic(exchange, topic),
            Self::Server { exchange, topic, server } => addressing.server(exchange, topic, server),
            Self::Fanout { exchange, topic } => addressing.fanout(exchange, topic),
            Self::Reply { address } => (**address).to_owned(),
        }
    }
}
