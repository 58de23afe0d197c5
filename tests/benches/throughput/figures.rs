//! What is shown of measurements.

use std::collections::BTreeMap;

use rpc_tests::bench::Series;
use throughput_side::Load;

/// One measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) per_second: f64,
    /// The time of single operations, in milliseconds; none if these were not timed.
    pub(crate) p50: Option<f64>,
    pub(crate) p99: Option<f64>,
    pub(crate) client: Each,
    /// None if it is in the client's process.
    pub(crate) server: Option<Each>,
    /// As `Each::cpu`; none if it is not ours to look at.
    pub(crate) broker: Option<f64>,
}

/// What one operation takes of a process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Each {
    /// CPU seconds of 10,000 operations.
    pub(crate) cpu: f64,
    /// 0 if nobody counts.
    pub(crate) allocations: f64,
    pub(crate) bytes: f64,
}

/// One number of a measurement.
pub(crate) struct Figure {
    pub(crate) title: &'static str,
    pub(crate) decimals: usize,
    pub(crate) of: fn(&Sample) -> Option<f64>,
}

const fn figure(title: &'static str, decimals: usize, of: fn(&Sample) -> Option<f64>) -> Figure {
    Figure { title, decimals, of }
}

/// The only one of which more is better.
pub(crate) const SPEED: Figure = figure("per second", 0, |sample| Some(sample.per_second));
pub(crate) const P50: Figure = figure("p50 ms", 2, |sample| sample.p50);
pub(crate) const P99: Figure = figure("p99 ms", 2, |sample| sample.p99);
pub(crate) const CPU_OF_CLIENT: Figure = figure("CPU s of client", 3, |sample| Some(sample.client.cpu));
pub(crate) const CPU_OF_SERVER: Figure = figure("CPU s of server", 3, |sample| Some(sample.server?.cpu));
pub(crate) const CPU_OF_BOTH: Figure = figure("CPU s of both", 3, |sample| {
    Some(sample.client.cpu + sample.server.map_or(0.0, |server| server.cpu))
});
pub(crate) const CPU_OF_BROKER: Figure = figure("CPU s of broker", 3, |sample| sample.broker);

/// What was measured with one load: by the name of the pair, the samples of all rounds, none where it was left out.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) load: Load,
    pub(crate) samples: BTreeMap<&'static str, Vec<Option<Sample>>>,
}

impl Row {
    /// A figure of a pair round by round; empty if it was not measured.
    pub(crate) fn series(&self, pair: &str, figure: &Figure) -> Series {
        let samples = self.samples.get(pair).map(Vec::as_slice).unwrap_or_default();
        samples.iter().map(|sample| (figure.of)(sample.as_ref()?)).collect()
    }
}
