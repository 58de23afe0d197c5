//! What systemd is told of a service, by its protocol of `sd_notify`.

use std::ffi::OsString;
use std::fmt;

use tokio::task::spawn_blocking;

use crate::contained::contained;

/// The variable in which systemd says where it listens.
const PLACE: &str = "NOTIFY_SOCKET";

/// Whom to tell; nobody, if the process is not a unit of systemd of `Type=notify` or `notify-reload`.
#[derive(Debug, Clone, Default)]
pub(super) struct Systemd {
    place: Option<OsString>,
}

/// What it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Ready,
    Reloading,
    Stopping,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => f.write_str("READY=1"),
            // For `notify-reload`, with the moment, by which a reload is known to be the one that was asked for.
            Self::Reloading => match monotonic() {
                Some(micros) => write!(f, "RELOADING=1\nMONOTONIC_USEC={micros}"),
                None => f.write_str("RELOADING=1"),
            },
            Self::Stopping => f.write_str("STOPPING=1"),
        }
    }
}

/// The time since the machine was started, in microseconds.
#[cfg(unix)]
fn monotonic() -> Option<u128> {
    use rustix::time::{ClockId, clock_gettime};
    let now = clock_gettime(ClockId::Monotonic);
    Some(u128::try_from(now.tv_sec).ok()? * 1_000_000 + u128::try_from(now.tv_nsec).ok()? / 1000)
}

#[cfg(not(unix))]
fn monotonic() -> Option<u128> {
    None
}

impl Systemd {
    /// As the environment says.
    pub(super) fn of_environment() -> Self {
        Self::at(std::env::var_os(PLACE))
    }

    /// Listening at a path, or at a name in the abstract namespace of Linux, which begins with `@`.
    pub(super) fn at(place: Option<OsString>) -> Self {
        Self { place: place.filter(|place| !place.is_empty()) }
    }

    /// Tells it. If it cannot be told, that is logged, and all goes on: systemd has limits of its own.
    pub(super) async fn tell(&self, state: State) {
        let Some(place) = self.place.clone() else { return };
        // It waits for a place among what systemd has not read yet.
        let told = spawn_blocking(move || socket::send(&place, &state.to_string())).await;
        if let Ok(Err(error)) = told {
            contained(|| tracing::warn!(%error, ?state, "systemd could not be told"));
        }
    }
}

#[cfg(unix)]
mod socket {
    use std::ffi::OsStr;
    use std::io;
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    use std::time::Duration;

    /// How long it is waited for a systemd that does not read.
    const PATIENCE: Duration = Duration::from_secs(5);

    pub(super) fn send(place: &OsStr, text: &str) -> io::Result<()> {
        let socket = UnixDatagram::unbound()?;
        socket.set_write_timeout(Some(PATIENCE))?;
        socket.send_to_addr(text.as_bytes(), &address(place)?)?;
        Ok(())
    }

    fn address(place: &OsStr) -> io::Result<SocketAddr> {
        #[cfg(target_os = "linux")]
        {
            use std::os::linux::net::SocketAddrExt;
            use std::os::unix::ffi::OsStrExt;
            if let Some(name) = place.as_bytes().strip_prefix(b"@") {
                return SocketAddr::from_abstract_name(name);
            }
        }
        SocketAddr::from_pathname(place)
    }
}

#[cfg(not(unix))]
mod socket {
    use std::ffi::OsStr;
    use std::io;

    pub(super) fn send(_: &OsStr, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
