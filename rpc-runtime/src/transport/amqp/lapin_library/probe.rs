//! Why a broker ends a handshake without a word: RabbitMQ says nothing of a login method that it does not have, nor of
//! frames that it finds too large, and lapin shows nobody what it was offered. So it is asked once more.

use std::io;

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use lapin::uri::SASLMechanism;

use crate::transport::connection::ConnectFailure;
use crate::transport::failure::FailureKind;
use crate::transport::url::Host;

const GREETING: &[u8] = b"AMQP\0\0\x09\x01";
const END: u8 = 0xce;

/// Class and method.
const START: &[u8] = &[0, 10, 0, 10];
const START_OK: &[u8] = &[0, 10, 0, 11];
const TUNE: &[u8] = &[0, 10, 0, 30];

/// The smallest frame that lapin asks for.
const SMALLEST: u32 = 8192;

/// More is no beginning of a handshake.
const LONGEST: u32 = 64 << 10;

/// What stands in the way of a handshake, as far as the broker's offers tell.
pub(super) async fn ask(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    login: SASLMechanism,
    host: &Host,
) -> io::Result<Option<ConnectFailure>> {
    stream.write_all(GREETING).await?;
    stream.flush().await?;
    let start = method(stream).await?;
    let Some(mechanisms) = mechanisms(&start) else { return Ok(None) };
    if !mechanisms.split_whitespace().any(|name| name == login.name()) {
        let why = format!(
            "it does not take the login method {} (rabbit_login_method), but {mechanisms}",
            login.name()
        );
        return Ok(Some(ConnectFailure { kind: FailureKind::LoginRefused, why }));
    }
    stream.write_all(&start_ok(login, host)).await?;
    stream.flush().await?;
    let tune = method(stream).await?;
    // Behind the number of channels.
    let frame_max = tune.strip_prefix(TUNE).and_then(|rest| rest.get(2..6)?.try_into().ok());
    Ok(match frame_max.map(u32::from_be_bytes) {
        Some(frame_max @ 1..SMALLEST) => {
            let why = format!("its frame_max is {frame_max} bytes, and has to be {SMALLEST} or more");
            Some(ConnectFailure { kind: FailureKind::FramesTooSmall, why })
        }
        _ => None,
    })
}

/// The payload of the next frame.
async fn method(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut header = [0; 7];
    stream.read_exact(&mut header).await?;
    let size = u32::from_be_bytes([header[3], header[4], header[5], header[6]]);
    if size > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut payload = vec![0; size as usize + 1];
    stream.read_exact(&mut payload).await?;
    payload.pop();
    Ok(payload)
}

/// The login methods that are offered, if it is that message.
fn mechanisms(start: &[u8]) -> Option<&str> {
    // Behind the version and the properties of the server.
    let rest = start.strip_prefix(START)?.get(2..)?;
    let (_, rest) = long(rest)?;
    std::str::from_utf8(long(rest)?.0).ok()
}

/// What has a length of four bytes before it, and what follows.
fn long(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u32::from_be_bytes(*length) as usize)
}

fn start_ok(login: SASLMechanism, host: &Host) -> Vec<u8> {
    let (user, password) = (host.user().as_bytes(), host.password().as_bytes());
    let response = match login {
        SASLMechanism::AMQPlain => {
            // A table without its length.
            let text = |name: &[u8], value| [&with_length(name)[..], b"S", &with_long_length(value)].concat();
            [text(b"LOGIN", user), text(b"PASSWORD", password)].concat()
        }
        SASLMechanism::Plain => [b"\0", user, b"\0", password].concat(),
        _ => Vec::new(),
    };
    let properties = with_long_length(b"");
    let payload = [
        START_OK,
        &properties,
        &with_length(login.name().as_bytes()),
        &with_long_length(&response),
        &with_length(b"en_US"),
    ]
    .concat();
    // A method, of the connection itself.
    [&[1, 0, 0], &with_long_length(&payload)[..], &[END]].concat()
}

fn with_length(text: &[u8]) -> Vec<u8> {
    // Only names that are known here.
    [&[text.len() as u8], text].concat()
}

fn with_long_length(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes(), bytes].concat()
}

#[cfg(test)]
mod tests {
    use futures::io::Cursor;

    use super::*;
    use crate::transport::url::TransportUrl;

    /// What is made of a broker that says this, whatever it is told.
    fn asked(login: SASLMechanism, said: &[&[u8]]) -> io::Result<Option<ConnectFailure>> {
        struct Broker(Cursor<Vec<u8>>, Vec<u8>);
        use std::pin::Pin;
        use std::task::{Context, Poll};
        impl AsyncRead for Broker {
            fn poll_read(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                to: &mut [u8],
            ) -> Poll<io::Result<usize>> {
                Pin::new(&mut self.0).poll_read(cx, to)
            }
        }
        impl AsyncWrite for Broker {
            fn poll_write(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                it: &[u8],
            ) -> Poll<io::Result<usize>> {
                Pin::new(&mut self.1).poll_write(cx, it)
            }
            fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }
            fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }
        }
        let frame = |payload: &&[u8]| [&[1, 0, 0], &with_long_length(payload)[..], &[END]].concat();
        let said: Vec<u8> = said.iter().flat_map(frame).collect();
        let host = "rabbit://u:p@h".parse::<TransportUrl>().unwrap().hosts()[0].clone();
        let mut broker = Broker(Cursor::new(said), Vec::new());
        futures::FutureExt::now_or_never(ask(&mut broker, login, &host)).expect("nothing waits")
    }

    fn start(mechanisms: &str) -> Vec<u8> {
        let properties = with_long_length(b"whatever");
        [START, &[0, 9], &properties, &with_long_length(mechanisms.as_bytes()), &with_long_length(b"en_US")]
            .concat()
    }

    fn tune(frame_max: u32) -> Vec<u8> {
        [TUNE, &[7, 255], &frame_max.to_be_bytes(), &[0, 60]].concat()
    }

    #[test]
    fn what_the_offers_say() {
        let plain = start("AMQPLAIN PLAIN");
        for (frame_max, small) in [(0, false), (4096, true), (8191, true), (8192, false), (131_072, false)] {
            let found = asked(SASLMechanism::Plain, &[&plain, &tune(frame_max)]).unwrap();
            assert_eq!(found.is_some_and(|it| it.kind == FailureKind::FramesTooSmall), small, "{frame_max}");
        }
        let found = asked(SASLMechanism::External, &[&plain]).unwrap().unwrap();
        assert_eq!(found.kind, FailureKind::LoginRefused);
        assert!(
            found.why.contains("method EXTERNAL (rabbit_login_method), but AMQPLAIN PLAIN"),
            "{}",
            found.why
        );
    }

    #[test]
    fn what_is_no_handshake_tells_nothing() {
        for said in [b"".as_slice(), START, b"\0\x0a\0\x0a\0\x09\xff\xff\xff\xff", &tune(4096)] {
            assert_eq!(asked(SASLMechanism::Plain, &[said]).unwrap(), None, "{said:?}");
        }
        assert!(asked(SASLMechanism::Plain, &[]).is_err());
        assert!(asked(SASLMechanism::Plain, &[&start("PLAIN")]).is_err());
    }
}
