//! Messages that come late, twice or never: by chance, which a seed decides.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

use super::Broker;
use super::ids::QueueId;
use super::queue::Message;
use super::state::{no_queue, no_room};
use crate::clock::later;
use crate::error::{Fault, FaultKind};
use crate::lock::lock;
use crate::transport::driver::{Outgoing, PublishError, PublishFault, Route};
use crate::transport::error::TransportError;
use crate::transport::url::TransportUrl;

/// The options of the URL.
pub(in crate::transport) const OPTIONS: &[&str] = &["seed", "delay", "repeat", "lose"];

/// How late a message may be at most, in seconds.
const LATEST: f64 = 3600.0;
/// Messages that are late at the same time, so that a sender that never stops can't eat the memory.
const MOST: usize = 65_536;

/// The faults of one connection.
#[derive(Debug)]
pub(super) struct Faults {
    chances: Chances,
    requests: Mutex<Dice>,
    /// Their own, so that what becomes of requests does not depend on when replies come.
    replies: Mutex<Dice>,
    room: Arc<Semaphore>,
}

impl Faults {
    /// The faults that the options of the URL ask for; `None` if it has none of them.
    pub(super) fn read(url: &TransportUrl) -> Result<Option<Self>, TransportError> {
        if OPTIONS.iter().all(|name| url.option(name).is_none()) {
            return Ok(None);
        }
        let seed = url.option("seed").unwrap_or("0");
        let seed = seed.parse().map_err(|_| wrong("seed", seed, "a whole number from 0 to 2^64 - 1"))?;
        let chances = Chances {
            delay: number(url, "delay", LATEST, "a number of seconds from 0 to 3600")?,
            repeat: number(url, "repeat", 1.0, "a share from 0 to 1")?,
            lose: number(url, "lose", 1.0, "a share from 0 to 1")?,
        };
        let mut requests = Dice(seed);
        let replies = Mutex::new(Dice(requests.next()));
        Ok(Some(Self { chances, requests: requests.into(), replies, room: Arc::new(Semaphore::new(MOST)) }))
    }

    /// Sends a message with what happens to it. The sender is told what it would be told without that.
    pub(super) fn send(
        &self,
        broker: &Arc<Broker>,
        message: &Outgoing,
        deliveries: u32,
    ) -> Result<(), PublishError> {
        let dice = if matches!(message.route, Route::Reply { .. }) { &self.replies } else { &self.requests };
        for place in places(broker, message)? {
            let copies = self.chances.copies(&mut lock(dice));
            if copies == [None, None] {
                tracing::debug!(route = %message.route, "a message is lost by chance");
            }
            for delay in copies.into_iter().flatten() {
                let copy = Copy {
                    place: place.clone(),
                    body: message.body.clone(),
                    expiration: message.expiration,
                    deliveries,
                };
                self.deliver(broker, copy, delay, &message.route)?;
            }
        }
        Ok(())
    }

    fn deliver(
        &self,
        broker: &Arc<Broker>,
        copy: Copy,
        delay: Duration,
        route: &Route,
    ) -> Result<(), PublishError> {
        if delay.is_zero() {
            return if copy.deliver(broker) { Ok(()) } else { Err(no_room(route).into()) };
        }
        let Ok(room) = Arc::clone(&self.room).try_acquire_owned() else {
            let why = format!("{MOST} messages are late already");
            return Err(PublishFault::Refused(Fault::new(FaultKind::Nacked, why)).into());
        };
        let broker = Arc::clone(broker);
        tokio::spawn(async move {
            sleep(delay).await;
            copy.deliver(&broker);
            drop(room);
        });
        Ok(())
    }
}

/// How often what happens.
#[derive(Debug, Clone, Copy)]
struct Chances {
    /// In seconds; anything from 0 to this is as likely.
    delay: f64,
    repeat: f64,
    lose: f64,
}

impl Chances {
    /// The copies of a message that come, each with its delay.
    fn copies(self, dice: &mut Dice) -> [Option<Duration>; 2] {
        // As many throws for each message, so that an option changes nothing but what it is for.
        let [lost, repeated, first, second] = [(); 4].map(|()| dice.throw());
        let delay = |throw| Duration::from_secs_f64(self.delay * throw);
        match lost < self.lose {
            true => [None, None],
            false => [Some(delay(first)), (repeated < self.repeat).then(|| delay(second))],
        }
    }
}

/// Where a message goes.
#[derive(Debug, Clone)]
enum Place {
    Queue(QueueId),
    /// To the transport that has this queue of replies.
    Taker(Arc<str>),
}

/// The places of a message, of which each has its own faults: those of a fanout are the queues of its servers.
fn places(broker: &Broker, message: &Outgoing) -> Result<Vec<Place>, PublishError> {
    if let Route::Reply { queue } = &message.route
        && broker.takes(queue)
    {
        return Ok(vec![Place::Taker(Arc::clone(queue))]);
    }
    match broker.state().queues_of_route(message.route.clone()) {
        Some(queues) => Ok(queues.into_iter().map(Place::Queue).collect()),
        None if message.mandatory => Err(no_queue(&message.route).into()),
        None => Ok(Vec::new()),
    }
}

/// A message on its way to one place.
struct Copy {
    place: Place,
    body: Bytes,
    expiration: Option<Duration>,
    deliveries: u32,
}

impl Copy {
    /// Whether there was room for it. If its place has gone meanwhile, nobody misses it.
    fn deliver(self, broker: &Broker) -> bool {
        let Self { place, body, expiration, deliveries } = self;
        match place {
            Place::Taker(queue) => {
                broker.answer(&queue, &body);
                true
            }
            Place::Queue(at) => {
                let now = Instant::now();
                let expires = expiration.map(|expiration| later(now, expiration));
                broker.state().put(at, Message { body, expires, deliveries, redelivered: false }, now)
            }
        }
    }
}

/// Numbers that look like chance and follow from the seed: SplitMix64.
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1, which it never is.
    fn throw(&mut self) -> f64 {
        // As many bits as a float has.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn number(url: &TransportUrl, name: &str, most: f64, expected: &str) -> Result<f64, TransportError> {
    let Some(text) = url.option(name) else { return Ok(0.0) };
    let number = text.parse().ok().filter(|number| (0.0..=most).contains(number));
    number.ok_or_else(|| wrong(name, text, expected))
}

fn wrong(name: &str, text: &str, expected: &str) -> TransportError {
    TransportError::Setting(format!("option {name}={text:?}: expected {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(options: &str) -> Result<Option<Faults>, String> {
        let url = format!("memory://?{options}").parse().unwrap();
        Faults::read(&url).map_err(|error| error.to_string())
    }

    #[test]
    fn options_have_ranges() {
        for (option, expected) in [
            ("seed=-1", "option seed=\"-1\": expected a whole number from 0 to 2^64 - 1"),
            ("seed=x", "option seed=\"x\": "),
            ("delay=3601", "option delay=\"3601\": expected a number of seconds from 0 to 3600"),
            ("delay=-0.1", "option delay="),
            ("delay=NaN", "option delay="),
            ("repeat=1.1", "option repeat=\"1.1\": expected a share from 0 to 1"),
            ("lose=2", "option lose="),
            ("lose=", "option lose="),
            ("lose=inf", "option lose="),
        ] {
            let error = read(option).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
        for options in ["seed=18446744073709551615", "delay=0", "delay=3600&repeat=1&lose=1", "lose=0.25"] {
            assert!(read(options).unwrap().is_some(), "{options}");
        }
        assert!(read("control_exchange=nova").unwrap().is_none());
    }

    /// What becomes of so many messages.
    fn fates(options: &str, count: usize) -> Vec<[Option<Duration>; 2]> {
        let faults = read(options).unwrap().unwrap();
        let mut dice = lock(&faults.requests);
        (0..count).map(|_| faults.chances.copies(&mut dice)).collect()
    }

    #[test]
    fn a_seed_decides_and_shares_are_kept() {
        const COUNT: usize = 10_000;
        let options = "delay=0.5&repeat=0.3&lose=0.2";
        let of_seed = |seed: u64| fates(&format!("seed={seed}&{options}"), COUNT);
        assert_eq!(of_seed(7), of_seed(7));
        assert_eq!(of_seed(0), fates(options, COUNT));
        assert_ne!(of_seed(7), of_seed(8));

        let fates = of_seed(7);
        let share = |of: &dyn Fn(&[Option<Duration>; 2]) -> bool| {
            fates.iter().filter(|fate| of(fate)).count() as f64 / COUNT as f64
        };
        let near = |share: f64, wanted: f64| (share - wanted).abs() < 0.02;
        assert!(near(share(&|fate| fate == &[None, None]), 0.2));
        assert!(near(share(&|fate| fate[1].is_some()), 0.8 * 0.3));
        let half = Duration::from_millis(250);
        assert!(near(share(&|fate| fate[0].is_some_and(|delay| delay < half)), 0.8 / 2.0));
        let latest = fates.iter().flatten().flatten().max().unwrap();
        assert!(*latest < 2 * half && *latest > half, "{latest:?}");
    }

    #[test]
    fn an_option_changes_nothing_but_what_it_is_for() {
        let (all, some) = (fates("seed=3&delay=9", 100), fates("seed=3&delay=9&lose=0.5&repeat=0.5", 100));
        let kept = all.iter().zip(&some).filter(|(_, fate)| fate[0].is_some());
        assert!(kept.clone().count() > 20);
        assert!(kept.clone().all(|(all, some)| all[0] == some[0]));
    }

    #[test]
    fn nothing_happens_that_was_not_asked_for() {
        assert!(fates("seed=3", 100).iter().all(|fate| fate == &[Some(Duration::ZERO), None]));
        assert!(fates("lose=1", 100).iter().all(|fate| fate == &[None, None]));
        assert!(fates("repeat=1", 100).iter().all(|fate| fate[1].is_some()));
    }
}
