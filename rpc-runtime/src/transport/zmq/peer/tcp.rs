//! What a TCP connection has to be like.

use std::io;

use tokio::net::TcpStream;

/// Has what is written go out at once: what belongs together is written together.
pub(crate) fn undelayed(stream: TcpStream) -> io::Result<TcpStream> {
    stream.set_nodelay(true)?;
    Ok(stream)
}
