//! Four services that boot an instance together, in one process or in four.

// It talks to people on standard output.
#![allow(clippy::print_stdout)]

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use rpc_examples::boot::{ComputeService, ConductorService, HttpServer, SchedulerService, ServerApi};
use rpc_examples::bus::BusArgs;
use rpc_examples::cli::init_logging;

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
    let runs = |wanted| service == Service::All || service == wanted;

    let mut running = bus.service("boot-instance");
    if runs(Service::Conductor) {
        running = ConductorService::add_to(running, &bus, &host)?;
    }
    if runs(Service::Scheduler) {
        running = SchedulerService::add_to(running, &bus, &host);
    }
    if runs(Service::Compute) {
        running = ComputeService::add_to(running, &bus, &host)?;
    }
    if runs(Service::Api) {
        running = running.manager(HttpServer::new(ServerApi::new(&bus)?, listen));
    }
    running.run().await?;
    bus.transport.close(Duration::from_secs(5)).await;
    println!("stopped");
    Ok(())
}
