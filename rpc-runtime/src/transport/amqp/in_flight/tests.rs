use std::cell::Cell;
use std::time::Duration;

use futures::FutureExt;
use tokio::runtime::Handle;

use super::super::backoff;
use super::super::fake::{Fake, Fate};
use super::super::library::Supervisor;
use super::super::names::BUS;
use super::*;
use crate::clock::after;
use crate::error::Reached;
use crate::transport::connection::Event;
use crate::transport::status::ConnectionStatus;
use crate::transport::status_watch::Board;
use crate::transport::url::TransportUrl;

struct Scene {
    broker: Arc<Fake>,
    supervisor: Supervisor,
    in_flight: InFlight,
}

async fn scene(options: AmqpOptions) -> Scene {
    let broker = Fake::new(|_| Fate::Ack);
    let url: TransportUrl = "rabbit://a".parse().unwrap();
    let (hosts, reporter) =
        (url.hosts().to_vec(), Board::new(BUS, "send", ConnectionStatus::Connecting).reporter("send"));
    let (pauses, handle) = (backoff(&options), Handle::current());
    let supervisor = Supervisor::start(broker.clone(), hosts, pauses, BUS, reporter, &handle);
    let mut links = supervisor.view();
    links.up().await.unwrap();
    Scene { broker, supervisor, in_flight: InFlight::new(&options, links) }
}

fn soon() -> Instant {
    after(Duration::from_secs(5))
}

#[tokio::test(start_paused = true)]
async fn who_comes_too_much_waits_for_a_place() {
    let Scene { in_flight, .. } = scene(AmqpOptions::default().max_in_flight(2)).await;
    let first = in_flight.enter(soon(), || false).await.unwrap();
    let _second = in_flight.enter(soon(), || false).await.unwrap();
    let mut third = std::pin::pin!(in_flight.enter(soon(), || false));
    assert!(third.as_mut().now_or_never().is_none());
    drop(first);
    drop(third.await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn no_longer_than_its_deadline_and_then_it_says_why() {
    let Scene { broker, supervisor: _supervisor, in_flight } =
        scene(AmqpOptions::default().max_in_flight(1)).await;
    let _place = in_flight.enter(soon(), || false).await.unwrap();
    let began = Instant::now();
    let error = in_flight.enter(soon(), || false).await.unwrap_err();
    assert_eq!(began.elapsed(), Duration::from_secs(5));
    assert!(matches!(error, PublishError { fault: PublishFault::Expired(_), reached: Reached::NotSent }));
    let slow = "not sent: 1 messages are before it, and the broker is slow to confirm them";
    assert_eq!(error.to_string(), slow);

    broker.link(0).happen(Event::Blocked("low on memory".to_owned()));
    let error = in_flight.enter(soon(), || false).await.unwrap_err();
    assert!(error.to_string().ends_with("the broker blocks the connection: low on memory"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn or_it_fails_at_once() {
    let options = AmqpOptions::default().max_in_flight(1).max_in_flight_policy(InFlightPolicy::Fail);
    let Scene { in_flight, .. } = scene(options).await;
    let place = in_flight.enter(soon(), || false).await.unwrap();
    let error = in_flight.enter(soon(), || false).now_or_never().unwrap().unwrap_err();
    assert!(matches!(error.fault, PublishFault::Overloaded { limit: 1 }), "{error}");
    drop(place);
    drop(in_flight.enter(soon(), || false).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_what_is_closed() {
    let Scene { in_flight, .. } = scene(AmqpOptions::default().max_in_flight(1)).await;
    let _place = in_flight.enter(soon(), || false).await.unwrap();
    let mut waiting = std::pin::pin!(in_flight.enter(soon(), || false));
    assert!(waiting.as_mut().now_or_never().is_none());
    in_flight.close();
    assert!(matches!(waiting.await.unwrap_err().fault, PublishFault::Closed));
    assert!(matches!(in_flight.enter(soon(), || false).await.unwrap_err().fault, PublishFault::Closed));
}

#[tokio::test(start_paused = true)]
async fn what_is_stalled_takes_no_room_of_others() {
    for policy in [InFlightPolicy::Wait, InFlightPolicy::Fail] {
        let options = AmqpOptions::default().max_in_flight(2).max_in_flight_policy(policy);
        let Scene { in_flight, supervisor: _supervisor, .. } = scene(options).await;
        let mut first = in_flight.enter(soon(), || false).await.unwrap();
        let mut second = in_flight.enter(soon(), || false).await.unwrap();
        drop(first.step_aside().unwrap());
        assert!(first.step_aside().is_none(), "it is aside already");
        let stalled = in_flight.enter(soon(), || true).await.unwrap();
        assert!(second.step_aside().is_none(), "there is no room aside");
        drop(in_flight.enter(soon(), || false).await.unwrap());
        // Nor without a bound.
        let error = in_flight.enter(soon(), || true).await.unwrap_err();
        match policy {
            InFlightPolicy::Fail => {
                assert!(matches!(error.fault, PublishFault::Overloaded { limit: 2 }), "{error}")
            }
            InFlightPolicy::Wait => {
                let why =
                    "not sent: 2 messages are before it, and the broker confirms nothing that is sent there";
                assert_eq!(error.to_string(), why);
            }
        }
        drop(stalled);
        drop(in_flight.enter(soon(), || true).await.unwrap());
        drop(first);
        assert!(second.step_aside().is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn what_stalls_while_it_waits_waits_elsewhere() {
    let Scene { in_flight, .. } = scene(AmqpOptions::default().max_in_flight(1)).await;
    let mut place = in_flight.enter(soon(), || false).await.unwrap();
    let stalls = Cell::new(false);
    let mut waiting = std::pin::pin!(in_flight.enter(soon(), || stalls.get()));
    assert!(waiting.as_mut().now_or_never().is_none());
    stalls.set(true);
    drop(place.step_aside().unwrap());
    assert!(waiting.as_mut().now_or_never().is_none());
    drop(in_flight.enter(soon(), || false).await.unwrap());
    drop(place);
    drop(waiting.await.unwrap());
}
