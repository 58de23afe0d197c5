//! The answering side.

use anyhow::Result;
use zeromq::{RouterSocket, Socket, SocketRecv, SocketSend};

use super::message;
use crate::setup::Setup;

/// Answers from now on.
pub(crate) async fn serve(setup: &Setup) -> Result<()> {
    let mut socket = RouterSocket::new();
    socket.bind(&format!("tcp://{}", setup.socket()?)).await?;
    tokio::spawn(async move {
        while let Ok(call) = socket.recv().await {
            // Whoever gets no reply tells it.
            let Ok(reply) = message::answer(call) else { break };
            if socket.send(reply).await.is_err() {
                break;
            }
        }
    });
    Ok(())
}
