//! nova's way to have objects made older: a service that knows all their versions.

use super::Backport;
use crate::client::{CallOptions, Client};
use crate::context::Context;
use crate::error::RemoteError;
use crate::interface::{Arg, Interface, Method};
use crate::object::{ObjectVersions, RawJson};
use crate::transport::Transport;
use crate::version::Version;

type Older = Result<RawJson, RemoteError>;

const METHOD: Method = Method::call::<Older>(
    "object_backport_versions",
    &[Version::new(3, 0)],
    &[Arg::new("objinst", "RawJson"), Arg::new("object_versions", "ObjectVersions")],
);

const INTERFACE: Interface = Interface::new("Conductor", "conductor", Version::new(3, 0), &[METHOD]);

/// Asks the conductor, as nova's services do: `object_backport_versions` 3.0 of the topic `conductor`, on the transport's control
/// exchange.
///
/// The conductor has to know the version that it is asked about: nova's asks itself otherwise, without end. A service that asks a
/// conductor is therefore never the conductor.
#[derive(Debug, Clone)]
pub struct Conductor {
    client: Client,
}

impl Conductor {
    /// The conductor of the services on this transport.
    #[must_use]
    pub fn new(transport: &Transport) -> Self {
        Self { client: Client::new(transport, &INTERFACE) }
    }

    /// The same with options of its calls: another topic, a timeout.
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self { client: self.client.with(options) }
    }
}

impl Backport for Conductor {
    async fn backport(&self, context: &Context, object: &RawJson, versions: &ObjectVersions) -> Older {
        let call = self
            .client
            .request(&METHOD, context)
            .arg("objinst", object)
            .arg("object_versions", versions)
            .call::<Older>();
        Ok(call.await?)
    }
}
