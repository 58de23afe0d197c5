//! The driver against a real broker, whose URL is in `RPC_TEST_BROKER`; names begin with `broker_`.

mod faults;
mod giving_up;
mod isolation;
mod listening;
mod logs;
#[cfg(feature = "notifications")]
mod notifying;
mod outcomes;
mod raw;
mod start;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::RwLock;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::{Instant, timeout};

use self::raw::Raw;
use super::AmqpDriver;
use crate::transport::amqp::options::AmqpOptions;
use crate::transport::driver::{
    Arrival, Delivery, Driver, ListenOptions, Listener, Outgoing, PublishError, PublishFault, ReplyPlace,
    Route, ServerAddress, Wanted,
};
use crate::transport::url::TransportUrl;

/// How long anything may take; only a failure takes that long.
const PATIENCE: Duration = Duration::from_secs(120);

/// Held for writing by the test that counts the threads of the process, for reading by all others.
static THREADS: RwLock<()> = RwLock::const_new(());

fn url() -> TransportUrl {
    let url =
        std::env::var("RPC_TEST_BROKER").expect("RPC_TEST_BROKER is the URL of a RabbitMQ for the tests");
    url.parse().expect("RPC_TEST_BROKER is a transport URL")
}

/// Names that no other test uses.
struct Names {
    exchange: String,
    topic: String,
}

impl Names {
    fn new() -> Self {
        let id = uuid::Uuid::new_v4().simple().to_string();
        Self { exchange: format!("x-{id}"), topic: format!("t-{id}") }
    }

    fn route(&self, server: Option<&str>) -> Route {
        Route::Topic {
            exchange: self.exchange.as_str().into(),
            topic: self.topic.as_str().into(),
            server: server.map(Into::into),
        }
    }

    fn fanout(&self) -> Route {
        Route::Fanout {
            exchange: self.exchange.as_str().into(),
            topic: self.topic.as_str().into(),
            server: None,
        }
    }

    fn address(&self, server: &str) -> ServerAddress {
        ServerAddress {
            exchange: self.exchange.as_str().into(),
            topic: self.topic.as_str().into(),
            server: server.into(),
        }
    }
}

/// Options that come back fast.
fn quick() -> AmqpOptions {
    AmqpOptions::default().kombu_reconnect_delay(Duration::from_millis(100))
}

async fn connect(options: AmqpOptions) -> AmqpDriver {
    AmqpDriver::connect(&url(), options, Instant::now() + PATIENCE).await.unwrap()
}

async fn listen(driver: &AmqpDriver, names: &Names, server: &str) -> Listener {
    driver.listen(names.address(server).into(), ListenOptions::default()).await.unwrap()
}

struct Replies {
    queue: Arc<str>,
    deliveries: Receiver<Delivery>,
    /// Nothing comes any more once it is dropped.
    _place: Arc<dyn ReplyPlace>,
}

async fn listen_for_replies(driver: &AmqpDriver) -> Replies {
    let (sender, deliveries) = channel(1024);
    let take = Box::new(move |arrival| {
        let Arrival::Reply(delivery) = arrival else { panic!("a queue outlives its connection") };
        sender.try_send(delivery).unwrap_or_default();
    });
    let place = driver.listen_for_replies(take).await.unwrap();
    Replies { queue: place.address(), deliveries, _place: place }
}

fn outgoing(route: Route, body: &str) -> Outgoing {
    Outgoing {
        route,
        body: Bytes::copy_from_slice(body.as_bytes()),
        ask: None,
        mandatory: true,
        expiration: None,
        deadline: Instant::now() + PATIENCE,
        wanted: Wanted::AtOnce,
    }
}

async fn send(driver: &AmqpDriver, route: Route, body: &str) -> Result<(), PublishError> {
    driver.publish(outgoing(route, body)).await
}

async fn next(deliveries: &mut Receiver<Delivery>) -> Delivery {
    timeout(PATIENCE, deliveries.recv()).await.expect("no delivery").expect("the listener has ended")
}

fn text(delivery: &Delivery) -> String {
    String::from_utf8(delivery.body.to_vec()).unwrap()
}
