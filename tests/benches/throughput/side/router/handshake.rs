//! What comes before frames of AMQP: the headers of the protocol, and a login that is always granted.

use anyhow::{Result, bail, ensure};
use bytes::BytesMut;
use fe2o3_amqp::types::primitives::Symbol;
use fe2o3_amqp::types::sasl::{SaslCode, SaslInit, SaslMechanisms, SaslOutcome};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::frame;

const HEADER_OF_AMQP: [u8; 8] = *b"AMQP\x00\x01\x00\x00";
const HEADER_OF_SASL: [u8; 8] = *b"AMQP\x03\x01\x00\x00";

/// Returns what was read beyond it.
pub(super) async fn shake_hands(stream: &mut TcpStream) -> Result<BytesMut> {
    let mut buffer = BytesMut::new();
    let mut header = read_header(stream, &mut buffer).await?;
    if header == HEADER_OF_SASL {
        let mechanisms = ["ANONYMOUS", "PLAIN"].map(Symbol::from).to_vec().into();
        let mut said = HEADER_OF_SASL.to_vec();
        let mechanisms = SaslMechanisms { sasl_server_mechanisms: mechanisms };
        frame::write_of(frame::SASL, &mut said, 0, &mechanisms, &[])?;
        stream.write_all(&said).await?;
        let mut body = loop {
            match frame::next_body(&mut buffer)? {
                Some((_, body)) => break body,
                None => read_more(stream, &mut buffer).await?,
            }
        };
        frame::read::<SaslInit>(&mut body)?;
        said.clear();
        let outcome = SaslOutcome { code: SaslCode::Ok, additional_data: None };
        frame::write_of(frame::SASL, &mut said, 0, &outcome, &[])?;
        stream.write_all(&said).await?;
        header = read_header(stream, &mut buffer).await?;
    }
    ensure!(header == HEADER_OF_AMQP, "no AMQP 1.0");
    stream.write_all(&HEADER_OF_AMQP).await?;
    Ok(buffer)
}

async fn read_header(stream: &mut TcpStream, buffer: &mut BytesMut) -> Result<[u8; 8]> {
    loop {
        if let Some(header) = buffer.first_chunk().copied() {
            drop(buffer.split_to(8));
            return Ok(header);
        }
        read_more(stream, buffer).await?;
    }
}

async fn read_more(stream: &mut TcpStream, buffer: &mut BytesMut) -> Result<()> {
    match stream.read_buf(buffer).await? {
        0 => bail!("it left"),
        _ => Ok(()),
    }
}
