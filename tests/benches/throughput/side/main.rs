//! A side of the benchmark `throughput`, which starts this program; by itself it measures nothing.

fn main() -> anyhow::Result<()> {
    // Counting takes time.
    throughput_side::run(|| (0, 0))
}
