//! The processes that do the work: a client or a server of each contender, or both in one.

mod amqp;
mod hundred;
mod ours;
mod raw;
mod tarpc;
mod template;

use std::io::{BufRead, Write};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures::future::BoxFuture;
use serde::Serialize;
use tokio::runtime::{Builder, Handle};
use tokio::time::sleep;

use super::content::Messages;
use super::load::{Ended, Load};
use super::protocol::{Allocated, Noted, Question};
use super::role::{Contender, Role, Side};

/// How often a server is asked how far it is; far below what is measured.
const LOOK: Duration = Duration::from_millis(1);

/// A client, a server or both, running.
trait Program {
    /// Runs a load; an error if there is no client.
    fn load(&self, load: Load, time: Duration) -> BoxFuture<'_, Result<Ended>>;

    /// How many casts the server has handled; 0 if there is none.
    fn noted(&self) -> usize;

    /// Ends it in an orderly way.
    fn stop(&mut self) -> BoxFuture<'_, Result<()>>;
}

/// Answers questions from stdin until it ends. `allocated` tells what the process has allocated, if that is
/// counted.
pub(crate) fn run(role: &Role, allocated: fn() -> Option<Allocated>) -> Result<()> {
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let one_worker =
        Builder::new_multi_thread().worker_threads(1).thread_name("lapin").enable_all().build()?;
    let lapin = match role.contender {
        Contender::RawOwn => one_worker.handle(),
        _ => runtime.handle(),
    };
    let mut program = runtime.block_on(start(role, lapin))?;
    let mut ended = None;
    for line in std::io::stdin().lock().lines() {
        match serde_json::from_str(&line?)? {
            Question::Load { load, seconds } => {
                let last = runtime.block_on(program.load(load, Duration::from_secs_f64(seconds)))?;
                answer(&ended.insert(last).done)?;
            }
            Question::Times => answer(&ended.take().context("there was no load")?.times()?)?,
            Question::Noted { casts } => {
                runtime.block_on(async {
                    while program.noted() < casts {
                        sleep(LOOK).await;
                    }
                });
                answer(&Noted { casts })?;
            }
            Question::Allocated => answer(&allocated())?,
        }
    }
    runtime.block_on(program.stop())
}

async fn start(role: &Role, lapin: &Handle) -> Result<Box<dyn Program>> {
    let messages = Messages::of(role.setting.body)?;
    Ok(match (role.contender, role.side) {
        (Contender::Ours | Contender::OursInMemory, _) => Box::new(ours::Ours::start(role, &messages).await?),
        (Contender::RawOwn | Contender::RawShared, Side::Client) => {
            Box::new(raw::Client::start(role, lapin, &messages).await?)
        }
        (Contender::RawOwn | Contender::RawShared, Side::Server) => {
            Box::new(raw::Server::start(role, lapin, &messages).await?)
        }
        (Contender::TarpcJson, _) => Box::new(tarpc::Tarpc::with_json(&messages)),
        (Contender::TarpcChannel, _) => Box::new(tarpc::Tarpc::with_channel(&messages)),
        _ => bail!("there is no such process: {role:?}"),
    })
}

fn answer(answer: &impl Serialize) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{}", serde_json::to_string(answer)?)?;
    Ok(stdout.flush()?)
}
