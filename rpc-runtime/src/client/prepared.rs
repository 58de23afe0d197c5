//! Requests of methods whose messages no attribute describes.

use serde::Serialize;

use super::destination::IntoServer;
use super::{Call, Cast, Draft};
use crate::interface::{Kind, MethodResult};
use crate::version::Version;

/// A request of a `#[rpc(manual)]` method, put together by hand.
///
/// Arguments go out as they are given, whatever the version: policies for older servers are the
/// caller's. Everything else is as in other requests: the first thing that goes wrong is what
/// awaiting it gives, before anything is sent.
#[derive(Debug)]
#[must_use = "a request is sent by `call` or `cast`"]
pub struct Prepared {
    request: Draft,
}

impl Prepared {
    /// A request as it starts.
    pub fn new(request: Draft) -> Self {
        Self { request }
    }

    /// Whether the pin in force allows this version, and the method is there at it.
    #[must_use]
    pub fn can_send(&self, version: Version) -> bool {
        let Draft { client, method, pin, .. } = &self.request;
        let allowed = match pin {
            Some(pin) => pin.accepts(version),
            None => client.interface.accepts(version),
        };
        allowed && !method.is_removed_at(version) && method.since.iter().any(|since| version.accepts(*since))
    }

    /// Stamps the request with this version. Without it, it is the highest that the pin allows of
    /// those that changed something in the method.
    pub fn at(mut self, version: Version) -> Self {
        if !self.can_send(version) {
            let Draft { client, method, pin, .. } = &self.request;
            let cap = pin.unwrap_or(client.interface.version);
            if method.is_removed_at(version) && method.is_removed_at(cap) {
                self.request.fail_not_there(cap);
            } else {
                let what = format!("{} at {version}", method.name);
                self.request.fail_too_low(what, version);
            }
        }
        self.request.version = version;
        self
    }

    /// Sends to this server of the topic. `None` is an error; [`any_if_none`](crate::any_if_none) is for where any server
    /// will do.
    pub fn to(mut self, server: impl IntoServer) -> Self {
        self.request = self.request.to(server);
        self
    }

    /// Sets an argument, by its name on the wire; one that the method does not have is an error.
    pub fn arg<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Self {
        if self.request.method.takes(name) {
            self.request.set(name, value);
        } else {
            self.request.refuse(format!("it has no argument {name}"));
        }
        self
    }

    /// Waits for the reply, a `Result<T, E>`.
    pub fn call<R: MethodResult>(mut self) -> Call<R> {
        self.check_version();
        if !matches!(self.request.method.kind, Kind::Call | Kind::CallOrCast) {
            self.request.refuse("it is a cast, which has no reply to wait for");
        }
        self.request.call()
    }

    /// Waits for the broker only.
    pub fn cast(mut self) -> Cast {
        self.check_version();
        if self.request.method.kind == Kind::Call {
            self.request.refuse("it is a call: its reply has to be waited for");
        }
        self.request.cast()
    }

    /// A request that nobody stamped has the cap's version if the method is not there at it.
    fn check_version(&mut self) {
        let version = self.request.version;
        if !self.can_send(version) {
            self.request.fail_not_there(version);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Client;
    use crate::context::Context;
    use crate::error::RemoteError;
    use crate::interface::{Arg, Interface, Method};
    use crate::transport::{Sent, Transport};

    type Nothing = Result<(), RemoteError>;
    type Fill = fn(Prepared) -> Prepared;

    const fn v(minor: u32) -> Version {
        Version::new(1, minor)
    }

    static DISKS: Interface = Interface::new(
        "Disks",
        "disk",
        v(2),
        &[
            Method::call_or_cast::<Nothing>("wipe", &[v(0)], &[Arg::new("force", "bool")]).as_manual(),
            Method::call::<Nothing>("ask", &[v(0)], &[]).as_manual(),
            Method::cast::<Nothing>("trim", &[v(1)], &[]).with_until(v(2)).as_manual(),
        ],
    );

    fn prepared(transport: &Transport, pin: Option<Version>, method: &str) -> Prepared {
        let client = Client::new(transport, &DISKS);
        let client = pin.map_or(client.clone(), |pin| client.pinned(pin.into()));
        Prepared::new(client.request(DISKS.method(method).unwrap(), &Context::new()))
    }

    /// What is sent as a cast, or why nothing is.
    async fn sent(
        pin: Version,
        method: &str,
        fill: impl FnOnce(Prepared) -> Prepared,
    ) -> Result<Sent, String> {
        let (transport, recorder) = Transport::recording();
        let outcome = fill(prepared(&transport, Some(pin), method)).cast().await;
        outcome.map_err(|error| error.to_string())?;
        Ok(recorder.take().remove(0))
    }

    #[test]
    fn which_versions_can_be_sent() {
        let (transport, _) = Transport::recording();
        for (pin, method, can) in [
            (None, "wipe", [true, true, true, false]),
            (None, "trim", [false, true, false, false]),
            (Some(v(1)), "wipe", [true, true, false, false]),
            (Some(v(0)), "trim", [false; 4]),
        ] {
            let request = prepared(&transport, pin, method);
            let found = [v(0), v(1), v(2), Version::new(2, 0)].map(|version| request.can_send(version));
            assert_eq!(found, can, "{method} with {pin:?}");
        }
    }

    #[tokio::test]
    async fn what_is_given_is_sent() {
        let all = sent(v(2), "wipe", |it| it.at(v(1)).to("host1").arg("force", &true)).await.unwrap();
        assert_eq!((all.target.version(), all.target.server()), (Some(v(1)), Some("host1")));
        assert_eq!(serde_json::Value::from(all.args), serde_json::json!({"force": true}));
        let plain = sent(v(2), "wipe", |it| it).await.unwrap();
        assert_eq!((plain.target.version(), plain.target.server()), (Some(v(0)), None));
    }

    #[tokio::test]
    async fn what_cannot_be_sent_is_refused() {
        let rows: [(Version, &str, Fill, &str); 8] = [
            (v(1), "wipe", |it| it.at(v(2)), "wipe at 1.2 needs version 1.2 but the client is pinned to 1.1"),
            (v(0), "trim", |it| it, "trim needs version 1.1 but the client is pinned to 1.0"),
            (v(2), "trim", |it| it, "trim was removed in 1.2, and the client is pinned to 1.2"),
            (v(2), "trim", |it| it.at(v(2)), "trim was removed in 1.2, and the client is pinned to 1.2"),
            (v(1), "trim", |it| it.at(v(2)), "trim at 1.2 needs version 1.2 but the client is pinned to 1.1"),
            (v(1), "wipe", |it| it.arg("size", &1), "wipe: it has no argument size"),
            (v(1), "wipe", |it| it.to(None::<&str>), "wipe: the destination is None"),
            (v(1), "ask", |it| it, "ask: it is a call: its reply has to be waited for"),
        ];
        for (pin, method, fill, why) in rows {
            let error = sent(pin, method, fill).await.unwrap_err();
            assert!(error.starts_with(why), "{error}");
        }
        let (transport, recorder) = Transport::recording();
        let error = prepared(&transport, Some(v(1)), "trim").call::<Nothing>().await.unwrap_err();
        assert_eq!(error.to_string(), "trim: it is a cast, which has no reply to wait for");
        assert_eq!(recorder.take(), []);
        for method in ["wipe", "ask"] {
            recorder.answer(&()).unwrap();
            prepared(&transport, None, method).call::<Nothing>().await.unwrap();
        }
    }
}
