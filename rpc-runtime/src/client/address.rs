//! Where a request goes.

use std::sync::Arc;

use super::draft::Draft;
use crate::error::RpcError;
use crate::interface::{Kind, RouteRequest};
use crate::target::{Target, check_words};
use crate::transport::driver::Route;

impl Draft {
    /// The address: the method's or the interface's route makes it of the destination, if there is
    /// one, and options go before both.
    pub(super) fn route(&self) -> Result<Route, RpcError> {
        let refuse = |why| RpcError::BadArgument { method: self.method.name.to_owned(), why };
        let Self { client, method, .. } = self;
        let options = &client.options;
        let fanout = method.kind == Kind::Fanout;
        let route = method.route.or(client.interface.route);
        options.check_address(fanout && route.is_none()).map_err(refuse)?;
        let destination = options.server.as_deref().or(self.server.as_deref());
        let routed = match route {
            Some(route) => {
                let mut request = RouteRequest::new(client.interface.topic, self.version);
                request.pin = self.pin;
                request.destination = destination;
                request.fanout = fanout;
                Some(route(&request).map_err(refuse)?)
            }
            None => None,
        };
        let topic = match &routed {
            Some(target) if options.topic.is_none() => target.topic().into(),
            _ => Arc::clone(&client.topic),
        };
        if topic.is_empty() {
            return Err(refuse("the topic is empty".to_owned()));
        }
        let server = routed.as_ref().map_or(destination, Target::server);
        check_words("topic", &topic).map_err(refuse)?;
        check_words("server", server.unwrap_or_default()).map_err(refuse)?;
        let server = server.map(Into::into);
        let exchange = options.exchange.as_deref().or(routed.as_ref().and_then(Target::exchange));
        let exchange = exchange.map_or_else(|| client.transport.control_exchange(), Into::into);
        Ok(if fanout {
            Route::Fanout { exchange, topic, server }
        } else {
            Route::Topic { exchange, topic, server }
        })
    }
}
