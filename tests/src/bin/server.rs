//! What `tests/python/server.py` is, in Rust: a server of the sample in a process of its own, that says the same on stdout.

// Tests read its standard output.
#![allow(clippy::print_stdout)]

use clap::Parser;
use rpc_runtime::{Target, Transport};
use rpc_tests::Note;
use rpc_tests::limits::PATIENCE;
use rpc_tests::sample::RustServer;
use serde_json::json;
use tokio::io::AsyncReadExt;

#[derive(Parser)]
struct Args {
    /// The transport URL.
    #[arg(long)]
    url: String,
    /// The topic.
    #[arg(long)]
    topic: String,
    /// The name of this server.
    #[arg(long)]
    server: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Args { url, topic, server } = Args::parse();
    let transport = Transport::connect(&url).await?;
    let target = Target::new(topic).with_server(server);
    let mut server = RustServer::start_at(&transport, target, |builder| builder).await?;
    println!("{}", json!({"event": "ready"}));
    let mut stdin = tokio::io::stdin();
    let mut rest = Vec::new();
    loop {
        tokio::select! {
            note = server.next_note() => match note {
                Some(note) => say(&note),
                None => break,
            },
            ended = stdin.read_to_end(&mut rest) => {
                ended?;
                break;
            }
        }
    }
    for note in server.stop().await? {
        say(&note);
    }
    transport.close(PATIENCE).await;
    println!("{}", json!({"event": "stopped"}));
    Ok(())
}

fn say(Note { server, args, ctxt }: &Note) {
    println!("{}", json!({"event": "note", "server": server, "args": args, "ctxt": ctxt}));
}
