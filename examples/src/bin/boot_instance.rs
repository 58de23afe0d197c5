//! Four services that boot an instance together, in one process or in four.

// It talks to people on standard output.
#![allow(clippy::print_stdout)]

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, ValueEnum};
use rpc_examples::boot::{ComputeService, ConductorService, SchedulerService, ServerApi, serve_http};
use rpc_examples::bus::BusArgs;
use rpc_examples::cli::{StopSignals, init_logging};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Boots instances: POST /servers {"name": "vm1"}, then GET /servers/ID.
#[derive(Debug, Parser)]
struct Args {
    /// With memory://, all services have to be in this process.
    #[command(flatten)]
    bus: BusArgs,
    /// Which of the services to run.
    #[arg(long, value_enum, default_value_t = Service::All)]
    service: Service,
    /// The name of this host.
    #[arg(long, default_value = "host1")]
    host: String,
    /// Where the api listens for HTTP.
    #[arg(long, default_value = "127.0.0.1:8774")]
    listen: SocketAddr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Service {
    All,
    Api,
    Conductor,
    Scheduler,
    Compute,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging();
    let Args { bus, service, host, listen } = Args::parse();
    let bus = bus.connect().await?;
    if bus.in_memory && service != Service::All {
        anyhow::bail!("memory:// ends at this process: use --service all, or a broker by --transport");
    }
    let mut signals = StopSignals::listen()?;
    bus.reload_on_hangup()?;
    let runs = |wanted| service == Service::All || service == wanted;

    let mut servers = Vec::new();
    if runs(Service::Conductor) {
        servers.push(ConductorService::start(&bus, &host).await?);
    }
    if runs(Service::Scheduler) {
        servers.push(SchedulerService::start(&bus, &host).await?);
    }
    let mut reporting = None;
    if runs(Service::Compute) {
        let (server, task) = ComputeService::start(&bus, &host).await?;
        servers.push(server);
        reporting = Some(task);
    }
    for server in &servers {
        println!("serving {}", server.target());
    }

    let (stop, mut stopped) = watch::channel(false);
    let http = match runs(Service::Api) {
        true => {
            let listener =
                TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
            // With port 0 in the argument the system has chosen one.
            let listen = listener.local_addr()?;
            println!(
                "curl -X POST http://{listen}/servers -H 'content-type: application/json' -d '{{\"name\": \"vm1\"}}'"
            );
            let until_stopped = async move { drop(stopped.wait_for(|stop| *stop).await) };
            Some(tokio::spawn(serve_http(ServerApi::new(&bus)?, listener, until_stopped)))
        }
        false => None,
    };

    println!("stopping on {}", signals.received().await);
    stop.send_replace(true);
    if let Some(http) = http {
        http.await??;
    }
    if let Some(reporting) = reporting {
        reporting.abort();
    }
    for server in servers {
        server.shutdown(Duration::from_secs(10)).await?;
    }
    bus.transport.close(Duration::from_secs(5)).await;
    println!("stopped");
    Ok(())
}
