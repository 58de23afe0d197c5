//! Connections and links like those that this project makes.

use anyhow::Result;
use fe2o3_amqp::connection::ConnectionHandle;
use fe2o3_amqp::link::receiver::CreditMode;
use fe2o3_amqp::sasl_profile::SaslProfile;
use fe2o3_amqp::session::SessionHandle;
use fe2o3_amqp::types::messaging::{Message, Source};
use fe2o3_amqp::{Connection, Receiver, Sender, Session};
use futures::FutureExt;
use tokio::net::TcpStream;

use super::message::Text;
use crate::setup::{Setup, Side};

/// How many messages may come that were not asked for one by one, as this project has it.
const CREDIT: u32 = 256;

/// How many messages are accepted together at most, as this project has it.
const TOGETHER: usize = 32;

/// A connection with its two sessions. Links are there as long as it is.
pub(super) struct Link {
    _connection: ConnectionHandle<()>,
    sending: SessionHandle<()>,
    listening: SessionHandle<()>,
}

impl Link {
    pub(super) async fn open(setup: &Setup, side: Side) -> Result<Self> {
        let stream = TcpStream::connect(setup.socket()?).await?;
        // The library does not.
        stream.set_nodelay(true)?;
        let builder = Connection::builder().container_id(format!("throughput-{side:?}"));
        let builder = builder.sasl_profile(SaslProfile::Anonymous);
        let mut connection = builder.open_with_stream(stream).await?;
        let sending = Session::begin(&mut connection).await?;
        let listening = Session::begin(&mut connection).await?;
        Ok(Self { _connection: connection, sending, listening })
    }

    pub(super) async fn sender(&mut self, address: &str) -> Result<Sender> {
        Ok(Sender::attach(&mut self.sending, format!("to {address}"), address).await?)
    }

    /// What comes to an address; without one, to one that the router makes up, which is returned as well.
    pub(super) async fn receiver(&mut self, address: Option<&str>) -> Result<(Receiver, String)> {
        let source = match address {
            Some(address) => Source::builder().address(address),
            None => Source::builder().dynamic(true),
        };
        let builder = Receiver::builder().name("listening").source(source.build());
        let builder = builder.target("listening").credit_mode(CreditMode::Auto(CREDIT));
        let receiver = builder.attach(&mut self.listening).await?;
        let address = receiver.source().as_ref().and_then(|source| source.address.clone());
        Ok((receiver, address.unwrap_or_default()))
    }
}

/// The next message, and what else is there already, once all of them are accepted.
pub(super) async fn next(receiver: &mut Receiver) -> Result<Vec<Message<Text>>> {
    let (mut infos, mut messages) = (Vec::new(), Vec::new());
    let mut came = Some(receiver.recv::<Text>().await?);
    while let Some(delivery) = came {
        let (info, message) = delivery.into_parts();
        infos.push(info);
        messages.push(message);
        let more = infos.len() < TOGETHER;
        came = if more { receiver.recv().now_or_never().transpose()? } else { None };
    }
    receiver.accept_all(infos).await?;
    Ok(messages)
}
