//! Moments as they are serialised: in seconds from now.

use std::time::Instant;

use serde::Serializer;

/// How long ago it was; 0 if it is still to come.
pub(crate) fn since<S: Serializer>(moment: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(now().saturating_duration_since(*moment).as_secs_f64())
}

/// How long it is until then; 0 if it is over.
pub(crate) fn until<S: Serializer>(moment: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(moment.saturating_duration_since(now()).as_secs_f64())
}

/// By the clock that the moments were taken from, which tests may stop.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
