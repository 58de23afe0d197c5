//! One reply queue for a transport, whatever becomes of whoever asks for it.

use std::fmt;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt, Shared};
use tokio::time::Instant;

use super::Replies;
use crate::error::Fault;
use crate::lock::lock;
use crate::transport::driver::Driver;
use crate::wire::Limits;

/// For how long a refusal is not questioned: each of a thousand callers would have the broker refuse it again.
const FINAL: Duration = Duration::from_secs(1);

/// Opened by the first who asks, and waited for by all who ask until it is there. Nobody has to wait to the end: the
/// driver goes on by itself.
#[derive(Default)]
pub(in crate::transport) struct Once {
    opened: OnceLock<Replies>,
    opening: Mutex<Option<Opening>>,
}

type Opening = Shared<BoxFuture<'static, Result<Replies, Refusal>>>;

#[derive(Clone)]
struct Refusal {
    why: Fault,
    at: Instant,
}

impl Once {
    /// The queue, if it is there.
    pub(in crate::transport) fn opened(&self) -> Option<&Replies> {
        self.opened.get()
    }

    /// Waits for the queue; dropping the future loses nothing.
    pub(in crate::transport) async fn open(
        &self,
        driver: &dyn Driver,
        limits: Limits,
    ) -> Result<&Replies, Fault> {
        let opening = {
            let mut opening = lock(&self.opening);
            if let Some(Err(refusal)) = opening.as_ref().and_then(Shared::peek)
                && refusal.at.elapsed() >= FINAL
            {
                *opening = None;
            }
            let refused = |why| Refusal { why, at: Instant::now() };
            let new = || Replies::open(driver, limits).map(move |it| it.map_err(refused)).boxed().shared();
            opening.get_or_insert_with(new).clone()
        };
        let replies = opening.await.map_err(|refusal| refusal.why)?;
        Ok(self.opened.get_or_init(|| replies))
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").field("opened", &self.opened).finish_non_exhaustive()
    }
}
