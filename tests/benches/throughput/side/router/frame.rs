//! Frames, from and to bytes.

use anyhow::{Result, ensure};
use bytes::{Buf, Bytes, BytesMut};
use fe2o3_amqp::types::performatives::Performative;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_amqp::de::Deserializer;
use serde_amqp::read::IoReader;
use serde_amqp::ser::Serializer;

/// The most bytes that one may have; messages of the benchmark take one.
pub(super) const LARGEST: u32 = 256 << 10;
const HEADER: usize = 8;
/// How far from its beginning the body is, in words of 4 bytes.
const OFFSET: u8 = 2;
const AMQP: u8 = 0;
pub(super) const SASL: u8 = 1;

/// Something that a peer says.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) channel: u16,
    pub(super) said: Performative,
    /// Of a transfer: the message or a part of it.
    pub(super) payload: Bytes,
}

/// The bytes of the next frame without its header, and the channel, if all of it is there.
pub(super) fn next_body(buffer: &mut BytesMut) -> Result<Option<(u16, Bytes)>> {
    let Some(header) = buffer.first_chunk::<HEADER>() else { return Ok(None) };
    let [a, b, c, d, offset, _, high, low] = *header;
    let size = u32::from_be_bytes([a, b, c, d]);
    ensure!(offset == OFFSET && (HEADER as u32..=LARGEST).contains(&size), "a frame of {size} bytes");
    if buffer.len() < size as usize {
        return Ok(None);
    }
    let mut body = buffer.split_to(size as usize).freeze();
    body.advance(HEADER);
    Ok(Some((u16::from_be_bytes([high, low]), body)))
}

/// The next frame that says something, if all of it is there.
pub(super) fn next(buffer: &mut BytesMut) -> Result<Option<Frame>> {
    while let Some((channel, mut payload)) = next_body(buffer)? {
        // One without a body says only that the peer is there.
        if !payload.is_empty() {
            let said = read(&mut payload)?;
            return Ok(Some(Frame { channel, said, payload }));
        }
    }
    Ok(None)
}

/// Reads a value, behind which `bytes` go on.
pub(super) fn read<T: DeserializeOwned>(bytes: &mut Bytes) -> Result<T> {
    let mut deserializer = Deserializer::new(IoReader::new(bytes.reader()));
    Ok(T::deserialize(&mut deserializer)?)
}

/// Writes a frame behind what is there.
pub(super) fn write(to: &mut Vec<u8>, channel: u16, said: &impl Serialize, payload: &[u8]) -> Result<()> {
    write_of(AMQP, to, channel, said, payload)
}

/// The same for a frame of this kind.
pub(super) fn write_of(
    kind: u8,
    to: &mut Vec<u8>,
    channel: u16,
    said: &impl Serialize,
    payload: &[u8],
) -> Result<()> {
    let begin = to.len();
    to.extend([0, 0, 0, 0, OFFSET, kind]);
    to.extend(channel.to_be_bytes());
    said.serialize(&mut Serializer::from(&mut *to))?;
    to.extend(payload);
    let size = u32::try_from(to.len() - begin)?;
    to[begin..][..4].copy_from_slice(&size.to_be_bytes());
    Ok(())
}
