//! A server, a listener or a client of the fault campaign as a process of its own, to be killed.
//!
//! Says on stdout `ready`, and as a server or listener `executed ID` before it does anything else for a request.
//! Runs until its stdin ends.

// Tests read its standard output.
#![allow(clippy::print_stdout)]

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, Subcommand};
use futures::FutureExt;
use futures::future::join_all;
use rpc_runtime::notification::{Listener, Meta, Notification, NotificationEndpoint};
use rpc_runtime::{Acknowledge, CallOptions, Context, RemoteError, Server, Target, Transport};
use rpc_tests::campaign::{Id, PROCESS_WORKERS, Work, WorkApi};
use rpc_tests::until_found;
use serde::Deserialize;
use tokio::io::AsyncReadExt;

#[derive(Parser)]
struct Args {
    /// The transport URL.
    #[arg(long)]
    url: String,
    /// The topic of the server or listener.
    #[arg(long)]
    topic: String,
    #[command(subcommand)]
    role: Role,
}

#[derive(Subcommand)]
enum Role {
    /// Serves the topic.
    Server {
        /// Its name.
        #[arg(long, default_value = "process")]
        name: String,
        /// How long each request takes, in seconds, beyond what it asks for itself.
        #[arg(long)]
        seconds: f64,
        /// Acknowledges requests after their execution.
        #[arg(long)]
        late: bool,
    },
    /// Listens to the notifications of the topic.
    Listener {
        /// How long each takes, in seconds.
        #[arg(long)]
        seconds: f64,
    },
    /// Sends calls, all at once.
    Client {
        /// Their numbers.
        #[arg(long, value_delimiter = ',')]
        ids: Vec<Id>,
        /// How long each takes its server, in seconds.
        #[arg(long)]
        seconds: f64,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let transport = Transport::connect(&args.url).await?;
    match args.role {
        Role::Server { name, seconds, late } => {
            let acknowledge = if late { Acknowledge::Late } else { Acknowledge::Early };
            let _server = Server::builder(&transport, Target::new(args.topic).with_server(name))
                .endpoint(WorkApi::endpoint(Arc::new(Reporter { seconds })))
                .acknowledge(acknowledge)
                .workers(PROCESS_WORKERS)
                .start()
                .await?;
            until_told().await
        }
        Role::Listener { seconds } => {
            let reporter = move |_: Context, event: Notification, _: Meta| async move {
                let Notified { id } = event.payload().decode()?;
                report(id, seconds).await;
                Ok::<_, serde_json::Error>(())
            };
            let _listener = Listener::builder(&transport)
                .topic(args.topic)
                .endpoint(NotificationEndpoint::new(reporter))
                .concurrency(PROCESS_WORKERS)
                .start()
                .await?;
            until_told().await
        }
        Role::Client { ids, seconds } => {
            let options = CallOptions::new().topic(args.topic).timeout(Duration::from_secs(60));
            let api = &WorkApi::new(&transport).with(options);
            let calls = ids.into_iter().map(|id| {
                until_found(async move || api.work(&Context::new(), id).seconds(seconds).call().await)
            });
            let all_at_once = join_all(calls).then(|_| pending());
            tokio::select! {
                told = until_told() => told,
                never = all_at_once => never,
            }
        }
    }
}

async fn until_told() -> anyhow::Result<()> {
    println!("ready");
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    Ok(())
}

/// The server's side: tells its test of each request.
struct Reporter {
    seconds: f64,
}

impl Work for Reporter {
    async fn work(&self, _: Context, id: Id, seconds: f64) -> Result<Id, RemoteError> {
        report(id, self.seconds + seconds).await;
        Ok(id)
    }
}

/// What its test reads of a notification.
#[derive(Deserialize)]
struct Notified {
    id: Id,
}

async fn report(id: Id, seconds: f64) {
    println!("executed {id}");
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
}
