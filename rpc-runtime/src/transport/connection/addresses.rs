//! Which of the addresses of a host is connected to: one that does not answer must not take the time of the others.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use tokio::net::lookup_host;
use tokio::time::sleep;

use super::contract::ConnectFailure;
use crate::lock::lock;
use crate::transport::failure::FailureKind;
use crate::transport::url::Host;

/// How long an address is tried alone before the next one is tried beside it, as RFC 8305 recommends it. Documented
/// at `connect_timeout`, as is the next.
const HEAD_START: Duration = Duration::from_millis(250);

/// How many addresses of one name are tried.
const MOST: usize = 16;

/// How many addresses are remembered. Names may get new ones for ever.
const REMEMBERED: usize = 64;

/// Addresses that took a connection and then did not speak as they should: they come last the next time.
#[derive(Debug, Default)]
pub(in crate::transport) struct Suspects(Mutex<VecDeque<SocketAddr>>);

impl Suspects {
    pub(in crate::transport) fn add(&self, address: SocketAddr) {
        let mut all = lock(&self.0);
        all.retain(|other| *other != address);
        if all.len() >= REMEMBERED {
            all.pop_front();
        }
        all.push_back(address);
    }

    pub(in crate::transport) fn clear(&self, address: SocketAddr) {
        lock(&self.0).retain(|other| *other != address);
    }

    /// The addresses of a host in the order in which they are tried: that of the resolver, with the families in
    /// turn, and suspects last, the latest of them last of all.
    pub(in crate::transport) fn order(&self, addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
        let first = addresses.first().is_some_and(SocketAddr::is_ipv6);
        let (same, other): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|it| it.is_ipv6() == first);
        let (mut same, mut other) = (same.into_iter(), other.into_iter());
        let mut ordered = Vec::new();
        while let (a, b) = (same.next(), other.next())
            && (a.is_some() || b.is_some())
        {
            ordered
                .extend([a, b].into_iter().flatten().filter(|it| !ordered.contains(it)).collect::<Vec<_>>());
        }
        let suspects = lock(&self.0);
        ordered.sort_by_key(|address| {
            suspects.iter().position(|suspect| suspect == address).map_or(0, |n| n + 1)
        });
        ordered.truncate(MOST);
        ordered
    }
}

/// The addresses of a host.
pub(in crate::transport) async fn lookup(host: &Host) -> Result<Vec<SocketAddr>, ConnectFailure> {
    let unresolved = |why: String| ConnectFailure { kind: FailureKind::NameNotResolved, why };
    let addresses = lookup_host((host.name(), host.port())).await.map_err(|it| unresolved(it.to_string()))?;
    let addresses: Vec<_> = addresses.collect();
    if addresses.is_empty() { Err(unresolved("the name has no address".to_owned())) } else { Ok(addresses) }
}

/// The first connection that comes about, with its address. The addresses are begun with in their order, each when the
/// one before has failed or had its head start; none is given up before one answers. If all fail, the error names them.
pub(in crate::transport) async fn first_to_answer<T, F>(
    addresses: Vec<SocketAddr>,
    connect: impl Fn(SocketAddr) -> F,
) -> io::Result<(SocketAddr, T)>
where
    F: Future<Output = io::Result<T>>,
{
    let attempt = |address: SocketAddr| {
        let connecting = connect(address);
        async move { (address, connecting.await) }
    };
    let several = addresses.len() > 1;
    let mut waiting = addresses.into_iter();
    let mut trying: FuturesUnordered<_> = waiting.next().map(attempt).into_iter().collect();
    let mut failed = Vec::new();
    let mut kind = io::ErrorKind::AddrNotAvailable;
    while !trying.is_empty() {
        let next = tokio::select! {
            Some((address, outcome)) = trying.next() => match outcome {
                Ok(connection) => return Ok((address, connection)),
                Err(error) if !several => return Err(error),
                Err(error) => {
                    kind = error.kind();
                    failed.push(format!("{address}: {error}"));
                    waiting.next()
                }
            },
            () = sleep(HEAD_START), if waiting.len() > 0 => waiting.next(),
        };
        trying.extend(next.map(attempt));
    }
    Err(io::Error::new(kind, failed.join("; ")))
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::Instant;

    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| address(text)).collect()
    }

    const FOUR: [&str; 4] = ["[::1]:1", "[::2]:1", "10.0.0.1:1", "10.0.0.2:1"];

    #[test]
    fn families_in_turn_and_suspects_last() {
        let suspects = Suspects::default();
        assert_eq!(
            suspects.order(addresses(&FOUR)),
            addresses(&["[::1]:1", "10.0.0.1:1", "[::2]:1", "10.0.0.2:1"])
        );
        assert_eq!(suspects.order(addresses(&["10.0.0.1:1", "10.0.0.1:1"])), addresses(&["10.0.0.1:1"]));
        for suspect in [FOUR[0], FOUR[2]] {
            suspects.add(address(suspect));
        }
        assert_eq!(
            suspects.order(addresses(&FOUR)),
            addresses(&["[::2]:1", "10.0.0.2:1", "[::1]:1", "10.0.0.1:1"])
        );
        suspects.clear(address(FOUR[0]));
        assert_eq!(suspects.order(addresses(&FOUR[..2])), addresses(&FOUR[..2]));
        for n in 0..1000 {
            suspects.add(SocketAddr::from(([10, 0, 0, 1], n)));
        }
        assert_eq!(lock(&suspects.0).len(), REMEMBERED);
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_answer_takes_no_more_than_a_head_start() {
        let began = Instant::now();
        let (found, ()) = first_to_answer(addresses(&FOUR), |it| async move {
            match it.to_string().as_str() {
                "10.0.0.2:1" => Ok(()),
                "[::2]:1" => Err(io::ErrorKind::ConnectionRefused.into()),
                _ => pending().await,
            }
        })
        .await
        .unwrap();
        assert_eq!(found, address("10.0.0.2:1"));
        // The second was refused at once.
        assert_eq!(began.elapsed(), HEAD_START * 2);
    }

    #[tokio::test(start_paused = true)]
    async fn who_answers_late_is_taken_all_the_same() {
        let (found, ()) = first_to_answer(addresses(&FOUR), |it| async move {
            sleep(Duration::from_secs(if it.is_ipv4() { 100 } else { 5 })).await;
            Ok(())
        })
        .await
        .unwrap();
        assert_eq!(found, address("[::1]:1"));
    }

    #[tokio::test(start_paused = true)]
    async fn if_all_fail_each_is_named() {
        let refuse = |_| async { Err::<(), _>(io::ErrorKind::ConnectionRefused.into()) };
        let error = first_to_answer(addresses(&FOUR[1..3]), refuse).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(error.to_string(), "[::2]:1: connection refused; 10.0.0.1:1: connection refused");
        let error = first_to_answer(addresses(&FOUR[..1]), refuse).await.unwrap_err();
        assert_eq!(error.to_string(), "connection refused");
        assert!(first_to_answer(Vec::new(), refuse).await.is_err());
    }
}
