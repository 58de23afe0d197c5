//! The socket under a connection: its settings, and a way to cut it.

use std::io;
use std::net::Shutdown;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use socket2::{SockRef, Socket};

use crate::lock::lock;

/// Cuts a connection by its socket, from wherever. Without effect until there is a socket.
#[derive(Debug, Clone, Default)]
pub(super) struct KillSwitch(Arc<Mutex<Option<Socket>>>);

impl KillSwitch {
    pub(super) fn arm(&self, socket: Socket) {
        *lock(&self.0) = Some(socket);
    }

    pub(super) fn now(&self) {
        if let Some(socket) = lock(&self.0).take() {
            // It fails if the peer was faster: then it is done.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

/// Sets up a new socket and returns a second handle on it.
///
/// What was sent and not acknowledged within `heartbeat` (if it is not 0) ends the connection: heartbeats
/// alone do not notice a dead path while the send buffer is full.
pub(super) fn prepare(socket: &SockRef<'_>, heartbeat: Duration) -> io::Result<Socket> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if !heartbeat.is_zero() {
        socket.set_tcp_user_timeout(Some(heartbeat))?;
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = heartbeat;
    socket.try_clone()
}
