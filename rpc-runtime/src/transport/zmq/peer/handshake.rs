//! The beginning of a connection: greetings, then READY from each side.

use bytes::Buf;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::super::zmtp::{Command, Decoder, Encoder, Event, Ready, Socket, Version};
use super::end::End;
use super::options::Options;

/// What is there once a peer is ready.
#[derive(Debug)]
pub(super) struct Shaken {
    pub(super) theirs: Ready,
    pub(super) version: Version,
    /// It may have heard more than that.
    pub(super) decoder: Decoder,
}

/// Says what this side is and hears what the peer is, within the limit of the options.
pub(super) async fn shake_hands<S>(
    stream: &mut S,
    socket: Socket,
    ours: Ready,
    options: &Options,
) -> Result<Shaken, End>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let ours = ours.of_socket(socket);
    ours.fits().map_err(End::Unfit)?;
    let decoder = Decoder::new(socket, options.limits);
    let shaken = timeout(options.handshake, exchange(stream, ours, decoder)).await;
    shaken.unwrap_or(Err(End::NotInTime(options.handshake)))
}

async fn exchange<S>(stream: &mut S, ours: Ready, mut decoder: Decoder) -> Result<Shaken, End>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut encoder = Encoder::default();
    encoder.greeting();
    write(stream, &mut encoder).await?;
    let Event::Greeting(version) = hear(stream, &mut decoder).await? else { return Err(End::NeverReady) };
    encoder.command(&Command::Ready(ours));
    write(stream, &mut encoder).await?;
    match hear(stream, &mut decoder).await {
        Ok(Event::Command(Command::Ready(theirs))) => Ok(Shaken { theirs, version, decoder }),
        Ok(Event::Command(Command::Error(why))) => Err(End::Refused(why)),
        // The decoder lets nothing else come before READY.
        Ok(_) => Err(End::NeverReady),
        Err(End::Protocol(error)) => {
            // It speaks ZMTP, so it may tell somebody.
            encoder.command(&Command::Error(error.to_string()));
            let _ = write(stream, &mut encoder).await;
            Err(End::Protocol(error))
        }
        Err(end) => Err(end),
    }
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, encoder: &mut Encoder) -> Result<(), End> {
    while encoder.has_remaining() {
        if stream.write_buf(encoder).await? == 0 {
            return Err(End::NeverReady);
        }
    }
    Ok(stream.flush().await?)
}

/// The next thing that the peer says.
async fn hear<S: AsyncRead + Unpin>(stream: &mut S, decoder: &mut Decoder) -> Result<Event, End> {
    loop {
        if let Some(event) = decoder.next()? {
            return Ok(event);
        }
        if stream.read_buf(decoder.room()).await? == 0 {
            return Err(End::NeverReady);
        }
    }
}
