//! What a server does with versioned objects; without the feature `objects` there is nothing to do.

use futures::future::BoxFuture;

#[cfg(feature = "objects")]
use super::backport::Backports;
use super::endpoint::Endpoint;
use super::incoming::{Incoming, Outcome};
use crate::pin::ObjectCap;
#[cfg(feature = "objects")]
use crate::pin::VersionPin;

/// See the options of a builder.
#[derive(Debug, Clone, Default)]
pub(super) struct Objects {
    #[cfg(feature = "objects")]
    pub(super) pin: Option<VersionPin>,
    #[cfg(feature = "objects")]
    pub(super) backports: Option<Backports>,
}

impl Objects {
    /// The versions in which objects in results are written at most.
    pub(super) fn cap(&self) -> ObjectCap {
        #[cfg(feature = "objects")]
        if let Some(pin) = &self.pin {
            return pin.taken().1;
        }
        ObjectCap::default()
    }

    /// Has a request answered, with older objects in it if it takes that.
    pub(super) fn dispatch(&self, endpoint: &Endpoint, incoming: Incoming) -> BoxFuture<'static, Outcome> {
        #[cfg(feature = "objects")]
        if let Some(backports) = &self.backports {
            return Box::pin(backports.clone().dispatch(endpoint.clone(), incoming));
        }
        endpoint.dispatch(incoming)
    }
}
