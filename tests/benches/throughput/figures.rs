//! What is shown of samples.

use std::time::Duration;

use rpc_tests::bench::Series;

use super::load::{Kind, Load};
use super::pair::Sample;
use super::role::Contender;

impl Contender {
    /// The title of its column.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Ours => "this project",
            Self::RawOwn => "raw lapin, own runtime",
            Self::RawShared => "raw lapin, shared runtime",
            Self::Python => "oslo.messaging",
            Self::OursInMemory => "this project, `memory://`",
            Self::TarpcJson => "tarpc, JSON in a pipe",
            Self::TarpcChannel => "tarpc, values in a channel",
        }
    }
}

/// One number of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figure {
    /// Operations per second.
    Speed,
    /// The median of the time of one operation, in milliseconds.
    P50,
    /// The time of one operation that one in a hundred exceeds, in milliseconds.
    P99,
    /// CPU seconds of 10,000 operations.
    Cpu(Of),
}

/// Whose CPU time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Client,
    Server,
    ClientAndServer,
    Broker,
}

impl Figure {
    pub(crate) const ALL: [Self; 7] = [
        Self::Speed,
        Self::P50,
        Self::P99,
        Self::Cpu(Of::Client),
        Self::Cpu(Of::Server),
        Self::Cpu(Of::ClientAndServer),
        Self::Cpu(Of::Broker),
    ];

    pub(crate) fn of(self, sample: &Sample) -> Option<f64> {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        let of_10_000 = |time: Duration| time.as_secs_f64() * 1e4;
        match self {
            Self::Speed => Some(sample.per_second),
            Self::P50 => Some(milliseconds(sample.p50)),
            Self::P99 => Some(milliseconds(sample.p99)),
            Self::Cpu(Of::Client) => Some(of_10_000(sample.client)),
            Self::Cpu(Of::Server) => sample.server.map(of_10_000),
            Self::Cpu(Of::ClientAndServer) => {
                Some(of_10_000(sample.client + sample.server.unwrap_or_default()))
            }
            Self::Cpu(Of::Broker) => sample.broker.map(of_10_000),
        }
    }

    /// Round by round.
    pub(crate) fn series(self, samples: &[Option<Sample>]) -> Series {
        samples.iter().map(|sample| self.of(sample.as_ref()?)).collect()
    }

    pub(crate) fn more_is_better(self) -> bool {
        self == Self::Speed
    }

    pub(crate) fn title(self, load: Load) -> String {
        let figure = match (self, load.kind) {
            (Self::Speed, Kind::Call) => "calls/s",
            (Self::Speed, Kind::Cast) => "casts/s",
            (Self::P50, _) => "p50 ms",
            (Self::P99, _) => "p99 ms",
            (Self::Cpu(Of::Client), _) => "CPU s of client",
            (Self::Cpu(Of::Server), _) => "CPU s of server",
            (Self::Cpu(Of::ClientAndServer), _) => "CPU s of both",
            (Self::Cpu(Of::Broker), _) => "CPU s of broker",
        };
        format!("{load} {figure}")
    }

    pub(crate) fn decimals(self) -> usize {
        match self {
            Self::Speed => 0,
            Self::P50 | Self::P99 => 2,
            Self::Cpu(_) => 3,
        }
    }
}
