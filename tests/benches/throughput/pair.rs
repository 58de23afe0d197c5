//! A client and a server, measured from outside.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rpc_tests::bench::{cpu_time, cpu_time_of_group, peak_memory};

use super::load::{Kind, Load};
use super::process::Process;
use super::protocol::{Allocated, Done, Noted, Question, Times};
use super::role::{Role, Side};

/// One measurement. Times are of single operations; CPU time is that of all operations together, divided by
/// their number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) client: Duration,
    /// None if it is in the client's process.
    pub(crate) server: Option<Duration>,
    /// None if it is not ours to look at.
    pub(crate) broker: Option<Duration>,
}

/// What one operation allocates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allocations {
    pub(crate) count: f64,
    pub(crate) bytes: f64,
}

pub(crate) struct Pair {
    client: Process,
    /// None if the client's process is both.
    server: Option<Process>,
    broker: Option<u32>,
    /// Casts that the server has got so far.
    sent: usize,
}

/// CPU times until now.
struct Cpu {
    client: Duration,
    server: Option<Duration>,
    broker: Option<Duration>,
}

impl Pair {
    /// Starts both sides. `role` is that of the client; `broker` is the process group of the broker, if it is
    /// on this machine.
    pub(crate) async fn start(role: &Role, program: &Path, broker: Option<u32>) -> Result<Self> {
        let server = match role.side {
            Side::Both => None,
            Side::Client | Side::Server => {
                let role = Role { contender: role.server, side: Side::Server, ..role.clone() };
                let mut server = Process::start(&role, program)?;
                // Only once the server answers do its queues exist.
                server.ask::<Noted>(Question::Noted { casts: 0 }).await?;
                Some(server)
            }
        };
        Ok(Self { client: Process::start(role, program)?, server, broker, sent: 0 })
    }

    pub(crate) async fn measure(&mut self, load: Load, time: Duration) -> Result<Sample> {
        let before = self.cpu()?;
        let done = self.run(load, time).await?;
        let after = self.cpu()?;
        let times: Times = self.client.ask(Question::Times).await?;
        let each = |before: Duration, after: Duration| (after - before).div_f64(done.operations as f64);
        let each_of = |before: Option<Duration>, after: Option<Duration>| Some(each(before?, after?));
        Ok(Sample {
            per_second: done.operations as f64 / done.seconds,
            p50: Duration::from_secs_f64(times.p50),
            p99: Duration::from_secs_f64(times.p99),
            client: each(before.client, after.client),
            server: each_of(before.server, after.server),
            broker: each_of(before.broker, after.broker),
        })
    }

    /// The allocations of client and server, which have to be programs that count them.
    pub(crate) async fn allocations(
        &mut self,
        load: Load,
        time: Duration,
    ) -> Result<(Allocations, Option<Allocations>)> {
        let before = self.allocated().await?;
        let done = self.run(load, time).await?;
        let after = self.allocated().await?;
        let each = |before: Allocated, after: Allocated| Allocations {
            count: (after.count - before.count) as f64 / done.operations as f64,
            bytes: (after.bytes - before.bytes) as f64 / done.operations as f64,
        };
        let server = before.1.zip(after.1).map(|(before, after)| each(before, after));
        Ok((each(before.0, after.0), server))
    }

    /// The most memory that client and server have had so far, in bytes.
    pub(crate) fn peak_memory(&self) -> Result<(u64, Option<u64>)> {
        let server = self.server.as_ref().map(|server| peak_memory(server.pid()?)).transpose()?;
        Ok((peak_memory(self.client.pid()?)?, server))
    }

    /// Runs a load until the server has handled all of it.
    pub(crate) async fn run(&mut self, load: Load, time: Duration) -> Result<Done> {
        let question = Question::Load { load, seconds: time.as_secs_f64() };
        let mut done: Done = self.client.ask(question).await?;
        ensure!(done.operations > 0, "not one operation was done in the time");
        if let (Kind::Cast, Some(server)) = (load.kind, &mut self.server) {
            let sent = Instant::now();
            self.sent += done.operations;
            server.ask::<Noted>(Question::Noted { casts: self.sent }).await?;
            done.seconds += sent.elapsed().as_secs_f64();
        }
        Ok(done)
    }

    pub(crate) async fn stop(self) -> Result<()> {
        self.client.stop().await?;
        match self.server {
            Some(server) => server.stop().await,
            None => Ok(()),
        }
    }

    fn cpu(&self) -> Result<Cpu> {
        Ok(Cpu {
            client: cpu_time(self.client.pid()?)?,
            server: self.server.as_ref().map(|server| cpu_time(server.pid()?)).transpose()?,
            broker: self.broker.map(cpu_time_of_group).transpose()?,
        })
    }

    async fn allocated(&mut self) -> Result<(Allocated, Option<Allocated>)> {
        let server = match &mut self.server {
            Some(server) => Some(allocated(server).await?),
            None => None,
        };
        Ok((allocated(&mut self.client).await?, server))
    }
}

async fn allocated(process: &mut Process) -> Result<Allocated> {
    process.ask::<Option<Allocated>>(Question::Allocated).await?.context("this program counts no allocations")
}
