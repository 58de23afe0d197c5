//! Ports that nobody else takes.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::ops::Range;

use anyhow::{Context, Result};

/// Below 32768, where the kernel takes the ports of outgoing connections: a client that keeps dialling the
/// port of a stopped node could otherwise be connected to itself, and hold the port.
const RANGE: Range<u16> = 20_000..32_000;

/// TCP ports of 127.0.0.1 that are free, and for as long as this is there nobody else's who asks for them here, in
/// whatever process: a node can be stopped and started again on its ports.
///
/// The UDP port of the same number stands for each. Nothing uses that, only one can have it, and it goes with the
/// process, however that ends.
#[derive(Debug)]
pub struct Reservation<const N: usize> {
    ports: [u16; N],
    _held: Vec<UdpSocket>,
}

impl<const N: usize> Reservation<N> {
    /// Takes ports that nothing listens on.
    pub fn new() -> Result<Self> {
        let mut candidates: Vec<_> = RANGE.collect();
        // So that those who ask at the same time seldom ask for the same.
        fastrand::shuffle(&mut candidates);
        Self::of(candidates)
    }

    fn of(candidates: impl IntoIterator<Item = u16>) -> Result<Self> {
        let (mut ports, mut held) = (Vec::new(), Vec::new());
        for port in candidates {
            if let Some(socket) = reserve(port)? {
                ports.push(port);
                held.push(socket);
            }
            if ports.len() == N {
                break;
            }
        }
        let ports = ports.try_into().ok().context("there are not enough free ports")?;
        Ok(Self { ports, _held: held })
    }

    /// Them.
    pub fn ports(&self) -> [u16; N] {
        self.ports
    }
}

/// Holds `port`; `None` if somebody has it.
fn reserve(port: u16) -> Result<Option<UdpSocket>> {
    let address = (Ipv4Addr::LOCALHOST, port);
    // First what keeps the others away who ask here, who look at the port itself for an instant too.
    let taken = UdpSocket::bind(address).and_then(|held| TcpListener::bind(address).map(|_| held));
    match taken {
        Ok(held) => Ok(Some(held)),
        Err(error) if matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("port {port}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_port_is_taken_twice() {
        let first = Reservation::<4>::new().unwrap();
        for taken in first.ports() {
            assert!(Reservation::<1>::of([taken]).is_err());
            // What a node does with it.
            TcpListener::bind((Ipv4Addr::LOCALHOST, taken)).unwrap();
        }
    }

    #[test]
    fn ports_are_given_back() {
        // Somebody else may be faster to take one.
        let given_back = (0..10).any(|_| {
            let [port] = Reservation::<1>::new().unwrap().ports();
            Reservation::<1>::of([port]).is_ok()
        });
        assert!(given_back);
    }

    #[test]
    fn a_port_that_something_listens_on_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(reserve(port).unwrap().is_none());
    }
}
