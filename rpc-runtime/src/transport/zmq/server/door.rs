//! The port that callers connect to.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::sleep;

use super::super::directory::PeerAddress;
use super::super::odd::Odd;
use super::super::options::Ports;
use super::super::tasks::Tasks;
use crate::error::{Fault, FaultKind};
use crate::random::fraction;
use crate::rare_log::rarely;

/// How long no connection is taken after that has failed, which it does again at once if there are no more descriptors.
const BREAK: Duration = Duration::from_millis(100);

/// Takes a connection over.
pub(super) type Welcome = Box<dyn Fn(TcpStream, SocketAddr) + Send + Sync>;

/// A port that is open as long as this is held.
#[derive(Debug)]
pub(super) struct Door {
    /// Where callers find it.
    pub(super) address: PeerAddress,
    accepting: AbortHandle,
}

impl Drop for Door {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Door {
    /// Takes connections from now on.
    pub(super) fn open(
        tasks: &Tasks,
        odd: &Arc<Odd>,
        listener: TcpListener,
        address: PeerAddress,
        welcome: Welcome,
    ) -> Self {
        Self { address, accepting: tasks.spawn(accept(listener, Arc::clone(odd), welcome)) }
    }
}

async fn accept(listener: TcpListener, odd: Arc<Odd>, welcome: Welcome) {
    loop {
        match listener.accept().await {
            Ok((stream, from)) => welcome(stream, from),
            Err(error) => {
                rarely!(odd.failed, error, %error, "cannot take a connection");
                sleep(BREAK).await;
            }
        }
    }
}

/// Binds the first of these addresses that is this machine's and free: the list of a URL is the same everywhere.
pub(super) async fn bind_one_of(
    addresses: &[PeerAddress],
    bind: Option<IpAddr>,
) -> Result<(TcpListener, PeerAddress), Fault> {
    let mut why = String::new();
    for address in addresses {
        let bound = match bind {
            Some(ip) => TcpListener::bind((ip, address.port())).await,
            None => TcpListener::bind((address.host(), address.port())).await,
        };
        match bound {
            Ok(listener) => return Ok((listener, address.clone())),
            Err(error) => {
                let separator = if why.is_empty() { "" } else { "; " };
                why.push_str(&format!("{separator}{address}: {error}"));
            }
        }
    }
    let why = format!(
        "no address of the URL can be listened on, of which each process that serves needs one of its own: {why}"
    );
    Err(Fault::new(FaultKind::InUse, why))
}

/// Binds any free port of a range, beginning anywhere in it.
pub(super) async fn bind_any(
    ip: IpAddr,
    host: &str,
    ports: Ports,
) -> Result<(TcpListener, PeerAddress), Fault> {
    let count = u64::from(ports.count());
    // It is below the count.
    let first = (fraction() * count as f64) as u64;
    let mut last: Option<io::Error> = None;
    for step in 0..count {
        let Ok(offset) = u16::try_from((first + step) % count) else { continue };
        let port = ports.first().saturating_add(offset);
        match TcpListener::bind((ip, port)).await {
            Ok(listener) => match PeerAddress::new(host, port) {
                Some(address) => return Ok((listener, address)),
                None => {
                    let why = format!("rpc_zmq_host={host:?} is no name of a host");
                    return Err(Fault::new(FaultKind::Unusable, why));
                }
            },
            // Of another port it may be different.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = Some(error),
            Err(error) => {
                return Err(Fault::new(FaultKind::Unusable, format!("cannot listen on {ip}: {error}")));
            }
        }
    }
    let why = last.map_or_else(String::new, |error| format!(": {error}"));
    Err(Fault::new(FaultKind::InUse, format!("no port of {ports} is free on {ip}{why}")))
}
