//! A directory that somebody has written down.

use std::future::ready;

use futures::future::BoxFuture;

use super::Directory;
use super::lease::Lease;
use super::peer_address::PeerAddress;
use crate::error::Fault;
use crate::transport::driver::ServerAddress;

/// The hosts of a URL: any topic may be at each of them.
#[derive(Debug)]
pub(crate) struct Fixed(Vec<PeerAddress>);

impl Fixed {
    pub(crate) fn new(mut places: Vec<PeerAddress>) -> Self {
        places.sort();
        places.dedup();
        Self(places)
    }
}

impl Directory for Fixed {
    fn resolve<'a>(
        &'a self,
        _: &'a str,
        _: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<PeerAddress>, Fault>> {
        Box::pin(ready(Ok(self.0.clone())))
    }

    /// Whoever has written it knows already.
    fn announce(&self, _: &ServerAddress, _: &PeerAddress) -> Lease {
        Lease::needless()
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test]
    async fn all_of_it_is_for_each_topic() {
        let at = |text: &str| text.parse::<PeerAddress>().unwrap();
        let fixed = Fixed::new(vec![at("b:2"), at("a:1"), at("b:2"), at("[::1]:3")]);
        for server in [None, Some("s")] {
            let places = fixed.resolve("any", server).await.unwrap();
            assert_eq!(places, [at("[::1]:3"), at("a:1"), at("b:2")]);
        }
        let server = ServerAddress { exchange: "e".into(), topic: "t".into(), server: "s".into() };
        let lease = fixed.announce(&server, &at("c:4"));
        assert!(lease.fault().is_none());
        lease.announced().await;
        lease.withdraw(Instant::now()).await;
        assert_eq!(fixed.resolve("t", None).await.unwrap().len(), 3);
    }
}
